/* bench.h - one case on the workbench: verbs by hand, the second said each time.
 *
 * Channels a b c f; ana has a, bo has b, cy has a at once, b after 2 m and c after 5 m; di has a
 * at once and again after 5 m; eve has nothing; fay has f at once and a after 1 m; lo has a at once
 * and c after 5 m, with low urgency b at once and c after 1 m. On call: nobody in `empty`, bo in
 * `days`, eve and ana in `silent`. Policies: what the test brings. */
#ifndef UNIT_INCIDENT_BENCH_H
#define UNIT_INCIDENT_BENCH_H

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "config/load.h"
#include "incident/case.h"
#include "model/names.h"
#include "unit.h"

#define BENCH_START_MS 1795312800000LL /* 2026-11-22T02:00:00Z, a Sunday */
#define BENCH_HEAD                                                                                 \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: p } ]\n"                        \
    "channels:\n"                                                                                  \
    "  a: { type: webhook, url: 'http://127.0.0.1:3/' }\n"                                         \
    "  b: { type: webhook, url: 'http://127.0.0.1:4/' }\n"                                         \
    "  c: { type: webhook, url: 'http://127.0.0.1:5/' }\n"                                         \
    "  f: { type: webhook, url: 'http://127.0.0.1:6/' }\n"                                         \
    "people:\n"                                                                                    \
    "  ana: { name: Ana Ruiz, notify: [ { via: a } ] }\n"                                          \
    "  bo: { notify: [ { via: b } ] }\n"                                                           \
    "  cy: { notify: [ { via: a }, { via: b, after: 2m }, { via: c, after: 5m } ] }\n"             \
    "  di: { notify: [ { via: a }, { via: a, after: 5m } ] }\n"                                    \
    "  eve: {}\n"                                                                                  \
    "  fay: { notify: [ { via: f }, { via: a, after: 1m } ] }\n"                                   \
    "  lo: { notify: [ { via: a }, { via: c, after: 5m } ], "                                      \
    "notify_low: [ { via: b }, { via: c, after: 1m } ] }\n"                                        \
    "schedules:\n"                                                                                 \
    "  empty: { time_zone: UTC, layers: [ { name: l, anchor: 2099-01-01T00:00, every: 1 day, "     \
    "members: [bo] } ] }\n"                                                                        \
    "  days: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, every: 1 day, "      \
    "members: [bo] } ] }\n"                                                                        \
    "  silent: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, every: 1 day, "    \
    "members: [[eve, ana]] } ] }\n"
#define BENCH_DEFAULT "  default: { steps: [ { notify: ['channel:f'] } ] }\n"
/* Three steps, at 0, 5 and 15 minutes. */
#define BENCH_LADDER                                                                               \
    "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] }, "            \
    "{ after: 10m, notify: ['channel:c'] } ] }\n"

struct bench {
    struct config *config;
    struct incident_case *c;
    struct effects fx;
    struct desk desk;
    struct buf said; /* the last text made */
    bool closed;
};

static inline struct config *bench_config(const char *policies)
{
    struct diagnostics d = {0};
    struct config *config = NULL;
    struct buf text;
    int rc;

    buf_init(&text, 1 << 16);
    buf_printf(&text, BENCH_HEAD "policies:\n%s" BENCH_DEFAULT, policies);
    rc = config_parse("bench.yaml", buf_text(&text), text.len, &(struct load_options){0}, &config,
                      &d);
    buf_clear(&text);
    diagnostics_print(&d, &text);
    if (rc < 0)
        fail_msg("%s", buf_text(&text));
    buf_done(&text);
    diagnostics_done(&d);
    for (size_t i = 0; i < config->n_policies; i++)
        config->policies[i].reopen_window_ms = 0; /* closed is closed */
    return config;
}

/* The next event happens `at_s` after the trigger, moved by `cause`. */
static inline const struct desk *bench_at(struct bench *b, int64_t at_s, enum cause cause)
{
    effects_clear(&b->fx);
    b->desk = (struct desk){.config = b->config,
                            .now_ms = BENCH_START_MS + at_s * 1000,
                            .cause = cause,
                            .actor = cause == CAUSE_PERSON ? "zoe" : "",
                            .fx = &b->fx};
    return &b->desk;
}

static inline void bench_settle(struct bench *b)
{
    b->closed = case_settle(b->c, &b->desk);
}

