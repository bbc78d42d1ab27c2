/* metrics_monitors.c - what is told of each monitor.
 *
 * Everything is taken at once into a snapshot (150 bytes a monitor), so that the families of one
 * exposition agree with each other although the loop runs on between them. */
#include <string.h>

#include "app.h"
#include "base/text.h"
#include "eval/state.h"
#include "metrics.h"
#include "model/names.h"

#define LABELS_MAX (16u << 20)

/* --- the snapshot ---------------------------------------------------------------------- */

static void take_status(struct metrics_line *l, const struct monitor *m,
                        const struct monitor_status *s)
{
    l->state = s ? state_shown(s, m->fail_after) : MONITOR_PENDING;
    if (!s || s->last.at_ms == 0)
        return;
    l->probed = true;
    l->since_ms = s->since_ms;
    l->last_ms = s->last.at_ms;
    l->lateness_us = s->last.lateness_us;
    l->phases = s->last.phases;
}

static void take_facts(struct metrics_snapshot *s, struct metrics_line *l,
                       const struct monitor_facts *f)
{
    l->late_max_us = f->late_max_us;
    l->missed = f->missed;
    memcpy(l->by_verdict, f->by_verdict, sizeof l->by_verdict);
    memcpy(l->in_maintenance, f->in_maintenance, sizeof l->in_maintenance);
    l->outcomes = s->outcomes.n;
    l->n_outcomes = f->outcomes.n;
    for (size_t i = 0; i < f->outcomes.n; i++)
        vec_push(&s->outcomes, f->outcomes.items[i]);
    for (int v = VERDICT_UP; v <= VERDICT_UNKNOWN; v++)
        s->n_maintenance += l->in_maintenance[v] > 0;
}

static void take_labels(struct metrics_snapshot *s, struct metrics_line *l, const struct monitor *m,
                        struct buf *scratch)
{
    buf_clear(scratch);
    metrics_label(scratch, "monitor", m->name);
    metrics_label(scratch, "group", m->group ? m->group : "");
    l->labels = s->texts.len;
    buf_put(&s->texts, scratch->p, scratch->len);
    buf_char(&s->texts, 0);
}

static void take_groups(struct metrics_snapshot *s, const struct latencies *all)
{
    const char *name;
    void *value;

    for (size_t i = 0; map_next(&all->by_group, &i, &name, &value);) {
        struct metrics_group g = {.latency = *(const struct octaves *)value};

        text_copy(g.name, sizeof g.name, name);
        vec_push(&s->groups, g);
    }
}

void metrics_snapshot_take(struct metrics_snapshot *s, const struct app *a)
{
    struct buf scratch;

    *s = (struct metrics_snapshot){0};
    buf_init(&s->texts, LABELS_MAX);
    buf_init(&scratch, METRICS_LABELS_MAX);
    vec_reserve(&s->lines, a->prober.runners.n);
    for (size_t i = 0; i < a->prober.runners.n; i++) {
        const struct runner *r = a->prober.runners.items[i];
        struct metrics_line l = {0};

        take_labels(s, &l, r->monitor, &scratch);
        take_status(&l, r->monitor, engine_status(a->engine, r->name));
        take_facts(s, &l, &r->facts);
        if (r->own_latency)
            vec_push(&s->latencies, *r->own_latency);
        s->by_state[l.state]++;
        vec_push(&s->lines, l);
    }
    buf_done(&scratch);
    take_groups(s, &a->prober.latencies);
}

void metrics_snapshot_done(struct metrics_snapshot *s)
{
    buf_done(&s->texts);
    vec_done(&s->lines);
    vec_done(&s->outcomes);
    vec_done(&s->latencies);
    vec_done(&s->groups);
}

/* --- states ---------------------------------------------------------------------------- */

static size_t one(const struct metrics_snapshot *s)
{
    (void)s;
    return 1;
}

static size_t lines(const struct metrics_snapshot *s)
{
    return s->lines.n;
}

static size_t states(const struct metrics_snapshot *s)
{
    (void)s;
    return MONITOR_UNKNOWN + 1;
}

