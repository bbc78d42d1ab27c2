/* http.h - HTTP requests by libcurl, on the loop.
 *
 * A `http_target` is a request prepared once and run many times, one run at a time. Names are
 * resolved by resolver.h, and when an address does not answer the next one is tried; redirects
 * are followed here (a new host is resolved like the first; credentials and own headers stay
 * with the first scheme, host and port). Failure classes are told by `reason`; our own trouble
 * (EMFILE, no route at all, no resolver reachable) is REASON_LOCAL.
 *
 * What costs memory is lent to a target only while it runs; at rest it is its address and
 * headers (0.5 kB). Limits: 200 header lines and 64 kB of them, 64 MB of body read (decoded;
 * max_body of it kept). A compressed answer is asked for, and decoded, only when the spec's
 * own headers say Accept-Encoding. With `reuse` connections and TLS sessions are kept. */
#ifndef LOOP_HTTP_H
#define LOOP_HTTP_H

#include "loop/loop.h"
#include "loop/resolver.h"
#include "model/config.h"
#include "model/result.h"

struct http_client;
struct http_target;

/* `expected_hosts`: how many targets there will be. More may come; then it grows. */
struct http_client *http_client_new(struct loop *l, struct resolver *r, size_t expected_hosts,
                                    struct err *e);
void http_client_close(struct http_client *c); /* targets must be freed first */
size_t http_client_running(const struct http_client *c);

/* Borrows `spec` and `user_agent` until http_target_free(). */
struct http_target *http_target_new(struct http_client *c, const struct http_spec *spec,
                                    int64_t timeout_ms, const char *user_agent, struct err *e);
/* May be called while running: then the run ends without its callback. */
void http_target_free(struct http_target *t);

/* Exactly once a run, never from inside http_target_run(). The observation is borrowed for the
 * length of the call; phases cover all hops; header names are in lower case. The callback may
 * run the target again or free it. */
typedef void http_done_fn(void *arg, const struct observation *o);

/* For one run only: a body and headers beside those of the spec (webhooks); NULL: none. Copied. */
struct http_extra {
    const char *body;
    size_t body_len;
    const struct header *headers;
    size_t n_headers;
};
void http_target_run(struct http_target *t, const struct http_extra *x, http_done_fn *done,
                     void *arg);
void http_target_cancel(struct http_target *t); /* the callback does not come any more */

const char *http_version_text(void); /* libcurl's, for `midwatch version` */

#endif
