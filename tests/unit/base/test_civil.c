/* test_civil.c - the calendar against the C library's, and RFC 3339 both ways. */
#include <string.h>
#include <time.h>

#include "base/civil.h"
#include "random.h"
#include "unit.h"

static void check_instant(int64_t at)
{
    time_t t = (time_t)at;
    struct tm tm;
    struct civil c = civil_of(at);
    assert_non_null(gmtime_r(&t, &tm));
    if (c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 || c.day != tm.tm_mday ||
        c.hour != tm.tm_hour || c.minute != tm.tm_min || c.second != tm.tm_sec ||
        civil_weekday(at) != (tm.tm_wday + 6) % 7 || civil_seconds(&c) != at)
        fail_msg("%lld: %d-%d-%d", (long long)at, c.year, c.month, c.day);
}

static void civil__every_day_of_a_thousand_years__is_the_c_librarys(void **state)
{
    (void)state;
    struct dice d = {5};
    for (int64_t day = -200000; day < 200000; day++)
        check_instant(day * 86400 + dice_in(&d, 0, 86399));
    for (int i = 0; i < 100000; i++)
        check_instant(dice_in(&d, -60000000000000, 60000000000000));
}

static void days__month_out_of_range__carries(void **state)
{
    (void)state;
    assert_int_equal(civil_days(1970, 1, 1), 0);
    assert_int_equal(civil_days(2026, 13, 1), civil_days(2027, 1, 1));
    assert_int_equal(civil_days(2026, 0, 1), civil_days(2025, 12, 1));
    assert_int_equal(civil_days(2026, -11, 1), civil_days(2025, 1, 1));
    assert_int_equal(civil_days(2026, 25, 3), civil_days(2028, 1, 3));
    assert_int_equal(civil_days(2026, 2, 31), civil_days(2026, 3, 3));
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int month = 1; month <= 12; month++)
        assert_int_equal(civil_days_in_month(2026, month), lengths[month - 1]);
    assert_int_equal(civil_days_in_month(2024, 2), 29);
    assert_int_equal(civil_days_in_month(2000, 2), 29);
    assert_int_equal(civil_days_in_month(2100, 2), 28);
}

static void rfc3339__accepted_forms__are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
        bool has_zone;
    } cases[] = {
        {"1970-01-01", 0, false},
        {"2026-11-22T03:04:05.678Z", 1795316645678, true},
        {"2026-11-22T03:04:05Z", 1795316645000, true},
        {"2026-11-22t03:04:05z", 1795316645000, true},
        {"2026-11-22 03:04", 1795316640000, false},
        {"2026-11-22T03:04:05.6789012", 1795316645678, false},
        {"2026-11-22T03:04:05.1", 1795316645100, false},
        {"2026-11-22T04:34+01:30", 1795316640000, true},
        {"2026-11-21T22:04-05:00", 1795316640000, true},
        {"0001-01-01T00:00Z", -62135596800000, true},
        {"9999-12-31T23:59:59.999Z", 253402300799999, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = -1;
        bool has_zone;
        if (rfc3339_parse(cases[i].text, &ms, &has_zone) != 0 || ms != cases[i].ms ||
            has_zone != cases[i].has_zone)
            fail_msg("%s: %lld", cases[i].text, (long long)ms);
    }
}

static void rfc3339__anything_else__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026",
        "2026-1-05",
        "2026-13-01",
        "2026-00-01",
        "2026-02-29",
        "2026-01-00",
        "2026-01-32",
        "2026-01-05T",
        "2026-01-05T9:00",
        "2026-01-05T24:00",
        "2026-01-05T09:60",
        "2026-01-05T09:00:60",
        "2026-01-05T09:00:00.",
        "2026-01-05T09:00:00.1234567890",
        "2026-01-05T09:00Zx",
        "2026-01-05T09:00+0100",
        "2026-01-05T09:00+24:00",
        "2026-01-05T09:00+01:60",
        "2026-01-05Z",
        "2026-01-05x",
        " 2026-01-05",
        "2026-01-05T09",
        "-026-01-05",
        "2026-01-05T09:00 Z",
        "20260105",
    };
    int64_t ms = -7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rfc3339_parse(bad[i], &ms, NULL) == 0)
            fail_msg("'%s' was taken", bad[i]);
    assert_int_equal(ms, -7);
}

static void rfc3339__random_instants__written_and_read_back_are_the_same(void **state)
{
    (void)state;
    struct dice d = {6};
    char text[40];
    for (int i = 0; i < 50000; i++) {
        int64_t ms = dice_in(&d, -62167219200000, 253402300799999), back;
        bool has_zone;
        rfc3339_format(i % 2 ? ms : ms / 1000 * 1000, text, sizeof text);
        assert_int_equal(rfc3339_parse(text, &back, &has_zone), 0);
        assert_true(has_zone);
        assert_int_equal(back, i % 2 ? ms : ms / 1000 * 1000);
    }
}

static void rfc3339__written__has_milliseconds_as_asked(void **state)
{
    (void)state;
    char text[40];
    assert_string_equal(rfc3339_format(1795316645678, text, sizeof text),
                        "2026-11-22T03:04:05.678Z");
    assert_string_equal(rfc3339_format(1795316645000, text, sizeof text), "2026-11-22T03:04:05Z");
    assert_string_equal(rfc3339_format_ms(1795316645000, text, sizeof text),
                        "2026-11-22T03:04:05.000Z");
    assert_string_equal(rfc3339_format(-1, text, sizeof text), "1969-12-31T23:59:59.999Z");
    assert_true(strlen(rfc3339_format_ms(INT64_MAX, text, 32)) < 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil__every_day_of_a_thousand_years__is_the_c_librarys),
        cmocka_unit_test(days__month_out_of_range__carries),
        cmocka_unit_test(rfc3339__accepted_forms__are_read),
        cmocka_unit_test(rfc3339__anything_else__is_refused),
        cmocka_unit_test(rfc3339__random_instants__written_and_read_back_are_the_same),
        cmocka_unit_test(rfc3339__written__has_milliseconds_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
