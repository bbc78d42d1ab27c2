/* slo.c - how the SLOs stand; OpenSLO in and out (slo_openslo.c). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "loop/loop.h"
#include "show.h"
#include "slo.h"
#include "stats/slo.h"

#define BAR 10

/* --- small words --------------------------------------------------------------------------- */

static double real_of(const struct jv *v, const char *key)
{
    return jv_real(jv_get(v, key), NAN);
}

static const char *percent(double share, int decimals, char *dst, size_t size)
{
    if (isnan(share))
        text_copy(dst, size, "-");
    else
        snprintf(dst, size, "%.*f%%", decimals, share * 100);
    return dst;
}

static const char *objective_of(const struct jv *s, char *dst, size_t size)
{
    double objective = real_of(s, "objective");

    if (isnan(objective))
        text_copy(dst, size, "-");
    else
        slo_percent((int32_t)llround(objective * 1e6), dst, size);
    return dst;
}

/* Never rounded up to what was not reached: 99.9996 % is not 100 %. */
static const char *ratio_of(const struct jv *s, char *dst, size_t size)
{
    double ratio = real_of(s, "ratio");

    if (!jv_get_bool(s, "covered", false) || isnan(ratio))
        text_copy(dst, size, "-");
    else
        percent(floor(ratio * 1e6) / 1e6, 4, dst, size);
    return dst;
}

/* "######----" of what is left. */
static const char *bar_of(double left, char dst[BAR + 1])
{
    int full = left >= 1 ? BAR : left <= 0 ? 0 : (int)ceil(left * BAR);

    for (int i = 0; i < BAR; i++)
        dst[i] = i < full ? '#' : '-';
    dst[BAR] = '\0';
    return dst;
}

static const char *amount(const struct jv *budget, const char *key, char *dst, size_t size)
{
    double n = real_of(budget, key);

    if (isnan(n))
        text_copy(dst, size, "-");
    else if (text_eq(jv_get_text(budget, "unit"), "ms"))
        snprintf(dst, size, "%.1f min", n / 60000);
    else
        snprintf(dst, size, "%.*f", fabs(n) < 10 ? 1 : 0, n);
    return dst;
}

static const char *count_of(const struct jv *s, const char *key, char *dst, size_t size)
{
    int64_t n = jv_get_int(s, key, 0);

    if (text_eq(jv_get_text(s, "by"), "time"))
        snprintf(dst, size, "%.1f min", (double)n / 60000);
    else
        snprintf(dst, size, "%lld", (long long)n);
    return dst;
}

static const char *counts_of(const struct jv *s, char *dst, size_t size)
{
    double good = real_of(s, "good"), valid = good + real_of(s, "bad");

    if (text_eq(jv_get_text(s, "by"), "time"))
        snprintf(dst, size, "%.0f/%.0f min", good / 60000, valid / 60000);
    else
        snprintf(dst, size, "%.0f/%.0f", good, valid);
    return dst;
}

/* "16/3.1/0.8/0.2": of the four long windows. */
static const char *burns_of(const struct jv *s, char *dst, size_t size)
{
    const struct jv *rules = jv_get(s, "rules");
    struct buf b;

    buf_init(&b, size - 1);
    for (size_t i = 0; i < jv_len(rules); i++) {
        double burn = real_of(jv_at(rules, i), "long_burn");

        buf_str(&b, i ? "/" : "");
        if (isnan(burn))
            buf_char(&b, '-');
        else
            buf_printf(&b, "%.*f", burn >= 10 ? 0 : 1, burn);
    }
    text_copy(dst, size, buf_text(&b));
    buf_done(&b);
    return dst;
}

static bool fires(const struct jv *s, const char *severity)
{
    const struct jv *rules = jv_get(s, "rules");

    for (size_t i = 0; i < jv_len(rules); i++)
        if (jv_get_bool(jv_at(rules, i), "firing", false) &&
            text_eq(jv_get_text(jv_at(rules, i), "severity"), severity))
            return true;
    return false;
}

static bool is_spent(const struct jv *s)
{
    return real_of(jv_get(s, "budget"), "left_ratio") < 0;
}

static const char *forecast_of(const struct jv *s, char *dst, size_t size)
{
    const struct jv *budget = jv_get(s, "budget");

    if (is_spent(s))
        text_copy(dst, size, "spent");
    else if (jv_get_text(budget, "exhausted_at"))
        show_time(budget, "exhausted_at", loop_now_ms(), dst, size);
    else
        text_copy(dst, size, "lasts");
    return dst;
}

