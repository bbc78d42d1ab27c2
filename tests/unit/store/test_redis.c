/* test_redis.c - the store against a real redis-server. */
#include "../../../src/store/internal.h"
#include "puts.h"

static void commit__then_restart__everything_is_read_back(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->readies, 1);
    assert_false(w->away);
    assert_int_equal(w->ready.incidents.n, 0);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    close_store(w);

    open_store(w);
    struct store_facts f;
    store_read_facts(w->store, &f);
    assert_int_equal(f.spool_bytes, 0); /* a clean end leaves nothing to be done again */
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.monitors.n, 1);
    assert_string_equal(w->ready.monitors.items[0].name, "api");
    assert_int_equal(w->ready.monitors.items[0].status.state, MONITOR_DOWN);
    assert_string_equal(w->ready.monitors.items[0].status.last.message, "connection refused");
    assert_int_equal(w->ready.incidents.n, 1);
    assert_string_equal(w->ready.incidents.items[0].title,
                        "api is down: connection refused \"quoted\" \xc3\xa9");
    assert_int_equal(w->ready.incidents.items[0].step, -1);
    assert_int_equal(w->ready.deliveries.n, 1);
    assert_string_equal(w->ready.deliveries.items[0].notice.channel, "ops");
}

static void same_commit__written_twice__nothing_is_there_twice(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_DELIVERED);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_DELIVERED);
    pump_until(w, w->kept == 2);
    assert_string_equal(length(w, "XLEN", KEY_LEDGER), "1");
    assert_string_equal(length(w, "XLEN", KEY_AUDIT), "2");
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "1");
    assert_string_equal(redis_say(w, "HGET mw:{test}:deliveries:of inc1"), "inc1-a");
}

static void resolved__done_deliveries_leave_the_outbox__others_stay(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_DELIVERED);
    pump_until(w, w->kept == 1);
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "1"); /* done, but the incident is open */
    put_incident(w, INCIDENT_RESOLVED);
    pump_until(w, w->kept == 2);
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "0");
    assert_string_equal(length(w, "HLEN", KEY_RESOLVED), "1");
    assert_string_equal(length(w, "ZCARD", KEY_RESOLVED_INDEX), "1");
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "0");
    assert_string_equal(length(w, "HLEN", KEY_DELIVERIES), "1");
}

static void resolved__news_not_out_yet__incident_is_read_back_with_it(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_RESOLVED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    close_store(w);
    open_store(w);
    pump_until(w, w->readies == 1);
    assert_int_equal(w->ready.deliveries.n, 1);
    assert_int_equal(w->ready.incidents.n, 1);
    assert_int_equal(w->ready.incidents.items[0].state, INCIDENT_RESOLVED);
    pump_until(w, w->state == STORE_UP);
    put_delivery(w, DELIVERY_DELIVERED);
    pump_until(w, w->kept == 1);
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "0");
}

/* --- outages --- */

static int ends[4096], n_ends;

static void on_numbered(void *arg, bool kept)
{
    assert_true(kept);
    if (n_ends < 4096)
        ends[n_ends++] = (int)(intptr_t)arg;
}

/* Commit number i: one transition that says so. */
static void put_number(struct world *w, int i)
{
    struct commit c = {.at_ms = AT + i};
    char name[16];

    snprintf(name, sizeof name, "n%05d", i);
    vec_push(&c.transitions, a_transition(name, "down", AT + i / 3));
    store_commit(w->store, &c, on_numbered, (void *)(intptr_t)i);
    commit_done(&c);
}

static void assert_all_numbers(struct world *w, int n)
{
    redisContext *c = redis_client(w);
    redisReply *r = redisCommand(c, "XRANGE mw:{test}:audit - +");
    char name[16];

    assert_int_equal((int)r->elements, n);
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "n%05d", i);
        assert_non_null(strstr(r->element[i]->element[1]->element[1]->str, name));
    }
    freeReplyObject(r);
    redisFree(c);
    assert_int_equal(n_ends, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(ends[i], i);
}

