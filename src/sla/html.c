/* html.c - a report as one page: for the screen, and for paper. */
#include <string.h>

#include "base/text.h"
#include "format/page.h"
#include "sla/render.h"
#include "writers.h"

/* --- small parts ------------------------------------------------------------------------- */

/* What somebody wrote: its direction of writing must not turn what stands around it. */
static void put_words(struct buf *out, const char *s)
{
    buf_str(out, "<bdi>");
    html_text(out, s);
    buf_str(out, "</bdi>");
}

static void put_cell(struct buf *out, const char *class, const char *s)
{
    if (*class != 0)
        buf_printf(out, "<td class=\"%s\">", class);
    else
        buf_str(out, "<td>");
    put_words(out, *s != 0 ? s : "-");
    buf_str(out, "</td>");
}

static void put_first(struct buf *out, const char *s)
{
    buf_str(out, "<tr><th scope=\"row\">");
    put_words(out, s);
    buf_str(out, "</th>");
}

/* Heads that begin with '>' stand over numbers. */
static void put_head(struct buf *out, const char *caption, const char *const *heads)
{
    buf_printf(out, "<table>\n<caption>%s</caption>\n<thead><tr>", caption);
    for (size_t i = 0; heads[i] != NULL; i++)
        buf_printf(out,
                   heads[i][0] == '>' ? "<th scope=\"col\" class=\"n\">%s</th>"
                                      : "<th scope=\"col\">%s</th>",
                   heads[i][0] == '>' ? heads[i] + 1 : heads[i]);
    buf_str(out, "</tr></thead>\n<tbody>\n");
}

static void end_table(struct buf *out)
{
    buf_str(out, "</tbody>\n</table>\n");
}

static void put_latency(struct buf *out, const struct jv *latency)
{
    static const char *const keys[] = {"p50_us", "p90_us", "p95_us", "p99_us"};
    char text[32];

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        put_cell(out, "n", words_latency(latency, keys[i], text, sizeof text));
}

static void put_term(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "<dt>%s</dt><dd>", name);
    put_words(out, value);
    buf_str(out, "</dd>\n");
}

/* --- SLOs -------------------------------------------------------------------------------- */

static const char *const outcome_class[] = {"met", "missed", "untold"};
static const char *const outcome_sign[] = {"\xe2\x9c\x93", "\xe2\x9c\x97", "\xe2\x80\x93"};

static void put_mark(struct buf *out, const struct slo_view *v, bool draft)
{
    buf_printf(out, "<span class=\"mark %s\">%s %s</span>", outcome_class[v->outcome],
               outcome_sign[v->outcome], slo_outcome(v, draft));
}

static void put_card(struct buf *out, const struct slo_view *v, bool draft)
{
    buf_printf(out, "<div class=\"card %s\"><div class=\"who\">", outcome_class[v->outcome]);
    put_words(out, v->name);
    buf_str(out, "</div><b>");
    html_text(out, v->figure);
    buf_str(out, "</b>");
    put_mark(out, v, draft);
    buf_printf(out, " <span class=\"basis\">objective %s</span><p class=\"basis\">", v->objective);
    html_text(out, v->basis);
    buf_str(out, "</p><dl>");
    put_term(out, "Error budget", v->budget);
    put_term(out, "Coverage", v->coverage);
    if (*v->credit != 0)
        put_term(out, "Credit", v->credit);
    buf_str(out, "</dl></div>\n");
}

static void put_cards(struct buf *out, const struct doc *d)
{
    const struct jv *slos;
    size_t n = doc_items(d->data, "slos", &slos);

    if (n == 0)
        buf_str(out, "<p>No objective is configured.</p>\n");
    else
        buf_str(out, "<div class=\"cards\">\n");
    for (size_t i = 0; i < n; i++) {
        struct slo_view v;

        slo_view_of(jv_at(slos, i), &v);
        put_card(out, &v, d->draft);
    }
    if (n > 0)
        buf_str(out, "</div>\n");
}

static void put_day(struct buf *out, const struct slo_view *v, const struct jv *day)
{
    struct sla_count c = doc_count(day);
    char text[48];

    if (figures_valid(&c) + c.excluded + c.unknown == 0)
        return;
    put_first(out, doc_text(day, "day"));
    put_cell(out, "n", words_ratio(c.good, figures_valid(&c), v->places, text, sizeof text));
    put_cell(out, "n", words_plain(v->slo, c.bad, text, sizeof text));
    put_cell(out, "n", words_plain(v->slo, c.excluded, text, sizeof text));
    put_cell(out, "n",
             words_ratio(figures_valid(&c) + c.excluded, c.expected, 1, text, sizeof text));
    put_latency(out, jv_get(day, "latency"));
    buf_str(out, "</tr>\n");
}

