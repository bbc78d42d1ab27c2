/* clock.c - one wall clock for all rooms, which moves only when we say so.
 *
 * It is the monotonic clock plus an offset. When the system's wall clock has been set, the
 * offset follows, the engine's timers keep what was left of them, and the slots are planned
 * anew: no burst, no gap. When the machine slept, time went by: what was due meanwhile is due
 * now, and only the slots are planned anew. */
#include "clock.h"

#include <stdlib.h>
#include <time.h>

#include "app.h"
#include "base/text.h"

#define STEP_US    500000
#define LOOKS_MOST 5

static int64_t boot_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Three readings that belong together: taken again when we were held up between them. */
static struct clock_look look(void)
{
    struct clock_look l = {0};

    for (int i = 0; i < LOOKS_MOST; i++) {
        l.mono_us = loop_mono_us();
        l.boot_us = boot_us();
        l.wall_us = loop_now_ms() * 1000;
        if (loop_mono_us() - l.mono_us < STEP_US / 10)
            break;
    }
    return l;
}

static int64_t big(int64_t us)
{
    return llabs(us) < STEP_US ? 0 : us;
}

struct clock_move clock_compare(const struct clock_look *was, const struct clock_look *is)
{
    int64_t slept_us = (is->boot_us - is->mono_us) - (was->boot_us - was->mono_us);
    int64_t moved_us = (is->wall_us - is->mono_us) - (was->wall_us - was->mono_us);

    slept_us = slept_us < STEP_US ? 0 : slept_us;
    return (struct clock_move){big(moved_us - slept_us), slept_us};
}

void clock_init(struct app *a)
{
    a->clock = look();
}

int64_t app_now_us(const struct app *a)
{
    return loop_mono_us() + a->clock.wall_us - a->clock.mono_us;
}

int64_t app_now_ms(const struct app *a)
{
    return app_now_us(a) / 1000;
}

static void tell_stepped(struct app *a, int64_t us)
{
    log_warning("clock", "the wall clock was stepped by %lld ms; timers keep what was left of them",
                (long long)(us / 1000));
    engine_clock_step(a->engine, us / 1000, decide_begin(a));
    decide_end(a);
}

static void log_slept(int64_t us)
{
    char how_long[32];

    text_human_ms((double)us / 1000, how_long, sizeof how_long);
    log_warning("clock", "the machine slept for %s; what ran meanwhile is not judged", how_long);
}

bool clock_check(struct app *a)
{
    struct clock_look is = look();
    struct clock_move m = clock_compare(&a->clock, &is);

    if (!m.stepped_us && !m.slept_us)
        return false;
    slos_clock_moves(a);
    a->clock.wall_us += m.stepped_us + m.slept_us; /* the rest is slewing: it adds up */
    a->clock.boot_us += m.slept_us;
    if (m.slept_us)
        log_slept(m.slept_us);
    if (m.stepped_us)
        tell_stepped(a, m.stepped_us);
    slos_clock_moved(a);
    prober_replan(&a->prober);
    return true;
}
