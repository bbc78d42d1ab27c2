/* test_oncall.c - what every key of a schedule means. */
#include "asking.h"

/* --- handoffs where clocks jump ------------------------------------------------------------ */

static void handoff__in_a_hole__falls_where_gap_says(void **state)
{
    (void)state;
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-03-06T02:30','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-03-08T06:59:59Z", "B"}, {"2026-03-08T07:00:00Z", "C"},
          {"2026-03-09T06:29:59Z", "C"}, {"2026-03-09T06:30:00Z", "A"});
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-03-06T02:30','every':[1,'day'],"
          "'gap':'shift','users':['A','B','C']}]}",
          {"2026-03-08T07:29:59Z", "B"}, {"2026-03-08T07:30:00Z", "C"},
          {"2026-03-09T06:30:00Z", "A"});
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-03-06T02:30','every':[1,'day'],"
          "'gap':'before','users':['A','B','C']}]}",
          {"2026-03-08T06:29:59Z", "B"}, {"2026-03-08T06:30:00Z", "C"},
          {"2026-03-08T07:10:00Z", "C"}, {"2026-03-09T06:30:00Z", "A"});
}

static void handoff__odd_holes_and_folds__is_the_first_valid_instant(void **state)
{
    (void)state;
    /* Lord Howe moves by half an hour: 02:00 to 02:30, and back over 01:30 to 02:00. */
    CHECK("{'tz':'Australia/Lord_Howe','layers':[{'anchor':'2026-10-02T02:15','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-10-03T15:29:59Z", "B"}, {"2026-10-03T15:30:00Z", "C"});
    CHECK("{'tz':'Australia/Lord_Howe','layers':[{'anchor':'2026-04-03T01:45','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-04-04T14:44:59Z", "B"}, {"2026-04-04T14:45:00Z", "C"},
          {"2026-04-04T15:10:00Z", "C"}, {"2026-04-04T15:15:00Z", "C"});
    /* Troll jumps two hours; Nuuk an hour before midnight, into the next date. */
    CHECK("{'tz':'Antarctica/Troll','layers':[{'anchor':'2026-03-27T02:00','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-03-29T00:59:59Z", "B"}, {"2026-03-29T01:00:00Z", "C"});
    CHECK("{'tz':'America/Nuuk','layers':[{'anchor':'2026-03-26T23:30','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-03-29T00:59:59Z", "B"}, {"2026-03-29T01:00:00Z", "C"});
    /* Havana has no midnight on the day it springs forward, two on the day it falls back. */
    CHECK("{'tz':'America/Havana','layers':[{'anchor':'2026-03-06T00:00','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-03-08T04:59:59Z", "B"}, {"2026-03-08T05:00:00Z", "C"});
    CHECK("{'tz':'America/Havana','layers':[{'anchor':'2026-10-30T00:00','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-11-01T03:59:59Z", "B"}, {"2026-11-01T04:00:00Z", "C"},
          {"2026-11-01T05:00:00Z", "C"});
    /* Dublin's winter is its "daylight" time. */
    CHECK("{'tz':'Europe/Dublin','layers':[{'anchor':'2026-03-27T01:30','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-03-29T00:59:59Z", "B"}, {"2026-03-29T01:00:00Z", "C"});
    /* Casablanca goes back for Ramadan. */
    CHECK("{'tz':'Africa/Casablanca','layers':[{'anchor':'2026-02-14T09:00','every':[1,'day'],"
          "'users':['A','B']}]}",
          {"2026-02-14T08:00:00Z", "A"}, {"2026-02-15T08:59:59Z", "A"},
          {"2026-02-15T09:00:00Z", "B"});
}

