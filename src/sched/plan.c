/* plan.c - slots on the wall clock.
 *
 * The clock may jump. Forward: the slots it jumped over are counted as missed. Back: the
 * slot after the old one may be far ahead, so the next is taken from the same grid, at
 * least one interval from now. */
#include "sched/plan.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

#define PHASE_SEED       0x6d69647761746368u /* "midwatch"; changing it moves every slot */
#define BACKOFF_FIRST_MS 1000
#define BACKOFF_MAX_MS   300000

int64_t plan_phase(const char *name, int64_t interval_ms)
{
    assert(interval_ms > 0);
    return (int64_t)(hash64_text(name, PHASE_SEED) % (uint64_t)interval_ms);
}

/* Rounded up, also below zero. */
static int64_t intervals_in(int64_t ms, int64_t interval_ms)
{
    return ms / interval_ms + (ms % interval_ms > 0);
}

int64_t plan_first(int64_t phase_ms, int64_t interval_ms, int64_t now_ms)
{
    assert(interval_ms > 0);
    return phase_ms + intervals_in(now_ms - phase_ms, interval_ms) * interval_ms;
}

int64_t plan_next(int64_t due_ms, int64_t interval_ms, int64_t now_ms, int64_t *ret_missed)
{
    assert(interval_ms > 0);
    int64_t steps = intervals_in(now_ms - due_ms, interval_ms);
    if (now_ms < due_ms)
        steps++;
    else if (steps == 0)
        steps = 1;
    *ret_missed = steps > 1 ? steps - 1 : 0;
    return due_ms + steps * interval_ms;
}

int64_t plan_backoff(int n, uint64_t salt)
{
    assert(n >= 1);
    int64_t base = BACKOFF_FIRST_MS;
    for (int i = 1; i < n && base < BACKOFF_MAX_MS; i++)
        base *= 2;
    if (base > BACKOFF_MAX_MS)
        base = BACKOFF_MAX_MS;
    unsigned char number[4] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16),
                               (unsigned char)(n >> 24)};
    int64_t thousandths = 800 + (int64_t)(hash64(number, sizeof number, salt) % 401);
    return base * thousandths / 1000;
}
