/* markdown.c - a report as Markdown: reads well as it is, and as a table where tables are known. */
#include <string.h>

#include "base/text.h"
#include "writers.h"

/* One line, nothing in it that Markdown or HTML would take for markup. */
static void put_text(struct buf *out, const char *s)
{
    static const char special[] = "\\`*_{}[]<>#|~&$!@";

    for (; *s != 0; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7f) {
            buf_char(out, ' ');
            continue;
        }
        if (strchr(special, *s) != NULL || (*s == ':' && s[1] == '/'))
            buf_char(out, '\\');
        buf_char(out, *s);
    }
}

/* --- tables ------------------------------------------------------------------------------ */

static void put_head(struct buf *out, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++)
        buf_printf(out, "| %s ", names[i][0] == '>' ? names[i] + 1 : names[i]);
    buf_str(out, "|\n");
    for (size_t i = 0; names[i] != NULL; i++)
        buf_str(out, names[i][0] == '>' ? "|--:" : "|---");
    buf_str(out, "|\n");
}

static void put_cell(struct buf *out, const char *s)
{
    buf_str(out, "| ");
    put_text(out, *s != 0 ? s : "-");
    buf_char(out, ' ');
}

static void end_row(struct buf *out)
{
    buf_str(out, "|\n");
}

static void put_latency(struct buf *out, const struct jv *latency)
{
    static const char *const keys[] = {"p50_us", "p90_us", "p95_us", "p99_us"};
    char text[32];

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        put_cell(out, words_latency(latency, keys[i], text, sizeof text));
}

/* --- SLOs -------------------------------------------------------------------------------- */

static void put_summary(struct buf *out, const struct doc *d)
{
    static const char *const heads[] = {"SLO",          ">Objective", ">Month",  "",
                                        "Error budget", ">Coverage",  ">Credit", NULL};
    const struct jv *slos;
    size_t n = doc_items(d->data, "slos", &slos);

    buf_str(out, "## Objectives\n\n");
    if (n == 0) {
        buf_str(out, "No objective is configured.\n\n");
        return;
    }
    put_head(out, heads);
    for (size_t i = 0; i < n; i++) {
        struct slo_view v;

        slo_view_of(jv_at(slos, i), &v);
        put_cell(out, v.name);
        put_cell(out, v.objective);
        buf_str(out, "| **");
        put_text(out, v.figure);
        buf_str(out, "** ");
        put_cell(out, slo_outcome(&v, d->draft));
        put_cell(out, v.budget);
        put_cell(out, v.coverage);
        put_cell(out, v.credit);
        end_row(out);
    }
    buf_char(out, '\n');
}

static void put_days(struct buf *out, const struct slo_view *v)
{
    static const char *const heads[] = {"Day",  ">Figure", ">Bad", ">Excluded", ">Coverage",
                                        ">p50", ">p90",    ">p95", ">p99",      NULL};
    const struct jv *days;
    size_t n = doc_items(v->slo, "days", &days);
    char text[48];

    if (n == 0)
        return;
    put_head(out, heads);
    for (size_t i = 0; i < n; i++) {
        const struct jv *day = jv_at(days, i);
        struct sla_count c = doc_count(day);

        if (figures_valid(&c) + c.excluded + c.unknown == 0)
            continue;
        put_cell(out, doc_text(day, "day"));
        put_cell(out, words_ratio(c.good, figures_valid(&c), v->places, text, sizeof text));
        put_cell(out, words_plain(v->slo, c.bad, text, sizeof text));
        put_cell(out, words_plain(v->slo, c.excluded, text, sizeof text));
        put_cell(out,
                 words_ratio(figures_valid(&c) + c.excluded, c.expected, 1, text, sizeof text));
        put_latency(out, jv_get(day, "latency"));
        end_row(out);
    }
    buf_char(out, '\n');
}

static void put_trend(struct buf *out, const struct slo_view *v)
{
    static const char *const heads[] = {"Month", ">Figure", ">Bad", "", NULL};
    const struct jv *months;
    size_t n = doc_items(v->slo, "trend", &months);
    char text[48];

    buf_str(out, "The months until then:\n\n");
    put_head(out, heads);
    for (size_t i = 0; i < n; i++) {
        const struct jv *m = jv_at(months, i);
        struct sla_count c = doc_count(m);
        const char *none = jv_get_text(m, "no_figure");

        if (figures_valid(&c) + c.excluded + c.unknown == 0)
            continue;
        put_cell(out, doc_text(m, "month"));
        put_cell(out, none != NULL
                          ? "no figure"
                          : words_ratio(c.good, figures_valid(&c), v->places, text, sizeof text));
        put_cell(out, words_plain(v->slo, c.bad, text, sizeof text));
        put_cell(out, none != NULL ? none : " ");
        end_row(out);
    }
    buf_char(out, '\n');
}

