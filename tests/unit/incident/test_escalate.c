/* test_escalate.c - the next step, the next channel, the fallback; and all of it after a crash or
 * under another policy. Minutes: tests/sim/test_timelines.c. */
#include "bench.h"

#define LADDER_F                                                                                   \
    "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ], "          \
    "fallback: ['channel:f'] }\n"

/* --- steps --- */

static void step__each_of_a_loop__is_triggered_once_then_escalated(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['channel:a'] }, { after: 1m, notify: ['channel:b'] } ],"
               " repeat: { times: 1, every: 2m } }\n");
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 60);
    assert_string_equal(bench_moves(&b), "triggered -> paged: step 1: paged b");
    bench_end(&b, "b", "ok", 61);
    bench_tick(&b, 180);
    assert_string_equal(bench_moves(&b), "triggered -> paged: step 0 (again): paged a");
    bench_end(&b, "a", "ok", 181);
    bench_tick(&b, 240);
    bench_end(&b, "b", "ok", 241);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b escalated delivered!, "
                                         "a escalated delivered!, b escalated delivered!");
    assert_int_equal(b.c->pages.items[3]->d.notice.step, 1);
    assert_int_equal(b.c->pages.items[3]->d.notice.loop, 1);
    assert_int_equal(bench_wake_s(&b), -1);
    bench_done(&b);
}

static void repeat__every__is_kept_as_given_and_else_at_least_a_minute(void **state)
{
    static const struct {
        const char *policy;
        int64_t want_s;
    } rows[] = {
        {"  p: { steps: [ { notify: ['channel:a'] } ], repeat: { times: 1, every: 20s } }\n", 20},
        {"  p: { steps: [ { notify: ['channel:a'] } ], repeat: { times: 1, every: 20m } }\n", 1200},
        {"  p: { steps: [ { notify: ['channel:a'] } ], repeat: { times: 1 } }\n", 60},
        {"  p: { steps: [ { notify: ['channel:a'] } ] }\n", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;

        bench_open(&b, rows[i].policy);
        bench_end(&b, "a", "ok", 1);
        assert_int_equal(bench_wake_s(&b), rows[i].want_s);
        bench_done(&b);
    }
}

static void step__finds_nobody__hands_over_and_says_so(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['schedule:empty'] }, { after: 5m, notify: "
               "['schedule:empty'] }, { after: 5m, notify: ['schedule:days', 'channel:a'] } ] }\n");
    assert_string_equal(bench_moves(&b), "triggered -> empty: step 0: nobody to page; "
                                         "triggered -> empty: step 1: nobody to page; "
                                         "triggered -> paged: step 2: paged bo, a");
    assert_string_equal(bench_sends(&b), "b a");
    bench_done(&b);
}

static void step__nobody_anywhere__tells_the_fallback_in_each_loop(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['schedule:empty'] } ], fallback: ['channel:f'], "
                   "repeat: { times: 1, every: 5m } }\n");
    assert_string_equal(bench_moves(&b), "triggered -> empty: step 0: nobody to page; "
                                         "triggered -> fallback: step 0: fallback told: f");
    bench_end(&b, "f", "ok", 1);
    bench_tick(&b, 300);
    assert_string_equal(bench_pages(&b), "f escalated delivered!, f escalated sending");
    bench_end(&b, "f", "ok", 301);
    assert_int_equal(bench_wake_s(&b), -1);
    bench_done(&b);
}

static void step__nobody_and_no_fallback__is_said(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['schedule:empty'] } ] }\n");
    assert_string_equal(bench_moves(&b), "triggered -> empty: step 0: nobody to page; "
                                         "triggered -> nobody: step 0: nobody could be told");
    bench_done(&b);
}

