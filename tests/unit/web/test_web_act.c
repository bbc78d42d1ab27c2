/* What people do by the API, and answers that must wait for somebody else. */
#include "web_world.h"

/* --- incidents and deliveries --------------------------------------------------------------- */

static void incident__acknowledged_taken_back_resolved(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    assert_int_equal(ask(w, "POST /api/v1/incidents/api/ack", JSON, "{\"by\":\"ana\"}"), 200);
    assert_string_equal(w->acted, "ack ana");
    struct jv *v = json(w);
    assert_string_equal(jv_get_text(v, "state"), "acknowledged");
    assert_string_equal(jv_get_text(v, "acknowledged_by"), "ana");
    char id[32], path[128];
    snprintf(id, sizeof id, "%s", jv_get_text(v, "id"));
    jv_free(v);
    assert_int_equal(ask(w, "POST /api/v1/incidents/api/ack", "", ""), 409);
    snprintf(path, sizeof path, "POST /api/v1/incidents/%.5s/unack", id);
    assert_int_equal(ask(w, path, "", ""), 200);
    assert_string_equal(w->acted, "unack api");
    snprintf(path, sizeof path, "POST /api/v1/incidents/%s/resolve", id);
    assert_int_equal(ask(w, path, "", ""), 200);
    v = json(w);
    assert_string_equal(jv_get_text(v, "state"), "resolved");
    assert_string_equal(jv_get_text(v, "resolved_by"), "api");
    jv_free(v);
    assert_int_equal(ask(w, path, "", ""), 409);
    assert_detail(w, "is already resolved");
    assert_int_equal(ask(w, "GET /api/v1/incidents", "", ""), 200);
    assert_string_equal(w->body, "[]");
    close_world(w);
}

static void act__with_a_bad_body__refused_and_not_done(void **state)
{
    static const struct {
        const char *more, *body;
        int status;
    } cases[] = {
        {"", "{}", 415},
        {"\r\nContent-Type: text/plain", "{}", 415},
        {JSON, "{", 400},
        {JSON, "[]", 400},
        {JSON, "{\"by\":1}", 400},
        {JSON, "{\"by\":\"\"}", 400},
        {JSON, "{\"by\":\"a\\nb\"}", 400},
        {JSON, "{\"yb\":\"ana\"}", 400},
        {JSON, "{\"by\":\"ana\",\"comment\":7}", 400},
        {JSON, "{\"comment\":\"  \"}", 400},
        {JSON, "{\"for\":\"2h\"}", 400},
        {JSON,
         "{\"by\":"
         "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaa\"}",
         400},
        {"\r\nOrigin: http://evil.example", "", 403},
        {"\r\nX-Forwarded-For: 192.0.2.1", "", 403},
    };
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ask(w, "POST /api/v1/incidents/api/ack", cases[i].more, cases[i].body) !=
            cases[i].status)
            fail_msg("%s: %s", cases[i].body, w->text);
        assert_detail(w, "");
    }
    assert_string_equal(w->acted, "");
    assert_int_equal(ask(w, "POST /api/v1/incidents/zzz/ack", "", ""), 404);
    close_world(w);
}

static void put_resolved(const char *id, int64_t opened_ms);

static void act__on_what_is_over_or_never_was__409_or_404_and_not_done(void **state)
{
    static const char *const verbs[] = {"ack", "unack", "resolve", "escalate"};
    char path[128];
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    put_resolved("older", 1000);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        snprintf(path, sizeof path, "POST /api/v1/incidents/older/%s", verbs[i]);
        assert_int_equal(ask(w, path, "", ""), 409);
        assert_detail(w, "incident older is already resolved");
        snprintf(path, sizeof path, "POST /api/v1/incidents/never/%s", verbs[i]);
        assert_int_equal(ask(w, path, "", ""), 404);
        assert_detail(w, "there is no open incident never");
    }
    assert_int_equal(ask(w, "POST /api/v1/incidents/old/ack", "", ""), 409);
    fake.away = true;
    assert_int_equal(ask(w, "POST /api/v1/incidents/older/ack", "", ""), 404);
    assert_string_equal(w->acted, "");
    close_world(w);
}

