/* test_person_deeds.c - snooze, reassign and escalate at length. */
#include "bench.h"

#define GUARDED                                                                                    \
    "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] }, "            \
    "{ after: 10m, notify: ['channel:c'] } ], ack_timeout: 30m, remind: 10m }\n"

/* At second 10, when the page has arrived; what is told of it arrives, too. */
static void bring_to(struct bench *b, enum incident_state state)
{
    bench_open(b, GUARDED);
    bench_take(b, 1);
    if (state == INCIDENT_ACKNOWLEDGED)
        bench_ack_by(b, "bo", 10);
    if (state == INCIDENT_SNOOZED)
        bench_snooze(b, 3600, 10);
    bench_take(b, 11);
    assert_int_equal(b->c->incident.state, state);
}

/* --- snooze --- */

static void snooze__over__begins_anew_and_pages_no_former_acknowledger(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_ACKNOWLEDGED);
    bench_snooze(&b, 3600, 60);
    bench_take(&b, 61);
    assert_int_equal(bench_wake_s(&b), 3660);
    bench_tick(&b, 3659);
    assert_int_equal(b.c->incident.state, INCIDENT_SNOOZED);
    assert_true(commit_empty(&b.fx.commit));
    bench_tick(&b, 3660);
    assert_string_equal(bench_moves(&b), "snoozed -> triggered: its snooze is over; "
                                         "triggered -> paged: step 0: paged a");
    assert_int_equal(b.fx.commit.transitions.items[0].cause, CAUSE_TIMER);
    assert_string_equal(bench_news(&b), "a unacknowledged");
    assert_int_equal(b.c->incident.cycle, 1);
    assert_int_equal(b.c->incident.snoozed_until_ms + b.c->incident.acked_ms, 0);
    bench_take(&b, 3661);
    assert_int_equal(bench_wake_s(&b), 3660 + 300);
    bench_done(&b);
}

/* Those in doubt are told, those who cannot have got it are not, nobody is told of a page to come.
 */
static void snooze__tells_only_those_who_may_have_been_paged(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a', 'channel:b', 'channel:f', "
                   "'person:cy'] } ] }\n");
    bench_end(&b, "b", "500", 1);
    bench_end(&b, "f", "dead", 1);
    bench_end(&b, "a", "ok", 1);
    bench_snooze(&b, 3600, 1);
    assert_string_equal(bench_pages(&b),
                        "a triggered delivered!, b triggered overtaken?, f triggered overtaken, "
                        "a triggered sending, b triggered overtaken, c triggered overtaken, "
                        "a snoozed sending, b snoozed sending, a snoozed waiting");
    bench_end(&b, "a", "dead", 2); /* cy's page, after all not */
    assert_string_equal(bench_news(&b), "");
    bench_done(&b);
}

static void snooze__again__is_over_at_the_later_time_and_told_again(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_SNOOZED);
    bench_snooze(&b, 7200, 3600);
    assert_string_equal(bench_news(&b), "a snoozed");
    bench_take(&b, 3601);
    bench_tick(&b, 3610);
    assert_int_equal(b.c->incident.state, INCIDENT_SNOOZED);
    assert_int_equal(bench_wake_s(&b), 3600 + 7200);
    bench_done(&b);
}

/* --- reassign --- */

static void reassign__what_was_under_way__is_stale(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy'] }, { after: 20m, "
                   "notify: ['channel:f'] } ] }\n");
    bench_reassign(&b, "bo", 60);
    assert_string_equal(bench_pages(&b), "a triggered sending, b triggered overtaken, "
                                         "c triggered overtaken, b escalated sending");
    bench_end(&b, "a", "500", 61);
    bench_end(&b, "b", "ok", 61);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, b triggered overtaken, "
                                         "c triggered overtaken, b escalated delivered!");
    assert_string_equal(b.c->incident.assigned, "bo");
    assert_int_equal(b.c->incident.step, 0);
    assert_int_equal(bench_wake_s(&b), 60 + 1200);
    bench_tick(&b, 60 + 1200);
    assert_string_equal(bench_news(&b), "f escalated");
    bench_done(&b);
}

/* To the same person once more is a page once more. */
static void reassign__again_to_the_same__pages_again_under_another_id(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_TRIGGERED);
    bench_reassign(&b, "bo", 60);
    bench_take(&b, 61);
    bench_reassign(&b, "bo", 62);
    assert_string_equal(bench_news(&b), "b escalated");
    assert_string_not_equal(b.c->pages.items[1]->d.id, b.c->pages.items[2]->d.id);
    assert_string_equal(b.c->pages.items[1]->d.notice.why, "policy p, step 0: bo");
    bench_done(&b);
}

static void reassign__later_steps_follow_from_the_one_it_was_in(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_TRIGGERED);
    bench_tick(&b, 300);
    bench_take(&b, 301);
    bench_reassign(&b, "cy", 400);
    assert_int_equal(b.c->incident.step, 1);
    assert_int_equal(b.c->incident.step_due_ms, BENCH_START_MS + 1000000);
    bench_run(&b, 1000);
    assert_int_equal(b.c->incident.step, 2);
    bench_done(&b);
}

