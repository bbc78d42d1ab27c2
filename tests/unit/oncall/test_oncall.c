/* test_oncall.c - what every key of a schedule means, and where answers change. */
#include "reading.h"

#include "oncall/oncall.h"
#include "random.h"

#define MINUTE_MS ((int64_t)60000)
#define DAY_MS (1440 * MINUTE_MS)

static struct reading reading;

static int set_up(void **state)
{
    (void)state;
    reading_init(&reading);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reading_done(&reading);
    return 0;
}

/* "A+B" at an instant; "-" for nobody. */
static const char *who(const struct schedule *s, int64_t at_ms)
{
    static char text[512];
    struct oncall c;
    oncall_who(s, at_ms, &c);
    text_copy(text, sizeof text, c.n ? "" : "-");
    for (size_t i = 0; i < c.n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "+" : "",
                 c.people[i]);
    return text;
}

struct expected {
    const char *at, *people;
};

static void check(const char *json, const struct expected *want)
{
    struct schedule s = reading_text(&reading, json);
    for (; want->at; want++) {
        const char *have = who(&s, reading_instant(s.zone, want->at));
        if (strcmp(have, want->people) != 0)
            fail_msg("%s: %s, expected %s, by %s", want->at, have, want->people, json);
    }
}

#define CHECK(json, ...) check(json, (const struct expected[]){__VA_ARGS__, {NULL, NULL}})

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
             "'advance':'active','users':['A','B','C','D','E'],%s}]}", weekdays);
    CHECK(json, {"2026-01-05T09:00:00Z", "A"}, {"2026-01-09T10:00:00Z", "E"},
          {"2026-01-10T10:00:00Z", "-"}, {"2026-01-12T10:00:00Z", "A"},
          {"2026-01-16T16:59:59Z", "E"});
    snprintf(json, sizeof json,
             "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T09:00','every':[2,'day'],"
             "'advance':'active','users':['A','B','C','D'],%s}]}", weekdays);
    CHECK(json, {"2026-01-05T10:00:00Z", "A"}, {"2026-01-06T10:00:00Z", "A"},
          {"2026-01-07T10:00:00Z", "B"}, {"2026-01-08T10:00:00Z", "B"},
          {"2026-01-09T10:00:00Z", "C"}, {"2026-01-12T10:00:00Z", "C"},
          {"2026-01-13T10:00:00Z", "D"}, {"2026-01-14T10:00:00Z", "D"},
          {"2026-01-15T10:00:00Z", "A"});
    /* Anchored on a Saturday, the first turn is Monday's. */
    snprintf(json, sizeof json,
             "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-03T09:00','every':[1,'day'],"
             "'advance':'active','users':['A','B','C','D','E'],%s}]}", weekdays);
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

/* --- hours ----------------------------------------------------------------------------------- */

static void hours__past_midnight__belong_to_the_day_they_start_on(void **state)
{
    (void)state;
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-01T00:00','every':[1,'week'],"
          "'users':['A'],'restrict':[{'days':['fri'],'start':'22:00','end':'06:00'}]}]}",
          {"2026-01-09T21:59:59Z", "-"}, {"2026-01-09T22:00:00Z", "A"},
          {"2026-01-10T05:59:59Z", "A"}, {"2026-01-10T06:00:00Z", "-"},
          {"2026-01-09T05:00:00Z", "-"}, {"2026-01-10T22:00:00Z", "-"});
}

static void hours__start_equal_to_end__last_a_day_or_a_week(void **state)
{
    (void)state;
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-01T00:00','every':[1,'week'],"
          "'users':['A'],'restrict':[{'days':['mon'],'start':'09:00','end':'09:00'}]}]}",
          {"2026-01-12T08:59:59Z", "-"}, {"2026-01-12T09:00:00Z", "A"},
          {"2026-01-13T08:59:59Z", "A"}, {"2026-01-13T09:00:00Z", "-"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-01T00:00','every':[1,'week'],"
          "'users':['A'],'restrict':[{'days':['mon'],'start':'00:00','end':'24:00'}]}]}",
          {"2026-01-11T23:59:59Z", "-"}, {"2026-01-12T00:00:00Z", "A"},
          {"2026-01-12T23:59:59Z", "A"}, {"2026-01-13T00:00:00Z", "-"});
    CHECK("{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-01T00:00','every':[1,'week'],"
          "'users':['A'],'restrict':[{'from':'wed 12:00','to':'wed 12:00'}]}]}",
          {"2026-01-14T11:59:59Z", "A"}, {"2026-01-14T12:00:00Z", "A"});
}

