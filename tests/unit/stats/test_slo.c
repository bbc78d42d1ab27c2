/* test_slo.c - windows, thresholds, rules and budgets, by arithmetic that is known. */
#include "stats/slo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "unit.h"
#include "zoneinfo.h"

#define MINUTE INT64_C(60000)
#define HOUR   INT64_C(3600000)
#define DAY    INT64_C(86400000)
#define NOON   INT64_C(1795435200000) /* 2026-11-23T12:00Z */

/* One SLO on up to three monitors. */
struct world {
    struct monitor m[3];
    const struct monitor *list[3];
    struct slo s;
    struct slo_ring r;
};

static void world_init(struct world *w, int32_t ppm, int64_t interval_ms)
{
    *w = (struct world){0};
    for (size_t i = 0; i < 3; i++) {
        w->m[i] = (struct monitor){.enabled = true, .interval_ms = interval_ms};
        w->list[i] = &w->m[i];
    }
    w->s = (struct slo){.name = "s",
                        .monitors = w->list,
                        .n_monitors = 1,
                        .objective_ppm = ppm,
                        .days = 30,
                        .failures_least = 3,
                        .coverage_least = 95,
                        .alerts = true};
    slo_ring_init(&w->r, slo_units(&w->s));
}

/* Results of `interval` in [from, to): every `bad_one_in`-th is bad, counted from the end; 0 none.
 */
static void fill(struct world *w, int64_t from_ms, int64_t to_ms, int bad_one_in)
{
    int64_t n = 0, step = w->m[0].interval_ms;

    for (int64_t at = from_ms; at < to_ms; at += step, n++) {
        slo_ring_plan(&w->r, &w->s, at, at + step < to_ms ? at + step : to_ms);
        slo_ring_add(&w->r, at, bad_one_in && n % bad_one_in == 0 ? SLO_BAD : SLO_GOOD, 1);
    }
}

static struct slo_firing judge(struct world *w, int64_t now_ms, struct slo_firing was)
{
    struct slo_rule_status rules[SLO_RULES];

    return slo_judge(&w->s, &w->r, now_ms, was, rules);
}

static const struct slo_firing none;

/* --- thresholds ---------------------------------------------------------------------------- */

static void threshold__windows__as_the_reference_has_them(void **state)
{
    static const struct {
        int days;
        double burn[SLO_RULES];
    } rows[] = {
        {30, {14.4, 6, 3, 1}},      /* the workbook's */
        {28, {13.44, 5.6, 2.8, 1}}, /* 0.93 would be below the budget itself */
        {7, {3.36, 1.4, 1, 1}},     /* OneUptime: 3.36 and 1.4 */
        {90, {43.2, 18, 9, 3}},     /* OneUptime: 43.2 and 18 */
        {1, {1, 1, 1, 1}},
    };
    struct world w;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world_init(&w, 999000, 60000);
        w.s.days = rows[i].days;
        for (size_t k = 0; k < SLO_RULES; k++)
            assert_true(fabs(slo_threshold(&w.s, k, NOON) - rows[i].burn[k]) < 1e-9);
        slo_ring_done(&w.r);
    }
}

/* The table of 6.1: probes that must fail in 1h, 6h, 1d, 3d. */
static void bad_needed__objective_and_interval__as_the_reference_has_it(void **state)
{
    static const struct {
        int32_t ppm;
        int64_t interval_ms;
        uint64_t needed[SLO_RULES];
    } rows[] = {
        {990000, 10000, {52, 130, 260, 260}}, {990000, 30000, {18, 44, 87, 87}},
        {990000, 60000, {9, 22, 44, 44}},     {990000, 300000, {2, 5, 9, 9}},
        {995000, 10000, {26, 65, 130, 130}},  {995000, 30000, {9, 22, 44, 44}},
        {995000, 60000, {5, 11, 22, 22}},     {995000, 300000, {1, 3, 5, 5}},
        {999000, 10000, {6, 13, 26, 26}},     {999000, 30000, {2, 5, 9, 9}},
        {999000, 60000, {1, 3, 5, 5}},        {999000, 300000, {1, 1, 1, 1}},
        {999500, 10000, {3, 7, 13, 13}},      {999500, 30000, {1, 3, 5, 5}},
        {999500, 60000, {1, 2, 3, 3}},        {999500, 300000, {1, 1, 1, 1}},
        {999900, 10000, {1, 2, 3, 3}},        {999900, 30000, {1, 1, 1, 1}},
        {999900, 60000, {1, 1, 1, 1}},        {999900, 300000, {1, 1, 1, 1}},
    };
    struct world w;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world_init(&w, rows[i].ppm, rows[i].interval_ms);
        for (size_t k = 0; k < SLO_RULES; k++)
            assert_int_equal(slo_bad_needed(&w.s, k, NOON), rows[i].needed[k]);
        slo_ring_done(&w.r);
    }
}

