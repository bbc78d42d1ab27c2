/* test_case.c - the verbs: what each changes, whom it tells, when the case wakes and closes. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"

/* --- beginning --- */

static void begin__first_step_at_once__is_one_commit_with_its_page(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    assert_string_equal(bench_pages(&b), "a triggered sending");
    assert_string_equal(bench_moves(&b), "triggered -> paged: step 0: paged a");
    assert_string_equal(b.fx.commit.transitions.items[0].name, b.c->incident.id);
    assert_int_equal(b.fx.commit.incidents.n, 1);
    assert_ptr_equal(b.fx.commit.incidents.items[0], &b.c->incident);
    assert_int_equal(b.fx.commit.deliveries.n, 1);
    assert_string_equal(bench_sends(&b), "a");
    assert_int_equal(b.c->incident.step, 0);
    assert_int_equal(b.c->incident.version, 1);
    assert_int_equal(b.c->incident.updated_ms, BENCH_START_MS);
    assert_int_equal(b.c->incident.step_due_ms, BENCH_START_MS + 300000);
    assert_false(b.closed);
    bench_settle(&b);
    assert_int_equal(b.fx.commit.incidents.n + b.fx.commit.deliveries.n + b.fx.sends.n, 3);
    bench_done(&b);
}

static void begin__first_step_later__pages_nobody_until_then(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { after: 5m, notify: ['channel:a'] } ] }\n");
    assert_string_equal(bench_pages(&b), "");
    assert_int_equal(b.c->incident.step, -1);
    assert_int_equal(b.fx.commit.incidents.n, 1);
    assert_int_equal(bench_wake_s(&b), 300);
    bench_tick(&b, 299);
    assert_string_equal(bench_pages(&b), "");
    assert_true(commit_empty(&b.fx.commit));
    bench_tick(&b, 300);
    assert_string_equal(bench_pages(&b), "a triggered sending");
    bench_done(&b);
}

/* --- acknowledge --- */

static void ack__some_reached__stops_all_and_tells_the_reached(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 300);
    bench_end(&b, "b", "dead", 301);
    bench_ack(&b, 310);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b escalated overtaken, "
                                         "a acknowledged sending");
    assert_int_equal(b.c->pages.items[1]->d.done_ms, BENCH_START_MS + 310000);
    assert_string_equal(bench_moves(&b), "triggered -> acknowledged: acknowledged by zoe");
    assert_int_equal(b.c->incident.acked_ms, BENCH_START_MS + 310000);
    assert_string_equal(b.c->incident.acked_by, "zoe");
    assert_int_equal(b.c->incident.step_due_ms, 0);
    assert_string_equal(b.c->pages.items[2]->d.notice.actor, "zoe");
    assert_int_equal(b.c->pages.items[2]->d.notice.state, INCIDENT_ACKNOWLEDGED);
    assert_int_equal(b.fx.commit.deliveries.n, 2);
    bench_end(&b, "a", "ok", 311);
    assert_int_equal(bench_wake_s(&b), -1);
    assert_false(b.closed);
    bench_done(&b);
}

static void ack__while_the_page_is_on_its_way__tells_only_if_it_may_have_arrived(void **state)
{
    static const struct {
        const char *how, *want;
    } ways[] = {
        {"ok", "a triggered delivered!, a acknowledged sending"},
        {"500", "a triggered overtaken?, a acknowledged sending"},
        {"dead", "a triggered overtaken, a acknowledged overtaken"},
        {"refused", "a triggered refused, a acknowledged overtaken"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct bench b;

        bench_open(&b, FLAT);
        bench_ack(&b, 1);
        assert_string_equal(bench_pages(&b), "a triggered sending, a acknowledged waiting");
        assert_string_equal(bench_sends(&b), "");
        assert_int_equal(bench_wake_s(&b), -1);
        bench_end(&b, "a", ways[i].how, 2);
        assert_string_equal(bench_pages(&b), ways[i].want);
        bench_done(&b);
    }
}

static void ack__of_two_contacts_one_reached__tells_that_one_only(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a', 'channel:b'] } ] }\n");
    bench_end(&b, "a", "ok", 1);
    bench_ack(&b, 2);
    bench_end(&b, "b", "dead", 3);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b triggered overtaken, "
                                         "a acknowledged sending, b acknowledged overtaken");
    assert_int_equal(b.c->pages.items[3]->d.done_ms, BENCH_START_MS + 3000);
    bench_done(&b);
}

