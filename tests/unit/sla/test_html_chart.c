/* Drawings of an SLO. */

#include "hostile.h"
#include "sla/writers.h"

static void draw(const char *json, void (*chart)(struct buf *, const struct slo_view *),
                 struct buf *out)
{
    struct jv *root = NULL;
    struct slo_view v;
    struct err e;

    assert_int_equal(jv_parse(json, strlen(json), &root, &e), 0);
    slo_view_of(root, &v);
    buf_init(out, 1 << 20);
    chart(out, &v);
    jv_free(root);
}

static size_t count(const char *s, const char *what)
{
    size_t n = 0;

    for (; (s = strstr(s, what)) != NULL; s++)
        n++;
    return n;
}

static void chart_days__kept_missed_unseen__told_apart_without_colour(void **state)
{
    struct buf out;

    (void)state;
    draw("{\"name\":\"web\",\"objective_ppm\":990000,\"days\":["
         "{\"day\":\"2026-10-01\",\"good\":100,\"bad\":0},"
         "{\"day\":\"2026-10-02\",\"good\":90,\"bad\":10},"
         "{\"day\":\"2026-10-03\",\"good\":0,\"bad\":0}]}",
         chart_days, &out);
    assert_int_equal(count(out.p, "<rect class=\"kept\""), 1);
    assert_int_equal(count(out.p, "<rect class=\"missed\""), 1);
    assert_int_equal(count(out.p, "<rect class=\"unseen\""), 1);
    assert_non_null(strstr(out.p, "<title>2026-10-02: 90 %</title>"));
    assert_non_null(strstr(out.p, "<title>2026-10-03: no figure</title>"));
    assert_non_null(strstr(out.p, ">90 %</text>")); /* the scale reaches below it */
    buf_done(&out);
}

static void chart__nothing_to_draw__nothing(void **state)
{
    static void (*const charts[])(struct buf *, const struct slo_view *) = {chart_days, chart_trend,
                                                                            chart_latency};
    static const char *const empty[] = {
        "{}", "{\"days\":[],\"trend\":[]}",
        "{\"objective_ppm\":990000,\"days\":[{}],\"trend\":[{\"good\":5,\"no_figure\":\"x\"}]}"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) {
            struct buf out;

            draw(empty[k], charts[i], &out);
            assert_int_equal(out.len, 0);
            buf_done(&out);
        }
    }
}

/* A gap is a gap: the line begins again behind it. */
static void chart_latency__a_day_without_results__gap(void **state)
{
    struct buf out;

    (void)state;
    draw("{\"name\":\"web\",\"days\":[{\"day\":\"01\",\"latency\":{\"p50_us\":1000}},"
         "{\"day\":\"02\",\"latency\":{\"p50_us\":1100}},{\"day\":\"03\"},"
         "{\"day\":\"04\",\"latency\":{\"p50_us\":900}}]}",
         chart_latency, &out);
    const char *line = strstr(out.p, "class=\"p50\"");

    assert_non_null(line);
    assert_int_equal(count(line, "M"), 2);
    assert_int_equal(count(line, "L"), 1);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chart_days__kept_missed_unseen__told_apart_without_colour),
        cmocka_unit_test(chart__nothing_to_draw__nothing),
        cmocka_unit_test(chart_latency__a_day_without_results__gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