static void hours__where_clocks_jump__hold_by_what_the_clock_shows(void **state)
{
    (void)state;
    const char *json =
        "{'tz':'America/New_York','layers':[{'anchor':'2026-01-01T00:00','every':[1,'week'],"
        "'users':['A'],'restrict':[{'start':'01:00','end':'01:30'},{'start':'02:00','end':'03:00'}]"
        "}]}";
    CHECK(json, {"2026-11-01T05:00:00Z", "A"}, {"2026-11-01T05:30:00Z", "-"},
          {"2026-11-01T06:00:00Z", "A"}, {"2026-11-01T06:30:00Z", "-"},
          {"2026-03-08T06:59:59Z", "-"}, {"2026-03-08T07:00:00Z", "-"},
          {"2026-03-09T06:30:00Z", "A"});
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

#define AB "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T00:00','every':[1,'week']," \
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

static const char *const zones[] = {
    "America/New_York",  "Australia/Lord_Howe", "Europe/Dublin",  "Africa/Casablanca",
    "America/Nuuk",      "Asia/Gaza",           "Antarctica/Troll", "America/Santiago",
};
#define N_ZONES (sizeof zones / sizeof *zones)

static int64_t year_start_ms(void)
{
    return civil_days(2026, 1, 1) * DAY_MS;
}

static void weekly__every_minute_of_a_year__one_person_and_fifty_two_handoffs(void **state)
{
    (void)state;
    char json[256];
    for (size_t i = 0; i < N_ZONES; i++) {
        snprintf(json, sizeof json,
                 "{'tz':'%s','layers':[{'anchor':'2025-12-22T02:15','every':[1,'week'],"
                 "'users':['A','B','C']}]}", zones[i]);
        struct schedule s = reading_text(&reading, json);
        struct oncall was = {0}, now;
        int handoffs = 0;
        for (int64_t at = year_start_ms(); at < year_start_ms() + 364 * DAY_MS; at += MINUTE_MS) {
            oncall_who(&s, at, &now);
            assert_int_equal(now.n, 1);
            if (was.n && was.people[0] != now.people[0]) {
                handoffs++;
                assert_int_equal(now.people[0][0], was.people[0][0] == 'C' ? 'A'
                                                                            : was.people[0][0] + 1);
            }
            was = now;
        }
        assert_int_equal(handoffs, 52);
    }
}

static void complementary_hours__every_minute_of_a_year__exactly_one_holds(void **state)
{
    (void)state;
    char json[512];
    for (size_t i = 0; i < N_ZONES; i++) {
        snprintf(json, sizeof json,
                 "{'tz':'%s','merge':'union','layers':["
                 "{'anchor':'2025-01-01T00:00','every':[1,'week'],'users':['day'],"
                 " 'restrict':[{'days':['mon','tue','wed','thu','fri'],"
                 "              'start':'01:45','end':'20:30'}]},"
                 "{'anchor':'2025-01-01T00:00','every':[1,'week'],'users':['night'],"
                 " 'restrict':[{'days':['mon','tue','wed','thu'],'start':'20:30','end':'01:45'},"
                 "              {'from':'fri 20:30','to':'mon 01:45'}]}]}", zones[i]);
        struct schedule s = reading_text(&reading, json);
        struct oncall c;
        for (int64_t at = year_start_ms(); at < year_start_ms() + 365 * DAY_MS; at += MINUTE_MS) {
            oncall_who(&s, at, &c);
            if (c.n != 1)
                fail_msg("%s: %zu at %lld", zones[i], c.n, (long long)at);
        }
    }
}

/* --- edges ------------------------------------------------------------------------------------ */

static const char *random_word(struct dice *d, const char *const *words, int n)
{
    return words[dice_in(d, 0, n - 1)];
}

static void random_layer_json(struct dice *d, const char *day, char *dst, size_t size)
{
    static const char *const units[] = {"minute", "hour", "day", "week", "month"};
    static const char *const clocks[] = {"wall", "elapsed"};
    static const char *const gaps[] = {"next", "shift", "before"};
    static const char *const hours[] = {
        "", "'restrict':[{'start':'01:30','end':'02:30'}],",
        "'restrict':[{'days':['sun','mon'],'start':'22:00','end':'02:00'}],",
        "'restrict':[{'from':'sat 23:30','to':'sun 02:15'},{'start':'12:00','end':'12:00'}],"};
    int unit = (int)dice_in(d, 0, 4);
    char bounds[96] = "";
    if (dice_in(d, 0, 2) == 0)
        snprintf(bounds, sizeof bounds, "'from':'%sT%02d:45','until':'%sT11:00',", day,
                 (int)dice_in(d, 0, 5), day);
    snprintf(dst, size,
             "{%s'anchor':'2026-%02d-%02dT%02d:%02d','every':[%d,'%s'],'clock':'%s','gap':'%s',"
             "'advance':'%s',%s'users':['A','B',null,['C','D']],'backwards':%s,'level':%d}",
             bounds, (int)dice_in(d, 1, 12), (int)dice_in(d, 1, 28), (int)dice_in(d, 0, 5),
             (int)dice_in(d, 0, 3) * 15, unit ? (int)dice_in(d, 1, 3) : (int)dice_in(d, 10, 99),
             units[unit], random_word(d, clocks, 2), random_word(d, gaps, 3),
             dice_in(d, 0, 1) ? "active" : "calendar", random_word(d, hours, 4),
             dice_in(d, 0, 1) ? "true" : "false", (int)dice_in(d, 0, 2));
}

/* Overrides and a temporary schedule around `day`, a date with a jump of the clock. */
static void random_schedule_json(struct dice *d, const char *zone, const char *day, char *dst,
                                 size_t size)
{
    static const char *const merges[] = {"top", "union", "level"};
    char layers[2][640];
    for (int i = 0; i < 2; i++)
        random_layer_json(d, day, layers[i], sizeof layers[i]);
    snprintf(dst, size,
             "{'tz':'%s','merge':'%s','layers':[%s,%s],'overrides':["
             "{'start':'%sT%02d:10','end':'%sT14:00','%s':['A','X']},"
             "{'start':'%sT%02d:00','end':'%sT08:00','replace':'B','with':'Y'}],"
             "'temporary':[{'start':'%sT16:00','end':'%sT18:00','shifts':["
             "{'start':'%sT16:30','end':'%sT17:00','user':'T'}]}]}",
             zone, random_word(d, merges, 3), layers[0], layers[1], day, (int)dice_in(d, 0, 5), day,
             random_word(d, (const char *const[]){"set", "add", "remove"}, 3), day,
             (int)dice_in(d, 0, 5), day, day, day, day, day);
}

static bool same(const struct oncall *a, const struct oncall *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!text_eq(a->people[i], b->people[i]))
            return false;
    return true;
}