static const char *labels_of(const struct metrics_snapshot *s, size_t item)
{
    return s->texts.p + s->lines.items[item].labels;
}

static void put_counts(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    (void)item;
    for (int k = MONITOR_PENDING; k <= MONITOR_UNKNOWN; k++)
        metrics_int_by(m, "",
                       (struct metrics_word){"state", monitor_state_name((enum monitor_state)k)},
                       (int64_t)s->by_state[k]);
}

static void put_state(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    metrics_int_by(m, labels_of(s, item),
                   (struct metrics_word){"state", monitor_state_name(s->lines.items[item].state)},
                   1);
}

static void put_up(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    enum monitor_state state = s->lines.items[item].state;

    if (state != MONITOR_PENDING && state != MONITOR_UNKNOWN)
        metrics_int(m, labels_of(s, item), state != MONITOR_DOWN);
}

static void put_since(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    if (s->lines.items[item].probed)
        metrics_millis(m, labels_of(s, item), s->lines.items[item].since_ms);
}

/* --- results --------------------------------------------------------------------------- */

static size_t verdicts(const struct metrics_snapshot *s)
{
    return s->lines.n * VERDICT_COUNT;
}

static size_t outcomes(const struct metrics_snapshot *s)
{
    return s->outcomes.n;
}

static size_t maintained(const struct metrics_snapshot *s)
{
    return s->n_maintenance;
}

static void put_results(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    for (int v = VERDICT_UP; v <= VERDICT_UNKNOWN; v++)
        metrics_int_by(m, labels_of(s, item),
                       (struct metrics_word){"verdict", verdict_name((enum verdict)v)},
                       (int64_t)s->lines.items[item].by_verdict[v]);
}

static void put_maintained(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    const struct metrics_line *l = &s->lines.items[item];

    for (int v = VERDICT_UP; v <= VERDICT_UNKNOWN; v++)
        if (l->in_maintenance[v])
            metrics_int_by(m, labels_of(s, item),
                           (struct metrics_word){"verdict", verdict_name((enum verdict)v)},
                           (int64_t)l->in_maintenance[v]);
}

static void put_outcomes(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    const struct metrics_line *l = &s->lines.items[item];
    struct buf labels;

    if (l->n_outcomes == 0)
        return;
    buf_init(&labels, METRICS_LABELS_MAX);
    for (size_t i = 0; i < l->n_outcomes; i++) {
        const struct outcome_count *o = &s->outcomes.items[l->outcomes + i];

        buf_clear(&labels);
        buf_str(&labels, labels_of(s, item));
        metrics_label(&labels, "verdict", verdict_name(o->verdict));
        metrics_int_by(m, buf_text(&labels),
                       (struct metrics_word){"reason", reason_name(o->reason)}, o->count);
    }
    buf_done(&labels);
}

/* --- the last probe, the schedule ------------------------------------------------------- */

static void put_duration(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    const struct metrics_line *l = &s->lines.items[item];

    if (l->probed && l->phases.total_us >= 0)
        metrics_micros(m, labels_of(s, item), l->phases.total_us);
}

static size_t phases(const struct metrics_snapshot *s)
{
    return s->lines.n * 5;
}

static void put_phases(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    const struct phases *p = &s->lines.items[item].phases;
    const struct {
        const char *name;
        int64_t us;
    } all[] = {{"resolve", p->resolve_us},
               {"connect", p->connect_us},
               {"tls", p->tls_us},
               {"wait", p->wait_us},
               {"transfer", p->transfer_us}};

    if (!s->lines.items[item].probed)
        return;
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (all[k].us >= 0)
            metrics_micros_by(m, labels_of(s, item), (struct metrics_word){"phase", all[k].name},
                              all[k].us);
}

static void put_last(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    if (s->lines.items[item].probed)
        metrics_millis(m, labels_of(s, item), s->lines.items[item].last_ms);
}

static void put_lateness(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    if (s->lines.items[item].probed)
        metrics_micros(m, labels_of(s, item), s->lines.items[item].lateness_us);
}

static void put_late_max(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    metrics_micros(m, labels_of(s, item), s->lines.items[item].late_max_us);
}

