/* Tallies over time: who and when is asked for, and how the answer reads. */
#include "web_world.h"

#include "base/civil.h"
#include "stats/tally.h"

#define AT INT64_C(1795316400000) /* 2026-11-22T03:00:00Z */

static struct jv *good(struct world *w, const char *head)
{
    if (ask(w, head, "", "") != 200)
        fail_msg("%s: %s", head, w->body);
    return json(w);
}

static const struct jv *point(const struct jv *v, size_t i)
{
    return jv_at(jv_get(v, "points"), i);
}

static void add(struct tally *t, enum verdict v, int64_t us, bool maintenance)
{
    struct result r = {.verdict = v,
                       .reason = v == VERDICT_DOWN ? REASON_CONNECT : REASON_OK,
                       .lateness_us = 500,
                       .maintenance = maintenance,
                       .phases = PHASES_NONE};

    r.phases.total_us = us;
    tally_add(t, &r);
}

/* Of each row: the first point nothing; the second 8 up, 1 degraded, 1 down, 1 in maintenance. */
static void fill(struct series_answer *a, struct series_cell *cells)
{
    for (size_t row = 0; row < a->rows; row++) {
        struct series_cell *c = &cells[row * a->points];
        c[0].expected = 12;
        c += a->points > 1 ? 1 : 0;
        c->expected = 12;
        for (int i = 1; i <= 8; i++)
            add(&c->tally, VERDICT_UP, i * 10000, false);
        add(&c->tally, VERDICT_DEGRADED, 500000, false);
        add(&c->tally, VERDICT_DOWN, -1, false);
        add(&c->tally, VERDICT_DOWN, -1, true);
    }
    a->read[TIER_RAW] = a->read[TIER_DAY] = true;
}

/* --- the answer --------------------------------------------------------------------------- */

static void points__every_figure__and_nulls_where_nothing_was(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    fake.fill = fill;
    struct jv *v = good(w, "GET /api/v1/monitors/api/series?from=2026-11-22T03:00:00Z&"
                           "to=2026-11-22T03:04:00Z&step=2m&percentiles=50,99.9");
    assert_string_equal(jv_get_text(v, "from"), "2026-11-22T03:00:00.000Z");
    assert_string_equal(jv_get_text(v, "to"), "2026-11-22T03:04:00.000Z");
    assert_int_equal(jv_get_int(v, "step_s", 0), 120);
    assert_true(jv_get_bool(v, "exact", false));
    assert_int_equal(jv_get_int(v, "damaged", -1), 0);
    assert_string_equal(jv_text(jv_at(jv_get(v, "tiers"), 0)), "raw");
    assert_string_equal(jv_text(jv_at(jv_get(v, "tiers"), 1)), "day");
    assert_int_equal(jv_len(jv_get(v, "points")), 2);
    const struct jv *none = point(v, 0), *p = point(v, 1);
    assert_string_equal(jv_get_text(none, "at"), "2026-11-22T03:00:00.000Z");
    assert_int_equal(jv_get_int(none, "results", -1), 0);
    assert_int_equal(jv_get_int(none, "expected", -1), 12);
    assert_true(jv_type(jv_get(none, "coverage")) != JV_NULL);
    static const char *const nulls[] = {"up",           "down",       "maintenance",
                                        "availability", "latency_ms", "reasons"};
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        assert_int_equal(jv_type(jv_get(none, nulls[i])), JV_NULL);
    assert_int_equal(jv_get_int(p, "results", 0), 11);
    assert_int_equal(jv_get_int(p, "up", 0), 8);
    assert_int_equal(jv_get_int(p, "degraded", 0), 1);
    assert_int_equal(jv_get_int(p, "down", 0), 1);
    assert_int_equal(jv_get_int(p, "maintenance", 0), 1);
    assert_true(jv_real(jv_get(p, "availability"), 0) == 0.9);
    assert_true(jv_real(jv_get(p, "error_rate"), 0) == 0.1);
    assert_true(jv_real(jv_get(p, "coverage"), 0) == 0.91667);
    const struct jv *latency = jv_get(p, "latency_ms");
    assert_int_equal(jv_real(jv_get(latency, "min"), 0), 10);
    assert_in_range((int)jv_real(jv_get(latency, "p50"), 0), 48, 52);
    assert_in_range((int)jv_real(jv_get(latency, "p99.9"), 0), 485, 515);
    assert_int_equal(jv_type(jv_get(latency, "p99")), JV_NONE);
    assert_true(jv_real(jv_get(jv_get(p, "lateness_ms"), "max"), 0) == 0.5);
    assert_int_equal(jv_get_int(jv_get(p, "reasons"), "connect", 0), 1);
    jv_free(v);
    close_world(w);
}

