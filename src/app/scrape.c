/* scrape.c - one /metrics: a walk into a buffer.
 *
 * Failures: too many at a time, or the daemon stops -> nothing now. Too large -> nothing, and a
 * line in the log. */
#include "app.h"
#include "base/mem.h"

#define BYTES_MAX (64u << 20)

struct scrape {
    struct app *app;
    struct metrics metrics;
    struct buf out;
    void (*done)(void *req, struct buf *text);
    void *req;
};

static void end(struct scrape *s, bool good)
{
    s->done(s->req, good ? &s->out : NULL);
    buf_done(&s->out);
    mem_free(s);
}

static void on_walked(void *arg, bool whole)
{
    struct scrape *s = arg;

    if (whole)
        metrics_cut(&s->metrics);
    if (s->out.over)
        log_error("metrics", "they do not fit into %u MB: lower metrics.max_series",
                  BYTES_MAX >> 20);
    end(s, whole && !s->out.over);
}

static void on_refused(void *arg)
{
    end(arg, false);
}

void app_metrics(void *arg, const struct metrics_format *f,
                 void (*done)(void *req, struct buf *text), void *req)
{
    static const struct metrics_walk_events events = {.on_done = on_walked};
    struct scrape *s = mem_new(struct scrape);

    s->app = arg;
    s->done = done;
    s->req = req;
    buf_init(&s->out, BYTES_MAX);
    metrics_begin(&s->metrics, f, &s->out);
    if (!metrics_walk_begin(s->app, &s->metrics, &events, s))
        loop_later(&s->app->loop, on_refused, s);
}
