/* on_monitors.c - GET /api/v1/monitors, GET /api/v1/monitors/{name}. */
#include <string.h>

#include "base/map.h"
#include "eval/state.h"
#include "format/api.h"
#include "web_private.h"

enum monitor_state monitor_state_of(const struct monitor *m, const struct monitor_status *s)
{
    return s != NULL ? state_shown(s, m->fail_after) : MONITOR_PENDING;
}

static void write_monitor(struct jw *w, const struct call *c, const struct monitor *m,
                          const char *incident)
{
    const struct monitor_facts *f = c->web->app->facts(c->web->app_arg, m->name);
    const struct monitor_status *s = engine_status(c->engine, m->name);
    struct api_monitor a = {
        .monitor = m, .status = s, .shown = monitor_state_of(m, s), .incident = incident};

    if (f != NULL) {
        a.next_due_ms = f->next_due_ms;
        a.runs = f->runs;
        a.missed = f->missed;
        a.by_verdict = f->by_verdict;
        a.late_max_us = f->late_max_us;
    }
    api_write_monitor(w, &a);
}

void on_monitors(struct call *c)
{
    const struct incident *const *open;
    size_t n = engine_incidents(c->engine, &open);
    struct map by_monitor;
    struct buf body;
    struct jw w;

    map_init(&by_monitor, 0x6d77);
    for (size_t i = 0; i < n; i++)
        if (open[i]->monitor[0] != 0)
            map_put(&by_monitor, open[i]->monitor, (void *)(uintptr_t)open[i]->id);
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; i < c->config->n_monitors; i++) {
        const struct monitor *m = &c->config->monitors[i];

        write_monitor(&w, c, m, map_get(&by_monitor, m->name));
    }
    jw_list_end(&w);
    map_done(&by_monitor);
    reply_json(c->web, c->q, 200, &body);
}

static const char *incident_of(const struct call *c, const char *monitor)
{
    const struct incident *const *open;
    size_t n = engine_incidents(c->engine, &open);

    for (size_t i = 0; i < n; i++)
        if (strcmp(open[i]->monitor, monitor) == 0)
            return open[i]->id;
    return NULL;
}

void on_monitor(struct call *c)
{
    const struct monitor *m = config_monitor(c->config, c->arg);
    struct buf body;
    struct jw w;

    if (m == NULL) {
        reply_problem(c->web, c->q, 404, "there is no monitor %s", c->arg);
        return;
    }
    buf_init(&body, 65536);
    jw_init(&w, &body);
    write_monitor(&w, c, m, incident_of(c, m->name));
    reply_json(c->web, c->q, 200, &body);
}
