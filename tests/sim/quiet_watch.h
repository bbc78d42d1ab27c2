/* quiet_watch.h - what must hold: with each sending, after each tick, and in the morning. */
#ifndef TESTS_QUIET_WATCH_H
#define TESTS_QUIET_WATCH_H

#include "model/names.h"
#include "quiet.h"

#define TOLD_WITHIN_MS     (6 * MINUTE)
#define GATHERED_WITHIN_MS (14 * MINUTE)

/* --- as it goes --- */

static bool is_alarm(enum notice_type t)
{
    return t == NOTICE_TRIGGERED || t == NOTICE_ESCALATED || t == NOTICE_UNACKNOWLEDGED;
}

static bool was_wanted(const struct night *n, const struct delivery *d)
{
    for (size_t i = 0; i < n->wanted.n; i++)
        if (text_eq(n->wanted.items[i].incident, d->notice.incident) &&
            n->wanted.items[i].cycle == d->cycle)
            return true;
    return false;
}

/* A page goes out: does anything speak against it? What begins at this very instant is seen with
 * the next tick. */
static void on_sending(struct sim *s, const struct delivery *d)
{
    struct night *n = (struct night *)(void *)s;
    int t = target_of(d->notice.monitor);
    const struct incident *i = engine_incident(s->engine, d->notice.incident);

    seen[d->notice.type]++;
    if (!is_alarm(d->notice.type) || t == NOBODY || n->amnesia || was_wanted(n, d))
        return;
    ENSURE(n, !(n->views[t].hushed && hushed(n, (size_t)t, s->now_ms)),
           "%s is paged by %s although it is meant to be quiet", targets[t].name,
           d->notice.channel);
    ENSURE(n, !(n->views[t].under && under(n, (size_t)t)),
           "%s is paged by %s although what it depends on is down", targets[t].name,
           d->notice.channel);
    ENSURE(n,
           !i || i->flapping || !engine_status(s->engine, targets[t].name) ||
               engine_status(s->engine, targets[t].name)->state != MONITOR_UP,
           "%s is paged by %s although it is up", targets[t].name, d->notice.channel);
}

