/* test_expect.c - what compiles, and what every refusal says. */
#include "fixture.h"

struct refusal {
    const char *text, *error;
};

static void refuse_all(const struct refusal *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fixture_refuse(r[i].text, r[i].error);
}
#define REFUSE(table) refuse_all(table, sizeof table / sizeof *table)

static void compile__every_form_of_the_contract__is_accepted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "status in 200..299",
        "latency < 800ms",
        "json $.status == \"ok\"",
        "cert.expires_in > 14d",
        "status in [200, 204]",
        "status not in [500..599, 418]",
        "latency<800ms",
        "size <= 64kB",
        "resolve < 1s",
        "connect >= 1ms",
        "tls > 0",
        "wait != 5s",
        "transfer == 5s",
        "body contains 'it\\'s'",
        "body not contains \"\\\"a\\\\b\\n\\t\"",
        "body matches /ok/i",
        "body not matches /a\\/b/",
        "header content-type exists",
        "header \"x!y\" not exists",
        "header age < 60",
        "header age == \"60\"",
        "header age in [1, \"none\"]",
        "json $.a.b[0] exists",
        "json $.a[?(@.k == \"v w\")].x == 1",
        "json $['a b'] != null",
        "json $.a in [1, \"a\", null, true]",
        "json $.a contains 5",
        "json $==1",
        "json $.n<5",
        "cert.issuer contains \"x\"",
        "cert.san == \"x\"",
        "cert.subject matches /x/",
        "tls.version >= 1.2",
        "tls.version == \"TLSv1.3\"",
        "redirects == 0",
        "http_version == 2",
        "http_version in 1.0..1.1",
        "ip != \"127.0.0.1\"",
        "ip in [\"::1\"]",
        "latency in 10ms..1m30s",
        "latency in [0, 10ms..20ms]",
        "  status\t==  200  \n",
        "cert.expires_in > -1d",
        "status == 1e2",
        "json $.x == -1.5e-3",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_free(fixture_compile(texts[i]));
}

static void compile__wrong_field__is_refused_with_a_guess(void **state)
{
    (void)state;
    static const struct refusal table[] = {
        {"", "column 1: nothing is expected: write FIELD OPERATOR VALUE"},
        {"latnecy < 1s", "column 1: unknown field `latnecy`, did you mean `latency`?"},
        {"cert.expires < 1s",
         "column 1: unknown field `cert.expires`, did you mean `cert.expires_in`?"},
        {"  flavour == 1", "column 3: unknown field `flavour` for http"},
        {"200 == status", "column 1: `200` is not a field"},
        {"header == 5", "column 8: `header` needs a name, such as `header content-type`"},
        {"header", "column 7: `header` needs a name, such as `header content-type`"},
        {"header \"\" exists", "column 8: the header's name is empty"},
        {"json status == 1", "column 6: `json` needs a path, such as `json $.status`"},
        {"json", "column 5: `json` needs a path, such as `json $.status`"},
    };
    REFUSE(table);
    struct expectation *x;
    struct err e = {0};
    assert_int_equal(expect_compile("status == 200", "carrier-pigeon", &x, &e), -1);
    assert_string_equal(e.text, "column 1: unknown field `status` for carrier-pigeon");
}

static void compile__bad_json_path__names_its_column(void **state)
{
    (void)state;
    struct expectation *x;
    struct err e = {0};
    assert_int_equal(expect_compile("json $.a[ == 1", "http", &x, &e), -1);
    assert_memory_equal(e.text, "column 6: bad path", 18);
}

static void compile__wrong_operator__is_refused_with_a_guess(void **state)
{
    (void)state;
    static const struct refusal table[] = {
        {"status", "column 7: `status` needs an operator and a value, such as `== 200`"},
        {"status 200", "column 8: `status` needs an operator and a value, such as `== 200`"},
        {"latency 1s", "column 9: `latency` needs an operator and a value, such as `< 800ms`"},
        {"status = 200", "column 8: unknown operator `=`, did you mean `==`?"},
        {"status => 200", "column 8: unknown operator `=>`, did you mean `>=`?"},
        {"status <> 200", "column 8: unknown operator `<>`, did you mean `!=`?"},
        {"status is 200", "column 8: unknown operator `is`, did you mean `==`?"},
        {"status not == 200", "column 8: unknown operator `not ==`, did you mean `!=`?"},
        {"body contians \"a\"", "column 6: unknown operator `contians`, did you mean `contains`?"},
        {"body =~ /a/", "column 6: unknown operator `=~`, did you mean `matches`?"},
        {"status approximately 200",
         "column 8: `approximately` is not an operator: == != < <= > >= in contains matches "
         "exists, and `not` before the last four"},
        {"ip < 5", "column 4: `<` does not go with `ip`, which is a text"},
        {"status matches /2../",
         "column 8: `matches` does not go with `status`, which is a number"},
        {"size not contains \"a\"",
         "column 6: `not contains` does not go with `size`, which is a size"},
    };
    REFUSE(table);
}

