/* metrics.c - families and lines of the Prometheus text format, version 0.0.4.
 *
 * Lines are put together without printf: ten thousand monitors make a hundred thousand. */
#include "format/metrics.h"

#include <assert.h>
#include <string.h>

const struct metric_family metric_families[METRIC_COUNT] = {
    [METRIC_BUILD_INFO] = {"midwatch_build_info", "gauge", "1, labelled with the version."},
    [METRIC_CONFIG_INFO] = {"midwatch_config_info", "gauge",
                            "1, labelled with name, region and the digest of the configuration."},
    [METRIC_MONITORS] = {"midwatch_monitors", "gauge", "Enabled monitors by state."},
    [METRIC_MONITOR_UP] = {"midwatch_monitor_up", "gauge",
                           "1 up or degraded, 0 down; nothing while pending or unknown."},
    [METRIC_MONITOR_STATE] = {"midwatch_monitor_state", "gauge",
                              "1 for the state a monitor is in; one series a monitor."},
    [METRIC_MONITOR_SINCE] =
        {"midwatch_monitor_state_since_timestamp_seconds", "gauge",
         "When the state began, dated back to the first result of its streak."},
    [METRIC_RESULTS] = {"midwatch_probe_results_total", "counter", "Results by verdict."},
    [METRIC_MISSED] = {"midwatch_monitor_missed_total", "counter",
                       "Slots of a monitor that went by without a start."},
    [METRIC_PROBE_DURATION] = {"midwatch_probe_duration_seconds", "gauge",
                               "How long the last probe took, all phases."},
    [METRIC_PROBE_PHASE] = {"midwatch_probe_phase_duration_seconds", "gauge",
                            "How long each phase of the last probe took."},
    [METRIC_PROBE_LAST] = {"midwatch_probe_last_timestamp_seconds", "gauge",
                           "When the last probe began."},
    [METRIC_LATENESS_LAST] = {"midwatch_monitor_lateness_seconds", "gauge",
                              "How late the last probe began."},
    [METRIC_LATENESS_MAX] = {"midwatch_monitor_lateness_max_seconds", "gauge",
                             "How late a probe ever began since the start."},
    [METRIC_INCIDENTS] = {"midwatch_incidents", "gauge", "Open incidents by severity and state."},
    [METRIC_INCIDENTS_HELD] = {"midwatch_incidents_held", "gauge",
                               "Open incidents that page nobody, by what holds them back."},
    [METRIC_INCIDENTS_FLAPPING] = {"midwatch_incidents_flapping", "gauge",
                                   "Open incidents that come and go."},
    [METRIC_QUIETS] = {"midwatch_quiets", "gauge",
                       "Silences and maintenance under way that people asked for."},
    [METRIC_OVERRIDES] = {"midwatch_overrides", "gauge",
                          "Overrides under way that are not in the file."},
    [METRIC_DELIVERIES] = {"midwatch_deliveries", "gauge",
                           "Deliveries in memory (not done, or of an open incident) by state."},
    [METRIC_DELIVERY_OLDEST] = {"midwatch_delivery_oldest_due_seconds", "gauge",
                                "How long the oldest waiting delivery has been due."},
    [METRIC_STORE_UP] = {"midwatch_store_up", "gauge", "1 while Redis answers."},
    [METRIC_STORE_STATE] = {"midwatch_store_state", "gauge", "1 for the state the store is in."},
    [METRIC_STORE_QUEUE] = {"midwatch_store_queue_bytes", "gauge", "Bytes waiting for Redis."},
    [METRIC_STORE_SPOOL] = {"midwatch_store_spool_bytes", "gauge",
                            "Bytes on disk, waiting for Redis to come back."},
    [METRIC_STORE_SPOOL_RECORDS] = {"midwatch_store_spool_records", "gauge", "Records in there."},
    [METRIC_STORE_COMMITS] = {"midwatch_store_commits_total", "counter", "Commits kept."},
    [METRIC_STORE_SAMPLES] = {"midwatch_store_samples_total", "counter", "Samples written."},
    [METRIC_STORE_DROPPED] = {"midwatch_store_dropped_samples_total", "counter",
                              "Samples that neither Redis nor the spool could take."},
    [METRIC_STORE_ERRORS] = {"midwatch_store_errors_total", "counter",
                             "Errors Redis answered with."},
    [METRIC_STORE_RECONNECTS] = {"midwatch_store_reconnects_total", "counter",
                                 "Connections to Redis made after the first."},
    [METRIC_STORE_ROUNDTRIP] = {"midwatch_store_roundtrip_seconds", "gauge",
                                "How long Redis took for the last answer."},
    [METRIC_WEB_CONNECTIONS] = {"midwatch_web_connections", "gauge",
                                "Open connections to the web."},
    [METRIC_WEB_REQUESTS] = {"midwatch_web_requests_total", "counter",
                             "Requests answered, by class of status."},
    [METRIC_LOOP_LATE] = {"midwatch_loop_late_seconds", "gauge",
                          "How late the event loop's last tick was."},
    [METRIC_READY] = {"midwatch_ready", "gauge", "1 while probing and able to deliver."},
    [METRIC_PROCESS_START] = {"process_start_time_seconds", "gauge",
                              "Start time of the process since unix epoch in seconds."},
    [METRIC_PROCESS_CPU] = {"process_cpu_seconds_total", "counter",
                            "Total user and system CPU time spent in seconds."},
    [METRIC_PROCESS_RSS] = {"process_resident_memory_bytes", "gauge",
                            "Resident memory size in bytes."},
    [METRIC_PROCESS_FDS] = {"process_open_fds", "gauge", "Number of open file descriptors."},
};

