/* test_effects.c - cleared, nothing is left to write or to send; the memory stays for the next
 * event. */
#include "model/effects.h"
#include "unit.h"

static void effects__filled_and_cleared__ask_for_nothing(void **state)
{
    struct effects fx = {0};
    struct delivery d = {.attempt = 1};

    (void)state;
    vec_push(&fx.commit.deliveries, (const struct delivery *)&d);
    vec_push(&fx.sends, (const struct delivery *)&d);
    effects_clear(&fx);
    assert_true(commit_empty(&fx.commit));
    assert_int_equal(fx.sends.n, 0);
    assert_true(fx.sends.cap > 0 && fx.commit.deliveries.cap > 0);
    effects_done(&fx);
    assert_int_equal(fx.sends.cap + fx.commit.deliveries.cap, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects__filled_and_cleared__ask_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
