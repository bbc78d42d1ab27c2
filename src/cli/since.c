/* since.c - availability, errors and percentiles since some time: each monitor, each group, all.
 * Never an availability without its coverage. */
#include "since.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask_when.h"
#include "base/civil.h"
#include "base/text.h"
#include "draw.h"
#include "here.h"
#include "show.h"

static double number(const struct jv *object, const char *key)
{
    return jv_real(jv_get(object, key), (double)NAN);
}

static const char *latency(const struct jv *p, const char *key, char *dst, size_t size)
{
    double ms = number(jv_get(p, "latency_ms"), key);

    if (isnan(ms))
        text_copy(dst, size, "-");
    else
        text_human_ms(ms, dst, size);
    return dst;
}

/* What is above nothing is never told as nothing. */
static const char *errors(const struct jv *p, char *dst, size_t size)
{
    double rate = number(p, "error_rate");

    if (isnan(rate))
        text_copy(dst, size, "-");
    else
        snprintf(dst, size, "%.6g%%", fmax(ceil(rate * 1e5 - 1e-6), 0) / 1e3);
    return dst;
}

static char tint_of(double availability, double coverage)
{
    return isnan(availability) || isnan(coverage) ? 'd'
           : availability < 0.99                  ? 'r'
           : availability < 0.9995                ? 'y'
                                                  : 'g';
}

static void add_row(struct table *t, const char *name, const struct jv *row)
{
    const struct jv *p = jv_at(jv_get(row, "points"), 0);
    double available = number(p, "availability"), covered = number(p, "coverage");
    char cells[7][32], of[48];

    draw_percent(available, cells[0], sizeof *cells);
    draw_percent(covered, cells[1], sizeof *cells);
    snprintf(of, sizeof of, "%lld of %lld", (long long)jv_get_int(p, "results", 0),
             (long long)jv_get_int(p, "expected", 0));
    errors(p, cells[2], sizeof *cells);
    latency(p, "p50", cells[3], sizeof *cells);
    latency(p, "p95", cells[4], sizeof *cells);
    latency(p, "p99", cells[5], sizeof *cells);
    table_add(
        t, (const char *[]){name, cells[0], cells[1], of, cells[2], cells[3], cells[4], cells[5]});
    table_tint(t, 1, tint_of(available, covered));
    if (covered < 0.95)
        table_tint(t, 2, 'y');
}

static void print_when(const struct jv *answer)
{
    const char *keys[] = {"from", "to"};
    char words[2][64];

    for (int i = 0; i < 2; i++) {
        int64_t ms = 0;
        bool has_zone;
        const char *text = jv_get_text(answer, keys[i]);
        if (text && rfc3339_parse(text, &ms, &has_zone) == 0)
            show_local(ms, here_zone(), words[i], sizeof *words);
    }
    printf("%s to %s (%s)\n", words[0], words[1], zone_name(here_zone()));
}

static int print(const struct jv *answer)
{
    static const char *const heads[] = {"MONITOR", "AVAILABLE", "COVERAGE", "RESULTS",
                                        "ERRORS",  "P50",       "P95",      "P99"};
    const struct jv *series = jv_get(answer, "series"), *groups = jv_get(answer, "groups");
    struct table *t = table_new(8, heads);
    int64_t damaged = jv_get_int(answer, "damaged", 0);
    char name[160];

    print_when(answer);
    for (size_t i = 0; i < jv_len(series); i++)
        add_row(t, jv_get_text(jv_at(series, i), "monitor"), jv_at(series, i));
    for (size_t i = 0; i < jv_len(groups); i++) {
        text_printf(name, sizeof name, "group %s", jv_get_text(jv_at(groups, i), "group"));
        add_row(t, name, jv_at(groups, i));
    }
    add_row(t, "all", jv_get(answer, "all"));
    table_print(t, cli_colour(1));
    table_free(t);
    if (damaged > 0)
        printf("%lld damaged %s could not be read: results are missing here; the log says which.\n",
               (long long)damaged, damaged == 1 ? "block" : "blocks");
    return EXIT_GOOD;
}

int since_show(const struct args *a, const char *since)
{
    struct buf path;
    int rc;

    buf_init(&path, 1024);
    buf_str(&path, "/api/v1/series?apart=true&step=all&percentiles=50,95,99");
    rc = query_add_since(a, &path, since);
    if (rc == EXIT_GOOD)
        rc = show_list(a, buf_text(&path), print);
    buf_done(&path);
    return rc;
}
