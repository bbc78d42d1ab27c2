/* stream_world.h - an echo server on the loop of the test, plain or with TLS, and a client that
 * writes down what its stream tells it. Shared by test_stream.c and test_tls.c. */
#ifndef TESTS_UNIT_LOOP_STREAM_WORLD_H
#define TESTS_UNIT_LOOP_STREAM_WORLD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "certs.h"
#include "help.h"

#include "base/mem.h"
#include "loop/crypto.h"
#include "loop/stream.h"
#include "loop/tls.h"

/* --- the server ---------------------------------------------------------------------- */

enum manner { ECHOING, SILENT, CLOSE_AFTER_FIRST, BAD_BYTES };

struct server {
    struct loop *loop;
    union {
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_handle_t handle;
    } uv;
    enum manner manner;
    struct tls_context *tls;
    bool ask_client_certificate;
    int port, accepted;
    struct peer *peers;
};

struct peer {
    struct peer *next;
    struct server *server;
    union {
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_handle_t handle;
    } uv;
    struct tls_session *tls;
    bool ended; /* the other side is gone */
    char in[65536];
};

struct reply {
    uv_write_t req;
    char bytes[];
};

static inline void on_replied(uv_write_t *req, int status)
{
    (void)status;
    mem_free(container_of(req, struct reply, req));
}

static inline void peer_send(struct peer *p, const char *bytes, size_t n)
{
    struct reply *r = mem_alloc(sizeof *r + n);
    memcpy(r->bytes, bytes, n);
    uv_buf_t b = uv_buf_init(r->bytes, (unsigned)n);
    if (uv_write(&r->req, &p->uv.stream, &b, 1, on_replied) != 0)
        mem_free(r);
}

static inline void peer_drain(struct peer *p)
{
    char part[8192];
    size_t n;
    while ((n = tls_drain(p->tls, part, sizeof part)) > 0)
        peer_send(p, part, n);
}

static inline void peer_tls(struct peer *p, const char *bytes, size_t n)
{
    struct err e;
    char plain[8192];
    tls_feed(p->tls, bytes, n);
    int rc = tls_shake(p->tls, &e);
    peer_drain(p);
    while (rc == 1 && tls_read(p->tls, plain, sizeof plain, &n, &e) == 0 && n > 0) {
        assert_int_equal(tls_write(p->tls, plain, n, &e), 0);
        peer_drain(p);
    }
    if (tls_ended(p->tls))
        p->ended = true;
}

static inline void on_peer_alloc(uv_handle_t *h, size_t size, uv_buf_t *b)
{
    struct peer *p = container_of(h, struct peer, uv.handle);
    (void)size;
    *b = uv_buf_init(p->in, sizeof p->in);
}

static inline void on_peer_read(uv_stream_t *h, ssize_t n, const uv_buf_t *b)
{
    struct peer *p = container_of(h, struct peer, uv.stream);
    struct server *s = p->server;
    if (n < 0) {
        p->ended = true;
        uv_read_stop(h);
        return;
    }
    if (n == 0 || s->manner == SILENT)
        return;
    if (s->manner == BAD_BYTES)
        peer_send(p, "-ERR this is not TLS\r\n", 22);
    else if (p->tls != NULL)
        peer_tls(p, b->base, (size_t)n);
    else
        peer_send(p, b->base, (size_t)n);
    if (s->manner == CLOSE_AFTER_FIRST)
        uv_read_stop(h), uv_close(&p->uv.handle, NULL);
}

static inline void on_connection(uv_stream_t *h, int status)
{
    struct server *s = container_of(h, struct server, uv.stream);
    assert_int_equal(status, 0);
    struct peer *p = mem_new(struct peer);
    p->server = s;
    p->next = s->peers;
    s->peers = p;
    s->accepted++;
    if (s->uv.handle.type == UV_TCP)
        uv_tcp_init(&s->loop->uv, &p->uv.tcp);
    else
        uv_pipe_init(&s->loop->uv, &p->uv.pipe, 0);
    assert_int_equal(uv_accept(h, &p->uv.stream), 0);
    if (s->tls != NULL)
        p->tls = tls_session_server(s->tls);
    uv_read_start(&p->uv.stream, on_peer_alloc, on_peer_read);
}

static inline void server_tcp(struct server *s, struct loop *l, enum manner manner)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int n = sizeof a;
    *s = (struct server){.loop = l, .manner = manner};
    uv_tcp_init(&l->uv, &s->uv.tcp);
    assert_int_equal(uv_tcp_bind(&s->uv.tcp, (struct sockaddr *)&a, 0), 0);
    assert_int_equal(uv_listen(&s->uv.stream, 16, on_connection), 0);
    uv_tcp_getsockname(&s->uv.tcp, (struct sockaddr *)&a, &n);
    s->port = ntohs(a.sin_port);
}

