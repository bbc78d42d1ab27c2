/* embedded.c - the private redis-server: start, watch, start again, stop.
 *
 * Happy path: nobody runs in the directory -> the server is started with an append-only file ->
 *             when it ends though nobody asked, it is started again after 100 ms doubling to 5 s.
 * Failures:   a server is still there, left by a midwatch that was killed (ours: our uid, our
 *             directory). It is ended first, for two on one append-only file would spoil it; its
 *             file has everything.
 *
 * The socket's name in the server is relative to its directory; we reach it through the descriptor
 * of that directory (/proc/self/fd/N/redis.sock). So the 107 bytes of a
 * socket address are enough. */
#include "embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "loop/log.h"
#include "loop/process.h"

#define ORPHAN_US      INT64_C(10000000)
#define WATCH_MS       10
#define BACKOFF_MAX_MS 5000
#define SOCKET_NAME    "redis.sock"

struct embedded {
    struct loop *loop;
    struct owner owner;
    char *dir; /* absolute */
    int dir_fd;
    char socket[64];
    const char *program;
    struct process *process; /* our child, or NULL */
    pid_t orphan;            /* left by another midwatch, being ended; 0 none */
    struct timer watch;      /* of the orphan, of the backoff, of the patience */
    int starts;              /* in a row without a long life */
    int64_t started_us, stop_by_us;
    char last_words[200];
    bool stopping, killed;
    void (*done)(void *arg);
    void *arg;
};

bool embedded_running(const struct embedded *b)
{
    return b->process != NULL;
}

const char *embedded_socket(const struct embedded *b)
{
    return b->socket;
}

/* --- whose server is it? --- */

static const char *find_program(void)
{
    static const char *const names[] = {"redis-server", "valkey-server"};
    static char path[PATH_MAX];
    const char *list = getenv("PATH");

    if (list == NULL)
        list = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (size_t n = 0; n < 2; n++) {
        for (const char *p = list; *p != '\0';) {
            size_t len = strcspn(p, ":");
            snprintf(path, sizeof path, "%.*s/%s", (int)len, p, names[n]);
            if (len > 0 && access(path, X_OK) == 0)
                return path;
            p += len + (p[len] == ':');
        }
    }
    return NULL;
}

/* The beginning of a file, as a text. */
static int read_small(int dir_fd, const char *path, char *dst, size_t size)
{
    int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, dst, size - 1) : -1;

    if (fd >= 0)
        close(fd);
    dst[n > 0 ? n : 0] = '\0';
    return n < 0 ? -1 : 0;
}

/* A server that runs in our directory and under our uid. */
static bool is_ours(const struct embedded *b, pid_t pid)
{
    char path[64], name[32];
    struct stat there, here, proc;

    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    if (pid <= 0 || pid == getpid() || stat(path, &proc) != 0 || proc.st_uid != geteuid())
        return false;
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    if (read_small(AT_FDCWD, path, name, sizeof name) != 0 || strstr(name, "-server") == NULL)
        return false;
    snprintf(path, sizeof path, "/proc/%d/cwd", (int)pid);
    return stat(path, &there) == 0 && fstat(b->dir_fd, &here) == 0 && there.st_dev == here.st_dev &&
           there.st_ino == here.st_ino;
}

static bool is_alive(pid_t pid)
{
    char path[64], line[512];

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (read_small(AT_FDCWD, path, line, sizeof line) != 0)
        return false;
    const char *state = strrchr(line, ')');
    return state != NULL && state[1] == ' ' && state[2] != 'Z' && state[2] != 'X';
}

/* Who listens on our socket; 0: nobody. */
static pid_t listener(const struct embedded *b)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    struct ucred who = {0};
    socklen_t n = sizeof who;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return 0;
    text_copy(a.sun_path, sizeof a.sun_path, b->socket);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0)
        who.pid = 0;
    close(fd);
    return who.pid;
}

/* The pid the server wrote down; it may be closing already. */
static pid_t written_pid(const struct embedded *b)
{
    char text[32];
    int64_t pid = 0;

    if (read_small(b->dir_fd, "redis.pid", text, sizeof text) != 0)
        return 0;
    text[strcspn(text, "\r\n")] = '\0';
    return text_int(text, 1, INT_MAX, &pid, NULL) == 0 ? (pid_t)pid : 0;
}

static pid_t find_orphan(const struct embedded *b)
{
    pid_t pid = listener(b);

    if (pid == 0)
        pid = written_pid(b);
    return is_ours(b, pid) && is_alive(pid) ? pid : 0;
}

/* --- running --- */

/* `#` marks what Redis itself finds important; the last of it says why it ended. */
static void on_line(void *arg, const char *line)
{
    struct embedded *b = arg;
    const char *fact = strstr(line, " # ");

    log_debug("redis", "%s", line);
    if (fact != NULL && !text_starts(fact + 3, "WARNING"))
        text_copy(b->last_words, sizeof b->last_words, fact + 3);
}

static void on_exit_of(void *arg, int status);

