#include "sla/month.h"

#include "base/civil.h"
#include "random.h"
#include "unit.h"
#include "zoneinfo.h"

static void month_parse__anything_but_a_month__refused(void **state)
{
    static const char *const bad[] = {"",        "2026",     "2026-1",   "2026-00", "2026-13",
                                      "1969-12", "9999-01",  "2026-10 ", "+026-10", "2026/10",
                                      "2026-1x", "2026-010", "2026--1",  "-026-10", " 026-10"};
    struct month m = {1, 1};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (month_parse(bad[i], &m, NULL) == 0)
            fail_msg("`%s` was read as %d-%d", bad[i], m.year, m.month);
    assert_int_equal(m.year, 1);
}

static void month_parse__months__read_and_written_alike(void **state)
{
    char text[MONTH_TEXT_SIZE];
    struct month m;

    (void)state;
    for (int i = 1970 * 12; i < 2200 * 12; i++) {
        struct month was = {i / 12, i % 12 + 1};

        assert_int_equal(month_parse(month_format(was, text), &m, NULL), 0);
        assert_int_equal(m.year * 12 + m.month, was.year * 12 + was.month);
    }
}

static void month_add__over_years__carries(void **state)
{
    struct month m = month_add((struct month){2026, 1}, -1);

    (void)state;
    assert_int_equal(m.year, 2025);
    assert_int_equal(m.month, 12);
    m = month_add((struct month){2026, 10}, 15);
    assert_int_equal(m.year, 2028);
    assert_int_equal(m.month, 1);
}

static void month_days__clock_goes_back__that_day_has_25_hours(void **state)
{
    struct zone *z = zoneinfo_load("Europe/Madrid");
    int64_t from_ms[MONTH_DAYS_MAX + 1];

    (void)state;
    assert_non_null(z);
    assert_int_equal(month_days((struct month){2026, 10}, z, from_ms), 31);
    assert_int_equal(from_ms[0], INT64_C(1790805600000)); /* 2026-09-30T22:00Z */
    assert_int_equal(from_ms[25] - from_ms[24], 25 * 3600000);
    assert_int_equal(from_ms[31], INT64_C(1793487600000)); /* 2026-10-31T23:00Z */
    assert_int_equal(month_days((struct month){2024, 2}, z, from_ms), 29);
    zone_free(z);
}

/* Samoa had no 30th of December 2011. */
static void month_days__a_day_left_out__is_empty(void **state)
{
    struct zone *z = zoneinfo_load("Pacific/Apia");
    int64_t from_ms[MONTH_DAYS_MAX + 1];

    (void)state;
    assert_non_null(z);
    assert_int_equal(month_days((struct month){2011, 12}, z, from_ms), 31);
    assert_int_equal(from_ms[30], from_ms[29]);
    assert_int_equal(from_ms[31] - from_ms[30], 24 * 3600000);
    zone_free(z);
}

/* Months follow each other without hole or overlap, their days too, and every instant lies in the
 * month that it is said to. */
static void month_at__any_instant__lies_within_its_month(void **state)
{
    static const char *const names[] = {"Europe/Madrid", "America/Sao_Paulo",   "Asia/Kolkata",
                                        "Pacific/Apia",  "Australia/Lord_Howe", "UTC"};
    struct dice dice = {20261123};

    (void)state;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct zone *z = zoneinfo_load(names[k]);

        assert_non_null(z);
        for (int i = 0; i < 2000; i++) {
            int64_t at_ms = dice_in(&dice, 0, INT64_C(4102444800000));
            int64_t days_ms[MONTH_DAYS_MAX + 1];
            struct month m = month_at(z, at_ms);
            size_t n = month_days(m, z, days_ms);

            assert_true(month_from_ms(m, z) <= at_ms);
            assert_true(month_from_ms(month_add(m, 1), z) > at_ms);
            assert_int_equal(days_ms[0], month_from_ms(m, z));
            assert_int_equal(days_ms[n], month_from_ms(month_add(m, 1), z));
            for (size_t d = 0; d < n; d++)
                assert_true(days_ms[d] <= days_ms[d + 1]);
        }
        zone_free(z);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(month_parse__anything_but_a_month__refused),
        cmocka_unit_test(month_parse__months__read_and_written_alike),
        cmocka_unit_test(month_add__over_years__carries),
        cmocka_unit_test(month_days__clock_goes_back__that_day_has_25_hours),
        cmocka_unit_test(month_days__a_day_left_out__is_empty),
        cmocka_unit_test(month_at__any_instant__lies_within_its_month),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
