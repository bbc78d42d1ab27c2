/* on_metrics.c - GET /metrics. A family stands together, so that each goes over all monitors;
 * what is needed of a monitor is looked up once. */
#include <string.h>

#include "base/vec.h"
#include "format/metrics.h"
#include "model/names.h"
#include "process_facts.h"
#include "web_private.h"

#define TYPE       "text/plain; version=0.0.4; charset=utf-8"
#define LABELS_MAX (16u << 20)

struct line {
    size_t labels; /* offset into the texts */
    enum monitor_state state;
    const struct monitor_status *status;
    const struct monitor_facts *facts;
};

struct scrape {
    struct buf *out;
    struct buf texts; /* labels of each monitor, each with a NUL behind */
    VEC(struct line) lines;
};

static const char *labels_of(const struct scrape *s, const struct line *l)
{
    return s->texts.p + l->labels;
}

static void gather(struct call *c, struct scrape *s)
{
    struct buf one;

    buf_init(&one, 1024);
    for (size_t i = 0; i < c->config->n_monitors; i++) {
        const struct monitor *m = &c->config->monitors[i];

        if (!m->enabled)
            continue;
        buf_clear(&one);
        metrics_label(&one, "monitor", m->name);
        metrics_label(&one, "group", m->group != NULL ? m->group : "");
        const struct monitor_status *status = engine_status(c->engine, m->name);

        vec_push(&s->lines, ((struct line){.labels = s->texts.len,
                                           .state = monitor_state_of(m, status),
                                           .status = status,
                                           .facts = c->web->app->facts(c->web->app_arg, m->name)}));
        buf_put(&s->texts, one.p, one.len);
        buf_char(&s->texts, 0);
    }
    buf_done(&one);
}

/* --- monitors ------------------------------------------------------------------------- */

static void put_states(const struct scrape *s)
{
    size_t by_state[MONITOR_UNKNOWN + 1] = {0};

    metrics_family(s->out, METRIC_MONITOR_STATE);
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct line *l = &s->lines.items[i];

        by_state[l->state]++;
        metrics_int_by(s->out, METRIC_MONITOR_STATE, labels_of(s, l),
                       (struct metrics_word){"state", monitor_state_name(l->state)}, 1);
    }
    metrics_family(s->out, METRIC_MONITORS);
    for (int k = MONITOR_PENDING; k <= MONITOR_UNKNOWN; k++)
        metrics_int_by(s->out, METRIC_MONITORS, "",
                       (struct metrics_word){"state", monitor_state_name((enum monitor_state)k)},
                       (int64_t)by_state[k]);
    metrics_family(s->out, METRIC_MONITOR_UP);
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct line *l = &s->lines.items[i];

        if (l->state != MONITOR_PENDING && l->state != MONITOR_UNKNOWN)
            metrics_int(s->out, METRIC_MONITOR_UP, labels_of(s, l), l->state != MONITOR_DOWN);
    }
}

/* Families of one number out of the status of a monitor that has been probed. */
static void put_status(const struct scrape *s, enum metric m,
                       void (*put)(struct buf *, enum metric, const char *, int64_t),
                       int64_t (*pick)(const struct monitor_status *))
{
    metrics_family(s->out, m);
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct line *l = &s->lines.items[i];
        int64_t value = l->status != NULL && l->status->last.at_ms != 0 ? pick(l->status) : -1;

        if (value >= 0)
            put(s->out, m, labels_of(s, l), value);
    }
}

static int64_t pick_since(const struct monitor_status *s)
{
    return s->since_ms;
}

static int64_t pick_duration(const struct monitor_status *s)
{
    return s->last.phases.total_us;
}

static int64_t pick_last(const struct monitor_status *s)
{
    return s->last.at_ms;
}

static int64_t pick_lateness(const struct monitor_status *s)
{
    return s->last.lateness_us;
}

static void put_phases(const struct scrape *s)
{
    metrics_family(s->out, METRIC_PROBE_PHASE);
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct line *l = &s->lines.items[i];

        if (l->status == NULL || l->status->last.at_ms == 0)
            continue;
        const struct phases *p = &l->status->last.phases;
        const struct {
            const char *name;
            int64_t us;
        } phases[] = {{"resolve", p->resolve_us},
                      {"connect", p->connect_us},
                      {"tls", p->tls_us},
                      {"wait", p->wait_us},
                      {"transfer", p->transfer_us}};

        for (size_t k = 0; k < sizeof phases / sizeof *phases; k++)
            if (phases[k].us >= 0)
                metrics_micros_by(s->out, METRIC_PROBE_PHASE, labels_of(s, l),
                                  (struct metrics_word){"phase", phases[k].name}, phases[k].us);
    }
}

