/* test_keys_slo.c - `slos`: what is read, what is inherited, what is refused and where. */
#include <stdio.h>

#include "loading.h"

#define FILE_HEAD                                                                                  \
    "monitors:\n"                                                                                  \
    "  - { name: api, was: old, http: http://h/, group: core, labels: { team: pay, tier: one } "   \
    "}\n"                                                                                          \
    "  - { name: cart, http: http://h/, group: core, labels: { team: pay, tier: two } }\n"         \
    "  - { name: db, http: http://h/, policy: night }\n"                                           \
    "channels: { hook: { type: webhook, url: http://h/ } }\n"                                      \
    "policies:\n  default: { steps: [ { notify: \"channel:hook\" } ] }\n"                          \
    "  night: { steps: [ { notify: \"channel:hook\" } ] }\n"                                       \
    "  slow: { steps: [ { notify: \"channel:hook\" } ] }\n"

static void slo__little_said__has_what_holds_by_default(void **state)
{
    struct config *c =
        must_load(FILE_HEAD "slos: [ { name: a, monitors: api, objective: 99.9% } ]\n");
    const struct slo *s = config_slo(c, "a");

    (void)state;
    assert_int_equal(c->n_slos, 1);
    assert_int_equal(s->n_monitors, 1);
    assert_ptr_equal(s->monitors[0], config_monitor(c, "api"));
    assert_int_equal(s->objective_ppm, 999000);
    assert_false(s->calendar);
    assert_int_equal(s->days, 30);
    assert_int_equal(s->of, SLO_AVAILABILITY);
    assert_int_equal(s->by, SLO_BY_EVENTS);
    assert_false(s->count_maintenance);
    assert_false(s->unknown_is_bad);
    assert_int_equal(s->coverage_least, 95);
    assert_true(s->alerts);
    assert_int_equal(s->failures_least, 3);
    assert_string_equal(s->page_policy->name, "default");
    assert_string_equal(s->ticket_policy->name, "default");
    assert_int_equal(s->n_credits, 0);
    config_free(c);
}

static void slo__everything_said__is_read(void **state)
{
    struct config *c = must_load(
        FILE_HEAD
        "slos:\n"
        "  - { name: a, description: what, group: core, objective: 99.9999%, window: 7d,\n"
        "      indicator: latency < 800ms, maintenance: counted, unknown: bad, coverage: 90%,\n"
        "      alerts: { page: night, ticket: slow, failures: 5 },\n"
        "      credits: [ { below: 99.9%, credit: 10% }, { below: 99%, credit: 25% } ] }\n"
        "  - { name: b, match: { team: pay, tier: two }, objective: 0.5%,\n"
        "      window: { calendar: month, time_zone: Europe/Madrid }, by: time, alerts: false }\n"
        "  - { name: c, monitors: [api, db], objective: 50%, window: { rolling: 366d },\n"
        "      indicator: availability and latency < 1s }\n");
    const struct slo *a = config_slo(c, "a"), *b = config_slo(c, "b"), *third = config_slo(c, "c");

    (void)state;
    assert_string_equal(a->description, "what");
    assert_int_equal(a->n_monitors, 2);
    assert_int_equal(a->objective_ppm, 999999);
    assert_int_equal(a->days, 7);
    assert_int_equal(a->of, SLO_LATENCY);
    assert_int_equal(a->limit_us, 800000);
    assert_true(a->count_maintenance && a->unknown_is_bad);
    assert_int_equal(a->coverage_least, 90);
    assert_string_equal(a->page_policy->name, "night");
    assert_string_equal(a->ticket_policy->name, "slow");
    assert_int_equal(a->failures_least, 5);
    assert_int_equal(a->n_credits, 2);
    assert_int_equal(a->credits[1].below_ppm, 990000);
    assert_int_equal(a->credits[1].percent, 25);
    assert_int_equal(b->n_monitors, 1);
    assert_string_equal(b->monitors[0]->name, "cart");
    assert_int_equal(b->objective_ppm, 5000);
    assert_true(b->calendar);
    assert_string_equal(zone_name(b->zone), "Europe/Madrid");
    assert_int_equal(b->by, SLO_BY_TIME);
    assert_false(b->alerts);
    assert_int_equal(third->of, SLO_BOTH);
    assert_int_equal(third->limit_us, 1000000);
    assert_int_equal(third->days, 366);
    config_free(c);
}

