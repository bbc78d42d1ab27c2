/* for_web.c - what the web may see of us, and do. */
#include "app.h"
#include "app/test_page.h"
#include "base/text.h"

#define AHEAD_MS 1000

static const struct config *on_config(void *arg)
{
    return ((struct app *)arg)->config;
}

static const struct engine *on_engine(void *arg)
{
    return ((struct app *)arg)->engine;
}

static struct store *on_store(void *arg)
{
    return ((struct app *)arg)->store;
}

static const struct monitor_facts *on_facts(void *arg, const char *monitor)
{
    return prober_facts(&((struct app *)arg)->prober, monitor);
}

static bool on_slo(void *arg, const char *name, struct slo_status *ret)
{
    return slos_status(arg, name, ret);
}

static bool on_ready(void *arg, struct err *why_not)
{
    return health_ready(arg, why_not);
}

static int on_deed(void *arg, const struct deed *d, struct err *e)
{
    struct app *a = arg;
    int rc;

    if (a->phase != APP_RUNNING)
        return err_set(e, "stopping");
    rc = engine_deed(a->engine, d, app_now_ms(a), decide_begin(a), e);
    decide_end(a);
    return rc;
}

/* The web reads the wall clock, which may be ahead of ours by what is no step yet. */
static void begin_now(int64_t *start_ms, int64_t now_ms)
{
    if (*start_ms > now_ms && *start_ms - now_ms < AHEAD_MS)
        *start_ms = now_ms;
}

static int on_quiet_add(void *arg, struct quiet *draft, struct err *e)
{
    struct app *a = arg;
    int rc;

    if (a->phase != APP_RUNNING)
        return err_set(e, "stopping");
    begin_now(&draft->start_ms, app_now_ms(a));
    rc = engine_quiet_add(a->engine, draft, app_now_ms(a), decide_begin(a), e);
    decide_end(a);
    return rc;
}

static int on_quiet_end(void *arg, const char *id, const char *who, struct err *e)
{
    struct app *a = arg;
    int rc;

    if (a->phase != APP_RUNNING)
        return err_set(e, "stopping");
    rc = engine_quiet_end(a->engine, id, who, app_now_ms(a), decide_begin(a), e);
    decide_end(a);
    return rc;
}

static int on_override_add(void *arg, struct kept_override *drafts, size_t n, struct err *e)
{
    struct app *a = arg;
    int rc;

    if (a->phase != APP_RUNNING)
        return err_set(e, "stopping");
    for (size_t i = 0; i < n; i++)
        begin_now(&drafts[i].start_ms, app_now_ms(a));
    rc = engine_override_add(a->engine, drafts, n, app_now_ms(a), decide_begin(a), e);
    decide_end(a);
    return rc;
}

static int on_override_end(void *arg, const char *id, const char *who, struct err *e)
{
    struct app *a = arg;
    int rc;

    if (a->phase != APP_RUNNING)
        return err_set(e, "stopping");
    rc = engine_override_end(a->engine, id, who, app_now_ms(a), decide_begin(a), e);
    decide_end(a);
    return rc;
}

static int on_replay(void *arg, const struct delivery *d, const char *who, struct err *e)
{
    struct app *a = arg;
    int rc;

    if (a->phase != APP_RUNNING)
        return err_set(e, "stopping");
    rc = engine_replay(a->engine, d, who, app_now_ms(a), decide_begin(a), e);
    decide_end(a);
    return rc;
}

static int on_test_page(void *arg, const char *to,
                        void (*done)(void *req, const char *json, bool ok), void *req,
                        struct err *e)
{
    struct app *a = arg;

    return test_page(a->config, a->notifier, to, done, req, e);
}

const struct web_app *app_for_web(struct app *a)
{
    static struct web_app w = {
        .config = on_config,
        .engine = on_engine,
        .store = on_store,
        .facts = on_facts,
        .slo = on_slo,
        .ready = on_ready,
        .deed = on_deed,
        .quiet_add = on_quiet_add,
        .quiet_end = on_quiet_end,
        .override_add = on_override_add,
        .override_end = on_override_end,
        .replay = on_replay,
        .metrics = app_metrics,
        .test_page = on_test_page,
    };

    w.started_ms = a->started_ms;
    return &w;
}
