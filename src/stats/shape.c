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
#define FORGET     5   /* a unit's weight falls by 1/32 with each that follows */
#define WEIGHT     256 /* of one result of the unit before */
#define LEAST      16  /* what a bucket is given that has not been used for long */
#define LEFT_MAX   ((uint64_t)1 << 26)

void around_init(struct around *a)
{
    chance_init(a->off, sizeof a->off / sizeof a->off[0]);
    number_init(&a->far);
}

void shape_init(struct shape *s)
{
    *s = (struct shape){.low = HIST_BUCKETS, .high = HIST_BUCKETS};
    for (int i = 0; i < SHAPE_LEVELS; i++)
        chance_init(s->few[i], SHAPE_STEPS);
    for (int i = 0; i < SHAPE_SCALES; i++)
        around_init(&s->around[i]);
    chance_init(s->outside, 2);
    chance_init(&s->another, 1);
    number_init(&s->many);
    number_init(&s->gap);
    number_init(&s->count);
}

/* Steps up: 0 or more; below: -1 or less. */
static int64_t code_steps(struct range *r, struct around *a, int64_t steps)
{
    struct chance *unary = a->off + 2;
    uint64_t size = steps < 0 ? ~(uint64_t)steps : (uint64_t)steps, n = 0;
    bool below = range_bit(r, &a->off[0], steps < 0);
    while (n < SHAPE_STEPS && range_bit(r, &unary[n], n < size))
        n++;
    if (n == SHAPE_STEPS)
        n += range_number(r, &a->far, size - n);
    return (int64_t)(below ? ~n : n);
}

int64_t around_code(struct range *r, struct around *a, unsigned scale, int64_t off)
{
    int64_t steps = code_steps(r, a, off >> scale);
    uint64_t low = range_raw(r, (uint64_t)off, scale);
    return (int64_t)((uint64_t)steps << scale | low);
}

static uint64_t code_few(struct range *r, struct shape *s, unsigned expected, uint64_t count)
{
    struct chance *unary = s->few[log_linear(expected, LEVEL_BITS)];
    uint64_t n = 0;
    while (n < SHAPE_STEPS && range_bit(r, &unary[n], n < count))
        n++;
    return n < SHAPE_STEPS ? n : n + range_number(r, &s->many, count - n);
}

static uint64_t code_count(struct range *r, struct shape *s, uint64_t expected, uint64_t count)
{
    if (expected < FEW * UNIT)
        return code_few(r, s, (unsigned)expected, count);
    uint64_t middle = expected / UNIT;
    unsigned scale = (63u - (unsigned)__builtin_clzll(middle)) / 2 - 1;
    return middle + (uint64_t)around_code(r, &s->around[scale], scale, (int64_t)(count - middle));
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

/* Some in from <= i < to, where nothing is expected. */
static void code_listed(struct range *r, struct shape *s, struct hist *h, unsigned from,
                        unsigned to)
{
    unsigned i = from;
    bool more;
    do {
        unsigned next = i;
        while (next < to && h->count[next] == 0)
            next++;
        uint64_t gap = range_number(r, &s->gap, next - i);
        if (gap >= to - i) {
            range_refuse(r);
            return;
        }
        i += (unsigned)gap;
        h->count[i] = take(r, s, 1 + range_number(r, &s->count, h->count[i] - 1));
        for (next = ++i; next < to && h->count[next] == 0;)
            next++;
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

static uint64_t weight_of(const struct shape *s, unsigned bucket)
{
    const uint32_t *at = &s->seen[bucket + 1];
    return ((uint64_t)at[-1] + 2 * (uint64_t)at[0] + at[1]) / 4 + LEAST;
}

static void code_inside(struct range *r, struct shape *s, struct hist *h, bool last)
{
    uint64_t all = 0;
    for (unsigned i = s->low; i < s->high; i++)
        all += weight_of(s, i);
    for (unsigned i = s->low; i < s->high && s->left > 0; i++) {
        uint64_t weight = weight_of(s, i), some = s->left < LEFT_MAX ? s->left : LEFT_MAX;
        uint64_t count = h->count[i];
        if (last && i + 1 == s->high)
            count = s->left;
        else
            count = code_count(r, s, some * UNIT * weight / all, count);
        h->count[i] = take(r, s, count);
        all -= weight;
    }
}

static void learn(struct shape *s, const struct hist *h, uint64_t sum)
{
    unsigned shift = sum >> 16 ? 64u - (unsigned)__builtin_clzll(sum >> 16) : 0;
    unsigned first = 0, end = HIST_BUCKETS;
    while (first < s->low && h->count[first] == 0)
        first++;
    while (end > s->high && end > first && h->count[end - 1] == 0)
        end--;
    if (s->low == HIST_BUCKETS)
        while (end > first && h->count[end - 1] == 0)
            end--;
    s->low = first;
    s->high = end;
    for (unsigned i = first; i < end; i++) {
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
    learn(s, h, sum);
}
