/* server_conn.c - one connection: read, hand over, answer, again.
 *
 * Happy path:  on_read -> take() -> parser says SERVER_WHOLE -> the handler -> server_answer()
 *              -> written() -> IDLE, and the bytes that came meanwhile are taken
 * Failures:    bad bytes, deadlines while reading  -> refuse(): an answer, then LINGER
 *              write failed or too slow, reset     -> conn_close()
 * One request at a time: what is pipelined waits in `pending`, and above PENDING_MAX in the
 * kernel. Memory goes when the handle is closed and the handler has answered. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "server_private.h"

#define PENDING_MAX 16384 /* reading stops above */
#define LINGER_US   2000000
#define LINGER_MAX  1048576 /* bytes thrown away before a reset is fair */

static void take(struct conn *c, const char *bytes, size_t n);

static void enter(struct conn *c, enum phase phase, int64_t limit_ms)
{
    c->phase = phase;
    c->since_us = loop_mono_us();
    c->deadline_us = limit_ms == 0 ? INT64_MAX : c->since_us + limit_ms * 1000;
}

/* --- the end ------------------------------------------------------------------------ */

static void free_if_done(struct conn *c)
{
    if (!c->gone || c->request.open)
        return;
    server_parse_free(c->parse);
    buf_done(&c->pending);
    mem_free(c->out);
    mem_free(c);
}

static void on_closed(void *arg)
{
    struct conn *c = arg;

    c->gone = true;
    server_conn_gone(c->server, c);
    c->server = NULL;
    free_if_done(c);
}

void conn_close(struct conn *c)
{
    if (c->closing)
        return;
    c->closing = true;
    owner_close_handle(&c->owner, &c->io.handle);
    owner_close(&c->owner);
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
    struct conn *c = container_of(req, struct conn, shutdown);

    if (status < 0)
        conn_close(c);
}

static void linger(struct conn *c)
{
    enter(c, PHASE_LINGER, LINGER_US / 1000);
    buf_clear(&c->pending);
    if (c->eof || uv_shutdown(&c->shutdown, &c->io.stream, on_shutdown) != 0)
        conn_close(c);
}

/* --- reading on and off --------------------------------------------------------------- */

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
    struct conn *c = container_of(h, struct conn, io.handle);

    (void)suggested;
    *ret = uv_buf_init(c->server->read_buf, sizeof c->server->read_buf);
}

static void read_off(struct conn *c)
{
    uv_read_stop(&c->io.stream);
    c->reading = false;
}

static void keep(struct conn *c, const char *bytes, size_t n)
{
    buf_put(&c->pending, bytes, n);
    if (c->pending.len >= PENDING_MAX)
        read_off(c);
}

