/* on_time.c - what time brings, and what an attempt's end brings. */
#include "desk.h"

/* Steady for long enough: good, and it is over; bad, and paging goes on. */
static void end_flapping(struct engine *e, struct incident_case *c, const struct desk *k)
{
    const struct watch *w = engine_watch(e, c->incident.monitor);

    if ((w && w->status.state == MONITOR_DOWN) || engine_slo_fires(e, &c->incident))
        case_steady(c, k);
    else
        engine_resolve_case(e, c, "steady again", k);
}

static void tick_case(struct engine *e, struct incident_case *c, const struct desk *k)
{
    if (case_is_open(c) && c->edge_ms <= k->now_ms)
        engine_rehold(e, c, k);
    if (c->incident.flapping && c->incident.flap_due_ms <= k->now_ms)
        end_flapping(e, c, k);
    if (case_is_open(c) && c->incident.expires_ms && c->incident.expires_ms <= k->now_ms)
        engine_resolve_case(e, c, "nothing more was heard of it", k);
    case_tick(c, k);
    engine_settle(e, c, k);
}

void engine_tick(struct engine *e, int64_t now_ms, struct effects *fx)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_TIMER, "", fx);
    struct heap_node *first;

    engine_begin(e);
    if (e->orders_due_ms <= now_ms)
        engine_orders_due(e, &k);
    if (e->handoff_due_ms <= now_ms) {
        engine_lay_overrides(e, now_ms);
        engine_handoff(e, &k);
    }
    while ((first = heap_first(&e->wakes)) && first->due <= now_ms) {
        heap_del(&e->wakes, first);
        tick_case(
            e,
            (struct incident_case *)(void *)((char *)first - offsetof(struct incident_case, wake)),
            &k);
    }
    engine_tell_channels(e, &k);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t engine_wake_ms(const struct engine *e)
{
    const struct heap_node *first = heap_first(&e->wakes);
    int64_t own_ms = sooner(e->orders_due_ms, e->handoff_due_ms);

    return first ? sooner(first->due, own_ms) : own_ms;
}

void engine_attempt(struct engine *e, const struct attempt *a, int64_t now_ms, struct effects *fx)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_DELIVERY, "", fx);
    struct page *p;

    engine_begin(e);
    p = map_get(&e->pages, a->delivery);
    if (!p)
        return;
    case_attempt(p->of, p, a, &k);
    engine_settle(e, p->of, &k);
    engine_tell_channels(e, &k);
}

void engine_clock_step(struct engine *e, int64_t delta_ms, struct effects *fx)
{
    struct desk k = engine_desk(e, INT64_MIN, CAUSE_SELF, "", fx); /* nothing is due: timers move */
    const char *key;
    void *value;

    engine_begin(e);
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);) {
        struct incident_case *c = value;

        case_shift(c, delta_ms);
        case_settle(c, &k);
        if (case_wake_ms(c) < INT64_MAX)
            heap_put(&e->wakes, &c->wake, case_wake_ms(c));
    }
    engine_shift_tides(e, delta_ms);
    e->orders_due_ms = e->handoff_due_ms = LOOK_ANEW;
}
