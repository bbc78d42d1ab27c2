/* sample.c - one result in four bytes.
 *
 * Log-linear code with b bits of mantissa: 0 … 2^b - 1 stand for themselves, then every
 * octave has 2^b buckets of equal width. The middle of a bucket is at most 1/2^(b+1) of
 * the value away. */
#include "stats/sample.h"

#define LATENCY_BITS     5
#define LATENCY_CODE_MAX 1888 /* the bucket of INT64_MAX */

#define LATENESS_BITS    3
#define LATENESS_STEP_US 100
#define LATENESS_MAX_US  30000000
#define LATENESS_OVER    255 /* LATENESS_MAX_US or more */

_Static_assert(REASON_COUNT <= 16, "a reason fits into four bits");
_Static_assert(VERDICT_UNKNOWN < 15, "verdict and reason fit into a byte");

struct bucket {
    uint64_t low, width;
};

static unsigned log_linear(uint64_t v, unsigned bits)
{
    unsigned top = 63u - (unsigned)__builtin_clzll(v | 1);
    if (top < bits)
        return (unsigned)v;
    unsigned shift = top - bits;
    return (shift << bits) + (unsigned)(v >> shift);
}

static struct bucket bucket_of(unsigned index, unsigned bits)
{
    unsigned shift = index >> bits;
    if (shift < 2)
        return (struct bucket){index, 1};
    shift--;
    uint64_t mantissa = index - (shift << bits);
    return (struct bucket){mantissa << shift, (uint64_t)1 << shift};
}

uint16_t latency_code(int64_t us)
{
    return us < 0 ? 0 : (uint16_t)(1 + log_linear((uint64_t)us, LATENCY_BITS));
}

int64_t latency_of(uint16_t code)
{
    if (code == 0)
        return -1;
    if (code > LATENCY_CODE_MAX)
        code = LATENCY_CODE_MAX;
    struct bucket b = bucket_of(code - 1u, LATENCY_BITS);
    return (int64_t)(b.low + b.width / 2);
}

static unsigned char lateness_code(int64_t us)
{
    if (us >= LATENESS_MAX_US)
        return LATENESS_OVER;
    return (unsigned char)log_linear(us < 0 ? 0 : (uint64_t)us / LATENESS_STEP_US, LATENESS_BITS);
}

static int64_t lateness_of(unsigned char code)
{
    if (code == LATENESS_OVER)
        return LATENESS_MAX_US;
    struct bucket b = bucket_of(code, LATENESS_BITS);
    uint64_t us = b.low * LATENESS_STEP_US + b.width * LATENESS_STEP_US / 2;
    return us < LATENESS_MAX_US ? (int64_t)us : LATENESS_MAX_US - 1;
}

void sample_encode(const struct result *r, unsigned char ret[SAMPLE_BYTES])
{
    uint16_t latency = latency_code(r->phases.total_us);
    ret[0] = (unsigned char)(latency >> 8);
    ret[1] = (unsigned char)latency;
    ret[2] = (unsigned char)(1 + (unsigned)r->verdict * 16 + (unsigned)r->reason);
    ret[3] = lateness_code(r->lateness_us);
}

bool sample_decode(const unsigned char b[SAMPLE_BYTES], struct result *ret)
{
    unsigned outcome = b[2] - 1u;
    if (b[2] == 0 || outcome / 16 > VERDICT_UNKNOWN || outcome % 16 >= REASON_COUNT)
        return false;
    ret->verdict = (enum verdict)(outcome / 16);
    ret->reason = (enum reason)(outcome % 16);
    ret->phases.total_us = latency_of((uint16_t)(b[0] << 8 | b[1]));
    ret->lateness_us = lateness_of(b[3]);
    return true;
}