static void put_facts(const struct scrape *s)
{
    metrics_family(s->out, METRIC_RESULTS);
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct line *l = &s->lines.items[i];

        for (int v = VERDICT_UP; l->facts != NULL && v <= VERDICT_UNKNOWN; v++)
            metrics_int_by(s->out, METRIC_RESULTS, labels_of(s, l),
                           (struct metrics_word){"verdict", verdict_name((enum verdict)v)},
                           (int64_t)l->facts->by_verdict[v]);
    }
    metrics_family(s->out, METRIC_MISSED);
    for (size_t i = 0; i < s->lines.n; i++)
        if (s->lines.items[i].facts != NULL)
            metrics_int(s->out, METRIC_MISSED, labels_of(s, &s->lines.items[i]),
                        (int64_t)s->lines.items[i].facts->missed);
    metrics_family(s->out, METRIC_LATENESS_MAX);
    for (size_t i = 0; i < s->lines.n; i++)
        if (s->lines.items[i].facts != NULL)
            metrics_micros(s->out, METRIC_LATENESS_MAX, labels_of(s, &s->lines.items[i]),
                           s->lines.items[i].facts->late_max_us);
}

static void put_monitors(struct call *c, struct buf *out)
{
    struct scrape s = {.out = out};

    buf_init(&s.texts, LABELS_MAX);
    gather(c, &s);
    put_states(&s);
    put_status(&s, METRIC_MONITOR_SINCE, metrics_millis, pick_since);
    put_status(&s, METRIC_PROBE_DURATION, metrics_micros, pick_duration);
    put_phases(&s);
    put_status(&s, METRIC_PROBE_LAST, metrics_millis, pick_last);
    put_status(&s, METRIC_LATENESS_LAST, metrics_micros, pick_lateness);
    put_facts(&s);
    vec_done(&s.lines);
    buf_done(&s.texts);
}

/* --- incidents, deliveries, store ----------------------------------------------------- */

static void put_incidents(struct call *c, struct buf *out)
{
    size_t counts[SEVERITY_CRITICAL + 1][INCIDENT_RESOLVED] = {{0}};
    const struct incident *const *open;
    size_t n = engine_incidents(c->engine, &open);
    struct buf labels;

    for (size_t i = 0; i < n; i++)
        if (open[i]->state < INCIDENT_RESOLVED)
            counts[open[i]->severity][open[i]->state]++;
    buf_init(&labels, 256);
    metrics_family(out, METRIC_INCIDENTS);
    for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++) {
        buf_clear(&labels);
        metrics_label(&labels, "severity", severity_name((enum severity)s));
        for (int k = INCIDENT_TRIGGERED; k < INCIDENT_RESOLVED; k++)
            metrics_int_by(
                out, METRIC_INCIDENTS, buf_text(&labels),
                (struct metrics_word){"state", incident_state_name((enum incident_state)k)},
                (int64_t)counts[s][k]);
    }
    buf_done(&labels);
}

static void put_one(struct buf *out, enum metric m, int64_t value)
{
    metrics_family(out, m);
    metrics_int(out, m, "", value);
}

/* What holds pages back: incidents by reason, and what people asked for. */
static void put_quiets(struct call *c, struct buf *out)
{
    const struct kept_override *const *overrides;
    const struct quiet *const *quiets;
    size_t active[2] = {0}, over = 0, n = engine_quiets(c->engine, &quiets);
    struct engine_counts counts;

    engine_count(c->engine, &counts);
    metrics_family(out, METRIC_INCIDENTS_HELD);
    for (int k = HOLD_NONE + 1; k < HOLD_COUNT; k++)
        metrics_int_by(out, METRIC_INCIDENTS_HELD, "",
                       (struct metrics_word){"by", hold_name((enum hold)k)},
                       (int64_t)counts.held[k]);
    put_one(out, METRIC_INCIDENTS_FLAPPING, (int64_t)counts.flapping);
    for (size_t i = 0; i < n; i++)
        if (quiet_state_at(quiets[i]->start_ms, quiets[i]->end_ms, c->now_ms) == QUIET_ACTIVE)
            active[quiets[i]->kind]++;
    metrics_family(out, METRIC_QUIETS);
    for (int k = QUIET_SILENCE; k <= QUIET_MAINTENANCE; k++)
        metrics_int_by(out, METRIC_QUIETS, "",
                       (struct metrics_word){"kind", quiet_kind_name((enum quiet_kind)k)},
                       (int64_t)active[k]);
    n = engine_overrides(c->engine, &overrides);
    for (size_t i = 0; i < n; i++)
        if (quiet_state_at(overrides[i]->start_ms, overrides[i]->end_ms, c->now_ms) == QUIET_ACTIVE)
            over++;
    put_one(out, METRIC_OVERRIDES, (int64_t)over);
}

