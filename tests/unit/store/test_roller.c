/* test_roller.c - days that are over become sealed blocks and tallies, however they came about. */
#include "../../../src/store/series_index.h"
#include "slots.h"
#include "stats/tally.h"

#define MINUTE 60000

static void up(struct world *w)
{
    if (w->redis == 0)
        redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

/* What was written into days that are over is late: here it is made what it would have been, had
 * it come in time. */
static void as_if_in_time(struct world *w, const char *monitor, int64_t interval_ms)
{
    struct series *of;
    const struct epoch *e = epoch_at(w, monitor, interval_ms);
    char late[KEY_SIZE], raw[KEY_SIZE];

    settle(w);
    for (int64_t day = e->from_ms - e->from_ms % DAY_MS; day <= e->last_ms; day += DAY_MS) {
        key_late(late, "test", e->id, day);
        key_block(raw, "test", TIER_RAW, e->id, day);
        redis_say(w, "RENAME %s %s", late, raw);
    }
    series_by_id(w->store, e->id, &of)->late_ms = 0;
}

static void roll(struct world *w, uint64_t days)
{
    struct store_facts f;

    settle(w);
    store_read_facts(w->store, &f);
    const uint64_t want = f.blocks_rolled + days;
    roller_now(w->store->roller);
    pump_until(w, (store_read_facts(w->store, &f), f.blocks_rolled >= want));
    store_read_facts(w->store, &f);
    assert_int_equal(f.blocks_rolled, want);
}

struct found {
    size_t units, first, last;
    struct tally all;
};

static void add_unit(void *arg, size_t unit, const struct tally *t)
{
    struct found *f = arg;

    f->first = f->units == 0 ? unit : f->first;
    f->last = unit;
    f->units++;
    tally_merge(&f->all, t);
}

static struct found look(struct world *w, enum tier t, const char *monitor, int64_t interval_ms,
                         int64_t at_ms)
{
    static unsigned char bytes[1 << 20];
    struct found f = {.units = 0};
    struct err e = {""};
    int n = get_bytes(w, block_key(w, t, monitor, interval_ms, at_ms), bytes, sizeof bytes);

    tally_init(&f.all);
    if (n >= 0 && block_get_tallies(bytes, (size_t)n, add_unit, &f, &e) != 0)
        fail_msg("%s", e.text);
    return f;
}

/* Of the month of `at_ms`, and of the one before if `days` days reach into it. */
static uint64_t counted(struct world *w, enum tier t, int64_t interval_ms, int64_t from_ms)
{
    int64_t upto = day_from_today(0);
    uint64_t n = 0;

    for (int64_t at = from_ms; at < upto;) {
        struct found f = look(w, t, "api", interval_ms, at);
        n += tally_results(&f.all);
        at = block_span(t, interval_ms, at).to_ms;
    }
    return n;
}

static void days_that_are_over__are_sealed_and_rolled_up(void **state)
{
    struct world *w = *state;
    const int64_t first = day_from_today(-3);
    struct store_facts f;

    up(w);
    put_span(w, "api", MINUTE, first, first + 3 * DAY_MS);
    as_if_in_time(w, "api", MINUTE);
    store_read_facts(w->store, &f);
    assert_int_equal(f.oldest_unrolled_ms, first);
    roll(w, 3);
    for (int i = 0; i < 3; i++) {
        static unsigned char bytes[6000];
        const char *key = block_key(w, TIER_RAW, "api", MINUTE, first + i * DAY_MS);
        int n = get_bytes(w, key, bytes, sizeof bytes);
        assert_in_range(n, 10, 3000);
        assert_int_equal(block_form(bytes, (size_t)n), BLOCK_IS_SEALED);
        assert_int_equal(count_raw(w, key, 1440), 1440);
        assert_int_equal(atoll(redis_say(w, "EXPIRETIME %s", key)),
                         (first + (i + 31) * DAY_MS) / 1000); /* as long as minutes are kept */
    }
    assert_int_equal(counted(w, TIER_HOUR, MINUTE, first), 3 * 1440);
    assert_int_equal(counted(w, TIER_DAY, MINUTE, first), 3 * 1440);
    assert_string_equal(redis_say(w, "EXISTS %s", block_key(w, TIER_MINUTE, "api", MINUTE, first)),
                        "0");
    struct block_span month = block_span(TIER_DAY, MINUTE, first);
    assert_int_equal(
        atoll(redis_say(w, "EXPIRETIME %s", block_key(w, TIER_DAY, "api", MINUTE, first))),
        (month.to_ms + 1825 * DAY_MS) / 1000);
    assert_int_equal(epoch_at(w, "api", MINUTE)->rolled_ms, day_from_today(0));
    assert_non_null(strstr(redis_say(w, "HGET mw:{test}:series here/api"), "\"rolled\""));
    close_store(w);
    up(w); /* it is known that they are */
    assert_int_equal(epoch_at(w, "api", MINUTE)->rolled_ms, day_from_today(0));
}

static void intervals_below_a_minute__have_minutes_too(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-1);

    up(w);
    put_span(w, "api", 10000, day + HOUR_MS, day + 2 * HOUR_MS);
    as_if_in_time(w, "api", 10000);
    roll(w, 1);
    struct found f = look(w, TIER_MINUTE, "api", 10000, day);
    assert_int_equal(f.units, 60);
    assert_int_equal(f.first, 60);
    assert_int_equal(f.last, 119);
    assert_int_equal(tally_results(&f.all), 360);
    f = look(w, TIER_HOUR, "api", 10000, day);
    assert_int_equal(f.units, 1);
    assert_int_equal(tally_results(&f.all), 360);
}

