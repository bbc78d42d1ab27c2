/* world.h - the engine in the hand: one event at a time, and a look at what it asked for.
 *
 * Built on the simulations' store: what was committed is all a restart knows. Nothing is sent by
 * itself; world_end() says how the sending by a channel ended. */
#ifndef UNIT_ENGINE_WORLD_H
#define UNIT_ENGINE_WORLD_H

#include "../../sim/sim.h"
#include "model/names.h"

#define WORLD_START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */
#define WORLD_HEAD                                                                                 \
    "defaults: { interval: 10s, fail_after: 2, recover_after: 2 }\n"                               \
    "channels:\n"                                                                                  \
    "  a: { type: webhook, url: 'http://127.0.0.1:3/' }\n"                                         \
    "  b: { type: webhook, url: 'http://127.0.0.1:4/' }\n"                                         \
    "  f: { type: webhook, url: 'http://127.0.0.1:6/' }\n"                                         \
    "policies:\n"                                                                                  \
    "  default: { reopen_window: 0s, steps: [ { notify: ['channel:f'] } ] }\n"                     \
    "  p: { reopen_window: 0s,\n"                                                                  \
    "       steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ] }\n"
#define WORLD_API "{ name: api, http: 'http://127.0.0.1:1/', policy: p }"
#define WORLD_DB  "{ name: db, http: 'http://127.0.0.1:2/' }"
#define WORLD_ONE WORLD_HEAD "monitors: [ " WORLD_API " ]\n"
#define WORLD_TWO WORLD_HEAD "monitors: [ " WORLD_API ", " WORLD_DB " ]\n"

#define WORLD_RENAMED                                                                              \
    WORLD_HEAD "monitors: [ { name: web, was: api, http: 'http://127.0.0.1:1/', policy: p } ]\n"
#define WORLD_RENAMED_LATER                                                                        \
    WORLD_HEAD "monitors: [ { name: web, http: 'http://127.0.0.1:1/', policy: p } ]\n"

/* While it is away nothing is kept. */
static bool world_store_away;

/* What went out since world_mark(): "channel who type@seconds", who being a monitor or a key. */
static char world_log[8000];
static int64_t world_mark_ms;

static inline void world_mark(struct sim *s)
{
    world_log[0] = '\0';
    world_mark_ms = s->now_ms;
}

static inline void world_write_log(struct sim *s)
{
    for (size_t i = 0; i < s->fx.sends.n; i++) {
        const struct notice *n = &s->fx.sends.items[i]->notice;
        size_t used = strlen(world_log);

        text_printf(world_log + used, sizeof world_log - used, "%s%s %s %s@%lld", used ? ", " : "",
                    n->channel, n->monitor[0] ? n->monitor : n->dedup_key,
                    strchr(notice_name(n->type), '.') + 1,
                    (long long)(s->now_ms - world_mark_ms) / 1000);
    }
}

static inline void world_commit(struct sim *s)
{
    world_write_log(s);
    if (!world_store_away)
        sim_commit(s);
}

/* EVENT(s, engine_…(…)): the effects stay to be looked at, the commit is kept. */
#define EVENT(s, call) (effects_clear(&(s)->fx), (void)(call), world_commit(s))

static inline struct config *world_config(const char *yaml)
{
    struct diagnostics d = {0};
    struct config *config = NULL;
    int rc = config_parse("world.yaml", yaml, strlen(yaml), &(struct load_options){0}, &config, &d);
    struct buf out;

    buf_init(&out, 1 << 16);
    diagnostics_print(&d, &out);
    if (rc < 0)
        fail_msg("%s", buf_text(&out));
    buf_done(&out);
    diagnostics_done(&d);
    return config;
}

static inline void world_begin(struct sim *s, const char *yaml)
{
    *s = (struct sim){
        .now_ms = WORLD_START_MS, .config = world_config(yaml), .engine = engine_new()};
    world_mark(s);
    EVENT(s, engine_configure(s->engine, s->config, s->now_ms, &s->fx));
}

static inline void world_reload(struct sim *s, const char *yaml)
{
    struct config *old = s->config;

    s->config = world_config(yaml);
    EVENT(s, engine_configure(s->engine, s->config, s->now_ms, &s->fx));
    config_free(old);
}

static inline void world_kill(struct sim *s)
{
    engine_free(s->engine);
    s->engine = engine_new();
    effects_clear(&s->fx);
    engine_configure(s->engine, s->config, s->now_ms, &s->fx);
}

