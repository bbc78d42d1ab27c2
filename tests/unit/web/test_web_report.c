/* Reports over the API: a draft, issued once, revised when the inputs are others. */
#include "sla/month.h"
#include "web_world.h"

/* The month before this one, in UTC, with a result in each of its hours. */
static struct month last_month(void)
{
    return month_add(month_at(zone_utc(), loop_now_ms()), -1);
}

static void fill(struct series_answer *a, struct series_cell *cells)
{
    for (size_t i = 0; i < a->rows * a->points; i++) {
        cells[i].tally.count[VERDICT_UP] = 59;
        cells[i].tally.count[VERDICT_DOWN] = 1;
        cells[i].expected = 60;
    }
}

static const char *get(struct world *w, const char *query)
{
    char request[200];

    snprintf(request, sizeof request, "GET /api/v1/reports/sla%s", query);
    ask(w, request, "", "");
    return w->body;
}

static int revise(struct world *w)
{
    return ask(w, "POST /api/v1/reports/sla", "", "");
}

static void report__month_that_is_over__issued_once_and_then_answered_as_stored(void **state)
{
    char month[MONTH_TEXT_SIZE], *first;
    struct world *w;
    struct jv *v;

    (void)state;
    open_world_with(&w, "");
    fake.fill = fill;
    first = mem_strdup(get(w, ""));
    assert_int_equal(w->status, 200);
    v = json(w);
    assert_string_equal(jv_get_text(v, "month"), month_format(last_month(), month));
    assert_int_equal(jv_get_int(v, "revision", 0), 1);
    assert_false(jv_get_bool(v, "draft", true));
    assert_string_equal(jv_get_text(v, "config_digest"), w->config->digest);
    assert_int_equal(jv_len(jv_get(jv_get(v, "data"), "results")), 5); /* all, 2 groups, 2 */
    jv_free(v);
    fake.fill = NULL; /* what is kept now is other: the report is not */
    assert_string_equal(get(w, ""), first);
    assert_string_equal(get(w, "?revision=1"), first);
    assert_int_equal(kept.n_reports, 1);
    get(w, "?revision=2");
    assert_int_equal(w->status, 404);
    mem_free(first);
    close_world(w);
}

static void report__running_month__draft_and_nothing_stored(void **state)
{
    char month[MONTH_TEXT_SIZE], query[64];
    struct world *w;
    struct jv *v;

    (void)state;
    open_world_with(&w, "");
    fake.fill = fill;
    snprintf(query, sizeof query, "?month=%s", month_format(month_add(last_month(), 1), month));
    get(w, query);
    v = json(w);
    assert_true(jv_get_bool(v, "draft", false));
    assert_int_equal(jv_get_int(v, "revision", -1), 0);
    jv_free(v);
    assert_int_equal(kept.n_reports, 0);
    snprintf(query, sizeof query, "POST /api/v1/reports/sla?month=%s", month);
    assert_int_equal(ask(w, query, "", ""), 409);
    close_world(w);
}

static void report__revised__only_when_the_inputs_are_others(void **state)
{
    struct world *w;
    struct jv *v;

    (void)state;
    open_world_with(&w, "");
    fake.fill = fill;
    assert_int_equal(revise(w), 201);
    v = json(w);
    assert_int_equal(jv_get_int(v, "revision", 0), 1);
    assert_true(jv_get_bool(v, "new", false));
    jv_free(v);
    assert_int_equal(revise(w), 200);
    v = json(w);
    assert_false(jv_get_bool(v, "new", true));
    jv_free(v);
    fake.fill = NULL;
    assert_int_equal(revise(w), 201);
    v = json(w);
    assert_int_equal(jv_get_int(v, "revision", 0), 2);
    assert_int_equal(jv_get_int(v, "corrects", 0), 1);
    jv_free(v);
    get(w, "");
    v = json(w);
    assert_int_equal(jv_get_int(v, "revision", 0), 2);
    jv_free(v);
    get(w, "?revision=1");
    v = json(w);
    assert_int_equal(jv_get_int(v, "revision", 0), 1);
    jv_free(v);
    assert_int_equal(ask(w, "GET /api/v1/reports", "", ""), 200);
    v = json(w);
    assert_int_equal(jv_len(v), 2);
    jv_free(v);
    close_world(w);
}

static void report__each_format__its_type_and_a_policy(void **state)
{
    struct world *w;

    (void)state;
    open_world_with(&w, "");
    fake.fill = fill;
    assert_non_null(strstr(get(w, "?format=html"), "<!doctype html>"));
    assert_non_null(strstr(w->text, "Content-Type: text/html; charset=utf-8"));
    assert_non_null(strstr(w->text, "Content-Security-Policy: default-src 'none'; style-src "
                                    "'sha256-"));
    assert_non_null(strstr(w->text, "frame-ancestors 'none'"));
    assert_true(strncmp(get(w, "?format=markdown"), "# acme: service levels of", 25) == 0);
    assert_non_null(strstr(w->text, "Content-Type: text/markdown"));
    assert_true(strncmp(get(w, "?format=csv"), "section,subject,", 16) == 0);
    assert_non_null(strstr(w->text, "Content-Type: text/csv"));
    assert_int_equal(kept.n_reports, 1);
    close_world(w);
}

static void report__what_cannot_be__said(void **state)
{
    static const struct {
        const char *query;
        int status;
    } cases[] = {{"?month=2026-13", 400}, {"?month=", 400},
                 {"?format=pdf", 400},    {"?revision=0", 400},
                 {"?revision=x", 400},    {"?month=9998-12", 404},
                 {"?month=1999-01", 404}, {"?month=1999-01&revision=1", 404}};
    struct world *w;

    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        get(w, cases[i].query);
        assert_int_equal(w->status, cases[i].status);
    }
    assert_int_equal(kept.n_reports, 0); /* of a month without anything none is made */
    fake.fill = fill;
    kept.refuses = true;
    get(w, "");
    assert_int_equal(w->status, 503);
    fake.away = true;
    get(w, "");
    assert_int_equal(w->status, 503);
    assert_int_equal(ask(w, "GET /api/v1/reports", "", ""), 503);
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report__month_that_is_over__issued_once_and_then_answered_as_stored),
        cmocka_unit_test(report__running_month__draft_and_nothing_stored),
        cmocka_unit_test(report__revised__only_when_the_inputs_are_others),
        cmocka_unit_test(report__each_format__its_type_and_a_policy),
        cmocka_unit_test(report__what_cannot_be__said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
