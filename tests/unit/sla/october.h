/* october.h - the month the tests report on: October 2026 in Madrid, where the clock goes back on
 * the 25th. Two SLOs and one that nobody looked at enough, three incidents, three windows. */
#ifndef TESTS_SLA_OCTOBER_H
#define TESTS_SLA_OCTOBER_H

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "loop/crypto.h"
#include "sla/render.h"
#include "sla/report.h"

#define OCTOBER_FROM INT64_C(1790805600000) /* 2026-10-01T00:00+02:00 */
#define OCTOBER_DAY  INT64_C(86400000)
#define OCTOBER_HOUR INT64_C(3600000)
#define OCTOBER_25   (OCTOBER_FROM + 24 * OCTOBER_DAY)
#define OCTOBER_TO   (OCTOBER_FROM + 31 * OCTOBER_DAY + OCTOBER_HOUR)

static inline int64_t october_day_ms(size_t day) /* from 0 */
{
    return OCTOBER_FROM + (int64_t)day * OCTOBER_DAY + (day > 24 ? OCTOBER_HOUR : 0);
}

static inline struct sla_latency october_latency(int64_t p50_us)
{
    return (struct sla_latency){1000, {p50_us, p50_us * 2, p50_us * 3, p50_us * 7}};
}

/* `bad` of the results of day 13 went wrong; the 20th has maintenance of two hours. */
static inline void october_fill(struct sla_slo *s, uint64_t bad)
{
    uint64_t unit = s->promise.by == SLO_BY_TIME ? 60000 : 1;

    s->n_days = 31;
    for (size_t i = 0; i < 31; i++) {
        struct sla_day *d = &s->days[i];
        uint64_t all = i == 24 ? 1500 : 1440;

        d->from_ms = october_day_ms(i);
        d->count = (struct sla_count){all * unit, 0, 0, 0, all * unit};
        if (i == 12) {
            d->count.bad = bad * unit;
            d->count.good -= bad * unit;
        }
        if (i == 19) {
            d->count.excluded = 120 * unit;
            d->count.good -= 120 * unit;
        }
        d->latency = october_latency(42000 + (int64_t)(i * 7919 % 13) * 1700);
        s->count.good += d->count.good;
        s->count.bad += d->count.bad;
        s->count.excluded += d->count.excluded;
        s->count.expected += d->count.expected;
    }
    s->latency = october_latency(48000);
    for (int i = 0; i < REPORT_TREND; i++) {
        struct sla_month *m = &s->trend[i];

        m->month = month_add((struct month){2026, 10}, i + 1 - REPORT_TREND);
        if (i >= 4)
            m->count = (struct sla_count){(43200 - (uint64_t)i * 3) * unit, (uint64_t)i * 3 * unit,
                                          0, 0, 43200 * unit};
    }
    s->trend[REPORT_TREND - 1].count = s->count;
    s->zone_name = "Europe/Madrid";
    s->from_ms = OCTOBER_FROM;
    s->to_ms = s->until_ms = OCTOBER_TO;
    s->interval_ms = 60000;
}

static inline void october_slos(struct sla_report *r)
{
    static struct slo_credit credits[] = {{999000, 10}, {990000, 25}};
    static const char *both[] = {"api", "checkout"}, *one[] = {"search"};
    struct sla_slo web = {.promise = {.name = "web",
                                      .description = "What customers see of the shop.",
                                      .of = SLO_AVAILABILITY,
                                      .by = SLO_BY_EVENTS,
                                      .objective_ppm = 999000,
                                      .calendar = true,
                                      .coverage_least = 95,
                                      .credits = credits,
                                      .n_credits = 2},
                          .monitors = both,
                          .n_monitors = 2};
    struct sla_slo fast = {.promise = {.name = "fast answers",
                                       .of = SLO_BOTH,
                                       .limit_us = 300000,
                                       .by = SLO_BY_TIME,
                                       .objective_ppm = 990000,
                                       .days = 28,
                                       .coverage_least = 95},
                           .monitors = one,
                           .n_monitors = 1};

    october_fill(&web, 63);
    vec_push(&r->slos, web);
    october_fill(&fast, 20);
    vec_push(&r->slos, fast);
    fast.promise.name = "nights";
    fast.promise.description = "Backups; <b>looked at</b> too rarely | this month.";
    fast.promise.of = SLO_AVAILABILITY;
    fast.promise.by = SLO_BY_EVENTS;
    fast.count = (struct sla_count){20000, 3, 0, 4000, 44700};
    memset(fast.trend, 0, sizeof fast.trend);
    for (int i = 0; i < REPORT_TREND; i++)
        fast.trend[i].month = month_add((struct month){2026, 10}, i + 1 - REPORT_TREND);
    fast.trend[REPORT_TREND - 1].count = fast.count;
    fast.n_days = 0;
    fast.latency = SLA_LATENCY_NONE;
    vec_push(&r->slos, fast);
}

