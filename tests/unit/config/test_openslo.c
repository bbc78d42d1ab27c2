/* test_openslo.c - documents of others, and what cannot be carried. The way there and back again
 * of our own: tests/unit/cli/test_slo_openslo.c. */
#include "config/openslo.h"

#include <stdio.h>

#include "loading.h"

static int status;

/* What was printed, then "--", then what was left out, then "--" and the errors. */
static char *import(const char *text, size_t n)
{
    struct buf yaml, left, all;
    struct openslo o = {.yaml = &yaml, .left_out = &left};
    struct diagnostics d;

    buf_init(&yaml, 1 << 20);
    buf_init(&left, 1 << 20);
    buf_init(&all, 1 << 22);
    status = openslo_parse("o.yaml", text, n, &o, &d);
    buf_printf(&all, "%s--\n%s--\n", buf_text(&yaml), buf_text(&left));
    diagnostics_print(&d, &all);
    diagnostics_done(&d);
    buf_done(&yaml);
    buf_done(&left);
    return buf_take(&all, NULL);
}

static void must_say(const char *text, const char *const *said)
{
    char *all = import(text, strlen(text));

    for (; *said; said++)
        if (!strstr(all, *said))
            fail_msg("\"%s\" is not in:\n%s", *said, all);
    mem_free(all);
}

#define SLO_HEAD                                                                                   \
    "apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: My SLO! }\nspec:\n  service: shop\n"

static void import__foreign_slo__what_can_be_carried_is_and_the_rest_is_listed(void **state)
{
    (void)state;
    must_say("# two documents\n---\napiVersion: openslo/v1\nkind: AlertPolicy\nmetadata: { name: "
             "fast }\n"
             "---\n" SLO_HEAD
             "  description: \"say \\\"x\\\"\\n${now}\\n\"\n  indicatorRef: somewhere\n"
             "  timeWindow: [ { duration: 4w, isRolling: true } ]\n"
             "  budgetingMethod: Occurrences\n"
             "  objectives: [ { target: 0.995 }, { targetPercent: 99.95, op: lte, value: 0.2 } ]\n"
             "  alertPolicies: [ fast ]\n",
             (const char *const[]){
                 "slos:\n  - name: \"My-SLO-\"\n    description: \"say \\\"x\\\" $${now}\"\n"
                 "    match: { service: \"shop\" }\n    objective: 99.5000%\n    window: 28d\n"
                 "    by: events\n",
                 "  - name: \"My-SLO--2\"", "    objective: 99.9500%\n",
                 "o.yaml:3: fast: this kind of document has no place here",
                 "its metric: give the monitors that measure it the label `service`",
                 "its threshold has no unit", "several objectives", "its alert policies", NULL});
    assert_int_equal(status, 0);
}

static void import__windows__as_far_as_ours_can_be_the_same(void **state)
{
    static const struct {
        const char *window, *ours;
        bool told;
    } rows[] = {
        {"{ duration: 30d, isRolling: true }", "window: 30d", false},
        {"{ duration: 48h, isRolling: true }", "window: 2d", false},
        {"{ duration: 1M, isRolling: false, calendar: { startTime: 2020-01-01, timeZone: "
         "Europe/Madrid } }",
         "window: { calendar: month, time_zone: \"Europe/Madrid\" }", false},
        {"{ duration: 1h, isRolling: true }", "window: 30d", true},
        {"{ duration: 1Q, isRolling: false, calendar: { timeZone: UTC } }", "window: 30d", true},
        {"{ duration: 9999d }", "window: 30d", true},
    };
    char text[800];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *all;

        snprintf(text, sizeof text,
                 SLO_HEAD "  timeWindow: [ %s ]\n  objectives: [ { target: 0.9 } ]\n",
                 rows[i].window);
        all = import(text, strlen(text));
        assert_non_null(strstr(all, rows[i].ours));
        assert_int_equal(strstr(all, "the time window") != NULL, rows[i].told);
        mem_free(all);
    }
}

static void import__faults__with_their_lines(void **state)
{
    (void)state;
    must_say("---\n---\napiVersion: openslo/v1\nkind: SLO\nmetadata: { name: a }\nspec: { }\n",
             (const char *const[]){"o.yaml:3:1: error: an SLO has `metadata.name`", NULL});
    assert_int_equal(status, -1);
    must_say("kind: Deployment\n", (const char *const[]){"no document of OpenSLO v1", NULL});
    must_say(SLO_HEAD "  objectives: [ { target: 1.5 } ]\n",
             (const char *const[]){"no `target` between", NULL});
    must_say("a: [\n", (const char *const[]){"error: YAML:", NULL});
    must_say("# nothing\n---\n", (const char *const[]){"--\n--\n", NULL});
    assert_int_equal(status, 0);
}

/* A dollar of somebody's query is no variable of ours. */
static void import__variables_in_queries__are_left_alone(void **state)
{
    (void)state;
    must_say(SLO_HEAD
             "  indicator: { spec: { ratioMetric: { good: { metricSource: { type: p, spec: "
             "{ q: '${env:SECRET}' } } } } } }\n  objectives: [ { target: 0.9 } ]\n",
             (const char *const[]){"objective: 90.0000%", NULL});
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(import__foreign_slo__what_can_be_carried_is_and_the_rest_is_listed),
        cmocka_unit_test(import__windows__as_far_as_ours_can_be_the_same),
        cmocka_unit_test(import__faults__with_their_lines),
        cmocka_unit_test(import__variables_in_queries__are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
