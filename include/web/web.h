/* web.h - the small web: health, metrics, API, status page. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/vec.h"
#include "engine/engine.h"
#include "format/metrics.h"
#include "loop/server.h"
#include "store/store.h"

struct web;

struct outcome_count {
    enum verdict verdict;
    enum reason reason;
    uint32_t count;
};

/* What a monitor's probing looks like from outside; app keeps it. */
struct monitor_facts {
    int64_t next_due_ms;
    uint64_t runs, missed;
    uint64_t by_verdict[VERDICT_COUNT];     /* all of them */
    uint64_t in_maintenance[VERDICT_COUNT]; /* those of them during announced maintenance */
    VEC(struct outcome_count) outcomes;     /* those that were not up, outside of it */
    int64_t late_max_us;
};

/* What the daemon can tell and do. Functions, because the configuration may change under us. */
struct web_app {
    const struct config *(*config)(void *arg);
    const struct engine *(*engine)(void *arg);
    struct store *(*store)(void *arg);
    const struct monitor_facts *(*facts)(void *arg, const char *monitor);
    bool (*slo)(void *arg, const char *name, struct slo_status *ret); /* false: unknown name */
    bool (*ready)(void *arg, struct err *why_not); /* probing and able to deliver */
    /* What people do; each as the engine's function of that name says. */
    int (*deed)(void *arg, const struct deed *d, struct err *e);
    int (*quiet_add)(void *arg, struct quiet *draft, struct err *e);
    int (*quiet_end)(void *arg, const char *id, const char *who, struct err *e);
    int (*override_add)(void *arg, struct kept_override *drafts, size_t n, struct err *e);
    int (*override_end)(void *arg, const char *id, const char *who, struct err *e);
    int (*replay)(void *arg, const struct delivery *d, const char *who, struct err *e);
    /* Everything in that format. `done` once, never from inside; its text is to be taken, NULL: not
     * now. */
    void (*metrics)(void *arg, const struct metrics_format *f,
                    void (*done)(void *req, struct buf *text), void *req);
    /* Sends a test notice now; `done` once with JSON of the outcome. -1: no such person or channel.
     */
    int (*test_page)(void *arg, const char *person_or_channel,
                     void (*done)(void *req, const char *json, bool ok), void *req, struct err *e);
    int64_t started_ms;
};

int web_open(struct loop *l, const struct config *c, const struct web_app *app, void *arg,
             struct web **ret, struct err *e) MW_MUST_CHECK;
const char *web_address(const struct web *w);
void web_close(struct web *w);

struct web_facts {
    size_t connections;
    uint64_t answers[6]; /* by class of status */
};
void web_read_facts(const struct web *w, struct web_facts *ret);

#endif
