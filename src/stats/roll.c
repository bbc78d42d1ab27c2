/* roll.c - tallies of many units, each as far as the ones before it do not say it already.
 *
 * Happy path: a unit is there; as many results as in the one before, all up, no maintenance; then
 *             its histogram (shape.c), and the least, the greatest and the sum as far as the
 *             histogram leaves them open; lateness, its sum to 1/32.
 *             Latencies out of raw samples are middles of half a bucket, and so their sum stands on
 *             a grid: what keeps to that costs a bit or two, what does not is written in full.
 * Failures:   decoding: what can't be is refused. Sums wrap the same way in both directions. */
#include <string.h>

#include "base/mem.h"
#include "frame.h"
#include "log_linear.h"
#include "shape.h"
#include "stats/block.h"
#include "stats/hist.h"
#include "stats/tally.h"

#define LATE_SUM_BITS 4 /* sums of lateness are kept as buckets of 16 an octave */
#define LATE_SUM_UNIT 50
#define LATE_SUM_MAX  ((uint64_t)1 << 56) /* more is kept as that */
#define MEMORY        32
#define SPREADS       8

struct model {
    struct number units;
    struct chance there[2];
    bool was_there;
    /* counts */
    struct chance same, all_up[2], maintained[2], summed;
    struct number total, count[VERDICT_COUNT], maintenance[VERDICT_COUNT], reason;
    uint64_t last_total;
    bool was_up, was_maintained;
    /* latencies */
    struct chance plain, on_grid, half[2], in_bucket, sum_on_grid;
    struct number n, sum, bound;
    struct shape shape;
    struct around spread[SPREADS];
    /* lateness */
    struct chance late_coded, late_code[256];
    struct number late_max, late_sum;
    struct around late;
    uint64_t late_mean, late_units; /* in 1/256 of a unit, a result; seen so far */
};

static uint64_t sum_of(const uint64_t *p, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += p[i];
    return sum;
}

/* --- counts --- */

static uint64_t code_counts(struct range *r, struct model *m, uint64_t count[VERDICT_COUNT])
{
    uint64_t total = sum_of(count, VERDICT_COUNT), others = 0;
    if (range_bit(r, &m->same, total == m->last_total))
        total = m->last_total;
    else
        total = range_number(r, &m->total, total);
    m->last_total = total;
    m->was_up = range_bit(r, &m->all_up[m->was_up],
                          count[VERDICT_UP] == total && !count[VERDICT_DEGRADED] &&
                              !count[VERDICT_DOWN] && !count[VERDICT_UNKNOWN]);
    for (int v = VERDICT_UP + 1; v < VERDICT_COUNT && !m->was_up; v++) {
        count[v] = range_number(r, &m->count[v], count[v]);
        others += count[v];
    }
    count[VERDICT_UP] = total - others;
    return total;
}

static uint64_t code_maintenance(struct range *r, struct model *m, uint64_t count[VERDICT_COUNT])
{
    bool any = count[0] || count[1] || count[2] || count[3];
    m->was_maintained = range_bit(r, &m->maintained[m->was_maintained], any);
    for (int v = 0; v < VERDICT_COUNT && m->was_maintained; v++)
        count[v] = range_number(r, &m->maintenance[v], count[v]);
    return sum_of(count, VERDICT_COUNT);
}

/* Each that was not good has its reason: what comes after the last of them is none. */
static bool adds_up(const uint64_t reasons[TALLY_REASONS], uint64_t left)
{
    for (int i = 0; i < TALLY_REASONS; i++) {
        if (left == 0 && reasons[i] > 0)
            return false;
        left -= reasons[i];
    }
    return left == 0;
}

static void code_reasons(struct range *r, struct model *m, struct tally *t)
{
    uint64_t left = t->count[VERDICT_DOWN] + t->count[VERDICT_UNKNOWN];
    bool summed = range_bit(r, &m->summed, adds_up(t->reasons, left));
    for (int i = 0; i < TALLY_REASONS && (left > 0 || !summed); i++) {
        t->reasons[i] = range_number(r, &m->reason, t->reasons[i]);
        left -= t->reasons[i];
    }
}