static void put_missed(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    metrics_int(m, labels_of(s, item), (int64_t)s->lines.items[item].missed);
}

/* --- latencies ------------------------------------------------------------------------- */

static size_t latency_items(const struct metrics_snapshot *s)
{
    return s->latencies.n ? s->latencies.n : s->groups.n;
}

static size_t latency_series(const struct metrics_snapshot *s)
{
    return latency_items(s) * METRICS_OCTAVES_SERIES(LATENCY_BOUNDS);
}

/* Of each monitor, or of each group. */
static void put_latency(struct metrics *m, const struct metrics_snapshot *s, size_t item)
{
    struct buf labels;

    if (s->latencies.n) {
        metrics_octaves(m, labels_of(s, item), &s->latencies.items[item]);
        return;
    }
    buf_init(&labels, METRICS_LABELS_MAX);
    metrics_label(&labels, "group", s->groups.items[item].name);
    metrics_octaves(m, buf_text(&labels), &s->groups.items[item].latency);
    buf_done(&labels);
}

/* --- the table ------------------------------------------------------------------------- */

static const struct metric_family f_counts = {"midwatch_monitors", METRIC_GAUGE,
                                              "Enabled monitors by state."};
static const struct metric_family f_up = {
    "midwatch_monitor_up", METRIC_GAUGE,
    "1 up or degraded, 0 down; nothing while pending or unknown."};
static const struct metric_family f_state = {
    "midwatch_monitor_state", METRIC_GAUGE,
    "1 for the state a monitor is in; one series a monitor."};
static const struct metric_family f_since = {
    "midwatch_monitor_state_since_timestamp_seconds", METRIC_GAUGE,
    "When the state began, dated back to the first result of its streak."};
static const struct metric_family f_results = {"midwatch_probe_results_total", METRIC_COUNTER,
                                               "Results by verdict, all of them."};
static const struct metric_family f_outcomes = {
    "midwatch_probe_bad_results_total", METRIC_COUNTER,
    "Results that were not up, by verdict and reason, outside of announced maintenance."};
static const struct metric_family f_maintained = {
    "midwatch_probe_maintenance_results_total", METRIC_COUNTER,
    "Results during announced maintenance, which midwatch_probe_results_total counts too."};
static const struct metric_family f_latency = {
    "midwatch_probe_latency_seconds", METRIC_HISTOGRAM,
    "How long good results (up, degraded) took, all phases."};
static const struct metric_family f_duration = {"midwatch_probe_duration_seconds", METRIC_GAUGE,
                                                "How long the last probe took, all phases."};
static const struct metric_family f_phases = {"midwatch_probe_phase_duration_seconds", METRIC_GAUGE,
                                              "Phases of the last probe, as far as it got."};
static const struct metric_family f_last = {"midwatch_probe_last_timestamp_seconds", METRIC_GAUGE,
                                            "When the last probe began."};
static const struct metric_family f_lateness = {"midwatch_monitor_lateness_seconds", METRIC_GAUGE,
                                                "How late the last probe began."};
static const struct metric_family f_late_max = {"midwatch_monitor_lateness_max_seconds",
                                                METRIC_GAUGE,
                                                "How late a probe ever began since the start."};
static const struct metric_family f_missed = {"midwatch_monitor_missed_total", METRIC_COUNTER,
                                              "Slots of a monitor that went by without a start."};

const struct metrics_monitor_family metrics_monitor_families[METRICS_MONITOR_FAMILIES] = {
    {&f_counts, one, states, put_counts},
    {&f_up, lines, lines, put_up},
    {&f_state, lines, lines, put_state},
    {&f_since, lines, lines, put_since},
    {&f_results, lines, verdicts, put_results},
    {&f_outcomes, lines, outcomes, put_outcomes},
    {&f_maintained, lines, maintained, put_maintained},
    {&f_latency, latency_items, latency_series, put_latency},
    {&f_duration, lines, lines, put_duration},
    {&f_phases, lines, phases, put_phases},
    {&f_last, lines, lines, put_last},
    {&f_lateness, lines, lines, put_lateness},
    {&f_late_max, lines, lines, put_late_max},
    {&f_missed, lines, lines, put_missed},
};