void metrics_family(struct buf *out, enum metric m)
{
    const struct metric_family *f = &metric_families[m];

    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->type);
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

/* Digits of `v` into the end of `text`; returns where they begin. */
static char *digits(char *end, uint64_t v)
{
    do
        *--end = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    return end;
}

static void put_number(struct buf *out, int64_t v, int decimals)
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

static void put_head(struct buf *out, enum metric m, const char *labels, struct metrics_word by)
{
    char line[1024], *at = line;
    bool worded = by.name != NULL;

    /* Names and groups have at most NAME_MAX_BYTES, the other words are ours. */
    assert(strlen(labels) < 768 && (!worded || strlen(by.name) + strlen(by.value) < 64));
    at = add(at, metric_families[m].name);
    if (*labels != 0 || worded) {
        *at++ = '{';
        at = add(at, labels);
        if (worded && *labels != 0)
            *at++ = ',';
        if (worded) {
            at = add(at, by.name);
            at = add(at, "=\"");
            at = add(at, by.value);
            *at++ = '"';
        }
        *at++ = '}';
    }
    *at++ = ' ';
    buf_put(out, line, (size_t)(at - line));
}

void metrics_int(struct buf *out, enum metric m, const char *labels, int64_t value)
{
    put_head(out, m, labels, (struct metrics_word){0});
    put_number(out, value, 0);
}

void metrics_micros(struct buf *out, enum metric m, const char *labels, int64_t us)
{
    put_head(out, m, labels, (struct metrics_word){0});
    put_number(out, us, 6);
}

void metrics_millis(struct buf *out, enum metric m, const char *labels, int64_t ms)
{
    put_head(out, m, labels, (struct metrics_word){0});
    put_number(out, ms, 3);
}

void metrics_int_by(struct buf *out, enum metric m, const char *labels, struct metrics_word by,
                    int64_t value)
{
    put_head(out, m, labels, by);
    put_number(out, value, 0);
}

void metrics_micros_by(struct buf *out, enum metric m, const char *labels, struct metrics_word by,
                       int64_t us)
{
    put_head(out, m, labels, by);
    put_number(out, us, 6);
}
