/* The text formats: names, escaping, numbers, histograms, what both announce. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "format/metrics.h"

static const struct metric_family seconds = {"mw_x_seconds", METRIC_GAUGE, "X."};
static const struct metric_family counter = {"mw_cpu_seconds_total", METRIC_COUNTER, "Used."};
static const struct metric_family info = {"mw_build_info", METRIC_INFO, "1."};
static const struct metric_family histogram = {"mw_took_seconds", METRIC_HISTOGRAM, "Took."};
static const struct metric_family plain = {"mw_things", METRIC_GAUGE, "Things."};

static struct buf out;
static struct metrics m;

static void begin(const struct metrics_format *f)
{
    buf_init(&out, 1 << 16);
    metrics_begin(&m, f, &out);
}

static void wrote(const char *text)
{
    metrics_cut(&m);
    assert_string_equal(buf_text(&out), text);
    buf_done(&out);
}

static void numbers__exact_decimals_without_trailing_zeros(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "0"},
        {1, "0.000001"},
        {1000000, "1"},
        {1500000, "1.5"},
        {-250000, "-0.25"},
        {123456789, "123.456789"},
        {10000000, "10"},
        {INT64_MAX, "9223372036854.775807"},
        {INT64_MIN, "-9223372036854.775808"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char want[128];

        begin(&metrics_text);
        m.family = &seconds;
        metrics_micros(&m, "", cases[i].us);
        snprintf(want, sizeof want, "mw_x_seconds %s\n", cases[i].text);
        wrote(want);
    }
    begin(&metrics_text);
    m.family = &seconds;
    metrics_millis(&m, "", 1795316645678);
    metrics_int(&m, "", -7);
    metrics_real(&m, "", 0.1);
    metrics_real(&m, "", (double)NAN);
    metrics_real(&m, "a=\"b\"", -1e-9);
    assert_int_equal(m.series, 4);
    wrote("mw_x_seconds 1795316645.678\n"
          "mw_x_seconds -7\n"
          "mw_x_seconds 0.1\n"
          "mw_x_seconds{a=\"b\"} -1e-09\n");
}

static void label__any_bytes__read_back_the_same(void **state)
{
    static const char alphabet[] = "ab\\\"\n{},=n\xc3\xa9";
    unsigned seed = 1;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        char value[24], scratch[METRICS_LABELS_MAX];
        struct metrics_pair pairs[METRICS_PAIRS_MAX];
        size_t n = 0;
        struct buf labels;

        for (seed = seed * 1103515245u + 12345u; n < (seed >> 16) % 20u; n++)
            value[n] = alphabet[((seed >> 8) + n * 7u + (seed >> n)) % (sizeof alphabet - 1)];
        value[n] = 0;
        buf_init(&labels, 1024);
        metrics_label(&labels, "l", value);
        metrics_label(&labels, "other", value);
        assert_null(strchr(buf_text(&labels), '\n'));
        n = metrics_pairs(buf_text(&labels), (struct metrics_word){"by", "word"}, scratch, pairs);
        assert_int_equal(n, 3);
        assert_string_equal(pairs[0].name, "l");
        assert_string_equal(pairs[0].value, value);
        assert_string_equal(pairs[1].name, "other");
        assert_string_equal(pairs[1].value, value);
        assert_string_equal(pairs[2].value, "word");
        buf_done(&labels);
    }
}

static void write_all(void)
{
    struct buf labels;
    struct octaves o;

    buf_init(&labels, 1024);
    metrics_label(&labels, "monitor", "a\"b");
    metrics_label(&labels, "group", "");
    metrics_family(&m, &info);
    metrics_int(&m, "version=\"1\"", 1);
    metrics_family(&m, &counter);
    metrics_micros(&m, "", 2500000);
    metrics_family(&m, &plain);
    metrics_int_by(&m, buf_text(&labels), (struct metrics_word){"state", "up"}, 1);
    metrics_int_by(&m, "", (struct metrics_word){"state", "up"}, 1);
    metrics_family(&m, &histogram);
    octaves_init(&o, -2, 3);
    octaves_add(&o, 200000);
    octaves_add(&o, 900000);
    octaves_add(&o, 5000000);
    metrics_octaves(&m, "a=\"b\"", &o);
    assert_int_equal(m.series, 4 + METRICS_OCTAVES_SERIES(3));
    buf_done(&labels);
}

#define TOOK                                                                                       \
    "mw_took_seconds_bucket{a=\"b\",le=\"0.25\"} 1\n"                                              \
    "mw_took_seconds_bucket{a=\"b\",le=\"0.5\"} 1\n"                                               \
    "mw_took_seconds_bucket{a=\"b\",le=\"1.0\"} 2\n"                                               \
    "mw_took_seconds_bucket{a=\"b\",le=\"+Inf\"} 3\n"                                              \
    "mw_took_seconds_sum{a=\"b\"} 6.1\n"                                                           \
    "mw_took_seconds_count{a=\"b\"} 3\n"

static void document__text__stands_as_prometheus_reads_it(void **state)
{
    (void)state;
    begin(&metrics_text);
    write_all();
    wrote("# HELP mw_build_info 1.\n# TYPE mw_build_info gauge\n"
          "mw_build_info{version=\"1\"} 1\n"
          "# HELP mw_cpu_seconds_total Used.\n# TYPE mw_cpu_seconds_total counter\n"
          "mw_cpu_seconds_total 2.5\n"
          "# HELP mw_things Things.\n# TYPE mw_things gauge\n"
          "mw_things{monitor=\"a\\\"b\",group=\"\",state=\"up\"} 1\n"
          "mw_things{state=\"up\"} 1\n"
          "# HELP mw_took_seconds Took.\n# TYPE mw_took_seconds histogram\n" TOOK);
}

static void document__open__has_units_bare_names_and_an_end(void **state)
{
    (void)state;
    begin(&metrics_open);
    write_all();
    wrote("# TYPE mw_build info\n# HELP mw_build 1.\n"
          "mw_build_info{version=\"1\"} 1\n"
          "# TYPE mw_cpu_seconds counter\n# UNIT mw_cpu_seconds seconds\n"
          "# HELP mw_cpu_seconds Used.\n"
          "mw_cpu_seconds_total 2.5\n"
          "# TYPE mw_things gauge\n# HELP mw_things Things.\n"
          "mw_things{monitor=\"a\\\"b\",group=\"\",state=\"up\"} 1\n"
          "mw_things{state=\"up\"} 1\n"
          "# TYPE mw_took_seconds histogram\n# UNIT mw_took_seconds seconds\n"
          "# HELP mw_took_seconds Took.\n" TOOK "# EOF\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers__exact_decimals_without_trailing_zeros),
        cmocka_unit_test(label__any_bytes__read_back_the_same),
        cmocka_unit_test(document__text__stands_as_prometheus_reads_it),
        cmocka_unit_test(document__open__has_units_bare_names_and_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