static inline struct incident bench_incident(void)
{
    return (struct incident){.id = "1n7abcdef012",
                             .dedup_key = "monitor:api",
                             .monitor = "api",
                             .policy = "p",
                             .severity = SEVERITY_CRITICAL,
                             .group = "core",
                             .labels = "team=payments\n",
                             .title = "api is down: refused",
                             .runbook = "https://run.example/api",
                             .reason = REASON_CONNECT,
                             .state = INCIDENT_TRIGGERED,
                             .started_ms = BENCH_START_MS - 10000,
                             .opened_ms = BENCH_START_MS,
                             .count = 2,
                             .step = -1};
}

/* A case that nothing has happened to. */
static inline void bench_init(struct bench *b, const char *policies)
{
    struct incident i = bench_incident();

    *b = (struct bench){.config = bench_config(policies), .c = case_new(&i)};
    buf_init(&b->said, 1 << 16);
    bench_at(b, 0, CAUSE_PROBE);
}

static inline void bench_open(struct bench *b, const char *policies)
{
    bench_init(b, policies);
    case_begin(b->c, &b->desk);
    bench_settle(b);
}

static inline void bench_done(struct bench *b)
{
    case_free(b->c);
    config_free(b->config);
    effects_done(&b->fx);
    buf_done(&b->said);
}

static inline void bench_tick(struct bench *b, int64_t at_s)
{
    case_tick(b->c, bench_at(b, at_s, CAUSE_TIMER));
    bench_settle(b);
}

static inline void bench_ack_by(struct bench *b, const char *who, int64_t at_s)
{
    bench_at(b, at_s, CAUSE_PERSON);
    b->desk.actor = who;
    case_ack(b->c, &b->desk);
    bench_settle(b);
}

static inline void bench_ack(struct bench *b, int64_t at_s)
{
    bench_ack_by(b, "zoe", at_s);
}

static inline void bench_unack(struct bench *b, int64_t at_s)
{
    case_unack(b->c, bench_at(b, at_s, CAUSE_PERSON));
    bench_settle(b);
}

static inline void bench_recover(struct bench *b, int64_t at_s)
{
    case_resolve(b->c, bench_at(b, at_s, CAUSE_PROBE), "recovered");
    bench_settle(b);
}

static inline void bench_snooze(struct bench *b, int64_t for_s, int64_t at_s)
{
    bench_at(b, at_s, CAUSE_PERSON);
    case_snooze(b->c, &b->desk, b->desk.now_ms + for_s * 1000);
    bench_settle(b);
}

static inline void bench_reassign(struct bench *b, const char *to, int64_t at_s)
{
    bench_at(b, at_s, CAUSE_PERSON);
    case_reassign(b->c, &b->desk, config_person(b->config, to));
    bench_settle(b);
}

static inline bool bench_escalate(struct bench *b, int64_t at_s)
{
    bool done = case_escalate(b->c, bench_at(b, at_s, CAUSE_PERSON));

    bench_settle(b);
    return done;
}

static inline void bench_hold(struct bench *b, enum hold hold, const char *ref, int64_t at_s)
{
    struct hold_by h = {.hold = hold};

    text_copy(h.ref, sizeof h.ref, ref);
    text_printf(h.why, sizeof h.why, "%s %s", hold_name(hold), ref);
    case_hold(b->c, bench_at(b, at_s, CAUSE_TIMER), &h);
    bench_settle(b);
}

static inline void bench_release(struct bench *b, int64_t at_s)
{
    bench_hold(b, HOLD_NONE, "", at_s);
}

static inline void bench_raise(struct bench *b, enum severity to, int64_t at_s)
{
    case_raise(b->c, bench_at(b, at_s, CAUSE_RELOAD), to);
    bench_settle(b);
}

/* As the engine does it, with nothing that holds it back. */
static inline void bench_reopen(struct bench *b, int64_t at_s)
{
    bench_at(b, at_s, CAUSE_PROBE);
    text_copy(b->c->incident.title, sizeof b->c->incident.title, "api is down: again");
    case_reopen(b->c, &b->desk);
    case_begin_anew(b->c, &b->desk, NOTICE_TRIGGERED);
    bench_settle(b);
}

/* What is failing again within ten minutes is the same. */
static inline void bench_keep(struct bench *b)
{
    for (size_t i = 0; i < b->config->n_policies; i++)
        b->config->policies[i].reopen_window_ms = 600000;
}

static inline struct page *bench_sending(struct bench *b, const char *channel)
{
    for (size_t i = 0; i < b->c->pages.n; i++)
        if (b->c->pages.items[i]->d.state == DELIVERY_SENDING &&
            text_eq(b->c->pages.items[i]->d.notice.channel, channel))
            return b->c->pages.items[i];
    fail_msg("nothing is being sent by %s", channel);
    return NULL;
}

