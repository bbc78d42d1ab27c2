/* on_person.c - what people say: acknowledge, take it back, resolve. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk.h"
#include "model/names.h"

#define SNOOZE_LONGEST_MS (30 * 24 * 3600 * 1000LL)
#define PART_LEAST        3 /* characters of an id that may stand for it */

/* By a beginning or the last characters of an id. One that is over stands in nobody's light. */
static struct incident_case *find_part(struct engine *e, const char *part, struct err *err)
{
    struct incident_case *open = NULL, *over = NULL;
    const char *key;
    void *value;

    for (size_t i = 0; strlen(part) >= PART_LEAST && map_next(&e->cases, &i, &key, &value);) {
        struct incident_case *c = value;

        if (!text_starts(key, part) && !text_ends(key, part))
            continue;
        if (c->incident.state == INCIDENT_RESOLVED) {
            over = c;
            continue;
        }
        if (open) {
            err_set(err, "`%s` fits more than one open incident", part);
            return NULL;
        }
        open = c;
    }
    if (!open && !over)
        err_set(err, "no open incident `%s`", part);
    return open ? open : over;
}

/* By whole id, by the name of a monitor, by its key, or by part of its id. */
static struct incident_case *find(struct engine *e, const char *id, struct err *err)
{
    char key[NAME_SIZE + 16];
    struct incident_case *c = map_get(&e->cases, id);

    if (c)
        return c;
    snprintf(key, sizeof key, "monitor:%.100s", id);
    c = map_get(&e->by_key, key);
    if (!c)
        c = map_get(&e->by_key, id);
    return c ? c : find_part(e, id, err);
}

static struct incident_case *find_open(struct engine *e, const char *id, struct err *err)
{
    struct incident_case *c = find(e, id, err);

    if (c && c->incident.state == INCIDENT_RESOLVED) {
        err_set(err, "incident %s is already resolved", c->incident.id);
        return NULL;
    }
    return c;
}

/* Whoever names a monitor means what wakes people for it: of several told together, the gathering.
 * Closing by hand is of the one that is named, whatever pages for it; so is everything by an id. */
static struct incident_case *find_meant(struct engine *e, const struct deed *d, struct err *err)
{
    struct incident_case *c =
        d->kind == DEED_NOTE ? find(e, d->incident, err) : find_open(e, d->incident, err);

    if (!c || d->kind == DEED_RESOLVE || !text_eq(d->incident, c->incident.monitor))
        return c;
    return map_get(&e->cases, engine_in_charge(e, &c->incident)->id);
}

/* A monitor that goes on failing after its incident was closed by hand must confirm anew before
 * it wakes anybody again. */
static void confirm_anew(struct engine *e, const struct incident_case *c, struct effects *fx)
{
    struct watch *w = engine_watch(e, c->incident.monitor);

    if (!w)
        return;
    e->unconfirmed -= engine_is_unconfirmed(w);
    w->status.bad = 0;
    engine_put_watch(w, fx);
}

static void confirm_members_anew(struct engine *e, const struct incident_case *lead,
                                 struct effects *fx)
{
    const char *key;
    void *value;

    for (size_t i = 0; lead->members && map_next(&e->cases, &i, &key, &value);)
        if (((struct incident_case *)value)->lead == lead)
            confirm_anew(e, value, fx);
}

static int ack(struct engine *e, struct incident_case *c, const struct deed *d,
               const struct desk *k, struct err *err)
{
    (void)e;
    (void)d;
    if (c->incident.state == INCIDENT_ACKNOWLEDGED)
        return err_set(err, "incident %s is already acknowledged by %s", c->incident.id,
                       c->incident.acked_by);
    case_ack(c, k);
    return 0;
}

static int unack(struct engine *e, struct incident_case *c, const struct deed *d,
                 const struct desk *k, struct err *err)
{
    (void)e;
    (void)d;
    if (c->incident.state == INCIDENT_TRIGGERED)
        return err_set(err, "incident %s is not acknowledged", c->incident.id);
    case_unack(c, k);
    return 0;
}

static int resolve(struct engine *e, struct incident_case *c, const struct deed *d,
                   const struct desk *k, struct err *err)
{
    (void)d;
    (void)err;
    confirm_anew(e, c, k->fx);
    confirm_members_anew(e, c, k->fx);
    engine_resolve_case(e, c, NULL, k);
    return 0;
}

