/* metrics.c - what all formats of the metrics share: families, labels, numbers. */
#include "format/metrics.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void metrics_begin(struct metrics *m, const struct metrics_format *f, struct buf *out)
{
    m->format = f;
    m->out = out;
    m->family = NULL;
    m->series = 0;
    f->begin(m);
}

void metrics_cut(struct metrics *m)
{
    m->format->end(m);
}

void metrics_resume(struct metrics *m)
{
    m->format->begin(m);
    if (m->family != NULL)
        m->format->family(m);
}

/* --- writing -------------------------------------------------------------------------- */

void metrics_family(struct metrics *m, const struct metric_family *f)
{
    m->family = f;
    m->format->family(m);
}

void metrics_label(struct buf *labels, const char *name, const char *value)
{
    if (labels->len > 0)
        buf_char(labels, ',');
    buf_str(labels, name);
    buf_str(labels, "=\"");
    while (*value != 0) {
        size_t n = strcspn(value, "\\\"\n");

        buf_put(labels, value, n);
        value += n;
        if (*value == 0)
            break;
        buf_char(labels, '\\');
        buf_char(labels, *value == '\n' ? 'n' : *value);
        value++;
    }
    buf_char(labels, '"');
}

static void put(struct metrics *m, const char *labels, struct metrics_word by,
                struct metric_value v)
{
    /* Names and groups have at most NAME_MAX_BYTES, the other words are ours. */
    assert(strlen(labels) < METRICS_LABELS_MAX);
    assert(by.name == NULL || strlen(by.name) + strlen(by.value) < 160);
    m->series++;
    m->format->value(m, labels, by, v);
}

#define NO_WORD          ((struct metrics_word){0})
#define FIXED(v, places) ((struct metric_value){.fixed = (v), .decimals = (places)})
#define REAL(v)          ((struct metric_value){.real = (v), .decimals = METRIC_REAL})

void metrics_int(struct metrics *m, const char *labels, int64_t value)
{
    put(m, labels, NO_WORD, FIXED(value, 0));
}

void metrics_micros(struct metrics *m, const char *labels, int64_t us)
{
    put(m, labels, NO_WORD, FIXED(us, 6));
}

void metrics_millis(struct metrics *m, const char *labels, int64_t ms)
{
    put(m, labels, NO_WORD, FIXED(ms, 3));
}

void metrics_real(struct metrics *m, const char *labels, double value)
{
    metrics_real_by(m, labels, NO_WORD, value);
}

void metrics_int_by(struct metrics *m, const char *labels, struct metrics_word by, int64_t value)
{
    put(m, labels, by, FIXED(value, 0));
}

void metrics_micros_by(struct metrics *m, const char *labels, struct metrics_word by, int64_t us)
{
    put(m, labels, by, FIXED(us, 6));
}

void metrics_real_by(struct metrics *m, const char *labels, struct metrics_word by, double value)
{
    if (isfinite(value))
        put(m, labels, by, REAL(value));
}

void metrics_octaves(struct metrics *m, const char *labels, const struct octaves *o)
{
    assert(strlen(labels) < METRICS_LABELS_MAX && m->family->type == METRIC_HISTOGRAM);
    m->series += METRICS_OCTAVES_SERIES(o->n);
    m->format->octaves(m, labels, o);
}

void metrics_one(struct metrics *m, const struct metric_family *f, int64_t value)
{
    metrics_family(m, f);
    metrics_int(m, "", value);
}

/* --- for the formats ------------------------------------------------------------------ */

size_t metrics_base_name(const struct metric_family *f)
{
    const char *suffix = f->type == METRIC_COUNTER ? "_total"
                         : f->type == METRIC_INFO  ? "_info"
                                                   : "";

    assert(text_ends(f->name, suffix));
    return strlen(f->name) - strlen(suffix);
}

const char *metrics_unit(const struct metric_family *f)
{
    static const char *const units[] = {"seconds", "bytes"};
    size_t n = metrics_base_name(f);

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t k = strlen(units[i]);

        if (n > k && f->name[n - k - 1] == '_' && memcmp(f->name + n - k, units[i], k) == 0)
            return units[i];
    }
    return "";
}

const char *metrics_bound(const struct octaves *o, unsigned i, char dst[METRICS_BOUND_SIZE])
{
    if (i == o->n)
        return "+Inf";
    snprintf(dst, METRICS_BOUND_SIZE, o->first + (int)i >= 0 ? "%.1f" : "%.12g",
             octaves_bound_s(o, i));
    return dst;
}

double metrics_number(struct metric_value v)
{
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

    return v.decimals == METRIC_REAL ? v.real : (double)v.fixed / tens[v.decimals];
}

/* From behind the opening quote; returns what is behind the closing one. */
static const char *unescape(const char *s, char **dst)
{
    for (; *s != '"'; s++) {
        bool escaped = *s == '\\';

        s += escaped;
        *(*dst)++ = escaped && *s == 'n' ? '\n' : *s;
    }
    *(*dst)++ = 0;
    return s + 1;
}

size_t metrics_pairs(const char *labels, struct metrics_word by, char *scratch,
                     struct metrics_pair ret[METRICS_PAIRS_MAX])
{
    size_t n = 0;

    while (*labels != 0) {
        size_t k = strcspn(labels, "=");

        assert(n + 1 < METRICS_PAIRS_MAX);
        ret[n].name = scratch;
        memcpy(scratch, labels, k);
        scratch += k;
        *scratch++ = 0;
        ret[n++].value = scratch;
        labels = unescape(labels + k + 2, &scratch);
        labels += *labels == ',';
    }
    if (by.name != NULL)
        ret[n++] = (struct metrics_pair){by.name, by.value};
    return n;
}
