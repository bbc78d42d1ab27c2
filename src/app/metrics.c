/* metrics.c - the daemon's own families; web adds those of monitors, incidents and the store. */
#include <stdio.h>

#include "app.h"

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
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
    static const char *const outcomes[] = {"accepted", "retry", "refused"};

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
}

void app_metrics(void *arg, struct buf *out)
{
    const struct app *a = arg;

    lateness(&a->prober, out);
    pages(&a->decide, out);
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
