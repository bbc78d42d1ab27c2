/* test_hist.c - quantiles against an exact sort, limits, merging. */
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "stats/hist.h"
#include "stats/sample.h"
#include "unit.h"

#define N 20000

static int64_t drawn[N];

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static void buckets__up_to_nineteen_hours__follow_each_other(void **state)
{
    (void)state;
    for (unsigned i = 0; i < HIST_BUCKETS; i++) {
        int64_t low = hist_low_us(i), middle = hist_middle_us(i);
        int64_t next = i + 1 < HIST_BUCKETS ? hist_low_us(i + 1) : INT64_C(1) << 36;
        assert_int_equal(hist_bucket(low), i);
        assert_int_equal(hist_bucket(next - 1), i);
        assert_true(low <= middle && middle < next);
        assert_true(distance(middle, low) * 32 <= low);
        assert_true(distance(middle, next - 1) * 32 <= next - 1);
    }
    assert_int_equal(hist_bucket(INT64_C(1) << 36), HIST_BUCKETS - 1);
    assert_int_equal(hist_bucket(INT64_MAX), HIST_BUCKETS - 1);
    assert_int_equal(hist_bucket(INT64_MIN), 0);
    assert_int_equal(hist_bucket(-1), 0);
}

/* --- distributions --- */

static int64_t narrow(struct dice *d)
{
    return draw_log_normal_us(d, 80, 0.05);
}

static int64_t wide(struct dice *d)
{
    return draw_log_normal_us(d, 120, 2.0);
}

static int64_t even(struct dice *d)
{
    return dice_in(d, 0, 3000000);
}

static int64_t two_humps(struct dice *d)
{
    return draw_share(d) < 0.5 ? draw_log_normal_us(d, 2, 0.2) : draw_log_normal_us(d, 900, 0.2);
}

static int64_t long_tail(struct dice *d)
{
    return (int64_t)fmin(1000 / pow(draw_share(d), 2), 60e9);
}

static int64_t tiny(struct dice *d)
{
    return dice_in(d, 0, 40);
}

static int64_t constant(struct dice *d)
{
    (void)d;
    return 99999;
}

static int64_t (*const distributions[])(struct dice *d) = {narrow,    wide, even,    two_humps,
                                                           long_tail, tiny, constant};
#define DISTRIBUTIONS (sizeof distributions / sizeof distributions[0])

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int64_t exact(double q, size_t n)
{
    size_t rank = (size_t)ceil(q * (double)n - 1e-9);
    return drawn[rank > 0 ? rank - 1 : 0];
}

static const double quantiles[] = {0,   0.001, 0.01, 0.05, 0.1,  0.25,  0.33,
                                   0.5, 0.75,  0.9,  0.95, 0.99, 0.999, 1};
#define QUANTILES (sizeof quantiles / sizeof quantiles[0])

static void quantile__any_distribution__is_within_a_thirtysecond_of_the_exact_one(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 10, 100, 1440, N};
    struct dice d = {20261122};
    for (size_t i = 0; i < DISTRIBUTIONS; i++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            struct hist h = {0};
            for (size_t k = 0; k < sizes[s]; k++) {
                drawn[k] = distributions[i](&d);
                hist_add(&h, drawn[k], 1);
            }
            qsort(drawn, sizes[s], sizeof drawn[0], by_size);
            for (size_t q = 0; q < QUANTILES; q++) {
                int64_t is = exact(quantiles[q], sizes[s]);
                int64_t said = hist_quantile_us(&h, quantiles[q]);
                assert_true(distance(said, is) * 32 <= is);
            }
        }
    }
}

/* Through the raw sample first, as roll-ups are: a sixty-fourth more in between moves nothing out
 * of its bucket, for two of the code's buckets are one here. */
static void quantile__of_decoded_samples__is_no_worse(void **state)
{
    (void)state;
    struct dice d = {7};
    for (size_t i = 0; i < DISTRIBUTIONS; i++) {
        for (int k = 0; k < N; k++) {
            int64_t us = distributions[i](&d), back = latency_of(latency_code(us));
            assert_true(distance(back, us) * 64 <= us);
            assert_int_equal(hist_bucket(back), hist_bucket(us));
        }
    }
}

static void quantile__nothing__is_none(void **state)
{
    (void)state;
    struct hist h = {0};
    assert_int_equal(hist_quantile_us(&h, 0.5), -1);
}

