/* on_act.c - acknowledge, take it back, resolve. The answer says that it is decided; the
 * engine commits and sends after it. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "incidents.h"
#include "loop/log.h"

/* Who acts: the token's person; an admin may name another; without users the body's word. */
static int name_actor(struct call *c, const char *by, char dst[NAME_SIZE])
{
    const struct web_user *u = c->user;
    const char *own = u != NULL && u->person != NULL ? u->person->name : "api";

    if (by != NULL && (*by == 0 || strlen(by) > NAME_MAX_BYTES || by[strcspn(by, "\r\n\t")] != 0)) {
        reply_problem(c->web, c->q, 400, "by: a name of at most %d bytes", NAME_MAX_BYTES);
        return -1;
    }
    if (by != NULL && u != NULL && u->role != ROLE_ADMIN && strcmp(by, own) != 0) {
        reply_problem(c->web, c->q, 403, "only an admin may act in the name of another");
        return -1;
    }
    text_copy(dst, NAME_SIZE, by != NULL ? by : own);
    return 0;
}

/* The body is optional; what is there must be a JSON object. */
static int read_actor(struct call *c, char dst[NAME_SIZE])
{
    const char *type = request_header(c->v, "content-type");
    struct jv *body = NULL;
    struct err e;

    if (c->v->body_len == 0)
        return name_actor(c, NULL, dst);
    if (type == NULL || !text_starts(type, "application/json")) {
        reply_problem(c->web, c->q, 415, "send application/json");
        return -1;
    }
    if (jv_parse(c->v->body, c->v->body_len, &body, &e) < 0) {
        reply_problem(c->web, c->q, 400, "%s", e.text);
        return -1;
    }
    const struct jv *by = jv_get(body, "by");
    bool good = jv_type(body) == JV_OBJECT && (by == NULL || jv_type(by) == JV_TEXT);
    int rc = good ? name_actor(c, jv_text(by), dst) : -1;

    if (!good)
        reply_problem(c->web, c->q, 400, "the body is an object like {\"by\": \"ana\"}");
    jv_free(body);
    return rc;
}

/* A resolved incident has left the engine: told as it was, with its end. */
static void reply_done(struct call *c, const struct incident *before, const char *who)
{
    const struct incident *now = engine_incident(c->engine, before->id);
    struct incident ended = *before;

    if (now == NULL) {
        ended.state = INCIDENT_RESOLVED;
        ended.resolved_ms = ended.updated_ms = c->now_ms;
        text_copy(ended.resolved_by, sizeof ended.resolved_by, who);
    }
    reply_incident(c->web, c->q, now != NULL ? now : &ended);
}

static void act(struct call *c, enum deed_kind kind)
{
    size_t fitting;
    const struct incident *i = incident_find(c->engine, c->arg, &fitting);
    char who[NAME_SIZE];
    struct err e = {0};

    if (i == NULL && fitting > 1) {
        reply_problem(c->web, c->q, 409, "%s fits %zu open incidents", c->arg, fitting);
        return;
    }
    if (i == NULL) {
        reply_problem(c->web, c->q, 404, "there is no open incident %s", c->arg);
        return;
    }
    if (read_actor(c, who) < 0)
        return;
    struct incident before = *i;

    struct deed d = {.kind = kind, .incident = before.id, .who = who};

    if (c->web->app->deed(c->web->app_arg, &d, &e) < 0) {
        reply_problem(c->web, c->q, 409, "%s", e.text);
        return;
    }
    log_info("web", "%s %s by %s from %s", deed_name(kind), before.id, who, c->v->peer);
    reply_done(c, &before, who);
}

void on_ack(struct call *c)
{
    act(c, DEED_ACK);
}

void on_unack(struct call *c)
{
    act(c, DEED_UNACK);
}

void on_resolve(struct call *c)
{
    act(c, DEED_RESOLVE);
}