/* Three monitors at 60 s are like one at 20 s. */
static void bad_needed__several_monitors__are_pooled(void **state)
{
    struct world w, one;

    (void)state;
    world_init(&w, 990000, 60000);
    world_init(&one, 990000, 20000);
    w.s.n_monitors = 3;
    for (size_t k = 0; k < SLO_RULES; k++)
        assert_int_equal(slo_bad_needed(&w.s, k, NOON), slo_bad_needed(&one.s, k, NOON));
    slo_ring_done(&w.r);
    slo_ring_done(&one.r);
}

static void vain__objective_below_what_the_rule_burns__can_never_fire(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 900000, 60000);
    assert_true(slo_rule_is_vain(&w.s, 0, NOON)); /* 14.4 x 10 % is more than everything */
    assert_false(slo_rule_is_vain(&w.s, 1, NOON));
    slo_ring_done(&w.r);
}

/* --- windows ------------------------------------------------------------------------------- */

static int64_t at(const char *text)
{
    int64_t ms;
    bool zone;

    assert_int_equal(rfc3339_parse(text, &ms, &zone), 0);
    assert_true(zone);
    return ms;
}

static void window__calendar_month__begins_and_ends_on_the_zones_clock(void **state)
{
    static const struct {
        const char *now, *from, *to;
    } rows[] = {
        {"2026-11-23T12:00:00Z", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"},
        {"2026-10-31T22:59:59Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"}, /* 745 hours */
        {"2026-10-31T23:00:00Z", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"},
        {"2026-03-15T00:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"}, /* 743 hours */
        {"2028-02-15T00:00:00Z", "2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z"},
        {"2026-12-31T23:30:00Z", "2026-12-31T23:00:00Z", "2027-01-31T23:00:00Z"},
    };
    struct zone *madrid = zoneinfo_load("Europe/Madrid");
    struct slo s = {.calendar = true, .zone = madrid};
    int64_t from, to;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        slo_window(&s, at(rows[i].now), &from, &to);
        assert_int_equal(from, at(rows[i].from));
        assert_int_equal(to, at(rows[i].to));
    }
    zone_free(madrid);
}

/* --- classes ------------------------------------------------------------------------------- */

static void classify__results__as_the_indicator_and_the_choices_say(void **state)
{
    static const struct {
        enum slo_of of;
        bool count_maintenance, unknown_is_bad;
        struct result r;
        enum slo_class class;
    } rows[] = {
        {SLO_AVAILABILITY, 0, 0, {.verdict = VERDICT_UP}, SLO_GOOD},
        {SLO_AVAILABILITY, 0, 0, {.verdict = VERDICT_DEGRADED}, SLO_GOOD},
        {SLO_AVAILABILITY, 0, 0, {.verdict = VERDICT_DOWN}, SLO_BAD},
        {SLO_AVAILABILITY, 0, 0, {.verdict = VERDICT_UNKNOWN}, SLO_UNKNOWN},
        {SLO_AVAILABILITY, 0, 1, {.verdict = VERDICT_UNKNOWN}, SLO_BAD},
        {SLO_AVAILABILITY, 0, 0, {.verdict = VERDICT_DOWN, .maintenance = true}, SLO_EXCLUDED},
        {SLO_AVAILABILITY, 0, 1, {.verdict = VERDICT_UNKNOWN, .maintenance = true}, SLO_EXCLUDED},
        {SLO_AVAILABILITY, 1, 0, {.verdict = VERDICT_DOWN, .maintenance = true}, SLO_BAD},
        {SLO_LATENCY, 0, 0, {.verdict = VERDICT_UP, .phases.total_us = 1000}, SLO_GOOD},
        {SLO_LATENCY, 0, 0, {.verdict = VERDICT_UP, .phases.total_us = 900000}, SLO_BAD},
        {SLO_LATENCY, 0, 0, {.verdict = VERDICT_DOWN, .phases.total_us = 900000}, SLO_EXCLUDED},
        {SLO_LATENCY, 0, 0, {.verdict = VERDICT_UP, .phases.total_us = -1}, SLO_BAD},
        {SLO_BOTH, 0, 0, {.verdict = VERDICT_UP, .phases.total_us = 1000}, SLO_GOOD},
        {SLO_BOTH, 0, 0, {.verdict = VERDICT_UP, .phases.total_us = 900000}, SLO_BAD},
        {SLO_BOTH, 0, 0, {.verdict = VERDICT_DOWN, .phases.total_us = 1000}, SLO_BAD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slo s = {.of = rows[i].of,
                        .limit_us = 800000,
                        .count_maintenance = rows[i].count_maintenance,
                        .unknown_is_bad = rows[i].unknown_is_bad};

        assert_int_equal(slo_classify(&s, &rows[i].r), rows[i].class);
    }
}

/* --- rules --------------------------------------------------------------------------------- */

static void judge__one_failed_probe_of_a_thousandfold_burn__pages_nobody(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 4 * DAY, NOON, 0);
    slo_ring_add(&w.r, NOON - MINUTE, SLO_BAD, 1);
    assert_false(judge(&w, NOON, none).page);
    w.s.failures_least = 1; /* who wants it gets it */
    assert_true(judge(&w, NOON, none).page);
    slo_ring_done(&w.r);
}

static void judge__two_failures_of_three__wait_for_the_third(void **state)
{
    struct slo_rule_status rules[SLO_RULES];
    struct world w;

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 4 * DAY, NOON, 0);
    for (int bad = 1; bad <= 3; bad++) {
        slo_ring_add(&w.r, NOON - bad * MINUTE, SLO_BAD, 1);
        slo_judge(&w.s, &w.r, NOON - 1, none, rules);
        assert_true(rules[0].long_burn > 14.4 && rules[0].short_burn > 14.4);
        assert_int_equal(rules[0].firing, bad == 3);
    }
    slo_ring_done(&w.r);
}

