/* metrics.c - the daemon's own families; web adds those of monitors, incidents and the store. */
#include <stdio.h>

#include "app.h"
#include "format/metrics.h"

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static const char *const outcomes[] = {"accepted", "retry", "refused"};

/* A family of one sample. */
static void one(struct buf *out, const char *name, const char *type, const char *help,
                int64_t value)
{
    family(out, name, type, help);
    buf_printf(out, "%s %lld\n", name, (long long)value);
}

static void lateness(const struct prober *p, struct buf *out)
{
    const char *name = "midwatch_probe_lateness_seconds";
    uint64_t sum = 0;

    family(out, name, "histogram", "How late probes started, against their slot.");
    for (int i = 0; i < LATE_BUCKETS; i++) {
        sum += p->late[i];
        if (i + 1 < LATE_BUCKETS)
            buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, (double)prober_bucket_us(i) / 1e6,
                       (unsigned long long)sum);
    }
    buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %g\n%s_count %llu\n", name,
               (unsigned long long)sum, name, (double)p->late_sum_us / 1e6, name,
               (unsigned long long)sum);
    family(out, "midwatch_probe_starts_total", "counter", "Probes started.");
    buf_printf(out, "midwatch_probe_starts_total %llu\n", (unsigned long long)p->runs);
    family(out, "midwatch_probe_missed_total", "counter", "Slots that went by without a start.");
    buf_printf(out, "midwatch_probe_missed_total %llu\n", (unsigned long long)p->missed);
}

static void pages(const struct decide *d, struct buf *out)
{
    family(out, "midwatch_page_delay_seconds", "summary",
           "From the deciding event to the first byte of a first attempt.");
    buf_printf(out, "midwatch_page_delay_seconds_sum %g\nmidwatch_page_delay_seconds_count %llu\n",
               (double)d->delay_sum_us / 1e6, (unsigned long long)d->delay_count);
    family(out, "midwatch_page_delay_max_seconds", "gauge", "The longest of these.");
    buf_printf(out, "midwatch_page_delay_max_seconds %g\n", (double)d->delay_max_us / 1e6);
    family(out, "midwatch_delivery_attempts_total", "counter", "Delivery attempts by outcome.");
    for (int i = 0; i < 3; i++)
        buf_printf(out, "midwatch_delivery_attempts_total{outcome=\"%s\"} %llu\n", outcomes[i],
                   (unsigned long long)d->attempts[i]);
    one(out, "midwatch_dead_letters_total", "counter",
        "Deliveries that were given up or refused for good.", (int64_t)d->dead_letters);
}

/* As many series as the file has channels, thrice. */
static void channels(const struct turns *t, struct buf *out)
{
    struct buf labels;

    buf_init(&labels, 1024);
    family(out, "midwatch_channel_attempts_total", "counter",
           "Delivery attempts by channel and outcome.");
    for (size_t i = 0; i < t->lanes.n; i++)
        for (int k = 0; k < 3; k++) {
            buf_clear(&labels);
            metrics_label(&labels, "channel", t->lanes.items[i]->name);
            metrics_label(&labels, "outcome", outcomes[k]);
            buf_printf(out, "midwatch_channel_attempts_total{%s} %llu\n", buf_text(&labels),
                       (unsigned long long)t->lanes.items[i]->attempts[k]);
        }
    buf_done(&labels);
    one(out, "midwatch_deliveries_waiting_turn", "gauge",
        "Attempts that wait because their channel has had its share of this minute.",
        (int64_t)turns_waiting(t));
}

static void network(const struct canaries *c, struct buf *out)
{
    static const struct {
        const char *word;
        enum canary_state state;
    } states[] = {{"alive", CANARY_ALIVE}, {"dead", CANARY_DEAD}, {"never", CANARY_NEVER}};

    family(out, "midwatch_canaries", "gauge", "Canaries by what they last said.");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        buf_printf(out, "midwatch_canaries{state=\"%s\"} %zu\n", states[i].word,
                   canaries_count(c, states[i].state));
    one(out, "midwatch_canary_rounds_total", "counter", "Times the canaries were asked.",
        (int64_t)c->rounds);
}

static void regions(const struct app *a, struct buf *out)
{
    struct buf labels;
    const char *name;

    buf_init(&labels, 1024);
    family(out, "midwatch_region_seen", "gauge", "1 while a region that must be there is.");
    for (size_t i = 0; i < regions_count(a); i++) {
        bool seen = regions_at(a, i, &name);

        buf_clear(&labels);
        metrics_label(&labels, "region", name);
        buf_printf(out, "midwatch_region_seen{%s} %d\n", buf_text(&labels), seen);
    }
    buf_done(&labels);
}

static void dead_man(const struct dead_man *d, struct buf *out)
{
    if (!d->target)
        return;
    one(out, "midwatch_dead_man_pings_total", "counter", "Pings that got through.",
        (int64_t)d->pings);
    one(out, "midwatch_dead_man_failures_total", "counter", "Pings that did not.",
        (int64_t)d->failures);
    one(out, "midwatch_dead_man_last_success_timestamp_seconds", "gauge",
        "When the last got through; 0 never.", d->success_ms / 1000);
    one(out, "midwatch_dead_man_audit_clean", "gauge",
        "1 while the self-audit finds nothing; else nobody is pinged.", d->clean);
}

void app_metrics(void *arg, struct buf *out)
{
    const struct app *a = arg;

    lateness(&a->prober, out);
    pages(&a->decide, out);
    channels(&a->decide.turns, out);
    network(&a->canaries, out);
    regions(a, out);
    dead_man(&a->dead_man, out);
    family(out, "midwatch_reloads_total", "counter", "Reloads of the configuration by result.");
    buf_printf(out,
               "midwatch_reloads_total{result=\"good\"} %llu\n"
               "midwatch_reloads_total{result=\"bad\"} %llu\n",
               (unsigned long long)a->reloads, (unsigned long long)a->bad_reloads);
    family(out, "midwatch_blind", "gauge", "1 while most probes fail by our own trouble.");
    buf_printf(out, "midwatch_blind %d\n", a->health.blind);
    family(out, "midwatch_loop_stalls_total", "counter", "Times the event loop stood still.");
    buf_printf(out, "midwatch_loop_stalls_total %llu\n", (unsigned long long)a->health.stalls);
}
