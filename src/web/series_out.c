/* series_out.c - one object a step. Where nothing was kept every figure is null: a gap is not 0. */
#include "series_out.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/names.h"
#include "stats/hist.h"
#include "stats/tally.h"

/* --- percentiles ---------------------------------------------------------------------- */

static int add_percentile(struct percentiles *p, const char *text, struct err *e)
{
    double percent;

    if (text_double(text, &percent, NULL) < 0 || !(percent > 0 && percent <= 100) ||
        strlen(text) > 8)
        return err_set(e, "numbers above 0 and at most 100, like 50,95,99.9");
    if (p->n == PERCENTILES_MAX)
        return err_set(e, "at most %d of them", PERCENTILES_MAX);
    p->share[p->n] = percent / 100;
    snprintf(p->name[p->n++], sizeof *p->name, "p%.8s", text);
    return 0;
}

int percentiles_read(const char *text, struct percentiles *ret, struct err *e)
{
    struct percentiles p = {.n = 0};
    char one[32];

    for (const char *at = text;; at++) {
        size_t n = strcspn(at, ",");

        text_copy(one, n < sizeof one ? n + 1 : sizeof one, at);
        if (add_percentile(&p, one, e) < 0)
            return -1;
        at += n;
        if (*at == 0)
            break;
    }
    *ret = p;
    return 0;
}

/* --- one point ------------------------------------------------------------------------ */

static const char *const figures[] = {"up", "degraded", "down", "unknown"};

static void put_ms(struct jw *w, const char *key, int64_t us)
{
    jw_kv_real(w, key, us < 0 ? (double)NAN : (double)us / 1e3, 3);
}

static void put_nothing(struct jw *w)
{
    static const char *const keys[] = {"up",          "degraded",     "down",       "unknown",
                                       "maintenance", "availability", "error_rate", "latency_ms",
                                       "lateness_ms", "reasons"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        jw_key(w, keys[i]);
        jw_null(w);
    }
}

/* The middle of a bucket may lie beyond what was ever measured. */
static int64_t quantile_us(const struct tally *t, double share)
{
    int64_t us = hist_quantile_us(&t->hist, share);

    us = us > t->max_us ? t->max_us : us;
    return us < t->min_us ? t->min_us : us;
}

static void put_latency(struct jw *w, const struct tally *t, const struct percentiles *p)
{
    jw_key(w, "latency_ms");
    if (t->hist.n == 0) {
        jw_null(w);
        return;
    }
    jw_object(w);
    put_ms(w, "mean", tally_mean_us(t));
    put_ms(w, "min", t->min_us);
    put_ms(w, "max", t->max_us);
    for (size_t i = 0; i < p->n; i++)
        put_ms(w, p->name[i], quantile_us(t, p->share[i]));
    jw_object_end(w);
}

static void put_lateness(struct jw *w, const struct tally *t)
{
    uint64_t n = tally_results(t);

    jw_kv_object(w, "lateness_ms");
    jw_kv_real(w, "mean", (double)t->late_sum_us / (double)n / 1e3, 3);
    put_ms(w, "max", t->late_max_us);
    jw_object_end(w);
}

static void put_reasons(struct jw *w, const struct tally *t)
{
    jw_kv_object(w, "reasons");
    for (int r = 0; r < REASON_COUNT; r++)
        if (t->reasons[r] > 0)
            jw_kv_int(w, reason_name((enum reason)r), (int64_t)t->reasons[r]);
    jw_object_end(w);
}

static void put_figures(struct jw *w, const struct tally *t, const struct percentiles *p)
{
    int64_t maintenance = 0;

    for (int v = 0; v < VERDICT_COUNT; v++) {
        jw_kv_int(w, figures[v], (int64_t)t->count[v]);
        maintenance += (int64_t)t->maintenance[v];
    }
    jw_kv_int(w, "maintenance", maintenance);
    jw_kv_real(w, "availability", tally_availability(t), 7);
    jw_kv_real(w, "error_rate", tally_error_rate(t), 7);
    put_latency(w, t, p);
    put_lateness(w, t);
    put_reasons(w, t);
}

void series_out_point(struct jw *w, int64_t at_ms, const struct series_cell *c,
                      const struct percentiles *p)
{
    uint64_t results = tally_results(&c->tally);

    jw_object(w);
    jw_kv_time(w, "at", at_ms);
    jw_kv_int(w, "results", (int64_t)results);
    jw_kv_int(w, "expected", (int64_t)c->expected);
    jw_kv_real(w, "coverage", c->expected > 0 ? (double)results / (double)c->expected : (double)NAN,
               5);
    if (results > 0)
        put_figures(w, &c->tally, p);
    else
        put_nothing(w);
    jw_object_end(w);
}

void series_out_head(struct jw *w, const struct series_answer *a)
{
    int64_t step_ms = a->step_ms > 0 ? a->step_ms : a->to_ms - a->from_ms;

    jw_kv_time(w, "from", a->from_ms);
    jw_kv_time(w, "to", a->to_ms);
    jw_kv_real(w, "step_s", (double)step_ms / 1e3, 3);
    jw_kv_bool(w, "exact", a->exact);
    jw_kv_list(w, "tiers");
    for (int t = TIER_RAW; t < TIER_COUNT; t++)
        if (a->read[t])
            jw_text(w, tier_name((enum tier)t));
    jw_list_end(w);
    jw_kv_int(w, "damaged", a->damaged);
}
