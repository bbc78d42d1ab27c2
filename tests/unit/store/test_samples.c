/* test_samples.c - results in their slots, in a real redis-server. */
#include "slots.h"

static unsigned char block[40000];

static void results__land_in_their_slots(void **state)
{
    struct world *w = *state;
    struct result back = {0};
    const int64_t day = day_from_today(1);

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < 24; i++) {
        struct result r = a_result(day + HOUR_MS + i * 10000);
        if (i == 7)
            r.verdict = VERDICT_DOWN, r.reason = REASON_TIMEOUT;
        r.maintenance = i == 8;
        store_sample(w->store, "api", 10000, &r);
    }
    settle(w);
    const char *key = block_key(w, TIER_RAW, "api", 10000, day);
    assert_int_equal(get_bytes(w, key, block, sizeof block), 8640 * 4 + 1);
    for (int i = 0; i < 24; i++) {
        assert_true(sample_decode(block + (360 + i) * 4, &back));
        assert_int_equal(back.verdict, i == 7 ? VERDICT_DOWN : VERDICT_UP);
        assert_int_equal(back.maintenance, i == 8);
        assert_in_range((uintmax_t)back.phases.total_us, 12150, 12550);
    }
    assert_false(sample_decode(block + 359 * 4, &back));
    assert_false(sample_decode(block + 384 * 4, &back));
    assert_int_equal(block[8640 * 4], BLOCK_FORMAT[0]);
    long ttl = atol(redis_say(w, "EXPIRETIME %s", key));
    assert_int_equal(ttl, (day + 3 * DAY_MS + ROLL_WAIT_MS) / 1000);
}

static void the_same_results_again__change_nothing(void **state)
{
    struct world *w = *state;
    static unsigned char before[6000], after[6000];
    const int64_t day = day_from_today(1);

    redis_start(w, "");
    for (int round = 0; round < 3; round++) { /* restarts in the middle of the day, and the hour */
        open_store(w);
        pump_until(w, w->state == STORE_UP);
        put_span(w, "api", 60000, day + (2 - round) * HOUR_MS, day + 3 * HOUR_MS);
        settle(w);
        const char *key = block_key(w, TIER_RAW, "api", 60000, day);
        assert_int_equal(count_raw(w, key, 1440), (round + 1) * 60);
        assert_int_equal(get_bytes(w, key, after, sizeof after), 1440 * 4 + 1);
        if (round > 0)
            assert_memory_equal(after + 480, before + 480, sizeof after - 480 - 1000);
        memcpy(before, after, sizeof before);
        close_store(w);
    }
    assert_string_equal(length(w, "HLEN", KEY_SERIES), "1");
}

static void results_during_an_outage__are_back_filled(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    const int64_t day = day_from_today(1);

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    put_span(w, "api", 60000, day, day + DAY_MS);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records > 1));
    redis_start(w, REDIS_AOF);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0 && w->state == STORE_UP));
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "api", 60000, day), 1440), 1440);
    assert_int_equal(f.dropped_samples, 0);
}

/* A list where a block is to be. */
static void something_else_in_the_way__is_set_aside__and_no_result_is_lost(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    char key[KEY_SIZE];
    const int64_t day = day_from_today(1);

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_one(w, "api", 60000, day);
    settle(w);
    snprintf(key, sizeof key, "%s", block_key(w, TIER_RAW, "api", 60000, day));
    redis_say(w, "DEL %s", key);
    redis_say(w, "RPUSH %s x y", key);
    for (int i = 0; i < 5; i++) /* apart: each its own command */
        put_one(w, "api", 60000, day + i * 2 * 60000);
    put_one(w, "web", 60000, day);
    settle(w);
    pump_until(w, count_raw(w, key, 1440) == 5);
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "web", 60000, day), 1440), 1);
    assert_string_equal(redis_say(w, "LLEN %s:damaged", key), "2");
    assert_true(atol(redis_say(w, "TTL %s:damaged", key)) > 86400);
    store_read_facts(w->store, &f);
    assert_int_equal(f.damaged_blocks, 1);
    assert_int_equal(f.dropped_samples, 0);
    put_one(w, "api", 60000, day + 20 * 60000);
    settle(w);
    assert_true(atol(redis_say(w, "TTL %s", key)) > 86400); /* it has its end of life again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(results__land_in_their_slots),
        TEST(the_same_results_again__change_nothing),
        TEST(results_during_an_outage__are_back_filled),
        TEST(something_else_in_the_way__is_set_aside__and_no_result_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
