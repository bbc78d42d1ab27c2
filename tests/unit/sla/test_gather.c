/* What the store holds, put where the report has it. */
#include "sla/gather.h"

#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "config/load.h"
#include "sla/figures.h"
#include "stats/hist.h"
#include "stats/tally.h"
#include "unit.h"

#define NOW INT64_C(1795312800000) /* 2026-11-22T02:00Z */

static const char yaml[] =
    "name: acme\n"
    "report: { time_zone: Europe/Madrid }\n"
    "monitors:\n"
    "- { name: api, http: 'http://h/', interval: 30s, group: core }\n"
    "- { name: db, http: 'http://h/', interval: 60s, group: core }\n"
    "- { name: www, http: 'http://h/', maintenance: [ { days: [sun], start: '02:00', end: '04:00', "
    "time_zone: Europe/Madrid, comment: vacuum } ] }\n"
    "channels: { a: { type: webhook, url: 'http://h/' } }\n";

static struct slo web = {
    .name = "web", .by = SLO_BY_EVENTS, .objective_ppm = 999000, .days = 30, .coverage_least = 95};

struct world {
    struct config *config;
    const struct monitor *monitors[2];
    struct sla_report r;
};

static void begin(struct world *w, struct month m)
{
    struct diagnostics d = {0};

    if (config_parse("t.yaml", yaml, sizeof yaml - 1, &(struct load_options){0}, &w->config, &d) <
        0)
        fail_msg("%s", d.items[0].text);
    diagnostics_done(&d);
    w->monitors[0] = config_monitor(w->config, "api");
    w->monitors[1] = config_monitor(w->config, "db");
    web.monitors = w->monitors;
    web.n_monitors = 2;
    w->config->slos = &web;
    w->config->n_slos = 1;
    gather_begin(&w->r, w->config, m, NOW);
}

static void end(struct world *w)
{
    report_done(&w->r);
    w->config->n_slos = 0;
    config_free(w->config);
}

static int64_t at(const char *text)
{
    bool zoned;
    int64_t ms;

    assert_int_equal(rfc3339_parse(text, &ms, &zoned), 0);
    return ms;
}

static void gather_begin__outlives_the_configuration(void **state)
{
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    config_free(w.config);
    assert_string_equal(w.r.title, "acme");
    assert_string_equal(w.r.zone_name, "Europe/Madrid");
    assert_int_equal(w.r.from_ms, at("2026-09-30T22:00:00Z"));
    assert_int_equal(w.r.to_ms, at("2026-10-31T23:00:00Z"));
    assert_int_equal(w.r.until_ms, w.r.to_ms);
    assert_int_equal(w.r.slos.n, 1);
    assert_string_equal(w.r.slos.items[0].monitors[1], "db");
    assert_int_equal(w.r.slos.items[0].interval_ms, 30000);
    assert_int_equal(w.r.slos.items[0].trend[0].month.year, 2025);
    assert_int_equal(w.r.slos.items[0].trend[0].month.month, 11);
    assert_true(gather_over(&w.r, w.r.to_ms + GATHER_SETTLE_MS));
    assert_false(gather_over(&w.r, w.r.to_ms + GATHER_SETTLE_MS - 1));
    assert_true(gather_empty(&w.r));
    report_done(&w.r);
}

/* The last quarter of September and the first of October are fifteen minutes apart on the wall
 * clock of Madrid, not of UTC. */
