/* metrics_self.c - the daemon, its schedule, its network, its web, its process. */
#include "app.h"
#include "metrics.h"
#include "process_facts.h"

/* --- the daemon ------------------------------------------------------------------------ */

static const struct metric_family f_build = {"midwatch_build_info", METRIC_INFO,
                                             "1, labelled with the version."};
static const struct metric_family f_config = {
    "midwatch_config_info", METRIC_INFO,
    "1, labelled with name, region and the digest of the configuration."};
static const struct metric_family f_ready = {"midwatch_ready", METRIC_GAUGE,
                                             "1 while probing and able to deliver."};
static const struct metric_family f_blind = {"midwatch_blind", METRIC_GAUGE,
                                             "1 while most probes fail by our own trouble."};
static const struct metric_family f_reloads = {"midwatch_reloads_total", METRIC_COUNTER,
                                               "Reloads of the configuration by result."};
static const struct metric_family f_loop_late = {"midwatch_loop_late_seconds", METRIC_GAUGE,
                                                 "How late the event loop's last tick was."};
static const struct metric_family f_stalls = {"midwatch_loop_stalls_total", METRIC_COUNTER,
                                              "Times the event loop stood still."};

static void infos(const struct app *a, struct metrics *m)
{
    struct buf labels;

    buf_init(&labels, METRICS_LABELS_MAX);
    metrics_label(&labels, "version", MW_VERSION);
    metrics_family(m, &f_build);
    metrics_int(m, buf_text(&labels), 1);
    buf_clear(&labels);
    metrics_label(&labels, "name", a->config->name);
    metrics_label(&labels, "region", a->config->region);
    metrics_label(&labels, "digest", a->config->digest);
    metrics_family(m, &f_config);
    metrics_int(m, buf_text(&labels), 1);
    buf_done(&labels);
}

void metrics_daemon(struct app *a, struct metrics *m)
{
    struct err why;

    infos(a, m);
    metrics_one(m, &f_ready, health_ready(a, &why));
    metrics_one(m, &f_blind, a->health.blind);
    metrics_family(m, &f_reloads);
    metrics_int_by(m, "", (struct metrics_word){"result", "good"}, (int64_t)a->reloads);
    metrics_int_by(m, "", (struct metrics_word){"result", "bad"}, (int64_t)a->bad_reloads);
    metrics_family(m, &f_loop_late);
    metrics_micros(m, "", a->loop.late_us);
    metrics_one(m, &f_stalls, (int64_t)a->health.stalls);
}

/* --- the schedule ---------------------------------------------------------------------- */

static const struct metric_family f_lateness = {"midwatch_probe_lateness_seconds", METRIC_HISTOGRAM,
                                                "How late probes started, against their slot."};
static const struct metric_family f_starts = {"midwatch_probe_starts_total", METRIC_COUNTER,
                                              "Probes started."};
static const struct metric_family f_missed = {"midwatch_probe_missed_total", METRIC_COUNTER,
                                              "Slots that went by without a start."};

void metrics_schedule(struct app *a, struct metrics *m)
{
    metrics_family(m, &f_lateness);
    metrics_octaves(m, "", &a->prober.late);
    metrics_one(m, &f_starts, (int64_t)a->prober.runs);
    metrics_one(m, &f_missed, (int64_t)a->prober.missed);
}

/* --- the network ----------------------------------------------------------------------- */

static const struct metric_family f_canaries = {"midwatch_canaries", METRIC_GAUGE,
                                                "Canaries by what they last said."};
static const struct metric_family f_rounds = {"midwatch_canary_rounds_total", METRIC_COUNTER,
                                              "Times the canaries were asked."};
static const struct metric_family f_region = {"midwatch_region_seen", METRIC_GAUGE,
                                              "1 while a region that must be there is."};

static void regions(struct app *a, struct metrics *m)
{
    const char *name;

    metrics_family(m, &f_region);
    for (size_t i = 0; i < regions_count(a); i++) {
        bool seen = regions_at(a, i, &name);

        metrics_int_by(m, "", (struct metrics_word){"region", name}, seen);
    }
}