/* By the minute; the rule of six hours looks at quarters of an hour and does see it. */
static void judge__enough_failures_but_never_two_together__do_not_begin_the_hours_rule(void **state)
{
    struct slo_rule_status rules[SLO_RULES];
    struct world w;

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 4 * DAY, NOON - HOUR, 0);
    for (int i = 60; i > 0; i--) /* every other one of an hour is bad */
        slo_ring_add(&w.r, NOON - i * MINUTE, i % 2 ? SLO_BAD : SLO_GOOD, 1);
    slo_judge(&w.s, &w.r, NOON - 1, none, rules);
    assert_true(rules[0].long_burn > 100 && rules[0].short_burn > 100);
    assert_false(rules[0].firing);
    slo_ring_add(&w.r, NOON - 3 * MINUTE, SLO_BAD, 1);
    slo_judge(&w.s, &w.r, NOON - 1, none, rules);
    assert_true(rules[0].firing);
    slo_ring_done(&w.r);
}

static void judge__short_window_is_well_again__does_not_begin(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 4 * DAY, NOON - 50 * MINUTE, 0);
    fill(&w, NOON - 50 * MINUTE, NOON - 40 * MINUTE, 1);
    fill(&w, NOON - 40 * MINUTE, NOON, 0);
    assert_false(judge(&w, NOON - 1, none).page);
    assert_true(judge(&w, NOON - 39 * MINUTE, none).page);
    slo_ring_done(&w.r);
}