/* Between an instant and its edge nothing may change, minute by minute; and the change
 * that next_change finds from the start is the first there is. */
static void check_edges(const struct schedule *s, int64_t from_ms, int64_t to_ms, const char *json)
{
    struct oncall first, last, now;
    int64_t changed = INT64_MAX, edge = oncall_next_edge(s, from_ms);
    oncall_who(s, from_ms, &first);
    last = first;
    for (int64_t at = from_ms + MINUTE_MS; at <= to_ms; at += MINUTE_MS) {
        oncall_who(s, at, &now);
        if (changed == INT64_MAX && !same(&first, &now))
            changed = at;
        if (at < edge && !same(&last, &now))
            fail_msg("changed at %lld, before the edge %lld, by %s", (long long)at,
                     (long long)edge, json);
        if (at < edge)
            continue;
        last = now;
        edge = oncall_next_edge(s, at);
        assert_true(edge > at);
    }
    if (oncall_next_change(s, from_ms, to_ms) != changed)
        fail_msg("next change %lld, counted %lld, by %s",
                 (long long)oncall_next_change(s, from_ms, to_ms), (long long)changed, json);
}

static void next_edge__random_schedules_around_jumps__is_never_after_a_change(void **state)
{
    (void)state;
    static char json[4096];
    struct dice d = {271828};
    for (int n = 0; n < 200; n++) {
        const char *name = zones[dice_in(&d, 0, N_ZONES - 1)];
        const struct zone *z = reading_zone(&reading, name);
        int64_t after = year_start_ms() / 1000 + dice_in(&d, 0, 300) * 86400;
        int64_t jump = zone_next_transition(z, after);
        if (jump == INT64_MAX) /* a country gave it up */
            jump = after;
        int64_t from = jump * 1000 - DAY_MS - dice_in(&d, 0, 1440) * MINUTE_MS;
        char day[32];
        rfc3339_format(zone_local(z, jump) * 1000, day, sizeof day);
        day[10] = '\0';
        random_schedule_json(&d, name, day, json, sizeof json);
        struct schedule s = reading_text(&reading, json);
        check_edges(&s, from, from + 3 * DAY_MS, json);
    }
}

