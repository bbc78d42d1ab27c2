/* sample.c - one result in four bytes. */
#include "stats/sample.h"

#define DAY_MS INT64_C(86400000)

#include "log_linear.h"

#define LATENCY_BITS     5
#define LATENCY_CODE_MAX 1888 /* the bucket of INT64_MAX */

#define LATENESS_MAX_US 30000000
#define LATENESS_OVER   255 /* LATENESS_MAX_US or more */

#define REASONS     31 /* of a verdict; room for words to come */
#define MAINTENANCE (VERDICT_COUNT * REASONS)

_Static_assert(REASON_COUNT <= REASONS, "every reason has its place");
_Static_assert(2 * MAINTENANCE < 256, "maintenance, verdict and reason fit into a byte");

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
    struct span b = log_linear_span(code - 1u, LATENCY_BITS);
    return (int64_t)(b.low + b.width / 2);
}

static unsigned char lateness_code(int64_t us)
{
    if (us >= LATENESS_MAX_US)
        return LATENESS_OVER;
    return (unsigned char)log_linear(us < 0 ? 0 : (uint64_t)us / LATENESS_UNIT_US, LATENESS_BITS);
}

static int64_t lateness_of(unsigned char code)
{
    if (code == LATENESS_OVER)
        return LATENESS_MAX_US;
    struct span b = log_linear_span(code, LATENESS_BITS);
    uint64_t us = b.low * LATENESS_UNIT_US + b.width * LATENESS_UNIT_US / 2;
    return us < LATENESS_MAX_US ? (int64_t)us : LATENESS_MAX_US - 1;
}

void sample_encode(const struct result *r, unsigned char ret[SAMPLE_BYTES])
{
    uint16_t latency = latency_code(r->phases.total_us);
    ret[0] = (unsigned char)(latency >> 8);
    ret[1] = (unsigned char)latency;
    ret[2] = (unsigned char)(1 + (r->maintenance ? MAINTENANCE : 0) +
                             (unsigned)r->verdict * REASONS + (unsigned)r->reason);
    ret[3] = lateness_code(r->lateness_us);
}

bool sample_decode(const unsigned char b[SAMPLE_BYTES], struct result *ret)
{
    unsigned outcome = b[2] - 1u, word = outcome % MAINTENANCE;
    if (b[2] == 0 || outcome >= 2 * MAINTENANCE || word % REASONS >= REASON_COUNT)
        return false;
    ret->maintenance = outcome >= MAINTENANCE;
    ret->verdict = (enum verdict)(word / REASONS);
    ret->reason = (enum reason)(word % REASONS);
    ret->phases.total_us = latency_of((uint16_t)(b[0] << 8 | b[1]));
    ret->lateness_us = lateness_of(b[3]);
    return true;
}

int64_t slots_before(int64_t at_ms, int64_t interval_ms)
{
    int64_t a_day = (DAY_MS + interval_ms - 1) / interval_ms;

    return at_ms / DAY_MS * a_day + (at_ms % DAY_MS + interval_ms - 1) / interval_ms;
}
