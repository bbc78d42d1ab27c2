/* slo.h - how much of what was promised is kept, and how fast the budget goes. docs/slo.md.
 *
 * What happened is counted in cells: by events one for each slot, by time its milliseconds.
 * Everything else is arithmetic on cells, so whoever reads the cells back knows what was known. */
#ifndef STATS_SLO_H
#define STATS_SLO_H

#include "base/vec.h"
#include "model/config.h"

enum slo_class { SLO_GOOD, SLO_BAD, SLO_EXCLUDED, SLO_UNKNOWN, SLO_NOTHING };

/* One result, by events. */
enum slo_class slo_classify(const struct slo *s, const struct result *r);
void slo_cell_merge(struct slo_cell *into, const struct slo_cell *from);

/* --- slo_ring.c: the cells ---
 *
 * Minutes are our own region's; units are everybody's, as far as they were read back. What begins
 * at `at_ms` is cell at_ms / its length. */

#define SLO_MINUTES   256
#define SLO_MINUTE_MS INT64_C(60000)

struct slo_sum {
    uint64_t good, bad, excluded, unknown, planned;
    bool paired; /* two bad in one cell, or in two that follow each other with nothing between */
};

struct slo_ring {
    struct {
        int64_t number; /* of the minute since 1970; 0: never used */
        struct slo_cell cell;
    } minutes[SLO_MINUTES];
    struct slo_cell *units;
    size_t n_units;
    int64_t newest;   /* number of the newest unit; 0: none yet */
    int64_t since_ms; /* begin of the first unit with anything in it; 0: none */
};

size_t slo_units(const struct slo *s); /* so many are needed for its window and every rule */
void slo_ring_init(struct slo_ring *r, size_t n_units);
void slo_ring_done(struct slo_ring *r);
/* Keeps what there is; older ones leave. */
void slo_ring_resize(struct slo_ring *r, size_t n_units);
/* `n` more of a class. What is older than the minutes, or than the units, is not counted. */
void slo_ring_add(struct slo_ring *r, int64_t at_ms, enum slo_class k, uint32_t n);
/* So much more was planned. What is older than the minutes goes to its unit alone. */
void slo_ring_add_planned(struct slo_ring *r, int64_t at_ms, uint64_t n);
/* The milliseconds of [from, to). */
void slo_ring_spread(struct slo_ring *r, int64_t from_ms, int64_t to_ms, enum slo_class k);
/* Cells read back; added to what was counted since. A minute brings nothing to its unit. */
void slo_ring_take_unit(struct slo_ring *r, int64_t at_ms, const struct slo_cell *c);
void slo_ring_take_minute(struct slo_ring *r, int64_t at_ms, const struct slo_cell *c);
/* Of our own region, from the minutes. */
struct slo_cell slo_ring_minute(const struct slo_ring *r, int64_t at_ms);
struct slo_cell slo_ring_own_unit(const struct slo_ring *r, int64_t at_ms);
/* The milliseconds of [from, to), moved outwards to whole units, that lie in units without a cell,
 * since counting began. */
int64_t slo_ring_missing(const struct slo_ring *r, int64_t from_ms, int64_t to_ms);
/* All of [from, to], moved outwards to whole cells: minutes for at most SLO_FINE_MS, else units. */
#define SLO_FINE_MS INT64_C(14400000)
struct slo_sum slo_ring_sum(const struct slo_ring *r, int64_t from_ms, int64_t to_ms);

/* --- slo_time.c: by time ---
 *
 * The state of each monitor over time, and the union of them: down when any is. Time is counted up
 * to where it is settled: while a streak is not confirmed, what it will mean is not known. */

