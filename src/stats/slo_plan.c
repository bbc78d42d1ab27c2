/* slo_plan.c - what there was to be: slots, or milliseconds.
 *
 * Slots begin on the grid of the UTC day, as results are kept by, so the sum over pieces of time is
 * that over all of it. No failures. */
#include "stats/sample.h"
#include "stats/slo.h"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

uint64_t slo_planned(const struct slo *s, int64_t from_ms, int64_t to_ms)
{
    uint64_t slots = 0;
    bool any = false;

    if (from_ms < 0 || from_ms >= to_ms)
        return 0;
    for (size_t i = 0; i < s->n_monitors; i++) {
        const struct monitor *m = s->monitors[i];

        if (!m->enabled || m->interval_ms <= 0)
            continue;
        any = true;
        slots +=
            (uint64_t)(slots_before(to_ms, m->interval_ms) - slots_before(from_ms, m->interval_ms));
    }
    return s->by != SLO_BY_TIME ? slots : any ? (uint64_t)(to_ms - from_ms) : 0;
}

/* By the minute where minutes are kept, else by the unit. */
void slo_ring_plan(struct slo_ring *r, const struct slo *s, int64_t from_ms, int64_t to_ms)
{
    int64_t fine_ms = to_ms - SLO_MINUTES * SLO_MINUTE_MS;
    int64_t reach_ms = to_ms - (int64_t)r->n_units * SLO_UNIT_MS;

    if (from_ms < reach_ms)
        from_ms = reach_ms;
    while (from_ms < to_ms) {
        int64_t length_ms = from_ms < fine_ms - SLO_UNIT_MS ? SLO_UNIT_MS : SLO_MINUTE_MS;
        int64_t end_ms = least((from_ms / length_ms + 1) * length_ms, to_ms);

        slo_ring_add_planned(r, from_ms, slo_planned(s, from_ms, end_ms));
        from_ms = end_ms;
    }
}

int64_t slo_plan_end(const struct slo *s, int64_t minute_ms, uint32_t planned)
{
    int64_t low = minute_ms, high = minute_ms + SLO_MINUTE_MS;

    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;

        if (slo_planned(s, minute_ms, middle) <= planned)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}