static void handoff__elapsed_or_wall__differ_by_the_hour_of_the_jump(void **state)
{
    (void)state;
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-03-07T08:00','every':[12,'hour'],"
          "'clock':'wall','users':['A','B']}]}",
          {"2026-03-08T01:00:00Z", "B"}, {"2026-03-08T11:59:59Z", "B"},
          {"2026-03-08T12:00:00Z", "A"});
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-03-07T08:00','every':[1,'day'],"
          "'clock':'elapsed','users':['A','B']}]}",
          {"2026-03-08T12:59:59Z", "A"}, {"2026-03-08T13:00:00Z", "B"});
    /* An anchor that is an instant means the same moment in any zone. */
    CHECK("{'tz':'Asia/Tokyo','layers':[{'anchor':'2026-03-07T08:00:00Z','every':[6,'hour'],"
          "'users':['A','B']}]}",
          {"2026-03-07T13:59:59Z", "A"}, {"2026-03-07T14:00:00Z", "B"});
}

static void anchor__instant_in_the_second_pass__hands_over_then_and_not_at_the_first(void **state)
{
    (void)state;
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-11-01T06:30:00Z','every':[1,'day'],"
          "'users':['A','B']}]}",
          {"2026-11-01T05:30:00Z", "-"}, {"2026-11-01T06:29:59Z", "-"},
          {"2026-11-01T06:30:00Z", "A"}, {"2026-11-02T06:30:00Z", "B"});
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-11-01T06:30:00Z','every':[1,'day'],"
          "'users':['A','B'],'backwards':true}]}",
          {"2026-11-01T05:30:00Z", "B"}, {"2026-11-01T06:29:59Z", "B"},
          {"2026-11-01T06:30:00Z", "A"});
}

static void handoff__wall_hours_over_a_jump__skips_or_stretches_one_turn(void **state)
{
    (void)state;
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-03-08T00:00','every':[1,'hour'],"
          "'clock':'wall','users':['0','1','2','3','4','5']}]}",
          {"2026-03-08T06:59:59Z", "1"}, {"2026-03-08T07:00:00Z", "3"});
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-11-01T00:00','every':[1,'hour'],"
          "'clock':'wall','users':['0','1','2','3','4','5']}]}",
          {"2026-11-01T05:00:00Z", "1"}, {"2026-11-01T06:30:00Z", "1"},
          {"2026-11-01T06:59:59Z", "1"}, {"2026-11-01T07:00:00Z", "2"});
}

static void handoff__far_future__follows_the_rule_behind_the_table(void **state)
{
    (void)state;
    CHECK("{'tz':'America/New_York','layers':[{'anchor':'2026-01-05T09:00','every':[1,'week'],"
          "'users':['A']},{'anchor':'2100-07-01T09:00','every':[1,'week'],'users':['X']}]}",
          {"2100-07-01T12:59:59Z", "A"}, {"2100-07-01T13:00:00Z", "A+X"});
    CHECK("{'tz':'Europe/Berlin','layers':[{'anchor':'2300-01-15T09:00','every':[1,'day'],"
          "'users':['A']}]}",
          {"2300-01-15T07:59:59Z", "-"}, {"2300-01-15T08:00:00Z", "A"});
}

/* --- months ---------------------------------------------------------------------------------- */

