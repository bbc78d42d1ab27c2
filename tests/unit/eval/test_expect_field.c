/* test_expect_field.c - every field reads its own member, and says so when there is none. */
#include "fixture.h"

#include "eval/expect_priv.h"

static void every_field__full_observation__shows_its_member(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct fixture_case cases[FIELD_COUNT] = {
        [FIELD_STATUS] = {"status exists", true, "200"},
        [FIELD_LATENCY] = {"latency exists", true, "1.24s"},
        [FIELD_RESOLVE] = {"resolve exists", true, "1ms"},
        [FIELD_CONNECT] = {"connect exists", true, "2ms"},
        [FIELD_TLS] = {"tls exists", true, "30ms"},
        [FIELD_WAIT] = {"wait exists", true, "400ms"},
        [FIELD_TRANSFER] = {"transfer exists", true, "808ms"},
        [FIELD_SIZE] = {"size exists", true, "64kB"},
        [FIELD_BODY] = {"body exists", true, NULL},
        [FIELD_HEADER] = {"header AGE exists", true, "\" 42 \""},
        [FIELD_JSON] = {"json $.n exists", true, "3"},
        [FIELD_CERT_EXPIRES_IN] = {"cert.expires_in exists", true, "10d"},
        [FIELD_CERT_SUBJECT] = {"cert.subject exists", true, "\"CN=api.example\""},
        [FIELD_CERT_ISSUER] = {"cert.issuer exists", true, "\"C=US, O=Let's Encrypt, CN=R11\""},
        [FIELD_CERT_SAN] = {"cert.san exists", true, "\"api.example\""},
        [FIELD_TLS_VERSION] = {"tls.version exists", true, "TLSv1.3"},
        [FIELD_REDIRECTS] = {"redirects exists", true, "1"},
        [FIELD_HTTP_VERSION] = {"http_version exists", true, "1.1"},
        [FIELD_IP] = {"ip exists", true, "\"192.0.2.7\""},
    };
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        assert_non_null(cases[i].text);
        assert_memory_equal(cases[i].text, expect_fields[i].name, strlen(expect_fields[i].name));
    }
    FIXTURE_CHECK(cases, &o);
}

static void every_field__nothing_seen__says_why(void **state)
{
    (void)state;
    const struct observation o = {.phases = PHASES_NONE, .reason = REASON_CONNECT};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct expect_field *f = &expect_fields[i];
        char text[64];
        bool json = i == FIELD_JSON;
        snprintf(text, sizeof text, "%s %s exists", f->name, json ? "$.a" : f->argument ? "x" : "");
        struct held h = fixture_ask(text, &o);
        assert_false(h.held);
        assert_string_equal(h.actual, json ? "no answer" : f->absent);
        snprintf(text, sizeof text, "%s %s not exists", f->name,
                 json          ? "$.a"
                 : f->argument ? "x"
                               : "");
        assert_int_equal(fixture_ask(text, &o).held, !json);
    }
}

static void certificate__time_left__counts_from_now(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    static const struct fixture_case ten_days[] = {
        {"cert.expires_in > 14d", false, "10d"},
        {"cert.expires_in > 7d", true, "10d"},
        {"cert.expires_in >= 10d", true, "10d"},
        {"cert.expires_in > 10d", false, "10d"},
    };
    FIXTURE_CHECK(ten_days, &o);
    o.cert.not_after_ms = FIXTURE_NOW - 3 * FIXTURE_DAY;
    static const struct fixture_case over[] = {
        {"cert.expires_in > 14d", false, "-3d"},
        {"cert.expires_in > 0", false, "-3d"},
        {"cert.expires_in < -2d", true, "-3d"},
    };
    FIXTURE_CHECK(over, &o);
    o.cert.not_after_ms = INT64_MAX;
    static const struct fixture_case beyond[] = {{"cert.expires_in > 1d", false, "no certificate"}};
    FIXTURE_CHECK(beyond, &o);
}

static void version__compared__as_a_number(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    static const struct fixture_case cases[] = {
        {"tls.version >= 1.2", true, "TLSv1.3"},   {"tls.version == \"TLSv1.3\"", true, NULL},
        {"tls.version in [1.2, 1.3]", true, NULL}, {"tls.version < 1.3", false, "TLSv1.3"},
        {"http_version == 1.1", true, "1.1"},      {"http_version >= 2", false, "1.1"},
        {"http_version in 1.0..1.1", true, NULL},  {"http_version == \"HTTP/1.1\"", true, NULL},
    };
    FIXTURE_CHECK(cases, &o);
    snprintf(o.cert.tls_version, sizeof o.cert.tls_version, "SSLv3");
    static const struct fixture_case old[] = {{"tls.version >= 1.2", false, "SSLv3"}};
    FIXTURE_CHECK(old, &o);
    snprintf(o.cert.tls_version, sizeof o.cert.tls_version, "unknown");
    static const struct fixture_case odd[] = {{"tls.version >= 1.2", false, "no TLS"}};
    FIXTURE_CHECK(odd, &o);
}

static void names__odd_lists__give_each_name_once(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    snprintf(o.cert.san, sizeof o.cert.san, " ,, a.example ,b.example,");
    static const struct fixture_case cases[] = {
        {"cert.san == \"a.example\"", true, "\"a.example\""},
        {"cert.san == \"b.example\"", true, "\"b.example\""},
        {"cert.san == \"\"", false, "\"a.example\""},
    };
    FIXTURE_CHECK(cases, &o);
}

static void kinds__whole_words__decide(void **state)
{
    (void)state;
    struct expect_field f = {.kinds = "http tcp dns"};
    assert_true(expect_field_of_kind(&f, "http"));
    assert_true(expect_field_of_kind(&f, "tcp"));
    assert_true(expect_field_of_kind(&f, "dns"));
    assert_false(expect_field_of_kind(&f, "htt"));
    assert_false(expect_field_of_kind(&f, "dnss"));
    assert_false(expect_field_of_kind(&f, ""));
    assert_false(expect_field_of_kind(&f, "http tcp"));
}

/* The second who asks gets the tree of the first. */
static void json__two_expectations_on_one_sight__parse_once(void **state)
{
    (void)state;
    struct observation o = fixture_observation();
    struct expectation *x = fixture_compile("json $.n == 3");
    struct sight s;
    struct held h;
    expect_sight_init(&s, &o, FIXTURE_NOW);
    expect_eval_sight(x, &s, &h);
    assert_true(h.held);
    const struct jv *first = s.json;
    assert_non_null(first);
    o.body = "{\"n\":4}";
    o.body_len = 7;
    expect_eval_sight(x, &s, &h);
    assert_true(h.held);
    assert_ptr_equal(s.json, first);
    expect_sight_done(&s);
    expect_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field__full_observation__shows_its_member),
        cmocka_unit_test(every_field__nothing_seen__says_why),
        cmocka_unit_test(certificate__time_left__counts_from_now),
        cmocka_unit_test(version__compared__as_a_number),
        cmocka_unit_test(names__odd_lists__give_each_name_once),
        cmocka_unit_test(kinds__whole_words__decide),
        cmocka_unit_test(json__two_expectations_on_one_sight__parse_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
