/* slos.c - results into cells, cells into verdicts, verdicts to the engine.
 *
 * Happy path: a result -> its cells -> the rules, at once when it is bad -> the engine, when what
 *             fires changed. Every few seconds: time passes, and what was counted is kept.
 * Failures:   the store is away: counting and judging go on in memory. A restart reads the cells
 *             back; what fired is known from its open incident. */
#include "app.h"

#include <stdio.h>

#include "base/text.h"

#define TICK_MS     5000
#define JUDGE_US    1000000 /* at most so often by results */
#define UNIT_BEFORE SLO_UNIT_MS

/* --- judging ------------------------------------------------------------------------------- */

static void tell(struct slo_tracker *t, bool page, bool firing)
{
    struct app *a = t->app;
    struct slo_status st = {0};
    char title[sizeof((struct incident *)0)->title] = "";
    char why[sizeof((struct transition *)0)->text] = "";
    struct slo_alert alert = {t->name, page, firing, title, why, 0};

    if (firing) {
        slos_status(a, t->name, &st);
        slo_entitle(t->slo, &st, page, title, sizeof title);
        slo_explain(t->slo, &st, page, why, sizeof why);
        for (size_t i = 0; i < SLO_RULES; i++)
            if (st.rules[i].firing && st.rules[i].page == page)
                alert.bad = (int64_t)st.rules[i].bad;
    }
    engine_slo(a->engine, &alert, app_now_ms(a), decide_begin(a));
    decide_end(a);
}

static void log_change(const struct slo_tracker *t, bool page, bool firing)
{
    log_line(firing ? LOG_LEVEL_WARNING : LOG_LEVEL_NOTICE, t->name, "%s: the budget %s",
             page ? "page" : "ticket", firing ? "burns too fast" : "no longer burns too fast");
}

static void judge(struct slo_tracker *t)
{
    struct slo_firing was = t->firing, is;

    t->judged_us = loop_mono_us();
    is = slo_judge(t->slo, &t->ring, app_now_ms(t->app), was, t->rules);
    t->firing = is;
    if (!t->slo->alerts)
        return;
    if (is.page != was.page)
        log_change(t, true, is.page);
    if (is.ticket != was.ticket)
        log_change(t, false, is.ticket);
    if (is.page != was.page || !t->told)
        tell(t, true, is.page);
    if (is.ticket != was.ticket || !t->told)
        tell(t, false, is.ticket);
    t->told = true;
}

/* --- feeding ------------------------------------------------------------------------------- */

static void settle(struct slo_tracker *t)
{
    int64_t from_ms = t->clock.settled_ms;

    slo_clock_settle(&t->clock, &t->ring, app_now_ms(t->app));
    if (from_ms && t->clock.settled_ms > from_ms)
        slos_touch(t, from_ms);
}

static bool feed(const struct slo_seat *seat, const struct monitor *m, bool on_slot,
                 const struct result *r)
{
    struct slo_tracker *t = seat->tracker;
    enum slo_class k = slo_classify(t->slo, r);

    if (t->slo->by == SLO_BY_TIME) {
        slo_clock_see(&t->clock, seat->lane, t->slo, m, engine_status(t->app->engine, m->name));
        settle(t);
        return r->verdict == VERDICT_DOWN;
    }
    if (!on_slot) /* a look between two slots would count twice what it was asked for */
        return false;
    slos_plan(t, app_now_ms(t->app));
    slo_ring_add(&t->ring, r->due_ms, k, 1);
    slos_touch(t, r->due_ms);
    return k == SLO_BAD;
}

void slos_result(struct app *a, const struct monitor *m, bool on_slot, const struct result *r)
{
    const struct slo_seats *s = map_get(&a->slos.of_monitor, m->name);

    for (size_t i = 0; s && i < s->seats.n; i++) {
        struct slo_tracker *t = s->seats.items[i].tracker;
        bool bad = feed(&s->seats.items[i], m, on_slot, r);

        if ((bad || t->firing.page || t->firing.ticket) &&
            loop_mono_us() - t->judged_us >= JUDGE_US)
            judge(t);
    }
}