static void ack__with_a_timeout__runs_out_and_pages_the_one_who_had_it_too(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] } ], ack_timeout: 30m }\n");
    bench_end(&b, "a", "ok", 1);
    bench_ack_by(&b, "bo", 60);
    bench_end(&b, "a", "ok", 61);
    assert_int_equal(bench_wake_s(&b), 60 + 1800);
    bench_tick(&b, 60 + 1799);
    assert_int_equal(b.c->incident.state, INCIDENT_ACKNOWLEDGED);
    bench_tick(&b, 60 + 1800);
    assert_int_equal(b.c->incident.state, INCIDENT_TRIGGERED);
    assert_int_equal(b.c->incident.cycle, 1);
    assert_string_equal(b.c->incident.acked_by, "");
    assert_int_equal(b.c->incident.acked_ms + b.c->incident.ack_due_ms, 0);
    assert_string_equal(bench_moves(&b),
                        "acknowledged -> triggered: acknowledged by bo, but not resolved in time; "
                        "triggered -> paged: step 0: paged a");
    assert_int_equal(b.fx.commit.transitions.items[0].cause, CAUSE_ACK_TIMEOUT);
    assert_string_equal(b.fx.commit.transitions.items[0].actor, "");
    assert_string_equal(bench_sends(&b), "a b");
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged delivered!, "
                                         "a unacknowledged sending, b unacknowledged sending");
    bench_done(&b);
}

/* --- take back --- */

static void unack__by_a_person__starts_over_and_drops_what_waits(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "500", 1);
    bench_ack(&b, 2);
    bench_end(&b, "a", "dead", 3);
    bench_unack(&b, 4);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, a acknowledged overtaken, "
                                         "a unacknowledged sending");
    assert_string_equal(bench_moves(&b), "acknowledged -> triggered: acknowledgement withdrawn by "
                                         "zoe; triggered -> paged: step 0: paged a");
    assert_int_equal(b.c->incident.cycle, 1);
    assert_int_equal(b.c->incident.step_due_ms, BENCH_START_MS + 304000);
    bench_done(&b);
}

static void unack__in_a_later_loop__starts_over_with_the_first(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['channel:a'] } ], repeat: { times: 1, every: 2m } }\n");
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 120);
    bench_end(&b, "a", "ok", 121);
    assert_int_equal(b.c->incident.loop, 1);
    bench_ack(&b, 122);
    bench_end(&b, "a", "ok", 123);
    bench_unack(&b, 124);
    assert_int_equal(b.c->incident.loop, 0);
    assert_int_equal(bench_wake_s(&b), 124 + 60); /* unless taken by then */
    bench_end(&b, "a", "ok", 125);
    assert_int_equal(bench_wake_s(&b), 124 + 120);
    bench_done(&b);
}

/* A note that outlives what it says must hold up nothing that matters. */
static void unack__while_the_note_is_on_its_way__the_note_is_not_tried_again(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    bench_ack(&b, 2);
    bench_unack(&b, 3);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged sending, "
                                         "a unacknowledged waiting");
    bench_end(&b, "a", "500", 4);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged overtaken?, "
                                         "a unacknowledged sending");
    bench_done(&b);
}

static void unack__first_step_later__pages_the_one_who_had_it_as_of_step_0(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { after: 5m, notify: ['person:ana'] } ] }\n");
    bench_ack_by(&b, "ana", 1);
    bench_unack(&b, 2);
    assert_string_equal(bench_pages(&b), "a unacknowledged sending");
    assert_int_equal(b.c->pages.items[0]->d.notice.step, 0);
    bench_end(&b, "a", "ok", 3);
    bench_tick(&b, 302);
    assert_string_equal(bench_pages(&b), "a unacknowledged delivered!");
    bench_done(&b);
}

/* --- resolve --- */

static void resolve__some_reached__tells_exactly_them_and_closes_when_told(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 300);
    bench_end(&b, "b", "dead", 301);
    bench_recover(&b, 302);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b escalated overtaken, "
                                         "a resolved sending");
    assert_string_equal(bench_moves(&b), "triggered -> resolved: recovered");
    assert_int_equal(b.c->incident.resolved_ms, BENCH_START_MS + 302000);
    assert_int_equal(b.c->pages.items[2]->d.notice.resolved_ms, BENCH_START_MS + 302000);
    assert_string_equal(b.c->incident.resolved_by, "");
    assert_int_equal(b.c->incident.step_due_ms, 0);
    assert_int_equal(bench_wake_s(&b), -1);
    assert_false(b.closed);
    bench_end(&b, "a", "dead", 303);
    assert_false(b.closed);
    assert_in_range(bench_wake_s(&b), 303, 305);
    bench_tick(&b, 305);
    bench_end(&b, "a", "ok", 306);
    assert_true(b.closed);
    bench_done(&b);
}

static void resolve__nobody_reached__closes_at_once(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "dead", 1);
    bench_recover(&b, 2);
    assert_string_equal(bench_pages(&b), "a triggered overtaken");
    assert_true(b.closed);
    bench_done(&b);
}

