/* resolver.c - the cache, and the questions that wait for it.
 *
 * Happy path: a question for a name that is not cached makes an entry and asks dns.c;
 * further questions for the same name join the entry; the answer settles the entry, and
 * from the loop's next turn each question is told. While the entry is fresh, questions
 * are answered at once.
 * Failures: a question's own deadline ends that question alone; the entry goes on, and its
 * answer is cached for the next. A name's failure is cached too. */
#include "loop/resolver.h"

#include <netinet/in.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "dns.h"
#include "loop/crypto.h"

#define NAMES_MAX    20000
#define HOST_MAX     254            /* 253 and a dot at the end */
#define KEY_MAX      (HOST_MAX + 3) /* family, a space, the host */
#define TTL_MIN_S    1
#define TTL_MAX_S    300
#define TTL_FAILED_S 5 /* the name's fault */
#define TTL_LOCAL_S  1 /* our own trouble: it may be over in a moment */

/* An address without the room of a sockaddr_storage. */
struct packed {
    sa_family_t family;
    uint32_t scope;
    unsigned char ip[16];
};

/* One name and family. pending -> settled -> (questions told) -> kept until it is the
 * oldest, or asked again when it is no longer fresh. */
struct entry {
    struct resolver *resolver;
    char *key;
    struct entry *newer, *older; /* by last use */
    bool pending;                /* dns.c has been asked */
    bool settled;                /* in the list of those whose questions are to be told */
    struct entry *next_settled;
    int64_t asked_us, fresh_until_us;
    enum dns_end end;
    struct packed *at; /* DNS_FOUND: n of them */
    size_t n;
    struct resolve *questions;
};

struct resolve {
    struct entry *entry;
    struct resolve *next, **prev; /* among the entry's */
    struct owner owner;
    struct timer deadline;
    int64_t timeout_ms;
    resolve_done_fn *done;
    void *arg;
};

struct resolver {
    struct loop *loop;
    struct dns *dns;
    struct map names;
    struct entry *newest, *oldest;
    struct entry *settled_first, **settled_last;
    bool tell_planned; /* a loop_later() is under way */
    bool closing;
};

/* --- entries ------------------------------------------------------------------------- */

static void entry_unlink(struct entry *n)
{
    struct resolver *r = n->resolver;
    *(n->newer != NULL ? &n->newer->older : &r->newest) = n->older;
    *(n->older != NULL ? &n->older->newer : &r->oldest) = n->newer;
}

static void entry_link_newest(struct entry *n)
{
    struct resolver *r = n->resolver;
    n->newer = NULL;
    n->older = r->newest;
    *(r->newest != NULL ? &r->newest->newer : &r->oldest) = n;
    r->newest = n;
}

static void entry_free(struct entry *n)
{
    map_del(&n->resolver->names, n->key);
    entry_unlink(n);
    mem_free(n->at);
    mem_free(n->key);
    mem_free(n);
}

static bool entry_busy(const struct entry *n)
{
    return n->pending || n->settled || n->questions != NULL;
}

static void evict(struct resolver *r)
{
    struct entry *n = r->oldest;
    while (n != NULL && entry_busy(n))
        n = n->newer;
    if (n != NULL)
        entry_free(n);
}

static struct entry *entry_get(struct resolver *r, const char *key)
{
    struct entry *n = map_get(&r->names, key);
    if (n != NULL) {
        entry_unlink(n);
        entry_link_newest(n);
        return n;
    }
    if (r->names.n >= NAMES_MAX)
        evict(r);
    n = mem_new(struct entry);
    n->resolver = r;
    n->key = mem_strdup(key);
    map_put(&r->names, n->key, n);
    entry_link_newest(n);
    return n;
}

static void pack(struct entry *n, const struct addresses *a)
{
    mem_free(n->at);
    n->at = NULL;
    n->n = a != NULL ? a->n : 0;
    if (n->n > 0)
        n->at = mem_calloc(n->n, sizeof *n->at);
    for (size_t i = 0; i < n->n; i++) {
        const struct sockaddr_in *v4 = (const void *)&a->at[i];
        const struct sockaddr_in6 *v6 = (const void *)&a->at[i];
        n->at[i].family = a->at[i].ss_family;
        if (n->at[i].family == AF_INET) {
            memcpy(n->at[i].ip, &v4->sin_addr, 4);
            continue;
        }
        memcpy(n->at[i].ip, &v6->sin6_addr, 16);
        n->at[i].scope = v6->sin6_scope_id;
    }
}

static void unpack(const struct entry *n, struct addresses *ret)
{
    ret->n = n->n;
    for (size_t i = 0; i < n->n; i++) {
        ret->at[i] = (struct sockaddr_storage){.ss_family = n->at[i].family};
        struct sockaddr_in *v4 = (void *)&ret->at[i];
        struct sockaddr_in6 *v6 = (void *)&ret->at[i];
        if (n->at[i].family == AF_INET) {
            memcpy(&v4->sin_addr, n->at[i].ip, 4);
            continue;
        }
        memcpy(&v6->sin6_addr, n->at[i].ip, 16);
        v6->sin6_scope_id = n->at[i].scope;
    }
}

