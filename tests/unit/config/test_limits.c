/* test_limits.c - what a stranger sizes: nesting, aliases, length, numbers of errors; and values from outside. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "loading.h"

#define MONITOR "monitors:\n  - name: a\n    http: http://h/\n"
#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static char *repeated(const char *head, const char *piece, size_t times, const char *tail)
{
    struct buf b;
    buf_init(&b, 1 << 26);
    buf_str(&b, head);
    for (size_t i = 0; i < times; i++)
        buf_str(&b, piece);
    buf_str(&b, tail);
    char *text = mem_strdup(buf_text(&b));
    buf_done(&b);
    return text;
}

static double cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

static void says(const char *yaml, const char *wanted)
{
    char *said = complaints_of(yaml, strlen(yaml), false);
    assert_string_equal(said, wanted);
    mem_free(said);
}

static void nesting__a_hundred_thousand_deep__answered_at_once(void **state)
{
    (void)state;
    static const char *const pieces[] = {"[", "{", "{a: ", "- ", "[[{"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *yaml = repeated("x-a:\n  ", pieces[i], 100000, "\n");
        double began = cpu_ms();
        char *said = complaints_of(yaml, strlen(yaml), false);
        assert_true(cpu_ms() - began < 500);    /* a sanitizer and a busy machine included */
        bool deep = strstr(said, "nested too deeply (more than 32 levels)");
        assert_true(deep || strstr(said, "a key must be plain text"));
        mem_free(said);
        mem_free(yaml);
    }
}

static void nesting__as_deep_as_allowed__is_read(void **state)
{
    (void)state;
    char *open = repeated(CHANNEL "x-a: ", "[", 31, ""), *yaml = repeated(open, "]", 31, "\n");
    says(yaml, "");
    mem_free(open);
    mem_free(yaml);
}

static void aliases__a_bomb__is_defused(void **state)
{
    (void)state;
    const char *bomb = "x-a: &a [x,x,x,x,x,x,x,x,x]\nx-b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                       "x-c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nx-d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                       "x-e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nx-f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
                       "x-g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
    says(bomb, "6:10: the aliases up to here stand for more than 100000 nodes\n");
}

static void aliases__used_as_meant__are_followed(void **state)
{
    (void)state;
    struct config *c = must_load("x-fast: &fast { interval: 5s, timeout: 2s }\nmonitors:\n"
                                 "  - { name: a, http: http://h/, <<: *fast }\n"
                                 "  - { name: b, http: http://h/, <<: [*fast], timeout: 1s }\n" CHANNEL);
    assert_int_equal(c->monitors[0].interval_ms, 5000);
    assert_int_equal(c->monitors[0].timeout_ms, 2000);
    assert_int_equal(c->monitors[1].interval_ms, 5000);
    assert_int_equal(c->monitors[1].timeout_ms, 1000);
    config_free(c);
}

static void fault_behind_an_alias__is_listed_once(void **state)
{
    (void)state;
    says("x-m: &m { interval: soon }\nmonitors:\n  - { name: a, http: http://h/, <<: *m }\n"
         "  - { name: b, http: http://h/, <<: *m }\n",
         "1:21: `interval` must be a duration such as 30s, 5m or 1h30m, not `soon`\n");
}

static void file__larger_than_the_limit__is_refused(void **state)
{
    (void)state;
    char *yaml = repeated("", "# some comment of sixty-four bytes, again and again and again .\n",
                          (16 << 20) / 64 + 1, "");
    says(yaml, "1:1: the files are larger than 16 MiB together\n");
    mem_free(yaml);
}

static void events__more_than_the_limit__are_refused(void **state)
{
    (void)state;
    char *yaml = repeated("x-a: [", "a,", 2000001, "]\n");
    char *said = complaints_of(yaml, strlen(yaml), false);
    assert_non_null(strstr(said, "more than 2000000 YAML events"));
    mem_free(said);
    mem_free(yaml);
}

static void bytes__that_are_no_utf8__are_refused_in_place(void **state)
{
    (void)state;
    says("name: a\nregion: \"\xc3(\"\n", "2:11: YAML: invalid trailing UTF-8 octet\n");
    says("\xff\xfen\0", "1:1: YAML: invalid leading UTF-8 octet\n");
}

