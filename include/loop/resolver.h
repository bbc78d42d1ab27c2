/* resolver.h - names to addresses by c-ares, without threads, with a cache of our own.
 *
 * Answers are kept for their TTL (1 s to 5 min), failures for 5 s; equal questions under way
 * are asked once. /etc/hosts is honoured; resolv.conf is read again when it changes. */
#ifndef LOOP_RESOLVER_H
#define LOOP_RESOLVER_H

#include <sys/socket.h>

#include "loop/loop.h"
#include "model/config.h"

struct resolver;
struct resolve;     /* one question; ends exactly once */

#define RESOLVE_MAX 16
struct addresses {
    struct sockaddr_storage at[RESOLVE_MAX];    /* port 0 */
    size_t n;
};

struct resolver *resolver_new(struct loop *l, struct err *e);
void resolver_close(struct resolver *r);        /* every question ends with an error first */

/* `done` comes once, never from inside this call (unless *ret is left NULL and it came at once
 * from cache or because the host is an address: then it HAS come). a == NULL: e says why;
 * `local` is true when the failure is ours (no server reachable), not the name's. */
typedef void resolve_done_fn(void *arg, const struct addresses *a, bool local, const struct err *e);
struct resolve *resolver_ask(struct resolver *r, const char *host, enum http_family family,
                             int64_t timeout_ms, resolve_done_fn *done, void *arg);
void resolver_cancel(struct resolve *q);        /* done does not come any more */

/* Text of an address without port; IPv6 without brackets. */
const char *address_text(const struct sockaddr_storage *a, char *dst, size_t size);

#endif