static void put_days(struct buf *out, const struct slo_view *v)
{
    static const char *const heads[] = {"Day",  ">Figure", ">Bad", ">Excluded", ">Coverage",
                                        ">p50", ">p90",    ">p95", ">p99",      NULL};
    const struct jv *days;
    size_t n = doc_items(v->slo, "days", &days);

    if (n == 0)
        return;
    put_head(out, "Day by day; days without any results are left out", heads);
    for (size_t i = 0; i < n; i++)
        put_day(out, v, jv_at(days, i));
    end_table(out);
}

static void put_months(struct buf *out, const struct slo_view *v)
{
    static const char *const heads[] = {"Month", ">Figure", ">Bad", "Why there is none", NULL};
    const struct jv *months;
    size_t n = doc_items(v->slo, "trend", &months);
    char text[48];

    put_head(out, "Month by month", heads);
    for (size_t i = 0; i < n; i++) {
        const struct jv *m = jv_at(months, i);
        struct sla_count c = doc_count(m);
        const char *none = jv_get_text(m, "no_figure");

        if (figures_valid(&c) + c.excluded + c.unknown == 0)
            continue;
        put_first(out, doc_text(m, "month"));
        put_cell(out, "n",
                 none != NULL
                     ? "no figure"
                     : words_ratio(c.good, figures_valid(&c), v->places, text, sizeof text));
        put_cell(out, "n", words_plain(v->slo, c.bad, text, sizeof text));
        put_cell(out, "w", none != NULL ? none : " ");
        buf_str(out, "</tr>\n");
    }
    end_table(out);
}

static void put_chart(struct buf *out, const struct slo_view *v, const char *caption,
                      void (*chart)(struct buf *out, const struct slo_view *v))
{
    size_t before = out->len;

    buf_str(out, "<figure>\n");
    size_t drawn = out->len;

    chart(out, v);
    if (out->len == drawn) { /* nothing to draw: no frame either */
        out->len = before;
        return;
    }
    buf_printf(out, "<figcaption>%s</figcaption></figure>\n", caption);
}

static void put_terms(struct buf *out, const struct doc *d, const struct slo_view *v)
{
    const struct jv *names;
    size_t n = doc_items(v->slo, "monitors", &names);
    char text[48], from[32], to[32], latency[120];

    buf_str(out, "<dl>");
    put_term(out, "Bad", words_amount(v->slo, v->count.bad, text, sizeof text));
    put_term(out, "Excluded", words_amount(v->slo, v->count.excluded, text, sizeof text));
    put_term(out, "Unknown", words_amount(v->slo, v->count.unknown, text, sizeof text));
    if (*slo_latency(v, latency, sizeof latency) != 0)
        put_term(out, "Latency", latency);
    buf_printf(out, "<dt>%s</dt><dd>", n == 1 ? "Monitor" : "Monitors");
    for (size_t i = 0; i < n; i++) {
        const char *name = jv_text(jv_at(names, i));

        buf_str(out, i > 0 ? ", " : "");
        put_words(out, name != NULL ? name : "");
    }
    buf_str(out, "</dd>\n");
    if (!text_eq(jv_get_text(v->slo, "time_zone"), d->zone)) {
        buf_str(out, "<dt>Its month</dt><dd>that of ");
        put_words(out, doc_text(v->slo, "time_zone"));
        buf_printf(out, ": here from %s to %s</dd>", words_time(d, v->slo, "from", from, 32),
                   words_time(d, v->slo, "to", to, 32));
    }
    buf_str(out, "</dl>\n");
}

static void put_slo(struct buf *out, const struct doc *d, const struct jv *slo)
{
    struct slo_view v;

    slo_view_of(slo, &v);
    buf_str(out, "<section class=\"slo\">\n<h2>");
    put_words(out, v.name);
    buf_str(out, "</h2>\n");
    if (*v.description != 0) {
        buf_str(out, "<p>");
        put_words(out, v.description);
        buf_str(out, "</p>\n");
    }
    buf_str(out, "<p>");
    html_text(out, v.promise);
    buf_str(out, "</p>\n<p class=\"meta\">");
    html_text(out, v.window);
    buf_str(out, "</p>\n<p><strong>");
    html_text(out, v.figure);
    buf_str(out, v.outcome == OUTCOME_UNTOLD ? "</strong>: " : "</strong> ");
    html_text(out, v.basis);
    buf_str(out, ". ");
    put_mark(out, &v, d->draft);
    buf_str(out, "</p>\n");
    put_terms(out, d, &v);
    put_chart(out, &v,
              "Day by day. Dashed: the objective. Hatched: below it. Empty: nothing to tell.",
              chart_days);
    put_chart(out, &v, "Latency of good results by day, on a logarithmic scale.", chart_latency);
    put_chart(out, &v, "The months until then, counted by the same objective.", chart_trend);
    put_days(out, &v);
    put_months(out, &v);
    buf_str(out, "</section>\n");
}