static void late_by_days__put_in__and_counted_once_however_often(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-2);
    char late[KEY_SIZE];
    struct store_facts f;

    up(w);
    put_span(w, "api", MINUTE, day, day + HOUR_MS);
    put_span(w, "api", MINUTE, day + DAY_MS, day + DAY_MS + HOUR_MS);
    as_if_in_time(w, "api", MINUTE);
    roll(w, 2);
    for (int round = 0; round < 3; round++) {
        put_span(w, "api", MINUTE, day + HOUR_MS / 2, day + 2 * HOUR_MS);
        roll(w, 1);
        assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "api", MINUTE, day), 1440), 120);
        assert_int_equal(counted(w, TIER_HOUR, MINUTE, day), 180);
        assert_int_equal(counted(w, TIER_DAY, MINUTE, day), 180);
    }
    key_late(late, "test", epoch_at(w, "api", MINUTE)->id, day);
    assert_string_equal(redis_say(w, "EXISTS %s", late), "0");
    store_read_facts(w->store, &f);
    assert_int_equal(f.late_samples, 120 + 3 * 90);
    put_one(w, "api", MINUTE, day - 5 * DAY_MS); /* before it began */
    roll(w, 1);
    assert_int_equal(counted(w, TIER_DAY, MINUTE, day - 5 * DAY_MS), 181);
}

static void late__and_the_results_of_that_day_are_gone__added_to_what_was_counted(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-2);

    up(w);
    put_span(w, "api", MINUTE, day, day + HOUR_MS);
    as_if_in_time(w, "api", MINUTE);
    roll(w, 1);
    redis_say(w, "DEL %s", block_key(w, TIER_RAW, "api", MINUTE, day));
    for (int i = 1; i <= 2; i++) {
        put_one(w, "api", MINUTE, day + i * HOUR_MS);
        roll(w, 1);
        assert_int_equal(counted(w, TIER_HOUR, MINUTE, day), 60 + i);
        assert_int_equal(counted(w, TIER_DAY, MINUTE, day), 60 + i);
    }
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "api", MINUTE, day), 1440), -1);
}

static void caught_up_with_after_its_retention__only_the_roll_ups_stay(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-5);

    up(w);
    put_span(w, "api", 30000, day, day + HOUR_MS); /* raw: two days */
    as_if_in_time(w, "api", 30000);
    roll(w, 1);
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "api", 30000, day), 2880), -1);
    assert_int_equal(counted(w, TIER_DAY, 30000, day), 120);
}

static void flip(struct world *w, const char *key)
{
    static unsigned char bytes[20000];
    int n = get_bytes(w, key, bytes, sizeof bytes);

    assert_true(n > 6);
    bytes[n / 2] ^= 8;
    set_bytes(w, key, bytes, (size_t)n);
}

