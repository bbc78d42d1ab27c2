/* test_rollup.c - many results in sixteen bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stats/sample.h"

static uint64_t seed = 20261122;

static uint64_t draw(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

static struct result draw_result(void)
{
    struct result r = {.verdict = (enum verdict)draw(4)};
    r.phases.total_us = (int64_t)draw(1u << (4 + draw(24))) - 1;
    return r;
}

static void add__results__counts_sums_and_bounds_the_good_ones(void **state)
{
    (void)state;
    static const struct {
        enum verdict verdict;
        int64_t us;
    } results[] = {
        {VERDICT_UP, 1499}, {VERDICT_UP, 1500},       {VERDICT_DEGRADED, 900000},
        {VERDICT_DOWN, 5},  {VERDICT_UNKNOWN, 7},     {VERDICT_UP, -1},
        {VERDICT_DOWN, -1}, {VERDICT_DOWN, 99000000},
    };
    struct rollup u = {0};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        struct result r = {.verdict = results[i].verdict, .phases.total_us = results[i].us};
        rollup_add(&u, &r);
    }
    assert_int_equal(u.count[VERDICT_UP], 3);
    assert_int_equal(u.count[VERDICT_DEGRADED], 1);
    assert_int_equal(u.count[VERDICT_DOWN], 3);
    assert_int_equal(u.count[VERDICT_UNKNOWN], 1);
    assert_int_equal(u.sum_ms, 1 + 2 + 900);
    assert_int_equal(u.min_code, latency_code(1499));
    assert_int_equal(u.max_code, latency_code(900000));
}

/* Adding one by one and merging parts in any order give the same. */
static void merge__parts_in_any_order__equals_the_whole(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct rollup whole = {0}, parts[4] = {{{0}, 0, 0, 0}}, forth = {0}, back = {0};
        int n = (int)draw(60);
        for (int i = 0; i < n; i++) {
            struct result r = draw_result();
            rollup_add(&whole, &r);
            rollup_add(&parts[draw(4)], &r);
        }
        for (int i = 0; i < 4; i++) {
            rollup_merge(&forth, &parts[i]);
            rollup_merge(&back, &parts[3 - i]);
        }
        assert_memory_equal(&whole, &forth, sizeof whole);
        assert_memory_equal(&whole, &back, sizeof whole);
    }
}

static void add__at_the_limits__stops_there(void **state)
{
    (void)state;
    struct rollup u = {.count = {65535, 65535, 65535, 65535}, .sum_ms = UINT32_MAX - 1};
    struct result r = {.verdict = VERDICT_UP, .phases.total_us = INT64_MAX};
    rollup_add(&u, &r);
    assert_int_equal(u.count[VERDICT_UP], 65535);
    assert_int_equal(u.sum_ms, UINT32_MAX);
    struct rollup twice = u;
    rollup_merge(&twice, &u);
    assert_memory_equal(&twice, &u, sizeof u);
}

static void encode__known_values__is_big_endian_in_field_order(void **state)
{
    (void)state;
    const struct rollup u = {{0x0102, 0x0304, 0x0506, 0x0708}, 0x090a0b0c, 0x0d0e, 0x0f10};
    unsigned char b[ROLLUP_BYTES];
    rollup_encode(&u, b);
    for (int i = 0; i < ROLLUP_BYTES; i++)
        assert_int_equal(b[i], i + 1);
}

static void decode__any_bytes__encodes_to_the_same(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        unsigned char b[ROLLUP_BYTES], again[ROLLUP_BYTES];
        struct rollup u;
        for (int i = 0; i < ROLLUP_BYTES; i++)
            b[i] = (unsigned char)draw(256);
        rollup_decode(b, &u);
        rollup_encode(&u, again);
        assert_memory_equal(b, again, ROLLUP_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add__results__counts_sums_and_bounds_the_good_ones),
        cmocka_unit_test(merge__parts_in_any_order__equals_the_whole),
        cmocka_unit_test(add__at_the_limits__stops_there),
        cmocka_unit_test(encode__known_values__is_big_endian_in_field_order),
        cmocka_unit_test(decode__any_bytes__encodes_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
