/* on_config.c - a configuration comes, and state comes back.
 *
 * What belongs to a monitor follows its name, or its old name (`was`). A monitor that is gone
 * takes its incidents along: they are resolved, and those who were paged hear of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk.h"

#define CLOCK_SLACK_MS 1000

void monitor_key(const char *name, char *dst, size_t size)
{
    snprintf(dst, size, "monitor:%s", name);
}

static struct watch *add_watch(struct engine *e, const struct monitor *m)
{
    struct watch *w = mem_new(struct watch);

    text_copy(w->name, sizeof w->name, m->name);
    w->monitor = m;
    map_put(&e->watches, w->name, w);
    return w;
}

/* The incident keeps its id and its key to the outside; it is found by the new name. */
static void rename_cases(struct engine *e, const char *from, const char *to)
{
    char old_key[NAME_SIZE + 16];
    struct incident_case *c, *next;

    monitor_key(from, old_key, sizeof old_key);
    for (c = map_del(&e->by_key, old_key); c; c = next) {
        next = c->older;
        text_copy(c->incident.monitor, sizeof c->incident.monitor, to);
        engine_add_case(e, c);
        c->dirty = true;
    }
}

static void rename_watch(struct engine *e, struct watch *old, const struct monitor *m,
                         const struct desk *k)
{
    struct monitor_put gone = {m->was, NULL};
    struct watch *w = add_watch(e, m);
    char key[NAME_SIZE + 16];

    w->status = old->status;
    rename_cases(e, old->name, m->name);
    monitor_key(m->name, key, sizeof key);
    for (struct incident_case *c = map_get(&e->by_key, key); c; c = c->older)
        engine_settle(e, c, k);
    vec_push(&k->fx->commit.monitors, gone);
    engine_put_watch(w, k->fx);
    map_del(&e->watches, old->name);
    mem_free(old);
}

/* A former name is free and claimed once: config sees to that. */
static void meet(struct engine *e, const struct monitor *m, const struct desk *k)
{
    struct watch *w = engine_watch(e, m->name);
    struct watch *old = m->was ? engine_watch(e, m->was) : NULL;

    if (w)
        w->monitor = m;
    else if (old)
        rename_watch(e, old, m, k);
    else
        add_watch(e, m);
}

/* Nobody looks after it any more: why, in one sentence. */
static bool unwatched(struct engine *e, const char *monitor, char *why, size_t size)
{
    const struct watch *w = engine_watch(e, monitor);

    if (w && w->monitor && w->monitor->enabled)
        return false;
    text_printf(why, size, "%s is %s", monitor,
                w && w->monitor ? "disabled" : "no longer monitored");
    return true;
}

static void forget(struct engine *e, struct watch *w, const struct desk *k)
{
    struct monitor_put gone = {w->name, NULL};
    char key[NAME_SIZE + 16], why[NAME_SIZE + 32];

    monitor_key(w->name, key, sizeof key);
    if (unwatched(e, w->name, why, sizeof why))
        engine_resolve_key(e, key, why, k);
    map_del(&e->watches, w->name);
    vec_push(&e->gone, w);
    vec_push(&k->fx->commit.monitors, gone);
}

static void forget_gone(struct engine *e, const struct desk *k)
{
    VEC(struct watch *) gone = {0};
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->watches, &i, &key, &value);)
        if (!((struct watch *)value)->monitor)
            vec_push(&gone, (struct watch *)value);
    for (size_t i = 0; i < gone.n; i++)
        forget(e, gone.items[i], k);
    vec_done(&gone);
}

/* What was known of it is old by the time it is enabled again. */
static void rest(struct engine *e, struct watch *w, const struct desk *k)
{
    enum monitor_state from = w->status.state;
    char key[NAME_SIZE + 16], why[NAME_SIZE + 32];

    if (!unwatched(e, w->name, why, sizeof why))
        return;
    monitor_key(w->name, key, sizeof key);
    engine_resolve_key(e, key, why, k);
    if (from == MONITOR_PENDING && !w->status.bad)
        return;
    w->status = (struct monitor_status){.last = w->status.last};
    if (from != MONITOR_PENDING)
        engine_record_move(w, from, why, k);
    engine_put_watch(w, k->fx);
}

static void rest_disabled(struct engine *e, const struct desk *k)
{
    for (size_t i = 0; i < k->config->n_monitors; i++)
        rest(e, engine_watch(e, k->config->monitors[i].name), k);
}

void engine_configure(struct engine *e, const struct config *c, int64_t now_ms, struct effects *fx)
{
    struct desk k = {c, now_ms, CAUSE_RELOAD, "", fx};
    const char *key;
    void *value;

    engine_begin(e);
    e->config = c;
    for (size_t i = 0; map_next(&e->watches, &i, &key, &value);)
        ((struct watch *)value)->monitor = NULL;
    for (size_t i = 0; i < c->n_monitors; i++)
        meet(e, &c->monitors[i], &k);
    forget_gone(e, &k);
    rest_disabled(e, &k);
}

/* --- state read back --- */

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
        c = engine_add_case(e, case_new(&s->incidents.items[i]));
        c->fresh = true;
    }
}

/* A note that outlived its incident: a case with just enough to finish it. */
static struct incident_case *case_for_note(struct engine *e, const struct notice *n)
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
    c->fresh = true;
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
            c = case_for_note(e, &d->notice);
        if (c->fresh)
            engine_index_page(e, case_adopt(c, d));
    }
    vec_done(&sorted);
}

static void settle_fresh(struct engine *e, const struct desk *k)
{
    VEC(struct incident_case *) fresh = {0};
    char why[NAME_SIZE + 32];
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);)
        if (((struct incident_case *)value)->fresh)
            vec_push(&fresh, (struct incident_case *)value);
    for (size_t i = 0; i < fresh.n; i++) {
        struct incident_case *c = fresh.items[i];

        c->fresh = false;
        if (c->incident.monitor[0] && c->incident.state != INCIDENT_RESOLVED &&
            unwatched(e, c->incident.monitor, why, sizeof why))
            case_resolve(c, k, why);
        engine_settle(e, c, k);
    }
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
            rename_cases(e, m->was, m->name);
    }
}

void engine_restore(struct engine *e, const struct stored *s, int64_t now_ms, struct effects *fx)
{
    struct desk k = {e->config, now_ms, CAUSE_START, "", fx};

    engine_begin(e);
    restore_monitors(e, s, fx);
    restore_incidents(e, s);
    restore_deliveries(e, s);
    restore_renames(e);
    shift_fresh(e, s, now_ms);
    settle_fresh(e, &k);
    rest_disabled(e, &k);
}
