/* hist.c - latencies in buckets.
 *
 * Happy path: add and merge count; a quantile walks from below until its rank is reached.
 * Failures:   none. What is beyond the last bucket is in it; a count that is full stays full. */
#include "stats/hist.h"

#include <math.h>

#include "log_linear.h"

#define LAST_US ((INT64_C(1) << 36) - 1) /* the greatest that has a bucket of its own width */

_Static_assert(HIST_BITS == 4 && HIST_BUCKETS == 528, "the last bucket ends at LAST_US");

unsigned hist_bucket(int64_t us)
{
    if (us < 0)
        us = 0;
    return log_linear((uint64_t)(us < LAST_US ? us : LAST_US), HIST_BITS);
}

static struct span span_of(unsigned bucket)
{
    return log_linear_span(bucket < HIST_BUCKETS ? bucket : HIST_BUCKETS - 1, HIST_BITS);
}

int64_t hist_low_us(unsigned bucket)
{
    return (int64_t)span_of(bucket).low;
}

int64_t hist_middle_us(unsigned bucket)
{
    struct span s = span_of(bucket);
    return (int64_t)(s.low + s.width / 2);
}

static uint32_t add32(uint32_t a, uint32_t b)
{
    uint32_t sum = a + b;
    return sum < a ? UINT32_MAX : sum;
}

void hist_add(struct hist *h, int64_t us, uint32_t n)
{
    unsigned bucket = hist_bucket(us);
    h->count[bucket] = add32(h->count[bucket], n);
    h->n += n;
}

void hist_merge(struct hist *into, const struct hist *from)
{
    into->n += from->n;
    for (int i = 0; i < HIST_BUCKETS; i += 4) {
        const uint32_t *some = &from->count[i]; /* most are empty, and stand together */
        if ((some[0] | some[1] | some[2] | some[3]) == 0)
            continue;
        for (int k = 0; k < 4; k++)
            into->count[i + k] = add32(into->count[i + k], some[k]);
    }
}

/* ceil(q * n), in 1 … n; a product that is whole but for its last bits is whole. */
static uint64_t rank_of(double q, uint64_t n)
{
    double x = q * (double)n, whole = floor(x);
    if (x - whole > x * 1e-15)
        whole += 1;
    if (!(whole > 1))
        return 1;
    return whole < (double)n ? (uint64_t)whole : n;
}

int64_t hist_quantile_us(const struct hist *h, double q)
{
    uint64_t rank = rank_of(q, h->n), seen = 0;
    int64_t us = -1;
    for (unsigned i = 0; i < HIST_BUCKETS && seen < rank; i++) {
        if (h->count[i] == 0)
            continue;
        seen += h->count[i];
        us = hist_middle_us(i);
    }
    return us;
}

/* The last bucket below or at the limit; -1: none. */
static int limit_bucket(int64_t us)
{
    if (us < 0)
        return -1;
    unsigned bucket = hist_bucket(us);
    struct span s = span_of(bucket);
    uint64_t above_low = (uint64_t)us - s.low; /* the edge below is at low - 1 */
    return above_low + 1 < s.width - 1 - above_low ? (int)bucket - 1 : (int)bucket;
}

int64_t hist_limit_us(int64_t us)
{
    int bucket = us < LAST_US ? limit_bucket(us) : HIST_BUCKETS - 1;
    struct span s = span_of(bucket < 0 ? 0 : (unsigned)bucket);
    return bucket < 0 ? -1 : (int64_t)(s.low + s.width - 1);
}

uint64_t hist_upto(const struct hist *h, int64_t us)
{
    int last = us < LAST_US ? limit_bucket(us) : HIST_BUCKETS - 1;
    uint64_t n = 0;
    for (int i = 0; i <= last; i++)
        n += h->count[i];
    return n;
}
