/* slo_text.c - an SLO in the words of its file, and what somebody who is woken reads first. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/zone.h"
#include "stats/slo.h"

#define DAY INT64_C(86400000)

const char *slo_percent(int32_t ppm, char *dst, size_t size)
{
    char digits[32];
    size_t n;

    snprintf(digits, sizeof digits, "%d.%04d", ppm / 10000, ppm % 10000);
    n = strlen(digits);
    while (digits[n - 1] == '0')
        n--;
    digits[digits[n - 1] == '.' ? n - 1 : n] = '\0';
    text_printf(dst, size, "%s%%", digits);
    return dst;
}

const char *slo_window_words(const struct slo *s, char *dst, size_t size)
{
    if (s->calendar)
        text_printf(dst, size, "month in %s", zone_name(s->zone));
    else
        text_printf(dst, size, "%dd", s->days);
    return dst;
}

const char *slo_indicator_words(const struct slo *s, char *dst, size_t size)
{
    static const char *const leads[] = {
        [SLO_AVAILABILITY] = "availability",
        [SLO_LATENCY] = "latency < ",
        [SLO_BOTH] = "availability and latency < ",
    };
    char limit[40] = "";
    int64_t us = s->limit_us;

    if (s->of != SLO_AVAILABILITY && us % 1000 == 0)
        text_from_duration(us / 1000, limit, sizeof limit);
    else if (s->of != SLO_AVAILABILITY)
        snprintf(limit, sizeof limit, "%.6gms", (double)us / 1000);
    text_printf(dst, size, "%s%s", leads[s->of], limit);
    return dst;
}

/* The rule that fires and has burnt the fastest, by its own threshold. */
static const struct slo_rule_status *worst_of(const struct slo_status *st, bool page)
{
    const struct slo_rule_status *worst = NULL;

    for (size_t i = 0; i < SLO_RULES; i++) {
        const struct slo_rule_status *r = &st->rules[i];

        if (r->page == page && r->firing && !isnan(r->long_burn) &&
            (!worst || r->long_burn / r->threshold > worst->long_burn / worst->threshold))
            worst = r;
    }
    return worst;
}

/* Two digits that count: 16, 3.2, 0.024. */
static const char *brief(double d, char *dst, size_t size)
{
    int decimals = fabs(d) >= 10 || d == 0 ? 0 : 1 - (int)floor(log10(fabs(d)));

    snprintf(dst, size, "%.*f", decimals > 6 ? 6 : decimals, d);
    return dst;
}

static void put_budget(const struct slo_status *st, char *dst, size_t size)
{
    double percent = st->budget_left * 100;
    char number[40];

    if (percent >= 0)
        text_printf(dst, size, "%.0f %% of the budget left", percent);
    else
        text_printf(dst, size, "the budget is overspent by %s %%",
                    brief(-percent, number, sizeof number));
}

static void put_rule(struct buf *out, const struct slo_rule_status *r)
{
    char span[32], burn[40], brief_span[32], brief_burn[40];

    buf_printf(out, "%s%s burns %sx", out->len ? "; " : "",
               text_from_duration(r->long_ms, span, sizeof span),
               brief(r->long_burn, burn, sizeof burn));
    buf_printf(out, " and %s %sx, the rule is %.3gx",
               text_from_duration(r->short_ms, brief_span, sizeof brief_span),
               isnan(r->short_burn) ? "?" : brief(r->short_burn, brief_burn, sizeof brief_burn),
               r->threshold);
}

void slo_explain(const struct slo *s, const struct slo_status *st, bool page, char *dst,
                 size_t size)
{
    char objective[32], window[120], indicator[64];
    struct buf rules;

    buf_init(&rules, 200);
    for (size_t i = 0; i < SLO_RULES; i++)
        if (st->rules[i].page == page && st->rules[i].firing && !isnan(st->rules[i].long_burn))
            put_rule(&rules, &st->rules[i]);
    text_printf(dst, size, "%s (%s of %s in %s): %s", s->name,
                slo_percent(s->objective_ppm, objective, sizeof objective),
                slo_indicator_words(s, indicator, sizeof indicator),
                slo_window_words(s, window, sizeof window), buf_text(&rules));
    buf_done(&rules);
}

void slo_entitle(const struct slo *s, const struct slo_status *st, bool page, char *dst,
                 size_t size)
{
    const struct slo_rule_status *r = worst_of(st, page);
    char budget[80], period[40], burn[40] = "?", bad[40] = "?", span[32] = "?";

    put_budget(st, budget, sizeof budget);
    text_printf(period, sizeof period, "%lld-day",
                (long long)((st->to_ms - st->from_ms + DAY / 2) / DAY));
    if (r) {
        brief(r->long_burn, burn, sizeof burn);
        brief(r->long_burn * (1000000 - s->objective_ppm) / 1e4, bad, sizeof bad);
        text_from_duration(r->long_ms, span, sizeof span);
    }
    text_printf(dst, size, "%s burns its %s budget %sx too fast: %s %% %s in %s; %s", s->name,
                s->calendar ? "month's" : period, burn, bad,
                s->by == SLO_BY_TIME ? "of the time down" : "failed", span, budget);
}