/* --- what a question is told --------------------------------------------------------- */

static const char *const family_names[] = {
    [FAMILY_ANY] = "", [FAMILY_IPV4] = "IPv4 ", [FAMILY_IPV6] = "IPv6 "};

static enum http_family key_family(const char *key)
{
    return (enum http_family)(key[0] - '0');
}

static void state_failure(const struct entry *n, struct err *e)
{
    switch (n->end) {
    case DNS_NO_NAME:
        err_set(e, "no such host");
        break;
    case DNS_NO_ADDRESS:
        err_set(e, "the name has no %saddress", family_names[key_family(n->key)]);
        break;
    case DNS_SILENT:
        err_set(e, "no DNS server can be reached");
        break;
    case DNS_CLOSED:
        err_set(e, "the resolver was closed");
        break;
    default:
        err_set(e, "the DNS servers could not resolve it");
    }
}

static void tell(const struct entry *n, resolve_done_fn *done, void *arg)
{
    struct addresses a;
    struct err e;
    if (n->end == DNS_FOUND) {
        unpack(n, &a);
        done(arg, &a, false, NULL);
        return;
    }
    state_failure(n, &e);
    done(arg, NULL, n->end == DNS_SILENT || n->end == DNS_CLOSED, &e);
}

static void refuse(resolve_done_fn *done, void *arg, const char *why)
{
    struct err e;
    err_set(&e, "%s", why);
    done(arg, NULL, false, &e);
}

/* --- questions ----------------------------------------------------------------------- */

static void on_question_closed(void *arg)
{
    mem_free(arg);
}

static void question_drop(struct resolve *q)
{
    *q->prev = q->next;
    if (q->next != NULL)
        q->next->prev = q->prev;
    timer_close(&q->deadline);
    owner_close(&q->owner);
}

void resolver_cancel(struct resolve *q)
{
    question_drop(q);
}

static void on_deadline(void *arg)
{
    struct resolve *q = arg;
    resolve_done_fn *done = q->done;
    void *done_arg = q->arg;
    bool local = dns_heard_us(q->entry->resolver->dns) < q->entry->asked_us;
    char limit[32];
    struct err e;
    err_set(&e, "%s within %s",
            local ? "no DNS server answered" : "the DNS servers did not resolve it",
            text_from_duration(q->timeout_ms, limit, sizeof limit));
    question_drop(q);
    done(done_arg, NULL, local, &e);
}

static struct resolve *question_new(struct entry *n, int64_t timeout_ms, resolve_done_fn *done,
                                    void *arg)
{
    struct resolve *q = mem_new(struct resolve);
    q->entry = n;
    q->timeout_ms = timeout_ms;
    q->done = done;
    q->arg = arg;
    owner_init(&q->owner, on_question_closed, q);
    timer_init(&q->deadline, n->resolver->loop, &q->owner, on_deadline, q);
    timer_start(&q->deadline, timeout_ms);
    q->next = n->questions;
    q->prev = &n->questions;
    if (q->next != NULL)
        q->next->prev = &q->next;
    n->questions = q;
    return q;
}

/* Any callback may cancel other questions or ask new ones, so everything is looked up afresh. */
static void on_tell(void *arg)
{
    struct resolver *r = arg;
    r->tell_planned = false;
    if (r->closing) {
        mem_free(r);
        return;
    }
    struct entry *n;
    while ((n = r->settled_first) != NULL) {
        struct resolve *q = n->pending ? NULL : n->questions;
        if (q != NULL) {
            resolve_done_fn *done = q->done;
            void *done_arg = q->arg;
            question_drop(q);
            tell(n, done, done_arg);
            continue;
        }
        n->settled = false;
        r->settled_first = n->next_settled;
        if (r->settled_first == NULL)
            r->settled_last = &r->settled_first;
    }
}

static int fresh_for_s(enum dns_end end, int ttl_s)
{
    if (end == DNS_SILENT)
        return TTL_LOCAL_S;
    if (end != DNS_FOUND)
        return TTL_FAILED_S;
    return ttl_s < TTL_MIN_S ? TTL_MIN_S : ttl_s > TTL_MAX_S ? TTL_MAX_S : ttl_s;
}

static void on_dns_done(void *arg, enum dns_end end, const struct addresses *a, int ttl_s)
{
    struct entry *n = arg;
    struct resolver *r = n->resolver;
    n->pending = false;
    n->end = end;
    n->fresh_until_us = loop_mono_us() + (int64_t)fresh_for_s(end, ttl_s) * 1000000;
    pack(n, a);
    if (r->closing || n->settled)
        return;
    n->settled = true;
    n->next_settled = NULL;
    *r->settled_last = n;
    r->settled_last = &n->next_settled;
    if (!r->tell_planned)
        loop_later(r->loop, on_tell, r);
    r->tell_planned = true;
}

