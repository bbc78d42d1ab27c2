/* web.h - the small web: health, metrics, API, status page. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/buf.h"
#include "engine/engine.h"
#include "loop/server.h"
#include "store/store.h"

struct web;

/* What a monitor's probing looks like from outside; app keeps it. */
struct monitor_facts {
    int64_t next_due_ms;
    uint64_t runs, missed;
    uint64_t by_verdict[4];
    int64_t late_max_us;
};

/* What the daemon can tell and do. Functions, because the configuration may change under us. */
struct web_app {
    const struct config *(*config)(void *arg);
    const struct engine *(*engine)(void *arg);
    struct store *(*store)(void *arg);
    const struct monitor_facts *(*facts)(void *arg, const char *monitor);
    bool (*ready)(void *arg, struct err *why_not); /* probing and able to deliver */
    /* What people do; each as the engine's function of that name says. */
    int (*deed)(void *arg, const struct deed *d, struct err *e);
    int (*quiet_add)(void *arg, struct quiet *draft, struct err *e);
    int (*quiet_end)(void *arg, const char *id, const char *who, struct err *e);
    int (*override_add)(void *arg, struct kept_override *drafts, size_t n, struct err *e);
    int (*override_end)(void *arg, const char *id, const char *who, struct err *e);
    int (*replay)(void *arg, const struct delivery *d, const char *who, struct err *e);
    void (*metrics)(void *arg,
                    struct buf *out); /* the daemon's own families, already in exposition format */
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

#endif