static void deeds__reach_the_daemon_with_what_they_say(void **state)
{
    static const struct {
        const char *verb, *body, *acted, *to, *words;
    } cases[] = {
        {"ack", "{\"by\":\"ana\",\"comment\":\"on it\"}", "ack ana", "", "on it"},
        {"ack", "{\"as\":\"bo\"}", "ack bo", "", ""},
        {"ack", "{\"by\":\"root\"}", "ack root", "", ""},
        {"unack", "{}", "unack api", "", ""},
        {"resolve", "{\"comment\":\"restarted\"}", "resolve api", "", "restarted"},
        {"snooze", "{\"for\":\"2h\",\"comment\":\"backup\"}", "snooze api", "", "backup"},
        {"reassign", "{\"to\":\"bo\"}", "reassign api", "bo", ""},
        {"escalate", "{}", "escalate api", "", ""},
        {"notes", "{\"text\":\"the pool\",\"by\":\"bo\"}", "note bo", "", "the pool"},
    };
    char path[128];
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    w->nod = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t now_ms = loop_now_ms();

        snprintf(path, sizeof path, "POST /api/v1/incidents/api/%s", cases[i].verb);
        assert_int_equal(ask(w, path, JSON, cases[i].body), 200);
        assert_string_equal(w->acted, cases[i].acted);
        assert_string_equal(w->to, cases[i].to);
        assert_string_equal(w->words, cases[i].words);
        if (strcmp(cases[i].verb, "snooze") == 0)
            assert_in_range(w->until_ms - 7200000, now_ms, loop_now_ms());
    }
    assert_int_equal(ask(w, "POST /api/v1/incidents/api/snooze", JSON,
                         "{\"until\":\"2026-11-22T05:00:00+01:00\"}"),
                     200);
    assert_int_equal(w->until_ms, 1795320000000);
    close_world(w);
}

static void deeds__that_lack_or_misspell_something__400_in_clear_words(void **state)
{
    static const struct {
        const char *verb, *body, *words;
    } cases[] = {
        {"snooze", "{}", "either \"until\" or \"for\""},
        {"snooze", "{\"for\":\"2h\",\"until\":\"2026-11-22T05:00:00Z\"}", "either"},
        {"snooze", "{\"for\":\"soon\"}", "for: "},
        {"snooze", "{\"for\":\"0\"}", "for: "},
        {"snooze", "{\"until\":\"2026-11-22T05:00:00\"}", "until: an instant"},
        {"snooze", "{\"utnil\":\"2026-11-22T05:00:00Z\"}", "did you mean `until`?"},
        {"ack", "{\"as\":\"anna\"}", "there is no person `anna`; did you mean `ana`?"},
        {"ack", "{\"as\":\"somebody\"}", "there is no person `somebody`"},
        {"ack", "{\"as\":\"ana\",\"by\":\"ana\"}", "either \"by\" or \"as\""},
        {"ack", "{\"as\":7}", "as: is a text"},
        {"reassign", "{}", "to is missing"},
        {"reassign", "{\"to\":[\"bo\"]}", "to: is a text"},
        {"notes", "{\"text\":\"a\\nb\"}", "text: one line"},
        {"notes", "{\"note\":\"a\"}", "unknown member `note`"},
        {"notes", "", "text is missing"},
    };
    char path[128];
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    w->nod = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(path, sizeof path, "POST /api/v1/incidents/api/%s", cases[i].verb);
        assert_int_equal(ask(w, path, JSON, cases[i].body), 400);
        assert_detail(w, cases[i].words);
    }
    assert_string_equal(w->acted, "");
    close_world(w);
}

/* SHA-256 of "token-of-ana". */
#define USERS(role)                                                                                \
    ", users: [ { person: ana, role: " role ", token_sha256: "                                     \
    "'c1f2eb9b29ea47f3d0de75a25751647c97542f10e667666a89e4a2d0e849f15f' } ]"