static void redis_killed_again_and_again__every_commit_arrives_once_in_order(void **state)
{
    struct world *w = *state;
    int next = 0;

    n_ends = 0;
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 50; i++)
            put_number(w, next++);
        for (int i = 0; i < round; i++)
            uv_run(&w->loop.uv, UV_RUN_ONCE);
        redis_kill(w);
        for (int i = 0; i < 50; i++)
            put_number(w, next++);
        pump_until(w, w->state == STORE_AWAY && n_ends == next);
        redis_start(w, REDIS_AOF);
        for (int i = 0; i < 50; i++)
            put_number(w, next++);
        pump_until(w, w->state == STORE_UP && n_ends == next);
    }
    assert_all_numbers(w, next);
    struct store_facts f;
    store_read_facts(w->store, &f);
    assert_int_equal(f.spool_records, 0);
    assert_int_equal(f.spool_bytes, 0);
}

static void redis_killed_in_the_middle_of_catching_up__every_commit_arrives_once(void **state)
{
    struct world *w = *state;
    struct store_facts f;

    n_ends = 0;
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    for (int i = 0; i < 500; i++)
        put_number(w, i);
    pump_until(w, n_ends == 500);
    for (int round = 0; round < 3; round++) {
        redis_start(w, REDIS_AOF);
        store_read_facts(w->store, &f);
        size_t before = f.spool_records;
        pump_until(w, (store_read_facts(w->store, &f), f.spool_records < before));
        assert_true(f.spool_records > 0);
        redis_kill(w);
        pump_until(w, (store_read_facts(w->store, &f), f.queued_bytes == 0));
    }
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP);
    assert_all_numbers(w, 500);
}

static void commits_that_never_pause__still_catch_up(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    int n = 0;

    n_ends = 0;
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    while (n < 200)
        put_number(w, n++);
    redis_start(w, REDIS_AOF);
    while (w->state != STORE_UP && n < 4000) {
        put_number(w, n++);
        uv_run(&w->loop.uv, UV_RUN_ONCE);
    }
    assert_int_equal(w->state, STORE_UP);
    for (int i = 0; i < 10; i++)
        put_number(w, n++);
    pump_until(w, n_ends == n);
    store_read_facts(w->store, &f);
    assert_int_equal(f.spool_bytes, 0);
    assert_all_numbers(w, n);
}

static struct incident snapshot_incident;

static void fill_open(struct commit *c)
{
    snapshot_incident = an_incident("inc9", INCIDENT_TRIGGERED);
    vec_push(&c->incidents, (const struct incident *)&snapshot_incident);
}

static void doomed(struct world *w)
{
    w->fill = fill_open;
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_say(w, "SHUTDOWN NOSAVE");
    pump_until(w, w->state == STORE_AWAY && w->snapshots == 1);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
}

static void killed_while_redis_is_away__next_start_knows_all_from_the_spool(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    in_child(w, doomed);
    waitpid(w->redis, NULL, 0);
    open_store(w);
    pump_until(w, w->readies == 1);
    assert_true(w->away);
    assert_int_equal(w->state, STORE_AWAY);
    assert_int_equal(w->ready.incidents.n, 2); /* inc9 from the snapshot, inc1 from the commit */
    assert_int_equal(w->ready.deliveries.n, 1);
    assert_int_equal(w->ready.monitors.n, 1);
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->founds, 1);
    assert_int_equal(w->found.incidents.n, 2);
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "2");
}

static void no_redis_at_start__on_ready_is_away_soon_and_empty(void **state)
{
    struct world *w = *state;
    int64_t began = loop_mono_us();

    open_store(w);
    pump_until(w, w->readies == 1);
    assert_true(w->away);
    assert_true(loop_mono_us() - began < 5000000);
    assert_int_equal(w->ready.monitors.n, 0);
    assert_int_equal(w->state, STORE_AWAY);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
}

static void redis_stops_answering__deadline_then_spool_then_back(void **state)
{
    struct world *w = *state;

    n_ends = 0;
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_number(w, 0);
    pump_until(w, n_ends == 1);
    kill(w->redis, SIGSTOP);
    int64_t began = loop_mono_us();
    put_number(w, 1);
    pump_until(w, n_ends == 2);
    assert_in_range((uintmax_t)(loop_mono_us() - began), 900000, 2500000);
    assert_int_equal(w->state, STORE_AWAY);
    assert_non_null(strstr(w->why, "not answered"));
    put_number(w, 2);
    kill(w->redis, SIGCONT);
    pump_until(w, w->state == STORE_UP && n_ends == 3);
    assert_all_numbers(w, 3);
}

