/* server.c - the server as a whole: its connections, their deadlines, its end.
 *
 * Happy path:  server_new() -> on_connection -> conn_accept() …  -> server_close() -> freed
 * One timer for all connections looks for those past their deadline; it runs only while
 * there are any. When the process is out of descriptors libuv gives up its reserve
 * descriptor, accepts and closes what waits, and takes the reserve again: no busy loop. */
#include "loop/server.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "server_private.h"

static int64_t or_default(int64_t given, int64_t otherwise)
{
    return given > 0 ? given : otherwise;
}

static void fill_options(struct server *s, const struct server_options *o)
{
    s->options = (struct server_options){
        .max_connections = o->max_connections > 0 ? o->max_connections : 512,
        .max_body = o->max_body > 0 ? o->max_body : 65536,
        .head_ms = or_default(o->head_ms, 10000),
        .body_ms = or_default(o->body_ms, 30000),
        .idle_ms = or_default(o->idle_ms, 60000),
        .write_ms = or_default(o->write_ms, 30000),
        .drain_ms = or_default(o->drain_ms, 1000),
    };
    s->limits = (struct server_limits){
        .url = 8192, .head = 32768, .body = s->options.max_body, .extensions = 1024};
    const int64_t all[] = {s->options.head_ms, s->options.body_ms, s->options.idle_ms,
                           s->options.write_ms, s->options.drain_ms};

    s->sweep_ms = 250;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] / 4 < s->sweep_ms)
            s->sweep_ms = all[i] / 4;
}

/* --- the end -------------------------------------------------------------------------- */

static void on_closed(void *arg)
{
    mem_free(arg);
}

static void finish_if_drained(struct server *s)
{
    if (!s->closing || s->n_conns > 0)
        return;
    timer_close(&s->sweep);
    owner_close(&s->owner);
}

static bool is_at_work(const struct conn *c)
{
    return c->phase == PHASE_BUSY || c->phase == PHASE_WRITING || c->phase == PHASE_LINGER;
}

void server_close(struct server *s)
{
    if (s->closing)
        return;
    s->closing = true;
    s->drained_us = loop_mono_us() + s->options.drain_ms * 1000;
    server_unlisten(s);
    for (struct conn *c = s->conns; c != NULL; c = c->next)
        if (!is_at_work(c))
            conn_close(c);
    finish_if_drained(s);
}

/* --- connections ---------------------------------------------------------------------- */

static void on_sweep(void *arg)
{
    struct server *s = arg;
    int64_t now_us = loop_mono_us();

    for (struct conn *c = s->conns; c != NULL; c = c->next) {
        conn_expire(c, now_us);
        if (s->closing && now_us >= s->drained_us)
            conn_close(c);
    }
    if (s->n_conns > 0)
        timer_start(&s->sweep, s->sweep_ms);
}

void server_conn_opened(struct server *s, struct conn *c)
{
    c->next = s->conns;
    if (c->next != NULL)
        c->next->prev = c;
    s->conns = c;
    if (s->n_conns++ == 0)
        timer_start(&s->sweep, s->sweep_ms);
}

void server_conn_gone(struct server *s, struct conn *c)
{
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        s->conns = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    if (--s->n_conns == 0)
        timer_stop(&s->sweep);
    finish_if_drained(s);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct server *s = container_of(listener, struct server, listener.stream);

    if (status == 0 && !s->closing)
        conn_accept(s);
}

struct server *server_new(struct loop *l, const struct server_options *o,
                          server_request_fn *on_request, void *arg, struct err *e)
{
    struct server *s = mem_new(struct server);

    s->loop = l;
    s->on_request = on_request;
    s->arg = arg;
    fill_options(s, o);
    owner_init(&s->owner, on_closed, s);
    timer_init(&s->sweep, l, &s->owner, on_sweep, s);
    if (server_listen(s, o, on_connection, e) < 0) {
        s->closing = true;
        finish_if_drained(s);
        return NULL;
    }
    return s;
}

const char *server_address(const struct server *s)
{
    return s->address;
}

size_t server_connections(const struct server *s)
{
    return s->n_conns;
}
