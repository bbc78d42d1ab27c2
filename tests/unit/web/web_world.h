/* web_world.h - the web room over a real socket, before a real engine; the store and the daemon
 * are doubles. One program includes it once: it defines the store's functions. */
#ifndef TESTS_WEB_WORLD_H
#define TESTS_WEB_WORLD_H

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
    struct buf attempts, moves;
    int64_t from_ms, to_ms; /* last asked for */
    store_json_fn *done;
    void *arg;
    /* series */
    const char *history; /* of this one something is kept, though it is in no file */
    struct series_query query;
    char monitors[256]; /* asked for, separated by blanks */
    char region[128];
    int queries;
    void (*fill)(struct series_answer *a, struct series_cell *cells); /* NULL: nothing is kept */
    store_series_fn *series_done;
} fake;

static inline void answer(store_json_fn *done, void *arg)
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

void store_read_delivery(struct store *s, const char *id, store_json_fn *done, void *arg)
{
    (void)s, (void)id;
    answer(done, arg);
}

void store_read_attempts(struct store *s, const char *delivery, int64_t from_ms, int64_t to_ms,
                         size_t limit, store_json_fn *done, void *arg)
{
    (void)s, (void)delivery, (void)from_ms, (void)to_ms, (void)limit;
    done(arg, buf_text(&fake.attempts), fake.attempts.len, fake.away);
}

void store_read_transitions(struct store *s, const char *name, int64_t from_ms, int64_t to_ms,
                            size_t limit, store_json_fn *done, void *arg)
{
    (void)s, (void)name, (void)from_ms, (void)to_ms, (void)limit;
    done(arg, buf_text(&fake.moves), fake.moves.len, fake.away);
}

void store_read_results(struct store *s, const char *monitor, int64_t from_ms, int64_t to_ms,
                        store_json_fn *done, void *arg)
{
    (void)s, (void)monitor;
    fake.from_ms = from_ms;
    fake.to_ms = to_ms;
    answer(done, arg);
}

bool store_has_series(const struct store *s, const char *monitor)
{
    (void)s;
    return fake.history != NULL && strcmp(fake.history, monitor) == 0;
}

static inline void answer_series(store_series_fn *done, void *arg)
{
    struct series_answer a = {.from_ms = fake.query.from_ms,
                              .to_ms = fake.query.to_ms,
                              .step_ms = fake.query.step_ms,
                              .rows = fake.query.apart ? fake.query.n_monitors : 1,
                              .points = series_points(&fake.query),
                              .exact = true};
    struct series_cell *cells = mem_calloc(a.rows * a.points + 1, sizeof *cells);

    a.cells = cells;
    a.take = &cells;
    for (size_t i = 0; i < a.rows * a.points; i++)
        cells[i].tally.min_us = cells[i].tally.max_us = cells[i].tally.late_max_us = -1;
    if (fake.fill != NULL)
        fake.fill(&a, cells);
    done(arg, fake.away ? NULL : &a);
    mem_free(cells);
}

void store_query(struct store *s, const struct series_query *q, store_series_fn *done, void *arg)
{
    (void)s;
    fake.query = *q;
    fake.queries++;
    fake.monitors[0] = 0;
    for (size_t i = 0; i < q->n_monitors; i++) {
        size_t n = strlen(fake.monitors);
        snprintf(fake.monitors + n, sizeof fake.monitors - n, "%s%s", n > 0 ? " " : "",
                 q->monitors[i]);
    }
    snprintf(fake.region, sizeof fake.region, "%s", q->region != NULL ? q->region : "");
    if (fake.held) {
        fake.series_done = done;
        fake.arg = arg;
    } else {
        answer_series(done, arg);
    }
}

size_t series_points(const struct series_query *q)
{
    if (q->from_ms >= q->to_ms)
        return 0;
    return q->step_ms == 0 ? 1 : (size_t)((q->to_ms - q->from_ms - 1) / q->step_ms) + 1;
}

