/* sim.h - whole nights in virtual time, through the real engine.
 *
 * The pretend world: one clock, targets that go up and down, a store that keeps what was
 * committed, receivers that accept, refuse, answer 500 with or without having stored the page,
 * or never answer. midwatch may be killed between any two effects: then the engine is thrown away,
 * and a new one reads back what the store has. Everything random comes from the seed. */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/vec.h"
#include "config/load.h"
#include "deeds.h"
#include "engine/engine.h"
#include "unit.h"

#define SIM_CRASHES_MAX 60 /* a night: one must get somewhere between two */
#define SIM_TARGETS     16

enum answer {
    ANSWER_OK,
    ANSWER_LOST_OK,
    ANSWER_500_STORED,
    ANSWER_500,
    ANSWER_REFUSED,
    ANSWER_DEAD,
    ANSWER_KINDS
};

/* A page as a receiver stored it. */
struct got {
    struct notice notice;
    char id[DELIVERY_ID_SIZE];
    int cycle, rule;
    int64_t at_ms;
    int chapter; /* of the story, as the test counts */
};

struct flight {
    struct delivery d;
    int64_t ends_ms;
    enum answer answer;
};

/* One attempt whose outcome midwatch could not know. */
struct doubt {
    char incident[INCIDENT_ID_SIZE], person[NAME_SIZE], channel[NAME_SIZE];
};

struct sim {
    uint64_t seed;
    int64_t now_ms;
    struct config *config;
    struct engine *engine;
    struct effects fx;
    struct stored store; /* what a start reads: Redis, and while that is away the spool */
    struct stored redis; /* while it is away */
    bool away, started_away;
    bool refused; /* neither takes anything: decisions live in memory only, midwatch must too */
    VEC(struct got) got;
    VEC(struct got) tries; /* what no receiver stored */
    VEC(struct flight) flights;
    VEC(struct doubt) doubts;
    bool down[SIM_TARGETS]; /* target n, by monitor index */
    int bad[SIM_TARGETS];   /* its bad results in a row, as they came */
    int64_t next_probe_ms[SIM_TARGETS];
    bool blind;         /* our own network is away: every result is unknown */
    int unknown_one_in; /* 0: never; n: one result in n says nothing */
    int chapter;
    unsigned answers; /* bit n: answers of kind n may happen */
    bool fixed;       /* answers by `answer_of` only */
    enum answer (*answer_of)(struct sim *s, const struct delivery *d);
    int64_t effect, crash_at; /* effects so far; the one before which we are killed (0: never) */
    int crash_one_in;         /* 0: never; n: one effect in n */
    int crashes, acks;
    /* What a test wants to see: each sending as it begins, each tick that is done with, each
     * decision before it is kept, each start. */
    void (*sending)(struct sim *s, const struct delivery *d);
    void (*watching)(struct sim *s);
    void (*deciding)(struct sim *s);
    void (*restored)(struct sim *s); /* read back from the store, nothing done yet */
};

static inline uint64_t sim_random(struct sim *s)
{
    s->seed ^= s->seed << 13;
    s->seed ^= s->seed >> 7;
    s->seed ^= s->seed << 17;
    return s->seed;
}

static void sim_handle(struct sim *s);

/* --- the store --- */

/* The newest are the likeliest: looked for from behind. */
static inline void sim_keep_incident(struct sim *s, const struct incident *i)
{
    for (size_t n = s->store.incidents.n; n-- > 0;) {
        if (!text_eq(s->store.incidents.items[n].id, i->id))
            continue;
        s->store.incidents.items[n] = *i;
        return;
    }
    vec_push(&s->store.incidents, *i);
}

static inline void sim_keep_delivery(struct sim *s, const struct delivery *d)
{
    for (size_t n = s->store.deliveries.n; n-- > 0;) {
        if (!text_eq(s->store.deliveries.items[n].id, d->id))
            continue;
        s->store.deliveries.items[n] = *d;
        return;
    }
    vec_push(&s->store.deliveries, *d);
}

static inline void sim_keep_monitor(struct sim *s, const struct monitor_put *p)
{
    struct stored_monitor m = {.status = p->status ? *p->status : (struct monitor_status){0}};

    text_copy(m.name, sizeof m.name, p->name);
    for (size_t n = 0; n < s->store.monitors.n; n++) {
        if (!text_eq(s->store.monitors.items[n].name, p->name))
            continue;
        if (p->status)
            s->store.monitors.items[n] = m;
        else
            s->store.monitors.items[n] = s->store.monitors.items[--s->store.monitors.n];
        return;
    }
    if (p->status)
        vec_push(&s->store.monitors, m);
}

