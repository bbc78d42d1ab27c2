/* openslo.c - OpenSLO v1 to our YAML.
 *
 * Happy path: each document of the file -> SLIs are remembered by name -> each objective of each
 * SLO becomes one of ours. What we wrote ourselves (metricSource of type midwatch, annotations
 * midwatch/…) comes back whole; of others the queries cannot be carried, so the monitors are left
 * to the label `service`.
 * Failures: whatever has no place with us is listed, nothing is guessed silently. */
#include "config/openslo.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "files.h"
#include "reader.h"
#include "yaml.h"

#define DOCUMENTS_MAX 1000
#define DAY_HOURS     24

struct slo_import {
    struct tree tree;
    struct diagnostics *d;
    struct openslo *out;
    struct map indicators; /* name -> its `spec` */
    VEC(const struct node *) slos;
};

/* --- small ways through nodes -------------------------------------------------------------- */

static const char *text_of(const struct node *n)
{
    return n && n->kind == NODE_TEXT && !node_is_null(n) ? n->text : NULL;
}

static const char *text_at(const struct node *n, const char *key)
{
    return n ? text_of(node_get(n, key)) : NULL;
}

static const struct node *down(const struct node *n, const char *const *keys)
{
    for (; n && *keys; keys++)
        n = node_get(n, *keys);
    return n;
}

static const struct node *first_item(const struct node *n)
{
    return n && n->kind == NODE_LIST && n->first ? n->first->value : NULL;
}

/* On one line, between quotes; a dollar of theirs is none of ours. */
static void put_quoted(struct buf *out, const char *text)
{
    struct buf line;
    struct jw w;

    buf_init(&line, OPENSLO_BYTES_MAX * 2);
    for (const char *p = text; *p; p++) {
        buf_str(&line, p[0] == '$' && p[1] == '{' ? "$" : "");
        buf_char(&line, (unsigned char)*p < ' ' || *p == 0x7f ? ' ' : *p);
    }
    while (line.len && line.p[line.len - 1] == ' ')
        line.p[--line.len] = '\0';
    jw_init(&w, out);
    jw_text(&w, buf_text(&line));
    buf_done(&line);
}

static void leave_out(struct slo_import *m, const struct node *at, const char *slo,
                      const char *what)
{
    buf_printf(m->out->left_out, "%s:%d: %s: %s\n", at->source->path, at->line, slo, what);
}

/* As a name of ours. */
static void write_name(const char *name, size_t nth, char dst[NAME_SIZE])
{
    char number[24] = "";

    if (nth)
        snprintf(number, sizeof number, "-%zu", nth + 1);
    text_printf(dst, NAME_SIZE - sizeof number, "%s", name);
    for (char *p = dst; *p; p++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *p))
            *p = '-';
    text_copy(dst + strlen(dst), NAME_SIZE - strlen(dst), number);
}

/* --- one objective ------------------------------------------------------------------------- */

/* Everything about the SLO that the parts below need. */
struct one {
    struct slo_import *m;
    const struct node *doc, *spec, *objective, *notes; /* notes: the annotations */
    const struct node *source;                         /* of the metric, when it is ours */
    char name[NAME_SIZE];
};

static const char *note(const struct one *o, const char *key)
{
    return text_at(o->notes, key);
}

static void put_key(const struct one *o, const char *key, const char *value)
{
    if (value)
        buf_printf(o->m->out->yaml, "    %s: %s\n", key, value);
}

/* A value that came in an annotation: only what our own export writes there. */
static void put_note(const struct one *o, const char *key, const char *annotation)
{
    const char *value = note(o, annotation);

    if (value && strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "._-%") == strlen(value))
        put_key(o, key, value);
}

