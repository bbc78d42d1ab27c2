/* test_state.c - the kept records, byte for byte: other versions of midwatch read them. */
#include <string.h>

#include "unit.h"

#include "base/text.h"
#include "format/state.h"

static struct buf out;

static void assert_wrote(const char *expected)
{
    assert_string_equal(buf_text(&out), expected);
    buf_done(&out);
}

static void monitor__only_what_it_says(void **state)
{
    struct monitor_status s = {.state = MONITOR_DOWN, .since_ms = 5, .bad = 2, .streak_ms = 5};

    (void)state;
    s.last = (struct result){.due_ms = 7,
                             .at_ms = 8,
                             .verdict = VERDICT_DOWN,
                             .reason = REASON_TLS,
                             .phases = {1, 2, -1, -1, -1, 3},
                             .message = "no\n\"name\""};
    buf_init(&out, 4096);
    state_write_monitor(&out, &s);
    assert_wrote(
        "{\"state\":\"down\",\"since\":5,\"bad\":2,\"streak\":5,\"last\":{\"due\":7,\"at\":8,"
        "\"verdict\":\"down\",\"reason\":\"tls\",\"resolve_us\":1,\"connect_us\":2,"
        "\"total_us\":3,\"message\":\"no\\n\\\"name\\\"\"}}");
}

static void incident__words_and_numbers(void **state)
{
    struct incident i = {.id = "i1",
                         .monitor = "api",
                         .severity = SEVERITY_WARNING,
                         .state = INCIDENT_ACKNOWLEDGED,
                         .title = "api is down",
                         .reason = REASON_STATUS,
                         .started_ms = 1,
                         .acked_by = "ana",
                         .count = 3,
                         .step = 0};

    (void)state;
    buf_init(&out, 4096);
    state_write_incident(&out, &i);
    assert_wrote(
        "{\"id\":\"i1\",\"monitor\":\"api\",\"severity\":\"warning\",\"state\":\"acknowledged\","
        "\"title\":\"api is down\",\"reason\":\"status\",\"started\":1,\"acked_by\":\"ana\","
        "\"count\":3,\"step\":0}");
}

static void delivery__with_its_notice(void **state)
{
    struct delivery d = {.id = "d1",
                         .state = DELIVERY_SENDING,
                         .reached = REACHED_MAYBE,
                         .handed_on = true,
                         .rule = -1};

    (void)state;
    d.notice = (struct notice){.type = NOTICE_TEST, .channel = "ops"};
    buf_init(&out, 4096);
    state_write_delivery(&out, &d);
    assert_wrote("{\"id\":\"d1\",\"state\":\"sending\",\"reached\":\"maybe\",\"handed_on\":true,"
                 "\"notice\":{\"type\":\"test\",\"state\":\"triggered\",\"severity\":\"info\","
                 "\"reason\":\"ok\",\"channel\":\"ops\"}}");
}

static void attempt_and_transition__as_the_streams_hold_them(void **state)
{
    struct attempt a = {
        .delivery = "d1", .number = 2, .at_ms = 9, .outcome = OUTCOME_RETRY, .status = 503};
    struct transition t = {.at_ms = 4,
                           .subject = SUBJECT_DELIVERY,
                           .name = "d1",
                           .from = "waiting",
                           .to = "sending",
                           .cause = CAUSE_TIMER};

    (void)state;
    buf_init(&out, 4096);
    state_write_attempt(&out, &a);
    buf_char(&out, '\n');
    state_write_transition(&out, &t);
    assert_wrote(
        "{\"delivery\":\"d1\",\"number\":2,\"at\":9,\"outcome\":\"retry\",\"reached\":\"no\","
        "\"status\":503}\n{\"at\":4,\"subject\":\"delivery\",\"name\":\"d1\",\"from\":\"waiting\","
        "\"to\":\"sending\",\"cause\":\"timer\",\"reason\":\"ok\"}");
}

