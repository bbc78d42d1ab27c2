/* The web room over a real socket, before a real engine; the store and the daemon are doubles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "config/load.h"
#include "format/state.h"
#include "web/web.h"

/* --- the store's double --------------------------------------------------------------------- */

static struct {
    bool away, held; /* held: the answer waits for store_let_go() */
    struct buf json; /* what it holds */
    store_json_fn *done;
    void *arg;
} fake;

static void answer(store_json_fn *done, void *arg)
{
    if (fake.held) {
        fake.done = done;
        fake.arg = arg;
    } else {
        done(arg, fake.away ? NULL : buf_text(&fake.json), fake.away ? 0 : fake.json.len,
             fake.away);
    }
}

void store_read_deliveries(struct store *s, const char *incident, size_t limit, store_json_fn *done,
                           void *arg)
{
    (void)s, (void)incident, (void)limit;
    answer(done, arg);
}

void store_read_resolved(struct store *s, size_t limit, store_json_fn *done, void *arg)
{
    (void)s, (void)limit;
    answer(done, arg);
}

void store_read_facts(const struct store *s, struct store_facts *ret)
{
    (void)s;
    *ret = (struct store_facts){.state = fake.away ? STORE_AWAY : STORE_UP,
                                .server = "redis 7.0.15",
                                .commits = 12,
                                .last_roundtrip_us = 112};
}

/* --- the daemon's double -------------------------------------------------------------------- */

struct world {
    struct loop loop;
    struct config *config;
    struct engine *engine;
    struct effects fx;
    struct web *web;
    struct web_app app;
    struct monitor_facts facts;
    bool ready;
    char acted[128];
    void (*tested)(void *req, const char *json, bool ok);
    void *test_req;
    char text[1 << 20]; /* the last answer */
    int status;
    const char *body;
};

static const struct config *on_config(void *arg)
{
    return ((struct world *)arg)->config;
}

static const struct engine *on_engine(void *arg)
{
    return ((struct world *)arg)->engine;
}

static struct store *on_store(void *arg)
{
    return arg; /* only its being there matters to the double */
}

static const struct monitor_facts *on_facts(void *arg, const char *monitor)
{
    (void)monitor;
    return &((struct world *)arg)->facts;
}

static bool on_ready(void *arg, struct err *why_not)
{
    struct world *w = arg;

    if (!w->ready)
        err_set(why_not, "the store is away and the spool is full");
    return w->ready;
}

static int on_act(void *arg, const char *verb, const char *incident, const char *who, struct err *e)
{
    struct world *w = arg;
    int64_t now = loop_now_ms();

    snprintf(w->acted, sizeof w->acted, "%s %s", verb, who);
    effects_clear(&w->fx);
    if (strcmp(verb, "ack") == 0)
        return engine_ack(w->engine, incident, who, now, &w->fx, e);
    if (strcmp(verb, "unack") == 0)
        return engine_unack(w->engine, incident, who, now, &w->fx, e);
    return engine_resolve(w->engine, incident, who, now, &w->fx, e);
}

static void on_metrics(void *arg, struct buf *out)
{
    (void)arg;
    buf_str(out, "# HELP midwatch_blind x\n# TYPE midwatch_blind gauge\nmidwatch_blind 0\n");
}

static int on_test_page(void *arg, const char *to,
                        void (*done)(void *req, const char *json, bool ok), void *req,
                        struct err *e)
{
    struct world *w = arg;

    if (strcmp(to, "bo") == 0)
        return err_set(e, "bo has no rules");
    w->tested = done;
    w->test_req = req;
    return 0;
}

static const char yaml[] =
    "name: acme\n"
    "web: { listen: '127.0.0.1:0', public_url: 'https://status.acme.dev' %s }\n"
    "monitors:\n"
    "  - { name: api, http: 'http://u:hidden@127.0.0.1/<x>', group: core, fail_after: 1, labels: "
    "{team: payments} }\n"
    "  - { name: www, http: 'http://127.0.0.1/', group: edge }\n"
    "people:\n  ana: { notify: [ { via: hook } ] }\n  bo: { notify: [ { via: hook } ] }\n"
    "channels:\n  hook: { type: webhook, url: 'http://127.0.0.1:1/hidden' }\n"
    "schedules:\n  primary:\n    time_zone: UTC\n"
    "    layers: [ { name: weekly, anchor: '2026-01-05T09:00', every: 1 week, members: [ana, bo] } "
    "]\n"
    "policies:\n  default: { steps: [ { notify: ['schedule:primary'] } ] }\n";

