/* test_keys.c - the names in Redis, and that no two are the same. */
#include <string.h>

#include "unit.h"

#include "store/keys.h"

static void names__are_the_documented_ones(void **state)
{
    static const char *const expected[KEY_COUNT] = {
        "mw:{acme}:meta",           "mw:{acme}:monitors",
        "mw:{acme}:incidents",      "mw:{acme}:resolved",
        "mw:{acme}:resolved:index", "mw:{acme}:outbox",
        "mw:{acme}:deliveries",     "mw:{acme}:deliveries:index",
        "mw:{acme}:deliveries:of",  "mw:{acme}:ledger",
        "mw:{acme}:audit",          "mw:{acme}:quiets",
        "mw:{acme}:overrides",      "mw:{acme}:regions"};
    static const char *const types[KEY_COUNT] = {"hash",   "hash", "hash", "hash", "zset",
                                                 "hash",   "hash", "zset", "hash", "stream",
                                                 "stream", "hash", "hash", "hash"};
    char key[KEY_SIZE];

    (void)state;
    for (int i = 0; i < KEY_COUNT; i++) {
        assert_int_equal(key_of(key, "acme", (enum key)i), strlen(expected[i]));
        assert_string_equal(key, expected[i]);
        assert_string_equal(key_type((enum key)i), types[i]);
    }
}

static void blocks__carry_region_monitor_interval_and_day(void **state)
{
    const struct series_key k = {"acme", "fra", "api"};
    const int64_t day = INT64_C(1795305600000); /* 2026-11-22 */
    char key[KEY_SIZE];

    (void)state;
    key_raw(key, &k, 10000, day);
    assert_string_equal(key, "mw:{acme}:raw:fra:api:10000:20261122");
    key_minute(key, &k, day + 3 * HOUR_MS);
    assert_string_equal(key, "mw:{acme}:minute:fra:api:2026112203");
}

static void longest_names__fit(void **state)
{
    char name[101], key[KEY_SIZE];

    (void)state;
    memset(name, 'n', 100);
    name[100] = '\0';
    const struct series_key k = {name, name, name};
    assert_true(key_raw(key, &k, DAY_MS, INT64_C(253370764800000)) < KEY_SIZE);
}

static void slots__cover_the_day__also_when_the_interval_does_not_divide_it(void **state)
{
    (void)state;
    assert_int_equal(key_raw_slots(60000), 1440);
    assert_int_equal(key_raw_slots(7000), 12343);
    assert_int_equal(key_raw_slots(2 * DAY_MS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names__are_the_documented_ones),
        cmocka_unit_test(blocks__carry_region_monitor_interval_and_day),
        cmocka_unit_test(longest_names__fit),
        cmocka_unit_test(slots__cover_the_day__also_when_the_interval_does_not_divide_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
