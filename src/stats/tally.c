/* tally.c - adding up results.
 *
 * Happy path: add one result, merge two tallies; both orders give the same (tally_equal).
 * Failures:   none. Sums that would overflow stop at the top (they never do in practice: a sum of
 *             microseconds lasts for 584,000 years of waiting). */
#include "stats/tally.h"

#include <math.h>
#include <string.h>

#include "stats/hist.h"

void tally_init(struct tally *t)
{
    *t = (struct tally){.min_us = -1, .max_us = -1, .late_max_us = -1};
}

static uint64_t add64(uint64_t a, uint64_t b)
{
    return a + b < a ? UINT64_MAX : a + b;
}

static bool is_good(enum verdict v)
{
    return v == VERDICT_UP || v == VERDICT_DEGRADED;
}

static void widen(struct tally *t, int64_t min_us, int64_t max_us)
{
    if (min_us >= 0 && (t->min_us < 0 || min_us < t->min_us))
        t->min_us = min_us;
    if (max_us > t->max_us)
        t->max_us = max_us;
}

static void add_lateness(struct tally *t, int64_t us)
{
    if (us < 0)
        us = 0;
    t->late_sum_us = add64(t->late_sum_us, (uint64_t)us);
    if (us > t->late_max_us)
        t->late_max_us = us;
}

void tally_add(struct tally *t, const struct result *r)
{
    int64_t us = r->phases.total_us;

    add_lateness(t, r->lateness_us);
    if (r->maintenance) {
        t->maintenance[r->verdict]++;
        return;
    }
    t->count[r->verdict]++;
    if (!is_good(r->verdict)) {
        t->reasons[r->reason]++;
        return;
    }
    if (us < 0)
        return;
    t->sum_us = add64(t->sum_us, (uint64_t)us);
    widen(t, us, us);
    hist_add(&t->hist, us, 1);
}

void tally_merge(struct tally *into, const struct tally *from)
{
    for (int v = 0; v < VERDICT_COUNT; v++) {
        into->count[v] = add64(into->count[v], from->count[v]);
        into->maintenance[v] = add64(into->maintenance[v], from->maintenance[v]);
    }
    for (int i = 0; i < TALLY_REASONS; i++)
        into->reasons[i] = add64(into->reasons[i], from->reasons[i]);
    into->sum_us = add64(into->sum_us, from->sum_us);
    widen(into, from->min_us, from->max_us);
    into->late_sum_us = add64(into->late_sum_us, from->late_sum_us);
    if (from->late_max_us > into->late_max_us)
        into->late_max_us = from->late_max_us;
    hist_merge(&into->hist, &from->hist);
}

bool tally_equal(const struct tally *a, const struct tally *b)
{
    return memcmp(a->count, b->count, sizeof a->count) == 0 &&
           memcmp(a->maintenance, b->maintenance, sizeof a->maintenance) == 0 &&
           memcmp(a->reasons, b->reasons, sizeof a->reasons) == 0 && a->sum_us == b->sum_us &&
           a->min_us == b->min_us && a->max_us == b->max_us && a->late_sum_us == b->late_sum_us &&
           a->late_max_us == b->late_max_us && a->hist.n == b->hist.n &&
           memcmp(a->hist.count, b->hist.count, sizeof a->hist.count) == 0;
}

uint64_t tally_good(const struct tally *t)
{
    return t->count[VERDICT_UP] + t->count[VERDICT_DEGRADED];
}

uint64_t tally_valid(const struct tally *t)
{
    return tally_good(t) + t->count[VERDICT_DOWN];
}

uint64_t tally_results(const struct tally *t)
{
    uint64_t n = 0;
    for (int v = 0; v < VERDICT_COUNT; v++)
        n += t->count[v] + t->maintenance[v];
    return n;
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

double tally_availability(const struct tally *t)
{
    return share(tally_good(t), tally_valid(t));
}

double tally_error_rate(const struct tally *t)
{
    return share(t->count[VERDICT_DOWN], tally_valid(t));
}

int64_t tally_mean_us(const struct tally *t)
{
    uint64_t n = t->hist.n;
    return n > 0 ? (int64_t)(t->sum_us / n + (t->sum_us % n >= n - n / 2)) : -1;
}