/* --- latencies --- */

static int64_t code_bound(struct range *r, struct model *m, int which, unsigned bucket, int64_t us)
{
    struct span s = log_linear_span(bucket, HIST_BITS);
    uint64_t off = (uint64_t)us - s.low, quarter = s.width / 4;
    if (quarter > 0 && range_bit(r, &m->on_grid, off == quarter || off == 3 * quarter))
        off = range_bit(r, &m->half[which], off != quarter) ? 3 * quarter : quarter;
    else if (range_bit(r, &m->in_bucket, off < s.width))
        off = range_raw(r, off, 63u - (unsigned)__builtin_clzll(s.width));
    else
        return range_signed(r, &m->bound, us);
    return (int64_t)(s.low + off);
}

struct grid {
    uint64_t step, base, middle; /* the sum is base + k * step, k about the middle */
    unsigned context, scale;
};

static struct grid grid_of(const struct hist *h, unsigned low, unsigned high)
{
    uint64_t width = log_linear_span(low, HIST_BITS).width, most = 0, square = 0;
    unsigned shift = width > 1 ? 63u - (unsigned)__builtin_clzll(width / 2) : 0;
    struct grid g = {.step = (uint64_t)1 << shift};
    for (unsigned i = low; i <= high; i++) {
        if (h->count[i] == 0)
            continue;
        struct span s = log_linear_span(i, HIST_BITS);
        uint64_t k = s.width / 2 >> shift;
        g.base += h->count[i] * (s.low + s.width / 4);
        most += h->count[i] * k;
        square += h->count[i] * k * k;
    }
    unsigned size = 63u - (unsigned)__builtin_clzll(square | 1);
    g.middle = most / 2;
    g.scale = size < 6 ? 0 : (size - 4) / 2;
    g.context = size < 6 ? size : 6 + size % 2;
    return g;
}

static uint64_t code_sum(struct range *r, struct model *m, const struct grid *g, uint64_t sum)
{
    uint64_t k = (sum - g->base) / g->step;
    bool on_grid = (sum - g->base) % g->step == 0;
    if (!range_bit(r, &m->sum_on_grid, on_grid))
        return g->base + (uint64_t)range_signed(r, &m->sum, (int64_t)(sum - g->base));
    int64_t off = (int64_t)(k - g->middle);
    k = g->middle + (uint64_t)around_code(r, &m->spread[g->context], &m->sum, g->scale, off);
    return g->base + k * g->step;
}

static void code_latencies(struct range *r, struct model *m, struct tally *t)
{
    uint64_t counted = 0, good = tally_good(t);
    unsigned low, high;
    for (int i = 0; i < HIST_BUCKETS && !r->decoding; i++)
        counted += t->hist.count[i];
    if (range_bit(r, &m->plain, t->hist.n == good && counted == good)) {
        t->hist.n = counted = good;
    } else {
        t->hist.n = range_number(r, &m->n, t->hist.n);
        counted = range_number(r, &m->n, counted);
    }
    shape_code(r, &m->shape, &t->hist, counted);
    if (range_bad(r))
        return;
    if (counted == 0) {
        t->min_us = range_signed(r, &m->bound, t->min_us);
        t->max_us = range_signed(r, &m->bound, t->max_us);
        t->sum_us = range_number(r, &m->sum, t->sum_us);
        return;
    }
    for (low = m->shape.low; t->hist.count[low] == 0;)
        low++;
    for (high = m->shape.high - 1; t->hist.count[high] == 0;)
        high--;
    t->min_us = code_bound(r, m, 0, low, t->min_us);
    t->max_us = code_bound(r, m, 1, high, t->max_us);
    struct grid g = grid_of(&t->hist, low, high);
    t->sum_us = code_sum(r, m, &g, t->sum_us);
}

/* --- lateness --- */