static void incident__held_reopened_flapping__only_what_it_says(void **state)
{
    struct incident i = {.id = "i2",
                         .severity = SEVERITY_CRITICAL,
                         .state = INCIDENT_SNOOZED,
                         .step = -1,
                         .opening = NOTICE_ESCALATED,
                         .paged = SEVERITY_WARNING,
                         .born_cycle = 1,
                         .urgency = URGENCY_LOW,
                         .urgency_due_ms = 20,
                         .snoozed_until_ms = 21,
                         .remind_due_ms = 22,
                         .reminded = 2,
                         .assigned = "bo",
                         .note = "looking",
                         .hold = HOLD_DEPENDENCY,
                         .hold_ref = "i1",
                         .hold_why = "db is down",
                         .hold_until_ms = 23,
                         .hold_bad = 4,
                         .reopened = 1,
                         .changes_ms = {11, 0, 13},
                         .flapping = true,
                         .flap_due_ms = 24,
                         .affected = "a b",
                         .n_affected = 2,
                         .update_due_ms = 25,
                         .updated_note_ms = 26};

    (void)state;
    buf_init(&out, 4096);
    state_write_incident(&out, &i);
    assert_wrote("{\"id\":\"i2\",\"severity\":\"critical\",\"state\":\"snoozed\",\"reason\":\"ok\","
                 "\"opening\":\"incident.escalated\",\"paged\":\"warning\",\"born_cycle\":1,"
                 "\"urgency\":\"low\",\"urgency_due\":20,\"snoozed_until\":21,\"remind_due\":22,"
                 "\"reminded\":2,\"assigned\":\"bo\",\"note\":\"looking\",\"hold\":\"dependency\","
                 "\"hold_ref\":\"i1\",\"hold_why\":\"db is down\",\"hold_until\":23,\"hold_bad\":4,"
                 "\"reopened\":1,\"changes\":[11,0,13],\"flapping\":true,\"flap_due\":24,"
                 "\"affected\":\"a b\",\"n_affected\":2,\"update_due\":25,\"updated_note\":26}");
}

static void delivery_and_attempt__newer_members(void **state)
{
    struct delivery d = {.id = "d1", .rule = -1, .cycle = 3, .replayed = true};
    struct attempt a = {
        .delivery = "d1", .number = 1, .at_ms = 9, .answer = "busy", .digest = "ab12"};

    (void)state;
    d.notice = (struct notice){.urgency = URGENCY_LOW, .affected = "a", .n_affected = 1};
    text_copy(d.notice.note, sizeof d.notice.note, "hm");
    buf_init(&out, 4096);
    state_write_delivery(&out, &d);
    buf_char(&out, '\n');
    state_write_attempt(&out, &a);
    assert_wrote("{\"id\":\"d1\",\"state\":\"waiting\",\"reached\":\"no\",\"cycle\":3,"
                 "\"replayed\":true,\"notice\":{\"type\":\"incident.triggered\","
                 "\"state\":\"triggered\",\"severity\":\"info\",\"reason\":\"ok\","
                 "\"urgency\":\"low\",\"affected\":\"a\",\"n_affected\":1,\"note\":\"hm\"}}\n"
                 "{\"delivery\":\"d1\",\"number\":1,\"at\":9,\"outcome\":\"ok\",\"reached\":\"no\","
                 "\"answer\":\"busy\",\"digest\":\"ab12\"}");
}

static void quiet_and_override__as_their_hashes_hold_them(void **state)
{
    struct quiet q = {.id = "q1",
                      .kind = QUIET_MAINTENANCE,
                      .matchers = "group=core\nteam=~pay.*",
                      .start_ms = 1,
                      .end_ms = 2,
                      .created_ms = 3,
                      .author = "ana",
                      .ended_by = "bo",
                      .comment = "moving",
                      .warned = true};
    struct kept_override o = {.id = "o1",
                              .schedule = "primary",
                              .kind = OVERRIDE_REPLACE,
                              .start_ms = 1,
                              .end_ms = 2,
                              .created_ms = 3,
                              .people = "ana",
                              .with = "bo",
                              .author = "ana",
                              .comment = "swap"};

    (void)state;
    buf_init(&out, 4096);
    state_write_quiet(&out, &q);
    buf_char(&out, '\n');
    state_write_override(&out, &o);
    assert_wrote(
        "{\"id\":\"q1\",\"kind\":\"maintenance\",\"matchers\":\"group=core\\nteam=~pay.*\","
        "\"start\":1,\"end\":2,\"created\":3,\"author\":\"ana\",\"ended_by\":\"bo\","
        "\"comment\":\"moving\",\"warned\":true}\n"
        "{\"id\":\"o1\",\"schedule\":\"primary\",\"kind\":\"replace\",\"start\":1,\"end\":2,"
        "\"created\":3,\"people\":\"ana\",\"with\":\"bo\",\"author\":\"ana\","
        "\"comment\":\"swap\"}");
}

static void too_small_a_buffer__says_so(void **state)
{
    struct incident i = {.id = "i1"};

    (void)state;
    buf_init(&out, 10);
    state_write_incident(&out, &i);
    assert_true(out.over);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monitor__only_what_it_says),
        cmocka_unit_test(incident__words_and_numbers),
        cmocka_unit_test(delivery__with_its_notice),
        cmocka_unit_test(attempt_and_transition__as_the_streams_hold_them),
        cmocka_unit_test(incident__held_reopened_flapping__only_what_it_says),
        cmocka_unit_test(delivery_and_attempt__newer_members),
        cmocka_unit_test(quiet_and_override__as_their_hashes_hold_them),
        cmocka_unit_test(too_small_a_buffer__says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
