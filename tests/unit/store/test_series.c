/* test_series.c - under which id a monitor's results are kept, whatever happens to its name, its
 * interval, Redis or us. */
#include "../../../src/store/retire.h"
#include "../../../src/store/series_index.h"
#include "slots.h"

static struct monitor monitors[4];

static void configure(struct world *w, const char *const pairs[][2], size_t n)
{
    for (size_t i = 0; i < n; i++)
        monitors[i] =
            (struct monitor){.name = pairs[i][0], .was = pairs[i][1], .interval_ms = 60000};
    w->config.monitors = monitors;
    w->config.n_monitors = n;
    if (w->store != NULL)
        store_configure(w->store, &w->config);
}
#define CONFIGURE(w, ...)                                                                          \
    configure(w, (const char *const[][2]){__VA_ARGS__},                                            \
              sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *const[2]))

static void up(struct world *w)
{
    if (w->redis == 0)
        redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

static bool is_dirty(struct world *w)
{
    const struct series *x;

    for (size_t i = 0; (x = series_at(w->store, i)) != NULL; i++) {
        if (x->dirty)
            return true;
    }
    return w->store->series->writing;
}

/* Nothing of the index is left to be written. */
static void indexed(struct world *w)
{
    settle(w);
    pump_until(w, !is_dirty(w) && !w->store->series->reading);
}

static void copy_id(struct world *w, const char *monitor, int64_t interval_ms,
                    char ret[SERIES_ID_SIZE])
{
    const struct epoch *e = epoch_at(w, monitor, interval_ms);

    assert_non_null(e);
    memcpy(ret, e->id, SERIES_ID_SIZE);
}

static size_t epochs_of(struct world *w, const char *monitor)
{
    const struct series *x = series_own(w->store, monitor);

    return x != NULL ? x->epochs.n : 0;
}

static void restart__the_same_series_goes_on__another_interval_is_another(void **state)
{
    struct world *w = *state;
    char first[SERIES_ID_SIZE], second[SERIES_ID_SIZE], again[SERIES_ID_SIZE];
    const int64_t day = day_from_today(1);

    up(w);
    put_one(w, "api", 60000, day);
    indexed(w);
    copy_id(w, "api", 60000, first);
    close_store(w);
    up(w);
    put_one(w, "api", 60000, day + 60000);
    put_one(w, "api", 30000, day + 120000);
    indexed(w);
    copy_id(w, "api", 60000, again);
    copy_id(w, "api", 30000, second);
    assert_string_equal(first, again);
    assert_string_not_equal(first, second);
    close_store(w);
    up(w);
    put_one(w, "api", 60000, day + 180000); /* back: a third one, for the time from here on */
    indexed(w);
    assert_int_equal(epochs_of(w, "api"), 3);
    const struct series *x = series_find(w->store, "here", "api");
    assert_string_equal(x->epochs.items[0].id, first);
    assert_int_equal(x->epochs.items[2].interval_ms, 60000); /* the one written to is the last */
    assert_int_equal(x->epochs.items[2].from_ms, day + 180000);
    assert_int_equal(x->epochs.items[2].last_ms, day);
    assert_string_equal(length(w, "HLEN", KEY_SERIES), "1");
}

static void more_than_64_intervals__the_oldest_is_given_up(void **state)
{
    struct world *w = *state;

    up(w);
    for (int i = 0; i < EPOCHS_MAX + 3; i++)
        put_one(w, "api", 60000 + i * 1000, day_from_today(1 + i));
    indexed(w);
    assert_int_equal(epochs_of(w, "api"), EPOCHS_MAX);
    assert_null(epoch_at(w, "api", 62000));
    assert_non_null(epoch_at(w, "api", 63000));
}

static void former_name__the_history_goes_with_it__once(void **state)
{
    struct world *w = *state;
    char id[SERIES_ID_SIZE], now[SERIES_ID_SIZE];
    const int64_t day = day_from_today(1);

    up(w);
    CONFIGURE(w, {"old", NULL});
    put_one(w, "old", 60000, day);
    indexed(w);
    copy_id(w, "old", 60000, id);
    CONFIGURE(w, {"new", "old"});
    put_one(w, "new", 60000, day + 60000);
    indexed(w);
    copy_id(w, "new", 60000, now);
    assert_string_equal(id, now);
    assert_null(series_own(w->store, "old"));
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:series here/old"), "0");
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:series here/new"), "1");
    /* The old name comes to be somebody else's: it is not taken from him. */
    CONFIGURE(w, {"new", "old"}, {"old", NULL});
    put_one(w, "old", 60000, day + 60000);
    indexed(w);
    close_store(w);
    up(w);
    copy_id(w, "new", 60000, now);
    assert_string_equal(id, now);
    assert_int_equal(epochs_of(w, "new"), 1);
    assert_int_equal(epochs_of(w, "old"), 1);
}

static void two_that_exchange_their_names__come_out_right__and_stay(void **state)
{
    struct world *w = *state;
    char a[SERIES_ID_SIZE], b[SERIES_ID_SIZE], now[SERIES_ID_SIZE];
    const int64_t day = day_from_today(1);

    up(w);
    CONFIGURE(w, {"a", NULL}, {"b", NULL});
    put_one(w, "a", 60000, day);
    put_one(w, "b", 60000, day);
    indexed(w);
    copy_id(w, "a", 60000, a);
    copy_id(w, "b", 60000, b);
    CONFIGURE(w, {"a", "b"}, {"b", "a"});
    indexed(w);
    for (int round = 0; round < 3; round++) {
        copy_id(w, "a", 60000, now);
        assert_string_equal(now, b);
        copy_id(w, "b", 60000, now);
        assert_string_equal(now, a);
        assert_int_equal(epochs_of(w, "a") + epochs_of(w, "b"), 2);
        close_store(w);
        up(w); /* the file still says so */
    }
    assert_string_equal(length(w, "HLEN", KEY_SERIES), "2");
}

static void both_names_have_a_history__they_become_one(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(1);

    up(w);
    CONFIGURE(w, {"old", NULL}, {"new", NULL});
    put_one(w, "old", 60000, day);
    put_one(w, "new", 60000, day);
    indexed(w);
    CONFIGURE(w, {"new", "old"});
    indexed(w);
    assert_int_equal(epochs_of(w, "new"), 2);
    assert_string_equal(length(w, "HLEN", KEY_SERIES), "1");
}

static void renamed_while_redis_is_away__moved_when_it_is_back(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    char id[SERIES_ID_SIZE], now[SERIES_ID_SIZE];
    const int64_t day = day_from_today(1);

    up(w);
    CONFIGURE(w, {"old", NULL});
    put_one(w, "old", 60000, day);
    indexed(w);
    copy_id(w, "old", 60000, id);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    put_one(w, "old", 60000, day + 60000);
    CONFIGURE(w, {"new", "old"});
    put_one(w, "new", 60000, day + 120000);
    samples_flush(w->store->samples);
    redis_start(w, REDIS_AOF);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0 && w->state == STORE_UP));
    indexed(w);
    copy_id(w, "new", 60000, now);
    assert_string_equal(id, now);
    assert_int_equal(epochs_of(w, "new"), 1);
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:series here/old"), "0");
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "new", 60000, day), 1440), 3);
}

