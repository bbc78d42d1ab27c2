/* test_json.c - strict reading, and getters that answer with nothing. */
#include <string.h>

#include "base/json.h"
#include "unit.h"

static struct jv *parsed(const char *text)
{
    struct jv *v = NULL;
    struct err e;
    if (jv_parse(text, strlen(text), &v, &e) != 0)
        fail_msg("%s: %s", text, e.text);
    return v;
}

static void parse__anything_not_strictly_json__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "nul",
        "True",
        "'a'",
        "\"a",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\xff\"",
        "\"\xc3\"",
        "\"\t\"",
        "[1] x",
        "{}{}",
        "1 2",
        "{a:1}",
        "[1 2]",
        "NaN",
        "Infinity",
        "1e999",
        "// c\n1",
        "\xef\xbb\xbf{}",
        "99999999999999999999",
        "\"a\\u0000b\"",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct jv *v = NULL;
        struct err e = {""};
        if (jv_parse(bad[i], strlen(bad[i]), &v, &e) == 0)
            fail_msg("%s was taken", bad[i]);
        assert_null(v);
        assert_true(*e.text);
    }
}

static void parse__error__names_line_and_column(void **state)
{
    (void)state;
    struct jv *v;
    struct err e;
    assert_int_equal(jv_parse("{\n \"a\": x}", 10, &v, &e), -1);
    assert_memory_equal(e.text, "line 2, column", 14);
}

static void parse__nested__to_64_and_no_deeper(void **state)
{
    (void)state;
    char text[300];
    for (int depth = 60; depth < 80; depth++) {
        struct jv *v = NULL;
        for (int i = 0; i < depth; i++) {
            text[i] = '[';
            text[2 * depth - 1 - i] = ']';
        }
        assert_int_equal(jv_parse(text, (size_t)depth * 2, &v, NULL), depth <= 64 ? 0 : -1);
        jv_free(v);
    }
    /* Brackets in texts do not count. */
    struct jv *v =
        parsed("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"");
    jv_free(v);
}

static void parse__reads_only_its_bytes(void **state)
{
    (void)state;
    struct jv *v = NULL;
    assert_int_equal(jv_parse("[1]garbage", 3, &v, NULL), 0);
    assert_int_equal(jv_len(v), 1);
    jv_free(v);
}

static void getters__the_right_type__answer_with_the_value(void **state)
{
    (void)state;
    struct jv *v = parsed("{\"i\":-7,\"r\":2.9,\"t\":\"h\xc3\xa9\",\"b\":true,\"n\":null,"
                          "\"l\":[1,2,3],\"o\":{\"x\":1},\"big\":9223372036854775807}");
    assert_int_equal(jv_type(v), JV_OBJECT);
    assert_int_equal(jv_len(v), 8);
    assert_int_equal(jv_get_int(v, "i", 0), -7);
    assert_int_equal(jv_get_int(v, "r", 0), 2);
    assert_true(jv_get_int(v, "big", 0) == INT64_MAX);
    assert_true(jv_real(jv_get(v, "i"), 0) < -6.9);
    assert_string_equal(jv_get_text(v, "t"), "h\xc3\xa9");
    assert_int_equal(jv_len(jv_get(v, "t")), 3);
    assert_true(jv_get_bool(v, "b", false));
    assert_int_equal(jv_type(jv_get(v, "n")), JV_NULL);
    assert_int_equal(jv_int(jv_at(jv_get(v, "l"), 2), 0), 3);
    assert_int_equal(jv_type(jv_get(v, "r")), JV_REAL);
    jv_free(v);
}

static void getters__null_or_the_wrong_type__answer_with_nothing(void **state)
{
    (void)state;
    struct jv *v = parsed("{\"i\":1,\"t\":\"x\",\"l\":[],\"huge\":1e300}");
    assert_int_equal(jv_type(NULL), JV_NONE);
    assert_null(jv_get(NULL, "x"));
    assert_null(jv_get(jv_get(v, "l"), "x"));
    assert_null(jv_get(v, "absent"));
    assert_null(jv_at(v, 0));
    assert_null(jv_at(jv_get(v, "l"), 0));
    assert_int_equal(jv_len(jv_get(v, "i")), 0);
    assert_null(jv_text(jv_get(v, "i")));
    assert_null(jv_text(NULL));
    assert_int_equal(jv_int(jv_get(v, "t"), 5), 5);
    assert_int_equal(jv_int(jv_get(v, "huge"), 5), 5);
    assert_true(jv_real(NULL, 1.5) > 1.4);
    assert_true(jv_bool(jv_get(v, "i"), true));
    assert_null(jv_get_text(NULL, "x"));
    void *it = NULL;
    assert_false(jv_each(jv_get(v, "l"), &it, NULL, NULL));
    assert_false(jv_each(NULL, &it, NULL, NULL));
    jv_free(v);
    jv_free(NULL);
}

static void each__object__is_walked_in_the_order_written(void **state)
{
    (void)state;
    struct jv *v = parsed("{\"z\":0,\"a\":1,\"m\":2}");
    const char *key, *want = "zam";
    const struct jv *value;
    int n = 0;
    for (void *it = NULL; jv_each(v, &it, &key, &value); n++) {
        assert_int_equal(key[0], want[n]);
        assert_int_equal(jv_int(value, -1), n);
    }
    assert_int_equal(n, 3);
    jv_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__anything_not_strictly_json__is_refused),
        cmocka_unit_test(parse__error__names_line_and_column),
        cmocka_unit_test(parse__nested__to_64_and_no_deeper),
        cmocka_unit_test(parse__reads_only_its_bytes),
        cmocka_unit_test(getters__the_right_type__answer_with_the_value),
        cmocka_unit_test(getters__null_or_the_wrong_type__answer_with_nothing),
        cmocka_unit_test(each__object__is_walked_in_the_order_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
