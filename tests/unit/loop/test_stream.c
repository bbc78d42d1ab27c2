/* test_stream.c - against an echo server on the same loop, plain, on a unix socket and over TLS
 * (which is the server side of tls.h at work). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "certs.h"
#include "help.h"

#include "base/mem.h"
#include "loop/crypto.h"
#include "loop/stream.h"
#include "loop/tls.h"

/* --- the server ----------------------------------------------------------------------------- */

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

static void on_replied(uv_write_t *req, int status)
{
    (void)status;
    mem_free(container_of(req, struct reply, req));
}

static void peer_send(struct peer *p, const char *bytes, size_t n)
{
    struct reply *r = mem_alloc(sizeof *r + n);
    memcpy(r->bytes, bytes, n);
    uv_buf_t b = uv_buf_init(r->bytes, (unsigned)n);
    if (uv_write(&r->req, &p->uv.stream, &b, 1, on_replied) != 0)
        mem_free(r);
}

static void peer_drain(struct peer *p)
{
    char part[8192];
    size_t n;
    while ((n = tls_drain(p->tls, part, sizeof part)) > 0)
        peer_send(p, part, n);
}

static void peer_tls(struct peer *p, const char *bytes, size_t n)
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

static void on_peer_alloc(uv_handle_t *h, size_t size, uv_buf_t *b)
{
    struct peer *p = container_of(h, struct peer, uv.handle);
    (void)size;
    *b = uv_buf_init(p->in, sizeof p->in);
}

static void on_peer_read(uv_stream_t *h, ssize_t n, const uv_buf_t *b)
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

static void on_connection(uv_stream_t *h, int status)
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

static void server_tcp(struct server *s, struct loop *l, enum manner manner)
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

static void server_end(struct server *s)
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

/* --- the client ------------------------------------------------------------------------------- */

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

static void on_open(void *arg)
{
    struct client *c = arg;
    assert_false(c->inside);
    c->open = true;
    c->opens++;
    if (c->close_on_open)
        stream_close(c->stream);
}

static void on_data(void *arg, const char *p, size_t n)
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

static void on_end(void *arg, const struct err *e)
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

static void begin(struct fixture *f)
{
    struct err e;
    must_init(&f->loop);
    f->resolver = resolver_new(&f->loop, &e);
    assert_non_null(f->resolver);
    assert_int_equal(resolver_set_servers(f->resolver, "127.0.0.1:1", &e), 0);
}

static void end(struct fixture *f)
{
    resolver_close(f->resolver);
    loop_run(&f->loop);
    loop_done(&f->loop);
}

static void client_open(struct client *c, struct fixture *f, const struct stream_target *t)
{
    c->inside = true;
    c->stream = stream_open(&f->loop, f->resolver, t, &events, c);
    c->inside = false;
}

static void client_write(struct client *c, const char *p, size_t n)
{
    c->inside = true;
    stream_write(c->stream, p, n);
    c->inside = false;
}

static void client_close(struct client *c, struct fixture *f)
{
    c->inside = true;
    stream_close(c->stream);
    c->inside = false;
    assert_true(turn_until(&f->loop, &c->done, 2000));
    assert_int_equal(c->ends, 1);
    assert_string_equal(c->why, "");
}

/* Opens, and expects the end to say why. */
static void expect_end(struct fixture *f, const struct stream_target *t, const char *why)
{
    struct client c = {.want = 1};
    client_open(&c, f, t);
    client_write(&c, "x", 1);
    assert_true(turn_until(&f->loop, &c.done, 5000));
    assert_int_equal(c.ends, 1);
    assert_string_equal(c.why, why);
}

static void echo(struct fixture *f, const struct stream_target *t)
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

/* --- plain
 * ---------------------------------------------------------------------------------------- */

static void tcp__echo__comes_back_in_order(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    echo(&f, &t);
    server_end(&s);
    end(&f);
}

