/* test_state.c - the kept records, byte for byte: other versions of midwatch read them. */
#include <string.h>

#include "unit.h"

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
        cmocka_unit_test(too_small_a_buffer__says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
