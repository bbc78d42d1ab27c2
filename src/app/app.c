/* app.c - a table of contents: builds the rooms in order, runs, tears them down in reverse.
 *
 *   starting --- the store is ready ---> running --- SIGTERM ---> draining --> closing
 *
 * Nothing is probed and nobody is paged before the state has been read back. While draining,
 * attempts under way may end (at most DRAIN_MS); what does not end is sent again, under its id,
 * at the next start. */
#include "app.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/text.h"
#include "config/load.h"
#include "loop/systemd.h"

#define DRAIN_MS      1500
#define DRAIN_STEP_MS 20

/* --- ending --- */

static void on_store_closed(void *arg)
{
    struct app *a = arg;

    a->store = NULL;
    resolver_close(a->resolver);
    signal_unwatch(&a->term);
    signal_unwatch(&a->interrupt);
    signal_unwatch(&a->hangup);
    loop_stop(&a->loop);
}

static void close_rooms(struct app *a)
{
    a->phase = APP_CLOSING;
    if (a->drain.on_due)
        timer_close(&a->drain);
    notifier_close(a->notifier);
    prober_done(&a->prober);
    http_client_close(a->http);
    store_close(a->store, on_store_closed, a);
}

static void on_drain(void *arg)
{
    struct app *a = arg;
    bool idle = notifier_running(a->notifier) == 0 && a->decide.committing == 0;

    if (idle || loop_mono_us() > a->drain_until_us)
        close_rooms(a);
    else
        timer_start(&a->drain, DRAIN_STEP_MS);
}

static void stop(struct app *a, const char *why)
{
    if (a->phase >= APP_DRAINING)
        return;
    a->phase = APP_DRAINING;
    log_notice("midwatch", "stopping: %s", why);
    systemd_notify("STOPPING=1");
    prober_stop(&a->prober);
    slos_stop(a);
    canaries_stop(&a->canaries);
    dead_man_stop(a);
    health_stop(a);
    app_reload_stop(a);
    metrics_walks_stop(a);
    push_stop(a);
    decide_stop(a);
    if (a->web)
        web_close(a->web);
    a->drain_until_us = loop_mono_us() + DRAIN_MS * 1000;
    timer_init(&a->drain, &a->loop, &a->owner, on_drain, a);
    timer_start(&a->drain, 0);
}

static void on_signal(int signum, void *arg)
{
    struct app *a = arg;

    if (signum == SIGHUP)
        app_reload(a);
    else
        stop(a, signum == SIGINT ? "interrupted" : "asked to");
}

/* --- beginning --- */

static void begin(struct app *a, const struct stored *s)
{
    a->phase = APP_RUNNING;
    decide_configure(a);
    engine_configure(a->engine, a->config, app_now_ms(a), decide_begin(a));
    decide_end(a);
    engine_restore(a->engine, s, app_now_ms(a), decide_begin(a));
    decide_end(a);
    canaries_init(&a->canaries, &a->loop, a->resolver, health_canaries, a);
    canaries_configure(&a->canaries, a->config);
    slos_configure(a);
    slos_start(a);
    prober_configure(&a->prober, a);
    prober_start(&a->prober);
    health_start(a);
    regions_configure(a);
    dead_man_start(a);
    push_start(a);
}

static void say_address(const char *address)
{
    bool unix_socket = text_starts(address, "unix:");

    log_notice("web", "status on %s%s%s", unix_socket ? "" : "http://", address,
               unix_socket ? "" : "/");
}

static void on_store_ready(void *arg, const struct stored *s, bool away)
{
    struct app *a = arg;
    const struct incident *const *open;
    struct err e;

    if (a->phase != APP_STARTING)
        return;
    begin(a, s);
    log_notice("midwatch", "watching %zu monitors%s; %zu open incidents, %zu deliveries read back",
               a->config->n_monitors, away ? " without the store" : "",
               engine_incidents(a->engine, &open), s->deliveries.n);
    if (web_open(&a->loop, a->config, app_for_web(a), a, &a->web, &e) < 0) {
        log_error("web", "%s", e.text);
        a->exit_status = 1;
        stop(a, "the web address cannot be used");
        return;
    }
    say_address(web_address(a->web));
    systemd_notify("READY=1\nSTATUS=watching %zu monitors", a->config->n_monitors);
}