static void put_target(const struct one *o)
{
    const char *share = text_at(o->objective, "target");
    const char *percent = text_at(o->objective, "targetPercent");
    double value = NAN;
    int32_t ppm;

    if (share && text_double(share, &value, NULL) == 0)
        value *= 1e6;
    else if (percent && text_double(percent, &value, NULL) == 0)
        value *= 1e4;
    if (!(value >= 0.5 && value < 999999.5)) {
        diag_error(o->m->d, o->objective,
                   "the objective has no `target` between 0.000001 and 0.999999");
        return;
    }
    ppm = (int32_t)(value + 0.5);
    if (fabs(value - ppm) > 0.001)
        leave_out(o->m, o->objective, o->name, "the target has more than six decimals: rounded");
    buf_printf(o->m->out->yaml, "    objective: %d.%04d%%\n", ppm / 10000, ppm % 10000);
}

/* "4w" -> 28; 0: no whole days. */
static int days_of(const char *text)
{
    static const struct {
        const char *unit;
        int64_t hours;
    } units[] = {{"h", 1}, {"d", 24}, {"w", 168}};
    size_t digits = text ? strspn(text, "0123456789") : 0;
    int64_t n;
    char number[8];

    if (digits == 0 || digits >= sizeof number)
        return 0;
    text_printf(number, sizeof number, "%.*s", (int)digits, text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text + digits, units[i].unit) == 0 && text_int(number, 1, 99999, &n, NULL) == 0)
            return n * units[i].hours % DAY_HOURS ? 0 : (int)(n * units[i].hours / DAY_HOURS);
    return 0;
}

static void put_window(const struct one *o)
{
    const struct node *window = first_item(node_get(o->spec, "timeWindow"));
    const char *duration = text_at(window, "duration");
    const char *zone = text_at(window ? node_get(window, "calendar") : NULL, "timeZone");
    int days = days_of(duration);
    bool month = duration && strcmp(duration, "1M") == 0;

    if (month && zone) {
        buf_str(o->m->out->yaml, "    window: { calendar: month, time_zone: ");
        put_quoted(o->m->out->yaml, zone);
        buf_str(o->m->out->yaml, " }\n");
        return;
    }
    if (days == 0 || days > SLO_DAYS_MAX || zone)
        leave_out(o->m, window ? window : o->spec, o->name,
                  "the time window is neither whole days up to now nor a calendar month: 30d");
    buf_printf(o->m->out->yaml, "    window: %dd\n",
               days == 0 || days > SLO_DAYS_MAX || zone ? 30 : days);
}

static void put_monitors(const struct one *o)
{
    const struct node *monitors = o->source ? node_get(o->source, "monitors") : NULL;
    const char *service = text_at(o->spec, "service");
    struct buf *out = o->m->out->yaml;
    bool before = false;

    if (!monitors || monitors->kind != NODE_LIST) {
        buf_str(out, "    match: { service: ");
        put_quoted(out, service ? service : "unknown");
        buf_str(out, " }\n");
        leave_out(
            o->m, o->spec, o->name,
            "its metric: give the monitors that measure it the label `service`, or name them");
        return;
    }
    buf_str(out, "    monitors: [");
    node_each(e, monitors) {
        if (!text_of(e->value) || !name_good(e->value->text, NAME_MAX_BYTES))
            continue;
        buf_printf(out, "%s\"%s\"", before ? ", " : "", e->value->text);
        before = true;
    }
    buf_str(out, "]\n");
}

static void put_method(const struct one *o)
{
    const char *method = text_at(o->spec, "budgetingMethod");
    bool slices = method && strstr(method, "Timeslices");

    put_key(o, "by", slices ? "time" : "events");
    if (slices && !o->source)
        leave_out(o->m, node_get(o->spec, "budgetingMethod"), o->name,
                  "time slices: counted as confirmed downtime");
}

static void put_indicator(const struct one *o)
{
    const char *indicator = text_at(o->source, "indicator");

    if (indicator) {
        buf_str(o->m->out->yaml, "    indicator: ");
        put_quoted(o->m->out->yaml, indicator);
        buf_str(o->m->out->yaml, "\n");
    } else if (node_get(o->objective, "value")) {
        leave_out(o->m, o->objective, o->name,
                  "its threshold has no unit: say `indicator: latency < …`");
    }
}

