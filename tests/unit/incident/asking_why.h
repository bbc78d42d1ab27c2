/* asking_why.h - the reasons asked for, and what was said as lines of text. */
#ifndef UNIT_INCIDENT_ASKING_WHY_H
#define UNIT_INCIDENT_ASKING_WHY_H

#include "bench.h"

#include "base/civil.h"
#include "base/json.h"
#include "incident/why.h"

#define S(s) (BENCH_START_MS + INT64_C(1000) * (s))

static struct buf said;

static inline void put_json(struct buf *out, const struct jv *v)
{
    const struct jv *lines = jv_get(v, "sentences");
    for (size_t i = 0; i < jv_len(lines); i++) {
        const struct jv *line = jv_at(lines, i);
        const char *at = jv_get_text(line, "at");
        int64_t at_ms;
        bool has_zone;
        if (at) {
            assert_int_equal(rfc3339_parse(at, &at_ms, &has_zone), 0);
            buf_printf(out, "%+lld ", (long long)(at_ms - BENCH_START_MS) / 1000);
        }
        buf_printf(out, "%s\n", jv_get_text(line, "text"));
    }
}

/* The answer, then a line for each sentence, with its seconds since the incident opened. */
static inline const char *ask(void (*why)(struct jw *, const struct why_facts *),
                              const struct why_facts *f)
{
    struct buf json;
    struct jw w;
    struct jv *v;
    struct err e;
    buf_init(&json, 1 << 20);
    jw_init(&w, &json);
    why(&w, f);
    assert_false(json.over);
    if (jv_parse(buf_text(&json), json.len, &v, &e) != 0)
        fail_msg("%s: %s", e.text, buf_text(&json));
    buf_done(&said);
    buf_init(&said, 1 << 20);
    buf_printf(&said, "%s %s: %s\n", jv_get_text(v, "kind"), jv_get_text(v, "subject"),
               jv_get_text(v, "answer"));
    put_json(&said, v);
    jv_free(v);
    buf_done(&json);
    return buf_text(&said);
}

static inline void expect(const char *have, const char *want)
{
    if (strcmp(have, want) != 0)
        fail_msg("said:\n%s\nexpected:\n%s", have, want);
}

static inline void expect_line(const char *have, const char *line)
{
    if (!strstr(have, line))
        fail_msg("`%s` is not in:\n%s", line, have);
}

/* --- a real case, and what it left behind -------------------------------------------------- */

struct past {
    struct bench b;
    VEC(struct transition) transitions;
    VEC(struct attempt) attempts;
    VEC(struct delivery) deliveries;
};

static inline void note(struct past *p)
{
    const struct commit *c = &p->b.fx.commit;
    for (size_t i = 0; i < c->transitions.n; i++)
        vec_push(&p->transitions, c->transitions.items[i]);
}

static inline void end(struct past *p, const char *channel, const char *how, int64_t at_s)
{
    struct attempt a = bench_attempt(bench_sending(&p->b, channel), how);
    a.at_ms = S(at_s);
    a.took_ms = 84;
    if (a.outcome == OUTCOME_PERMANENT) {
        text_copy(a.error, sizeof a.error, "answered 404");
        text_copy(a.answer, sizeof a.answer, "  no such topic");
    }
    bench_end(&p->b, channel, how, at_s);
    note(p);
    vec_push(&p->attempts, a);
}

static inline struct past *open_case(const char *policies)
{
    static struct past p;
    p = (struct past){.transitions = {0}};
    bench_init(&p.b, policies);
    case_record(p.b.c, &p.b.desk, "none", "triggered", p.b.c->incident.title);
    case_begin(p.b.c, &p.b.desk);
    bench_settle(&p.b);
    note(&p);
    return &p;
}

static inline struct why_facts facts_of(struct past *p, int64_t now_s)
{
    p->deliveries.n = 0;
    for (size_t i = 0; i < p->b.c->pages.n; i++)
        vec_push(&p->deliveries, p->b.c->pages.items[i]->d);
    return (struct why_facts){.config = p->b.config,
                              .now_ms = S(now_s),
                              .monitor = config_monitor(p->b.config, "api"),
                              .incident = &p->b.c->incident,
                              .transitions = p->transitions.items,
                              .n_transitions = p->transitions.n,
                              .deliveries = p->deliveries.items,
                              .n_deliveries = p->deliveries.n,
                              .attempts = p->attempts.items,
                              .n_attempts = p->attempts.n};
}

static inline void forget(struct past *p)
{
    vec_done(&p->transitions);
    vec_done(&p->attempts);
    vec_done(&p->deliveries);
    bench_done(&p->b);
}

static inline struct transition moved(const char *to, int64_t at_s, const char *text)
{
    struct transition t = {.at_ms = S(at_s), .subject = SUBJECT_INCIDENT};
    text_copy(t.from, sizeof t.from, "triggered");
    text_copy(t.to, sizeof t.to, to);
    text_copy(t.text, sizeof t.text, text);
    return t;
}

/* Ends what ask() keeps. */
static inline int last_said(void **state)
{
    (void)state;
    buf_done(&said);
    return 0;
}

#endif
