/* test_deliver.c - how an attempt ends, in every state of its incident; when the next one is made.
 */
#include "bench.h"

#define FLAT  "  p: { steps: [ { notify: ['channel:a'] } ] }\n"
#define PAIR  "  p: { steps: [ { notify: ['channel:a', 'channel:b'] } ] }\n"
#define DAY_S (24 * 3600LL)

/* --- every end in every state --- */

enum moment { TRIGGERED, ACKED, TAKEN_BACK, RESOLVED };

static void bring_to(struct bench *b, enum moment m)
{
    if (m == ACKED || m == TAKEN_BACK)
        bench_ack(b, 2);
    if (m == TAKEN_BACK)
        bench_unack(b, 3);
    if (m == RESOLVED)
        bench_recover(b, 2);
}

static void attempt__of_an_alarm__ends_by_outcome_and_state(void **state)
{
    static const struct {
        enum moment m;
        const char *ok, *unsure, *dead, *refused;
    } rows[] = {
        {TRIGGERED, "delivered", "waiting", "waiting", "refused"},
        {ACKED, "delivered", "overtaken", "overtaken", "refused"},
        {TAKEN_BACK, "delivered", "overtaken", "overtaken", "refused"},
        {RESOLVED, "delivered", "overtaken", "overtaken", "refused"},
    };
    static const char *const hows[] = {"ok", "500", "dead", "refused"};

    (void)state;
    for (size_t i = 0; i < 16; i++) {
        const char *const wants[] = {rows[i / 4].ok, rows[i / 4].unsure, rows[i / 4].dead,
                                     rows[i / 4].refused};
        struct bench b;
        const struct delivery *d;

        bench_open(&b, PAIR);
        bring_to(&b, rows[i / 4].m);
        bench_end(&b, "a", hows[i % 4], 5);
        d = &b.c->pages.items[0]->d;
        assert_string_equal(delivery_state_name(d->state), wants[i % 4]);
        assert_int_equal(d->done_ms, d->state == DELIVERY_WAITING ? 0 : BENCH_START_MS + 5000);
        assert_int_equal(b.fx.commit.attempts.n, 1);
        assert_string_equal(b.fx.commit.attempts.items[0].delivery, d->id);
        assert_ptr_equal(b.fx.commit.deliveries.items[0], d);
        bench_done(&b);
    }
}

