/* test_hours.c - restrictions: what the wall clock shows decides. */
#include "asking.h"

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
                 "              {'from':'fri 20:30','to':'mon 01:45'}]}]}",
                 zones[i]);
        struct schedule s = reading_text(&reading, json);
        struct oncall c;
        for (int64_t at = year_start_ms(); at < year_start_ms() + 365 * DAY_MS; at += MINUTE_MS) {
            oncall_who(&s, at, &c);
            if (c.n != 1)
                fail_msg("%s: %zu at %lld", zones[i], c.n, (long long)at);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hours__past_midnight__belong_to_the_day_they_start_on),
        TEST(hours__start_equal_to_end__last_a_day_or_a_week),
        TEST(hours__where_clocks_jump__hold_by_what_the_clock_shows),
        TEST(complementary_hours__every_minute_of_a_year__exactly_one_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
