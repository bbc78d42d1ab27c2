/* Powers of two: which bucket, which bound. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/octaves.h"

static void value__any__lies_between_its_bounds(void **state)
{
    unsigned seed = 7;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct octaves o;
        seed = seed * 1103515245u + 12345u;
        int64_t us = (int64_t)(seed >> 4) >> (seed % 28);
        unsigned i = 0;

        octaves_init(&o, -9, 13);
        octaves_add(&o, us);
        while (o.count[i] == 0)
            i++;
        double s = (double)us / 1e6;
        if (i < 13)
            assert_true(s <= octaves_bound_s(&o, i));
        if (i > 0)
            assert_true(s > octaves_bound_s(&o, i - 1));
        assert_int_equal(octaves_count(&o), 1);
        assert_int_equal(o.sum_us, us);
    }
}

static void value__at_a_bound__is_below_it(void **state)
{
    struct octaves o;
    (void)state;
    octaves_init(&o, -1, 2); /* 0.5, 1 */
    octaves_add(&o, 500000);
    octaves_add(&o, 500001);
    octaves_add(&o, 1000000);
    octaves_add(&o, 1000001);
    octaves_add(&o, -5);
    octaves_add(&o, INT64_MAX / 4);
    assert_int_equal(o.count[0], 2);
    assert_int_equal(o.count[1], 2);
    assert_int_equal(o.count[2], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value__any__lies_between_its_bounds),
        cmocka_unit_test(value__at_a_bound__is_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
