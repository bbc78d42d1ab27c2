/* gather_slo.c - cells and hours of an SLO, added up by the days of its own wall clock.
 *
 * A cell (a quarter of an hour) and an hour belong to the day in which they begin; days of every
 * zone begin with a quarter, so counts are exact by day, and latencies are but where midnight lies
 * within an hour of UTC.
 *
 * How much there was to be comes from the series of the monitors, which know since when they are
 * kept: a monitor that is new in the middle of the month makes no hole before it. Of past months
 * only the cells are read: there the quarters without anything are what is missing. */
#include <string.h>

#include "sla/figures.h"
#include "sla/gather.h"
#include "stats/hist.h"
#include "stats/tally.h"

void gather_slo_begin(struct gather_slo *g, struct sla_slo *s)
{
    *g = (struct gather_slo){.slo = s, .regions = 1};
    g->days = mem_calloc(MONTH_DAYS_MAX, sizeof *g->days);
}

static void add_cell(struct sla_count *into, const struct slo_cell *c)
{
    into->good += c->good;
    into->bad += c->bad;
    into->excluded += c->excluded;
    into->unknown += c->unknown;
}

/* The day that an instant of the month lies in; MONTH_DAYS_MAX: none. */
static size_t day_of(const struct sla_slo *s, int64_t at_ms)
{
    size_t i = s->n_days;

    if (at_ms < s->from_ms || at_ms >= s->to_ms)
        return MONTH_DAYS_MAX;
    while (i > 1 && s->days[i - 1].from_ms > at_ms)
        i--;
    return i - 1;
}

static void note_regions(struct gather_slo *g, const struct slo_cell *c)
{
    uint64_t all = (uint64_t)c->good + c->bad + c->excluded + c->unknown;
    uint64_t regions = (all + SLO_UNIT_MS - 1) / SLO_UNIT_MS;

    if (g->slo->promise.by == SLO_BY_TIME && regions > g->regions)
        g->regions = regions < 1000 ? (uint32_t)regions : 1000;
}

void gather_unit(struct gather_slo *g, int64_t at_ms, const struct slo_cell *c)
{
    struct sla_slo *s = g->slo;
    size_t month = REPORT_TREND, day;

    if (at_ms >= s->to_ms || at_ms < s->trend[0].from_ms)
        return;
    while (month > 1 && s->trend[month - 1].from_ms > at_ms)
        month--;
    month--;
    add_cell(&s->trend[month].count, c);
    if ((uint64_t)c->good + c->bad + c->excluded + c->unknown > 0) {
        g->units[month]++;
        g->first_ms = g->first_ms == 0 || at_ms < g->first_ms ? at_ms : g->first_ms;
    }
    day = day_of(s, at_ms);
    if (day == MONTH_DAYS_MAX)
        return;
    add_cell(&s->days[day].count, c);
    add_cell(&s->count, c);
    note_regions(g, c);
}

void gather_hour(struct gather_slo *g, const struct gather_hour *h)
{
    size_t day = day_of(g->slo, h->from_ms);

    if (day == MONTH_DAYS_MAX)
        return;
    hist_merge(&g->days[day], &h->tally->hist);
    hist_merge(&g->all, &h->tally->hist);
    if (g->slo->promise.by == SLO_BY_EVENTS)
        g->expected[day] += h->expected;
    else if (h->expected > 0)
        g->expected[day] += (uint64_t)(h->to_ms - h->from_ms);
}

static struct sla_latency latency_of(const struct hist *h)
{
    struct sla_latency l = SLA_LATENCY_NONE;

    l.n = h->n;
    for (int i = 0; i < REPORT_QUANTILES && h->n > 0; i++)
        l.us[i] = hist_quantile_us(h, report_quantiles[i] / 100.0);
    return l;
}

