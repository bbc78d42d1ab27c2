/* test_loop.c - timers, owners, later, signals, lateness. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "help.h"

#include "base/mem.h"

/* --- timers -------------------------------------------------------------------------- */

struct watch {
    struct timer timer;
    int64_t due_us;
    int64_t early_us;
    int fired;
};

static void on_watch_due(void *arg)
{
    struct watch *w = arg;
    w->fired++;
    w->early_us = w->due_us - loop_mono_us();
}

static void spin_ms(int64_t ms)
{
    int64_t end_us = loop_mono_us() + ms * 1000;
    while (loop_mono_us() < end_us)
        ;
}

static void timer__armed_after_long_work__is_not_early(void **state)
{
    (void)state;
    struct loop l;
    must_init(&l);
    for (int i = 0; i < 20; i++) {
        struct watch w = {0};
        timer_init(&w.timer, &l, NULL, on_watch_due, &w);
        spin_ms(i % 4 * 7); /* libuv's cached time is old now */
        w.due_us = loop_mono_us() + 5000;
        timer_start(&w.timer, 5);
        loop_run(&l);
        assert_int_equal(w.fired, 1);
        assert_true(w.early_us <= 0);
        timer_close(&w.timer);
        loop_run(&l);
    }
    loop_done(&l);
}

struct busy {
    struct loop *loop;
    struct watch *watch;
};

static void on_busy(void *arg)
{
    struct busy *b = arg;
    if (b->watch->fired == 0)
        loop_later(b->loop, on_busy, b);
}

/* A loop that never sleeps reads the clock at every turn, at any part of a millisecond. */
static void timer__loop_busy__is_not_early(void **state)
{
    (void)state;
    struct loop l;
    must_init(&l);
    for (int i = 0; i < 20; i++) {
        struct watch w = {0};
        struct busy b = {&l, &w};
        timer_init(&w.timer, &l, NULL, on_watch_due, &w);
        spin_ms(1);
        w.due_us = loop_mono_us() + 3000;
        timer_start(&w.timer, 3);
        loop_later(&l, on_busy, &b);
        loop_run(&l);
        assert_int_equal(w.fired, 1);
        assert_true(w.early_us <= 0);
        timer_close(&w.timer);
        loop_run(&l);
    }
    loop_done(&l);
}

static void timer__stopped_or_closed__never_fires(void **state)
{
    (void)state;
    struct loop l;
    struct watch stopped = {0}, closed = {0};
    must_init(&l);
    timer_init(&stopped.timer, &l, NULL, on_watch_due, &stopped);
    timer_init(&closed.timer, &l, NULL, on_watch_due, &closed);
    timer_start(&stopped.timer, 1);
    timer_start(&closed.timer, 1);
    timer_stop(&stopped.timer);
    timer_close(&closed.timer);
    timer_close(&closed.timer);    /* twice is once */
    timer_start(&closed.timer, 1); /* too late */
    loop_run(&l);
    assert_int_equal(stopped.fired + closed.fired, 0);
    timer_close(&stopped.timer);
    loop_done(&l);
}

static void timer__restarted__counts_from_the_restart(void **state)
{
    (void)state;
    struct loop l;
    struct watch w = {0};
    must_init(&l);
    timer_init(&w.timer, &l, NULL, on_watch_due, &w);
    timer_start(&w.timer, 1);
    spin_ms(5);
    w.due_us = loop_mono_us() + 10000;
    timer_start(&w.timer, 10);
    loop_run(&l);
    assert_int_equal(w.fired, 1);
    assert_true(w.early_us <= 0);
    timer_close(&w.timer);
    loop_done(&l);
}

/* --- owners -------------------------------------------------------------------------- */

struct thing {
    struct owner owner;
    struct timer a, b;
    int *ended;
};

static void on_thing_closed(void *arg)
{
    struct thing *t = arg;
    assert_int_equal(t->owner.open, 0);
    (*t->ended)++;
    mem_free(t);
}

static void on_nothing(void *arg)
{
    (void)arg;
}

static void owner__closed__frees_after_the_last_handle(void **state)
{
    (void)state;
    struct loop l;
    int ended = 0;
    must_init(&l);
    struct thing *t = mem_new(struct thing);
    t->ended = &ended;
    owner_init(&t->owner, on_thing_closed, t);
    timer_init(&t->a, &l, &t->owner, on_nothing, t);
    timer_init(&t->b, &l, &t->owner, on_nothing, t);
    assert_int_equal(t->owner.open, 2);
    timer_close(&t->a);
    loop_run(&l);
    assert_int_equal(t->owner.open, 1); /* one closed early: not the end */
    assert_int_equal(ended, 0);
    timer_close(&t->b);
    loop_run(&l);
    assert_int_equal(t->owner.open, 0); /* none open, but nobody said it is the end */
    assert_int_equal(ended, 0);
    timer_init(&t->a, &l, &t->owner, on_nothing, t);
    timer_close(&t->a);
    owner_close(&t->owner);
    assert_int_equal(ended, 0); /* never before the close callback */
    loop_run(&l);
    assert_int_equal(ended, 1);
    loop_done(&l);
}

static void owner__closed_with_nothing_open__ends_at_once(void **state)
{
    (void)state;
    int ended = 0;
    struct thing *t = mem_new(struct thing);
    t->ended = &ended;
    owner_init(&t->owner, on_thing_closed, t);
    owner_close(&t->owner);
    assert_int_equal(ended, 1);
}

/* --- later --------------------------------------------------------------------------- */

struct note {
    struct loop *loop;
    char *book;
    char letter;
    struct note *then;
};

static void on_note(void *arg)
{
    struct note *n = arg;
    size_t len = strlen(n->book);
    n->book[len] = n->letter;
    n->book[len + 1] = '\0';
    if (n->then != NULL)
        loop_later(n->loop, on_note, n->then);
}