static void errors__more_than_are_listed__are_counted(void **state)
{
    (void)state;
    char *yaml = repeated("monitors:\n", "  - { nam: a }\n", 500, "");
    struct config *c = NULL;
    struct diagnostics d;
    struct buf out;
    assert_int_equal(config_parse("f.yaml", yaml, strlen(yaml), &PRETEND, &c, &d), -1);
    assert_int_equal(d.n, DIAGNOSTICS_MAX);
    assert_int_equal(d.errors, 1500);   /* an unknown key, no name, no kind: each */
    for (size_t i = 1; i < d.n; i++)
        assert_true(d.items[i - 1].line <= d.items[i].line);
    buf_init(&out, 1 << 20);
    diagnostics_print(&d, &out);
    assert_non_null(strstr(buf_text(&out), "f.yaml:2:5: error: the monitor has no `name`\n"));
    assert_non_null(strstr(buf_text(&out), "… and 1400 more errors\n"));
    buf_done(&out);
    diagnostics_done(&d);
    mem_free(yaml);
}

static void ten_thousand_monitors__read_without_quadratic_steps(void **state)
{
    (void)state;
    double took[2];
    for (int round = 0; round < 2; round++) {
        struct buf b;
        struct config *c = NULL;
        struct diagnostics d;
        int n = round == 0 ? 1000 : 10000;
        buf_init(&b, 1 << 22);
        buf_str(&b, CHANNEL "monitors:\n");
        for (int i = 0; i < n; i++)
            buf_printf(&b, "  - name: m%d\n    http: http://h%d.example/healthz\n    interval: 1h\n"
                           "    expect: [latency < 800ms]\n    labels: { team: t%d }\n", i, i, i % 10);
        double began = cpu_ms();
        assert_int_equal(config_parse("f.yaml", b.p, b.len, &PRETEND, &c, &d), 0);
        took[round] = cpu_ms() - began;
        assert_non_null(config_monitor(c, "m999"));
        config_free(c);
        diagnostics_done(&d);
        buf_done(&b);
    }
    assert_true(took[1] < 40 * took[0] + 50);
}

/* --- values from outside ------------------------------------------------------------------ */

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
    struct config *c = must_load(MONITOR "    timeout: ${env:SECONDS}\n    fail_after: ${env:NO:-4}\n"
                                         CHANNEL);
    assert_int_equal(c->monitors[0].timeout_ms, 7000);
    assert_int_equal(c->monitors[0].fail_after, 4);
    config_free(c);
}

/* Whatever key a secret is put under, right or wrong, its text is not said. */
static void secrets__under_every_key__are_never_shown(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "name: '%s'\n", "region: '%s '\n", "store: { url: '%s' }\n", "store: { url: 'redis://%s:x/' }\n",
        "store: { dir: '%s', ca_file: '%s' }\n", "web: { listen: '%s' }\n", "web: { public_url: '%s' }\n",
        "include: ['%s']\n", "defaults: { interval: '%s', policy: '%s' }\n",
        "monitors: [ { name: '%s', http: 'http://%s:99999/', group: '%s', runbook: '%s' } ]\n",
        "monitors: [ { name: '%s x', http: { url: 'http://h', auth: { bearer: '%s' }, ip: '%s' } } ]\n",
        "monitors: [ { name: a, http: http://h, expect: ['%s'], warn: ['latency < %s'] } ]\n",
        "monitors: [ { name: '%s', http: http://h }, { name: '%s', http: http://h } ]\n",
        "monitors: [ { name: a, http: http://h, was: '%s' }, { name: b, http: http://h, was: '%s' } ]\n",
        "people: { a: { time_zone: '%s', notify: [ { via: '%s' } ] } }\n",
        "people: '%s'\n", "channels: { c: { type: '%s', url: '%s', secret: '%s', timeout: '%s' } }\n",
        "schedules: { s: { time_zone: UTC, layers: [ { anchor: '%s', every: '%s', members: ['%s'] } ] } }\n",
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
        cmocka_unit_test(nesting__a_hundred_thousand_deep__answered_at_once),
        cmocka_unit_test(nesting__as_deep_as_allowed__is_read),
        cmocka_unit_test(aliases__a_bomb__is_defused),
        cmocka_unit_test(aliases__used_as_meant__are_followed),
        cmocka_unit_test(fault_behind_an_alias__is_listed_once),
        cmocka_unit_test(file__larger_than_the_limit__is_refused),
        cmocka_unit_test(events__more_than_the_limit__are_refused),
        cmocka_unit_test(bytes__that_are_no_utf8__are_refused_in_place),
        cmocka_unit_test(errors__more_than_are_listed__are_counted),
        cmocka_unit_test(ten_thousand_monitors__read_without_quadratic_steps),
        cmocka_unit_test(interpolation__pieces_defaults_and_escapes),
        cmocka_unit_test(interpolation__works_for_any_type),
        cmocka_unit_test(secrets__under_every_key__are_never_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
