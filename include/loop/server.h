/* server.h - an HTTP/1.1 server: llhttp for the grammar, our own limits and deadlines.
 *
 * Limits: URL 8 kB, headers 32 kB and 100 lines, body as the handler allows (default 64 kB),
 * chunk extensions 1 kB. Deadlines: head 10 s, body 30 s, idle keep-alive 60 s, write 30 s.
 * Connections are capped; the oldest idle one makes room. Refused beyond what llhttp 8.1
 * refuses: obs-fold, a space before the colon, no or two Host lines, both length headers,
 * bare LF, lone CR, trailers. What is refused is answered with a problem document and the
 * connection is closed; on_request sees whole, well-formed requests only. */
#ifndef LOOP_SERVER_H
#define LOOP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "loop/loop.h"
#include "model/result.h"

struct server;
/* One request and its answer. It lives until server_answer(), which must come exactly once, also
 * when the connection or the server is gone by then (the answer is dropped). */
struct request;

struct request_view {
    const char *method;           /* "GET" */
    const char *path;             /* percent-decoded, no query, no NUL inside */
    const char *query;            /* raw, "" when none */
    const char *host;             /* with its port, "" when HTTP/1.0 gave none */
    const struct header *headers; /* names in lower case */
    size_t n_headers;
    const char *body;
    size_t body_len;
    const char *peer; /* address, or "unix" */
    bool loopback;    /* the peer is this machine */
};

struct answer {
    int status;
    const char *content_type; /* NULL: none */
    const char *body;         /* copied */
    size_t body_len;
    struct buf *take; /* instead of body: its bytes are taken, not copied; left empty */
    const struct header *headers;
    size_t n_headers;
};

struct server_options {
    const char *listen;     /* host:port, [v6]:port, unix:/path */
    int listen_fd;          /* > 0: a socket handed over by systemd, `listen` is then only a name */
    size_t max_connections; /* 0: 512 */
    size_t max_body;        /* 0: 64 kB */
    /* Deadlines; 0: as said above. drain: 1 s, see server_close(). */
    int64_t head_ms, body_ms, idle_ms, write_ms, drain_ms;
};

/* `on_request` answers with server_answer(), now or later. The view lives until then. */
typedef void server_request_fn(void *arg, struct request *q, const struct request_view *v);

/* Copies `o`. `localhost`, addresses, `*:port` for all of them; unix sockets get mode 0660, one
 * that nobody answers on is replaced. NULL with a clear line when it cannot listen. */
struct server *server_new(struct loop *l, const struct server_options *o,
                          server_request_fn *on_request, void *arg, struct err *e);
const char *server_address(const struct server *s); /* as bound, with the real port */
/* Stops accepting at once; requests under way have a second for their answers. on_request does not
 * come any more. The server frees itself. */
void server_close(struct server *s);
size_t server_connections(const struct server *s);

/* HEAD, keep-alive, Content-Length, Date are its business. */
void server_answer(struct request *q, const struct answer *a);
const char *request_header(const struct request_view *v,
                           const char *name); /* lower case; NULL when absent */
/* One value of the query, decoded into dst; false when absent or too long. */
bool request_query(const struct request_view *v, const char *key, char *dst, size_t size);
/* The same for one that may be there several times: `*at` begins as NULL. */
bool request_query_next(const struct request_view *v, const char **at, const char *key, char *dst,
                        size_t size);

#endif
