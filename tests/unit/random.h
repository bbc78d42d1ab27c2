/* random.h - the same numbers every time, for property tests. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>

/* xorshift64*, after Marsaglia and Vigna; the state is never 0. */
struct dice {
    uint64_t state;
};

static inline uint64_t dice_roll(struct dice *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return d->state * 2685821657736338717u;
}

/* In [min, max]. */
static inline int64_t dice_in(struct dice *d, int64_t min, int64_t max)
{
    return min + (int64_t)(dice_roll(d) % (uint64_t)(max - min + 1));
}

#endif
