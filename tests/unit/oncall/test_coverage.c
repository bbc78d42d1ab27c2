/* test_coverage.c - the books of a schedule: gaps, double cover, hours by everybody's own clock. */
#include "asking.h"

#include "oncall/coverage.h"

#define HOUR_S ((int64_t)3600)

static struct coverage measure(const struct config *c, const char *json, const char *from,
                               int64_t days)
{
    static const struct config empty;
    struct schedule s = reading_text(&reading, json);
    struct coverage v;
    int64_t from_ms = reading_instant(s.zone, from);

    coverage_measure(&v, c ? c : &empty, &s, from_ms, from_ms + days * DAY_MS);
    return v;
}

static const struct coverage_load *load(const struct coverage *v, const char *name)
{
    for (size_t i = 0; i < v->loads.n; i++)
        if (text_eq(v->loads.items[i].person, name))
            return &v->loads.items[i];
    fail_msg("no %s", name);
    return NULL;
}

#define WEEKLY                                                                                     \
    "{'tz':'America/New_York','layers':[{'anchor':'2026-01-05T09:00','every':[1,'week'],"          \
    "'users':['A','B']}]}"

static void two_people__four_weeks__the_same_for_both(void **state)
{
    (void)state;
    struct coverage v = measure(NULL, WEEKLY, "2026-01-05T09:00", 28);

    assert_int_equal(v.score, 100);
    assert_int_equal(v.gaps.n, 0);
    assert_int_equal(v.doubles.n, 0);
    assert_false(v.shared);
    for (size_t i = 0; i < 2; i++) {
        const struct coverage_load *l = &v.loads.items[i];

        assert_int_equal(l->turns, 2);
        assert_int_equal(l->total_s, 2 * 168 * HOUR_S);
        assert_int_equal(l->night_s, 2 * 56 * HOUR_S);
        assert_int_equal(l->weekend_s, 2 * 48 * HOUR_S);
        assert_int_equal(l->holiday_s, 0);
        assert_int_equal(l->longest_s, 168 * HOUR_S);
        assert_true(l->takes_turns);
    }
    coverage_done(&v);
}

/* The night of 8 March lacks an hour in New York, that of 1 November has one more. */
static void nights__of_changing_clocks__are_as_long_as_they_are(void **state)
{
    static const struct {
        const char *from;
        int64_t night_s, total_s;
    } cases[] = {
        {"2026-03-08T00:00", 7 * HOUR_S, 24 * HOUR_S}, /* 23 hours of it, and one of Monday */
        {"2026-11-01T00:00", 8 * HOUR_S, 24 * HOUR_S}, /* not its last hour */
        {"2026-06-01T00:00", 8 * HOUR_S, 24 * HOUR_S},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coverage v = measure(NULL, WEEKLY, cases[i].from, 1);
        int64_t night = 0, total = 0;

        for (size_t k = 0; k < v.loads.n; k++) {
            night += v.loads.items[k].night_s;
            total += v.loads.items[k].total_s;
        }
        assert_int_equal(total, cases[i].total_s);
        assert_int_equal(night, cases[i].night_s + (i == 0 ? HOUR_S : 0));
        coverage_done(&v);
    }
}

/* Monday 09:00 in New York is Tuesday in Tokyo from 10:00 New York time on (winter). */
static void hours__are_counted_by_the_clock_of_the_person(void **state)
{
    (void)state;
    struct person people[] = {{.name = "A", .zone = reading_zone(&reading, "Asia/Tokyo")},
                              {.name = "B"}};
    int32_t holidays[] = {(int32_t)civil_days(2026, 1, 6), (int32_t)civil_days(2026, 1, 13)};
    struct config c = {.people = people, .n_people = 2, .holidays = holidays, .n_holidays = 2};
    struct coverage v = measure(&c, WEEKLY, "2026-01-05T09:00", 14);
    const struct coverage_load *a = load(&v, "A"), *b = load(&v, "B");

    assert_string_equal(zone_name(a->zone), "Asia/Tokyo");
    assert_string_equal(zone_name(b->zone), "America/New_York");
    assert_int_equal(a->total_s, 168 * HOUR_S);
    assert_int_equal(a->weekend_s, 48 * HOUR_S);
    assert_int_equal(a->holiday_s, 24 * HOUR_S);
    assert_int_equal(b->holiday_s, 24 * HOUR_S);
    coverage_done(&v);

    v = measure(&c, WEEKLY, "2026-01-05T09:00", 1); /* 23:00 Monday to 23:00 Tuesday in Tokyo */
    assert_int_equal(load(&v, "A")->holiday_s, 23 * HOUR_S);
    assert_int_equal(load(&v, "A")->night_s, 8 * HOUR_S);
    coverage_done(&v);
}

