/* shape.c - a histogram, given those before it.
 *
 * Happy path: bucket after bucket of those that were ever used: how many of the results that are
 *             left should be here, by what the units before had here and at both sides? The count
 *             is then coded by what was expected: small ones one by one, large ones as a distance.
 *             When none are left, it ends. What is beside those buckets is listed one by one.
 * Failures:   decoding: counts that do not add up are refused. */
#include "shape.h"

#include "log_linear.h"

#define LEVEL_BITS 2
#define FEW        8   /* fewer than that are expected: one by one */
#define UNIT       256 /* an expectation of one */
#define LITTLE     48  /* is expected of four buckets: asked together */
#define FORGET     5   /* a unit's weight falls by 1/32 with each that follows */
#define WEIGHT     256 /* of one result of the unit before */
#define LEAST      16  /* what a bucket is given that has not been used for long */
#define LEFT_MAX   ((uint64_t)1 << 26)

/* Steps up: 0 or more; below: -1 or less. */
static int64_t code_steps(struct range *r, struct around *a, struct number *far, int64_t steps)
{
    uint64_t size = steps < 0 ? ~(uint64_t)steps : (uint64_t)steps, n = 0;
    bool below = range_bit(r, &a->below, steps < 0);
    while (n < SHAPE_STEPS && range_bit(r, &a->off[n], n < size))
        n++;
    if (n == SHAPE_STEPS)
        n += range_number(r, far, size - n);
    return (int64_t)(below ? ~n : n);
}

int64_t around_code(struct range *r, struct around *a, struct number *far, unsigned scale,
                    int64_t off)
{
    int64_t steps = code_steps(r, a, far, off >> scale);
    uint64_t low = range_raw(r, (uint64_t)off, scale);
    return (int64_t)((uint64_t)steps << scale | low);
}

/* `least` are there already. */
static uint64_t code_few(struct range *r, struct shape *s, unsigned expected, unsigned least,
                         uint64_t count)
{
    struct chance *unary = s->few[log_linear(expected, LEVEL_BITS)];
    uint64_t n = least;
    while (n < SHAPE_STEPS && range_bit(r, &unary[n], n < count))
        n++;
    return n < SHAPE_STEPS ? n : n + range_number(r, &s->many, count - n);
}

static uint64_t code_many(struct range *r, struct shape *s, uint64_t expected, uint64_t count)
{
    uint64_t middle = expected / UNIT;
    unsigned scale = (63u - (unsigned)__builtin_clzll(middle)) / 2 - 1;
    return middle +
           (uint64_t)around_code(r, &s->around[scale], &s->far, scale, (int64_t)(count - middle));
}

static uint32_t take(struct range *r, struct shape *s, uint64_t count)
{
    if (count > s->left || count > UINT32_MAX) {
        range_refuse(r);
        count = 0;
    }
    s->left -= count;
    return (uint32_t)count;
}

static unsigned next_used(const struct range *r, const struct hist *h, unsigned i, unsigned to)
{
    while (!r->decoding && i < to && h->count[i] == 0)
        i++;
    return i;
}

/* Some in from <= i < to, where nothing is expected. */
static void code_listed(struct range *r, struct shape *s, struct hist *h, unsigned from,
                        unsigned to)
{
    unsigned i = from, next = next_used(r, h, from, to);
    bool more;
    do {
        uint64_t gap = range_number(r, &s->gap, next - i);
        if (gap >= to - i) {
            range_refuse(r);
            return;
        }
        i += (unsigned)gap;
        h->count[i] = take(r, s, 1 + range_number(r, &s->count, h->count[i] - 1));
        next = next_used(r, h, ++i, to);
        more = s->left > 0 && i < to && range_bit(r, &s->another, next < to);
    } while (more);
}

static bool any_in(const struct hist *h, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        if (h->count[i] > 0)
            return true;
    return false;
}

static void weigh(struct shape *s)
{
    uint32_t rest = 0;
    for (unsigned i = 0; i < SHAPE_GROUP; i++)
        s->rest[s->high + i] = 0;
    for (unsigned i = s->high; i-- > s->low;) {
        const uint32_t *at = &s->seen[i + 1];
        rest += (at[-1] + 2 * at[0] + at[1]) / 4 + LEAST;
        s->rest[i] = rest;
    }
}

/* Four buckets where hardly anything is expected: is there anything at all, and where does it
 * begin? Returns how many buckets that settles. */
static unsigned code_group(struct range *r, struct shape *s, struct hist *h, unsigned i,
                           uint64_t expected)
{
    unsigned first = 0;
    uint64_t count;
    while (first < SHAPE_GROUP && i + first < s->high && h->count[i + first] == 0)
        first++;
    bool any = first < SHAPE_GROUP && i + first < s->high;
    if (!range_bit(r, &s->any[log_linear((unsigned)expected, LEVEL_BITS)], any))
        return SHAPE_GROUP;
    first = range_tree(r, s->first, 2, first);
    if (i + first >= s->high) {
        range_refuse(r);
        return SHAPE_GROUP;
    }
    count = code_few(r, s, (unsigned)expected, 1, h->count[i + first]);
    h->count[i + first] = take(r, s, count);
    return first + 1;
}

static void code_inside(struct range *r, struct shape *s, struct hist *h, bool last)
{
    weigh(s);
    for (unsigned i = s->low; i < s->high && s->left > 0;) {
        uint64_t some = s->left < LEFT_MAX ? s->left : LEFT_MAX, share = some * UNIT;
        uint64_t all = s->rest[i], four = all - s->rest[i + SHAPE_GROUP], count = h->count[i];
        if (last && i + 1 == s->high) {
            count = s->left;
        } else if (share * four < all * LITTLE) {
            i += code_group(r, s, h, i, share * four / all);
            continue;
        } else {
            uint64_t expected = share * (all - s->rest[i + 1]) / all;
            count = expected < FEW * UNIT ? code_few(r, s, (unsigned)expected, 0, count)
                                          : code_many(r, s, expected, count);
        }
        h->count[i++] = take(r, s, count);
    }
}

/* What was used now for the first time. */
static void extend(struct shape *s, const struct hist *h, bool below, bool above)
{
    if (below || s->high == 0)
        for (s->low = 0; h->count[s->low] == 0;)
            s->low++;
    if (above)
        for (s->high = HIST_BUCKETS; h->count[s->high - 1] == 0;)
            s->high--;
}

static void learn(struct shape *s, const struct hist *h, uint64_t sum)
{
    unsigned shift = sum >> 16 ? 64u - (unsigned)__builtin_clzll(sum >> 16) : 0;
    for (unsigned i = s->low; i < s->high; i++) {
        uint32_t *seen = &s->seen[i + 1];
        *seen += WEIGHT * (uint32_t)((uint64_t)h->count[i] >> shift) - (*seen >> FORGET);
    }
}

void shape_code(struct range *r, struct shape *s, struct hist *h, uint64_t sum)
{
    s->left = sum;
    bool below = s->left > 0 && s->low > 0 && range_bit(r, &s->outside[0], any_in(h, 0, s->low));
    bool above = s->left > 0 && s->high < HIST_BUCKETS &&
                 range_bit(r, &s->outside[1], any_in(h, s->high, HIST_BUCKETS));
    if (below)
        code_listed(r, s, h, 0, s->low);
    code_inside(r, s, h, !above);
    if (above)
        code_listed(r, s, h, s->high, HIST_BUCKETS);
    if (s->left > 0)
        range_refuse(r);
    if (range_bad(r))
        return;
    if (below || above)
        extend(s, h, below, above);
    learn(s, h, sum);
}
