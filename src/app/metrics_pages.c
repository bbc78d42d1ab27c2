/* metrics_pages.c - incidents, what holds them back, deliveries, channels. */
#include "app.h"
#include "metrics.h"
#include "model/names.h"

/* --- incidents ------------------------------------------------------------------------- */

static const struct metric_family f_incidents = {"midwatch_incidents", METRIC_GAUGE,
                                                 "Open incidents by severity and state."};
static const struct metric_family f_held = {
    "midwatch_incidents_held", METRIC_GAUGE,
    "Open incidents that page nobody, by what holds them back."};
static const struct metric_family f_flapping = {"midwatch_incidents_flapping", METRIC_GAUGE,
                                                "Open incidents that come and go."};
static const struct metric_family f_quiets = {
    "midwatch_quiets", METRIC_GAUGE, "Silences and maintenance under way that people asked for."};
static const struct metric_family f_overrides = {"midwatch_overrides", METRIC_GAUGE,
                                                 "Overrides under way that are not in the file."};

static void open_incidents(struct app *a, struct metrics *m)
{
    size_t counts[SEVERITY_CRITICAL + 1][INCIDENT_RESOLVED] = {{0}};
    const struct incident *const *open;
    size_t n = engine_incidents(a->engine, &open);
    struct buf labels;

    for (size_t i = 0; i < n; i++)
        if (open[i]->state < INCIDENT_RESOLVED)
            counts[open[i]->severity][open[i]->state]++;
    buf_init(&labels, METRICS_LABELS_MAX);
    metrics_family(m, &f_incidents);
    for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++) {
        buf_clear(&labels);
        metrics_label(&labels, "severity", severity_name((enum severity)s));
        for (int k = INCIDENT_TRIGGERED; k < INCIDENT_RESOLVED; k++)
            metrics_int_by(
                m, buf_text(&labels),
                (struct metrics_word){"state", incident_state_name((enum incident_state)k)},
                (int64_t)counts[s][k]);
    }
    buf_done(&labels);
}

static size_t active_overrides(const struct app *a, int64_t now_ms)
{
    const struct kept_override *const *all;
    size_t active = 0, n = engine_overrides(a->engine, &all);

    for (size_t i = 0; i < n; i++)
        active += quiet_state_at(all[i]->start_ms, all[i]->end_ms, now_ms) == QUIET_ACTIVE;
    return active;
}

static void quiets(struct app *a, struct metrics *m)
{
    const struct quiet *const *all;
    size_t active[2] = {0}, n = engine_quiets(a->engine, &all);
    int64_t now_ms = app_now_ms(a);

    for (size_t i = 0; i < n; i++)
        if (quiet_state_at(all[i]->start_ms, all[i]->end_ms, now_ms) == QUIET_ACTIVE)
            active[all[i]->kind]++;
    metrics_family(m, &f_quiets);
    for (int k = QUIET_SILENCE; k <= QUIET_MAINTENANCE; k++)
        metrics_int_by(m, "", (struct metrics_word){"kind", quiet_kind_name((enum quiet_kind)k)},
                       (int64_t)active[k]);
    metrics_one(m, &f_overrides, (int64_t)active_overrides(a, now_ms));
}

void metrics_incidents(struct app *a, struct metrics *m)
{
    struct engine_counts counts;

    open_incidents(a, m);
    engine_count(a->engine, &counts);
    metrics_family(m, &f_held);
    for (int k = HOLD_NONE + 1; k < HOLD_COUNT; k++)
        metrics_int_by(m, "", (struct metrics_word){"by", hold_name((enum hold)k)},
                       (int64_t)counts.held[k]);
    metrics_one(m, &f_flapping, (int64_t)counts.flapping);
    quiets(a, m);
}

/* --- deliveries ------------------------------------------------------------------------ */

static const char *const outcomes[] = {"accepted", "retry", "refused"};

static const struct metric_family f_deliveries = {
    "midwatch_deliveries", METRIC_GAUGE,
    "Deliveries in memory (not done, or of an open incident) by state."};