/* --- all of them --------------------------------------------------------------------------- */

static char tint_of(const struct jv *s)
{
    if (is_spent(s) || fires(s, "page"))
        return 'r';
    return fires(s, "ticket") ? 'y' : 'g';
}

static void add_slo(struct table *t, const struct jv *s)
{
    const struct jv *budget = jv_get(s, "budget");
    double left = real_of(budget, "left_ratio");
    char objective[24], counts[48], ratio[24], coverage[24], bar[BAR + 1], share[24], rest[32],
        whole[64], burns[64], forecast[32];

    text_printf(whole, sizeof whole, "%s %s", bar_of(left, bar),
                percent(floor(left * 100) / 100, 0, share, sizeof share));
    table_add(t, (const char *[]){
                     show_or(jv_get_text(s, "name"), "?"),
                     objective_of(s, objective, sizeof objective), jv_get_text(s, "window"),
                     counts_of(s, counts, sizeof counts), ratio_of(s, ratio, sizeof ratio),
                     percent(real_of(s, "coverage"), 1, coverage, sizeof coverage), whole,
                     amount(budget, "left", rest, sizeof rest), burns_of(s, burns, sizeof burns),
                     forecast_of(s, forecast, sizeof forecast)});
    table_tint(t, 6, tint_of(s));
    if (!jv_get_bool(s, "covered", false))
        table_tint(t, 5, 'y');
}

static int print_all(const struct jv *list)
{
    static const char *const heads[] = {
        "SLO",      "OBJECTIVE", "WINDOW", "GOOD/VALID",       "SLI",
        "COVERAGE", "BUDGET",    "LEFT",   "BURN 1h/6h/1d/3d", "EXHAUSTED"};
    struct table *t = table_new(10, heads);
    bool spent = false;

    table_spare(t, "23791");
    for (size_t i = 0; i < jv_len(list); i++) {
        add_slo(t, jv_at(list, i));
        spent = spent || is_spent(jv_at(list, i));
    }
    if (jv_len(list))
        table_print(t, cli_colour(1));
    else
        puts("the configuration has no `slos`");
    table_free(t);
    return spent ? EXIT_NO : EXIT_GOOD;
}

/* --- one ----------------------------------------------------------------------------------- */

static void print_rules(const struct jv *s)
{
    static const char *const heads[] = {"  RULE", "WINDOWS", "FIRES ABOVE", "LONG",
                                        "SHORT",  "BAD",     "STATE"};
    struct table *t = table_new(7, heads);
    const struct jv *rules = jv_get(s, "rules");

    for (size_t i = 0; i < jv_len(rules); i++) {
        const struct jv *r = jv_at(rules, i);
        const char *state = jv_get_bool(r, "firing", false)   ? "fires"
                            : jv_get_bool(r, "sparse", false) ? "too little data"
                            : !jv_get_bool(r, "armed", false) ? "too little history"
                                                              : "quiet";
        char rule[24], windows[64], a[32], b[32], threshold[24], burns[2][24], bad[24];

        text_printf(rule, sizeof rule, "  %s", show_or(jv_get_text(r, "severity"), "?"));
        text_printf(windows, sizeof windows, "%s/%s",
                    text_from_duration(jv_get_int(r, "long_s", 0) * 1000, a, sizeof a),
                    text_from_duration(jv_get_int(r, "short_s", 0) * 1000, b, sizeof b));
        snprintf(threshold, sizeof threshold, "%.3gx", real_of(r, "threshold"));
        for (int k = 0; k < 2; k++) {
            double burn = real_of(r, k ? "short_burn" : "long_burn");

            snprintf(burns[k], sizeof burns[k], isnan(burn) ? "-" : "%.3gx", burn);
        }
        snprintf(bad, sizeof bad, "%lld", (long long)jv_get_int(r, "bad", 0));
        table_add(t, (const char *[]){rule, windows, threshold, burns[0], burns[1], bad, state});
        table_tint(t, 6, state[0] == 'f' ? 'r' : 'd');
    }
    table_print(t, cli_colour(1));
    table_free(t);
}