static void damaged_blocks__are_set_aside__and_the_rest_goes_on(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-2);
    struct store_facts f;
    char raw[KEY_SIZE], hour[KEY_SIZE];

    up(w);
    put_span(w, "api", MINUTE, day, day + HOUR_MS);
    as_if_in_time(w, "api", MINUTE);
    roll(w, 1);
    snprintf(raw, sizeof raw, "%s", block_key(w, TIER_RAW, "api", MINUTE, day));
    snprintf(hour, sizeof hour, "%s", block_key(w, TIER_HOUR, "api", MINUTE, day));
    flip(w, raw);
    flip(w, hour);
    put_one(w, "api", MINUTE, day + 5 * HOUR_MS);
    roll(w, 1);
    store_read_facts(w->store, &f);
    assert_int_equal(f.damaged_blocks, 2);
    assert_string_equal(redis_say(w, "EXISTS %s:damaged", raw), "1");
    assert_string_equal(redis_say(w, "EXISTS %s:damaged", hour), "1");
    assert_int_equal(look(w, TIER_HOUR, "api", MINUTE, day).units, 1); /* from here on */
    assert_int_equal(counted(w, TIER_DAY, MINUTE, day), 61);
    redis_say(w, "DEL %s", hour);
    redis_say(w, "RPUSH %s x", hour);
    put_one(w, "api", MINUTE, day + 6 * HOUR_MS);
    roll(w, 1);
    assert_int_equal(look(w, TIER_HOUR, "api", MINUTE, day).units, 1);
    assert_int_equal(counted(w, TIER_DAY, MINUTE, day), 62);
}

static void damaged_days_of_a_month__are_taken_from_its_hours(void **state)
{
    struct world *w = *state;
    const int64_t month = block_span(TIER_DAY, MINUTE, day_from_today(-40)).from_ms;
    const int64_t day = month + 2 * DAY_MS;
    char days[KEY_SIZE], aside[KEY_SIZE + 16];

    up(w);
    put_span(w, "api", MINUTE, day, day + 4 * DAY_MS); /* raw is gone by now */
    as_if_in_time(w, "api", MINUTE);
    roll(w, 4);
    struct found before = look(w, TIER_DAY, "api", MINUTE, day);
    assert_int_equal(before.units, 4);
    snprintf(days, sizeof days, "%s", block_key(w, TIER_DAY, "api", MINUTE, day));
    snprintf(aside, sizeof aside, "%s:damaged", days);
    for (int round = 1; round <= 2; round++) {
        if (round == 1)
            flip(w, days);
        else
            redis_say(w, "EVAL %s 1 %s",
                      "redis.call('DEL', KEYS[1]) return redis.call('HSET', KEYS[1], 'a', 'b')",
                      days);
        put_one(w, "api", MINUTE, day + 4 * DAY_MS + round * MINUTE);
        roll(w, 1);
        struct found after = look(w, TIER_DAY, "api", MINUTE, day);
        assert_int_equal(after.units, 5);
        assert_int_equal(after.first, 2);
        assert_int_equal(tally_results(&after.all), 4 * 1440 + round);
        assert_int_equal(after.all.min_us, before.all.min_us);
        assert_int_equal(after.all.max_us, before.all.max_us);
    }
    assert_string_equal(redis_say(w, "EXISTS %s", aside), "1");
}

/* Days that were open when we were killed; Redis is killed while they are caught up with. */
static void missed_for_days__caught_up_with__also_through_ends_of_redis(void **state)
{
    struct world *w = *state;
    const int64_t first = day_from_today(-6);
    const struct epoch *e;

    up(w);
    put_span(w, "api", MINUTE, first, first + 6 * DAY_MS);
    put_span(w, "web", 2 * MINUTE, first, first + 6 * DAY_MS);
    as_if_in_time(w, "api", MINUTE);
    as_if_in_time(w, "web", 2 * MINUTE);
    roller_now(w->store->roller);
    for (int i = 1; i < 5; i++) {
        pump_until(w, (e = epoch_at(w, "api", MINUTE))->rolled_ms >= first + i * DAY_MS);
        redis_kill(w);
        pump_until(w, w->state == STORE_AWAY);
        redis_start(w, REDIS_AOF);
        pump_until(w, w->state == STORE_UP);
        roller_now(w->store->roller);
    }
    pump_until(w, roller_oldest_ms(w->store) == 0 && !w->store->series->writing);
    close_store(w);
    up(w);
    roller_now(w->store->roller);
    for (int i = 0; i < 6; i++) {
        const char *key = block_key(w, TIER_RAW, "api", MINUTE, first + i * DAY_MS);
        pump_until(w, count_raw(w, key, 1440) == 1440);
    }
    assert_int_equal(counted(w, TIER_HOUR, MINUTE, first), 6 * 1440);
    assert_int_equal(counted(w, TIER_DAY, MINUTE, first), 6 * 1440);
}

