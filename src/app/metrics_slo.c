/* metrics_slo.c - SLOs: what is promised, how it stands, how fast the budget burns. */
#include "app.h"
#include "base/text.h"
#include "metrics.h"

static double objective_of(const struct slo *s, const struct slo_status *st)
{
    (void)st;
    return s->objective_ppm / 1e6;
}

static double ratio_of(const struct slo *s, const struct slo_status *st)
{
    (void)s;
    return st->ratio;
}

static double coverage_of(const struct slo *s, const struct slo_status *st)
{
    (void)s;
    return st->coverage;
}

static double budget_of(const struct slo *s, const struct slo_status *st)
{
    (void)s;
    return st->budget_left;
}

static const struct plain {
    struct metric_family family;
    double (*of)(const struct slo *s, const struct slo_status *st);
} plain[] = {
    {{"midwatch_slo_objective_ratio", METRIC_GAUGE, "What is promised."}, objective_of},
    {{"midwatch_slo_ratio", METRIC_GAUGE, "Good of all that counts, in the window."}, ratio_of},
    {{"midwatch_slo_coverage_ratio", METRIC_GAUGE,
      "What was seen of what was planned, in the window."},
     coverage_of},
    {{"midwatch_slo_budget_left_ratio", METRIC_GAUGE,
      "Share of the budget that is left; negative: overspent."},
     budget_of},
};

static const struct metric_family f_burn = {
    "midwatch_slo_burn_rate", METRIC_GAUGE,
    "How fast the budget burns by rule and window; at 1 it lasts just as long as it should."};
static const struct metric_family f_firing = {"midwatch_slo_firing", METRIC_GAUGE,
                                              "1 while the budget burns too fast, by severity."};

static void label(struct buf *labels, const struct slo_tracker *t)
{
    buf_clear(labels);
    metrics_label(labels, "slo", t->name);
}

static void put_burns(struct metrics *m, const struct slos *s, struct buf *labels)
{
    char rule[32];

    metrics_family(m, &f_burn);
    for (size_t i = 0; i < s->trackers.n; i++) {
        const struct slo_tracker *t = s->trackers.items[i];

        for (size_t k = 0; k < SLO_RULES; k++) {
            label(labels, t);
            metrics_label(labels, "rule",
                          text_from_duration(slo_rules[k].long_ms, rule, sizeof rule));
            metrics_real_by(m, buf_text(labels), (struct metrics_word){"window", "long"},
                            t->rules[k].long_burn);
            metrics_real_by(m, buf_text(labels), (struct metrics_word){"window", "short"},
                            t->rules[k].short_burn);
        }
    }
}

static void put_firing(struct metrics *m, const struct slos *s, struct buf *labels)
{
    metrics_family(m, &f_firing);
    for (size_t i = 0; i < s->trackers.n; i++) {
        const struct slo_tracker *t = s->trackers.items[i];

        label(labels, t);
        metrics_int_by(m, buf_text(labels), (struct metrics_word){"severity", "page"},
                       t->firing.page);
        metrics_int_by(m, buf_text(labels), (struct metrics_word){"severity", "ticket"},
                       t->firing.ticket);
    }
}

static void put_plain(struct metrics *m, const struct slos *s, const struct slo_status *all,
                      struct buf *labels)
{
    for (const struct plain *p = plain; p < plain + sizeof plain / sizeof *plain; p++) {
        metrics_family(m, &p->family);
        for (size_t i = 0; i < s->trackers.n; i++) {
            label(labels, s->trackers.items[i]);
            metrics_real(m, buf_text(labels), p->of(s->trackers.items[i]->slo, &all[i]));
        }
    }
}

void metrics_slo(struct app *a, struct metrics *m)
{
    const struct slos *s = &a->slos;
    struct slo_status *all;
    struct buf labels;

    if (!s->trackers.n)
        return;
    all = mem_calloc(s->trackers.n, sizeof *all);
    for (size_t i = 0; i < s->trackers.n; i++)
        slos_status(a, s->trackers.items[i]->name, &all[i]);
    buf_init(&labels, METRICS_LABELS_MAX);
    put_plain(m, s, all, &labels);
    put_burns(m, s, &labels);
    put_firing(m, s, &labels);
    buf_done(&labels);
    mem_free(all);
}
