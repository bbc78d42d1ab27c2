/* test_err.c - facts and the subjects put in front of them. */
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "unit.h"

static void err__set_and_wrapped__reads_outer_to_inner(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(err_set(&e, "%s refused", "connection"), -1);
    assert_int_equal(err_wrap(&e, "store"), -1);
    assert_int_equal(err_wrap(&e, "attempt %d", 2), -1);
    assert_string_equal(e.text, "attempt 2: store: connection refused");
}

static void err__its_own_text_as_argument__is_read_before_it_is_written(void **state)
{
    (void)state;
    struct err e;
    err_set(&e, "inner");
    err_set(&e, "(%s)", e.text);
    assert_string_equal(e.text, "(inner)");
}

static void err__nobody_reads_it__is_still_minus_one(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, "fact"), -1);
    assert_int_equal(err_wrap(NULL, "subject"), -1);
}

static void err__too_long__is_cut_between_code_points(void **state)
{
    (void)state;
    struct err e;
    char longer[1024];
    for (size_t lead = 0; lead < 4; lead++) {
        memset(longer, 'x', lead);
        for (size_t i = lead; i + 4 < sizeof longer; i += 4)
            memcpy(longer + i, "\xf0\x9f\x94\x94", 5);
        err_set(&e, "%s", longer);
        assert_true(strlen(e.text) > 500);
        assert_true(utf8_valid(e.text, strlen(e.text)));
        err_wrap(&e, "subject");
        assert_true(text_starts(e.text, "subject: "));
        assert_true(utf8_valid(e.text, strlen(e.text)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err__set_and_wrapped__reads_outer_to_inner),
        cmocka_unit_test(err__its_own_text_as_argument__is_read_before_it_is_written),
        cmocka_unit_test(err__nobody_reads_it__is_still_minus_one),
        cmocka_unit_test(err__too_long__is_cut_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
