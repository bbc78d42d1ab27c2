/* What the web room shows: health, monitors, the page, metrics, who is on call. */
#include "web_world.h"

/* --- reading -------------------------------------------------------------------------------- */

static void health__alive_and_ready__or_why_not(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    fake.away = true;
    assert_int_equal(ask(w, "GET /healthz", "", ""), 200);
    assert_string_equal(w->body, "ok\n");
    assert_int_equal(ask(w, "GET /readyz", "", ""), 200);
    w->ready = false;
    assert_int_equal(ask(w, "GET /readyz", "", ""), 503);
    assert_string_equal(w->body, "not ready: the store is away and the spool is full\n");
    assert_int_equal(ask(w, "GET /healthz", "", ""), 200);
    close_world(w);
}

static void answers__all__carry_the_headers_that_keep_browsers_tame(void **state)
{
    static const char *const paths[] = {"GET /",        "GET /healthz",
                                        "GET /metrics", "GET /api/v1/status",
                                        "GET /nowhere", "POST /healthz"};
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        ask(w, paths[i], "", "");
        assert_non_null(strstr(w->text, "\r\nX-Content-Type-Options: nosniff\r\n"));
        assert_non_null(strstr(w->text, "\r\nContent-Security-Policy: default-src 'none'; "));
        assert_non_null(strstr(w->text, "frame-ancestors 'none'\r\n"));
        assert_non_null(strstr(w->text, "\r\nReferrer-Policy: no-referrer\r\n"));
        assert_non_null(strstr(w->text, i == 0 ? "\r\nCache-Control: public, max-age=5\r\n"
                                               : "\r\nCache-Control: no-store\r\n"));
    }
    close_world(w);
}

static void unknown__path_and_method__problems(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "GET /api/v1/nothing", "", ""), 404);
    assert_detail(w, "there is no /api/v1/nothing");
    assert_int_equal(ask(w, "DELETE /api/v1/monitors", "", ""), 405);
    assert_non_null(strstr(w->text, "\r\nAllow: GET, HEAD\r\n"));
    assert_int_equal(ask(w, "GET /api/v1/monitors/nobody", "", ""), 404);
    assert_detail(w, "there is no monitor nobody");
    close_world(w);
}

static void monitors__state_incident_and_no_secret(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    assert_int_equal(ask(w, "GET /api/v1/monitors", "", ""), 200);
    assert_null(strstr(w->body, "hidden"));
    struct jv *v = json(w);
    assert_int_equal(jv_len(v), 2);
    assert_string_equal(jv_get_text(jv_at(v, 0), "state"), "down");
    assert_non_null(jv_get_text(jv_at(v, 0), "incident"));
    assert_string_equal(jv_get_text(jv_at(v, 1), "state"), "pending");
    assert_int_equal(jv_get_int(jv_at(v, 1), "runs", 0), 5);
    jv_free(v);
    assert_int_equal(ask(w, "GET /api/v1/monitors/api", "", ""), 200);
    v = json(w);
    assert_string_equal(jv_get_text(v, "state"), "down");
    assert_non_null(jv_get_text(v, "incident"));
    jv_free(v);
    close_world(w);
}

static void status__tells_of_the_daemon(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    w->ready = false;
    assert_int_equal(ask(w, "GET /api/v1/status", "", ""), 200);
    struct jv *v = json(w);
    assert_string_equal(jv_get_text(v, "name"), "acme");
    assert_int_equal(jv_get_int(jv_get(v, "monitors"), "down", 0), 1);
    assert_int_equal(jv_get_int(v, "incidents_open", 0), 1);
    assert_false(jv_get_bool(v, "ready", true));
    assert_string_equal(jv_get_text(v, "why_not"), "the store is away and the spool is full");
    assert_string_equal(jv_get_text(jv_get(v, "store"), "server"), "redis 7.0.15");
    assert_true(jv_get_int(v, "uptime_ms", 0) >= 5000);
    jv_free(v);
    close_world(w);
}

static void page__shows_states_and_nothing_private(void **state)
{
    static const char *const private[] = {"hidden",  "127.0.0.1", "ana",
                                          "refused", "payments",  "<x>"};
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    result(w, "www", VERDICT_UP);
    assert_int_equal(ask(w, "GET /", "", ""), 200);
    assert_non_null(strstr(w->body, "1 of 2 monitors is down"));
    assert_non_null(strstr(w->body, "down: connect"));
    for (size_t i = 0; i < sizeof private / sizeof *private; i++)
        if (strstr(w->body, private[i]) != NULL)
            fail_msg("the public page says %s", private[i]);
    assert_int_equal(ask(w, "HEAD /", "", ""), 200);
    assert_string_equal(w->body, "");
    close_world(w);
}

static void page__within_a_second__is_the_cached_one(void **state)
{
    struct world *w;
    int64_t end_us = loop_mono_us() + 5000000;
    (void)state;
    open_world_with(&w, "");
    while (loop_now_ms() % 1000 > 300) /* early in a second */
        uv_sleep(10);
    ask(w, "GET /", "", "");
    result(w, "www", VERDICT_UP);
    ask(w, "GET /", "", "");
    assert_non_null(strstr(w->body, "2 of 2 monitors are not checked yet"));
    bool seen = false;
    while (!seen && loop_mono_us() < end_us) {
        ask(w, "GET /", "", "");
        seen = strstr(w->body, "<td class=\"up\">up</td>") != NULL;
    }
    assert_true(seen);
    close_world(w);
}

