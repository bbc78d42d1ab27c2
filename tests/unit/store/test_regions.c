/* test_regions.c - we are here, and who else was seen. */
#include "../../../src/store/internal.h"
#include "puts.h"

static const struct region_seen *region(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->n_regions; i++) {
        if (text_eq(w->regions[i].region, name))
            return &w->regions[i];
    }
    return NULL;
}

/* The next beat, now. */
static void beat(struct world *w)
{
    int before = w->beats;

    timer_start(&w->store->beat, 0);
    pump_until(w, w->beats == before + 1);
}

static void up__our_region_is_noted_at_once__and_again(void **state)
{
    struct world *w = *state;
    int64_t began = loop_now_ms(), first;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->beats == 1);
    assert_int_equal(w->n_regions, 1);
    assert_string_equal(w->regions[0].region, "here");
    first = w->regions[0].seen_ms;
    assert_in_range((uintmax_t)first, (uintmax_t)began, (uintmax_t)loop_now_ms());
    pump_until(w, w->beats == 2); /* nobody asked for it */
    assert_in_range((uintmax_t)(w->regions[0].seen_ms - first), 4900, 8000);
}

static void others__are_told__malformed_ones_are_not(void **state)
{
    struct world *w = *state;
    char longest[NAME_SIZE], longer[NAME_SIZE + 1];

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->beats == 1);
    memset(longest, 'r', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    snprintf(longer, sizeof longer, "%sr", longest);
    redis_say(w, "HSET mw:{test}:regions fra 1795316645678");
    redis_say(w, "HSET mw:{test}:regions %s 5", longest);
    redis_say(w, "HSET mw:{test}:regions %s 5", longer);
    redis_say(w, "HSET mw:{test}:regions %s 5", "");
    redis_say(w, "EVAL %s 1 mw:{test}:regions",
              "redis.call('HSET', KEYS[1], 'a\\0b', 5, '\\255\\254', 5)");
    redis_say(w, "HSET mw:{test}:regions bad1 soon bad2 1.5 bad3 -1 bad4 99999999999999999999");
    redis_say(w, "HSET mw:{test}:regions bad5 %s", "");
    beat(w);
    assert_int_equal(w->n_regions, 3);
    assert_int_equal(region(w, "fra")->seen_ms, AT);
    assert_int_equal(region(w, longest)->seen_ms, 5);
    assert_non_null(region(w, "here"));
}

static void more_than_there_is_room_for__those_seen_last(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->beats == 1);
    for (int round = 0; round < 2;
         round++) { /* ours first, then in the order in which they are put */
        redis_say(w, "EVAL %s 1 mw:{test}:regions %s",
                  "for i = 1, 100 do redis.call('HDEL', KEYS[1], 'r' .. i) end "
                  "for i = 1, 100 do "
                  "  local n = ARGV[1] == '0' and i or 101 - i "
                  "  redis.call('HSET', KEYS[1], 'r' .. n, n) "
                  "end",
                  round == 0 ? "0" : "1");
        beat(w);
        assert_int_equal(w->n_regions, 64);
        assert_non_null(region(w, "here"));
        for (int i = 38; i <= 100; i++) {
            char name[16];
            snprintf(name, sizeof name, "r%d", i);
            assert_non_null(region(w, name));
        }
    }
}

static void redis_killed__no_beat_while_away__one_when_it_is_back(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->beats == 1);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    int before = w->beats;
    timer_start(&w->store->beat, 0);
    for (int i = 0; i < 5; i++)
        uv_run(&w->loop.uv, UV_RUN_ONCE);
    assert_int_equal(w->beats, before);
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP && w->beats == before + 1);
    assert_non_null(region(w, "here"));
}

static void key_of_another_kind__no_beat__errors_are_counted__commits_go_on(void **state)
{
    struct world *w = *state;
    struct store_facts f;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->beats == 1);
    redis_say(w, "SET mw:{test}:regions x");
    timer_start(&w->store->beat, 0);
    pump_until(w, (store_read_facts(w->store, &f), f.errors == 2));
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    assert_int_equal(w->beats, 1);
    assert_int_equal(w->state, STORE_UP);
    redis_say(w, "DEL mw:{test}:regions");
    beat(w);
    assert_int_equal(w->n_regions, 1);
}

static void nobody_listens__we_are_noted_all_the_same(void **state)
{
    static const struct store_events ev = {.on_ready = world_on_ready,
                                           .on_found = world_on_found,
                                           .on_state = world_on_state,
                                           .on_snapshot = world_on_snapshot};
    struct world *w = *state;
    struct err e = {""};

    redis_start(w, "");
    w->config.store.dir = store_dir(w);
    assert_int_equal(store_open(&w->loop, w->resolver, &w->config, &ev, w, &w->store, &e), 0);
    pump_until(w, text_eq(length(w, "HLEN", KEY_REGIONS), "1"));
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(up__our_region_is_noted_at_once__and_again),
        TEST(others__are_told__malformed_ones_are_not),
        TEST(more_than_there_is_room_for__those_seen_last),
        TEST(redis_killed__no_beat_while_away__one_when_it_is_back),
        TEST(key_of_another_kind__no_beat__errors_are_counted__commits_go_on),
        TEST(nobody_listens__we_are_noted_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