static void users__token_names_the_actor__only_an_admin_another(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, USERS("responder"));
    struct web_user *u = &w->config->web.users[0];
    result(w, "api", VERDICT_DOWN);
    assert_int_equal(ask(w, "GET /api/v1/monitors", "", ""), 401);
    assert_non_null(strstr(w->text, "\r\nWWW-Authenticate: Bearer realm=\"midwatch\"\r\n"));
    assert_int_equal(ask(w, "GET /", "", ""), 200);
    assert_int_equal(ask(w, "GET /metrics", "", ""), 200);
    assert_int_equal(
        ask(w, "POST /api/v1/incidents/api/ack", "\r\nAuthorization: Bearer wrong", ""), 401);
    assert_int_equal(ask(w, "POST /api/v1/incidents/api/ack",
                         "\r\nAuthorization: Bearer token-of-ana" JSON, "{\"by\":\"bo\"}"),
                     403);
    assert_detail(w, "only an admin");
    assert_int_equal(ask(w, "POST /api/v1/incidents/api/ack",
                         "\r\nAuthorization: Bearer token-of-ana" JSON, "{\"as\":\"bo\"}"),
                     403);
    assert_string_equal(w->acted, "");
    assert_int_equal(
        ask(w, "POST /api/v1/incidents/api/ack", "\r\nAuthorization: Bearer token-of-ana", ""),
        200);
    assert_string_equal(w->acted, "ack ana");
    u->role = ROLE_ADMIN;
    assert_int_equal(ask(w, "POST /api/v1/incidents/api/unack",
                         "\r\nAuthorization: Bearer token-of-ana" JSON, "{\"by\":\"bo\"}"),
                     200);
    assert_string_equal(w->acted, "unack bo");
    close_world(w);
}

static void put_resolved(const char *id, int64_t opened_ms)
{
    struct incident i = {.state = INCIDENT_RESOLVED, .opened_ms = opened_ms, .step = -1};

    snprintf(i.id, sizeof i.id, "%s", id);
    PUT(&fake.json, state_write_incident(&fake.json, &i));
}

static void incidents__resolved_and_all__newest_first(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    put_resolved("older", 1000);
    put_resolved("newer", 2000);
    result(w, "api", VERDICT_DOWN);
    assert_int_equal(ask(w, "GET /api/v1/incidents?state=all", "", ""), 200);
    struct jv *v = json(w);
    assert_int_equal(jv_len(v), 3);
    assert_string_equal(jv_get_text(jv_at(v, 0), "monitor"), "api");
    assert_string_equal(jv_get_text(jv_at(v, 1), "id"), "newer");
    jv_free(v);
    assert_int_equal(ask(w, "GET /api/v1/incidents?state=resolved&limit=1", "", ""), 200);
    v = json(w);
    assert_int_equal(jv_len(v), 1);
    assert_string_equal(jv_get_text(jv_at(v, 0), "id"), "newer");
    jv_free(v);
    assert_int_equal(ask(w, "GET /api/v1/incidents/older", "", ""), 200);
    assert_int_equal(ask(w, "GET /api/v1/incidents/never", "", ""), 404);
    assert_int_equal(ask(w, "GET /api/v1/incidents?state=none", "", ""), 400);
    assert_int_equal(ask(w, "GET /api/v1/incidents?limit=0", "", ""), 400);
    fake.away = true;
    assert_int_equal(ask(w, "GET /api/v1/incidents?state=all", "", ""), 200);
    assert_non_null(strstr(w->text, "\r\nMidwatch-Store: away\r\n"));
    assert_int_equal(ask(w, "GET /api/v1/incidents?state=resolved", "", ""), 503);
    assert_int_equal(ask(w, "GET /api/v1/incidents/older", "", ""), 503);
    assert_int_equal(ask(w, "GET /api/v1/incidents", "", ""), 200);
    close_world(w);
}

