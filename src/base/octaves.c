/* octaves.c - a bucket is found by shifting: sixteen steps at most. */
#include "base/octaves.h"

#include <assert.h>
#include <math.h>

#define SECOND_US 1000000.0

double octaves_bound_s(const struct octaves *o, unsigned i)
{
    return ldexp(1.0, o->first + (int)i);
}

void octaves_init(struct octaves *o, int first, int n)
{
    assert(n > 0 && n <= OCTAVES_MAX && first >= -20 && first + n <= 30);
    *o = (struct octaves){.first = (int8_t)first, .n = (uint8_t)n};
}

void octaves_add(struct octaves *o, int64_t us)
{
    double bound_us = SECOND_US * octaves_bound_s(o, 0);
    unsigned i = 0;

    if (us < 0)
        us = 0;
    for (; i < o->n && (double)us > bound_us; bound_us *= 2)
        i++;
    o->count[i]++;
    o->sum_us += us;
}

uint64_t octaves_count(const struct octaves *o)
{
    uint64_t n = 0;

    for (unsigned i = 0; i <= o->n; i++)
        n += o->count[i];
    return n;
}