static void next_edge__nothing_left_to_change__is_never(void **state)
{
    (void)state;
    struct schedule s = reading_text(
        &reading, "{'tz':'America/New_York','layers':[{'anchor':'2026-01-05T09:00',"
                  "'every':[1,'week'],'users':['A']}]}");
    int64_t anchor = reading_instant(s.zone, "2026-01-05T09:00");
    assert_int_equal(oncall_next_edge(&s, anchor - 1), anchor);
    assert_int_equal(oncall_next_edge(&s, anchor), INT64_MAX);
    assert_int_equal(oncall_next_change(&s, anchor, anchor + 4000 * DAY_MS), INT64_MAX);
    assert_int_equal(oncall_next_change(&s, anchor - 5, anchor - 1), INT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handoff__in_a_hole__falls_where_gap_says),
        TEST(handoff__odd_holes_and_folds__is_the_first_valid_instant),
        TEST(handoff__elapsed_or_wall__differ_by_the_hour_of_the_jump),
        TEST(handoff__wall_hours_over_a_jump__skips_or_stretches_one_turn),
        TEST(handoff__far_future__follows_the_rule_behind_the_table),
        TEST(month__anchored_on_the_31st__is_clamped_last_or_rolled_over),
        TEST(turn__before_the_anchor__is_nobodys_unless_it_runs_backwards),
        TEST(turn__vacant_slot__is_a_gap_that_keeps_the_cadence),
        TEST(turn__layer_with_bounds__serves_between_them_without_losing_phase),
        TEST(turn__advance_active__passes_only_days_that_count),
        TEST(turn__advance_active_with_windows__counts_the_days_they_touch),
        TEST(hours__past_midnight__belong_to_the_day_they_start_on),
        TEST(hours__start_equal_to_end__last_a_day_or_a_week),
        TEST(hours__where_clocks_jump__hold_by_what_the_clock_shows),
        TEST(merge__top_union_level__choose_as_their_names_say),
        TEST(merge__layers_of_two_zones__each_keeps_its_own_clock),
        TEST(override__set__takes_the_place_of_the_layers_and_the_last_listed_wins),
        TEST(override__remove_and_replace__touch_only_who_is_on_call),
        TEST(override__add__is_appended_once_whoever_is_on_call),
        TEST(override__what_decided__is_named),
        TEST(temporary__covers_the_instant__replaces_even_overrides_and_keeps_its_holes),
        TEST(temporary__two_overlap__the_last_listed_wins),
        TEST(weekly__every_minute_of_a_year__one_person_and_fifty_two_handoffs),
        TEST(complementary_hours__every_minute_of_a_year__exactly_one_holds),
        TEST(next_edge__random_schedules_around_jumps__is_never_after_a_change),
        TEST(next_edge__nothing_left_to_change__is_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
