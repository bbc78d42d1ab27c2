/* test_question.c - whatever window is asked for, the answer is what the results add up to. */
#include "../../../src/store/internal.h"
#include "../../../src/store/series.h"
#include "../random.h"
#include "blocks.h"
#include "puts.h"
#include "stats/hist.h"

#define TODAY (loop_now_ms() / DAY_MS * DAY_MS)

static int answers, aways;
static struct series_answer last;
static struct series_cell *cells;

static void on_answer(void *arg, const struct series_answer *a)
{
    (void)arg;
    answers++;
    aways += a == NULL;
    mem_free(cells);
    cells = NULL;
    if (a == NULL)
        return;
    last = *a;
    cells = mem_calloc(a->rows * a->points + 1, sizeof *cells);
    memcpy(cells, a->cells, a->rows * a->points * sizeof *cells);
}

static int teardown(void **state)
{
    mem_free(cells);
    cells = NULL;
    return world_teardown(state);
}
#define QUESTION_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, teardown)

static const char *const one[] = {"api"};

static void ask_of(struct world *w, const struct series_query *q)
{
    answers = aways = 0;
    store_query(w->store, q, on_answer, NULL);
    assert_int_equal(answers, 0);
    pump_until(w, answers == 1);
}

static void ask(struct world *w, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
    ask_of(w, &(struct series_query){.monitors = one,
                                     .n_monitors = 1,
                                     .from_ms = from_ms,
                                     .to_ms = to_ms,
                                     .step_ms = step_ms});
    assert_int_equal(aways, 0);
}

