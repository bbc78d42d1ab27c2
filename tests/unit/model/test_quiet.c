/* test_quiet.c - pending, active or over, at every instant of every interval. */
#include "model/quiet.h"
#include "unit.h"

static void state__at_an_instant__is_by_a_half_open_interval(void **state)
{
    static const struct {
        int64_t start_ms, end_ms, now_ms;
        enum quiet_state want;
    } rows[] = {
        {10, 20, 9, QUIET_PENDING}, {10, 20, 10, QUIET_ACTIVE},
        {10, 20, 19, QUIET_ACTIVE}, {10, 20, 20, QUIET_OVER},
        {10, 20, 21, QUIET_OVER},   {10, 10, 9, QUIET_OVER}, /* taken back before it began */
        {10, 10, 10, QUIET_OVER},   {10, 5, 7, QUIET_OVER},
        {10, 5, 0, QUIET_OVER},     {0, INT64_MAX, INT64_MAX - 1, QUIET_ACTIVE},
    };

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        assert_int_equal(quiet_state_at(rows[n].start_ms, rows[n].end_ms, rows[n].now_ms),
                         rows[n].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state__at_an_instant__is_by_a_half_open_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