/* How a send by the channel ended: "ok", "500" (nobody knows), "dead" (not reached), "refused". */
static inline struct attempt bench_attempt(const struct page *p, const char *how)
{
    static const struct {
        const char *how;
        struct attempt attempt;
    } ends[] = {
        {"ok", {.outcome = OUTCOME_OK, .reached = REACHED_YES, .status = 200}},
        {"500",
         {.outcome = OUTCOME_RETRY, .reached = REACHED_MAYBE, .status = 500, .error = "500"}},
        {"dead", {.outcome = OUTCOME_RETRY, .reached = REACHED_NO, .error = "refused"}},
        {"refused", {.outcome = OUTCOME_PERMANENT, .reached = REACHED_NO, .status = 404}},
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct attempt a = ends[i].attempt;

        if (!text_eq(ends[i].how, how))
            continue;
        text_copy(a.delivery, sizeof a.delivery, p->d.id);
        a.number = p->d.attempt;
        return a;
    }
    fail_msg("%s: no such end", how);
    return (struct attempt){0};
}

static inline void bench_end(struct bench *b, const char *channel, const char *how, int64_t at_s)
{
    struct page *p = bench_sending(b, channel);
    struct attempt a = bench_attempt(p, how);

    case_attempt(b->c, p, &a, bench_at(b, at_s, CAUSE_DELIVERY));
    bench_settle(b);
}

/* Whatever is on its way arrives, until nothing is. */
static inline void bench_take(struct bench *b, int64_t at_s)
{
    for (size_t i = 0; i < b->c->pages.n; i++) {
        struct page *p = b->c->pages.items[i];

        if (p->d.state != DELIVERY_SENDING)
            continue;
        bench_end(b, p->d.notice.channel, "ok", at_s);
        i = (size_t)-1; /* what it had blocked may have started */
    }
}

/* The notices being sent now: "channel type", in order. */
static inline const char *bench_news(struct bench *b)
{
    buf_clear(&b->said);
    for (size_t i = 0; i < b->fx.sends.n; i++)
        buf_printf(&b->said, "%s%s %s", i ? ", " : "", b->fx.sends.items[i]->notice.channel,
                   strchr(notice_name(b->fx.sends.items[i]->notice.type), '.') + 1);
    return buf_text(&b->said);
}

/* Every page in order: "channel type state", `?` or `!` when it may have or has been received. */
static inline const char *bench_pages(struct bench *b)
{
    static const char *const marks[] = {"", "?", "!"};

    buf_clear(&b->said);
    for (size_t i = 0; i < b->c->pages.n; i++) {
        const struct delivery *d = &b->c->pages.items[i]->d;

        buf_printf(&b->said, "%s%s %s %s%s", i ? ", " : "", d->notice.channel,
                   strchr(notice_name(d->notice.type), '.') + 1, delivery_state_name(d->state),
                   marks[d->reached]);
    }
    return buf_text(&b->said);
}

static inline const char *bench_sends(struct bench *b)
{
    buf_clear(&b->said);
    for (size_t i = 0; i < b->fx.sends.n; i++)
        buf_printf(&b->said, "%s%s", i ? " " : "", b->fx.sends.items[i]->notice.channel);
    return buf_text(&b->said);
}

/* The transitions of the last event: "from -> to: text" each. */
static inline const char *bench_moves(struct bench *b)
{
    buf_clear(&b->said);
    for (size_t i = 0; i < b->fx.commit.transitions.n; i++) {
        const struct transition *t = &b->fx.commit.transitions.items[i];

        buf_printf(&b->said, "%s%s -> %s: %s", i ? "; " : "", t->from, t->to, t->text);
    }
    return buf_text(&b->said);
}

/* When the case wakes, in seconds after the trigger; -1: never. */
static inline int64_t bench_wake_s(const struct bench *b)
{
    int64_t wake = case_wake_ms(b->c);

    return wake == INT64_MAX ? -1 : (wake - BENCH_START_MS) / 1000;
}

/* Ticks from wake to wake until `until_s`: no wake may lie in the past of its tick. */
static inline void bench_run(struct bench *b, int64_t until_s)
{
    while (!b->closed && bench_wake_s(b) >= 0 && bench_wake_s(b) <= until_s) {
        int64_t wake = bench_wake_s(b);

        bench_tick(b, wake);
        if (case_wake_ms(b->c) <= b->desk.now_ms)
            bench_tick(b, wake); /* the next step may follow at once */
        assert_true(case_wake_ms(b->c) > b->desk.now_ms);
    }
}

#endif
