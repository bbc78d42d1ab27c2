/* test_kept.c - what people asked for: quiets and overrides in Redis, over outages, from before. */
#include "../../../src/store/internal.h"
#include "../../../src/store/resp.h"
#include "../../../src/store/script.h"
#include "format/state.h"
#include "puts.h"

static const struct quiet *quiet_of(const struct stored *s, const char *id)
{
    for (size_t i = 0; i < s->quiets.n; i++) {
        if (text_eq(s->quiets.items[i].id, id))
            return &s->quiets.items[i];
    }
    fail_msg("no quiet %s", id);
    return NULL;
}

static void kept__then_restart__the_newest_of_each_is_read_back(void **state)
{
    struct world *w = *state;
    struct quiet q = a_quiet("q1", AT), other = a_quiet("q2", AT);
    struct kept_override o = an_override("o1", AT), back = an_override("o2", AT);

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_quiet(w, &q);
    put_quiet(w, &other);
    put_override(w, &o);
    q.end_ms = AT - 5;
    snprintf(q.ended_by, sizeof q.ended_by, "bo");
    put_quiet(w, &q);
    back.end_ms = back.start_ms;
    put_override(w, &back);
    pump_until(w, w->kept == 5);
    assert_string_equal(length(w, "HLEN", KEY_QUIETS), "2");
    assert_string_equal(length(w, "XLEN", KEY_AUDIT), "0");
    close_store(w);

    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.quiets.n, 2);
    assert_int_equal(w->ready.overrides.n, 2);
    assert_int_equal(quiet_of(&w->ready, "q1")->end_ms, AT - 5);
    assert_string_equal(quiet_of(&w->ready, "q1")->ended_by, "bo");
    assert_string_equal(quiet_of(&w->ready, "q2")->comment, "moving \"db\" \xc3\xa9");
    assert_string_equal(w->ready.overrides.items[0].schedule, "primary");
}

static void redis_killed_in_between__everything_is_there_once_it_is_back(void **state)
{
    struct world *w = *state;
    char id[16];

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < 90; i++) {
        snprintf(id, sizeof id, "k%d", i);
        struct quiet q = a_quiet(id, AT + i);
        struct kept_override o = an_override(id, AT + i);
        put_quiet(w, &q);
        put_override(w, &o);
        if (i == 30)
            redis_kill(w);
        if (i == 31)
            pump_until(w, w->state == STORE_AWAY);
        if (i == 60)
            redis_start(w, REDIS_AOF);
    }
    pump_until(w, w->state == STORE_UP && w->kept == 180);
    assert_int_equal(w->lost, 0);
    assert_string_equal(length(w, "HLEN", KEY_QUIETS), "90");
    assert_string_equal(length(w, "HLEN", KEY_OVERRIDES), "90");
}

static struct quiet snapshot_quiet;
static struct kept_override snapshot_override;

static void fill_kept(struct commit *c)
{
    snapshot_quiet = a_quiet("q9", AT);
    snapshot_override = an_override("o9", AT);
    vec_push(&c->quiets, (const struct quiet *)&snapshot_quiet);
    vec_push(&c->overrides, (const struct kept_override *)&snapshot_override);
}

static void doomed(struct world *w)
{
    struct quiet q = a_quiet("q1", AT);

    w->fill = fill_kept;
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_say(w, "SHUTDOWN NOSAVE");
    pump_until(w, w->state == STORE_AWAY && w->snapshots == 1);
    put_quiet(w, &q);
    pump_until(w, w->kept == 1);
}

static void killed_while_redis_is_away__next_start_knows_them_from_the_spool(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    in_child(w, doomed);
    waitpid(w->redis, NULL, 0);
    open_store(w);
    pump_until(w, w->readies == 1);
    assert_true(w->away);
    assert_int_equal(w->ready.quiets.n, 2);
    assert_int_equal(w->ready.overrides.n, 1);
    assert_string_equal(quiet_of(&w->ready, "q9")->matchers, "monitor=api\nteam=~pay.*");
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP && w->founds == 1);
    assert_int_equal(w->found.quiets.n, 2);
    assert_int_equal(w->found.overrides.n, 1);
    assert_string_equal(length(w, "HLEN", KEY_QUIETS), "2");
}

static void redis_comes_back_empty__they_are_written_again(void **state)
{
    struct world *w = *state;

    w->fill = fill_kept;
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    redis_say(w, "FLUSHALL");
    redis_say(w, "CLIENT KILL TYPE normal");
    pump_until(w, w->state == STORE_AWAY);
    pump_until(w, w->state == STORE_UP);
    pump_until(w, text_eq(length(w, "HLEN", KEY_QUIETS), "1"));
    assert_string_equal(length(w, "HLEN", KEY_OVERRIDES), "1");
}