/* --- incidents --------------------------------------------------------------------------- */

static void put_times(struct buf *out, const struct jv *times, const char *name)
{
    char text[32];
    int64_t n = jv_get_int(times, "count", 0);

    put_first(out, name);
    put_cell(out, "n", words_number(n > 0 ? (uint64_t)n : 0, text, sizeof text));
    put_cell(out, "n", words_span(times, "median_s", text, sizeof text));
    put_cell(out, "n", words_span(times, "mean_s", text, sizeof text));
    put_cell(out, "n", words_span(times, "longest_s", text, sizeof text));
    buf_str(out, "</tr>\n");
}

static void put_incident(struct buf *out, const struct doc *d, const struct jv *i)
{
    bool open = jv_get_text(i, "resolved_at") == NULL;
    char text[48];

    buf_str(out, "<tr>");
    put_cell(out, "t", words_time(d, i, "started_at", text, sizeof text));
    put_cell(out, "w", doc_text(i, "title"));
    put_cell(out, "", doc_text(i, "severity"));
    put_cell(out, "n", words_span(i, "acknowledged_after_s", text, sizeof text));
    put_cell(out, "n", open ? "open" : words_span(i, "restored_after_s", text, sizeof text));
    buf_str(out, "</tr>\n");
}

static void put_more(struct buf *out, int64_t more)
{
    if (more > 0)
        buf_printf(out, "<p>%lld more are not listed.</p>\n", (long long)more);
}

static void put_incidents(struct buf *out, const struct doc *d)
{
    static const char *const times[] = {"", ">Incidents", ">Median", ">Mean", ">Longest", NULL};
    static const char *const heads[] = {
        "Started", "What", "Severity", ">Acknowledged after", ">Restored after", NULL};
    const struct jv *all = jv_get(d->data, "incidents"), *list;
    size_t n = doc_items(all, "list", &list);

    buf_str(out, "<section>\n<h2>Incidents</h2>\n");
    if (n == 0) {
        buf_str(out, "<p>None.</p>\n</section>\n");
        return;
    }
    put_head(
        out,
        "To acknowledge: from when somebody was to be told. To restore: from the first failure "
        "to the end",
        times);
    put_times(out, jv_get(all, "time_to_acknowledge"), "To acknowledge");
    put_times(out, jv_get(all, "time_to_restore"), "To restore");
    end_table(out);
    put_head(out, "Incidents that began or were still open in the month", heads);
    for (size_t i = 0; i < n; i++)
        put_incident(out, d, jv_at(list, i));
    end_table(out);
    put_more(out, jv_get_int(all, "count", 0) - (int64_t)n);
    buf_str(out, "</section>\n");
}

/* --- maintenance, results ---------------------------------------------------------------- */

static void put_window(struct buf *out, const struct doc *d, const struct jv *x)
{
    bool file = jv_get_text(x, "id") == NULL;
    char text[48];

    buf_str(out, "<tr>");
    put_cell(out, "t", words_time(d, x, "start", text, sizeof text));
    put_cell(out, "t", words_time(d, x, "end", text, sizeof text));
    put_cell(out, "w", doc_text(x, "what"));
    put_cell(out, "w", file ? "the configuration" : doc_text(x, "author"));
    put_cell(out, "t", file ? "" : words_time(d, x, "announced", text, sizeof text));
    put_cell(out, "w", doc_text(x, "comment"));
    put_cell(out, "",
             jv_get_bool(x, "excluded", false) ? "excluded" : "announced late: not excluded");
    buf_str(out, "</tr>\n");
}

static void put_maintenance(struct buf *out, const struct doc *d)
{
    static const char *const heads[] = {"From",      "Until",   "What", "Asked for by",
                                        "Announced", "Comment", "",     NULL};
    const struct jv *list;
    size_t n = doc_items(d->data, "maintenance", &list);

    buf_str(out, "<section>\n<h2>Maintenance</h2>\n");
    if (n == 0) {
        buf_str(out, "<p>None.</p>\n</section>\n");
        return;
    }
    put_head(out, "Only what was announced before it began is excluded", heads);
    for (size_t i = 0; i < n; i++)
        put_window(out, d, jv_at(list, i));
    end_table(out);
    put_more(out, jv_get_int(d->data, "maintenance_more", 0));
    buf_str(out, "</section>\n");
}

