/* dns.c - a c-ares channel driven by uv_poll and one timer.
 *
 * A question goes to c-ares, which asks for A and AAAA, follows the search list, changes
 * to TCP for long answers and to the next server on failure, and calls back once.
 * Whether a failure is ours or the name's is told by whether any server has said anything
 * since the question was asked: our own receive function keeps that instant. (c-ares 1.18
 * reports SERVFAIL from everywhere as "connection refused".)
 * When resolv.conf changes a new channel takes over the questions of the old one. */
#include "dns.h"

#include <ares.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "loop/crypto.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define REFRESH_US  5000000
#define TRY_MS      1000 /* the first try; c-ares doubles it for each further one */
#define TRIES       3

struct dns {
    struct loop *loop;
    struct owner owner;
    struct timer timer; /* c-ares' next time-out */
    ares_channel channel;
    char *servers; /* NULL: those of resolv.conf */
    struct watch *watches;
    bool closing;
    int64_t heard_us;
    int64_t good_us;               /* when a server last answered with more than SERVFAIL */
    struct dns_question *doubtful; /* waiting for the witness */
    bool witness_asked;
    int64_t looked_us; /* at resolv.conf */
    struct stat conf;  /* as it was then; zeroes when it was not there */
};

/* A socket of c-ares. Freed when its poll handle has closed. */
struct watch {
    struct dns *dns;
    struct watch *next;
    struct owner owner;
    uv_poll_t poll;
    ares_socket_t fd;
    int events;
    bool refused; /* a send met the refusal of an earlier one: see dns_send() */
};

struct dns_question {
    struct dns *dns;
    char *host;
    int family;
    int64_t asked_us;
    dns_done_fn *done;
    void *arg;
    struct dns_question *next; /* among the doubtful */
};

/* --- sockets ------------------------------------------------------------------------- */

static struct watch *watch_find(struct dns *d, ares_socket_t fd)
{
    for (struct watch *w = d->watches; w != NULL; w = w->next) {
        if (w->fd == fd)
            return w;
    }
    return NULL;
}

static ares_socket_t dns_socket(int family, int type, int protocol, void *arg)
{
    (void)arg;
    return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int dns_socket_close(ares_socket_t fd, void *arg)
{
    (void)arg;
    return close(fd);
}

static int dns_connect(ares_socket_t fd, const struct sockaddr *a, ares_socklen_t n, void *arg)
{
    (void)arg;
    return connect(fd, a, n);
}

static ares_ssize_t dns_receive(ares_socket_t fd, void *p, size_t n, int flags,
                                struct sockaddr *from, ares_socklen_t *from_n, void *arg)
{
    struct dns *d = arg;
    struct watch *w = watch_find(d, fd);
    if (w != NULL && w->refused) {
        w->refused = false;
        errno = ECONNREFUSED;
        return -1;
    }
    ssize_t got = recvfrom(fd, p, n, flags, from, from_n);
    if (got > 0)
        d->heard_us = loop_mono_us();
    return got;
}

/* The refusal (ICMP) of one datagram is reported once, to the next call on the socket. Is
 * that the sending of another question, then c-ares takes it for that one's and the first
 * waits for its time-out; so it is kept and told again where it belongs, at the receiving. */
static ares_ssize_t dns_send(ares_socket_t fd, const struct iovec *v, int n, void *arg)
{
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (size_t)n};
    ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);
    struct watch *w = watch_find(arg, fd);
    if (sent < 0 && errno == ECONNREFUSED && w != NULL)
        w->refused = true;
    return sent;
}

static const struct ares_socket_functions dns_sockets = {
    .asocket = dns_socket,
    .aclose = dns_socket_close,
    .aconnect = dns_connect,
    .arecvfrom = dns_receive,
    .asendv = dns_send,
};

/* --- c-ares on the loop -------------------------------------------------------------- */

static struct watch *watch_refused(struct dns *d)
{
    for (struct watch *w = d->watches; w != NULL; w = w->next) {
        if (w->refused)
            return w;
    }
    return NULL;
}

static void arm(struct dns *d)
{
    struct timeval tv;
    if (watch_refused(d) != NULL)
        timer_start(&d->timer, 0);
    else if (ares_timeout(d->channel, NULL, &tv) == NULL)
        timer_stop(&d->timer);
    else
        timer_start(&d->timer, (int64_t)tv.tv_sec * 1000 + (tv.tv_usec + 999) / 1000);
}

static void on_time(void *arg)
{
    struct dns *d = arg;
    struct watch *w = watch_refused(d);
    ares_socket_t fd = w != NULL ? w->fd : ARES_SOCKET_BAD;
    ares_process_fd(d->channel, fd, ARES_SOCKET_BAD);
    if (w != NULL && watch_find(d, fd) == w)
        w->refused = false; /* c-ares did not read from it: nobody waits there */
    arm(d);
}