static void later__several__run_in_order_and_never_inside(void **state)
{
    (void)state;
    struct loop l;
    char book[16] = "";
    must_init(&l);
    struct note d = {&l, book, 'd', NULL};
    struct note a = {&l, book, 'a', &d}, b = {&l, book, 'b', NULL}, c = {&l, book, 'c', NULL};
    loop_later(&l, on_note, &a);
    loop_later(&l, on_note, &b);
    loop_later(&l, on_note, &c);
    assert_string_equal(book, "");
    loop_run(&l);
    assert_string_equal(book, "abcd"); /* what a planned comes after those already waiting */
    loop_done(&l);
}

static void later__planned_before_the_end__still_runs(void **state)
{
    (void)state;
    struct loop l;
    char book[16] = "";
    must_init(&l);
    struct note a = {&l, book, 'a', NULL};
    loop_later(&l, on_note, &a);
    loop_stop(&l);
    loop_done(&l);
    assert_string_equal(book, "a");
}

/* --- the loop itself ----------------------------------------------------------------- */

static void loop__nothing_open__run_returns(void **state)
{
    (void)state;
    struct loop l;
    must_init(&l);
    int64_t start_us = loop_mono_us();
    loop_run(&l); /* the tick must not hold it */
    assert_true(loop_mono_us() - start_us < 200000);
    loop_stop(&l);
    assert_true(l.stopping);
    loop_done(&l);
}

static void on_block(void *arg)
{
    (void)arg;
    spin_ms(400);
}

static void tick__loop_blocked__lateness_is_measured_and_taken_once(void **state)
{
    (void)state;
    struct loop l;
    struct timer block;
    must_init(&l);
    timer_init(&block, &l, NULL, on_block, NULL);
    timer_start(&block, 1);
    bool late = false;
    for (int i = 0; i < 100 && !late; i++) {
        turn_until(&l, &late, 30);
        late = l.late_max_us > 0;
    }
    assert_true(l.late_max_us > 100000);
    assert_true(l.late_max_us < 400000);
    assert_true(loop_take_late_max_us(&l) > 100000);
    assert_int_equal(loop_take_late_max_us(&l), 0);
    assert_true(l.turns > 0);
    timer_close(&block);
    loop_done(&l);
}

struct asked {
    struct loop *loop;
    int64_t stood_us;
};

/* Asked before the tick has noticed, and after: the sum is the same. */
static void on_block_and_ask(void *arg)
{
    int64_t *stood_us = arg;
    spin_ms(600);
    *stood_us = loop_stood_us(container_of(stood_us, struct asked, stood_us)->loop);
}

static void loop_stood__asked_before_and_after_the_tick__knows_the_standstill(void **state)
{
    (void)state;
    struct loop l;
    struct timer block;
    struct asked asked = {.loop = &l};
    must_init(&l);
    int64_t before_us = loop_stood_us(&l);
    timer_init(&block, &l, NULL, on_block_and_ask, &asked.stood_us);
    timer_start(&block, 1);
    bool late = false;
    for (int i = 0; i < 100 && !late; i++) {
        turn_until(&l, &late, 30);
        late = l.late_max_us > 0;
    }
    assert_true(asked.stood_us - before_us > 300000);
    assert_true(loop_stood_us(&l) >= asked.stood_us);
    assert_true(loop_stood_us(&l) < asked.stood_us + 250000);
    timer_close(&block);
    loop_done(&l);
}

static void on_signal_seen(int signum, void *arg)
{
    *(int *)arg = signum;
}

static void signal__raised__is_told_in_the_loop(void **state)
{
    (void)state;
    struct loop l;
    struct signal_watch s;
    struct err e;
    int seen = 0;
    must_init(&l);
    assert_int_equal(signal_watch(&s, &l, NULL, SIGHUP, on_signal_seen, &seen, &e), 0);
    raise(SIGHUP);
    assert_int_equal(seen, 0);
    bool told = false;
    for (int i = 0; i < 50 && !told; i++) {
        turn_until(&l, &told, 20);
        told = seen != 0;
    }
    assert_int_equal(seen, SIGHUP);
    signal_unwatch(&s);
    loop_done(&l);
}

static void broken_pipe__written_to__does_not_kill(void **state)
{
    (void)state;
    struct loop l;
    int ends[2];
    must_init(&l);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
    loop_done(&l);
}

static void clocks__read__are_near_the_truth_and_go_forward(void **state)
{
    (void)state;
    assert_true(loop_now_ms() > 1700000000000);
    int64_t before = loop_mono_us();
    spin_ms(2);
    assert_true(loop_mono_us() - before >= 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer__armed_after_long_work__is_not_early),
        cmocka_unit_test(timer__loop_busy__is_not_early),
        cmocka_unit_test(timer__stopped_or_closed__never_fires),
        cmocka_unit_test(timer__restarted__counts_from_the_restart),
        cmocka_unit_test(owner__closed__frees_after_the_last_handle),
        cmocka_unit_test(owner__closed_with_nothing_open__ends_at_once),
        cmocka_unit_test(later__several__run_in_order_and_never_inside),
        cmocka_unit_test(later__planned_before_the_end__still_runs),
        cmocka_unit_test(loop__nothing_open__run_returns),
        cmocka_unit_test(tick__loop_blocked__lateness_is_measured_and_taken_once),
        cmocka_unit_test(loop_stood__asked_before_and_after_the_tick__knows_the_standstill),
        cmocka_unit_test(signal__raised__is_told_in_the_loop),
        cmocka_unit_test(broken_pipe__written_to__does_not_kill),
        cmocka_unit_test(clocks__read__are_near_the_truth_and_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