static void ended(struct conn *c)
{
    c->eof = true;
    if (c->phase != PHASE_BUSY && c->phase != PHASE_WRITING)
        conn_close(c);
    else
        read_off(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct conn *c = container_of(stream, struct conn, io.stream);

    if (c->closing || n == 0)
        return;
    if (n == UV_EOF) {
        ended(c);
    } else if (n < 0) {
        conn_close(c);
    } else if (c->phase == PHASE_LINGER) {
        c->thrown_away += (size_t)n;
        if (c->thrown_away > LINGER_MAX)
            conn_close(c);
    } else if (c->phase == PHASE_BUSY || c->phase == PHASE_WRITING) {
        keep(c, b->base, (size_t)n);
    } else {
        take(c, b->base, (size_t)n);
    }
}

static void read_on(struct conn *c)
{
    if (c->reading || c->eof || c->closing || c->pending.len >= PENDING_MAX)
        return;
    c->reading = true;
    if (uv_read_start(&c->io.stream, on_alloc, on_read) != 0)
        conn_close(c);
}

/* --- writing -------------------------------------------------------------------------- */

/* The answer is out: what was pipelined behind it is next. */
static void written(struct conn *c)
{
    mem_free(c->out);
    c->out = NULL;
    if (!c->keep_alive) {
        linger(c);
        return;
    }
    server_parse_next(c->parse);
    enter(c, PHASE_IDLE, c->server->options.idle_ms);
    if (c->pumping)
        return;
    size_t n;
    char *bytes = buf_take(&c->pending, &n);

    take(c, bytes, n);
    mem_free(bytes);
    read_on(c);
}

static void on_written(uv_write_t *req, int status)
{
    struct conn *c = container_of(req, struct conn, write);

    if (c->closing)
        return;
    if (status < 0)
        conn_close(c);
    else
        written(c);
}

struct piece {
    const char *p;
    size_t n;
};

/* What the socket did not take at once, copied behind each other. */
static void send_rest(struct conn *c, struct piece head, struct piece body)
{
    char *rest = mem_alloc(head.n + body.n);

    memcpy(rest, head.p, head.n);
    memcpy(rest + head.n, body.p, body.n);
    c->out = rest;
    uv_buf_t b = uv_buf_init(rest, (unsigned)(head.n + body.n));

    if (uv_write(&c->write, &c->io.stream, &b, 1, on_written) != 0)
        conn_close(c);
}

static struct piece after(struct piece x, size_t n)
{
    size_t gone = n < x.n ? n : x.n;

    return (struct piece){x.p + gone, x.n - gone};
}

/* Most answers fit into the socket's buffer and are done at once, without a copy. */
static void send_out(struct conn *c, struct piece head, struct piece body)
{
    uv_buf_t both[2] = {uv_buf_init((char *)(uintptr_t)head.p, (unsigned)head.n),
                        uv_buf_init((char *)(uintptr_t)body.p, (unsigned)body.n)};
    int sent = uv_try_write(&c->io.stream, both, body.n > 0 ? 2 : 1);
    size_t done = sent > 0 ? (size_t)sent : 0;

    enter(c, PHASE_WRITING, c->server->options.write_ms);
    if (done == head.n + body.n)
        written(c);
    else
        send_rest(c, after(head, done), after(body, done > head.n ? done - head.n : 0));
}

static void answer(struct conn *c, const struct answer *a)
{
    struct answer_shape shape = {
        .head_only = c->request.head_only,
        .keep_alive = c->keep_alive,
        .http10 = c->phase == PHASE_BUSY && server_parse_is_http10(c->parse),
    };
    struct piece head, body;

    head.p = answer_head(a, &shape, loop_now_ms(), &head.n);
    body.p = answer_body(a, &shape, &body.n);
    send_out(c, head, body);
    mem_free((char *)(uintptr_t)head.p);
    if (a->take != NULL)
        buf_done(a->take);
}

/* `why` is one of our own sentences: nothing in it needs escaping. */
static void refuse(struct conn *c, int status, const char *why)
{
    struct buf body;

    buf_init(&body, 512);
    buf_printf(&body, "{\"type\":\"about:blank\",\"status\":%d,\"detail\":\"%s\"}", status, why);
    c->keep_alive = false;
    c->request.head_only = false;
    answer(c, &(struct answer){
                  .status = status, .content_type = "application/problem+json", .take = &body});
}

void server_answer(struct request *q, const struct answer *a)
{
    struct conn *c = container_of(q, struct conn, request);

    assert(q->open);
    q->open = false;
    if (c->closing) {
        if (a->take != NULL)
            buf_done(a->take);
        free_if_done(c);
        return;
    }
    c->keep_alive = server_parse_keep_alive(c->parse) && !c->server->closing;
    answer(c, a);
}

/* --- requests ------------------------------------------------------------------------- */

static void hand_over(struct conn *c)
{
    enter(c, PHASE_BUSY, 0);
    server_parse_view(c->parse, &c->view);
    c->view.peer = c->peer;
    c->view.loopback = c->loopback;
    c->request = (struct request){.open = true, .head_only = strcmp(c->view.method, "HEAD") == 0};
    c->server->on_request(c->server->arg, &c->request, &c->view);
}

static void go_on(struct conn *c)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    uv_buf_t b = uv_buf_init((char *)(uintptr_t)text, sizeof text - 1);

    /* A socket too full for 25 bytes is no reason to fail: the client goes on by itself. */
    (void)uv_try_write(&c->io.stream, &b, 1);
}

static void reading_phase(struct conn *c)
{
    if (server_parse_in_body(c->parse)) {
        if (c->phase != PHASE_BODY)
            enter(c, PHASE_BODY, c->server->options.body_ms);
    } else if (server_parse_begun(c->parse) && c->phase == PHASE_IDLE) {
        enter(c, PHASE_HEAD, c->server->options.head_ms);
    }
}