static void apart__each_monitor__each_group_and_all(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    fake.fill = fill;
    struct jv *v = good(w, "GET /api/v1/series?apart=true&step=all&from=-30d");
    assert_string_equal(fake.monitors, "api www");
    assert_int_equal(fake.query.step_ms, 0);
    assert_int_equal(jv_len(jv_get(v, "series")), 2);
    const struct jv *www = jv_at(jv_get(v, "series"), 1);
    assert_string_equal(jv_get_text(www, "monitor"), "www");
    assert_string_equal(jv_get_text(www, "group"), "edge");
    assert_int_equal(jv_get_int(point(www, 0), "results", 0), 11);
    assert_int_equal(jv_len(jv_get(v, "groups")), 2);
    assert_string_equal(jv_get_text(jv_at(jv_get(v, "groups"), 0), "group"), "core");
    assert_int_equal(jv_get_int(point(jv_at(jv_get(v, "groups"), 1), 0), "up", 0), 8);
    assert_int_equal(jv_get_int(point(jv_get(v, "all"), 0), "up", 0), 16);
    assert_int_equal(jv_get_int(point(jv_get(v, "all"), 0), "expected", 0), 24);
    jv_free(v);
    close_world(w);
}

/* --- when --------------------------------------------------------------------------------- */

static void window__a_day_in_about_a_hundred_steps__unless_said_otherwise(void **state)
{
    static const struct {
        const char *query;
        int64_t length_ms, step_ms;
    } rows[] = {
        {"", DAY_MS, 15 * MINUTE_MS},
        {"?from=-1h", HOUR_MS, MINUTE_MS}, /* not below the interval */
        {"?from=-30d", 30 * DAY_MS, 6 * HOUR_MS},
        {"?from=-400d", 400 * DAY_MS, 7 * DAY_MS},
        {"?from=-24h&points=50", DAY_MS, 30 * MINUTE_MS},
        {"?from=-2h&step=5m", 2 * HOUR_MS, 5 * MINUTE_MS},
        {"?from=-30d&step=all", 30 * DAY_MS, 0},
        {"?from=-2d&to=-1d&step=1h", DAY_MS, HOUR_MS},
    };
    struct world *w;
    char head[256];
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(head, sizeof head, "GET /api/v1/monitors/api/series%s", rows[i].query);
        jv_free(good(w, head));
        int64_t more = fake.query.to_ms - fake.query.from_ms - rows[i].length_ms;
        assert_int_equal(fake.query.step_ms, rows[i].step_ms);
        assert_in_range(more, 0, DAY_MS - 1);
        int64_t grain = rows[i].step_ms == 0 ? DAY_MS : rows[i].step_ms;
        assert_int_equal(fake.query.from_ms % (grain < DAY_MS ? grain : DAY_MS), 0);
    }
    jv_free(good(w, "GET /api/v1/monitors/api/series?from=2026-11-22T03:00:00.007Z&"
                    "to=2026-11-22T05:00:00%2B01:00&step=1h"));
    assert_int_equal(fake.query.from_ms, AT + 7); /* as asked */
    assert_int_equal(fake.query.to_ms, AT + HOUR_MS);
    close_world(w);
}

