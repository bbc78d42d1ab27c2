/* test_expect_eval.c - what holds, and the value shown beside it. */
#include "fixture.h"

static void order__measured__compares_exactly(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct fixture_case cases[] = {
        {"status == 200", true, "200"},      {"status != 200", false, "200"},
        {"status < 201", true, NULL},        {"status < 200", false, NULL},
        {"status <= 200", true, NULL},       {"status <= 199", false, NULL},
        {"status > 199", true, NULL},        {"status > 200", false, NULL},
        {"status >= 200", true, NULL},       {"status >= 201", false, NULL},
        {"status == 200.0", true, NULL},     {"status < 200.5", true, NULL},
        {"latency < 800ms", false, "1.24s"}, {"latency < 2s", true, "1.24s"},
        {"wait == 400ms", true, "400ms"},    {"wait < 400ms", false, "400ms"},
        {"wait <= 400ms", true, NULL},       {"size == 64kB", true, "64kB"},
    };
    FIXTURE_CHECK(cases, &o);
}

static void sets__lists_and_ranges__include_both_ends(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct fixture_case cases[] = {
        {"status in 200..299", true, "200"},
        {"status in 100..200", true, NULL},
        {"status in 201..299", false, "200"},
        {"status in [204, 200]", true, NULL},
        {"status in [204, 100..201]", true, NULL},
        {"status in [204, 205]", false, NULL},
        {"status not in 200..299", false, "200"},
        {"status not in [201, 500..599]", true, NULL},
        {"latency in 1s..2s", true, NULL},
        {"latency in [1s, 1240ms]", false, NULL},
        {"ip in [\"::1\", \"192.0.2.7\"]", true, "\"192.0.2.7\""},
        {"ip not in [\"::1\"]", true, NULL},
        {"json $.n in [null, \"3\", 3]", true, "3"},
        {"json $.n in 3..3", true, NULL},
        {"json $.status in 1..9", false, "\"ok\""},
        {"header age in 40..50", true, NULL},
        {"header age in [1, \" 42 \"]", true, NULL},
        {"header age in [1, \"42\"]", false, "\" 42 \""},
        {"header content-type in 1..2", false, NULL},
    };
    FIXTURE_CHECK(cases, &o);
}

static void text__compared_and_searched__case_counts(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct fixture_case cases[] = {
        {"header Content-Type contains \"json\"", true, "\"application/json; charset=utf-8\""},
        {"header content-TYPE contains \"JSON\"", false, NULL},
        {"header content-type not contains \"JSON\"", true, NULL},
        {"header content-type matches /JSON/i", true, NULL},
        {"header content-type matches /^JSON/i", false, NULL},
        {"header content-type not matches /html/", true, NULL},
        {"header content-type == \"application/json; charset=utf-8\"", true, NULL},
        {"header content-type != \"application/json\"", true, NULL},
        {"header x-empty exists", true, "\"\""},
        {"header x-empty == \"\"", true, NULL},
        {"header x-empty contains \"\"", true, NULL},
        {"header x-empty < 5", false, "\"\""},
        {"header age < 60", true, "\" 42 \""},
        {"header age < 42", false, NULL},
        {"header age == 42", true, NULL},
        {"header age == \"42\"", false, NULL},
        {"header age != 42", false, NULL},
        {"header content-type < 5", false, NULL},
        {"header content-type != 5", true, NULL},
        {"body contains \"status\\\":\\\"ok\"", true, NULL},
        {"body not contains \"error\"", true, NULL},
        {"cert.issuer contains \"Let's Encrypt\"", true, NULL},
    };
    FIXTURE_CHECK(cases, &o);
}

static void several__values__one_fits_all_fit_or_none(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct fixture_case cases[] = {
        {"header set-cookie contains \"b=2\"", true, "\"b=2\""},
        {"header set-cookie contains \"c=3\"", false, "\"a=1; Secure\""},
        {"header set-cookie not contains \"b=2\"", false, "\"b=2\""},
        {"header set-cookie not contains \"c=3\"", true, NULL},
        {"json $.jobs[*].age == 70", true, "70"},
        {"json $.jobs[*].age != 70", false, "70"},
        {"json $.jobs[*].age != 6", true, "5"},
        {"json $.jobs[*].age < 60", false, "70"},
        {"json $.jobs[*].age < 71", true, "5"},
        {"json $.list[*] < 5", false, "\"x\""},
        {"json $.jobs[*].name in [\"b\"]", true, "\"b\""},
        {"json $.jobs[*].name not in [\"c\"]", true, NULL},
        {"json $.jobs[*].name matches /^b$/", true, NULL},
        {"json $.jobs[*].name not matches /^b$/", false, "\"b\""},
        {"cert.san == \"www.api.example\"", true, "\"www.api.example\""},
        {"cert.san == \"cdn.example\"", false, "\"api.example\""},
        {"cert.san not contains \"cdn\"", false, "\"*.cdn.example\""},
    };
    FIXTURE_CHECK(cases, &o);
}

