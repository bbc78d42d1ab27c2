/* test_urgency.c - high or low: by what it is chosen, what it changes, when it rises.
 *
 * The trigger is on a Sunday at 2:00 UTC, so that Monday 9:00 is 31 hours later. */
#include "../../../src/incident/parts.h"
#include "bench.h"

#define HOURS     "time_zone: UTC, hours: [ { days: [mon-fri], start: '09:00', end: '17:00' } ]"
#define IN_HOURS  "urgency: { inside: high, outside: low, " HOURS " }"
#define STEPS     "steps: [ { notify: ['person:lo'] }, { after: 5m, notify: ['channel:f'] } ]"
#define LOW       "  p: { " STEPS ", urgency: low }\n"
#define OFFICE    "  p: { " STEPS ", " IN_HOURS " }\n"
#define MONDAY_9  (31 * 3600LL)
#define MONDAY_17 (39 * 3600LL)
#define TUESDAY_9 (55 * 3600LL)

/* --- the choice --- */

static void choice__by_severity_and_hours__is_high_or_low(void **state)
{
    static const struct {
        const char *urgency;
        enum severity severity;
        int64_t at_s;
        enum urgency want;
    } rows[] = {
        {"high", SEVERITY_INFO, 0, URGENCY_HIGH},
        {"low", SEVERITY_CRITICAL, 0, URGENCY_LOW},
        {"severity", SEVERITY_CRITICAL, 0, URGENCY_HIGH},
        {"severity", SEVERITY_WARNING, 0, URGENCY_LOW},
        {"severity", SEVERITY_INFO, 0, URGENCY_LOW},
        {"{ inside: high, outside: low, " HOURS " }", SEVERITY_CRITICAL, MONDAY_9 - 1, URGENCY_LOW},
        {"{ inside: high, outside: low, " HOURS " }", SEVERITY_INFO, MONDAY_9, URGENCY_HIGH},
        {"{ inside: high, outside: low, " HOURS " }", SEVERITY_INFO, MONDAY_17 - 1, URGENCY_HIGH},
        {"{ inside: high, outside: low, " HOURS " }", SEVERITY_INFO, MONDAY_17, URGENCY_LOW},
        {"{ outside: severity, " HOURS " }", SEVERITY_CRITICAL, 0, URGENCY_HIGH},
        {"{ outside: severity, " HOURS " }", SEVERITY_WARNING, 0, URGENCY_LOW},
        {"{ outside: severity, " HOURS " }", SEVERITY_WARNING, MONDAY_9, URGENCY_HIGH},
        {"{ inside: low, outside: high, " HOURS " }", SEVERITY_WARNING, 0, URGENCY_HIGH},
        {"{ inside: low, outside: high, " HOURS " }", SEVERITY_WARNING, MONDAY_9, URGENCY_LOW},
    };

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        char policy[300];
        struct bench b;

        snprintf(policy, sizeof policy, "  p: { " STEPS ", urgency: %s }\n", rows[n].urgency);
        bench_init(&b, policy);
        assert_int_equal(urgency_at(&config_policy(b.config, "p")->urgency, rows[n].severity,
                                    BENCH_START_MS + rows[n].at_s * 1000),
                         rows[n].want);
        bench_done(&b);
    }
}

/* --- what low means --- */

static void low__goes_to_step_0_by_the_low_rules_and_no_further(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, LOW);
    assert_string_equal(bench_news(&b), "b triggered");
    assert_int_equal(b.fx.sends.items[0]->notice.urgency, URGENCY_LOW);
    assert_int_equal(b.c->incident.step_due_ms, 0);
    bench_take(&b, 1);
    bench_run(&b, 90000);
    assert_string_equal(bench_pages(&b), "b triggered delivered!, c triggered sending");
    bench_done(&b);
}

static void low__without_low_rules__goes_by_the_usual_ones(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:cy'] } ], urgency: low }\n");
    assert_string_equal(bench_pages(&b),
                        "a triggered sending, b triggered waiting, c triggered waiting");
    bench_done(&b);
}

/* Low is no reason to tell nobody at all. */
static void low__nobody_in_step_0_or_not_reached__goes_on(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['schedule:empty'] }, { after: 5m, notify: "
                   "['channel:f'] } ], urgency: low }\n");
    assert_string_equal(bench_news(&b), "f escalated");
    bench_done(&b);
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: "
                   "['channel:f'] } ], urgency: low }\n");
    bench_end(&b, "a", "refused", 1);
    assert_string_equal(bench_news(&b), "f escalated");
    bench_done(&b);
}

