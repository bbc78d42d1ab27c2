/* trouble.h - what befalls midwatch itself: its store goes away and comes back, or takes nothing,
 * its clock is set, alive or dead, its own network is gone.
 *
 * As the real rooms have it (store/session.c, app/clock.c, app/health.c): a store that goes away
 * leaves its whole state behind in the spool a moment later; who starts meanwhile reads the spool;
 * when the store is back it is given the spool first, and then read by who started without it. */
#ifndef TESTS_SIM_TROUBLE_H
#define TESTS_SIM_TROUBLE_H

#include "sim.h"

/* --- the store --- */

static inline void trouble_snapshot(struct sim *s)
{
    effects_clear(&s->fx);
    engine_snapshot(s->engine, &s->fx.commit);
    sim_commit(s);
    effects_clear(&s->fx);
}

/* Killed before the spool has everything: `at_once`. Then the next start knows nothing. */
static inline void trouble_store_leaves(struct sim *s, bool at_once)
{
    s->away = true;
    s->redis = s->store;
    s->store = (struct stored){0};
    if (at_once)
        sim_die(s);
    else
        trouble_snapshot(s);
}

static inline void trouble_replay(struct sim *s, const struct stored *spool)
{
    for (size_t n = 0; n < spool->monitors.n; n++) {
        const struct stored_monitor *m = &spool->monitors.items[n];
        struct monitor_put put = {m->name, &m->status};

        sim_keep_monitor(s, &put);
    }
    for (size_t n = 0; n < spool->incidents.n; n++)
        sim_keep_incident(s, &spool->incidents.items[n]);
    for (size_t n = 0; n < spool->deliveries.n; n++)
        sim_keep_delivery(s, &spool->deliveries.items[n]);
    for (size_t n = 0; n < spool->quiets.n; n++)
        sim_keep_quiet(s, &spool->quiets.items[n]);
    for (size_t n = 0; n < spool->overrides.n; n++)
        sim_keep_override(s, &spool->overrides.items[n]);
}

static inline void trouble_store_returns(struct sim *s)
{
    struct stored spool = s->store;

    if (!s->away)
        return;
    s->away = false;
    s->store = s->redis;
    s->redis = (struct stored){0};
    trouble_replay(s, &spool);
    stored_done(&spool);
    if (!s->started_away)
        return;
    effects_clear(&s->fx);
    engine_restore(s->engine, &s->store, s->now_ms, &s->fx);
    sim_handle(s);
}

/* Away, and the disk is full; then all that is known is written. */
static inline void trouble_nothing_is_kept(struct sim *s, int64_t for_ms)
{
    s->refused = true;
    sim_run(s, s->now_ms + for_ms);
    s->refused = false;
    trouble_snapshot(s);
}

/* --- the clock --- */

static inline int64_t trouble_step_ms(struct sim *s)
{
    return (int64_t)(sim_random(s) % (4 * 3600000)) - 2 * 3600000;
}

static inline void trouble_clock_is_set(struct sim *s)
{
    int64_t delta_ms = trouble_step_ms(s);

    effects_clear(&s->fx);
    engine_clock_step(s->engine, delta_ms, &s->fx);
    s->now_ms += delta_ms;
    for (size_t i = 0; i < SIM_TARGETS; i++)
        s->next_probe_ms[i] += delta_ms;
    for (size_t i = 0; i < s->flights.n; i++)
        s->flights.items[i].ends_ms += delta_ms;
    sim_handle(s);
}

/* Killed, and when it starts again it is another time of day. */
static inline void trouble_clock_is_set_while_dead(struct sim *s)
{
    s->now_ms += trouble_step_ms(s);
    sim_die(s);
}

/* --- what midwatch finds out about itself, again after each start --- */

static inline void trouble_look(struct sim *s)
{
    effects_clear(&s->fx);
    engine_self(s->engine, SELF_STORE, NULL, s->away || s->refused, "away", s->now_ms, &s->fx);
    sim_handle(s);
    effects_clear(&s->fx);
    engine_self(s->engine, SELF_BLIND, NULL, s->blind, "no canary answers", s->now_ms, &s->fx);
    sim_handle(s);
}

#endif