/* `store` as it was when it was read: what the engine commits of it goes there too. */
static inline void world_restore(struct sim *s)
{
    struct stored read = {0};

    for (size_t i = 0; i < s->store.monitors.n; i++)
        vec_push(&read.monitors, s->store.monitors.items[i]);
    for (size_t i = 0; i < s->store.incidents.n; i++)
        vec_push(&read.incidents, s->store.incidents.items[i]);
    for (size_t i = 0; i < s->store.deliveries.n; i++)
        vec_push(&read.deliveries, s->store.deliveries.items[i]);
    for (size_t i = 0; i < s->store.quiets.n; i++)
        vec_push(&read.quiets, s->store.quiets.items[i]);
    for (size_t i = 0; i < s->store.overrides.n; i++)
        vec_push(&read.overrides, s->store.overrides.items[i]);
    EVENT(s, engine_restore(s->engine, &read, s->now_ms, &s->fx));
    stored_done(&read);
}

static inline void world_restart(struct sim *s)
{
    world_kill(s);
    world_restore(s);
}

static inline void world_result_at(struct sim *s, const char *monitor, enum verdict v,
                                   const char *say)
{
    struct result r = {.due_ms = s->now_ms,
                       .at_ms = s->now_ms,
                       .verdict = v,
                       .reason = v == VERDICT_DOWN      ? REASON_CONNECT
                                 : v == VERDICT_UNKNOWN ? REASON_LOCAL
                                                        : REASON_OK};

    text_copy(r.message, sizeof r.message, say);
    EVENT(s, engine_result(s->engine, monitor, &r, s->now_ms, &s->fx));
}

/* One result each letter, ten seconds apart: b bad, g good, w good with a warning, u unknown. */
static inline void world_results(struct sim *s, const char *monitor, const char *letters)
{
    for (; *letters; letters++) {
        enum verdict v = *letters == 'b'   ? VERDICT_DOWN
                         : *letters == 'g' ? VERDICT_UP
                         : *letters == 'w' ? VERDICT_DEGRADED
                                           : VERDICT_UNKNOWN;

        s->now_ms += 10000;
        world_result_at(s, monitor, v, v == VERDICT_DOWN ? "refused" : "");
    }
}

static inline void world_tick(struct sim *s, int64_t by_ms)
{
    s->now_ms += by_ms;
    EVENT(s, engine_tick(s->engine, s->now_ms, &s->fx));
}

/* The sending by a channel ends, well or badly; fails when nothing is being sent there. */
static inline void world_end(struct sim *s, const char *channel, enum outcome outcome)
{
    struct attempt a = {.outcome = outcome,
                        .at_ms = s->now_ms,
                        .reached = outcome == OUTCOME_OK ? REACHED_YES : REACHED_NO};
    struct commit all = {0};

    engine_snapshot(s->engine, &all);
    for (size_t i = 0; i < all.deliveries.n; i++) {
        const struct delivery *d = all.deliveries.items[i];

        if (d->state != DELIVERY_SENDING || !text_eq(d->notice.channel, channel) || a.number)
            continue;
        text_copy(a.delivery, sizeof a.delivery, d->id);
        a.number = d->attempt;
    }
    commit_done(&all);
    if (!a.number)
        fail_msg("nothing is being sent by %s", channel);
    EVENT(s, engine_attempt(s->engine, &a, s->now_ms, &s->fx));
}

/* The sends of the last event: "channel type", in order. */
static inline const char *world_sends(struct sim *s)
{
    static char said[2000];
    size_t n = 0;

    said[0] = '\0';
    for (size_t i = 0; i < s->fx.sends.n && n < sizeof said; i++)
        n += (size_t)snprintf(said + n, sizeof said - n, "%s%s %s", i ? ", " : "",
                              s->fx.sends.items[i]->notice.channel,
                              strchr(notice_name(s->fx.sends.items[i]->notice.type), '.') + 1);
    return said;
}

/* Its transitions: "subject: from -> to: text". */
static inline const char *world_moves(struct sim *s)
{
    static const char *const subjects[] = {"monitor", "incident", "delivery", "config",
                                           "quiet",   "override", "schedule"};
    static char said[4000];
    size_t n = 0;

    said[0] = '\0';
    for (size_t i = 0; i < s->fx.commit.transitions.n && n < sizeof said; i++) {
        const struct transition *t = &s->fx.commit.transitions.items[i];

        n += (size_t)snprintf(said + n, sizeof said - n, "%s%s: %s -> %s: %s", i ? "; " : "",
                              subjects[t->subject], t->from, t->to, t->text);
    }
    return said;
}

/* --- time that passes by itself --- */

/* One sending, by whatever channel, ends well; false when there is none. */
static inline bool world_deliver_one(struct sim *s)
{
    struct attempt a = {.outcome = OUTCOME_OK, .at_ms = s->now_ms, .reached = REACHED_YES};
    struct commit all = {0};

    engine_snapshot(s->engine, &all);
    for (size_t i = 0; i < all.deliveries.n && !a.number; i++) {
        const struct delivery *d = all.deliveries.items[i];

        if (d->state != DELIVERY_SENDING)
            continue;
        text_copy(a.delivery, sizeof a.delivery, d->id);
        a.number = d->attempt;
    }
    commit_done(&all);
    if (a.number)
        EVENT(s, engine_attempt(s->engine, &a, s->now_ms, &s->fx));
    return a.number > 0;
}