static void resolve__says_by_whom_or_why(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    case_resolve(b.c, bench_at(&b, 1, CAUSE_PERSON), "never read");
    assert_string_equal(bench_moves(&b), "triggered -> resolved: resolved by zoe");
    assert_string_equal(b.c->incident.resolved_by, "zoe");
    bench_done(&b);
    bench_open(&b, FLAT);
    case_resolve(b.c, bench_at(&b, 1, CAUSE_RELOAD), "monitor api is disabled");
    assert_string_equal(bench_moves(&b), "triggered -> resolved: monitor api is disabled");
    bench_done(&b);
}

/* Both notes go to the same contact: the resolve comes last, the acknowledgement is old news. */
static void resolve__while_the_acknowledgement_is_told__waits_and_then_overtakes(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    bench_ack(&b, 2);
    bench_recover(&b, 3);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged sending, "
                                         "a resolved waiting");
    bench_end(&b, "a", "500", 4);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged overtaken?, "
                                         "a resolved sending");
    bench_done(&b);
}

/* --- order --- */

static void settle__two_pages_for_one_contact__never_both_on_their_way(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] }, { after: 2s, "
                   "notify: ['channel:a', 'channel:b'] } ] }\n");
    bench_tick(&b, 2);
    assert_string_equal(bench_pages(&b),
                        "a triggered sending, a escalated waiting, b escalated sending");
    bench_end(&b, "a", "dead", 3);
    assert_string_equal(bench_sends(&b), "");
    assert_in_range(case_wake_ms(b.c), BENCH_START_MS + 3001, BENCH_START_MS + 4500);
    bench_tick(&b, 5);
    assert_string_equal(bench_sends(&b), "a");
    assert_int_equal(b.c->pages.items[0]->d.attempt, 2);
    bench_end(&b, "a", "ok", 6);
    assert_string_equal(bench_sends(&b), "a");
    assert_string_equal(bench_pages(&b),
                        "a triggered delivered!, a escalated sending, b escalated sending");
    bench_done(&b);
}

static void settle__same_channel_for_two_people__are_two_contacts(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:ana', 'person:cy', 'channel:a'] } ] }\n");
    assert_string_equal(bench_sends(&b), "a a a");
    bench_done(&b);
}

/* A personal rule whose time has not come holds up nobody. */
static void settle__earlier_page_not_due__does_not_block(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['person:cy'] }, { after: 1m, notify: ['person:bo'] },"
               " { notify: ['person:cy'] } ] }\n");
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 60);
    bench_tick(&b, 60);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b triggered waiting, "
                                         "c triggered waiting, b escalated sending, "
                                         "a escalated sending, b escalated waiting, "
                                         "c escalated waiting");
    bench_done(&b);
}

static void settle__same_contact_later_by_a_rule__does_not_block(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['person:di'] } ], repeat: { times: 1, every: 2m } }\n");
    assert_int_equal(b.fx.commit.deliveries.n, 2); /* also the one whose time has not come */
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 120);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a triggered waiting, "
                                         "a escalated sending, a escalated waiting");
    bench_done(&b);
}

/* --- waking --- */

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

/* --- the clock --- */

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

/* --- read back --- */

static void adopt__each_state__keeps_it_but_sends_again_what_was_on_its_way(void **state)
{
    static const struct {
        enum delivery_state was, becomes;
        enum reached reached, becomes_reached;
    } rows[] = {
        {DELIVERY_WAITING, DELIVERY_WAITING, REACHED_NO, REACHED_NO},
        {DELIVERY_SENDING, DELIVERY_WAITING, REACHED_NO, REACHED_MAYBE},
        {DELIVERY_SENDING, DELIVERY_WAITING, REACHED_MAYBE, REACHED_MAYBE},
        {DELIVERY_SENDING, DELIVERY_WAITING, REACHED_YES, REACHED_YES},
        {DELIVERY_DELIVERED, DELIVERY_DELIVERED, REACHED_YES, REACHED_YES},
        {DELIVERY_REFUSED, DELIVERY_REFUSED, REACHED_NO, REACHED_NO},
        {DELIVERY_FAILED, DELIVERY_FAILED, REACHED_NO, REACHED_NO},
        {DELIVERY_OVERTAKEN, DELIVERY_OVERTAKEN, REACHED_MAYBE, REACHED_MAYBE},
    };
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct delivery d = {.state = rows[i].was, .reached = rows[i].reached, .attempt = 3};
        struct page *p = case_adopt(b.c, &d);

        assert_int_equal(p->d.state, rows[i].becomes);
        assert_int_equal(p->d.reached, rows[i].becomes_reached);
        assert_int_equal(p->d.attempt, 3);
        assert_int_equal(p->dirty, rows[i].was == DELIVERY_SENDING);
        assert_ptr_equal(p->of, b.c);
        assert_ptr_equal(b.c->pages.items[i], p);
    }
    bench_done(&b);
}