static void json__every_type__compares_with_its_own_kind(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct fixture_case cases[] = {
        {"json $.status == \"ok\"", true, "\"ok\""},
        {"json $.status == \"OK\"", false, "\"ok\""},
        {"json $.n == 3", true, "3"},
        {"json $.n == 3.0", true, NULL},
        {"json $.n == \"3\"", false, "3"},
        {"json $.text3 == 3", false, "\"3\""},
        {"json $.text3 < 5", false, "\"3\""},
        {"json $.real == 2.5", true, "2.5"},
        {"json $.real in 2..3", true, NULL},
        {"json $.big == 9007199254740993", true, "9007199254740993"},
        {"json $.big == 9007199254740992", false, NULL},
        {"json $.yes == true", true, "true"},
        {"json $.yes == false", false, "true"},
        {"json $.no == false", true, "false"},
        {"json $.yes == 1", false, NULL},
        {"json $.nothing == null", true, "null"},
        {"json $.nothing exists", true, "null"},
        {"json $.n == null", false, "3"},
        {"json $.list contains 2", true, "a list of 3"},
        {"json $.list contains \"x\"", true, NULL},
        {"json $.list contains \"y\"", false, NULL},
        {"json $.list not contains 3", true, NULL},
        {"json $.status contains \"k\"", true, NULL},
        {"json $.n contains 3", false, "3"},
        {"json $.deep contains \"er\"", false, "an object of 1"},
        {"json $.deep contains null", false, NULL},
        {"json $.deep.er.k[0] == 7", true, "7"},
        {"json $.n matches /3/", false, "3"},
        {"json $.list == 1", false, "a list of 3"},
        {"json $ exists", true, "an object of 11"},
    };
    FIXTURE_CHECK(cases, &o);
}

static void nothing__found__only_not_exists_holds(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct fixture_case cases[] = {
        {"json $.nope exists", false, "nothing there"},
        {"json $.nope not exists", true, "nothing there"},
        {"json $.nope == 1", false, "nothing there"},
        {"json $.nope != 1", false, "nothing there"},
        {"json $.nope < 1", false, NULL},
        {"header nope exists", false, "absent"},
        {"header nope not exists", true, "absent"},
        {"header nope not contains \"a\"", false, "absent"},
        {"header nope not in [\"a\"]", false, "absent"},
        {"header age not exists", false, "\" 42 \""},
    };
    FIXTURE_CHECK(cases, &o);
}

static void json__body_that_is_none__is_not_held_and_says_why(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    o.body = "<html>";
    o.body_len = 6;
    struct held h = fixture_ask("json $.a not exists", &o);
    assert_false(h.held);
    assert_memory_equal(h.actual, "no JSON: ", 9);
    assert_true(strlen(h.actual) > 12);

    o.body = "\"a\nb\"";
    o.body_len = 5;
    h = fixture_ask("json $.a == 1", &o);
    assert_null(strpbrk(h.actual, "\n\t"));

    o.body_len = 0;
    static const struct fixture_case empty[] = {
        {"json $.a == 1", false, "no JSON: the body is empty"},
        {"body == \"\"", true, "\"\""},
    };
    FIXTURE_CHECK(empty, &o);
    o.body = NULL;
    FIXTURE_CHECK(empty, &o);
}

static void body__capped__says_so(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    o.body = "{\"a\": 1";
    o.body_len = 7;
    o.body_capped = true;
    static const struct fixture_case cases[] = {
        {"json $.a == 1", false, "no JSON: body cut at 7B"},
        {"body contains \"a\"", true, "\"{\"a\": 1\" (body cut at 7B)"},
        {"body contains \"end\"", false, "\"{\"a\": 1\" (body cut at 7B)"},
        {"body not contains \"end\"", true, "\"{\"a\": 1\" (body cut at 7B)"},
        {"size == 64kB", true, "64kB"},
    };
    FIXTURE_CHECK(cases, &o);
}