static inline void world_audit(struct sim *s)
{
    struct err err = {0};

    if (engine_audit(s->engine, s->now_ms, 0, &err) < 0)
        fail_msg("%s", err.text);
}

/* All that is due comes at its instant, and every receiver takes what is sent to it. */
static inline void world_run(struct sim *s, int64_t by_ms)
{
    int64_t until_ms = s->now_ms + by_ms;

    for (;;) {
        while (world_deliver_one(s))
            continue;
        if (engine_wake_ms(s->engine) > until_ms)
            break;
        if (engine_wake_ms(s->engine) > s->now_ms)
            s->now_ms = engine_wake_ms(s->engine);
        EVENT(s, engine_tick(s->engine, s->now_ms, &s->fx));
        assert_true(engine_wake_ms(s->engine) > s->now_ms);
        world_audit(s);
    }
    s->now_ms = until_ms;
}

/* Ten seconds later: one result of each, as "api=b db=g" (b bad, g good, u unknown). */
static inline void world_beat(struct sim *s, const char *said)
{
    char name[NAME_SIZE];

    world_run(s, 10000);
    for (const char *at = said; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, "=");
        enum verdict v = at[n + 1] == 'b'   ? VERDICT_DOWN
                         : at[n + 1] == 'g' ? VERDICT_UP
                                            : VERDICT_UNKNOWN;

        text_printf(name, sizeof name, "%.*s", (int)n, at);
        world_result_at(s, name, v, v == VERDICT_DOWN ? "refused" : "");
        at += n + 2;
    }
    while (world_deliver_one(s))
        continue;
}

static inline void world_beats(struct sim *s, int times, const char *said)
{
    for (int i = 0; i < times; i++)
        world_beat(s, said);
}

/* --- looking --- */

static inline size_t world_open(struct sim *s)
{
    const struct incident *const *list;

    return engine_incidents(s->engine, &list);
}

/* The nth open incident, oldest first. */
static inline const struct incident *world_incident(struct sim *s, size_t n)
{
    const struct incident *const *list;

    if (n >= engine_incidents(s->engine, &list))
        fail_msg("there is no open incident %zu", n);
    return list[n];
}

/* The open incident of a monitor, or of a key; NULL: none. */
static inline const struct incident *world_of(struct sim *s, const char *name)
{
    const struct incident *const *list;
    size_t n = engine_incidents(s->engine, &list);

    for (size_t i = n; i-- > 0;)
        if (text_eq(list[i]->monitor, name) || text_eq(list[i]->dedup_key, name))
            return list[i];
    return NULL;
}

/* "dependency", "" … of the open incident of that name; "none" when there is no incident. */
static inline const char *world_hold(struct sim *s, const char *name)
{
    const struct incident *i = world_of(s, name);

    return i ? hold_name(i->hold) : "none";
}

/* Is there such a move among those of the last event? */
static inline bool world_moved(struct sim *s, const char *part)
{
    return strstr(world_moves(s), part) != NULL;
}

/* A silence or maintenance from now, or later; its id. */
static inline const char *world_quiet(struct sim *s, enum quiet_kind kind, const char *matchers,
                                      int64_t from_ms, int64_t to_ms)
{
    static char id[QUIET_ID_SIZE];
    struct quiet q = {.kind = kind, .start_ms = s->now_ms + from_ms, .end_ms = s->now_ms + to_ms};
    struct err err = {0};
    int rc = 0;

    text_copy(q.matchers, sizeof q.matchers, matchers);
    text_copy(q.author, sizeof q.author, "ana");
    EVENT(s, rc = engine_quiet_add(s->engine, &q, s->now_ms, &s->fx, &err));
    if (rc < 0)
        fail_msg("%s", err.text);
    text_copy(id, sizeof id, q.id);
    return id;
}

static inline const struct stored_monitor *world_kept(const struct sim *s, const char *monitor)
{
    for (size_t i = 0; i < s->store.monitors.n; i++)
        if (text_eq(s->store.monitors.items[i].name, monitor))
            return &s->store.monitors.items[i];
    return NULL;
}

/* `api` is down, its page to `a` delivered. */
static inline void world_begin_down(struct sim *s)
{
    world_begin(s, WORLD_ONE);
    world_results(s, "api", "gbb");
    world_end(s, "a", OUTCOME_OK);
}

static inline void world_ack(struct sim *s, const char *id)
{
    int rc = 0;

    EVENT(s, rc = deed_ack(s->engine, id, "zoe", s->now_ms, &s->fx, NULL));
    assert_int_equal(rc, 0);
}

static inline void world_resolve(struct sim *s, const char *id)
{
    int rc = 0;

    EVENT(s, rc = deed_resolve(s->engine, id, "zoe", s->now_ms, &s->fx, NULL));
    assert_int_equal(rc, 0);
}

#endif