static void attempt__of_a_note__ends_by_outcome_and_state(void **state)
{
    static const struct {
        bool resolved_first; /* the note is one of a resolve, else of an acknowledgement */
        enum moment then;
        const char *how, *want;
    } rows[] = {
        {false, TRIGGERED, "ok", "delivered"},     {false, TRIGGERED, "500", "waiting"},
        {false, TRIGGERED, "dead", "waiting"},     {false, TRIGGERED, "refused", "refused"},
        {false, TAKEN_BACK, "dead", "overtaken"},  {false, TAKEN_BACK, "ok", "delivered"},
        {false, TAKEN_BACK, "refused", "refused"}, {false, RESOLVED, "dead", "overtaken"},
        {false, RESOLVED, "ok", "delivered"},      {true, TRIGGERED, "ok", "delivered"},
        {true, TRIGGERED, "500", "waiting"},       {true, TRIGGERED, "dead", "waiting"},
        {true, TRIGGERED, "refused", "refused"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;

        bench_open(&b, FLAT);
        bench_end(&b, "a", "ok", 1);
        if (rows[i].resolved_first)
            bench_recover(&b, 2);
        else
            bench_ack(&b, 2);
        if (rows[i].then == TAKEN_BACK)
            bench_unack(&b, 3);
        if (rows[i].then == RESOLVED)
            bench_recover(&b, 3);
        bench_end(&b, "a", rows[i].how, 5);
        assert_string_equal(delivery_state_name(b.c->pages.items[1]->d.state), rows[i].want);
        assert_false(b.c->pages.items[1]->d.handed_on);
        bench_done(&b);
    }
}

static void attempt__of_what_is_not_being_sent__changes_nothing(void **state)
{
    struct attempt a;
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    a = bench_attempt(b.c->pages.items[0], "ok");
    bench_end(&b, "a", "dead", 1);
    case_attempt(b.c, b.c->pages.items[0], &a, bench_at(&b, 2, CAUSE_DELIVERY));
    assert_string_equal(bench_pages(&b), "a triggered waiting");
    assert_true(commit_empty(&b.fx.commit));
    bench_done(&b);
}

static void attempt__its_facts__are_kept_and_what_was_reached_stays_reached(void **state)
{
    struct bench b;
    const struct delivery *d;

    (void)state;
    bench_open(&b, FLAT);
    d = &b.c->pages.items[0]->d;
    bench_end(&b, "a", "500", 1);
    assert_int_equal(d->status, 500);
    assert_string_equal(d->error, "500");
    assert_int_equal(d->reached, REACHED_MAYBE);
    bench_tick(&b, 3);
    bench_end(&b, "a", "dead", 4);
    assert_int_equal(d->status, 0);
    assert_string_equal(d->error, "refused");
    assert_int_equal(d->reached, REACHED_MAYBE);
    bench_tick(&b, 8);
    bench_end(&b, "a", "ok", 9);
    assert_string_equal(d->error, "");
    assert_int_equal(d->reached, REACHED_YES);
    assert_int_equal(d->attempt, 3);
    bench_done(&b);
}

/* --- again --- */

static void retry__sends_the_same_notice_under_the_same_id(void **state)
{
    struct delivery first;
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    first = b.c->pages.items[0]->d;
    bench_end(&b, "a", "dead", 1);
    b.c->incident.count = 99;
    bench_tick(&b, 3);
    assert_int_equal(b.fx.sends.n, 1);
    assert_string_equal(b.fx.sends.items[0]->id, first.id);
    assert_int_equal(b.fx.sends.items[0]->attempt, 2);
    assert_memory_equal(&b.fx.sends.items[0]->notice, &first.notice, sizeof first.notice);
    bench_done(&b);
}

static void retry__waits_doubling_from_a_second_to_five_minutes(void **state)
{
    int64_t at_ms = 1000, doubled = 1000;
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    for (int n = 1; n < 15; n++, doubled = doubled < 150000 ? doubled * 2 : 300000) {
        int64_t wait;

        bench_end(&b, "a", "dead", at_ms / 1000);
        wait = b.c->pages.items[0]->d.due_ms - b.desk.now_ms;
        assert_in_range(wait, doubled * 8 / 10, doubled * 12 / 10);
        at_ms += (wait / 1000 + 1) * 1000;
        bench_tick(&b, at_ms / 1000);
    }
    bench_done(&b);
}

static void retry__asked_for_later__waits_as_long_but_an_hour_at_most(void **state)
{
    static const struct {
        int64_t asked_ms, least_ms, most_ms;
    } rows[] = {
        {0, 800, 1200},
        {300, 800, 1200},
        {30000, 30000, 30000},
        {3600000, 3600000, 3600000},
        {3600001, 3600000, 3600000},
        {INT64_MAX, 3600000, 3600000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct attempt a;
        struct bench b;

        bench_open(&b, FLAT);
        a = bench_attempt(b.c->pages.items[0], "500");
        a.retry_after_ms = rows[i].asked_ms;
        case_attempt(b.c, b.c->pages.items[0], &a, bench_at(&b, 1, CAUSE_DELIVERY));
        assert_in_range(b.c->pages.items[0]->d.due_ms - b.desk.now_ms, rows[i].least_ms,
                        rows[i].most_ms);
        bench_done(&b);
    }
}

/* --- how long --- */

/* Answers every attempt with `how` until `until_s`; returns when the last one was made. */
static int64_t keep_failing(struct bench *b, const char *how, int64_t until_s)
{
    int64_t at_s = (b->desk.now_ms - BENCH_START_MS) / 1000;

    while (!b->closed && (b->fx.sends.n || (bench_wake_s(b) >= 0 && bench_wake_s(b) < until_s))) {
        if (b->fx.sends.n) {
            bench_end(b, "a", how, ++at_s);
            continue;
        }
        at_s = bench_wake_s(b) + 1;
        bench_tick(b, at_s);
    }
    return at_s;
}

static void alarm__only_channel_dead_and_nobody_else__is_tried_while_triggered(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['channel:a'] } ], repeat: { times: 2, every: 5m } }\n");
    assert_in_range(keep_failing(&b, "dead", 5 * DAY_S), 5 * DAY_S - 400, 5 * DAY_S);
    assert_string_equal(bench_pages(&b),
                        "a triggered waiting, a escalated waiting, a escalated waiting");
    assert_in_range(bench_wake_s(&b), 5 * DAY_S, 5 * DAY_S + 360);
    bench_tick(&b, 5 * DAY_S + 360);
    bench_end(&b, "a", "ok", 5 * DAY_S + 361);
    assert_string_equal(bench_pages(&b),
                        "a triggered delivered!, a escalated sending, a escalated waiting");
    bench_done(&b);
}

