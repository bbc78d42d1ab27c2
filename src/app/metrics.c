/* metrics.c - walks over everything that has numbers, and hands the loop back in between.
 *
 * Happy path: metrics_walk_begin() -> a snapshot -> the sections -> how many series the families
 *             of monitors may have -> monitor by monitor, family by family -> the end is told.
 * Too many series: families of monitors are left out whole, the largest first; a gauge says which.
 * Stopping: walks under way end, and are told so. */
#include "metrics.h"

#include "app.h"
#include "base/mem.h"

#define SLICE_US 4000
#define STEP     64 /* items between two looks at the clock */
#define MOST     6  /* walks at a time: each holds a snapshot, and its reader's bytes */
#define FAMILIES METRICS_MONITOR_FAMILIES

/* One line a room: what is written goes to the section's own file. */
static metrics_section_fn *const sections[] = {
    metrics_daemon,   metrics_schedule, metrics_incidents, metrics_deliveries,
    metrics_channels, metrics_store,    metrics_network,   metrics_dead_man,
    metrics_web,      metrics_pushes,   metrics_process,   metrics_slo,
};
#define SECTIONS (sizeof sections / sizeof *sections)

struct metrics_walk {
    struct app *app;
    struct metrics *out;
    const struct metrics_walk_events *ev;
    void *arg;
    struct metrics_walk *next;
    struct metrics_snapshot snapshot;
    size_t section, family, item;
    bool left_out[FAMILIES];
    bool stopped;
};

static const struct metric_family f_series = {
    "midwatch_metrics_series", METRIC_GAUGE,
    "Series in this exposition, without those that say what was left out."};
static const struct metric_family f_left_out = {
    "midwatch_metrics_left_out_series", METRIC_GAUGE,
    "Series of families left out because of metrics.max_series, by family."};
static const struct metric_family f_walks = {"midwatch_metrics_walks_total", METRIC_COUNTER,
                                             "Expositions begun: scrapes and pushes."};
static const struct metric_family f_slice = {
    "midwatch_metrics_slice_max_seconds", METRIC_GAUGE,
    "The longest that writing metrics held the loop at a time."};

/* --- what is left out ------------------------------------------------------------------ */

static size_t series_of(const struct metrics_walk *w, size_t family)
{
    return metrics_monitor_families[family].series(&w->snapshot);
}

/* The largest that is not left out yet; FAMILIES when none has any series. */
static size_t largest(const struct metrics_walk *w)
{
    size_t most = 0, at = FAMILIES;

    for (size_t i = 0; i < FAMILIES; i++)
        if (!w->left_out[i] && series_of(w, i) > most) {
            most = series_of(w, i);
            at = i;
        }
    return at;
}

static void leave_out(struct metrics_walk *w)
{
    size_t most = (size_t)w->app->config->metrics.max_series, all = w->out->series, at;

    for (size_t i = 0; i < FAMILIES; i++)
        all += series_of(w, i);
    while (all > most && (at = largest(w)) != FAMILIES) {
        w->left_out[at] = true;
        all -= series_of(w, at);
    }
}

static void say_of_itself(struct metrics_walk *w)
{
    size_t series = w->out->series;

    metrics_family(w->out, &f_left_out);
    for (size_t i = 0; i < FAMILIES; i++)
        if (w->left_out[i])
            metrics_int_by(
                w->out, "",
                (struct metrics_word){"family", metrics_monitor_families[i].family->name},
                (int64_t)series_of(w, i));
    metrics_one(w->out, &f_series, (int64_t)series);
    metrics_one(w->out, &f_walks, (int64_t)w->app->walks.begun);
    metrics_family(w->out, &f_slice);
    metrics_micros(w->out, "", w->app->walks.slice_max_us);
}

/* --- steps ----------------------------------------------------------------------------- */

static void step_family(struct metrics_walk *w)
{
    const struct metrics_monitor_family *f = &metrics_monitor_families[w->family];
    size_t n = f->items(&w->snapshot);

    if (w->left_out[w->family] || n == 0) {
        w->family++;
        return;
    }
    if (w->item == 0)
        metrics_family(w->out, f->family);
    for (size_t left = STEP; left > 0 && w->item < n; left--)
        f->put(w->out, &w->snapshot, w->item++);
    if (w->item < n)
        return;
    w->item = 0;
    w->family++;
}

/* False: that was all. */
static bool step(struct metrics_walk *w)
{
    if (w->section < SECTIONS) {
        sections[w->section++](w->app, w->out);
        if (w->section == SECTIONS)
            leave_out(w);
        return true;
    }
    if (w->family < FAMILIES) {
        step_family(w);
        return true;
    }
    say_of_itself(w);
    return false;
}

static void end(struct metrics_walk *w, bool whole)
{
    struct metrics_walk **at = &w->app->walks.first;

    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    w->app->walks.running--;
    metrics_snapshot_done(&w->snapshot);
    w->ev->on_done(w->arg, whole);
    mem_free(w);
}

static void on_turn(void *arg)
{
    struct metrics_walk *w = arg;
    struct metrics_walks *all = &w->app->walks;
    int64_t began_us = loop_mono_us(), took_us = 0;
    bool more = !w->stopped;

    if (more && w->section == 0)
        metrics_snapshot_take(&w->snapshot, w->app);
    while (more && took_us < SLICE_US) {
        more = step(w);
        if (w->ev->on_written)
            w->ev->on_written(w->arg);
        took_us = loop_mono_us() - began_us;
    }
    if (took_us > all->slice_max_us)
        all->slice_max_us = took_us;
    if (more)
        loop_later(&w->app->loop, on_turn, w);
    else
        end(w, !w->stopped);
}

bool metrics_walk_begin(struct app *a, struct metrics *m, const struct metrics_walk_events *ev,
                        void *arg)
{
    struct metrics_walk *w;

    if (a->walks.running >= MOST || a->phase != APP_RUNNING)
        return false;
    w = mem_new(struct metrics_walk);
    *w = (struct metrics_walk){.app = a, .out = m, .ev = ev, .arg = arg, .next = a->walks.first};
    a->walks.first = w;
    a->walks.running++;
    a->walks.begun++;
    loop_later(&a->loop, on_turn, w);
    return true;
}

void metrics_walks_stop(struct app *a)
{
    for (struct metrics_walk *w = a->walks.first; w; w = w->next)
        w->stopped = true;
}
