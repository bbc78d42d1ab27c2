/* test_expect_type.c - the tables hang together; versions, numbers in texts, values shown. */
#include "fixture.h"

#include "eval/expect_priv.h"

static void tables__every_row__is_filled(void **state)
{
    (void)state;
    for (size_t i = 0; i < OP_COUNT; i++) {
        assert_non_null(expect_ops[i].name);
        assert_int_equal(expect_ops[i].signs != 0, expect_ops[i].base == BASE_ORDER);
        bool negated = strncmp(expect_ops[i].name, "not ", 4) == 0 || i == OP_NE;
        assert_int_equal(expect_ops[i].rule == RULE_NONE, negated);
    }
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        assert_non_null(expect_types[i].what);
        assert_true(expect_types[i].bases & (1u << BASE_EXISTS));
        assert_true(expect_types[i].read || expect_types[i].takes_text);
    }
}

/* The example of a type, with its usual operator, is an expectation. */
static void types__their_own_examples__compile(void **state)
{
    (void)state;
    static const char *const fields[TYPE_COUNT] = {"status", "latency",    "size",  "tls.version",
                                                   "ip",     "header age", "json $"};
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        char text[80];
        snprintf(text, sizeof text, "%s %s %s", fields[i], expect_types[i].usual,
                 expect_types[i].example);
        expect_free(fixture_compile(text));
    }
}

/* Every operator with every type compiles exactly when the table says so. */
static void types__with_every_operator__go_together_as_the_table_says(void **state)
{
    (void)state;
    static const char *const fields[TYPE_COUNT] = {"status", "latency",    "size",  "tls.version",
                                                   "ip",     "header age", "json $"};
    static const char *const values[TYPE_COUNT] = {"5", "5s", "5kB", "1.2", "'a'", "5", "5"};
    for (size_t t = 0; t < TYPE_COUNT; t++) {
        for (size_t o = 0; o < OP_COUNT; o++) {
            char text[80], value[24];
            enum expect_base base = expect_ops[o].base;
            snprintf(value, sizeof value, base == BASE_IN ? "[%s]" : "%s",
                     base == BASE_MATCHES    ? "/a/"
                     : base == BASE_CONTAINS ? "'a'"
                     : base == BASE_EXISTS   ? ""
                                             : values[t]);
            snprintf(text, sizeof text, "%s %s %s", fields[t], expect_ops[o].name, value);
            struct expectation *x = NULL;
            struct err e = {0};
            bool compiled = expect_compile(text, "http", &x, &e) == 0;
            if (compiled != ((expect_types[t].bases >> base & 1) != 0))
                fail_msg("%s: %s", text, compiled ? "compiled" : e.text);
            expect_free(x);
        }
    }
}

static void version__every_way_to_write_it__is_one_number(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        int64_t thousands; /* -1: none */
    } cases[] = {
        {"1.2", 1002},      {"2", 2000}, {"TLSv1.3", 1003}, {"TLSv1", 1000}, {"SSLv3", 3},
        {"HTTP/1.1", 1001}, {"", -1},    {"TLSv", -1},      {"1.", -1},      {".1", -1},
        {"1.2.3", -1},      {"-1", -1},  {"1000", -1},      {"1.1000", -1},  {"123456789", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t got = -1;
        int answer = expect_version(cases[i].written, &got);
        assert_int_equal(answer, cases[i].thousands < 0 ? -1 : 0);
        assert_int_equal(got, cases[i].thousands);
    }
}

static void number_in__text__takes_blanks_but_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        bool found;
    } cases[] = {
        {"42", 2, true},
        {" 42\r\n", 5, true},
        {"-1.5e3", 6, true},
        {"", 0, false},
        {"  ", 2, false},
        {"4 2", 3, false},
        {"42x", 3, false},
        {"42x", 2, true},
        {"4\0"
         "2",
         3, false},
        {"\0"
         "42",
         3, false},
        {"0x10", 4, false},
        {"nan", 3, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct value v = {.kind = VALUE_TEXT, .text = cases[i].text, .len = cases[i].len}, n;
        assert_int_equal(expect_number_in(&v, &n), cases[i].found);
    }
    char digits[80];
    memset(digits, '1', sizeof digits);
    struct value v = {.kind = VALUE_TEXT, .text = digits, .len = sizeof digits}, n;
    assert_false(expect_number_in(&v, &n));
}

static void compare__whole_and_real__agree_with_mathematics(void **state)
{
    (void)state;
    static const struct value values[] = {
        {.kind = VALUE_INT, .i = INT64_MIN}, {.kind = VALUE_REAL, .real = -1.5},
        {.kind = VALUE_INT, .i = -1},        {.kind = VALUE_REAL, .real = -0.5},
        {.kind = VALUE_INT, .i = 0},         {.kind = VALUE_REAL, .real = 0.25},
        {.kind = VALUE_INT, .i = 1},         {.kind = VALUE_INT, .i = INT64_MAX - 1},
        {.kind = VALUE_INT, .i = INT64_MAX}, {.kind = VALUE_REAL, .real = 1e300},
    };
    size_t n = sizeof values / sizeof *values;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            int sign = expect_compare(&values[i], &values[j]);
            assert_int_equal((sign > 0) - (sign < 0), (i > j) - (i < j));
            assert_int_equal(expect_equal(&values[i], &values[j]), i == j);
        }
}

static void equal__of_other_kinds__is_never(void **state)
{
    (void)state;
    static const struct value values[] = {
        {.kind = VALUE_NULL},         {.kind = VALUE_BOOL, .i = 0},
        {.kind = VALUE_INT, .i = 0},  {.kind = VALUE_TEXT, .text = "", .len = 0},
        {.kind = VALUE_BOOL, .i = 1}, {.kind = VALUE_TEXT, .text = "a", .len = 1},
    };
    size_t n = sizeof values / sizeof *values;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            assert_int_equal(expect_equal(&values[i], &values[j]), i == j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables__every_row__is_filled),
        cmocka_unit_test(types__their_own_examples__compile),
        cmocka_unit_test(types__with_every_operator__go_together_as_the_table_says),
        cmocka_unit_test(version__every_way_to_write_it__is_one_number),
        cmocka_unit_test(number_in__text__takes_blanks_but_nothing_else),
        cmocka_unit_test(compare__whole_and_real__agree_with_mathematics),
        cmocka_unit_test(equal__of_other_kinds__is_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
