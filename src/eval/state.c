/* state.c - what a monitor's results mean, one after the other. Drawing: model/incident.h.
 *
 * First the result goes into the streaks, then the streaks say where the state belongs. */
#include "eval/state.h"

#include <assert.h>
#include <limits.h>

/* One more in a row; true for the first. */
static bool lengthen(int *streak)
{
    if (*streak < INT_MAX)
        (*streak)++;
    return *streak == 1;
}

static void count_bad(struct monitor_status *s, int64_t at_ms)
{
    s->good = s->warned = s->clean = 0;
    if (lengthen(&s->bad))
        s->streak_ms = at_ms;
}

static void count_good(struct monitor_status *s, bool warned, int64_t at_ms)
{
    s->bad = 0;
    *(warned ? &s->clean : &s->warned) = 0;
    if (lengthen(&s->good))
        s->streak_ms = at_ms;
    if (lengthen(warned ? &s->warned : &s->clean))
        s->shade_ms = at_ms;
}

/* Up or degraded, on the way in. */
static enum monitor_state entering(const struct monitor_status *s, int fail_after)
{
    bool throughout = s->state == MONITOR_DOWN && s->warned == s->good;
    return throughout || s->warned >= fail_after ? MONITOR_DEGRADED : MONITOR_UP;
}

static enum monitor_state target(const struct monitor_status *s, int fail_after, int recover_after)
{
    if (s->bad >= fail_after)
        return MONITOR_DOWN;
    if (s->state == MONITOR_PENDING && s->good > 0)
        return entering(s, fail_after);
    if (s->state == MONITOR_DOWN && s->good >= recover_after)
        return entering(s, fail_after);
    if (s->state == MONITOR_UP && s->warned >= fail_after)
        return MONITOR_DEGRADED;
    if (s->state == MONITOR_DEGRADED && s->clean >= recover_after)
        return MONITOR_UP;
    return s->state;
}

static bool good_side(enum monitor_state state)
{
    return state == MONITOR_UP || state == MONITOR_DEGRADED;
}

enum monitor_state state_shown(const struct monitor_status *s, int fail_after)
{
    return s->unknown >= fail_after ? MONITOR_UNKNOWN : s->state;
}

bool state_step(struct monitor_status *s, int fail_after, int recover_after, const struct result *r,
                enum monitor_state *ret_from)
{
    assert(fail_after >= 1 && recover_after >= 1);
    s->last = *r;
    if (r->verdict == VERDICT_UNKNOWN) {
        lengthen(&s->unknown);
        return false;
    }
    s->unknown = 0;
    if (r->verdict == VERDICT_DOWN)
        count_bad(s, r->at_ms);
    else
        count_good(s, r->verdict == VERDICT_DEGRADED, r->at_ms);

    enum monitor_state from = s->state, to = target(s, fail_after, recover_after);
    if (from == to)
        return false;
    s->state = to;
    s->since_ms = good_side(from) && good_side(to) ? s->shade_ms : s->streak_ms;
    *ret_from = from;
    return true;
}
