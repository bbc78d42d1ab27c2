/* on_act.c - what people do to an incident: acknowledge, take it back, resolve, snooze, reassign,
 * escalate, note. The answer says that it is decided; the engine commits and sends after it.
 *
 * Failures: 404 there never was such an incident, 409 it is over, or cannot be done now. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "body.h"
#include "incidents.h"
#include "loop/log.h"

/* A deed with its texts, before it is known whether there is an incident for it. */
struct order {
    enum deed_kind kind;
    char who[NAME_SIZE], to[NAME_SIZE], text[sizeof((struct incident *)0)->note];
    int64_t until_ms;
};

static const struct member plain_members[] = {{"comment", JV_TEXT, false}, {0}};
static const struct member snooze_members[] = {
    {"for", JV_TEXT, false}, {"until", JV_TEXT, false}, {"comment", JV_TEXT, false}, {0}};
static const struct member reassign_members[] = {
    {"to", JV_TEXT, true}, {"comment", JV_TEXT, false}, {0}};
static const struct member note_members[] = {{"text", JV_TEXT, true}, {0}};

static const struct member *const members_of[DEED_COUNT] = {
    [DEED_ACK] = plain_members,         [DEED_UNACK] = plain_members,
    [DEED_RESOLVE] = plain_members,     [DEED_SNOOZE] = snooze_members,
    [DEED_REASSIGN] = reassign_members, [DEED_ESCALATE] = plain_members,
    [DEED_NOTE] = note_members,
};

static int fill_order(struct call *c, const struct jv *body, struct order *o)
{
    const char *words = o->kind == DEED_NOTE ? "text" : "comment";

    if (body_actor(c, body, o->who) < 0 || body_line(c, body, words, o->text, sizeof o->text) < 0 ||
        body_line(c, body, "to", o->to, sizeof o->to) < 0)
        return -1;
    if (o->kind == DEED_SNOOZE)
        return body_end(c, body, "until", c->now_ms, &o->until_ms);
    return 0;
}

static int read_order(struct call *c, struct order *o)
{
    struct jv *body;
    int rc;

    if (body_read(c, members_of[o->kind], &body) < 0)
        return -1;
    rc = fill_order(c, body, o);
    jv_free(body);
    return rc;
}

/* A resolved incident may have left the engine: told as it was, with its end. */
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

static void carry_out(struct call *c, const struct incident *i, const struct order *o)
{
    struct incident before = *i;
    struct deed d = {.kind = o->kind,
                     .incident = before.id,
                     .who = o->who,
                     .until_ms = o->until_ms,
                     .to = o->to,
                     .text = o->text[0] != 0 ? o->text : NULL};
    struct err e = {0};

    if (c->web->app->deed(c->web->app_arg, &d, &e) < 0) {
        reply_problem(c->web, c->q, 409, "%s", e.text);
        return;
    }
    log_info("web", "%s %s by %s from %s", deed_name(o->kind), before.id, o->who, c->v->peer);
    reply_done(c, &before, o->who);
}

/* Nothing open fits: was there ever one? */
static void on_looked_up(void *arg, struct web *web, struct request *q, const struct incident *i,
                         bool away)
{
    char *word = arg;

    (void)away;
    if (q != NULL && i != NULL)
        reply_problem(web, q, 409, "incident %s is already resolved", i->id);
    else if (q != NULL)
        reply_problem(web, q, 404, "there is no open incident %s", word);
    mem_free(word);
}

static void act(struct call *c, enum deed_kind kind)
{
    struct order o = {.kind = kind};
    const struct incident *i;
    size_t fitting;

    if (read_order(c, &o) < 0)
        return;
    i = incident_find(c->engine, c->arg, &fitting);
    if (i != NULL && kind != DEED_RESOLVE && strcmp(c->arg, i->monitor) == 0)
        i = engine_in_charge(c->engine, i); /* a monitor was named: whatever pages for it */
    if (i != NULL)
        carry_out(c, i, &o);
    else if (fitting > 1)
        reply_problem(c->web, c->q, 409, "%s fits %zu open incidents", c->arg, fitting);
    else
        incident_look_up(c, c->arg, on_looked_up, mem_strdup(c->arg));
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

void on_snooze(struct call *c)
{
    act(c, DEED_SNOOZE);
}

void on_reassign(struct call *c)
{
    act(c, DEED_REASSIGN);
}

void on_escalate(struct call *c)
{
    act(c, DEED_ESCALATE);
}

void on_note(struct call *c)
{
    act(c, DEED_NOTE);
}
