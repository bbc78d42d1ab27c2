/* server_listen.c - where the server listens: tcp, a unix socket, or a socket handed over.
 *
 * Failures are one clear line: a bad address, an address in use, a path that is no socket,
 * a socket somebody else answers on. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "server_private.h"

#define BACKLOG 512

static int explain(int rc, const char *address, struct err *e)
{
    if (rc == UV_EADDRINUSE)
        return err_set(e, "cannot listen on %s: the address is in use (does another midwatch run?)",
                       address);
    if (rc == UV_EADDRNOTAVAIL)
        return err_set(e, "cannot listen on %s: no interface has this address", address);
    if (rc == UV_EACCES)
        return err_set(e, "cannot listen on %s: not allowed (ports below 1024 need a capability)",
                       address);
    return err_set(e, "cannot listen on %s: %s", address, uv_strerror(rc));
}

static void close_listener(struct server *s)
{
    owner_close_handle(&s->owner, &s->listener.handle);
}

/* --- tcp ------------------------------------------------------------------------------ */

/* "host:port" -> sockaddr. Names are not looked up: which address is meant must be certain. */
static int parse_address(const char *text, struct sockaddr_storage *ret, struct err *e)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    int64_t port;

    if (colon == NULL || text_int(colon + 1, 0, 65535, &port, NULL) < 0)
        return err_set(e, "cannot listen on %s: it does not end in :PORT", text);
    size_t n = (size_t)(colon - text);

    if (n >= 2 && text[0] == '[' && colon[-1] == ']') {
        text++;
        n -= 2;
    }
    if (n >= sizeof host)
        return err_set(e, "cannot listen on %s: the host is too long", text);
    memcpy(host, text, n);
    host[n] = 0;
    if (n == 0 || strcmp(host, "*") == 0)
        memcpy(host, "::", 3);
    else if (strcmp(host, "localhost") == 0)
        memcpy(host, "127.0.0.1", 10);
    *ret = (struct sockaddr_storage){0};
    if (uv_ip4_addr(host, (int)port, (struct sockaddr_in *)(void *)ret) == 0 ||
        uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)(void *)ret) == 0)
        return 0;
    return err_set(e, "cannot listen on %s: %s is not an address", text, host);
}

/* The address really bound, with the port the kernel chose. */
static void name_tcp(struct server *s)
{
    struct sockaddr_storage a = {0};
    int n = sizeof a;
    char host[64] = "";

    if (uv_tcp_getsockname(&s->listener.tcp, (struct sockaddr *)&a, &n) != 0)
        return;
    bool v6 = a.ss_family == AF_INET6;
    const struct sockaddr_in *in = (const struct sockaddr_in *)(void *)&a;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(void *)&a;

    if (v6)
        uv_ip6_name(in6, host, sizeof host);
    else
        uv_ip4_name(in, host, sizeof host);
    struct buf text;

    buf_init(&text, sizeof s->address - 1);
    buf_printf(&text, v6 ? "[%s]:%d" : "%s:%d", host, ntohs(v6 ? in6->sin6_port : in->sin_port));
    text_copy(s->address, sizeof s->address, buf_text(&text));
    buf_done(&text);
}

static int listen_tcp(struct server *s, const char *address, uv_connection_cb on_connection,
                      struct err *e)
{
    struct sockaddr_storage a;

    if (parse_address(address, &a, e) < 0)
        return -1;
    int rc = uv_tcp_init(&s->loop->uv, &s->listener.tcp);

    if (rc != 0)
        return explain(rc, address, e);
    owner_add(&s->owner, &s->listener.handle);
    rc = uv_tcp_bind(&s->listener.tcp, (const struct sockaddr *)&a, 0);
    if (rc == 0)
        rc = uv_listen(&s->listener.stream, BACKLOG, on_connection);
    if (rc != 0) {
        close_listener(s);
        return explain(rc, address, e);
    }
    name_tcp(s);
    return 0;
}

/* --- unix ----------------------------------------------------------------------------- */

/* A path is free when nothing is there, or a socket that refuses connections. */
static int make_room(const char *path, const struct sockaddr_un *a, struct err *e)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return 0;
    if (!S_ISSOCK(st.st_mode))
        return err_set(e, "cannot listen on unix:%s: it exists and is not a socket", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return err_set(e, "cannot listen on unix:%s: %s", path, strerror(errno));
    int rc = connect(fd, (const struct sockaddr *)a, sizeof *a);
    int why = errno;

    close(fd);
    if (rc == 0 || why != ECONNREFUSED)
        return err_set(e, "cannot listen on unix:%s: another process answers there", path);
    unlink(path);
    return 0;
}

