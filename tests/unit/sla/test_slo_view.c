/* An SLO of a document, in words. */
#include "sla/words.h"

#include "hostile.h"

static void view(const char *json, struct slo_view *ret, struct jv **ret_root)
{
    struct err e;

    assert_int_equal(jv_parse(json, strlen(json), ret_root, &e), 0);
    slo_view_of(*ret_root, ret);
}

static void slo_view__each_kind__its_promise_in_a_sentence(void **state)
{
    static const struct {
        const char *json, *promise;
    } cases[] = {
        {"{\"of\":\"availability\",\"by\":\"events\",\"objective_ppm\":999000}",
         "At least 99.9 % of all checks succeed."},
        {"{\"of\":\"availability\",\"by\":\"time\",\"objective_ppm\":999500}",
         "At least 99.95 % of the time it is up."},
        {"{\"of\":\"latency\",\"by\":\"events\",\"objective_ppm\":990000,\"limit_us\":250000}",
         "At least 99 % of all answers come within 250ms."},
        {"{\"of\":\"latency\",\"by\":\"time\",\"objective_ppm\":990000,\"limit_us\":250000}",
         "At least 99 % of the time, answers come within 250ms."},
        {"{\"of\":\"both\",\"by\":\"events\",\"objective_ppm\":990000,\"limit_us\":2000000}",
         "At least 99 % of all checks succeed within 2s."},
        {"{\"of\":\"both\",\"by\":\"time\",\"objective_ppm\":990000,\"limit_us\":300000}",
         "At least 99 % of the time it is up and answers within 300ms."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv *root = NULL;
        struct slo_view v;

        view(cases[i].json, &v, &root);
        assert_string_equal(v.promise, cases[i].promise);
        jv_free(root);
    }
}

static void slo_view__how_it_is_counted__days_and_what_is_down(void **state)
{
    static const struct {
        const char *json, *window;
    } cases[] = {
        {"{\"of\":\"availability\",\"rolling_days\":1}",
         "Counted over the calendar month. Announced maintenance is excluded, unknown does not "
         "count. The SLO itself rolls over 1 day."},
        {"{\"of\":\"latency\",\"unknown_is_bad\":true,\"maintenance_counts\":true,"
         "\"rolling_days\":365}",
         "Counted over the calendar month. Announced maintenance counts, unknown counts as bad. "
         "What was down has no latency and is excluded, too. The SLO itself rolls over 365 days."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv *root = NULL;
        struct slo_view v;

        view(cases[i].json, &v, &root);
        assert_string_equal(v.window, cases[i].window);
        jv_free(root);
    }
}

/* The example of the brief: figure, basis, interval. */
static void slo_view__a_figure__with_its_resolution(void **state)
{
    struct jv *root = NULL;
    struct slo_view v;

    (void)state;
    view("{\"objective_ppm\":999000,\"good\":43176,\"bad\":8,\"expected\":43200,\"met\":true,"
         "\"unit\":\"results\",\"at_least\":0.99966,\"budget_left\":0.81475,"
         "\"credits\":[{}],\"credit_percent\":0}",
         &v, &root);
    assert_string_equal(v.figure, "99.98 %");
    assert_string_equal(v.basis, "of 43,184 results (at least 99.96 % at 95 %)");
    assert_string_equal(v.budget, "81 % left");
    assert_string_equal(v.coverage, "99.9 %");
    assert_string_equal(v.credit, "none");
    assert_string_equal(slo_outcome(&v, false), "met");
    assert_string_equal(slo_outcome(&v, true), "met so far");
    jv_free(root);
}

static void slo_view__no_figure__why_not(void **state)
{
    struct jv *root = NULL;
    struct slo_view v;

    (void)state;
    view("{\"objective_ppm\":999000,\"good\":9,\"expected\":100,\"met\":null,"
         "\"no_figure\":\"too little\"}",
         &v, &root);
    assert_string_equal(v.figure, "no figure");
    assert_string_equal(v.basis, "too little");
    assert_string_equal(v.budget, "-");
    assert_string_equal(v.credit, "");
    assert_int_equal(v.outcome, OUTCOME_UNTOLD);
    jv_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slo_view__each_kind__its_promise_in_a_sentence),
        cmocka_unit_test(slo_view__how_it_is_counted__days_and_what_is_down),
        cmocka_unit_test(slo_view__a_figure__with_its_resolution),
        cmocka_unit_test(slo_view__no_figure__why_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
