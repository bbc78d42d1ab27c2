/* test_again.c - opened again, flapping, worse than before. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"
#define TWO  "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ] }\n"

/* --- opened again --- */

static void reopen__is_the_same_incident_in_a_new_life(void **state)
{
    struct bench b;
    const struct incident *i;

    (void)state;
    bench_open(&b, TWO);
    bench_keep(&b);
    i = &b.c->incident;
    bench_take(&b, 1);
    bench_ack(&b, 5);
    bench_take(&b, 6);
    bench_hold(&b, HOLD_SILENCE, "s1", 7);
    bench_recover(&b, 60);
    bench_take(&b, 61);
    assert_false(b.closed);
    bench_reopen(&b, 120);
    assert_string_equal(bench_moves(&b), "resolved -> reopened: api is down: again; "
                                         "triggered -> paged: step 0: paged a");
    assert_string_equal(i->id, bench_incident().id);
    assert_int_equal(i->opened_ms, BENCH_START_MS);
    assert_int_equal(i->state, INCIDENT_TRIGGERED);
    assert_int_equal(i->reopened, 1);
    assert_int_equal(i->cycle, 1);
    assert_int_equal(i->born_cycle, 1);
    assert_int_equal(i->resolved_ms + i->acked_ms, 0);
    assert_string_equal(i->resolved_by, "");
    assert_string_equal(i->acked_by, "");
    assert_int_equal(i->hold, HOLD_NONE);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_take(&b, 121);
    assert_int_equal(bench_wake_s(&b), 420);
    bench_done(&b);
}

static void reopen__assigned_in_the_life_before__is_as_the_policy_says(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, TWO);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_reassign(&b, "bo", 2);
    bench_take(&b, 3);
    bench_recover(&b, 60);
    assert_string_equal(b.c->incident.assigned, "bo");
    bench_reopen(&b, 120);
    assert_string_equal(b.c->incident.assigned, "");
    bench_done(&b);
}

/* Each of the second life's end: whoever was paged in it, and whoever is still owed the first. */
static void reopen__second_end__is_told_to_those_of_the_second_life(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, TWO);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_tick(&b, 300);
    bench_take(&b, 301);
    bench_recover(&b, 310);
    assert_string_equal(bench_news(&b), "a resolved, b resolved");
    bench_take(&b, 311);
    bench_reopen(&b, 400);
    bench_take(&b, 401);
    bench_ack(&b, 402);
    assert_string_equal(bench_news(&b), "a acknowledged");
    bench_take(&b, 403);
    bench_recover(&b, 410);
    assert_string_equal(bench_news(&b), "a resolved"); /* b knows */
    bench_take(&b, 411);
    assert_string_equal(bench_pages(&b),
                        "a triggered delivered!, b escalated delivered!, a resolved delivered!, "
                        "b resolved delivered!, a triggered delivered!, a acknowledged delivered!, "
                        "a resolved delivered!");
    bench_done(&b);
}

static void reopen__not_told_of_the_first_end__is_owed_the_next(void **state)
{
    static const char *const ends[] = {"dead", "500", "refused"};

    (void)state;
    for (size_t n = 0; n < sizeof ends / sizeof *ends; n++) {
        struct bench b;

        bench_open(&b, TWO);
        bench_keep(&b);
        bench_take(&b, 1);
        bench_tick(&b, 300);
        bench_take(&b, 301);
        bench_recover(&b, 310);
        bench_end(&b, "a", "ok", 311);
        bench_end(&b, "b", ends[n], 311);
        bench_reopen(&b, 320); /* b's note is not tried any more */
        bench_take(&b, 321);
        bench_recover(&b, 330);
        assert_string_equal(bench_news(&b), "b resolved, a resolved");
        bench_take(&b, 331);
        bench_reopen(&b, 340);
        bench_take(&b, 341);
        bench_recover(&b, 350);
        assert_string_equal(bench_news(&b), "a resolved"); /* b knows now */
        bench_done(&b);
    }
}

/* An old note that is tried and tried must not hold up the page to the same contact. */
static void reopen__note_of_the_end_in_flight__is_not_tried_again(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_recover(&b, 10);
    bench_reopen(&b, 11);
    assert_string_equal(bench_news(&b), "");
    bench_end(&b, "a", "dead", 12);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a resolved overtaken, "
                                         "a triggered sending");
    bench_take(&b, 13);
    bench_recover(&b, 20);
    bench_take(&b, 21);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a resolved overtaken, "
                                         "a triggered delivered!, a resolved delivered!");
    bench_done(&b);
}

/* It gets through after the second life began and before that ended: then it is one end too many
 * for the page it was for, and none for the second. */
static void reopen__note_of_the_end_gets_through_late__the_second_end_is_told_too(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_recover(&b, 10);
    bench_reopen(&b, 11);
    bench_end(&b, "a", "ok", 12);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_take(&b, 13);
    bench_recover(&b, 20);
    assert_string_equal(bench_news(&b), "a resolved");
    bench_done(&b);
}

/* --- flapping --- */