static int spawn(struct embedded *b, struct err *e)
{
    const char *argv[] = {b->program,   "--port",
                          "0",          "--unixsocket",
                          SOCKET_NAME,  "--unixsocketperm",
                          "700",        "--dir",
                          b->dir,       "--appendonly",
                          "yes",        "--appendfsync",
                          "everysec",   "--save",
                          "",           "--maxmemory-policy",
                          "noeviction", "--daemonize",
                          "no",         "--logfile",
                          "",           "--pidfile",
                          "redis.pid",  "--auto-aof-rewrite-min-size",
                          "16mb",       "--always-show-logo",
                          "no",         NULL};
    struct process_options o = {.argv = argv,
                                .dir = b->dir,
                                .die_with_us = true,
                                .on_line = on_line,
                                .on_exit = on_exit_of};
    mode_t mask = umask(077);
    int rc = process_start(b->loop, &o, b, &b->process, e);

    umask(mask);
    b->started_us = loop_mono_us();
    b->starts++;
    b->last_words[0] = '\0';
    return rc;
}

static void end_stop(struct embedded *b)
{
    timer_close(&b->watch);
    owner_close(&b->owner);
}

static void plan_start(struct embedded *b)
{
    int64_t ms = 100;

    if (loop_mono_us() - b->started_us > 60000000)
        b->starts = 0;
    for (int i = 1; i < b->starts && ms < BACKOFF_MAX_MS; i++)
        ms *= 2;
    timer_start(&b->watch, ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS);
}

static void on_exit_of(void *arg, int status)
{
    struct embedded *b = arg;

    b->process = NULL;
    if (b->stopping) {
        end_stop(b);
        return;
    }
    log_warning("store", "the embedded redis-server ended (%s %d%s%s); starting it again",
                status < 0 ? "signal" : "exit status", status < 0 ? -status : status,
                b->last_words[0] != '\0' ? "; its last words: " : "", b->last_words);
    plan_start(b);
}

static void signal_it(struct embedded *b, int signum)
{
    if (b->process != NULL)
        process_kill(b->process, signum);
    else if (b->orphan != 0 && is_ours(b, b->orphan))
        kill(b->orphan, signum);
}

/* Ends what another midwatch left, then starts our own. -1: there is nothing to wait for. */
static int begin(struct embedded *b, struct err *e)
{
    b->orphan = find_orphan(b);
    if (b->orphan == 0)
        return spawn(b, e);
    log_notice("store", "ending the redis-server (pid %d) of a midwatch that was killed",
               (int)b->orphan);
    b->killed = false;
    b->stop_by_us = loop_mono_us() + ORPHAN_US;
    signal_it(b, SIGTERM);
    timer_start(&b->watch, WATCH_MS);
    return 0;
}

static void kill_if_late(struct embedded *b)
{
    bool ending = b->stopping || b->orphan != 0;

    if (!ending || b->killed || loop_mono_us() < b->stop_by_us)
        return;
    log_warning("store", "a redis-server does not end; killing it");
    b->killed = true;
    signal_it(b, SIGKILL);
}

static void on_watch(void *arg)
{
    struct embedded *b = arg;
    struct err e;

    kill_if_late(b);
    if (b->orphan != 0 && !is_alive(b->orphan))
        b->orphan = 0;
    if (b->orphan != 0 || (b->stopping && b->process != NULL)) {
        timer_start(&b->watch, WATCH_MS);
    } else if (b->stopping) {
        end_stop(b);
    } else if (b->process == NULL && begin(b, &e) != 0) {
        log_error("store", "redis-server: %s", e.text);
        plan_start(b);
    }
}

void embedded_stop(struct embedded *b, int64_t patience_ms, void (*done)(void *arg), void *arg)
{
    b->stopping = true;
    b->killed = false;
    b->done = done;
    b->arg = arg;
    b->stop_by_us = loop_mono_us() + patience_ms * 1000;
    signal_it(b, SIGTERM);
    timer_start(&b->watch, 0);
}

static void on_closed(void *arg)
{
    struct embedded *b = arg;
    void (*done)(void *) = b->done;
    void *to = b->arg;

    close(b->dir_fd);
    mem_free(b->dir);
    mem_free(b);
    if (done != NULL)
        done(to);
}

int embedded_start(struct loop *l, const char *dir, struct embedded **ret, struct err *e)
{
    const char *program = find_program();
    char absolute[PATH_MAX];

    if (program == NULL)
        return err_set(e,
                       "store.url is embedded, but redis-server is not installed "
                       "(Debian, Ubuntu: apt install redis-server; or name a Redis in store.url)");
    if (realpath(dir, absolute) == NULL)
        return err_set(e, "%s: %s", dir, strerror(errno));
    int fd = open(absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(e, "%s: %s", dir, strerror(errno));
    struct embedded *b = mem_new(struct embedded);
    *b =
        (struct embedded){.loop = l, .dir = mem_strdup(absolute), .dir_fd = fd, .program = program};
    snprintf(b->socket, sizeof b->socket, "/proc/self/fd/%d/" SOCKET_NAME, fd);
    owner_init(&b->owner, on_closed, b);
    timer_init(&b->watch, l, &b->owner, on_watch, b);
    if (begin(b, e) != 0) {
        end_stop(b);
        return -1;
    }
    *ret = b;
    return 0;
}