static void on_socket(uv_poll_t *h, int status, int events)
{
    struct watch *w = container_of(h, struct watch, poll);
    struct dns *d = w->dns;
    ares_socket_t fd = w->fd;
    if (status < 0)
        events = UV_READABLE | UV_WRITABLE; /* EPOLLERR: let c-ares meet the error itself */
    ares_process_fd(d->channel, events & UV_READABLE ? fd : ARES_SOCKET_BAD,
                    events & UV_WRITABLE ? fd : ARES_SOCKET_BAD);
    w = watch_find(d, fd);
    if (status < 0 && w != NULL && !uv_is_active((uv_handle_t *)&w->poll))
        uv_poll_start(&w->poll, w->events, on_socket);
    arm(d);
}

static void on_watch_closed(void *arg)
{
    mem_free(arg);
}

static void watch_close(struct watch *w)
{
    struct watch **at = &w->dns->watches;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    owner_close_handle(&w->owner, (uv_handle_t *)&w->poll);
    owner_close(&w->owner);
}

static struct watch *watch_open(struct dns *d, ares_socket_t fd)
{
    struct watch *w = mem_new(struct watch);
    w->dns = d;
    w->fd = fd;
    if (uv_poll_init(&d->loop->uv, &w->poll, fd) != 0) {
        mem_free(w);
        return NULL;
    }
    owner_init(&w->owner, on_watch_closed, w);
    owner_add(&w->owner, (uv_handle_t *)&w->poll);
    w->next = d->watches;
    d->watches = w;
    return w;
}

/* c-ares tells what it waits for on a socket; nothing: it is about to close it. */
static void on_socket_state(void *arg, ares_socket_t fd, int readable, int writable)
{
    struct dns *d = arg;
    struct watch *w = watch_find(d, fd);
    int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
    if (events == 0) {
        if (w != NULL)
            watch_close(w);
        return;
    }
    if (w == NULL && (w = watch_open(d, fd)) == NULL)
        return; /* the question then ends by its time-out */
    w->events = events;
    uv_poll_start(&w->poll, events, on_socket);
}

static int channel_open(struct dns *d, ares_channel *ret, struct err *e)
{
    char lookups[] = "fb"; /* the file /etc/hosts, then servers */
    struct ares_options o = {
        .timeout = TRY_MS,
        .tries = TRIES,
        .sock_state_cb = on_socket_state,
        .sock_state_cb_data = d,
        .lookups = lookups,
    };
    ares_channel channel;
    int rc = ares_init_options(&channel, &o,
                               ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
                                   ARES_OPT_LOOKUPS);
    if (rc != ARES_SUCCESS)
        return err_set(e, "resolver: %s", ares_strerror(rc));
    ares_set_socket_functions(channel, &dns_sockets, d);
    if (d->servers != NULL && (rc = ares_set_servers_ports_csv(channel, d->servers)) != 0) {
        ares_destroy(channel);
        return err_set(e, "DNS servers %s: %s", d->servers, ares_strerror(rc));
    }
    *ret = channel;
    return 0;
}

/* The questions of the old channel go over to the new one: see on_answer(). */
static int channel_change(struct dns *d, struct err *e)
{
    ares_channel fresh = NULL, old = d->channel;
    if (channel_open(d, &fresh, e) != 0)
        return -1;
    d->channel = fresh;
    ares_destroy(old);
    arm(d);
    return 0;
}

/* --- life ---------------------------------------------------------------------------- */

static void conf_look(struct dns *d, struct stat *ret)
{
    d->looked_us = loop_mono_us();
    if (stat(RESOLV_CONF, ret) != 0)
        *ret = (struct stat){0};
}

static void on_closed(void *arg)
{
    struct dns *d = arg;
    mem_free(d->servers);
    mem_free(d);
}

struct dns *dns_new(struct loop *l, struct err *e)
{
    int rc = ares_library_init(ARES_LIB_INIT_ALL);
    if (rc != ARES_SUCCESS) {
        err_set(e, "resolver: %s", ares_strerror(rc));
        return NULL;
    }
    struct dns *d = mem_new(struct dns);
    d->loop = l;
    conf_look(d, &d->conf);
    if (channel_open(d, &d->channel, e) != 0) {
        mem_free(d);
        return NULL;
    }
    owner_init(&d->owner, on_closed, d);
    timer_init(&d->timer, l, &d->owner, on_time, d);
    return d;
}

void dns_close(struct dns *d)
{
    d->closing = true;
    ares_destroy(d->channel);
    ares_library_cleanup();
    timer_close(&d->timer);
    owner_close(&d->owner);
}

int dns_set_servers(struct dns *d, const char *servers, struct err *e)
{
    char *old = d->servers;
    d->servers = mem_strdup(servers);
    if (channel_change(d, e) != 0) {
        mem_free(d->servers);
        d->servers = old;
        return -1;
    }
    mem_free(old);
    return 0;
}

bool dns_refresh(struct dns *d)
{
    struct stat now;
    if (loop_mono_us() - d->looked_us < REFRESH_US)
        return false;
    conf_look(d, &now);
    if (now.st_ino == d->conf.st_ino && now.st_size == d->conf.st_size &&
        now.st_mtim.tv_sec == d->conf.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == d->conf.st_mtim.tv_nsec)
        return false;
    if (channel_change(d, NULL) != 0)
        return false; /* the old servers still serve; looked at again in 5 s */
    d->conf = now;
    return true;
}

