/* on_overrides.c - overrides that are not in the file: list (also as YAML to paste into it), add,
 * swap two shifts, end.
 *
 * Times without an offset are on the wall clock of the schedule.
 * Failures: 404, 409 with one line (a stranger, a time that is over, no such shift …). */
#include <string.h>

#include "base/text.h"
#include "body.h"
#include "format/api.h"
#include "incidents.h"
#include "loop/log.h"
#include "model/names.h"
#include "overrides_yaml.h"
#include "swap.h"

/* --- reading -------------------------------------------------------------------------- */

static void reply_yaml(struct call *c)
{
    struct buf body;

    buf_init(&body, WEB_MAX_ANSWER);
    overrides_yaml(&body, c->engine, c->config, c->now_ms);
    reply_text(c->web, c->q, 200, "application/yaml", &body);
}

void on_overrides(struct call *c)
{
    const struct kept_override *const *all;
    size_t n = engine_overrides(c->engine, &all);
    unsigned states = 1u << QUIET_PENDING | 1u << QUIET_ACTIVE;
    char format[16] = "json";
    struct buf body;
    struct jw w;

    (void)request_query(c->v, "format", format, sizeof format);
    if (text_eq(format, "yaml")) {
        reply_yaml(c);
        return;
    }
    if (!text_eq(format, "json")) {
        reply_problem(c->web, c->q, 400, "format: one of json, yaml");
        return;
    }
    if (query_states(c, &states) < 0)
        return;
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; i < n; i++)
        if ((states >> quiet_state_at(all[i]->start_ms, all[i]->end_ms, c->now_ms) & 1u) != 0)
            api_write_override(&w, all[i], c->now_ms);
    jw_list_end(&w);
    reply_json(c->web, c->q, 200, &body);
}

static const struct kept_override *find(const struct call *c, const char *id)
{
    const struct kept_override *const *all;
    size_t n = engine_overrides(c->engine, &all);

    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i]->id, id) == 0)
            return all[i];
    return NULL;
}

/* --- one override --------------------------------------------------------------------- */

static const struct member members[] = {{"schedule", JV_TEXT, true},
                                        {"set", JV_LIST, false},
                                        {"add", JV_LIST, false},
                                        {"remove", JV_LIST, false},
                                        {"replace", JV_LIST, false},
                                        {"with", JV_LIST, false},
                                        {"start", JV_TEXT, false},
                                        {"end", JV_TEXT, false},
                                        {"swap", JV_LIST, false},
                                        {"comment", JV_TEXT, false},
                                        {0}};

struct names {
    char *dst;
    size_t size;
};

static int add_name(struct call *c, const char *name, void *arg)
{
    struct names *n = arg;
    size_t have = strlen(n->dst);

    if (name[0] == 0 || strchr(name, ' ') != NULL) { /* the blank stands between two names */
        reply_problem(c->web, c->q, 409, "there is no person `%.100s`", name);
        return -1;
    }
    if (have + strlen(name) + 2 > n->size) {
        reply_problem(c->web, c->q, 400, "too many people for one override");
        return -1;
    }
    if (have > 0)
        n->dst[have++] = ' ';
    text_copy(n->dst + have, n->size - have, name);
    return 0;
}

/* 0, or -1 after answering: exactly one of the four, and `with` only beside `replace`. */
static int read_kind(struct call *c, const struct jv *body, struct kept_override *o)
{
    int given = 0;

    for (int k = OVERRIDE_SET; k <= OVERRIDE_REMOVE; k++) {
        if (jv_get(body, override_kind_name((enum override_kind)k)) == NULL)
            continue;
        o->kind = (enum override_kind)k;
        given++;
    }
    if (given != 1) {
        reply_problem(c->web, c->q, 400,
                      "an override has one of `set`, `add`, `remove`, `replace` and `swap`");
        return -1;
    }
    if ((jv_get(body, "replace") == NULL) != (jv_get(body, "with") == NULL)) {
        reply_problem(c->web, c->q, 400, "`replace` and `with` belong together");
        return -1;
    }
    return 0;
}

