/* slo_time.c - downtime as it was confirmed.
 *
 * It begins with the first bad result of the streak that was confirmed, and ends with the first
 * good one of the confirmed recovery. So while a streak runs that may turn out either way, the
 * time since its first result waits; at most SETTLE_MOST_MS, then it counts as what was confirmed
 * last. A monitor whose results stay away is unmeasured after two intervals: no class at all. */
#include "stats/slo.h"

#define SETTLE_MOST_MS INT64_C(3600000)

void slo_clock_init(struct slo_clock *c, size_t n)
{
    *c = (struct slo_clock){.n = n};
    c->lanes = mem_calloc(n ? n : 1, sizeof *c->lanes);
    for (size_t i = 0; i < n; i++) {
        c->lanes[i].class = SLO_NOTHING;
        c->lanes[i].doubt_ms = INT64_MAX;
    }
}

void slo_clock_done(struct slo_clock *c)
{
    for (size_t i = 0; i < c->n; i++)
        vec_done(&c->lanes[i].changes);
    mem_free(c->lanes);
    *c = (struct slo_clock){0};
}

/* --- what a monitor says ------------------------------------------------------------------- */

static enum slo_class class_of(const struct slo *s, const struct monitor_status *m)
{
    if (m->last.maintenance && !s->count_maintenance)
        return SLO_EXCLUDED;
    if (m->last.verdict == VERDICT_UNKNOWN)
        return s->unknown_is_bad ? SLO_BAD : SLO_UNKNOWN;
    if (m->state == MONITOR_PENDING)
        return SLO_NOTHING;
    return m->state == MONITOR_DOWN ? SLO_BAD : SLO_GOOD;
}

static int64_t doubt_of(const struct monitor_status *m, enum slo_class k)
{
    bool doubted = m->state == MONITOR_DOWN ? m->good > 0 : m->bad > 0;

    return doubted && k != SLO_EXCLUDED ? m->streak_ms : INT64_MAX;
}

static enum slo_class last_class(const struct slo_lane *l)
{
    return l->changes.n ? l->changes.items[l->changes.n - 1].class : l->class;
}

static void push(struct slo_lane *l, int64_t at_ms, enum slo_class k)
{
    int64_t least = l->changes.n ? l->changes.items[l->changes.n - 1].at_ms : INT64_MIN;
    struct slo_change c = {at_ms < least ? least : at_ms, k};

    vec_push(&l->changes, c);
}

/* Results have stayed away for too long. */
static void expire(struct slo_lane *l, int64_t now_ms)
{
    if (!l->fresh_ms || now_ms <= l->fresh_ms)
        return;
    if (last_class(l) != SLO_NOTHING)
        push(l, l->fresh_ms, SLO_NOTHING);
    l->fresh_ms = l->judged_ms = 0;
    l->doubt_ms = INT64_MAX;
}

/* Dated back as the state is, but not over what was not judged by it. */
static int64_t since_of(struct slo_lane *l, const struct slo *s, const struct monitor_status *m)
{
    bool judged =
        m->last.verdict != VERDICT_UNKNOWN && (!m->last.maintenance || s->count_maintenance);

    if (!judged)
        l->judged_ms = 0;
    else if (!l->judged_ms)
        l->judged_ms = m->last.at_ms;
    if (!judged || m->state == MONITOR_PENDING)
        return m->last.at_ms;
    return m->since_ms < l->judged_ms ? l->judged_ms : m->since_ms;
}

void slo_clock_see(struct slo_clock *c, size_t lane, const struct slo *s, const struct monitor *m,
                   const struct monitor_status *status)
{
    struct slo_lane *l = &c->lanes[lane];
    enum slo_class k = class_of(s, status);
    int64_t at_ms = status->last.at_ms, since_ms;

    if (!c->settled_ms)
        c->settled_ms = at_ms;
    expire(l, at_ms);
    since_ms = since_of(l, s, status);
    if (k != last_class(l))
        push(l, since_ms, k);
    l->doubt_ms = doubt_of(status, k);
    l->fresh_ms = at_ms + 2 * m->interval_ms + m->timeout_ms;
}

/* --- all of them together ------------------------------------------------------------------ */

/* Down when any is; then nobody can say that all were up while one is unknown. */
static enum slo_class together(const struct slo_clock *c)
{
    static const enum slo_class order[] = {SLO_BAD, SLO_UNKNOWN, SLO_GOOD, SLO_EXCLUDED};
    bool seen[SLO_NOTHING + 1] = {false};

    for (size_t i = 0; i < c->n; i++)
        seen[c->lanes[i].class] = true;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (seen[order[i]])
            return order[i];
    return SLO_NOTHING;
}

static void apply_due(struct slo_clock *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct slo_lane *l = &c->lanes[i];
        size_t due = 0;

        while (due < l->changes.n && l->changes.items[due].at_ms <= c->settled_ms)
            l->class = l->changes.items[due++].class;
        for (size_t n = due; n < l->changes.n; n++)
            l->changes.items[n - due] = l->changes.items[n];
        l->changes.n -= due;
    }
}

static int64_t next_change(const struct slo_clock *c, int64_t most_ms)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->lanes[i].changes.n && c->lanes[i].changes.items[0].at_ms < most_ms)
            most_ms = c->lanes[i].changes.items[0].at_ms;
    return most_ms;
}

/* How far it is known what was. */
static int64_t horizon_of(const struct slo_clock *c, int64_t now_ms)
{
    int64_t at_ms = now_ms;

    for (size_t i = 0; i < c->n; i++)
        if (c->lanes[i].doubt_ms < at_ms)
            at_ms = c->lanes[i].doubt_ms;
    return at_ms < now_ms - SETTLE_MOST_MS ? now_ms - SETTLE_MOST_MS : at_ms;
}

void slo_clock_settle(struct slo_clock *c, struct slo_ring *r, int64_t now_ms)
{
    int64_t horizon;

    if (!c->settled_ms)
        return;
    if (c->settled_ms > now_ms + SETTLE_MOST_MS) /* the clock was set back */
        c->settled_ms = now_ms;
    for (size_t i = 0; i < c->n; i++)
        expire(&c->lanes[i], now_ms);
    horizon = horizon_of(c, now_ms);
    apply_due(c);
    while (c->settled_ms < horizon) {
        int64_t next = next_change(c, horizon);

        slo_ring_spread(r, c->settled_ms, next, together(c));
        c->settled_ms = next;
        apply_due(c);
    }
}
