/* api.h - nouns as the JSON objects of the API (docs/api.md). */
#ifndef FORMAT_API_H
#define FORMAT_API_H

#include "base/json.h"
#include "model/config.h"
#include "model/incident.h"
#include "model/quiet.h"

/* What is known of one monitor, from wherever it is kept. */
struct api_monitor {
    const struct monitor *monitor;
    const struct monitor_status *status; /* NULL: nothing yet */
    enum monitor_state shown;
    const char *incident; /* id of its open incident; NULL none */
    int64_t next_due_ms;  /* 0: not planned */
    uint64_t runs, missed;
    const uint64_t *by_verdict; /* 4 counts; NULL: none */
    int64_t late_max_us;
};

void api_write_monitor(struct jw *w, const struct api_monitor *m);
void api_write_incident(struct jw *w, const struct incident *i);
void api_write_delivery(struct jw *w, const struct delivery *d);
/* The members alone, inside an object that goes on. */
void api_put_delivery(struct jw *w, const struct delivery *d);
void api_write_attempt(struct jw *w, const struct attempt *a);
void api_write_transition(struct jw *w, const struct transition *t);
/* `holding`: open incidents that it holds back. */
/* `fits`: how many monitors; -1 where nobody counted. */
void api_write_quiet(struct jw *w, const struct quiet *q, int64_t now_ms, size_t holding,
                     int64_t fits);
void api_write_override(struct jw *w, const struct kept_override *o, int64_t now_ms);
/* What is separated by one of `between`, as a list of texts. */
void api_write_words(struct jw *w, const char *key, const char *words, const char *between);

/* RFC 9457. `detail` may be NULL. */
void api_write_problem(struct buf *out, int status, const char *detail);
const char *api_problem_title(int status);

#endif
