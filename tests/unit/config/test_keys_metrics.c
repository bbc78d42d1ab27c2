/* test_keys_metrics.c - `metrics`: what holds without it, and where it may be sent. */
#include "loading.h"

#define REST "monitors: []\nchannels:\n  hook: { type: webhook, url: http://h/ }\n"

static void metrics__not_named__histograms_of_groups_and_no_push(void **state)
{
    (void)state;
    struct config *c = must_load(REST);
    assert_int_equal(c->metrics.histograms, HISTOGRAMS_GROUP);
    assert_int_equal(c->metrics.max_series, 250000);
    assert_int_equal(c->metrics.n_push, 0);
    config_free(c);
}

static void push__both_kinds__with_labels_and_secrets(void **state)
{
    (void)state;
    struct config *c = must_load("metrics:\n"
                                 "  histograms: monitor\n"
                                 "  max_series: 5000\n"
                                 "  push:\n"
                                 "    - remote_write: 'https://mimir.example/k3y/push'\n"
                                 "      labels: { job: watch, site: fra }\n"
                                 "      auth: { bearer: '${env:SECRET}' }\n"
                                 "      headers: { X-Scope-OrgID: acme }\n"
                                 "    - { otlp: '${env:HOOK}', every: 1m, timeout: 2s }\n" REST);
    const struct push *p = c->metrics.push;

    assert_int_equal(c->metrics.histograms, HISTOGRAMS_MONITOR);
    assert_int_equal(c->metrics.max_series, 5000);
    assert_int_equal(c->metrics.n_push, 2);
    assert_string_equal(p[0].remote_write.bytes, "https://mimir.example/k3y/push");
    assert_string_equal(p[0].shown_remote_write, "https://mimir.example");
    assert_null(p[0].otlp.bytes);
    assert_string_equal(p[0].http.bearer.bytes, "hunter2");
    assert_int_equal(p[0].n_labels, 2);
    assert_int_equal(p[0].http.n_headers, 1);
    assert_int_equal(p[0].every_ms, 15000);
    assert_int_equal(p[0].timeout_ms, 10000);
    assert_null(p[1].remote_write.bytes);
    assert_string_equal(p[1].otlp.bytes, "https://hooks.example/T0/tok3n");
    assert_null(strstr(p[1].shown_otlp, "tok3n"));
    assert_int_equal(p[1].every_ms, 60000);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics__not_named__histograms_of_groups_and_no_push),
        cmocka_unit_test(push__both_kinds__with_labels_and_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
