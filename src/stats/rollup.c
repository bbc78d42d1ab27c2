/* rollup.c - many results in sixteen bytes: counts by verdict, and the latency of the good ones. */
#include "stats/sample.h"

#define US_PER_MS 1000

static void add16(uint16_t *to, unsigned n)
{
    *to = n > UINT16_MAX - (unsigned)*to ? UINT16_MAX : (uint16_t)(*to + n);
}

static void add32(uint32_t *to, uint64_t n)
{
    *to = n > UINT32_MAX - *to ? UINT32_MAX : (uint32_t)(*to + n);
}

/* 0 stands for none. */
static void widen(struct rollup *u, uint16_t min_code, uint16_t max_code)
{
    if (min_code && (!u->min_code || min_code < u->min_code))
        u->min_code = min_code;
    if (max_code > u->max_code)
        u->max_code = max_code;
}

void rollup_add(struct rollup *u, const struct result *r)
{
    bool good = r->verdict == VERDICT_UP || r->verdict == VERDICT_DEGRADED;
    int64_t us = r->phases.total_us;
    add16(&u->count[r->verdict], 1);
    if (!good || us < 0)
        return;
    add32(&u->sum_ms, (uint64_t)us / US_PER_MS + (us % US_PER_MS >= US_PER_MS / 2));
    widen(u, latency_code(us), latency_code(us));
}

void rollup_merge(struct rollup *into, const struct rollup *from)
{
    for (int v = 0; v < 4; v++)
        add16(&into->count[v], from->count[v]);
    add32(&into->sum_ms, from->sum_ms);
    widen(into, from->min_code, from->max_code);
}

static unsigned char *put(unsigned char *p, uint32_t n, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        *p++ = (unsigned char)(n >> shift);
    return p;
}

static uint32_t get(const unsigned char **p, int bytes)
{
    uint32_t n = 0;
    while (bytes-- > 0)
        n = n << 8 | *(*p)++;
    return n;
}

void rollup_encode(const struct rollup *u, unsigned char ret[ROLLUP_BYTES])
{
    unsigned char *p = ret;
    for (int v = 0; v < 4; v++)
        p = put(p, u->count[v], 2);
    p = put(p, u->sum_ms, 4);
    p = put(p, u->min_code, 2);
    put(p, u->max_code, 2);
}

void rollup_decode(const unsigned char b[ROLLUP_BYTES], struct rollup *ret)
{
    const unsigned char *p = b;
    for (int v = 0; v < 4; v++)
        ret->count[v] = (uint16_t)get(&p, 2);
    ret->sum_ms = get(&p, 4);
    ret->min_code = (uint16_t)get(&p, 2);
    ret->max_code = (uint16_t)get(&p, 2);
}
