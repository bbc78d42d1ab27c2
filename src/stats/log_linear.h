/* log_linear.h - numbers in buckets of nearly equal relative width.
 *
 * With b bits of mantissa: 0 … 2^b - 1 stand for themselves, then every octave has 2^b buckets of
 * equal width. The middle of a bucket is at most 1/2^(b+1) of the value away. */
#ifndef STATS_LOG_LINEAR_H
#define STATS_LOG_LINEAR_H

#include <stdint.h>

/* Lateness in a sample: steps of LATENESS_UNIT_US, four buckets an octave. */
#define LATENESS_BITS    2
#define LATENESS_UNIT_US 100

struct span {
    uint64_t low, width;
};

static inline unsigned log_linear(uint64_t v, unsigned bits)
{
    unsigned top = 63u - (unsigned)__builtin_clzll(v | 1);
    if (top < bits)
        return (unsigned)v;
    unsigned shift = top - bits;
    return (shift << bits) + (unsigned)(v >> shift);
}

static inline struct span log_linear_span(unsigned index, unsigned bits)
{
    unsigned shift = index >> bits;
    if (shift < 2)
        return (struct span){index, 1};
    shift--;
    uint64_t mantissa = index - (shift << bits);
    return (struct span){mantissa << shift, (uint64_t)1 << shift};
}

#endif
