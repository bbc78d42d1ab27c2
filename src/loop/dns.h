/* dns.h - c-ares on the loop; private to the resolver. No cache, no deadlines. */
#ifndef SRC_LOOP_DNS_H
#define SRC_LOOP_DNS_H

#include "loop/resolver.h"

struct dns;

enum dns_end {
    DNS_FOUND,
    DNS_NO_NAME,    /* NXDOMAIN, or nothing a server could be asked for */
    DNS_NO_ADDRESS, /* the name exists, without an address of that family */
    DNS_FAILED,     /* servers answered, but with SERVFAIL or REFUSED, or not for this name */
    DNS_SILENT,     /* no server said a word, or SERVFAIL to everything: the trouble is ours */
    DNS_CLOSED,     /* dns_close() came first */
};

/* Once for each question, perhaps from inside dns_ask(). a is set for DNS_FOUND only. */
typedef void dns_done_fn(void *arg, enum dns_end end, const struct addresses *a, int ttl_s);

struct dns *dns_new(struct loop *l, struct err *e);
void dns_close(struct dns *d); /* all questions end with DNS_CLOSED, inside this call */
int dns_set_servers(struct dns *d, const char *servers, struct err *e) MW_MUST_CHECK;
void dns_ask(struct dns *d, const char *host, int family, dns_done_fn *done, void *arg);
/* Reads resolv.conf again when it has changed; looks at most every 5 s. True: it did. */
bool dns_refresh(struct dns *d);
/* When any server last said anything, monotonic; 0: never. */
int64_t dns_heard_us(const struct dns *d);

#endif