static inline bool sim_remembers(const struct sim *s, const struct incident *i)
{
    return i->state != INCIDENT_RESOLVED || i->resolved_ms + RESTORE_RESOLVED_MS > s->now_ms;
}

/* As Redis does: what was resolved long ago leaves, and with it its deliveries that are done. */
static inline void sim_sweep(struct sim *s)
{
    size_t kept = 0;
    bool any = false;

    for (size_t i = 0; i < s->store.incidents.n; i++)
        any = any || !sim_remembers(s, &s->store.incidents.items[i]);
    if (!any)
        return;
    for (size_t n = 0; n < s->store.deliveries.n; n++) {
        const struct delivery *d = &s->store.deliveries.items[n];
        bool open = false;

        for (size_t i = 0; i < s->store.incidents.n; i++)
            open = open || (text_eq(s->store.incidents.items[i].id, d->notice.incident) &&
                            sim_remembers(s, &s->store.incidents.items[i]));
        if (open || d->state == DELIVERY_WAITING || d->state == DELIVERY_SENDING)
            s->store.deliveries.items[kept++] = *d;
    }
    s->store.deliveries.n = kept;
    kept = 0;
    for (size_t i = 0; i < s->store.incidents.n; i++)
        if (sim_remembers(s, &s->store.incidents.items[i]))
            s->store.incidents.items[kept++] = s->store.incidents.items[i];
    s->store.incidents.n = kept;
}

static inline void sim_keep_quiet(struct sim *s, const struct quiet *q)
{
    for (size_t n = 0; n < s->store.quiets.n; n++) {
        if (!text_eq(s->store.quiets.items[n].id, q->id))
            continue;
        s->store.quiets.items[n] = *q;
        return;
    }
    vec_push(&s->store.quiets, *q);
}

static inline void sim_keep_override(struct sim *s, const struct kept_override *o)
{
    for (size_t n = 0; n < s->store.overrides.n; n++) {
        if (!text_eq(s->store.overrides.items[n].id, o->id))
            continue;
        s->store.overrides.items[n] = *o;
        return;
    }
    vec_push(&s->store.overrides, *o);
}

static inline void sim_commit(struct sim *s)
{
    const struct commit *c = &s->fx.commit;

    if (s->refused)
        return;
    for (size_t n = 0; n < c->monitors.n; n++)
        sim_keep_monitor(s, &c->monitors.items[n]);
    for (size_t n = 0; n < c->incidents.n; n++)
        sim_keep_incident(s, c->incidents.items[n]);
    for (size_t n = 0; n < c->deliveries.n; n++)
        sim_keep_delivery(s, c->deliveries.items[n]);
    for (size_t n = 0; n < c->quiets.n; n++)
        sim_keep_quiet(s, c->quiets.items[n]);
    for (size_t n = 0; n < c->overrides.n; n++)
        sim_keep_override(s, c->overrides.items[n]);
}

/* --- dying and being born again --- */

static inline void sim_start(struct sim *s)
{
    s->engine = engine_new();
    effects_clear(&s->fx);
    engine_configure(s->engine, s->config, s->now_ms, &s->fx);
    sim_handle(s);
    effects_clear(&s->fx);
    sim_sweep(s);
    s->started_away = s->away;
    engine_restore(s->engine, &s->store, s->now_ms, &s->fx);
    if (s->restored)
        s->restored(s);
    sim_handle(s);
}

static inline void sim_die(struct sim *s)
{
    engine_free(s->engine);
    s->flights.n = 0;
    s->crashes++;
    s->now_ms += (int64_t)(sim_random(s) % 20000);
    for (size_t i = 0; i < s->config->n_monitors; i++)
        s->next_probe_ms[i] = s->now_ms + 500;
    sim_start(s);
}

/* True when we are killed here: the caller must return at once. */
static inline bool sim_killed(struct sim *s)
{
    s->effect++;
    if (s->refused)
        return false;
    if (s->effect != s->crash_at && !(s->crash_one_in && s->crashes < SIM_CRASHES_MAX &&
                                      sim_random(s) % (uint64_t)s->crash_one_in == 0))
        return false;
    sim_die(s);
    return true;
}

/* --- receivers --- */

static inline struct got sim_got(const struct sim *s, const struct delivery *d)
{
    struct got g = {.notice = d->notice,
                    .cycle = d->cycle,
                    .rule = d->rule,
                    .at_ms = s->now_ms,
                    .chapter = s->chapter};

    text_copy(g.id, sizeof g.id, d->id);
    return g;
}