static void compile__wrong_type__is_refused_with_the_right_form(void **state)
{
    (void)state;
    static const struct refusal table[] = {
        {"latency < 800",
         "column 11: `latency` is a duration: `800` has no unit, did you mean `800ms`?"},
        {"latency in 1s..800",
         "column 16: `latency` is a duration: `800` has no unit, did you mean `800ms`?"},
        {"latency < \"x\"", "column 11: `latency` is a duration (like 800ms): `\"x\"` is not"},
        {"latency < fast", "column 11: `latency` is a duration (like 800ms): `fast` is not"},
        {"status == 200ms", "column 11: `status` is a number: '200ms' is not a number"},
        {"status == \"200\"", "column 11: `status` is a number (like 200): `\"200\"` is not"},
        {"status == ok", "column 11: `status` is a number (like 200): `ok` is not"},
        {"status == true", "column 11: `status` is a number (like 200): `true` is not"},
        {"size < 5s",
         "column 8: `size` is a size: '5s' is not a size (like 512, 64kB, 10MB, 16MiB)"},
        {"tls.version > new", "column 15: `tls.version` is a version (like 1.2): `new` is not"},
        {"tls.version > \"new\"",
         "column 15: `tls.version` is a version (like 1.2): `\"new\"` is not"},
        {"tls.version > 1.x",
         "column 15: `tls.version` is a version: `1.x` is not a version (like 1.2)"},
        {"ip == localhost", "column 7: text needs quotes, did you mean `\"localhost\"`?"},
        {"ip == 127.0.0.1", "column 7: text needs quotes, did you mean `\"127.0.0.1\"`?"},
        {"json $.s == ok", "column 13: text needs quotes, did you mean `\"ok\"`?"},
        {"json $.s == 5s", "column 13: text needs quotes, did you mean `\"5s\"`?"},
        {"json $.s==ok", "column 11: text needs quotes, did you mean `\"ok\"`?"},
        {"json $.s > \"a\"", "column 12: `>` compares numbers"},
        {"json $.s > null", "column 12: `>` compares numbers"},
        {"header age < \"60\"", "column 14: `<` compares numbers"},
        {"body contains 5", "column 15: `contains` looks for text: put it in quotes"},
        {"body == true", "column 9: text needs quotes, did you mean `\"true\"`?"},
        {"body matches \"a\"",
         "column 14: `matches` takes a regular expression between slashes, such as /^ok$/i"},
        {"body == /a/", "column 9: a regular expression goes with `matches` only"},
        {"status == ", "column 10: a value is missing after `==`"},
        {"body contains", "column 14: a value is missing after `contains`"},
    };
    REFUSE(table);
}

static void compile__lists_and_ranges_out_of_place__are_refused(void **state)
{
    (void)state;
    static const struct refusal table[] = {
        {"status in 200", "column 11: `in` takes a list or a range; for one value use `==`"},
        {"status not in 200",
         "column 15: `not in` takes a list or a range; for one value use `!=`"},
        {"status == 200..299", "column 11: a range goes with `in` and `not in` only"},
        {"status < [1]", "column 10: a list goes with `in` and `not in` only"},
        {"status in 299..200", "column 11: the range is empty: its first end is the larger one"},
        {"status in []", "column 11: the list is empty"},
        {"status in [200, 201", "column 20: the list goes on with `,` or ends with `]`"},
        {"status in [200 201]", "column 16: the list goes on with `,` or ends with `]`"},
        {"status in [200,]", "column 16: `status` is a number (like 200): `]` is not"},
        {"json $.a in \"a\"..\"b\"", "column 13: a range goes from a number to a number"},
        {"status in 200..", "column 16: a value is missing after `in`"},
    };
    REFUSE(table);
}

