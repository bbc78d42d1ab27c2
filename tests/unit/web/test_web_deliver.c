/* What the store keeps of deliveries, moves and results, asked for by the API. */
#include "web_world.h"

static void put_delivery(const char *id, const char *person, enum delivery_state s, int64_t at_ms)
{
    struct delivery d = {
        .state = s, .created_ms = at_ms, .notice.incident = "older", .notice.channel = "hook"};

    snprintf(d.id, sizeof d.id, "%s", id);
    snprintf(d.notice.person, sizeof d.notice.person, "%s", person);
    PUT(&fake.json, state_write_delivery(&fake.json, &d));
}

/* The ids of the answer, one after the other. */
static void assert_ids(struct world *w, const char *query, const char *wanted)
{
    char path[256], ids[256] = "";
    struct jv *v;

    snprintf(path, sizeof path, "GET /api/v1/deliveries%s", query);
    assert_int_equal(ask(w, path, "", ""), 200);
    v = json(w);
    for (size_t i = 0; i < jv_len(v); i++)
        snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s ",
                 jv_get_text(jv_at(v, i), "id"));
    jv_free(v);
    assert_string_equal(ids, wanted);
}

static void deliveries__by_filter__only_those_that_fit_all_of_it(void **state)
{
    static const struct {
        const char *query, *ids;
    } cases[] = {
        {"", "d c b a "},
        {"?person=ana", "c a "},
        {"?state=dead", "c b "},
        {"?state=refused", "c "},
        {"?person=ana&state=dead", "c "},
        {"?person=nobody", ""},
        {"?channel=hook&limit=2", "d c "},
        {"?channel=other", ""},
        {"?incident=older&state=delivered", "d a "},
        {"?from=1970-01-01T00:00:02Z", "d c b "},
        {"?from=1970-01-01T00:00:02Z&to=1970-01-01T00:00:04Z", "c b "},
    };
    static const char *const bad[] = {"?state=ded", "?from=yesterday", "?to=1970-01-01T00:00:04",
                                      "?incident=longer-than-an-id-can-be", "?limit=501"};
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    put_delivery("a", "ana", DELIVERY_DELIVERED, 1000);
    put_delivery("b", "bo", DELIVERY_FAILED, 2000);
    put_delivery("c", "ana", DELIVERY_REFUSED, 3000);
    put_delivery("d", "bo", DELIVERY_DELIVERED, 4000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_ids(w, cases[i].query, cases[i].ids);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char path[256];

        snprintf(path, sizeof path, "GET /api/v1/deliveries%s", bad[i]);
        assert_int_equal(ask(w, path, "", ""), 400);
        assert_detail(w, "");
    }
    close_world(w);
}

static void put_attempt(int number, int status)
{
    struct attempt a = {.delivery = "a",
                        .number = number,
                        .at_ms = number * 1000,
                        .took_ms = 12,
                        .outcome = status == 200 ? OUTCOME_OK : OUTCOME_RETRY,
                        .reached = status == 200 ? REACHED_YES : REACHED_NO,
                        .status = status,
                        .digest = "9b74"};

    PUT(&fake.attempts, state_write_attempt(&fake.attempts, &a));
}

static void delivery__with_its_attempts__oldest_first(void **state)
{
    struct world *w;
    struct jv *v;
    const struct jv *tries;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "GET /api/v1/deliveries/a", "", ""), 404);
    assert_detail(w, "there is no delivery a");
    put_delivery("a", "ana", DELIVERY_DELIVERED, 1000);
    put_attempt(2, 200); /* the store answers newest first */
    put_attempt(1, 503);
    assert_int_equal(ask(w, "GET /api/v1/deliveries/a", "", ""), 200);
    v = json(w);
    assert_string_equal(jv_get_text(v, "person"), "ana");
    tries = jv_get(v, "tries");
    assert_int_equal(jv_len(tries), 2);
    assert_int_equal(jv_get_int(jv_at(tries, 0), "status", 0), 503);
    assert_string_equal(jv_get_text(jv_at(tries, 0), "outcome"), "failed");
    assert_int_equal(jv_get_int(jv_at(tries, 1), "number", 0), 2);
    assert_string_equal(jv_get_text(jv_at(tries, 1), "digest"), "9b74");
    jv_free(v);
    fake.away = true;
    assert_int_equal(ask(w, "GET /api/v1/deliveries/a", "", ""), 503);
    close_world(w);
}