static void reassign__before_the_first_step__takes_its_place(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { after: 2m, notify: ['channel:a'] }, { after: 5m, "
                   "notify: ['channel:f'] } ] }\n");
    bench_reassign(&b, "bo", 60);
    bench_take(&b, 61);
    assert_int_equal(b.c->incident.step, 0);
    bench_run(&b, 359);
    assert_string_equal(bench_pages(&b), "b escalated delivered!");
    bench_tick(&b, 360);
    assert_string_equal(bench_news(&b), "f escalated");
    bench_done(&b);
}

static void reassign__then_it_begins_anew__is_as_the_policy_says(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_TRIGGERED);
    bench_reassign(&b, "bo", 60);
    bench_take(&b, 61);
    bench_ack(&b, 62);
    assert_string_equal(b.c->incident.assigned, "bo");
    bench_take(&b, 62);
    bench_unack(&b, 63);
    assert_string_equal(b.c->incident.assigned, "");
    assert_string_equal(bench_news(&b), "a unacknowledged");
    bench_done(&b);
}

static void reassign__unreachable__hands_over_to_the_next_step(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_TRIGGERED);
    bench_reassign(&b, "cy", 60);
    bench_end(&b, "a", "refused", 61);
    assert_string_equal(bench_news(&b), "b escalated"); /* cy's next channel */
    bench_end(&b, "b", "refused", 62);
    bench_end(&b, "c", "refused", 63);
    assert_string_equal(bench_moves(&b), "triggered -> paged: step 1: paged b");
    bench_done(&b);
}

/* --- escalate --- */

static void escalate__none_left__changes_nothing(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_ACKNOWLEDGED);
    b.c->incident.step = 2;
    assert_false(bench_escalate(&b, 60));
    assert_true(commit_empty(&b.fx.commit));
    assert_int_equal(b.c->incident.state, INCIDENT_ACKNOWLEDGED);
    assert_int_equal(b.c->incident.cycle, 0);
    assert_int_equal(bench_wake_s(&b), 610);
    bench_done(&b);
}

static void escalate__after_the_last_step__goes_round_while_there_are_repeats(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: "
                   "['channel:b'] } ], repeat: { times: 1, every: 30m } }\n");
    bench_take(&b, 1);
    for (int n = 0; n < 3; n++) {
        assert_true(bench_escalate(&b, 60 + n));
        bench_take(&b, 60 + n);
    }
    assert_int_equal(b.c->incident.loop, 1);
    assert_int_equal(b.c->incident.step, 1);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b escalated delivered!, "
                                         "a escalated delivered!, b escalated delivered!");
    assert_false(bench_escalate(&b, 70));
    bench_done(&b);
}

static void escalate__before_the_first_step__runs_it(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { after: 2m, notify: ['channel:a'] }, { after: 5m, "
                   "notify: ['channel:f'] } ] }\n");
    assert_true(bench_escalate(&b, 10));
    assert_string_equal(bench_news(&b), "a triggered");
    bench_take(&b, 11);
    assert_int_equal(bench_wake_s(&b), 310);
    bench_done(&b);
}

/* The next step is told as well, not instead: what is under way goes on. */
static void escalate__triggered__leaves_the_earlier_step_its_rules(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy'] }, { after: 20m, "
                   "notify: ['channel:f'] } ] }\n");
    bench_take(&b, 1);
    assert_true(bench_escalate(&b, 60));
    bench_take(&b, 61);
    bench_tick(&b, 120);
    assert_string_equal(bench_news(&b), "b triggered");
    bench_done(&b);
}

static void escalate__next_step_finds_nobody__goes_on_to_whom_it_finds(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: "
                   "['schedule:empty'] } ], fallback: ['channel:f'] }\n");
    bench_take(&b, 1);
    assert_true(bench_escalate(&b, 60));
    assert_string_equal(bench_moves(&b), "triggered -> escalated: escalated by zoe; "
                                         "triggered -> empty: step 1: nobody to page; "
                                         "triggered -> fallback: step 1: fallback told: f");
    assert_string_equal(bench_news(&b), "f escalated");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snooze__over__begins_anew_and_pages_no_former_acknowledger),
        cmocka_unit_test(snooze__tells_only_those_who_may_have_been_paged),
        cmocka_unit_test(snooze__again__is_over_at_the_later_time_and_told_again),
        cmocka_unit_test(reassign__what_was_under_way__is_stale),
        cmocka_unit_test(reassign__again_to_the_same__pages_again_under_another_id),
        cmocka_unit_test(reassign__later_steps_follow_from_the_one_it_was_in),
        cmocka_unit_test(reassign__before_the_first_step__takes_its_place),
        cmocka_unit_test(reassign__then_it_begins_anew__is_as_the_policy_says),
        cmocka_unit_test(reassign__unreachable__hands_over_to_the_next_step),
        cmocka_unit_test(escalate__none_left__changes_nothing),
        cmocka_unit_test(escalate__after_the_last_step__goes_round_while_there_are_repeats),
        cmocka_unit_test(escalate__before_the_first_step__runs_it),
        cmocka_unit_test(escalate__triggered__leaves_the_earlier_step_its_rules),
        cmocka_unit_test(escalate__next_step_finds_nobody__goes_on_to_whom_it_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
