/* test_hold.c - held back and let go in every state; what a held incident still does. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"

/* --- held --- */

static void hold__from_the_beginning__pages_nobody_and_waits_for_nothing(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, BENCH_LADDER);
    bench_hold(&b, HOLD_SILENCE, "s1", 0);
    assert_string_equal(bench_moves(&b), "triggered -> held: silence s1");
    case_begin(b.c, bench_at(&b, 0, CAUSE_PROBE));
    bench_settle(&b);
    assert_string_equal(bench_pages(&b), "");
    assert_int_equal(b.c->incident.step, -1);
    assert_int_equal(bench_wake_s(&b), -1);
    bench_release(&b, 480);
    assert_string_equal(bench_moves(&b), "triggered -> released: no longer held by silence; "
                                         "triggered -> paged: step 0: paged a");
    assert_int_equal(b.c->incident.cycle, 0);
    assert_int_equal(b.c->incident.hold, HOLD_NONE);
    assert_string_equal(b.c->incident.hold_ref, "");
    assert_string_equal(b.c->incident.hold_why, "");
    bench_take(&b, 481);
    assert_int_equal(bench_wake_s(&b), 480 + 300);
    bench_done(&b);
}

static void hold__when_it_had_paged__stops_it_and_begins_at_step_0_when_let_go(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy', 'channel:f'] }, { after: 5m, "
                   "notify: ['channel:b'] } ] }\n");
    bench_end(&b, "a", "ok", 1);
    bench_hold(&b, HOLD_MAINTENANCE, "api", 10);
    bench_end(&b, "f", "dead", 11); /* stale: not tried again */
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b triggered overtaken, "
                                         "c triggered overtaken, f triggered overtaken");
    assert_int_equal(bench_wake_s(&b), -1);
    bench_release(&b, 400);
    assert_string_equal(bench_news(&b), "a triggered, f triggered");
    assert_int_equal(b.c->incident.cycle, 1);
    assert_int_equal(b.c->incident.step, 0);
    bench_take(&b, 401);
    bench_run(&b, 400 + 300);
    assert_int_equal(b.c->incident.step, 1);
    bench_done(&b);
}

static void hold__it_ends_meanwhile__tells_those_who_had_been_paged(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_take(&b, 1);
    bench_hold(&b, HOLD_SILENCE, "s1", 10);
    bench_recover(&b, 20);
    assert_string_equal(bench_news(&b), "a resolved");
    bench_done(&b);
    bench_init(&b, BENCH_LADDER);
    bench_hold(&b, HOLD_SILENCE, "s1", 0);
    bench_recover(&b, 20);
    assert_string_equal(bench_pages(&b), "");
    assert_true(b.closed);
    bench_done(&b);
}

static void hold__in_each_state__is_recorded_and_moves_no_state(void **state)
{
    static const struct {
        enum incident_state in;
        const char *held, *released;
        int64_t wake_s;
    } rows[] = {
        {INCIDENT_TRIGGERED, "triggered -> held: silence s1",
         "triggered -> released: no longer held by silence; triggered -> paged: step 0: paged a",
         -1},
        {INCIDENT_ACKNOWLEDGED, "acknowledged -> held: silence s1",
         "acknowledged -> released: no longer held by silence", 1810},
        {INCIDENT_SNOOZED, "snoozed -> held: silence s1",
         "snoozed -> released: no longer held by silence", 3610},
    };

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct bench b;

        bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] } ], ack_timeout: 30m }\n");
        bench_take(&b, 1);
        if (rows[n].in == INCIDENT_ACKNOWLEDGED)
            bench_ack(&b, 10);
        if (rows[n].in == INCIDENT_SNOOZED)
            bench_snooze(&b, 3600, 10);
        bench_take(&b, 11);
        bench_hold(&b, HOLD_SILENCE, "s1", 20);
        assert_string_equal(bench_moves(&b), rows[n].held);
        assert_int_equal(b.c->incident.state, rows[n].in);
        assert_int_equal(bench_wake_s(&b), rows[n].wake_s);
        bench_release(&b, 30);
        assert_string_equal(bench_moves(&b), rows[n].released);
        assert_int_equal(b.c->incident.state, rows[n].in);
        bench_done(&b);
    }
}