static void unix__echo__comes_back_in_order(void **state)
{
    (void)state;
    struct fixture f;
    struct server s = {.manner = ECHOING};
    char path[64];
    begin(&f);
    s.loop = &f.loop;
    snprintf(path, sizeof path, "%s/sock", certs.dir);
    uv_pipe_init(&f.loop.uv, &s.uv.pipe, 0);
    assert_int_equal(uv_pipe_bind(&s.uv.pipe, path), 0);
    assert_int_equal(uv_listen(&s.uv.stream, 16, on_connection), 0);
    struct stream_target t = {.unix_path = path, .connect_timeout_ms = 2000};
    echo(&f, &t);
    server_end(&s);
    unlink(path);
    end(&f);
}

static void unix__no_socket_or_too_long__ends_with_the_fact(void **state)
{
    (void)state;
    struct fixture f;
    char path[200];
    begin(&f);
    struct stream_target t = {.unix_path = "/nonexistent/sock", .connect_timeout_ms = 2000};
    expect_end(&f, &t, "no such file or directory");
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    t.unix_path = path;
    expect_end(&f, &t, "the path of the socket is too long");
    end(&f);
}

static void tcp__refused__ends_at_once(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    server_end(&s); /* the port is free now */
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 5000};
    int64_t start_us = loop_mono_us();
    expect_end(&f, &t, "connection refused");
    t.host = "localhost"; /* both addresses refuse */
    expect_end(&f, &t, "connection refused");
    assert_true(loop_mono_us() - start_us < 1000000);
    end(&f);
}

/* localhost is 127.0.0.1, then ::1. */
static void tcp__first_address_refuses__the_next_is_tried(void **state)
{
    (void)state;
    struct fixture f;
    struct server s = {.manner = ECHOING};
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int n = sizeof a;
    begin(&f);
    s.loop = &f.loop;
    uv_tcp_init(&f.loop.uv, &s.uv.tcp);
    if (uv_tcp_bind(&s.uv.tcp, (struct sockaddr *)&a, UV_TCP_IPV6ONLY) != 0 ||
        uv_listen(&s.uv.stream, 16, on_connection) != 0) {
        print_message("skipped: no IPv6 loopback here\n");
        server_end(&s);
        end(&f);
        skip();
    }
    uv_tcp_getsockname(&s.uv.tcp, (struct sockaddr *)&a, &n);
    struct stream_target t = {
        .host = "localhost", .port = ntohs(a.sin6_port), .connect_timeout_ms = 2000};
    echo(&f, &t);
    server_end(&s);
    end(&f);
}

static void tcp__no_such_name__says_resolve(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct stream_target t = {.host = "redis.test", .port = 6379, .connect_timeout_ms = 5000};
    expect_end(&f, &t, "resolve: no DNS server can be reached");
    t.host = "a b";
    expect_end(&f, &t, "resolve: not a host name");
    end(&f);
}

/* A listener whose queue is full answers no SYN. */
static void tcp__nobody_answers__ends_at_the_deadline(void **state)
{
    (void)state;
    struct fixture f;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fill[8], fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
    assert_int_equal(listen(fd, 0), 0);
    getsockname(fd, (struct sockaddr *)&a, &n);
    for (int i = 0; i < 8; i++) {
        fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)!connect(fill[i], (struct sockaddr *)&a, n);
    }
    begin(&f);
    struct stream_target t = {
        .host = "127.0.0.1", .port = ntohs(a.sin_port), .connect_timeout_ms = 200};
    int64_t start_us = loop_mono_us();
    expect_end(&f, &t, "no connection within 200ms");
    assert_true(loop_mono_us() - start_us >= 199000);
    end(&f);
    for (int i = 0; i < 8; i++)
        close(fill[i]);
    close(fd);
}

static void tcp__peer_closes__ends_after_the_data(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    struct client c = {.want = 5};
    begin(&f);
    server_tcp(&s, &f.loop, CLOSE_AFTER_FIRST);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    client_open(&c, &f, &t);
    client_write(&c, "hello", 5);
    assert_true(turn_until(&f.loop, &c.done, 3000));
    assert_string_equal(c.text, "hello");
    assert_string_equal(c.why, "the peer closed the connection");
    server_end(&s);
    end(&f);
}

