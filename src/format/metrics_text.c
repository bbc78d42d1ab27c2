/* metrics_text.c - Prometheus' text format 0.0.4, and OpenMetrics 1.0.
 *
 * Sources: prometheus.io, "Exposition formats"; the OpenMetrics specification, version 1.0. They
 * differ in how a family is announced and in the end; the series are the same in both, byte for
 * byte, so that a server may change from one to the other.
 * Lines are put together without printf: ten thousand monitors make two hundred thousand. */
#include <string.h>

#include "format/metrics.h"

#define LINE_BYTES (METRICS_LABELS_MAX + 512)

/* --- families ------------------------------------------------------------------------- */

static void begin(struct metrics *m)
{
    (void)m;
}

static void text_end(struct metrics *m)
{
    (void)m;
}

static void open_end(struct metrics *m)
{
    buf_str(m->out, "# EOF\n");
}

static void text_family(struct metrics *m)
{
    static const char *const types[] = {"counter", "gauge", "histogram", "gauge"};
    const struct metric_family *f = m->family;

    buf_printf(m->out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, types[f->type]);
}

static void open_family(struct metrics *m)
{
    static const char *const types[] = {"counter", "gauge", "histogram", "info"};
    const struct metric_family *f = m->family;
    int n = (int)metrics_base_name(f);
    const char *unit = metrics_unit(f);

    buf_printf(m->out, "# TYPE %.*s %s\n", n, f->name, types[f->type]);
    if (*unit != 0)
        buf_printf(m->out, "# UNIT %.*s %s\n", n, f->name, unit);
    buf_printf(m->out, "# HELP %.*s %s\n", n, f->name, f->help);
}

/* --- lines ---------------------------------------------------------------------------- */

/* Digits of `v` into the end of `text`; returns where they begin. */
static char *digits(char *end, uint64_t v)
{
    do
        *--end = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    return end;
}

static void put_fixed(struct buf *out, int64_t v, int decimals)
{
    char text[48], *end = text + sizeof text - 1, *at = end;
    uint64_t whole = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
    int left = decimals;

    *at = '\n';
    while (left > 0 && whole % 10 == 0) {
        whole /= 10;
        left--;
    }
    for (int i = left; i > 0; i--, whole /= 10)
        *--at = (char)('0' + whole % 10);
    if (left > 0)
        *--at = '.';
    at = digits(at, whole);
    if (v < 0)
        *--at = '-';
    buf_put(out, at, (size_t)(end + 1 - at));
}

/* One after the other behind `at`; the room was reserved before. */
static char *add(char *at, const char *s)
{
    size_t n = strlen(s);

    memcpy(at, s, n);
    return at + n;
}

static void put_head(struct metrics *m, const char *suffix, const char *labels,
                     struct metrics_word by)
{
    char line[LINE_BYTES], *at = line;
    bool worded = by.name != NULL;

    at = add(add(at, m->family->name), suffix);
    if (*labels != 0 || worded) {
        *at++ = '{';
        at = add(at, labels);
        if (worded && *labels != 0)
            *at++ = ',';
        if (worded) {
            at = add(add(at, by.name), "=\"");
            at = add(at, by.value);
            *at++ = '"';
        }
        *at++ = '}';
    }
    *at++ = ' ';
    buf_put(m->out, line, (size_t)(at - line));
}

static void value(struct metrics *m, const char *labels, struct metrics_word by,
                  struct metric_value v)
{
    put_head(m, "", labels, by);
    if (v.decimals == METRIC_REAL)
        buf_printf(m->out, "%.12g\n", v.real);
    else
        put_fixed(m->out, v.fixed, v.decimals);
}

static void octaves(struct metrics *m, const char *labels, const struct octaves *o)
{
    uint64_t sum = 0;
    char text[METRICS_BOUND_SIZE];

    for (unsigned i = 0; i <= o->n; i++) {
        sum += o->count[i];
        put_head(m, "_bucket", labels, (struct metrics_word){"le", metrics_bound(o, i, text)});
        put_fixed(m->out, (int64_t)sum, 0);
    }
    put_head(m, "_sum", labels, (struct metrics_word){0});
    put_fixed(m->out, o->sum_us, 6);
    put_head(m, "_count", labels, (struct metrics_word){0});
    put_fixed(m->out, (int64_t)sum, 0);
}

const struct metrics_format metrics_text = {
    .content_type = "text/plain; version=0.0.4; charset=utf-8",
    .begin = begin,
    .family = text_family,
    .value = value,
    .octaves = octaves,
    .end = text_end,
};

const struct metrics_format metrics_open = {
    .content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
    .begin = begin,
    .family = open_family,
    .value = value,
    .octaves = octaves,
    .end = open_end,
};
