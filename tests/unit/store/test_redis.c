/* test_redis.c - the store against a real redis-server. */
#include "nouns.h"
#include "server.h"
#include "stats/sample.h"

/* --- commits ------------------------------------------------------------------------------------- */

/* One of everything. */
static void put_all(struct world *w, enum incident_state incident, enum delivery_state delivery)
{
    struct monitor_status s = a_status(MONITOR_DOWN);
    struct incident i = an_incident("inc1", incident);
    struct delivery d = a_delivery("inc1-a", "inc1", delivery);
    struct commit c = {.at_ms = AT + 5};
    struct monitor_put m = {"api", &s};

    vec_push(&c.monitors, m);
    vec_push(&c.incidents, (const struct incident *)&i);
    vec_push(&c.deliveries, (const struct delivery *)&d);
    vec_push(&c.attempts, an_attempt("inc1-a", 1));
    vec_push(&c.transitions, a_transition("inc1", "triggered", AT + 5));
    vec_push(&c.transitions, a_transition("inc1-a", "waiting", AT + 5));
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static void put_delivery(struct world *w, enum delivery_state state)
{
    struct delivery d = a_delivery("inc1-a", "inc1", state);
    struct commit c = {.at_ms = AT + 6};

    vec_push(&c.deliveries, (const struct delivery *)&d);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

/* HLEN, XLEN … of one of our keys. */
static const char *length(struct world *w, const char *command, enum key k)
{
    char key[KEY_SIZE];

    key_of(key, "test", k);
    return redis_say(w, "%s %s", command, key);
}

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
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.monitors.n, 1);
    assert_string_equal(w->ready.monitors.items[0].name, "api");
    assert_int_equal(w->ready.monitors.items[0].status.state, MONITOR_DOWN);
    assert_string_equal(w->ready.monitors.items[0].status.last.message, "connection refused");
    assert_int_equal(w->ready.incidents.n, 1);
    assert_string_equal(w->ready.incidents.items[0].title, "api is down: connection refused \"quoted\" \xc3\xa9");
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
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "1");    /* done, but the incident is open */
    put_all(w, INCIDENT_RESOLVED, DELIVERY_DELIVERED);
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

/* --- outages ------------------------------------------------------------------------------------- */

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
    assert_int_equal(w->ready.incidents.n, 2);     /* inc9 from the snapshot, inc1 from the commit */
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

/* --- what Redis refuses ------------------------------------------------------------------------------ */

static void wrong_password__away_with_clear_words(void **state)
{
    struct world *w = *state;

    redis_start(w, "--requirepass right");
    snprintf(w->url, sizeof w->url, "unix://:wrong@%s", w->socket);
    open_store(w);
    pump_until(w, w->state == STORE_AWAY);
    assert_non_null(strstr(w->why, "refused the user or password"));
    close_store(w);
    snprintf(w->url, sizeof w->url, "unix://%s", w->socket);
    open_store(w);
    pump_until(w, w->state == STORE_AWAY);
    assert_non_null(strstr(w->why, "wants a password"));
    close_store(w);
    snprintf(w->url, sizeof w->url, "unix://default:%%72ight@%s?db=3", w->socket);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

#define ACL_RIGHTS \
    "+info +select +ping +type +function|load +fcall +hgetall +hget +hset +hdel +hmget +hexists +hincrby " \
    "+zadd +zrem +zrangebyscore +zrevrange +xadd +xrange +xrevrange +xtrim +setrange +getrange +expireat"

static void user_with_the_documented_rights__works__with_fewer_says_which(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    redis_say(w, "ACL SETUSER mw on >secret ~mw:{test}:*");
    redisContext *c = redis_client(w);
    char rights[] = ACL_RIGHTS, line[2048];
    snprintf(line, sizeof line, "ACL SETUSER mw %s", rights);
    redisReply *r = redisCommand(c, line);
    assert_string_equal(r->str, "OK");
    freeReplyObject(r);
    redisFree(c);
    snprintf(w->url, sizeof w->url, "unix://mw:secret@%s", w->socket);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_RESOLVED, DELIVERY_DELIVERED);
    pump_until(w, w->kept == 1);
    close_store(w);

    redis_say(w, "ACL SETUSER mw -fcall");
    open_store(w);
    pump_until(w, w->state == STORE_AWAY);
    assert_non_null(strstr(w->why, "lacks a right"));
    assert_non_null(strstr(w->why, "fcall"));
    close_store(w);

    redis_say(w, "ACL SETUSER mw +fcall -info");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_non_null(strstr(w->why, "can't be checked"));
}