/* The acknowledgement runs out all the same; that it pages waits. */
static void hold__timers_of_a_person_run_on__but_page_nobody(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] } ], ack_timeout: 30m }\n");
    bench_take(&b, 1);
    bench_ack_by(&b, "bo", 10);
    bench_take(&b, 11);
    bench_hold(&b, HOLD_MAINTENANCE, "api", 20);
    bench_tick(&b, 1810);
    assert_int_equal(b.c->incident.state, INCIDENT_TRIGGERED);
    assert_string_equal(bench_news(&b), "");
    assert_int_equal(bench_wake_s(&b), -1);
    bench_release(&b, 2000);
    assert_string_equal(bench_news(&b), "a unacknowledged");
    bench_done(&b);
}

/* --- by something else, for another reason --- */

static void hold__changed__is_recorded_only_when_it_is_another(void **state)
{
    struct hold_by h = {.hold = HOLD_SILENCE, .ref = "s1", .why = "silence s1"};
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_take(&b, 1);
    bench_hold(&b, HOLD_SILENCE, "s1", 10);
    bench_hold(&b, HOLD_SILENCE, "s1", 11);
    assert_true(commit_empty(&b.fx.commit));
    h.until_ms = 5;
    case_hold(b.c, bench_at(&b, 12, CAUSE_TIMER), &h);
    bench_settle(&b);
    assert_int_equal(b.c->incident.hold_until_ms, 5);
    assert_string_equal(bench_moves(&b), "");
    assert_int_equal(b.fx.commit.incidents.n, 1);
    text_copy(h.why, sizeof h.why, "longer");
    case_hold(b.c, bench_at(&b, 13, CAUSE_TIMER), &h);
    bench_settle(&b);
    assert_string_equal(b.c->incident.hold_why, "longer");
    assert_string_equal(bench_moves(&b), "");
    bench_hold(&b, HOLD_SILENCE, "s2", 14);
    assert_string_equal(bench_moves(&b), "triggered -> held: silence s2");
    bench_hold(&b, HOLD_DEPENDENCY, "s2", 15);
    assert_string_equal(bench_moves(&b), "triggered -> held: dependency s2");
    assert_int_equal(b.c->incident.cycle, 1); /* it was stopped once */
    bench_done(&b);
}

static void release__not_held__is_nothing(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_take(&b, 1);
    bench_release(&b, 10);
    assert_true(commit_empty(&b.fx.commit));
    assert_int_equal(bench_wake_s(&b), 300);
    bench_done(&b);
}

static void release__each_hold__is_named(void **state)
{
    (void)state;
    for (int h = HOLD_MAINTENANCE; h < HOLD_COUNT; h++) {
        char want[100];
        struct bench b;

        bench_init(&b, FLAT);
        b.c->incident.hold_bad = b.c->incident.hold_until_ms = 7;
        bench_hold(&b, (enum hold)h, "x", 0);
        bench_release(&b, 1);
        snprintf(want, sizeof want, "no longer held by %s", hold_name((enum hold)h));
        assert_string_equal(b.fx.commit.transitions.items[0].text, want);
        assert_int_equal(b.c->incident.hold_bad + b.c->incident.hold_until_ms, 0);
        bench_done(&b);
    }
}

/* How long the first page waits counts from when it may go out. */
static void release__with_a_group_wait__waits_from_then(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, "  p: { steps: [ { notify: ['channel:a'] } ], group_wait: 30s }\n");
    bench_hold(&b, HOLD_SILENCE, "s1", 0);
    bench_release(&b, 100);
    assert_string_equal(bench_news(&b), "");
    assert_int_equal(bench_wake_s(&b), 130);
    bench_tick(&b, 130);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_done(&b);
}