static void what_cannot_be_read__400_with_the_bounds(void **state)
{
    static const struct {
        const char *query, *detail;
    } rows[] = {
        {"from=yesterday", "from: an instant like"},
        {"to=-5x", "to: an instant like"},
        {"from=2026-11-22T03:00:00", "from: an instant like"},
        {"from=now", "from: an instant before `to`"},
        {"from=-5000d", "at most ten years"},
        {"from=1950-01-01T00:00:00Z", "not before 1970"},
        {"to=2999-01-01T00:00:00Z&from=2998-12-31T00:00:00Z", "at most ten years"},
        {"step=0", "step: a duration like 5m"},
        {"step=100ms", "from 1s on"},
        {"step=often", "step: a duration"},
        {"points=0", "points: "},
        {"step=1s", "is more than 12000 in all"},
        {"percentiles=", "percentiles: numbers above 0"},
        {"percentiles=50,0", "at most 100"},
        {"percentiles=100.1", "at most 100"},
        {"percentiles=50,,9", "percentiles: numbers"},
        {"percentiles=nan", "percentiles: numbers"},
        {"percentiles=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "at most 16"},
    };
    struct world *w;
    char head[256];
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(head, sizeof head, "GET /api/v1/monitors/api/series?%s", rows[i].query);
        assert_int_equal(ask(w, head, "", ""), 400);
        assert_detail(w, rows[i].detail);
    }
    assert_int_equal(fake.queries, 0);
    close_world(w);
}

/* --- who ---------------------------------------------------------------------------------- */

static void who__by_name_group_and_label__none_is_everything(void **state)
{
    static const struct {
        const char *query, *monitors;
    } rows[] = {
        {"", "api www"},
        {"?group=core", "api"},
        {"?label=team=payments", "api"},
        {"?group=core&label=team=payments", "api"},
        {"?monitor=www&monitor=api", "www api"},
        {"?monitor=gone", "gone"},
    };
    struct world *w;
    char head[256];
    (void)state;
    open_world_with(&w, "");
    fake.history = "gone";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(head, sizeof head, "GET /api/v1/series%s", rows[i].query);
        jv_free(good(w, head));
        assert_string_equal(fake.monitors, rows[i].monitors);
        assert_false(fake.query.apart);
        assert_string_equal(fake.region, "");
    }
    jv_free(good(w, "GET /api/v1/series?region=fra"));
    assert_string_equal(fake.region, "fra");
    jv_free(good(w, "GET /api/v1/monitors/gone/series"));
    assert_string_equal(fake.monitors, "gone");
    close_world(w);
}

static void who__nobody__a_problem_that_says_so(void **state)
{
    static const struct {
        const char *path, *detail;
        int status;
    } rows[] = {
        {"monitors/apj/series", "there is no monitor apj", 404},
        {"series?monitor=api&monitor=apj", "there is no monitor apj", 404},
        {"series?group=nobody", "this group", 404},
        {"series?label=team=nobody", "this label", 404},
        {"series?label=team=payments&label=a=b", "this label", 404},
        {"series?label=team", "label: NAME=VALUE", 400},
        {"series?label==x", "label: NAME=VALUE", 400},
        {"series?monitor=api&monitor=api", "named twice", 400},
        {"series?monitor=api&group=core", "either names", 400},
    };
    struct world *w;
    char head[256];
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(head, sizeof head, "GET /api/v1/%s", rows[i].path);
        assert_int_equal(ask(w, head, "", ""), rows[i].status);
        assert_detail(w, rows[i].detail);
    }
    close_world(w);
}

/* --- the store ---------------------------------------------------------------------------- */

static void store__away__503(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    fake.away = true;
    assert_int_equal(ask(w, "GET /api/v1/series", "", ""), 503);
    assert_detail(w, "the store is away");
    assert_int_equal(ask(w, "GET /api/v1/monitors/gone/series", "", ""), 503);
    close_world(w);
}