static int check_people(struct call *c, const struct kept_override *o)
{
    const char *empty = NULL;

    if (o->people[0] == 0)
        empty = override_kind_name(o->kind);
    else if (o->kind == OVERRIDE_REPLACE && o->with[0] == 0)
        empty = "with";
    if (empty == NULL)
        return 0;
    reply_problem(c->web, c->q, 400, "%s: names nobody", empty);
    return -1;
}

static int fill(struct call *c, const struct jv *body, const struct schedule *s,
                struct kept_override *o)
{
    struct names people = {o->people, sizeof o->people}, with = {o->with, sizeof o->with};

    if (read_kind(c, body, o) < 0 ||
        body_texts(c, body, override_kind_name(o->kind), add_name, &people) < 0 ||
        body_texts(c, body, "with", add_name, &with) < 0 || check_people(c, o) < 0 ||
        body_instant(c, body, "start", s->zone, &o->start_ms) < 0)
        return -1;
    return body_instant(c, body, "end", s->zone, &o->end_ms);
}

/* --- a swap --------------------------------------------------------------------------- */

static const char *check_pair(const struct jv *swap)
{
    if (jv_type(swap) != JV_LIST || jv_len(swap) != 2)
        return "swap: two of {\"person\": \"ana\", \"at\": \"2026-11-23T18:00\"}";
    for (size_t i = 0; i < 2; i++)
        if (jv_len(jv_at(swap, i)) != 2 || jv_get_text(jv_at(swap, i), "person") == NULL ||
            jv_get_text(jv_at(swap, i), "at") == NULL)
            return "swap: each has \"person\" and \"at\", an instant of their shift";
    if (text_eq(jv_get_text(jv_at(swap, 0), "person"), jv_get_text(jv_at(swap, 1), "person")))
        return "swap: two people, not one with himself";
    return NULL;
}

/* The shift that `pair` speaks of; what has passed of it stays as it was. */
static int read_shift(struct call *c, const struct jv *pair, const struct schedule *s,
                      struct kept_override *o)
{
    struct names people = {o->people, sizeof o->people};
    struct shift_bounds b;
    struct err e;
    int64_t at_ms;

    if (add_name(c, jv_get_text(pair, "person"), &people) < 0 ||
        body_instant(c, pair, "at", s->zone, &at_ms) < 0)
        return -1;
    if (swap_find_shift(s, o->people, at_ms, &b, &e) < 0) {
        reply_problem(c->web, c->q, 409, "%s", e.text);
        return -1;
    }
    if (b.end_ms <= c->now_ms) {
        reply_problem(c->web, c->q, 409, "that shift of %s is over", o->people);
        return -1;
    }
    o->kind = OVERRIDE_REPLACE;
    o->start_ms = b.start_ms > c->now_ms ? b.start_ms : c->now_ms;
    o->end_ms = b.end_ms;
    return 0;
}

static int fill_swap(struct call *c, const struct jv *body, const struct schedule *s,
                     struct kept_override drafts[2])
{
    static const char *const alone[] = {"set", "add", "remove", "replace", "with", "start", "end"};
    const struct jv *swap = jv_get(body, "swap");
    const char *fault = check_pair(swap);

    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (jv_get(body, alone[i]) != NULL)
            fault = "swap: stands alone, beside `schedule` and `comment`";
    if (fault != NULL) {
        reply_problem(c->web, c->q, 400, "%s", fault);
        return -1;
    }
    for (size_t i = 0; i < 2; i++)
        if (read_shift(c, jv_at(swap, i), s, &drafts[i]) < 0)
            return -1;
    if (drafts[0].start_ms < drafts[1].end_ms && drafts[1].start_ms < drafts[0].end_ms) {
        reply_problem(c->web, c->q, 409, "the two shifts overlap: %s and %s are on call together",
                      drafts[0].people, drafts[1].people);
        return -1;
    }
    text_copy(drafts[0].with, sizeof drafts[0].with, drafts[1].people);
    text_copy(drafts[1].with, sizeof drafts[1].with, drafts[0].people);
    return 0;
}

/* --- adding and ending ---------------------------------------------------------------- */