static bool names(const char *line, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(line, name); at; at = strstr(at + 1, name))
        if ((at == line || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static bool tells(const struct notice *told, int cycle, const struct incident *i, int64_t since_ms)
{
    return text_eq(told->incident, i->id) && is_alarm(told->type) && cycle >= i->born_cycle &&
           told->at_ms >= since_ms;
}

static bool told_of(const struct night *n, const struct incident *i, int64_t since_ms)
{
    for (size_t k = 0; k < n->s.got.n; k++)
        if (tells(&n->s.got.items[k].notice, n->s.got.items[k].cycle, i, since_ms))
            return true;
    for (size_t k = 0; k < n->s.tries.n; k++)
        if (tells(&n->s.tries.items[k].notice, n->s.tries.items[k].cycle, i, since_ms))
            return true;
    return false;
}

/* A note of it waits behind an earlier one that its receiver does not take. */
static bool is_being_told(const struct night *n, const struct incident *lead, const char *monitor)
{
    for (size_t k = 0; k < n->s.store.deliveries.n; k++) {
        const struct delivery *d = &n->s.store.deliveries.items[k];

        if ((d->state == DELIVERY_WAITING || d->state == DELIVERY_SENDING) &&
            text_eq(d->notice.incident, lead->id) && names(d->notice.affected, monitor))
            return true;
    }
    return false;
}

/* By what gathers it: named in a page or a note of it; when nobody could be reached, no note was
 * to be sent. */
static bool told_by(const struct night *n, const struct incident *lead, const char *monitor)
{
    bool reached = false;

    if (is_being_told(n, lead, monitor))
        return true;
    for (size_t k = 0; k < n->s.got.n; k++) {
        const struct notice *told = &n->s.got.items[k].notice;

        if (text_eq(told->incident, lead->id) && names(told->affected, monitor))
            return true;
        reached |= text_eq(told->incident, lead->id) && is_alarm(told->type);
    }
    for (size_t k = 0; k < n->s.tries.n; k++)
        if (text_eq(n->s.tries.items[k].notice.incident, lead->id) &&
            (!reached || names(n->s.tries.items[k].notice.affected, monitor)))
            return true;
    return false;
}

/* Somebody has it, or was told of it: NULL, else what is wrong. */
static const char *fault_of(const struct night *n, const struct incident *i, size_t t)
{
    int64_t free_ms = n->s.now_ms - n->views[t].free_ms;
    const struct incident *lead;

    if (i->state != INCIDENT_TRIGGERED)
        return NULL;
    if (i->hold == HOLD_NONE)
        return told_of(n, i, n->views[t].hushed_ms) ? NULL : "nobody was told of it";
    if (i->hold != HOLD_GROUP && i->hold != HOLD_STORM)
        return i->hold_why;
    lead = engine_incident(n->s.engine, i->hold_ref);
    if (!lead || lead->state == INCIDENT_RESOLVED)
        return "it is gathered by nothing";
    if (lead->state != INCIDENT_TRIGGERED || free_ms <= GATHERED_WITHIN_MS ||
        told_by(n, lead, targets[t].name))
        return NULL;
    return "nobody was told of it among others";
}

/* It is down for long, and nothing we know of holds it. Of two incidents of it (one was read back
 * late) one is enough. */
static void must_be_told(const struct night *n, size_t t)
{
    const struct incident *const *open;
    size_t count = engine_incidents(n->s.engine, &open);
    const char *fault = "there is no incident";

    for (size_t i = 0; i < count && fault; i++)
        if (text_eq(open[i]->monitor, targets[t].name))
            fault = fault_of(n, open[i], t);
    ENSURE(n, !fault, "%s is down: %s", targets[t].name, fault);
}

static void look_at(struct night *n, size_t t)
{
    struct view *v = &n->views[t];

    v->hushed = hushed(n, t, n->s.now_ms);
    v->under = under(n, t);
    if (v->hushed)
        v->hushed_ms = n->s.now_ms;
    if (!n->s.down[t] || !watched(n->file, t) || v->hushed || doubtful(n, t) || n->amnesia ||
        n->crashes != n->s.crashes)
        v->free_ms = n->s.now_ms;
    if (n->s.now_ms - v->free_ms > TOLD_WITHIN_MS)
        must_be_told(n, t);
}

static void on_watching(struct sim *s)
{
    struct night *n = (struct night *)(void *)s;
    struct engine_counts counts;
    struct err err = {0};

    if (engine_wake_ms(s->engine) > s->now_ms) /* else it was just born: the next tick comes now */
        ENSURE(n, engine_audit(s->engine, s->now_ms, 0, &err) == 0, "audit: %s", err.text);
    else
        ENSURE(n, n->crashes != s->crashes, "a wake in the past");
    engine_count(s->engine, &counts);
    for (int h = 0; h < HOLD_COUNT; h++)
        held[h] += counts.held[h];
    for (size_t t = 0; t < TARGETS; t++)
        look_at(n, t);
    n->crashes = s->crashes;
}

/* --- in the morning --- */

static bool same_contact(const struct notice *a, const struct notice *b)
{
    return text_eq(a->incident, b->incident) && text_eq(a->person, b->person) &&
           text_eq(a->channel, b->channel);
}

static bool doubted(const struct night *n, const struct notice *to)
{
    for (size_t i = 0; i < n->s.doubts.n; i++)
        if (text_eq(n->s.doubts.items[i].incident, to->incident) &&
            text_eq(n->s.doubts.items[i].person, to->person) &&
            text_eq(n->s.doubts.items[i].channel, to->channel))
            return true;
    return false;
}

/* A reminder, a hand-over, a silence's end: to one person, whom no page need have reached. */
static bool is_word(enum notice_type t)
{
    return t == NOTICE_REMINDER || t == NOTICE_HANDOFF || t == NOTICE_SILENCE_ENDING;
}

static void check_told(const struct night *n)
{
    for (size_t i = 0; i < n->s.got.n; i++) {
        const struct notice *g = &n->s.got.items[i].notice;
        bool woken_before = false, told_after = false;

        for (size_t j = 0; j < n->s.got.n; j++) {
            const struct notice *o = &n->s.got.items[j].notice;

            if (!same_contact(g, o))
                continue;
            woken_before = woken_before || (j < i && is_alarm(o->type));
            told_after = told_after || (j > i && o->type == NOTICE_RESOLVED);
        }
        if (is_alarm(g->type))
            ENSURE(n, told_after, "%s by %s was woken for %s and never told of the end", g->person,
                   g->channel, g->dedup_key);
        else if (!is_word(g->type))
            ENSURE(n, woken_before || doubted(n, g), "%s by %s was told %s of %s without a page",
                   g->person, g->channel, notice_name(g->type), g->dedup_key);
    }
}

static void check_real(const struct night *n)
{
    for (size_t i = 0; i < n->s.got.n && !n->clock_set; i++) {
        const struct notice *g = &n->s.got.items[i].notice;
        int t = target_of(g->monitor);
        bool real = t == NOBODY;

        for (size_t k = 0; !real && k < n->downs[t].n; k += 2)
            real = g->started_ms >= n->downs[t].items[k] &&
                   (k + 1 == n->downs[t].n || g->started_ms <= n->downs[t].items[k + 1]);
        ENSURE(n, real, "somebody heard of %s, which was well", g->monitor);
    }
}

#endif
