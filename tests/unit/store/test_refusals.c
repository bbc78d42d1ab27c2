/* test_refusals.c - what Redis may refuse, and what we say then. */
#include "../../../src/store/retire.h"
#include "slots.h"

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

#define ACL_RIGHTS                                                                                 \
    "+info +select +ping +type +function|load +fcall +hgetall +hget +hset +hdel +hmget +hexists "  \
    "+hincrby "                                                                                    \
    "+hscan +zadd +zrem +zrangebyscore +zrevrange +xadd +xrange +xrevrange +xtrim +setrange "      \
    "+get +set +del +exists +expireat +expire +rename +multi +exec"

static int answers, aways, histories;

static void on_history(void *arg, const struct slo_history *h)
{
    (void)arg;
    histories += h != NULL;
}

/* A day that is over, one that is damaged, a series of long ago, a cell. */
static void use_measurements(struct world *w)
{
    const int64_t yesterday = day_from_today(-1);
    const struct slo_put cell = {"web", yesterday, yesterday, {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}};
    struct store_facts f;
    size_t at = 0;

    put_one(w, "api", 60000, yesterday);
    put_one(w, "old", 60000, yesterday);
    store_slo_put(w->store, &cell);
    settle(w);
    redis_say(w, "SET %s damaged", block_key(w, TIER_RAW, "api", 60000, yesterday));
    roller_now(w->store->roller);
    pump_until(w, (store_read_facts(w->store, &f), f.blocks_rolled == 2));
    assert_int_equal(f.damaged_blocks, 1);
    ((struct epoch *)(uintptr_t)epoch_at(w, "old", 60000))->last_ms = day_from_today(-3000);
    retire_some(w->store, &at);
    pump_until(w, series_own(w->store, "old") == NULL);
    store_slo_read(w->store, "web", yesterday, yesterday + DAY_MS, on_history, NULL);
    pump_until(w, histories > 0);
    on_measure(w->store);
    pump_until(w, (store_read_facts(w->store, &f), f.redis_used_bytes > 0));
}

static void on_json(void *arg, const char *json, size_t n, bool away)
{
    (void)arg, (void)json, (void)n;
    answers++;
    aways += away ? 1 : 0;
}

/* Everything that is ever said to Redis: nothing of it may be refused. */
static void use_every_right(struct world *w)
{
    struct quiet q = a_quiet("q1", 1);
    struct kept_override o = an_override("o1", 1);
    struct store_facts f;
    struct result r = a_result(loop_now_ms());

    put_all(w, INCIDENT_RESOLVED, DELIVERY_DELIVERED);
    put_incident(w, INCIDENT_TRIGGERED);
    put_quiet(w, &q);
    put_override(w, &o);
    store_sample(w->store, "api", 60000, &r);
    pump_until(w, w->kept == 4 && w->beats == 1);
    use_measurements(w);
    on_trim(w->store);
    answers = aways = 0;
    store_read_delivery(w->store, "inc1-a", on_json, NULL);
    store_read_deliveries(w->store, NULL, 5, on_json, NULL);
    store_read_deliveries(w->store, "inc1", 5, on_json, NULL);
    store_read_resolved(w->store, 5, on_json, NULL);
    store_read_attempts(w->store, NULL, 0, INT64_MAX, 5, on_json, NULL);
    store_read_transitions(w->store, NULL, 0, INT64_MAX, 5, on_json, NULL);
    store_read_results(w->store, "api", 0, INT64_MAX, on_json, NULL);
    pump_until(w, answers == 7 && text_eq(length(w, "HLEN", KEY_QUIETS), "0") &&
                      text_eq(length(w, "HLEN", KEY_OVERRIDES), "0"));
    assert_int_equal(aways, 0);
    store_read_facts(w->store, &f);
    assert_int_equal(f.errors, 1); /* the damaged block */
}

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
    use_every_right(w);
    close_store(w);
    open_store(w); /* and what it reads back */
    pump_until(w, w->state == STORE_UP);
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

static void memory_limit__commits_go_on__samples_wait(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    struct result r = a_result(day_from_today(1));

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
    w->store->samples_pause_until_us = 0; /* try again: refused again, still there */
    lane_pump(&w->store->samples_lane);
    pump_until(w, w->store->samples_pause_until_us > 0);
    store_read_facts(w->store, &f);
    assert_int_equal(f.spool_records, 1);
    redis_say(w, "CONFIG SET maxmemory 0");
    pump_until(w, (store_read_facts(w->store, &f), f.spool_records == 0));
    assert_int_equal(f.dropped_samples, 0);
    assert_int_equal(count_raw(w, block_key(w, TIER_RAW, "api", 10000, r.due_ms), 8640), 1);
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
    run_quietly(w, mkdir_dump); /* a save can't replace a directory */
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

static void tls__certificate_is_verified(void **state)
{
    struct world *w = *state;
    char key[128], cert[128], more[512];
    const char *const make[] = {"openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-keyout",
                                key,
                                "-out",
                                cert,
                                "-days",
                                "2",
                                "-subj",
                                "/CN=localhost",
                                "-addext",
                                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                                NULL};
    int port = 20000 + (int)(getpid() % 20000);

    snprintf(key, sizeof key, "%s/key.pem", w->dir);
    snprintf(cert, sizeof cert, "%s/cert.pem", w->dir);
    assert_int_equal(run_quietly(w, make), 0);
    snprintf(
        more, sizeof more,
        "--bind 127.0.0.1 --tls-port %d --tls-cert-file %s --tls-key-file %s --tls-ca-cert-file %s "
        "--tls-auth-clients no",
        port, cert, key, cert);
    redis_start(w, more);
    snprintf(w->url, sizeof w->url, "rediss://localhost:%d/1", port);
    open_store(w);
    pump_until(w, w->state == STORE_AWAY); /* nobody vouches for this certificate */
    close_store(w);
    w->config.store.ca_file = cert;
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    w->config.store.ca_file = NULL;
}

/* As in 6.2, where a commit is a script. */
static void server_without_functions__works_by_script__also_when_it_is_flushed(void **state)
{
    struct world *w = *state;

    redis_start(w, "--rename-command FUNCTION hidden");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "1");
    redis_say(w, "SCRIPT FLUSH");
    put_all(w, INCIDENT_RESOLVED, DELIVERY_DELIVERED);
    pump_until(w, w->kept == 2);
    pump_until(w, text_eq(length(w, "HLEN", KEY_RESOLVED), "1"));
    assert_int_equal(w->state_changes, 1);
    on_trim(w->store);
    pump_until(w, w->state == STORE_UP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_password__away_with_clear_words),
        TEST(user_with_the_documented_rights__works__with_fewer_says_which),
        TEST(replica__is_refused),
        TEST(loading__is_waited_for),
        TEST(memory_limit__commits_go_on__samples_wait),
        TEST(disk_refuses__away_with_clear_words__nothing_lost),
        TEST(foreign_key__away_and_says_whose),
        TEST(settings_that_lose_data__are_said_but_do_not_stop_us),
        TEST(tls__certificate_is_verified),
        TEST(server_without_functions__works_by_script__also_when_it_is_flushed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