static inline void server_end(struct server *s)
{
    uv_close(&s->uv.handle, NULL);
    for (struct peer *p = s->peers; p != NULL; p = p->next) {
        if (!uv_is_closing(&p->uv.handle))
            uv_close(&p->uv.handle, NULL);
    }
    uv_run(&s->loop->uv, UV_RUN_NOWAIT);
    uv_run(&s->loop->uv, UV_RUN_NOWAIT);
    while (s->peers != NULL) {
        struct peer *p = s->peers;
        s->peers = p->next;
        tls_session_free(p->tls);
        mem_free(p);
    }
    tls_context_free(s->tls);
}

/* --- the client ---------------------------------------------------------------------- */

struct client {
    volatile bool open, done, enough;
    int opens, ends;
    size_t got, want;
    char text[4096]; /* the first bytes received */
    char why[512];
    struct stream *stream;
    bool close_on_open, close_on_data;
    bool inside; /* a call of ours is running: no callback may come */
};

static inline void on_open(void *arg)
{
    struct client *c = arg;
    assert_false(c->inside);
    c->open = true;
    c->opens++;
    if (c->close_on_open)
        stream_close(c->stream);
}

static inline void on_data(void *arg, const char *p, size_t n)
{
    struct client *c = arg;
    assert_false(c->inside);
    assert_true(c->open && !c->done);
    if (c->got < sizeof c->text - 1)
        memcpy(c->text + c->got, p, c->got + n < sizeof c->text ? n : sizeof c->text - 1 - c->got);
    c->got += n;
    c->enough = c->got >= c->want;
    if (c->close_on_data)
        stream_close(c->stream);
}

static inline void on_end(void *arg, const struct err *e)
{
    struct client *c = arg;
    assert_false(c->inside);
    c->done = true;
    c->ends++;
    snprintf(c->why, sizeof c->why, "%s", e->text);
}

static const struct stream_events events = {on_open, on_data, on_end};

struct fixture {
    struct loop loop;
    struct resolver *resolver;
};

static struct certs certs;

static inline void begin(struct fixture *f)
{
    struct err e;
    must_init(&f->loop);
    f->resolver = resolver_new(&f->loop, &e);
    assert_non_null(f->resolver);
    assert_int_equal(resolver_set_servers(f->resolver, "127.0.0.1:1", &e), 0);
}

static inline void end(struct fixture *f)
{
    resolver_close(f->resolver);
    loop_run(&f->loop);
    loop_done(&f->loop);
}

static inline void client_open(struct client *c, struct fixture *f, const struct stream_target *t)
{
    c->inside = true;
    c->stream = stream_open(&f->loop, f->resolver, t, &events, c);
    c->inside = false;
}

static inline void client_write(struct client *c, const char *p, size_t n)
{
    c->inside = true;
    stream_write(c->stream, p, n);
    c->inside = false;
}

static inline void client_close(struct client *c, struct fixture *f)
{
    c->inside = true;
    stream_close(c->stream);
    c->inside = false;
    assert_true(turn_until(&f->loop, &c->done, 2000));
    assert_int_equal(c->ends, 1);
    assert_string_equal(c->why, "");
}

/* Opens, and expects the end to say why. */
static inline void expect_end(struct fixture *f, const struct stream_target *t, const char *why)
{
    struct client c = {.want = 1};
    client_open(&c, f, t);
    client_write(&c, "x", 1);
    assert_true(turn_until(&f->loop, &c.done, 5000));
    assert_int_equal(c.ends, 1);
    assert_string_equal(c.why, why);
}

static inline void echo(struct fixture *f, const struct stream_target *t)
{
    struct client c = {.want = 12};
    client_open(&c, f, t);
    client_write(&c, "before ", 7); /* open has not come yet */
    assert_true(turn_until(&f->loop, &c.open, 3000));
    client_write(&c, "after", 5);
    assert_true(turn_until(&f->loop, &c.enough, 3000));
    assert_string_equal(c.text, "before after");
    assert_int_equal(stream_queued(c.stream), 0);
    assert_int_equal(c.opens, 1);
    client_close(&c, f);
}

static inline void volume(struct fixture *f, const struct stream_target *t)
{
    enum { PART = 100000, PARTS = 50 };
    static char part[PART];
    struct client c = {.want = (size_t)PART * PARTS};
    crypto_random(part, sizeof part);
    client_open(&c, f, t);
    for (int i = 0; i < PARTS; i++)
        client_write(&c, part, sizeof part);
    assert_int_equal(stream_queued(c.stream), c.want);
    assert_true(turn_until(&f->loop, &c.enough, 20000));
    assert_int_equal(c.got, c.want);
    assert_memory_equal(c.text, part, sizeof c.text - 1);
    client_close(&c, f);
}

static inline int make_certs(void **state)
{
    (void)state;
    certs_init(&certs);
    return 0;
}

static inline int drop_certs(void **state)
{
    (void)state;
    certs_done(&certs);
    return 0;
}

#endif
