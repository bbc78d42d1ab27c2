/* stream.c - resolve, connect, shake hands, pass bytes, end.
 *
 *     RESOLVING -> CONNECTING -> SHAKING -> OPEN -> ENDED
 *         |             |           |        |
 *         +-------------+-----------+--------+--> ENDED, with a reason
 *
 * Each attempt to connect has a handle of its own (a `link`), because a handle that has
 * failed must be closed before its memory can be used again. stream_fail() is the only way
 * to the end: it drops the link, closes the timers, and on_end comes when they have closed.
 * One deadline spans resolving, connecting and the handshake. */
#include "loop/stream.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/tls.h"

#define QUEUE_MAX   (64u << 20)
#define READ_SIZE   65536
#define KEEPALIVE_S 60

enum state { RESOLVING, CONNECTING, SHAKING, OPEN, ENDED };

/* One handle: freed by its own close, perhaps after the stream. */
struct link {
    struct stream *stream; /* NULL: dropped */
    struct owner owner;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    uv_connect_t connect;
    int writing; /* requests under way */
};

struct write {
    uv_write_t req;
    struct link *link;
    char *p;
};

struct stream {
    struct loop *loop;
    struct resolver *resolver;
    struct owner owner;
    struct stream_events events;
    void *arg;
    enum state state;
    char *unix_path, *host, *server_name;
    int port;
    int64_t connect_timeout_ms, deadline_us;
    struct timer deadline; /* of the attempt, or of all of it */
    struct timer flush;    /* due at once, when something is queued */
    struct resolve *question;
    struct addresses addresses;
    size_t next_address;
    struct link *link;
    struct tls_context *tls_context; /* NULL: plain */
    struct tls_session *tls;
    struct buf out; /* plain text not yet given to the link */
    struct err why; /* of the end; empty after stream_close() */
};

static void try_next_address(struct stream *s, const char *why);

/* --- the end ------------------------------------------------------------------------- */

static void on_closed(void *arg)
{
    struct stream *s = arg;
    s->events.on_end(s->arg, &s->why);
    tls_session_free(s->tls);
    tls_context_free(s->tls_context);
    buf_done(&s->out);
    mem_free(s->unix_path);
    mem_free(s->host);
    mem_free(s->server_name);
    mem_free(s);
}

static void on_link_closed(void *arg)
{
    mem_free(arg);
}

static void link_drop(struct stream *s)
{
    struct link *k = s->link;
    if (k == NULL)
        return;
    s->link = NULL;
    k->stream = NULL;
    owner_close_handle(&k->owner, &k->uv.handle);
    owner_close(&k->owner);
}

static void stream_fail(struct stream *s, const char *why)
{
    if (s->state == ENDED)
        return;
    s->state = ENDED;
    text_copy(s->why.text, sizeof s->why.text, why);
    if (s->question != NULL)
        resolver_cancel(s->question);
    s->question = NULL;
    link_drop(s);
    timer_close(&s->deadline);
    timer_close(&s->flush);
    owner_close(&s->owner);
}

/* --- bytes out ----------------------------------------------------------------------- */

static void stream_flush(struct stream *s);

static void on_written(uv_write_t *req, int status)
{
    struct write *w = container_of(req, struct write, req);
    struct link *k = w->link;
    mem_free(w->p);
    mem_free(w);
    k->writing--;
    if (k->stream == NULL)
        return;
    if (status < 0)
        stream_fail(k->stream, uv_strerror(status));
    else
        stream_flush(k->stream);
}

/* Takes p. */
static void link_write(struct link *k, char *p, size_t n)
{
    struct write *w = mem_new(struct write);
    w->link = k;
    w->p = p;
    uv_buf_t b = uv_buf_init(p, (unsigned)n);
    int rc = uv_write(&w->req, &k->uv.stream, &b, 1, on_written);
    if (rc == 0) {
        k->writing++;
        return;
    }
    mem_free(p);
    mem_free(w);
    stream_fail(k->stream, uv_strerror(rc));
}

static void tls_send(struct stream *s)
{
    struct buf b;
    char part[16384];
    size_t n;
    buf_init(&b, 2 * (size_t)QUEUE_MAX);
    while ((n = tls_drain(s->tls, part, sizeof part)) > 0)
        buf_put(&b, part, n);
    if (b.len > 0) {
        n = b.len;
        link_write(s->link, buf_take(&b, NULL), n);
    }
}