static void actual__long_or_odd_text__fits_on_one_line(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    char body[400];
    for (size_t shift = 0; shift < 4; shift++) {
        for (size_t i = 0; i + 3 < sizeof body; i += 2)
            memcpy(body + i, "\xc3\xa4", 2);
        memset(body, 'x', shift);
        o.body = body + (shift & 1);
        o.body_len = 390;
        struct held h = fixture_ask("body contains \"no\"", &o);
        size_t n = strlen(h.actual);
        assert_true(n < sizeof h.actual && n > 80);
        assert_string_equal(h.actual + n - 4, "…\"");
        assert_true(h.actual[n - 5] != '\xc3');
    }
    o.body = "a\nb\x01\xff\x7f\"";
    o.body_len = 7;
    struct held h = fixture_ask("body contains \"no\"", &o);
    assert_string_equal(h.actual, "\"a b ? \"\"");
    o.body_len = 2;
    o.body = "a\0b";
    h = fixture_ask("body contains \"no\"", &o);
    assert_string_equal(h.actual, "\"a \"");
}

static void actual__close_to_the_limit__does_not_look_like_it(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    static const struct {
        int64_t us;
        const char *actual;
    } cases[] = {
        {800300, "800.300ms"}, {800000, "800ms"},  {799999, "799.999ms"},
        {803000, "803ms"},     {1240500, "1.24s"}, {900, "0.9ms"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        o.phases.total_us = cases[i].us;
        struct held h = fixture_ask("latency < 800ms", &o);
        assert_string_equal(h.actual, cases[i].actual);
        assert_int_equal(h.held, cases[i].us < 800000);
    }
}

static void text__longer_than_its_place__is_cut(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    char text[400] = "body contains \"";
    memset(text + 15, 'y', 300);
    text[315] = '"';
    struct expectation *x = fixture_compile(text);
    struct held h;
    expect_eval(x, &o, FIXTURE_NOW, &h);
    assert_int_equal(strlen(h.text), sizeof h.text - 1);
    assert_memory_equal(h.text, text, sizeof h.text - 1);
    expect_free(x);
}

static void hidden__neither_its_text_nor_what_it_met_is_shown(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"header Age == \" 42 \"", "header Age == \"***\""},
                                          {"header Age == \"s3cr3t\"", "header Age == \"***\""}};
    struct observation o = fixture_observation();
    for (size_t i = 0; i < 2; i++) {
        struct expectation *x;
        struct held h;
        struct err e;
        assert_int_equal(expect_compile(rows[i][0], "http", &x, &e), 0);
        expect_hide(x, rows[i][1]);
        expect_eval(x, &o, FIXTURE_NOW, &h);
        assert_string_equal(expect_text(x), rows[i][1]);
        assert_string_equal(h.text, rows[i][1]);
        assert_string_equal(h.actual, "***");
        expect_free(x);
    }
}

static void many__values__beyond_the_limit_are_not_held(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    static char body[2 * EXPECT_MATCH_MAX + 8] = "[1";
    for (int i = 1; i < EXPECT_MATCH_MAX; i++)
        memcpy(body + 2 * i, ",1", 2);
    size_t n = 2 * EXPECT_MATCH_MAX;
    body[n] = ']';
    o.body = body;
    o.body_len = n + 1;
    struct held h = fixture_ask("json $[*] < 5", &o);
    assert_true(h.held);
    memcpy(body + n, ",1]", 3);
    o.body_len = n + 3;
    h = fixture_ask("json $[*] < 5", &o);
    assert_false(h.held);
    assert_string_equal(h.actual, "more than 1000 values");
    h = fixture_ask("json $[*] == 1", &o);
    assert_true(h.held);
}

static void pattern__that_goes_wild__is_not_held_and_says_so(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    o.body = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    o.body_len = strlen(o.body);
    static const char *const texts[] = {"body matches /^(a+)+$/", "body not matches /^(a+)+$/"};
    for (size_t i = 0; i < 2; i++) {
        struct held h = fixture_ask(texts[i], &o);
        assert_false(h.held);
        assert_non_null(strstr(h.actual, "limit"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order__measured__compares_exactly),
        cmocka_unit_test(sets__lists_and_ranges__include_both_ends),
        cmocka_unit_test(text__compared_and_searched__case_counts),
        cmocka_unit_test(several__values__one_fits_all_fit_or_none),
        cmocka_unit_test(json__every_type__compares_with_its_own_kind),
        cmocka_unit_test(nothing__found__only_not_exists_holds),
        cmocka_unit_test(json__body_that_is_none__is_not_held_and_says_why),
        cmocka_unit_test(body__capped__says_so),
        cmocka_unit_test(actual__long_or_odd_text__fits_on_one_line),
        cmocka_unit_test(actual__close_to_the_limit__does_not_look_like_it),
        cmocka_unit_test(text__longer_than_its_place__is_cut),
        cmocka_unit_test(hidden__neither_its_text_nor_what_it_met_is_shown),
        cmocka_unit_test(many__values__beyond_the_limit_are_not_held),
        cmocka_unit_test(pattern__that_goes_wild__is_not_held_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
