/* metrics_store.c - Redis, what waits for it, and how long it takes. */
#include "app.h"
#include "metrics.h"
#include "stats/need.h"

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

static const struct metric_family f_need = {
    "midwatch_store_need_bytes", METRIC_GAUGE,
    "Memory that the store will need for this configuration, by tier, once all is full."};
static const struct metric_family f_memory = {"midwatch_store_memory_limit_bytes", METRIC_GAUGE,
                                              "store.memory of the file; 0 not limited."};
static const struct metric_family f_used = {
    "midwatch_store_redis_used_bytes", METRIC_GAUGE,
    "used_memory of Redis: all that is in it, also what others keep there."};
static const struct metric_family f_max = {"midwatch_store_redis_max_bytes", METRIC_GAUGE,
                                           "maxmemory of Redis; 0 not limited."};
static const struct metric_family f_series = {"midwatch_store_series", METRIC_GAUGE,
                                              "Entries of the index of series, of all regions."};
static const struct metric_family f_rolled = {"midwatch_store_rolled_total", METRIC_COUNTER,
                                              "Days of series sealed and rolled up."};
static const struct metric_family f_late = {
    "midwatch_store_late_samples_total", METRIC_COUNTER,
    "Samples that came when their day was over, put in afterwards."};
static const struct metric_family f_damaged = {
    "midwatch_store_damaged_blocks_total", METRIC_COUNTER,
    "Blocks that could not be read, or were something else; each once."};
static const struct metric_family f_unrolled = {
    "midwatch_store_unrolled_seconds", METRIC_GAUGE,
    "How long the oldest day that is not rolled up has been over; 0 none."};

static void put_need(struct app *a, struct metrics *m)
{
    struct need n;

    need_of(a->config, &n);
    const struct {
        const char *tier;
        int64_t bytes;
    } tiers[] = {
        {"raw", n.raw}, {"minute", n.minute}, {"hour", n.hour}, {"day", n.day}, {"other", n.other}};
    metrics_family(m, &f_need);
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++)
        metrics_int_by(m, "", (struct metrics_word){"tier", tiers[i].tier}, tiers[i].bytes);
    metrics_one(m, &f_memory, a->config->store.memory);
}

static void put_series(struct app *a, struct metrics *m, const struct store_facts *f)
{
    int64_t over_ms = app_now_ms(a) - (f->oldest_unrolled_ms + DAY_MS);

    metrics_one(m, &f_series, (int64_t)f->series);
    metrics_one(m, &f_rolled, (int64_t)f->blocks_rolled);
    metrics_one(m, &f_late, (int64_t)f->late_samples);
    metrics_one(m, &f_damaged, (int64_t)f->damaged_blocks);
    metrics_family(m, &f_unrolled);
    metrics_millis(m, "", f->oldest_unrolled_ms == 0 || over_ms < 0 ? 0 : over_ms);
    if (f->redis_used_bytes < 0)
        return;
    metrics_one(m, &f_used, f->redis_used_bytes);
    metrics_one(m, &f_max, f->redis_max_bytes);
}

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
    put_need(a, m);
    put_series(a, m, &f);
}
