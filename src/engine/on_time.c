/* on_time.c - what time brings, and what an attempt's end brings. */
#include "desk.h"

void engine_tick(struct engine *e, int64_t now_ms, struct effects *fx)
{
    struct desk k = {e->config, now_ms, CAUSE_TIMER, "", fx};
    struct heap_node *first;

    engine_begin(e);
    while ((first = heap_first(&e->wakes)) && first->due <= now_ms) {
        struct incident_case *c =
            (struct incident_case *)(void *)((char *)first - offsetof(struct incident_case, wake));

        heap_del(&e->wakes, first);
        case_tick(c, &k);
        engine_settle(e, c, &k);
    }
}

int64_t engine_wake_ms(const struct engine *e)
{
    const struct heap_node *first = heap_first(&e->wakes);

    return first ? first->due : INT64_MAX;
}

void engine_attempt(struct engine *e, const struct attempt *a, int64_t now_ms, struct effects *fx)
{
    struct desk k = {e->config, now_ms, CAUSE_DELIVERY, "", fx};
    struct page *p;

    engine_begin(e);
    p = map_get(&e->pages, a->delivery);
    if (!p)
        return;
    case_attempt(p->of, p, a, &k);
    engine_settle(e, p->of, &k);
}

void engine_clock_step(struct engine *e, int64_t delta_ms, struct effects *fx)
{
    struct desk k = {e->config, INT64_MIN, CAUSE_SELF, "", fx}; /* nothing is due: timers move */
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
}
