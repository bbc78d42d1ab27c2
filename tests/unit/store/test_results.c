/* test_results.c - raw results out of their blocks: only what was asked for, and all of it. */
#include "base/json.h"
#include "slots.h"

#define DAY day_from_today(1)

static char *answer;
static size_t answer_n;
static int answers;
static bool answer_away;
static struct jv *list;

static void on_json(void *arg, const char *json, size_t n, bool away)
{
    struct err e = {""};

    (void)arg;
    jv_free(list);
    mem_free(answer);
    list = NULL;
    answer = mem_strndup(json, n);
    answer_n = n;
    answer_away = away;
    answers++;
    if (!away && jv_parse(json, n, &list, &e) != 0)
        fail_msg("%s", e.text);
}

static int teardown(void **state)
{
    jv_free(list);
    mem_free(answer);
    list = NULL;
    answer = NULL;
    return world_teardown(state);
}
#define RESULTS_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, teardown)

static void ask(struct world *w, int64_t from_ms, int64_t to_ms)
{
    answers = 0;
    store_read_results(w->store, "api", from_ms, to_ms, on_json, NULL);
    assert_int_equal(answers, 0);
    pump_until(w, answers == 1);
}

static int64_t due(size_t i)
{
    return jv_int(jv_at(jv_at(list, i), 0), -1);
}

static void put_samples(struct world *w, int64_t first_ms, int64_t interval_ms, int n)
{
    for (int i = 0; i < n; i++) {
        struct result r = a_result(first_ms + i * interval_ms);
        if (i % 5 == 4) {
            r.verdict = VERDICT_DOWN;
            r.reason = REASON_CONNECT;
            r.phases = PHASES_NONE;
        }
        store_sample(w->store, "api", interval_ms, &r);
    }
    settle(w);
}

static void up(struct world *w)
{
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

static void asked_for__only_these_slots__oldest_first(void **state)
{
    struct world *w = *state;

    up(w);
    put_samples(w, DAY + HOUR_MS, 10000, 10);
    ask(w, DAY + HOUR_MS + 20000, DAY + HOUR_MS + 60000);
    assert_int_equal(jv_len(list), 4); /* half-open */
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(due(i), DAY + HOUR_MS + 20000 + (int64_t)i * 10000);
    assert_string_equal(jv_text(jv_at(jv_at(list, 0), 1)), "up");
    assert_string_equal(jv_text(jv_at(jv_at(list, 0), 2)), "ok");
    assert_in_range((uintmax_t)jv_int(jv_at(jv_at(list, 0), 3), 0), 12150, 12550);
    assert_string_equal(jv_text(jv_at(jv_at(list, 2), 1)), "down");
    assert_string_equal(jv_text(jv_at(jv_at(list, 2), 2)), "connect");
    assert_int_equal(jv_type(jv_at(jv_at(list, 2), 3)), JV_NULL);
    ask(w, DAY + HOUR_MS + 20001, DAY + HOUR_MS + 30001); /* one that begins in it */
    assert_int_equal(jv_len(list), 1);
    assert_int_equal(due(0), DAY + HOUR_MS + 30000);
    ask(w, DAY + HOUR_MS + 20001, DAY + HOUR_MS + 30000);
    assert_int_equal(jv_len(list), 0);
    ask(w, INT64_MIN, DAY + HOUR_MS); /* a week from 1970 on */
    assert_string_equal(answer, "[]");
    ask(w, DAY + HOUR_MS, DAY + HOUR_MS);
    assert_string_equal(answer, "[]");
    ask(w, INT64_MAX - 5, INT64_MAX);
    assert_string_equal(answer, "[]");
}

static void over_midnight__both_days__and_no_more_than_a_week(void **state)
{
    struct world *w = *state;

    up(w);
    put_samples(w, DAY - 30000, 10000, 6);
    put_samples(w, DAY + 7 * DAY_MS - 30000, 10000, 6);
    ask(w, DAY - 20000, DAY + 20000);
    assert_int_equal(jv_len(list), 4);
    assert_int_equal(due(0), DAY - 20000);
    assert_int_equal(due(3), DAY + 10000);
    ask(w, DAY, INT64_MAX);
    assert_int_equal(jv_len(list), 6); /* the seventh day's end is the end */
    assert_int_equal(due(5), DAY + 7 * DAY_MS - 10000);
}

/* 7 s: the day's last slot is a short one. */
static void interval_that_does_not_divide_the_day__no_slot_is_lost_or_told_twice(void **state)
{
    struct world *w = *state;
    const int64_t last = DAY + 12342 * 7000;

    up(w);
    put_samples(w, last - 14000, 7000, 3);
    put_samples(w, DAY + DAY_MS, 7000, 3);
    ask(w, DAY, DAY + 2 * DAY_MS);
    assert_int_equal(jv_len(list), 6);
    assert_int_equal(due(2), last);
    assert_int_equal(due(3), DAY + DAY_MS);
    ask(w, last + 1, DAY + 2 * DAY_MS);
    assert_int_equal(due(0), DAY + DAY_MS);
}

static void a_full_answer__is_cut_at_a_slot__and_asked_on_from_there(void **state)
{
    struct world *w = *state;
    int64_t from = DAY, seen = 0, rounds = 0;

    up(w);
    put_samples(w, DAY + DAY_MS - 1000, 1000, 1);
    put_samples(w, DAY, 1000, 1);
    redis_say(w, "EVAL %s 1 %s",
              "redis.call('SET', KEYS[1], string.rep('\\1\\2\\1\\0', 86400) .. '\\1')",
              block_key(w, TIER_RAW, "api", 1000, DAY));
    for (;;) {
        ask(w, from, DAY + 2 * DAY_MS);
        assert_true(answer_n <= (size_t)2 << 20);
        size_t n = jv_len(list);
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++)
            assert_int_equal(due(i), DAY + (seen + (int64_t)i) * 1000);
        seen += (int64_t)n;
        from = due(n - 1) + 1;
        rounds++;
    }
    assert_int_equal(seen, 86400);
    assert_in_range(rounds, 2, 4);
}