/* Refused, and there is no next contact to take over: a page that nobody got is not given up. */
static void alarm__refused_by_the_last_hope__is_tried_while_triggered(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    assert_in_range(keep_failing(&b, "refused", 2 * DAY_S), 2 * DAY_S - 400, 2 * DAY_S);
    assert_string_equal(bench_pages(&b), "a triggered waiting");
    bench_recover(&b, 2 * DAY_S);
    assert_string_equal(bench_pages(&b), "a triggered overtaken");
    assert_true(b.closed);
    bench_done(&b);
}

static void alarm__refused_while_another_is_hopeful__is_given_up(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, PAIR);
    bench_end(&b, "a", "refused", 1);
    assert_string_equal(bench_pages(&b), "a triggered refused, b triggered sending");
    bench_end(&b, "b", "refused", 2);
    assert_string_equal(bench_pages(&b), "a triggered refused, b triggered waiting");
    bench_tick(&b, 5);
    bench_end(&b, "b", "ok", 6);
    assert_string_equal(bench_pages(&b), "a triggered refused, b triggered delivered!");
    bench_done(&b);
}

/* Whoever was reached before the acknowledgement is no hope for the page after it. */
static void alarm__refused_with_an_earlier_cycle_delivered__is_tried_again(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    bench_ack(&b, 2);
    bench_end(&b, "a", "ok", 3);
    bench_unack(&b, 4);
    bench_end(&b, "a", "refused", 5);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged delivered!, "
                                         "a unacknowledged waiting");
    bench_done(&b);
}

static void note__never_taken__is_given_up_after_a_day(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    bench_recover(&b, 2);
    assert_in_range(keep_failing(&b, "dead", 5 * DAY_S), DAY_S, DAY_S + 400);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a resolved failed");
    assert_true(b.closed);
    bench_done(&b);
}

/* Nobody waits for it as for an alarm: the one it repeats had its end. */
static void replayed__alarm_never_taken__is_given_up_after_a_day(void **state)
{
    struct bench b;
    struct page *p;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    p = b.c->pages.items[0];
    p->d.state = DELIVERY_WAITING;
    p->d.replayed = true;
    assert_in_range(keep_failing(&b, "dead", 5 * DAY_S), DAY_S, DAY_S + 400);
    assert_string_equal(bench_pages(&b), "a triggered failed!");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempt__of_an_alarm__ends_by_outcome_and_state),
        cmocka_unit_test(attempt__of_a_note__ends_by_outcome_and_state),
        cmocka_unit_test(attempt__of_what_is_not_being_sent__changes_nothing),
        cmocka_unit_test(attempt__its_facts__are_kept_and_what_was_reached_stays_reached),
        cmocka_unit_test(retry__sends_the_same_notice_under_the_same_id),
        cmocka_unit_test(retry__waits_doubling_from_a_second_to_five_minutes),
        cmocka_unit_test(retry__asked_for_later__waits_as_long_but_an_hour_at_most),
        cmocka_unit_test(alarm__only_channel_dead_and_nobody_else__is_tried_while_triggered),
        cmocka_unit_test(alarm__refused_by_the_last_hope__is_tried_while_triggered),
        cmocka_unit_test(alarm__refused_while_another_is_hopeful__is_given_up),
        cmocka_unit_test(alarm__refused_with_an_earlier_cycle_delivered__is_tried_again),
        cmocka_unit_test(note__never_taken__is_given_up_after_a_day),
        cmocka_unit_test(replayed__alarm_never_taken__is_given_up_after_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
