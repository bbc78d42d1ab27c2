/* server.h - a redis-server of the test's own, and a store on a loop of its own. Everything lives
 * in one temporary directory; world_done() kills and removes whatever is left, and so does the
 * death of the test program (PR_SET_PDEATHSIG). */
#ifndef TESTS_UNIT_STORE_SERVER_H
#define TESTS_UNIT_STORE_SERVER_H

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/config.h"
#include "store/keys.h"
#include "store/store.h"
#include "unit.h"

#define PATIENCE_US INT64_C(20000000)

struct world {
    char dir[64];
    char socket[96];
    char url[512];
    pid_t redis;
    struct loop loop;
    struct resolver *resolver;
    struct config config;
    struct store *store;
    struct stored ready, found; /* copies of what on_ready and on_found said */
    int readies, founds;
    bool away;
    enum store_state state;
    int state_changes;
    char why[512];
    int snapshots;
    struct region_seen regions[64];
    size_t n_regions;
    int beats;
    void (*fill)(struct commit *c);
    int kept, lost; /* ends of commits */
    int order[4096];
    bool closed;
};

/* --- the server --- */

/* Runs a program in w->dir, its output thrown away. */
static inline void exec_quietly(const struct world *w, const char *const *argv)
{
    int null = open("/dev/null", O_RDWR);

    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    if (chdir(w->dir) == 0)
        execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static inline int run_quietly(const struct world *w, const char *const *argv)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0)
        exec_quietly(w, argv);
    waitpid(pid, &status, 0);
    return status;
}

static inline redisContext *redis_client(const struct world *w)
{
    struct timeval patience = {5, 0};
    redisContext *c = redisConnectUnixWithTimeout(w->socket, patience);

    if (c != NULL && c->err == 0) {
        redisSetTimeout(c, patience);
        return c;
    }
    if (c != NULL)
        redisFree(c);
    return NULL;
}

/* Runs a command; the answer's text ("" nil, numbers in decimal) in a static buffer. */
static inline const char *redis_say(const struct world *w, const char *fmt, ...) MW_PRINTF(2, 3);
static inline const char *redis_say(const struct world *w, const char *fmt, ...)
{
    static char text[65536];
    redisContext *c = redis_client(w);
    va_list ap;

    if (c == NULL)
        return "no connection";
    va_start(ap, fmt);
    redisReply *r = redisvCommand(c, fmt, ap);
    va_end(ap);
    text[0] = '\0';
    if (r == NULL)
        snprintf(text, sizeof text, "no answer");
    else if (r->type == REDIS_REPLY_INTEGER)
        snprintf(text, sizeof text, "%lld", r->integer);
    else if (r->type == REDIS_REPLY_ARRAY)
        snprintf(text, sizeof text, "%zu", r->elements);
    else if (r->str != NULL)
        snprintf(text, sizeof text, "%s", r->str);
    if (r != NULL)
        freeReplyObject(r);
    redisFree(c);
    return text;
}

static inline void redis_wait(const struct world *w)
{
    for (int64_t end = loop_mono_us() + PATIENCE_US; loop_mono_us() < end; usleep(5000)) {
        const char *text = redis_say(w, "PING");
        if (text_eq(text, "PONG") || text_starts(text, "NOAUTH") || text_starts(text, "NOPERM"))
            return;
    }
    fail_msg("redis-server does not answer");
}

/* `more`: words cut at blanks, behind the ones that every server here has. */
static inline void redis_start(struct world *w, const char *more)
{
    char copy[1024];
    const char *argv[48] = {"redis-server", "--port", "0", "--unixsocket", w->socket, "--save", "",
                            "--daemonize",  "no"};
    int n = 9;
    pid_t parent = getpid();

    snprintf(copy, sizeof copy, "%s", more);
    for (char *word = copy; *word != '\0' && n < 47;) {
        size_t len = strcspn(word, " ");
        bool last = word[len] == '\0';
        word[len] = '\0';
        argv[n++] = word;
        word += len + (last ? 0 : 1);
    }
    w->redis = fork();
    if (w->redis == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            exec_quietly(w, argv);
        _exit(127);
    }
    redis_wait(w);
}

static inline void redis_kill(struct world *w)
{
    if (w->redis <= 0)
        return;
    kill(w->redis, SIGKILL);
    waitpid(w->redis, NULL, 0);
    w->redis = 0;
}

#define REDIS_AOF "--appendonly yes"

/* --- the store --- */

static inline void copy_stored(struct stored *to, const struct stored *from)
{
    stored_done(to);
    for (size_t i = 0; i < from->monitors.n; i++)
        vec_push(&to->monitors, from->monitors.items[i]);
    for (size_t i = 0; i < from->incidents.n; i++)
        vec_push(&to->incidents, from->incidents.items[i]);
    for (size_t i = 0; i < from->deliveries.n; i++)
        vec_push(&to->deliveries, from->deliveries.items[i]);
    for (size_t i = 0; i < from->quiets.n; i++)
        vec_push(&to->quiets, from->quiets.items[i]);
    for (size_t i = 0; i < from->overrides.n; i++)
        vec_push(&to->overrides, from->overrides.items[i]);
}