static void put_result(struct buf *out, const struct jv *row)
{
    struct sla_count c = doc_count(row);
    uint64_t valid = figures_valid(&c);
    const char *kind = doc_text(row, "kind");
    char text[48], name[160];

    text_printf(name, sizeof name, "%s%s", strcmp(kind, "group") == 0 ? "group " : "",
                strcmp(kind, "all") == 0 ? "everything" : doc_text(row, "name"));
    put_first(out, name);
    put_cell(out, "n",
             words_ratio(c.good, valid, figures_places(valid, 990000), text, sizeof text));
    put_cell(out, "n", words_number(c.bad, text, sizeof text));
    put_cell(out, "n", words_number(valid, text, sizeof text));
    put_cell(out, "n", words_ratio(valid + c.excluded, c.expected, 1, text, sizeof text));
    put_latency(out, jv_get(row, "latency"));
    buf_str(out, "</tr>\n");
}

static void put_results(struct buf *out, const struct doc *d)
{
    static const char *const heads[] = {"",     ">Availability", ">Failed", ">Of",  ">Coverage",
                                        ">p50", ">p90",          ">p95",    ">p99", NULL};
    const struct jv *rows;
    size_t n = doc_items(d->data, "results", &rows);

    buf_str(out, "<section>\n<h2>Results</h2>\n");
    if (n == 0) {
        buf_str(out, "<p>None.</p>\n</section>\n");
        return;
    }
    put_head(out,
             "Outside of maintenance; unknown counts neither way. Percentiles are of merged "
             "histograms, at most 3.2 % off",
             heads);
    for (size_t i = 0; i < n; i++)
        put_result(out, jv_at(rows, i));
    end_table(out);
    buf_str(out, "</section>\n");
}

/* --- the whole --------------------------------------------------------------------------- */

/* "October 2026"; what is no month stays as it is. */
static void put_month(struct buf *out, const char *text)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    struct month m;

    if (month_parse(text, &m, NULL) == 0)
        buf_printf(out, "%s %d", names[m.month - 1], m.year);
    else
        put_words(out, text);
}

static void put_top(struct buf *out, const struct doc *d)
{
    buf_printf(out,
               "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
               "<meta name=\"referrer\" content=\"no-referrer\">\n"
               "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
               render_html_policy());
    html_text(out, d->title);
    buf_str(out, ": service levels of ");
    html_text(out, d->month);
    buf_str(out, "</title>\n<style>");
    buf_str(out, render_html_style());
    buf_str(out, "</style>\n</head>\n<body>\n"
                 "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
                 "<pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
                 "patternTransform=\"rotate(45)\"><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\" "
                 "stroke=\"#a3271f\" stroke-width=\"2.4\"/></pattern></defs></svg>\n<main>\n");
}

static void put_opening(struct buf *out, const struct doc *d)
{
    const struct jv *notes;
    size_t n = doc_items(d->data, "notes", &notes);
    char from[32], to[32], edition[80];

    buf_str(out, "<header>\n<h1>");
    put_words(out, d->title);
    buf_str(out, "</h1>\n<p class=\"month\">Service levels of ");
    put_month(out, d->month);
    buf_printf(out, "</p>\n<p class=\"meta\">%s to %s, ",
               words_time(d, d->period, "from", from, sizeof from),
               words_time(d, d->period, "to", to, sizeof to));
    put_words(out, d->zone);
    buf_printf(out, "; %s</p>\n", doc_edition(d, edition, sizeof edition));
    if (d->draft)
        buf_printf(out, "<p class=\"draft\"><strong>A draft.</strong> Measured until %s.</p>\n",
                   words_time(d, d->period, "measured_until", from, sizeof from));
    for (size_t i = 0; i < n; i++) {
        const char *note = jv_text(jv_at(notes, i));

        buf_str(out, "<p class=\"note\">");
        put_words(out, note != NULL ? note : "");
        buf_str(out, "</p>\n");
    }
    buf_str(out, "</header>\n");
}

static void put_foot(struct buf *out, const struct doc *d)
{
    char issued[32];

    buf_printf(out, "<footer class=\"foot\">%s %s by ", d->draft ? "Drafted" : "Issued",
               words_time(d, d->root, "issued_at", issued, sizeof issued));
    put_words(out, doc_text(d->root, "generator"));
    buf_str(out, ", configuration <code>");
    put_words(out, doc_text(d->root, "config_digest"));
    buf_str(out, "</code>.<br>Digest of the document in JSON: <code>");
    put_words(out, doc_text(d->root, "digest"));
    buf_str(out, "</code></footer>\n</main>\n</body>\n</html>\n");
}

void html_write(struct buf *out, const struct doc *d)
{
    const struct jv *slos;
    size_t n = doc_items(d->data, "slos", &slos);

    put_top(out, d);
    put_opening(out, d);
    put_cards(out, d);
    put_incidents(out, d);
    put_maintenance(out, d);
    put_results(out, d);
    for (size_t i = 0; i < n; i++)
        put_slo(out, d, jv_at(slos, i));
    put_foot(out, d);
}
