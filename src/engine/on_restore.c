/* on_restore.c - state comes back: at a start, or late, from a store that was away at the start.
 *
 * Happy path: monitors, incidents, deliveries -> names and clocks of today -> what is due goes out.
 * Half of it: a delivery without its incident gets a case with just enough to finish it; an
 * incident without its monitor is resolved. What the engine knows already wins. */
#include <stdlib.h>

#include "base/text.h"
#include "desk.h"

#define CLOCK_SLACK_MS 1000

/* Results that said nothing do not count as knowing. */
static void restore_status(struct watch *w, const struct monitor_status *read)
{
    struct monitor_status own = w->status;

    if (own.state != MONITOR_PENDING || own.bad)
        return;
    w->status = *read;
    if (own.unknown) {
        w->status.last = own.last;
        w->status.unknown = own.unknown;
    }
}

static void restore_monitors(struct engine *e, const struct stored *s, struct effects *fx)
{
    struct map was;

    map_init(&was, 5);
    for (size_t i = 0; i < e->config->n_monitors; i++)
        if (e->config->monitors[i].was)
            map_put(&was, e->config->monitors[i].was, (void *)&e->config->monitors[i]);
    for (size_t i = 0; i < s->monitors.n; i++) {
        const struct stored_monitor *m = &s->monitors.items[i];
        const struct monitor *renamed = map_get(&was, m->name);
        struct watch *w = engine_watch(e, m->name);
        struct monitor_put gone = {m->name, NULL};

        if (!w)
            vec_push(&fx->commit.monitors, gone);
        if (!w && renamed) {
            w = engine_watch(e, renamed->name);
            restore_status(w, &m->status);
            engine_put_watch(w, fx);
        } else if (w) {
            restore_status(w, &m->status);
        }
    }
    map_done(&was);
}

static void restore_incidents(struct engine *e, const struct stored *s)
{
    for (size_t i = 0; i < s->incidents.n; i++) {
        struct incident_case *c;

        if (map_get(&e->cases, s->incidents.items[i].id))
            continue;
        c = case_new(&s->incidents.items[i]);
        c->fresh = true;
        engine_add_case(e, c);
    }
}

/* A note that outlived its incident: a case with just enough to finish it. */
struct incident_case *engine_case_for_note(struct engine *e, const struct notice *n)
{
    struct incident i = {.state = INCIDENT_RESOLVED,
                         .severity = n->severity,
                         .reason = n->reason,
                         .started_ms = n->started_ms,
                         .opened_ms = n->started_ms,
                         .resolved_ms = n->at_ms,
                         .count = n->count};
    struct incident_case *c;

    text_copy(i.id, sizeof i.id, n->incident);
    text_copy(i.dedup_key, sizeof i.dedup_key, n->dedup_key);
    text_copy(i.monitor, sizeof i.monitor, n->monitor);
    text_copy(i.title, sizeof i.title, n->title);
    c = engine_add_case(e, case_new(&i));
    c->stub = c->fresh = true;
    return c;
}

static int by_created(const void *a, const void *b)
{
    const struct delivery *x = *(const struct delivery *const *)a;
    const struct delivery *y = *(const struct delivery *const *)b;

    if (x->created_ms != y->created_ms)
        return x->created_ms < y->created_ms ? -1 : 1;
    return (int)x->notice.type - (int)y->notice.type;
}

static void restore_deliveries(struct engine *e, const struct stored *s)
{
    VEC(const struct delivery *) sorted = {0};

    for (size_t i = 0; i < s->deliveries.n; i++)
        vec_push(&sorted, (const struct delivery *)&s->deliveries.items[i]);
    if (sorted.n)
        qsort(sorted.items, sorted.n, sizeof *sorted.items, by_created);
    for (size_t i = 0; i < sorted.n; i++) {
        const struct delivery *d = sorted.items[i];
        struct incident_case *c = map_get(&e->cases, d->notice.incident);

        if (!c)
            c = engine_case_for_note(e, &d->notice);
        if (c->fresh)
            engine_index_page(e, case_adopt(c, d));
    }
    vec_done(&sorted);
}

/* Who is told together with others finds its lead again. */
static void find_lead(struct engine *e, struct incident_case *c, int64_t now_ms)
{
    struct incident_case *lead = map_get(&e->cases, c->incident.lead);
    int64_t joined_ms = c->incident.opened_ms < now_ms ? c->incident.opened_ms : now_ms;

    if (!case_is_open(c) || c->lead || !lead || lead == c || !engine_is_lead(lead))
        return;
    c->lead = lead;
    lead->members++;
    engine_share_runbook(lead, &c->incident);
    if (joined_ms > lead->joined_ms)
        lead->joined_ms = joined_ms;
}

