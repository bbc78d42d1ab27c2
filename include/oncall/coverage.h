/* coverage.h - how a schedule is covered over a stretch of time: gaps, double cover, and how the
 * load falls on people. What is counted, and the score: docs/oncall.md. */
#ifndef ONCALL_COVERAGE_H
#define ONCALL_COVERAGE_H

#include "base/vec.h"
#include "model/config.h"
#include "oncall/oncall.h"

#define COVERAGE_DAYS  400               /* looked ahead when nobody says how far */
#define COVERAGE_EDGES ((size_t)2000000) /* at most so many are walked over */

/* [from_ms, to_ms): nobody, or more than one. */
struct coverage_span {
    int64_t from_ms, to_ms;
    size_t people;
};

struct coverage_load {
    const char *person;      /* borrowed from the schedule */
    const struct zone *zone; /* by whose clock nights and weekends are counted */
    bool takes_turns;        /* a member of a layer; else only overrides bring them in */
    size_t turns;            /* stretches without a break */
    int64_t total_s, night_s, weekend_s, holiday_s, longest_s;
    int64_t since_ms; /* of the stretch under way; INT64_MIN none */
};

struct coverage {
    int64_t from_ms, to_ms; /* to_ms is earlier than asked when there were too many edges */
    bool cut;               /* so it was */
    VEC(struct coverage_span) gaps;
    VEC(struct coverage_span) doubles;
    int64_t gap_s, double_s;
    bool shared; /* turns of groups or layers that add up: double cover is meant */
    VEC(struct coverage_load) loads; /* members first, in order of the layers */
    struct map by_person;
    double balance; /* of the members' weighted load: 1 all the same, 0 as uneven as can be */
    int score;      /* 0 to 100; 100 only without a gap */
};

/* One for each real change; false ends the walk there. */
typedef bool coverage_run_fn(void *arg, int64_t from_ms, int64_t to_ms, const struct oncall *who);
/* Until when it got: to_ms, or less after `edges` edges or when it was ended. Whole seconds. */
int64_t coverage_walk(const struct schedule *s, int64_t from_ms, int64_t to_ms, size_t edges,
                      coverage_run_fn *each, void *arg);

/* `c` says where people live and which days are holidays. from_ms < to_ms. */
void coverage_measure(struct coverage *v, const struct config *c, const struct schedule *s,
                      int64_t from_ms, int64_t to_ms);
void coverage_done(struct coverage *v);

/* Whether any policy tells it: then a gap is a page that finds nobody. */
bool coverage_matters(const struct config *c, const struct schedule *s);

#endif
