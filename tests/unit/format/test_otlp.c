/* OTLP in JSON: one metric of each type, and every piece a whole request. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "format/otlp.h"

static const struct metric_family counter = {"mw_cpu_seconds_total", METRIC_COUNTER, "Used."};
static const struct metric_family empty = {"mw_empty", METRIC_GAUGE, "Nothing."};
static const struct metric_family plain = {"mw_held_bytes", METRIC_GAUGE, "Held."};
static const struct metric_family info = {"mw_build_info", METRIC_INFO, "1."};
static const struct metric_family histogram = {"mw_took_seconds", METRIC_HISTOGRAM, "Took."};

#define HEAD                                                                                       \
    "{\"resourceMetrics\":[{\"resource\":{\"attributes\":["                                        \
    "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"midwatch\"}},"                         \
    "{\"key\":\"service.instance.id\",\"value\":{\"stringValue\":\"fra\"}},"                       \
    "{\"key\":\"site\",\"value\":{\"stringValue\":\"a\\\"b\"}}]},"                                 \
    "\"scopeMetrics\":[{\"scope\":{\"name\":\"midwatch\",\"version\":\"" MW_VERSION "\"},"         \
    "\"metrics\":["
#define TAIL    "]}]}]}"
#define LABELS  "job=\"midwatch\",instance=\"fra\",site=\"a\\\"b\""
#define STARTED "\"startTimeUnixNano\":\"1000000000\","
#define AT      "\"timeUnixNano\":\"1795316645678000000\","

static struct buf out;
static struct otlp o;

static void begin(void)
{
    buf_init(&out, 1 << 16);
    otlp_begin(&o, &out, LABELS, 1000, 1795316645678);
}

static void piece(const char *metrics)
{
    char want[4096];
    struct err e;
    struct jv *j;

    metrics_cut(&o.metrics);
    snprintf(want, sizeof want, HEAD "%s" TAIL, metrics);
    assert_string_equal(buf_text(&out), want);
    assert_int_equal(jv_parse(out.p, out.len, &j, &e), 0);
    jv_free(j);
    buf_clear(&out);
}

static void request__each_type__as_the_protocol_has_it(void **state)
{
    struct octaves h;
    (void)state;
    octaves_init(&h, -1, 2);
    octaves_add(&h, 700000);
    octaves_add(&h, 3000000);
    begin();
    metrics_family(&o.metrics, &counter);
    metrics_micros(&o.metrics, "", 2500000);
    metrics_family(&o.metrics, &empty);
    metrics_family(&o.metrics, &plain);
    metrics_int_by(&o.metrics, "a=\"\"", (struct metrics_word){"state", "up"}, -3);
    metrics_family(&o.metrics, &info);
    metrics_int(&o.metrics, "", 1);
    metrics_family(&o.metrics, &histogram);
    metrics_octaves(&o.metrics, "a=\"b\"", &h);
    piece("{\"name\":\"mw_cpu_seconds_total\",\"description\":\"Used.\",\"unit\":\"s\",\"sum\":{"
          "\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":["
          "{\"attributes\":[]," STARTED AT "\"asDouble\":2.5}]}},"
          "{\"name\":\"mw_held_bytes\",\"description\":\"Held.\",\"unit\":\"By\",\"gauge\":{"
          "\"dataPoints\":[{\"attributes\":[{\"key\":\"a\",\"value\":{\"stringValue\":\"\"}},"
          "{\"key\":\"state\",\"value\":{\"stringValue\":\"up\"}}]," AT "\"asInt\":\"-3\"}]}},"
          "{\"name\":\"mw_build_info\",\"description\":\"1.\",\"gauge\":{\"dataPoints\":["
          "{\"attributes\":[]," AT "\"asInt\":\"1\"}]}},"
          "{\"name\":\"mw_took_seconds\",\"description\":\"Took.\",\"unit\":\"s\",\"histogram\":{"
          "\"aggregationTemporality\":2,\"dataPoints\":[{\"attributes\":["
          "{\"key\":\"a\",\"value\":{\"stringValue\":\"b\"}}]," STARTED AT
          "\"count\":\"2\",\"sum\":3.7000000000000002,\"bucketCounts\":[\"0\",\"1\",\"1\"],"
          "\"explicitBounds\":[0.5,1]}]}}");
    buf_done(&out);
}

static void request__cut__the_metric_goes_on_in_the_next(void **state)
{
    static const char metric[] =
        "{\"name\":\"mw_held_bytes\",\"description\":\"Held.\",\"unit\":\"By\",\"gauge\":{"
        "\"dataPoints\":[{\"attributes\":[]," AT "\"asInt\":\"";
    char text[300];
    (void)state;
    begin();
    piece("");
    metrics_resume(&o.metrics);
    metrics_family(&o.metrics, &plain);
    for (int i = 0; i < 3; i++) {
        metrics_int(&o.metrics, "", i);
        snprintf(text, sizeof text, "%s%d%s", metric, i, "\"}]}}");
        piece(text);
        metrics_resume(&o.metrics);
    }
    piece("");
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request__each_type__as_the_protocol_has_it),
        cmocka_unit_test(request__cut__the_metric_goes_on_in_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