static void entry_ask(struct entry *n)
{
    static const int families[] = {
        [FAMILY_ANY] = AF_UNSPEC, [FAMILY_IPV4] = AF_INET, [FAMILY_IPV6] = AF_INET6};
    n->pending = true;
    n->asked_us = loop_mono_us();
    dns_ask(n->resolver->dns, n->key + 2, families[key_family(n->key)], on_dns_done, n);
}

/* --- what needs no server ------------------------------------------------------------ */

static bool family_fits(const struct sockaddr_storage *a, enum http_family family)
{
    return family == FAMILY_ANY || (family == FAMILY_IPV4) == (a->ss_family == AF_INET);
}

/* RFC 6761: localhost and below are the loopback, whatever a server would say. */
static bool is_localhost(const char *host)
{
    char name[HOST_MAX + 1];
    text_copy(name, sizeof name, host);
    size_t n = strlen(name);
    if (n > 0 && name[n - 1] == '.')
        name[n - 1] = '\0';
    return text_eq(name, "localhost") || text_ends(name, ".localhost");
}

static bool answer_at_once(const char *host, enum http_family family, resolve_done_fn *done,
                           void *arg)
{
    struct addresses a = {.n = 0};
    if (address_parse(host, &a.at[0])) {
        a.n = 1;
        if (family_fits(&a.at[0], family))
            done(arg, &a, false, NULL);
        else
            refuse(done, arg, "the address is of the other family");
        return true;
    }
    if (!is_localhost(host))
        return false;
    if (family != FAMILY_IPV6)
        address_parse("127.0.0.1", &a.at[a.n++]);
    if (family != FAMILY_IPV4)
        address_parse("::1", &a.at[a.n++]);
    done(arg, &a, false, NULL);
    return true;
}

/* "<family> <host in lower case>"; false when it is no name. */
static bool make_key(const char *host, enum http_family family, char key[KEY_MAX])
{
    size_t n = strlen(host);
    if (n == 0 || n > HOST_MAX - (host[n - 1] != '.'))
        return false;
    key[0] = (char)('0' + (int)family);
    key[1] = ' ';
    for (size_t i = 0; i <= n; i++) {
        unsigned char c = (unsigned char)host[i];
        if (i < n && (c <= ' ' || c >= 0x7f))
            return false;
        key[2 + i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    return true;
}

/* --- the resolver -------------------------------------------------------------------- */

static void forget(struct resolver *r)
{
    for (struct entry *n = r->newest; n != NULL; n = n->older)
        n->fresh_until_us = 0;
}

struct resolve *resolver_ask(struct resolver *r, const char *host, enum http_family family,
                             int64_t timeout_ms, resolve_done_fn *done, void *arg)
{
    char key[KEY_MAX];
    if (!make_key(host, family, key)) {
        refuse(done, arg, "not a host name");
        return NULL;
    }
    if (r->closing) {
        tell(&(struct entry){.end = DNS_CLOSED}, done, arg);
        return NULL;
    }
    if (answer_at_once(key + 2, family, done, arg))
        return NULL;
    if (dns_refresh(r->dns))
        forget(r);
    struct entry *n = entry_get(r, key);
    if (!n->pending && loop_mono_us() < n->fresh_until_us) {
        tell(n, done, arg);
        return NULL;
    }
    struct resolve *q = question_new(n, timeout_ms, done, arg);
    if (!n->pending)
        entry_ask(n);
    return q;
}

int resolver_set_servers(struct resolver *r, const char *servers, struct err *e)
{
    if (dns_set_servers(r->dns, servers, e) != 0)
        return -1;
    forget(r);
    return 0;
}

struct resolver *resolver_new(struct loop *l, struct err *e)
{
    struct resolver *r = mem_new(struct resolver);
    r->loop = l;
    r->dns = dns_new(l, e);
    if (r->dns == NULL) {
        mem_free(r);
        return NULL;
    }
    uint64_t seed;
    crypto_random(&seed, sizeof seed);
    map_init(&r->names, seed);
    r->settled_last = &r->settled_first;
    return r;
}

void resolver_close(struct resolver *r)
{
    r->closing = true;
    dns_close(r->dns); /* settles what was pending */
    for (struct entry *n = r->newest; n != NULL; n = n->older) {
        while (n->questions != NULL) {
            struct resolve *q = n->questions;
            resolve_done_fn *done = q->done;
            void *done_arg = q->arg;
            n->end = DNS_CLOSED;
            question_drop(q);
            tell(n, done, done_arg);
        }
    }
    while (r->newest != NULL)
        entry_free(r->newest);
    map_done(&r->names);
    if (!r->tell_planned)
        mem_free(r);
}
