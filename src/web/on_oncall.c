/* on_oncall.c - GET /api/v1/oncall?schedule=&at=: who is on call, and until when. */
#include "base/civil.h"
#include "base/json.h"
#include "oncall/oncall.h"
#include "web_private.h"

#define LOOK_AHEAD_MS (INT64_C(400) * 86400 * 1000)

static void write_entry(struct jw *w, const struct schedule *s, int64_t at_ms)
{
    struct oncall now;
    int64_t change_ms = oncall_next_change(s, at_ms, at_ms + LOOK_AHEAD_MS);

    oncall_who(s, at_ms, &now);
    jw_object(w);
    jw_kv_text(w, "schedule", s->name);
    jw_kv_time(w, "at", at_ms);
    jw_kv_list(w, "people");
    for (size_t i = 0; i < now.n; i++)
        jw_text(w, now.people[i]);
    jw_list_end(w);
    jw_kv_text(w, "layer", now.layer);
    jw_kv_time(w, "until", change_ms == INT64_MAX ? 0 : change_ms);
    jw_object_end(w);
}

/* 0, or -1 after answering. */
static int read_at(struct call *c, int64_t *ret_ms)
{
    char text[48];
    bool has_zone;

    *ret_ms = c->now_ms;
    if (!request_query(c->v, "at", text, sizeof text))
        return 0;
    if (rfc3339_parse(text, ret_ms, &has_zone) == 0 && has_zone)
        return 0;
    reply_problem(c->web, c->q, 400, "at: an instant like 2026-11-22T03:04:05Z");
    return -1;
}

void on_oncall(struct call *c)
{
    char name[NAME_SIZE] = "";
    bool one = request_query(c->v, "schedule", name, sizeof name);
    struct buf body;
    struct jw w;
    int64_t at_ms;

    if (read_at(c, &at_ms) < 0)
        return;
    if (one && config_schedule(c->config, name) == NULL) {
        reply_problem(c->web, c->q, 404, "there is no schedule %s", name);
        return;
    }
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; !one && i < c->config->n_schedules; i++)
        write_entry(&w, &c->config->schedules[i], at_ms);
    if (one)
        write_entry(&w, config_schedule(c->config, name), at_ms);
    jw_list_end(&w);
    reply_json(c->web, c->q, 200, &body);
}
