/* reload.c - SIGHUP: a bad file leaves everything as it is; a good one keeps streaks, timers and
 * incidents. What only a start reads (its rows say so) is named, and waits. */
#include <stdio.h>

#include "app.h"
#include "config/load.h"
#include "loop/systemd.h"

#define APART_MS 1000 /* between two reloads */

static void log_diagnostics(const struct diagnostics *d)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct diagnostic *g = &d->items[i];

        log_line(g->warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "config", "%s:%d:%d: %s",
                 g->file, g->line, g->column, g->text);
    }
}

static void warn_of_restart(const struct config *was, const struct config *is)
{
    const char *key = config_needs_restart(was, is);

    if (key)
        log_warning("config", "`%s` changed; that takes effect at the next start", key);
}

static void exchange(struct app *a, struct config *fresh)
{
    struct config *old = a->config;

    warn_of_restart(old, fresh);
    a->config = fresh;
    engine_configure(a->engine, fresh, app_now_ms(a), decide_begin(a));
    decide_end(a);
    decide_configure(a);
    store_configure(a->store, fresh);
    canaries_configure(&a->canaries, fresh);
    prober_configure(&a->prober, a);
    slos_configure(a);
    regions_configure(a);
    dead_man_configure(a);
    push_configure(a);
    config_free(old);
    health_trim_soon(a);
}

static void reload(struct app *a)
{
    struct diagnostics d = {0};
    struct config *fresh;

    if (a->phase != APP_RUNNING)
        return;
    a->reloaded_us = loop_mono_us();
    systemd_notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)loop_mono_us());
    if (config_load(a->options->config_path, &(struct load_options){.now_ms = loop_now_ms()},
                    &fresh, &d) == 0) {
        log_diagnostics(&d);
        exchange(a, fresh);
        a->reloads++;
        log_notice("config", "reloaded: %zu monitors", fresh->n_monitors);
    } else {
        log_diagnostics(&d);
        a->bad_reloads++;
        log_error("config", "%zu errors: the running configuration stays", d.errors);
    }
    diagnostics_done(&d);
    systemd_notify("READY=1");
}

static void on_waited(void *arg)
{
    reload(arg);
}

/* A reload begins the probes under way anew, so a storm of them must not keep any from ending. */
void app_reload(struct app *a)
{
    int64_t since_ms = (loop_mono_us() - a->reloaded_us) / 1000;

    if (a->phase != APP_RUNNING)
        return;
    if (!a->reload_wait.on_due)
        timer_init(&a->reload_wait, &a->loop, &a->owner, on_waited, a);
    timer_start(&a->reload_wait, a->reloaded_us && since_ms < APART_MS ? APART_MS - since_ms : 0);
}

void app_reload_stop(struct app *a)
{
    if (a->reload_wait.on_due)
        timer_close(&a->reload_wait);
    a->reload_wait.on_due = NULL;
}