/* One write at a time: what comes meanwhile gathers and goes together. */
static void stream_flush(struct stream *s)
{
    struct err e;
    if (s->state != OPEN || s->link->writing > 0 || s->out.len == 0)
        return;
    if (s->tls == NULL) {
        size_t n = s->out.len;
        link_write(s->link, buf_take(&s->out, NULL), n);
        return;
    }
    if (tls_write(s->tls, s->out.p, s->out.len, &e) != 0) {
        stream_fail(s, e.text);
        return;
    }
    buf_done(&s->out);
    buf_init(&s->out, QUEUE_MAX);
    tls_send(s);
}

static void on_flush(void *arg)
{
    stream_flush(arg);
}

void stream_write(struct stream *s, const void *p, size_t n)
{
    if (s->state == ENDED || n == 0)
        return;
    if (s->out.len == 0)
        timer_start(&s->flush, 0);
    buf_put(&s->out, p, n);
    if (s->out.over)
        stream_fail(s, "more than 64 MB wait to be written");
}

size_t stream_queued(const struct stream *s)
{
    size_t n = s->out.len;
    return s->link != NULL ? n + uv_stream_get_write_queue_size(&s->link->uv.stream) : n;
}

/* --- bytes in ------------------------------------------------------------------------ */

static void stream_is_open(struct stream *s)
{
    s->state = OPEN;
    timer_stop(&s->deadline);
    s->events.on_open(s->arg);
    stream_flush(s); /* what was written before there was anybody to take it */
}

static void tls_advance(struct stream *s)
{
    struct err e;
    int rc = tls_shake(s->tls, &e);
    tls_send(s);
    if (rc < 0)
        stream_fail(s, e.text);
    else if (rc > 0 && s->state == SHAKING)
        stream_is_open(s);
}

static void tls_take(struct stream *s)
{
    static char plain[READ_SIZE];
    struct err e;
    size_t n;
    while (s->state == OPEN) {
        if (tls_read(s->tls, plain, sizeof plain, &n, &e) != 0) {
            stream_fail(s, e.text);
            return;
        }
        if (n == 0)
            break;
        s->events.on_data(s->arg, plain, n);
    }
    if (s->state != OPEN)
        return;
    tls_send(s); /* a change of keys wants an answer */
    if (s->state == OPEN && tls_ended(s->tls))
        stream_fail(s, "the peer closed the connection");
}

/* One loop, one thread, and the bytes are used up before the next read. */
static void on_alloc(uv_handle_t *h, size_t size, uv_buf_t *b)
{
    static char bytes[READ_SIZE];
    (void)h;
    (void)size;
    *b = uv_buf_init(bytes, sizeof bytes);
}

static void on_read(uv_stream_t *h, ssize_t n, const uv_buf_t *b)
{
    struct link *k = container_of(h, struct link, uv.stream);
    struct stream *s = k->stream;
    if (s == NULL || n == 0)
        return;
    if (n < 0) {
        stream_fail(s, n == UV_EOF ? "the peer closed the connection" : uv_strerror((int)n));
        return;
    }
    if (s->tls == NULL) {
        s->events.on_data(s->arg, b->base, (size_t)n);
        return;
    }
    tls_feed(s->tls, b->base, (size_t)n);
    if (s->state == SHAKING)
        tls_advance(s);
    if (s->state == OPEN)
        tls_take(s);
}

/* --- connecting ---------------------------------------------------------------------- */

static void connected(struct stream *s)
{
    int rc = uv_read_start(&s->link->uv.stream, on_alloc, on_read);
    if (rc != 0) {
        stream_fail(s, uv_strerror(rc));
        return;
    }
    if (s->tls_context == NULL) {
        stream_is_open(s);
        return;
    }
    s->state = SHAKING;
    timer_start(&s->deadline, (s->deadline_us - loop_mono_us()) / 1000);
    s->tls = tls_session_client(s->tls_context, s->server_name);
    tls_advance(s);
}

static void on_connected(uv_connect_t *req, int status)
{
    struct link *k = container_of(req, struct link, connect);
    if (k->stream == NULL)
        return;
    if (status < 0)
        try_next_address(k->stream, uv_strerror(status));
    else
        connected(k->stream);
}

static struct link *link_new(struct stream *s)
{
    struct link *k = mem_new(struct link);
    k->stream = s;
    owner_init(&k->owner, on_link_closed, k);
    if (s->unix_path != NULL)
        uv_pipe_init(&s->loop->uv, &k->uv.pipe, 0);
    else
        uv_tcp_init(&s->loop->uv, &k->uv.tcp);
    owner_add(&k->owner, &k->uv.handle);
    s->link = k;
    return k;
}

