/* tally.h - many results as numbers that can be added up.
 *
 * Everything in a tally is a sum, a least or a greatest, so tallies of any units, monitors and
 * regions merge without loss: a percentile of a year is taken from the merged histogram, never from
 * percentiles. Operations: stats/tally.h, stats/hist.h. */
#ifndef MODEL_TALLY_H
#define MODEL_TALLY_H

#include <stdint.h>

#include "model/result.h"

/* Log-linear: microseconds up to 15 stand for themselves, then 16 buckets an octave, so the middle
 * of a bucket is at most 1/32 (3.1 %) of the value away. 2^36 us (19 h) and more are in the last.
 */
#define HIST_BITS    4
#define HIST_BUCKETS 528

struct hist {
    uint64_t n;
    uint32_t count[HIST_BUCKETS];
};

#define TALLY_REASONS 31 /* room for words to come; REASON_COUNT of them have a meaning */

struct tally {
    uint64_t count[VERDICT_COUNT];       /* outside of maintenance */
    uint64_t maintenance[VERDICT_COUNT]; /* during maintenance that was announced */
    uint64_t reasons[TALLY_REASONS];     /* of those that were not good, outside of it */
    uint64_t sum_us;                     /* latencies of good (up, degraded) results */
    int64_t min_us, max_us;              /* outside of maintenance; -1: none */
    uint64_t late_sum_us;                /* lateness, of all results */
    int64_t late_max_us;                 /* -1: none */
    struct hist hist;                    /* of what is in sum_us */
};

#endif
