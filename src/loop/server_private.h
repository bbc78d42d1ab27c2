/* server_private.h - what the files of the HTTP server share. */
#ifndef LOOP_SERVER_PRIVATE_H
#define LOOP_SERVER_PRIVATE_H

#include <sys/types.h>

#include "loop/server.h"
#include "server_parse.h"

/*   IDLE -> HEAD -> BODY -> BUSY -> WRITING -> IDLE …
 *     |      |       |                  |
 *     |      +-------+----> refused ----+--> LINGER -> closed
 *   BUSY: the handler has the request. LINGER: our side is shut, what still comes is
 *   thrown away, so that the peer gets to read the answer before a reset. */
enum phase { PHASE_IDLE, PHASE_HEAD, PHASE_BODY, PHASE_BUSY, PHASE_WRITING, PHASE_LINGER };

struct request {
    bool open;      /* handed to the handler, not answered yet */
    bool head_only; /* HEAD */
};

struct conn {
    struct server *server;    /* NULL once the handle is closed */
    struct conn *prev, *next; /* in server->conns */
    struct owner owner;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } io;
    struct server_parse *parse;
    struct request request;
    struct request_view view;
    enum phase phase;
    int64_t deadline_us; /* monotonic; INT64_MAX none */
    int64_t since_us;    /* when the phase began */
    struct buf pending;  /* came while a request was under way */
    bool closing, eof, reading, pumping, keep_alive;
    bool gone; /* the handle is closed; freed when the request is answered too */
    uv_write_t write;
    uv_shutdown_t shutdown;
    char *out; /* being written */
    size_t thrown_away;
    char peer[64];
    bool loopback;
};

struct server {
    struct loop *loop;
    struct owner owner; /* of the listener and the timer */
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } listener;
    bool is_unix;
    struct timer sweep; /* runs while there are connections; ends what is past its deadline */
    int64_t sweep_ms;
    struct server_options options; /* with the defaults filled in; `listen` is not kept */
    struct server_limits limits;
    server_request_fn *on_request;
    void *arg;
    struct conn *conns;
    size_t n_conns;
    bool closing;
    int64_t drained_us; /* when closing: the end of patience */
    char address[160];
    char path[108]; /* of our unix socket; "" none */
    dev_t path_dev;
    ino_t path_ino;
    char read_buf[65536]; /* one for all: what is read is used at once */
};

/* server_listen.c: opens s->listener and fills address. On failure nothing is left open. */
int server_listen(struct server *s, const struct server_options *o, uv_connection_cb on_connection,
                  struct err *e) MW_MUST_CHECK;
void server_unlisten(struct server *s); /* closes the listener, removes its path */

/* server_conn.c */
void conn_accept(struct server *s);
void conn_close(struct conn *c);
void conn_expire(struct conn *c, int64_t now_us); /* ends it when it is past its deadline */

/* server.c */
void server_conn_opened(struct server *s, struct conn *c);
void server_conn_gone(struct server *s, struct conn *c);

/* server_answer.c */
struct answer_shape {
    bool head_only, keep_alive, http10;
};
/* mem_free it. */
char *answer_head(const struct answer *a, const struct answer_shape *shape, int64_t now_ms,
                  size_t *ret_len);
/* What follows the head; borrowed from `a`, length 0 when nothing does. */
const char *answer_body(const struct answer *a, const struct answer_shape *shape, size_t *ret_len);

#endif
