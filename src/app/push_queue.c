/* push_queue.c - pieces of metrics wait in a queue, and one at a time is posted.
 *
 * Happy path: push_enqueue() -> push_send() -> 2xx -> the next.
 * Failures:   no answer, 5xx, 429 -> the same piece again, later and later. What has waited for
 *             BACKLOG_US, or does not fit into BACKLOG_BYTES, is dropped, the oldest first, and
 *             counted. Any other status: that piece is refused for good, dropped and counted.
 *             A line when it begins and one when it is over. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "loop/snappy.h"
#include "push_private.h"
#include "wire/retry_after.h"

#define BACKLOG_US    (180 * INT64_C(1000000))
#define BACKLOG_BYTES (64u << 20) /* a push of 10,000 monitors by OTLP, whole */
#define AGAIN_MS      1000        /* doubled each time, up to */
#define AGAIN_MOST_MS 30000

/* --- the queue ------------------------------------------------------------------------- */

static void take_off(struct pusher *p, size_t i)
{
    p->queued_bytes -= p->queue.items[i].body.len;
    buf_done(&p->queue.items[i].body);
    p->queue.n--;
    memmove(&p->queue.items[i], &p->queue.items[i + 1], (p->queue.n - i) * sizeof *p->queue.items);
}

static void drop(struct pusher *p, size_t i)
{
    p->dropped += p->queue.items[i].series;
    take_off(p, i);
}

/* What is being sent stays until its end is known. */
void push_drop_old(struct pusher *p)
{
    size_t first = p->sending ? 1 : 0;
    int64_t now_us = loop_mono_us();

    while (p->queue.n > first &&
           (p->queued_bytes > BACKLOG_BYTES || now_us - p->queue.items[first].at_us > BACKLOG_US)) {
        drop(p, first);
        p->tries = first == 0 ? 0 : p->tries;
    }
}

void push_enqueue(struct pusher *p)
{
    struct piece one = {.series = p->as.metrics.series - p->series_cut, .at_us = loop_mono_us()};

    p->series_cut = p->as.metrics.series;
    buf_init(&one.body, PUSH_PIECE_MAX);
    if (p->kind == PUSH_REMOTE_WRITE)
        snappy_pack(p->out.p, p->out.len, &one.body);
    else
        buf_put(&one.body, p->out.p, p->out.len);
    if (one.body.over || p->out.over) {
        p->dropped += one.series;
        buf_done(&one.body);
    } else {
        p->queued_bytes += one.body.len;
        vec_push(&p->queue, one);
    }
    buf_clear(&p->out);
    p->out.over = false;
    push_drop_old(p);
}

/* --- sending --------------------------------------------------------------------------- */

static void say(struct pusher *p, const char *why)
{
    bool failing = why != NULL;

    if (failing && !p->failing)
        log_warning("push", "%s does not take the metrics: %s", p->spec.shown_url, why);
    else if (!failing && p->failing)
        log_notice("push", "%s takes the metrics again; %llu series were dropped so far",
                   p->spec.shown_url, (unsigned long long)p->dropped);
    p->failing = failing;
}

static enum outcome outcome_of(const struct observation *o)
{
    if (o->status >= 200 && o->status < 300)
        return OUTCOME_OK;
    return o->status == 0 || o->status == 429 || o->status >= 500 ? OUTCOME_RETRY
                                                                  : OUTCOME_PERMANENT;
}

static int64_t wait_ms(const struct pusher *p, const struct observation *o)
{
    int64_t ms = p->tries < 6 ? AGAIN_MS << (p->tries - 1) : AGAIN_MOST_MS, asked_ms;

    for (size_t i = 0; i < o->n_headers; i++)
        if (text_eq(o->headers[i].name, "retry-after")) {
            asked_ms = retry_after_ms(o->headers[i].value, loop_now_ms());
            ms = asked_ms > ms ? asked_ms : ms;
        }
    return ms < AGAIN_MOST_MS ? ms : AGAIN_MOST_MS;
}

static void on_answer(void *arg, const struct observation *o)
{
    struct pusher *p = arg;
    enum outcome outcome = outcome_of(o);
    char why[sizeof o->message];

    p->sending = false;
    p->requests[outcome]++;
    if (o->status)
        text_printf(why, sizeof why, "answered %d", o->status);
    else
        text_copy(why, sizeof why, o->message);
    say(p, outcome == OUTCOME_OK ? NULL : why);
    if (outcome == OUTCOME_RETRY) {
        p->tries++;
        p->again_us = loop_mono_us() + wait_ms(p, o) * 1000;
        push_drop_old(p);
        return; /* the next tick sends it */
    }
    if (outcome == OUTCOME_OK) {
        p->series += p->queue.items[0].series;
        p->success_ms = app_now_ms(p->app);
        take_off(p, 0);
    } else {
        drop(p, 0);
    }
    p->tries = 0;
    p->again_us = 0;
    push_send(p);
}

void push_send(struct pusher *p)
{
    static const struct header remote_write[] = {
        {"Content-Type", "application/x-protobuf"},
        {"Content-Encoding", "snappy"},
        {"X-Prometheus-Remote-Write-Version", "0.1.0"},
    };
    static const struct header otlp[] = {{"Content-Type", "application/json"}};
    bool rw = p->kind == PUSH_REMOTE_WRITE;
    const struct buf *body;

    if (p->sending || p->queue.n == 0 || !p->target || loop_mono_us() < p->again_us)
        return;
    body = &p->queue.items[0].body;
    p->sending = true;
    http_target_run(p->target,
                    &(struct http_extra){body->p, body->len, rw ? remote_write : otlp, rw ? 3 : 1},
                    on_answer, p);
}

void push_clear(struct pusher *p)
{
    while (p->queue.n)
        take_off(p, p->queue.n - 1);
    vec_done(&p->queue);
}
