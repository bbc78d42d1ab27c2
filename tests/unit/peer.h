/* peer.h - a hostile web server inside the test: threads that answer each path with given bytes.
 *
 * A connection is served once: read the request's head, send the page's bytes (200 ms later
 * when its path begins with "/slow-"), then do what the page says. peer_stop() waits until every
 * connection has ended. */
#ifndef TESTS_UNIT_PEER_H
#define TESTS_UNIT_PEER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum peer_then {
    THEN_CLOSE,
    THEN_HOLD, /* silent until the client goes */
    THEN_RESET,
    THEN_DRIP,    /* a byte every 20 ms */
    THEN_HEADERS, /* header lines for ever */
    THEN_BODY,    /* body bytes for ever */
};

struct peer_page {
    const char *path; /* "" matches the rest; NULL ends the list */
    const char *bytes;
    enum peer_then then;
};

struct peer {
    const struct peer_page *pages;
    int listen_fd, port;
    pthread_t acceptor;
    atomic_bool stopping;
    atomic_int open, served;
    pthread_mutex_t lock;
    char request[16384]; /* the last one */
};

struct peer_connection {
    struct peer *peer;
    int fd;
};

static inline bool peer_readable(struct peer *p, int fd)
{
    while (!atomic_load(&p->stopping)) {
        struct pollfd f = {.fd = fd, .events = POLLIN};
        if (poll(&f, 1, 20) > 0)
            return true;
    }
    return false;
}

static inline bool peer_send(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent, n -= (size_t)sent;
    }
    return true;
}

/* The head and, when Content-Length says so, the body. */
static inline bool peer_request(struct peer *p, int fd, char *dst, size_t size)
{
    size_t n = 0, want = 0;
    dst[0] = '\0';
    while (n + 1 < size && peer_readable(p, fd)) {
        ssize_t got = recv(fd, dst + n, size - n - 1, 0);
        if (got <= 0)
            return false;
        n += (size_t)got;
        dst[n] = '\0';
        const char *end = strstr(dst, "\r\n\r\n"), *length = strstr(dst, "Content-Length: ");
        if (end == NULL)
            continue;
        if (length != NULL && length < end)
            want = (size_t)strtoul(length + 16, NULL, 10);
        if (n >= (size_t)(end + 4 - dst) + want)
            return true;
    }
    return false;
}

static inline void peer_for_ever(struct peer *p, int fd, const char *piece, useconds_t pause_us)
{
    while (!atomic_load(&p->stopping) && peer_send(fd, piece, strlen(piece)))
        if (pause_us > 0)
            usleep(pause_us);
}

static inline void peer_finish(struct peer *p, int fd, enum peer_then then)
{
    static char block[65537];
    char c;
    switch (then) {
    case THEN_CLOSE:
        break;
    case THEN_HOLD:
        while (peer_readable(p, fd) && recv(fd, &c, 1, 0) > 0)
            ;
        break;
    case THEN_RESET:
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
        break;
    case THEN_DRIP:
        peer_for_ever(p, fd, "x", 20000);
        break;
    case THEN_HEADERS:
        peer_for_ever(p, fd, "X-Endless: and on it goes\r\n", 0);
        break;
    case THEN_BODY:
        memset(block, 'b', sizeof block - 1);
        peer_for_ever(p, fd, block, 0);
        break;
    }
}

static inline const struct peer_page *peer_page_of(const struct peer *p, const char *request)
{
    const char *path = strchr(request, ' ');
    const struct peer_page *page = p->pages;
    for (; page->path != NULL; page++) {
        size_t n = strlen(page->path);
        if (n == 0 || (path != NULL && strncmp(path + 1, page->path, n) == 0 &&
                       strchr(" ?", path[1 + n]) != NULL))
            return page;
    }
    return NULL;
}

static inline void *peer_serve(void *arg)
{
    struct peer_connection k = *(struct peer_connection *)arg;
    struct peer *p = k.peer;
    char request[sizeof p->request];
    free(arg);
    if (peer_request(p, k.fd, request, sizeof request)) {
        pthread_mutex_lock(&p->lock);
        memcpy(p->request, request, sizeof request);
        pthread_mutex_unlock(&p->lock);
        atomic_fetch_add(&p->served, 1);
        const struct peer_page *page = peer_page_of(p, request);
        if (page != NULL && strncmp(page->path, "/slow-", 6) == 0)
            usleep(200000);
        if (page != NULL && page->bytes != NULL &&
            !peer_send(k.fd, page->bytes, strlen(page->bytes)))
            page = NULL;
        if (page != NULL)
            peer_finish(p, k.fd, page->then);
    }
    close(k.fd);
    atomic_fetch_sub(&p->open, 1);
    return NULL;
}

static inline void *peer_accept(void *arg)
{
    struct peer *p = arg;
    while (peer_readable(p, p->listen_fd)) {
        int fd = accept(p->listen_fd, NULL, NULL);
        if (fd < 0)
            continue;
        struct peer_connection *k = malloc(sizeof *k);
        *k = (struct peer_connection){p, fd};
        atomic_fetch_add(&p->open, 1);
        pthread_t thread;
        pthread_create(&thread, NULL, peer_serve, k);
        pthread_detach(thread);
    }
    return NULL;
}

static inline int listen_somewhere(int *ret_port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) < 0 || listen(fd, 128) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &size) < 0)
        abort();
    *ret_port = ntohs(a.sin_port);
    return fd;
}

static inline void peer_start(struct peer *p, const struct peer_page *pages)
{
    memset(p, 0, sizeof *p);
    p->pages = pages;
    pthread_mutex_init(&p->lock, NULL);
    p->listen_fd = listen_somewhere(&p->port);
    pthread_create(&p->acceptor, NULL, peer_accept, p);
}

static inline void peer_stop(struct peer *p)
{
    atomic_store(&p->stopping, true);
    pthread_join(p->acceptor, NULL);
    close(p->listen_fd);
    while (atomic_load(&p->open) > 0)
        usleep(1000);
    pthread_mutex_destroy(&p->lock);
}

#endif