static void replay__of_a_kept_delivery__asked_of_the_daemon(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "POST /api/v1/deliveries/a/replay", "", ""), 404);
    put_delivery("a", "ana", DELIVERY_REFUSED, 1000);
    assert_int_equal(ask(w, "POST /api/v1/deliveries/a/replay", JSON, "{\"yb\":\"bo\"}"), 400);
    assert_string_equal(w->acted, "");
    assert_int_equal(ask(w, "POST /api/v1/deliveries/a/replay", JSON, "{\"by\":\"bo\"}"), 409);
    assert_detail(w, "is being sent");
    w->nod = true;
    assert_int_equal(ask(w, "POST /api/v1/deliveries/a/replay", JSON, "{\"by\":\"bo\"}"), 200);
    assert_string_equal(w->acted, "replay a bo");
    close_world(w);
}

static void put_move(int64_t at_ms, const char *from, const char *to)
{
    struct transition t = {.at_ms = at_ms, .subject = SUBJECT_INCIDENT, .cause = CAUSE_PERSON};

    snprintf(t.name, sizeof t.name, "older");
    snprintf(t.actor, sizeof t.actor, "ana");
    snprintf(t.from, sizeof t.from, "%s", from);
    snprintf(t.to, sizeof t.to, "%s", to);
    PUT(&fake.moves, state_write_transition(&fake.moves, &t));
}

static void timeline__oldest_first__or_why_there_is_none(void **state)
{
    struct world *w;
    struct jv *v;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    assert_int_equal(ask(w, "GET /api/v1/incidents/api/timeline", "", ""), 200);
    assert_string_equal(w->body, "[]");
    assert_int_equal(ask(w, "GET /api/v1/incidents/never/timeline", "", ""), 404);
    put_move(2000, "triggered", "acknowledged");
    put_move(1000, "none", "triggered");
    assert_int_equal(ask(w, "GET /api/v1/incidents/older/timeline", "", ""), 200);
    v = json(w);
    assert_int_equal(jv_len(v), 2);
    assert_string_equal(jv_get_text(jv_at(v, 0), "to"), "triggered");
    assert_string_equal(jv_get_text(jv_at(v, 1), "to"), "acknowledged");
    assert_string_equal(jv_get_text(jv_at(v, 1), "by"), "ana");
    assert_string_equal(jv_get_text(jv_at(v, 1), "cause"), "person");
    jv_free(v);
    fake.away = true;
    assert_int_equal(ask(w, "GET /api/v1/incidents/older/timeline", "", ""), 503);
    close_world(w);
}

static void results__of_a_span__passed_on_as_kept(void **state)
{
    static const char row[] = "[[1795316645000,\"down\",\"connect\",41800]]";
    static const char *const bad[] = {"?from=2026-11-22T03:00:00Z&to=2026-11-22T03:00:00Z",
                                      "?from=2026-11-01T03:00:00Z&to=2026-11-22T03:00:00Z",
                                      "?from=now"};
    struct world *w;
    char path[256];
    (void)state;
    open_world_with(&w, "");
    buf_clear(&fake.json);
    buf_str(&fake.json, row);
    assert_int_equal(ask(w, "GET /api/v1/monitors/api/results", "", ""), 200);
    assert_string_equal(w->body, row);
    assert_int_equal(fake.to_ms - fake.from_ms, 3600000);
    assert_int_equal(ask(w,
                         "GET /api/v1/monitors/api/results?from=2026-11-22T03:00:00Z"
                         "&to=2026-11-22T04:00:00Z",
                         "", ""),
                     200);
    assert_int_equal(fake.from_ms, 1795316400000);
    assert_int_equal(fake.to_ms, 1795320000000);
    assert_int_equal(ask(w, "GET /api/v1/monitors/never/results", "", ""), 404);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(path, sizeof path, "GET /api/v1/monitors/api/results%s", bad[i]);
        assert_int_equal(ask(w, path, "", ""), 400);
    }
    fake.away = true;
    assert_int_equal(ask(w, "GET /api/v1/monitors/api/results", "", ""), 503);
    close_world(w);
}

/* The answer to "why?", as JSON. */
static struct jv *why(struct world *w, const char *path)
{
    char head[160];

    snprintf(head, sizeof head, "GET /api/v1/%s", path);
    if (ask(w, head, "", "") != 200)
        fail_msg("%s: %s", path, w->text);
    return json(w);
}

