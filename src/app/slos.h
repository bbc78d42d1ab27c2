/* slos.h - SLOs while the daemon runs: slos.c feeds and judges, slos_keep.c writes and reads back.
 */
#ifndef SRC_APP_SLOS_H
#define SRC_APP_SLOS_H

#include "base/map.h"
#include "loop/loop.h"
#include "stats/slo.h"
#include "store/store.h"

struct app;

struct slo_tracker {
    struct app *app;
    const struct slo *slo;
    char name[NAME_SIZE]; /* outlives the configuration it came from */
    struct slo_ring ring;
    struct slo_clock clock; /* by time */
    VEC(char *) lanes;      /* names of the monitors, in the order of the clock's lanes */
    struct slo_firing firing;
    struct slo_rule_status rules[SLO_RULES]; /* as judged last */
    bool told;                               /* the engine knows what fires */
    int64_t judged_us;                       /* monotonic */
    bool loaded, loading;                    /* what the store has was read back; nothing is written
                                                before, because cells are absolute */
    unsigned life;        /* a reading begun in a former one is of no use any more */
    int64_t dirty_ms;     /* from this minute on; INT64_MAX: all is kept */
    int64_t unspooled_ms; /* the same of what the store has not been given while it is away */
    int64_t spool_us;     /* monotonic; not before that */
    int64_t begun_ms;     /* what was planned since then is in the ring */
    int64_t planned_ms;   /* the highest instant that was planned up to */
    VEC(struct slo_unit) unsaved; /* units that changed while the store was away, our region's */
};

/* Where a monitor's results go. */
struct slo_seat {
    struct slo_tracker *tracker;
    size_t lane;
};
struct slo_seats {
    char monitor[NAME_SIZE];
    VEC(struct slo_seat) seats;
};

struct slos {
    VEC(struct slo_tracker *) trackers;
    struct map of_monitor; /* name -> struct slo_seats */
    struct timer tick;
    bool store_up;
};

/* A first or new configuration, before the old one is freed: what was counted stays with its name.
 */
void slos_configure(struct app *a);
void slos_start(struct app *a);
void slos_stop(struct app *a); /* what was counted goes to the store */
void slos_done(struct app *a);
/* A result, after the engine had it. */
void slos_result(struct app *a, const struct monitor *m, bool on_slot, const struct result *r);
/* The wall clock is about to be set: what was counted is kept by the old one. And it was: what was
 * counted in a time that is not yet is left to the store. */
void slos_clock_moves(struct app *a);
void slos_clock_moved(struct app *a);
/* Incidents were read back: what was told before a restart is known again. */
void slos_restored(struct app *a);
/* Every figure as of now. False: unknown name. */
bool slos_status(const struct app *a, const char *name, struct slo_status *ret);

/* --- slos_keep.c --- */

struct slo_tracker *slos_find(const struct app *a, const char *name);
void slos_touch(struct slo_tracker *t, int64_t at_ms);
/* What was to be until now is counted: before the configuration or the clock changes, and before
 * anything is kept. */
void slos_plan(struct slo_tracker *t, int64_t now_ms);
void slos_keep(struct slo_tracker *t, int64_t now_ms, bool store_up);
/* The rest goes to the spool at once, when the store is away. */
void slos_keep_last(struct slo_tracker *t, int64_t now_ms, bool store_up);
/* Everything that was counted is forgotten, and read back from the store. */
void slos_begin_anew(struct slo_tracker *t);
/* Cells of [from, to) from the store; minutes too when `all`. */
void slos_load(struct slo_tracker *t, int64_t from_ms, int64_t to_ms, bool all);

#endif
