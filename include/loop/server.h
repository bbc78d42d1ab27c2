/* server.h - an HTTP/1.1 server: llhttp for the grammar, our own limits and deadlines.
 *
 * Limits: URL 8 kB, headers 32 kB and 100 lines, body as the handler allows (default 64 kB),
 * chunk extensions 1 kB. Deadlines: head 10 s, body 30 s, idle keep-alive 60 s, write 30 s.
 * Connections are capped; the oldest idle one makes room. Refused beyond what llhttp 8.1
 * refuses: obs-fold, a space before the colon, no or two Host lines, both length headers. */
#ifndef LOOP_SERVER_H
#define LOOP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "loop/loop.h"
#include "model/result.h"

struct server;
struct request;     /* one request and its answer; ends with server_answer() or with the connection */

struct request_view {
    const char *method;         /* "GET" */
    const char *path;           /* percent-decoded, no query, no NUL inside */
    const char *query;          /* raw, "" when none */
    const char *host;
    const struct header *headers;   /* names in lower case */
    size_t n_headers;
    const char *body;
    size_t body_len;
    const char *peer;           /* address, or "unix" */
    bool loopback;              /* the peer is this machine */
};

struct answer {
    int status;
    const char *content_type;   /* NULL: none */
    const char *body;           /* copied */
    size_t body_len;
    const struct header *headers;
    size_t n_headers;
};

struct server_options {
    const char *listen;         /* host:port, [v6]:port, unix:/path */
    int listen_fd;              /* >= 0: a socket handed over by systemd, `listen` is then only a name */
    size_t max_connections;     /* 0: 512 */
    size_t max_body;            /* 0: 64 kB */
};

/* `on_request` answers with server_answer(), now or later. The view lives until then. */
typedef void server_request_fn(void *arg, struct request *q, const struct request_view *v);

struct server *server_new(struct loop *l, const struct server_options *o, server_request_fn *on_request,
                          void *arg, struct err *e);
const char *server_address(const struct server *s);     /* as bound, with the real port */
void server_close(struct server *s);                    /* stops accepting, drains for 1 s, then closes */

/* HEAD, keep-alive, Content-Length, Date are its business. */
void server_answer(struct request *q, const struct answer *a);
const char *request_header(const struct request_view *v, const char *name);     /* lower case; NULL when absent */
/* One value of the query, decoded into dst; false when absent or too long. */
bool request_query(const struct request_view *v, const char *key, char *dst, size_t size);

#endif