static void deliveries__of_the_engine_and_the_store__each_once(void **state)
{
    struct delivery stored = {
        .id = "old-1", .state = DELIVERY_DELIVERED, .created_ms = 1000, .notice.incident = "older"};
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    assert_int_equal(ask(w, "GET /api/v1/deliveries", "", ""), 200);
    struct jv *v = json(w);
    assert_int_equal(jv_len(v), 1);
    struct delivery again = {.state = DELIVERY_DELIVERED, .created_ms = 1};
    snprintf(again.id, sizeof again.id, "%s", jv_get_text(jv_at(v, 0), "id"));
    jv_free(v);
    buf_clear(&fake.json);
    buf_char(&fake.json, '[');
    state_write_delivery(&fake.json, &again); /* the engine knows better */
    buf_char(&fake.json, ',');
    state_write_delivery(&fake.json, &stored);
    buf_char(&fake.json, ']');
    assert_int_equal(ask(w, "GET /api/v1/deliveries", "", ""), 200);
    v = json(w);
    assert_int_equal(jv_len(v), 2);
    assert_string_equal(jv_get_text(jv_at(v, 0), "channel"), "hook");
    assert_string_equal(jv_get_text(jv_at(v, 1), "id"), "old-1");
    jv_free(v);
    fake.away = true;
    assert_int_equal(ask(w, "GET /api/v1/deliveries", "", ""), 200);
    assert_non_null(strstr(w->text, "\r\nMidwatch-Store: away\r\n"));
    v = json(w);
    assert_int_equal(jv_len(v), 1);
    jv_free(v);
    assert_int_equal(ask(w, "GET /api/v1/deliveries?incident=none", "", ""), 200);
    assert_string_equal(w->body, "[]");
    close_world(w);
}

/* --- waiting -------------------------------------------------------------------------------- */

static void test_page__answers_with_the_outcome(void **state)
{
    struct world *w;
    int64_t end_us = loop_mono_us() + 5000000;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "POST /api/v1/people/nobody/test", "", ""), 404);
    assert_int_equal(ask(w, "POST /api/v1/channels/ana/test", "", ""), 404);
    assert_int_equal(ask(w, "POST /api/v1/people/bo/test", "", ""), 409);
    assert_detail(w, "bo has no rules");
    int fd = ask_begin(w, "POST /api/v1/channels/hook/test", "", "");
    while (w->tested == NULL && loop_mono_us() < end_us)
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
    w->tested(w->test_req, "[{\"channel\":\"hook\"}]", true);
    hear(w, fd);
    assert_string_equal(w->body, "{\"ok\":true,\"outcomes\":[{\"channel\":\"hook\"}]}");
    close_world(w);
}

static void close__while_the_store_thinks__503_and_no_late_answer(void **state)
{
    struct world *w;
    int64_t end_us = loop_mono_us() + 5000000;
    (void)state;
    open_world_with(&w, "");
    fake.held = true;
    int fd = ask_begin(w, "GET /api/v1/deliveries", "", "");
    while (fake.done == NULL && loop_mono_us() < end_us)
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
    web_close(w->web);
    hear(w, fd);
    assert_int_equal(w->status, 503);
    assert_detail(w, "stopping");
    fake.done(fake.arg, "[]", 2, false);
    w->web = NULL;
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incident__acknowledged_taken_back_resolved),
        cmocka_unit_test(act__with_a_bad_body__refused_and_not_done),
        cmocka_unit_test(act__on_what_is_over_or_never_was__409_or_404_and_not_done),
        cmocka_unit_test(deeds__reach_the_daemon_with_what_they_say),
        cmocka_unit_test(deeds__that_lack_or_misspell_something__400_in_clear_words),
        cmocka_unit_test(users__token_names_the_actor__only_an_admin_another),
        cmocka_unit_test(incidents__resolved_and_all__newest_first),
        cmocka_unit_test(deliveries__of_the_engine_and_the_store__each_once),
        cmocka_unit_test(test_page__answers_with_the_outcome),
        cmocka_unit_test(close__while_the_store_thinks__503_and_no_late_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
