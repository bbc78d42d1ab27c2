/* loop.h - the event loop: time, timers, owners, signals, later.
 *
 * One loop a process, one thread. Handles are embedded in what owns them; an owner
 * counts what is still open, and its on_closed is the one place that frees.
 * Only the headers of this room include <uv.h>; other rooms use these words. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"

struct loop {
    uv_loop_t uv;
    bool stopping;       /* loop_stop() was called */
    uint64_t turns;      /* completed, for the watchdog */
    int64_t late_us;     /* how late the last 250 ms tick was */
    int64_t stood_us;    /* the lateness of all ticks so far: see loop_stood_us() */
    int64_t late_max_us; /* the worst since loop_take_late_max_us() */
    int64_t tick_due_us; /* monotonic */
    uv_timer_t tick;     /* tick and check do not keep the loop running */
    uv_check_t check;
    uv_idle_t later_idle; /* active while something waits in the list */
    struct later *later_first, **later_last;
};

/* Ignores SIGPIPE for the whole process. */
int loop_init(struct loop *l, struct err *e) MW_MUST_CHECK;
/* Runs until nothing is open that could still call us. loop_stop() says that this is
 * wanted: everybody who owns handles closes them then; the loop goes on until they have. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
/* Waits for the next thing to happen and calls whom it concerns: for a command that asks one thing
 * after the other. Never from inside a callback. */
void loop_turn(struct loop *l);
void loop_done(struct loop *l);                /* asserts that nothing is open */
int64_t loop_take_late_max_us(struct loop *l); /* and starts again from 0 */
/* For how long the loop has stood still since its beginning, also when nobody has noticed yet:
 * whoever takes the difference over a time of his own need not care who was called first. */
int64_t loop_stood_us(const struct loop *l);

int64_t loop_now_ms(void);  /* wall clock, milliseconds since 1970 */
int64_t loop_mono_us(void); /* monotonic microseconds, fresh (not the loop's cached time) */

/* An owner counts open handles. on_closed comes once, after owner_close() and when the
 * last handle it counts has been closed (inside owner_close() when none is open); it may
 * free the owner's object. An owner may be NULL: then nobody counts, and the memory of
 * the handle must outlive the loop. */
struct owner {
    int open;
    bool closing;
    void (*on_closed)(void *arg);
    void *arg;
};
void owner_init(struct owner *o, void (*on_closed)(void *arg), void *arg);
/* Sets h->data to the owner; use container_of to get the object. */
void owner_add(struct owner *o, uv_handle_t *h);
void owner_close_handle(struct owner *o, uv_handle_t *h); /* closing twice does nothing */
void owner_close(struct owner *o); /* call once; handles must be closed with owner_close_handle */

/* A timer that may be embedded. The callback may close or restart it. */
struct timer {
    uv_timer_t uv;
    void (*on_due)(void *arg);
    void *arg;
    struct owner *owner;
};
void timer_init(struct timer *t, struct loop *l, struct owner *o, void (*on_due)(void *arg),
                void *arg);
void timer_start(struct timer *t, int64_t delay_ms); /* restarts; from the real now, never early */
void timer_stop(struct timer *t);
void timer_close(struct timer *t);

/* Runs `fn` once, in the order of the calls, from the loop and not from inside the caller:
 * for frees and ends that must not happen inside a callback. What has not run when the
 * loop ends is run by loop_done(). */
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

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