/* --- from before there were any --- */

#define KEYS_BEFORE 11

/* As the commit before this one would have packed it: eleven keys, no q, no o. */
static void spool_as_before(struct world *w)
{
    const struct incident i = an_incident("old1", INCIDENT_TRIGGERED);
    struct buf b, json;
    struct spool *spool;
    struct err e = {""};
    char path[256], key[KEY_SIZE];
    const char *const mkdirs[] = {"mkdir", "-p", path, NULL};

    snprintf(path, sizeof path, "%s/spool", store_dir(w));
    run_quietly(w, mkdirs);
    if (spool_open(path, "commit", NULL, NULL, &spool, &e) != 0)
        fail_msg("%s", e.text);
    buf_init(&b, 1 << 16);
    buf_init(&json, 1 << 16);
    resp_int(&b, KEYS_BEFORE);
    for (int k = 0; k < KEYS_BEFORE; k++) {
        key_of(key, "test", (enum key)k);
        resp_text(&b, key);
    }
    resp_text(&b, "0011223344556677");
    resp_int(&b, 1);
    resp_int(&b, AT);
    resp_text(&b, "i");
    resp_text(&b, i.id);
    resp_text(&b, "0");
    resp_int(&b, 0);
    state_write_incident(&json, &i);
    resp_bulk(&b, json.p, json.len);
    resp_text(&b, "t");
    resp_text(&b, "1795316645678-1");
    resp_text(&b, "{\"at\":1,\"subject\":\"incident\",\"name\":\"old1\",\"cause\":\"probe\","
                  "\"reason\":\"ok\"}");
    struct spool_record r = {RECORD_COMMIT, 1 + KEYS_BEFORE + 3 + 5 + 3, b.p, b.len};
    assert_int_equal(spool_append(spool, &r, 1 << 20, &e), 0);
    spool_close(spool);
    buf_done(&b);
    buf_done(&json);
}

static void record_of_before_in_the_spool__is_read_and_done(void **state)
{
    struct world *w = *state;

    spool_as_before(w);
    open_store(w);
    pump_until(w, w->readies == 1);
    assert_true(w->away);
    assert_int_equal(w->ready.incidents.n, 1);
    assert_string_equal(w->ready.incidents.items[0].id, "old1");
    struct quiet q = a_quiet("q1", AT);
    put_quiet(w, &q);
    pump_until(w, w->kept == 1);
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP);
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:incidents old1"), "1");
    assert_string_equal(length(w, "XLEN", KEY_AUDIT), "1");
    assert_string_equal(length(w, "HLEN", KEY_QUIETS), "1");
}

/* The functions of before, under the library's name: a commit that takes anything. */
static void load_library_of_before(struct world *w)
{
    static const char text[] =
        "#!lua name=" SCRIPT_LIBRARY "\n"
        "redis.register_function{ function_name = 'mw_commit', flags = { 'allow-oom' },\n"
        "  callback = function(K, A) return { 0, '', '' } end }\n";

    assert_string_equal(redis_say(w, "FUNCTION LOAD REPLACE %s", text), SCRIPT_LIBRARY);
}

static void library_of_before__there_or_put_back__ours_is_loaded_and_nobody_hears(void **state)
{
    struct world *w = *state;
    struct quiet q = a_quiet("q1", AT);

    redis_start(w, "");
    load_library_of_before(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_quiet(w, &q);
    pump_until(w, w->kept == 1);
    assert_string_equal(length(w, "HLEN", KEY_QUIETS), "1");
    load_library_of_before(w); /* an older midwatch, of another name, connected */
    snprintf(q.id, sizeof q.id, "q2");
    put_quiet(w, &q);
    pump_until(w, w->kept == 2 && text_eq(length(w, "HLEN", KEY_QUIETS), "2"));
    assert_int_equal(w->state_changes, 1);
    assert_string_equal(redis_say(w, "FUNCTION LIST"), "1");
    /* and what that one calls is there for it, with the keys it knows */
    assert_string_equal(
        redis_say(w, "FCALL mw_commit 11 %s a b c d e f g h i j w 1 2", w->store->keys[KEY_META]),
        "3");
    assert_string_equal(redis_say(w, "FCALL mw_trim 11 a b c d e f g h i j k trim 5 50"), "0");
}

static void too_full_for_our_library__away_and_says_so(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    load_library_of_before(w);
    redis_say(w, "CONFIG SET maxmemory 1");
    open_store(w);
    pump_until(w, w->state == STORE_AWAY);
    assert_non_null(strstr(w->why, "can't load our function"));
    redis_say(w, "CONFIG SET maxmemory 0");
    pump_until(w, w->state == STORE_UP);
}

/* --- another program's keys --- */

static void foreign_key__at_start__away_and_says_whose(void **state)
{
    static const enum key keys[] = {KEY_QUIETS, KEY_OVERRIDES, KEY_REGIONS};
    struct world *w = *state;
    char key[KEY_SIZE], says[KEY_SIZE + 32];

    redis_start(w, "");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        key_of(key, "test", keys[i]);
        redis_say(w, "RPUSH %s x", key);
        open_store(w);
        pump_until(w, w->state == STORE_AWAY);
        snprintf(says, sizeof says, "%s holds a list", key);
        assert_non_null(strstr(w->why, says));
        redis_say(w, "DEL %s", key);
        close_store(w);
    }
}

