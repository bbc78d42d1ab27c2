/* stream.h - one connection out: tcp, unix or TLS, bytes both ways, one end.
 *
 * Used for Redis (and later for tcp-like probes). A name's addresses are tried in order, each
 * with its share of the time left. All callbacks come from the loop, never from inside a
 * call. After on_end nothing comes any more, and the stream frees itself. */
#ifndef LOOP_STREAM_H
#define LOOP_STREAM_H

#include <stddef.h>

#include "loop/loop.h"
#include "loop/resolver.h"

struct stream;

struct stream_tls {
    const char *server_name;          /* SNI and the name verified */
    const char *ca_file;              /* NULL: the system's */
    const char *cert_file, *key_file; /* NULL: none */
};

struct stream_target {
    const char *unix_path; /* or */
    const char *host;
    int port;
    const struct stream_tls *tls; /* NULL: plain */
    int64_t connect_timeout_ms;   /* resolving, connecting and TLS together */
};

struct stream_events {
    void (*on_open)(void *arg);
    void (*on_data)(void *arg, const char *p, size_t n);
    /* Exactly once, also after stream_close(); `e` is empty after stream_close(). States the
     * fact alone: "connection refused", "resolve: no such host", "TLS: certificate has expired". */
    void (*on_end)(void *arg, const struct err *e);
};

struct stream *stream_open(struct loop *l, struct resolver *r, const struct stream_target *t,
                           const struct stream_events *ev, void *arg); /* copies t and ev */
/* Copies; written in order, together with all that is written in the same turn of the loop;
 * allowed before on_open. More than 64 MB waiting ends the stream. */
void stream_write(struct stream *s, const void *p, size_t n);
size_t stream_queued(const struct stream *s); /* bytes not yet handed to the kernel */
/* on_end follows. What is still queued is dropped; TLS says good-bye. */
void stream_close(struct stream *s);

#endif
