/* metrics_store.c - Redis, what waits for it, and how long it takes. */
#include "app.h"
#include "metrics.h"

static const struct metric_family f_up = {"midwatch_store_up", METRIC_GAUGE,
                                          "1 while Redis answers."};
static const struct metric_family f_state = {"midwatch_store_state", METRIC_GAUGE,
                                             "1 for the state the store is in."};
static const struct metric_family f_queue = {"midwatch_store_queue_bytes", METRIC_GAUGE,
                                             "Bytes waiting for Redis."};
static const struct metric_family f_spool = {"midwatch_store_spool_bytes", METRIC_GAUGE,
                                             "Bytes on disk, waiting for Redis to come back."};
static const struct metric_family f_records = {"midwatch_store_spool_records", METRIC_GAUGE,
                                               "Records in there."};
static const struct metric_family f_commits = {"midwatch_store_commits_total", METRIC_COUNTER,
                                               "Commits kept."};
static const struct metric_family f_samples = {"midwatch_store_samples_total", METRIC_COUNTER,
                                               "Samples written."};
static const struct metric_family f_dropped = {
    "midwatch_store_dropped_samples_total", METRIC_COUNTER,
    "Samples that neither Redis nor the spool could take."};
static const struct metric_family f_errors = {"midwatch_store_errors_total", METRIC_COUNTER,
                                              "Errors Redis answered with."};
static const struct metric_family f_reconnects = {"midwatch_store_reconnects_total", METRIC_COUNTER,
                                                  "Connections to Redis made after the first."};
static const struct metric_family f_roundtrip = {
    "midwatch_store_roundtrip_seconds", METRIC_HISTOGRAM,
    "From a command's sending to its last answer, as Redis takes it."};
static const struct metric_family f_last = {"midwatch_store_last_roundtrip_seconds", METRIC_GAUGE,
                                            "How long Redis took for the last answer."};

void metrics_store(struct app *a, struct metrics *m)
{
    static const char *const states[] = {"connecting", "up", "away"};
    struct store_facts f;

    store_read_facts(a->store, &f);
    metrics_one(m, &f_up, f.state == STORE_UP);
    metrics_family(m, &f_state);
    for (int k = STORE_CONNECTING; k <= STORE_AWAY; k++)
        metrics_int_by(m, "", (struct metrics_word){"state", states[k]}, (int)f.state == k);
    metrics_one(m, &f_queue, (int64_t)f.queued_bytes);
    metrics_one(m, &f_spool, (int64_t)f.spool_bytes);
    metrics_one(m, &f_records, (int64_t)f.spool_records);
    metrics_one(m, &f_commits, (int64_t)f.commits);
    metrics_one(m, &f_samples, (int64_t)f.samples);
    metrics_one(m, &f_dropped, (int64_t)f.dropped_samples);
    metrics_one(m, &f_errors, (int64_t)f.errors);
    metrics_one(m, &f_reconnects, (int64_t)f.reconnects);
    metrics_family(m, &f_roundtrip);
    metrics_octaves(m, "", &f.roundtrips);
    metrics_family(m, &f_last);
    metrics_micros(m, "", f.last_roundtrip_us);
}