static inline void sim_doubt(struct sim *s, const struct delivery *d)
{
    struct doubt x;

    text_copy(x.incident, sizeof x.incident, d->notice.incident);
    text_copy(x.person, sizeof x.person, d->notice.person);
    text_copy(x.channel, sizeof x.channel, d->notice.channel);
    vec_push(&s->doubts, x);
}

static inline enum answer sim_answer(struct sim *s, const struct delivery *d)
{
    enum answer a;

    if (s->answer_of)
        return s->answer_of(s, d);
    do
        a = (enum answer)(sim_random(s) % ANSWER_KINDS);
    while (!(s->answers & (1u << a)));
    /* Whoever refuses a resolve for good does not want it: no promise is broken by that. */
    return a == ANSWER_REFUSED && d->notice.type > NOTICE_ESCALATED ? ANSWER_OK : a;
}

static inline void sim_send(struct sim *s, const struct delivery *d)
{
    struct flight f = {.d = *d, .answer = sim_answer(s, d), .ends_ms = s->now_ms + 20};
    struct got g = sim_got(s, d);

    if (s->sending)
        s->sending(s, d);
    if (f.answer == ANSWER_OK || f.answer == ANSWER_LOST_OK || f.answer == ANSWER_500_STORED)
        vec_push(&s->got, g);
    else
        vec_push(&s->tries, g);
    if (f.answer != ANSWER_REFUSED && f.answer != ANSWER_DEAD)
        sim_doubt(s, d);
    if (f.answer == ANSWER_LOST_OK)
        f.ends_ms = s->now_ms + 10000;
    vec_push(&s->flights, f);
}

static inline void sim_land(struct sim *s, size_t n)
{
    static const struct attempt outcomes[ANSWER_KINDS] = {
        [ANSWER_OK] = {.outcome = OUTCOME_OK, .reached = REACHED_YES, .status = 200},
        [ANSWER_LOST_OK] = {.outcome = OUTCOME_RETRY, .reached = REACHED_MAYBE},
        [ANSWER_500_STORED] = {.outcome = OUTCOME_RETRY, .reached = REACHED_MAYBE, .status = 500},
        [ANSWER_500] = {.outcome = OUTCOME_RETRY, .reached = REACHED_MAYBE, .status = 500},
        [ANSWER_REFUSED] = {.outcome = OUTCOME_PERMANENT, .reached = REACHED_NO, .status = 404},
        [ANSWER_DEAD] = {.outcome = OUTCOME_RETRY, .reached = REACHED_NO},
    };
    struct flight f = s->flights.items[n];
    struct attempt a = outcomes[f.answer];

    s->flights.items[n] = s->flights.items[--s->flights.n];
    text_copy(a.delivery, sizeof a.delivery, f.d.id);
    a.number = f.d.attempt;
    a.at_ms = s->now_ms;
    effects_clear(&s->fx);
    engine_attempt(s->engine, &a, s->now_ms, &s->fx);
    sim_handle(s);
}

/* Asked for at once: a second later, as the prober does it. */
static inline void sim_hurry(struct sim *s)
{
    for (size_t n = 0; n < s->fx.probes.n; n++)
        for (size_t i = 0; i < s->config->n_monitors; i++)
            if (text_eq(s->config->monitors[i].name, s->fx.probes.items[n]) &&
                s->next_probe_ms[i] > s->now_ms + 1000)
                s->next_probe_ms[i] = s->now_ms + 1000;
}

/* Commit, then act; we may be killed before the commit and before each act. */
static void sim_handle(struct sim *s)
{
    VEC(struct delivery) sends = {0};

    if (commit_empty(&s->fx.commit) && !s->fx.sends.n)
        return;
    if (s->deciding)
        s->deciding(s);
    if (sim_killed(s))
        return;
    sim_commit(s);
    sim_hurry(s);
    for (size_t n = 0; n < s->fx.sends.n; n++)
        vec_push(&sends, *s->fx.sends.items[n]);
    for (size_t n = 0; n < sends.n; n++) {
        if (sim_killed(s))
            break;
        sim_send(s, &sends.items[n]);
    }
    vec_done(&sends);
}

static inline void sim_watch(struct sim *s)
{
    if (s->watching)
        s->watching(s);
}

/* --- time --- */

static inline int64_t sim_next(const struct sim *s, int64_t until_ms)
{
    int64_t next = until_ms, wake = engine_wake_ms(s->engine);

    if (wake < next)
        next = wake;
    for (size_t i = 0; i < s->config->n_monitors; i++)
        if (s->config->monitors[i].enabled && s->next_probe_ms[i] < next)
            next = s->next_probe_ms[i];
    for (size_t n = 0; n < s->flights.n; n++)
        if (s->flights.items[n].ends_ms < next)
            next = s->flights.items[n].ends_ms;
    return next > s->now_ms ? next : s->now_ms;
}

