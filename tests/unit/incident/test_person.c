/* test_person.c - what people do to an incident, in every state. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"

/* --- every verb in every state --- */

#define GUARDED                                                                                    \
    "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] }, "            \
    "{ after: 10m, notify: ['channel:c'] } ], ack_timeout: 30m, remind: 10m }\n"

enum verb {
    VERB_ACK,
    VERB_UNACK,
    VERB_SNOOZE,
    VERB_REASSIGN,
    VERB_ESCALATE,
    VERB_RESOLVE,
    VERB_NOTE
};

static const struct verb_case {
    enum incident_state from;
    enum verb verb;
    enum incident_state to;
    const char *moves, *news;
    int cycle;
    int64_t wake_s; /* when all of it has arrived */
} verb_cases[] = {
    {INCIDENT_TRIGGERED, VERB_ACK, INCIDENT_ACKNOWLEDGED,
     "triggered -> acknowledged: acknowledged by zoe", "a acknowledged", 0, 660},
    {INCIDENT_TRIGGERED, VERB_SNOOZE, INCIDENT_SNOOZED,
     "triggered -> snoozed: snoozed for 1h by zoe", "a snoozed", 0, 3660},
    {INCIDENT_TRIGGERED, VERB_REASSIGN, INCIDENT_TRIGGERED,
     "triggered -> reassigned: reassigned to bo by zoe", "b escalated", 1, 360},
    {INCIDENT_TRIGGERED, VERB_ESCALATE, INCIDENT_TRIGGERED,
     "triggered -> escalated: escalated by zoe; triggered -> paged: step 1: paged b", "b escalated",
     0, 660},
    {INCIDENT_TRIGGERED, VERB_RESOLVE, INCIDENT_RESOLVED, "triggered -> resolved: resolved by zoe",
     "a resolved", 0, 660},
    {INCIDENT_TRIGGERED, VERB_NOTE, INCIDENT_TRIGGERED, "triggered -> noted: zoe: disk", "", 0,
     300},
    {INCIDENT_ACKNOWLEDGED, VERB_UNACK, INCIDENT_TRIGGERED,
     "acknowledged -> triggered: acknowledgement withdrawn by zoe; "
     "triggered -> paged: step 0: paged a",
     "a unacknowledged, b unacknowledged", 1, 360},
    {INCIDENT_ACKNOWLEDGED, VERB_SNOOZE, INCIDENT_SNOOZED,
     "acknowledged -> snoozed: snoozed for 1h by zoe", "a snoozed", 0, 3660},
    {INCIDENT_ACKNOWLEDGED, VERB_REASSIGN, INCIDENT_TRIGGERED,
     "acknowledged -> reassigned: reassigned to bo by zoe", "b escalated", 1, 360},
    {INCIDENT_ACKNOWLEDGED, VERB_ESCALATE, INCIDENT_TRIGGERED,
     "acknowledged -> escalated: escalated by zoe; triggered -> paged: step 1: paged b",
     "b escalated", 1, 660},
    {INCIDENT_ACKNOWLEDGED, VERB_RESOLVE, INCIDENT_RESOLVED,
     "acknowledged -> resolved: resolved by zoe", "a resolved", 0, 660},
    {INCIDENT_ACKNOWLEDGED, VERB_NOTE, INCIDENT_ACKNOWLEDGED, "acknowledged -> noted: zoe: disk",
     "", 0, 610},
    {INCIDENT_SNOOZED, VERB_ACK, INCIDENT_ACKNOWLEDGED,
     "snoozed -> acknowledged: acknowledged by zoe", "a acknowledged", 0, 660},
    {INCIDENT_SNOOZED, VERB_UNACK, INCIDENT_TRIGGERED,
     "snoozed -> triggered: woken by zoe; triggered -> paged: step 0: paged a", "a unacknowledged",
     1, 360},
    {INCIDENT_SNOOZED, VERB_SNOOZE, INCIDENT_SNOOZED, "snoozed -> snoozed: snoozed for 1h by zoe",
     "a snoozed", 0, 3660},
    {INCIDENT_SNOOZED, VERB_REASSIGN, INCIDENT_TRIGGERED,
     "snoozed -> reassigned: reassigned to bo by zoe", "b escalated", 1, 360},
    {INCIDENT_SNOOZED, VERB_ESCALATE, INCIDENT_TRIGGERED,
     "snoozed -> escalated: escalated by zoe; triggered -> paged: step 1: paged b", "b escalated",
     1, 660},
    {INCIDENT_SNOOZED, VERB_RESOLVE, INCIDENT_RESOLVED, "snoozed -> resolved: resolved by zoe",
     "a resolved", 0, 660},
    {INCIDENT_SNOOZED, VERB_NOTE, INCIDENT_SNOOZED, "snoozed -> noted: zoe: disk", "", 0, 3610},
    {INCIDENT_RESOLVED, VERB_NOTE, INCIDENT_RESOLVED, "resolved -> noted: zoe: disk", "", 0, 610},
};

