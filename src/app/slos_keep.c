/* slos_keep.c - what was counted goes to the store, and comes back after a restart.
 *
 * Cells are absolute, so what is written twice is right. That needs that a cell of a former life
 * is known before it is written again: until the store has been read nothing is written, and it is
 * not read before what a former life left in the spool has arrived. What comes back is added to
 * what was counted meanwhile; and what was planned between the newest minute that comes back and
 * our own begin is added.
 *
 * Failures: the store is away: the units that change are remembered, as far back as UNSAVED_MAX;
 * and now and then they go to the spool, for the case that we end before it is back. */
#include <string.h>

#include "app.h"
#include "base/text.h"

#define UNSAVED_MAX 768 /* quarters of an hour: eight days */
#define SPOOL_US    60000000

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
    int64_t minute = minute_begin(at_ms);

    if (minute < t->dirty_ms)
        t->dirty_ms = minute;
    if (minute < t->unspooled_ms)
        t->unspooled_ms = minute;
}

/* --- what was planned ----------------------------------------------------------------------- */

/* Where the minutes reach back to: a unit that begins before is not whole any more. */
static int64_t oldest_minute(int64_t now_ms)
{
    return minute_begin(now_ms) - (SLO_MINUTES - 1) * SLO_MINUTE_MS;
}

/* The unit among those that are to be written, made when there is none. */
static struct slo_cell *unsaved_at(struct slo_tracker *t, int64_t unit_ms)
{
    for (size_t i = t->unsaved.n; i > 0; i--)
        if (t->unsaved.items[i - 1].at_ms == unit_ms)
            return &t->unsaved.items[i - 1].cell;
    if (t->unsaved.n == UNSAVED_MAX)
        memmove(t->unsaved.items, t->unsaved.items + 1, --t->unsaved.n * sizeof *t->unsaved.items);
    vec_push(&t->unsaved, ((struct slo_unit){unit_ms, {0}}));
    return &t->unsaved.items[t->unsaved.n - 1].cell;
}

static void remember(struct slo_tracker *t, int64_t unit_ms)
{
    *unsaved_at(t, unit_ms) = slo_ring_own_unit(&t->ring, unit_ms);
}

/* What was planned in units that are too old for the minutes, or will be when they are written, has
 * to be written by the unit. */
static void plan_old(struct slo_tracker *t, int64_t from_ms, int64_t to_ms, int64_t now_ms)
{
    int64_t oldest = oldest_minute(now_ms), reach_ms = oldest - UNSAVED_MAX * SLO_UNIT_MS;

    if (from_ms < reach_ms)
        from_ms = unit_begin(reach_ms);
    for (int64_t at = unit_begin(from_ms); at <= oldest && at < to_ms; at += SLO_UNIT_MS) {
        int64_t begin = at > from_ms ? at : from_ms, end = at + SLO_UNIT_MS;
        struct slo_cell more = {
            .planned = (uint32_t)slo_planned(t->slo, begin, end < to_ms ? end : to_ms)};

        slo_cell_merge(unsaved_at(t, at), &more);
    }
}

void slos_plan(struct slo_tracker *t, int64_t now_ms)
{
    int64_t from_ms = t->planned_ms;

    if (now_ms <= from_ms)
        return;
    t->planned_ms = now_ms;
    if (unit_begin(from_ms) <= oldest_minute(now_ms)) /* its minutes make room */
        remember(t, unit_begin(from_ms));
    slo_ring_plan(&t->ring, t->slo, from_ms, now_ms);
    plan_old(t, from_ms, now_ms, now_ms);
    slos_touch(t, from_ms);
}

/* --- writing ------------------------------------------------------------------------------- */

