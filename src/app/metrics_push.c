/* metrics_push.c - how pushing the metrics goes. */
#include <stdio.h>

#include "push_private.h"

static const struct metric_family f_requests = {"midwatch_push_requests_total", METRIC_COUNTER,
                                                "Requests with metrics, by outcome."};
static const struct metric_family f_series = {"midwatch_push_series_total", METRIC_COUNTER,
                                              "Samples of series that were taken."};
static const struct metric_family f_dropped = {
    "midwatch_push_dropped_series_total", METRIC_COUNTER,
    "Samples that waited too long, did not fit, or were refused."};
static const struct metric_family f_backlog = {"midwatch_push_backlog_bytes", METRIC_GAUGE,
                                               "Waiting to be sent."};
static const struct metric_family f_oldest = {"midwatch_push_backlog_seconds", METRIC_GAUGE,
                                              "How long the oldest has waited."};
static const struct metric_family f_success = {"midwatch_push_last_success_timestamp_seconds",
                                               METRIC_GAUGE, "When the last was taken; 0 never."};

static const char *labels_of(const struct pusher *p, struct buf *labels)
{
    char number[8];

    snprintf(number, sizeof number, "%zu", p->number % 1000);
    buf_clear(labels);
    metrics_label(labels, "push", number);
    metrics_label(labels, "kind", p->kind == PUSH_OTLP ? "otlp" : "remote_write");
    return buf_text(labels);
}

static void put_requests(struct metrics *m, const struct pusher *p, const char *labels)
{
    static const char *const outcomes[] = {"accepted", "retry", "refused"};

    for (int i = 0; i < 3; i++)
        metrics_int_by(m, labels, (struct metrics_word){"outcome", outcomes[i]},
                       (int64_t)p->requests[i]);
}

static void put_series(struct metrics *m, const struct pusher *p, const char *labels)
{
    metrics_int(m, labels, (int64_t)p->series);
}

static void put_dropped(struct metrics *m, const struct pusher *p, const char *labels)
{
    metrics_int(m, labels, (int64_t)p->dropped);
}

static void put_backlog(struct metrics *m, const struct pusher *p, const char *labels)
{
    metrics_int(m, labels, (int64_t)p->queued_bytes);
}

static void put_oldest(struct metrics *m, const struct pusher *p, const char *labels)
{
    metrics_micros(m, labels, p->queue.n ? loop_mono_us() - p->queue.items[0].at_us : 0);
}

static void put_success(struct metrics *m, const struct pusher *p, const char *labels)
{
    metrics_millis(m, labels, p->success_ms);
}

void metrics_pushes(struct app *a, struct metrics *m)
{
    static const struct {
        const struct metric_family *family;
        void (*put)(struct metrics *m, const struct pusher *p, const char *labels);
    } families[] = {{&f_requests, put_requests}, {&f_series, put_series},
                    {&f_dropped, put_dropped},   {&f_backlog, put_backlog},
                    {&f_oldest, put_oldest},     {&f_success, put_success}};
    struct buf labels;

    if (a->pushes.list.n == 0)
        return;
    buf_init(&labels, METRICS_LABELS_MAX);
    for (size_t k = 0; k < sizeof families / sizeof *families; k++) {
        metrics_family(m, families[k].family);
        for (size_t i = 0; i < a->pushes.list.n; i++)
            families[k].put(m, a->pushes.list.items[i],
                            labels_of(a->pushes.list.items[i], &labels));
    }
    buf_done(&labels);
}
