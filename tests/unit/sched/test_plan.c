/* test_plan.c - slots, spread, missed runs, jumping clocks, backoff. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sched/plan.h"

#define NOW 1795316645123

static uint64_t seed = 20261122;

static uint64_t draw(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* --- spread ----------------------------------------------------------------------------- */

#define NAMES 10000
#define CELLS 100

/* Pearson's statistic over 99 degrees of freedom: 148.2 is passed once in a thousand times. */
static double chi_square(const char *before, const char *after, int64_t interval_ms)
{
    int cells[CELLS] = {0};
    for (int i = 0; i < NAMES; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%d%s", before, i, after);
        int64_t phase = plan_phase(name, interval_ms);
        assert_in_range(phase, 0, interval_ms - 1);
        cells[phase * CELLS / interval_ms]++;
    }
    double sum = 0, expected = (double)NAMES / CELLS;
    for (int i = 0; i < CELLS; i++)
        sum += (cells[i] - expected) * (cells[i] - expected) / expected;
    return sum;
}

static void phase__ten_thousand_names__is_spread_evenly(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"monitor-", ""}, {"", ""}, {"api.", ".example"}};
    static const int64_t intervals[] = {1000, 10000, 60000, 86400000};
    for (size_t p = 0; p < sizeof names / sizeof *names; p++) {
        for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++) {
            double statistic = chi_square(names[p][0], names[p][1], intervals[i]);
            if (statistic > 148.2)
                fail_msg("%s… every %lld ms: %f", names[p][0], (long long)intervals[i], statistic);
        }
    }
}

static void phase__same_name__is_always_the_same(void **state)
{
    (void)state;
    assert_int_equal(plan_phase("api", 10000), plan_phase("api", 10000));
    assert_int_not_equal(plan_phase("api", 10000), plan_phase("apj", 10000));
    assert_int_equal(plan_phase("api", 1), 0);
}

/* --- slots ------------------------------------------------------------------------------ */

static void first__any_instant__is_the_nearest_slot_not_before_it(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        int64_t interval = 1 + (int64_t)draw(100000), phase = (int64_t)draw((uint64_t)interval);
        int64_t now = (int64_t)draw(1u << 30) - (1 << 29);
        int64_t slot = plan_first(phase, interval, now);
        assert_true(slot >= now && slot - now < interval);
        assert_int_equal((slot - phase) % interval, 0);
    }
    assert_int_equal(plan_first(5, 10, 15), 15);
    assert_int_equal(plan_first(5, 10, 16), 25);
    assert_int_equal(plan_first(0, 10, -5), 0);
}

struct turn {
    int64_t due, interval, now, next, missed;
};

static void next__early_late_and_jumping__is_as_drawn(void **state)
{
    (void)state;
    static const struct turn turns[] = {
        {100, 10, 100, 110, 0}, /* on time */
        {100, 10, 109, 110, 0}, /* late, but within the slot */
        {100, 10, 110, 110, 0}, /* the next slot is now: it can still be kept */
        {100, 10, 111, 120, 1}, /* one went by */
        {100, 10, 120, 120, 1},
        {100, 10, 3700, 3700, 359}, /* forward an hour of slots */
        {100, 10, 3701, 3710, 360},
        {100, 10, 99, 110, 0}, /* the timer came a little early */
        {100, 10, 91, 110, 0},
        {100, 10, 90, 100, 0}, /* stepped back one interval */
        {100, 10, 89, 100, 0},
        {100, 10, -3500, -3490, 0}, /* far back: same grid, one interval from now */
        {100, 10, -3501, -3490, 0},
        {103, 10, -3500, -3487, 0},
    };
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        const struct turn *t = &turns[i];
        int64_t missed = -1;
        assert_int_equal(plan_next(t->due, t->interval, t->now, &missed), t->next);
        assert_int_equal(missed, t->missed);
    }
}

static void next__clock_that_runs_on__keeps_the_grid_and_counts_every_slot(void **state)
{
    (void)state;
    for (int round = 0; round < 200; round++) {
        int64_t interval = 100 + (int64_t)draw(10000), phase = plan_phase("x", interval);
        int64_t due = plan_first(phase, interval, NOW), first = due, runs = 0, all_missed = 0;
        for (int i = 0; i < 100; i++) {
            int64_t missed,
                now = due + (int64_t)draw((uint64_t)(draw(4) ? interval : 5 * interval));
            int64_t next = plan_next(due, interval, now, &missed);
            assert_true(next - due >= interval);
            assert_true(next >= now && next < now + interval + 1);
            assert_int_equal((next - phase) % interval, 0);
            assert_int_equal(missed, (next - due) / interval - 1);
            due = next;
            runs++;
            all_missed += missed;
        }
        assert_int_equal((due - first) / interval, runs + all_missed);
    }
}

/* Real time runs on, the wall clock is set to and fro. No two runs may come closer than an
 * interval by real time, unless the clock was set forward in between; and after a step
 * back the next run comes within two intervals. */
static void next__clock_stepped_both_ways__neither_bursts_nor_sleeps(void **state)
{
    (void)state;
    for (int round = 0; round < 500; round++) {
        int64_t interval = 1000 + (int64_t)draw(60000);
        int64_t offset = 0, due = plan_first(plan_phase("x", interval), interval, NOW);
        int64_t real = due;
        for (int i = 0; i < 50; i++) {
            int64_t step = 0, missed;
            if (draw(4) == 0)
                step = (int64_t)draw(7200000) - 3600000;
            offset += step;
            int64_t now = real + offset;
            int64_t next = plan_next(due, interval, now, &missed);
            int64_t wait = next - now;
            assert_true(wait >= 0);
            assert_true(wait <= 2 * interval);
            if (step <= 0)
                assert_true(wait >= interval);
            due = next;
            real += wait;
        }
    }
}

/* --- backoff ---------------------------------------------------------------------------- */

static void backoff__attempt_by_attempt__doubles_up_to_five_minutes(void **state)
{
    (void)state;
    for (int n = 1; n <= 40; n++) {
        int64_t base = n < 10 ? (int64_t)1000 << (n - 1) : 300000;
        int64_t least = INT64_MAX, most = 0;
        if (base > 300000)
            base = 300000;
        for (uint64_t salt = 0; salt < 2000; salt++) {
            int64_t ms = plan_backoff(n, salt);
            least = ms < least ? ms : least;
            most = ms > most ? ms : most;
        }
        assert_in_range(least, base * 8 / 10, base * 81 / 100);
        assert_in_range(most, base * 119 / 100, base * 12 / 10);
    }
    assert_int_equal(plan_backoff(3, 5), plan_backoff(3, 5));
    assert_true(plan_backoff(INT32_MAX, 5) <= 360000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phase__ten_thousand_names__is_spread_evenly),
        cmocka_unit_test(phase__same_name__is_always_the_same),
        cmocka_unit_test(first__any_instant__is_the_nearest_slot_not_before_it),
        cmocka_unit_test(next__early_late_and_jumping__is_as_drawn),
        cmocka_unit_test(next__clock_that_runs_on__keeps_the_grid_and_counts_every_slot),
        cmocka_unit_test(next__clock_stepped_both_ways__neither_bursts_nor_sleeps),
        cmocka_unit_test(backoff__attempt_by_attempt__doubles_up_to_five_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
