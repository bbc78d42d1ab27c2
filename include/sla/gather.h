/* gather.h - what is read from the store, put where the report has it.
 *
 * gather_begin() copies all that a report needs of the configuration; then come the cells of each
 * SLO, the hours of its monitors, the results of each monitor, incidents and maintenance, in any
 * order; gather_end() brings order into it. */
#ifndef SLA_GATHER_H
#define SLA_GATHER_H

#include "model/config.h"
#include "model/quiet.h"
#include "model/tally.h"
#include "sla/report.h"

/* The month's wall clock: `report.time_zone`; else that of the SLOs by calendar month when they all
 * have the same; else UTC. */
const struct zone *gather_zone(const struct config *c);

/* The figures of a month are looked at for the last time so long after its end. */
#define GATHER_SETTLE_MS INT64_C(3600000)

void gather_begin(struct sla_report *r, const struct config *c, struct month m, int64_t now_ms);
/* Over and settled at `now_ms`, on the clock of each SLO too. */
bool gather_over(const struct sla_report *r, int64_t now_ms);
bool gather_empty(const struct sla_report *r); /* nothing at all was measured or happened */
void gather_note(struct sla_report *r, const char *fmt, ...) MW_PRINTF(2, 3);

/* --- an SLO --- */

/* While its cells and hours come. */
struct gather_slo {
    struct sla_slo *slo;
    struct hist *days, all;            /* of good results; MONTH_DAYS_MAX of them */
    uint64_t expected[MONTH_DAYS_MAX]; /* results; by time milliseconds */
    uint32_t units[REPORT_TREND];      /* quarters of an hour with anything in them */
    uint32_t regions;                  /* the most that counted the same time */
    int64_t first_ms;                  /* the first quarter with anything in it; 0: none */
};
void gather_slo_begin(struct gather_slo *g, struct sla_slo *s);
void gather_unit(struct gather_slo *g, int64_t at_ms, const struct slo_cell *c);
struct gather_hour {
    int64_t from_ms, to_ms;
    const struct tally *tally;
    uint64_t expected; /* results */
};
void gather_hour(struct gather_slo *g, const struct gather_hour *h);
void gather_slo_end(struct gather_slo *g);
/* When counting began, if that was within the month and more than a quarter of an hour after it
 * did: who reads its figure must know. 0: it was counted from the first. */
int64_t gather_slo_since_ms(const struct gather_slo *g);

/* --- monitors --- */

/* Adds to the rows of the monitor, its group and everything; the histograms of the latter two are
 * merged on the way. */
struct gather_rows {
    VEC(struct gather_sum *) sums; /* everything, then groups */
};
void gather_monitor(struct gather_rows *g, struct sla_report *r, const struct sla_row *who,
                    const struct tally *t);
void gather_rows_end(struct gather_rows *g, struct sla_report *r);

/* --- what happened --- */

/* Passed over: what has nothing to do with the month, or is there already. */
void gather_incident(struct sla_report *r, const struct incident *i);
void gather_quiet(struct sla_report *r, const struct quiet *q);
void gather_file_windows(struct sla_report *r, const struct config *c);

void gather_end(struct sla_report *r);

#endif