static void put_in_child(struct world *w)
{
    open_store(w);
    pump_until(w, w->readies == 1);
    put_one(w, "api", 60000, day_from_today(1) + 60000);
    samples_flush(w->store->samples);
}

/* A start without Redis, killed, and another start: a new id each time, and nothing is lost. */
static void started_and_killed_without_redis__nothing_is_lost(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    char id[SERIES_ID_SIZE];
    const int64_t day = day_from_today(1);
    int found = 0;

    up(w);
    put_one(w, "api", 60000, day);
    indexed(w);
    copy_id(w, "api", 60000, id);
    close_store(w);
    redis_kill(w);
    in_child(w, put_in_child);
    open_store(w);
    pump_until(w, w->readies == 1);
    assert_true(w->away);
    put_one(w, "api", 60000, day + 120000);
    samples_flush(w->store->samples);
    redis_start(w, REDIS_AOF);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0 && w->state == STORE_UP));
    series_read(w->store); /* what the spool told */
    indexed(w);
    pump_until(w, epochs_of(w, "api") == 3);
    const struct series *x = series_own(w->store, "api");
    for (size_t i = 0; i < x->epochs.n; i++) {
        char key[KEY_SIZE];
        key_block(key, "test", TIER_RAW, x->epochs.items[i].id, day);
        found += count_raw(w, key, 1440);
    }
    assert_int_equal(found, 3);
    series_read(w->store);
    indexed(w);
    pump_until(w, text_eq(length(w, "HLEN", KEY_SERIES), "1")); /* nothing by itself any more */
    close_store(w);
    up(w);
    assert_int_equal(epochs_of(w, "api"), 3);
}

static void redis_was_emptied__the_index_is_there_again(void **state)
{
    struct world *w = *state;

    up(w);
    put_one(w, "api", 60000, day_from_today(1));
    indexed(w);
    redis_say(w, "DEL mw:{test}:series");
    series_read(w->store);
    pump_until(w, text_eq(length(w, "HLEN", KEY_SERIES), "1"));
}

/* A life that ends while Redis is away: what it knew of its days is in the spool alone. */
static void end_while_away(struct world *w, int64_t due_ms)
{
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    put_one(w, "api", 60000, due_ms);
    close_store(w);
    redis_start(w, REDIS_AOF);
}

static void read_anew(struct world *w)
{
    indexed(w);
    pump_until(w, !w->store->series->unread && !is_dirty(w));
}

