/* test_roll.c - tallies of many units: exact but for the sum of lateness, small, and damage is
 * seen. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "draw.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "stats/tally.h"
#include "unit.h"

#define UNITS 744

struct world {
    struct tally tallies[UNITS], got[UNITS];
    const struct tally *units[UNITS];
    bool there[UNITS];
};

static void on_unit(void *arg, size_t unit, const struct tally *t)
{
    struct world *w = arg;
    assert_true(unit < UNITS && !w->there[unit]);
    w->got[unit] = *t;
    w->there[unit] = true;
}

/* Sums of lateness come back as the middle of a bucket; all else as it was. */
static void assert_same(const struct tally *got, const struct tally *was)
{
    struct tally exact = *got;
    uint64_t off = got->late_sum_us > was->late_sum_us ? got->late_sum_us - was->late_sum_us
                                                       : was->late_sum_us - got->late_sum_us;
    if (was->late_sum_us <= (uint64_t)1 << 56)
        assert_true(off <= was->late_sum_us / 32 + 50);
    exact.late_sum_us = was->late_sum_us;
    assert_memory_equal(&exact, was, sizeof exact);
}

static void write_again(const struct world *w, size_t n, struct buf *out)
{
    const struct tally *units[UNITS];
    for (size_t i = 0; i < n; i++)
        units[i] = w->there[i] ? &w->got[i] : NULL;
    block_put_tallies(units, n, out);
}

static size_t assert_comes_back(struct world *w, size_t n)
{
    struct buf b, again;
    struct err e;
    buf_init(&b, SIZE_MAX);
    buf_init(&again, SIZE_MAX);
    block_put_tallies(w->units, n, &b);
    assert_int_equal(block_form(b.p, b.len), BLOCK_IS_TALLIES);
    memset(w->there, 0, sizeof w->there);
    assert_int_equal(block_get_tallies(b.p, b.len, on_unit, w, &e), 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(w->there[i], w->units[i] != NULL);
        if (w->there[i])
            assert_same(&w->got[i], w->units[i]);
    }
    assert_int_equal(block_get_tallies(b.p, b.len, NULL, NULL, &e), 0);
    write_again(w, n, &again);
    assert_int_equal(again.len, b.len);
    assert_memory_equal(again.p, b.p, b.len);
    size_t len = b.len;
    buf_done(&b);
    buf_done(&again);
    return len;
}

static void fill(struct tally *t, int n, struct dice *d, const struct weather *w)
{
    tally_init(t);
    for (int i = 0; i < n; i++) {
        unsigned char b[SAMPLE_BYTES];
        struct result r = draw_result(d, w), back = {0};
        sample_encode(&r, b);
        assert_true(sample_decode(b, &back));
        tally_add(t, &back);
    }
}

static struct world *world_new(void)
{
    struct world *w = mem_new(struct world);
    for (int i = 0; i < UNITS; i++) {
        tally_init(&w->tallies[i]);
        w->units[i] = &w->tallies[i];
    }
    return w;
}

static void put__usual_hours__take_little_more_than_their_entropy(void **state)
{
    (void)state;
    static const struct {
        double sigma, bytes;
    } cases[] = {{0.1, 6.2}, {0.3, 10.9}, {0.5, 14.3}, {0.8, 18.2}};
    struct dice d = {1};
    struct world *w = world_new();
    for (size_t s = 0; s < sizeof cases / sizeof cases[0]; s++) {
        const struct weather weather = {100, cases[s].sigma, 0.001, 40000};
        for (int i = 0; i < UNITS; i++)
            fill(&w->tallies[i], 60, &d, &weather);
        assert_true((double)assert_comes_back(w, UNITS) < UNITS * cases[s].bytes);
    }
    mem_free(w);
}

static void put__usual_days__take_less_than_100_bytes_each(void **state)
{
    (void)state;
    const struct weather weather = {100, 0.8, 0.001, 40000};
    struct dice d = {2};
    struct world *w = world_new();
    for (int i = 0; i < 31; i++)
        fill(&w->tallies[i], 1440, &d, &weather);
    assert_true(assert_comes_back(w, 31) < (size_t)31 * 100);
    mem_free(w);
}

/* --- nasty ones --- */

static void nothing(struct tally *t, struct dice *d)
{
    (void)d;
    tally_init(t);
}

static void one_result(struct tally *t, struct dice *d)
{
    struct result r = draw_any(d);
    tally_init(t);
    tally_add(t, &r);
}

static void all_down(struct tally *t, struct dice *d)
{
    const struct weather weather = {100, 0.5, 1, 40000};
    fill(t, 60, d, &weather);
}

static void any_results(struct tally *t, struct dice *d)
{
    tally_init(t);
    for (int64_t i = dice_in(d, 0, 100); i > 0; i--) {
        struct result r = draw_any(d);
        tally_add(t, &r);
    }
}

static void usual(struct tally *t, struct dice *d)
{
    const struct weather weather = {draw_share(d) < 0.9 ? 100 : 3000, 0.5, 0.02, 4000};
    fill(t, (int)dice_in(d, 50, 70), d, &weather);
}

static void at_the_limits(struct tally *t, struct dice *d)
{
    memset(t, 0xff, sizeof *t);
    t->min_us = dice_in(d, 0, 1) ? INT64_MIN : INT64_MAX;
    t->max_us = INT64_MAX;
    t->late_max_us = dice_in(d, 0, 1) ? INT64_MIN : INT64_MAX;
}

static void any_bytes(struct tally *t, struct dice *d)
{
    unsigned char *p = (unsigned char *)t;
    for (size_t i = 0; i < sizeof *t; i++)
        p[i] = (unsigned char)(dice_in(d, 0, 3) ? 0 : dice_roll(d));
}

