/* slo.c - from cells to figures: the window, the budget, the four rules.
 *
 * A rule means "so many percent of the budget within its long window", whatever the SLO's window
 * is; so its burn rate is percent x window / long window. Below 1 the budget outlasts the window,
 * and there is nothing to be told. It fires when the long and the short window burn faster than
 * that, when the failures are enough and close together, and not before there is history for one
 * whole long window, and of half of it at least. No ticket begins while the page fires. docs/slo.md
 * tells why. */
#include "stats/slo.h"

#include <math.h>

#include "base/civil.h"
#include "base/zone.h"
#include "stats/hist.h"

#define MINUTE   INT64_C(60000)
#define HOUR     INT64_C(3600000)
#define DAY      INT64_C(86400000)
#define GO_ON    0.8 /* of the threshold: what fires already goes on down to here */
#define FORECAST (6 * HOUR)

const struct slo_rule slo_rules[SLO_RULES] = {
    {1 * HOUR, 5 * MINUTE, 2, true},
    {6 * HOUR, 30 * MINUTE, 5, true},
    {1 * DAY, 2 * HOUR, 10, false},
    {3 * DAY, 6 * HOUR, 10, false},
};

/* --- one result ---------------------------------------------------------------------------- */

static bool is_fast(const struct slo *s, const struct result *r)
{
    return r->phases.total_us >= 0 && r->phases.total_us <= hist_limit_us(s->limit_us);
}

enum slo_class slo_classify(const struct slo *s, const struct result *r)
{
    if (r->maintenance && !s->count_maintenance)
        return SLO_EXCLUDED;
    if (r->verdict == VERDICT_UNKNOWN)
        return s->unknown_is_bad ? SLO_BAD : SLO_UNKNOWN;
    if (r->verdict == VERDICT_DOWN)
        return s->of == SLO_LATENCY ? SLO_EXCLUDED : SLO_BAD;
    return s->of == SLO_AVAILABILITY || is_fast(s, r) ? SLO_GOOD : SLO_BAD;
}

/* --- windows ------------------------------------------------------------------------------- */

static int64_t month_begin(const struct slo *s, int year, int month)
{
    return zone_resolve(s->zone, civil_days(year, month, 1) * (DAY / 1000), ZONE_GAP_NEXT) * 1000;
}

void slo_window(const struct slo *s, int64_t now_ms, int64_t *ret_from, int64_t *ret_to)
{
    *ret_to = now_ms;
    *ret_from = now_ms - s->days * DAY;
    if (s->calendar) {
        int64_t now_s = now_ms / 1000 - (now_ms % 1000 < 0);
        struct civil c = civil_of(zone_local(s->zone, now_s));

        *ret_from = month_begin(s, c.year, c.month);
        *ret_to = month_begin(s, c.year, c.month + 1);
    }
}

size_t slo_units(const struct slo *s)
{
    int64_t days = s->calendar ? 32 : s->days, rules = slo_rules[SLO_RULES - 1].long_ms / DAY;

    return (size_t)(((days > rules ? days : rules) + 1) * (DAY / SLO_UNIT_MS));
}

double slo_threshold(const struct slo *s, size_t rule, int64_t now_ms)
{
    const struct slo_rule *r = &slo_rules[rule];
    int64_t from_ms, to_ms;
    double burn;

    slo_window(s, now_ms, &from_ms, &to_ms);
    burn = r->percent / 100.0 * (double)(to_ms - from_ms) / (double)r->long_ms;
    return burn < 1 ? 1 : burn;
}

static double allowed(const struct slo *s)
{
    return (1000000 - s->objective_ppm) / 1e6;
}

bool slo_rule_is_vain(const struct slo *s, size_t rule, int64_t now_ms)
{
    return slo_threshold(s, rule, now_ms) * allowed(s) >= 1;
}

double slo_expected(const struct slo *s, int64_t span_ms)
{
    double slots = 0;
    bool any = false;

    for (size_t i = 0; i < s->n_monitors; i++) {
        if (!s->monitors[i]->enabled || s->monitors[i]->interval_ms <= 0)
            continue;
        any = true;
        slots += (double)span_ms / (double)s->monitors[i]->interval_ms;
    }
    return s->by == SLO_BY_TIME ? (any ? (double)span_ms : 0) : slots;
}