static void load(struct world *w, const char *users)
{
    struct diagnostics d = {0};
    char text[4096];

    snprintf(text, sizeof text, yaml, users);
    if (config_parse("test.yaml", text, strlen(text), &(struct load_options){0}, &w->config, &d) <
        0)
        fail_msg("%s", d.items[0].text);
    diagnostics_done(&d);
}

static void result(struct world *w, const char *monitor, enum verdict v)
{
    struct result r = {.at_ms = loop_now_ms(),
                       .verdict = v,
                       .phases = PHASES_NONE,
                       .reason = v == VERDICT_DOWN ? REASON_CONNECT : REASON_OK};

    r.phases.total_us = 41800;
    snprintf(r.message, sizeof r.message, "%s", v == VERDICT_DOWN ? "connection refused" : "");
    effects_clear(&w->fx);
    engine_result(w->engine, monitor, &r, r.at_ms, &w->fx);
}

static void open_world_with(struct world **ret, const char *users)
{
    struct world *w = *ret = mem_new(struct world);
    struct err e;

    memset(&fake, 0, sizeof fake);
    buf_init(&fake.json, 1 << 20);
    buf_str(&fake.json, "[]");
    w->ready = true;
    w->facts = (struct monitor_facts){.runs = 5, .by_verdict = {4, 0, 1, 0}, .late_max_us = 900};
    assert_int_equal(loop_init(&w->loop, &e), 0);
    load(w, users);
    w->engine = engine_new();
    engine_configure(w->engine, w->config, loop_now_ms(), &w->fx);
    w->app = (struct web_app){on_config,  on_engine,    on_store,
                              on_facts,   on_ready,     on_act,
                              on_metrics, on_test_page, loop_now_ms() - 5000};
    if (web_open(&w->loop, w->config, &w->app, w, &w->web, &e) < 0)
        fail_msg("%s", e.text);
}

static void close_world(struct world *w)
{
    web_close(w->web);
    loop_run(&w->loop);
    loop_done(&w->loop);
    effects_done(&w->fx);
    engine_free(w->engine);
    config_free(w->config);
    buf_done(&fake.json);
    mem_free(w);
}

/* --- a client ------------------------------------------------------------------------------- */

