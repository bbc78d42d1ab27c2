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
        "mw:{acme}:overrides",      "mw:{acme}:regions",
        "mw:{acme}:series",         "mw:{acme}:reports"};
    static const char *const types[KEY_COUNT] = {"hash", "hash", "hash", "hash",   "zset",   "hash",
                                                 "hash", "zset", "hash", "stream", "stream", "hash",
                                                 "hash", "hash", "hash", "hash"};
    char key[KEY_SIZE];

    (void)state;
    for (int i = 0; i < KEY_COUNT; i++) {
        assert_int_equal(key_of(key, "acme", (enum key)i), strlen(expected[i]));
        assert_string_equal(key, expected[i]);
        assert_string_equal(key_type((enum key)i), types[i]);
    }
}

static void blocks__carry_the_id_and_their_day_or_month(void **state)
{
    static const char *const expected[TIER_COUNT] = {
        "mw:{acme}:raw:3k9x:20261122", "mw:{acme}:minute:3k9x:20261122",
        "mw:{acme}:hour:3k9x:202611", "mw:{acme}:day:3k9x:202611"};
    const int64_t at = INT64_C(1795305600000) + 3 * HOUR_MS; /* 2026-11-22 */
    char key[KEY_SIZE];

    (void)state;
    for (int t = 0; t < TIER_COUNT; t++) {
        assert_int_equal(key_block(key, "acme", (enum tier)t, "3k9x", at), strlen(expected[t]));
        assert_string_equal(key, expected[t]);
    }
    key_late(key, "acme", "3k9x", at);
    assert_string_equal(key, "mw:{acme}:late:3k9x:20261122");
    key_slo(key, "acme", "fra:web", at);
    assert_string_equal(key, "mw:{acme}:slo:fra:web:202611");
    key_slo_recent(key, "acme", "fra:web");
    assert_string_equal(key, "mw:{acme}:slo:fra:web:recent");
}

static void longest_names__fit(void **state)
{
    char name[101], both[202], key[KEY_SIZE];

    (void)state;
    memset(name, 'n', 100);
    name[100] = '\0';
    memset(both, 'n', 201);
    both[201] = '\0';
    assert_true(key_slo(key, name, both, INT64_C(253370764800000)) < KEY_SIZE);
    assert_true(key_slo_recent(key, name, both) < KEY_SIZE);
}

static void spans__of_months_are_as_long_as_the_month(void **state)
{
    const int64_t february = INT64_C(1835308800000); /* 2028-02-28 */
    struct block_span hours = block_span(TIER_HOUR, 0, february);
    struct block_span days = block_span(TIER_DAY, 0, february);

    (void)state;
    assert_int_equal(hours.units, 29 * 24);
    assert_int_equal(days.units, 29);
    assert_int_equal(days.to_ms - days.from_ms, 29 * DAY_MS);
    assert_int_equal(block_span(TIER_MINUTE, 0, february + 5).units, 1440);
    assert_int_equal(block_span(TIER_RAW, 7000, february + 5).units, 12343);
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
        cmocka_unit_test(blocks__carry_the_id_and_their_day_or_month),
        cmocka_unit_test(longest_names__fit),
        cmocka_unit_test(spans__of_months_are_as_long_as_the_month),
        cmocka_unit_test(slots__cover_the_day__also_when_the_interval_does_not_divide_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
