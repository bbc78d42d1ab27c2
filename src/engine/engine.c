/* engine.c - the tables: monitors, cases, deliveries, wakes.
 *
 * A case is in four tables while it is open and in none once it is closed; closed ones are
 * freed when the next event comes, because the effects of this one still point at them. */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "desk.h"
#include "sched/heap.h"

#define SPENT_AFTER_MS (3600 * 1000LL)

struct engine *engine_new(void)
{
    struct engine *e = mem_new(struct engine);

    map_init(&e->watches, 1);
    map_init(&e->cases, 2);
    map_init(&e->by_key, 3);
    map_init(&e->pages, 4);
    map_init(&e->recent, 5);
    map_init(&e->tides, 6);
    map_init(&e->on_call, 7);
    map_init(&e->schedules, 8);
    map_init(&e->alarms, 9);
    arena_init(&e->laid);
    e->orders_due_ms = e->handoff_due_ms = INT64_MAX;
    return e;
}

static void free_values(struct map *m, void (*free_value)(void *))
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(m, &i, &key, &value);)
        free_value(value);
    map_done(m);
}

static void free_case(void *c)
{
    case_free(c);
}

void engine_free_watch(struct watch *w)
{
    vec_done(&w->children);
    mem_free(w);
}

static void free_watch(void *w)
{
    engine_free_watch(w);
}

static void free_tide(void *t)
{
    vec_done(&((struct tide *)t)->opened_ms);
    mem_free(t);
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    engine_begin(e);
    map_done(&e->pages);
    map_done(&e->by_key);
    heap_done(&e->wakes);
    free_values(&e->cases, free_case);
    free_values(&e->watches, free_watch);
    free_values(&e->tides, free_tide);
    free_values(&e->on_call, mem_free);
    free_values(&e->alarms, mem_free);
    map_done(&e->recent);
    map_done(&e->schedules);
    arena_done(&e->laid);
    engine_orders_done(e);
    for (size_t i = 0; i < e->overrides.n; i++)
        mem_free(e->overrides.items[i]);
    vec_done(&e->overrides);
    vec_done(&e->override_list);
    vec_done(&e->news);
    vec_done(&e->closed);
    vec_done(&e->gone);
    vec_done(&e->list);
    mem_free(e);
}

void engine_begin(struct engine *e)
{
    for (size_t i = 0; i < e->closed.n; i++)
        case_free(e->closed.items[i]);
    e->closed.n = 0;
    for (size_t i = 0; i < e->gone.n; i++)
        engine_free_watch(e->gone.items[i]);
    e->gone.n = 0;
    e->news.n = 0;
}

struct desk engine_desk(struct engine *e, int64_t now_ms, enum cause cause, const char *actor,
                        struct effects *fx)
{
    return (struct desk){.config = e->config,
                         .now_ms = now_ms,
                         .cause = cause,
                         .actor = actor,
                         .fx = fx,
                         .schedules = &e->schedules};
}

struct watch *engine_watch(struct engine *e, const char *name)
{
    return map_get(&e->watches, name);
}

void engine_put_watch(struct watch *w, struct effects *fx)
{
    struct monitor_put put = {w->name, &w->status};

    vec_push(&fx->commit.monitors, put);
}

/* The key is borrowed from the first case that has it. */
static void put_first(struct engine *e, const char *key, struct incident_case *first)
{
    map_del(&e->by_key, key);
    if (first)
        map_put(&e->by_key, first->key, first);
}

static void link_key(struct engine *e, struct incident_case *c)
{
    struct incident_case *first = map_get(&e->by_key, c->key), **at = &first;

    while (*at && (*at)->incident.opened_ms > c->incident.opened_ms)
        at = &(*at)->older;
    c->older = *at;
    *at = c;
    put_first(e, c->key, first);
}

/* The newest one, should there be several. */
static void link_recent(struct engine *e, struct incident_case *c)
{
    const struct incident_case *there = map_get(&e->recent, c->key);

    if (there == c || (there && there->incident.resolved_ms > c->incident.resolved_ms))
        return;
    map_del(&e->recent, c->key);
    map_put(&e->recent, c->key, c);
}

static void unlink_recent(struct engine *e, struct incident_case *c)
{
    if (map_get(&e->recent, c->key) == c)
        map_del(&e->recent, c->key);
}

static void name_key(struct incident_case *c)
{
    if (c->incident.monitor[0])
        monitor_key(c->incident.monitor, c->key, sizeof c->key);
    else
        text_copy(c->key, sizeof c->key, c->incident.dedup_key);
}

