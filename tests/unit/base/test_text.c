/* test_text.c - comparing, copying, numbers, guesses. */
#include <string.h>

#include "base/text.h"
#include "unit.h"

static void compare__null_equals_only_null(void **state)
{
    (void)state;
    assert_true(text_eq("a", "a") && text_eq(NULL, NULL) && text_eq("", ""));
    assert_false(text_eq("a", NULL) || text_eq(NULL, "") || text_eq("a", "A"));
    assert_true(text_starts("http://x", "http://") && text_starts("x", ""));
    assert_false(text_starts("htt", "http") || text_ends("b", "ab"));
    assert_true(text_ends("a.yaml", ".yaml") && text_ends("x", ""));
}

static void copy__too_long__is_cut_between_code_points(void **state)
{
    (void)state;
    char dst[6];
    text_copy(dst, sizeof dst, "abc");
    assert_string_equal(dst, "abc");
    text_copy(dst, sizeof dst, "abcdefgh");
    assert_string_equal(dst, "abcde");
    text_copy(dst, sizeof dst, "abcd\xc3\xa9");
    assert_string_equal(dst, "abcd");
    text_copy(dst, 1, "abc");
    assert_string_equal(dst, "");
    text_copy(dst, 0, "abc");
    text_copy(dst, sizeof dst, "ab");
    text_copy(dst, sizeof dst, dst + 1);
    assert_string_equal(dst, "b");
}

static void printf__too_long__is_cut_between_code_points(void **state)
{
    (void)state;
    char dst[6];
    text_printf(dst, sizeof dst, "%s-%d", "ab", 42);
    assert_string_equal(dst, "ab-42");
    text_printf(dst, sizeof dst, "%s", "abcdefgh");
    assert_string_equal(dst, "abcde");
    text_printf(dst, sizeof dst, "abc%s", "\xe2\x82\xac");
    assert_string_equal(dst, "abc");
    text_printf(dst, sizeof dst, "ab%s", "\xe2\x82\xac");
    assert_string_equal(dst, "ab\xe2\x82\xac");
    text_printf(dst, sizeof dst, "abcd%s", "\xc3\xa9");
    assert_string_equal(dst, "abcd");
    text_printf(dst, 1, "%s", "\xc3\xa9");
    assert_string_equal(dst, "");
    text_printf(dst, 0, "%s", "abc");
    assert_string_equal(dst, "");
}

static void int__whole_numbers_in_range__are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {
        {"0", 0},
        {"-0", 0},
        {"007", 7},
        {"-12", -12},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t value = 99;
        assert_int_equal(text_int(good[i].text, INT64_MIN, INT64_MAX, &value, NULL), 0);
        assert_int_equal(value, good[i].value);
    }
}

static void int__anything_else__is_refused_and_nothing_written(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "12x",
                                      "0x1",
                                      "1.0",
                                      "1e3",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999"};
    int64_t value = 99;
    struct err e;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_int(bad[i], INT64_MIN, INT64_MAX, &value, NULL) == 0)
            fail_msg("'%s' was taken", bad[i]);
    assert_int_equal(text_int("11", 1, 10, &value, &e), -1);
    assert_string_equal(e.text, "11 is not between 1 and 10");
    assert_int_equal(text_int("0", 1, 10, &value, &e), -1);
    assert_int_equal(text_int("1x", 1, 10, &value, &e), -1);
    assert_string_equal(e.text, "'1x' is not a whole number");
    assert_int_equal(value, 99);
}

static void double__plain_numbers__are_read_and_others_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "-",  ".5", "5.",  "1e", "1e+",   "0x1", "inf",
                                      "nan", " 1", "1 ", "1,5", "+1", "1e999", "--1"};
    double d = 9;
    assert_int_equal(text_double("-12.5e-1", &d, NULL), 0);
    assert_true(d > -1.2500001 && d < -1.2499999);
    assert_int_equal(text_double("3", &d, NULL), 0);
    assert_true(d > 2.99 && d < 3.01);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_double(bad[i], &d, NULL) == 0)
            fail_msg("'%s' was taken", bad[i]);
}

static void distance__edits_and_swaps__are_counted_up_to_the_limit(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int distance;
    } cases[] = {
        {"", "", 0},
        {"abc", "abc", 0},
        {"abc", "abd", 1},
        {"abc", "ab", 1},
        {"abc", "xabc", 1},
        {"ab", "ba", 1},
        {"interval", "intreval", 1},
        {"kitten", "sitting", 3},
        {"ca", "abc", 3},
        {"", "abc", 3},
        {"abcdef", "ghijkl", 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int limit = 0; limit < 8; limit++) {
            int want = cases[i].distance <= limit ? cases[i].distance : limit + 1;
            assert_int_equal(text_distance(cases[i].a, cases[i].b, limit), want);
            assert_int_equal(text_distance(cases[i].b, cases[i].a, limit), want);
        }
    }
}

static void nearest__slips_of_the_keyboard__find_the_word(void **state)
{
    (void)state;
    static const char *const words[] = {"interval",   "timeout",       "http",  "tcp",
                                        "fail_after", "recover_after", "every", NULL};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"intervall", "interval"},
        {"intreval", "interval"},
        {"timout", "timeout"},
        {"htpp", "http"},
        {"http", "http"},
        {"fail-after", "fail_after"},
        {"tpc", "tcp"},
        {"evry", "every"},
        {"xyzzy", NULL},
        {"a", NULL},
        {"", NULL},
        {"completely_else", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!text_eq(text_nearest(cases[i].word, words), cases[i].nearest))
            fail_msg("%s: %s", cases[i].word, text_nearest(cases[i].word, words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compare__null_equals_only_null),
        cmocka_unit_test(copy__too_long__is_cut_between_code_points),
        cmocka_unit_test(printf__too_long__is_cut_between_code_points),
        cmocka_unit_test(int__whole_numbers_in_range__are_read),
        cmocka_unit_test(int__anything_else__is_refused_and_nothing_written),
        cmocka_unit_test(double__plain_numbers__are_read_and_others_refused),
        cmocka_unit_test(distance__edits_and_swaps__are_counted_up_to_the_limit),
        cmocka_unit_test(nearest__slips_of_the_keyboard__find_the_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