static inline void october_incidents(struct sla_report *r)
{
    int64_t began_ms = october_day_ms(12) + 4 * OCTOBER_HOUR;
    struct sla_incident i = {.id = "2KQ7M3",
                             .monitor = "api",
                             .title = "api is down: connection refused",
                             .acked_by = "ana",
                             .severity = SEVERITY_CRITICAL,
                             .state = INCIDENT_RESOLVED,
                             .started_ms = began_ms,
                             .opened_ms = began_ms + 60000,
                             .acked_ms = began_ms + 250000,
                             .resolved_ms = began_ms + 63 * 60000};

    vec_push(&r->incidents, i);
    i.id = "2KR9T1";
    i.monitor = "checkout";
    i.title = "checkout is down: latency < 800ms: was 1.24s";
    i.acked_by = NULL;
    i.severity = SEVERITY_WARNING;
    i.acked_ms = 0;
    i.started_ms = i.opened_ms = october_day_ms(24) + 3 * OCTOBER_HOUR;
    i.resolved_ms = i.started_ms + 9 * 60000;
    i.resolved_by = NULL;
    vec_push(&r->incidents, i);
    i.id = "2KSAA0";
    i.monitor = "search";
    i.title = "=HYPERLINK(\"http://evil.example\",\"search\") is down <script>alert(1)</script>";
    i.state = INCIDENT_TRIGGERED;
    i.resolved_ms = 0;
    i.started_ms = i.opened_ms = october_day_ms(30) + 23 * OCTOBER_HOUR;
    vec_push(&r->incidents, i);
}

static inline void october_windows(struct sla_report *r)
{
    int64_t at_ms = october_day_ms(19) + 2 * OCTOBER_HOUR;
    struct sla_window x = {.id = "2KP111",
                           .what = "group=core",
                           .start_ms = at_ms,
                           .end_ms = at_ms + 2 * OCTOBER_HOUR,
                           .announced_ms = at_ms - 3 * OCTOBER_DAY,
                           .author = "ana",
                           .comment = "new database",
                           .excluded = true};

    vec_push(&r->windows, x);
    x.id = "2KQ222";
    x.what = "monitor=search";
    x.start_ms = october_day_ms(20);
    x.end_ms = x.start_ms + OCTOBER_HOUR;
    x.announced_ms = x.start_ms + 600000;
    x.author = "bo";
    x.comment = "-2+3 forgot | to announce";
    x.excluded = false;
    vec_push(&r->windows, x);
    vec_push(&r->windows, ((struct sla_window){.what = "api, checkout",
                                               .start_ms = october_day_ms(24) + OCTOBER_HOUR,
                                               .end_ms = october_day_ms(24) + 2 * OCTOBER_HOUR,
                                               .comment = "weekly",
                                               .excluded = true}));
}

static inline void october(struct sla_report *r)
{
    report_init(r);
    r->title = "Acme & Co.";
    r->zone_name = "Europe/Madrid";
    r->month = (struct month){2026, 10};
    r->from_ms = OCTOBER_FROM;
    r->to_ms = r->until_ms = OCTOBER_TO;
    vec_push(&r->offsets, ((struct sla_offset){INT64_C(1774746000000), 7200}));
    vec_push(&r->offsets, ((struct sla_offset){INT64_C(1792890000000), 3600}));
    october_slos(r);
    october_incidents(r);
    october_windows(r);
    vec_push(&r->rows, ((struct sla_row){SLA_ROW_ALL, "", NULL, 132800, 92, 4000, 240, 137160,
                                         october_latency(47000)}));
    vec_push(&r->rows, ((struct sla_row){SLA_ROW_GROUP, "core", NULL, 88990, 63, 0, 240, 89400,
                                         october_latency(46000)}));
    vec_push(&r->rows, ((struct sla_row){SLA_ROW_MONITOR, "api", "core", 44460, 63, 0, 120, 44700,
                                         october_latency(45000)}));
    vec_push(&r->rows, ((struct sla_row){SLA_ROW_MONITOR, "search", NULL, 0, 0, 0, 0, 44700,
                                         SLA_LATENCY_NONE}));
    vec_push(&r->notes, (const char *)"One block of search was damaged and is not counted.");
}

static inline void october_digest(const struct buf *b, char hex[REPORT_DIGEST_SIZE])
{
    unsigned char sum[32];

    crypto_sha256(buf_text(b), b->len, sum);
    hex_encode(sum, sizeof sum, hex);
}

/* The sealed document. */
static inline void october_document(const struct sla_report *r, struct buf *out)
{
    char inputs[REPORT_DIGEST_SIZE], digest[REPORT_DIGEST_SIZE];
    struct report_head h = {.revision = 2,
                            .corrects = 1,
                            .issued_ms = OCTOBER_TO + 2 * OCTOBER_HOUR,
                            .generator = "midwatch 0.1.0",
                            .config_digest = "0123456789abcdef",
                            .inputs_digest = inputs};
    struct buf data;

    buf_init(&data, REPORT_MAX_BYTES);
    report_write_data(r, &data);
    october_digest(&data, inputs);
    report_write(r, &h, &data, out);
    october_digest(out, digest);
    report_seal(out, digest);
    buf_done(&data);
}

/* Rendered; "" when that fails. */
static inline void october_render(const struct buf *doc, enum render_format f, struct buf *out)
{
    struct jv *v = NULL;
    struct err e;

    if (jv_parse(buf_text(doc), doc->len, &v, &e) < 0 || render_report(v, f, out, &e) < 0)
        buf_clear(out);
    jv_free(v);
}

#endif