static void answers_under_way__36_000_points_of_them__the_next_hears_503(void **state)
{
    static const char big[] = "GET /api/v1/series?apart=true&from=-90h&to=now&step=1m";
    struct world *w;
    void *args[6];
    int fds[6], n = 0;
    (void)state;
    open_world_with(&w, "");
    fake.held = true;
    for (; n < 3; n++) { /* 10,800 each, of two monitors */
        fds[n] = ask_begin(w, big, "", "");
        while (fake.queries == n)
            uv_run(&w->loop.uv, UV_RUN_ONCE);
        args[n] = fake.arg;
    }
    assert_int_equal(ask(w, big, "", ""), 503);
    assert_detail(w, "at once");
    assert_int_equal(fake.queries, 3);
    for (int i = 0; i < n; i++) {
        answer_series(fake.series_done, args[i]);
        hear(w, fds[i]);
        assert_int_equal(w->status, 200);
    }
    fake.held = false;
    assert_int_equal(ask(w, big, "", ""), 200);
    close_world(w);
}

static void answer__after_the_web_was_closed__nobody_hears(void **state)
{
    struct world *w;
    int fd;
    (void)state;
    open_world_with(&w, "");
    fake.held = true;
    fd = ask_begin(w, "GET /api/v1/series?apart=true", "", "");
    while (fake.queries == 0)
        uv_run(&w->loop.uv, UV_RUN_ONCE);
    web_close(w->web);
    hear(w, fd);
    assert_int_equal(w->status, 503);
    assert_detail(w, "stopping");
    answer_series(fake.series_done, fake.arg);
    w->web = NULL;
    close_world(w);
}

static void thousands_of_points__in_slices__and_none_when_the_web_is_closed_between(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    int fd = ask_begin(w, "GET /api/v1/series?apart=true&from=-1d&step=1m", "", "");
    while (fake.queries == 0)
        uv_run(&w->loop.uv, UV_RUN_ONCE);
    web_close(w->web); /* a slice is written */
    hear(w, fd);
    assert_int_equal(w->status, 503);
    w->web = NULL;
    close_world(w);
    open_world_with(&w, "");
    struct jv *v = good(w, "GET /api/v1/monitors/api/series?from=-1d&to=now&step=1m");
    size_t n = jv_len(jv_get(v, "points"));
    assert_in_range(n, 1440, 1441);
    assert_non_null(jv_get_text(point(v, n - 1), "at"));
    jv_free(v);
    v = good(w, "GET /api/v1/series?apart=true&from=-4h&step=1m");
    assert_int_equal(jv_len(jv_get(jv_at(jv_get(v, "series"), 1), "points")),
                     jv_len(jv_get(jv_get(v, "all"), "points")));
    assert_int_equal(jv_len(jv_get(v, "groups")), 2);
    jv_free(v);
    close_world(w);
}

static void no_monitors__everything_is_nothing(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    w->config->n_monitors = 0;
    struct jv *v = good(w, "GET /api/v1/series?apart=true&step=all");
    assert_int_equal(jv_len(jv_get(v, "series")), 0);
    assert_int_equal(jv_len(jv_get(v, "groups")), 0);
    assert_int_equal(jv_len(jv_get(jv_get(v, "all"), "points")), 1);
    jv_free(v);
    w->config->n_monitors = 2;
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points__every_figure__and_nulls_where_nothing_was),
        cmocka_unit_test(apart__each_monitor__each_group_and_all),
        cmocka_unit_test(window__a_day_in_about_a_hundred_steps__unless_said_otherwise),
        cmocka_unit_test(what_cannot_be_read__400_with_the_bounds),
        cmocka_unit_test(who__by_name_group_and_label__none_is_everything),
        cmocka_unit_test(who__nobody__a_problem_that_says_so),
        cmocka_unit_test(store__away__503),
        cmocka_unit_test(thousands_of_points__in_slices__and_none_when_the_web_is_closed_between),
        cmocka_unit_test(no_monitors__everything_is_nothing),
        cmocka_unit_test(answers_under_way__36_000_points_of_them__the_next_hears_503),
        cmocka_unit_test(answer__after_the_web_was_closed__nobody_hears),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
