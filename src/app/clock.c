/* clock.c - one wall clock for all rooms, which moves only when we say so.
 *
 * It is the monotonic clock plus an offset. When the system's wall clock has been set, the
 * offset follows, the engine's timers keep what was left of them, and the slots are planned
 * anew: no burst, no gap. */
#include <stdlib.h>

#include "app.h"

#define STEP_US 500000 /* less is the slewing of a healthy clock */

static int64_t offset_us(void)
{
    return loop_now_ms() * 1000 - loop_mono_us();
}

void clock_init(struct app *a)
{
    a->clock_offset_us = offset_us();
}

int64_t app_now_us(const struct app *a)
{
    return loop_mono_us() + a->clock_offset_us;
}

int64_t app_now_ms(const struct app *a)
{
    return app_now_us(a) / 1000;
}

bool clock_check(struct app *a)
{
    int64_t delta_us = offset_us() - a->clock_offset_us;

    if (llabs(delta_us) < STEP_US)
        return false;
    log_warning("clock", "the wall clock was stepped by %lld ms; timers keep what was left of them",
                (long long)(delta_us / 1000));
    a->clock_offset_us += delta_us;
    engine_clock_step(a->engine, delta_us / 1000, decide_begin(a));
    decide_end(a);
    prober_replan(&a->prober);
    return true;
}