/* What config makes of a file without channels. */
static void policy__without_steps__tells_the_fallback_once(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, LADDER_F);
    b.config->policies[0].n_steps = 0;
    case_begin(b.c, &b.desk);
    bench_settle(&b);
    assert_string_equal(bench_moves(&b), "triggered -> fallback: fallback told: f");
    assert_int_equal(b.c->pages.items[0]->d.notice.step, 0);
    assert_int_equal(bench_wake_s(&b), 60);
    bench_tick(&b, 60);
    assert_string_equal(bench_pages(&b), "f escalated sending");
    assert_int_equal(bench_wake_s(&b), -1);
    bench_done(&b);
}

/* --- not getting through --- */

static void refused__person_with_more_channels__goes_to_the_next_at_once(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy'] } ] }\n");
    bench_end(&b, "a", "refused", 1);
    assert_string_equal(bench_pages(&b), "a triggered refused, b triggered sending, "
                                         "c triggered waiting");
    assert_int_equal(b.c->pages.items[1]->d.created_ms, BENCH_START_MS + 1000);
    assert_true(b.c->pages.items[0]->d.handed_on);
    assert_int_equal(b.c->pages.items[2]->d.due_ms, BENCH_START_MS + 300000);
    bench_end(&b, "b", "refused", 2);
    assert_string_equal(bench_sends(&b), "c");
    bench_done(&b);
}

static void refused__next_channel_was_tried__is_passed_over(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy'] } ] }\n");
    b.c->pages.items[0]->d.created_ms += 3600000; /* not handed on by time */
    bench_tick(&b, 120);
    bench_end(&b, "b", "dead", 121);
    bench_end(&b, "a", "refused", 121);
    assert_string_equal(bench_pages(&b), "a triggered refused, b triggered waiting, "
                                         "c triggered sending");
    bench_done(&b);
}

static void refused__other_people_and_other_rounds__are_no_next_channel(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:ana', 'person:cy'] } ] }\n");
    bench_end(&b, "a", "refused", 1);
    assert_string_equal(bench_sends(&b), "");
    assert_int_equal(b.c->pages.items[2]->d.due_ms, BENCH_START_MS + 120000);
    bench_done(&b);
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "ok", 1);
    bench_ack(&b, 2);
    bench_end(&b, "a", "ok", 3);
    bench_unack(&b, 4);
    bench_end(&b, "a", "refused", 5);
    assert_string_equal(bench_sends(&b), "b"); /* that a took the last round is no hope */
    bench_done(&b);
}

static void refused__handed_on_before__hands_on_no_second_time(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy'] } ] }\n");
    bench_tick(&b, 60);
    assert_string_equal(bench_sends(&b), "b");
    bench_end(&b, "b", "ok", 61);
    bench_end(&b, "a", "refused", 62);
    assert_string_equal(bench_sends(&b), "");
    assert_string_equal(bench_pages(&b), "a triggered refused, b triggered delivered!, "
                                         "c triggered waiting");
    bench_done(&b);
}

/* Who was reached by an earlier step, or in an earlier loop, does not stand for this one. */
static void refused__earlier_steps_were_reached__goes_on_to_the_next(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 300);
    bench_end(&b, "b", "refused", 301);
    assert_string_equal(bench_sends(&b), "c");
    bench_done(&b);
    bench_open(&b,
               "  p: { steps: [ { notify: ['channel:a'] }, { after: 1m, notify: ['channel:b'] } ],"
               " repeat: { times: 1, every: 2m } }\n");
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 60);
    bench_end(&b, "b", "ok", 61);
    bench_tick(&b, 180);
    bench_end(&b, "a", "refused", 181);
    assert_string_equal(bench_sends(&b), "b");
    bench_done(&b);
}

/* The same channel again is no other way to that person. */
static void dead__person_paged_again_meanwhile__goes_past_that_person(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['person:ana'] }, { after: 30s, notify: ['person:ana'] },"
               " { after: 10m, notify: ['channel:f'] } ] }\n");
    bench_end(&b, "a", "dead", 1);
    bench_tick(&b, 30);
    assert_string_equal(bench_pages(&b), "a triggered sending, a escalated waiting");
    bench_tick(&b, 60);
    assert_true(b.c->pages.items[0]->d.handed_on);
    assert_string_equal(bench_sends(&b), "");
    bench_tick(&b, 90);
    assert_string_equal(bench_sends(&b), "f");
    bench_done(&b);
}