/* The mode is set before anybody can connect. */
static int bind_unix(const char *path, struct err *e)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    if (*path == 0 || strlen(path) >= sizeof a.sun_path)
        return err_set(e, "cannot listen on unix:%s: the path is empty or too long", path);
    memcpy(a.sun_path, path, strlen(path));
    if (make_room(path, &a, e) < 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return err_set(e, "cannot listen on unix:%s: %s", path, strerror(errno));
    if (fchmod(fd, 0660) == 0 && bind(fd, (const struct sockaddr *)&a, sizeof a) == 0 &&
        chmod(path, 0660) == 0)
        return fd;
    int why = errno;

    close(fd);
    return err_set(e, "cannot listen on unix:%s: %s", path, strerror(why));
}

static int open_pipe(struct server *s, int fd, const char *name, uv_connection_cb on_connection,
                     struct err *e)
{
    int rc = uv_pipe_init(&s->loop->uv, &s->listener.pipe, 0);

    if (rc != 0) {
        close(fd);
        return explain(rc, name, e);
    }
    s->is_unix = true;
    owner_add(&s->owner, &s->listener.handle);
    rc = uv_pipe_open(&s->listener.pipe, fd);
    if (rc != 0)
        close(fd);
    else
        rc = uv_listen(&s->listener.stream, BACKLOG, on_connection);
    if (rc == 0)
        return 0;
    close_listener(s);
    return explain(rc, name, e);
}

static int listen_unix(struct server *s, const char *path, uv_connection_cb on_connection,
                       struct err *e)
{
    int fd = bind_unix(path, e);
    struct stat st;

    if (fd < 0)
        return -1;
    if (open_pipe(s, fd, path, on_connection, e) < 0) {
        unlink(path);
        return -1;
    }
    text_copy(s->path, sizeof s->path, path);
    if (lstat(path, &st) == 0) {
        s->path_dev = st.st_dev;
        s->path_ino = st.st_ino;
    }
    memcpy(s->address, "unix:", 6);
    text_copy(s->address + 5, sizeof s->address - 5, path);
    return 0;
}

/* --- handed over ---------------------------------------------------------------------- */

static int listen_fd(struct server *s, const struct server_options *o,
                     uv_connection_cb on_connection, struct err *e)
{
    struct sockaddr_storage a = {0};
    socklen_t n = sizeof a;

    if (getsockname(o->listen_fd, (struct sockaddr *)&a, &n) != 0)
        return err_set(e, "the socket handed over: %s", strerror(errno));
    text_copy(s->address, sizeof s->address, o->listen != NULL ? o->listen : "handed over");
    if (a.ss_family == AF_UNIX)
        return open_pipe(s, o->listen_fd, s->address, on_connection, e);
    int rc = uv_tcp_init(&s->loop->uv, &s->listener.tcp);

    if (rc != 0)
        return explain(rc, s->address, e);
    owner_add(&s->owner, &s->listener.handle);
    rc = uv_tcp_open(&s->listener.tcp, o->listen_fd);
    if (rc == 0)
        rc = uv_listen(&s->listener.stream, BACKLOG, on_connection);
    if (rc != 0) {
        close_listener(s);
        return explain(rc, s->address, e);
    }
    name_tcp(s);
    return 0;
}

/* --- both ----------------------------------------------------------------------------- */

int server_listen(struct server *s, const struct server_options *o, uv_connection_cb on_connection,
                  struct err *e)
{
    if (o->listen_fd > 0)
        return listen_fd(s, o, on_connection, e);
    if (o->listen == NULL)
        return err_set(e, "no address to listen on");
    if (strncmp(o->listen, "unix:", 5) == 0)
        return listen_unix(s, o->listen + 5, on_connection, e);
    return listen_tcp(s, o->listen, on_connection, e);
}

/* The path is removed only while it is still ours: a successor may have taken it. */
void server_unlisten(struct server *s)
{
    struct stat st;

    if (*s->path != 0 && lstat(s->path, &st) == 0 && st.st_dev == s->path_dev &&
        st.st_ino == s->path_ino)
        unlink(s->path);
    close_listener(s);
}