static void put_alerts(const struct one *o)
{
    const struct node *policies = node_get(o->spec, "alertPolicies");
    const char *alerts = note(o, "midwatch/alerts");

    if (policies && policies->n)
        leave_out(o->m, policies, o->name, "its alert policies: ours come with `alerts`");
    if (!alerts)
        return;
    if (strcmp(alerts, "true") != 0) {
        put_key(o, "alerts", "false");
        return;
    }
    buf_str(o->m->out->yaml, "    alerts:\n");
    put_note(o, "  page", "midwatch/page");
    put_note(o, "  ticket", "midwatch/ticket");
    put_note(o, "  failures", "midwatch/failures");
}

/* "99.9%=10% 99%=25%" */
static void put_credits(const struct one *o)
{
    const char *p = note(o, "midwatch/credits");
    char below[16], credit[16];
    int n = 0;

    if (!p || !*p)
        return;
    buf_str(o->m->out->yaml, "    credits:\n");
    for (; sscanf(p, " %15[0-9.%]=%15[0-9%]%n", below, credit, &n) == 2; p += n)
        buf_printf(o->m->out->yaml, "      - { below: %s, credit: %s }\n", below, credit);
}

static void put_slo(struct slo_import *m, struct one *o)
{
    const char *description = text_at(o->spec, "description");

    buf_printf(m->out->yaml, "  - name: \"%s\"\n", o->name);
    if (description) {
        buf_str(m->out->yaml, "    description: ");
        put_quoted(m->out->yaml, description);
        buf_str(m->out->yaml, "\n");
    }
    put_monitors(o);
    put_target(o);
    put_window(o);
    put_indicator(o);
    put_method(o);
    put_note(o, "maintenance", "midwatch/maintenance");
    put_note(o, "unknown", "midwatch/unknown");
    put_note(o, "coverage", "midwatch/coverage");
    put_alerts(o);
    put_credits(o);
    m->out->slos++;
}

/* --- a document ---------------------------------------------------------------------------- */

/* The spec of the metric when we wrote it ourselves. */
static const struct node *source_of(const struct slo_import *m, const struct node *spec)
{
    static const char *const there[] = {"indicator", "spec",         "ratioMetric",
                                        "good",      "metricSource", NULL};
    const char *ref = text_at(spec, "indicatorRef");
    const struct node *source = ref ? map_get(&m->indicators, ref) : NULL;

    source = source ? down(source, there + 2) : down(spec, there);
    return text_eq(text_at(source, "type"), "midwatch") ? node_get(source, "spec") : NULL;
}

static void import_slo(struct slo_import *m, const struct node *doc)
{
    const struct node *meta = node_get(doc, "metadata"), *spec = node_get(doc, "spec");
    const struct node *objectives = spec ? node_get(spec, "objectives") : NULL;
    const char *name = text_at(meta, "name");
    struct one o = {.m = m, .doc = doc, .spec = spec};
    size_t nth = 0;

    if (!name || !objectives || objectives->kind != NODE_LIST || !objectives->n) {
        diag_error(m->d, doc, "an SLO has `metadata.name` and `spec.objectives`");
        return;
    }
    o.notes = node_get(meta, "annotations");
    o.source = source_of(m, spec);
    node_each(e, objectives) {
        o.objective = e->value;
        write_name(name, nth, o.name);
        if (nth++ == 1)
            leave_out(m, objectives, name, "several objectives: one SLO each");
        put_slo(m, &o);
    }
}

static void sort_out(struct slo_import *m, const struct node *doc)
{
    const char *version = text_at(doc, "apiVersion"), *kind = text_at(doc, "kind");
    const char *name = text_at(node_get(doc, "metadata"), "name");

    if (!version || !text_starts(version, "openslo/v1") || !kind)
        diag_error(
            m->d, doc,
            "no document of OpenSLO v1: that has `apiVersion: openslo/v1` and a `kind`, this "
            "has not");
    else if (strcmp(kind, "SLO") == 0)
        vec_push(&m->slos, doc);
    else if (strcmp(kind, "SLI") == 0 && name && node_get(doc, "spec"))
        map_put(&m->indicators, name, node_get(doc, "spec"));
    else
        leave_out(m, doc, name ? name : kind, "this kind of document has no place here");
}

