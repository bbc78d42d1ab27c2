/* test_commit.c - one event that changes very much goes in pieces, and ends once. */
#include "puts.h"

#define MANY 700

/* As when a silence ends over seven hundred incidents: 2,800 values. */
static void put_many(struct world *w)
{
    struct incident *incidents = mem_calloc(MANY, sizeof *incidents);
    struct delivery *deliveries = mem_calloc(MANY, sizeof *deliveries);
    struct commit c = {.at_ms = AT + 5};
    char id[24], page[32];

    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "inc%d", i);
        snprintf(page, sizeof page, "inc%d-a", i);
        incidents[i] = an_incident(id, INCIDENT_TRIGGERED);
        deliveries[i] = a_delivery(page, id, DELIVERY_SENDING);
        vec_push(&c.incidents, (const struct incident *)&incidents[i]);
        vec_push(&c.deliveries, (const struct delivery *)&deliveries[i]);
        vec_push(&c.transitions, a_transition(id, "released", AT + 5));
        vec_push(&c.transitions, a_transition(id, "paged", AT + 5));
    }
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
    mem_free(incidents);
    mem_free(deliveries);
}

static void assert_all_there(struct world *w)
{
    assert_string_equal(length(w, "HLEN", KEY_INCIDENTS), "700");
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "700");
    assert_string_equal(length(w, "XLEN", KEY_AUDIT), "1400");
    assert_int_equal(w->kept, 1);
    assert_int_equal(w->lost, 0);
}

static void very_much_in_one_event__goes_in_pieces__and_ends_once(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_many(w);
    assert_int_equal(w->kept, 0);
    pump_until(w, w->kept == 1);
    assert_all_there(w);
    assert_true(atoll(redis_say(w, "HGET mw:{test}:meta version")) >= 4 * MANY / 250);
}

static void redis_killed_meanwhile__it_is_all_there_once_it_is_back(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_many(w);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY && w->kept == 1);
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP);
    assert_all_there(w);
}

static void killed_while_redis_is_away__the_next_start_knows_it_all(void **state)
{
    struct world *w = *state;

    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    put_many(w);
    pump_until(w, w->kept == 1);
    close_store(w);
    redis_start(w, REDIS_AOF);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, MANY);
    assert_int_equal(w->ready.deliveries.n, MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(very_much_in_one_event__goes_in_pieces__and_ends_once),
        TEST(redis_killed_meanwhile__it_is_all_there_once_it_is_back),
        TEST(killed_while_redis_is_away__the_next_start_knows_it_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
