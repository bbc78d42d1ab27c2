/* loop.h - the event loop: time, timers, owners, signals, later.
 *
 * One loop a process, one thread. Handles are embedded in what owns them; an owner
 * counts what is still open, and its on_closed is the one place that frees.
 * Only the headers of this room include <uv.h>; other rooms use these words. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"

struct loop {
    uv_loop_t uv;
    bool stopping;
    /* progress, for the watchdog: turns completed, and how late the last tick was */
    uint64_t turns;
    int64_t late_us, late_max_us;
    uv_timer_t tick;
    uv_check_t check;
    struct later *later_first, **later_last;
    uv_idle_t later_idle;
};

int loop_init(struct loop *l, struct err *e) MW_MUST_CHECK;
void loop_run(struct loop *l);          /* until loop_stop() and every handle is closed */
void loop_stop(struct loop *l);
void loop_done(struct loop *l);         /* asserts that nothing is open */

int64_t loop_now_ms(void);              /* wall clock, milliseconds since 1970 */
int64_t loop_mono_us(void);             /* monotonic microseconds, fresh (not the loop's cached time) */

/* An owner counts open handles. on_closed comes once, after owner_close() and when the
 * last handle it counts has been closed; it may free the owner's object. */
struct owner {
    int open;
    bool closing;
    void (*on_closed)(void *arg);
    void *arg;
};
void owner_init(struct owner *o, void (*on_closed)(void *arg), void *arg);
void owner_add(struct owner *o, uv_handle_t *h);    /* h->data is set to the owner; use container_of to get the object */
void owner_close_handle(struct owner *o, uv_handle_t *h);
void owner_close(struct owner *o);                  /* call once; handles must be closed with owner_close_handle */

/* A timer that may be embedded. The callback may close or restart it. */
struct timer {
    uv_timer_t uv;
    void (*on_due)(void *arg);
    void *arg;
    struct owner *owner;
};
void timer_init(struct timer *t, struct loop *l, struct owner *o, void (*on_due)(void *arg), void *arg);
void timer_start(struct timer *t, int64_t delay_ms);    /* restarts; measured from the real now */
void timer_stop(struct timer *t);
void timer_close(struct timer *t);

/* Runs `fn` once, in the next turn: for frees and ends that must not happen inside a callback. */
void loop_later(struct loop *l, void (*fn)(void *arg), void *arg);

/* SIGTERM, SIGINT, SIGHUP … `fn` is called in the loop. */
struct signal_watch {
    uv_signal_t uv;
    void (*on_signal)(int signum, void *arg);
    void *arg;
    struct owner *owner;
};
int signal_watch(struct signal_watch *s, struct loop *l, struct owner *o, int signum,
                 void (*fn)(int signum, void *arg), void *arg, struct err *e) MW_MUST_CHECK;
void signal_unwatch(struct signal_watch *s);

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

#endif