static void beyond_the_histogram(struct tally *t, struct dice *d)
{
    struct result r = {.phases = PHASES_NONE};
    tally_init(t);
    for (int i = 0; i < 5; i++) {
        r.phases.total_us = INT64_MAX - dice_in(d, 0, INT64_C(1) << 62);
        tally_add(t, &r);
    }
}

/* More counted than said, or less: counts that were full once. */
static void does_not_add_up(struct tally *t, struct dice *d)
{
    any_results(t, d);
    t->hist.n += (uint64_t)dice_in(d, -3, 3);
    t->count[dice_in(d, 0, 3)] += (uint64_t)dice_in(d, -1, 1);
    t->reasons[dice_in(d, 0, 30)]++;
    t->sum_us += (uint64_t)dice_in(d, -9, 9);
    t->hist.count[dice_in(d, 0, HIST_BUCKETS - 1)] = UINT32_MAX;
}

static void (*const kinds[])(struct tally *t, struct dice *d) = {
    nothing,   one_result,           all_down,        any_results, usual, at_the_limits,
    any_bytes, beyond_the_histogram, does_not_add_up,
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static void put__nasty_tallies__come_back(void **state)
{
    (void)state;
    struct dice d = {3};
    struct world *w = world_new();
    for (int round = 0; round < 60; round++) {
        size_t n = (size_t)dice_in(&d, 0, 60);
        for (size_t i = 0; i < n; i++) {
            size_t kind = round < (int)KINDS ? (size_t)round : (size_t)dice_in(&d, 0, KINDS - 1);
            kinds[kind](&w->tallies[i], &d);
            w->units[i] = dice_in(&d, 0, 5) > 0 ? &w->tallies[i] : NULL;
        }
        assert_comes_back(w, n);
    }
    mem_free(w);
}

static void put__no_units__comes_back(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_true(assert_comes_back(w, 0) < 10);
    memset(w->units, 0, sizeof w->units);
    assert_true(assert_comes_back(w, UNITS) < 20);
    mem_free(w);
}

static void put__as_many_as_there_may_be__come_back(void **state)
{
    (void)state;
    const struct tally *units[BLOCK_UNITS_MAX];
    struct tally t;
    struct buf b;
    struct err e;
    tally_init(&t);
    for (int i = 0; i < BLOCK_UNITS_MAX; i++)
        units[i] = &t;
    buf_init(&b, SIZE_MAX);
    block_put_tallies(units, BLOCK_UNITS_MAX, &b);
    assert_int_equal(block_get_tallies(b.p, b.len, NULL, NULL, &e), 0);
    buf_done(&b);
}

static void get__more_units_than_there_may_be__is_refused(void **state)
{
    (void)state;
    const struct tally *units[BLOCK_UNITS_MAX + 1] = {NULL};
    struct buf b;
    struct err e;
    buf_init(&b, SIZE_MAX);
    block_put_tallies(units, BLOCK_UNITS_MAX + 1, &b);
    assert_int_equal(block_get_tallies(b.p, b.len, NULL, NULL, &e), -1);
    buf_done(&b);
}

/* --- damage --- */

static void small_block(struct buf *b)
{
    const struct weather weather = {100, 0.3, 0.1, 40000};
    struct dice d = {4};
    struct tally t[3];
    const struct tally *units[] = {&t[0], NULL, &t[1], &t[2]};
    for (int i = 0; i < 3; i++)
        fill(&t[i], 20, &d, &weather);
    buf_init(b, SIZE_MAX);
    block_put_tallies(units, 4, b);
}

static void get__every_truncation_and_flipped_bit__is_seen(void **state)
{
    (void)state;
    struct buf b;
    struct err e;
    small_block(&b);
    for (size_t n = 0; n < b.len; n++)
        assert_int_equal(block_get_tallies(b.p, n, NULL, NULL, &e), -1);
    for (size_t bit = 0; bit < b.len * 8; bit++) {
        b.p[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(block_get_tallies(b.p, b.len, NULL, NULL, &e), -1);
        b.p[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_int_equal(block_get_tallies(b.p, b.len, NULL, NULL, &e), 0);
    buf_done(&b);
}

static void sign(char *p, size_t n)
{
    uint32_t crc = crc32_of(p, n - 4, 0);
    for (int i = 0; i < 4; i++)
        p[n - 4 + (size_t)i] = (char)(crc >> (24 - 8 * i));
}

static void on_count(void *arg, size_t unit, const struct tally *t)
{
    (void)t;
    assert_true(unit < BLOCK_UNITS_MAX);
    (*(int *)arg)++;
}

static void get__forged_with_the_right_crc__ends(void **state)
{
    (void)state;
    struct dice d = {5};
    struct err e;
    int n = 0;
    for (int round = 0; round < 2000; round++) {
        struct buf b;
        small_block(&b);
        for (int64_t i = dice_in(&d, 1, 3); i > 0; i--)
            b.p[dice_in(&d, 2, (int64_t)b.len - 5)] ^= (char)(1 << dice_in(&d, 0, 7));
        sign(b.p, b.len);
        if (block_get_tallies(b.p, b.len, on_count, &n, &e) != 0)
            assert_non_null(strstr(e.text, "damaged"));
        buf_done(&b);
    }
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put__usual_hours__take_little_more_than_their_entropy),
        cmocka_unit_test(put__usual_days__take_less_than_100_bytes_each),
        cmocka_unit_test(put__nasty_tallies__come_back),
        cmocka_unit_test(put__no_units__comes_back),
        cmocka_unit_test(put__as_many_as_there_may_be__come_back),
        cmocka_unit_test(get__more_units_than_there_may_be__is_refused),
        cmocka_unit_test(get__every_truncation_and_flipped_bit__is_seen),
        cmocka_unit_test(get__forged_with_the_right_crc__ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
