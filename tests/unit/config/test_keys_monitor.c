/* test_keys_monitor.c - what a monitor says, and what it becomes. */
#include "eval/expect.h"
#include "loading.h"

#define MONITOR "monitors:\n  - name: a\n    http: http://h/\n"
#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static void defaults__hold_where_a_monitor_says_nothing(void **state)
{
    (void)state;
    struct config *c = must_load(
        "defaults: { interval: 20s, timeout: 5s, fail_after: 3, severity: info, policy: other }\n"
        "monitors:\n  - { name: a, http: http://h/ }\n"
        "  - { name: b, http: http://h/, fail_after: 1, severity: warning, policy: default "
        "}\n" CHANNEL "policies:\n  default: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
        "  other: { steps: [ { notify: [\"channel:hook\"] } ] }\n");
    const struct monitor *a = config_monitor(c, "a"), *b = config_monitor(c, "b");
    assert_int_equal(a->interval_ms, 20000);
    assert_int_equal(a->timeout_ms, 5000);
    assert_int_equal(a->fail_after, 3);
    assert_int_equal(a->severity, SEVERITY_INFO);
    assert_string_equal(a->policy->name, "other");
    assert_int_equal(b->fail_after, 1);
    assert_int_equal(b->severity, SEVERITY_WARNING);
    assert_string_equal(b->policy->name, "default");
    config_free(c);
}

static void inherited_timeout_longer_than_the_interval__is_lowered(void **state)
{
    (void)state;
    struct config *c =
        must_load("defaults: { timeout: 8s }\n" MONITOR "    interval: 5s\n" CHANNEL);
    assert_int_equal(c->monitors[0].timeout_ms, 5000);
    config_free(c);
}

static void http_mapping__every_key_arrives(void **state)
{
    (void)state;
    struct config *c = must_load(
        "monitors:\n  - name: a\n    http:\n      url: https://h/x\n      method: POST\n"
        "      headers: { X-A: one, X-B: \"${env:SECRET}\" }\n      body: '{}'\n"
        "      auth: { user: me, password: \"${env:SECRET}\" }\n      ca_file: /dev/null\n"
        "      insecure: yes\n      max_redirects: 0\n      max_body: 64KiB\n      reuse: on\n"
        "      ip: 6\n      http_version: 1.1\n" CHANNEL);
    const struct http_spec *h = &c->monitors[0].http;
    assert_string_equal(h->method, "POST");
    assert_int_equal(h->n_headers, 2);
    assert_string_equal(h->headers[0].name, "X-A");
    assert_string_equal(h->headers[1].value.bytes, "hunter2");
    assert_string_equal(h->body.bytes, "{}");
    assert_int_equal(h->body.len, 2);
    assert_string_equal(h->user, "me");
    assert_string_equal(h->password.bytes, "hunter2");
    assert_null(h->bearer.bytes);
    assert_string_equal(h->ca_file, "/dev/null");
    assert_true(h->insecure && h->reuse);
    assert_int_equal(h->max_redirects, 0);
    assert_int_equal(h->max_body, 65536);
    assert_int_equal(h->family, FAMILY_IPV6);
    assert_int_equal(h->version, HTTP_1_1);
    config_free(c);
}

static void expectations__compiled_in_order(void **state)
{
    (void)state;
    struct config *c =
        must_load(MONITOR "    expect:\n      - status == 200\n      - json $.ok == true\n"
                          "    warn: latency < 300ms\n" CHANNEL);
    const struct monitor *m = &c->monitors[0];
    assert_int_equal(m->n_expect, 2);
    assert_string_equal(expect_text(m->expect[1]), "json $.ok == true");
    assert_int_equal(m->n_warn, 1);
    assert_string_equal(expect_text(m->warn[0]), "latency < 300ms");
    config_free(c);
}

/* 32 fit; the status nobody wrote counts, too (faults.txt has that case). */
static void expectations__as_many_as_fit__one_of_them_on_status(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_str(&b, CHANNEL MONITOR "    expect: [status == 200");
    for (int i = 1; i < 32; i++)
        buf_str(&b, ", latency < 1s");
    buf_str(&b, "]\n");
    struct config *c = must_load(buf_text(&b));
    assert_int_equal(c->monitors[0].n_expect, 32);
    config_free(c);
    buf_done(&b);
}

static void labels__sorted_by_name(void **state)
{
    (void)state;
    struct config *c = must_load(MONITOR "    labels: { zone: b, team: 12, app: no }\n" CHANNEL);
    const struct monitor *m = &c->monitors[0];
    assert_int_equal(m->n_labels, 3);
    assert_string_equal(m->labels[0].name, "app");
    assert_string_equal(m->labels[0].value, "no");
    assert_string_equal(m->labels[1].value, "12");
    assert_string_equal(m->labels[2].name, "zone");
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults__hold_where_a_monitor_says_nothing),
        cmocka_unit_test(inherited_timeout_longer_than_the_interval__is_lowered),
        cmocka_unit_test(http_mapping__every_key_arrives),
        cmocka_unit_test(expectations__compiled_in_order),
        cmocka_unit_test(expectations__as_many_as_fit__one_of_them_on_status),
        cmocka_unit_test(labels__sorted_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