static void quantile__whole_ranks__are_not_rounded_up(void **state)
{
    (void)state;
    struct hist h = {0};
    for (int i = 0; i < 100; i++)
        hist_add(&h, i < 7 ? 5 : 10, 1);
    assert_int_equal(hist_quantile_us(&h, 0.07), 5); /* 0.07 * 100 is a little more than 7 */
    assert_int_equal(hist_quantile_us(&h, 0.0701), 10);
}

static void upto__any_limit__counts_what_is_at_or_below_the_moved_one(void **state)
{
    (void)state;
    struct dice d = {3};
    for (int round = 0; round < 300; round++) {
        struct hist h = {0};
        int64_t limit = dice_in(&d, -1, INT64_C(1) << dice_in(&d, 1, 35));
        int64_t moved = hist_limit_us(limit);
        uint64_t below = 0;
        assert_true(distance(moved, limit) * 32 <= limit + 16 / 2 || distance(moved, limit) == 0);
        for (int i = 0; i < 200; i++) {
            int64_t us = dice_in(&d, 0, limit + 1 + limit / 8);
            hist_add(&h, us, 1);
            below += us <= moved;
        }
        assert_int_equal(hist_upto(&h, limit), below);
        assert_int_equal(hist_upto(&h, moved), below);
        assert_int_equal(hist_limit_us(moved), moved);
    }
}

/* The last microsecond of the bucket, or that of the one before. */
static void limit__between_two_edges__goes_to_the_nearer(void **state)
{
    (void)state;
    struct dice d = {4};
    for (int round = 0; round < 20000; round++) {
        int64_t limit = dice_in(&d, 1, INT64_C(1) << dice_in(&d, 1, 35));
        unsigned bucket = hist_bucket(limit);
        int64_t below = hist_low_us(bucket) - 1, above = hist_low_us(bucket + 1) - 1;
        bool up = distance(above, limit) <= distance(below, limit);
        assert_int_equal(hist_limit_us(limit), up ? above : below);
    }
}

static void upto__small_limits__are_exact(void **state)
{
    (void)state;
    struct hist h = {0};
    for (int64_t us = 0; us < 32; us++)
        hist_add(&h, us, 1);
    for (int64_t us = -1; us < 32; us++) {
        assert_int_equal(hist_limit_us(us), us);
        assert_int_equal(hist_upto(&h, us), us + 1);
    }
    assert_int_equal(hist_upto(&h, INT64_MAX), 32);
}

static void merge__parts__equals_adding_all(void **state)
{
    (void)state;
    struct dice d = {11};
    struct hist whole = {0}, parts[3] = {{.n = 0}}, sum = {0};
    for (int i = 0; i < 5000; i++) {
        int64_t us = wide(&d);
        hist_add(&whole, us, 1);
        hist_add(&parts[dice_in(&d, 0, 2)], us, 1);
    }
    for (int i = 2; i >= 0; i--)
        hist_merge(&sum, &parts[i]);
    assert_memory_equal(&whole, &sum, sizeof whole);
}

static void counts__full__stay_full(void **state)
{
    (void)state;
    struct hist h = {0}, more = {0};
    hist_add(&h, 5, UINT32_MAX - 1);
    hist_add(&h, 5, 7);
    hist_add(&more, 5, 9);
    hist_merge(&h, &more);
    assert_int_equal(h.count[5], UINT32_MAX);
    assert_int_equal(h.n, (uint64_t)UINT32_MAX - 1 + 7 + 9);
    assert_int_equal(hist_quantile_us(&h, 1), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets__up_to_nineteen_hours__follow_each_other),
        cmocka_unit_test(quantile__any_distribution__is_within_a_thirtysecond_of_the_exact_one),
        cmocka_unit_test(quantile__of_decoded_samples__is_no_worse),
        cmocka_unit_test(quantile__nothing__is_none),
        cmocka_unit_test(quantile__whole_ranks__are_not_rounded_up),
        cmocka_unit_test(upto__any_limit__counts_what_is_at_or_below_the_moved_one),
        cmocka_unit_test(limit__between_two_edges__goes_to_the_nearer),
        cmocka_unit_test(upto__small_limits__are_exact),
        cmocka_unit_test(merge__parts__equals_adding_all),
        cmocka_unit_test(counts__full__stay_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
