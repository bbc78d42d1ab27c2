/* on_quiets.c - silences and maintenance: list, one, ask for one, end one.
 *
 * Both are the same noun; the route says which kind is meant. What is over is listed for a day.
 * Failures: 404, 409 with the engine's line (it fits every monitor, it lies in the past …). */
#include <string.h>

#include "base/text.h"
#include "body.h"
#include "format/api.h"
#include "incident/match.h"
#include "incidents.h"
#include "loop/log.h"
#include "model/names.h"

/* --- reading -------------------------------------------------------------------------- */

static size_t count_held(const struct engine *e, const char *quiet)
{
    const struct incident *const *open;
    size_t n = engine_incidents(e, &open), held = 0;

    for (size_t i = 0; i < n; i++)
        if ((open[i]->hold == HOLD_SILENCE || open[i]->hold == HOLD_MAINTENANCE) &&
            strcmp(open[i]->hold_ref, quiet) == 0)
            held++;
    return held;
}

/* A list does not say what each fits: ten thousand monitors would be asked for each. */
static void write_quiet(struct jw *w, const struct call *c, const struct quiet *q, int64_t fits)
{
    api_write_quiet(w, q, c->now_ms, count_held(c->engine, q->id), fits);
}

static void reply_quiet(struct call *c, int status, const struct quiet *q)
{
    struct buf body;
    struct jw w;

    buf_init(&body, 65536);
    jw_init(&w, &body);
    write_quiet(&w, c, q, (int64_t)engine_quiet_fits(c->engine, q->id));
    reply_json(c->web, c->q, status, &body);
}

static void list(struct call *c, enum quiet_kind kind)
{
    const struct quiet *const *all;
    size_t n = engine_quiets(c->engine, &all);
    unsigned states = 1u << QUIET_ACTIVE;
    struct buf body;
    struct jw w;

    if (query_states(c, &states) < 0)
        return;
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; i < n; i++)
        if (all[i]->kind == kind &&
            (states >> quiet_state_at(all[i]->start_ms, all[i]->end_ms, c->now_ms) & 1u) != 0)
            write_quiet(&w, c, all[i], -1);
    jw_list_end(&w);
    reply_json(c->web, c->q, 200, &body);
}

/* By its id or a part of it that fits no other; NULL after answering. */
static const struct quiet *find(struct call *c, enum quiet_kind kind)
{
    const struct quiet *const *all, *found = NULL;
    size_t n = engine_quiets(c->engine, &all), fitting = 0;

    for (size_t i = 0; i < n; i++) {
        if (all[i]->kind != kind || !incident_is_meant(all[i]->id, c->arg))
            continue;
        if (strcmp(all[i]->id, c->arg) == 0)
            return all[i];
        fitting++;
        found = all[i];
    }
    if (fitting > 1)
        reply_problem(c->web, c->q, 409, "%s fits %zu of them", c->arg, fitting);
    else if (fitting == 0)
        reply_problem(c->web, c->q, 404, "there is no %s %s", quiet_kind_name(kind), c->arg);
    return fitting == 1 ? found : NULL;
}

static void show(struct call *c, enum quiet_kind kind)
{
    const struct quiet *q = find(c, kind);

    if (q != NULL)
        reply_quiet(c, 200, q);
}

/* --- acting --------------------------------------------------------------------------- */

static const struct member members[] = {{"matchers", JV_LIST, false},
                                        {"start", JV_TEXT, false},
                                        {"end", JV_TEXT, false},
                                        {"for", JV_TEXT, false},
                                        {"comment", JV_TEXT, true},
                                        {"everything", JV_BOOL, false},
                                        {0}};

static int add_matcher(struct call *c, const char *text, void *arg)
{
    struct quiet *q = arg;
    struct err e;

    if (match_add(q->matchers, text, &e) == 0)
        return 0;
    reply_problem(c->web, c->q, 400, "matchers: %s", e.text);
    return -1;
}

static int fill(struct call *c, const struct jv *body, struct quiet *q)
{
    q->start_ms = c->now_ms;
    if (body_actor(c, body, q->author) < 0 ||
        body_line(c, body, "comment", q->comment, sizeof q->comment) < 0 ||
        body_texts(c, body, "matchers", add_matcher, q) < 0)
        return -1;
    if (jv_get(body, "start") != NULL && body_instant(c, body, "start", NULL, &q->start_ms) < 0)
        return -1;
    return body_end(c, body, "end", q->start_ms, &q->end_ms);
}

static void add(struct call *c, enum quiet_kind kind)
{
    struct quiet draft = {.kind = kind};
    struct jv *body = NULL;
    struct err e = {0};
    int rc;

    if (body_read(c, members, &body) < 0)
        return;
    draft.everything = jv_get_bool(body, "everything", false);
    rc = fill(c, body, &draft);
    jv_free(body);
    if (rc < 0)
        return;
    if (c->web->app->quiet_add(c->web->app_arg, &draft, &e) < 0) {
        reply_problem(c->web, c->q, 409, "%s", e.text);
        return;
    }
    log_info("web", "%s %s by %s from %s", quiet_kind_name(kind), draft.id, draft.author,
             c->v->peer);
    reply_quiet(c, 201, &draft);
}

static const struct member end_members[] = {{0}};

static void end(struct call *c, enum quiet_kind kind)
{
    const struct quiet *q = find(c, kind);
    char id[QUIET_ID_SIZE], who[NAME_SIZE];
    struct jv *body = NULL;
    struct err e = {0};
    int rc;

    if (q == NULL || body_read(c, end_members, &body) < 0)
        return;
    text_copy(id, sizeof id, q->id);
    rc = body_actor(c, body, who);
    jv_free(body);
    if (rc < 0)
        return;
    if (c->web->app->quiet_end(c->web->app_arg, id, who, &e) < 0) {
        reply_problem(c->web, c->q, 409, "%s", e.text);
        return;
    }
    log_info("web", "%s %s ended by %s from %s", quiet_kind_name(kind), id, who, c->v->peer);
    c->arg = id;
    c->now_ms = loop_now_ms(); /* it is over by now */
    show(c, kind);
}

/* --- routes --------------------------------------------------------------------------- */

void on_silences(struct call *c)
{
    list(c, QUIET_SILENCE);
}

void on_silence(struct call *c)
{
    show(c, QUIET_SILENCE);
}

void on_silence_add(struct call *c)
{
    add(c, QUIET_SILENCE);
}

void on_silence_end(struct call *c)
{
    end(c, QUIET_SILENCE);
}

void on_maintenances(struct call *c)
{
    list(c, QUIET_MAINTENANCE);
}

void on_maintenance(struct call *c)
{
    show(c, QUIET_MAINTENANCE);
}

void on_maintenance_add(struct call *c)
{
    add(c, QUIET_MAINTENANCE);
}

void on_maintenance_end(struct call *c)
{
    end(c, QUIET_MAINTENANCE);
}
