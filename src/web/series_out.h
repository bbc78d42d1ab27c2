/* series_out.h - tallies over time as the JSON of the API. */
#ifndef WEB_SERIES_OUT_H
#define WEB_SERIES_OUT_H

#include "base/json.h"
#include "store/store.h"

#define PERCENTILES_MAX 16

struct percentiles {
    double share[PERCENTILES_MAX];  /* 0.999 */
    char name[PERCENTILES_MAX][16]; /* "p99.9" */
    size_t n;
};

/* "50,90,99.9": above 0, at most 100. */
int percentiles_read(const char *text, struct percentiles *ret, struct err *e) MW_MUST_CHECK;

/* What the whole answer says of itself, inside an object that goes on. */
void series_out_head(struct jw *w, const struct series_answer *a);
/* One step of a row. */
void series_out_point(struct jw *w, int64_t at_ms, const struct series_cell *c,
                      const struct percentiles *p);

#endif