static void low__escalated_by_hand__is_the_next_step_and_no_further(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: "
                   "['person:lo'] }, { after: 5m, notify: ['channel:f'] } ], urgency: low }\n");
    bench_take(&b, 1);
    assert_true(bench_escalate(&b, 60));
    assert_string_equal(bench_news(&b), "b escalated");
    assert_int_equal(b.c->incident.step_due_ms, 0);
    bench_done(&b);
}

/* --- it rises --- */

static void hours__begin__page_step_0_anew_by_the_usual_rules_and_the_steps_follow(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, OFFICE);
    assert_string_equal(bench_news(&b), "b triggered");
    bench_take(&b, 1);
    bench_tick(&b, 60);
    bench_take(&b, 61);
    assert_int_equal(bench_wake_s(&b), MONDAY_9);
    bench_tick(&b, MONDAY_9);
    assert_string_equal(bench_moves(&b),
                        "triggered -> urgent: by the hours of its policy its urgency is high now; "
                        "triggered -> paged: step 0: paged lo");
    assert_string_equal(bench_news(&b), "a triggered");
    assert_int_equal(b.fx.sends.items[0]->notice.urgency, URGENCY_HIGH);
    assert_int_equal(b.c->incident.urgency_due_ms, 0);
    bench_take(&b, MONDAY_9 + 1);
    assert_int_equal(bench_wake_s(&b), MONDAY_9 + 300);
    bench_done(&b);
}

/* We were dead, or somebody set the clock: it would have become high. */
static void hours__over_again_by_the_time_we_look__make_it_high_all_the_same(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, OFFICE);
    bench_take(&b, 1);
    bench_tick(&b, 60);
    bench_take(&b, 61);
    bench_tick(&b, MONDAY_17 + 60);
    assert_string_equal(bench_news(&b), "a triggered");
    assert_int_equal(b.c->incident.urgency, URGENCY_HIGH);
    assert_int_equal(b.c->incident.step_due_ms, BENCH_START_MS + (MONDAY_17 + 360) * 1000);
    bench_done(&b);
}

static void hours__begin_before_the_first_page__do_not_put_it_off(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, "  p: { " STEPS ", group_wait: 10m, " IN_HOURS " }\n");
    case_begin(b.c, bench_at(&b, MONDAY_9 - 300, CAUSE_PROBE));
    bench_settle(&b);
    bench_run(&b, MONDAY_9 + 299);
    assert_string_equal(bench_pages(&b), "");
    bench_tick(&b, MONDAY_9 + 300);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_done(&b);
}

static void hours__begin_while_held_acknowledged_or_snoozed__move_nothing(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        struct bench b;

        bench_open(&b, OFFICE);
        bench_take(&b, 1);
        if (n == 0)
            bench_ack(&b, 10);
        else if (n == 1)
            bench_snooze(&b, TUESDAY_9, 10);
        else
            bench_hold(&b, HOLD_SILENCE, "s1", 10);
        bench_take(&b, 11);
        bench_run(&b, MONDAY_9 + 60);
        assert_int_equal(b.c->incident.urgency, URGENCY_LOW);
        assert_int_equal(b.c->incident.urgency_due_ms, 0);
        if (n == 0)
            bench_unack(&b, MONDAY_9 + 70);
        else if (n == 1)
            bench_unack(&b, MONDAY_9 + 70);
        else
            bench_release(&b, MONDAY_9 + 70);
        assert_int_equal(b.c->incident.urgency, URGENCY_HIGH);
        assert_string_equal(b.fx.sends.items[0]->notice.channel, "a");
        bench_done(&b);
    }
}

/* What had woken people at 16:59 does not fall asleep at 17:00. */
static void hours__end__calm_nothing_down(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, OFFICE);
    case_begin(b.c, bench_at(&b, MONDAY_17 - 60, CAUSE_PROBE));
    bench_settle(&b);
    bench_take(&b, MONDAY_17 - 59);
    bench_ack(&b, MONDAY_17 - 50);
    bench_take(&b, MONDAY_17 - 49);
    bench_unack(&b, MONDAY_17 + 60);
    assert_int_equal(b.c->incident.urgency, URGENCY_HIGH);
    assert_string_equal(bench_news(&b), "a unacknowledged");
    bench_done(&b);
}