static void gaps__between_two_places__only_while_their_clocks_disagree(void **state)
{
    (void)state;
    struct coverage v = measure(
        NULL,
        "{'tz':'Etc/UTC','merge':'top','layers':["
        "{'tz':'Europe/Berlin','anchor':'2026-01-01T00:00','every':[1,'week'],'users':['A'],"
        " 'restrict':[{'start':'02:00','end':'14:00'}]},"
        "{'tz':'America/New_York','anchor':'2026-01-01T00:00','every':[1,'week'],'users':['B'],"
        " 'restrict':[{'start':'08:00','end':'20:00'}]}]}",
        "2026-03-01T00:00Z", 60);

    assert_true(v.gaps.n > 0);
    /* New York is an hour early from 8 March to 29 March: nobody from 20:00 EDT to 02:00 CET. */
    assert_int_equal(v.gaps.items[0].from_ms, reading_instant(zone_utc(), "2026-03-09T00:00Z"));
    assert_int_equal(v.gaps.items[0].to_ms, reading_instant(zone_utc(), "2026-03-09T01:00Z"));
    assert_int_equal(v.gaps.items[0].people, 0);
    /* On 29 March Berlin's 02:00 is not there: it begins at 03:00, which is still 01:00 UTC. */
    assert_int_equal(v.gaps.n, 21);
    assert_int_equal(v.gap_s, 21 * HOUR_S);
    /* 98.5 % covered; of the nights (in UTC) A has five hours and B three: balance 0.96. */
    assert_int_equal(v.score, 94);
    coverage_done(&v);
}

static void double_cover__of_groups_and_unions__is_meant(void **state)
{
    static const struct {
        const char *json;
        bool shared;
        int64_t double_s;
    } cases[] = {
        {"{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T00:00','every':[1,'day'],"
         "'users':[['A','B'],'C']}]}",
         true, 24 * HOUR_S},
        {"{'tz':'Etc/UTC','merge':'union','layers':[{'anchor':'2026-01-05T00:00','every':[1,'day'],"
         "'users':['A']},{'anchor':'2026-01-05T12:00','every':[1,'day'],'users':['B']}]}",
         true, 36 * HOUR_S},
        {"{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T00:00','every':[1,'day'],"
         "'users':['A','B']}],'overrides':[{'start':'2026-01-05T10:00Z','end':'2026-01-05T12:00Z',"
         "'add':'C'}]}",
         false, 2 * HOUR_S},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coverage v = measure(NULL, cases[i].json, "2026-01-05T00:00Z", 2);

        assert_int_equal(v.shared, cases[i].shared);
        assert_int_equal(v.double_s, cases[i].double_s);
        assert_int_equal(v.gaps.n, 0);
        assert_true(v.doubles.n == 0 || v.doubles.items[0].people == 2);
        coverage_done(&v);
    }
}

static void turn__interrupted__counts_twice__and_a_helper_takes_none_of_the_balance(void **state)
{
    (void)state;
    struct coverage v = measure(
        NULL,
        "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T00:00','every':[1,'day'],"
        "'users':['A','B']}],'overrides':[{'start':'2026-01-05T10:00Z','end':'2026-01-05T12:00Z',"
        "'set':'C'}]}",
        "2026-01-05T00:00Z", 2);
    const struct coverage_load *a = load(&v, "A"), *c = load(&v, "C");

    assert_int_equal(a->turns, 2);
    assert_int_equal(a->longest_s, 12 * HOUR_S);
    assert_int_equal(a->total_s, 22 * HOUR_S);
    assert_int_equal(c->turns, 1);
    assert_false(c->takes_turns);
    assert_true(v.balance > 0.96 && v.balance < 1);
    coverage_done(&v);
}

static void member__who_never_serves__costs_half_the_score(void **state)
{
    (void)state;
    struct coverage v =
        measure(NULL,
                "{'tz':'Etc/UTC','merge':'top','layers':[{'anchor':'2026-01-05T00:00',"
                "'every':[1,'day'],'users':['A']},{'anchor':'2026-01-05T00:00','every':[1,'day'],"
                "'users':['B']}]}",
                "2026-01-05T00:00Z", 7);

    assert_int_equal(load(&v, "A")->total_s, 0);
    assert_int_equal(load(&v, "A")->turns, 0);
    assert_int_equal(v.score, 50);
    coverage_done(&v);
}

static void nobody_at_all__is_one_gap_and_score_0(void **state)
{
    (void)state;
    struct coverage v = measure(NULL, WEEKLY, "2025-01-05T09:00", 3);

    assert_int_equal(v.gaps.n, 1);
    assert_int_equal(v.gap_s, 72 * HOUR_S);
    assert_int_equal(v.score, 0);
    coverage_done(&v);
}

