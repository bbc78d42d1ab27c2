/* keep.c - the pretended store: what was committed, and what a start reads back of it.
 *
 * Everything kept begins with its own key, so one verb keeps them all. While the story's store is
 * away the spool has the same: nothing is lost, so nothing differs here. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "world.h"

#define SWEEP_LEAST 1000

struct keep *keep_new(void)
{
    struct keep *k = mem_new(struct keep);

    map_init(&k->monitors, 1);
    map_init(&k->incidents, 2);
    map_init(&k->deliveries, 3);
    map_init(&k->quiets, 4);
    map_init(&k->overrides, 5);
    return k;
}

static void end_map(struct map *m)
{
    void *value;

    for (size_t i = 0; map_next(m, &i, NULL, &value);)
        mem_free(value);
    map_done(m);
}

void keep_free(struct keep *k)
{
    if (!k)
        return;
    end_map(&k->monitors);
    end_map(&k->incidents);
    end_map(&k->deliveries);
    end_map(&k->quiets);
    end_map(&k->overrides);
    mem_free(k);
}

/* `value` begins with its key. */
static void put(struct map *m, const void *value, size_t size)
{
    char *kept = map_get(m, value);

    if (!kept) {
        kept = mem_alloc(size);
        memcpy(kept, value, size);
        map_put(m, kept, kept);
        return;
    }
    memcpy(kept, value, size);
}

static void drop(struct map *m, const char *key)
{
    mem_free(map_del(m, key));
}

static void put_monitor(struct keep *k, const struct monitor_put *p)
{
    struct stored_monitor m = {.name = ""};

    if (!p->status) {
        drop(&k->monitors, p->name);
        return;
    }
    text_copy(m.name, sizeof m.name, p->name);
    m.status = *p->status;
    put(&k->monitors, &m, sizeof m);
}

/* --- what is old enough to be forgotten --- */

static bool incident_stays(const struct incident *i, int64_t now_ms)
{
    return i->state != INCIDENT_RESOLVED || now_ms - i->resolved_ms < RESTORE_RESOLVED_MS;
}

static bool delivery_waits(const struct delivery *d)
{
    return d->state == DELIVERY_WAITING || d->state == DELIVERY_SENDING;
}

static bool delivery_stays(const struct keep *k, const struct delivery *d, int64_t now_ms)
{
    const struct incident *i = map_get(&k->incidents, d->notice.incident);

    return delivery_waits(d) || (i && incident_stays(i, now_ms));
}

static void sweep_deliveries(struct keep *k, int64_t now_ms)
{
    VEC(const char *) gone = {0};
    void *value;

    for (size_t i = 0; map_next(&k->deliveries, &i, NULL, &value);)
        if (!delivery_stays(k, value, now_ms))
            vec_push(&gone, ((const struct delivery *)value)->id);
    for (size_t i = 0; i < gone.n; i++)
        drop(&k->deliveries, gone.items[i]);
    vec_done(&gone);
    k->swept = k->deliveries.n;
}

void keep_commit(struct keep *k, const struct commit *c, int64_t now_ms)
{
    for (size_t i = 0; i < c->monitors.n; i++)
        put_monitor(k, &c->monitors.items[i]);
    for (size_t i = 0; i < c->incidents.n; i++)
        put(&k->incidents, c->incidents.items[i], sizeof *c->incidents.items[i]);
    for (size_t i = 0; i < c->deliveries.n; i++)
        put(&k->deliveries, c->deliveries.items[i], sizeof *c->deliveries.items[i]);
    for (size_t i = 0; i < c->quiets.n; i++)
        put(&k->quiets, c->quiets.items[i], sizeof *c->quiets.items[i]);
    for (size_t i = 0; i < c->overrides.n; i++)
        put(&k->overrides, c->overrides.items[i], sizeof *c->overrides.items[i]);
    if (k->deliveries.n > SWEEP_LEAST && k->deliveries.n > 2 * k->swept)
        sweep_deliveries(k, now_ms);
}

/* --- a start --- */

static int newest_first(const void *a, const void *b)
{
    const struct incident *x = a, *y = b;

    if (x->resolved_ms != y->resolved_ms)
        return x->resolved_ms < y->resolved_ms ? 1 : -1;
    return strcmp(x->id, y->id);
}

static void read_incidents(const struct keep *k, int64_t now_ms, struct stored *ret)
{
    void *value;
    size_t open, resolved;

    for (size_t i = 0; map_next(&k->incidents, &i, NULL, &value);)
        if (((const struct incident *)value)->state != INCIDENT_RESOLVED)
            vec_push(&ret->incidents, *(const struct incident *)value);
    open = ret->incidents.n;
    for (size_t i = 0; map_next(&k->incidents, &i, NULL, &value);)
        if (((const struct incident *)value)->state == INCIDENT_RESOLVED &&
            incident_stays(value, now_ms))
            vec_push(&ret->incidents, *(const struct incident *)value);
    resolved = ret->incidents.n - open;
    if (resolved > 1)
        qsort(ret->incidents.items + open, resolved, sizeof *ret->incidents.items, newest_first);
    if (resolved > RESTORE_RESOLVED_MAX)
        ret->incidents.n = open + RESTORE_RESOLVED_MAX;
}

void keep_read(const struct keep *k, int64_t now_ms, struct stored *ret)
{
    void *value;

    for (size_t i = 0; map_next(&k->monitors, &i, NULL, &value);)
        vec_push(&ret->monitors, *(const struct stored_monitor *)value);
    read_incidents(k, now_ms, ret);
    for (size_t i = 0; map_next(&k->deliveries, &i, NULL, &value);)
        if (delivery_stays(k, value, now_ms))
            vec_push(&ret->deliveries, *(const struct delivery *)value);
    for (size_t i = 0; map_next(&k->quiets, &i, NULL, &value);)
        vec_push(&ret->quiets, *(const struct quiet *)value);
    for (size_t i = 0; map_next(&k->overrides, &i, NULL, &value);)
        vec_push(&ret->overrides, *(const struct kept_override *)value);
}
