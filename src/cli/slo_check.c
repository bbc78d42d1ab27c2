/* slo_check.c - what `check` says of SLOs: where a latency is really cut, and which rule would
 * fire on a single probe or never. */
#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "slo.h"
#include "stats/hist.h"
#include "stats/slo.h"

static void print_slo(const struct slo *s)
{
    char objective[32], indicator[64], window[120], count[32];

    printf("  SLO %s: %s of %s in %s, %zu monitor%s", s->name,
           slo_percent(s->objective_ppm, objective, sizeof objective),
           slo_indicator_words(s, indicator, sizeof indicator),
           slo_window_words(s, window, sizeof window), s->n_monitors,
           s->n_monitors == 1 ? "" : "s");
    if (s->of != SLO_AVAILABILITY)
        printf("; the latency is cut at %s",
               text_human_ms((double)hist_limit_us(s->limit_us) / 1000, count, sizeof count));
    puts(s->alerts ? "" : "; tells nobody");
}

/* Seconds between two slots of all its monitors together. */
static double pace_of(const struct slo *s)
{
    return 3600 / slo_expected(s, 3600000);
}

/* "99.9 % in 1h allows 0.06 of 60 results to fail; the rule fires above 14.4x, so with 1" */
static void warn_single(const struct config *c, const struct slo *s, size_t i, int64_t now_ms)
{
    const struct slo_rule *r = &slo_rules[i];
    double slots = slo_expected(s, r->long_ms), burn = slo_threshold(s, i, now_ms);
    double share = (1000000 - s->objective_ppm) / 1e6;
    char span[32];

    fprintf(stderr,
            "%s: warning: SLO `%s`: the rule of %s fires on a single probe: %.3gx of %.4g %% of "
            "%.0f results is %.3g; ",
            c->path, s->name, text_from_duration(r->long_ms, span, sizeof span), burn, share * 100,
            slots, burn * share * slots);
    if (s->failures_least > 1)
        fprintf(stderr, "it waits for %d (`failures`). ", s->failures_least);
    fprintf(stderr, "An interval of at most %.3gs, or a lower objective, would tell more\n",
            pace_of(s) * burn * share * slots);
}

static void warn_vain(const struct config *c, const struct slo *s, size_t i, int64_t now_ms)
{
    double share = (1000000 - s->objective_ppm) / 1e6;
    char span[32];

    fprintf(stderr,
            "%s: warning: SLO `%s`: the rule of %s can never fire: it wants %.3gx, and if "
            "everything failed it would be %.3gx\n",
            c->path, s->name, text_from_duration(slo_rules[i].long_ms, span, sizeof span),
            slo_threshold(s, i, now_ms), 1 / share);
}

static void warn_credit(const struct config *c, const struct slo *s)
{
    char below[32], objective[32];

    fprintf(stderr, "%s: warning: SLO `%s`: a credit below %s is due while %s is met\n", c->path,
            s->name, slo_percent(s->credits[0].below_ppm, below, sizeof below),
            slo_percent(s->objective_ppm, objective, sizeof objective));
}

static void warn_of(const struct config *c, const struct slo *s, int64_t now_ms)
{
    bool told = false; /* the shortest window says it for the others */

    if (s->n_credits > 0 && s->credits[0].below_ppm > s->objective_ppm)
        warn_credit(c, s);
    for (size_t i = 0; s->alerts && i < SLO_RULES; i++) {
        if (slo_rule_is_vain(s, i, now_ms)) {
            warn_vain(c, s, i, now_ms);
        } else if (!told && s->by == SLO_BY_EVENTS && slo_expected(s, 3600000) > 0 &&
                   slo_bad_needed(s, i, now_ms) == 1) {
            warn_single(c, s, i, now_ms);
            told = true;
        }
    }
}

void slo_check_print(const struct config *c, int64_t now_ms)
{
    for (size_t i = 0; i < c->n_slos; i++)
        print_slo(&c->slos[i]);
    fflush(stdout);
    for (size_t i = 0; i < c->n_slos; i++)
        warn_of(c, &c->slos[i], now_ms);
}