static void gather_unit__at_the_edges__day_and_month_of_the_zone(void **state)
{
    static const struct slo_cell cell = {28, 2, 3, 4, 0};
    struct gather_slo g;
    struct sla_slo *s;
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    s = &w.r.slos.items[0];
    gather_slo_begin(&g, s);
    gather_unit(&g, at("2026-09-30T21:45:00Z"), &cell);
    gather_unit(&g, at("2026-09-30T22:00:00Z"), &cell);
    gather_unit(&g, at("2026-10-25T22:45:00Z"), &cell); /* the 25th has 25 hours */
    gather_unit(&g, at("2026-10-25T23:00:00Z"), &cell);
    gather_unit(&g, at("2026-10-31T22:45:00Z"), &cell);
    gather_unit(&g, at("2026-10-31T23:00:00Z"), &cell); /* November */
    gather_unit(&g, at("2025-10-31T22:45:00Z"), &cell); /* more than a year back */
    gather_slo_end(&g);
    assert_int_equal(s->count.good, 4 * 28);
    assert_int_equal(s->count.unknown, 4 * 4);
    assert_int_equal(s->days[0].count.good, 28);
    assert_int_equal(s->days[24].count.bad, 2);
    assert_int_equal(s->days[25].count.excluded, 3);
    assert_int_equal(s->days[30].count.good, 28);
    assert_int_equal(s->trend[10].count.good, 28);
    assert_int_equal(s->trend[11].count.good, 4 * 28);
    assert_int_equal(s->trend[0].count.good, 0);
    end(&w);
}

static void gather_hour__counts_and_latencies__of_their_day(void **state)
{
    struct gather_slo g;
    struct tally t;
    struct sla_slo *s;
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    s = &w.r.slos.items[0];
    gather_slo_begin(&g, s);
    tally_init(&t);
    hist_add(&t.hist, 50000, 90);
    hist_add(&t.hist, 900000, 10);
    gather_hour(
        &g, &(struct gather_hour){at("2026-10-02T22:00:00Z"), at("2026-10-02T23:00:00Z"), &t, 180});
    gather_hour(
        &g, &(struct gather_hour){at("2026-10-31T23:00:00Z"), at("2026-11-01T00:00:00Z"), &t, 180});
    gather_slo_end(&g);
    assert_int_equal(s->days[2].latency.n, 100);
    assert_true(s->days[2].latency.us[0] > 48000 && s->days[2].latency.us[0] < 52000);
    assert_true(s->days[2].latency.us[3] > 870000 && s->days[2].latency.us[3] < 930000);
    assert_int_equal(s->days[1].latency.us[0], -1);
    assert_int_equal(s->days[2].count.expected, 180);
    assert_int_equal(s->count.expected, 180);
    assert_int_equal(s->latency.n, 100);
    end(&w);
}

/* Two regions count the same quarter: there were two quarters to be seen. */
static void gather_unit__by_time_in_two_regions__expected_twice(void **state)
{
    static const struct slo_cell cell = {1800000, 0, 0, 0, 0};
    struct gather_slo g;
    struct tally t;
    struct sla_slo *s;
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    s = &w.r.slos.items[0];
    s->promise.by = SLO_BY_TIME;
    gather_slo_begin(&g, s);
    tally_init(&t);
    gather_unit(&g, at("2026-10-02T22:00:00Z"), &cell);
    gather_hour(
        &g, &(struct gather_hour){at("2026-10-02T22:00:00Z"), at("2026-10-02T23:00:00Z"), &t, 240});
    gather_slo_end(&g);
    assert_int_equal(s->count.expected, 2 * 3600000);
    assert_true(figures_coverage(&s->count) == 0.25);
    end(&w);
}

/* Of past months: what is missing are the quarters without anything. */
static void gather_slo_end__half_a_month_seen__coverage_of_half(void **state)
{
    static const struct slo_cell cell = {15, 0, 0, 0, 0};
    struct gather_slo g;
    struct sla_slo *s;
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    s = &w.r.slos.items[0];
    gather_slo_begin(&g, s);
    for (int64_t ms = s->trend[10].from_ms; ms < s->trend[11].from_ms; ms += 2 * SLO_UNIT_MS)
        gather_unit(&g, ms, &cell);
    gather_slo_end(&g);
    assert_true(figures_coverage(&s->trend[10].count) == 0.5);
    assert_int_equal(gather_slo_since_ms(&g), 0); /* it was counted the month before */
    end(&w);
}

