/* test_slo.c - what SLOs counted, kept and read back: absolute, so that again is the same. */
#include "slots.h"

#define QUARTER SLO_UNIT_MS

static struct slo_unit units[64], minutes[512];
static size_t n_units, n_minutes;
static int answers;
static bool away;

static void on_history(void *arg, const struct slo_history *h)
{
    (void)arg;
    answers++;
    away = h == NULL;
    if (h == NULL)
        return;
    assert_in_range(h->n_units, 0, 64);
    assert_in_range(h->n_minutes, 0, 256);
    n_units = h->n_units;
    n_minutes = h->n_minutes;
    for (size_t i = 0; i < n_units; i++)
        units[i] = h->units[i];
    for (size_t i = 0; i < n_minutes; i++)
        minutes[i] = h->minutes[i];
}

static void read_back(struct world *w, int64_t from_ms, int64_t to_ms)
{
    answers = 0;
    store_slo_read(w->store, "web", from_ms, to_ms, on_history, NULL);
    assert_int_equal(answers, 0);
    pump_until(w, answers == 1);
}

static void put(struct world *w, int64_t at_ms, uint32_t good, uint32_t bad)
{
    struct slo_put p = {.slo = "web",
                        .unit_ms = at_ms - at_ms % QUARTER,
                        .minute_ms = at_ms - at_ms % MINUTE_MS,
                        .unit = {good, bad, 3, 4, good + bad},
                        .minute = {bad, good, 7, UINT32_MAX, 9}};

    store_slo_put(w->store, &p);
}

static void up(struct world *w)
{
    if (w->redis == 0)
        redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

static void cells__come_back_as_they_were_put_last(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(0);

    up(w);
    for (uint32_t i = 1; i <= 100; i++) /* the running one, again and again */
        put(w, day + QUARTER, i, 1);
    put(w, day + 2 * QUARTER + MINUTE_MS, 5, 6);
    put(w, day + 2 * QUARTER + 2 * MINUTE_MS, 7, 8);
    read_back(w, day, day + DAY_MS);
    assert_int_equal(n_units, 2);
    assert_int_equal(units[0].at_ms, day + QUARTER);
    assert_int_equal(units[0].cell.good, 100);
    assert_int_equal(units[0].cell.unknown, 4);
    assert_int_equal(units[0].cell.planned, 101);
    assert_int_equal(units[1].cell.good, 7);
    assert_int_equal(units[1].cell.bad, 8);
    assert_int_equal(n_minutes, 3);
    read_back(w, day + QUARTER + 1, day + 2 * QUARTER + 1); /* moved outwards */
    assert_int_equal(n_units, 2);
    read_back(w, day + 2 * QUARTER, day + DAY_MS);
    assert_int_equal(n_units, 1);
    close_store(w);
    up(w);
    read_back(w, day, day + DAY_MS);
    assert_int_equal(n_units, 2);
    assert_int_equal(n_minutes, 3);
    for (size_t i = 0; i < n_minutes; i++)
        assert_int_equal(minutes[i].cell.unknown + (uint64_t)minutes[i].cell.planned,
                         UINT32_MAX + UINT64_C(9));
}

static void over_the_end_of_a_month__both_months(void **state)
{
    struct world *w = *state;
    struct block_span month = block_span(TIER_HOUR, 0, day_from_today(0));
    char key[KEY_SIZE];

    up(w);
    put(w, month.to_ms - QUARTER, 1, 0);
    put(w, month.to_ms, 2, 0);
    read_back(w, month.to_ms - DAY_MS, month.to_ms + DAY_MS);
    assert_int_equal(n_units, 2);
    assert_int_equal(units[0].at_ms, month.to_ms - QUARTER);
    assert_int_equal(units[1].at_ms, month.to_ms);
    key_slo(key, "test", "here:web", month.from_ms);
    assert_int_equal(atoll(redis_say(w, "EXPIRETIME %s", key)),
                     (month.to_ms + 400 * DAY_MS) / 1000);
    assert_int_equal(atoll(redis_say(w, "STRLEN %s", key)),
                     (month.to_ms - month.from_ms) / QUARTER * 20);
}

static void regions__are_added_up(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(0);
    char key[KEY_SIZE];

    up(w);
    pump_until(w, w->beats > 0);
    put(w, day, 10, 20);
    settle(w);
    redis_say(w, "HSET mw:{test}:regions nyc 1");
    key_slo(key, "test", "nyc:web", day);
    redisContext *c = redis_client(w);
    redisReply *r =
        redisCommand(c, "SETRANGE %s %lld %b", key,
                     (long long)((day - block_span(TIER_HOUR, 0, day).from_ms) / QUARTER * 20),
                     "\0\0\0\5\0\0\0\6\0\0\0\0\377\377\377\377\0\0\0\7", (size_t)20);
    freeReplyObject(r);
    redisFree(c);
    read_back(w, day, day + QUARTER);
    assert_int_equal(n_units, 1);
    assert_int_equal(units[0].cell.good, 15);
    assert_int_equal(units[0].cell.bad, 26);
    assert_int_equal(units[0].cell.planned, 37);
    assert_int_equal(units[0].cell.unknown, UINT32_MAX); /* and no further */
    assert_int_equal(n_minutes, 1);                      /* ours alone */
}

static void redis_away__kept_in_the_spool__and_who_asks_hears_away(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    const int64_t day = day_from_today(0);

    up(w);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    put(w, day, 1, 2);
    samples_flush(w->store->samples);
    put(w, day, 3, 4);
    samples_flush(w->store->samples);
    read_back(w, day, day + DAY_MS);
    assert_true(away);
    redis_start(w, REDIS_AOF);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0 && w->state == STORE_UP));
    read_back(w, day, day + DAY_MS);
    assert_false(away);
    assert_int_equal(n_units, 1);
    assert_int_equal(units[0].cell.good, 3);
    answers = 0;
    store_slo_read(w->store, "web", day, day + DAY_MS, on_history, NULL);
    close_store(w);
    assert_int_equal(answers, 1);
    assert_true(away);
}

static void the_ring_of_minutes__holds_256(void **state)
{
    struct world *w = *state;
    const int64_t day = day_from_today(0);

    up(w);
    for (int i = 0; i < 300; i++)
        put(w, day + i * MINUTE_MS, (uint32_t)i, 0);
    read_back(w, day, day + HOUR_MS);
    assert_int_equal(n_units, 4);
    assert_int_equal(n_minutes, 256);
    for (size_t i = 0; i < n_minutes; i++)
        assert_in_range(minutes[i].at_ms, day + 44 * MINUTE_MS, day + 299 * MINUTE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cells__come_back_as_they_were_put_last),
        TEST(over_the_end_of_a_month__both_months),
        TEST(regions__are_added_up),
        TEST(redis_away__kept_in_the_spool__and_who_asks_hears_away),
        TEST(the_ring_of_minutes__holds_256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