static void up(struct world *w)
{
    w->config.store.retention.raw_ms = 2 * DAY_MS;
    w->config.store.retention.minute_ms = 10 * DAY_MS;
    w->config.store.retention.hour_ms = 400 * DAY_MS;
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

/* A series as the index would have it. */
static const char *put_epoch(struct world *w, const char *monitor, struct epoch want)
{
    struct epoch *e = series_epoch(w->store, monitor, want.interval_ms);

    e->from_ms = want.from_ms;
    e->last_ms = want.last_ms;
    e->rolled_ms = want.rolled_ms;
    return e->id;
}

#define series_put(w, monitor, interval, from, last, rolled)                                       \
    put_epoch(w, monitor,                                                                          \
              (struct epoch){.interval_ms = (interval),                                            \
                             .from_ms = (from),                                                    \
                             .last_ms = (last),                                                    \
                             .rolled_ms = (rolled)})

static struct result any_result(struct dice *d, int64_t due_ms)
{
    struct result r = {.due_ms = due_ms, .at_ms = due_ms, .phases = PHASES_NONE};
    int64_t roll = dice_in(d, 0, 99);

    r.verdict = roll < 90   ? VERDICT_UP
                : roll < 94 ? VERDICT_DEGRADED
                : roll < 98 ? VERDICT_DOWN
                            : VERDICT_UNKNOWN;
    r.reason = r.verdict == VERDICT_DOWN      ? REASON_CONNECT
               : r.verdict == VERDICT_UNKNOWN ? REASON_LOCAL
                                              : REASON_OK;
    r.maintenance = dice_in(d, 0, 49) == 0;
    r.lateness_us = dice_in(d, 0, 3000);
    if (r.verdict <= VERDICT_DEGRADED)
        r.phases.total_us = dice_in(d, 1000, 900000);
    return r;
}

/* Full of results, but for a hole here and there. */
static struct history a_history(const char *id, int64_t interval_ms, int64_t from_ms, int64_t days,
                                uint64_t seed)
{
    struct history h = history_new(id, interval_ms, from_ms, days);
    struct dice d = {seed};

    for (int64_t day = from_ms; day < h.to_ms; day += DAY_MS)
        for (int64_t at = day; at < day + DAY_MS; at += interval_ms) {
            struct result r = any_result(&d, at);
            if (dice_in(&d, 0, 9) != 0)
                history_put(&h, &r);
        }
    return h;
}

static void write_history(struct world *w, const struct history *h, int64_t raw_from_ms,
                          int64_t minute_from_ms)
{
    redisContext *c = redis_client(w);

    assert_non_null(c);
    history_write(c, h, raw_from_ms, minute_from_ms);
    redisFree(c);
}

/* Everything that can be summed is exact; latencies of raw results are codes either way. */
static void assert_same(const struct tally *is, const struct tally *want)
{
    assert_memory_equal(is->count, want->count, sizeof is->count);
    assert_memory_equal(is->maintenance, want->maintenance, sizeof is->maintenance);
    assert_memory_equal(is->reasons, want->reasons, sizeof is->reasons);
    assert_memory_equal(&is->hist, &want->hist, sizeof is->hist);
    assert_int_equal(is->hist.n, want->hist.n);
}

static void assert_cells(const struct history *h)
{
    struct tally want;

    for (size_t i = 0; i < last.points; i++) {
        int64_t from = last.from_ms + (int64_t)i * last.step_ms;
        int64_t to = last.step_ms > 0 ? from + last.step_ms : last.to_ms;
        history_tally(h, from, to < last.to_ms ? to : last.to_ms, &want);
        assert_same(&cells[i].tally, &want);
    }
}

/* --- one series --------------------------------------------------------------------------- */

static void any_window__what_the_results_add_up_to(void **state)
{
    static const int64_t steps[] = {0, 61000, 300000, HOUR_MS, 5 * HOUR_MS, DAY_MS, 36 * HOUR_MS};
    static const int64_t intervals[] = {10000, 60000, 7000};
    struct world *w = *state;
    struct dice d = {4711};

    up(w);
    for (size_t k = 0; k < 3; k++) {
        int64_t from = TODAY - 40 * DAY_MS, rolled = TODAY - DAY_MS;
        char name[16];
        const char *const names[] = {name};
        snprintf(name, sizeof name, "any%zu", k);
        const char *id = series_put(w, name, intervals[k], from, TODAY - DAY_MS, rolled);
        struct history h = a_history(id, intervals[k], from, 40, 99 + k);
        h.rolled_ms = rolled;
        write_history(w, &h, TODAY - (k == 1 ? 10 : 2) * DAY_MS, TODAY - 10 * DAY_MS);
        for (int i = 0; i < 30; i++) {
            int64_t length = dice_in(&d, 1, i < 15 ? 4 * DAY_MS : 45 * DAY_MS);
            struct series_query q = {.monitors = names, .n_monitors = 1};
            q.to_ms = TODAY - dice_in(&d, 0, i % 3 == 0 ? 20 * DAY_MS : DAY_MS);
            q.from_ms = q.to_ms - length;
            q.step_ms = steps[dice_in(&d, 0, 6)];
            if (series_points(&q) > 2000)
                q.step_ms = HOUR_MS;
            ask_of(w, &q);
            assert_int_equal(aways, 0);
            assert_int_equal(last.damaged, 0);
            assert_true(last.from_ms <= q.from_ms && last.to_ms >= q.to_ms);
            if (q.from_ms >= TODAY - 2 * DAY_MS)
                assert_true(last.exact);
            assert_cells(&h);
        }
        history_done(&h);
    }
}

static void thirty_days__from_days_hours_and_the_open_day(void **state)
{
    struct world *w = *state;
    int64_t from = TODAY - 29 * DAY_MS;

    up(w);
    struct history h =
        a_history(series_put(w, "api", 60000, from, TODAY, TODAY), 60000, from, 30, 5);
    h.rolled_ms = TODAY;
    write_history(w, &h, TODAY - 10 * DAY_MS, 0);
    ask(w, from, TODAY + HOUR_MS, 0);
    assert_true(last.exact);
    assert_true(last.read[TIER_RAW] && last.read[TIER_DAY] && !last.read[TIER_HOUR]);
    assert_int_equal(last.finest, TIER_RAW);
    assert_int_equal(last.coarsest, TIER_DAY);
    assert_int_equal(last.points, 1);
    assert_cells(&h);
    ask(w, from + 12345, TODAY + HOUR_MS, 0); /* no minutes are kept there any more */
    assert_false(last.exact);
    assert_int_equal(last.from_ms, from);
    ask(w, from + HOUR_MS, TODAY + HOUR_MS, 0);
    assert_true(last.exact && last.read[TIER_HOUR]);
    assert_cells(&h);
    history_done(&h);
}

static void a_block_sealed_since_the_index_was_read__is_read_all_the_same(void **state)
{
    struct world *w = *state;
    int64_t from = TODAY - 3 * DAY_MS;

    up(w);
    struct history h = a_history(series_put(w, "api", 10000, from, TODAY, from), 10000, from, 3, 6);
    write_history(w, &h, 0, 0);
    ask(w, from + 5000, TODAY - 777, HOUR_MS);
    assert_int_equal(last.damaged, 0);
    assert_true(last.exact);
    assert_cells(&h);
    history_done(&h);
}

/* --- what was to be expected ---------------------------------------------------------------- */

static void expected__from_the_first_slot_until_now__while_it_is_probed(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms(), from = (now - HOUR_MS) / 60000 * 60000;

    up(w);
    struct monitor api = {.name = "api", .interval_ms = 60000, .enabled = true};
    w->config.monitors = &api;
    w->config.n_monitors = 1;
    store_configure(w->store, &w->config);
    series_put(w, "api", 60000, from, from / DAY_MS * DAY_MS, 0);
    ask(w, from - HOUR_MS, now + HOUR_MS, 0);
    assert_in_range(cells[0].expected, 58, 60); /* an hour of nothing but holes */
    assert_int_equal(tally_results(&cells[0].tally), 0);
    api.enabled = false;
    store_configure(w->store, &w->config);
    ask(w, from - HOUR_MS, now + HOUR_MS, 0);
    assert_int_equal(cells[0].expected, 0);
    w->config.n_monitors = 0;
    store_configure(w->store, &w->config);
    ask(w, from - HOUR_MS, now + HOUR_MS, 0); /* gone: not expected beyond what was seen */
    assert_int_equal(cells[0].expected, 0);
    w->config.monitors = NULL;
}

static void removed_monitor__expected_until_its_last_result(void **state)
{
    struct world *w = *state;
    int64_t day = TODAY - 5 * DAY_MS;

    up(w);
    struct history h =
        history_new(series_put(w, "api", 60000, day + HOUR_MS, day, day + DAY_MS), 60000, day, 1);
    for (int i = 0; i < 120; i++) {
        struct result r = a_result(day + HOUR_MS + i * 60000);
        if (i % 2 == 0 || i == 119)
            history_put(&h, &r);
    }
    write_history(w, &h, 0, 0);
    ask(w, day - DAY_MS, TODAY, 0);
    assert_int_equal(tally_results(&cells[0].tally), 61);
    assert_int_equal(cells[0].expected, 23 * 60); /* told by the day it is: not finer */
    ask(w, day, day + DAY_MS, HOUR_MS);
    assert_int_equal(cells[0].expected, 0);
    assert_int_equal(cells[1].expected, 60);
    assert_int_equal(cells[2].expected, 60);
    assert_int_equal(cells[3].expected, 0);
    assert_true(store_has_series(w->store, "api"));
    assert_false(store_has_series(w->store, "apj"));
    history_done(&h);
}

static void two_intervals__the_later_one_is_expected__no_slot_twice(void **state)
{
    struct world *w = *state;
    int64_t day = TODAY - 4 * DAY_MS;

    up(w);
    series_put(w, "api", 60000, day, day, 0);
    series_put(w, "api", 10000, day + 12 * HOUR_MS, day + DAY_MS, 0);
    struct history h = a_history(series_epoch(w->store, "api", 10000)->id, 10000, day, 2, 8);
    memset(h.slots, 0, (size_t)(history_slot(&h, day + 12 * HOUR_MS) - h.slots));
    write_history(w, &h, 0, 0);
    ask(w, day, day + 2 * DAY_MS, 6 * HOUR_MS);
    assert_int_equal(cells[0].expected, 360);
    assert_int_equal(cells[1].expected, 360);
    assert_int_equal(cells[2].expected, 2160);
    assert_int_equal(cells[7].expected, 2160);
    history_done(&h);
}

static void a_longer_interval__nothing_is_expected_by_the_former_one(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms();

    up(w);
    series_put(w, "api", 1000, now - 2 * HOUR_MS, now, 0);
    series_put(w, "api", 60000, now - HOUR_MS, now, 0);
    ask(w, now - 10 * MINUTE_MS, now, 0);
    assert_in_range(cells[0].expected, 0, 10);
}

/* From 03:00 to 04:00 it was probed every second, before and after that every minute. */
static void back_to_a_former_interval__each_hour_expects_its_own(void **state)
{
    struct world *w = *state;
    int64_t day = TODAY - 3 * DAY_MS, three = day + 3 * HOUR_MS;

    up(w);
    struct monitor api = {.name = "api", .interval_ms = 60000, .enabled = true};
    w->config.monitors = &api;
    w->config.n_monitors = 1;
    store_configure(w->store, &w->config);
    series_put(w, "api", 60000, day, day, 0);
    series_put(w, "api", 1000, three, day, 0);
    series_put(w, "api", 60000, three + HOUR_MS, day + DAY_MS, 0);
    ask(w, day, day + DAY_MS, HOUR_MS);
    const uint64_t want[] = {60, 60, 60, 3600, 60, 60};
    for (int i = 0; i < 6; i++)
        assert_int_equal(cells[i].expected, want[i]);
    assert_int_equal(cells[23].expected, 60);
    w->config.monitors = NULL;
    w->config.n_monitors = 0;
}

/* --- several -------------------------------------------------------------------------------- */

static void several_monitors__together_or_apart__in_order(void **state)
{
    static const char *const names[] = {"db", "nobody", "api"};
    struct world *w = *state;
    int64_t from = TODAY - 2 * DAY_MS;
    struct tally want;

    up(w);
    struct history a = a_history(series_put(w, "api", 60000, from, TODAY, from), 60000, from, 2, 1);
    struct history b = a_history(series_put(w, "db", 30000, from, TODAY, from), 30000, from, 2, 2);
    a.rolled_ms = b.rolled_ms = from;
    write_history(w, &a, 0, 0);
    write_history(w, &b, 0, 0);
    struct series_query q = {names, 3, NULL, from, TODAY, DAY_MS, true};
    ask_of(w, &q);
    assert_int_equal(last.rows, 3);
    assert_int_equal(last.points, 2);
    history_tally(&b, from + DAY_MS, TODAY, &want);
    assert_same(&cells[1].tally, &want);
    assert_int_equal(tally_results(&cells[2].tally), 0);
    assert_int_equal(cells[2].expected, 0);
    history_tally(&a, from, from + DAY_MS, &want);
    assert_same(&cells[4].tally, &want);
    q.apart = false;
    q.step_ms = 0;
    ask_of(w, &q);
    uint64_t both = tally_results(&cells[0].tally);
    history_tally(&a, from, TODAY, &want);
    both -= tally_results(&want);
    history_tally(&b, from, TODAY, &want);
    assert_int_equal(both, tally_results(&want));
    q.region = "elsewhere";
    ask_of(w, &q);
    assert_int_equal(tally_results(&cells[0].tally), 0);
    q.region = "here";
    ask_of(w, &q);
    assert_int_not_equal(tally_results(&cells[0].tally), 0);
    history_done(&a);
    history_done(&b);
}

/* --- trouble -------------------------------------------------------------------------------- */

static void damaged_blocks__counted_and_passed_over(void **state)
{
    struct world *w = *state;
    int64_t from = TODAY - 40 * DAY_MS;
    char key[KEY_SIZE];

    up(w);
    const char *id = series_put(w, "api", 60000, from, TODAY, TODAY);
    struct history h = a_history(id, 60000, from, 40, 3);
    write_history(w, &h, TODAY - 10 * DAY_MS, 0);
    ask(w, from, TODAY, 0);
    uint64_t all = tally_results(&cells[0].tally);
    key_block(key, "test", TIER_DAY, id, from);
    redis_say(w, "SETRANGE %s 40 XX", key);
    ask(w, from, TODAY, 0);
    assert_int_equal(last.damaged, 1);
    assert_in_range(tally_results(&cells[0].tally), 1, all - 1);
    key_block(key, "test", TIER_RAW, id, TODAY - 2 * DAY_MS);
    redis_say(w, "SETRANGE %s 400 XX", key);
    ask(w, TODAY - 3 * DAY_MS + 60000, TODAY - DAY_MS - 60000, 60000);
    assert_int_equal(last.damaged, 1);
    assert_int_not_equal(tally_results(&cells[10].tally) + tally_results(&cells[11].tally) +
                             tally_results(&cells[12].tally),
                         0);
    key_block(key, "test", TIER_RAW, id, TODAY - 6 * DAY_MS);
    redis_say(w, "SETRANGE %s 0 5", key); /* one bit: it does not say any more that it is sealed */
    ask(w, TODAY - 7 * DAY_MS + 60000, TODAY - 5 * DAY_MS - 60000, 60000);
    assert_int_equal(last.damaged, 1);
    key_block(key, "test", TIER_RAW, id, TODAY - 3 * DAY_MS);
    redis_say(w, "DEL %s", key);
    redis_say(w, "LPUSH %s x", key); /* somebody else's */
    ask(w, TODAY - 3 * DAY_MS + 60000, TODAY - DAY_MS - 60000, 60000);
    assert_int_equal(last.damaged, 2);
    history_done(&h);
}

static void away_or_closing__one_end_each(void **state)
{
    struct world *w = *state;
    struct series_query q = {one, 1, NULL, TODAY - 30 * DAY_MS, TODAY, DAY_MS, false};

    up(w);
    series_put(w, "api", 60000, TODAY - 40 * DAY_MS, TODAY, TODAY - 2 * DAY_MS);
    answers = aways = 0;
    for (int i = 0; i < 5; i++)
        store_query(w->store, &q, on_answer, NULL);
    store_close(w->store, world_on_closed, w);
    store_query(w->store, &q, on_answer, NULL);
    assert_int_equal(answers, 0);
    pump_until(w, w->closed);
    pump_until(w, answers == 6);
    assert_int_equal(aways, 6);
}

static void connection_breaks__away__once(void **state)
{
    struct world *w = *state;
    struct series_query q = {one, 1, NULL, TODAY - 30 * DAY_MS, TODAY, DAY_MS, false};

    up(w);
    series_put(w, "api", 60000, TODAY - 40 * DAY_MS, TODAY, TODAY - 2 * DAY_MS);
    answers = aways = 0;
    store_query(w->store, &q, on_answer, NULL);
    redis_kill(w);
    pump_until(w, answers == 1);
    assert_int_equal(aways, 1);
    pump_until(w, w->state == STORE_AWAY);
    ask_of(w, &q);
    assert_int_equal(aways, 1);
    ask_of(w, &(struct series_query){.from_ms = 5, .to_ms = 5});
    assert_int_equal(aways, 1);
}

static void nothing_asked_for__nothing_answered(void **state)
{
    struct world *w = *state;

    up(w);
    ask_of(w, &(struct series_query){.from_ms = 5, .to_ms = 5});
    assert_int_equal(aways, 0);
    assert_int_equal(last.points, 0);
    ask_of(w, &(struct series_query){.from_ms = 5, .to_ms = 25, .step_ms = 10});
    assert_int_equal(last.points, 2);
    assert_true(last.exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUESTION_TEST(any_window__what_the_results_add_up_to),
        QUESTION_TEST(thirty_days__from_days_hours_and_the_open_day),
        QUESTION_TEST(a_block_sealed_since_the_index_was_read__is_read_all_the_same),
        QUESTION_TEST(expected__from_the_first_slot_until_now__while_it_is_probed),
        QUESTION_TEST(removed_monitor__expected_until_its_last_result),
        QUESTION_TEST(back_to_a_former_interval__each_hour_expects_its_own),
        QUESTION_TEST(two_intervals__the_later_one_is_expected__no_slot_twice),
        QUESTION_TEST(a_longer_interval__nothing_is_expected_by_the_former_one),
        QUESTION_TEST(several_monitors__together_or_apart__in_order),
        QUESTION_TEST(damaged_blocks__counted_and_passed_over),
        QUESTION_TEST(away_or_closing__one_end_each),
        QUESTION_TEST(connection_breaks__away__once),
        QUESTION_TEST(nothing_asked_for__nothing_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
