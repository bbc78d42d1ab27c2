/* test_need.c - the estimate of the store's memory. */
#include "stats/need.h"
#include "unit.h"

#define DAY_MS INT64_C(86400000)

static struct need need_for(int64_t interval_ms, size_t n)
{
    static struct monitor monitors[1500];
    struct config c = {.monitors = monitors, .n_monitors = n};
    struct need ret;
    for (size_t i = 0; i < n; i++)
        monitors[i] = (struct monitor){.interval_ms = interval_ms, .enabled = true};
    c.store.retention.raw_ms = 2 * DAY_MS;
    c.store.retention.minute_ms = 30 * DAY_MS;
    c.store.retention.hour_ms = c.store.retention.day_ms = 400 * DAY_MS;
    c.store.retention.incidents_ms = 400 * DAY_MS;
    need_of(&c, &ret);
    assert_int_equal(ret.total, ret.raw + ret.minute + ret.hour + ret.day + ret.other);
    return ret;
}

/* As Redis 7.0.15 counted them. */
static void need__one_monitor_a_minute__is_what_was_measured(void **state)
{
    (void)state;
    struct need n = need_for(60000, 1);
    assert_in_range(n.raw, 6294 + 30 * 2202 - 100, 6294 + 30 * 2202 + 100);
    assert_int_equal(n.minute, 0);
    assert_in_range(n.hour, 14 * 10900, 14 * 12600); /* 720 hours of 15.1 bytes, rounded up */
    assert_in_range(n.day, 14 * 1200, 14 * 1500);
}

static void need__ten_seconds__keeps_minutes_and_two_days_of_raw(void **state)
{
    (void)state;
    struct need n = need_for(10000, 1);
    assert_in_range(n.minute, 30 * 8000, 30 * 9000);
    assert_in_range(n.raw, 40960 + 2 * 11500, 41200 + 2 * 12500);
}

static void need__monitors__adds_up(void **state)
{
    (void)state;
    struct need none = need_for(60000, 0), one = need_for(60000, 1), many = need_for(60000, 1500);
    assert_int_equal(none.raw + none.minute + none.hour + none.day, 0);
    assert_true(none.other > 0);
    assert_int_equal(many.raw, 1500 * one.raw);
    assert_int_equal(many.hour, 1500 * one.hour);
    assert_int_equal(many.total - none.total, 1500 * (one.total - none.total));
}

static void need__disabled_or_odd_monitors__are_harmless(void **state)
{
    (void)state;
    struct monitor monitors[] = {{.interval_ms = 60000}, {.interval_ms = 0, .enabled = true}};
    struct config c = {.monitors = monitors, .n_monitors = 1, .n_slos = 1};
    struct need n, with;
    need_of(&c, &n);
    assert_int_equal(n.raw + n.hour, 0);
    c.n_slos = 3;
    need_of(&c, &with);
    assert_true(with.other > n.other + 2 * 47000);
    c.n_monitors = 2;
    need_of(&c, &n);
    assert_true(n.raw > 0);
}

static void need__longer_intervals__never_need_more(void **state)
{
    (void)state;
    int64_t before = INT64_MAX;
    static const int64_t intervals[] = {100,   1000,  2000,   5000,   10000,   20000,   30000,
                                        60000, 90000, 120000, 300000, 1800000, 3600000, 86400000};
    for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++) {
        struct need n = need_for(intervals[i], 1);
        assert_true(n.raw + n.hour + n.day <= before || intervals[i] == 60000);
        before = n.raw + n.hour + n.day;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(need__one_monitor_a_minute__is_what_was_measured),
        cmocka_unit_test(need__ten_seconds__keeps_minutes_and_two_days_of_raw),
        cmocka_unit_test(need__monitors__adds_up),
        cmocka_unit_test(need__disabled_or_odd_monitors__are_harmless),
        cmocka_unit_test(need__longer_intervals__never_need_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