/* Behind a page that is not taken, waiting for a minute is as bad as being refused for a minute. */
static void dead__page_held_up_by_another__is_handed_on_after_a_minute_too(void **state)
{
    struct bench b;

    (void)state;
    bench_open(
        &b, "  p: { steps: [ { notify: ['channel:a'] }, { after: 10s, notify: ['channel:a'] } ], "
            "fallback: ['channel:f'] }\n");
    bench_tick(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered sending, a escalated waiting");
    bench_tick(&b, 60);
    assert_string_equal(bench_pages(&b), "a triggered sending, a escalated waiting");
    assert_int_equal(bench_wake_s(&b), 70);
    bench_tick(&b, 70);
    assert_string_equal(bench_sends(&b), "f");
    assert_string_equal(bench_moves(&b), "triggered -> fallback: step 1: fallback told: f");
    bench_done(&b);
}

static void dead__for_a_minute__tells_the_next_step_and_counts_on_from_there(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_tick(&b, 59);
    assert_int_equal(bench_wake_s(&b), 60);
    assert_string_equal(bench_sends(&b), "");
    bench_tick(&b, 60);
    assert_string_equal(bench_sends(&b), "b");
    assert_true(b.c->pages.items[0]->d.handed_on);
    assert_int_equal(b.fx.commit.deliveries.n, 2); /* also that it was handed on */
    assert_int_equal(b.c->incident.step_due_ms, BENCH_START_MS + 660000);
    bench_end(&b, "b", "ok", 61);
    bench_end(&b, "a", "dead", 62);
    assert_string_equal(bench_pages(&b), "a triggered waiting, b escalated delivered!");
    bench_done(&b);
}

static void dead__others_of_the_step_reached__tells_nobody_else(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a', 'channel:b'] }, "
                   "{ after: 5m, notify: ['channel:c'] } ] }\n");
    bench_end(&b, "a", "refused", 1);
    assert_string_equal(bench_sends(&b), "");
    bench_end(&b, "b", "ok", 2);
    assert_int_equal(bench_wake_s(&b), 300);
    bench_done(&b);
}

static void dead__all_of_the_last_step__tells_the_fallback_once(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a', 'channel:b'] } ], "
                   "fallback: ['channel:f', 'channel:c'] }\n");
    bench_tick(&b, 60);
    assert_string_equal(bench_sends(&b), "f c");
    assert_string_equal(bench_moves(&b), "triggered -> fallback: step 0: fallback told: f, c");
    bench_end(&b, "a", "refused", 61);
    bench_end(&b, "b", "refused", 62);
    bench_end(&b, "f", "refused", 63);
    bench_end(&b, "c", "refused", 64);
    assert_string_equal(bench_pages(&b), "a triggered refused, b triggered refused, "
                                         "f escalated refused, c escalated waiting");
    assert_int_equal(b.fx.commit.transitions.n, 0);
    bench_done(&b);
}

static void dead__when_acknowledged__hands_nothing_on(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, LADDER_F);
    bench_ack(&b, 1);
    bench_tick(&b, 60);
    assert_string_equal(bench_pages(&b), "a triggered sending, a acknowledged waiting");
    bench_end(&b, "a", "refused", 61);
    assert_false(b.c->pages.items[0]->d.handed_on);
    assert_string_equal(bench_sends(&b), "");
    bench_done(&b);
}

/* A page of before the acknowledgement says nothing about the new round. */
static void dead__page_of_an_earlier_cycle__hands_nothing_on(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, LADDER_F);
    bench_ack(&b, 1);
    bench_unack(&b, 50);
    assert_string_equal(bench_pages(&b), "a triggered sending, a acknowledged overtaken, "
                                         "a unacknowledged waiting");
    bench_tick(&b, 61);
    assert_string_equal(bench_sends(&b), "");
    assert_int_equal(bench_wake_s(&b), 110);
    bench_done(&b);
}

/* --- a crash --- */

