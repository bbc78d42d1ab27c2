/* report_job.h - a month's report gathered from the store. */
#ifndef WEB_REPORT_JOB_H
#define WEB_REPORT_JOB_H

#include "sla/gather.h"
#include "web_private.h"

struct report_ask {
    struct store *store;
    const struct config *config; /* read before the call returns, as is the engine */
    const struct engine *engine;
    struct month month;
    int64_t now_ms;
};

/* `done` exactly once, perhaps from inside. The report is its own to end; NULL: the store is away.
 * One question at a time is asked of the store, so what else is asked of it goes between. */
typedef void report_job_fn(void *arg, struct sla_report *report);
void report_job_start(const struct report_ask *ask, report_job_fn *done, void *arg);

#endif