static void gather_slo_since__begun_in_the_month__says_when(void **state)
{
    static const struct slo_cell cell = {15, 0, 0, 0, 0};
    struct gather_slo g;
    struct sla_slo *s;
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    s = &w.r.slos.items[0];
    gather_slo_begin(&g, s);
    gather_unit(&g, s->from_ms + 30 * SLO_UNIT_MS, &cell);
    gather_unit(&g, s->from_ms + 9 * SLO_UNIT_MS, &cell);
    assert_true(gather_slo_since_ms(&g) == s->from_ms + 9 * SLO_UNIT_MS);
    gather_unit(&g, s->from_ms, &cell);
    assert_int_equal(gather_slo_since_ms(&g), 0);
    gather_slo_end(&g);
    end(&w);
}

static void gather_monitor__rows__everything_groups_monitors(void **state)
{
    struct gather_rows rows = {{0}};
    struct tally t;
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    tally_init(&t);
    t.count[VERDICT_UP] = 90;
    t.count[VERDICT_DEGRADED] = 5;
    t.count[VERDICT_DOWN] = 5;
    t.count[VERDICT_UNKNOWN] = 7;
    t.maintenance[VERDICT_DOWN] = 11;
    hist_add(&t.hist, 1000, 95);
    gather_monitor(&rows, &w.r, &(struct sla_row){.name = "api", .group = "core", .expected = 120},
                   &t);
    gather_monitor(&rows, &w.r, &(struct sla_row){.name = "db", .group = "core", .expected = 120},
                   &t);
    gather_monitor(&rows, &w.r, &(struct sla_row){.name = "www", .expected = 120}, &t);
    gather_rows_end(&rows, &w.r);
    assert_int_equal(w.r.rows.n, 5);
    assert_int_equal(w.r.rows.items[0].kind, SLA_ROW_ALL);
    assert_int_equal(w.r.rows.items[0].good, 285);
    assert_int_equal(w.r.rows.items[0].latency.n, 285);
    assert_int_equal(w.r.rows.items[1].kind, SLA_ROW_GROUP);
    assert_string_equal(w.r.rows.items[1].name, "core");
    assert_int_equal(w.r.rows.items[1].maintenance, 22);
    assert_int_equal(w.r.rows.items[1].expected, 240);
    assert_string_equal(w.r.rows.items[4].name, "www");
    assert_int_equal(w.r.rows.items[4].bad, 5);
    assert_int_equal(w.r.rows.items[4].unknown, 7);
    assert_false(gather_empty(&w.r));
    end(&w);
}

static void gather_incident__in_before_behind_the_month__only_what_touches_it(void **state)
{
    static const struct {
        const char *id, *started, *resolved; /* "": open */
        bool in;
    } cases[] = {
        {"before", "2026-09-29T00:00:00Z", "2026-09-30T21:59:59Z", false},
        {"over", "2026-09-29T00:00:00Z", "2026-09-30T22:00:00Z", true},
        {"within", "2026-10-10T00:00:00Z", "2026-10-10T01:00:00Z", true},
        {"within", "2026-10-10T00:00:00Z", "2026-10-10T01:00:00Z", false}, /* twice in the list */
        {"out", "2026-10-31T22:59:59Z", "2026-11-05T00:00:00Z", true},
        {"open", "2026-10-31T12:00:00Z", "", true},
        {"behind", "2026-10-31T23:00:00Z", "", false},
    };
    struct world w;
    size_t wanted = 0;

    (void)state;
    begin(&w, (struct month){2026, 10});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct incident x = {.started_ms = at(cases[i].started), .state = INCIDENT_TRIGGERED};

        text_copy(x.id, sizeof x.id, cases[i].id);
        if (cases[i].resolved[0] != 0) {
            x.resolved_ms = at(cases[i].resolved);
            x.state = INCIDENT_RESOLVED;
        }
        gather_incident(&w.r, &x);
        wanted += cases[i].in;
        assert_int_equal(w.r.incidents.n, wanted);
    }
    gather_end(&w.r);
    assert_string_equal(w.r.incidents.items[0].id, "over");
    assert_string_equal(w.r.incidents.items[3].id, "out");
    end(&w);
}