static int64_t code_late_max(struct range *r, struct model *m, int64_t us)
{
    unsigned code = us < 0 ? 0 : log_linear((uint64_t)us / LATENESS_UNIT_US, LATENESS_BITS);
    struct span s = log_linear_span(code, LATENESS_BITS);
    int64_t middle = (int64_t)(s.low * LATENESS_UNIT_US + s.width * LATENESS_UNIT_US / 2);
    if (!range_bit(r, &m->late_coded, us == middle))
        return range_signed(r, &m->late_max, us);
    s = log_linear_span(range_tree(r, m->late_code, 8, code), LATENESS_BITS);
    return (int64_t)(s.low * LATENESS_UNIT_US + s.width * LATENESS_UNIT_US / 2);
}

static uint64_t late_mean_of(const struct model *m, uint64_t results)
{
    uint64_t units = LATE_SUM_MAX / LATE_SUM_UNIT;
    return m->late_mean > units / results ? units : m->late_mean * results / 256;
}

/* The sum says how late we were, and nobody bills by it: a bucket will do. */
static uint64_t code_late_sum(struct range *r, struct model *m, uint64_t results, uint64_t us)
{
    const unsigned most = log_linear(LATE_SUM_MAX / LATE_SUM_UNIT, LATE_SUM_BITS);
    uint64_t units = (us < LATE_SUM_MAX ? us : LATE_SUM_MAX) / LATE_SUM_UNIT;
    int64_t guess = log_linear(late_mean_of(m, results), LATE_SUM_BITS);
    int64_t code = log_linear(units, LATE_SUM_BITS);
    code = guess + around_code(r, &m->late, &m->late_sum, 0, code - guess);
    if (code < 0 || code > (int64_t)most) {
        range_refuse(r);
        return 0;
    }
    struct span s = log_linear_span((unsigned)code, LATE_SUM_BITS);
    units = s.low + s.width / 2;
    uint64_t n = m->late_units < MEMORY ? ++m->late_units : MEMORY, mean = units * 256 / results;
    m->late_mean += mean > m->late_mean ? (mean - m->late_mean) / n : -((m->late_mean - mean) / n);
    return units * LATE_SUM_UNIT;
}

static void code_lateness(struct range *r, struct model *m, struct tally *t, uint64_t results)
{
    t->late_max_us = code_late_max(r, m, t->late_max_us);
    t->late_sum_us = results > 0 ? code_late_sum(r, m, results, t->late_sum_us)
                                 : range_number(r, &m->late_sum, t->late_sum_us);
}

/* --- units --- */

static void code_unit(struct range *r, struct model *m, struct tally *t)
{
    uint64_t results = code_counts(r, m, t->count) + code_maintenance(r, m, t->maintenance);
    code_reasons(r, m, t);
    code_latencies(r, m, t);
    code_lateness(r, m, t, results);
}

void block_put_tallies(const struct tally *const *units, size_t n, struct buf *out)
{
    struct model *m = mem_new(struct model);
    struct range r;
    struct buf block;

    frame_begin(&r, &block, BLOCK_TALLIES);
    range_number(&r, &m->units, n);
    for (size_t i = 0; i < n; i++) {
        m->was_there = range_bit(&r, &m->there[m->was_there], units[i] != NULL);
        if (units[i] == NULL)
            continue;
        struct tally t = *units[i];
        code_unit(&r, m, &t);
    }
    frame_end(&r, &block);
    buf_put(out, block.p, block.len);
    buf_done(&block);
    mem_free(m);
}

int block_get_tallies(const void *p, size_t len, block_unit_fn *each, void *arg, struct err *e)
{
    struct range r;

    if (frame_open(&r, p, len, BLOCK_TALLIES, e) != 0)
        return -1;
    struct model *m = mem_new(struct model);
    uint64_t n = range_number(&r, &m->units, 0);
    if (n > BLOCK_UNITS_MAX)
        range_refuse(&r);
    for (size_t i = 0; i < n && !range_bad(&r); i++) {
        struct tally t;
        m->was_there = range_bit(&r, &m->there[m->was_there], 0);
        if (!m->was_there)
            continue;
        tally_init(&t);
        code_unit(&r, m, &t);
        if (each != NULL && !range_bad(&r))
            each(arg, i, &t);
    }
    mem_free(m);
    return range_bad(&r) ? err_set(e, "block: damaged (it says what can't be)") : 0;
}