static void replica__is_refused(void **state)
{
    struct world *w = *state;

    redis_start(w, "--replicaof 127.0.0.1 1");
    open_store(w);
    pump_until(w, w->state == STORE_AWAY);
    assert_non_null(strstr(w->why, "replica"));
    redis_say(w, "REPLICAOF NO ONE");
    pump_until(w, w->state == STORE_UP);
    redis_say(w, "REPLICAOF 127.0.0.1 1");
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1 && w->state == STORE_AWAY);
    redis_say(w, "REPLICAOF NO ONE");
    pump_until(w, w->state == STORE_UP);
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "1");
}

static void loading__is_waited_for(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    redis_say(w, "EVAL %s 0", "for i = 1, 2000 do redis.call('SET', 'k' .. i, i) end");
    redis_kill(w);
    redis_start(w, REDIS_AOF " --key-load-delay 1000");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->readies, 1);
}

static void fill_memory(struct world *w)
{
    redis_say(w, "EVAL %s 0", "redis.call('SET', 'big', string.rep('x', 3000000))");
    redis_say(w, "CONFIG SET maxmemory 3000000");
}

static struct result a_result(int64_t due_ms)
{
    return (struct result){.due_ms = due_ms, .at_ms = due_ms, .verdict = VERDICT_UP, .status = 200,
                           .phases = {0, 0, 0, 0, 0, 12345}};
}

static void memory_limit__commits_go_on__samples_wait(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    struct result r = a_result(AT);

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    fill_memory(w);
    store_sample(w->store, "api", 10000, &r);
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 1));
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    assert_int_equal(w->state, STORE_UP);
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "1");
    redis_say(w, "CONFIG SET maxmemory 0");
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0));
    assert_int_equal(f.dropped_samples, 0);
    assert_true(atol(redis_say(w, "STRLEN mw:{test}:raw:here:api:10000:20261122")) > 0);
}

static void disk_refuses__away_with_clear_words__nothing_lost(void **state)
{
    struct world *w = *state;
    char dump[128];
    const char *mkdir_dump[] = {"mkdir", dump, NULL}, *rmdir_dump[] = {"rmdir", dump, NULL};

    snprintf(dump, sizeof dump, "%s/dump.rdb", w->dir);
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    run_quietly(w, mkdir_dump);     /* a save can't replace a directory */
    redis_say(w, "CONFIG SET save %s", "3600 1000000");
    redis_say(w, "BGSAVE");
    pump_until(w, strstr(redis_say(w, "INFO persistence"), "rdb_last_bgsave_status:err") != NULL);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1 && w->state == STORE_AWAY);
    assert_non_null(strstr(w->why, "can't write to its disk"));
    run_quietly(w, rmdir_dump);
    redis_say(w, "BGSAVE");
    pump_until(w, w->state == STORE_UP);
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "1");
}

static void foreign_key__away_and_says_whose(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    redis_say(w, "LPUSH mw:{test}:monitors x");
    open_store(w);
    pump_until(w, w->state == STORE_AWAY);
    assert_non_null(strstr(w->why, "mw:{test}:monitors holds a list"));
}

static void settings_that_lose_data__are_said_but_do_not_stop_us(void **state)
{
    struct world *w = *state;

    redis_start(w, "--maxmemory-policy allkeys-lru");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_non_null(strstr(w->why, "not noeviction"));
    assert_non_null(strstr(w->why, "appendonly is off"));
}

