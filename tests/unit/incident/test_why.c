/* test_why.c - a monitor without an incident; the order and length of a story. */
#include "asking_why.h"

#define LAST(v, m)                                                                                 \
    {                                                                                              \
        .at_ms = S(-2), .verdict = v, .message = m, .phases = { -1, -1, -1, -1, -1, 84000 }        \
    }
static const struct {
    struct monitor_status s;
    enum monitor_state shown;
    const char *answer, *line;
} statuses[] = {
    {{.state = MONITOR_UP, .since_ms = S(-600), .last = LAST(VERDICT_UP, "")},
     MONITOR_UP,
     "monitor api: api has no incident: its last result was up\n",
     "\n-600 up since then\n-2 the last result: up, after 84ms\n"},
    {{.state = MONITOR_UP,
      .since_ms = S(-600),
      .bad = 1,
      .streak_ms = S(-2),
      .last = LAST(VERDICT_DOWN, "refused")},
     MONITOR_UP,
     "api is failing but not confirmed: 1 bad result of 2\n",
     "\n-2 the last result: down, refused, after 84ms\n"
     "-2 the first bad result; 2 in a row make it down (fail_after)\n"},
    {{.state = MONITOR_DEGRADED, .last = LAST(VERDICT_DEGRADED, "slow")},
     MONITOR_DEGRADED,
     "api is degraded, which wakes nobody: slow\n",
     "the last result: degraded, slow"},
    {{.state = MONITOR_DOWN, .bad = 1, .last = LAST(VERDICT_DOWN, "refused")},
     MONITOR_DOWN,
     "api is down without an incident: 1 of the 2 bad results that open the next\n",
     "the last result: down"},
    {{.state = MONITOR_DOWN, .good = 1, .streak_ms = S(-2), .last = LAST(VERDICT_UP, "")},
     MONITOR_DOWN,
     "api is down without an incident: 0 of the 2",
     "\n-2 the first good result; 2 in a row end it (recover_after), 1 so far\n"},
    {{.state = MONITOR_UP, .unknown = 3, .last = LAST(VERDICT_UNKNOWN, "no network")},
     MONITOR_UNKNOWN,
     "api is unknown: midwatch is blind (no network), and pages nobody by what it cannot see\n",
     "the last result: unknown, no network, after 84ms; it counts neither for nor against\n"},
    {{.state = MONITOR_PENDING}, MONITOR_PENDING, "api has no result yet\n", "if it went down now"},
};

static void monitor__each_status__says_why_there_is_no_page(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    for (size_t k = 0; k < sizeof statuses / sizeof *statuses; k++) {
        struct why_facts f = {.config = c,
                              .now_ms = S(0),
                              .monitor = config_monitor(c, "api"),
                              .status = &statuses[k].s,
                              .shown = statuses[k].shown};
        expect_line(ask(why_monitor, &f), statuses[k].answer);
        expect_line(buf_text(&said), statuses[k].line);
    }
    struct monitor disabled = *config_monitor(c, "api");
    struct why_facts f = {.config = c, .now_ms = S(0), .monitor = &disabled};
    disabled.enabled = false;
    expect(ask(why_monitor, &f),
           "monitor api: api is disabled in the file: it is not probed and pages nobody\n");
    config_free(c);
}

static void story__too_long__leaves_out_the_middle(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct incident i = bench_incident();
    static struct transition t[500];
    for (int k = 0; k < 500; k++) {
        char text[32];
        snprintf(text, sizeof text, "note %d", k);
        t[k] = moved("noted", k, text);
    }
    i.state = INCIDENT_RESOLVED;
    i.resolved_ms = S(600);
    struct why_facts f = {
        .config = c, .now_ms = S(700), .incident = &i, .transitions = t, .n_transitions = 500};
    const char *text = ask(why_incident, &f);
    size_t lines = 0;
    for (const char *p = text; (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, 1 + 300 + 1);
    expect_line(text, "-10 the first bad result of api in this row\n+0 note 0\n+1 note 1\n");
    expect_line(text, "\n+58 note 58\n+59 201 more, left out here\n+260 note 260\n");
    expect_line(text, "\n+499 note 499\n");
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monitor__each_status__says_why_there_is_no_page),
        cmocka_unit_test(story__too_long__leaves_out_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, last_said);
}
