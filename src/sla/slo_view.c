/* slo_view.c - what an SLO of the document promised and what came of it, in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "words.h"

static const char *limit_of(const struct jv *slo, char *dst, size_t size)
{
    return words_latency(slo, "limit_us", dst, size);
}

static void put_promise(struct slo_view *v)
{
    const char *of = doc_text(v->slo, "of"), *by = doc_text(v->slo, "by");
    bool time = strcmp(by, "time") == 0;
    char limit[32];

    limit_of(v->slo, limit, sizeof limit);
    if (strcmp(of, "latency") == 0)
        text_printf(v->promise, sizeof v->promise,
                    time ? "At least %s of the time, answers come within %s."
                         : "At least %s of all answers come within %s.",
                    v->objective, limit);
    else if (strcmp(of, "both") == 0)
        text_printf(v->promise, sizeof v->promise,
                    time ? "At least %s of the time it is up and answers within %s."
                         : "At least %s of all checks succeed within %s.",
                    v->objective, limit);
    else
        text_printf(v->promise, sizeof v->promise,
                    time ? "At least %s of the time it is up."
                         : "At least %s of all checks succeed.",
                    v->objective);
}

static void put_window(struct slo_view *v)
{
    int64_t days = jv_get_int(v->slo, "rolling_days", 0);
    char rolling[80] = "";

    if (days > 0 && days < 10000)
        text_printf(rolling, sizeof rolling, " The SLO itself rolls over %d day%s.", (int)days,
                    days == 1 ? "" : "s");
    text_printf(v->window, sizeof v->window,
                "Counted over the calendar month. Announced maintenance %s, unknown %s.%s%s",
                jv_get_bool(v->slo, "maintenance_counts", false) ? "counts" : "is excluded",
                jv_get_bool(v->slo, "unknown_is_bad", false) ? "counts as bad" : "does not count",
                text_eq(jv_get_text(v->slo, "of"), "latency")
                    ? " What was down has no latency and is excluded, too."
                    : "",
                rolling);
}

/* Of 43,184 results (at least 99.97 % at 95 %). */
static void put_basis(struct slo_view *v)
{
    double least = jv_real(jv_get(v->slo, "at_least"), NAN);
    uint64_t valid = figures_valid(&v->count);
    char amount[48], digits[32];

    words_amount(v->slo, valid, amount, sizeof amount);
    if (!isnan(least) && least >= 0 && least <= 1)
        text_printf(
            v->basis, sizeof v->basis, "of %s (at least %s %% at 95 %%)", amount,
            figures_percent((uint64_t)(least * 1e9), 1000000000, v->places, digits, sizeof digits));
    else
        text_printf(
            v->basis, sizeof v->basis, "of %s, looked at every %s", amount,
            text_human_ms((double)jv_get_int(v->slo, "interval_ms", 0), digits, sizeof digits));
}

static void put_budget(struct slo_view *v)
{
    double left = jv_real(jv_get(v->slo, "budget_left"), NAN);

    if (isnan(left) || fabs(left) > 1e9)
        text_copy(v->budget, sizeof v->budget, "-");
    else if (left >= 0)
        text_printf(v->budget, sizeof v->budget, "%d %% left", (int)floor(left * 100));
    else
        text_printf(v->budget, sizeof v->budget, "overspent: %.0f %% used", ceil((1 - left) * 100));
}

static void put_credit(struct slo_view *v)
{
    const struct jv *table;
    int64_t percent = jv_get_int(v->slo, "credit_percent", -1);
    char below[24];

    v->credit[0] = 0;
    if (doc_items(v->slo, "credits", &table) == 0)
        return;
    if (percent < 0 || percent > 100)
        text_copy(v->credit, sizeof v->credit, "not told");
    else if (percent == 0)
        text_copy(v->credit, sizeof v->credit, "none");
    else
        text_printf(v->credit, sizeof v->credit, "%d %% of the fee (below %s)", (int)percent,
                    words_ppm(jv_get_int(v->slo, "credit_below_ppm", 0), below, sizeof below));
}

const char *slo_latency(const struct slo_view *v, char *dst, size_t size)
{
    const struct jv *l = jv_get(v->slo, "latency");
    char p50[24], p90[24], p95[24], p99[24];

    dst[0] = 0;
    if (jv_get_int(l, "count", 0) > 0)
        text_printf(dst, size, "p50 %s, p90 %s, p95 %s, p99 %s",
                    words_latency(l, "p50_us", p50, sizeof p50),
                    words_latency(l, "p90_us", p90, sizeof p90),
                    words_latency(l, "p95_us", p95, sizeof p95),
                    words_latency(l, "p99_us", p99, sizeof p99));
    return dst;
}

static enum outcome_word outcome_of(const struct jv *slo)
{
    const struct jv *met = jv_get(slo, "met");

    if (jv_type(met) != JV_BOOL)
        return OUTCOME_UNTOLD;
    return jv_bool(met, false) ? OUTCOME_MET : OUTCOME_MISSED;
}

void slo_view_of(const struct jv *slo, struct slo_view *v)
{
    uint64_t seen, looks;
    int64_t interval_ms = jv_get_int(slo, "interval_ms", 0);

    *v = (struct slo_view){.slo = slo, .name = doc_text(slo, "name")};
    v->description = doc_text(slo, "description");
    v->count = doc_count(slo);
    v->objective_ppm = jv_get_int(slo, "objective_ppm", 0);
    if (v->objective_ppm < 0 || v->objective_ppm > 1000000)
        v->objective_ppm = 0;
    looks = figures_valid(&v->count);
    if (text_eq(jv_get_text(slo, "unit"), "ms"))
        looks = interval_ms > 0 ? looks / (uint64_t)interval_ms : 0;
    v->places = figures_places(looks, (int32_t)v->objective_ppm);
    v->outcome = outcome_of(slo);
    words_ppm(v->objective_ppm, v->objective, sizeof v->objective);
    put_promise(v);
    put_window(v);
    seen = figures_valid(&v->count) + v->count.excluded;
    words_ratio(seen, v->count.expected, 1, v->coverage, sizeof v->coverage);
    put_budget(v);
    put_credit(v);
    if (v->outcome == OUTCOME_UNTOLD) {
        text_copy(v->figure, sizeof v->figure, "no figure");
        text_copy(v->basis, sizeof v->basis, doc_text(slo, "no_figure"));
        return;
    }
    words_ratio(v->count.good, figures_valid(&v->count), v->places, v->figure, sizeof v->figure);
    put_basis(v);
}

const char *slo_outcome(const struct slo_view *v, bool draft)
{
    static const char *const words[] = {"met", "missed", "not told"};
    static const char *const so_far[] = {"met so far", "missed so far", "not told yet"};

    return (draft ? so_far : words)[v->outcome];
}