static void killed__after_the_fallback_was_told__does_not_tell_it_anew(void **state)
{
    struct incident_case *back;
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a', 'channel:b'] } ], "
                   "fallback: ['channel:f'] }\n");
    bench_tick(&b, 60);
    bench_end(&b, "f", "ok", 61);
    back = case_new(&b.c->incident);
    for (size_t i = 0; i < b.c->pages.n; i++)
        case_adopt(back, &b.c->pages.items[i]->d);
    case_free(b.c);
    b.c = back;
    bench_at(&b, 70, CAUSE_START);
    bench_settle(&b);
    bench_end(&b, "a", "refused", 71);
    bench_end(&b, "b", "refused", 72);
    assert_int_equal(b.fx.commit.transitions.n, 0);
    assert_string_equal(bench_pages(&b), "a triggered refused?, b triggered refused?, "
                                         "f escalated delivered!");
    bench_done(&b);
}

/* --- another policy under an open incident --- */

static void exchange(struct bench *b, const char *policies)
{
    config_free(b->config);
    b->config = bench_config(policies);
}

static void policy__shorter_than_the_step_reached__begins_at_step_0(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 300);
    bench_end(&b, "b", "ok", 301);
    exchange(&b, "  p: { steps: [ { notify: ['channel:f'] } ] }\n");
    bench_tick(&b, 900);
    assert_string_equal(bench_sends(&b), "f");
    assert_int_equal(b.c->incident.step, 0);
    assert_int_equal(b.c->incident.loop, 1);
    bench_end(&b, "f", "ok", 901);
    assert_int_equal(bench_wake_s(&b), -1);
    bench_done(&b);
}

static void policy__gone__is_followed_by_the_monitors_own_else_the_default(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "ok", 1);
    text_copy(b.c->incident.policy, sizeof b.c->incident.policy, "gone");
    bench_tick(&b, 300);
    assert_string_equal(bench_sends(&b), "b");
    bench_end(&b, "b", "ok", 301);
    b.c->incident.monitor[0] = '\0';
    bench_tick(&b, 900);
    assert_string_equal(bench_sends(&b), "f");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step__each_of_a_loop__is_triggered_once_then_escalated),
        cmocka_unit_test(repeat__every__is_kept_as_given_and_else_at_least_a_minute),
        cmocka_unit_test(step__finds_nobody__hands_over_and_says_so),
        cmocka_unit_test(step__nobody_anywhere__tells_the_fallback_in_each_loop),
        cmocka_unit_test(step__nobody_and_no_fallback__is_said),
        cmocka_unit_test(policy__without_steps__tells_the_fallback_once),
        cmocka_unit_test(refused__person_with_more_channels__goes_to_the_next_at_once),
        cmocka_unit_test(refused__next_channel_was_tried__is_passed_over),
        cmocka_unit_test(refused__other_people_and_other_rounds__are_no_next_channel),
        cmocka_unit_test(refused__handed_on_before__hands_on_no_second_time),
        cmocka_unit_test(refused__earlier_steps_were_reached__goes_on_to_the_next),
        cmocka_unit_test(dead__person_paged_again_meanwhile__goes_past_that_person),
        cmocka_unit_test(dead__page_held_up_by_another__is_handed_on_after_a_minute_too),
        cmocka_unit_test(dead__for_a_minute__tells_the_next_step_and_counts_on_from_there),
        cmocka_unit_test(dead__others_of_the_step_reached__tells_nobody_else),
        cmocka_unit_test(dead__all_of_the_last_step__tells_the_fallback_once),
        cmocka_unit_test(dead__when_acknowledged__hands_nothing_on),
        cmocka_unit_test(dead__page_of_an_earlier_cycle__hands_nothing_on),
        cmocka_unit_test(killed__after_the_fallback_was_told__does_not_tell_it_anew),
        cmocka_unit_test(policy__shorter_than_the_step_reached__begins_at_step_0),
        cmocka_unit_test(policy__gone__is_followed_by_the_monitors_own_else_the_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