static void reply_drafts(struct call *c, const struct kept_override *drafts, size_t n)
{
    struct buf body;
    struct jw w;

    buf_init(&body, 65536);
    jw_init(&w, &body);
    if (n > 1)
        jw_list(&w);
    for (size_t i = 0; i < n; i++) {
        const struct kept_override *kept = find(c, drafts[i].id);

        api_write_override(&w, kept != NULL ? kept : &drafts[i], c->now_ms);
        log_info("web", "override %s of %s by %s from %s", drafts[i].id, drafts[i].schedule,
                 drafts[i].author, c->v->peer);
    }
    if (n > 1)
        jw_list_end(&w);
    reply_json(c->web, c->q, 201, &body);
}

/* How many drafts it makes, or -1 after answering. */
static int read_drafts(struct call *c, const struct jv *body, struct kept_override drafts[2])
{
    const char *name = jv_get_text(body, "schedule");
    const struct schedule *s = engine_schedule(c->engine, name);
    bool swap = jv_get(body, "swap") != NULL;

    if (s == NULL) {
        reply_problem(c->web, c->q, 409, "there is no schedule %.100s", name);
        return -1;
    }
    if (body_actor(c, body, drafts[0].author) < 0 ||
        body_line(c, body, "comment", drafts[0].comment, sizeof drafts[0].comment) < 0)
        return -1;
    text_copy(drafts[0].schedule, sizeof drafts[0].schedule, s->name);
    drafts[1] = drafts[0];
    if ((swap ? fill_swap(c, body, s, drafts) : fill(c, body, s, &drafts[0])) < 0)
        return -1;
    return swap ? 2 : 1;
}

void on_override_add(struct call *c)
{
    struct kept_override drafts[2] = {{.id = ""}};
    struct jv *body = NULL;
    struct err e = {0};
    int n;

    if (body_read(c, members, &body) < 0)
        return;
    n = read_drafts(c, body, drafts);
    jv_free(body);
    if (n < 0)
        return;
    if (c->web->app->override_add(c->web->app_arg, drafts, (size_t)n, &e) < 0)
        reply_problem(c->web, c->q, 409, "%s", e.text);
    else
        reply_drafts(c, drafts, (size_t)n);
}

/* By its id or a part of it that fits no other; NULL after answering. */
static const struct kept_override *find_part(struct call *c)
{
    const struct kept_override *const *all, *found = find(c, c->arg);
    size_t n = engine_overrides(c->engine, &all), fitting = 0;

    if (found != NULL)
        return found;
    for (size_t i = 0; i < n; i++) {
        if (!incident_is_meant(all[i]->id, c->arg))
            continue;
        fitting++;
        found = all[i];
    }
    if (fitting > 1)
        reply_problem(c->web, c->q, 409, "%s fits %zu overrides", c->arg, fitting);
    else if (fitting == 0)
        reply_problem(c->web, c->q, 404,
                      "there is no override %s; those of the file are changed there", c->arg);
    return fitting == 1 ? found : NULL;
}

static const struct member end_members[] = {{0}};

void on_override_end(struct call *c)
{
    const struct kept_override *found = find_part(c), *left;
    struct kept_override o;
    char who[NAME_SIZE];
    struct jv *body = NULL;
    struct err e = {0};
    struct buf out;
    struct jw w;
    int rc;

    if (found == NULL || body_read(c, end_members, &body) < 0)
        return;
    o = *found;
    rc = body_actor(c, body, who);
    jv_free(body);
    if (rc < 0)
        return;
    if (c->web->app->override_end(c->web->app_arg, o.id, who, &e) < 0) {
        reply_problem(c->web, c->q, 409, "%s", e.text);
        return;
    }
    log_info("web", "override %s ended by %s from %s", o.id, who, c->v->peer);
    left = find(c, o.id);
    o.end_ms = left == NULL ? o.start_ms : o.end_ms; /* taken back */
    buf_init(&out, 65536);
    jw_init(&w, &out);
    api_write_override(&w, left != NULL ? left : &o, loop_now_ms());
    reply_json(c->web, c->q, 200, &out);
}