static void act_on(struct conn *c, enum server_step step)
{
    const char *why;

    if (step == SERVER_MORE || step == SERVER_WAITS)
        reading_phase(c);
    if (step == SERVER_WAITS)
        go_on(c);
    if (step == SERVER_REFUSED) {
        int status = server_parse_refusal(c->parse, &why);
        refuse(c, status, why);
    }
    if (step == SERVER_WHOLE)
        hand_over(c);
}

static void take(struct conn *c, const char *bytes, size_t n)
{
    c->pumping = true;
    while (n > 0 && !c->closing && c->phase <= PHASE_BODY) {
        size_t used;
        enum server_step step = server_parse_feed(c->parse, bytes, n, &used);

        bytes += used;
        n -= used;
        act_on(c, step);
    }
    c->pumping = false;
    if (!c->closing && n > 0 && c->phase != PHASE_LINGER)
        keep(c, bytes, n);
    if (c->eof && !c->closing && c->phase <= PHASE_BODY)
        conn_close(c);
}

void conn_expire(struct conn *c, int64_t now_us)
{
    if (c->closing || now_us < c->deadline_us)
        return;
    if (c->phase == PHASE_HEAD)
        refuse(c, 408, "the head took too long");
    else if (c->phase == PHASE_BODY)
        refuse(c, 408, "the body took too long");
    else
        conn_close(c);
}

/* --- the beginning -------------------------------------------------------------------- */

static void name_peer(struct conn *c)
{
    struct sockaddr_storage a = {0};
    int n = sizeof a;

    if (c->server->is_unix) {
        memcpy(c->peer, "unix", 5);
        c->loopback = true;
        return;
    }
    if (uv_tcp_getpeername(&c->io.tcp, (struct sockaddr *)&a, &n) != 0)
        return;
    if (a.ss_family == AF_INET)
        uv_ip4_name((const struct sockaddr_in *)(void *)&a, c->peer, sizeof c->peer);
    else
        uv_ip6_name((const struct sockaddr_in6 *)(void *)&a, c->peer, sizeof c->peer);
    if (strncmp(c->peer, "::ffff:", 7) == 0 && strchr(c->peer, '.') != NULL)
        memmove(c->peer, c->peer + 7, strlen(c->peer + 7) + 1);
    c->loopback = strncmp(c->peer, "127.", 4) == 0 || strcmp(c->peer, "::1") == 0;
}

static int init_handle(struct conn *c)
{
    uv_loop_t *uv = &c->server->loop->uv;
    int rc = c->server->is_unix ? uv_pipe_init(uv, &c->io.pipe, 0) : uv_tcp_init(uv, &c->io.tcp);

    if (rc == 0)
        owner_add(&c->owner, &c->io.handle);
    return rc;
}

static struct conn *oldest_idle(const struct server *s)
{
    struct conn *oldest = NULL;

    for (struct conn *c = s->conns; c != NULL; c = c->next) {
        bool idle = c->phase == PHASE_IDLE || c->phase == PHASE_LINGER;

        if (!c->closing && idle && (oldest == NULL || c->since_us < oldest->since_us))
            oldest = c;
    }
    return oldest;
}

/* A connection over the cap is told so, unless an idle one can go for it. */
static void settle(struct conn *c, bool full)
{
    struct conn *idle = full ? oldest_idle(c->server) : NULL;

    server_conn_opened(c->server, c);
    enter(c, PHASE_IDLE, c->server->options.head_ms);
    if (idle != NULL)
        conn_close(idle);
    read_on(c);
    if (full && idle == NULL && !c->closing)
        refuse(c, 503, "too many connections");
}

void conn_accept(struct server *s)
{
    struct conn *c = mem_new(struct conn);

    c->server = s;
    owner_init(&c->owner, on_closed, c);
    if (init_handle(c) != 0) {
        mem_free(c);
        return;
    }
    c->parse = server_parse_new(&s->limits);
    buf_init(&c->pending, PENDING_MAX + sizeof s->read_buf);
    bool full = s->n_conns >= s->options.max_connections;

    if (uv_accept(&s->listener.stream, &c->io.stream) != 0 ||
        s->n_conns >= s->options.max_connections * 2) {
        server_conn_opened(s, c);
        conn_close(c);
        return;
    }
    if (!s->is_unix)
        uv_tcp_nodelay(&c->io.tcp, 1);
    name_peer(c);
    settle(c, full);
}
