/* on_config.c - a configuration comes, and state comes back.
 *
 * What belongs to a monitor follows its name, or its old name (`was`). A monitor that is gone
 * takes its incidents along: they are resolved, and those who were paged hear of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk.h"

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

/* The incident keeps its id; its monitor and key get the new name. */
static void rename_case(struct engine *e, const char *from, const char *to)
{
    char old_key[NAME_SIZE + 16];
    struct incident_case *c, *next;

    monitor_key(from, old_key, sizeof old_key);
    c = map_get(&e->by_key, old_key);
    if (c)
        map_del(&e->by_key, old_key);
    for (; c; c = next) {
        next = c->older;
        text_copy(c->incident.monitor, sizeof c->incident.monitor, to);
        monitor_key(to, c->incident.dedup_key, sizeof c->incident.dedup_key);
        map_del(&e->cases, c->incident.id);
        engine_add_case(e, c);
        c->dirty = true;
    }
}

static void rename_watch(struct engine *e, struct watch *old, const struct monitor *m,
                         struct effects *fx)
{
    struct monitor_put gone = {m->was, NULL};
    struct watch *w = add_watch(e, m);

    w->status = old->status;
    rename_case(e, old->name, m->name);
    vec_push(&fx->commit.monitors, gone);
    engine_put_watch(w, fx);
    map_del(&e->watches, old->name);
    mem_free(old);
}

static void meet(struct engine *e, const struct monitor *m, struct effects *fx)
{
    struct watch *w = engine_watch(e, m->name);
    struct watch *old = m->was ? engine_watch(e, m->was) : NULL;

    if (w)
        w->monitor = m;
    else if (old && !old->monitor)
        rename_watch(e, old, m, fx);
    else
        add_watch(e, m);
}

static void forget(struct engine *e, struct watch *w, const struct desk *k)
{
    struct monitor_put gone = {w->name, NULL};
    char key[NAME_SIZE + 16];

    monitor_key(w->name, key, sizeof key);
    engine_resolve_key(e, key, "its monitor is no longer configured", k);
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
        if (engine_watch(e, c->monitors[i].name))
            meet(e, &c->monitors[i], fx);
    for (size_t i = 0; i < c->n_monitors; i++)
        if (!engine_watch(e, c->monitors[i].name))
            meet(e, &c->monitors[i], fx);
    forget_gone(e, &k);
}

/* --- state read back --- */

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

        if (!w) {
            vec_push(&fx->commit.monitors, gone);
            w = renamed ? engine_watch(e, renamed->name) : NULL;
        }
        if (!w || w->status.last.at_ms)
            continue;
        w->status = m->status;
        if (!text_eq(w->name, m->name))
            engine_put_watch(w, fx);
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
    text_copy(i.policy, sizeof i.policy, "default");
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

static bool monitor_is_gone(struct engine *e, const struct incident_case *c)
{
    return c->incident.monitor[0] && c->incident.state != INCIDENT_RESOLVED &&
           !engine_watch(e, c->incident.monitor);
}

static void settle_fresh(struct engine *e, const struct desk *k)
{
    VEC(struct incident_case *) fresh = {0};
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);)
        if (((struct incident_case *)value)->fresh)
            vec_push(&fresh, (struct incident_case *)value);
    for (size_t i = 0; i < fresh.n; i++) {
        struct incident_case *c = fresh.items[i];

        c->fresh = false;
        if (monitor_is_gone(e, c))
            case_resolve(c, k, "its monitor is no longer configured");
        engine_settle(e, c, k);
    }
    vec_done(&fresh);
}

static void restore_renames(struct engine *e)
{
    for (size_t i = 0; i < e->config->n_monitors; i++) {
        const struct monitor *m = &e->config->monitors[i];

        if (m->was && !engine_watch(e, m->was))
            rename_case(e, m->was, m->name);
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
    settle_fresh(e, &k);
}