static void too_much_unanswered__the_rest_goes_to_the_spool__order_is_kept(void **state)
{
    struct world *w = *state;
    struct store_facts f;

    n_ends = 0;
    w->config.store.queue_max = 4096;
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    kill(w->redis, SIGSTOP);
    for (int i = 0; i < 100; i++)
        put_number(w, i);
    pump_until(w, n_ends == 100);
    store_read_facts(w->store, &f);
    assert_true(f.queued_bytes < 8192);
    assert_true(f.spool_records >= 100);
    kill(w->redis, SIGCONT);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0 && w->state == STORE_UP));
    assert_all_numbers(w, 100);
}

static void spool_full__end_says_so__open_state_is_written_when_redis_is_back(void **state)
{
    struct world *w = *state;

    w->config.store.spool_max = 4000;
    w->fill = fill_open;
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    for (int i = 0; i < 10; i++)
        put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept + w->lost == 10);
    assert_true(w->lost > 0);
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP);
    pump_until(w, text_eq(redis_say(w, "HEXISTS mw:{test}:incidents inc9"), "1"));
    w->config.store.spool_max = 0;
}

static void redis_comes_back_empty__open_state_is_written_again(void **state)
{
    struct world *w = *state;

    w->fill = fill_open;
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    redis_say(w, "FLUSHALL");
    redis_say(w, "CLIENT KILL TYPE normal");
    pump_until(w, w->state == STORE_AWAY);
    pump_until(w, w->state == STORE_UP);
    pump_until(w, text_eq(redis_say(w, "HEXISTS mw:{test}:incidents inc9"), "1"));
}

/* Confirmed, but not yet in its file when it was killed. */
static void redis_forgets_what_it_just_confirmed__it_is_done_again(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    redis_kill(w);
    redis_start(w, "");
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "0");
    pump_until(w, w->state == STORE_AWAY);
    pump_until(w, w->state == STORE_UP);
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "1");
    assert_string_equal(length(w, "XLEN", KEY_LEDGER), "1");
    assert_int_equal(w->kept, 1);
}

static void redis_emptied_under_us__open_state_is_written_again__by_the_next_commit_or_soon(
    void **state)
{
    struct world *w = *state;

    w->fill = fill_open;
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    redis_say(w, "FLUSHALL");
    put_number(w, 1);
    pump_until(w, text_eq(redis_say(w, "HEXISTS mw:{test}:incidents inc9"), "1"));
    redis_say(w, "FLUSHALL");
    pump_until(w, text_eq(redis_say(w, "HEXISTS mw:{test}:incidents inc9"), "1"));
    assert_int_equal(w->state, STORE_UP);
    assert_int_equal(w->snapshots, 2);
}

/* What a full Redis holds is read all the same: it would be paged for a second time. */
static void redis_full_at_start__state_is_read_back(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    close_store(w);
    redis_say(w, "CONFIG SET maxmemory 1");
    open_store(w);
    pump_until(w, w->readies == 1);
    assert_false(w->away);
    assert_int_equal(w->ready.incidents.n, 1);
    pump_until(w, w->state == STORE_UP);
    redis_say(w, "CONFIG SET maxmemory 0");
}

static void function_flushed__loaded_again__nobody_hears_of_it(void **state)
{
    struct world *w = *state;

    n_ends = 0;
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_say(w, "FUNCTION FLUSH");
    for (int i = 0; i < 5; i++)
        put_number(w, i);
    pump_until(w, n_ends == 5);
    struct store_facts f;
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0));
    assert_int_equal(w->state_changes, 1);
    assert_all_numbers(w, 5);
}

/* --- questions, retention --- */

static char answer[65536];
static int answers;
static bool answer_away;

static void on_json(void *arg, const char *json, size_t n, bool away)
{
    (void)arg;
    snprintf(answer, sizeof answer, "%.*s", (int)n, json);
    answer_away = away;
    answers++;
}