static bool is_nothing(const struct slo_cell *c)
{
    return !c->good && !c->bad && !c->excluded && !c->unknown && !c->planned;
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

static void remember_all(struct slo_tracker *t, int64_t first_ms, int64_t now_ms)
{
    for (int64_t at = unit_begin(first_ms); at <= now_ms; at += SLO_UNIT_MS)
        if (at >= oldest_minute(now_ms))
            remember(t, at);
}

static void put_minutes(struct slo_tracker *t, int64_t first_ms, int64_t now_ms)
{
    int64_t oldest = oldest_minute(now_ms);

    for (int64_t at = first_ms < oldest ? oldest : first_ms; at <= now_ms; at += SLO_MINUTE_MS)
        if (unit_begin(at) >= oldest)
            put_minute(t, at);
    t->unspooled_ms = INT64_MAX;
}

/* The store is away, and takes it to the spool. */
static void spool(struct slo_tracker *t, int64_t now_ms)
{
    int64_t now_us = loop_mono_us();

    if (!t->loaded || t->unspooled_ms == INT64_MAX || now_us < t->spool_us)
        return;
    t->spool_us = now_us + SPOOL_US;
    put_minutes(t, t->unspooled_ms, now_ms);
}

static bool nothing_spooled(const struct slo_tracker *t)
{
    struct store_facts f;

    store_read_facts(t->app->store, &f);
    return f.spool_records == 0;
}

void slos_keep(struct slo_tracker *t, int64_t now_ms, bool store_up)
{
    int64_t first = t->dirty_ms, oldest = oldest_minute(now_ms);

    if (!t->loaded && !t->loading && store_up && nothing_spooled(t))
        slos_load(t, unit_begin(now_ms) - (int64_t)(t->ring.n_units - 1) * SLO_UNIT_MS,
                  now_ms + SLO_UNIT_MS, true);
    if (first == INT64_MAX)
        return;
    if (!t->loaded || !store_up) {
        remember_all(t, first < oldest ? oldest : first, now_ms);
        spool(t, now_ms);
        return;
    }
    put_unsaved(t, now_ms);
    put_minutes(t, first, now_ms);
    t->dirty_ms = INT64_MAX;
}

void slos_keep_last(struct slo_tracker *t, int64_t now_ms, bool store_up)
{
    t->spool_us = 0;
    slos_plan(t, now_ms);
    slos_keep(t, now_ms, store_up);
}

void slos_begin_anew(struct slo_tracker *t)
{
    size_t n = t->ring.n_units;

    slo_ring_done(&t->ring);
    slo_ring_init(&t->ring, n);
    t->unsaved.n = 0;
    t->dirty_ms = t->unspooled_ms = INT64_MAX;
    t->loaded = t->loading = false;
    t->begun_ms = t->planned_ms = app_now_ms(t->app);
    t->life++;
}

/* --- reading back -------------------------------------------------------------------------- */

struct reading {
    struct app *app;
    char slo[NAME_SIZE];
    unsigned life;
    bool all;
};

/* A unit in which a former life ended and this one began, and that is too old for the minutes. */
static void complete_unsaved(struct slo_tracker *t, const struct slo_history *h)
{
    int64_t oldest = oldest_minute(app_now_ms(t->app));

    for (size_t i = 0; i < t->unsaved.n; i++)
        for (size_t k = 0; t->unsaved.items[i].at_ms <= oldest && k < h->n_minutes; k++)
            if (unit_begin(h->minutes[k].at_ms) == t->unsaved.items[i].at_ms)
                slo_cell_merge(&t->unsaved.items[i].cell, &h->minutes[k].cell);
}

/* From where the former life had planned up to, until we began. */
static void plan_gap(struct slo_tracker *t, const struct slo_history *h, int64_t until_ms)
{
    int64_t now_ms = app_now_ms(t->app), from_ms;
    const struct slo_unit *newest = NULL;

    for (size_t i = 0; i < h->n_minutes; i++)
        if (h->minutes[i].at_ms < until_ms && (!newest || h->minutes[i].at_ms > newest->at_ms))
            newest = &h->minutes[i];
    if (!newest)
        return;
    from_ms = slo_plan_end(t->slo, newest->at_ms, newest->cell.planned);
    if (newest->at_ms > now_ms && from_ms > t->planned_ms) /* the clock was ahead */
        t->planned_ms = from_ms;
    if (from_ms >= t->begun_ms)
        return;
    slo_ring_plan(&t->ring, t->slo, from_ms, t->begun_ms);
    plan_old(t, from_ms, t->begun_ms, now_ms);
    slos_touch(t, from_ms);
}

/* Nothing of this life is in the store yet, so adding is right. A minute that is not yet is of a
 * clock that was wrong: it would stand in the way of those to come. */
static void take(struct slo_tracker *t, const struct slo_history *h, bool all)
{
    int64_t until_ms = app_now_ms(t->app) + SLO_UNIT_MS;

    for (size_t i = 0; i < h->n_units; i++)
        slo_ring_take_unit(&t->ring, h->units[i].at_ms, &h->units[i].cell);
    for (size_t i = 0; all && i < h->n_minutes; i++)
        if (h->minutes[i].at_ms < until_ms)
            slo_ring_take_minute(&t->ring, h->minutes[i].at_ms, &h->minutes[i].cell);
    if (all) {
        plan_gap(t, h, until_ms);
        complete_unsaved(t, h);
    }
    t->loaded = true;
}

static void on_history(void *arg, const struct slo_history *h)
{
    struct reading *r = arg;
    struct slo_tracker *t = slos_find(r->app, r->slo);

    if (t && t->life == r->life) {
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
    r->life = t->life;
    r->all = all;
    text_copy(r->slo, sizeof r->slo, t->name);
    t->loading = true;
    store_slo_read(t->app->store, t->name, from_ms, to_ms, on_history, r);
}