static void judge__less_history_than_the_long_window__does_not_begin(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON, NOON + 2 * HOUR, 1);
    assert_false(judge(&w, NOON + HOUR - 1, none).page);
    assert_true(judge(&w, NOON + HOUR, none).page);
    assert_false(judge(&w, NOON + HOUR, none).ticket); /* needs a day */
    slo_ring_done(&w.r);
}

static void judge__slow_burn__is_a_ticket_and_no_page(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 990000, 60000);
    fill(&w, NOON - 4 * DAY, NOON - DAY, 0);
    for (int64_t t = NOON - DAY; t < NOON; t += 50 * MINUTE) { /* 4 % bad: burns fourfold */
        fill(&w, t, t + 2 * MINUTE, 1);
        fill(&w, t + 2 * MINUTE, t + 50 * MINUTE, 0);
    }
    assert_false(judge(&w, NOON - 1, none).page);
    assert_true(judge(&w, NOON - 1, none).ticket);
    slo_ring_done(&w.r);
}

/* 15.6x fires, 13x goes on, 10.8x is over. */
static void judge__burn_around_the_threshold__ends_below_four_fifths_of_it(void **state)
{
    static const struct {
        int bad;
        bool begins, goes_on;
    } rows[] = {{78, true, true}, {65, false, true}, {54, false, false}};
    struct slo_rule_status rules[SLO_RULES];
    struct world w;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        world_init(&w, 990000, 60000);
        fill(&w, NOON - 4 * DAY, NOON - 2 * HOUR, 0);
        for (int64_t t = NOON - 2 * HOUR; t <= NOON; t += MINUTE) {
            slo_ring_add(&w.r, t, SLO_BAD, (uint32_t)rows[i].bad);
            slo_ring_add(&w.r, t, SLO_GOOD, 500 - (uint32_t)rows[i].bad);
        }
        slo_judge(&w.s, &w.r, NOON, none, rules);
        assert_int_equal(rules[0].firing, rows[i].begins);
        slo_judge(&w.s, &w.r, NOON, (struct slo_firing){true, true}, rules);
        assert_int_equal(rules[0].firing, rows[i].goes_on);
        slo_ring_done(&w.r);
    }
}

static void judge__nothing_known_in_the_short_window__goes_on(void **state)
{
    struct world w;
    struct slo_firing was = {true, false};

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 4 * DAY, NOON - 30 * MINUTE, 0);
    fill(&w, NOON - 30 * MINUTE, NOON, 1);
    slo_ring_add(&w.r, NOON + 30 * MINUTE, SLO_UNKNOWN, 1);
    assert_true(judge(&w, NOON + 30 * MINUTE, was).page);
    assert_false(judge(&w, NOON + 7 * HOUR, was).page); /* nothing at all any more */
    slo_ring_done(&w.r);
}

/* After a restart without a store: what fired goes on until it was seen to be well. */
static void judge__no_history_since_a_restart__what_fired_goes_on(void **state)
{
    struct world w;
    struct slo_firing was = {true, false};

    (void)state;
    world_init(&w, 999000, 60000);
    assert_true(judge(&w, NOON, was).page);
    fill(&w, NOON, NOON + 10 * MINUTE, 0);
    assert_true(judge(&w, NOON + 10 * MINUTE, was).page); /* the slower rule does not know yet */
    fill(&w, NOON + 10 * MINUTE, NOON + 31 * MINUTE, 0);
    assert_false(judge(&w, NOON + 31 * MINUTE, was).page);
    slo_ring_done(&w.r);
}

/* --- figures ------------------------------------------------------------------------------- */

/* 30 days at 60 s are 43,200 slots: 99.9 % allows 43.2 of them. */
static void measure__whole_window__ratio_budget_and_coverage(void **state)
{
    struct world w;
    struct slo_status st = {0};

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 30 * DAY, NOON, 2000); /* 22 bad */
    slo_measure(&w.s, &w.r, NOON - 1, &st);
    assert_int_equal(st.bad, 22);
    assert_int_equal(st.good, 43178);
    assert_int_equal(st.expected, 43200);
    assert_true(fabs(st.ratio - 43178.0 / 43200) < 1e-12);
    assert_true(fabs(st.budget - 43.2) < 1e-6);
    assert_true(fabs(st.budget_left - (1 - 22 / 43.2)) < 1e-9);
    assert_true(st.coverage > 0.999);
    slo_ring_done(&w.r);
}