static int dial(const struct world *w)
{
    struct sockaddr_in a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    uv_ip4_addr("127.0.0.1", (int)strtol(strchr(web_address(w->web), ':') + 1, NULL, 10), &a);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void hear(struct world *w, int fd)
{
    int64_t end_us = loop_mono_us() + 5000000;
    size_t n = 0;
    ssize_t k = -1;

    while (k != 0 && loop_mono_us() < end_us) {
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
        k = recv(fd, w->text + n, sizeof w->text - 1 - n, 0);
        n += k > 0 ? (size_t)k : 0;
    }
    close(fd);
    w->text[n] = 0;
    assert_int_equal(k, 0);
    w->status = (int)strtol(w->text + 9, NULL, 10);
    w->body = strstr(w->text, "\r\n\r\n") + 4;
}

/* `head`: "GET /path" and more header lines, each begun by CR LF. */
static int ask_begin(struct world *w, const char *head, const char *more, const char *body)
{
    char text[4096];
    int fd = dial(w);

    snprintf(
        text, sizeof text,
        "%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close%s\r\nContent-Length: %zu\r\n\r\n%s",
        head, more, strlen(body), body);
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    return fd;
}

static int ask(struct world *w, const char *head, const char *more, const char *body)
{
    hear(w, ask_begin(w, head, more, body));
    return w->status;
}

static struct jv *json(struct world *w)
{
    struct jv *v;
    struct err e;

    if (jv_parse(w->body, strlen(w->body), &v, &e) < 0)
        fail_msg("%s: %s", e.text, w->body);
    return v;
}

static void assert_detail(struct world *w, const char *part)
{
    struct jv *v = json(w);

    assert_non_null(strstr(w->text, "Content-Type: application/problem+json\r\n"));
    assert_int_equal(jv_get_int(v, "status", 0), w->status);
    if (strstr(jv_get_text(v, "detail"), part) == NULL)
        fail_msg("%s does not say: %s", w->body, part);
    jv_free(v);
}

#define JSON "\r\nContent-Type: application/json"

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

static void metrics__pass_promtool(void **state)
{
    struct world *w;
    char path[] = "/tmp/midwatch-test-XXXXXX", command[128];
    (void)state;
    open_world_with(&w, "");
    result(w, "api", VERDICT_DOWN);
    result(w, "www", VERDICT_UP);
    assert_int_equal(ask(w, "GET /metrics", "", ""), 200);
    assert_non_null(strstr(w->body, "\nmidwatch_monitor_up{monitor=\"api\",group=\"core\"} 0\n"));
    assert_non_null(strstr(w->body, "\nmidwatch_monitor_up{monitor=\"www\",group=\"edge\"} 1\n"));
    assert_non_null(
        strstr(w->body, "\nmidwatch_incidents{severity=\"critical\",state=\"triggered\"} 1\n"));
    assert_non_null(strstr(
        w->body,
        "\nmidwatch_probe_results_total{monitor=\"api\",group=\"core\",verdict=\"up\"} 4\n"));
    assert_non_null(strstr(w->body, "\nmidwatch_blind 0\n"));
    assert_null(strstr(w->body, "hidden"));
    assert_null(strstr(w->body, "ana"));
    if (access("/usr/bin/promtool", X_OK) != 0 && access("/usr/local/bin/promtool", X_OK) != 0) {
        close_world(w);
        print_message("promtool is not installed: the metrics were not checked with it\n");
        skip();
    }
    int fd = mkstemp(path);
    assert_int_equal(write(fd, w->body, strlen(w->body)), (ssize_t)strlen(w->body));
    close(fd);
    snprintf(command, sizeof command, "promtool check metrics <%s 2>&1", path);
    FILE *p = popen(command, "r");
    char said[4096];
    size_t n = fread(said, 1, sizeof said - 1, p);
    said[n] = 0;
    int rc = pclose(p);
    unlink(path);
    close_world(w);
    if (rc != 0 || n > 0)
        fail_msg("promtool: %s", said);
}

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
    assert_int_equal(ask(w, path, "", ""), 404);
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
    fake.json.len--;
    if (fake.json.len > 1)
        buf_char(&fake.json, ',');
    state_write_incident(&fake.json, &i);
    buf_char(&fake.json, ']');
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

static void close__while_the_store_thinks__answers_503_and_the_late_answer_is_harmless(void **state)
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
        cmocka_unit_test(health__alive_and_ready__or_why_not),
        cmocka_unit_test(answers__all__carry_the_headers_that_keep_browsers_tame),
        cmocka_unit_test(unknown__path_and_method__problems),
        cmocka_unit_test(monitors__state_incident_and_no_secret),
        cmocka_unit_test(status__tells_of_the_daemon),
        cmocka_unit_test(page__shows_states_and_nothing_private),
        cmocka_unit_test(page__within_a_second__is_the_cached_one),
        cmocka_unit_test(oncall__by_schedule_and_instant),
        cmocka_unit_test(metrics__pass_promtool),
        cmocka_unit_test(incident__acknowledged_taken_back_resolved),
        cmocka_unit_test(act__with_a_bad_body__refused_and_not_done),
        cmocka_unit_test(users__token_names_the_actor__only_an_admin_another),
        cmocka_unit_test(incidents__resolved_and_all__newest_first),
        cmocka_unit_test(deliveries__of_the_engine_and_the_store__each_once),
        cmocka_unit_test(test_page__answers_with_the_outcome),
        cmocka_unit_test(
            close__while_the_store_thinks__answers_503_and_the_late_answer_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