/* Ten seconds, then twenty, then ten again; and a rename in between. */
static void intervals_and_names__whatever_they_were(void **state)
{
    struct world *w = *state;
    struct monitor m = {.name = "api", .was = "old", .interval_ms = 10000};

    up(w);
    ask(w, DAY, DAY + HOUR_MS);
    assert_string_equal(answer, "[]"); /* never heard of it */
    for (int i = 0; i < 3; i++)
        put_one(w, "old", 10000, DAY + i * 10000);
    settle(w);
    w->config.monitors = &m;
    w->config.n_monitors = 1;
    store_configure(w->store, &w->config);
    put_samples(w, DAY + 20000, 20000, 3); /* 20, 40, 60 s: the first slot is there already */
    put_samples(w, DAY + 50000, 10000, 2);
    ask(w, DAY, DAY + HOUR_MS);
    assert_int_equal(jv_len(list), 6);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(due(i), DAY + (int64_t)i * 10000);
    assert_int_equal(due(3), DAY + 40000);
    assert_int_equal(due(4), DAY + 50000);
    assert_int_equal(due(5), DAY + 60000);
    w->config.monitors = NULL;
    w->config.n_monitors = 0;
}

static void bytes_that_are_no_result__and_short_blocks__are_passed_over(void **state)
{
    struct world *w = *state;

    up(w);
    put_samples(w, DAY, 10000, 1);
    set_bytes(w, block_key(w, TIER_RAW, "api", 10000, DAY),
              (const unsigned char *)"\1\2\377\0\1\2\1\0\1", 9);
    ask(w, DAY, DAY + DAY_MS);
    assert_int_equal(jv_len(list), 1);
    assert_int_equal(due(0), DAY + 10000);
    redis_say(w, "DEL %s", block_key(w, TIER_RAW, "api", 10000, DAY));
    redis_say(w, "RPUSH %s x", block_key(w, TIER_RAW, "api", 10000, DAY));
    ask(w, DAY, DAY + DAY_MS);
    assert_string_equal(answer, "[]");
    assert_int_equal(w->state, STORE_UP);
}

static void a_damaged_block__is_told_once__and_the_rest_served(void **state)
{
    static unsigned char slots[1440 * 4 + 1];
    struct world *w = *state;
    struct store_facts f;
    struct buf sealed;
    char key[KEY_SIZE];

    up(w);
    put_samples(w, DAY, 60000, 3);
    put_samples(w, DAY + DAY_MS, 60000, 3);
    snprintf(key, sizeof key, "%s", block_key(w, TIER_RAW, "api", 60000, DAY));
    get_bytes(w, key, slots, sizeof slots);
    buf_init(&sealed, 1 << 20);
    block_seal(slots, 1440, &sealed);
    set_bytes(w, key, (const unsigned char *)sealed.p, sealed.len);
    ask(w, DAY, DAY + 2 * DAY_MS);
    assert_int_equal(jv_len(list), 6);
    sealed.p[sealed.len / 2] ^= 4;
    set_bytes(w, key, (const unsigned char *)sealed.p, sealed.len);
    for (int i = 0; i < 2; i++) {
        ask(w, DAY, DAY + 2 * DAY_MS);
        assert_false(answer_away);
        assert_int_equal(jv_len(list), 3);
        assert_int_equal(due(0), DAY + DAY_MS);
    }
    store_read_facts(w->store, &f);
    assert_int_equal(f.damaged_blocks, 1);
    buf_done(&sealed);
}

static void redis_killed_in_between__away_once__then_all_of_it(void **state)
{
    struct world *w = *state;

    up(w);
    put_samples(w, DAY, 1000, 100);
    answers = 0;
    store_read_results(w->store, "api", DAY, DAY + 7 * DAY_MS, on_json, NULL);
    assert_int_equal(answers, 0);
    redis_kill(w);
    pump_until(w, answers == 1 && w->state == STORE_AWAY);
    assert_true(answer_away);
    ask(w, DAY, DAY + HOUR_MS);
    assert_true(answer_away);
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP);
    ask(w, DAY, DAY + 7 * DAY_MS);
    assert_int_equal(jv_len(list), 100);
    answers = 0;
    store_read_results(w->store, "api", DAY, DAY + 7 * DAY_MS, on_json, NULL);
    close_store(w);
    assert_int_equal(answers, 1);
    assert_true(answer_away);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESULTS_TEST(asked_for__only_these_slots__oldest_first),
        RESULTS_TEST(over_midnight__both_days__and_no_more_than_a_week),
        RESULTS_TEST(interval_that_does_not_divide_the_day__no_slot_is_lost_or_told_twice),
        RESULTS_TEST(a_full_answer__is_cut_at_a_slot__and_asked_on_from_there),
        RESULTS_TEST(intervals_and_names__whatever_they_were),
        RESULTS_TEST(a_damaged_block__is_told_once__and_the_rest_served),
        RESULTS_TEST(bytes_that_are_no_result__and_short_blocks__are_passed_over),
        RESULTS_TEST(redis_killed_in_between__away_once__then_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
