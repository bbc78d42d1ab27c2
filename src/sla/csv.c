/* csv.c - a report as RFC 4180: one fact a line, the same six columns throughout.
 *
 * section, subject, period, measure, value, unit. What people and targets wrote goes through
 * put_text(), which takes the sting out of formulas; numbers are our own. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/vec.h"
#include "writers.h"

/* Also their full-width forms, which some spreadsheets read alike. */
static bool begins_formula(const char *s)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"};

    if (*s == '\t' || *s == '\r' || *s == '\n')
        return true;
    while (*s == ' ' || (*s != 0 && (unsigned char)*s < 0x20))
        s++;
    if (*s != 0 && strchr("=+-@", *s) != NULL)
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (text_starts(s, wide[i]))
            return true;
    return false;
}

static void put_text(struct buf *out, const char *s)
{
    buf_char(out, '"');
    if (begins_formula(s))
        buf_char(out, '\'');
    for (; *s != 0; s++) {
        if (*s == '"')
            buf_char(out, '"');
        buf_char(out, (unsigned char)*s < 0x20 || *s == 0x7f ? ' ' : *s);
    }
    buf_char(out, '"');
}

struct place {
    const char *section, *subject, *period;
    const char *unit; /* of counts; NULL: results */
};

static void begin_row(struct buf *out, const struct place *p, const char *measure)
{
    buf_str(out, p->section);
    buf_char(out, ',');
    put_text(out, p->subject);
    buf_char(out, ',');
    put_text(out, p->period);
    buf_printf(out, ",%s,", measure);
}

static void put_fact(struct buf *out, const struct place *p, const char *measure, const char *text)
{
    if (text == NULL)
        return;
    begin_row(out, p, measure);
    put_text(out, text);
    buf_str(out, ",\r\n");
}

static void put_number(struct buf *out, const struct place *p, const char *measure,
                       const struct jv *number, const char *unit)
{
    double d = jv_real(number, NAN);
    struct jw w;

    if (jv_type(number) != JV_INT && jv_type(number) != JV_REAL)
        return;
    if (!isfinite(d) || d < 0 || d >= 1e15) /* nothing that is negative is written as a number */
        return;
    begin_row(out, p, measure);
    jw_init(&w, out);
    if (jv_type(number) == JV_INT)
        jw_int(&w, jv_int(number, 0));
    else
        jw_real(&w, d, 9);
    buf_printf(out, ",%s\r\n", unit);
}

/* A member as it is, by a table: kind of the member and the unit of a number (NULL: a text). */
struct fact {
    const char *key, *unit;
};

static void put_facts(struct buf *out, const struct place *p, const struct jv *object,
                      const struct fact *facts)
{
    for (; facts->key != NULL; facts++) {
        const struct jv *value = jv_get(object, facts->key);

        if (facts->unit != NULL)
            put_number(out, p, facts->key, value, facts->unit);
        else if (jv_type(value) == JV_BOOL)
            put_fact(out, p, facts->key, jv_bool(value, false) ? "yes" : "no");
        else
            put_fact(out, p, facts->key, jv_text(value));
    }
}

