/* test_retry_after.c - seconds, dates, and nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/retry_after.h"

#define NOW_MS 1795316645000LL /* 2026-11-22T03:04:05Z */

static const struct {
    const char *value;
    int64_t want_ms;
} cases[] = {
    {"0", 0},
    {"1", 1000},
    {"120", 120000},
    {"86400", 86400000},
    {"86401", 0}, /* beyond what anybody may ask for */
    {"Sun, 22 Nov 2026 03:04:35 GMT", 30000},
    {"Sun, 22 Nov 2026 03:04:00 GMT", 0},        /* gone by */
    {"Mon, 23 Nov 2026 23:04:05 GMT", 86400000}, /* a day at most */
    {"", 0},
    {"-5", 0},
    {"1.5", 0},
    {"soon", 0},
    {"Sun, 22 Nov 2026 03:04:35", 0},
    {"Sun, 22 Foo 2026 03:04:35 GMT", 0},
    {"Sun, 22 Nov 2026 03:04:35 GMT and more", 0},
    {"Sun, 99 Nov 2026 33:99:99 GMT", 0},
    {"99999999999999999999999", 0},
};

static void value__of_any_kind__is_read_or_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(retry_after_ms(cases[i].value, NOW_MS), cases[i].want_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value__of_any_kind__is_read_or_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
