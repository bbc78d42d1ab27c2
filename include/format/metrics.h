/* metrics.h - the Prometheus text exposition: one table of families, and lines.
 *
 * docs/metrics.md has a row for every row of the table; a test compares them. */
#ifndef FORMAT_METRICS_H
#define FORMAT_METRICS_H

#include <stdint.h>

#include "base/buf.h"

enum metric {
    METRIC_BUILD_INFO,
    METRIC_CONFIG_INFO,
    METRIC_MONITORS,
    METRIC_MONITOR_UP,
    METRIC_MONITOR_STATE,
    METRIC_MONITOR_SINCE,
    METRIC_RESULTS,
    METRIC_MISSED,
    METRIC_PROBE_DURATION,
    METRIC_PROBE_PHASE,
    METRIC_PROBE_LAST,
    METRIC_LATENESS_LAST,
    METRIC_LATENESS_MAX,
    METRIC_INCIDENTS,
    METRIC_INCIDENTS_HELD,
    METRIC_INCIDENTS_FLAPPING,
    METRIC_QUIETS,
    METRIC_OVERRIDES,
    METRIC_DELIVERIES,
    METRIC_DELIVERY_OLDEST,
    METRIC_STORE_UP,
    METRIC_STORE_STATE,
    METRIC_STORE_QUEUE,
    METRIC_STORE_SPOOL,
    METRIC_STORE_SPOOL_RECORDS,
    METRIC_STORE_COMMITS,
    METRIC_STORE_SAMPLES,
    METRIC_STORE_DROPPED,
    METRIC_STORE_ERRORS,
    METRIC_STORE_RECONNECTS,
    METRIC_STORE_ROUNDTRIP,
    METRIC_WEB_CONNECTIONS,
    METRIC_WEB_REQUESTS,
    METRIC_LOOP_LATE,
    METRIC_READY,
    METRIC_PROCESS_START,
    METRIC_PROCESS_CPU,
    METRIC_PROCESS_RSS,
    METRIC_PROCESS_FDS,
    METRIC_COUNT
};

struct metric_family {
    const char *name, *type, *help;
};
extern const struct metric_family metric_families[METRIC_COUNT];

void metrics_family(struct buf *out, enum metric m); /* HELP and TYPE; before its samples */

/* `labels` is what stands between the braces, written by metrics_label(), or "". */
void metrics_label(struct buf *labels, const char *name, const char *value);
void metrics_int(struct buf *out, enum metric m, const char *labels, int64_t value);
void metrics_micros(struct buf *out, enum metric m, const char *labels,
                    int64_t us); /* in seconds */
void metrics_millis(struct buf *out, enum metric m, const char *labels,
                    int64_t ms); /* in seconds */
/* With one more label, whose value needs no escaping, behind the others. */
struct metrics_word {
    const char *name, *value;
};
void metrics_int_by(struct buf *out, enum metric m, const char *labels, struct metrics_word by,
                    int64_t value);
void metrics_micros_by(struct buf *out, enum metric m, const char *labels, struct metrics_word by,
                       int64_t us);

#endif