static void why__of_a_monitor_an_incident_a_delivery__each_in_sentences(void **state)
{
    char id[32], path[128];
    struct world *w;
    struct jv *v;
    (void)state;
    open_world_with(&w, "");
    v = why(w, "why/www");
    assert_string_equal(jv_get_text(v, "kind"), "monitor");
    assert_string_equal(jv_get_text(v, "answer"), "www has no result yet");
    jv_free(v);
    result(w, "api", VERDICT_DOWN);
    v = why(w, "why/api");
    assert_string_equal(jv_get_text(v, "kind"), "monitor");
    assert_string_equal(jv_get_text(v, "subject"), "api");
    assert_true(jv_len(jv_get(v, "sentences")) > 1);
    jv_free(v);
    v = why(w, "incidents/api/why");
    assert_string_equal(jv_get_text(v, "kind"), "incident");
    snprintf(id, sizeof id, "%s", jv_get_text(v, "subject"));
    jv_free(v);
    snprintf(path, sizeof path, "why/%s", id);
    v = why(w, path);
    assert_string_equal(jv_get_text(v, "kind"), "incident");
    assert_string_equal(jv_get_text(v, "subject"), id);
    jv_free(v);
    ask(w, "GET /api/v1/deliveries", "", "");
    v = json(w);
    snprintf(path, sizeof path, "why/%s", jv_get_text(jv_at(v, 0), "id"));
    jv_free(v);
    v = why(w, path);
    assert_string_equal(jv_get_text(v, "kind"), "delivery");
    assert_string_equal(jv_get_text(v, "subject"), path + 4);
    jv_free(v);
    close_world(w);
}

static void why__of_what_only_the_store_knows__or_nobody(void **state)
{
    struct incident i = {.id = "older",
                         .monitor = "gone",
                         .title = "gone is down",
                         .state = INCIDENT_RESOLVED,
                         .opened_ms = 1000,
                         .resolved_ms = 2000,
                         .resolved_by = "ana"};
    struct world *w;
    struct jv *v;
    (void)state;
    open_world_with(&w, "");
    PUT(&fake.json, state_write_incident(&fake.json, &i));
    put_move(2000, "triggered", "resolved");
    put_move(1000, "none", "triggered");
    v = why(w, "why/older");
    assert_string_equal(jv_get_text(v, "kind"), "incident");
    assert_string_equal(jv_get_text(v, "subject"), "older");
    jv_free(v);
    assert_int_equal(ask(w, "GET /api/v1/why/never", "", ""), 404);
    assert_detail(w, "there is no monitor, incident or delivery never");
    assert_int_equal(ask(w, "GET /api/v1/incidents/never/why", "", ""), 404);
    assert_detail(w, "there is no incident never");
    buf_clear(&fake.json);
    buf_str(&fake.json, "[]");
    put_delivery("del-1", "ana", DELIVERY_DELIVERED, 1000);
    v = why(w, "why/del-1");
    assert_string_equal(jv_get_text(v, "kind"), "delivery");
    jv_free(v);
    fake.away = true;
    assert_int_equal(ask(w, "GET /api/v1/why/older", "", ""), 503);
    assert_int_equal(ask(w, "GET /api/v1/why/api", "", ""), 200);
    assert_non_null(strstr(w->text, "\r\nMidwatch-Store: away\r\n"));
    close_world(w);
}

static void close__while_a_delivery_is_looked_for__503_and_no_late_answer(void **state)
{
    struct world *w;
    int64_t end_us = loop_mono_us() + 5000000;
    (void)state;
    open_world_with(&w, "");
    fake.held = true;
    int fd = ask_begin(w, "GET /api/v1/deliveries/a", "", "");
    while (fake.done == NULL && loop_mono_us() < end_us)
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
    web_close(w->web);
    hear(w, fd);
    assert_int_equal(w->status, 503);
    fake.done(fake.arg, "[]", 2, false);
    w->web = NULL;
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deliveries__by_filter__only_those_that_fit_all_of_it),
        cmocka_unit_test(delivery__with_its_attempts__oldest_first),
        cmocka_unit_test(replay__of_a_kept_delivery__asked_of_the_daemon),
        cmocka_unit_test(timeline__oldest_first__or_why_there_is_none),
        cmocka_unit_test(results__of_a_span__passed_on_as_kept),
        cmocka_unit_test(why__of_a_monitor_an_incident_a_delivery__each_in_sentences),
        cmocka_unit_test(why__of_what_only_the_store_knows__or_nobody),
        cmocka_unit_test(close__while_a_delivery_is_looked_for__503_and_no_late_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