static void on_tick(void *arg)
{
    struct app *a = arg;
    struct slos *s = &a->slos;
    struct store_facts f;
    bool lost;

    store_read_facts(a->store, &f);
    lost = s->store_up && f.state != STORE_UP;
    s->store_up = f.state == STORE_UP;
    for (size_t i = 0; i < s->trackers.n; i++) {
        struct slo_tracker *t = s->trackers.items[i];

        if (t->slo->by == SLO_BY_TIME)
            settle(t);
        if (lost) /* what was under way when it went may not have arrived */
            slos_touch(t, app_now_ms(a) - UNIT_BEFORE);
        slos_plan(t, app_now_ms(a));
        judge(t);
        slos_keep(t, app_now_ms(a), s->store_up);
    }
    timer_start(&s->tick, TICK_MS);
}

/* --- configuration ------------------------------------------------------------------------- */

static void drop_lanes(struct slo_tracker *t)
{
    for (size_t i = 0; i < t->lanes.n; i++)
        mem_free(t->lanes.items[i]);
    vec_done(&t->lanes);
}

static void tracker_free(struct slo_tracker *t)
{
    drop_lanes(t);
    slo_clock_done(&t->clock);
    slo_ring_done(&t->ring);
    vec_done(&t->unsaved);
    mem_free(t);
}

static bool is_open(const struct app *a, const char *slo, const char *severity)
{
    const struct incident *const *open;
    size_t n = engine_incidents(a->engine, &open);
    char key[NAME_SIZE + 16];

    snprintf(key, sizeof key, "slo:%s:%s", slo, severity);
    for (size_t i = 0; i < n; i++)
        if (text_eq(open[i]->dedup_key, key))
            return true;
    return false;
}

static void recall(struct slo_tracker *t)
{
    t->firing.page |= is_open(t->app, t->name, "page");
    t->firing.ticket |= is_open(t->app, t->name, "ticket");
    t->told = false;
}

static struct slo_tracker *tracker_new(struct app *a, const struct slo *s)
{
    struct slo_tracker *t = mem_new(struct slo_tracker);

    t->app = a;
    t->slo = s;
    t->dirty_ms = t->unspooled_ms = INT64_MAX;
    text_copy(t->name, sizeof t->name, s->name);
    slo_ring_init(&t->ring, slo_units(s));
    slo_clock_init(&t->clock, 0);
    t->begun_ms = t->planned_ms = app_now_ms(a);
    recall(t);
    return t;
}

/* Lanes follow their monitor; one that is gone is counted no more. */
static void arrange_lanes(struct slo_tracker *t)
{
    struct slo_clock old = t->clock;
    const struct slo *s = t->slo;

    slo_clock_init(&t->clock, s->n_monitors);
    t->clock.settled_ms = old.settled_ms;
    for (size_t i = 0; i < s->n_monitors; i++)
        for (size_t k = 0; k < old.n; k++)
            if (text_eq(t->lanes.items[k], s->monitors[i]->name)) {
                t->clock.lanes[i] = old.lanes[k];
                old.lanes[k] = (struct slo_lane){0};
            }
    slo_clock_done(&old);
    drop_lanes(t);
    for (size_t i = 0; i < s->n_monitors; i++)
        vec_push(&t->lanes, mem_strdup(s->monitors[i]->name));
}

static void adopt(struct slo_tracker *t, const struct slo *s)
{
    size_t units = slo_units(s), had = t->ring.n_units;
    int64_t newest = t->ring.newest;

    if (t->slo->by == SLO_BY_TIME)
        settle(t);
    slos_plan(t, app_now_ms(t->app));
    if (t->slo->by != s->by)
        log_warning(t->name, "counted by %s from now on: the cells before mean something else",
                    s->by == SLO_BY_TIME ? "time" : "events");
    if (s->alerts && !t->slo->alerts)
        t->told = false;
    t->slo = s;
    slo_ring_resize(&t->ring, units);
    if (units > had && t->loaded && newest)
        slos_load(t, (newest - (int64_t)units + 1) * SLO_UNIT_MS,
                  (newest - (int64_t)had + 1) * SLO_UNIT_MS, false);
}

