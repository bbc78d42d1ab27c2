/* slo_openslo.c - OpenSLO out of a configuration, and into one.
 *
 * Out: the part of OpenSLO that says the same as we do; what only we know stands in the metric's
 * source and in annotations `midwatch/…`, so that it comes back whole. */
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "base/zone.h"
#include "config/openslo.h"
#include "slo.h"
#include "stats/slo.h"

static void put_quoted(struct buf *out, const char *text)
{
    struct jw w;

    jw_init(&w, out);
    jw_text(&w, text);
}

static void put_notes(struct buf *out, const struct slo *s)
{
    char percent[32];

    buf_printf(out, "    midwatch/maintenance: %s\n",
               s->count_maintenance ? "counted" : "excluded");
    buf_printf(out, "    midwatch/unknown: %s\n", s->unknown_is_bad ? "bad" : "excluded");
    buf_printf(out, "    midwatch/coverage: \"%d%%\"\n", s->coverage_least);
    buf_printf(out, "    midwatch/alerts: \"%s\"\n", s->alerts ? "true" : "false");
    buf_printf(out, "    midwatch/page: \"%s\"\n", s->page_policy->name);
    buf_printf(out, "    midwatch/ticket: \"%s\"\n", s->ticket_policy->name);
    buf_printf(out, "    midwatch/failures: \"%d\"\n", s->failures_least);
    if (!s->n_credits)
        return;
    buf_str(out, "    midwatch/credits: \"");
    for (size_t i = 0; i < s->n_credits; i++)
        buf_printf(out, "%s%s=%d%%", i ? " " : "",
                   slo_percent(s->credits[i].below_ppm, percent, sizeof percent),
                   s->credits[i].percent);
    buf_str(out, "\"\n");
}

static void put_source(struct buf *out, const char *key, const struct slo *s, const char *indicator)
{
    buf_printf(out,
               "        %s:\n          metricSource:\n            type: midwatch\n"
               "            spec:\n",
               key);
    if (indicator)
        buf_printf(out, "              indicator: %s\n", indicator);
    buf_str(out, "              monitors: [");
    for (size_t i = 0; i < s->n_monitors; i++)
        buf_printf(out, "%s\"%s\"", i ? ", " : "", s->monitors[i]->name);
    buf_str(out, "]\n");
}

static void put_window(struct buf *out, const struct slo *s)
{
    if (!s->calendar) {
        buf_printf(out, "  timeWindow:\n    - duration: %dd\n      isRolling: true\n", s->days);
        return;
    }
    buf_printf(out,
               "  timeWindow:\n    - duration: 1M\n      isRolling: false\n      calendar:\n"
               "        startTime: \"2020-01-01 00:00:00\"\n        timeZone: %s\n",
               zone_name(s->zone));
}

static const char *service_of(const struct slo *s)
{
    const struct monitor *first = s->n_monitors ? s->monitors[0] : NULL;

    return first && first->group ? first->group : first ? first->name : s->name;
}

static void put_document(struct buf *out, const struct slo *s)
{
    char indicator[64];

    buf_printf(out, "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: \"%s\"\n", s->name);
    buf_str(out, "  annotations:\n");
    put_notes(out, s);
    buf_str(out, "spec:\n");
    if (s->description) {
        buf_str(out, "  description: ");
        put_quoted(out, s->description);
        buf_char(out, '\n');
    }
    buf_str(out, "  service: ");
    put_quoted(out, service_of(s));
    buf_printf(out, "\n  indicator:\n    metadata:\n      name: \"%s\"\n    spec:\n", s->name);
    buf_str(out, "      ratioMetric:\n        counter: true\n");
    put_source(out, "good", s, slo_indicator_words(s, indicator, sizeof indicator));
    put_source(out, "total", s, NULL);
    put_window(out, s);
    buf_printf(out, "  budgetingMethod: %s\n", s->by == SLO_BY_TIME ? "Timeslices" : "Occurrences");
    buf_printf(out, "  objectives:\n    - target: 0.%06d\n", s->objective_ppm);
    if (s->by == SLO_BY_TIME) /* any minute that was down for any of it counts for so much */
        buf_str(out, "      timeSliceTarget: 1.0\n      timeSliceWindow: 1m\n");
}

void slo_write_open(const struct config *c, const char *name, struct buf *out)
{
    bool before = false;

    for (size_t i = 0; i < c->n_slos; i++) {
        if (name && !text_eq(name, c->slos[i].name))
            continue;
        buf_str(out, before ? "---\n" : "");
        before = true;
        put_document(out, &c->slos[i]);
    }
}

int slo_export(const struct args *a)
{
    const char *name = a->n_words > 1 ? a->words[1] : NULL;
    struct config *c;
    struct buf out;
    int rc = EXIT_GOOD;

    if (cli_load_without_secrets(a, &c) < 0)
        return EXIT_NO;
    if (name && !config_slo(c, name)) {
        fprintf(stderr, "midwatch: there is no SLO %s\n", name);
        rc = EXIT_NO;
    }
    buf_init(&out, (size_t)16 << 20);
    slo_write_open(c, name, &out);
    fputs(buf_text(&out), stdout);
    buf_done(&out);
    config_free(c);
    return rc;
}

static void print_faults(const struct diagnostics *d)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    diagnostics_print(d, &out);
    fputs(buf_text(&out), stderr);
    buf_done(&out);
}

int slo_import(const struct args *a)
{
    struct buf yaml, left_out;
    struct openslo o = {.yaml = &yaml, .left_out = &left_out};
    struct diagnostics d;
    int rc;

    buf_init(&yaml, (size_t)4 << 20);
    buf_init(&left_out, (size_t)4 << 20);
    rc = openslo_load(a->words[1], &o, &d);
    print_faults(&d);
    if (rc == 0 && o.slos == 0)
        fprintf(stderr, "midwatch: there is no SLO in %s\n", a->words[1]);
    if (left_out.len)
        fprintf(stderr, "not carried:\n%s", buf_text(&left_out));
    if (rc == 0)
        fputs(buf_text(&yaml), stdout);
    diagnostics_done(&d);
    buf_done(&yaml);
    buf_done(&left_out);
    return rc == 0 && o.slos ? EXIT_GOOD : EXIT_NO;
}
