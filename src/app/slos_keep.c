/* slos_keep.c - what was counted goes to the store, and comes back after a restart.
 *
 * Cells are absolute, so what is written twice is right. That needs that a cell of a former life
 * is known before it is written again: until the store has been read nothing is written. What
 * comes back is added to what was counted meanwhile. While the store is away the units that
 * change are remembered, as far back as UNSAVED_MAX. */
#include <string.h>

#include "app.h"
#include "base/text.h"

#define UNSAVED_MAX 768 /* quarters of an hour: eight days */

struct slo_tracker *slos_find(const struct app *a, const char *name)
{
    for (size_t i = 0; i < a->slos.trackers.n; i++)
        if (text_eq(a->slos.trackers.items[i]->name, name))
            return a->slos.trackers.items[i];
    return NULL;
}

static int64_t minute_begin(int64_t at_ms)
{
    return at_ms - at_ms % SLO_MINUTE_MS;
}

static int64_t unit_begin(int64_t at_ms)
{
    return at_ms - at_ms % SLO_UNIT_MS;
}

void slos_touch(struct slo_tracker *t, int64_t at_ms)
{
    if (minute_begin(at_ms) < t->dirty_ms)
        t->dirty_ms = minute_begin(at_ms);
}

/* --- writing ------------------------------------------------------------------------------- */

static bool is_nothing(const struct slo_cell *c)
{
    return !c->good && !c->bad && !c->excluded && !c->unknown;
}

/* Where the minutes reach back to: a unit that begins before is not whole any more. */
static int64_t oldest_minute(int64_t now_ms)
{
    return minute_begin(now_ms) - (SLO_MINUTES - 1) * SLO_MINUTE_MS;
}

static void put_minute(struct slo_tracker *t, int64_t at_ms)
{
    struct slo_put p = {t->name, unit_begin(at_ms), at_ms, slo_ring_own_unit(&t->ring, at_ms),
                        slo_ring_minute(&t->ring, at_ms)};

    if (!is_nothing(&p.minute))
        store_slo_put(t->app->store, &p);
}

/* A unit older than the minutes goes with the minute of now, which is written anyway. */
static void put_unsaved(struct slo_tracker *t, int64_t now_ms)
{
    int64_t minute = minute_begin(now_ms);

    for (size_t i = 0; i < t->unsaved.n; i++) {
        const struct slo_unit *u = &t->unsaved.items[i];
        struct slo_put p = {t->name, u->at_ms, minute, u->cell, slo_ring_minute(&t->ring, minute)};

        if (u->at_ms < oldest_minute(now_ms))
            store_slo_put(t->app->store, &p);
    }
    t->unsaved.n = 0;
}

static void remember(struct slo_tracker *t, int64_t unit_ms)
{
    struct slo_unit u = {unit_ms, slo_ring_own_unit(&t->ring, unit_ms)};

    for (size_t i = t->unsaved.n; i > 0; i--)
        if (t->unsaved.items[i - 1].at_ms == unit_ms) {
            t->unsaved.items[i - 1] = u;
            return;
        }
    if (t->unsaved.n == UNSAVED_MAX)
        memmove(t->unsaved.items, t->unsaved.items + 1, --t->unsaved.n * sizeof *t->unsaved.items);
    vec_push(&t->unsaved, u);
}

static void remember_all(struct slo_tracker *t, int64_t first_ms, int64_t now_ms)
{
    for (int64_t at = unit_begin(first_ms); at <= now_ms; at += SLO_UNIT_MS)
        if (at >= oldest_minute(now_ms))
            remember(t, at);
}

void slos_keep(struct slo_tracker *t, int64_t now_ms, bool store_up)
{
    int64_t first = t->dirty_ms, oldest = oldest_minute(now_ms);

    if (!t->loaded && !t->loading && store_up)
        slos_load(t, unit_begin(now_ms) - (int64_t)(t->ring.n_units - 1) * SLO_UNIT_MS,
                  now_ms + SLO_UNIT_MS, true);
    if (first == INT64_MAX)
        return;
    if (!t->loaded || !store_up) {
        remember_all(t, first < oldest ? oldest : first, now_ms);
        return;
    }
    put_unsaved(t, now_ms);
    for (int64_t at = first < oldest ? oldest : first; at <= now_ms; at += SLO_MINUTE_MS)
        if (unit_begin(at) >= oldest)
            put_minute(t, at);
    t->dirty_ms = INT64_MAX;
}

/* --- reading back -------------------------------------------------------------------------- */

struct reading {
    struct app *app;
    char slo[NAME_SIZE];
    bool all;
};

/* A unit in which a former life ended and this one began, and that is too old for the minutes. */
static void complete_unsaved(struct slo_tracker *t, const struct slo_history *h)
{
    int64_t oldest = oldest_minute(app_now_ms(t->app));

    for (size_t i = 0; i < t->unsaved.n; i++)
        for (size_t k = 0; t->unsaved.items[i].at_ms < oldest && k < h->n_minutes; k++)
            if (unit_begin(h->minutes[k].at_ms) == t->unsaved.items[i].at_ms)
                slo_cell_merge(&t->unsaved.items[i].cell, &h->minutes[k].cell);
}

/* Nothing of this life is in the store yet, so adding is right. */
static void take(struct slo_tracker *t, const struct slo_history *h, bool all)
{
    for (size_t i = 0; i < h->n_units; i++)
        slo_ring_take_unit(&t->ring, h->units[i].at_ms, &h->units[i].cell);
    for (size_t i = 0; all && i < h->n_minutes; i++)
        slo_ring_take_minute(&t->ring, h->minutes[i].at_ms, &h->minutes[i].cell);
    if (all)
        complete_unsaved(t, h);
    t->loaded = true;
}

static void on_history(void *arg, const struct slo_history *h)
{
    struct reading *r = arg;
    struct slo_tracker *t = slos_find(r->app, r->slo);

    if (t) {
        t->loading = false;
        if (h)
            take(t, h, r->all);
    }
    mem_free(r);
}

void slos_load(struct slo_tracker *t, int64_t from_ms, int64_t to_ms, bool all)
{
    struct reading *r = mem_new(struct reading);

    r->app = t->app;
    r->all = all;
    text_copy(r->slo, sizeof r->slo, t->name);
    t->loading = true;
    store_slo_read(t->app->store, t->name, from_ms, to_ms, on_history, r);
}