/* --- samples ---------------------------------------------------------------------------------------- */

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
    for (int i = 0; i < 12; i++) {
        struct result r = a_result(day + HOUR_MS + i * 10000);
        if (i == 7)
            r.verdict = VERDICT_DOWN, r.reason = REASON_TIMEOUT;
        store_sample(w->store, "api", 10000, &r);
    }
    pump_until(w, (store_read_facts(w->store, &f), f.queued_bytes > 0));
    pump_until(w, (store_read_facts(w->store, &f), f.queued_bytes == 0));
    assert_int_equal(get_bytes(w, "mw:{test}:raw:here:api:10000:20261122", block, sizeof block), 8640 * 4 + 1);
    for (int i = 0; i < 12; i++) {
        assert_true(sample_decode(block + (360 + i) * 4, &back));
        assert_int_equal(back.verdict, i == 7 ? VERDICT_DOWN : VERDICT_UP);
        assert_in_range((uintmax_t)back.phases.total_us, 12150, 12550);
    }
    assert_false(sample_decode(block + 359 * 4, &back));
    assert_false(sample_decode(block + 372 * 4, &back));
    assert_int_equal(block[8640 * 4], 1);
    assert_int_equal(get_bytes(w, "mw:{test}:minute:here:api:2026112201", block, sizeof block), 961);
    rollup_decode(block, &u);
    assert_int_equal(u.count[VERDICT_UP], 6);
    rollup_decode(block + 16, &u);
    assert_int_equal(u.count[VERDICT_UP], 5);
    assert_int_equal(u.count[VERDICT_DOWN], 1);
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
        uv_run(&w->loop.uv, UV_RUN_ONCE);       /* not across a minute's end */
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
    assert_int_equal(get_bytes(w, "mw:{test}:raw:here:api:60000:20261122", block, sizeof block), 1440 * 4 + 1);
    for (int i = 0; i < 1440; i++)
        assert_true(sample_decode(block + i * 4, &back));
    assert_int_equal(f.dropped_samples, 0);
}

/* --- questions, retention ------------------------------------------------------------------------------ */

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

/* --- TLS ------------------------------------------------------------------------------------------------ */

static void tls__certificate_is_verified(void **state)
{
    struct world *w = *state;
    char key[128], cert[128], more[512];
    const char *const make[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                                "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
                                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", NULL};
    int port = 20000 + (int)(getpid() % 20000);

    snprintf(key, sizeof key, "%s/key.pem", w->dir);
    snprintf(cert, sizeof cert, "%s/cert.pem", w->dir);
    assert_int_equal(run_quietly(w, make), 0);
    snprintf(more, sizeof more, "--bind 127.0.0.1 --tls-port %d --tls-cert-file %s --tls-key-file %s --tls-ca-cert-file %s "
             "--tls-auth-clients no", port, cert, key, cert);
    redis_start(w, more);
    snprintf(w->url, sizeof w->url, "rediss://localhost:%d/1", port);
    open_store(w);
    pump_until(w, w->state == STORE_AWAY);      /* nobody vouches for this certificate */
    close_store(w);
    w->config.store.ca_file = cert;
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    w->config.store.ca_file = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(commit__then_restart__everything_is_read_back),
        TEST(same_commit__written_twice__nothing_is_there_twice),
        TEST(resolved__done_deliveries_leave_the_outbox__others_stay),
        TEST(resolved__news_not_out_yet__incident_is_read_back_with_it),
        TEST(redis_killed_again_and_again__every_commit_arrives_once_in_order),
        TEST(killed_while_redis_is_away__next_start_knows_all_from_the_spool),
        TEST(no_redis_at_start__on_ready_is_away_soon_and_empty),
        TEST(redis_stops_answering__deadline_then_spool_then_back),
        TEST(too_much_unanswered__the_rest_goes_to_the_spool__order_is_kept),
        TEST(spool_full__end_says_so__open_state_is_written_when_redis_is_back),
        TEST(redis_comes_back_empty__open_state_is_written_again),
        TEST(function_flushed__loaded_again__nobody_hears_of_it),
        TEST(wrong_password__away_with_clear_words),
        TEST(user_with_the_documented_rights__works__with_fewer_says_which),
        TEST(replica__is_refused),
        TEST(loading__is_waited_for),
        TEST(memory_limit__commits_go_on__samples_wait),
        TEST(disk_refuses__away_with_clear_words__nothing_lost),
        TEST(foreign_key__away_and_says_whose),
        TEST(settings_that_lose_data__are_said_but_do_not_stop_us),
        TEST(samples__land_in_their_slots_and_minutes),
        TEST(restart_within_a_minute__its_record_holds_both_halves),
        TEST(samples_during_an_outage__are_back_filled),
        TEST(questions__are_answered_newest_first__or_away),
        TEST(tls__certificate_is_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