/* Good at 60, bad at 120 and so on: one change a minute. */
static void turn(struct bench *b, int times, int64_t *at_s)
{
    for (int n = 0; n < times; n++) {
        *at_s += 60;
        bench_recover(b, *at_s);
        bench_take(b, *at_s + 1);
        *at_s += 60;
        bench_reopen(b, *at_s);
        bench_take(b, *at_s + 1);
    }
}

static void flap__as_many_changes_as_it_takes__is_one_page_and_then_quiet(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, TWO);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_recover(&b, 60);
    bench_take(&b, 61);
    bench_reopen(&b, 120);
    bench_take(&b, 121);
    assert_false(b.c->incident.flapping);
    assert_int_equal(bench_wake_s(&b), 420);
    bench_recover(&b, 180);
    bench_take(&b, 181);
    bench_reopen(&b, 240);
    assert_true(b.c->incident.flapping);
    assert_string_equal(
        bench_moves(&b),
        "resolved -> reopened: api is down: again; "
        "triggered -> flapping: 4 changes within 30m: one page, then quiet until it is steady; "
        "triggered -> paged: step 0: paged a");
    assert_string_equal(b.fx.sends.items[0]->notice.title, "api is flapping: api is down: again");
    bench_take(&b, 241);
    assert_int_equal(b.c->incident.step_due_ms, 0);
    assert_int_equal(bench_wake_s(&b), 240 + 600);
    bench_done(&b);
}

static void flap__by_its_policy__begins_or_not(void **state)
{
    static const struct {
        const char *flap;
        int turns;
        bool flaps;
    } rows[] = {
        {"{ changes: 0 }", 6, false},  {"{ changes: 1 }", 1, true},  {"{ changes: 2 }", 1, true},
        {"{ changes: 5 }", 2, false},  {"{ changes: 6 }", 3, true},  {"{ changes: 8 }", 3, false},
        {"{ changes: 8 }", 4, true},   {"{ within: 3m }", 5, false}, /* the oldest of four is three
                                                                        minutes back: no more */
        {"{ within: 181s }", 2, true},
    };

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        char policy[200];
        struct bench b;
        int64_t at_s = 0;

        snprintf(policy, sizeof policy, "  p: { steps: [ { notify: ['channel:a'] } ], flap: %s }\n",
                 rows[n].flap);
        bench_open(&b, policy);
        bench_keep(&b);
        bench_take(&b, 1);
        turn(&b, rows[n].turns, &at_s);
        assert_int_equal(b.c->incident.flapping, rows[n].flaps);
        bench_done(&b);
    }
}

static void flap__one_more_change__puts_off_the_end_and_is_told_every_quarter(void **state)
{
    struct bench b;
    int64_t at_s = 0;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    turn(&b, 2, &at_s); /* flapping at 240 */
    case_waver(b.c, bench_at(&b, 300, CAUSE_PROBE));
    bench_settle(&b);
    assert_int_equal(b.c->incident.flap_due_ms, BENCH_START_MS + 900000);
    assert_string_equal(bench_news(&b), "");
    case_waver(b.c, bench_at(&b, 840, CAUSE_PROBE));
    bench_settle(&b);
    assert_int_equal(bench_wake_s(&b), 240 + 900);
    bench_tick(&b, 1140);
    assert_string_equal(bench_news(&b), "a updated");
    bench_take(&b, 1141);
    assert_int_equal(bench_wake_s(&b), 1440); /* steady by then */
    case_waver(b.c, bench_at(&b, 1200, CAUSE_PROBE));
    bench_settle(&b);
    assert_int_equal(b.c->incident.update_due_ms, BENCH_START_MS + 2040000);
    b.c->incident.update_due_ms = 0;
    case_waver(b.c, bench_at(&b, 9000, CAUSE_PROBE));
    assert_int_equal(b.c->incident.update_due_ms, BENCH_START_MS + 9000000); /* long ago: at once */
    bench_done(&b);
}

static void steady__still_bad__pages_anew_through_all_steps_under_its_own_title(void **state)
{
    struct bench b;
    int64_t at_s = 0;

    (void)state;
    bench_open(&b, TWO);
    bench_keep(&b);
    bench_take(&b, 1);
    turn(&b, 2, &at_s);
    case_steady(b.c, bench_at(&b, 840, CAUSE_TIMER));
    bench_settle(&b);
    assert_string_equal(bench_moves(&b), "triggered -> steady: no longer flapping: it stays down; "
                                         "triggered -> paged: step 0: paged a");
    assert_string_equal(b.fx.sends.items[0]->notice.title, "api is down: again");
    assert_false(b.c->incident.flapping);
    bench_take(&b, 841);
    assert_int_equal(bench_wake_s(&b), 840 + 300);
    bench_done(&b);
}