static inline struct result sim_see(struct sim *s, size_t i)
{
    static const struct result down = {
        .verdict = VERDICT_DOWN, .reason = REASON_CONNECT, .message = "connection refused"};
    struct result r = {.verdict = VERDICT_UNKNOWN, .reason = REASON_LOCAL};

    if (!s->blind && !(s->unknown_one_in && sim_random(s) % (uint64_t)s->unknown_one_in == 0)) {
        r = s->down[i] ? down : (struct result){.verdict = VERDICT_UP};
        s->bad[i] = s->down[i] ? s->bad[i] + 1 : 0;
    }
    r.due_ms = r.at_ms = s->now_ms;
    return r;
}

static inline void sim_probe(struct sim *s, size_t i)
{
    const struct monitor *m = &s->config->monitors[i];
    struct result r = sim_see(s, i);

    s->next_probe_ms[i] = s->now_ms + m->interval_ms;
    effects_clear(&s->fx);
    engine_result(s->engine, m->name, &r, s->now_ms, &s->fx);
    sim_handle(s);
}

static inline bool sim_land_one(struct sim *s)
{
    for (size_t n = 0; n < s->flights.n; n++) {
        if (s->flights.items[n].ends_ms > s->now_ms)
            continue;
        sim_land(s, n);
        return true;
    }
    return false;
}

static inline void sim_run(struct sim *s, int64_t until_ms)
{
    while (s->now_ms < until_ms) {
        int64_t next = sim_next(s, until_ms);

        if (next >= until_ms) {
            s->now_ms = until_ms;
            return;
        }
        s->now_ms = next;
        if (sim_land_one(s))
            continue;
        effects_clear(&s->fx);
        engine_tick(s->engine, s->now_ms, &s->fx);
        sim_handle(s);
        sim_watch(s);
        for (size_t i = 0; i < s->config->n_monitors; i++)
            if (s->config->monitors[i].enabled && s->next_probe_ms[i] <= s->now_ms)
                sim_probe(s, i);
    }
}

static inline void sim_begin(struct sim *s, struct config *c, uint64_t seed, int64_t start_ms)
{
    *s = (struct sim){.seed = seed * 0x9E3779B97F4A7C15ULL + 1,
                      .now_ms = start_ms,
                      .config = c,
                      .answers = 1u << ANSWER_OK};
    assert_in_range(c->n_monitors, 0, SIM_TARGETS);
    for (size_t i = 0; i < c->n_monitors; i++)
        s->next_probe_ms[i] = start_ms;
    sim_start(s);
}

static inline void sim_init(struct sim *s, const char *yaml, uint64_t seed, int64_t start_ms)
{
    struct config *c = NULL;
    struct diagnostics d = {0};
    struct buf out;
    int rc;

    rc = config_parse("sim.yaml", yaml, strlen(yaml), &(struct load_options){0}, &c, &d);
    if (rc < 0) {
        buf_init(&out, 1 << 16);
        diagnostics_print(&d, &out);
        fprintf(stderr, "%s", buf_text(&out));
        buf_done(&out);
    }
    diagnostics_done(&d);
    assert_int_equal(rc, 0);
    sim_begin(s, c, seed, start_ms);
}

static inline void sim_done(struct sim *s)
{
    engine_free(s->engine);
    config_free(s->config);
    effects_done(&s->fx);
    stored_done(&s->store);
    stored_done(&s->redis);
    vec_done(&s->got);
    vec_done(&s->flights);
    vec_done(&s->tries);
    vec_done(&s->doubts);
}

/* What the store holds that is not at its end. */
static inline size_t sim_open_in_store(const struct sim *s)
{
    size_t open = 0;

    for (size_t i = 0; i < s->store.incidents.n; i++)
        open += s->store.incidents.items[i].state != INCIDENT_RESOLVED;
    for (size_t i = 0; i < s->store.deliveries.n; i++)
        open += s->store.deliveries.items[i].state == DELIVERY_WAITING ||
                s->store.deliveries.items[i].state == DELIVERY_SENDING;
    return open;
}

static inline bool sim_is_alarm(const struct got *g)
{
    return g->notice.type == NOTICE_TRIGGERED || g->notice.type == NOTICE_ESCALATED ||
           g->notice.type == NOTICE_UNACKNOWLEDGED;
}

#endif
