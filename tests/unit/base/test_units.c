/* test_units.c - durations and sizes, there and back. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "random.h"
#include "unit.h"

#define DURATION_MAX ((int64_t)36500 * 86400000)

static void duration__as_people_write_it__is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"0", 0},           {"0s", 0},
        {"250ms", 250},     {"30s", 30000},
        {"5m", 300000},     {"2h", 7200000},
        {"7d", 604800000},  {"1w", 604800000},
        {"1h30m", 5400000}, {"1w1d1h1m1s1ms", 694861001},
        {"90m", 5400000},   {"36500d", DURATION_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = -1;
        assert_int_equal(text_duration(cases[i].text, &ms, NULL), 0);
        assert_int_equal(ms, cases[i].ms);
    }
}

static void duration__anything_else__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "5",
        "s",
        "-5s",
        "+5s",
        "5 s",
        " 5s",
        "5s ",
        "1.5h",
        "5S",
        "5sec",
        "1m1h",
        "1s1s",
        "1h30",
        "0x5s",
        "36501d",
        "99999999999999999999s",
        "9223372036854775807w",
        "36500d1ms",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t ms = -7;
        if (text_duration(bad[i], &ms, NULL) == 0)
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(ms, -7);
    }
}

static void duration__random__written_and_read_back_is_the_same(void **state)
{
    (void)state;
    static const int64_t steps[] = {1, 1000, 60000, 3600000, 86400000, 604800000};
    struct dice d = {31};
    char text[64];
    for (int i = 0; i < 50000; i++) {
        int64_t step = steps[i % 6], back = -1;
        int64_t ms = dice_in(&d, 0, (i % 3 ? 1000 : DURATION_MAX / step)) * step;
        text_from_duration(ms, text, sizeof text);
        if (text_duration(text, &back, NULL) != 0 || back != ms)
            fail_msg("%lld wrote %s", (long long)ms, text);
    }
}

static void duration__written__is_the_shortest_that_reads_well(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "0s"},           {250, "250ms"},     {1000, "1s"},
        {1500, "1s500ms"},   {5400000, "1h30m"}, {1209600000, "2w"},
        {2592000000, "30d"}, {-5000, "-5s"},     {90000000, "1d1h"},
    };
    char text[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(text_from_duration(cases[i].ms, text, sizeof text), cases[i].text);
}

static void size__both_ways__is_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
        const char *written;
    } cases[] = {
        {"0", 0, "0B"},
        {"512", 512, "512B"},
        {"512B", 512, "512B"},
        {"64kB", 64000, "64kB"},
        {"10MB", 10000000, "10MB"},
        {"64KiB", 65536, "64KiB"},
        {"16MiB", 16777216, "16MiB"},
        {"2GiB", 2147483648, "2GiB"},
        {"1TB", 1000000000000, "1TB"},
        {"1000kB", 1000000, "1MB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t bytes = -1;
        char text[32];
        assert_int_equal(text_size(cases[i].text, &bytes, NULL), 0);
        assert_int_equal(bytes, cases[i].bytes);
        assert_string_equal(text_from_size(bytes, text, sizeof text), cases[i].written);
    }
}

static void size__random__written_and_read_back_is_the_same(void **state)
{
    (void)state;
    static const int64_t steps[] = {1, 1000, 1000000, 1024, 1048576, 1073741824};
    struct dice d = {32};
    char text[32];
    for (int i = 0; i < 50000; i++) {
        int64_t bytes = dice_in(&d, 0, 100000) * steps[i % 6], back = -1;
        text_from_size(bytes, text, sizeof text);
        if (text_size(text, &back, NULL) != 0 || back != bytes)
            fail_msg("%lld wrote %s", (long long)bytes, text);
    }
}

static void size__anything_else__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "B",     "-1",   "1 kB",      "1kb",
                                      "1KB",   "1.5MB", "1MBs", "9999999TB", "99999999999999999999",
                                      "1MB1kB"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t bytes = -7;
        if (text_size(bad[i], &bytes, NULL) == 0)
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(bytes, -7);
    }
}

static void human__milliseconds__take_three_digits_and_the_fitting_unit(void **state)
{
    (void)state;
    static const struct {
        double ms;
        const char *text;
    } cases[] = {
        {0, "0ms"},          {0.4214, "0.42ms"}, {8.42, "8.42ms"},       {9.999, "10ms"},
        {84.24, "84.2ms"},   {842, "842ms"},     {999.4, "999ms"},       {999.6, "1s"},
        {1240, "1.24s"},     {12340, "12.3s"},   {59949, "59.9s"},       {59951, "1m"},
        {192000, "3m12s"},   {3600000, "1h"},    {3660000, "1h1m"},      {3601000, "1h"},
        {187200000, "2d4h"}, {-5, "-5ms"},       {INFINITY, "for ever"}, {NAN, "unknown"},
    };
    char text[32];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(text_human_ms(cases[i].ms, text, sizeof text), cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(duration__as_people_write_it__is_read),
        cmocka_unit_test(duration__anything_else__is_refused),
        cmocka_unit_test(duration__random__written_and_read_back_is_the_same),
        cmocka_unit_test(duration__written__is_the_shortest_that_reads_well),
        cmocka_unit_test(size__both_ways__is_exact),
        cmocka_unit_test(size__random__written_and_read_back_is_the_same),
        cmocka_unit_test(size__anything_else__is_refused),
        cmocka_unit_test(human__milliseconds__take_three_digits_and_the_fitting_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
