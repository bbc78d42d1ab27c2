/* series_ask.h - which series, and when: the query of a request, read. */
#ifndef WEB_SERIES_ASK_H
#define WEB_SERIES_ASK_H

#include "base/vec.h"
#include "series_out.h"
#include "store/store.h"
#include "web_private.h"

struct series_ask {
    struct series_query query;
    VEC(const char *) names;  /* owned: the configuration may change while we wait */
    VEC(const char *) groups; /* of each; NULL: none */
    struct percentiles percentiles;
    char region[NAME_SIZE];
};

/* Fills a zeroed one; c->arg is a monitor, or "". 0, or -1 after answering. */
int series_ask_read(struct call *c, struct series_ask *x) MW_MUST_CHECK;
void series_ask_done(struct series_ask *x);

#endif