/* At second 10, when the page has arrived; what is told of it arrives, too. */
static void bring_to(struct bench *b, enum incident_state state)
{
    bench_open(b, GUARDED);
    bench_keep(b);
    bench_take(b, 1);
    if (state == INCIDENT_ACKNOWLEDGED)
        bench_ack_by(b, "bo", 10);
    if (state == INCIDENT_SNOOZED)
        bench_snooze(b, 3600, 10);
    if (state == INCIDENT_RESOLVED)
        bench_recover(b, 10);
    bench_take(b, 11);
    assert_int_equal(b->c->incident.state, state);
}

static void run_verb(struct bench *b, enum verb v, int64_t at_s)
{
    bench_at(b, at_s, CAUSE_PERSON);
    switch (v) {
    case VERB_ACK:
        case_ack(b->c, &b->desk);
        break;
    case VERB_UNACK:
        case_unack(b->c, &b->desk);
        break;
    case VERB_SNOOZE:
        case_snooze(b->c, &b->desk, b->desk.now_ms + 3600000);
        break;
    case VERB_REASSIGN:
        case_reassign(b->c, &b->desk, config_person(b->config, "bo"));
        break;
    case VERB_ESCALATE:
        assert_true(case_escalate(b->c, &b->desk));
        break;
    case VERB_RESOLVE:
        case_resolve(b->c, &b->desk, NULL);
        break;
    case VERB_NOTE:
        case_note(b->c, &b->desk, "disk");
        break;
    }
    bench_settle(b);
}

/* What belongs to another state is not there. */
static void assert_of_its_state(const struct incident *i)
{
    bool acked = i->state == INCIDENT_ACKNOWLEDGED;

    assert_int_equal(i->ack_due_ms != 0, acked);
    assert_int_equal(i->remind_due_ms != 0, acked);
    assert_int_equal(i->snoozed_until_ms != 0, i->state == INCIDENT_SNOOZED);
    assert_int_equal(i->step_due_ms != 0, i->state == INCIDENT_TRIGGERED);
    assert_int_equal(i->resolved_ms != 0, i->state == INCIDENT_RESOLVED);
    if (i->state == INCIDENT_TRIGGERED) {
        assert_int_equal(i->acked_ms, 0);
        assert_string_equal(i->acked_by, "");
    }
}

static void verb__in_each_state__moves_records_tells_and_waits(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof verb_cases / sizeof *verb_cases; n++) {
        const struct verb_case *v = &verb_cases[n];
        struct bench b;

        bring_to(&b, v->from);
        run_verb(&b, v->verb, 60);
        assert_int_equal(b.c->incident.state, v->to);
        assert_string_equal(bench_moves(&b), v->moves);
        assert_string_equal(bench_news(&b), v->news);
        assert_int_equal(b.c->incident.cycle, v->cycle);
        assert_int_equal(b.fx.commit.incidents.n, 1);
        assert_string_equal(b.fx.commit.transitions.items[0].actor, "zoe");
        assert_of_its_state(&b.c->incident);
        bench_take(&b, 61);
        assert_int_equal(bench_wake_s(&b), v->wake_s);
        assert_false(b.closed);
        bench_done(&b);
    }
}

