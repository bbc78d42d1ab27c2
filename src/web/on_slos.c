/* on_slos.c - GET /api/v1/slos, GET /api/v1/slos/{name}. docs/api.md says what each member is. */
#include "base/json.h"
#include "stats/hist.h"
#include "stats/slo.h"
#include "web_private.h"

static void write_promise(struct jw *w, const struct slo *s)
{
    char words[160];

    jw_kv_text(w, "name", s->name);
    jw_kv_text_opt(w, "description", s->description);
    jw_kv_real(w, "objective", s->objective_ppm / 1e6, 6);
    jw_kv_text(w, "indicator", slo_indicator_words(s, words, sizeof words));
    if (s->of != SLO_AVAILABILITY)
        jw_kv_real(w, "limit_ms", (double)hist_limit_us(s->limit_us) / 1000, 3);
    jw_kv_text(w, "by", s->by == SLO_BY_TIME ? "time" : "events");
    jw_kv_text(w, "window", slo_window_words(s, words, sizeof words));
    jw_kv_list(w, "monitors");
    for (size_t i = 0; i < s->n_monitors; i++)
        jw_text(w, s->monitors[i]->name);
    jw_list_end(w);
}

static void write_counts(struct jw *w, const struct slo_status *st)
{
    jw_kv_time(w, "from", st->from_ms);
    jw_kv_time(w, "to", st->to_ms);
    jw_kv_time(w, "counted_since", st->since_ms);
    jw_kv_int(w, "good", (int64_t)st->good);
    jw_kv_int(w, "bad", (int64_t)st->bad);
    jw_kv_int(w, "excluded", (int64_t)st->excluded);
    jw_kv_int(w, "unknown", (int64_t)st->unknown);
    jw_kv_int(w, "expected", (int64_t)st->expected);
}

static void write_figures(struct jw *w, const struct slo *s, const struct slo_status *st)
{
    bool enough = st->coverage * 100 >= s->coverage_least; /* NaN: nothing was seen */

    jw_kv_real(w, "ratio", st->ratio, 7);
    jw_kv_real(w, "ratio_low", st->low, 7);
    jw_kv_real(w, "ratio_high", st->high, 7);
    jw_kv_real(w, "coverage", st->coverage, 5);
    jw_kv_real(w, "coverage_least", s->coverage_least / 100.0, 2);
    jw_kv_bool(w, "covered", enough);
    jw_kv_object(w, "budget");
    jw_kv_text(w, "unit", s->by == SLO_BY_TIME ? "ms" : "events");
    jw_kv_real(w, "allowed", st->budget, 3);
    jw_kv_real(w, "left", st->budget - (double)st->bad, 3);
    jw_kv_real(w, "left_ratio", st->budget_left, 5);
    jw_kv_time(w, "exhausted_at", st->exhausted_ms);
    jw_object_end(w);
}

static void write_rules(struct jw *w, const struct slo *s, const struct slo_status *st)
{
    jw_kv_bool(w, "alerts", s->alerts);
    jw_kv_list(w, "rules");
    for (size_t i = 0; i < SLO_RULES; i++) {
        const struct slo_rule_status *r = &st->rules[i];

        jw_object(w);
        jw_kv_text(w, "severity", slo_rules[i].page ? "page" : "ticket");
        jw_kv_int(w, "long_s", slo_rules[i].long_ms / 1000);
        jw_kv_int(w, "short_s", slo_rules[i].short_ms / 1000);
        jw_kv_real(w, "threshold", r->threshold, 3);
        jw_kv_real(w, "long_burn", r->long_burn, 3);
        jw_kv_real(w, "short_burn", r->short_burn, 3);
        jw_kv_int(w, "bad", (int64_t)r->bad);
        jw_kv_bool(w, "armed", r->armed);
        jw_kv_bool(w, "sparse", r->sparse);
        jw_kv_bool(w, "firing", r->firing);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void write_slo(struct jw *w, const struct call *c, const struct slo *s)
{
    struct slo_status st = {0};

    c->web->app->slo(c->web->app_arg, s->name, &st);
    jw_object(w);
    write_promise(w, s);
    write_counts(w, &st);
    write_figures(w, s, &st);
    write_rules(w, s, &st);
    jw_object_end(w);
}

void on_slos(struct call *c)
{
    struct buf body;
    struct jw w;

    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; i < c->config->n_slos; i++)
        write_slo(&w, c, &c->config->slos[i]);
    jw_list_end(&w);
    reply_json(c->web, c->q, 200, &body);
}

void on_slo(struct call *c)
{
    const struct slo *s = config_slo(c->config, c->arg);
    struct buf body;
    struct jw w;

    if (s == NULL) {
        reply_problem(c->web, c->q, 404, "there is no SLO %s", c->arg);
        return;
    }
    buf_init(&body, 1 << 20);
    jw_init(&w, &body);
    write_slo(&w, c, s);
    reply_json(c->web, c->q, 200, &body);
}