static void hours__end_before_the_first_page__make_it_low(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, "  p: { " STEPS ", group_wait: 10m, " IN_HOURS " }\n");
    case_begin(b.c, bench_at(&b, MONDAY_17 - 60, CAUSE_PROBE));
    assert_int_equal(b.c->incident.urgency, URGENCY_HIGH);
    bench_hold(&b, HOLD_SILENCE, "s1", MONDAY_17 - 50);
    bench_release(&b, MONDAY_17 + 60);
    assert_int_equal(b.c->incident.urgency, URGENCY_LOW);
    bench_done(&b);
}

static void reopened__after_hours__is_chosen_anew(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, OFFICE);
    bench_keep(&b);
    case_begin(b.c, bench_at(&b, MONDAY_17 - 60, CAUSE_PROBE));
    bench_settle(&b);
    bench_take(&b, MONDAY_17 - 59);
    bench_recover(&b, MONDAY_17 - 10);
    bench_take(&b, MONDAY_17 - 9);
    bench_reopen(&b, MONDAY_17 + 10);
    assert_int_equal(b.c->incident.urgency, URGENCY_LOW);
    assert_string_equal(bench_news(&b), "b triggered");
    assert_int_equal(b.c->incident.urgency_due_ms, BENCH_START_MS + TUESDAY_9 * 1000);
    bench_done(&b);
}

/* --- deeds --- */

static void deed__on_low_urgency__does_not_forget_when_it_rises(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        struct bench b;

        bench_open(&b, OFFICE);
        bench_take(&b, 1);
        if (n == 1)
            bench_ack(&b, 5);
        if (n == 2)
            bench_snooze(&b, 60, 5);
        bench_take(&b, 6);
        if (n == 0)
            bench_reassign(&b, "lo", 10);
        else
            assert_true(bench_escalate(&b, 10));
        assert_int_equal(b.c->incident.urgency_due_ms, BENCH_START_MS + MONDAY_9 * 1000);
        bench_take(&b, 11);
        bench_tick(&b, 70);
        bench_take(&b, 71);
        bench_tick(&b, MONDAY_9);
        assert_string_equal(bench_news(&b), "a triggered");
        bench_done(&b);
    }
}

static void raised__by_severity__rises_also_before_the_first_page(void **state)
{
    static const char *const waits[] = {"0s", "2m"};

    (void)state;
    for (size_t n = 0; n < sizeof waits / sizeof *waits; n++) {
        char policy[300];
        struct bench b;

        snprintf(policy, sizeof policy, "  p: { " STEPS ", urgency: severity, group_wait: %s }\n",
                 waits[n]);
        bench_init(&b, policy);
        b.c->incident.severity = SEVERITY_WARNING;
        case_begin(b.c, &b.desk);
        bench_settle(&b);
        bench_take(&b, 1);
        assert_int_equal(b.c->incident.urgency, URGENCY_LOW);
        bench_raise(&b, SEVERITY_CRITICAL, 60);
        assert_int_equal(b.c->incident.urgency, URGENCY_HIGH);
        bench_tick(&b, 120);
        assert_string_equal(b.c->pages.items[b.c->pages.n - 2]->d.notice.channel, "a");
        assert_true(b.c->incident.step_due_ms > 0);
        bench_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choice__by_severity_and_hours__is_high_or_low),
        cmocka_unit_test(low__goes_to_step_0_by_the_low_rules_and_no_further),
        cmocka_unit_test(low__without_low_rules__goes_by_the_usual_ones),
        cmocka_unit_test(low__nobody_in_step_0_or_not_reached__goes_on),
        cmocka_unit_test(low__escalated_by_hand__is_the_next_step_and_no_further),
        cmocka_unit_test(hours__begin__page_step_0_anew_by_the_usual_rules_and_the_steps_follow),
        cmocka_unit_test(hours__over_again_by_the_time_we_look__make_it_high_all_the_same),
        cmocka_unit_test(hours__begin_before_the_first_page__do_not_put_it_off),
        cmocka_unit_test(hours__begin_while_held_acknowledged_or_snoozed__move_nothing),
        cmocka_unit_test(hours__end__calm_nothing_down),
        cmocka_unit_test(hours__end_before_the_first_page__make_it_low),
        cmocka_unit_test(reopened__after_hours__is_chosen_anew),
        cmocka_unit_test(deed__on_low_urgency__does_not_forget_when_it_rises),
        cmocka_unit_test(raised__by_severity__rises_also_before_the_first_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