/* The time left, shared among the addresses left, so that a silent one cannot take it all. */
static void deadline_for_attempt(struct stream *s)
{
    int64_t left_ms = (s->deadline_us - loop_mono_us()) / 1000;
    size_t attempts = s->addresses.n - s->next_address + 1;
    timer_start(&s->deadline, left_ms / (int64_t)attempts);
}

static void try_next_address(struct stream *s, const char *why)
{
    while (s->next_address < s->addresses.n) {
        struct sockaddr_storage *a = &s->addresses.at[s->next_address++];
        link_drop(s);
        struct link *k = link_new(s);
        address_set_port(a, s->port);
        int rc = uv_tcp_connect(&k->connect, &k->uv.tcp, (struct sockaddr *)a, on_connected);
        if (rc == 0) {
            uv_tcp_nodelay(&k->uv.tcp, 1);
            uv_tcp_keepalive(&k->uv.tcp, 1, KEEPALIVE_S);
            deadline_for_attempt(s);
            return;
        }
        why = uv_strerror(rc);
    }
    stream_fail(s, why);
}

static void on_resolved(void *arg, const struct addresses *a, bool local, const struct err *e)
{
    struct stream *s = arg;
    (void)local;
    s->question = NULL;
    if (a == NULL) {
        struct err why = *e;
        err_wrap(&why, "resolve");
        stream_fail(s, why.text);
        return;
    }
    s->addresses = *a;
    s->state = CONNECTING;
    try_next_address(s, "no address");
}

static void connect_unix(struct stream *s)
{
    struct sockaddr_un a;
    s->state = CONNECTING;
    if (strlen(s->unix_path) >= sizeof a.sun_path) { /* libuv would cut it */
        stream_fail(s, "the path of the socket is too long");
        return;
    }
    struct link *k = link_new(s);
    deadline_for_attempt(s);
    uv_pipe_connect(&k->connect, &k->uv.pipe, s->unix_path, on_connected);
}

static void on_deadline(void *arg)
{
    struct stream *s = arg;
    char limit[32], why[96];
    text_from_duration(s->connect_timeout_ms, limit, sizeof limit);
    snprintf(why, sizeof why, "no %s within %s",
             s->state == SHAKING ? "TLS handshake" : "connection", limit);
    if (s->state == CONNECTING)
        try_next_address(s, why);
    else
        stream_fail(s, why);
}

/* --- life ---------------------------------------------------------------------------- */

static int copy_target(struct stream *s, const struct stream_target *t, struct err *e)
{
    s->unix_path = mem_strdup(t->unix_path);
    s->host = mem_strdup(t->host);
    s->port = t->port;
    s->connect_timeout_ms = t->connect_timeout_ms;
    if (t->tls == NULL)
        return 0;
    s->server_name = mem_strdup(t->tls->server_name);
    struct tls_files files = {t->tls->ca_file, t->tls->cert_file, t->tls->key_file};
    return tls_context_client(&files, &s->tls_context, e);
}

struct stream *stream_open(struct loop *l, struct resolver *r, const struct stream_target *t,
                           const struct stream_events *ev, void *arg)
{
    struct stream *s = mem_new(struct stream);
    struct err e;
    s->loop = l;
    s->resolver = r;
    s->events = *ev;
    s->arg = arg;
    buf_init(&s->out, QUEUE_MAX);
    owner_init(&s->owner, on_closed, s);
    timer_init(&s->deadline, l, &s->owner, on_deadline, s);
    timer_init(&s->flush, l, &s->owner, on_flush, s);
    if (copy_target(s, t, &e) != 0) {
        stream_fail(s, e.text);
        return s;
    }
    s->deadline_us = loop_mono_us() + t->connect_timeout_ms * 1000;
    if (s->unix_path != NULL)
        connect_unix(s);
    else
        s->question = resolver_ask(r, s->host, FAMILY_ANY, s->connect_timeout_ms, on_resolved, s);
    return s;
}

void stream_close(struct stream *s)
{
    if (s->state == OPEN && s->tls != NULL && s->link->writing == 0) {
        char bye[256];
        tls_end(s->tls);
        uv_buf_t b = uv_buf_init(bye, (unsigned)tls_drain(s->tls, bye, sizeof bye));
        uv_try_write(&s->link->uv.stream, &b, 1); /* it may not fit: then there is no good-bye */
    }
    stream_fail(s, "");
}