static void measure__overspent__is_signed_and_exhausted_now(void **state)
{
    struct world w;
    struct slo_status st = {0};

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 30 * DAY, NOON, 500); /* 87 bad of 43.2 allowed */
    slo_measure(&w.s, &w.r, NOON - 1, &st);
    assert_true(st.budget_left < -1);
    assert_int_equal(st.exhausted_ms, NOON - 1);
    slo_ring_done(&w.r);
}

/* A young SLO has the budget of its whole window, not of its first day. */
static void measure__first_day__budget_of_the_whole_window(void **state)
{
    struct world w;
    struct slo_status st = {0};

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - DAY, NOON, 0);
    slo_ring_add(&w.r, NOON - MINUTE, SLO_BAD, 10);
    slo_measure(&w.s, &w.r, NOON - 1, &st);
    assert_int_equal(st.since_ms, NOON - DAY);
    assert_int_equal(st.expected, 1440);
    assert_true(fabs(st.budget - 43.2) < 0.02);
    assert_true(fabs(st.budget_left - (1 - 10 / 43.2)) < 0.001);
    assert_true(st.exhausted_ms > NOON); /* 10 in six hours: 33 more in 20 */
    assert_true(llabs(st.exhausted_ms - NOON - (int64_t)(33.2 / 10 * 6 * HOUR)) < HOUR);
    slo_ring_done(&w.r);
}

static void measure__gaps_and_unknown__lower_the_coverage_only(void **state)
{
    struct world w;
    struct slo_status st = {0};

    (void)state;
    world_init(&w, 999000, 60000);
    fill(&w, NOON - 4 * DAY, NOON - 3 * DAY, 0);
    fill(&w, NOON - DAY, NOON - DAY / 2, 0); /* two days nothing */
    for (int64_t t = NOON - DAY / 2; t < NOON; t += MINUTE) {
        slo_ring_plan(&w.r, &w.s, t, t + MINUTE);
        slo_ring_add(&w.r, t, SLO_UNKNOWN, 1);
    }
    slo_measure(&w.s, &w.r, NOON - 1, &st);
    assert_true(st.ratio == 1);
    assert_true(fabs(st.coverage - 1.5 / 4) < 0.001);
    assert_int_equal(st.unknown, 720);
    slo_ring_done(&w.r);
}

static void measure__nothing_counted__no_figure(void **state)
{
    struct world w;
    struct slo_status st = {0};

    (void)state;
    world_init(&w, 999000, 60000);
    slo_measure(&w.s, &w.r, NOON, &st);
    assert_true(isnan(st.ratio) && isnan(st.coverage) && isnan(st.low));
    assert_true(st.budget_left == 1);
    assert_int_equal(st.since_ms, 0);
    slo_ring_done(&w.r);
}

/* A month of 30 days by time: 43.2 minutes. */
static void measure__by_time__budget_in_minutes(void **state)
{
    struct world w;
    struct slo_status st = {0};

    (void)state;
    world_init(&w, 999000, 60000);
    w.s.by = SLO_BY_TIME;
    slo_ring_spread(&w.r, NOON - 30 * DAY, NOON - HOUR, SLO_GOOD);
    slo_ring_spread(&w.r, NOON - HOUR, NOON - HOUR + 10 * MINUTE, SLO_BAD);
    slo_ring_spread(&w.r, NOON - HOUR + 10 * MINUTE, NOON, SLO_GOOD);
    slo_measure(&w.s, &w.r, NOON - 1, &st);
    assert_true(fabs(st.budget - 43.2 * 60000) < 1);
    assert_int_equal(st.bad, 10 * MINUTE);
    assert_true(fabs(st.budget_left - (1 - 10 / 43.2)) < 1e-4);
    assert_true(isnan(st.low));
    slo_ring_done(&w.r);
}

