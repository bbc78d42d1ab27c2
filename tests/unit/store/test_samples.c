/* test_samples.c - results in their slots and minutes, in a real redis-server. */
#include "puts.h"
#include "stats/sample.h"

static int get_bytes(struct world *w, const char *key, unsigned char *dst, int max)
{
    redisContext *c = redis_client(w);
    redisReply *r = redisCommand(c, "GET %s", key);
    int n = -1;

    if (r->type == REDIS_REPLY_STRING && (int)r->len <= max) {
        n = (int)r->len;
        memcpy(dst, r->str, r->len);
    }
    freeReplyObject(r);
    redisFree(c);
    return n;
}

static void samples__land_in_their_slots_and_minutes(void **state)
{
    static unsigned char block[40000];
    struct world *w = *state;
    struct result back = {0};
    struct rollup u;
    const int64_t day = AT - AT % DAY_MS;
    struct store_facts f;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < 24; i++) {
        struct result r = a_result(day + HOUR_MS + i * 10000);
        if (i == 7)
            r.verdict = VERDICT_DOWN, r.reason = REASON_TIMEOUT;
        store_sample(w->store, "api", 10000, &r);
    }
    pump_until(w, (store_read_facts(w->store, &f), f.queued_bytes > 0));
    pump_until(w, (store_read_facts(w->store, &f), f.queued_bytes == 0));
    assert_int_equal(get_bytes(w, "mw:{test}:raw:here:api:10000:20261122", block, sizeof block),
                     8640 * 4 + 1);
    for (int i = 0; i < 24; i++) {
        assert_true(sample_decode(block + (360 + i) * 4, &back));
        assert_int_equal(back.verdict, i == 7 ? VERDICT_DOWN : VERDICT_UP);
        assert_in_range((uintmax_t)back.phases.total_us, 12150, 12550);
    }
    assert_false(sample_decode(block + 359 * 4, &back));
    assert_false(sample_decode(block + 384 * 4, &back));
    assert_int_equal(block[8640 * 4], 2);
    assert_int_equal(get_bytes(w, "mw:{test}:minute:here:api:2026112201", block, sizeof block),
                     961);
    rollup_decode(block, &u);
    assert_int_equal(u.count[VERDICT_UP], 6);
    rollup_decode(block + 16, &u);
    assert_int_equal(u.count[VERDICT_UP], 5);
    assert_int_equal(u.count[VERDICT_DOWN], 1);
    for (int minute = 2; minute < 4; minute++) {
        rollup_decode(block + minute * 16, &u);
        assert_int_equal(u.count[VERDICT_UP], 6);
    }
    long ttl = atol(redis_say(w, "EXPIRETIME mw:{test}:raw:here:api:10000:20261122"));
    assert_int_equal(ttl, (day + 3 * DAY_MS) / 1000);
}

static void restart_within_a_minute__its_record_holds_both_halves(void **state)
{
    static unsigned char block[2000];
    struct world *w = *state;
    struct rollup u = {0};
    char key[KEY_SIZE];
    struct series_key parts = {"test", "here", "api"};

    redis_start(w, "");
    while (loop_now_ms() % MINUTE_MS > 50000)
        uv_run(&w->loop.uv, UV_RUN_ONCE); /* not across a minute's end */
    int64_t now = loop_now_ms();
    for (int round = 0; round < 2; round++) {
        open_store(w);
        pump_until(w, w->state == STORE_UP);
        for (int i = 0; i < 3; i++) {
            struct result r = a_result(now + round * 3 + i);
            store_sample(w->store, "api", 1000, &r);
        }
        close_store(w);
        key_minute(key, &parts, now - now % HOUR_MS);
        assert_int_equal(get_bytes(w, key, block, sizeof block), 961);
        rollup_decode(block + now % HOUR_MS / MINUTE_MS * 16, &u);
        if (round == 0)
            assert_int_equal(u.count[VERDICT_UP], 3);
    }
    assert_int_equal(u.count[VERDICT_UP], 6);
}

static void samples_during_an_outage__are_back_filled(void **state)
{
    static unsigned char block[6000];
    struct world *w = *state;
    struct store_facts f;
    const int64_t day = AT - AT % DAY_MS;
    struct result back;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    for (int i = 0; i < 1440; i++) {
        struct result r = a_result(day + i * 60000);
        store_sample(w->store, "api", 60000, &r);
    }
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records > 1));
    redis_start(w, REDIS_AOF);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0 && w->state == STORE_UP));
    assert_int_equal(get_bytes(w, "mw:{test}:raw:here:api:60000:20261122", block, sizeof block),
                     1440 * 4 + 1);
    for (int i = 0; i < 1440; i++)
        assert_true(sample_decode(block + i * 4, &back));
    assert_int_equal(f.dropped_samples, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(samples__land_in_their_slots_and_minutes),
        TEST(restart_within_a_minute__its_record_holds_both_halves),
        TEST(samples_during_an_outage__are_back_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