static void take_seat(struct app *a, const char *monitor, struct slo_seat seat)
{
    struct slo_seats *s = map_get(&a->slos.of_monitor, monitor);

    if (!s) {
        s = mem_new(struct slo_seats);
        text_copy(s->monitor, sizeof s->monitor, monitor);
        map_put(&a->slos.of_monitor, s->monitor, s);
    }
    vec_push(&s->seats, seat);
}

static void drop_seats(struct app *a)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&a->slos.of_monitor, &i, &key, &value);) {
        vec_done(&((struct slo_seats *)value)->seats);
        mem_free(value);
    }
    map_done(&a->slos.of_monitor);
}

static struct slo_tracker *claim(struct slos *s, const char *name)
{
    for (size_t i = 0; i < s->trackers.n; i++) {
        struct slo_tracker *t = s->trackers.items[i];

        if (!t || !text_eq(t->name, name))
            continue;
        s->trackers.items[i] = NULL;
        return t;
    }
    return NULL;
}

void slos_configure(struct app *a)
{
    struct slos old = a->slos;

    drop_seats(a);
    map_init(&a->slos.of_monitor, 11);
    a->slos.trackers.items = NULL;
    a->slos.trackers.n = a->slos.trackers.cap = 0;
    for (size_t i = 0; i < a->config->n_slos; i++) {
        const struct slo *s = &a->config->slos[i];
        struct slo_tracker *t = claim(&old, s->name);

        if (t)
            adopt(t, s);
        else
            t = tracker_new(a, s);
        arrange_lanes(t);
        for (size_t k = 0; k < s->n_monitors; k++)
            take_seat(a, s->monitors[k]->name, (struct slo_seat){t, k});
        vec_push(&a->slos.trackers, t);
    }
    for (size_t i = 0; i < old.trackers.n; i++)
        if (old.trackers.items[i])
            tracker_free(old.trackers.items[i]);
    vec_done(&old.trackers);
}

void slos_restored(struct app *a)
{
    for (size_t i = 0; i < a->slos.trackers.n; i++)
        recall(a->slos.trackers.items[i]);
}

void slos_start(struct app *a)
{
    timer_init(&a->slos.tick, &a->loop, &a->owner, on_tick, a);
    timer_start(&a->slos.tick, 0);
}

void slos_stop(struct app *a)
{
    struct slos *s = &a->slos;

    if (s->tick.on_due)
        timer_close(&s->tick);
    s->tick.on_due = NULL;
    for (size_t i = 0; i < s->trackers.n; i++) {
        if (s->trackers.items[i]->slo->by == SLO_BY_TIME)
            settle(s->trackers.items[i]);
        slos_keep_last(s->trackers.items[i], app_now_ms(a), s->store_up);
    }
}

void slos_clock_moves(struct app *a)
{
    struct slos *s = &a->slos;

    for (size_t i = 0; i < s->trackers.n && a->phase == APP_RUNNING; i++)
        slos_keep_last(s->trackers.items[i], app_now_ms(a), s->store_up);
}

void slos_clock_moved(struct app *a)
{
    struct slos *s = &a->slos;
    int64_t unit = app_now_ms(a) / SLO_UNIT_MS;

    for (size_t i = 0; i < s->trackers.n && a->phase == APP_RUNNING; i++)
        if (s->trackers.items[i]->ring.newest > unit + 1 ||
            s->trackers.items[i]->planned_ms >= (unit + 2) * SLO_UNIT_MS)
            slos_begin_anew(s->trackers.items[i]);
}

void slos_done(struct app *a)
{
    drop_seats(a);
    for (size_t i = 0; i < a->slos.trackers.n; i++)
        tracker_free(a->slos.trackers.items[i]);
    vec_done(&a->slos.trackers);
}

bool slos_status(const struct app *a, const char *name, struct slo_status *ret)
{
    const struct slo_tracker *t = slos_find(a, name);

    if (!t)
        return false;
    *ret = (struct slo_status){0};
    slo_measure(t->slo, &t->ring, app_now_ms(a), ret);
    for (size_t i = 0; i < SLO_RULES; i++)
        ret->rules[i] = t->rules[i];
    return true;
}