/* Whatever the schedule, hours of one person at a time and gaps add up to all there is. */
static void hours_and_gaps__add_up__over_ten_years(void **state)
{
    char json[512];
    (void)state;
    for (size_t i = 0; i < N_ZONES; i++) {
        snprintf(
            json, sizeof json,
            "{'tz':'%s','merge':'top','layers':[{'anchor':'2026-01-05T09:00','every':[1,'day'],"
            "'users':['A','B',null]},{'anchor':'2026-02-01T00:00','every':[1,'month'],"
            "'users':['C'],'restrict':[{'start':'22:30','end':'02:15'}]}]}",
            zones[i]);
        struct coverage v = measure(NULL, json, "2026-01-01T00:00", 3653);
        int64_t sum = v.gap_s;

        for (size_t k = 0; k < v.loads.n; k++)
            sum += v.loads.items[k].total_s;
        assert_int_equal(sum, 3653 * 24 * HOUR_S);
        assert_false(v.cut);
        coverage_done(&v);
    }
}

static void too_many_edges__end_the_walk_early__and_say_so(void **state)
{
    (void)state;
    struct coverage v = measure(NULL,
                                "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T00:00',"
                                "'every':[1,'second'],'users':['A','B']}]}",
                                "2026-01-05T00:00Z", 400);

    assert_true(v.cut);
    assert_int_equal(v.to_ms - v.from_ms, COVERAGE_EDGES * 1000);
    assert_int_equal(v.score, 100);
    coverage_done(&v);
}

static void schedule__matters__when_a_policy_tells_it(void **state)
{
    struct schedule s = {.name = "primary"}, other = {.name = "other"};
    struct contact to = {.kind = CONTACT_SCHEDULE, .schedule = &s};
    struct step step = {.notify = &to, .n_notify = 1};
    struct policy policies[] = {{.name = "a"}, {.name = "b", .steps = &step, .n_steps = 1}};
    struct config c = {.policies = policies, .n_policies = 2};
    (void)state;
    assert_true(coverage_matters(&c, &s));
    assert_false(coverage_matters(&c, &other));
    policies[1] = (struct policy){.name = "b", .fallback = &to, .n_fallback = 1};
    assert_true(coverage_matters(&c, &s));
    c.n_policies = 1;
    assert_false(coverage_matters(&c, &s));
}

/* --- imported calendars: shifts instead of turns ------------------------------------------- */

static void imported_shifts__are_on_call_from_start_to_end(void **state)
{
    const char *a[] = {"A"}, *ab[] = {"A", "B"};
    struct shift shifts[] = {{1000, 5000, {a, 1}}, {5000, 9000, {ab, 2}}, {20000, 30000, {a, 1}}};
    struct layer l = {.name = "vendor",
                      .zone = zone_utc(),
                      .imported = true,
                      .shifts = shifts,
                      .n_shifts = 3,
                      .from_ms = INT64_MIN,
                      .until_ms = 25000};
    struct schedule s = {.name = "s", .zone = zone_utc(), .layers = &l, .n_layers = 1};
    static const struct {
        int64_t at_ms;
        const char *who;
        int64_t change_ms;
    } cases[] = {
        {0, "-", 1000},      {999, "-", 1000},        {1000, "A", 5000},       {4999, "A", 5000},
        {5000, "A+B", 9000}, {8999, "A+B", 9000},     {9000, "-", 20000},      {20000, "A", 25000},
        {24000, "A", 25000}, {25000, "-", INT64_MAX}, {40000, "-", INT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(who(&s, cases[i].at_ms), cases[i].who);
        assert_int_equal(oncall_next_change(&s, cases[i].at_ms, INT64_MAX), cases[i].change_ms);
    }
}

static void imported_layer_without_shifts__is_transparent(void **state)
{
    struct layer l = {.name = "vendor",
                      .zone = zone_utc(),
                      .imported = true,
                      .from_ms = INT64_MIN,
                      .until_ms = INT64_MAX};
    struct schedule s = {.name = "s", .zone = zone_utc(), .layers = &l, .n_layers = 1};
    (void)state;
    assert_string_equal(who(&s, 0), "-");
    assert_int_equal(oncall_next_edge(&s, 0), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_people__four_weeks__the_same_for_both),
        TEST(nights__of_changing_clocks__are_as_long_as_they_are),
        TEST(hours__are_counted_by_the_clock_of_the_person),
        TEST(gaps__between_two_places__only_while_their_clocks_disagree),
        TEST(double_cover__of_groups_and_unions__is_meant),
        TEST(turn__interrupted__counts_twice__and_a_helper_takes_none_of_the_balance),
        TEST(member__who_never_serves__costs_half_the_score),
        TEST(nobody_at_all__is_one_gap_and_score_0),
        TEST(hours_and_gaps__add_up__over_ten_years),
        TEST(too_many_edges__end_the_walk_early__and_say_so),
        TEST(schedule__matters__when_a_policy_tells_it),
        TEST(imported_shifts__are_on_call_from_start_to_end),
        TEST(imported_layer_without_shifts__is_transparent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