uint64_t slo_bad_needed(const struct slo *s, size_t rule, int64_t now_ms)
{
    double slots = slo_expected(s, slo_rules[rule].long_ms);

    return (uint64_t)(slo_threshold(s, rule, now_ms) * allowed(s) * slots + 1e-9) + 1;
}

/* --- the rules ----------------------------------------------------------------------------- */

static double burn_of(const struct slo *s, const struct slo_sum *sum)
{
    uint64_t valid = sum->good + sum->bad;

    return valid ? (double)sum->bad / (double)valid / allowed(s) : NAN;
}

/* One failed probe burns thousandfold where probes are few. What is counted by time has been
 * confirmed by results in a row already. */
static bool is_guarded(const struct slo *s, const struct slo_sum *sum)
{
    return s->by == SLO_BY_EVENTS &&
           (sum->bad < (uint64_t)s->failures_least || (s->failures_least > 1 && !sum->paired));
}

static bool begins(const struct slo *s, const struct slo_rule_status *r, const struct slo_sum *sum)
{
    return r->armed && !is_guarded(s, sum) && r->long_burn > r->threshold &&
           r->short_burn > r->threshold;
}

/* What fires goes on until one of its windows is clearly below. A short window that nothing is
 * known of, or that reaches back to before the first cell, says nothing: history was lost. */
static bool goes_on(const struct slo_ring *r, int64_t now_ms, const struct slo_rule *rule,
                    const struct slo_rule_status *st)
{
    double least = st->threshold * GO_ON;
    bool seen = r->since_ms && r->since_ms <= now_ms - rule->short_ms;

    if (!seen)
        return true;
    if (isnan(st->short_burn))
        return !isnan(st->long_burn) && st->long_burn >= least;
    return st->short_burn >= least && st->long_burn >= least;
}

/* By what was written down; where nothing was, by the configuration of now. */
static double planned(const struct slo *s, const struct slo_ring *r, const struct slo_sum *sum,
                      int64_t from_ms, int64_t to_ms)
{
    return (double)sum->planned + slo_expected(s, slo_ring_missing(r, from_ms, to_ms));
}

/* Less than half of what was planned was seen. Minutes that are missing were never planned. */
static bool is_sparse(const struct slo *s, const struct slo_ring *r, const struct slo_sum *sum,
                      int64_t from_ms, int64_t to_ms)
{
    double seen = (double)(sum->good + sum->bad + sum->excluded + sum->unknown);

    if (to_ms - from_ms <= SLO_FINE_MS)
        return seen < (double)sum->planned / 2;
    return seen < planned(s, r, sum, from_ms, to_ms) / 2;
}

static bool judge_rule(const struct slo *s, const struct slo_ring *r, int64_t now_ms, size_t i,
                       struct slo_rule_status *st)
{
    const struct slo_rule *rule = &slo_rules[i];
    struct slo_sum sum = slo_ring_sum(r, now_ms - rule->long_ms, now_ms);
    struct slo_sum brief = slo_ring_sum(r, now_ms - rule->short_ms, now_ms);

    st->long_ms = rule->long_ms;
    st->short_ms = rule->short_ms;
    st->page = rule->page;
    st->threshold = slo_threshold(s, i, now_ms);
    st->long_burn = burn_of(s, &sum);
    st->short_burn = burn_of(s, &brief);
    st->bad = sum.bad;
    st->armed = r->since_ms && r->since_ms <= now_ms - rule->long_ms;
    st->sparse = st->armed && is_sparse(s, r, &sum, now_ms - rule->long_ms, now_ms);
    st->armed = st->armed && !st->sparse;
    return begins(s, st, &sum);
}

struct slo_firing slo_judge(const struct slo *s, const struct slo_ring *r, int64_t now_ms,
                            struct slo_firing was, struct slo_rule_status ret[SLO_RULES])
{
    struct slo_firing is = {false, false};
    bool faster[2] = {false, false}; /* ticket, page: a rule with history enough has the word */

