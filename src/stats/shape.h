/* shape.h - the histograms of neighbouring units, one after another. */
#ifndef STATS_SHAPE_H
#define STATS_SHAPE_H

#include "model/tally.h"
#include "range.h"

#define SHAPE_LEVELS 44
#define SHAPE_STEPS  16
#define SHAPE_SCALES 16
#define SHAPE_GROUP  4

/* How far from where it was expected, in steps of 2^scale. */
struct around {
    struct chance below, off[SHAPE_STEPS];
};
/* Steps beyond SHAPE_STEPS by `far`. */
int64_t around_code(struct range *r, struct around *a, struct number *far, unsigned scale,
                    int64_t off);

/* What the units before say of the next. All zero: nothing. */
struct shape {
    struct chance few[SHAPE_LEVELS][SHAPE_STEPS];        /* by what is expected: one more? */
    struct chance any[SHAPE_LEVELS], first[SHAPE_GROUP]; /* where little is expected */
    struct around around[SHAPE_SCALES];
    struct number many, far;
    struct chance outside[2], another; /* below, above what was ever used */
    struct number gap, count;
    uint32_t seen[HIST_BUCKETS + 2]; /* by the units before, the older the less; i is at i + 1 */
    uint32_t rest[HIST_BUCKETS + SHAPE_GROUP]; /* what is expected from i on, all together */
    uint64_t left;                             /* of the unit at hand, not placed yet */
    unsigned low, high; /* the buckets that were ever used: low <= i < high */
};

/* The counts of *h (not its n), whose sum is `sum`. Decoding: *h is empty before. */
void shape_code(struct range *r, struct shape *s, struct hist *h, uint64_t sum);

#endif
