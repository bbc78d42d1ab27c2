/* How often one peer may guess. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "web/limiter.h"

static void peer__after_a_burst__waits_until_it_wears_off(void **state)
{
    struct limiter l = {.seed = 7};
    int64_t now = 1000000;
    (void)state;
    for (int i = 0; i < LIMITER_BURST; i++) {
        assert_true(limiter_allows(&l, "192.0.2.1", now));
        limiter_failed(&l, "192.0.2.1", now);
    }
    assert_false(limiter_allows(&l, "192.0.2.1", now));
    assert_false(limiter_allows(&l, "192.0.2.1", now + LIMITER_REFILL_MS - 1));
    assert_true(limiter_allows(&l, "192.0.2.1", now + LIMITER_REFILL_MS));
    limiter_failed(&l, "192.0.2.1", now + LIMITER_REFILL_MS);
    assert_false(limiter_allows(&l, "192.0.2.1", now + LIMITER_REFILL_MS));
    assert_true(limiter_allows(&l, "192.0.2.2", now));
}

static void ipv6__one_64__is_one_peer(void **state)
{
    struct limiter l = {.seed = 7};
    (void)state;
    for (int i = 0; i < LIMITER_BURST; i++) {
        char peer[64];
        snprintf(peer, sizeof peer, "2001:db8:0:1::%x", i + 1);
        limiter_failed(&l, peer, 1000);
    }
    assert_false(limiter_allows(&l, "2001:db8:0:1:ffff::9", 1000));
    assert_true(limiter_allows(&l, "2001:db8:0:2::1", 1000));
}

static void peers__more_than_slots__the_longest_silent_is_forgotten(void **state)
{
    struct limiter l = {.seed = 7};
    (void)state;
    for (int i = 0; i < LIMITER_BURST; i++)
        limiter_failed(&l, "192.0.2.1", 1000);
    for (int i = 0; i < 100000; i++) {
        char peer[64];
        snprintf(peer, sizeof peer, "10.%d.%d.%d", i >> 16, (i >> 8) & 255, i & 255);
        limiter_failed(&l, peer, 2000 + i);
    }
    assert_true(limiter_allows(&l, "192.0.2.1", 1000));
}

static void clock__stepped_back__locks_nobody_out_for_ever(void **state)
{
    struct limiter l = {.seed = 7};
    (void)state;
    for (int i = 0; i < LIMITER_BURST; i++)
        limiter_failed(&l, "192.0.2.1", 5000000);
    limiter_failed(&l, "192.0.2.1", 1000);
    assert_true(limiter_allows(&l, "192.0.2.1", 1000 + (LIMITER_BURST + 1) * LIMITER_REFILL_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer__after_a_burst__waits_until_it_wears_off),
        cmocka_unit_test(ipv6__one_64__is_one_peer),
        cmocka_unit_test(peers__more_than_slots__the_longest_silent_is_forgotten),
        cmocka_unit_test(clock__stepped_back__locks_nobody_out_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