static void print_ratio(const struct jv *s)
{
    double low = real_of(s, "ratio_low"), high = real_of(s, "ratio_high");
    char ratio[24], coverage[24], least[24], counts[48], excluded[32], unknown[32], expected[32];

    printf("  SLI       %s (%s good)", ratio_of(s, ratio, sizeof ratio),
           counts_of(s, counts, sizeof counts));
    if (!isnan(low) && jv_get_bool(s, "covered", false))
        printf(", so with 95 %% certainty between %.4f%% and %.4f%%", low * 100, high * 100);
    printf("\n  coverage  %s", percent(real_of(s, "coverage"), 2, coverage, sizeof coverage));
    if (!jv_get_bool(s, "covered", false))
        printf(": less than %s, so no figure is promised",
               percent(real_of(s, "coverage_least"), 0, least, sizeof least));
    printf("; excluded %s, unknown %s of %s planned\n",
           count_of(s, "excluded", excluded, sizeof excluded),
           count_of(s, "unknown", unknown, sizeof unknown),
           count_of(s, "expected", expected, sizeof expected));
}

static int print_one(const struct jv *s)
{
    const struct jv *budget = jv_get(s, "budget");
    char objective[24], bar[BAR + 1], share[24], left[32], allowed[32], forecast[32], since[32];
    double rest = real_of(budget, "left_ratio");

    printf("%s: %s of %s in %s, by %s\n", show_or(jv_get_text(s, "name"), "?"),
           objective_of(s, objective, sizeof objective), show_or(jv_get_text(s, "indicator"), "?"),
           show_or(jv_get_text(s, "window"), "?"), show_or(jv_get_text(s, "by"), "?"));
    if (jv_get_text(s, "description"))
        printf("  %s\n", jv_get_text(s, "description"));
    show_time(s, "counted_since", loop_now_ms(), since, sizeof since);
    printf("  counted   since %s\n", since[0] ? since : "never");
    print_ratio(s);
    printf("  budget    %s %s: %s of %s left; %s%s\n", bar_of(rest, bar),
           percent(floor(rest * 1000) / 1000, 1, share, sizeof share),
           amount(budget, "left", left, sizeof left),
           amount(budget, "allowed", allowed, sizeof allowed),
           jv_get_text(budget, "exhausted_at") && !is_spent(s) ? "as it burns now it is spent "
                                                               : "",
           forecast_of(s, forecast, sizeof forecast));
    print_rules(s);
    return is_spent(s) ? EXIT_NO : EXIT_GOOD;
}

/* --- the command --------------------------------------------------------------------------- */

static int show(const struct args *a)
{
    const char *name = a->n_words ? a->words[0] : NULL;
    struct buf path;
    int rc;

    if (!name)
        return show_list(a, "/api/v1/slos", print_all);
    if (!strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ||
        strpbrk(name, "/?# %"))
        return cli_usage(a->command, "`%s` cannot be the name of an SLO", name);
    buf_init(&path, 400);
    buf_printf(&path, "/api/v1/slos/%s", name);
    rc = show_list(a, buf_text(&path), print_one);
    buf_done(&path);
    return rc;
}

static int run(const struct args *a)
{
    const char *verb = a->n_words ? a->words[0] : "";

    if (text_eq(verb, "import") && a->n_words == 2)
        return slo_import(a);
    if (text_eq(verb, "import"))
        return cli_usage(a->command, "import needs FILE");
    if (text_eq(verb, "export"))
        return slo_export(a);
    if (a->n_words > 1)
        return cli_usage(a->command, "does not know what to do with `%s`", a->words[1]);
    return show(a);
}

const struct command command_slo = {
    .name = "slo",
    .words = "[NAME | import FILE | export [NAME]]",
    .most = 2,
    .summary = "what was promised, and how it stands",
    .help =
        "Asks the running daemon. Without a word all SLOs, a line each: the good of those that\n"
        "count, the SLI (none while the coverage is too low), what is left of the budget, how\n"
        "fast it burns over 1h, 6h, 1d and 3d (at 1 it lasts just as long as the window), and\n"
        "when it will be spent as it burns now. With NAME everything about that one. Exit status\n"
        "1 when a budget is overspent. What does not fit a narrow terminal is left out of the\n"
        "table.\n\n"
        "`import FILE` reads OpenSLO v1 (YAML, one or more documents) and prints our `slos:`;\n"
        "what cannot be carried is listed on standard error. `export` prints the SLOs of the\n"
        "configuration, or that one, as OpenSLO. Neither needs the daemon.",
    .run = run,
};