/* --- the file ------------------------------------------------------------------------------ */

static bool is_bare(const char *p, size_t n)
{
    while (n) {
        const char *eol = memchr(p, '\n', n);
        size_t line = eol ? (size_t)(eol - p) + 1 : n, blank = 0;

        while (blank < line && strchr(" \t\r\n", p[blank]))
            blank++;
        if (blank < line && p[blank] != '#')
            return false;
        p += line;
        n -= line;
    }
    return true;
}

static void read_document(struct slo_import *m, const struct source *s, int lines,
                          const char *bytes, size_t n)
{
    struct buf padded; /* so that the lines are those of the file */
    const struct node *doc;

    if (is_bare(bytes, n))
        return;
    buf_init(&padded, OPENSLO_BYTES_MAX + n);
    for (int i = 0; i < lines; i++)
        buf_char(&padded, '\n');
    buf_put(&padded, bytes, n);
    doc = yaml_read(&m->tree, s, buf_text(&padded), padded.len);
    buf_done(&padded);
    if (doc)
        sort_out(m, doc);
}

static bool is_mark(const char *p, size_t left)
{
    return left >= 3 && memcmp(p, "---", 3) == 0 && (left == 3 || strchr(" \r\n", p[3]));
}

static void read_documents(struct slo_import *m, const struct source *s, const char *bytes,
                           size_t n)
{
    size_t begin = 0, documents = 0;
    int line = 0, began = 0;

    for (size_t at = 0; at < n; line++) {
        const char *eol = memchr(bytes + at, '\n', n - at);
        size_t next = eol ? (size_t)(eol - bytes) + 1 : n;

        if (is_mark(bytes + at, n - at)) {
            read_document(m, s, began, bytes + begin, at - begin);
            begin = next;
            began = line + 1;
            if (++documents > DOCUMENTS_MAX) {
                diag_error(m->d, tree_node(&m->tree, s, line + 1, 1), "more than %d documents",
                           DOCUMENTS_MAX);
                return;
            }
        }
        at = next;
    }
    read_document(m, s, began, bytes + begin, n - begin);
}

int openslo_parse(const char *path, const char *bytes, size_t n, struct openslo *ret,
                  struct diagnostics *d)
{
    struct load_options options = {.without_secrets = true};
    struct slo_import m = {.d = d, .out = ret};
    const struct source *s;

    *d = (struct diagnostics){0};
    tree_init(&m.tree, &options, d);
    m.tree.verbatim = true;
    map_init(&m.indicators, 0);
    s = tree_source(&m.tree, path, 0);
    if (n > OPENSLO_BYTES_MAX)
        diag_error(d, tree_node(&m.tree, s, 1, 1), "the file is larger than 1 MiB");
    else
        read_documents(&m, s, bytes, n);
    if (m.slos.n)
        buf_str(ret->yaml, "slos:\n");
    for (size_t i = 0; i < m.slos.n; i++)
        import_slo(&m, m.slos.items[i]);
    vec_done(&m.slos);
    map_done(&m.indicators);
    tree_done(&m.tree);
    diag_finish(d);
    return d->errors ? -1 : 0;
}

int openslo_load(const char *path, struct openslo *ret, struct diagnostics *d)
{
    struct bytes b;
    struct err e;

    *d = (struct diagnostics){0};
    if (files_read(path, OPENSLO_BYTES_MAX, &b, &e) != 0) {
        struct source source = {.path = path};

        diag_error(d, &(struct node){.source = &source}, "%s", e.text);
        return -1;
    }
    int status = openslo_parse(path, b.p, b.n, ret, d);
    bytes_wipe(&b);
    return status;
}