static void bounds__no_failure__rule_of_three(void **state)
{
    double low, high;

    (void)state;
    slo_bounds(43200, 0, &low, &high); /* a month at 60 s proves 99.993 % */
    assert_true(fabs(low - (1 - 3.0 / 43200)) < 1e-12 && high == 1);
    slo_bounds(1, 0, &low, &high);
    assert_true(low == 0);
    slo_bounds(0, 0, &low, &high);
    assert_true(isnan(low) && isnan(high));
    slo_bounds(95, 5, &low, &high); /* Wilson for 5 of 100: 0.8882 to 0.9785 */
    assert_true(fabs(low - 0.8882) < 0.0005 && fabs(high - 0.9785) < 0.0005);
}

/* --- words --------------------------------------------------------------------------------- */

static void entitle__page__says_what_the_woken_need(void **state)
{
    struct slo s = {.name = "api-availability", .objective_ppm = 998500, .days = 30};
    struct slo_status st = {.to_ms = 30 * DAY, .budget_left = 0.71};
    char title[320], why[320];

    (void)state;
    st.rules[0] =
        (struct slo_rule_status){HOUR, 5 * MINUTE, 14.4, 16, 40, 26, true, true, true, false};
    slo_entitle(&s, &st, true, title, sizeof title);
    assert_string_equal(title, "api-availability burns its 30-day budget 16x too fast: 2.4 % "
                               "failed in 1h; 71 % of the budget left");
    slo_explain(&s, &st, true, why, sizeof why);
    assert_string_equal(why, "api-availability (99.85% of availability in 30d): 1h burns 16x and "
                             "5m 40x, the rule is 14.4x");
    st.budget_left = -0.5;
    slo_entitle(&s, &st, true, title, sizeof title);
    assert_non_null(strstr(title, "the budget is overspent by 50 %"));
}

static void percent__ppm__as_short_as_it_is_exact(void **state)
{
    static const struct {
        int32_t ppm;
        const char *text;
    } rows[] = {{999000, "99.9%"}, {999990, "99.999%"}, {990000, "99%"},
                {1, "0.0001%"},    {500000, "50%"},     {999999, "99.9999%"}};
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(slo_percent(rows[i].ppm, text, sizeof text), rows[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threshold__windows__as_the_reference_has_them),
        cmocka_unit_test(bad_needed__objective_and_interval__as_the_reference_has_it),
        cmocka_unit_test(bad_needed__several_monitors__are_pooled),
        cmocka_unit_test(vain__objective_below_what_the_rule_burns__can_never_fire),
        cmocka_unit_test(window__calendar_month__begins_and_ends_on_the_zones_clock),
        cmocka_unit_test(classify__results__as_the_indicator_and_the_choices_say),
        cmocka_unit_test(judge__one_failed_probe_of_a_thousandfold_burn__pages_nobody),
        cmocka_unit_test(
            judge__enough_failures_but_never_two_together__do_not_begin_the_hours_rule),
        cmocka_unit_test(judge__two_failures_of_three__wait_for_the_third),
        cmocka_unit_test(judge__short_window_is_well_again__does_not_begin),
        cmocka_unit_test(judge__less_history_than_the_long_window__does_not_begin),
        cmocka_unit_test(judge__slow_burn__is_a_ticket_and_no_page),
        cmocka_unit_test(judge__burn_around_the_threshold__ends_below_four_fifths_of_it),
        cmocka_unit_test(judge__nothing_known_in_the_short_window__goes_on),
        cmocka_unit_test(judge__no_history_since_a_restart__what_fired_goes_on),
        cmocka_unit_test(measure__whole_window__ratio_budget_and_coverage),
        cmocka_unit_test(measure__overspent__is_signed_and_exhausted_now),
        cmocka_unit_test(measure__first_day__budget_of_the_whole_window),
        cmocka_unit_test(measure__gaps_and_unknown__lower_the_coverage_only),
        cmocka_unit_test(measure__nothing_counted__no_figure),
        cmocka_unit_test(measure__by_time__budget_in_minutes),
        cmocka_unit_test(bounds__no_failure__rule_of_three),
        cmocka_unit_test(entitle__page__says_what_the_woken_need),
        cmocka_unit_test(percent__ppm__as_short_as_it_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