int64_t dns_heard_us(const struct dns *d)
{
    return d->heard_us;
}

/* --- questions ----------------------------------------------------------------------- */

static void take_answer(const struct ares_addrinfo *ai, struct addresses *a, int *ttl_s)
{
    int ttl = INT32_MAX;
    a->n = 0;
    for (const struct ares_addrinfo_node *n = ai->nodes; n != NULL; n = n->ai_next) {
        if (n->ai_ttl < ttl)
            ttl = n->ai_ttl;
        if (a->n == RESOLVE_MAX || (size_t)n->ai_addrlen > sizeof a->at[0])
            continue;
        a->at[a->n] = (struct sockaddr_storage){0};
        memcpy(&a->at[a->n++], n->ai_addr, (size_t)n->ai_addrlen);
    }
    for (const struct ares_addrinfo_cname *c = ai->cnames; c != NULL; c = c->next) {
        if (c->ttl < ttl)
            ttl = c->ttl;
    }
    *ttl_s = ttl;
}

static enum dns_end end_of(const struct dns_question *q, int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_EBADNAME:
    case ARES_EFORMERR:
        return DNS_NO_NAME;
    case ARES_ENODATA:
        return DNS_NO_ADDRESS;
    case ARES_EDESTRUCTION:
        return DNS_CLOSED;
    default:
        return q->dns->heard_us >= q->asked_us ? DNS_FAILED : DNS_SILENT;
    }
}

static void question_send(struct dns_question *q);

static void question_end(struct dns_question *q, enum dns_end end, const struct addresses *a,
                         int ttl_s)
{
    q->done(q->arg, end, a, ttl_s);
    mem_free(q->host);
    mem_free(q);
}

/* --- the witness ------------------------------------------------------------------------
 *
 * A resolver on this machine goes on answering when the uplink is gone: SERVFAIL, to everything.
 * So a SERVFAIL is believed only if the same servers can still tell something: that a name
 * nobody has does not exist. One such question serves all that are in doubt. */

static void witness_ask(struct dns *d);

static void on_witness(void *arg, int status, int timeouts, struct ares_addrinfo *ai)
{
    struct dns *d = arg;
    bool good = status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA;
    enum dns_end end = d->closing ? DNS_CLOSED : good ? DNS_FAILED : DNS_SILENT;
    struct dns_question *q = d->doubtful, *next;

    (void)timeouts;
    if (ai != NULL)
        ares_freeaddrinfo(ai);
    if (status == ARES_EDESTRUCTION && !d->closing) {
        witness_ask(d); /* the channel was changed */
        return;
    }
    if (good)
        d->good_us = loop_mono_us();
    d->witness_asked = false;
    d->doubtful = NULL;
    for (; q != NULL; q = next) {
        next = q->next;
        question_end(q, end, NULL, 0);
    }
}

static void witness_ask(struct dns *d)
{
    struct ares_addrinfo_hints hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    unsigned char random[8];
    char name[2 * sizeof random + 4] = "w";

    crypto_random(random, sizeof random);
    hex_encode(random, sizeof random, name + 1);
    name[1 + 2 * sizeof random] = '.'; /* no search list */
    ares_getaddrinfo(d->channel, name, NULL, &hints, on_witness, d);
}

static void doubt(struct dns_question *q)
{
    struct dns *d = q->dns;

    q->next = d->doubtful;
    d->doubtful = q;
    if (d->witness_asked)
        return;
    d->witness_asked = true;
    witness_ask(d);
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *ai)
{
    struct dns_question *q = arg;
    (void)timeouts;
    if (status == ARES_EDESTRUCTION && !q->dns->closing) {
        question_send(q); /* the channel was changed */
        return;
    }
    struct addresses a = {.n = 0};
    int ttl_s = 0;
    if (status == ARES_SUCCESS)
        take_answer(ai, &a, &ttl_s);
    enum dns_end end = status != ARES_SUCCESS ? end_of(q, status)
                       : a.n > 0              ? DNS_FOUND
                                              : DNS_NO_ADDRESS;
    if (ai != NULL)
        ares_freeaddrinfo(ai);
    if (end <= DNS_NO_ADDRESS && q->dns->heard_us >= q->asked_us)
        q->dns->good_us = q->dns->heard_us;
    if (end == DNS_FAILED && q->dns->good_us < q->asked_us)
        doubt(q);
    else
        question_end(q, end, end == DNS_FOUND ? &a : NULL, ttl_s);
}

static void question_send(struct dns_question *q)
{
    struct ares_addrinfo_hints hints = {.ai_family = q->family, .ai_socktype = SOCK_STREAM};
    ares_getaddrinfo(q->dns->channel, q->host, NULL, &hints, on_answer, q);
}

void dns_ask(struct dns *d, const char *host, int family, dns_done_fn *done, void *arg)
{
    struct dns_question *q = mem_new(struct dns_question);
    *q = (struct dns_question){.dns = d,
                               .host = mem_strdup(host),
                               .family = family,
                               .asked_us = loop_mono_us(),
                               .done = done,
                               .arg = arg};
    question_send(q);
    arm(d);
}
