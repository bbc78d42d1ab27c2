/* test_sample.c - one result in four bytes: exact where promised, near elsewhere, safe always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stats/sample.h"

#define HOUR_US 3600000000LL

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static void latency__one_microsecond_to_an_hour__is_within_1_6_percent(void **state)
{
    (void)state;
    uint16_t before = 1;
    int64_t worst_us = 1, worst = 0;
    for (int64_t us = 1; us <= HOUR_US; us += 1 + us / 5000) {
        uint16_t code = latency_code(us);
        int64_t back = latency_of(code);
        assert_true(code >= before);
        assert_true(distance(back, us) * 1000 <= us * 16);
        if (distance(back, us) * worst_us > worst * us) {
            worst = distance(back, us);
            worst_us = us;
        }
        before = code;
    }
    print_message("latency: worst error %.4f %%\n", 100.0 * (double)worst / (double)worst_us);
}

/* Both ends of every bucket up to the largest number there is. */
static void latency__every_bucket__has_its_own_code_without_gaps(void **state)
{
    (void)state;
    int64_t us = 0;
    for (unsigned code = 1; code <= 1888; code++) {
        assert_int_equal(latency_code(us), code);
        int64_t low = us, middle = latency_of((uint16_t)code);
        int64_t width = us < 64 ? 1 : (int64_t)1 << (63 - __builtin_clzll((uint64_t)us) - 5);
        int64_t high = us + (width - 1);
        assert_int_equal(latency_code(high), code);
        assert_true(middle >= low && middle <= high);
        if (code == 1888)
            assert_int_equal(high, INT64_MAX);
        else
            us = high + 1;
    }
}

static void latency__every_code__comes_back(void **state)
{
    (void)state;
    for (unsigned code = 0; code <= UINT16_MAX; code++) {
        unsigned wanted = code > 1888 ? 1888 : code;
        assert_int_equal(latency_code(latency_of((uint16_t)code)), wanted);
    }
    assert_int_equal(latency_of(0), -1);
    assert_int_equal(latency_code(-1), 0);
    assert_int_equal(latency_code(INT64_MIN), 0);
    assert_int_equal(latency_of(latency_code(0)), 0);
}

static void check_outcome(int v, int reason, bool maintenance)
{
    struct result r = {.verdict = (enum verdict)v,
                       .reason = (enum reason)reason,
                       .maintenance = maintenance,
                       .phases = PHASES_NONE,
                       .lateness_us = 1234};
    struct result back = {.at_ms = 5, .maintenance = !maintenance};
    unsigned char b[SAMPLE_BYTES];
    sample_encode(&r, b);
    assert_int_equal(b[2], 1 + maintenance * 124 + v * 31 + reason);
    assert_true(sample_decode(b, &back));
    assert_int_equal(back.verdict, v);
    assert_int_equal(back.reason, reason);
    assert_int_equal(back.maintenance, maintenance);
    assert_int_equal(back.phases.total_us, -1);
    assert_int_equal(back.at_ms, 5);
}

static void encode__every_verdict_and_reason__is_exact(void **state)
{
    (void)state;
    for (int v = VERDICT_UP; v <= VERDICT_UNKNOWN; v++) {
        for (int reason = 0; reason < REASON_COUNT; reason++) {
            check_outcome(v, reason, false);
            check_outcome(v, reason, true);
        }
    }
}

static void lateness__up_to_thirty_seconds__is_within_an_eighth(void **state)
{
    (void)state;
    for (int64_t us = 0; us < 30000000; us += 1 + us / 3000) {
        struct result r = {.lateness_us = us}, back = {0};
        unsigned char b[SAMPLE_BYTES];
        sample_encode(&r, b);
        assert_true(sample_decode(b, &back));
        assert_true(distance(back.lateness_us, us) <= us / 8 + 100);
        assert_int_not_equal(b[3], 255);
    }
    static const int64_t beyond[] = {30000000, 30000001, INT64_MAX};
    for (size_t i = 0; i < 3; i++) {
        struct result r = {.lateness_us = beyond[i]}, back = {0};
        unsigned char b[SAMPLE_BYTES];
        sample_encode(&r, b);
        assert_int_equal(b[3], 255);
        assert_true(sample_decode(b, &back));
        assert_int_equal(back.lateness_us, 30000000);
    }
}

/* Any four bytes: no trap, no result at all or one that comes back to the same bytes. */
static void check_bytes(uint32_t word)
{
    unsigned char first[SAMPLE_BYTES] = {(unsigned char)(word >> 24), (unsigned char)(word >> 16),
                                         (unsigned char)(word >> 8), (unsigned char)word};
    unsigned char second[SAMPLE_BYTES], third[SAMPLE_BYTES];
    struct result r = {.at_ms = 99}, again = {0};
    if (!sample_decode(first, &r)) {
        assert_int_equal(r.phases.total_us, 0);
        return;
    }
    assert_true(r.verdict <= VERDICT_UNKNOWN && r.reason < REASON_COUNT);
    assert_true(r.phases.total_us >= -1 && r.lateness_us >= 0 && r.lateness_us <= 30000000);
    sample_encode(&r, second);
    assert_int_equal(second[2], first[2]);
    assert_true(sample_decode(second, &again));
    sample_encode(&again, third);
    assert_memory_equal(second, third, SAMPLE_BYTES);
}

static void decode__any_bytes__is_safe_and_stable(void **state)
{
    (void)state;
    uint64_t seed = 20261122;
    for (uint32_t low = 0; low < 0x10000; low++)
        check_bytes(low);
    for (uint32_t high = 0; high < 0x10000; high++)
        check_bytes(high << 16 | 0x0101);
    for (int i = 0; i < 300000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        check_bytes((uint32_t)(seed >> 32));
    }
}

static void decode__empty_slot__is_no_sample(void **state)
{
    (void)state;
    struct result r = {.lateness_us = 77};
    static const unsigned char empty[SAMPLE_BYTES] = {0}, half[SAMPLE_BYTES] = {1, 2, 0, 3};
    assert_false(sample_decode(empty, &r));
    assert_false(sample_decode(half, &r));
    assert_int_equal(r.lateness_us, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latency__one_microsecond_to_an_hour__is_within_1_6_percent),
        cmocka_unit_test(latency__every_bucket__has_its_own_code_without_gaps),
        cmocka_unit_test(latency__every_code__comes_back),
        cmocka_unit_test(encode__every_verdict_and_reason__is_exact),
        cmocka_unit_test(lateness__up_to_thirty_seconds__is_within_an_eighth),
        cmocka_unit_test(decode__any_bytes__is_safe_and_stable),
        cmocka_unit_test(decode__empty_slot__is_no_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
