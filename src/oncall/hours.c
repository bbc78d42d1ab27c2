/* hours.c - the hours a layer is restricted to: always, when it has none. */
#include "sched/window.h"
#include "turn.h"

bool hours_hold(const struct layer *l, int64_t at_ms)
{
    return l->n_restrict == 0 || window_hours_hold(l->restrict_to, l->n_restrict, l->zone, at_ms);
}

int64_t hours_next_edge(const struct layer *l, int64_t at_ms)
{
    return window_hours_edge(l->restrict_to, l->n_restrict, l->zone, at_ms);
}