/* Takes the case apart as a crash does: only incident and deliveries are left. */
static void die_and_return(struct bench *b, int64_t at_s)
{
    struct incident_case *back = case_new(&b->c->incident);

    for (size_t i = 0; i < b->c->pages.n; i++)
        case_adopt(back, &b->c->pages.items[i]->d);
    case_free(b->c);
    b->c = back;
    bench_at(b, at_s, CAUSE_START);
    bench_settle(b);
}

static void killed__while_a_page_is_on_its_way__sends_it_again_under_its_id(void **state)
{
    char id[DELIVERY_ID_SIZE];
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    text_copy(id, sizeof id, b.c->pages.items[0]->d.id);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered sending?");
    assert_string_equal(b.fx.sends.items[0]->id, id);
    assert_int_equal(b.fx.sends.items[0]->attempt, 2);
    bench_done(&b);
}

/* The page may have got through, so its note follows; but nobody is woken for what is over. */
static void killed__when_the_page_was_no_news_any_more__tells_only_how_it_went_on(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_recover(&b, 1);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, a resolved sending");
    assert_int_equal(b.fx.commit.deliveries.n, 2);
    bench_done(&b);
    bench_open(&b, FLAT);
    bench_ack(&b, 1);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, a acknowledged sending");
    bench_done(&b);
    bench_open(&b, FLAT);
    bench_ack(&b, 1);
    bench_unack(&b, 2);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, a acknowledged overtaken, "
                                         "a unacknowledged sending");
    bench_done(&b);
}

/* Its page was done and has left the store: the note was decided, so it goes out. */
static void killed__note_without_its_page__goes_out(void **state)
{
    struct bench b;
    struct delivery note;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    bench_recover(&b, 2);
    note = b.c->pages.items[1]->d;
    mem_free(b.c->pages.items[0]);
    mem_free(b.c->pages.items[1]);
    b.c->pages.n = 0;
    case_adopt(b.c, &note);
    bench_at(&b, 3, CAUSE_START);
    bench_settle(&b);
    assert_string_equal(bench_pages(&b), "a resolved sending?");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begin__first_step_at_once__is_one_commit_with_its_page),
        cmocka_unit_test(begin__first_step_later__pages_nobody_until_then),
        cmocka_unit_test(ack__some_reached__stops_all_and_tells_the_reached),
        cmocka_unit_test(ack__while_the_page_is_on_its_way__tells_only_if_it_may_have_arrived),
        cmocka_unit_test(ack__of_two_contacts_one_reached__tells_that_one_only),
        cmocka_unit_test(ack__with_a_timeout__runs_out_and_pages_the_one_who_had_it_too),
        cmocka_unit_test(unack__by_a_person__starts_over_and_drops_what_waits),
        cmocka_unit_test(unack__in_a_later_loop__starts_over_with_the_first),
        cmocka_unit_test(unack__while_the_note_is_on_its_way__the_note_is_not_tried_again),
        cmocka_unit_test(unack__first_step_later__pages_the_one_who_had_it_as_of_step_0),
        cmocka_unit_test(resolve__some_reached__tells_exactly_them_and_closes_when_told),
        cmocka_unit_test(resolve__nobody_reached__closes_at_once),
        cmocka_unit_test(resolve__says_by_whom_or_why),
        cmocka_unit_test(resolve__while_the_acknowledgement_is_told__waits_and_then_overtakes),
        cmocka_unit_test(settle__two_pages_for_one_contact__never_both_on_their_way),
        cmocka_unit_test(settle__same_channel_for_two_people__are_two_contacts),
        cmocka_unit_test(settle__earlier_page_not_due__does_not_block),
        cmocka_unit_test(settle__same_contact_later_by_a_rule__does_not_block),
        cmocka_unit_test(wake__each_state__only_by_timers_that_are_its_own),
        cmocka_unit_test(wake__a_whole_night_unanswered__is_never_in_the_past),
        cmocka_unit_test(shift__timers_and_unfinished_pages__keep_what_was_left),
        cmocka_unit_test(adopt__each_state__keeps_it_but_sends_again_what_was_on_its_way),
        cmocka_unit_test(killed__while_a_page_is_on_its_way__sends_it_again_under_its_id),
        cmocka_unit_test(killed__when_the_page_was_no_news_any_more__tells_only_how_it_went_on),
        cmocka_unit_test(killed__note_without_its_page__goes_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
