/* test_timers.c - what time brings, when a case wakes, and what a stepped clock does to it. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"

static void wake__each_state__only_by_timers_that_are_its_own(void **state)
{
    static const struct {
        enum incident_state in;
        int64_t step_due_s, ack_due_s, want_s;
    } rows[] = {
        {INCIDENT_TRIGGERED, 5, 0, 5},     {INCIDENT_TRIGGERED, 0, 7, -1},
        {INCIDENT_TRIGGERED, 9, 7, 9},     {INCIDENT_ACKNOWLEDGED, 5, 7, 7},
        {INCIDENT_ACKNOWLEDGED, 5, 0, -1}, {INCIDENT_SNOOZED, 5, 7, -1},
    };
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct incident *in = &b.c->incident;

        in->state = rows[i].in;
        in->step_due_ms = rows[i].step_due_s ? BENCH_START_MS + rows[i].step_due_s * 1000 : 0;
        in->ack_due_ms = rows[i].ack_due_s ? BENCH_START_MS + rows[i].ack_due_s * 1000 : 0;
        assert_int_equal(bench_wake_s(&b), rows[i].want_s);
    }
    bench_done(&b);
}

static void wake__a_whole_night_unanswered__is_never_in_the_past(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy'] }, { notify: ['schedule:empty'] }, "
                   "{ after: 1m, notify: ['channel:f'] } ], repeat: { times: 3, every: 2m }, "
                   "fallback: ['channel:c'] }\n");
    bench_run(&b, 36000);
    assert_int_equal(b.c->incident.loop, 3);
    assert_int_equal(bench_wake_s(&b), -1); /* all that is left is being sent */
    bench_done(&b);
}

static void shift__timers_and_unfinished_pages__keep_what_was_left(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy', 'channel:f'] }, { after: 5m, "
                   "notify: ['channel:b'] } ] }\n");
    bench_end(&b, "a", "ok", 1);
    bench_end(&b, "f", "dead", 1);
    bench_at(&b, 2, CAUSE_SELF);
    case_shift(b.c, 3600000);
    b.desk.now_ms = INT64_MIN;
    bench_settle(&b);
    assert_int_equal(b.fx.sends.n, 0);
    assert_int_equal(b.fx.commit.deliveries.n, 3);
    assert_int_equal(b.fx.commit.incidents.n, 1);
    assert_int_equal(b.c->pages.items[0]->d.created_ms, BENCH_START_MS);
    assert_int_equal(b.c->pages.items[1]->d.created_ms, BENCH_START_MS + 3720000);
    assert_int_equal(b.c->pages.items[1]->d.due_ms, BENCH_START_MS + 3720000);
    assert_int_equal(b.c->pages.items[3]->d.created_ms, BENCH_START_MS + 3600000);
    assert_in_range(bench_wake_s(&b), 3601, 3603);
    assert_int_equal(b.c->incident.step_due_ms, BENCH_START_MS + 3900000);
    assert_int_equal(b.c->incident.ack_due_ms, 0);
    b.c->incident.ack_due_ms = 5;
    b.c->incident.step_due_ms = 0;
    case_shift(b.c, -2);
    assert_int_equal(b.c->incident.ack_due_ms, 3);
    assert_int_equal(b.c->incident.step_due_ms, 0);
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wake__each_state__only_by_timers_that_are_its_own),
        cmocka_unit_test(wake__a_whole_night_unanswered__is_never_in_the_past),
        cmocka_unit_test(shift__timers_and_unfinished_pages__keep_what_was_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