/* --- volume and backpressure
 * ------------------------------------------------------------------------- */

static void volume(struct fixture *f, const struct stream_target *t)
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

static void tcp__five_megabytes__come_back(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    volume(&f, &t);
    server_end(&s);
    end(&f);
}

static void queue__beyond_its_maximum__ends_the_stream(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    static char part[1 << 20];
    struct client c = {.want = 1};
    begin(&f);
    server_tcp(&s, &f.loop, SILENT);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    client_open(&c, &f, &t);
    for (int i = 0; i < 65; i++)
        client_write(&c, part, sizeof part);
    assert_true(turn_until(&f.loop, &c.done, 3000));
    assert_string_equal(c.why, "more than 64 MB wait to be written");
    server_end(&s);
    end(&f);
}

/* --- closing at awkward moments
 * ------------------------------------------------------------------------ */

static void close__at_every_stage__ends_once_and_empty(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    struct stream_tls tls = {.server_name = "127.0.0.1"};
    begin(&f);
    server_tcp(&s, &f.loop, SILENT);
    const struct stream_target targets[] = {
        {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000},
        {.host = "quiet.test", .port = s.port, .connect_timeout_ms = 2000},
        {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000, .tls = &tls},
        {.unix_path = "/nonexistent", .connect_timeout_ms = 2000},
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct client c = {.want = 1};
        client_open(&c, &f, &targets[i]);
        client_write(&c, "x", 1);
        client_close(&c, &f);
    }
    struct client opened = {.want = 1, .close_on_open = true};
    client_open(&opened, &f, &targets[0]);
    assert_true(turn_until(&f.loop, &opened.done, 2000));
    assert_string_equal(opened.why, "");
    server_end(&s);
    end(&f);
}

static void close__inside_on_data__brings_nothing_more(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    struct client c = {.want = 1, .close_on_data = true};
    client_open(&c, &f, &t);
    client_write(&c, "x", 1);
    assert_true(turn_until(&f.loop, &c.done, 2000));
    assert_int_equal(c.ends, 1);
    assert_int_equal(c.got, 1);
    assert_string_equal(c.why, "");
    server_end(&s);
    end(&f);
}

/* --- TLS
 * -------------------------------------------------------------------------------------------------
 */

static void server_tls(struct server *s, struct loop *l, const char *name)
{
    char cert[128], key[128];
    struct err e;
    server_tcp(s, l, ECHOING);
    snprintf(cert, sizeof cert, "%s/%s.pem", certs.dir, name);
    snprintf(key, sizeof key, "%s/%s.key", certs.dir, name);
    struct tls_files files = {.cert_file = cert, .key_file = key};
    assert_int_equal(tls_context_server(&files, &s->tls, &e), 0);
}

static void tls__good_certificate__echoes(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tls(&s, &f.loop, "good");
    struct stream_tls tls = {.server_name = "redis.localhost",
                             .ca_file = certs_path(&certs, "ca.pem")};
    struct stream_target t = {
        .host = "redis.localhost", .port = s.port, .tls = &tls, .connect_timeout_ms = 5000};
    echo(&f, &t);
    tls.server_name = t.host = "127.0.0.1";
    echo(&f, &t);
    volume(&f, &t);
    bool said = false;
    for (int i = 0; i < 50 && !said; i++) {
        turn_until(&f.loop, &said, 20);
        said = s.peers != NULL && s.peers->tls != NULL && tls_ended(s.peers->tls);
    }
    assert_true(said); /* our good-bye arrived */
    server_end(&s);
    end(&f);
}

