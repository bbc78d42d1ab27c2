/* test_zone_rule.c - POSIX footers, the odd ones among them. */
#include "base/civil.h"
#include "base/zone_impl.h"
#include "unit.h"

static int64_t utc(int year, int month, int day, int hour, int minute)
{
    struct civil c = {year, month, day, hour, minute, 0};
    return civil_seconds(&c);
}

/* Offsets in hundredths of an hour, a second before and at the year's two steps. */
struct steps {
    const char *footer;
    int year;
    int64_t first, second;
    int before, between, after;
};

static void rule__footers_of_the_database__steps_where_they_say(void **state)
{
    (void)state;
    const struct steps cases[] = {
        {"EST5EDT,M3.2.0,M11.1.0", 2100, utc(2100, 3, 14, 7, 0), utc(2100, 11, 7, 6, 0), -500, -400,
         -500},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2100, utc(2100, 4, 3, 15, 0),
         utc(2100, 10, 2, 15, 30), 1100, 1050, 1100},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 2100, utc(2100, 3, 28, 1, 0), utc(2100, 10, 31, 1, 0), 0,
         100, 0},
        {"<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", 2100, utc(2100, 3, 28, 1, 0), utc(2100, 10, 31, 1, 0),
         0, 200, 0},
        {"<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", 2100, utc(2100, 4, 3, 14, 0),
         utc(2100, 9, 25, 14, 0), 1375, 1275, 1375},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2100, utc(2100, 3, 28, 1, 0), utc(2100, 10, 31, 1, 0),
         -200, -100, -200},
        {"EET-2EEST,M4.5.5/0,M10.5.4/24", 2100, utc(2100, 4, 29, 22, 0), utc(2100, 10, 28, 21, 0),
         200, 300, 200},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", 2100, utc(2100, 3, 27, 0, 0), utc(2100, 10, 29, 23, 0),
         200, 300, 200},
        {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", 2100, utc(2100, 4, 4, 3, 0), utc(2100, 9, 5, 4, 0),
         -300, -400, -300},
        {"CET-1CEST,J60/2,J300/3", 2024, utc(2024, 3, 1, 1, 0), utc(2024, 10, 27, 1, 0), 100, 200,
         100},
        {"CET-1CEST,59/2,299/3", 2024, utc(2024, 2, 29, 1, 0), utc(2024, 10, 26, 1, 0), 100, 200,
         100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct steps *c = &cases[i];
        struct zone_rule r;
        struct zone_step s[2];
        struct err e;
        if (zone_rule_parse(c->footer, &r, &e) != 0)
            fail_msg("%s", e.text);
        zone_rule_steps(&r, c->year, s);
        if (s[0].at_s != c->first || s[1].at_s != c->second)
            fail_msg("%s: %lld %lld", c->footer, (long long)s[0].at_s, (long long)s[1].at_s);
        assert_int_equal(zone_rule_offset(&r, c->first - 1), c->before * 36);
        assert_int_equal(zone_rule_offset(&r, c->first), c->between * 36);
        assert_int_equal(zone_rule_offset(&r, c->second - 1), c->between * 36);
        assert_int_equal(zone_rule_offset(&r, c->second), c->after * 36);
    }
}

static void rule__daylight_time_all_year__never_leaves_it(void **state)
{
    (void)state;
    struct zone_rule r;
    assert_int_equal(zone_rule_parse("EST5EDT,0/0,J365/25", &r, NULL), 0);
    for (int64_t at = utc(2099, 12, 20, 0, 0); at < utc(2101, 1, 10, 0, 0); at += 600)
        assert_int_equal(zone_rule_offset(&r, at), -4 * 3600);
}

static void rule__without_daylight_time__is_one_offset(void **state)
{
    (void)state;
    struct zone_rule r;
    assert_int_equal(zone_rule_parse("IST-5:30", &r, NULL), 0);
    assert_int_equal(zone_rule_offset(&r, 0), 19800);
    assert_int_equal(zone_rule_parse("<-0330>3:30:15", &r, NULL), 0);
    assert_int_equal(zone_rule_offset(&r, 0), -(3 * 3600 + 30 * 60 + 15));
    assert_int_equal(zone_rule_parse("", &r, NULL), 0);
    assert_false(r.given);
}

static void rule__bad_text__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "E5",
        "EST",
        "EST5EDT",
        "EST5EDT,",
        "EST5EDT,M3.2.0",
        "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M0.2.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,J0,J5",
        "EST5EDT,J366,J5",
        "EST5EDT,366,5",
        "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0/-168,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0 ",
        "EST5EDT,M3.2.0/2:60,M11.1.0",
        "<+01-1",
        "<>5",
        "EST25",
        "EST5EDT,M3,2,0,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0,M1.1.1",
        ",",
        "EST-",
        "EST5:",
        "EST99999999999",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct zone_rule r = {.std_s = 7};
        if (zone_rule_parse(bad[i], &r, NULL) == 0)
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(r.std_s, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule__footers_of_the_database__steps_where_they_say),
        cmocka_unit_test(rule__daylight_time_all_year__never_leaves_it),
        cmocka_unit_test(rule__without_daylight_time__is_one_offset),
        cmocka_unit_test(rule__bad_text__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