static void month__anchored_on_the_31st__is_clamped_last_or_rolled_over(void **state)
{
    (void)state;
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-31T09:00','every':[1,'month'],"
          "'users':['A','B','C','D']}]}",
          {"2026-02-28T08:59:59Z", "A"}, {"2026-02-28T09:00:00Z", "B"},
          {"2026-03-31T08:59:59Z", "B"}, {"2026-03-31T09:00:00Z", "C"},
          {"2026-04-30T09:00:00Z", "D"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-31T09:00','every':[1,'month'],"
          "'month_day':'overflow','users':['A','B','C','D']}]}",
          {"2026-03-03T08:59:59Z", "A"}, {"2026-03-03T09:00:00Z", "B"},
          {"2026-03-31T09:00:00Z", "C"}, {"2026-05-01T08:59:59Z", "C"},
          {"2026-05-01T09:00:00Z", "D"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-02-28T09:00','every':[1,'month'],"
          "'month_day':'last','users':['A','B','C']}]}",
          {"2026-03-28T09:00:00Z", "A"}, {"2026-03-31T08:59:59Z", "A"},
          {"2026-03-31T09:00:00Z", "B"}, {"2026-04-30T09:00:00Z", "C"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-02-28T09:00','every':[1,'month'],"
          "'users':['A','B','C']}]}",
          {"2026-03-28T08:59:59Z", "A"}, {"2026-03-28T09:00:00Z", "B"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2024-02-29T00:00','every':[12,'month'],"
          "'users':['A','B']}]}",
          {"2025-02-27T23:59:59Z", "A"}, {"2025-02-28T00:00:00Z", "B"},
          {"2028-02-28T23:59:59Z", "B"}, {"2028-02-29T00:00:00Z", "A"});
}

/* --- who is next ----------------------------------------------------------------------------- */

static void turn__before_the_anchor__is_nobodys_unless_it_runs_backwards(void **state)
{
    (void)state;
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T09:00','every':[1,'day'],"
          "'users':['A','B','C']}]}",
          {"2026-01-05T08:59:59Z", "-"}, {"2026-01-05T09:00:00Z", "A"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T09:00','every':[1,'day'],"
          "'backwards':true,'users':['A','B','C']}]}",
          {"2026-01-05T08:59:59Z", "C"}, {"2026-01-04T09:00:00Z", "C"},
          {"2026-01-04T08:59:59Z", "B"}, {"2026-01-02T09:00:00Z", "A"},
          {"2026-01-01T09:00:00Z", "C"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T09:00','every':[1,'day'],"
          "'start_index':1,'users':['A','B','C']}]}",
          {"2026-01-05T09:00:00Z", "B"}, {"2026-01-07T09:00:00Z", "A"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-31T09:00','every':[1,'month'],"
          "'backwards':true,'users':['A','B','C']}]}",
          {"2026-01-01T00:00:00Z", "C"}, {"2025-12-31T08:59:59Z", "B"},
          {"2025-11-30T09:00:00Z", "B"}, {"2025-11-30T08:59:59Z", "A"});
}

static void turn__vacant_slot__is_a_gap_that_keeps_the_cadence(void **state)
{
    (void)state;
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-01T00:00','every':[1,'day'],"
          "'users':['A',null,['B','C']]}]}",
          {"2026-01-01T12:00:00Z", "A"}, {"2026-01-02T12:00:00Z", "-"},
          {"2026-01-03T12:00:00Z", "B+C"}, {"2026-01-04T12:00:00Z", "A"});
}

static void turn__layer_with_bounds__serves_between_them_without_losing_phase(void **state)
{
    (void)state;
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-01T00:00','every':[1,'day'],"
          "'from':'2026-01-03T06:00','until':'2026-01-04T06:00Z','users':['A','B','C']}]}",
          {"2026-01-03T05:59:59Z", "-"}, {"2026-01-03T06:00:00Z", "C"},
          {"2026-01-04T05:59:59Z", "A"}, {"2026-01-04T06:00:00Z", "-"});
}

static void turn__advance_active__passes_only_days_that_count(void **state)
{
    (void)state;
    const char *weekdays = "'restrict':[{'days':['mon','tue','wed','thu','fri'],"
                           "'start':'09:00','end':'17:00'}]";
    char json[512];
    snprintf(json, sizeof json,
             "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T09:00','every':[1,'day'],"
             "'advance':'active','users':['A','B','C','D','E'],%s}]}",
             weekdays);
    CHECK(json, {"2026-01-05T09:00:00Z", "A"}, {"2026-01-09T10:00:00Z", "E"},
          {"2026-01-10T10:00:00Z", "-"}, {"2026-01-12T10:00:00Z", "A"},
          {"2026-01-16T16:59:59Z", "E"});
    snprintf(json, sizeof json,
             "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T09:00','every':[2,'day'],"
             "'advance':'active','users':['A','B','C','D'],%s}]}",
             weekdays);
    CHECK(json, {"2026-01-05T10:00:00Z", "A"}, {"2026-01-06T10:00:00Z", "A"},
          {"2026-01-07T10:00:00Z", "B"}, {"2026-01-08T10:00:00Z", "B"},
          {"2026-01-09T10:00:00Z", "C"}, {"2026-01-12T10:00:00Z", "C"},
          {"2026-01-13T10:00:00Z", "D"}, {"2026-01-14T10:00:00Z", "D"},
          {"2026-01-15T10:00:00Z", "A"});
    /* Anchored on a Saturday, the first turn is Monday's. */
    snprintf(json, sizeof json,
             "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-03T09:00','every':[1,'day'],"
             "'advance':'active','users':['A','B','C','D','E'],%s}]}",
             weekdays);
    CHECK(json, {"2026-01-03T10:00:00Z", "-"}, {"2026-01-05T10:00:00Z", "A"},
          {"2026-01-06T10:00:00Z", "B"});
}

/* A weekly window's days are all those it touches. */
static void turn__advance_active_with_windows__counts_the_days_they_touch(void **state)
{
    (void)state;
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-09T00:00','every':[1,'day'],"
          "'advance':'active','users':['A','B','C','D'],"
          "'restrict':[{'from':'fri 18:00','to':'mon 00:00'}]}]}",
          {"2026-01-09T20:00:00Z", "A"}, {"2026-01-10T20:00:00Z", "B"},
          {"2026-01-11T23:59:59Z", "C"}, {"2026-01-16T20:00:00Z", "D"},
          {"2026-01-17T20:00:00Z", "A"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T00:00','every':[1,'day'],"
          "'advance':'active','users':['A','B','C','D','E','F','G','H'],"
          "'restrict':[{'from':'mon 10:00','to':'mon 08:00'}]}]}",
          {"2026-01-05T20:00:00Z", "A"}, {"2026-01-08T20:00:00Z", "D"},
          {"2026-01-12T20:00:00Z", "H"});
}

/* --- layers over each other ------------------------------------------------------------------- */

static void merge__top_union_level__choose_as_their_names_say(void **state)
{
    (void)state;
    const char *layers =
        "'layers':["
        "{'anchor':'2026-01-05T00:00','every':[1,'day'],'users':['A'],'level':2},"
        "{'anchor':'2026-01-05T00:00','every':[1,'day'],'users':['B',null],'level':5},"
        "{'anchor':'2026-01-05T00:00','every':[1,'day'],'users':['C','A'],'level':5,"
        " 'restrict':[{'start':'00:00','end':'12:00'}]}]}";
    char json[768];
    snprintf(json, sizeof json, "{'tz':'Etc/UTC','merge':'top',%s", layers);
    CHECK(json, {"2026-01-05T06:00:00Z", "C"}, {"2026-01-05T18:00:00Z", "B"},
          {"2026-01-06T06:00:00Z", "A"}, {"2026-01-06T18:00:00Z", "A"});
    snprintf(json, sizeof json, "{'tz':'Etc/UTC','merge':'union',%s", layers);
    CHECK(json, {"2026-01-05T06:00:00Z", "A+B+C"}, {"2026-01-05T18:00:00Z", "A+B"},
          {"2026-01-06T06:00:00Z", "A"}, {"2026-01-06T18:00:00Z", "A"});
    snprintf(json, sizeof json, "{'tz':'Etc/UTC','merge':'level',%s", layers);
    CHECK(json, {"2026-01-05T06:00:00Z", "B+C"}, {"2026-01-05T18:00:00Z", "B"},
          {"2026-01-06T06:00:00Z", "A"}, {"2026-01-06T18:00:00Z", "A"});
}

static void merge__layers_of_two_zones__each_keeps_its_own_clock(void **state)
{
    (void)state;
    CHECK("{'tz':'Europe/Berlin','merge':'union','layers':["
          "{'anchor':'2026-01-05T00:00','every':[1,'week'],'users':['eu'],"
          " 'restrict':[{'start':'09:00','end':'17:00'}]},"
          "{'tz':'America/New_York','anchor':'2026-01-05T00:00','every':[1,'week'],'users':['us'],"
          " 'restrict':[{'start':'11:00','end':'17:00'}]}]}",
          {"2026-01-07T15:59:59Z", "eu"}, {"2026-01-07T16:00:00Z", "us"},
          {"2026-03-10T15:30:00Z", "eu+us"}, {"2026-03-31T15:00:00Z", "us"});
}

/* --- overrides -------------------------------------------------------------------------------- */

#define AB                                                                                         \
    "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T00:00','every':[1,'week'],"                   \
    "'users':[['A','B'],'C']}],'overrides':["
#define DAY_6 "'start':'2026-01-06T00:00','end':'2026-01-07T00:00'"

static void override__set__takes_the_place_of_the_layers_and_the_last_listed_wins(void **state)
{
    (void)state;
    CHECK(AB "{" DAY_6 ",'set':['X']},{'start':'2026-01-06T12:00','end':'2026-01-06T13:00',"
             "'set':['Y']}]}",
          {"2026-01-05T23:59:59Z", "A+B"}, {"2026-01-06T00:00:00Z", "X"},
          {"2026-01-06T12:00:00Z", "Y"}, {"2026-01-06T13:00:00Z", "X"},
          {"2026-01-07T00:00:00Z", "A+B"});
}

static void override__remove_and_replace__touch_only_who_is_on_call(void **state)
{
    (void)state;
    CHECK(AB "{" DAY_6 ",'remove':['A']}]}", {"2026-01-06T06:00:00Z", "B"});
    CHECK(AB "{" DAY_6 ",'remove':['A','B']}]}", {"2026-01-06T06:00:00Z", "-"});
    CHECK(AB "{" DAY_6 ",'remove':['C']}]}", {"2026-01-06T06:00:00Z", "A+B"});
    CHECK(AB "{" DAY_6 ",'replace':'A','with':'X'}]}", {"2026-01-06T06:00:00Z", "X+B"});
    CHECK(AB "{" DAY_6 ",'replace':'C','with':'X'}]}", {"2026-01-06T06:00:00Z", "A+B"});
    CHECK(AB "{" DAY_6 ",'replace':'A','with':'B'}]}", {"2026-01-06T06:00:00Z", "B"});
    /* Replace beats remove, in whatever order they stand. */
    CHECK(AB "{" DAY_6 ",'replace':'A','with':'X'},{" DAY_6 ",'remove':'A'}]}",
          {"2026-01-06T06:00:00Z", "X+B"});
    /* A substitute is not replaced again; two people may swap. */
    CHECK(AB "{" DAY_6 ",'replace':'A','with':'B'},{" DAY_6 ",'replace':'B','with':'A'}]}",
          {"2026-01-06T06:00:00Z", "B+A"});
}

static void override__add__is_appended_once_whoever_is_on_call(void **state)
{
    (void)state;
    CHECK(AB "{" DAY_6 ",'add':['X']},{" DAY_6 ",'add':['A','Y']}]}",
          {"2026-01-06T06:00:00Z", "A+B+X+Y"});
    CHECK(AB "{" DAY_6 ",'add':['X']},{" DAY_6 ",'remove':['A','B','X']}]}",
          {"2026-01-06T06:00:00Z", "X"});
    CHECK(AB "{" DAY_6 ",'set':['Z']},{" DAY_6 ",'add':['X']}]}", {"2026-01-06T06:00:00Z", "Z+X"});
}

static void override__what_decided__is_named(void **state)
{
    (void)state;
    struct schedule s = reading_text(
        &reading, AB "{" DAY_6 ",'add':['X']}],"
                     "'temporary':[{'start':'2026-01-08T00:00','end':'2026-01-09T00:00',"
                     "'shifts':[]}]}");
    struct oncall c;
    oncall_who(&s, reading_instant(s.zone, "2026-01-05T12:00"), &c);
    assert_string_equal(c.layer, "layer");
    oncall_who(&s, reading_instant(s.zone, "2026-01-06T12:00"), &c);
    assert_string_equal(c.layer, "override");
    oncall_who(&s, reading_instant(s.zone, "2026-01-08T12:00"), &c);
    assert_string_equal(c.layer, "temporary");
    oncall_who(&s, reading_instant(s.zone, "2026-01-04T12:00"), &c);
    assert_null(c.layer);
}

static void temporary__covers_the_instant__replaces_even_overrides_and_keeps_its_holes(void **state)
{
    (void)state;
    CHECK(AB "{" DAY_6 ",'set':['X']}],'temporary':[{" DAY_6 ",'shifts':["
             "{'start':'2026-01-06T08:00','end':'2026-01-06T16:00','user':'T'},"
             "{'start':'2026-01-06T12:00','end':'2026-01-06T18:00','user':['U','T']}]}]}",
          {"2026-01-06T07:59:59Z", "-"}, {"2026-01-06T08:00:00Z", "T"},
          {"2026-01-06T12:00:00Z", "T+U"}, {"2026-01-06T16:00:00Z", "U+T"},
          {"2026-01-06T18:00:00Z", "-"}, {"2026-01-07T00:00:00Z", "A+B"});
}

static void temporary__two_overlap__the_last_listed_wins(void **state)
{
    (void)state;
    CHECK(AB "],'temporary':[{" DAY_6 ",'shifts':[{" DAY_6 ",'user':'T'}]},"
             "{'start':'2026-01-06T12:00','end':'2026-01-06T18:00','shifts':["
             "{'start':'2026-01-06T12:00','end':'2026-01-06T15:00','user':'U'}]}]}",
          {"2026-01-06T11:59:59Z", "T"}, {"2026-01-06T12:00:00Z", "U"},
          {"2026-01-06T15:00:00Z", "-"}, {"2026-01-06T18:00:00Z", "T"});
}

/* --- properties ------------------------------------------------------------------------------- */

static void weekly__every_minute_of_a_year__one_person_and_fifty_two_handoffs(void **state)
{
    (void)state;
    char json[256];
    for (size_t i = 0; i < N_ZONES; i++) {
        snprintf(json, sizeof json,
                 "{'tz':'%s','layers':[{'anchor':'2025-12-22T02:15','every':[1,'week'],"
                 "'users':['A','B','C']}]}",
                 zones[i]);
        struct schedule s = reading_text(&reading, json);
        struct oncall was = {0}, now;
        int handoffs = 0;
        for (int64_t at = year_start_ms(); at < year_start_ms() + 364 * DAY_MS; at += MINUTE_MS) {
            oncall_who(&s, at, &now);
            assert_int_equal(now.n, 1);
            if (was.n && was.people[0] != now.people[0]) {
                handoffs++;
                assert_int_equal(now.people[0][0],
                                 was.people[0][0] == 'C' ? 'A' : was.people[0][0] + 1);
            }
            was = now;
        }
        assert_int_equal(handoffs, 52);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handoff__in_a_hole__falls_where_gap_says),
        TEST(handoff__odd_holes_and_folds__is_the_first_valid_instant),
        TEST(handoff__elapsed_or_wall__differ_by_the_hour_of_the_jump),
        TEST(anchor__instant_in_the_second_pass__hands_over_then_and_not_at_the_first),
        TEST(handoff__wall_hours_over_a_jump__skips_or_stretches_one_turn),
        TEST(handoff__far_future__follows_the_rule_behind_the_table),
        TEST(month__anchored_on_the_31st__is_clamped_last_or_rolled_over),
        TEST(turn__before_the_anchor__is_nobodys_unless_it_runs_backwards),
        TEST(turn__vacant_slot__is_a_gap_that_keeps_the_cadence),
        TEST(turn__layer_with_bounds__serves_between_them_without_losing_phase),
        TEST(turn__advance_active__passes_only_days_that_count),
        TEST(turn__advance_active_with_windows__counts_the_days_they_touch),
        TEST(merge__top_union_level__choose_as_their_names_say),
        TEST(merge__layers_of_two_zones__each_keeps_its_own_clock),
        TEST(override__set__takes_the_place_of_the_layers_and_the_last_listed_wins),
        TEST(override__remove_and_replace__touch_only_who_is_on_call),
        TEST(override__add__is_appended_once_whoever_is_on_call),
        TEST(override__what_decided__is_named),
        TEST(temporary__covers_the_instant__replaces_even_overrides_and_keeps_its_holes),
        TEST(temporary__two_overlap__the_last_listed_wins),
        TEST(weekly__every_minute_of_a_year__one_person_and_fifty_two_handoffs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