static void put_deliveries(struct call *c, struct buf *out)
{
    size_t counts[DELIVERY_OVERTAKEN + 1] = {0};
    int64_t oldest_ms = engine_oldest_due_ms(c->engine);
    struct commit all = {0};

    engine_snapshot(c->engine, &all);
    for (size_t i = 0; i < all.deliveries.n; i++)
        counts[all.deliveries.items[i]->state]++;
    commit_done(&all);
    metrics_family(out, METRIC_DELIVERIES);
    for (int k = DELIVERY_WAITING; k <= DELIVERY_OVERTAKEN; k++)
        metrics_int_by(out, METRIC_DELIVERIES, "",
                       (struct metrics_word){"state", delivery_state_name((enum delivery_state)k)},
                       (int64_t)counts[k]);
    metrics_family(out, METRIC_DELIVERY_OLDEST);
    metrics_millis(out, METRIC_DELIVERY_OLDEST, "",
                   oldest_ms < c->now_ms ? c->now_ms - oldest_ms : 0);
}

static void put_store(struct call *c, struct buf *out)
{
    static const char *const states[] = {"connecting", "up", "away"};
    struct store *s = c->web->app->store(c->web->app_arg);
    struct store_facts f = {.state = STORE_AWAY};

    if (s != NULL)
        store_read_facts(s, &f);
    put_one(out, METRIC_STORE_UP, f.state == STORE_UP);
    metrics_family(out, METRIC_STORE_STATE);
    for (int k = STORE_CONNECTING; k <= STORE_AWAY; k++)
        metrics_int_by(out, METRIC_STORE_STATE, "", (struct metrics_word){"state", states[k]},
                       (int)f.state == k);
    put_one(out, METRIC_STORE_QUEUE, (int64_t)f.queued_bytes);
    put_one(out, METRIC_STORE_SPOOL, (int64_t)f.spool_bytes);
    put_one(out, METRIC_STORE_SPOOL_RECORDS, (int64_t)f.spool_records);
    put_one(out, METRIC_STORE_COMMITS, (int64_t)f.commits);
    put_one(out, METRIC_STORE_SAMPLES, (int64_t)f.samples);
    put_one(out, METRIC_STORE_DROPPED, (int64_t)f.dropped_samples);
    put_one(out, METRIC_STORE_ERRORS, (int64_t)f.errors);
    put_one(out, METRIC_STORE_RECONNECTS, (int64_t)f.reconnects);
    metrics_family(out, METRIC_STORE_ROUNDTRIP);
    metrics_micros(out, METRIC_STORE_ROUNDTRIP, "", f.last_roundtrip_us);
}

/* --- the process ---------------------------------------------------------------------- */

static void put_info(struct call *c, struct buf *out)
{
    struct buf labels;

    buf_init(&labels, 4096);
    metrics_label(&labels, "version", MW_VERSION);
    metrics_family(out, METRIC_BUILD_INFO);
    metrics_int(out, METRIC_BUILD_INFO, buf_text(&labels), 1);
    buf_clear(&labels);
    metrics_label(&labels, "name", c->config->name);
    metrics_label(&labels, "region", c->config->region);
    metrics_label(&labels, "digest", c->config->digest);
    metrics_family(out, METRIC_CONFIG_INFO);
    metrics_int(out, METRIC_CONFIG_INFO, buf_text(&labels), 1);
    buf_done(&labels);
    struct err why;

    put_one(out, METRIC_READY, c->web->app->ready(c->web->app_arg, &why));
    metrics_family(out, METRIC_LOOP_LATE);
    metrics_micros(out, METRIC_LOOP_LATE, "", c->web->loop->late_us);
}

static void put_web(struct call *c, struct buf *out)
{
    static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

    put_one(out, METRIC_WEB_CONNECTIONS, (int64_t)server_connections(c->web->server));
    metrics_family(out, METRIC_WEB_REQUESTS);
    for (int i = 2; i <= 5; i++)
        metrics_int_by(out, METRIC_WEB_REQUESTS, "", (struct metrics_word){"class", classes[i - 1]},
                       (int64_t)c->web->answers[i]);
}

static void put_process(struct call *c, struct buf *out)
{
    struct process_facts f;

    process_facts_read(&f);
    metrics_family(out, METRIC_PROCESS_START);
    metrics_millis(out, METRIC_PROCESS_START, "", c->web->app->started_ms);
    metrics_family(out, METRIC_PROCESS_CPU);
    metrics_micros(out, METRIC_PROCESS_CPU, "", f.cpu_us);
    if (f.rss_bytes > 0)
        put_one(out, METRIC_PROCESS_RSS, f.rss_bytes);
    if (f.open_fds > 0)
        put_one(out, METRIC_PROCESS_FDS, f.open_fds);
}

void on_metrics(struct call *c)
{
    struct buf out;

    buf_init(&out, WEB_MAX_ANSWER);
    put_info(c, &out);
    put_monitors(c, &out);
    put_incidents(c, &out);
    put_quiets(c, &out);
    put_deliveries(c, &out);
    put_store(c, &out);
    put_web(c, &out);
    c->web->app->metrics(c->web->app_arg, &out);
    put_process(c, &out);
    if (out.over) {
        buf_done(&out);
        reply_problem(c->web, c->q, 500, "the metrics do not fit");
        return;
    }
    reply_text(c->web, c->q, 200, TYPE, &out);
}