/* --- what a person asks for --- */

static void held__reassigned__pages_that_person_alone(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_take(&b, 1);
    bench_hold(&b, HOLD_SILENCE, "s1", 10);
    bench_reassign(&b, "bo", 20);
    assert_string_equal(bench_news(&b), "b escalated");
    bench_take(&b, 21);
    assert_int_equal(bench_wake_s(&b), -1);
    assert_int_equal(b.c->incident.hold, HOLD_SILENCE);
    bench_done(&b);
}

/* Told again when it is let go, also what the person had asked for ahead of time. */
static void held__escalated__pages_that_step_and_all_of_them_when_let_go(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, BENCH_LADDER);
    bench_hold(&b, HOLD_SILENCE, "s1", 0);
    assert_true(bench_escalate(&b, 10));
    bench_take(&b, 11);
    assert_true(bench_escalate(&b, 20));
    assert_string_equal(bench_news(&b), "b escalated");
    bench_take(&b, 21);
    assert_int_equal(bench_wake_s(&b), -1);
    bench_release(&b, 100);
    assert_string_equal(bench_news(&b), "a triggered");
    assert_int_equal(b.c->incident.cycle, 1);
    bench_take(&b, 101);
    bench_tick(&b, 400);
    assert_string_equal(bench_news(&b), "b escalated");
    bench_done(&b);
}

static void held__whom_it_was_reassigned_to_refuses__goes_to_no_further_step(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_take(&b, 1);
    bench_hold(&b, HOLD_SILENCE, "s1", 10);
    bench_reassign(&b, "fay", 20);
    bench_end(&b, "f", "refused", 21);
    assert_string_equal(bench_news(&b), "a escalated"); /* fay's own next channel */
    bench_end(&b, "a", "refused", 22);
    assert_string_equal(bench_news(&b), "");
    assert_int_equal(b.c->incident.step, 0);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, f escalated refused, "
                                         "a escalated waiting"); /* the last hope is kept */
    bench_done(&b);
}

static void held__severity_raised__pages_when_let_go(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    b.c->incident.severity = SEVERITY_INFO;
    case_begin(b.c, &b.desk);
    bench_settle(&b);
    bench_take(&b, 1);
    bench_hold(&b, HOLD_SILENCE, "s1", 10);
    bench_raise(&b, SEVERITY_CRITICAL, 20);
    assert_string_equal(bench_news(&b), "");
    bench_release(&b, 30);
    assert_int_equal(b.fx.sends.items[0]->notice.severity, SEVERITY_CRITICAL);
    bench_done(&b);
}

static void held__severity_raised__leaves_what_a_person_asked_for(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    b.c->incident.severity = SEVERITY_INFO;
    case_begin(b.c, &b.desk);
    bench_settle(&b);
    bench_take(&b, 1);
    bench_hold(&b, HOLD_SILENCE, "s1", 10);
    bench_reassign(&b, "bo", 20);
    bench_end(&b, "b", "dead", 21);
    bench_raise(&b, SEVERITY_CRITICAL, 22);
    bench_tick(&b, 25);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b escalated sending");
    bench_done(&b);
}

/* --- what is held under it --- */

static void affect(struct bench *b, const char *monitor, int64_t at_s)
{
    case_affect(b->c, bench_at(b, at_s, CAUSE_PROBE), monitor);
    bench_settle(b);
}

