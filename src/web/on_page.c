/* on_page.c - the public status page, rendered at most once a second. */
#include <string.h>

#include "base/text.h"
#include "base/vec.h"
#include "format/page.h"
#include "sched/window.h"
#include "web_private.h"

static struct page_monitor page_monitor_of(const struct call *c, const struct monitor *m)
{
    const struct monitor_status *s = engine_status(c->engine, m->name);
    struct page_monitor p = {
        .name = m->name, .group = m->group, .state = monitor_state_of(m, s), .latency_us = -1};

    char why[192];

    p.maintenance =
        engine_holds(c->engine, m->name, c->now_ms, why, sizeof why) == HOLD_MAINTENANCE;
    if (s != NULL) {
        p.since_ms = s->since_ms;
        p.reason = s->last.reason;
        if (s->last.at_ms != 0)
            p.latency_us = s->last.phases.total_us;
    }
    return p;
}

static struct page_incident page_incident_of(const struct incident *i)
{
    return (struct page_incident){.monitor = i->monitor[0] != 0 ? i->monitor : NULL,
                                  .severity = i->severity,
                                  .state = i->state,
                                  .reason = i->reason,
                                  .started_ms = i->started_ms,
                                  .hold = i->hold,
                                  .snoozed_until_ms = i->snoozed_until_ms};
}

/* When the last of what is under way ends, of the file and asked for. */
static int64_t maintenance_ends_ms(const struct call *c)
{
    const struct quiet *const *quiets;
    size_t n = engine_quiets(c->engine, &quiets);
    int64_t last_ms = INT64_MIN;

    for (size_t i = 0; i < n; i++)
        if (quiets[i]->kind == QUIET_MAINTENANCE && quiets[i]->end_ms > last_ms &&
            quiet_state_at(quiets[i]->start_ms, quiets[i]->end_ms, c->now_ms) == QUIET_ACTIVE)
            last_ms = quiets[i]->end_ms;
    for (size_t i = 0; i < c->config->n_windows; i++) {
        const struct window *w = &c->config->windows[i];
        int64_t end_ms = window_holds(w, c->now_ms) ? window_ends(w, c->now_ms) : INT64_MIN;

        last_ms = end_ms > last_ms ? end_ms : last_ms;
    }
    return last_ms != INT64_MIN ? last_ms : INT64_MAX;
}

static void render(struct call *c)
{
    VEC(struct page_monitor) monitors = {0};
    VEC(struct page_incident) incidents = {0};
    const struct incident *const *open;
    size_t n_open = engine_incidents(c->engine, &open);

    for (size_t i = 0; i < c->config->n_monitors; i++)
        if (c->config->monitors[i].enabled)
            vec_push(&monitors, page_monitor_of(c, &c->config->monitors[i]));
    for (size_t i = n_open; i > 0; i--)
        vec_push(&incidents, page_incident_of(open[i - 1]));
    buf_clear(&c->web->page);
    page_write(&c->web->page, &(struct page){.title = c->config->name,
                                             .now_ms = c->now_ms,
                                             .monitors = monitors.items,
                                             .n_monitors = monitors.n,
                                             .incidents = incidents.items,
                                             .n_incidents = incidents.n,
                                             .maintenance_ends_ms = maintenance_ends_ms(c)});
    vec_done(&monitors);
    vec_done(&incidents);
}

void on_page(struct call *c)
{
    struct web *w = c->web;
    int64_t now_s = c->now_ms / 1000;

    if (w->page.len == 0 || w->page_s != now_s || !text_eq(w->page_digest, c->config->digest)) {
        render(c);
        w->page_s = now_s;
        text_copy(w->page_digest, sizeof w->page_digest, c->config->digest);
    }
    reply_page(w, c->q);
}
