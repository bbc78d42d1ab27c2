/* test_restore.c - what may be opened again comes back at a start, with whom it was told to. */
#include "../../../src/store/internal.h"
#include "../../../src/store/view.h"
#include "puts.h"

/* An incident resolved at `at_ms`, with n deliveries that got there, in one commit. */
static void put_resolved(struct world *w, const char *id, int64_t at_ms, int n)
{
    struct incident i = an_incident(id, INCIDENT_RESOLVED);
    struct delivery d[8];
    struct commit c = {.at_ms = at_ms};

    i.resolved_ms = at_ms;
    vec_push(&c.incidents, (const struct incident *)&i);
    for (int k = 0; k < n; k++) {
        char name[32];
        snprintf(name, sizeof name, "%s-%d", id, k);
        d[k] = a_delivery(name, id, DELIVERY_DELIVERED);
        vec_push(&c.deliveries, (const struct delivery *)&d[k]);
    }
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static const struct incident *incident_of(const struct stored *s, const char *id)
{
    for (size_t i = 0; i < s->incidents.n; i++) {
        if (text_eq(s->incidents.items[i].id, id))
            return &s->incidents.items[i];
    }
    return NULL;
}

static size_t deliveries_of(const struct stored *s, const char *id)
{
    size_t n = 0;

    for (size_t i = 0; i < s->deliveries.n; i++)
        n += text_eq(s->deliveries.items[i].notice.incident, id) ? 1 : 0;
    return n;
}

static void resolved_of_late__comes_back_with_its_ended_deliveries__older_stays(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms();

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_DELIVERED);
    put_resolved(w, "late", now - 3600000, 3);
    put_resolved(w, "edge", now - RESTORE_RESOLVED_MS + 60000, 1);
    put_resolved(w, "old", now - RESTORE_RESOLVED_MS - 60000, 2);
    put_resolved(w, "quiet", now, 0);
    pump_until(w, w->kept == 5);
    close_store(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 4);
    assert_non_null(incident_of(&w->ready, "inc1"));
    assert_non_null(incident_of(&w->ready, "quiet"));
    assert_null(incident_of(&w->ready, "old"));
    assert_int_equal(incident_of(&w->ready, "late")->state, INCIDENT_RESOLVED);
    assert_int_equal(incident_of(&w->ready, "late")->resolved_ms, now - 3600000);
    assert_int_equal(w->ready.deliveries.n, 5);
    assert_int_equal(deliveries_of(&w->ready, "late"), 3);
    assert_int_equal(deliveries_of(&w->ready, "edge"), 1);
    assert_string_equal(w->ready.deliveries.items[0].notice.channel, "ops");
}

/* Its end is news that is not out yet: whoever was paged before is known with it. */
static void resolved_long_ago__news_not_out__ended_deliveries_come_too(void **state)
{
    struct world *w = *state;

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_all(w, INCIDENT_RESOLVED, DELIVERY_WAITING); /* in the past, by AT */
    put_resolved(w, "old", AT, 2);
    struct delivery done = a_delivery("inc1-b", "inc1", DELIVERY_DELIVERED);
    struct commit c = {.at_ms = AT};
    vec_push(&c.deliveries, (const struct delivery *)&done);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
    pump_until(w, w->kept == 3);
    redis_say(w, "ZADD mw:{test}:resolved:index 5 inc1"); /* whatever the clock says now */
    redis_say(w, "ZADD mw:{test}:resolved:index 5 old");
    close_store(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 1);
    assert_int_equal(deliveries_of(&w->ready, "inc1"), 2);
    assert_int_equal(w->ready.deliveries.n, 2);
}

static void more_than_are_wanted__the_newest_come(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms();
    char id[16];

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < RESTORE_RESOLVED_MAX + 200; i++) {
        snprintf(id, sizeof id, "r%d", i);
        put_resolved(w, id, now - 3600000 + i, 1);
    }
    pump_until(w, w->kept == RESTORE_RESOLVED_MAX + 200);
    close_store(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, RESTORE_RESOLVED_MAX);
    assert_int_equal(w->ready.deliveries.n, RESTORE_RESOLVED_MAX);
    assert_null(incident_of(&w->ready, "r199"));
    assert_non_null(incident_of(&w->ready, "r200"));
}

/* As if it had so many. */
static void pad_deliveries(struct world *w, const char *incident, int n)
{
    char more[16];

    snprintf(more, sizeof more, "%d", n - 2);
    redis_say(w, "EVAL %s 1 mw:{test}:deliveries:of %s %s",
              "local id = ARGV[1] redis.call('HSET', KEYS[1], id, "
              "id .. '-0 ' .. id .. '-1' .. string.rep(' x', ARGV[2]))",
              incident, more);
}

