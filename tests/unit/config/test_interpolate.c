/* test_interpolate.c - values from outside, and that they are never shown. */
#include "eval/expect.h"
#include "loading.h"

#define MONITOR "monitors:\n  - name: a\n    http: http://h/\n"
#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static void interpolation__pieces_defaults_and_escapes(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        /* as written, as read, as shown */
        {"http://${env:HOST}/x", "http://h.example/x", "http://***/x"},
        {"http://${env:NOT_SET:-other}/", "http://other/", "http://other/"},
        {"http://h/${env:EMPTY:-full}", "http://h/full", "http://h/full"},
        {"http://h/${env:EMPTY}", "http://h/", "http://h/***"},
        {"http://h/$${env:HOST}", "http://h/${env:HOST}", "http://h/${env:HOST}"},
        {"http://h/$$x$", "http://h/$$x$", "http://h/$$x$"},
        {"http://me:${env:SECRET}@h/", "http://me:hunter2@h/", "http://***@h/"},
        {"http://me:plain@h/a@b", "http://me:plain@h/a@b", "http://***@h/a@b"},
        {"${env:HOOK}", "https://hooks.example/T0/tok3n", "***"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *yaml = mem_printf(CHANNEL "monitors: [ { name: a, http: '%s' } ]\n", cases[i][0]);
        struct config *c = must_load(yaml);
        assert_string_equal(c->monitors[0].http.url, cases[i][1]);
        assert_string_equal(c->monitors[0].http.shown_url, cases[i][2]);
        config_free(c);
        mem_free(yaml);
    }
}

static void interpolation__works_for_any_type(void **state)
{
    (void)state;
    struct config *c =
        must_load(MONITOR "    timeout: ${env:SECONDS}\n    fail_after: ${env:NO:-4}\n" CHANNEL);
    assert_int_equal(c->monitors[0].timeout_ms, 7000);
    assert_int_equal(c->monitors[0].fail_after, 4);
    config_free(c);
}

static void expectation__with_a_secret__is_shown_without_it(void **state)
{
    (void)state;
    struct config *c = must_load(MONITOR "    expect: ['header X == \"${env:SECRET}\"']\n" CHANNEL);
    const struct monitor *m = &c->monitors[0];
    for (size_t i = 0; i < m->n_expect; i++)
        assert_null(strstr(expect_text(m->expect[i]), "hunter2"));
    assert_string_equal(expect_text(m->expect[m->n_expect - 1]), "header X == \"***\"");
    config_free(c);
}

/* Whatever key a secret is put under, right or wrong, its text is not said. */
static void secrets__under_every_key__are_never_shown(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "name: '%s'\n",
        "region: '%s '\n",
        "store: { url: '%s' }\n",
        "store: { url: 'redis://%s:x/' }\n",
        "store: { dir: '%s', ca_file: '%s' }\n",
        "web: { listen: '%s' }\n",
        "web: { public_url: '%s' }\n",
        "include: ['%s']\n",
        "defaults: { interval: '%s', policy: '%s' }\n",
        "monitors: [ { name: '%s', http: 'http://%s:99999/', group: '%s', runbook: '%s' } ]\n",
        "monitors: [ { name: '%s x', http: { url: 'http://h', auth: { bearer: '%s' }, ip: '%s' } } "
        "]\n",
        "monitors: [ { name: a, http: http://h, expect: ['%s'], warn: ['latency < %s'] } ]\n",
        "monitors: [ { name: '%s', http: http://h }, { name: '%s', http: http://h } ]\n",
        "monitors: [ { name: a, http: http://h, was: '%s' }, { name: b, http: http://h, was: '%s' "
        "} ]\n",
        "people: { a: { time_zone: '%s', notify: [ { via: '%s' } ] } }\n",
        "people: '%s'\n",
        "channels: { c: { type: '%s', url: '%s', secret: '%s', timeout: '%s' } }\n",
        "schedules: { s: { time_zone: UTC, layers: [ { anchor: '%s', every: '%s', members: ['%s'] "
        "} ] } }\n",
        "policies: { default: { steps: [ { notify: ['%s', 'person:%s'] } ] } }\n",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct buf yaml;
        buf_init(&yaml, 1 << 16);
        for (const char *p = forms[i]; *p; p++) {
            bool here = p[0] == '%' && p[1] == 's';
            if (here)
                buf_str(&yaml, "${env:SECRET}");
            else
                buf_char(&yaml, *p);
            p += here;
        }
        for (int warnings = 0; warnings < 2; warnings++) {
            char *said = complaints_of(buf_text(&yaml), yaml.len, warnings);
            if (strstr(said, "hunter2"))
                fail_msg("%s: %s", forms[i], said);
            mem_free(said);
        }
        buf_done(&yaml);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interpolation__pieces_defaults_and_escapes),
        cmocka_unit_test(interpolation__works_for_any_type),
        cmocka_unit_test(expectation__with_a_secret__is_shown_without_it),
        cmocka_unit_test(secrets__under_every_key__are_never_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
