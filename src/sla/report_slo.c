/* report_slo.c - one SLO in the document: what was promised, what came of it, by day and month. */
#include <math.h>
#include <stdio.h>

#include "parts.h"
#include "sla/figures.h"
#include "stats/slo.h"

static void put_promise(struct jw *w, const struct sla_slo *s)
{
    static const char *const of[] = {"availability", "latency", "both"};
    const struct slo *p = &s->promise;

    jw_kv_text(w, "name", p->name);
    jw_kv_text(w, "description", p->description);
    jw_kv_text(w, "of", of[p->of]);
    jw_key(w, "limit_us");
    if (p->of != SLO_AVAILABILITY)
        jw_int(w, p->limit_us);
    else
        jw_null(w);
    jw_kv_text(w, "by", p->by == SLO_BY_TIME ? "time" : "events");
    jw_kv_text(w, "unit", p->by == SLO_BY_TIME ? "ms" : "results");
    jw_kv_int(w, "objective_ppm", p->objective_ppm);
    jw_key(w, "rolling_days");
    if (p->calendar)
        jw_null(w);
    else
        jw_int(w, p->days);
    jw_kv_bool(w, "maintenance_counts", p->count_maintenance);
    jw_kv_bool(w, "unknown_is_bad", p->unknown_is_bad);
    jw_kv_int(w, "coverage_least_percent", p->coverage_least);
    jw_kv_int(w, "interval_ms", s->interval_ms);
    jw_kv_list(w, "credits");
    for (size_t i = 0; i < p->n_credits; i++) {
        jw_object(w);
        jw_kv_int(w, "below_ppm", p->credits[i].below_ppm);
        jw_kv_int(w, "percent", p->credits[i].percent);
        jw_object_end(w);
    }
    jw_list_end(w);
    jw_kv_list(w, "monitors");
    for (size_t i = 0; i < s->n_monitors; i++)
        jw_text(w, s->monitors[i]);
    jw_list_end(w);
}

static void put_count(struct jw *w, const struct sla_count *c)
{
    jw_kv_int(w, "good", (int64_t)c->good);
    jw_kv_int(w, "bad", (int64_t)c->bad);
    jw_kv_int(w, "excluded", (int64_t)c->excluded);
    jw_kv_int(w, "unknown", (int64_t)c->unknown);
    jw_kv_int(w, "expected", (int64_t)c->expected);
}

/* By time the milliseconds are no looks: an interval of confidence would be made up. */
static double least(const struct sla_slo *s)
{
    double low, high;

    if (s->promise.by == SLO_BY_TIME)
        return NAN;
    slo_bounds(s->count.good, s->count.bad, &low, &high);
    return low;
}

static void put_outcome(struct jw *w, const struct sla_slo *s)
{
    struct figures_verdict v = figures_judge(&s->promise, &s->count);

    put_count(w, &s->count);
    jw_kv_real(w, "coverage", figures_coverage(&s->count), 6);
    jw_kv_real(w, "figure", v.told ? figures_ratio(&s->count) : NAN, 9);
    jw_kv_real(w, "at_least", v.told ? least(s) : NAN, 9);
    jw_kv_text(w, "no_figure", v.told ? NULL : v.why);
    jw_key(w, "met");
    if (v.told)
        jw_bool(w, v.met);
    else
        jw_null(w);
    jw_kv_real(w, "budget_left", v.told ? v.budget_left : NAN, 6);
    jw_key(w, "credit_percent");
    if (v.told && s->promise.n_credits > 0)
        jw_int(w, v.credit);
    else
        jw_null(w);
    jw_key(w, "credit_below_ppm");
    if (v.told && v.credit > 0)
        jw_int(w, v.below_ppm);
    else
        jw_null(w);
    latency_write(w, &s->latency);
}

/* A day's end is where the next one begins; its number is its place in the month. */
static void put_days(struct jw *w, const struct sla_slo *s, const char *month)
{
    jw_kv_list(w, "days");
    for (size_t i = 0; i < s->n_days; i++) {
        const struct sla_day *d = &s->days[i];
        char name[24];

        snprintf(name, sizeof name, "%s-%02zu", month, i + 1);
        jw_object(w);
        jw_kv_text(w, "day", name);
        jw_kv_time(w, "from", d->from_ms);
        put_count(w, &d->count);
        latency_write(w, &d->latency);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void put_trend(struct jw *w, const struct sla_slo *s)
{
    jw_kv_list(w, "trend");
    for (size_t i = 0; i < REPORT_TREND; i++) {
        const struct sla_month *m = &s->trend[i];
        struct figures_verdict v = figures_judge(&s->promise, &m->count);
        char month[MONTH_TEXT_SIZE];

        jw_object(w);
        jw_kv_text(w, "month", month_format(m->month, month));
        put_count(w, &m->count);
        jw_kv_real(w, "figure", v.told ? figures_ratio(&m->count) : NAN, 9);
        jw_kv_text(w, "no_figure", v.told ? NULL : v.why);
        jw_object_end(w);
    }
    jw_list_end(w);
}

void slo_write(struct jw *w, const struct sla_slo *s)
{
    char month[MONTH_TEXT_SIZE];

    jw_object(w);
    put_promise(w, s);
    jw_kv_text(w, "time_zone", s->zone_name);
    jw_kv_time(w, "from", s->from_ms);
    jw_kv_time(w, "to", s->to_ms);
    jw_kv_time(w, "measured_until", s->until_ms);
    put_outcome(w, s);
    put_days(w, s, month_format(s->trend[REPORT_TREND - 1].month, month));
    put_trend(w, s);
    jw_object_end(w);
}
