/* test_clock.c - was the clock set, or did the machine sleep? */
#include "../unit.h"

#include "app/clock.h"

#define S INT64_C(1000000)

struct move_case {
    int64_t wall_us, mono_us, boot_us; /* what went by on each clock */
    int64_t stepped_us, slept_us;
};

static void clocks__compared__tell_a_step_from_a_sleep(void **state)
{
    static const struct move_case cases[] = {
        {10 * S, 10 * S, 10 * S, 0, 0},                     /* time went by */
        {10 * S + 400000, 10 * S, 10 * S, 0, 0},            /* slewing */
        {10 * S - 400000, 10 * S, 10 * S, 0, 0},            /* the other way */
        {3610 * S, 10 * S, 10 * S, 3600 * S, 0},            /* set forward */
        {-3590 * S, 10 * S, 10 * S, -3600 * S, 0},          /* set back */
        {3610 * S, 10 * S, 3610 * S, 0, 3600 * S},          /* slept for an hour */
        {3610 * S + 300000, 10 * S, 3610 * S, 0, 3600 * S}, /* a coarse clock on waking */
        {7210 * S, 10 * S, 3610 * S, 3600 * S, 3600 * S},   /* slept, then set */
        {10 * S, 10 * S, 3610 * S, -3600 * S, 3600 * S},    /* slept; the wall did not know */
        {10 * S, 10 * S, 9 * S, 0, 0},                      /* boot cannot go back */
    };
    const struct clock_look was = {1795316645 * S, 500 * S, 900 * S};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct move_case *c = &cases[i];
        struct clock_look is = {was.wall_us + c->wall_us, was.mono_us + c->mono_us,
                                was.boot_us + c->boot_us};
        struct clock_move m = clock_compare(&was, &is);

        assert_int_equal(m.stepped_us, c->stepped_us);
        assert_int_equal(m.slept_us, c->slept_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks__compared__tell_a_step_from_a_sleep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
