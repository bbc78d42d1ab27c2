/* Remote write: what was written is read back by another hand; every piece is whole. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "format/remote_write.h"

static const struct metric_family counter = {"mw_cpu_seconds_total", METRIC_COUNTER, "Used."};
static const struct metric_family plain = {"mw_things", METRIC_GAUGE, "Things."};
static const struct metric_family histogram = {"mw_took_seconds", METRIC_HISTOGRAM, "Took."};

/* --- a reader ------------------------------------------------------------------------- */

struct bytes {
    const unsigned char *p, *end;
};

static uint64_t varint(struct bytes *b)
{
    uint64_t v = 0;

    for (int shift = 0;; shift += 7) {
        assert_true(b->p < b->end && shift < 64);
        v |= (uint64_t)(*b->p & 0x7f) << shift;
        if (*b->p++ < 0x80)
            return v;
    }
}

static struct bytes field(struct bytes *b, unsigned want)
{
    assert_int_equal(varint(b), want << 3 | 2);
    size_t n = varint(b);
    struct bytes in = {b->p, b->p + n};
    assert_true(n <= (size_t)(b->end - b->p));
    b->p += n;
    return in;
}

static double sample(struct bytes b, int64_t *ret_ms)
{
    uint64_t bits = 0;
    double value;

    assert_int_equal(varint(&b), 1 << 3 | 1);
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)*b.p++ << 8 * i;
    memcpy(&value, &bits, sizeof value);
    assert_int_equal(varint(&b), 2 << 3 | 0);
    *ret_ms = (int64_t)varint(&b);
    assert_ptr_equal(b.p, b.end);
    return value;
}

/* One line a series: name{label=value,…} value at; labels must come sorted and not be empty. */
static void read_series(struct bytes b, struct buf *out)
{
    char last[200] = "";
    int64_t at_ms;

    while (*b.p == (1 << 3 | 2)) {
        struct bytes label = field(&b, 1), name = field(&label, 1), value = field(&label, 2);
        char text[200];

        assert_ptr_equal(label.p, label.end);
        assert_true(value.end > value.p);
        snprintf(text, sizeof text, "%.*s", (int)(name.end - name.p), (const char *)name.p);
        assert_true(strcmp(last, text) < 0);
        memcpy(last, text, sizeof last);
        buf_printf(out, "%s=%.*s ", text, (int)(value.end - value.p), (const char *)value.p);
    }
    double value = sample(field(&b, 2), &at_ms);
    assert_ptr_equal(b.p, b.end);
    buf_printf(out, "%g at %lld\n", value, (long long)at_ms);
}

static void read_all(const struct buf *in, struct buf *out)
{
    struct bytes b = {(const unsigned char *)in->p, (const unsigned char *)in->p + in->len};

    while (b.p < b.end)
        read_series(field(&b, 1), out);
}

/* --- tests ---------------------------------------------------------------------------- */

static void write_all(struct metrics *m, bool cut, struct buf *out, struct buf *text)
{
    struct octaves o;

    octaves_init(&o, -1, 2);
    octaves_add(&o, 700000);
    octaves_add(&o, 3000000);
    metrics_family(m, &counter);
    metrics_micros(m, "", 2500000);
    metrics_family(m, &plain);
    metrics_int_by(m, "zone=\"\",monitor=\"a\\\"\\nb\"", (struct metrics_word){"state", "up"}, -3);
    if (cut) {
        metrics_cut(m);
        read_all(out, text);
        buf_clear(out);
        metrics_resume(m);
    }
    metrics_int(m, "job=\"own\"", 1);
    metrics_family(m, &histogram);
    metrics_octaves(m, "monitor=\"x\"", &o);
    metrics_cut(m);
    read_all(out, text);
    assert_int_equal(m->series, 3 + METRICS_OCTAVES_SERIES(2));
}

static void message__whole_or_in_pieces__reads_back(void **state)
{
    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        struct remote_write w;
        struct buf out, text;

        buf_init(&out, 1 << 16);
        buf_init(&text, 1 << 16);
        remote_write_begin(&w, &out, "job=\"midwatch\",instance=\"fra\"", 1795316645678);
        write_all(&w.metrics, cut, &out, &text);
        remote_write_done(&w);
        assert_string_equal(
            buf_text(&text),
            "__name__=mw_cpu_seconds_total instance=fra job=midwatch 2.5 at 1795316645678\n"
            "__name__=mw_things instance=fra job=midwatch monitor=a\"\nb state=up -3 at "
            "1795316645678\n"
            "__name__=mw_things instance=fra job=own 1 at 1795316645678\n"
            "__name__=mw_took_seconds_bucket instance=fra job=midwatch le=0.5 monitor=x 0 at "
            "1795316645678\n"
            "__name__=mw_took_seconds_bucket instance=fra job=midwatch le=1.0 monitor=x 1 at "
            "1795316645678\n"
            "__name__=mw_took_seconds_bucket instance=fra job=midwatch le=+Inf monitor=x 2 at "
            "1795316645678\n"
            "__name__=mw_took_seconds_sum instance=fra job=midwatch monitor=x 3.7 at "
            "1795316645678\n"
            "__name__=mw_took_seconds_count instance=fra job=midwatch monitor=x 2 at "
            "1795316645678\n");
        buf_done(&out);
        buf_done(&text);
    }
}

/* The longest that names, groups and labels of a push can make. */
static void series__as_long_as_can_be__fits(void **state)
{
    struct remote_write w;
    struct buf out, text, common, own;
    char long_name[101], long_text[240];
    (void)state;
    memset(long_name, 'n', 100);
    long_name[100] = 0;
    memset(long_text, '"', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    buf_init(&out, 1 << 16);
    buf_init(&text, 1 << 16);
    buf_init(&common, METRICS_LABELS_MAX);
    buf_init(&own, METRICS_LABELS_MAX);
    metrics_label(&common, "site", long_text);
    metrics_label(&own, "monitor", long_name);
    metrics_label(&own, "group", long_text);
    remote_write_begin(&w, &out, buf_text(&common), INT64_MAX);
    metrics_family(&w.metrics, &plain);
    metrics_real(&w.metrics, buf_text(&own), 0.1);
    metrics_cut(&w.metrics);
    remote_write_done(&w);
    read_all(&out, &text);
    assert_non_null(strstr(buf_text(&text), "0.1 at 9223372036854775807"));
    buf_done(&out);
    buf_done(&text);
    buf_done(&common);
    buf_done(&own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message__whole_or_in_pieces__reads_back),
        cmocka_unit_test(series__as_long_as_can_be__fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