static void steady__acknowledged_or_held__pages_nobody(void **state)
{
    struct bench b;
    int64_t at_s = 0;

    (void)state;
    bench_open(&b, TWO);
    bench_keep(&b);
    bench_take(&b, 1);
    turn(&b, 2, &at_s);
    bench_ack(&b, 300);
    bench_take(&b, 301);
    case_steady(b.c, bench_at(&b, 840, CAUSE_TIMER));
    bench_settle(&b);
    assert_string_equal(bench_moves(&b),
                        "acknowledged -> steady: no longer flapping: it stays down");
    bench_done(&b);
    at_s = 0;
    bench_open(&b, TWO);
    bench_keep(&b);
    bench_take(&b, 1);
    turn(&b, 2, &at_s);
    bench_hold(&b, HOLD_SILENCE, "s1", 300);
    case_steady(b.c, bench_at(&b, 840, CAUSE_TIMER));
    bench_settle(&b);
    assert_string_equal(bench_news(&b), "");
    bench_release(&b, 900);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_done(&b);
}

static void flap__resolved_by_hand__is_over(void **state)
{
    struct bench b;
    int64_t at_s = 0;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    turn(&b, 2, &at_s);
    bench_recover(&b, 300);
    assert_false(b.c->incident.flapping);
    assert_int_equal(b.c->incident.flap_due_ms, 0);
    assert_string_equal(bench_news(&b), "a resolved");
    bench_take(&b, 301);
    assert_int_equal(bench_wake_s(&b), 300 + 600); /* the reopen window */
    bench_done(&b);
}

/* --- worse than before --- */

static void raise__by_state_and_step__pages_anew_or_waits(void **state)
{
    static const struct {
        enum incident_state in;
        enum severity to;
        const char *moves, *news;
    } rows[] = {
        {INCIDENT_TRIGGERED, SEVERITY_CRITICAL,
         "triggered -> raised: severity raised from warning to critical; "
         "triggered -> paged: step 0: paged a",
         "a triggered"},
        {INCIDENT_TRIGGERED, SEVERITY_WARNING, "", ""},
        {INCIDENT_TRIGGERED, SEVERITY_INFO, "", ""},
        {INCIDENT_ACKNOWLEDGED, SEVERITY_CRITICAL,
         "acknowledged -> raised: severity raised from warning to critical", ""},
        {INCIDENT_SNOOZED, SEVERITY_CRITICAL,
         "snoozed -> raised: severity raised from warning to critical", ""},
    };

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct bench b;

        bench_init(&b, TWO);
        b.c->incident.severity = SEVERITY_WARNING;
        case_begin(b.c, &b.desk);
        bench_settle(&b);
        bench_take(&b, 1);
        if (rows[n].in == INCIDENT_ACKNOWLEDGED)
            bench_ack(&b, 10);
        if (rows[n].in == INCIDENT_SNOOZED)
            bench_snooze(&b, 3600, 10);
        bench_take(&b, 11);
        bench_raise(&b, rows[n].to, 20);
        assert_string_equal(bench_moves(&b), rows[n].moves);
        assert_string_equal(bench_news(&b), rows[n].news);
        bench_done(&b);
    }
}

static void raise__before_the_first_page__does_not_put_it_off(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, "  p: { steps: [ { after: 2m, notify: ['channel:a'] } ] }\n");
    b.c->incident.severity = SEVERITY_WARNING;
    case_begin(b.c, &b.desk);
    bench_settle(&b);
    bench_raise(&b, SEVERITY_CRITICAL, 60);
    assert_int_equal(bench_wake_s(&b), 120);
    bench_tick(&b, 120);
    assert_int_equal(b.fx.sends.items[0]->notice.severity, SEVERITY_CRITICAL);
    bench_done(&b);
}

/* Critical was told of in the life before; in this one it is news. */
static void raise__in_a_second_life__pages_anew(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_recover(&b, 60);
    bench_take(&b, 61);
    b.c->incident.severity = SEVERITY_WARNING;
    bench_reopen(&b, 120);
    bench_take(&b, 121);
    bench_raise(&b, SEVERITY_CRITICAL, 130);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reopen__is_the_same_incident_in_a_new_life),
        cmocka_unit_test(reopen__assigned_in_the_life_before__is_as_the_policy_says),
        cmocka_unit_test(reopen__second_end__is_told_to_those_of_the_second_life),
        cmocka_unit_test(reopen__not_told_of_the_first_end__is_owed_the_next),
        cmocka_unit_test(reopen__note_of_the_end_in_flight__is_not_tried_again),
        cmocka_unit_test(reopen__note_of_the_end_gets_through_late__the_second_end_is_told_too),
        cmocka_unit_test(flap__as_many_changes_as_it_takes__is_one_page_and_then_quiet),
        cmocka_unit_test(flap__by_its_policy__begins_or_not),
        cmocka_unit_test(flap__one_more_change__puts_off_the_end_and_is_told_every_quarter),
        cmocka_unit_test(steady__still_bad__pages_anew_through_all_steps_under_its_own_title),
        cmocka_unit_test(steady__acknowledged_or_held__pages_nobody),
        cmocka_unit_test(flap__resolved_by_hand__is_over),
        cmocka_unit_test(raise__by_state_and_step__pages_anew_or_waits),
        cmocka_unit_test(raise__before_the_first_page__does_not_put_it_off),
        cmocka_unit_test(raise__in_a_second_life__pages_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
