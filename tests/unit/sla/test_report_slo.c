/* An SLO in the document. */
#include "sla/parts.h"

#include "hostile.h"

static struct jv *written(const struct sla_slo *s)
{
    struct jv *v = NULL;
    struct buf out;
    struct err e;
    struct jw w;

    buf_init(&out, REPORT_MAX_BYTES);
    jw_init(&w, &out);
    slo_write(&w, s);
    assert_int_equal(jv_parse(buf_text(&out), out.len, &v, &e), 0);
    buf_done(&out);
    return v;
}

static void slo_write__by_events__figure_interval_budget_credit(void **state)
{
    struct sla_report r;
    struct jv *v;

    (void)state;
    october(&r);
    v = written(&r.slos.items[0]);
    assert_true(jv_real(jv_get(v, "figure"), 0) > 0.9985);
    assert_true(jv_real(jv_get(v, "at_least"), 0) < jv_real(jv_get(v, "figure"), 0));
    assert_false(jv_bool(jv_get(v, "met"), true));
    assert_true(jv_real(jv_get(v, "budget_left"), 0) < 0);
    assert_int_equal(jv_get_int(v, "credit_percent", 0), 10);
    assert_int_equal(jv_type(jv_get(v, "no_figure")), JV_NULL);
    assert_string_equal(jv_get_text(jv_at(jv_get(v, "days"), 30), "day"), "2026-10-31");
    jv_free(v);
    report_done(&r);
}

/* Milliseconds are no looks: an interval of confidence would be made up. */
static void slo_write__by_time__no_interval(void **state)
{
    struct sla_report r;
    struct jv *v;

    (void)state;
    october(&r);
    v = written(&r.slos.items[1]);
    assert_int_equal(jv_type(jv_get(v, "at_least")), JV_NULL);
    assert_int_equal(jv_get_int(v, "rolling_days", 0), 28);
    assert_string_equal(jv_get_text(v, "unit"), "ms");
    jv_free(v);
    report_done(&r);
}

static void slo_write__too_little_seen__no_number_that_could_be_quoted(void **state)
{
    static const char *const none[] = {"figure", "at_least", "met", "budget_left",
                                       "credit_percent"};
    struct sla_report r;
    struct jv *v;

    (void)state;
    october(&r);
    v = written(&r.slos.items[2]);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(jv_type(jv_get(v, none[i])), JV_NULL);
    assert_non_null(strstr(jv_get_text(v, "no_figure"), "44.7 %"));
    jv_free(v);
    report_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slo_write__by_events__figure_interval_budget_credit),
        cmocka_unit_test(slo_write__by_time__no_interval),
        cmocka_unit_test(slo_write__too_little_seen__no_number_that_could_be_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