/* What can't come whole does not come: half of its deliveries would tell half of the people. */
static void more_deliveries_than_are_wanted__incident_stays_away_and_so_do_older_ones(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms();

    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_resolved(w, "a", now - 3000, 2);
    put_resolved(w, "b", now - 2000, 2);
    put_resolved(w, "c", now - 1000, 2);
    pump_until(w, w->kept == 3);
    pad_deliveries(w, "b", RESTORE_DELIVERIES_MAX - 1);
    close_store(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 1);
    assert_int_equal(deliveries_of(&w->ready, "c"), 2);
    assert_int_equal(w->ready.deliveries.n, 2);
    pad_deliveries(w, "b", RESTORE_DELIVERIES_MAX - 3);
    close_store(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 2); /* c and b leave room for one; a has two */
    assert_null(incident_of(&w->ready, "a"));
}

static void opened_again__its_deliveries_are_in_the_outbox_again__and_come_back(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_resolved(w, "inc1", AT, 3);
    pump_until(w, w->kept == 1);
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "0");
    put_incident(w, INCIDENT_TRIGGERED);
    put_incident(w, INCIDENT_TRIGGERED); /* twice is once */
    pump_until(w, w->kept == 3);
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "3");
    assert_string_equal(length(w, "HLEN", KEY_DELIVERIES), "0");
    assert_string_equal(length(w, "ZCARD", KEY_RESOLVED_INDEX), "0");
    close_store(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 1);
    assert_int_equal(w->ready.incidents.items[0].state, INCIDENT_TRIGGERED);
    assert_int_equal(w->ready.deliveries.n, 3);
    put_incident(w, INCIDENT_RESOLVED);
    pump_until(w, w->kept == 1);
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "0");
    assert_string_equal(length(w, "HLEN", KEY_DELIVERIES), "3");
}

/* At any of its three round trips. */
static void redis_killed_while_it_is_read__it_is_read_again_whole(void **state)
{
    struct world *w = *state;
    int64_t now = loop_now_ms();
    char id[16];
    int cut_short = 0;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    for (int i = 0; i < 600; i++) {
        snprintf(id, sizeof id, "r%d", i);
        put_resolved(w, id, now - i, 3);
    }
    pump_until(w, w->kept == 600);
    close_store(w);
    for (int turns = 2; turns < 16; turns++) {
        open_store(w);
        for (int i = 0; i < turns && w->readies == 0; i++)
            uv_run(&w->loop.uv, UV_RUN_ONCE);
        bool cut = w->readies == 0;
        cut_short += cut && w->store->session == SESSION_CATCHING_UP ? 1 : 0;
        redis_kill(w);
        redis_start(w, REDIS_AOF);
        pump_until(w, w->readies == 1 && w->state == STORE_UP && (!w->away || w->founds == 1));
        const struct stored *s = w->away ? &w->found : &w->ready;
        assert_int_equal(s->incidents.n, 600);
        assert_int_equal(s->deliveries.n, 1800);
        close_store(w);
    }
    assert_true(cut_short > 0);
}

/* --- from the spool --- */

static int64_t spool_now;

static void doomed(struct world *w)
{
    open_store(w);
    pump_until(w, w->readies == 1); /* there is no Redis */
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_DELIVERED);
    put_resolved(w, "late", spool_now - 3600000, 3);
    put_resolved(w, "old", spool_now - 2 * RESTORE_RESOLVED_MS, 2);
    pump_until(w, w->kept == 3);
}

static void redis_away__resolved_of_late_comes_from_the_spool(void **state)
{
    struct world *w = *state;

    spool_now = loop_now_ms();
    in_child(w, doomed);
    open_store(w);
    pump_until(w, w->readies == 1);
    assert_true(w->away);
    assert_int_equal(w->ready.incidents.n, 2);
    assert_int_equal(deliveries_of(&w->ready, "late"), 3);
    assert_int_equal(deliveries_of(&w->ready, "inc1"), 1);
    assert_int_equal(w->ready.deliveries.n, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(resolved_of_late__comes_back_with_its_ended_deliveries__older_stays),
        TEST(resolved_long_ago__news_not_out__ended_deliveries_come_too),
        TEST(more_than_are_wanted__the_newest_come),
        TEST(more_deliveries_than_are_wanted__incident_stays_away_and_so_do_older_ones),
        TEST(opened_again__its_deliveries_are_in_the_outbox_again__and_come_back),
        TEST(redis_killed_while_it_is_read__it_is_read_again_whole),
        TEST(redis_away__resolved_of_late_comes_from_the_spool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