static void oncall__by_schedule_and_instant(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "GET /api/v1/oncall?schedule=primary&at=2026-01-06T00:00:00Z", "", ""),
                     200);
    assert_string_equal(
        w->body,
        "[{\"schedule\":\"primary\",\"at\":\"2026-01-06T00:00:00.000Z\",\"people\":[\"ana\"],"
        "\"layer\":\"weekly\",\"until\":\"2026-01-12T09:00:00.000Z\"}]");
    assert_int_equal(ask(w, "GET /api/v1/oncall?at=2026-01-13T00:00:00%2B01:00", "", ""), 200);
    assert_non_null(strstr(w->body, "[\"bo\"]"));
    assert_int_equal(ask(w, "GET /api/v1/oncall?schedule=other", "", ""), 404);
    assert_int_equal(ask(w, "GET /api/v1/oncall?at=2026-01-06T00:00:00", "", ""), 400);
    assert_detail(w, "at: an instant");
    assert_int_equal(ask(w, "GET /api/v1/oncall?at=soon", "", ""), 400);
    close_world(w);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

/* tests/system/test_calendar.py reads it with a calendar library. */
static void calendars__of_schedules_and_people(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "GET /oncall/primary.ics", "", ""), 200);
    assert_non_null(strstr(w->text, "\r\nContent-Type: text/calendar; charset=utf-8\r\n"));
    assert_non_null(strstr(w->body, "\r\nX-WR-CALNAME:On call: primary (acme)\r\n"));
    size_t ana = count(w->body, "\r\nSUMMARY:ana\r\n"), bo = count(w->body, "\r\nSUMMARY:bo\r\n");

    assert_in_range(ana + bo, 34, 36); /* 240 days of weeks */
    assert_int_equal(count(w->body, "BEGIN:VEVENT"), ana + bo);

    assert_int_equal(ask(w, "GET /oncall/person/ana.ics", "", ""), 200);
    assert_int_equal(count(w->body, "\r\nSUMMARY:On call: primary\r\n"), ana);
    assert_null(strstr(w->body, "bo is"));

    assert_int_equal(ask(w, "GET /oncall/nothing.ics", "", ""), 404);
    assert_detail(w, "there is no schedule nothing");
    assert_int_equal(ask(w, "GET /oncall/person/nobody.ics", "", ""), 404);
    assert_detail(w, "there is no person nobody");
    close_world(w);
}

static void metrics__accept__chooses_the_format(void **state)
{
    static const char open[] = "\r\nContent-Type: application/openmetrics-text; version=1.0.0;";
    static const char text[] = "\r\nContent-Type: text/plain; version=0.0.4;";
    static const struct {
        const char *accept, *type;
    } cases[] = {
        {"", text},
        {"\r\nAccept: */*", text},
        {"\r\nAccept: text/html, text/plain", text},
        {"\r\nAccept: application/openmetrics-text", open},
        {"\r\nAccept: application/openmetrics-text;version=1.0.0,"
         "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
         "*/*;q=0.1", /* Prometheus 2.42 */
         open},
        {"\r\nAccept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
         "application/openmetrics-text;version=0.0.1;q=0.4,"
         "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,"
         "/*;q=0.1", /* Prometheus 3 */
         open},
        {"\r\nAccept: application/openmetrics-text; version=0.0.1", text},
        {"\r\nAccept: application/openmetrics-text;q=0.2, text/plain;q=0.3", text},
        {"\r\nAccept: application/openmetrics-text;q=0", text},
        {"\r\nAccept: application/openmetrics-textual", text},
        {"\r\nAccept: ,,;q=,application/openmetrics-text;q=;;version=", text},
    };
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask(w, "GET /metrics", cases[i].accept, ""), 200);
        if (strstr(w->text, cases[i].type) == NULL)
            fail_msg("%s answered with %s", cases[i].accept, w->text);
        assert_int_equal(strstr(w->body, "# EOF\n") != NULL, cases[i].type == open);
        assert_non_null(strstr(w->body, "\nmidwatch_blind 0\n"));
    }
    close_world(w);
}

static void metrics__that_cannot_be_written__503(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    w->ready = false;
    assert_int_equal(ask(w, "GET /metrics", "", ""), 503);
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health__alive_and_ready__or_why_not),
        cmocka_unit_test(answers__all__carry_the_headers_that_keep_browsers_tame),
        cmocka_unit_test(unknown__path_and_method__problems),
        cmocka_unit_test(monitors__state_incident_and_no_secret),
        cmocka_unit_test(status__tells_of_the_daemon),
        cmocka_unit_test(page__shows_states_and_nothing_private),
        cmocka_unit_test(page__within_a_second__is_the_cached_one),
        cmocka_unit_test(oncall__by_schedule_and_instant),
        cmocka_unit_test(calendars__of_schedules_and_people),
        cmocka_unit_test(metrics__accept__chooses_the_format),
        cmocka_unit_test(metrics__that_cannot_be_written__503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