static void gather_quiet__announced_late__listed_but_not_excluded(void **state)
{
    struct quiet q = {.id = "Q1",
                      .kind = QUIET_MAINTENANCE,
                      .matchers = "group=core\nteam!=payments\n",
                      .author = "ana",
                      .comment = "disk"};
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    q.start_ms = at("2026-10-05T10:00:00Z");
    q.end_ms = q.start_ms + 3600000;
    q.created_ms = q.start_ms;
    gather_quiet(&w.r, &q);
    gather_quiet(&w.r, &q);
    text_copy(q.id, sizeof q.id, "Q2");
    q.created_ms++;
    gather_quiet(&w.r, &q);
    text_copy(q.id, sizeof q.id, "Q3");
    q.kind = QUIET_SILENCE; /* excludes nothing anyway */
    gather_quiet(&w.r, &q);
    text_copy(q.id, sizeof q.id, "Q4");
    q.kind = QUIET_MAINTENANCE;
    q.end_ms = q.start_ms; /* taken back */
    gather_quiet(&w.r, &q);
    assert_int_equal(w.r.windows.n, 2);
    assert_true(w.r.windows.items[0].excluded);
    assert_string_equal(w.r.windows.items[0].what, "group=core, team!=payments");
    assert_false(w.r.windows.items[1].excluded);
    end(&w);
}

/* Sundays 2 to 4 in Madrid: four of them in October 2026, and on the 25th the hour from 2 to 3
 * comes twice. */
static void gather_file_windows__each_sunday__each_time_once(void **state)
{
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    gather_file_windows(&w.r, w.config);
    gather_end(&w.r);
    assert_int_equal(w.r.windows.n, 4);
    assert_int_equal(w.r.windows.items[0].start_ms, at("2026-10-04T00:00:00Z"));
    assert_int_equal(w.r.windows.items[0].end_ms, at("2026-10-04T02:00:00Z"));
    assert_int_equal(w.r.windows.items[3].start_ms, at("2026-10-25T00:00:00Z"));
    assert_int_equal(w.r.windows.items[3].end_ms, at("2026-10-25T03:00:00Z"));
    assert_string_equal(w.r.windows.items[0].what, "www");
    assert_string_equal(w.r.windows.items[0].comment, "vacuum");
    assert_null(w.r.windows.items[0].id);
    end(&w);
}

static void gather_zone__not_configured__that_of_the_slos_or_utc(void **state)
{
    struct slo slos[2] = {{.calendar = true}, {.calendar = true}};
    struct config c = {.slos = slos};
    struct world w;

    (void)state;
    begin(&w, (struct month){2026, 10});
    assert_ptr_equal(gather_zone(&c), zone_utc());
    c.n_slos = 2;
    slos[0].zone = slos[1].zone = w.config->report.zone;
    assert_string_equal(zone_name(gather_zone(&c)), "Europe/Madrid");
    slos[1].zone = zone_utc();
    assert_ptr_equal(gather_zone(&c), zone_utc());
    slos[1].calendar = false; /* has no month of its own */
    assert_string_equal(zone_name(gather_zone(&c)), "Europe/Madrid");
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gather_begin__outlives_the_configuration),
        cmocka_unit_test(gather_unit__at_the_edges__day_and_month_of_the_zone),
        cmocka_unit_test(gather_hour__counts_and_latencies__of_their_day),
        cmocka_unit_test(gather_unit__by_time_in_two_regions__expected_twice),
        cmocka_unit_test(gather_slo_end__half_a_month_seen__coverage_of_half),
        cmocka_unit_test(gather_slo_since__begun_in_the_month__says_when),
        cmocka_unit_test(gather_monitor__rows__everything_groups_monitors),
        cmocka_unit_test(gather_incident__in_before_behind_the_month__only_what_touches_it),
        cmocka_unit_test(gather_quiet__announced_late__listed_but_not_excluded),
        cmocka_unit_test(gather_file_windows__each_sunday__each_time_once),
        cmocka_unit_test(gather_zone__not_configured__that_of_the_slos_or_utc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