struct incident_case *engine_add_case(struct engine *e, struct incident_case *c)
{
    name_key(c);
    map_put(&e->cases, c->incident.id, c);
    e->list_stale = true;
    if (case_is_open(c))
        link_key(e, c);
    else
        link_recent(e, c);
    return c;
}

void engine_rename_case(struct engine *e, struct incident_case *c, const char *monitor)
{
    unlink_recent(e, c);
    text_copy(c->incident.monitor, sizeof c->incident.monitor, monitor);
    engine_add_case(e, c);
    c->dirty = true;
}

struct incident_case *engine_reopen(struct engine *e, const char *key, int64_t now_ms)
{
    struct incident_case *c = map_get(&e->recent, key);

    if (!c || c->keep_until_ms <= now_ms)
        return NULL;
    unlink_recent(e, c);
    link_key(e, c);
    e->list_stale = true;
    return c;
}

void engine_index_page(struct engine *e, struct page *p)
{
    if (!map_get(&e->pages, p->d.id))
        map_put(&e->pages, p->d.id, p);
}

/* A resolved case is not the key's any more, even while its last notes are being sent. */
static void unlink_key(struct engine *e, struct incident_case *c)
{
    struct incident_case *first = map_get(&e->by_key, c->key);
    struct incident_case **at = &first;

    while (*at && *at != c)
        at = &(*at)->older;
    if (!*at)
        return;
    *at = c->older;
    c->older = NULL;
    put_first(e, c->key, first);
}

static void close_case(struct engine *e, struct incident_case *c)
{
    for (size_t i = 0; i < c->pages.n; i++)
        map_del(&e->pages, c->pages.items[i]->d.id);
    map_del(&e->cases, c->incident.id);
    unlink_recent(e, c);
    heap_del(&e->wakes, &c->wake);
    c->closed = true;
    vec_push(&e->closed, c);
}

/* Somebody who was woken in several cycles of this life of the incident hears of its end by the
 * first of these pages: the later ones add nothing to it. */
static bool adds_nothing(const struct incident_case *c, size_t kept, const struct page *p)
{
    for (size_t i = 0; i < kept; i++) {
        const struct page *q = c->pages.items[i];

        if (page_is_alarm(q) && q->d.cycle >= c->incident.born_cycle && page_same_contact(q, p) &&
            text_eq(q->d.notice.schedule, p->d.notice.schedule) && !page_unfinished(q) &&
            (q->d.reached != REACHED_NO || p->d.reached == REACHED_NO))
            return true;
    }
    return false;
}

/* What is said again and again decides nothing once it has ended; the store has it. A case that
 * flaps or is acknowledged and let run out for a month would be nothing else. `kept` of its pages
 * stand before this one. */
static bool is_spent(const struct incident_case *c, size_t kept, const struct page *p,
                     int64_t now_ms)
{
    enum notice_type t = p->d.notice.type;

    if (page_unfinished(p) || p->dirty || p->d.done_ms + SPENT_AFTER_MS >= now_ms)
        return false;
    if (page_is_alarm(p))
        return p->d.cycle < c->incident.cycle && adds_nothing(c, kept, p);
    return t == NOTICE_UPDATED || t == NOTICE_REMINDER || t == NOTICE_ACKNOWLEDGED ||
           t == NOTICE_SNOOZED;
}

static void drop_spent(struct engine *e, struct incident_case *c, int64_t now_ms)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *p = c->pages.items[i];

        if (!is_spent(c, kept, p, now_ms)) {
            c->pages.items[kept++] = p;
            continue;
        }
        map_del(&e->pages, p->d.id);
        mem_free(p);
    }
    c->pages.n = c->indexed = kept;
}

void engine_settle(struct engine *e, struct incident_case *c, const struct desk *k)
{
    bool over;

    if (c->closed)
        return;
    for (size_t i = 0; k->cause != CAUSE_START && i < c->pages.n; i++)
        engine_note_channel(e, c->pages.items[i]);
    over = case_settle(c, k);
    for (; c->indexed < c->pages.n; c->indexed++)
        engine_index_page(e, c->pages.items[c->indexed]);
    drop_spent(e, c, k->now_ms);
    if (!case_is_open(c)) {
        unlink_key(e, c);
        link_recent(e, c);
        e->list_stale = true;
    }
    if (over)
        close_case(e, c);
    else if (case_wake_ms(c) < INT64_MAX)
        heap_put(&e->wakes, &c->wake, case_wake_ms(c));
    else
        heap_del(&e->wakes, &c->wake);
}

static void make_id(struct engine *e, struct incident *i)
{
    uint64_t salt = (uint64_t)i->opened_ms;

    do
        engine_write_id(i->id, i->opened_ms, hash64_text(i->dedup_key, salt++));
    while (map_get(&e->cases, i->id));
}

