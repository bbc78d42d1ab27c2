/* holds.c - what holds an incident back, looked at again whenever it may have changed.
 *
 * In this order: maintenance of the file, silences and maintenance asked for, a dependency, and
 * what it is gathered under. Dependencies: only paging is held, never probing nor a resolve; one
 * hop is enough, because a child that is held is down all the same, for its own children to see.
 * A parent that fails too but is not confirmed, or was not looked at since, is waited for a
 * little. After it recovered the child must prove that its trouble is its own. */
#include <stdio.h>

#include "base/civil.h"
#include "base/text.h"
#include "desk.h"
#include "model/names.h"
#include "sched/window.h"

#define PARENT_CONFIRMS_MS 60000 /* at most so long for its own streak to be confirmed */
#define PARENT_LOOKS_MS    10000 /* and so long for a result of it at all */

bool engine_is_lead(const struct incident_case *c)
{
    return text_starts(c->incident.dedup_key, "storm:") ||
           text_starts(c->incident.dedup_key, "group:");
}

static bool is_gathering(enum hold h)
{
    return h == HOLD_STORM || h == HOLD_GROUP;
}

static void sooner(int64_t *edge_ms, int64_t at_ms)
{
    if (at_ms < *edge_ms)
        *edge_ms = at_ms;
}

static void say_until(char *dst, size_t size, const char *what, int64_t until_ms,
                      const char *comment)
{
    char at[40];

    text_printf(dst, size, "%s%s%s%s%s", what, until_ms ? " until " : "",
                until_ms ? rfc3339_format(until_ms, at, sizeof at) : "", comment ? ": " : "",
                comment ? comment : "");
}

static bool window_holds_it(const struct monitor *m, int64_t now_ms, int64_t *edge_ms,
                            struct hold_by *ret)
{
    for (size_t i = 0; i < m->n_windows; i++) {
        const struct window *w = m->windows[i];
        int64_t ends_ms;

        sooner(edge_ms, window_next_edge(w, now_ms));
        if (ret->hold || !window_holds(w, now_ms))
            continue;
        ends_ms = window_ends(w, now_ms);
        ret->hold = HOLD_MAINTENANCE;
        ret->until_ms = ends_ms == INT64_MAX ? 0 : ends_ms;
        text_copy(ret->ref, sizeof ret->ref, m->name);
        say_until(ret->why, sizeof ret->why, "maintenance", ret->until_ms, w->comment);
    }
    return ret->hold;
}

bool engine_order_holds(const struct engine *e, const struct incident *i, int64_t now_ms,
                        struct hold_by *ret)
{
    const struct match_subject s = {engine_slo_monitor(e, i), i->group, severity_name(i->severity),
                                    i->policy, i->labels};
    char what[NAME_SIZE + 64];

    for (size_t n = 0; n < e->orders.n; n++) {
        const struct quiet *q = &e->orders.items[n]->quiet;

        if (quiet_state_at(q->start_ms, q->end_ms, now_ms) != QUIET_ACTIVE ||
            !match_fits(e->orders.items[n]->match, &s))
            continue;
        ret->hold = q->kind == QUIET_SILENCE ? HOLD_SILENCE : HOLD_MAINTENANCE;
        ret->until_ms = q->end_ms;
        text_copy(ret->ref, sizeof ret->ref, q->id);
        text_printf(what, sizeof what, "%s %s by %s", quiet_kind_name(q->kind), q->id, q->author);
        say_until(ret->why, sizeof ret->why, what, q->end_ms, q->comment[0] ? q->comment : NULL);
        return true;
    }
    return false;
}

/* --- dependencies --- */

static struct incident_case *case_of(const struct engine *e, const char *monitor)
{
    char key[NAME_SIZE + 16];

    monitor_key(monitor, key, sizeof key);
    return map_get(&e->by_key, key);
}

/* The trouble at the bottom: what holds the parent holds the child. */
static void held_by_root(const struct engine *e, const struct watch *parent, struct hold_by *ret)
{
    const struct incident_case *c = case_of(e, parent->name);
    const char *ref = parent->name;

    if (c)
        ref = c->incident.hold == HOLD_DEPENDENCY && c->incident.hold_ref[0] ? c->incident.hold_ref
                                                                             : c->incident.id;
    ret->hold = HOLD_DEPENDENCY;
    text_copy(ret->ref, sizeof ret->ref, ref);
    text_printf(ret->why, sizeof ret->why, "it depends on %s, which is down", parent->name);
}

