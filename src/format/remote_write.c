/* remote_write.c - protobuf by hand: four messages of varints, doubles and texts.
 *
 * Sources: "Prometheus Remote-Write 1.0 specification" (prometheus.io); the messages WriteRequest,
 * TimeSeries, Label and Sample of its appendix; "Encoding" of the Protocol Buffers documentation.
 *
 *   WriteRequest { repeated TimeSeries timeseries = 1; }
 *   TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
 *   Label        { string name = 1; string value = 2; }
 *   Sample       { double value = 1; int64 timestamp = 2; }
 *
 * Labels are sorted by name, `__name__` among them; one with an empty value is left out, which is
 * the same to Prometheus. A series' own label wins over one of all series. */
#include "format/remote_write.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_MAX 8192
#define NAME_BYTES 128

enum { WIRE_VARINT = 0, WIRE_DOUBLE = 1, WIRE_BYTES = 2 };

/* --- protobuf -------------------------------------------------------------------------- */

static void put_varint(struct buf *out, uint64_t v)
{
    char bytes[10];
    size_t n = 0;

    for (; v >= 0x80; v >>= 7)
        bytes[n++] = (char)(v | 0x80);
    bytes[n++] = (char)v;
    buf_put(out, bytes, n);
}

static size_t varint_bytes(uint64_t v)
{
    size_t n = 1;

    while (v >>= 7)
        n++;
    return n;
}

static void put_tag(struct buf *out, unsigned field, unsigned wire)
{
    put_varint(out, field << 3 | wire);
}

static void put_text(struct buf *out, unsigned field, const char *s)
{
    size_t n = strlen(s);

    put_tag(out, field, WIRE_BYTES);
    put_varint(out, n);
    buf_put(out, s, n);
}

static size_t text_bytes(const char *s)
{
    return 1 + varint_bytes(strlen(s)) + strlen(s);
}

static void put_label(struct buf *out, const struct metrics_pair *p)
{
    put_tag(out, 1, WIRE_BYTES);
    put_varint(out, text_bytes(p->name) + text_bytes(p->value));
    put_text(out, 1, p->name);
    put_text(out, 2, p->value);
}

static void put_sample(struct buf *out, double value, int64_t at_ms)
{
    unsigned char bytes[8];
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(bits >> 8 * i);
    put_tag(out, 2, WIRE_BYTES);
    put_varint(out, 1 + 8 + 1 + varint_bytes((uint64_t)at_ms));
    put_tag(out, 1, WIRE_DOUBLE);
    buf_put(out, bytes, sizeof bytes);
    put_tag(out, 2, WIRE_VARINT);
    put_varint(out, (uint64_t)at_ms);
}

/* --- series ---------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct metrics_pair *)a)->name, ((const struct metrics_pair *)b)->name);
}

static bool has(const struct metrics_pair *pairs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return true;
    return false;
}

static void put_series(struct remote_write *w, const struct metrics_pair *pairs, size_t n,
                       double value)
{
    struct buf *out = w->metrics.out;

    buf_clear(&w->series);
    for (size_t i = 0; i < n; i++)
        if (pairs[i].value[0] != 0)
            put_label(&w->series, &pairs[i]);
    put_sample(&w->series, value, w->at_ms);
    put_tag(out, 1, WIRE_BYTES);
    put_varint(out, w->series.len);
    buf_put(out, w->series.p, w->series.len);
}

/* What all of a histogram's series have in common is put together once. */
struct labelled {
    char own[METRICS_LABELS_MAX], common[METRICS_LABELS_MAX], full_name[NAME_BYTES];
    struct metrics_pair pairs[2 * METRICS_PAIRS_MAX + 1];
    size_t n;
    size_t name, le; /* where these are; `le` only when there is one */
};

static void collect(struct labelled *l, const struct remote_write *w, const char *labels,
                    struct metrics_word by)
{
    struct metrics_pair common[METRICS_PAIRS_MAX];
    size_t n = metrics_pairs(w->labels, (struct metrics_word){0}, l->common, common), own;

    own = l->n = metrics_pairs(labels, by, l->own, l->pairs);
    l->pairs[l->n++] = (struct metrics_pair){"__name__", ""};
    for (size_t i = 0; i < n; i++)
        if (!has(l->pairs, own, common[i].name))
            l->pairs[l->n++] = common[i];
    qsort(l->pairs, l->n, sizeof *l->pairs, by_name);
    for (size_t i = 0; i < l->n; i++) {
        if (strcmp(l->pairs[i].name, "__name__") == 0)
            l->name = i;
        if (strcmp(l->pairs[i].name, "le") == 0)
            l->le = i;
    }
}

static void value(struct metrics *m, const char *labels, struct metrics_word by,
                  struct metric_value v)
{
    struct remote_write *w = (struct remote_write *)m;
    struct labelled l;

    collect(&l, w, labels, by);
    l.pairs[l.name].value = m->family->name;
    put_series(w, l.pairs, l.n, metrics_number(v));
}

static void one_of(struct remote_write *w, struct labelled *l, const char *suffix, double value_of)
{
    snprintf(l->full_name, sizeof l->full_name, "%s%s", w->metrics.family->name, suffix);
    l->pairs[l->name].value = l->full_name;
    put_series(w, l->pairs, l->n, value_of);
}

static void octaves(struct metrics *m, const char *labels, const struct octaves *o)
{
    struct remote_write *w = (struct remote_write *)m;
    char le[METRICS_BOUND_SIZE];
    uint64_t sum = 0;
    struct labelled l;

    collect(&l, w, labels, (struct metrics_word){"le", ""});
    for (unsigned i = 0; i <= o->n; i++) {
        sum += o->count[i];
        l.pairs[l.le].value = metrics_bound(o, i, le);
        one_of(w, &l, "_bucket", (double)sum);
    }
    l.pairs[l.le].value = "";
    one_of(w, &l, "_sum", (double)o->sum_us / 1e6);
    one_of(w, &l, "_count", (double)sum);
}

/* A message is its series, one after the other: pieces have no head and no end. */
static void nothing(struct metrics *m)
{
    (void)m;
}

static const struct metrics_format format = {
    .content_type = "application/x-protobuf",
    .begin = nothing,
    .family = nothing,
    .value = value,
    .octaves = octaves,
    .end = nothing,
};

void remote_write_begin(struct remote_write *w, struct buf *out, const char *labels, int64_t at_ms)
{
    w->at_ms = at_ms;
    w->labels = labels;
    buf_init(&w->series, SERIES_MAX);
    metrics_begin(&w->metrics, &format, out);
}

void remote_write_done(struct remote_write *w)
{
    assert(!w->series.over);
    buf_done(&w->series);
}