static inline void world_on_ready(void *arg, const struct stored *s, bool away)
{
    struct world *w = arg;

    w->readies++;
    w->away = away;
    copy_stored(&w->ready, s);
}

static inline void world_on_found(void *arg, const struct stored *s)
{
    struct world *w = arg;

    w->founds++;
    copy_stored(&w->found, s);
}

static inline void world_on_state(void *arg, enum store_state state, const char *why)
{
    struct world *w = arg;

    w->state = state;
    w->state_changes++;
    snprintf(w->why, sizeof w->why, "%s", why);
}

static inline void world_on_snapshot(void *arg, struct commit *c)
{
    struct world *w = arg;

    w->snapshots++;
    if (w->fill != NULL)
        w->fill(c);
}

static inline void world_on_regions(void *arg, const struct region_seen *regions, size_t n)
{
    struct world *w = arg;

    assert_in_range(n, 0, sizeof w->regions / sizeof w->regions[0]);
    memcpy(w->regions, regions, n * sizeof *regions);
    w->n_regions = n;
    w->beats++;
}

static inline void world_on_kept(void *arg, bool kept)
{
    struct world *w = arg;

    if (kept)
        w->kept++;
    else
        w->lost++;
}

static inline void world_on_closed(void *arg)
{
    struct world *w = arg;

    w->closed = true;
    w->store = NULL;
}

static inline int world_setup(void **state)
{
    struct world *w = mem_new(struct world);
    struct err e;

    snprintf(w->dir, sizeof w->dir, "/tmp/mwstoreXXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->socket, sizeof w->socket, "%s/own.sock", w->dir);
    snprintf(w->url, sizeof w->url, "unix://%s", w->socket);
    assert_int_equal(loop_init(&w->loop, &e), 0);
    w->resolver = resolver_new(&w->loop, &e);
    assert_non_null(w->resolver);
    w->config.name = "test";
    w->config.region = "here";
    w->config.store.url = w->url;
    w->config.store.connect_timeout_ms = 2000;
    w->config.store.command_timeout_ms = 1000;
    *state = w;
    return 0;
}

static inline char *store_dir(struct world *w)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/store", w->dir);
    return path;
}

static inline int try_open(struct world *w, struct err *e)
{
    static const struct store_events ev = {.on_ready = world_on_ready,
                                           .on_found = world_on_found,
                                           .on_state = world_on_state,
                                           .on_snapshot = world_on_snapshot,
                                           .on_regions = world_on_regions};
    int rc;

    w->config.store.dir = store_dir(w);
    w->state = STORE_CONNECTING;
    w->readies = w->founds = w->state_changes = w->kept = w->lost = w->snapshots = 0;
    w->beats = 0;
    w->closed = false;
    rc = store_open(&w->loop, w->resolver, &w->config, &ev, w, &w->store, e);
    return rc;
}

static inline void open_store(struct world *w)
{
    struct err e = {""};

    if (try_open(w, &e) != 0)
        fail_msg("%s", e.text);
}

#define pump_until(w, condition)                                                                   \
    do {                                                                                           \
        int64_t end_us_ = loop_mono_us() + PATIENCE_US;                                            \
        while (!(condition)) {                                                                     \
            if (loop_mono_us() > end_us_)                                                          \
                fail_msg("waited in vain for %s (state %d: %s)", #condition, (w)->state,           \
                         (w)->why);                                                                \
            uv_run(&(w)->loop.uv, UV_RUN_ONCE);                                                    \
        }                                                                                          \
    } while (0)

static inline void close_store(struct world *w)
{
    store_close(w->store, world_on_closed, w);
    pump_until(w, w->closed);
}

/* A daemon that is killed: its files and its connection stay as they are at this instant. We can't
 * kill ourselves, so the work of a doomed daemon is done in a child. */
static inline void in_child(struct world *w, void (*work)(struct world *w))
{
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        uv_loop_fork(&w->loop.uv);
        work(w);
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, NULL, 0);
}

static inline int world_teardown(void **state)
{
    struct world *w = *state;
    const char *const rm[] = {"rm", "-rf", w->dir, NULL};

    if (w->redis > 0)
        kill(w->redis, SIGCONT);
    if (w->store != NULL)
        close_store(w);
    resolver_close(w->resolver);
    loop_done(&w->loop);
    redis_kill(w);
    stored_done(&w->ready);
    stored_done(&w->found);
    run_quietly(w, rm);
    mem_free(w);
    return 0;
}

#endif