static void put_counts(struct buf *out, const struct place *p, const struct jv *object)
{
    static const char *const keys[] = {"good",        "bad",     "excluded",
                                       "maintenance", "unknown", "expected"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        put_number(out, p, keys[i], jv_get(object, keys[i]), p->unit != NULL ? p->unit : "results");
}

static void put_latency(struct buf *out, const struct place *p, const struct jv *object)
{
    static const struct fact facts[] = {
        {"p50_us", "us"}, {"p90_us", "us"}, {"p95_us", "us"}, {"p99_us", "us"}, {0}};

    put_facts(out, p, jv_get(object, "latency"), facts);
}

/* Used, not left: what is left may be negative. */
static void put_budget(struct buf *out, const struct place *p, const struct jv *slo)
{
    double left = jv_real(jv_get(slo, "budget_left"), NAN);
    struct jw w;

    if (!isfinite(left) || left > 1)
        return;
    begin_row(out, p, "budget_used");
    jw_init(&w, out);
    jw_real(&w, left < -1e12 ? 1e12 : 1 - left, 6);
    buf_str(out, ",ratio\r\n");
}

static void put_slo(struct buf *out, const struct jv *slo, const char *month)
{
    static const struct fact promise[] = {{"description", NULL},
                                          {"of", NULL},
                                          {"by", NULL},
                                          {"time_zone", NULL},
                                          {"from", NULL},
                                          {"to", NULL},
                                          {"limit_us", "us"},
                                          {"objective_ppm", "ppm"},
                                          {"coverage_least_percent", "%"},
                                          {0}};
    static const struct fact outcome[] = {{"coverage", "ratio"},
                                          {"figure", "ratio"},
                                          {"at_least", "ratio"},
                                          {"no_figure", NULL},
                                          {"met", NULL},
                                          {"credit_percent", "%"},
                                          {"credit_below_ppm", "ppm"},
                                          {0}};
    static const struct fact of_month[] = {{"figure", "ratio"}, {"no_figure", NULL}, {0}};
    struct place p = {"slo", doc_text(slo, "name"), month, NULL};
    const struct jv *list;
    size_t n;

    if (strcmp(doc_text(slo, "by"), "time") == 0)
        p.unit = "ms";
    put_facts(out, &p, slo, promise);
    put_counts(out, &p, slo);
    put_facts(out, &p, slo, outcome);
    put_budget(out, &p, slo);
    put_latency(out, &p, slo);
    n = doc_items(slo, "days", &list);
    p.section = "slo_day";
    for (size_t i = 0; i < n; i++) {
        p.period = doc_text(jv_at(list, i), "day");
        put_counts(out, &p, jv_at(list, i));
        put_latency(out, &p, jv_at(list, i));
    }
    n = doc_items(slo, "trend", &list);
    p.section = "slo_month";
    for (size_t i = 0; i < n; i++) {
        p.period = doc_text(jv_at(list, i), "month");
        put_counts(out, &p, jv_at(list, i));
        put_facts(out, &p, jv_at(list, i), of_month);
    }
}

static void put_results(struct buf *out, const struct doc *d)
{
    static const struct fact facts[] = {
        {"availability", "ratio"}, {"error_rate", "ratio"}, {"coverage", "ratio"}, {0}};
    const struct jv *rows;
    size_t n = doc_items(d->data, "results", &rows);

    for (size_t i = 0; i < n; i++) {
        const struct jv *row = jv_at(rows, i);
        const char *kind = doc_text(row, "kind");
        struct place p = {strcmp(kind, "all") == 0     ? "results"
                          : strcmp(kind, "group") == 0 ? "results_group"
                                                       : "results_monitor",
                          doc_text(row, "name"), d->month, NULL};

        put_counts(out, &p, row);
        put_facts(out, &p, row, facts);
        put_latency(out, &p, row);
    }
}

static void put_incidents(struct buf *out, const struct doc *d)
{
    static const struct fact facts[] = {{"monitor", NULL},
                                        {"severity", NULL},
                                        {"state", NULL},
                                        {"title", NULL},
                                        {"started_at", NULL},
                                        {"opened_at", NULL},
                                        {"acknowledged_at", NULL},
                                        {"acknowledged_by", NULL},
                                        {"resolved_at", NULL},
                                        {"resolved_by", NULL},
                                        {"held", NULL},
                                        {"acknowledged_after_s", "s"},
                                        {"restored_after_s", "s"},
                                        {0}};
    static const struct fact times[] = {
        {"count", "incidents"}, {"median_s", "s"}, {"mean_s", "s"}, {"longest_s", "s"}, {0}};
    static const char *const both[] = {"time_to_acknowledge", "time_to_restore"};
    const struct jv *all = jv_get(d->data, "incidents"), *list;
    size_t n = doc_items(all, "list", &list);

    for (size_t i = 0; i < 2; i++) {
        struct place p = {"incidents", both[i], d->month, NULL};

        put_facts(out, &p, jv_get(all, both[i]), times);
    }
    for (size_t i = 0; i < n; i++) {
        struct place p = {"incident", doc_text(jv_at(list, i), "id"), d->month, NULL};

        put_facts(out, &p, jv_at(list, i), facts);
    }
}

static void put_maintenance(struct buf *out, const struct doc *d)
{
    static const struct fact facts[] = {{"what", NULL},
                                        {"end", NULL},
                                        {"announced", NULL},
                                        {"author", NULL},
                                        {"comment", NULL},
                                        {"excluded", NULL},
                                        {0}};
    const struct jv *list;
    size_t n = doc_items(d->data, "maintenance", &list);

    for (size_t i = 0; i < n; i++) {
        const char *id = jv_get_text(jv_at(list, i), "id");
        struct place p = {"maintenance", id != NULL ? id : "configuration",
                          doc_text(jv_at(list, i), "start"), NULL};

        put_facts(out, &p, jv_at(list, i), facts);
    }
}

void csv_write(struct buf *out, const struct doc *d)
{
    static const struct fact head[] = {
        {"issued_at", NULL},     {"draft", NULL},     {"revision", "number"},
        {"corrects", "number"},  {"generator", NULL}, {"config_digest", NULL},
        {"inputs_digest", NULL}, {"digest", NULL},    {0}};
    static const struct fact period[] = {
        {"time_zone", NULL}, {"from", NULL}, {"to", NULL}, {"measured_until", NULL}, {0}};
    struct place p = {"report", d->title, d->month, NULL};
    const struct jv *list;
    size_t n;

    buf_str(out, "section,subject,period,measure,value,unit\r\n");
    put_facts(out, &p, d->root, head);
    put_facts(out, &p, d->period, period);
    n = doc_items(d->data, "notes", &list);
    for (size_t i = 0; i < n; i++)
        put_fact(out, &p, "note", jv_text(jv_at(list, i)));
    n = doc_items(d->data, "slos", &list);
    for (size_t i = 0; i < n; i++)
        put_slo(out, jv_at(list, i), d->month);
    put_incidents(out, d);
    put_maintenance(out, d);
    put_results(out, d);
}
