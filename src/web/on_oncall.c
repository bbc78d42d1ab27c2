/* on_oncall.c - GET /api/v1/oncall?schedule=&at=&until=: who is on call, overrides kept at run
 * time included; with `until` every change from `at` until then. */
#include "base/text.h"
#include "body.h"
#include "oncall/oncall.h"

#define LOOK_AHEAD_MS (INT64_C(400) * 86400 * 1000)
#define ROWS_MAX      10000

static void write_people(struct jw *w, const struct oncall *who)
{
    jw_kv_list(w, "people");
    for (size_t i = 0; i < who->n; i++)
        jw_text(w, who->people[i]);
    jw_list_end(w);
    jw_kv_text(w, "layer", who->layer);
}

static void write_instant(struct jw *w, const struct schedule *s, int64_t at_ms)
{
    struct oncall now;
    int64_t change_ms = oncall_next_change(s, at_ms, at_ms + LOOK_AHEAD_MS);

    oncall_who(s, at_ms, &now);
    jw_object(w);
    jw_kv_text(w, "schedule", s->name);
    jw_kv_time(w, "at", at_ms);
    write_people(w, &now);
    jw_kv_time(w, "until", change_ms == INT64_MAX ? 0 : change_ms);
    jw_object_end(w);
}

/* Returns how many rows there were; ROWS_MAX at most. */
static size_t write_spans(struct jw *w, const struct schedule *s, int64_t at_ms, int64_t until_ms)
{
    struct oncall who;
    size_t n = 0;

    for (int64_t to_ms; at_ms < until_ms && n < ROWS_MAX; at_ms = to_ms, n++) {
        to_ms = oncall_next_change(s, at_ms, until_ms);
        to_ms = to_ms < until_ms ? to_ms : until_ms;
        oncall_who(s, at_ms, &who);
        jw_object(w);
        jw_kv_text(w, "schedule", s->name);
        jw_kv_time(w, "from", at_ms);
        jw_kv_time(w, "to", to_ms);
        write_people(w, &who);
        jw_object_end(w);
    }
    return n;
}

struct span {
    int64_t at_ms, until_ms; /* until INT64_MIN: only at */
};

/* 0, or -1 after answering. */
static int read_span(struct call *c, struct span *ret)
{
    *ret = (struct span){c->now_ms, INT64_MIN};
    if (query_instant(c, "at", &ret->at_ms) < 0 || query_instant(c, "until", &ret->until_ms) < 0)
        return -1;
    if (ret->until_ms == INT64_MIN ||
        (ret->until_ms > ret->at_ms && ret->until_ms - ret->at_ms <= LOOK_AHEAD_MS))
        return 0;
    reply_problem(c->web, c->q, 400, "until: after `at`, and at most 400 days after it");
    return -1;
}

static size_t write_schedule(struct jw *w, const struct call *c, const char *name,
                             const struct span *span)
{
    const struct schedule *s = engine_schedule(c->engine, name);

    if (s == NULL)
        return 0;
    if (span->until_ms != INT64_MIN)
        return write_spans(w, s, span->at_ms, span->until_ms);
    write_instant(w, s, span->at_ms);
    return 1;
}

void on_oncall(struct call *c)
{
    char name[NAME_SIZE];
    struct buf body;
    struct span span;
    size_t most = 0;
    struct jw w;

    if (query_name(c, "schedule", name, sizeof name) < 0 || read_span(c, &span) < 0)
        return;
    if (name[0] != 0 && config_schedule(c->config, name) == NULL) {
        reply_problem(c->web, c->q, 404, "there is no schedule %s", name);
        return;
    }
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; i < c->config->n_schedules; i++) {
        const char *one = c->config->schedules[i].name;
        size_t n = name[0] == 0 || text_eq(one, name) ? write_schedule(&w, c, one, &span) : 0;

        most = n > most ? n : most;
    }
    jw_list_end(&w);
    if (most < ROWS_MAX) {
        reply_json(c->web, c->q, 200, &body);
        return;
    }
    buf_done(&body);
    reply_problem(c->web, c->q, 400, "until: more than %d changes by then", ROWS_MAX);
}