void metrics_network(struct app *a, struct metrics *m)
{
    static const struct {
        const char *word;
        enum canary_state state;
    } states[] = {{"alive", CANARY_ALIVE}, {"dead", CANARY_DEAD}, {"never", CANARY_NEVER}};

    metrics_family(m, &f_canaries);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        metrics_int_by(m, "", (struct metrics_word){"state", states[i].word},
                       (int64_t)canaries_count(&a->canaries, states[i].state));
    metrics_one(m, &f_rounds, (int64_t)a->canaries.rounds);
    regions(a, m);
}

/* --- the dead man ---------------------------------------------------------------------- */

static const struct metric_family f_pings = {"midwatch_dead_man_pings_total", METRIC_COUNTER,
                                             "Pings that got through."};
static const struct metric_family f_failures = {"midwatch_dead_man_failures_total", METRIC_COUNTER,
                                                "Pings that did not."};
static const struct metric_family f_success = {"midwatch_dead_man_last_success_timestamp_seconds",
                                               METRIC_GAUGE, "When the last got through; 0 never."};
static const struct metric_family f_audit = {
    "midwatch_dead_man_audit_clean", METRIC_GAUGE,
    "1 while the self-audit finds nothing; else nobody is pinged."};

void metrics_dead_man(struct app *a, struct metrics *m)
{
    const struct dead_man *d = &a->dead_man;

    if (!d->target)
        return;
    metrics_one(m, &f_pings, (int64_t)d->pings);
    metrics_one(m, &f_failures, (int64_t)d->failures);
    metrics_one(m, &f_success, d->success_ms / 1000);
    metrics_one(m, &f_audit, d->clean);
}

/* --- the web, the process -------------------------------------------------------------- */

static const struct metric_family f_connections = {"midwatch_web_connections", METRIC_GAUGE,
                                                   "Open connections to the web."};
static const struct metric_family f_requests = {"midwatch_web_requests_total", METRIC_COUNTER,
                                                "Requests answered, by class of status."};
static const struct metric_family f_start = {
    "process_start_time_seconds", METRIC_GAUGE,
    "Start time of the process since unix epoch in seconds."};
static const struct metric_family f_cpu = {"process_cpu_seconds_total", METRIC_COUNTER,
                                           "Total user and system CPU time spent in seconds."};
static const struct metric_family f_rss = {"process_resident_memory_bytes", METRIC_GAUGE,
                                           "Resident memory size in bytes."};
static const struct metric_family f_virtual = {"process_virtual_memory_bytes", METRIC_GAUGE,
                                               "Virtual memory size in bytes."};
static const struct metric_family f_fds = {"process_open_fds", METRIC_GAUGE,
                                           "Number of open file descriptors."};
static const struct metric_family f_max_fds = {"process_max_fds", METRIC_GAUGE,
                                               "Maximum number of open file descriptors."};

void metrics_web(struct app *a, struct metrics *m)
{
    static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
    struct web_facts f;

    web_read_facts(a->web, &f);
    metrics_one(m, &f_connections, (int64_t)f.connections);
    metrics_family(m, &f_requests);
    for (int i = 2; i <= 5; i++)
        metrics_int_by(m, "", (struct metrics_word){"class", classes[i - 1]},
                       (int64_t)f.answers[i]);
}

static void one_if_told(struct metrics *m, const struct metric_family *f, int64_t value)
{
    if (value > 0)
        metrics_one(m, f, value);
}

void metrics_process(struct app *a, struct metrics *m)
{
    struct process_facts f;

    process_facts_read(&f);
    metrics_family(m, &f_start);
    metrics_millis(m, "", a->started_ms);
    metrics_family(m, &f_cpu);
    metrics_micros(m, "", f.cpu_us);
    one_if_told(m, &f_rss, f.rss_bytes);
    one_if_told(m, &f_virtual, f.virtual_bytes);
    one_if_told(m, &f_fds, f.open_fds);
    one_if_told(m, &f_max_fds, f.max_fds);
}
