/* otlp.c - OTLP/HTTP with JSON encoding.
 *
 * Sources: opentelemetry.io, "OTLP Specification 1.x" (JSON Protobuf encoding: 64-bit integers are
 * texts, enums are numbers, names in lowerCamelCase); opentelemetry-proto, metrics/v1/metrics.proto
 * (ResourceMetrics, Metric, Sum, Gauge, Histogram). Names stay those of /metrics, so that what a
 * collector hands on to Prometheus is called the same. No unit where there is none: `1` would make
 * ratios of plain gauges.
 *
 * A metric is begun with its first point, since one without points is refused by some. */
#include "format/otlp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CUMULATIVE 2 /* AGGREGATION_TEMPORALITY_CUMULATIVE */

/* --- small values ---------------------------------------------------------------------- */

static void put_int64(struct jw *w, int64_t v)
{
    char text[24];

    snprintf(text, sizeof text, "\"%" PRId64 "\"", v);
    jw_raw(w, text);
}

static void put_double(struct jw *w, double v)
{
    char text[32];

    snprintf(text, sizeof text, "%.17g", v);
    jw_raw(w, text);
}

static void put_nanos(struct jw *w, const char *key, int64_t ms)
{
    jw_key(w, key);
    put_int64(w, ms * 1000000);
}

static const char *attribute_of(const char *label)
{
    if (strcmp(label, "job") == 0)
        return "service.name";
    return strcmp(label, "instance") == 0 ? "service.instance.id" : label;
}

static void put_attributes(struct jw *w, const char *labels, struct metrics_word by, bool resource)
{
    char scratch[METRICS_LABELS_MAX];
    struct metrics_pair pairs[METRICS_PAIRS_MAX];
    size_t n = metrics_pairs(labels, by, scratch, pairs);

    jw_kv_list(w, "attributes");
    for (size_t i = 0; i < n; i++) {
        jw_object(w);
        jw_kv_text(w, "key", resource ? attribute_of(pairs[i].name) : pairs[i].name);
        jw_kv_object(w, "value");
        jw_kv_text(w, "stringValue", pairs[i].value);
        jw_object_end(w);
        jw_object_end(w);
    }
    jw_list_end(w);
}

/* --- a metric -------------------------------------------------------------------------- */

static void open_metric(struct otlp *o)
{
    static const char *const kinds[] = {"sum", "gauge", "histogram", "gauge"};
    const struct metric_family *f = o->metrics.family;
    const char *unit = metrics_unit(f);
    struct jw *w = &o->json;

    if (o->open)
        return;
    o->open = true;
    jw_object(w);
    jw_kv_text(w, "name", f->name);
    jw_kv_text(w, "description", f->help);
    if (*unit != 0)
        jw_kv_text(w, "unit", strcmp(unit, "bytes") == 0 ? "By" : "s");
    jw_kv_object(w, kinds[f->type]);
    if (f->type == METRIC_COUNTER || f->type == METRIC_HISTOGRAM)
        jw_kv_int(w, "aggregationTemporality", CUMULATIVE);
    if (f->type == METRIC_COUNTER)
        jw_kv_bool(w, "isMonotonic", true);
    jw_kv_list(w, "dataPoints");
}

static void close_metric(struct otlp *o)
{
    if (!o->open)
        return;
    o->open = false;
    jw_list_end(&o->json);
    jw_object_end(&o->json);
    jw_object_end(&o->json);
}

static void open_point(struct otlp *o, const char *labels, struct metrics_word by)
{
    enum metric_type type = o->metrics.family->type;

    open_metric(o);
    jw_object(&o->json);
    put_attributes(&o->json, labels, by, false);
    if (type == METRIC_COUNTER || type == METRIC_HISTOGRAM)
        put_nanos(&o->json, "startTimeUnixNano", o->started_ms);
    put_nanos(&o->json, "timeUnixNano", o->at_ms);
}

static void value(struct metrics *m, const char *labels, struct metrics_word by,
                  struct metric_value v)
{
    struct otlp *o = (struct otlp *)m;

    open_point(o, labels, by);
    jw_key(&o->json, v.decimals == 0 ? "asInt" : "asDouble");
    if (v.decimals == 0)
        put_int64(&o->json, v.fixed);
    else
        put_double(&o->json, metrics_number(v));
    jw_object_end(&o->json);
}

static void octaves(struct metrics *m, const char *labels, const struct octaves *h)
{
    struct otlp *o = (struct otlp *)m;
    struct jw *w = &o->json;

    open_point(o, labels, (struct metrics_word){0});
    jw_key(w, "count");
    put_int64(w, (int64_t)octaves_count(h));
    jw_key(w, "sum");
    put_double(w, (double)h->sum_us / 1e6);
    jw_kv_list(w, "bucketCounts");
    for (unsigned i = 0; i <= h->n; i++)
        put_int64(w, (int64_t)h->count[i]);
    jw_list_end(w);
    jw_kv_list(w, "explicitBounds");
    for (unsigned i = 0; i < h->n; i++)
        put_double(w, octaves_bound_s(h, i));
    jw_list_end(w);
    jw_object_end(w);
}

/* --- a piece --------------------------------------------------------------------------- */

static void begin(struct metrics *m)
{
    struct otlp *o = (struct otlp *)m;
    struct jw *w = &o->json;

    jw_init(w, m->out);
    jw_object(w);
    jw_kv_list(w, "resourceMetrics");
    jw_object(w);
    jw_kv_object(w, "resource");
    put_attributes(w, o->labels, (struct metrics_word){0}, true);
    jw_object_end(w);
    jw_kv_list(w, "scopeMetrics");
    jw_object(w);
    jw_kv_object(w, "scope");
    jw_kv_text(w, "name", "midwatch");
    jw_kv_text(w, "version", MW_VERSION);
    jw_object_end(w);
    jw_kv_list(w, "metrics");
}

static void family(struct metrics *m)
{
    close_metric((struct otlp *)m);
}

static void end(struct metrics *m)
{
    struct jw *w = &((struct otlp *)m)->json;

    close_metric((struct otlp *)m);
    jw_list_end(w);
    jw_object_end(w);
    jw_list_end(w);
    jw_object_end(w);
    jw_list_end(w);
    jw_object_end(w);
}

static const struct metrics_format format = {
    .content_type = "application/json",
    .begin = begin,
    .family = family,
    .value = value,
    .octaves = octaves,
    .end = end,
};

void otlp_begin(struct otlp *o, struct buf *out, const char *labels, int64_t started_ms,
                int64_t at_ms)
{
    o->started_ms = started_ms;
    o->at_ms = at_ms;
    o->labels = labels;
    o->open = false;
    metrics_begin(&o->metrics, &format, out);
}
