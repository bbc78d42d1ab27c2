/* resolver.h - names to addresses by c-ares, without threads, with a cache of our own.
 *
 * Answers are kept for their TTL (1 s to 5 min), a name's failures for 5 s, failures of our
 * own for 1 s; equal questions under way are asked once. /etc/hosts and the search list are
 * honoured; resolv.conf is read again when it changes; localhost and *.localhost are never
 * asked. A cache of 20,000 names: the longest unused goes first. */
#ifndef LOOP_RESOLVER_H
#define LOOP_RESOLVER_H

#include <sys/socket.h>

#include "loop/loop.h"
#include "model/config.h"

struct resolver;
struct resolve; /* one question; ends exactly once */

#define RESOLVE_MAX 16
struct addresses {
    struct sockaddr_storage at[RESOLVE_MAX]; /* port 0 */
    size_t n;
};

struct resolver *resolver_new(struct loop *l, struct err *e);
/* Every question ends with an error first. Not from inside a `done`. */
void resolver_close(struct resolver *r);

/* "127.0.0.1:5353,[::1]:53" instead of resolv.conf, from now on: for tests and for asking a
 * chosen server. What was cached is forgotten. */
int resolver_set_servers(struct resolver *r, const char *servers, struct err *e) MW_MUST_CHECK;

/* `done` comes once. a == NULL: e says why; `local` is true when no DNS server said a word
 * (the failure is ours), false when the name is at fault (no such name, no address of that
 * family, the servers could not resolve it). Both pointers are borrowed for the call. */
typedef void resolve_done_fn(void *arg, const struct addresses *a, bool local, const struct err *e);

/* NULL: `done` has come already (an address, localhost, the cache, no name at all).
 * Else it comes from the loop, at the latest after timeout_ms. */
struct resolve *resolver_ask(struct resolver *r, const char *host, enum http_family family,
                             int64_t timeout_ms, resolve_done_fn *done, void *arg);
void resolver_cancel(struct resolve *q); /* done does not come any more */

/* Text of an address without port; IPv6 without brackets. */
const char *address_text(const struct sockaddr_storage *a, char *dst, size_t size);
/* "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; false when `text` is no address. Port 0. */
bool address_parse(const char *text, struct sockaddr_storage *ret);
void address_set_port(struct sockaddr_storage *a, int port);

#endif
