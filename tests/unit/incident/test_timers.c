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

/* --- reminders --- */

#define REMINDING                                                                                  \
    "  p: { steps: [ { notify: ['person:ana', 'channel:f'] } ], remind: 10m, ack_timeout: 25m }\n"

/* Acknowledged at second 10 by `who`; everything arrives. */
static void open_acked(struct bench *b, const char *policies, const char *who)
{
    bench_open(b, policies);
    bench_keep(b);
    bench_take(b, 1);
    bench_ack_by(b, who, 10);
    bench_take(b, 11);
}

static void remind__while_acknowledged__tells_the_acknowledger_alone(void **state)
{
    struct bench b;

    (void)state;
    open_acked(&b, REMINDING, "cy");
    assert_int_equal(bench_wake_s(&b), 610);
    bench_tick(&b, 609);
    assert_true(commit_empty(&b.fx.commit));
    bench_tick(&b, 610);
    assert_string_equal(bench_news(&b), "a reminder");
    assert_string_equal(b.fx.sends.items[0]->notice.person, "cy");
    assert_string_equal(b.fx.sends.items[0]->notice.title, "api is down: refused");
    assert_string_equal(bench_moves(&b), "acknowledged -> reminded: cy");
    assert_int_equal(b.c->incident.reminded, 1);
    bench_take(&b, 611);
    bench_tick(&b, 1210);
    assert_string_equal(bench_news(&b), "a reminder");
    assert_int_equal(b.c->incident.reminded, 2);
    bench_take(&b, 1211);
    assert_int_equal(bench_wake_s(&b), 10 + 1500); /* the acknowledgement runs out */
    bench_tick(&b, 1510);
    assert_int_equal(b.c->incident.state, INCIDENT_TRIGGERED);
    assert_int_equal(b.c->incident.remind_due_ms, 0);
    bench_done(&b);
}

static void remind__nobody_it_would_reach__is_not_done_and_not_said(void **state)
{
    static const char *const who[] = {"zoe", "eve"};

    (void)state;
    for (size_t n = 0; n < sizeof who / sizeof *who; n++) {
        struct bench b;

        open_acked(&b, REMINDING, who[n]);
        bench_tick(&b, 610);
        assert_string_equal(bench_moves(&b), "");
        assert_string_equal(bench_news(&b), "");
        assert_int_equal(b.c->incident.reminded, 0);
        assert_int_equal(bench_wake_s(&b), 1510);
        bench_done(&b);
    }
}

static void remind__the_file_says_no_longer__stops(void **state)
{
    struct bench b;

    (void)state;
    open_acked(&b, REMINDING, "cy");
    for (size_t i = 0; i < b.config->n_policies; i++)
        b.config->policies[i].remind_ms = 0;
    bench_tick(&b, 610);
    assert_string_equal(bench_news(&b), "");
    assert_int_equal(b.c->incident.remind_due_ms, 0);
    bench_done(&b);
}

/* One that is still on its way says nothing any more. */
static void remind__what_ends_the_acknowledgement__ends_it(void **state)
{
    (void)state;
    for (int n = 0; n < 4; n++) {
        struct bench b;

        open_acked(&b, REMINDING, "cy");
        bench_tick(&b, 610);
        if (n == 0)
            bench_recover(&b, 620);
        else if (n == 1)
            bench_unack(&b, 620);
        else if (n == 2)
            bench_snooze(&b, 7200, 620);
        else
            bench_reassign(&b, "bo", 620);
        assert_int_equal(b.c->incident.remind_due_ms, 0);
        for (size_t i = 0; i < b.c->pages.n; i++)
            if (b.c->pages.items[i]->d.notice.type == NOTICE_REMINDER)
                assert_false(page_is_news(b.c->pages.items[i]));
        bench_done(&b);
    }
}

static void remind__acknowledged_by_another__is_for_that_one_from_then(void **state)
{
    struct bench b;

    (void)state;
    open_acked(&b, REMINDING, "cy");
    bench_ack_by(&b, "bo", 300);
    bench_take(&b, 301);
    assert_int_equal(bench_wake_s(&b), 900);
    bench_tick(&b, 900);
    assert_string_equal(bench_news(&b), "b reminder");
    bench_done(&b);
}

static void remind__held__goes_on(void **state)
{
    struct bench b;

    (void)state;
    open_acked(&b, REMINDING, "cy");
    bench_hold(&b, HOLD_SILENCE, "s1", 20);
    bench_tick(&b, 610);
    assert_string_equal(bench_news(&b), "a reminder");
    bench_done(&b);
}

/* --- each at its millisecond --- */

static void timer__of_each_kind__is_due_at_its_instant_and_in_its_state_only(void **state)
{
    static const struct {
        size_t offset;
        bool in[4]; /* triggered, acknowledged, snoozed, resolved */
    } rows[] = {
        {offsetof(struct incident, step_due_ms), {true}},
        {offsetof(struct incident, urgency_due_ms), {true}},
        {offsetof(struct incident, ack_due_ms), {false, true}},
        {offsetof(struct incident, remind_due_ms), {false, true}},
        {offsetof(struct incident, snoozed_until_ms), {false, false, true}},
        {offsetof(struct incident, update_due_ms), {true, true, true}},
    };
    const int64_t at_ms = BENCH_START_MS + 500;

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        for (int s = INCIDENT_TRIGGERED; s <= INCIDENT_RESOLVED; s++) {
            struct bench b;
            struct incident *i;

            bench_init(&b, REMINDING);
            i = &b.c->incident;
            i->state = (enum incident_state)s;
            i->step = 0;
            text_copy(i->acked_by, sizeof i->acked_by, "cy");
            memcpy((char *)i + rows[n].offset, &at_ms, sizeof at_ms);
            b.c->keep_until_ms = INT64_MAX;
            assert_int_equal(case_wake_ms(b.c), rows[n].in[s] ? at_ms : INT64_MAX);
            b.desk.now_ms = at_ms - 1;
            case_tick(b.c, &b.desk);
            assert_false(b.c->dirty);
            b.desk.now_ms = at_ms;
            case_tick(b.c, &b.desk);
            assert_int_equal(b.c->dirty, rows[n].in[s]);
            assert_true(case_wake_ms(b.c) > at_ms || b.c->pages.n);
            bench_done(&b);
        }
    }
}

