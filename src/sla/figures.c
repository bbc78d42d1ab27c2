/* figures.c - counts -> what may be said of them. */
#include "sla/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MILLION    UINT64_C(1000000)
#define PLACES_MAX 4

uint64_t figures_valid(const struct sla_count *c)
{
    return c->good + c->bad;
}

double figures_ratio(const struct sla_count *c)
{
    uint64_t valid = figures_valid(c);

    return valid > 0 ? (double)c->good / (double)valid : NAN;
}

double figures_coverage(const struct sla_count *c)
{
    uint64_t seen = figures_valid(c) + c->excluded;

    if (c->expected == 0)
        return seen > 0 ? 1 : 0;
    return seen < c->expected ? (double)seen / (double)c->expected : 1;
}

/* --- the verdict ------------------------------------------------------------------------- */

/* part / whole < ppm / 1000000, exactly. Counts of no month reach 2^63 / 1000000 but for hundreds
 * of years of milliseconds; beyond, both lose the same low bits. */
static bool below(uint64_t part, uint64_t whole, int32_t ppm)
{
    for (; whole > INT64_MAX / MILLION; whole /= 2)
        part /= 2;
    return part * MILLION < (uint64_t)ppm * whole;
}

static bool too_little_seen(const struct slo *s, const struct sla_count *c)
{
    uint64_t seen = figures_valid(c) + c->excluded;

    return seen < c->expected && below(seen, c->expected, s->coverage_least * 10000);
}

static void find_credit(const struct slo *s, const struct sla_count *c, struct figures_verdict *v)
{
    for (size_t i = 0; i < s->n_credits; i++) {
        const struct slo_credit *row = &s->credits[i];

        if (below(c->good, figures_valid(c), row->below_ppm) && row->percent >= v->credit) {
            v->credit = row->percent;
            v->below_ppm = row->below_ppm;
        }
    }
}

struct figures_verdict figures_judge(const struct slo *s, const struct sla_count *c)
{
    struct figures_verdict v = {.budget_left = NAN};
    uint64_t valid = figures_valid(c);
    double allowed = (double)valid * (double)(1000000 - s->objective_ppm) / 1e6;

    if (valid > 0)
        v.budget_left = 1 - (double)c->bad / allowed;
    if (c->good + c->bad + c->excluded + c->unknown == 0) {
        snprintf(v.why, sizeof v.why, "nothing was measured");
    } else if (too_little_seen(s, c)) {
        char seen[24];

        figures_percent(figures_valid(c) + c->excluded, c->expected, 1, seen, sizeof seen);
        snprintf(v.why, sizeof v.why,
                 "only %s %% of what was to be measured was measured; at least %d %% is needed",
                 seen, s->coverage_least);
    } else if (valid == 0) {
        snprintf(v.why, sizeof v.why, "all of it was excluded or unknown");
    } else {
        v.told = true;
        v.met = !below(c->good, valid, s->objective_ppm);
        find_credit(s, c, &v);
    }
    return v;
}

/* --- percentages ------------------------------------------------------------------------- */

static int places_of(int32_t ppm)
{
    int places = PLACES_MAX;

    for (; places > 0 && ppm % 10 == 0; ppm /= 10)
        places--;
    return places;
}

int figures_places(uint64_t n, int32_t objective_ppm)
{
    int places = 0, asked = places_of(objective_ppm);

    for (; n >= 1000 && places < PLACES_MAX; n /= 10)
        places++;
    return places > asked ? places : asked;
}

const char *figures_percent(uint64_t part, uint64_t whole, int places, char *dst, size_t size)
{
    uint64_t unit = 1, parts;

    for (int i = 0; i < places; i++)
        unit *= 10;
    for (; whole > INT64_MAX / MILLION; whole /= 2)
        part /= 2;
    parts = part >= whole ? 100 * unit : part * (100 * unit) / whole;
    if (places == 0)
        snprintf(dst, size, "%llu", (unsigned long long)parts);
    else
        snprintf(dst, size, "%llu.%0*llu", (unsigned long long)(parts / unit), places,
                 (unsigned long long)(parts % unit));
    return dst;
}

/* --- times ------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

struct figures_times figures_times(int64_t *ms, size_t n)
{
    struct figures_times t = {.n = n};
    double sum = 0;

    qsort(ms, n, sizeof *ms, compare);
    for (size_t i = 0; i < n; i++)
        sum += (double)ms[i];
    t.median_ms = n % 2 ? ms[n / 2] : ms[n / 2 - 1] + (ms[n / 2] - ms[n / 2 - 1]) / 2;
    t.mean_ms = llround(sum / (double)n);
    t.longest_ms = ms[n - 1];
    return t;
}