static void a_result_comes_while_its_day_is_rolled__it_is_in(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-1);

    up(w);
    put_span(w, "api", MINUTE, day, day + 12 * HOUR_MS);
    as_if_in_time(w, "api", MINUTE);
    for (int turns = 1; turns < 12; turns++) {
        roller_now(w->store->roller);
        for (int i = 0; i < turns; i++)
            uv_run(&w->loop.uv, UV_RUN_NOWAIT);
        put_one(w, "api", MINUTE, day + 12 * HOUR_MS + turns * MINUTE);
        samples_flush(w->store->samples);
    }
    settle(w);
    roller_now(w->store->roller);
    pump_until(w, (uint64_t)count_raw(w, block_key(w, TIER_RAW, "api", MINUTE, day), 1440) == 731);
    pump_until(w, roller_oldest_ms(w->store) == 0 && counted(w, TIER_DAY, MINUTE, day) == 731);
    assert_int_equal(counted(w, TIER_HOUR, MINUTE, day), 731);
}

static void redis_is_full__nothing_is_half_done__and_the_next_start_does_it(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-1);

    redis_start(w, "");
    up(w);
    put_span(w, "api", MINUTE, day, day + HOUR_MS);
    as_if_in_time(w, "api", MINUTE);
    redis_say(w, "EVAL %s 0", "redis.call('SET', 'big', string.rep('x', 3000000))");
    redis_say(w, "CONFIG SET maxmemory 3000000");
    roller_now(w->store->roller);
    pump_until(w, epoch_at(w, "api", MINUTE)->late_ms == day);
    assert_string_equal(redis_say(w, "EXISTS %s", block_key(w, TIER_HOUR, "api", MINUTE, day)),
                        "0");
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "api", MINUTE, day), 1440), 60);
    close_store(w);
    redis_say(w, "CONFIG SET maxmemory 0");
    up(w);
    roller_now(w->store->roller);
    pump_until(w, counted(w, TIER_DAY, MINUTE, day) == 60);
}

/* Older results wait in the spool: the day stays open. */
static void spool_is_not_read_out__nothing_is_sealed(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(-1);
    struct store_facts f;

    redis_start(w, "");
    up(w);
    put_span(w, "api", MINUTE, day, day + HOUR_MS);
    as_if_in_time(w, "api", MINUTE);
    redis_say(w, "EVAL %s 0", "redis.call('SET', 'big', string.rep('x', 3000000))");
    redis_say(w, "CONFIG SET maxmemory 3000000");
    put_one(w, "web", MINUTE, day);
    samples_flush(w->store->samples);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 1));
    roller_now(w->store->roller);
    for (int i = 0; i < 50; i++)
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
    assert_int_equal(epoch_at(w, "api", MINUTE)->rolled_ms, 0);
    redis_say(w, "CONFIG SET maxmemory 0");
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0));
    roller_now(w->store->roller);
    pump_until(w, counted(w, TIER_DAY, MINUTE, day) == 60);
}

/* The clock stood days ahead for a while: today was rolled up then. */
static void clock_was_ahead__results_of_now_still_come_to_their_day(void **state)
{
    struct world *w = *state;
    struct series *of;
    const int64_t today = day_from_today(0);

    up(w);
    put_one(w, "api", MINUTE, today + 3 * DAY_MS);
    settle(w);
    struct epoch *e = series_by_id(w->store, epoch_at(w, "api", MINUTE)->id, &of);
    e->rolled_ms = today + 3 * DAY_MS;
    samples_rolled(w->store->samples, "api");
    for (int round = 1; round <= 2; round++) {
        put_span(w, "api", MINUTE, today, today + round * 5 * MINUTE);
        roll(w, 1);
        const char *key = block_key(w, TIER_RAW, "api", MINUTE, today);
        assert_int_equal(count_raw(w, key, 1440), round * 5);
        struct found f = look(w, TIER_DAY, "api", MINUTE, today);
        assert_int_equal(tally_results(&f.all), round * 5);
    }
    put_one(w, "api", MINUTE, today + 3 * DAY_MS + MINUTE); /* then as ever */
    settle(w);
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "api", MINUTE, today + 3 * DAY_MS), 1440),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_that_are_over__are_sealed_and_rolled_up),
        TEST(intervals_below_a_minute__have_minutes_too),
        TEST(late_by_days__put_in__and_counted_once_however_often),
        TEST(late__and_the_results_of_that_day_are_gone__added_to_what_was_counted),
        TEST(caught_up_with_after_its_retention__only_the_roll_ups_stay),
        TEST(damaged_blocks__are_set_aside__and_the_rest_goes_on),
        TEST(damaged_days_of_a_month__are_taken_from_its_hours),
        TEST(missed_for_days__caught_up_with__also_through_ends_of_redis),
        TEST(a_result_comes_while_its_day_is_rolled__it_is_in),
        TEST(redis_is_full__nothing_is_half_done__and_the_next_start_does_it),
        TEST(spool_is_not_read_out__nothing_is_sealed),
        TEST(clock_was_ahead__results_of_now_still_come_to_their_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
