/* puts.h - commits that say something, into the store of a world. */
#ifndef TESTS_UNIT_STORE_PUTS_H
#define TESTS_UNIT_STORE_PUTS_H

#include "nouns.h"
#include "server.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

/* One of everything. */
static inline void put_all(struct world *w, enum incident_state incident,
                           enum delivery_state delivery)
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

static inline void put_incident(struct world *w, enum incident_state state)
{
    struct incident i = an_incident("inc1", state);
    struct commit c = {.at_ms = AT + 6};

    vec_push(&c.incidents, (const struct incident *)&i);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static inline void put_delivery(struct world *w, enum delivery_state state)
{
    struct delivery d = a_delivery("inc1-a", "inc1", state);
    struct commit c = {.at_ms = AT + 6};

    vec_push(&c.deliveries, (const struct delivery *)&d);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static inline void put_quiet(struct world *w, const struct quiet *q)
{
    struct commit c = {.at_ms = AT + 7};

    vec_push(&c.quiets, q);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static inline void put_override(struct world *w, const struct kept_override *o)
{
    struct commit c = {.at_ms = AT + 7};

    vec_push(&c.overrides, o);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

/* HLEN, XLEN … of one of our keys. */
static inline const char *length(struct world *w, const char *command, enum key k)
{
    char key[KEY_SIZE];

    key_of(key, "test", k);
    return redis_say(w, "%s %s", command, key);
}

#endif