#include "fake_reports.h"

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
    char acted[256], to[128], words[300]; /* the last deed */
    int64_t until_ms;
    bool nod; /* deeds are taken for done without the engine */
    void (*tested)(void *req, const char *json, bool ok);
    void *test_req;
    char text[1 << 20]; /* the last answer */
    int status;
    const char *body;
};

static inline const struct config *on_config(void *arg)
{
    return ((struct world *)arg)->config;
}

static inline const struct engine *on_engine(void *arg)
{
    return ((struct world *)arg)->engine;
}

static inline struct store *on_store(void *arg)
{
    return arg; /* only its being there matters to the double */
}

static inline const struct monitor_facts *on_facts(void *arg, const char *monitor)
{
    (void)monitor;
    return &((struct world *)arg)->facts;
}

static inline bool on_ready(void *arg, struct err *why_not)
{
    struct world *w = arg;

    if (!w->ready)
        err_set(why_not, "the store is away and the spool is full");
    return w->ready;
}

static inline int on_deed(void *arg, const struct deed *d, struct err *e)
{
    struct world *w = arg;

    snprintf(w->acted, sizeof w->acted, "%s %s", deed_name(d->kind), d->who);
    snprintf(w->to, sizeof w->to, "%s", d->to);
    snprintf(w->words, sizeof w->words, "%s", d->text != NULL ? d->text : "");
    w->until_ms = d->until_ms;
    effects_clear(&w->fx);
    return w->nod ? 0 : engine_deed(w->engine, d, loop_now_ms(), &w->fx, e);
}

static inline int on_quiet_add(void *arg, struct quiet *draft, struct err *e)
{
    struct world *w = arg;

    effects_clear(&w->fx);
    return engine_quiet_add(w->engine, draft, loop_now_ms(), &w->fx, e);
}

static inline int on_quiet_end(void *arg, const char *id, const char *who, struct err *e)
{
    struct world *w = arg;

    effects_clear(&w->fx);
    return engine_quiet_end(w->engine, id, who, loop_now_ms(), &w->fx, e);
}

static inline int on_override_add(void *arg, struct kept_override *drafts, size_t n, struct err *e)
{
    struct world *w = arg;

    effects_clear(&w->fx);
    return engine_override_add(w->engine, drafts, n, loop_now_ms(), &w->fx, e);
}

static inline int on_override_end(void *arg, const char *id, const char *who, struct err *e)
{
    struct world *w = arg;

    effects_clear(&w->fx);
    return engine_override_end(w->engine, id, who, loop_now_ms(), &w->fx, e);
}

static inline int on_replay(void *arg, const struct delivery *d, const char *who, struct err *e)
{
    struct world *w = arg;

    snprintf(w->acted, sizeof w->acted, "replay %s %s", d->id, who);
    return w->nod ? 0 : err_set(e, "delivery %s is being sent", d->id);
}

/* What app would write, at the next turn of the loop. */
struct writing {
    const struct metrics_format *format;
    void (*done)(void *req, struct buf *text);
    void *req;
    bool refuse;
};

static inline void on_write(void *arg)
{
    static const struct metric_family blind = {"midwatch_blind", METRIC_GAUGE, "x"};
    struct writing *t = arg;
    struct metrics m;
    struct buf out;

    buf_init(&out, 4096);
    metrics_begin(&m, t->format, &out);
    metrics_one(&m, &blind, 0);
    metrics_cut(&m);
    t->done(t->req, t->refuse ? NULL : &out);
    buf_done(&out);
    mem_free(t);
}

static inline void on_metrics(void *arg, const struct metrics_format *f,
                              void (*done)(void *req, struct buf *text), void *req)
{
    struct world *w = arg;
    struct writing *t = mem_new(struct writing);

    *t = (struct writing){f, done, req, !w->ready};
    loop_later(&w->loop, on_write, t);
}