static void compile__more_than_one_comparison__is_refused(void **state)
{
    (void)state;
    static const struct refusal table[] = {
        {"status == 200 and latency < 1s",
         "column 15: unexpected `and` after the value: write each expectation on its own"},
        {"status == 200 || status == 204",
         "column 15: unexpected `||` after the value: write each expectation on its own"},
        {"ip exists 5", "column 11: unexpected `5` after the value"},
    };
    REFUSE(table);
}

static void compile__text_too_long_or_not_text__is_refused(void **state)
{
    (void)state;
    char text[EXPECT_TEXT_MAX + 2];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fixture_refuse(text, "column 1: longer than 1024 bytes");
    fixture_refuse("body == \"\xff\"", "column 1: not UTF-8");
    fixture_refuse("status ==\n200", "column 10: a control character");
    fixture_refuse("status == 2\x7f", "column 12: a control character");
}

static void compile__list_of_65__is_refused_and_of_64_accepted(void **state)
{
    (void)state;
    char text[EXPECT_TEXT_MAX] = "status in [1";
    size_t n = strlen(text);
    for (int i = 1; i < EXPECT_LIST_MAX; i++, n += 2)
        memcpy(text + n, ",1", 2);
    snprintf(text + n, sizeof text - n, "]");
    expect_free(fixture_compile(text));
    snprintf(text + n, sizeof text - n, ",1]");
    struct expectation *x;
    struct err e = {0};
    assert_int_equal(expect_compile(text, "http", &x, &e), -1);
    assert_non_null(strstr(e.text, "a list holds at most 64 values"));
}

static void accessors__compiled__tell_field_text_and_need(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field;
        bool body;
    } cases[] = {
        {"status == 200", "status", false},
        {"body contains \"a\"", "body", true},
        {"json $.a == 1", "json", true},
        {"header age < 5", "header", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct expectation *x = fixture_compile(cases[i].text);
        assert_string_equal(expect_text(x), cases[i].text);
        assert_true(expect_mentions(x, cases[i].field));
        assert_false(expect_mentions(x, "latency"));
        assert_int_equal(expect_needs_body(x), cases[i].body);
        expect_free(x);
    }
    expect_free(NULL);
}

static void text__with_blanks_around__is_kept_without_those_at_its_end(void **state)
{
    (void)state;
    struct expectation *x = fixture_compile("status == 200 \r\n");
    assert_string_equal(expect_text(x), "status == 200");
    expect_free(x);
}

/* Every beginning of every good text either compiles or says where it ends. */
static void compile__every_beginning_of_a_good_text__compiles_or_names_a_column(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "json $.a[?(@.k == \"v w\")].x in [1.5, \"a\\n\", null, 3..4]",
        "header \"x-y\" not matches /a\\/(b|c)+$/i",
        "latency in [0, 10ms..1m30s]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t n = 0; n < strlen(texts[i]); n++) {
            char part[128];
            struct expectation *x = NULL;
            struct err e = {0};
            snprintf(part, sizeof part, "%.*s", (int)n, texts[i]);
            if (expect_compile(part, "http", &x, &e) == 0)
                expect_free(x);
            else
                assert_memory_equal(e.text, "column ", 7);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compile__every_form_of_the_contract__is_accepted),
        cmocka_unit_test(compile__wrong_field__is_refused_with_a_guess),
        cmocka_unit_test(compile__bad_json_path__names_its_column),
        cmocka_unit_test(compile__wrong_operator__is_refused_with_a_guess),
        cmocka_unit_test(compile__wrong_type__is_refused_with_the_right_form),
        cmocka_unit_test(compile__lists_and_ranges_out_of_place__are_refused),
        cmocka_unit_test(compile__more_than_one_comparison__is_refused),
        cmocka_unit_test(compile__text_too_long_or_not_text__is_refused),
        cmocka_unit_test(compile__list_of_65__is_refused_and_of_64_accepted),
        cmocka_unit_test(accessors__compiled__tell_field_text_and_need),
        cmocka_unit_test(text__with_blanks_around__is_kept_without_those_at_its_end),
        cmocka_unit_test(compile__every_beginning_of_a_good_text__compiles_or_names_a_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