static const struct metric_family f_oldest = {"midwatch_delivery_oldest_due_seconds", METRIC_GAUGE,
                                              "How long the oldest waiting delivery has been due."};
static const struct metric_family f_delay = {
    "midwatch_page_delay_seconds", METRIC_HISTOGRAM,
    "From the deciding event to the first byte of a first attempt."};
static const struct metric_family f_delay_max = {"midwatch_page_delay_max_seconds", METRIC_GAUGE,
                                                 "The longest of these."};
static const struct metric_family f_attempts = {"midwatch_delivery_attempts_total", METRIC_COUNTER,
                                                "Delivery attempts by outcome."};
static const struct metric_family f_dead = {"midwatch_dead_letters_total", METRIC_COUNTER,
                                            "Deliveries that were given up or refused for good."};
static const struct metric_family f_turn = {
    "midwatch_deliveries_waiting_turn", METRIC_GAUGE,
    "Attempts that wait because their channel has had its share of this minute."};
static const struct metric_family f_channel_attempts = {
    "midwatch_channel_attempts_total", METRIC_COUNTER, "Delivery attempts by channel and outcome."};
static const struct metric_family f_channel_took = {
    "midwatch_channel_attempt_duration_seconds", METRIC_HISTOGRAM,
    "How long delivery attempts took, good or bad, by channel."};

static void delivery_states(struct app *a, struct metrics *m)
{
    size_t counts[DELIVERY_OVERTAKEN + 1] = {0};
    struct commit all = {0};

    engine_snapshot(a->engine, &all);
    for (size_t i = 0; i < all.deliveries.n; i++)
        counts[all.deliveries.items[i]->state]++;
    commit_done(&all);
    metrics_family(m, &f_deliveries);
    for (int k = DELIVERY_WAITING; k <= DELIVERY_OVERTAKEN; k++)
        metrics_int_by(m, "",
                       (struct metrics_word){"state", delivery_state_name((enum delivery_state)k)},
                       (int64_t)counts[k]);
}

void metrics_deliveries(struct app *a, struct metrics *m)
{
    const struct decide *d = &a->decide;
    int64_t oldest_ms = engine_oldest_due_ms(a->engine), now_ms = app_now_ms(a);

    delivery_states(a, m);
    metrics_family(m, &f_oldest);
    metrics_millis(m, "", oldest_ms < now_ms ? now_ms - oldest_ms : 0);
    metrics_family(m, &f_delay);
    metrics_octaves(m, "", &d->delay);
    metrics_family(m, &f_delay_max);
    metrics_micros(m, "", d->delay_max_us);
    metrics_family(m, &f_attempts);
    for (int i = 0; i < 3; i++)
        metrics_int_by(m, "", (struct metrics_word){"outcome", outcomes[i]},
                       (int64_t)d->attempts[i]);
    metrics_one(m, &f_dead, (int64_t)d->dead_letters);
    metrics_one(m, &f_turn, (int64_t)turns_waiting(&d->turns));
}

/* As many series as the file has channels, twenty times. */
void metrics_channels(struct app *a, struct metrics *m)
{
    const struct turns *t = &a->decide.turns;
    struct buf labels;

    buf_init(&labels, METRICS_LABELS_MAX);
    metrics_family(m, &f_channel_attempts);
    for (size_t i = 0; i < t->lanes.n; i++) {
        buf_clear(&labels);
        metrics_label(&labels, "channel", t->lanes.items[i]->name);
        for (int k = 0; k < 3; k++)
            metrics_int_by(m, buf_text(&labels), (struct metrics_word){"outcome", outcomes[k]},
                           (int64_t)t->lanes.items[i]->attempts[k]);
    }
    metrics_family(m, &f_channel_took);
    for (size_t i = 0; i < t->lanes.n; i++) {
        buf_clear(&labels);
        metrics_label(&labels, "channel", t->lanes.items[i]->name);
        metrics_octaves(m, buf_text(&labels), &t->lanes.items[i]->took);
    }
    buf_done(&labels);
}