static void faults__each__with_place_and_guess(void **state)
{
    static const struct {
        const char *slo, *said; /* the SLO begins at column 9 */
    } rows[] = {
        {"name: a, monitors: api", "the SLO has no `objective`"},
        {"name: a, objective: 99%", "the SLO has none of `monitors`, `group` and `match`"},
        {"name: a, monitors: api, group: core, objective: 99%",
         "one of `monitors`, `group` and `match`"},
        {"name: a, monitors: apu, objective: 99%",
         "there is no monitor `apu`; did you mean `api`?"},
        {"name: a, group: none, objective: 99%",
         "this SLO fits no monitor: none is in the group `none`"},
        {"name: a, match: { team: none }, objective: 99%",
         "this SLO fits no monitor: none has all of this"},
        {"name: a, monitors: old, objective: 99%",
         "there is no monitor `old`: it is `api` now (`was`)"},
        {"name: a, monitors: api, objective: 99.99999%", "at most four decimals"},
        {"name: a, monitors: api, objective: 99.9", "a percentage"},
        {"name: a, monitors: api, objective: 100%", "`objective` must be 0.0001% to 99.9999%"},
        {"name: a, monitors: api, objective: 0%", "`objective` must be 0.0001% to 99.9999%"},
        {"name: a, monitors: api, objectve: 99%", "did you mean `objective`?"},
        {"name: a, monitors: api, objective: 99%, window: 30h", "whole days"},
        {"name: a, monitors: api, objective: 99%, window: 367d", "`rolling` must be 1d to 366d"},
        {"name: a, monitors: api, objective: 99%, window: { calendar: month }",
         "`calendar` needs a `time_zone`"},
        {"name: a, monitors: api, objective: 99%, window: { rolling: 7d, time_zone: UTC }",
         "`time_zone` has no meaning without `calendar`"},
        {"name: a, monitors: api, objective: 99%, window: { rolling: 7d, calendar: month, "
         "time_zone: UTC }",
         "either `rolling` or `calendar`"},
        {"name: a, monitors: api, objective: 99%, indicator: latency > 800ms",
         "`indicator` must be"},
        {"name: a, monitors: api, objective: 99%, indicator: latency < 10m", "`indicator` must be"},
        {"name: a, monitors: api, objective: 99%, by: time, indicator: latency < 1s",
         "`by: time` counts downtime"},
        {"name: a, monitors: api, objective: 99%, coverage: 95.5%", "whole percents only"},
        {"name: a, monitors: api, objective: 99%, alerts: { page: nigt }", "did you mean `night`?"},
        {"name: a, monitors: api, objective: 99%, alerts: { failures: 0 }", "`failures` must be"},
        {"name: a, monitors: api, objective: 99%, credits: [ { below: 99%, credit: 10% }, { below: "
         "99.5%, credit: 25% } ]",
         "from the mildest to the worst"},
        {"name: a, monitors: api, objective: 99% }, { name: a, monitors: api, objective: 98%",
         "the SLO `a` is defined twice; the first is at f.yaml:"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[3000], *said;

        snprintf(yaml, sizeof yaml, FILE_HEAD "slos: [ { %s } ]\n", rows[i].slo);
        said = complaints_of(yaml, strlen(yaml), false);
        if (!strstr(said, rows[i].said) || strncmp(said, "10:", 3) != 0)
            fail_msg("%s: said \"%s\", not \"%s\"", rows[i].slo, said, rows[i].said);
        mem_free(said);
    }
}

static void slos__no_list__is_refused(void **state)
{
    char *said =
        complaints_of(FILE_HEAD "slos: { a: 1 }\n", strlen(FILE_HEAD "slos: { a: 1 }\n"), false);

    (void)state;
    assert_non_null(strstr(said, "`slos` must be a list"));
    mem_free(said);
    config_free(must_load(FILE_HEAD "slos:\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slo__little_said__has_what_holds_by_default),
        cmocka_unit_test(slo__everything_said__is_read),
        cmocka_unit_test(faults__each__with_place_and_guess),
        cmocka_unit_test(slos__no_list__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