/* Read from a store that was away when it ended: the monitor is known to be well by now. */
static bool is_past(struct engine *e, const struct incident *i)
{
    const struct watch *w = engine_watch(e, i->monitor);

    return w && !i->flapping &&
           (w->status.state == MONITOR_UP || w->status.state == MONITOR_DEGRADED);
}

static void settle_one(struct engine *e, struct incident_case *c, const struct desk *k)
{
    char why[NAME_SIZE + 32];

    c->fresh = false;
    if (!case_is_open(c))
        c->keep_until_ms = c->incident.resolved_ms + case_policy(c, k)->reopen_window_ms;
    else if (c->incident.monitor[0] && engine_unwatched(e, c->incident.monitor, why, sizeof why))
        engine_resolve_case(e, c, why, k);
    else if (engine_slo_is_gone(e, &c->incident))
        engine_resolve_case(e, c, "the SLO is gone, or tells nobody any more", k);
    else if (is_past(e, &c->incident))
        engine_resolve_case(e, c, "recovered", k);
    else if (engine_is_lead(c) && !c->members)
        engine_resolve_case(e, c, "the last of its monitors is back", k);
    else
        engine_rehold(e, c, k);
    if (!c->closed)
        engine_settle(e, c, k);
}

static void settle_fresh(struct engine *e, const struct desk *k)
{
    VEC(struct incident_case *) fresh = {0};
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);)
        if (((struct incident_case *)value)->fresh)
            vec_push(&fresh, (struct incident_case *)value);
    for (size_t i = 0; i < fresh.n; i++)
        find_lead(e, fresh.items[i], k->now_ms);
    e->restoring = true;
    for (size_t i = 0; i < fresh.n; i++)
        if (!fresh.items[i]->closed)
            settle_one(e, fresh.items[i], k);
    e->restoring = false;
    for (size_t i = 0; i < fresh.n; i++)
        if (!fresh.items[i]->closed && fresh.items[i]->lead)
            engine_weigh(e, fresh.items[i], k);
    vec_done(&fresh);
}

/* The latest instant of what was read that lay in the past when it was written. Only what
 * case_shift() moves along counts, so that the next start finds nothing to mend. */
static int64_t newest_of(const struct stored *s)
{
    int64_t newest_ms = INT64_MIN;

    for (size_t i = 0; i < s->incidents.n; i++)
        if (s->incidents.items[i].updated_ms > newest_ms)
            newest_ms = s->incidents.items[i].updated_ms;
    for (size_t i = 0; i < s->deliveries.n; i++) {
        const struct page p = {.d = s->deliveries.items[i]};

        if (page_unfinished(&p) && p.d.rule < 0 && p.d.created_ms > newest_ms)
            newest_ms = p.d.created_ms;
    }
    return newest_ms;
}

/* The clock was set back while we were dead: what was read back is from the future. Its timers
 * keep what was left of them when it was written, instead of waiting for that future. */
static void shift_fresh(struct engine *e, const struct stored *s, int64_t now_ms)
{
    int64_t newest_ms = newest_of(s);
    const char *key;
    void *value;

    if (newest_ms < now_ms + CLOCK_SLACK_MS)
        return;
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);)
        if (((struct incident_case *)value)->fresh)
            case_shift(value, now_ms - newest_ms);
}

static void restore_renames(struct engine *e)
{
    for (size_t i = 0; i < e->config->n_monitors; i++) {
        const struct monitor *m = &e->config->monitors[i];

        if (m->was)
            engine_rename_cases(e, m->was, m->name);
    }
}

void engine_restore(struct engine *e, const struct stored *s, int64_t now_ms, struct effects *fx)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_START, "", fx);
    int64_t newest_ms = newest_of(s);

    engine_begin(e);
    engine_orders_restore(e, s, now_ms);
    engine_overrides_restore(e, s, now_ms);
    restore_monitors(e, s, fx);
    engine_count_unconfirmed(e);
    restore_incidents(e, s);
    restore_deliveries(e, s);
    restore_renames(e);
    shift_fresh(e, s, now_ms);
    settle_fresh(e, &k);
    engine_rest_disabled(e, &k);
    engine_rehold_all(e, &k); /* by what was read, also those that were known */
    if (newest_ms > INT64_MIN && newest_ms < now_ms)
        engine_handoff_since(e, newest_ms);
    engine_handoff(e, &k);
    engine_tell_channels(e, &k);
}