struct incident_case *engine_open(struct engine *e, struct incident *draft, const struct desk *k)
{
    struct incident_case *c;

    draft->state = INCIDENT_TRIGGERED;
    draft->opened_ms = draft->updated_ms = k->now_ms;
    draft->step = -1;
    make_id(e, draft);
    c = engine_add_case(e, case_new(draft));
    case_record(c, k, "none", "triggered", draft->title);
    engine_rehold(e, c, k);
    case_begin(c, k);
    engine_settle(e, c, k);
    return c;
}

static void resolve_members(struct engine *e, struct incident_case *lead, const char *why,
                            const struct desk *k)
{
    VEC(struct incident_case *) members = {0};
    const char *key;
    void *value;

    for (size_t i = 0; lead->members && map_next(&e->cases, &i, &key, &value);)
        if (((struct incident_case *)value)->lead == lead)
            vec_push(&members, (struct incident_case *)value);
    for (size_t i = 0; i < members.n; i++)
        engine_resolve_case(e, members.items[i], why, k);
    vec_done(&members);
}

void engine_resolve_case(struct engine *e, struct incident_case *c, const char *why,
                         const struct desk *k)
{
    resolve_members(e, c, why, k);
    if (!case_is_open(c)) /* it went with the last of its members */
        return;
    case_resolve(c, k, why);
    engine_leave(e, c, k);
    engine_settle(e, c, k);
}

void engine_resolve_key(struct engine *e, const char *key, const char *why, const struct desk *k)
{
    struct incident_case *c;

    while ((c = map_get(&e->by_key, key)))
        engine_resolve_case(e, c, why, k);
}

const struct monitor_status *engine_status(const struct engine *e, const char *monitor)
{
    const struct watch *w = map_get(&e->watches, monitor);

    return w ? &w->status : NULL;
}

static int by_opened(const void *a, const void *b)
{
    const struct incident *x = *(const struct incident *const *)a;
    const struct incident *y = *(const struct incident *const *)b;

    if (x->opened_ms != y->opened_ms)
        return x->opened_ms < y->opened_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

static void rebuild_list(struct engine *e)
{
    const char *key;
    void *value;

    e->list.n = 0;
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);) {
        const struct incident_case *c = value;

        if (case_is_open(c))
            vec_push(&e->list, &c->incident);
    }
    if (e->list.n)
        qsort(e->list.items, e->list.n, sizeof *e->list.items, by_opened);
    e->list_stale = false;
}

size_t engine_incidents(const struct engine *ce, const struct incident *const **ret)
{
    struct engine *e = (struct engine *)ce; /* the list is a cache of what is there */

    if (e->list_stale)
        rebuild_list(e);
    *ret = e->list.items;
    return e->list.n;
}

const struct incident *engine_incident(const struct engine *e, const char *id)
{
    const struct incident_case *c = map_get(&e->cases, id);

    return c ? &c->incident : NULL;
}

const struct incident *engine_in_charge(const struct engine *e, const struct incident *i)
{
    const struct incident_case *c = map_get(&e->cases, i->id);
    bool told_by_lead = c && (i->hold == HOLD_GROUP || i->hold == HOLD_STORM);

    return told_by_lead && c->lead && case_is_open(c->lead) ? &c->lead->incident : i;
}

const struct delivery *engine_delivery(const struct engine *e, const char *id)
{
    const struct page *p = map_get(&e->pages, id);

    return p ? &p->d : NULL;
}

int64_t engine_oldest_due_ms(const struct engine *e)
{
    int64_t oldest = INT64_MAX;
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->pages, &i, &key, &value);) {
        const struct page *p = value;

        if (p->d.state == DELIVERY_WAITING && p->d.due_ms < oldest)
            oldest = p->d.due_ms;
    }
    return oldest;
}

void engine_snapshot(const struct engine *e, struct commit *c)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->watches, &i, &key, &value);) {
        const struct watch *w = value;
        struct monitor_put put = {w->name, &w->status};

        vec_push(&c->monitors, put);
    }
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);) {
        const struct incident_case *o = value;

        if (!o->stub)
            vec_push(&c->incidents, &o->incident);
        for (size_t n = 0; n < o->pages.n; n++)
            vec_push(&c->deliveries, (const struct delivery *)&o->pages.items[n]->d);
    }
    for (size_t i = 0; i < e->orders.n; i++)
        vec_push(&c->quiets, (const struct quiet *)&e->orders.items[i]->quiet);
    for (size_t i = 0; i < e->overrides.n; i++)
        vec_push(&c->overrides, (const struct kept_override *)e->overrides.items[i]);
}
