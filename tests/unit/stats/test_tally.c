/* test_tally.c - what is added, and that merging is adding. */
#include <math.h>
#include <string.h>

#include "draw.h"
#include "stats/hist.h"
#include "stats/tally.h"
#include "unit.h"

static struct result result_of(enum verdict v, enum reason why, int64_t us, int64_t late_us)
{
    struct result r = {.verdict = v, .reason = why, .phases = PHASES_NONE, .lateness_us = late_us};
    r.phases.total_us = us;
    return r;
}

static void add__results__counts_each_where_it_belongs(void **state)
{
    (void)state;
    struct result results[] = {
        result_of(VERDICT_UP, REASON_OK, 1500, 10),
        result_of(VERDICT_DEGRADED, REASON_EXPECT, 900000, 20),
        result_of(VERDICT_DOWN, REASON_STATUS, 5, 30),
        result_of(VERDICT_DOWN, REASON_TIMEOUT, -1, 40),
        result_of(VERDICT_UNKNOWN, REASON_LOCAL, 7, 50),
        result_of(VERDICT_UP, REASON_OK, -1, 5),
        result_of(VERDICT_DOWN, REASON_STATUS, 3, 60),
        result_of(VERDICT_UP, REASON_OK, 1, 0),
    };
    struct tally t;
    tally_init(&t);
    results[6].maintenance = results[7].maintenance = true;
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        tally_add(&t, &results[i]);
    assert_int_equal(t.count[VERDICT_UP], 2);
    assert_int_equal(t.count[VERDICT_DEGRADED], 1);
    assert_int_equal(t.count[VERDICT_DOWN], 2);
    assert_int_equal(t.count[VERDICT_UNKNOWN], 1);
    assert_int_equal(t.maintenance[VERDICT_DOWN], 1);
    assert_int_equal(t.maintenance[VERDICT_UP], 1);
    assert_int_equal(t.reasons[REASON_STATUS], 1);
    assert_int_equal(t.reasons[REASON_TIMEOUT], 1);
    assert_int_equal(t.reasons[REASON_LOCAL], 1);
    assert_int_equal(t.reasons[REASON_EXPECT], 0);
    assert_int_equal(t.sum_us, 901500);
    assert_int_equal(t.min_us, 1500);
    assert_int_equal(t.max_us, 900000);
    assert_int_equal(t.late_sum_us, 215);
    assert_int_equal(t.late_max_us, 60);
    assert_int_equal(t.hist.n, 2);
    assert_int_equal(tally_good(&t), 3);
    assert_int_equal(tally_valid(&t), 5);
    assert_int_equal(tally_results(&t), 8);
    assert_true(fabs(tally_availability(&t) - 0.6) < 1e-12);
    assert_true(fabs(tally_error_rate(&t) - 0.4) < 1e-12);
    assert_int_equal(tally_mean_us(&t), 450750);
}

static void init__nothing__says_none_everywhere(void **state)
{
    (void)state;
    struct tally t;
    tally_init(&t);
    assert_int_equal(t.min_us, -1);
    assert_int_equal(t.max_us, -1);
    assert_int_equal(t.late_max_us, -1);
    assert_int_equal(tally_results(&t), 0);
    assert_int_equal(tally_mean_us(&t), -1);
    assert_true(isnan(tally_availability(&t)));
    assert_true(isnan(tally_error_rate(&t)));
}

static void merge__parts_in_any_order__equals_adding_all(void **state)
{
    (void)state;
    struct dice d = {5};
    for (int round = 0; round < 100; round++) {
        struct tally whole, parts[4], forth, back;
        tally_init(&whole);
        tally_init(&forth);
        tally_init(&back);
        for (int i = 0; i < 4; i++)
            tally_init(&parts[i]);
        for (int64_t i = dice_in(&d, 0, 60); i > 0; i--) {
            struct result r = draw_any(&d);
            tally_add(&whole, &r);
            tally_add(&parts[dice_in(&d, 0, 3)], &r);
        }
        for (int i = 0; i < 4; i++) {
            tally_merge(&forth, &parts[i]);
            tally_merge(&back, &parts[3 - i]);
        }
        assert_memory_equal(&whole, &forth, sizeof whole);
        assert_memory_equal(&whole, &back, sizeof whole);
    }
}

static void sums__at_the_top__stop_there(void **state)
{
    (void)state;
    struct result r = result_of(VERDICT_UP, REASON_OK, INT64_MAX, INT64_MAX);
    struct tally t;
    tally_init(&t);
    for (int i = 0; i < 3; i++)
        tally_add(&t, &r);
    assert_true(t.sum_us == UINT64_MAX && t.late_sum_us == UINT64_MAX);
    tally_merge(&t, &t);
    assert_true(t.sum_us == UINT64_MAX && t.late_sum_us == UINT64_MAX);
    assert_int_equal(t.count[VERDICT_UP], 6);
}

static void equal__one_member_differs__they_are_not(void **state)
{
    (void)state;
    struct result r = result_of(VERDICT_UP, REASON_OK, 1500, 10);
    struct tally a, b;
    tally_init(&a);
    tally_add(&a, &r);
    for (size_t i = 0; i < sizeof a; i += 4) { /* every member is of four bytes, or eight */
        b = a;
        assert_true(tally_equal(&a, &b));
        ((unsigned char *)&b)[i] ^= 1;
        assert_false(tally_equal(&a, &b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add__results__counts_each_where_it_belongs),
        cmocka_unit_test(init__nothing__says_none_everywhere),
        cmocka_unit_test(merge__parts_in_any_order__equals_adding_all),
        cmocka_unit_test(sums__at_the_top__stop_there),
        cmocka_unit_test(equal__one_member_differs__they_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