static inline int on_test_page(void *arg, const char *to,
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

static inline void load(struct world *w, const char *users)
{
    struct diagnostics d = {0};
    char text[4096];

    snprintf(text, sizeof text, yaml, users);
    if (config_parse("test.yaml", text, strlen(text), &(struct load_options){0}, &w->config, &d) <
        0)
        fail_msg("%s", d.items[0].text);
    diagnostics_done(&d);
}

static inline void result(struct world *w, const char *monitor, enum verdict v)
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

static inline void open_world_with(struct world **ret, const char *users)
{
    struct world *w = *ret = mem_new(struct world);
    struct err e;

    memset(&fake, 0, sizeof fake);
    buf_init(&fake.json, 1 << 20);
    buf_str(&fake.json, "[]");
    buf_init(&fake.attempts, 1 << 20);
    buf_str(&fake.attempts, "[]");
    buf_init(&fake.moves, 1 << 20);
    buf_str(&fake.moves, "[]");
    w->ready = true;
    w->facts = (struct monitor_facts){.runs = 5, .by_verdict = {4, 0, 1, 0}, .late_max_us = 900};
    assert_int_equal(loop_init(&w->loop, &e), 0);
    load(w, users);
    w->engine = engine_new();
    engine_configure(w->engine, w->config, loop_now_ms(), &w->fx);
    w->app = (struct web_app){.config = on_config,
                              .engine = on_engine,
                              .store = on_store,
                              .facts = on_facts,
                              .ready = on_ready,
                              .deed = on_deed,
                              .quiet_add = on_quiet_add,
                              .quiet_end = on_quiet_end,
                              .override_add = on_override_add,
                              .override_end = on_override_end,
                              .replay = on_replay,
                              .metrics = on_metrics,
                              .test_page = on_test_page,
                              .started_ms = loop_now_ms() - 5000};
    if (web_open(&w->loop, w->config, &w->app, w, &w->web, &e) < 0)
        fail_msg("%s", e.text);
}

static inline void close_world(struct world *w)
{
    web_close(w->web);
    loop_run(&w->loop);
    loop_done(&w->loop);
    effects_done(&w->fx);
    engine_free(w->engine);
    config_free(w->config);
    fake_reports_done();
    buf_done(&fake.json);
    buf_done(&fake.attempts);
    buf_done(&fake.moves);
    mem_free(w);
}

/* --- a client ------------------------------------------------------------------------------- */

static inline int dial(const struct world *w)
{
    struct sockaddr_in a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    uv_ip4_addr("127.0.0.1", (int)strtol(strchr(web_address(w->web), ':') + 1, NULL, 10), &a);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static inline void hear(struct world *w, int fd)
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
static inline int ask_begin(struct world *w, const char *head, const char *more, const char *body)
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

static inline int ask(struct world *w, const char *head, const char *more, const char *body)
{
    hear(w, ask_begin(w, head, more, body));
    return w->status;
}

/* Appends to a list of the double: what `write` wrote behind `begin`. */
#define PUT(list, write)                                                                           \
    do {                                                                                           \
        (list)->len--;                                                                             \
        if ((list)->len > 1)                                                                       \
            buf_char(list, ',');                                                                   \
        write;                                                                                     \
        buf_char(list, ']');                                                                       \
    } while (0)

static inline struct jv *json(struct world *w)
{
    struct jv *v;
    struct err e;

    if (jv_parse(w->body, strlen(w->body), &v, &e) < 0)
        fail_msg("%s: %s", e.text, w->body);
    return v;
}

static inline void assert_detail(struct world *w, const char *part)
{
    struct jv *v = json(w);

    assert_non_null(strstr(w->text, "Content-Type: application/problem+json\r\n"));
    assert_int_equal(jv_get_int(v, "status", 0), w->status);
    if (strstr(jv_get_text(v, "detail"), part) == NULL)
        fail_msg("%s does not say: %s", w->body, part);
    jv_free(v);
}

#define JSON "\r\nContent-Type: application/json"

#endif
