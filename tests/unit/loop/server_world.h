/* server_world.h - a server on a loop, and clients that talk to it from the same thread. */
#ifndef TESTS_SERVER_WORLD_H
#define TESTS_SERVER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "loop/server.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

struct world {
    struct loop loop;
    struct server *server;
    struct request *held; /* the request to /later, not answered yet */
    int requests;
    char last_body[256];
    char last_peer[64];
    bool last_loopback;
    size_t big; /* bytes answered to /big */
};

static inline void on_request(void *arg, struct request *q, const struct request_view *v)
{
    struct world *w = arg;

    w->requests++;
    snprintf(w->last_body, sizeof w->last_body, "%s", v->body);
    snprintf(w->last_peer, sizeof w->last_peer, "%s", v->peer);
    w->last_loopback = v->loopback;
    if (strcmp(v->path, "/later") == 0) {
        w->held = q;
        return;
    }
    if (strcmp(v->path, "/big") == 0) {
        char *big = mem_alloc(w->big);
        memset(big, 'x', w->big);
        server_answer(q, &(struct answer){.status = 200, .body = big, .body_len = w->big});
        mem_free(big);
        return;
    }
    server_answer(q, &(struct answer){.status = 200,
                                      .content_type = "text/plain",
                                      .body = v->path,
                                      .body_len = strlen(v->path)});
}

static inline void open_world(struct world *w, struct server_options o)
{
    struct err e;

    *w = (struct world){.big = 1};
    assert_int_equal(loop_init(&w->loop, &e), 0);
    if (o.listen == NULL)
        o.listen = "127.0.0.1:0";
    w->server = server_new(&w->loop, &o, on_request, w, &e);
    if (w->server == NULL)
        fail_msg("%s", e.text);
}

static inline void close_world(struct world *w)
{
    server_close(w->server);
    loop_run(&w->loop);
    loop_done(&w->loop);
}

static inline int connect_to(const char *address)
{
    struct sockaddr_storage a = {0};
    socklen_t n;

    if (strncmp(address, "unix:", 5) == 0) {
        struct sockaddr_un *un = (struct sockaddr_un *)&a;
        un->sun_family = AF_UNIX;
        snprintf(un->sun_path, sizeof un->sun_path, "%s", address + 5);
        n = sizeof *un;
    } else if (address[0] == '[') {
        uv_ip6_addr("::1", (int)strtol(strrchr(address, ':') + 1, NULL, 10),
                    (struct sockaddr_in6 *)&a);
        n = sizeof(struct sockaddr_in6);
    } else {
        uv_ip4_addr("127.0.0.1", (int)strtol(strrchr(address, ':') + 1, NULL, 10),
                    (struct sockaddr_in *)&a);
        n = sizeof(struct sockaddr_in);
    }
    int fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, n), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static inline int dial(struct world *w)
{
    return connect_to(server_address(w->server));
}

static inline void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

struct client {
    char text[65536];
    size_t n, total;
    bool ended; /* closed or reset by the server */
    bool reset;
};

static inline void hear(int fd, struct client *c)
{
    char part[16384];
    ssize_t n;

    while ((n = recv(fd, part, sizeof part, 0)) > 0) {
        size_t room = sizeof c->text - 1 - c->n, m = (size_t)n < room ? (size_t)n : room;
        memcpy(c->text + c->n, part, m);
        c->n += m;
        c->text[c->n] = 0;
        c->total += (size_t)n;
    }
    c->reset = n < 0 && errno == ECONNRESET;
    if (n == 0 || errno != EAGAIN)
        c->ended = true;
}

static inline int count(const char *text, const char *what)
{
    int n = 0;
    while ((text = strstr(text, what)) != NULL)
        n++, text++;
    return n;
}

/* Turns the loop until the client has `n` answers (or, n < 0, until the server closed), 5 s at
 * most. */
static inline void until(struct world *w, int fd, struct client *c, int n)
{
    int64_t end_us = loop_mono_us() + 5000000;

    while (loop_mono_us() < end_us) {
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
        hear(fd, c);
        if (n < 0 ? c->ended : count(c->text, "HTTP/1.1 ") >= n && strstr(c->text, "\r\n\r\n"))
            return;
        usleep(500);
    }
    fail_msg("nothing came in 5 s; so far: %s", c->text);
}

static inline void until_request(struct world *w, int n)
{
    int64_t end_us = loop_mono_us() + 5000000;

    while (w->requests < n && loop_mono_us() < end_us) {
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
        usleep(500);
    }
    assert_int_equal(w->requests, n);
}

static inline void answer_held(struct world *w, const char *body)
{
    struct request *q = w->held;

    w->held = NULL; /* the answer may let the next one in */
    server_answer(q, &(struct answer){.status = 200, .body = body, .body_len = strlen(body)});
}

/* One exchange on a fresh connection: what came back until the server closed. */
static inline void exchange(struct world *w, const char *text, struct client *c)
{
    int fd = dial(w);

    *c = (struct client){0};
    say(fd, text);
    shutdown(fd, SHUT_WR);
    until(w, fd, c, -1);
    close(fd);
}

#endif