static void verb__with_a_comment__says_it(void **state)
{
    static const struct {
        enum verb verb;
        const char *want;
    } rows[] = {
        {VERB_ACK, "triggered -> acknowledged: acknowledged by zoe: my deploy"},
        {VERB_SNOOZE, "triggered -> snoozed: snoozed for 1h by zoe: my deploy"},
        {VERB_REASSIGN, "triggered -> reassigned: reassigned to bo by zoe: my deploy"},
        {VERB_RESOLVE, "triggered -> resolved: resolved by zoe: my deploy"},
    };

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct bench b;

        bring_to(&b, INCIDENT_TRIGGERED);
        bench_at(&b, 60, CAUSE_PERSON);
        b.desk.comment = "my deploy";
        if (rows[n].verb == VERB_ACK)
            case_ack(b.c, &b.desk);
        else if (rows[n].verb == VERB_SNOOZE)
            case_snooze(b.c, &b.desk, b.desk.now_ms + 3600000);
        else if (rows[n].verb == VERB_REASSIGN)
            case_reassign(b.c, &b.desk, config_person(b.config, "bo"));
        else
            case_resolve(b.c, &b.desk, NULL);
        assert_string_equal(bench_moves(&b), rows[n].want);
        bench_done(&b);
    }
}

/* --- acknowledge and take back --- */

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

/* Who had it while it was held is paged when it is let go only by being in a step. */
static void unack__while_held__pages_nobody_until_it_is_let_go(void **state)
{
    struct bench b;

    (void)state;
    bring_to(&b, INCIDENT_ACKNOWLEDGED);
    bench_hold(&b, HOLD_SILENCE, "s1", 20);
    bench_unack(&b, 60);
    assert_string_equal(bench_news(&b), "");
    assert_int_equal(b.c->incident.step_due_ms, 0);
    assert_int_equal(bench_wake_s(&b), -1);
    bench_release(&b, 100);
    assert_string_equal(bench_news(&b), "a unacknowledged");
    bench_done(&b);
}

/* --- note --- */

static void note__the_latest__is_in_what_is_sent_from_then_on(void **state)
{
    struct bench b;
    char longer[400];

    (void)state;
    bring_to(&b, INCIDENT_TRIGGERED);
    case_note(b.c, bench_at(&b, 60, CAUSE_PERSON), "first");
    memset(longer, 'n', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    memcpy(longer, "second ", 7);
    case_note(b.c, bench_at(&b, 61, CAUSE_PERSON), longer);
    bench_tick(&b, 300);
    assert_string_equal(bench_news(&b), "b escalated");
    assert_memory_equal(b.fx.sends.items[0]->notice.note, "second nnn", 10);
    assert_int_equal(strlen(b.fx.sends.items[0]->notice.note), sizeof b.c->incident.note - 1);
    assert_string_equal(b.c->pages.items[0]->d.notice.note, "");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verb__in_each_state__moves_records_tells_and_waits),
        cmocka_unit_test(verb__with_a_comment__says_it),
        cmocka_unit_test(ack__some_reached__stops_all_and_tells_the_reached),
        cmocka_unit_test(ack__while_the_page_is_on_its_way__tells_only_if_it_may_have_arrived),
        cmocka_unit_test(ack__of_two_contacts_one_reached__tells_that_one_only),
        cmocka_unit_test(ack__with_a_timeout__runs_out_and_pages_the_one_who_had_it_too),
        cmocka_unit_test(unack__by_a_person__starts_over_and_drops_what_waits),
        cmocka_unit_test(unack__in_a_later_loop__starts_over_with_the_first),
        cmocka_unit_test(unack__while_the_note_is_on_its_way__the_note_is_not_tried_again),
        cmocka_unit_test(unack__first_step_later__pages_the_one_who_had_it_as_of_step_0),
        cmocka_unit_test(unack__while_held__pages_nobody_until_it_is_let_go),
        cmocka_unit_test(note__the_latest__is_in_what_is_sent_from_then_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