static void on_store_found(void *arg, const struct stored *s)
{
    struct app *a = arg;

    if (a->phase != APP_RUNNING)
        return;
    engine_restore(a->engine, s, app_now_ms(a), decide_begin(a));
    decide_end(a);
    regions_end_unwanted(a);
    slos_restored(a);
}

static void on_store_state(void *arg, enum store_state s, const char *why)
{
    health_store(arg, s, why);
}

static void on_store_snapshot(void *arg, struct commit *c)
{
    decide_snapshot(arg, c);
}

static void on_store_regions(void *arg, const struct region_seen *regions, size_t n)
{
    struct app *a = arg;

    if (a->phase == APP_RUNNING)
        regions_seen(a, regions, n);
}

static const struct store_events store_events = {
    .on_ready = on_store_ready,
    .on_found = on_store_found,
    .on_state = on_store_state,
    .on_snapshot = on_store_snapshot,
    .on_regions = on_store_regions,
};

static int watch_signals(struct app *a, struct err *e)
{
    if (signal_watch(&a->term, &a->loop, &a->owner, SIGTERM, on_signal, a, e) < 0 ||
        signal_watch(&a->interrupt, &a->loop, &a->owner, SIGINT, on_signal, a, e) < 0 ||
        signal_watch(&a->hangup, &a->loop, &a->owner, SIGHUP, on_signal, a, e) < 0)
        return -1;
    return 0;
}

/* As many descriptors as the system allows us: a probe takes one while it runs. */
static void raise_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files); /* what there is must do */
}

static int build(struct app *a, struct err *e)
{
    raise_files();
    owner_init(&a->owner, NULL, NULL);
    owner_init(&a->prober.owner, NULL, NULL);
    owner_init(&a->health.owner, NULL, NULL);
    decide_init(a);
    clock_init(a);
    a->started_ms = loop_now_ms();
    a->engine = engine_new();
    if (watch_signals(a, e) < 0)
        return -1;
    a->resolver = resolver_new(&a->loop, e);
    if (!a->resolver)
        return err_wrap(e, "resolver");
    a->http = http_client_new(&a->loop, a->resolver, a->config->n_monitors, e);
    if (!a->http)
        return err_wrap(e, "http client");
    a->notifier = notifier_new(&a->loop, a->http, a->config->web.public_url);
    if (store_open(&a->loop, a->resolver, a->config, &store_events, a, &a->store, e) < 0)
        return err_wrap(e, "store");
    return 0;
}

/* A start that failed half-way ends here; whatever is there is taken down. */
static void unbuild(struct app *a)
{
    decide_stop(a);
    notifier_close(a->notifier);
    if (a->http)
        http_client_close(a->http);
    if (a->resolver)
        resolver_close(a->resolver);
    signal_unwatch(&a->term);
    signal_unwatch(&a->interrupt);
    signal_unwatch(&a->hangup);
}

static void print_diagnostics(const struct diagnostics *d)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    diagnostics_print(d, &out);
    fputs(buf_text(&out), stderr);
    buf_done(&out);
}

static int load(struct app *a)
{
    struct diagnostics d = {0};
    int rc = config_load(a->options->config_path, &(struct load_options){.now_ms = loop_now_ms()},
                         &a->config, &d);

    print_diagnostics(&d);
    diagnostics_done(&d);
    return rc;
}

static void run(struct app *a)
{
    struct err e;

    if (loop_init(&a->loop, &e) < 0) {
        log_error("midwatch", "%s", e.text);
        a->exit_status = 1;
        return;
    }
    if (build(a, &e) < 0) {
        log_error("midwatch", "cannot start: %s", e.text);
        a->exit_status = 1;
        unbuild(a);
    }
    loop_run(&a->loop);
    loop_done(&a->loop);
}

int app_run(const struct app_options *o)
{
    struct app *a = mem_new(struct app);
    int status;

    a->options = o;
    log_open(o->log_format, o->log_level);
    if (load(a) < 0) {
        mem_free(a);
        return 1;
    }
    run(a);
    decide_done(a);
    slos_done(a);
    regions_done(a);
    engine_free(a->engine);
    config_free(a->config);
    status = a->exit_status;
    mem_free(a);
    return status;
}
