/* push.c - every `every` a walk over the metrics, in pieces, to each target of the file.
 *
 * Happy path: due -> a walk -> pieces, packed for remote write -> push_queue.c posts them.
 * Failures:   libsnappy is not there, the address cannot be used -> one line; nothing is sent.
 * Reload:     a target with the same address goes on with its queue and its counters. */
#include "push.h"

#include <string.h>

#include "base/text.h"
#include "loop/snappy.h"
#include "push_private.h"

#define FIRST_MS    3000
#define TICK_MS     250
#define PIECE_BYTES (768u << 10) /* before packing; cut between two steps of the walk */
#define ANSWER_MAX  256

/* --- walks ----------------------------------------------------------------------------- */

static void free_pusher(struct pusher *p)
{
    http_target_free(p->target);
    push_clear(p);
    buf_done(&p->out);
    buf_done(&p->labels);
    mem_free(p);
}

static void on_written(void *arg)
{
    struct pusher *p = arg;

    if (!p->app || p->out.len < PIECE_BYTES)
        return;
    metrics_cut(&p->as.metrics);
    push_enqueue(p);
    metrics_resume(&p->as.metrics);
    push_send(p);
}

static void on_walked(void *arg, bool whole)
{
    struct pusher *p = arg;

    if (p->app && whole) {
        metrics_cut(&p->as.metrics);
        if (p->as.metrics.series > p->series_cut)
            push_enqueue(p);
    }
    if (p->kind == PUSH_REMOTE_WRITE)
        remote_write_done(&p->as.remote_write);
    buf_clear(&p->out);
    p->walking = false;
    if (p->app)
        push_send(p);
    else
        free_pusher(p);
}

static bool has_label(const struct push *p, const char *name)
{
    for (size_t i = 0; i < p->n_labels; i++)
        if (text_eq(p->labels[i].name, name))
            return true;
    return false;
}

static void write_labels(struct pusher *p, const struct config *c)
{
    buf_clear(&p->labels);
    if (!has_label(p->push, "job"))
        metrics_label(&p->labels, "job", "midwatch");
    if (!has_label(p->push, "instance"))
        metrics_label(&p->labels, "instance", c->region);
    for (size_t i = 0; i < p->push->n_labels; i++)
        metrics_label(&p->labels, p->push->labels[i].name, p->push->labels[i].value);
}

/* False: too many walks are under way. */
static bool walk(struct pusher *p)
{
    static const struct metrics_walk_events events = {on_written, on_walked};
    struct app *a = p->app;
    int64_t now_ms = loop_now_ms();

    write_labels(p, a->config);
    if (p->kind == PUSH_REMOTE_WRITE)
        remote_write_begin(&p->as.remote_write, &p->out, buf_text(&p->labels), now_ms);
    else
        otlp_begin(&p->as.otlp, &p->out, buf_text(&p->labels), a->started_ms, now_ms);
    p->series_cut = 0;
    p->walking = metrics_walk_begin(a, &p->as.metrics, &events, p);
    if (!p->walking) {
        if (p->kind == PUSH_REMOTE_WRITE)
            remote_write_done(&p->as.remote_write);
        buf_clear(&p->out);
    }
    return p->walking;
}

/* --- the clock ------------------------------------------------------------------------- */

static void tick(struct pusher *p, int64_t now_us)
{
    if (!p->target)
        return;
    push_drop_old(p);
    if (now_us >= p->due_us && !p->walking && walk(p)) {
        p->due_us += p->push->every_ms * 1000;
        if (p->due_us < now_us)
            p->due_us = now_us + p->push->every_ms * 1000;
    }
    push_send(p);
}

static void on_tick(void *arg)
{
    struct app *a = arg;
    int64_t now_us = loop_mono_us();

    timer_start(&a->pushes.timer, TICK_MS);
    for (size_t i = 0; i < a->pushes.list.n; i++)
        tick(a->pushes.list.items[i], now_us);
}

/* --- which ones ------------------------------------------------------------------------ */

static const char *url_of(const struct push *p)
{
    return p->otlp.bytes ? p->otlp.bytes : p->remote_write.bytes;
}

static struct pusher *claim(struct pusher **old, size_t n, const struct push *push)
{
    for (size_t i = 0; i < n; i++) {
        struct pusher *p = old[i];

        if (!p || (p->kind == PUSH_OTLP) != (push->otlp.bytes != NULL) ||
            !text_eq(p->spec.url, url_of(push)))
            continue;
        old[i] = NULL;
        return p;
    }
    return NULL;
}

static struct pusher *pusher_new(struct app *a, const struct push *push)
{
    struct pusher *p = mem_new(struct pusher);

    p->app = a;
    p->kind = push->otlp.bytes ? PUSH_OTLP : PUSH_REMOTE_WRITE;
    p->due_us = loop_mono_us() + FIRST_MS * 1000;
    buf_init(&p->out, PUSH_PIECE_MAX);
    buf_init(&p->labels, METRICS_LABELS_MAX);
    return p;
}

static void prepare(struct pusher *p, const struct push *push)
{
    struct app *a = p->app;
    struct err e;

    p->push = push;
    p->spec = push->http;
    p->spec.url = url_of(push);
    p->spec.shown_url = push->otlp.bytes ? push->shown_otlp : push->shown_remote_write;
    p->spec.method = "POST";
    p->spec.max_body = ANSWER_MAX;
    p->spec.reuse = true;
    http_target_free(p->target); /* the piece under way is sent again */
    p->target = NULL;
    p->sending = false;
    p->again_us = 0;
    if (p->kind == PUSH_REMOTE_WRITE && snappy_open(&e) < 0) {
        log_error("push", "%s: %s", p->spec.shown_url, e.text);
        return;
    }
    p->target = http_target_new(a->http, &p->spec, push->timeout_ms, "midwatch/" MW_VERSION, &e);
    if (!p->target)
        log_error("push", "%s", e.text);
}

static void give_up(struct pusher *p)
{
    http_target_free(p->target);
    p->target = NULL;
    p->app = NULL;
    if (!p->walking)
        free_pusher(p);
}

void push_configure(struct app *a)
{
    struct pushes *all = &a->pushes;
    const struct config *c = a->config;
    size_t n = all->list.n;
    struct pusher **old = all->list.items;

    all->list.items = NULL;
    all->list.n = all->list.cap = 0;
    for (size_t i = 0; i < c->metrics.n_push; i++) {
        struct pusher *p = claim(old, n, &c->metrics.push[i]);

        p = p ? p : pusher_new(a, &c->metrics.push[i]);
        p->number = i + 1;
        prepare(p, &c->metrics.push[i]);
        vec_push(&all->list, p);
    }
    for (size_t i = 0; i < n; i++)
        if (old[i])
            give_up(old[i]);
    mem_free(old);
    if (all->list.n)
        timer_start(&all->timer, 0);
    else
        timer_stop(&all->timer);
}

void push_start(struct app *a)
{
    timer_init(&a->pushes.timer, &a->loop, &a->owner, on_tick, a);
    push_configure(a);
}

void push_stop(struct app *a)
{
    if (!a->pushes.timer.on_due)
        return;
    for (size_t i = 0; i < a->pushes.list.n; i++)
        give_up(a->pushes.list.items[i]);
    vec_done(&a->pushes.list);
    timer_close(&a->pushes.timer);
    a->pushes.timer.on_due = NULL;
}