static void foreign_key__while_up__the_commit_is_refused_and_others_go_on(void **state)
{
    struct world *w = *state;
    struct quiet q = a_quiet("q1", AT);
    struct kept_override o = an_override("o1", AT);

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_say(w, "RPUSH mw:{test}:quiets x");
    redis_say(w, "RPUSH mw:{test}:overrides x");
    put_quiet(w, &q);
    put_override(w, &o);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->lost == 2 && w->kept == 1);
    assert_int_equal(w->state, STORE_UP);
    redis_say(w, "DEL mw:{test}:quiets mw:{test}:overrides");
    put_quiet(w, &q);
    pump_until(w, w->kept == 2);
    assert_string_equal(length(w, "HLEN", KEY_QUIETS), "1");
}

static void unreadable_records__are_passed_over__others_are_read(void **state)
{
    struct world *w = *state;
    struct quiet q = a_quiet("q1", AT);

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_quiet(w, &q);
    pump_until(w, w->kept == 1);
    close_store(w);
    redis_say(w, "HSET mw:{test}:quiets a %s", "{");
    redis_say(w, "HSET mw:{test}:quiets b %s", "{\"id\":\"b\",\"kind\":\"later\"}");
    redis_say(w, "HSET mw:{test}:overrides c %s", "[]");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.quiets.n, 1);
    assert_int_equal(w->ready.overrides.n, 0);
}

/* --- retention --- */

static void put_kept(struct world *w, const char *id, int64_t end_ms)
{
    struct quiet q = a_quiet(id, end_ms);
    struct kept_override o = an_override(id, end_ms);

    put_quiet(w, &q);
    put_override(w, &o);
}

static void retention__those_over_for_too_long_are_forgotten__others_stay(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms();
    struct kept_override back = an_override("back", now);
    char id[16];

    w->config.store.retention.incidents_ms = 60000;
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < 600; i++) {
        snprintf(id, sizeof id, "k%d", i);
        put_kept(w, id, i < 400 ? now - 120000 - i : i < 500 ? now - 1000 : now + 3600000);
    }
    back.created_ms = now; /* taken back just now: it ended before it began */
    back.start_ms = back.end_ms = now - 200000;
    put_override(w, &back);
    pump_until(w, w->kept == 1201);
    redis_say(w, "HSET mw:{test}:quiets odd %s", "{");
    on_trim(w->store); /* a minute's: it does not look at all of them */
    pump_until(w, !text_eq(length(w, "HLEN", KEY_OVERRIDES), "601"));
    assert_true(atoi(length(w, "HLEN", KEY_OVERRIDES)) > 201);
    pump_until(w, (on_trim(w->store), text_eq(length(w, "HLEN", KEY_QUIETS), "201") &&
                                          text_eq(length(w, "HLEN", KEY_OVERRIDES), "201")));
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:quiets k399"), "0");
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:quiets k400"), "1");
    assert_string_equal(redis_say(w, "HEXISTS mw:{test}:overrides back"), "1");
    w->config.store.retention.incidents_ms = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(kept__then_restart__the_newest_of_each_is_read_back),
        TEST(redis_killed_in_between__everything_is_there_once_it_is_back),
        TEST(killed_while_redis_is_away__next_start_knows_them_from_the_spool),
        TEST(redis_comes_back_empty__they_are_written_again),
        TEST(record_of_before_in_the_spool__is_read_and_done),
        TEST(library_of_before__there_or_put_back__ours_is_loaded_and_nobody_hears),
        TEST(too_full_for_our_library__away_and_says_so),
        TEST(foreign_key__at_start__away_and_says_whose),
        TEST(foreign_key__while_up__the_commit_is_refused_and_others_go_on),
        TEST(unreadable_records__are_passed_over__others_are_read),
        TEST(retention__those_over_for_too_long_are_forgotten__others_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
