/* test_slo_openslo.c - out as OpenSLO and in again: the same SLOs. */
#include <string.h>

#include "../../../src/cli/slo.h"
#include "base/text.h"
#include "config/load.h"
#include "config/openslo.h"
#include "unit.h"

#define HEAD                                                                                       \
    "monitors:\n"                                                                                  \
    "  - { name: api, http: http://h/, group: core }\n"                                            \
    "  - { name: cart, http: http://h/, group: core }\n"                                           \
    "channels: { hook: { type: webhook, url: http://h/ } }\n"                                      \
    "policies:\n  default: { steps: [ { notify: \"channel:hook\" } ] }\n"                          \
    "  night: { steps: [ { notify: \"channel:hook\" } ] }\n"

static const char ours[] = HEAD
    "slos:\n"
    "  - { name: a, description: \"say \\\"x\\\": y\", monitors: api, objective: 99.95%, window: "
    "7d,\n"
    "      indicator: availability and latency < 1500ms, alerts: { page: night, failures: 7 } }\n"
    "  - { name: B_b.c, group: core, objective: 99.9999%, by: time, alerts: false,\n"
    "      window: { calendar: month, time_zone: Europe/Madrid }, maintenance: counted,\n"
    "      unknown: bad, coverage: 80%,\n"
    "      credits: [ { below: 99.9%, credit: 10% }, { below: 99.25%, credit: 25% } ] }\n"
    "  - { name: c, monitors: [cart, api], objective: 0.0001%, indicator: latency < 250ms }\n";

static struct config *load(const char *text)
{
    struct config *c = NULL;
    struct diagnostics d;
    struct buf said;
    int rc = config_parse("f.yaml", text, strlen(text), &(struct load_options){0}, &c, &d);

    buf_init(&said, 1 << 20);
    diagnostics_print(&d, &said);
    if (rc < 0)
        fail_msg("%s in:\n%s", buf_text(&said), text);
    buf_done(&said);
    diagnostics_done(&d);
    return c;
}

static void assert_same(const struct slo *x, const struct slo *y)
{
    assert_string_equal(x->name, y->name);
    assert_true(text_eq(x->description, y->description));
    assert_int_equal(x->n_monitors, y->n_monitors);
    for (size_t i = 0; i < x->n_monitors; i++)
        assert_string_equal(x->monitors[i]->name, y->monitors[i]->name);
    assert_int_equal(x->of, y->of);
    assert_int_equal(x->limit_us, y->limit_us);
    assert_int_equal(x->by, y->by);
    assert_int_equal(x->objective_ppm, y->objective_ppm);
    assert_int_equal(x->calendar, y->calendar);
    assert_int_equal(x->days, y->days);
    if (x->calendar)
        assert_string_equal(zone_name(x->zone), zone_name(y->zone));
    assert_int_equal(x->count_maintenance, y->count_maintenance);
    assert_int_equal(x->unknown_is_bad, y->unknown_is_bad);
    assert_int_equal(x->coverage_least, y->coverage_least);
    assert_int_equal(x->alerts, y->alerts);
    if (x->alerts) {
        assert_int_equal(x->failures_least, y->failures_least);
        assert_string_equal(x->page_policy->name, y->page_policy->name);
        assert_string_equal(x->ticket_policy->name, y->ticket_policy->name);
    }
    assert_int_equal(x->n_credits, y->n_credits);
    for (size_t i = 0; i < x->n_credits; i++) {
        assert_int_equal(x->credits[i].below_ppm, y->credits[i].below_ppm);
        assert_int_equal(x->credits[i].percent, y->credits[i].percent);
    }
}

static void round_trip__every_kind__comes_back_the_same(void **state)
{
    struct config *c = load(ours), *again;
    struct buf open, yaml, left, whole;
    struct openslo o = {.yaml = &yaml, .left_out = &left};
    struct diagnostics d;

    (void)state;
    buf_init(&open, 1 << 20);
    buf_init(&yaml, 1 << 20);
    buf_init(&left, 1 << 20);
    buf_init(&whole, 1 << 20);
    slo_write_open(c, NULL, &open);
    assert_int_equal(openslo_parse("o.yaml", buf_text(&open), open.len, &o, &d), 0);
    assert_int_equal(o.slos, 3);
    assert_string_equal(buf_text(&left), ""); /* of our own nothing is lost */
    buf_printf(&whole, HEAD "%s", buf_text(&yaml));
    again = load(buf_text(&whole));
    assert_int_equal(again->n_slos, c->n_slos);
    for (size_t i = 0; i < c->n_slos; i++)
        assert_same(&c->slos[i], &again->slos[i]);
    diagnostics_done(&d);
    buf_done(&open);
    buf_done(&yaml);
    buf_done(&left);
    buf_done(&whole);
    config_free(again);
    config_free(c);
}

static void export__one_by_name__only_that_one(void **state)
{
    struct config *c = load(ours);
    struct buf open;

    (void)state;
    buf_init(&open, 1 << 20);
    slo_write_open(c, "c", &open);
    assert_non_null(strstr(buf_text(&open), "name: \"c\""));
    assert_null(strstr(buf_text(&open), "---"));
    buf_done(&open);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip__every_kind__comes_back_the_same),
        cmocka_unit_test(export__one_by_name__only_that_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
