/* gather.c - a report begun from the configuration, and brought into order at the end. */
#include "sla/gather.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BEFORE_MS (400 * INT64_C(86400000)) /* so far back clocks are known */
#define OFFSETS   64                        /* in that time; more is no zone of this world */

const struct zone *gather_zone(const struct config *c)
{
    const struct zone *all = NULL;

    if (c->report.zone != NULL)
        return c->report.zone;
    for (size_t i = 0; i < c->n_slos; i++) {
        const struct slo *s = &c->slos[i];

        if (!s->calendar || s->zone == NULL)
            continue;
        if (all != NULL && strcmp(zone_name(all), zone_name(s->zone)) != 0)
            return zone_utc();
        all = s->zone;
    }
    return all != NULL ? all : zone_utc();
}

static int64_t before(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void copy_promise(struct arena *a, struct slo *p)
{
    struct slo_credit *credits = arena_calloc(a, p->n_credits + 1, sizeof *credits);

    p->name = arena_strdup(a, p->name);
    p->description = arena_strdup(a, p->description);
    if (p->n_credits > 0)
        memcpy(credits, p->credits, p->n_credits * sizeof *credits);
    p->credits = credits;
    p->monitors = NULL;
    p->n_monitors = 0;
    p->zone = NULL;
    p->page_policy = p->ticket_policy = NULL;
}

static void copy_monitors(struct arena *a, struct sla_slo *s, const struct slo *from)
{
    s->monitors = arena_calloc(a, from->n_monitors + 1, sizeof *s->monitors);
    for (size_t i = 0; i < from->n_monitors; i++) {
        const struct monitor *m = from->monitors[i];

        s->monitors[s->n_monitors++] = arena_strdup(a, m->name);
        if (s->interval_ms == 0 || m->interval_ms < s->interval_ms)
            s->interval_ms = m->interval_ms;
    }
}

static void add_slo(struct sla_report *r, const struct slo *from, const struct zone *z,
                    int64_t now_ms)
{
    struct sla_slo s = {.promise = *from, .latency = SLA_LATENCY_NONE};
    int64_t days_ms[MONTH_DAYS_MAX + 1];

    if (from->calendar && from->zone != NULL)
        z = from->zone;
    copy_promise(&r->arena, &s.promise);
    copy_monitors(&r->arena, &s, from);
    s.zone_name = arena_strdup(&r->arena, zone_name(z));
    s.n_days = month_days(r->month, z, days_ms);
    for (size_t i = 0; i < s.n_days; i++)
        s.days[i] = (struct sla_day){.from_ms = days_ms[i], .latency = SLA_LATENCY_NONE};
    s.from_ms = days_ms[0];
    s.to_ms = days_ms[s.n_days];
    s.until_ms = before(now_ms, s.to_ms);
    for (int i = 0; i < REPORT_TREND; i++) {
        s.trend[i].month = month_add(r->month, i + 1 - REPORT_TREND);
        s.trend[i].from_ms = month_from_ms(s.trend[i].month, z);
    }
    vec_push(&r->slos, s);
}

static void put_offsets(struct sla_report *r, const struct zone *z)
{
    int64_t at_s = (r->from_ms - BEFORE_MS) / 1000;

    for (int i = 0; i < OFFSETS && at_s < r->to_ms / 1000; i++) {
        vec_push(&r->offsets, ((struct sla_offset){at_s * 1000, zone_offset(z, at_s)}));
        at_s = zone_next_transition(z, at_s);
    }
}

void gather_begin(struct sla_report *r, const struct config *c, struct month m, int64_t now_ms)
{
    const struct zone *z = gather_zone(c);

    report_init(r);
    r->title = arena_strdup(&r->arena, c->report.title != NULL ? c->report.title : c->name);
    r->zone_name = arena_strdup(&r->arena, zone_name(z));
    r->month = m;
    r->from_ms = month_from_ms(m, z);
    r->to_ms = month_from_ms(month_add(m, 1), z);
    r->until_ms = before(now_ms, r->to_ms);
    put_offsets(r, z);
    for (size_t i = 0; i < c->n_slos; i++)
        add_slo(r, &c->slos[i], z, now_ms);
}

bool gather_over(const struct sla_report *r, int64_t now_ms)
{
    int64_t last_ms = r->to_ms;

    for (size_t i = 0; i < r->slos.n; i++)
        if (r->slos.items[i].to_ms > last_ms)
            last_ms = r->slos.items[i].to_ms;
    return now_ms >= last_ms + GATHER_SETTLE_MS;
}

bool gather_empty(const struct sla_report *r)
{
    for (size_t i = 0; i < r->slos.n; i++) {
        const struct sla_count *c = &r->slos.items[i].count;

        if (c->good + c->bad + c->excluded + c->unknown > 0)
            return false;
    }
    for (size_t i = 0; i < r->rows.n; i++) {
        const struct sla_row *row = &r->rows.items[i];

        if (row->good + row->bad + row->unknown + row->maintenance > 0)
            return false;
    }
    return r->incidents.n == 0;
}

void gather_note(struct sla_report *r, const char *fmt, ...)
{
    va_list ap;
    struct buf b;

    buf_init(&b, 300);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    vec_push(&r->notes, (const char *)arena_strdup(&r->arena, buf_text(&b)));
    buf_done(&b);
}

/* --- order ------------------------------------------------------------------------------- */

static int compare(int64_t a_ms, int64_t b_ms, const char *a, const char *b)
{
    if (a_ms != b_ms)
        return a_ms < b_ms ? -1 : 1;
    return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_start(const void *a, const void *b)
{
    const struct sla_incident *x = a, *y = b;

    return compare(x->started_ms, y->started_ms, x->id, y->id);
}

static int by_begin(const void *a, const void *b)
{
    const struct sla_window *x = a, *y = b;
    int c = compare(x->start_ms, y->start_ms, x->id, y->id);

    return c != 0 ? c : strcmp(x->what, y->what);
}

void gather_end(struct sla_report *r)
{
    if (r->incidents.n > 0)
        qsort(r->incidents.items, r->incidents.n, sizeof *r->incidents.items, by_start);
    if (r->windows.n > 0)
        qsort(r->windows.items, r->windows.n, sizeof *r->windows.items, by_begin);
}
