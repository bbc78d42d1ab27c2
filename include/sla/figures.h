/* figures.h - counts -> what may be said of them. Percentages are cut, never rounded up, so what is
 * shown as kept was kept. */
#ifndef SLA_FIGURES_H
#define SLA_FIGURES_H

#include "sla/report.h"

uint64_t figures_valid(const struct sla_count *c);  /* good and bad */
double figures_ratio(const struct sla_count *c);    /* good / valid; NaN: nothing valid */
double figures_coverage(const struct sla_count *c); /* what was seen of what was to be; at most 1 */

/* What a month of an SLO comes to. */
struct figures_verdict {
    bool told; /* false: no figure is promised, and `why` says why not */
    char why[160];
    bool met;
    int credit;         /* percent of the fee; 0: none */
    int32_t below_ppm;  /* the row of the table that it comes from; 0: none */
    double budget_left; /* share: 1 untouched, negative overspent; NaN: nothing valid */
};
struct figures_verdict figures_judge(const struct slo *s, const struct sla_count *c);

/* Places behind the point that `n` looks and the objective are worth: 43,184 looks are worth two.
 */
int figures_places(uint64_t n, int32_t objective_ppm);
/* "99.98", cut. `part` of `whole` in percent; whole is not 0. */
const char *figures_percent(uint64_t part, uint64_t whole, int places, char *dst, size_t size);

/* Of times in milliseconds; sorts them. n is not 0. The median of an even number is the mean of the
 * middle two. */
struct figures_times {
    size_t n;
    int64_t median_ms, mean_ms, longest_ms;
};
struct figures_times figures_times(int64_t *ms, size_t n);

#endif
