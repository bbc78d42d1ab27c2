/* test_window.c - windows: what holds, when it may change, when it ends. */
#include "unit.h"

#include "base/civil.h"
#include "random.h"
#include "sched/window.h"
#include "zoneinfo.h"

#define MINUTE_MS ((int64_t)60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define EVERY_DAY 0x7fu
#define SUNDAY    0x40u

static const char *const names[] = {
    "America/New_York", "Australia/Lord_Howe", "Europe/Dublin",    "Africa/Casablanca",
    "America/Nuuk",     "Asia/Gaza",           "Antarctica/Troll", "Etc/UTC",
};
#define N_ZONES (sizeof names / sizeof *names)
static struct zone *zones[N_ZONES];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ZONES; i++) {
        zones[i] = zoneinfo_load(names[i]);
        assert_non_null(zones[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ZONES; i++)
        zone_free(zones[i]);
    return 0;
}

static int64_t at(const char *text)
{
    int64_t ms;
    bool has_zone;
    assert_int_equal(rfc3339_parse(text, &ms, &has_zone), 0);
    assert_true(has_zone);
    return ms;
}

static struct window recurring(struct restriction *hours, size_t n, const struct zone *zone)
{
    return (struct window){
        .zone = zone, .start_ms = INT64_MIN, .end_ms = INT64_MAX, .hours = hours, .n_hours = n};
}

/* --- the given cases ----------------------------------------------------------------------- */

static void no_hours__never_hold_and_never_change(void **state)
{
    (void)state;
    struct window w = recurring(NULL, 0, zones[0]);
    assert_false(window_hours_hold(NULL, 0, zones[0], 0));
    assert_int_equal(window_hours_edge(NULL, 0, zones[0], 0), INT64_MAX);
    assert_false(window_holds(&w, 0));
    assert_int_equal(window_next_edge(&w, 0), INT64_MAX);
}

static void once__is_half_open_with_two_edges(void **state)
{
    (void)state;
    struct window w = {.once = true, .start_ms = 1500, .end_ms = 9000};
    const struct {
        int64_t at_ms, edge_ms;
        bool holds;
    } cases[] = {{-1, 1500, false},  {1499, 1500, false},      {1500, 9000, true},
                 {8999, 9000, true}, {9000, INT64_MAX, false}, {9001, INT64_MAX, false},
                 {0, 1500, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(window_holds(&w, cases[i].at_ms), cases[i].holds);
        assert_int_equal(window_next_edge(&w, cases[i].at_ms), cases[i].edge_ms);
        if (cases[i].holds)
            assert_int_equal(window_ends(&w, cases[i].at_ms), 9000);
    }
}

static void hours__wall_clock_decides(void **state)
{
    (void)state;
    struct restriction sunday[] = {{RESTRICT_DAILY, SUNDAY, 2 * 3600, 4 * 3600}};
    struct restriction night[] = {{RESTRICT_DAILY, SUNDAY, 22 * 3600, 6 * 3600}};
    struct restriction twice[] = {{RESTRICT_DAILY, EVERY_DAY, 3600, 5400}};
    struct restriction never[] = {{RESTRICT_DAILY, EVERY_DAY, 7200, 10800}};
    struct restriction weekend[] = {{RESTRICT_WEEKLY, 0, 4 * 86400 + 18 * 3600, 8 * 3600}};
    const struct {
        struct restriction *hours;
        size_t zone; /* 0 New York, 7 UTC */
        const char *at;
        bool holds;
    } cases[] = {
        {sunday, 7, "2026-01-11T01:59:59.999Z", false},
        {sunday, 7, "2026-01-11T02:00:00Z", true},
        {sunday, 7, "2026-01-11T03:59:59.999Z", true},
        {sunday, 7, "2026-01-11T04:00:00Z", false},
        {sunday, 7, "2026-01-12T03:00:00Z", false},
        {sunday, 7, "1969-12-28T03:59:59.999Z", true},
        {sunday, 7, "1969-12-28T01:59:59.999Z", false},
        {night, 7, "2026-01-12T05:59:59Z", true}, /* Monday morning is Sunday's night */
        {night, 7, "2026-01-11T05:59:59Z", false},
        {twice, 0, "2026-11-01T05:10:00Z", true}, /* shown twice, holds twice */
        {twice, 0, "2026-11-01T05:40:00Z", false},
        {twice, 0, "2026-11-01T06:10:00Z", true},
        {never, 0, "2026-03-08T06:59:59Z", false}, /* never shown */
        {never, 0, "2026-03-08T07:00:00Z", false},
        {never, 0, "2026-03-09T06:30:00Z", true},
        {weekend, 7, "2026-01-09T18:00:00Z", true},
        {weekend, 7, "2026-01-12T07:59:59Z", true},
        {weekend, 7, "2026-01-12T08:00:00Z", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (window_hours_hold(cases[i].hours, 1, zones[cases[i].zone], at(cases[i].at)) !=
            cases[i].holds)
            fail_msg("case %zu, %s", i, cases[i].at);
}

static void ends__says_when_the_window_is_over(void **state)
{
    (void)state;
    struct restriction sunday[] = {{RESTRICT_DAILY, SUNDAY, 2 * 3600, 4 * 3600},
                                   {RESTRICT_DAILY, SUNDAY, 3 * 3600, 5 * 3600},
                                   {RESTRICT_DAILY, SUNDAY, 5 * 3600, 5 * 3600 + 60}};
    struct restriction hour[] = {{RESTRICT_DAILY, EVERY_DAY, 90 * 60, 150 * 60}};
    struct restriction always[] = {{RESTRICT_DAILY, EVERY_DAY, 0, 0}};
    struct window w = recurring(sunday, 3, zones[7]), jump = recurring(hour, 1, zones[0]);
    struct window forever = recurring(always, 1, zones[0]), bounded = forever;

    /* entries that touch or overlap are one window */
    assert_int_equal(window_ends(&w, at("2026-01-11T02:30:00Z")), at("2026-01-11T05:01:00Z"));
    /* 01:30 to 02:30 on the day 02:00 is shown as 03:00: half an hour of it */
    assert_int_equal(window_ends(&jump, at("2026-03-08T06:45:00Z")), at("2026-03-08T07:00:00Z"));
    /* on the day 01:00 is shown twice it ends when the clock goes back to 01:00 */
    assert_int_equal(window_ends(&jump, at("2026-11-01T05:45:00Z")), at("2026-11-01T06:00:00Z"));
    assert_int_equal(window_ends(&forever, at("2026-01-11T02:30:00Z")), INT64_MAX);
    bounded.end_ms = at("2026-07-01T00:00:00Z");
    assert_int_equal(window_ends(&bounded, at("2026-01-11T02:30:00Z")), bounded.end_ms);
    assert_false(window_holds(&bounded, bounded.end_ms));
    bounded.end_ms = at("2028-07-01T00:00:00Z"); /* further than anybody looks */
    assert_int_equal(window_ends(&bounded, at("2026-01-11T02:30:00Z")), INT64_MAX);
}

static void bounds__hours_outside_of_them__do_not_hold(void **state)
{
    (void)state;
    struct restriction sunday[] = {{RESTRICT_DAILY, SUNDAY, 2 * 3600, 4 * 3600}};
    struct window w = recurring(sunday, 1, zones[7]);
    w.start_ms = at("2026-01-11T03:00:00Z");
    w.end_ms = at("2026-01-18T03:00:00Z");
    assert_false(window_holds(&w, w.start_ms - 1));
    assert_int_equal(window_next_edge(&w, w.start_ms - DAY_MS), w.start_ms);
    assert_true(window_holds(&w, w.start_ms));
    assert_int_equal(window_ends(&w, w.start_ms), at("2026-01-11T04:00:00Z"));
    assert_int_equal(window_ends(&w, w.end_ms - 1), w.end_ms);
    assert_int_equal(window_next_edge(&w, w.end_ms), INT64_MAX);
}

/* --- minute by minute ---------------------------------------------------------------------- */

/* Independent of the room: written out from what the clock shows. */
static bool shown_inside(const struct restriction *r, const struct zone *z, int64_t at_ms)
{
    struct civil c = civil_of(zone_local(z, at_ms / 1000));
    int32_t now = c.hour * 3600 + c.minute * 60 + c.second;
    int day = civil_weekday(civil_seconds(&c));
    int32_t end = r->end_s > r->start_s ? r->end_s : r->end_s + 86400;
    if (r->kind == RESTRICT_WEEKLY) {
        now += day * 86400;
        end = r->end_s > r->start_s ? r->end_s : r->end_s + 7 * 86400;
        return (now >= r->start_s && now < end) || now + 7 * 86400 < end;
    }
    for (int back = 0; back < 2; back++) {
        int32_t then = now + back * 86400;
        if (r->days >> (day + 7 - back) % 7 & 1 && then >= r->start_s && then < end)
            return true;
    }
    return false;
}

static bool any_shown(const struct window *w, int64_t at_ms)
{
    for (size_t i = 0; i < w->n_hours; i++)
        if (shown_inside(&w->hours[i], w->zone, at_ms))
            return at_ms >= w->start_ms && at_ms < w->end_ms;
    return false;
}

static struct restriction random_restriction(struct dice *d)
{
    struct restriction r = {.kind = dice_in(d, 0, 2) ? RESTRICT_DAILY : RESTRICT_WEEKLY};
    int64_t longest = r.kind == RESTRICT_DAILY ? 1440 : 7 * 1440;
    r.days = (unsigned)dice_in(d, 1, 127);
    /* half of them around the hours in which clocks are changed */
    r.start_s =
        (int32_t)(dice_in(d, 0, 1) ? dice_in(d, 0, 16) * 900 : dice_in(d, 0, longest - 1) * 60);
    r.end_s = (int32_t)(dice_in(d, 0, 1) ? dice_in(d, 1, 16) * 900 : dice_in(d, 1, longest) * 60);
    return r;
}

static void check_minutes(const struct window *w, int64_t from_ms, int64_t to_ms)
{
    bool last = window_holds(w, from_ms);
    int64_t edge_ms = window_next_edge(w, from_ms), ends_ms = 0;
    if (last)
        ends_ms = window_ends(w, from_ms);
    for (int64_t now = from_ms; now < to_ms; now += MINUTE_MS) {
        bool holds = window_holds(w, now);
        if (holds != any_shown(w, now))
            fail_msg("%s: wrong at %lld", zone_name(w->zone), (long long)now);
        if (now < edge_ms && holds != last)
            fail_msg("%s: changed at %lld, before the edge %lld", zone_name(w->zone),
                     (long long)now, (long long)edge_ms);
        if (last && (holds ? now >= ends_ms : now != ends_ms))
            fail_msg("%s: said to end at %lld, at %lld it is %d", zone_name(w->zone),
                     (long long)ends_ms, (long long)now, holds);
        if (holds && !last)
            ends_ms = window_ends(w, now);
        if (now >= edge_ms)
            edge_ms = window_next_edge(w, now);
        assert_true(edge_ms > now);
        last = holds;
    }
}

static void edges_and_ends__random_windows_around_jumps__as_counted(void **state)
{
    (void)state;
    struct dice d = {314159};
    for (int n = 0; n < 400; n++) {
        const struct zone *z = zones[dice_in(&d, 0, N_ZONES - 1)];
        struct restriction hours[3];
        size_t n_hours = (size_t)dice_in(&d, 1, 3);
        for (size_t i = 0; i < n_hours; i++)
            hours[i] = random_restriction(&d);
        int64_t after = civil_days(2026, 1, 1) * 86400 + dice_in(&d, 0, 300) * 86400;
        int64_t jump = zone_next_transition(z, after);
        int64_t from = (jump == INT64_MAX ? after : jump) / 60 * MINUTE_MS - DAY_MS;
        struct window w = recurring(hours, n_hours, z);
        if (dice_in(&d, 0, 2) == 0) {
            w.start_ms = from + dice_in(&d, 0, 1440) * MINUTE_MS;
            w.end_ms = w.start_ms + dice_in(&d, 1, 2880) * MINUTE_MS;
        }
        check_minutes(&w, from - dice_in(&d, 0, 1440) * MINUTE_MS, from + 2 * DAY_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_hours__never_hold_and_never_change),
        cmocka_unit_test(once__is_half_open_with_two_edges),
        cmocka_unit_test(hours__wall_clock_decides),
        cmocka_unit_test(ends__says_when_the_window_is_over),
        cmocka_unit_test(bounds__hours_outside_of_them__do_not_hold),
        cmocka_unit_test(edges_and_ends__random_windows_around_jumps__as_counted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