struct slo_change {
    int64_t at_ms;
    enum slo_class class;
};
struct slo_lane {
    enum slo_class class; /* where it is settled */
    int64_t judged_ms;    /* first result since which the state says the class; 0: it does not */
    int64_t doubt_ms;     /* first result of a streak that is not confirmed; INT64_MAX */
    int64_t fresh_ms;     /* until then the last result is trusted */
    VEC(struct slo_change) changes;
};
struct slo_clock {
    struct slo_lane *lanes;
    size_t n;
    int64_t settled_ms; /* 0: nothing seen yet */
};

void slo_clock_init(struct slo_clock *c, size_t n);
void slo_clock_done(struct slo_clock *c);
/* The monitor of that lane after a result: its status, the result is status->last. */
void slo_clock_see(struct slo_clock *c, size_t lane, const struct slo *s, const struct monitor *m,
                   const struct monitor_status *status);
void slo_clock_settle(struct slo_clock *c, struct slo_ring *r, int64_t now_ms);

/* --- slo_plan.c: what there was to be ---
 *
 * It is written down while time passes, so that another interval or another monitor changes what is
 * planned from then on, and nothing before. */

/* Slots of its monitors that begin in [from, to); by time, the milliseconds. */
uint64_t slo_planned(const struct slo *s, int64_t from_ms, int64_t to_ms);
void slo_ring_plan(struct slo_ring *r, const struct slo *s, int64_t from_ms, int64_t to_ms);
/* The last instant up to which that minute can have been planned, when so much of it was. */
int64_t slo_plan_end(const struct slo *s, int64_t minute_ms, uint32_t planned);

/* --- slo.c: the figures --- */

struct slo_rule {
    int64_t long_ms, short_ms;
    int percent; /* of the budget, spent within the long window */
    bool page;
};
extern const struct slo_rule slo_rules[SLO_RULES];

/* [from, to): the rolling window up to now, or the month with now in it. */
void slo_window(const struct slo *s, int64_t now_ms, int64_t *ret_from, int64_t *ret_to);
/* The burn rate at which the rule fires: percent x window / long window, but never below 1. */
double slo_threshold(const struct slo *s, size_t rule, int64_t now_ms);
/* The rule can never fire: not even if everything failed. */
bool slo_rule_is_vain(const struct slo *s, size_t rule, int64_t now_ms);
/* Slots of all its monitors in so long; by time, the milliseconds. */
double slo_expected(const struct slo *s, int64_t span_ms);
/* Bad ones in the long window that lift its burn above the threshold, everything else good. */
uint64_t slo_bad_needed(const struct slo *s, size_t rule, int64_t now_ms);

/* Which severities fire already: they go on until neither of their rules burns any more. */
struct slo_firing {
    bool page, ticket;
};
struct slo_firing slo_judge(const struct slo *s, const struct slo_ring *r, int64_t now_ms,
                            struct slo_firing was, struct slo_rule_status ret[SLO_RULES]);
/* Everything but the rules. */
void slo_measure(const struct slo *s, const struct slo_ring *r, int64_t now_ms,
                 struct slo_status *ret);
/* 95 % bounds of good / (good + bad): the rule of three when nothing was bad, else Wilson's. */
void slo_bounds(uint64_t good, uint64_t bad, double *ret_low, double *ret_high);

/* --- slo_text.c --- */

/* "api burns its 30-day budget 16x too fast: 2.4 % failed in 1h; 71 % of the budget left" */
void slo_entitle(const struct slo *s, const struct slo_status *st, bool page, char *dst,
                 size_t size);
/* Which rules fire and by what: one sentence for `why`. */
void slo_explain(const struct slo *s, const struct slo_status *st, bool page, char *dst,
                 size_t size);
/* "99.95%", as short as it is exact. */
const char *slo_percent(int32_t ppm, char *dst, size_t size);
/* "30d", "month in Europe/Madrid" */
const char *slo_window_words(const struct slo *s, char *dst, size_t size);
/* "availability", "availability and latency < 800ms": as in the file. */
const char *slo_indicator_words(const struct slo *s, char *dst, size_t size);

#endif