static int snooze(struct engine *e, struct incident_case *c, const struct deed *d,
                  const struct desk *k, struct err *err)
{
    (void)e;
    if (d->until_ms <= k->now_ms)
        return err_set(err, "a snooze ends in the future");
    if (d->until_ms - k->now_ms > SNOOZE_LONGEST_MS)
        return err_set(err, "a snooze lasts at most 30 days; a silence may be longer");
    case_snooze(c, k, d->until_ms);
    return 0;
}

static int reassign(struct engine *e, struct incident_case *c, const struct deed *d,
                    const struct desk *k, struct err *err)
{
    const struct person *to = d->to ? config_person(e->config, d->to) : NULL;

    if (!to)
        return err_set(err, "there is no person `%s`", d->to ? d->to : "");
    if (!to->n_rules)
        return err_set(err, "%s has no `notify` rules, so nothing would reach them", to->name);
    case_reassign(c, k, to);
    return 0;
}

static int escalate(struct engine *e, struct incident_case *c, const struct deed *d,
                    const struct desk *k, struct err *err)
{
    (void)e;
    (void)d;
    if (case_escalate(c, k))
        return 0;
    return err_set(err, "policy %s has no step after the one that ran", case_policy(c, k)->name);
}

static int note(struct engine *e, struct incident_case *c, const struct deed *d,
                const struct desk *k, struct err *err)
{
    (void)e;
    if (!d->text || !d->text[strspn(d->text, " \t\r\n")])
        return err_set(err, "the note is empty");
    case_note(c, k, d->text);
    return 0;
}

static int (*const deeds[DEED_COUNT])(struct engine *e, struct incident_case *c,
                                      const struct deed *d, const struct desk *k,
                                      struct err *err) = {
    [DEED_ACK] = ack,       [DEED_UNACK] = unack,       [DEED_RESOLVE] = resolve,
    [DEED_SNOOZE] = snooze, [DEED_REASSIGN] = reassign, [DEED_ESCALATE] = escalate,
    [DEED_NOTE] = note,
};

int engine_deed(struct engine *e, const struct deed *d, int64_t now_ms, struct effects *fx,
                struct err *err)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_PERSON, d->who, fx);
    struct incident_case *c;

    engine_begin(e);
    k.comment = d->text;
    c = find_meant(e, d, err);
    if (!c || deeds[d->kind](e, c, d, &k, err) < 0)
        return -1;
    if (!c->closed)
        engine_settle(e, c, &k);
    engine_tell_channels(e, &k);
    return 0;
}

/* --- once more --- */

static struct page *page_again(struct engine *e, const struct delivery *d)
{
    struct page *p = map_get(&e->pages, d->id);
    struct incident_case *c = map_get(&e->cases, d->notice.incident);

    if (p)
        return p;
    p = case_adopt(c ? c : engine_case_for_note(e, &d->notice), d);
    engine_index_page(e, p);
    return p;
}

int engine_replay(struct engine *e, const struct delivery *d, const char *who, int64_t now_ms,
                  struct effects *fx, struct err *err)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_PERSON, who, fx);
    const struct page *there = map_get(&e->pages, d->id);
    struct transition t = {.at_ms = now_ms, .subject = SUBJECT_DELIVERY, .cause = CAUSE_PERSON};
    struct page *p;

    engine_begin(e);
    if (there && page_unfinished(there))
        return err_set(err, "delivery %s is still being tried", d->id);
    if (!config_channel(e->config, d->notice.channel))
        return err_set(err, "channel %s is not configured any more", d->notice.channel);
    p = page_again(e, d);
    text_copy(t.name, sizeof t.name, d->id);
    text_copy(t.from, sizeof t.from, delivery_state_name(p->d.state));
    text_copy(t.to, sizeof t.to, "waiting");
    text_copy(t.actor, sizeof t.actor, who);
    text_printf(t.text, sizeof t.text, "sent again by %s", who);
    vec_push(&fx->commit.transitions, t);
    p->d.state = DELIVERY_WAITING;
    p->d.replayed = p->dirty = true;
    p->d.created_ms = p->d.due_ms = now_ms;
    p->d.done_ms = 0;
    engine_settle(e, p->of, &k);
    engine_tell_channels(e, &k);
    return 0;
}
