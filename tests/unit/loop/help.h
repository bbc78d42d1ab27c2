/* help.h - what the tests of the loop room share: turn the loop until something holds. */
#ifndef TESTS_UNIT_LOOP_HELP_H
#define TESTS_UNIT_LOOP_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loop/loop.h"

static inline void on_help_alarm(uv_timer_t *h)
{
    (void)h;
}

/* Turns the loop until *done holds or limit_ms have gone by; answers whether it holds. */
static inline bool turn_until(struct loop *l, const volatile bool *done, int64_t limit_ms)
{
    uv_timer_t alarm;
    uv_timer_init(&l->uv, &alarm);
    uv_timer_start(&alarm, on_help_alarm, 20, 20);
    int64_t end_us = loop_mono_us() + limit_ms * 1000;
    while (!*done && loop_mono_us() < end_us)
        uv_run(&l->uv, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&alarm, NULL);
    uv_run(&l->uv, UV_RUN_NOWAIT);
    uv_run(&l->uv, UV_RUN_NOWAIT);
    return *done;
}

static inline void must_init(struct loop *l)
{
    struct err e;
    assert_int_equal(loop_init(l, &e), 0);
}

#endif