static void a_day_that_only_the_spool_knows__is_rolled_up_though_a_later_one_came_first(
    void **state)
{
    struct world *w = *state;
    struct series *of;
    char id[SERIES_ID_SIZE];

    up(w);
    put_one(w, "api", 60000, day_from_today(1));
    copy_id(w, "api", 60000, id);
    series_by_id(w->store, id, &of)->rolled_ms = day_from_today(2);
    read_anew(w);
    end_while_away(w, day_from_today(2));
    up(w);
    put_one(w, "api", 60000, day_from_today(3));
    read_anew(w);
    assert_int_equal(epoch_at(w, "api", 60000)->last_ms, day_from_today(3));
    assert_int_equal(epoch_at(w, "api", 60000)->rolled_ms, day_from_today(2));
}

static void a_field_that_only_the_spool_knows__is_read_before_it_ends(void **state)
{
    struct world *w = *state;
    char id[SERIES_ID_SIZE], left[512];

    up(w);
    put_one(w, "api", 60000, day_from_today(1));
    read_anew(w);
    copy_id(w, "api", 60000, id);
    snprintf(left, sizeof left, "%s", redis_say(w, "HGET mw:{test}:series here/api"));
    redis_say(w, "HSET mw:{test}:series here/api#%s %s", id, left);
    end_while_away(w, day_from_today(2));
    up(w);
    put_one(w, "api", 30000, day_from_today(1)); /* makes the entry be written */
    read_anew(w);
    assert_int_equal(epoch_at(w, "api", 60000)->last_ms, day_from_today(2));
    pump_until(w, text_eq(length(w, "HLEN", KEY_SERIES), "1"));
}

static void other_regions__are_seen__and_left_alone(void **state)
{
    static const char other[] = "{\"epochs\":[{\"id\":\"q1\",\"interval\":60000,\"from\":1000,"
                                "\"last\":86400000,\"rolled\":172800000}]}";
    struct world *w = *state;
    const struct series *x;
    size_t i = 0;

    redis_start(w, REDIS_AOF);
    redis_say(w, "HSET mw:{test}:series nyc/api %s", other);
    redis_say(w, "HSET mw:{test}:series nyc/web#q2 %s",
              "{\"epochs\":[{\"id\":\"q2\",\"interval\":1000}]}");
    redis_say(w, "HSET mw:{test}:series nonsense %s", other);
    redis_say(w, "HSET mw:{test}:series nyc/bad %s", "{\"epochs\":[{\"id\":\"../x\"}]}");
    redis_say(w, "HSET mw:{test}:series nyc/worse %s", "{");
    up(w);
    put_one(w, "api", 60000, day_from_today(1));
    indexed(w);
    while ((x = series_next(w->store, &i, "api", NULL)) != NULL)
        assert_int_equal(x->epochs.items[0].interval_ms, 60000);
    assert_int_equal(i, 2);
    i = 0;
    x = series_next(w->store, &i, "api", "nyc");
    assert_string_equal(x->region, "nyc");
    assert_int_equal(x->epochs.items[0].rolled_ms, 172800000);
    assert_null(series_next(w->store, &i, "api", "nyc"));
    assert_string_equal(series_find(w->store, "nyc", "web")->epochs.items[0].id, "q2");
    assert_null(series_find(w->store, "nyc", "worse"));
    assert_string_equal(redis_say(w, "HGET mw:{test}:series nyc/api"), other);
    redis_say(w, "HDEL mw:{test}:series nyc/api");
    series_read(w->store);
    pump_until(w, series_find(w->store, "nyc", "api") == NULL);
    assert_non_null(series_find(w->store, "nyc", "web"));
}

static void nothing_is_kept_of_it__it_leaves_the_index(void **state)
{
    struct world *w = *state;
    size_t at = 0;
    struct series *of;

    up(w);
    CONFIGURE(w, {"stays", NULL});
    put_one(w, "stays", 60000, day_from_today(1));
    put_one(w, "gone", 60000, day_from_today(1));
    put_one(w, "kept", 60000, day_from_today(1));
    indexed(w);
    for (size_t i = 0; (of = series_at(w->store, i)) != NULL; i++)
        of->epochs.items[0].last_ms = day_from_today(-2000);
    redis_say(w, "SET %s x", block_key(w, TIER_DAY, "kept", 60000, day_from_today(-2000)));
    retire_some(w->store, &at);
    pump_until(w, text_eq(redis_say(w, "HEXISTS mw:{test}:series here/gone"), "0"));
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:series here/kept"), "1");
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:series here/stays"), "1");
    assert_null(series_own(w->store, "gone"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(restart__the_same_series_goes_on__another_interval_is_another),
        TEST(more_than_64_intervals__the_oldest_is_given_up),
        TEST(former_name__the_history_goes_with_it__once),
        TEST(two_that_exchange_their_names__come_out_right__and_stay),
        TEST(both_names_have_a_history__they_become_one),
        TEST(renamed_while_redis_is_away__moved_when_it_is_back),
        TEST(started_and_killed_without_redis__nothing_is_lost),
        TEST(redis_was_emptied__the_index_is_there_again),
        TEST(a_day_that_only_the_spool_knows__is_rolled_up_though_a_later_one_came_first),
        TEST(a_field_that_only_the_spool_knows__is_read_before_it_ends),
        TEST(other_regions__are_seen__and_left_alone),
        TEST(nothing_is_kept_of_it__it_leaves_the_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