static void put_names(struct buf *out, const struct jv *slo)
{
    const struct jv *names;
    size_t n = doc_items(slo, "monitors", &names);

    buf_str(out, n == 1 ? "Monitor: " : "Monitors: ");
    for (size_t i = 0; i < n; i++) {
        const char *name = jv_text(jv_at(names, i));

        buf_str(out, i > 0 ? ", " : "");
        put_text(out, name != NULL ? name : "");
    }
    buf_str(out, ".\n\n");
}

static void put_slo(struct buf *out, const struct doc *d, const struct jv *slo)
{
    char amount[48], from[32], to[32], latency[120];
    struct slo_view v;

    slo_view_of(slo, &v);
    buf_str(out, "### ");
    put_text(out, v.name);
    buf_str(out, "\n\n");
    if (*v.description != 0) {
        put_text(out, v.description);
        buf_str(out, "\n\n");
    }
    put_text(out, v.promise);
    buf_char(out, ' ');
    put_text(out, v.window);
    buf_printf(out, "\n\n**");
    put_text(out, v.figure);
    buf_str(out, v.outcome == OUTCOME_UNTOLD ? "**: " : "** ");
    put_text(out, v.basis);
    buf_printf(out, ": %s. Bad: %s", slo_outcome(&v, d->draft),
               words_amount(slo, v.count.bad, amount, sizeof amount));
    buf_printf(out, "; excluded: %s", words_amount(slo, v.count.excluded, amount, sizeof amount));
    buf_printf(out, "; unknown: %s. Coverage: %s.",
               words_amount(slo, v.count.unknown, amount, sizeof amount), v.coverage);
    if (*slo_latency(&v, latency, sizeof latency) != 0)
        buf_printf(out, " Latency: %s.", latency);
    buf_str(out, "\n\n");
    put_names(out, slo);
    if (!text_eq(jv_get_text(slo, "time_zone"), d->zone)) {
        buf_str(out, "Its month is that of ");
        put_text(out, doc_text(slo, "time_zone"));
        buf_printf(out, ": on the clock of this report from %s to %s.\n\n",
                   words_time(d, slo, "from", from, sizeof from),
                   words_time(d, slo, "to", to, sizeof to));
    }
    put_days(out, &v);
    put_trend(out, &v);
}

/* --- incidents, maintenance, results ----------------------------------------------------- */

static void put_times(struct buf *out, const struct jv *times, const char *name)
{
    char median[32], mean[32], longest[32], count[32];
    int64_t n = jv_get_int(times, "count", 0);

    put_cell(out, name);
    put_cell(out, words_number(n > 0 ? (uint64_t)n : 0, count, sizeof count));
    put_cell(out, words_span(times, "median_s", median, sizeof median));
    put_cell(out, words_span(times, "mean_s", mean, sizeof mean));
    put_cell(out, words_span(times, "longest_s", longest, sizeof longest));
    end_row(out);
}

static void put_incident(struct buf *out, const struct doc *d, const struct jv *i)
{
    char text[48];

    put_cell(out, words_time(d, i, "started_at", text, sizeof text));
    put_cell(out, doc_text(i, "title"));
    put_cell(out, doc_text(i, "severity"));
    put_cell(out, words_span(i, "acknowledged_after_s", text, sizeof text));
    put_cell(out, jv_get_text(i, "resolved_at") == NULL
                      ? "open"
                      : words_span(i, "restored_after_s", text, sizeof text));
    put_cell(out, doc_text(i, "id"));
    end_row(out);
}

static void put_incidents(struct buf *out, const struct doc *d)
{
    static const char *const times[] = {"", ">Incidents", ">Median", ">Mean", ">Longest", NULL};
    static const char *const heads[] = {
        "Started", "What", "Severity", ">Acknowledged after", ">Restored after", "Id", NULL};
    const struct jv *all = jv_get(d->data, "incidents"), *list;
    size_t n = doc_items(all, "list", &list);
    int64_t count = jv_get_int(all, "count", 0);

    buf_str(out, "## Incidents\n\n");
    if (n == 0) {
        buf_str(out, "None.\n\n");
        return;
    }
    put_head(out, times);
    put_times(out, jv_get(all, "time_to_acknowledge"), "To acknowledge");
    put_times(out, jv_get(all, "time_to_restore"), "To restore");
    buf_char(out, '\n');
    put_head(out, heads);
    for (size_t i = 0; i < n; i++)
        put_incident(out, d, jv_at(list, i));
    if (count > (int64_t)n)
        buf_printf(out, "\n%lld more are not listed.\n", (long long)count - (long long)n);
    buf_char(out, '\n');
}