static int64_t began_ms(const struct incident *i)
{
    int64_t at_ms = i->opened_ms;

    for (int n = 0; n < CHANGES_MAX; n++)
        if (i->changes_ms[n] > at_ms)
            at_ms = i->changes_ms[n];
    return at_ms;
}

/* Opened again, it is this time that counts. */
static int64_t failing_since_ms(struct engine *e, const struct incident *i)
{
    const struct watch *w = engine_watch(e, i->monitor);

    return i->reopened && w->status.since_ms > i->started_ms ? w->status.since_ms : i->started_ms;
}

/* A parent of which nobody can say yet whether it is the cause. Where the clock was set back and
 * the wait would be longer than it ever is, nobody waits. */
static bool unclear(struct engine *e, const struct incident *i, const struct watch *p,
                    const struct desk *k, struct hold_by *ret)
{
    bool failing = p->status.bad > 0;
    bool seen = p->status.last.at_ms >= failing_since_ms(e, i) && !p->status.unknown;
    int64_t until_ms = began_ms(i) + (failing ? PARENT_CONFIRMS_MS : PARENT_LOOKS_MS);

    if (i->step >= 0 || (seen && !failing) || k->now_ms >= until_ms ||
        until_ms - k->now_ms > PARENT_CONFIRMS_MS)
        return false;
    if (!seen && k->now_ms == began_ms(i))
        vec_push(&k->fx->probes, (const char *)p->name);
    ret->hold = HOLD_DEPENDENCY;
    ret->until_ms = until_ms;
    ret->ref[0] = '\0';
    text_printf(ret->why, sizeof ret->why, "it depends on %s, which %s", p->name,
                failing ? "fails too and is being confirmed" : "is being looked at");
    return true;
}

/* Its root recovered: is the child's trouble its own? A streak that began since then is. */
static bool proves_itself(struct engine *e, struct incident_case *c, struct hold_by *ret)
{
    struct incident *i = &c->incident;
    const struct watch *w = engine_watch(e, i->monitor);
    int64_t another = (int64_t)w->status.bad + w->monitor->fail_after;

    if (i->hold != HOLD_DEPENDENCY || !i->hold_ref[0])
        return false;
    if (!i->hold_bad)
        i->hold_bad = another;
    else if (i->hold_bad > another)
        i->hold_bad = w->monitor->fail_after;
    if (w->status.bad >= i->hold_bad)
        return false;
    ret->hold = HOLD_DEPENDENCY;
    text_copy(ret->ref, sizeof ret->ref, i->hold_ref);
    text_copy(ret->why, sizeof ret->why, "what it depends on is back; it must fail on its own");
    return true;
}

static bool dependency_holds(struct engine *e, struct incident_case *c, const struct monitor *m,
                             const struct desk *k, struct hold_by *ret)
{
    for (size_t n = 0; n < m->n_depends_on; n++) {
        const struct watch *p = engine_watch(e, m->depends_on[n]->name);

        if (!p || !p->monitor->enabled || p->status.state != MONITOR_DOWN)
            continue;
        c->incident.hold_bad = 0;
        held_by_root(e, p, ret);
        return true;
    }
    if (proves_itself(e, c, ret))
        return true;
    for (size_t n = 0; n < m->n_depends_on; n++) {
        const struct watch *p = engine_watch(e, m->depends_on[n]->name);

        if (p && p->monitor->enabled && unclear(e, &c->incident, p, k, ret)) {
            sooner(&c->edge_ms, ret->until_ms);
            return true;
        }
    }
    return false;
}

/* --- all of them --- */

/* Once gathered it stays so until it is resolved, whatever else held it meanwhile. */
static bool gathered(const struct incident_case *c, struct hold_by *ret)
{
    return c->lead && case_is_open(c->lead) && engine_under(c->lead, ret);
}

static void find(struct engine *e, struct incident_case *c, const struct desk *k,
                 struct hold_by *ret)
{
    const struct watch *w = engine_watch(e, c->incident.monitor);