/* As much as was there in quarters with anything in them, for all the quarters there are. */
static void end_month(struct gather_slo *g, size_t i)
{
    struct sla_month *m = &g->slo->trend[i];
    int64_t to_ms = i + 1 < REPORT_TREND ? g->slo->trend[i + 1].from_ms : g->slo->to_ms;
    uint64_t quarters = (uint64_t)((to_ms - m->from_ms) / SLO_UNIT_MS);
    struct sla_count *c = &m->count;
    double all = (double)(c->good + c->bad + c->excluded + c->unknown);

    if (g->units[i] > 0)
        c->expected = (uint64_t)(all * (double)quarters / (double)g->units[i] + 0.5);
}

void gather_slo_end(struct gather_slo *g)
{
    struct sla_slo *s = g->slo;

    for (size_t i = 0; i < s->n_days; i++) {
        struct sla_day *d = &s->days[i];
        uint64_t times = s->promise.by == SLO_BY_TIME ? g->regions : 1;

        d->latency = latency_of(&g->days[i]);
        d->count.expected = g->expected[i] * times;
        s->count.expected += d->count.expected;
    }
    s->latency = latency_of(&g->all);
    for (size_t i = 0; i + 1 < REPORT_TREND; i++)
        end_month(g, i);
    s->trend[REPORT_TREND - 1].count = s->count;
    mem_free(g->days);
    g->days = NULL;
}

int64_t gather_slo_since_ms(const struct gather_slo *g)
{
    return g->first_ms > g->slo->from_ms + SLO_UNIT_MS ? g->first_ms : 0;
}

/* --- monitors ---------------------------------------------------------------------------- */

struct gather_sum {
    struct sla_row row;
    struct hist hist;
};

static void add_row(struct sla_row *into, const struct sla_row *from, const struct tally *t)
{
    into->good += tally_good(t);
    into->bad += tally_valid(t) - tally_good(t);
    into->unknown += t->count[VERDICT_UNKNOWN];
    for (int v = 0; v < VERDICT_COUNT; v++)
        into->maintenance += t->maintenance[v];
    into->expected += from->expected;
}

static struct gather_sum *sum_of(struct gather_rows *g, enum sla_row_kind kind, const char *name)
{
    struct gather_sum *sum;

    for (size_t i = 0; i < g->sums.n; i++)
        if (g->sums.items[i]->row.kind == kind && strcmp(g->sums.items[i]->row.name, name) == 0)
            return g->sums.items[i];
    sum = mem_new(struct gather_sum);
    sum->row = (struct sla_row){.kind = kind, .name = name};
    vec_push(&g->sums, sum);
    return sum;
}

static void add_sum(struct gather_sum *sum, const struct sla_row *who, const struct tally *t)
{
    add_row(&sum->row, who, t);
    hist_merge(&sum->hist, &t->hist);
}

void gather_monitor(struct gather_rows *g, struct sla_report *r, const struct sla_row *who,
                    const struct tally *t)
{
    struct sla_row row = {.kind = SLA_ROW_MONITOR,
                          .name = arena_strdup(&r->arena, who->name),
                          .group = arena_strdup(&r->arena, who->group)};

    add_row(&row, who, t);
    row.latency = latency_of(&t->hist);
    add_sum(sum_of(g, SLA_ROW_ALL, ""), who, t);
    if (row.group != NULL)
        add_sum(sum_of(g, SLA_ROW_GROUP, row.group), who, t);
    vec_push(&r->rows, row);
}

void gather_rows_end(struct gather_rows *g, struct sla_report *r)
{
    size_t n = r->rows.n, more = g->sums.n;

    for (size_t i = 0; i < more; i++)
        vec_push(&r->rows, ((struct sla_row){0}));
    if (n > 0)
        memmove(&r->rows.items[more], r->rows.items, n * sizeof *r->rows.items);
    for (size_t i = 0; i < more; i++) {
        struct gather_sum *sum = g->sums.items[i];

        sum->row.latency = latency_of(&sum->hist);
        r->rows.items[i] = sum->row;
        mem_free(sum);
    }
    vec_done(&g->sums);
}
