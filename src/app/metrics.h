/* metrics.h - walking over all numbers of the daemon, in slices.
 *
 * A walk first takes a snapshot of the monitors, so that nothing that happens between two slices
 * tears it, writes the sections, then the families of monitors, and says at the end what was left
 * out. One walk serves the /metrics of the web and each target that the metrics are pushed to. */
#ifndef SRC_APP_METRICS_H
#define SRC_APP_METRICS_H

#include "base/octaves.h"
#include "base/vec.h"
#include "format/metrics.h"
#include "model/config.h"
#include "web/web.h"

struct app;

/* --- sections: families that do not grow with the monitors --- */

typedef void metrics_section_fn(struct app *a, struct metrics *m);
metrics_section_fn metrics_daemon, metrics_process, metrics_schedule, metrics_incidents,
    metrics_deliveries, metrics_channels, metrics_store, metrics_network, metrics_dead_man,
    metrics_web, metrics_pushes, metrics_slo;

/* --- monitors --- */

/* What is shown of a monitor, as it was when the walk began. */
struct metrics_line {
    size_t labels; /* offset into the texts */
    enum monitor_state state;
    bool probed;
    int64_t since_ms, last_ms, lateness_us, late_max_us;
    struct phases phases;
    uint64_t by_verdict[VERDICT_COUNT], in_maintenance[VERDICT_COUNT], missed;
    size_t outcomes, n_outcomes; /* which of the snapshot's */
};

struct metrics_group {
    char name[NAME_SIZE];
    struct octaves latency;
};

struct metrics_snapshot {
    struct buf texts; /* labels, each with a NUL behind */
    size_t by_state[MONITOR_UNKNOWN + 1];
    size_t n_maintenance; /* series */
    VEC(struct metrics_line) lines;
    VEC(struct outcome_count) outcomes;
    VEC(struct octaves) latencies; /* one a line, or none */
    VEC(struct metrics_group) groups;
};

void metrics_snapshot_take(struct metrics_snapshot *s, const struct app *a);
void metrics_snapshot_done(struct metrics_snapshot *s);

/* A family of monitors: so many items (monitors, groups), with up to so many series in all; `put`
 * writes those of one item. */
struct metrics_monitor_family {
    const struct metric_family *family;
    size_t (*items)(const struct metrics_snapshot *s);
    size_t (*series)(const struct metrics_snapshot *s);
    void (*put)(struct metrics *m, const struct metrics_snapshot *s, size_t item);
};
#define METRICS_MONITOR_FAMILIES 14
extern const struct metrics_monitor_family metrics_monitor_families[METRICS_MONITOR_FAMILIES];

/* --- walks --- */

struct metrics_walk;

struct metrics_walk_events {
    void (*on_written)(void *arg);          /* some more; the caller may cut. NULL: nobody asks */
    void (*on_done)(void *arg, bool whole); /* once, from the loop; false: the daemon is stopping */
};

/* Writes to `m`, which was begun and is the caller's to end. False: too many are under way, and
 * on_done does not come. */
bool metrics_walk_begin(struct app *a, struct metrics *m, const struct metrics_walk_events *ev,
                        void *arg);

struct metrics_walks {
    struct metrics_walk *first;
    size_t running;
    uint64_t begun;
    int64_t slice_max_us; /* the longest that the loop was held */
};

void metrics_walks_stop(struct app *a); /* they end with the next turn of the loop */

#endif
