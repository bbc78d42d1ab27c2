/* otlp.h - the metrics as ExportMetricsServiceRequest of OTLP, in JSON.
 *
 * A piece (metrics_cut) is a whole request. The labels of all series become attributes of the
 * resource, `job` and `instance` under the names that OpenTelemetry has for them. */
#ifndef FORMAT_OTLP_H
#define FORMAT_OTLP_H

#include "base/json.h"
#include "format/metrics.h"

struct otlp {
    struct metrics metrics;    /* first */
    int64_t started_ms, at_ms; /* of counters; of every point */
    const char *labels;        /* of the resource, by metrics_label(); borrowed */
    struct jw json;
    bool open; /* the list of points of the family under way */
};

void otlp_begin(struct otlp *o, struct buf *out, const char *labels, int64_t started_ms,
                int64_t at_ms);

#endif