static void questions__are_answered_newest_first__or_away(void **state)
{
    struct world *w = *state;

    answers = 0;
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < 3; i++) {
        char id[20], delivery[20];
        snprintf(id, sizeof id, "inc%d", i);
        snprintf(delivery, sizeof delivery, "inc%d-x", i);
        struct incident one = an_incident(id, i < 2 ? INCIDENT_RESOLVED : INCIDENT_TRIGGERED);
        struct delivery d = a_delivery(delivery, id, DELIVERY_DELIVERED);
        struct commit c = {.at_ms = AT + i};
        one.resolved_ms += i;
        d.created_ms += i;
        vec_push(&c.incidents, (const struct incident *)&one);
        vec_push(&c.deliveries, (const struct delivery *)&d);
        store_commit(w->store, &c, world_on_kept, w);
        commit_done(&c);
    }
    pump_until(w, w->kept == 3);
    store_read_resolved(w->store, 10, on_json, NULL);
    pump_until(w, answers == 1);
    assert_true(text_starts(answer, "[{\"id\":\"inc1\""));
    assert_non_null(strstr(answer, "},{\"id\":\"inc0\""));
    store_read_deliveries(w->store, NULL, 2, on_json, NULL);
    pump_until(w, answers == 2);
    assert_true(text_starts(answer, "[{\"id\":\"inc2-x\""));
    assert_non_null(strstr(answer, "inc1-x"));
    assert_null(strstr(answer, "inc0-x"));
    store_read_deliveries(w->store, "inc0", 10, on_json, NULL);
    pump_until(w, answers == 3);
    assert_true(text_starts(answer, "[{\"id\":\"inc0-x\""));
    store_read_deliveries(w->store, "nothing", 10, on_json, NULL);
    pump_until(w, answers == 4);
    assert_string_equal(answer, "[]");
    redis_kill(w);
    store_read_resolved(w->store, 10, on_json, NULL);
    pump_until(w, answers == 5);
    assert_true(answer_away);
    pump_until(w, w->state == STORE_AWAY);
    store_read_resolved(w->store, 10, on_json, NULL);
    pump_until(w, answers == 6);
    assert_true(answer_away);
}

/* An incident with one ended delivery, resolved at `at_ms`. */
static void put_old(struct world *w, int i, int64_t at_ms)
{
    char id[20], delivery[24];

    snprintf(id, sizeof id, "old%d", i);
    snprintf(delivery, sizeof delivery, "old%d-x", i);
    struct incident one = an_incident(id, INCIDENT_RESOLVED);
    struct delivery d = a_delivery(delivery, id, DELIVERY_DELIVERED);
    struct commit c = {.at_ms = at_ms};
    one.resolved_ms = d.created_ms = at_ms;
    vec_push(&c.incidents, (const struct incident *)&one);
    vec_push(&c.deliveries, (const struct delivery *)&d);
    vec_push(&c.transitions, a_transition(id, "resolved", at_ms));
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static void retention__old_ones_are_forgotten__newer_ones_and_the_outbox_stay(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms();

    w->config.store.retention.incidents_ms = 60000;
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < 180; i++)
        put_old(w, i, i < 150 ? now - 120000 + i : now);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 181);
    on_trim(w->store);
    pump_until(w, text_eq(length(w, "HLEN", KEY_RESOLVED), "30") &&
                      text_eq(length(w, "HLEN", KEY_DELIVERIES), "30"));
    assert_string_equal(length(w, "ZCARD", KEY_RESOLVED_INDEX), "30");
    assert_string_equal(length(w, "HLEN", KEY_DELIVERIES_OF), "31");
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "1");
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "1");
    w->config.store.retention.incidents_ms = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(commit__then_restart__everything_is_read_back),
        TEST(same_commit__written_twice__nothing_is_there_twice),
        TEST(resolved__done_deliveries_leave_the_outbox__others_stay),
        TEST(resolved__news_not_out_yet__incident_is_read_back_with_it),
        TEST(redis_killed_again_and_again__every_commit_arrives_once_in_order),
        TEST(redis_killed_in_the_middle_of_catching_up__every_commit_arrives_once),
        TEST(commits_that_never_pause__still_catch_up),
        TEST(killed_while_redis_is_away__next_start_knows_all_from_the_spool),
        TEST(no_redis_at_start__on_ready_is_away_soon_and_empty),
        TEST(redis_stops_answering__deadline_then_spool_then_back),
        TEST(too_much_unanswered__the_rest_goes_to_the_spool__order_is_kept),
        TEST(spool_full__end_says_so__open_state_is_written_when_redis_is_back),
        TEST(redis_comes_back_empty__open_state_is_written_again),
        TEST(redis_forgets_what_it_just_confirmed__it_is_done_again),
        TEST(redis_emptied_under_us__open_state_is_written_again__by_the_next_commit_or_soon),
        TEST(redis_full_at_start__state_is_read_back),
        TEST(function_flushed__loaded_again__nobody_hears_of_it),
        TEST(retention__old_ones_are_forgotten__newer_ones_and_the_outbox_stay),
        TEST(questions__are_answered_newest_first__or_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