    for (size_t i = 0; i < SLO_RULES; i++) {
        struct slo_rule_status *st = &ret[i];
        bool begun = judge_rule(s, r, now_ms, i, st);
        bool fired = st->page ? was.page : was.ticket;

        if (!st->page && is.page && !fired) /* one outage does not tell twice */
            begun = false;
        fired = fired && (st->armed || !faster[st->page]);
        faster[st->page] |= st->armed;
        st->firing = begun || (fired && goes_on(r, now_ms, &slo_rules[i], st));
        *(st->page ? &is.page : &is.ticket) |= st->firing;
    }
    return is;
}

/* --- the figures --------------------------------------------------------------------------- */

#define Z 1.96 /* 95 % of a normal distribution */

void slo_bounds(uint64_t good, uint64_t bad, double *ret_low, double *ret_high)
{
    double n = (double)(good + bad), p = n > 0 ? (double)good / n : NAN;
    double middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
    double half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);

    *ret_low = fmax(0, middle - half);
    *ret_high = fmin(1, middle + half);
    if (n > 0 && bad == 0) {
        *ret_low = fmax(0, 1 - 3 / n);
        *ret_high = 1;
    } else if (!(n > 0)) {
        *ret_low = *ret_high = NAN;
    }
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What is still to come, or was not counted yet because counting began within the window. */
static int64_t uncounted_ms(const struct slo *s, const struct slo_status *st, int64_t now_ms)
{
    int64_t ahead = s->calendar ? st->to_ms - now_ms : 0;
    int64_t before = st->since_ms ? st->since_ms - st->from_ms : now_ms - st->from_ms;

    return ahead + (s->calendar ? 0 : later(before, 0));
}

static void measure_budget(const struct slo *s, int64_t now_ms, struct slo_status *st)
{
    double valid = (double)(st->good + st->bad);

    valid += slo_expected(s, uncounted_ms(s, st, now_ms));
    st->budget = allowed(s) * valid;
    st->budget_left = st->budget > 0 ? 1 - (double)st->bad / st->budget : 1;
}

/* At the pace of the last hours; 0 when the window ends before. */
static void forecast(const struct slo_ring *r, int64_t now_ms, struct slo_status *st)
{
    struct slo_sum sum = slo_ring_sum(r, now_ms - FORECAST, now_ms);
    int64_t counted = now_ms - later(now_ms - FORECAST, st->since_ms);
    double left = st->budget_left * st->budget, reach = (double)(st->to_ms - st->from_ms), ms;

    st->exhausted_ms = 0;
    if (st->budget_left <= 0)
        st->exhausted_ms = now_ms;
    else if (sum.bad && counted > 0) {
        ms = left / (double)sum.bad * (double)counted;
        if (st->to_ms > now_ms)
            reach = (double)(st->to_ms - now_ms);
        st->exhausted_ms = ms < reach ? now_ms + (int64_t)ms : 0;
    }
}

void slo_measure(const struct slo *s, const struct slo_ring *r, int64_t now_ms,
                 struct slo_status *ret)
{
    struct slo_sum sum;
    double seen;

    slo_window(s, now_ms, &ret->from_ms, &ret->to_ms);
    sum = slo_ring_sum(r, ret->from_ms, now_ms);
    ret->since_ms = r->since_ms ? later(r->since_ms, ret->from_ms) : 0;
    ret->good = sum.good;
    ret->bad = sum.bad;
    ret->excluded = sum.excluded;
    ret->unknown = sum.unknown;
    ret->expected = (uint64_t)(planned(s, r, &sum, ret->from_ms, now_ms) + 0.5);
    seen = (double)(sum.good + sum.bad + sum.excluded);
    ret->coverage = ret->expected ? fmin(1, seen / (double)ret->expected) : NAN;
    ret->ratio = sum.good + sum.bad ? (double)sum.good / (double)(sum.good + sum.bad) : NAN;
    ret->low = ret->high = NAN;
    if (s->by == SLO_BY_EVENTS)
        slo_bounds(sum.good, sum.bad, &ret->low, &ret->high);
    measure_budget(s, now_ms, ret);
    forecast(r, now_ms, ret);
}