static void put_window(struct buf *out, const struct doc *d, const struct jv *x)
{
    bool file = jv_get_text(x, "id") == NULL;
    char text[48];

    put_cell(out, words_time(d, x, "start", text, sizeof text));
    put_cell(out, words_time(d, x, "end", text, sizeof text));
    put_cell(out, doc_text(x, "what"));
    put_cell(out, file ? "the configuration" : doc_text(x, "author"));
    put_cell(out, file ? "" : words_time(d, x, "announced", text, sizeof text));
    put_cell(out, doc_text(x, "comment"));
    put_cell(out, jv_get_bool(x, "excluded", false) ? "excluded" : "announced late: not excluded");
    end_row(out);
}

static void put_maintenance(struct buf *out, const struct doc *d)
{
    static const char *const heads[] = {"From",      "Until",   "What", "Asked for by",
                                        "Announced", "Comment", "",     NULL};
    const struct jv *list;
    size_t n = doc_items(d->data, "maintenance", &list);
    int64_t more = jv_get_int(d->data, "maintenance_more", 0);

    buf_str(out, "## Maintenance\n\n");
    if (n == 0) {
        buf_str(out, "None.\n\n");
        return;
    }
    put_head(out, heads);
    for (size_t i = 0; i < n; i++)
        put_window(out, d, jv_at(list, i));
    if (more > 0)
        buf_printf(out, "\n%lld more are not listed.\n", (long long)more);
    buf_char(out, '\n');
}

static void put_result(struct buf *out, const struct jv *row)
{
    struct sla_count c = doc_count(row);
    uint64_t valid = figures_valid(&c);
    const char *kind = doc_text(row, "kind");
    char text[48];

    buf_str(out, "| ");
    if (strcmp(kind, "group") == 0)
        buf_str(out, "group ");
    put_text(out, strcmp(kind, "all") == 0 ? "everything" : doc_text(row, "name"));
    buf_char(out, ' ');
    put_cell(out, words_ratio(c.good, valid, figures_places(valid, 990000), text, sizeof text));
    put_cell(out, words_number(c.bad, text, sizeof text));
    put_cell(out, words_number(valid, text, sizeof text));
    put_cell(out, words_ratio(valid + c.excluded, c.expected, 1, text, sizeof text));
    put_latency(out, jv_get(row, "latency"));
    end_row(out);
}

static void put_results(struct buf *out, const struct doc *d)
{
    static const char *const heads[] = {"",     ">Availability", ">Failed", ">Of",  ">Coverage",
                                        ">p50", ">p90",          ">p95",    ">p99", NULL};
    const struct jv *rows;
    size_t n = doc_items(d->data, "results", &rows);

    buf_str(out, "## Results\n\n");
    if (n == 0) {
        buf_str(out, "None.\n\n");
        return;
    }
    put_head(out, heads);
    for (size_t i = 0; i < n; i++)
        put_result(out, jv_at(rows, i));
    buf_str(out, "\nOutside of maintenance; unknown counts neither way. Percentiles are of merged "
                 "histograms, at most 3.2 % off.\n\n");
}

/* --- the whole --------------------------------------------------------------------------- */

static void put_notes(struct buf *out, const struct doc *d)
{
    const struct jv *notes;
    size_t n = doc_items(d->data, "notes", &notes);

    for (size_t i = 0; i < n; i++) {
        const char *note = jv_text(jv_at(notes, i));

        buf_str(out, "> ");
        put_text(out, note != NULL ? note : "");
        buf_str(out, "\n\n");
    }
}

static void put_foot(struct buf *out, const struct doc *d)
{
    char issued[32];

    buf_str(out, "---\n\n");
    buf_printf(out, "%s ", d->draft ? "Drafted" : "Issued");
    put_text(out, words_time(d, d->root, "issued_at", issued, sizeof issued));
    buf_str(out, " by ");
    put_text(out, doc_text(d->root, "generator"));
    buf_str(out, ", configuration ");
    put_text(out, doc_text(d->root, "config_digest"));
    buf_str(out, ".  \nDigest of the document in JSON: ");
    put_text(out, doc_text(d->root, "digest"));
    buf_str(out, "\n");
}

void markdown_write(struct buf *out, const struct doc *d)
{
    char edition[80], text[32];
    const struct jv *slos;
    size_t n = doc_items(d->data, "slos", &slos);

    buf_str(out, "# ");
    put_text(out, d->title);
    buf_str(out, ": service levels of ");
    put_text(out, d->month);
    buf_printf(out, "\n\n%s ", words_time(d, d->period, "from", text, sizeof text));
    buf_printf(out, "to %s, ", words_time(d, d->period, "to", text, sizeof text));
    put_text(out, d->zone);
    buf_printf(out, "; %s.\n\n", doc_edition(d, edition, sizeof edition));
    if (d->draft)
        buf_printf(out, "**A draft**: measured until %s.\n\n",
                   words_time(d, d->period, "measured_until", text, sizeof text));
    put_notes(out, d);
    put_summary(out, d);
    put_incidents(out, d);
    put_maintenance(out, d);
    put_results(out, d);
    for (size_t i = 0; i < n; i++)
        put_slo(out, d, jv_at(slos, i));
    put_foot(out, d);
}