static void affect__those_who_were_paged__hear_after_ten_seconds_then_five_minutes(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_take(&b, 1);
    affect(&b, "web", 20);
    affect(&b, "cart", 25);
    assert_int_equal(bench_wake_s(&b), 30);
    bench_tick(&b, 30);
    assert_string_equal(bench_news(&b), "a updated");
    assert_string_equal(b.fx.sends.items[0]->notice.affected, "web cart");
    assert_int_equal(b.fx.sends.items[0]->notice.n_affected, 2);
    bench_take(&b, 31);
    affect(&b, "shop", 40);
    assert_int_equal(bench_wake_s(&b), 330);
    bench_tick(&b, 330);
    assert_string_equal(bench_news(&b), "a updated");
    bench_take(&b, 331);
    affect(&b, "mail", 1000);
    assert_int_equal(bench_wake_s(&b), 1010);
    bench_done(&b);
}

static void affect__nobody_was_paged__tells_nobody_but_is_in_the_page(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { after: 1m, notify: ['channel:a'] } ] }\n");
    affect(&b, "web", 20);
    assert_int_equal(bench_wake_s(&b), 60);
    bench_tick(&b, 60);
    assert_string_equal(bench_news(&b), "a triggered");
    assert_string_equal(b.fx.sends.items[0]->notice.affected, "web");
    bench_done(&b);
}

static void affect__a_name__is_listed_and_counted_once(void **state)
{
    static const char *const names[] = {"api2", "api", "api2", "xapi", "api", "a", "pi"};
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        affect(&b, names[n], 20);
    assert_string_equal(b.c->incident.affected, "api2 api xapi a pi");
    assert_int_equal(b.c->incident.n_affected, 5);
    bench_done(&b);
}

static void affect__more_than_fit__are_counted_and_cut_at_a_name(void **state)
{
    char name[NAME_SIZE];
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    for (int n = 0; n < 10; n++) {
        memset(name, 'a' + n, NAME_MAX_BYTES);
        name[NAME_MAX_BYTES] = '\0';
        affect(&b, name, 20);
    }
    assert_int_equal(b.c->incident.n_affected, 10);
    assert_int_equal(strlen(b.c->incident.affected), 5 * 101 - 1);
    bench_done(&b);
}

/* The end says it all: what was still to be told is not told after it, nor in the next life. */
static void affect__it_ends_first__is_told_no_more(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    affect(&b, "web", 20);
    bench_recover(&b, 25);
    bench_take(&b, 26);
    bench_reopen(&b, 27);
    bench_take(&b, 28);
    assert_int_equal(bench_wake_s(&b), -1);
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hold__from_the_beginning__pages_nobody_and_waits_for_nothing),
        cmocka_unit_test(hold__when_it_had_paged__stops_it_and_begins_at_step_0_when_let_go),
        cmocka_unit_test(hold__it_ends_meanwhile__tells_those_who_had_been_paged),
        cmocka_unit_test(hold__in_each_state__is_recorded_and_moves_no_state),
        cmocka_unit_test(hold__timers_of_a_person_run_on__but_page_nobody),
        cmocka_unit_test(hold__changed__is_recorded_only_when_it_is_another),
        cmocka_unit_test(release__not_held__is_nothing),
        cmocka_unit_test(release__each_hold__is_named),
        cmocka_unit_test(release__with_a_group_wait__waits_from_then),
        cmocka_unit_test(held__reassigned__pages_that_person_alone),
        cmocka_unit_test(held__escalated__pages_that_step_and_all_of_them_when_let_go),
        cmocka_unit_test(held__whom_it_was_reassigned_to_refuses__goes_to_no_further_step),
        cmocka_unit_test(held__severity_raised__pages_when_let_go),
        cmocka_unit_test(held__severity_raised__leaves_what_a_person_asked_for),
        cmocka_unit_test(affect__those_who_were_paged__hear_after_ten_seconds_then_five_minutes),
        cmocka_unit_test(affect__nobody_was_paged__tells_nobody_but_is_in_the_page),
        cmocka_unit_test(affect__a_name__is_listed_and_counted_once),
        cmocka_unit_test(affect__more_than_fit__are_counted_and_cut_at_a_name),
        cmocka_unit_test(affect__it_ends_first__is_told_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
