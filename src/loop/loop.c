/* loop.c - libuv's loop with our words: owners, timers, signals, later.
 *
 * A tick every 250 ms measures how late the loop is; it and the turn counter do not keep
 * the loop running. Failures: only loop_init() and signal_watch() can fail, both by the
 * kernel refusing descriptors. */
#include "loop/loop.h"

#include <assert.h>
#include <signal.h>
#include <time.h>

#include "base/mem.h"

#define TICK_MS 250

struct later {
    struct later *next;
    void (*fn)(void *arg);
    void *arg;
};

int64_t loop_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t loop_mono_us(void)
{
    return (int64_t)(uv_hrtime() / 1000);
}

/* --- the loop ------------------------------------------------------------------------ */

static void on_tick(uv_timer_t *h);

static void tick_arm(struct loop *l)
{
    uv_update_time(&l->uv);
    l->tick_due_us = loop_mono_us() + TICK_MS * 1000;
    uv_timer_start(&l->tick, on_tick, TICK_MS, 0);
}

static void on_tick(uv_timer_t *h)
{
    struct loop *l = container_of(h, struct loop, tick);
    int64_t late_us = loop_mono_us() - l->tick_due_us;
    l->late_us = late_us > 0 ? late_us : 0;
    l->stood_us += l->late_us;
    if (l->late_us > l->late_max_us)
        l->late_max_us = l->late_us;
    tick_arm(l);
}

static void on_check(uv_check_t *h)
{
    container_of(h, struct loop, check)->turns++;
}

int loop_init(struct loop *l, struct err *e)
{
    *l = (struct loop){0};
    int rc = uv_loop_init(&l->uv);
    if (rc != 0)
        return err_set(e, "event loop: %s", uv_strerror(rc));
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    uv_timer_init(&l->uv, &l->tick);
    uv_check_init(&l->uv, &l->check);
    uv_idle_init(&l->uv, &l->later_idle);
    uv_unref((uv_handle_t *)&l->tick);
    uv_unref((uv_handle_t *)&l->check);
    uv_check_start(&l->check, on_check);
    l->later_last = &l->later_first;
    tick_arm(l);
    return 0;
}

void loop_run(struct loop *l)
{
    tick_arm(l); /* what was done before the run is not lateness */
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_turn(struct loop *l)
{
    uv_run(&l->uv, UV_RUN_ONCE);
}

void loop_stop(struct loop *l)
{
    l->stopping = true;
}

int64_t loop_take_late_max_us(struct loop *l)
{
    int64_t late_us = l->late_max_us;
    l->late_max_us = 0;
    return late_us;
}

int64_t loop_stood_us(const struct loop *l)
{
    int64_t late_us = loop_mono_us() - l->tick_due_us;
    return l->stood_us + (late_us > 0 ? late_us : 0);
}

void loop_done(struct loop *l)
{
    uv_run(&l->uv, UV_RUN_DEFAULT); /* closes and laters still under way */
    uv_close((uv_handle_t *)&l->tick, NULL);
    uv_close((uv_handle_t *)&l->check, NULL);
    uv_close((uv_handle_t *)&l->later_idle, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&l->uv);
    assert(rc == 0 && "a handle was left open");
    (void)rc;
}

/* --- later --------------------------------------------------------------------------- */

/* Takes the whole list first: what is added meanwhile waits for the next turn. */
static void on_later(uv_idle_t *h)
{
    struct loop *l = container_of(h, struct loop, later_idle);
    struct later *list = l->later_first;
    l->later_first = NULL;
    l->later_last = &l->later_first;
    uv_idle_stop(h);
    while (list != NULL) {
        struct later *item = list;
        list = item->next;
        item->fn(item->arg);
        mem_free(item);
    }
}

void loop_later(struct loop *l, void (*fn)(void *arg), void *arg)
{
    struct later *item = mem_new(struct later);
    item->fn = fn;
    item->arg = arg;
    *l->later_last = item;
    l->later_last = &item->next;
    uv_idle_start(&l->later_idle, on_later);
}

/* --- owners -------------------------------------------------------------------------- */

void owner_init(struct owner *o, void (*on_closed)(void *arg), void *arg)
{
    *o = (struct owner){.on_closed = on_closed, .arg = arg};
}

void owner_add(struct owner *o, uv_handle_t *h)
{
    assert(o == NULL || !o->closing);
    h->data = o;
    if (o != NULL)
        o->open++;
}

static void owner_end_if_empty(struct owner *o)
{
    if (o->closing && o->open == 0 && o->on_closed != NULL)
        o->on_closed(o->arg);
}

static void on_handle_closed(uv_handle_t *h)
{
    struct owner *o = h->data;
    if (o == NULL)
        return;
    o->open--;
    owner_end_if_empty(o);
}

void owner_close_handle(struct owner *o, uv_handle_t *h)
{
    assert(h->data == o);
    (void)o;
    if (!uv_is_closing(h))
        uv_close(h, on_handle_closed);
}

void owner_close(struct owner *o)
{
    assert(!o->closing);
    o->closing = true;
    owner_end_if_empty(o);
}

/* --- timers -------------------------------------------------------------------------- */

void timer_init(struct timer *t, struct loop *l, struct owner *o, void (*on_due)(void *arg),
                void *arg)
{
    *t = (struct timer){.on_due = on_due, .arg = arg, .owner = o};
    uv_timer_init(&l->uv, &t->uv);
    owner_add(o, (uv_handle_t *)&t->uv);
}

static void on_timer(uv_timer_t *h)
{
    struct timer *t = container_of(h, struct timer, uv);
    t->on_due(t->arg);
}

/* libuv counts whole milliseconds of a time it cached: without the update a timer comes
 * early by all the work done since, and without the one more by the part it cut off. */
void timer_start(struct timer *t, int64_t delay_ms)
{
    if (uv_is_closing((uv_handle_t *)&t->uv))
        return;
    uv_update_time(t->uv.loop);
    uv_timer_start(&t->uv, on_timer, delay_ms > 0 ? (uint64_t)delay_ms + 1 : 0, 0);
}

void timer_stop(struct timer *t)
{
    uv_timer_stop(&t->uv);
}

void timer_close(struct timer *t)
{
    owner_close_handle(t->owner, (uv_handle_t *)&t->uv);
}

/* --- signals ------------------------------------------------------------------------- */

static void on_uv_signal(uv_signal_t *h, int signum)
{
    struct signal_watch *s = container_of(h, struct signal_watch, uv);
    s->on_signal(signum, s->arg);
}

int signal_watch(struct signal_watch *s, struct loop *l, struct owner *o, int signum,
                 void (*fn)(int signum, void *arg), void *arg, struct err *e)
{
    *s = (struct signal_watch){.on_signal = fn, .arg = arg, .owner = o};
    int rc = uv_signal_init(&l->uv, &s->uv);
    if (rc != 0)
        return err_set(e, "signal %d: %s", signum, uv_strerror(rc));
    owner_add(o, (uv_handle_t *)&s->uv);
    rc = uv_signal_start(&s->uv, on_uv_signal, signum);
    if (rc != 0) {
        signal_unwatch(s);
        return err_set(e, "signal %d: %s", signum, uv_strerror(rc));
    }
    return 0;
}

void signal_unwatch(struct signal_watch *s)
{
    owner_close_handle(s->owner, (uv_handle_t *)&s->uv);
}