static void tls__wrong_certificate__ends_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *server, *name, *why;
        bool own_ca;
    } cases[] = {
        {"other", "redis.localhost", "TLS: hostname mismatch", true},
        {"good", "elsewhere.example", "TLS: hostname mismatch", true},
        {"other", "127.0.0.1", "TLS: IP address mismatch", true},
        {"expired", "redis.localhost", "TLS: certificate has expired", true},
        {"self", "redis.localhost", "TLS: self-signed certificate", true},
        {"good", "redis.localhost", "TLS: unable to get local issuer certificate", false},
    };
    char ca[128];
    snprintf(ca, sizeof ca, "%s", certs_path(&certs, "ca.pem"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        struct server s;
        begin(&f);
        server_tls(&s, &f.loop, cases[i].server);
        struct stream_tls tls = {.server_name = cases[i].name,
                                 .ca_file = cases[i].own_ca ? ca : NULL};
        struct stream_target t = {
            .host = "127.0.0.1", .port = s.port, .tls = &tls, .connect_timeout_ms = 5000};
        expect_end(&f, &t, cases[i].why);
        server_end(&s);
        end(&f);
    }
}

static void tls__silent_or_babbling_server__ends(void **state)
{
    (void)state;
    struct fixture f;
    struct server silent, plain;
    begin(&f);
    server_tcp(&silent, &f.loop, SILENT);
    server_tcp(&plain, &f.loop, BAD_BYTES);
    struct stream_tls tls = {.server_name = "127.0.0.1"};
    struct stream_target t = {
        .host = "127.0.0.1", .port = silent.port, .tls = &tls, .connect_timeout_ms = 150};
    int64_t start_us = loop_mono_us();
    expect_end(&f, &t, "no TLS handshake within 150ms");
    assert_true(loop_mono_us() - start_us >= 149000);
    t.port = plain.port;
    t.connect_timeout_ms = 5000;
    expect_end(&f, &t, "TLS: wrong version number");
    server_end(&silent);
    server_end(&plain);
    end(&f);
}

static void tls__files_missing__ends_with_their_name(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct stream_tls tls = {.server_name = "127.0.0.1", .ca_file = "/nonexistent.pem"};
    struct stream_target t = {
        .host = "127.0.0.1", .port = 1, .tls = &tls, .connect_timeout_ms = 150};
    expect_end(&f, &t, "CA file /nonexistent.pem: No such file or directory");
    char key[128];
    snprintf(key, sizeof key, "%s", certs_path(&certs, "good.key"));
    tls.ca_file = NULL;
    tls.key_file = "/nonexistent.key";
    tls.cert_file = "/nonexistent.pem";
    expect_end(&f, &t, "certificate /nonexistent.pem: No such file or directory");
    tls.cert_file = certs_path(&certs, "client.pem");
    tls.key_file = key;
    struct client c = {.want = 1};
    client_open(&c, &f, &t);
    assert_true(turn_until(&f.loop, &c.done, 1000));
    assert_non_null(strstr(c.why, "key"));
    end(&f);
}

static int make_certs(void **state)
{
    (void)state;
    certs_init(&certs);
    return 0;
}

static int drop_certs(void **state)
{
    (void)state;
    certs_done(&certs);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp__echo__comes_back_in_order),
        cmocka_unit_test(unix__echo__comes_back_in_order),
        cmocka_unit_test(unix__no_socket_or_too_long__ends_with_the_fact),
        cmocka_unit_test(tcp__refused__ends_at_once),
        cmocka_unit_test(tcp__first_address_refuses__the_next_is_tried),
        cmocka_unit_test(tcp__no_such_name__says_resolve),
        cmocka_unit_test(tcp__nobody_answers__ends_at_the_deadline),
        cmocka_unit_test(tcp__peer_closes__ends_after_the_data),
        cmocka_unit_test(tcp__five_megabytes__come_back),
        cmocka_unit_test(queue__beyond_its_maximum__ends_the_stream),
        cmocka_unit_test(close__at_every_stage__ends_once_and_empty),
        cmocka_unit_test(close__inside_on_data__brings_nothing_more),
        cmocka_unit_test(tls__good_certificate__echoes),
        cmocka_unit_test(tls__wrong_certificate__ends_with_the_reason),
        cmocka_unit_test(tls__silent_or_babbling_server__ends),
        cmocka_unit_test(tls__files_missing__ends_with_their_name),
    };
    return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