    *ret = (struct hold_by){0};
    c->edge_ms = INT64_MAX;
    if (engine_is_slo(&c->incident))
        engine_order_holds(e, &c->incident, k->now_ms, ret);
    if (!w || !w->monitor || window_holds_it(w->monitor, k->now_ms, &c->edge_ms, ret) ||
        engine_order_holds(e, &c->incident, k->now_ms, ret) ||
        dependency_holds(e, c, w->monitor, k, ret))
        return;
    gathered(c, ret);
}

/* Nothing has been paged yet, or a hold just ended. */
static bool about_to_page(const struct incident_case *c)
{
    const struct incident *i = &c->incident;

    return i->monitor[0] && i->state == INCIDENT_TRIGGERED &&
           (i->hold || (i->step < 0 && !i->step_due_ms));
}

/* Gatherings are held by what holds all they gather, our own trouble by nothing. */
static bool can_be_held(const struct incident_case *c)
{
    return case_is_open(c) && (c->incident.monitor[0] || engine_is_slo(&c->incident));
}

void engine_rehold(struct engine *e, struct incident_case *c, const struct desk *k)
{
    struct hold_by h;
    bool same;

    if (!can_be_held(c))
        return;
    find(e, c, k, &h);
    if (!h.hold && about_to_page(c))
        engine_gather(e, c, k, &h);
    same = h.hold == c->incident.hold && text_eq(h.ref, c->incident.hold_ref);
    case_hold(c, k, &h);
    if (h.hold && (!same || (is_gathering(h.hold) && !c->lead)))
        engine_join(e, c, k);
    engine_weigh(e, c, k);
}

void engine_rehold_all(struct engine *e, const struct desk *k)
{
    VEC(struct incident_case *) open = {0};
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);)
        if (can_be_held(value))
            vec_push(&open, (struct incident_case *)value);
    for (size_t i = 0; i < open.n; i++) {
        engine_rehold(e, open.items[i], k);
        engine_settle(e, open.items[i], k);
    }
    vec_done(&open);
}

void engine_rehold_children(struct engine *e, struct watch *w, const struct desk *k)
{
    for (size_t i = 0; i < w->children.n; i++) {
        struct incident_case *c = case_of(e, w->children.items[i]->name);

        for (; c; c = c->older) { /* more than one when they were read back late */
            engine_rehold(e, c, k);
            engine_settle(e, c, k);
        }
    }
}

enum hold engine_holds(const struct engine *ce, const char *monitor, int64_t now_ms, char *dst,
                       size_t size)
{
    struct engine *e =
        (struct engine *)ce; /* a case of our own is looked at, none of the engine's */
    const struct watch *w = engine_watch(e, monitor);
    struct effects fx = {0};
    const struct desk k = {.config = e->config, .now_ms = now_ms, .actor = "", .fx = &fx};
    struct incident_case c = {.incident = {.step = -1, .opened_ms = now_ms}};
    struct hold_by h;

    text_copy(dst, size, "");
    if (!w || !w->monitor)
        return HOLD_NONE;
    engine_fill(&c.incident, w);
    c.incident.started_ms = INT64_MIN;
    find(e, &c, &k, &h);
    effects_done(&fx);
    text_copy(dst, size, h.why);
    return h.hold;
}

/* --- maintenance that was announced --- */

static bool is_announced(const struct quiet *q, int64_t at_ms)
{
    return q->kind == QUIET_MAINTENANCE && q->created_ms <= q->start_ms &&
           quiet_state_at(q->start_ms, q->end_ms, at_ms) == QUIET_ACTIVE;
}

bool engine_maintained(const struct engine *e, const char *monitor, int64_t at_ms)
{
    const struct watch *w = map_get(&e->watches, monitor);
    struct incident i = {.step = -1};

    if (!w || !w->monitor)
        return false;
    for (size_t n = 0; n < w->monitor->n_windows; n++)
        if (window_holds(w->monitor->windows[n], at_ms))
            return true;
    for (size_t n = 0; n < e->orders.n; n++) {
        const struct order *o = e->orders.items[n];

        if (!is_announced(&o->quiet, at_ms))
            continue;
        if (!i.monitor[0])
            engine_fill(&i, w);
        if (match_fits(o->match,
                       &(struct match_subject){i.monitor, i.group, severity_name(i.severity),
                                               i.policy, i.labels}))
            return true;
    }
    return false;
}
