/* test_ids.c - ids of incidents, silences and overrides. */
#include <string.h>

#include "unit.h"

#include "../../../src/engine/desk.h"

static void id__of_the_same_decision__is_the_same_and_of_another_is_not(void **state)
{
    char a[QUIET_ID_SIZE], b[QUIET_ID_SIZE];

    (void)state;
    engine_write_id(a, 1795312800123, 0x123456789abcdefULL);
    assert_int_equal(strlen(a), 12);
    assert_int_equal(strspn(a, "0123456789abcdefghjkmnpqrstvwxyz"), 12);
    engine_write_id(b, 1795312800999, 0x123456789abcdefULL); /* the same second */
    assert_string_equal(a, b);
    engine_write_id(b, 1795312800123, 0x123456789abcdeeULL);
    assert_string_not_equal(a, b);
}

static void ids__sort_by_time(void **state)
{
    char before[QUIET_ID_SIZE], after[QUIET_ID_SIZE];

    (void)state;
    for (int64_t at_ms = 1000; at_ms < 4102444800000; at_ms = at_ms * 3 + 7000) {
        engine_write_id(before, at_ms, UINT64_MAX);
        engine_write_id(after, at_ms + 1000, 0);
        assert_true(strcmp(before, after) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id__of_the_same_decision__is_the_same_and_of_another_is_not),
        cmocka_unit_test(ids__sort_by_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
