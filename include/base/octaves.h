/* octaves.h - how long things took, counted by powers of two of a second.
 *
 * The bounds of Prometheus' native histograms with schema 0, so that what is counted here becomes
 * one without a count moving. Bucket i holds what took at most 2^(first + i) seconds and more than
 * the one before; the last, behind the `n` bounds, all that took longer. Zeroed and then
 * octaves_init() before use; nothing to free. */
#ifndef BASE_OCTAVES_H
#define BASE_OCTAVES_H

#include <stdint.h>

#define OCTAVES_MAX 16

struct octaves {
    int8_t first; /* exponent of the least bound */
    uint8_t n;    /* bounds, at most OCTAVES_MAX */
    uint64_t count[OCTAVES_MAX + 1];
    int64_t sum_us;
};

void octaves_init(struct octaves *o, int first, int n);
void octaves_add(struct octaves *o, int64_t us); /* a negative one counts as 0 */
uint64_t octaves_count(const struct octaves *o);
double octaves_bound_s(const struct octaves *o, unsigned i);

#endif
