/* systemd.c - the service manager's protocols, as sd_notify(3) and sd_listen_fds(3) state them.
 *
 * A notification that cannot be sent is lost: systemd then finds out by its own time-outs. */
#include "loop/systemd.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

#define FIRST_FD 3

/* A number from the environment, or -1. */
static int64_t env_number(const char *name)
{
    int64_t n;
    const char *text = getenv(name);
    return text != NULL && text_int(text, 0, INT64_MAX, &n, NULL) == 0 ? n : -1;
}

void systemd_notify(const char *fmt, ...)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof a.sun_path)
        return;
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t n = strlen(path);
    memcpy(a.sun_path, path, n);
    if (a.sun_path[0] == '@')
        a.sun_path[0] = '\0'; /* the abstract name space */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    (void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&a, len);
    close(fd);
}

int64_t systemd_watchdog_ms(void)
{
    int64_t pid = env_number("WATCHDOG_PID"), us = env_number("WATCHDOG_USEC");
    if (us <= 0 || (getenv("WATCHDOG_PID") != NULL && pid != getpid()))
        return 0;
    return us < 2000 ? 1 : us / 2000;
}

static bool listens(int fd)
{
    int yes = 0;
    socklen_t n = sizeof yes;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &n) == 0 && yes != 0;
}

int systemd_listen_fd(void)
{
    int64_t n = env_number("LISTEN_FDS");
    if (n < 1 || n > 1000 || env_number("LISTEN_PID") != getpid())
        return -1;
    for (int fd = FIRST_FD; fd < FIRST_FD + (int)n; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return listens(FIRST_FD) ? FIRST_FD : -1;
}
