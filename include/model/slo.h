/* slo.h - what was promised, and how it stands. */
#ifndef MODEL_SLO_H
#define MODEL_SLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct monitor;
struct policy;
struct zone;

enum slo_of { SLO_AVAILABILITY, SLO_LATENCY, SLO_BOTH };
enum slo_by { SLO_BY_EVENTS, SLO_BY_TIME };

struct slo_credit {
    int32_t below_ppm; /* of the objective's kind: 999000 is 99.9 % */
    int32_t percent;   /* of the fee */
};

#define SLO_DAYS_MAX 366

struct slo {
    const char *name, *description;
    const struct monitor **monitors; /* those of the file that are meant, all of them */
    size_t n_monitors;
    enum slo_of of;
    int64_t limit_us; /* LATENCY and BOTH, as written; cut at hist_limit_us() of it */
    enum slo_by by;
    int32_t objective_ppm; /* 1 … 999999 */
    bool calendar;         /* the month on the clock of `zone`; else `days` rolling */
    const struct zone *zone;
    int days;
    bool count_maintenance; /* results during announced maintenance count like others */
    bool unknown_is_bad;    /* else unknown counts neither for nor against */
    int coverage_least;     /* percent; below it no figure is promised. default 95 */
    bool alerts;
    int failures_least; /* an alert needs so many bad events in its long window. default 3 */
    const struct policy *page_policy, *ticket_policy; /* never NULL */
    struct slo_credit *credits;                       /* from the mildest to the worst */
    size_t n_credits;
};

/* What happened in one unit of time. By events: how many; by time: milliseconds. */
struct slo_cell {
    uint32_t good, bad, excluded, unknown;
    uint32_t planned; /* what there was to be, by the configuration that held then */
};
#define SLO_UNIT_MS INT64_C(900000) /* a quarter of an hour: every zone's months begin with one */

#define SLO_RULES 4
struct slo_rule_status {
    int64_t long_ms, short_ms;
    double threshold, long_burn, short_burn; /* NaN: nothing valid in it */
    uint64_t bad;                            /* in the long window */
    bool page;                               /* else a ticket */
    bool armed; /* there is history for one whole long window, and of half of it at least */
    bool firing;
    bool sparse; /* there is, but less than half of what was planned in it was seen */
};

struct slo_status {
    int64_t from_ms, to_ms; /* the window as of now; a month to its end */
    int64_t since_ms;       /* counted since then, in steps of a unit; 0: nothing yet */
    uint64_t good, bad, excluded, unknown, expected;
    double ratio;         /* good / valid; NaN: nothing valid */
    double low, high;     /* 95 % of the time the ratio lies between them; NaN: by time, or none */
    double coverage;      /* valid and excluded / expected */
    double budget;        /* how much bad the window allows: events, or milliseconds */
    double budget_left;   /* share of the budget: 1 untouched, 0 spent, negative overspent */
    int64_t exhausted_ms; /* when it will be spent as it burns now; 0: not within the window */
    struct slo_rule_status rules[SLO_RULES];
};

#endif