static void wake__what_others_look_after__wakes_while_open(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    b.c->incident.expires_ms = BENCH_START_MS + 9000;
    assert_int_equal(bench_wake_s(&b), 9);
    b.c->edge_ms = BENCH_START_MS + 8000;
    assert_int_equal(bench_wake_s(&b), 8);
    b.c->incident.flap_due_ms = BENCH_START_MS + 7000;
    assert_int_equal(bench_wake_s(&b), 8); /* not flapping */
    b.c->incident.flapping = true;
    assert_int_equal(bench_wake_s(&b), 7);
    b.c->incident.state = INCIDENT_RESOLVED;
    b.c->keep_until_ms = BENCH_START_MS + 60000;
    assert_int_equal(bench_wake_s(&b), 60);
    bench_done(&b);
}

/* Late, both are due: one of them is told, and the earlier wins. */
static void late__acknowledgement_ran_out_and_a_reminder_is_due__only_pages(void **state)
{
    struct bench b;

    (void)state;
    open_acked(&b, REMINDING, "cy");
    bench_tick(&b, 5000);
    assert_string_equal(bench_news(&b), "a unacknowledged, f unacknowledged, a unacknowledged");
    assert_int_equal(b.c->incident.reminded, 0);
    bench_done(&b);
}

/* --- the clock, once more --- */

static void shift__each_timer__moves_but_what_goes_by_the_wall_clock(void **state)
{
    struct bench b;
    struct incident *i, before;

    (void)state;
    bench_init(&b, FLAT);
    i = &b.c->incident;
    i->step_due_ms = i->ack_due_ms = i->remind_due_ms = i->flap_due_ms = 1000;
    i->update_due_ms = i->updated_note_ms = i->expires_ms = i->snoozed_until_ms = 1000;
    i->urgency_due_ms = i->hold_until_ms = i->updated_ms = i->changes_ms[0] = 1000;
    b.c->keep_until_ms = 1000;
    before = *i;
    case_shift(b.c, 50);
    assert_int_equal(i->step_due_ms, 1050);
    assert_int_equal(i->ack_due_ms, 1050);
    assert_int_equal(i->remind_due_ms, 1050);
    assert_int_equal(i->flap_due_ms, 1050);
    assert_int_equal(i->update_due_ms, 1050);
    assert_int_equal(i->updated_note_ms, 1050);
    assert_int_equal(i->expires_ms, 1050);
    assert_int_equal(i->snoozed_until_ms, 1050);
    assert_int_equal(i->updated_ms, 1050);
    assert_int_equal(i->changes_ms[0], 1050);
    assert_int_equal(i->changes_ms[1], 0);
    assert_int_equal(b.c->keep_until_ms, 1050);
    assert_int_equal(i->urgency_due_ms, 1000);
    assert_int_equal(i->hold_until_ms, 1000);
    assert_int_equal(i->opened_ms, before.opened_ms);
    assert_int_equal(i->started_ms, before.started_ms);
    assert_true(b.c->dirty);
    bench_done(&b);
}

static void shift__snoozed__sleeps_as_long_as_was_left(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_take(&b, 1);
    bench_snooze(&b, 3600, 10);
    bench_take(&b, 11);
    case_shift(b.c, 86400000);
    bench_tick(&b, 86400 + 3609);
    assert_int_equal(b.c->incident.state, INCIDENT_SNOOZED);
    bench_tick(&b, 86400 + 3610);
    assert_int_equal(b.c->incident.state, INCIDENT_TRIGGERED);
    bench_done(&b);
}

/* Set back past the instant it was resolved, it goes when its window is over all the same. */
static void shift__resolved__is_let_go_when_its_window_is_over(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_recover(&b, 10000);
    bench_take(&b, 10001);
    case_shift(b.c, -9000000);
    assert_int_equal(bench_wake_s(&b), 1000 + 600);
    bench_tick(&b, 1600);
    assert_true(b.closed);
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wake__each_state__only_by_timers_that_are_its_own),
        cmocka_unit_test(wake__a_whole_night_unanswered__is_never_in_the_past),
        cmocka_unit_test(shift__timers_and_unfinished_pages__keep_what_was_left),
        cmocka_unit_test(remind__while_acknowledged__tells_the_acknowledger_alone),
        cmocka_unit_test(remind__nobody_it_would_reach__is_not_done_and_not_said),
        cmocka_unit_test(remind__the_file_says_no_longer__stops),
        cmocka_unit_test(remind__what_ends_the_acknowledgement__ends_it),
        cmocka_unit_test(remind__acknowledged_by_another__is_for_that_one_from_then),
        cmocka_unit_test(remind__held__goes_on),
        cmocka_unit_test(timer__of_each_kind__is_due_at_its_instant_and_in_its_state_only),
        cmocka_unit_test(wake__what_others_look_after__wakes_while_open),
        cmocka_unit_test(late__acknowledgement_ran_out_and_a_reminder_is_due__only_pages),
        cmocka_unit_test(shift__each_timer__moves_but_what_goes_by_the_wall_clock),
        cmocka_unit_test(shift__snoozed__sleeps_as_long_as_was_left),
        cmocka_unit_test(shift__resolved__is_let_go_when_its_window_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
