/* talk.c - opening, asking, closing, all of it while the caller waits.
 *
 * Happy path: connect, AUTH, SELECT, wait until it is loaded -> questions and answers -> close, and
 *             the redis-server that we started ends.
 * Failures:   the end of the connection ends the question under way and every later one; an answer
 *             that does not come for long ends the connection. */
#include "talk.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "dir.h"
#include "embedded.h"
#include "reply.h"
#include "resp.h"
#include "url.h"

#define WATCH_MS   100
#define SILENCE_US INT64_C(30000000) /* at least: a big transaction takes its time */
#define START_US   INT64_C(10000000) /* for a server of ours to listen */
#define LOADING_US INT64_C(600000000)
#define OUT_MAX    ((size_t)48 << 20)
#define SCAN_COUNT "500"

struct talk {
    struct loop loop;
    struct owner owner;
    struct timer watch;
    struct resolver *resolver;
    struct redis *conn; /* NULL: ended */
    bool opened, embedded_gone;
    char why[256]; /* of the end */
    struct embedded *embedded;
    int lock_fd, dir_fd;
    char joined[64]; /* the socket of somebody else's redis-server */
    struct store_url url;
    const struct config *config;
    int64_t asked_us, silence_us;
    struct buf out;

    /* the question under way */
    unsigned left;
    talk_fn *each;
    void *arg;
    struct err *e;
    bool failed;
    struct walk walk;
    bool walking;
};

const char *talk_space(const struct talk *t)
{
    return t->config->name != NULL ? t->config->name : "midwatch";
}

bool talk_is_private(const struct talk *t)
{
    return t->embedded != NULL;
}

size_t talk_key(const struct talk *t, char dst[KEY_SIZE], const char *rest)
{
    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:%s", talk_space(t), rest);
}

struct buf *talk_out(struct talk *t)
{
    return &t->out;
}

/* --- the connection --- */

static void on_open(void *arg)
{
    ((struct talk *)arg)->opened = true;
}

static void on_end(void *arg, const char *why)
{
    struct talk *t = arg;

    t->conn = NULL;
    text_copy(t->why, sizeof t->why, why);
}

/* The loop turns at least so often, whatever Redis does. */
static void on_watch(void *arg)
{
    struct talk *t = arg;
    char why[96];

    timer_start(&t->watch, WATCH_MS);
    if (t->conn == NULL || t->left == 0 || loop_mono_us() - t->asked_us < t->silence_us)
        return;
    snprintf(why, sizeof why, "redis has not answered for %lld s",
             (long long)(t->silence_us / 1000000));
    redis_close(t->conn, why);
}

static void connect_now(struct talk *t)
{
    static const struct redis_events ev = {on_open, on_end};
    const struct config *c = t->config;
    struct stream_tls tls = {.server_name = t->url.host,
                             .ca_file = c->store.ca_file,
                             .cert_file = c->store.cert_file,
                             .key_file = c->store.key_file};
    struct stream_target to = {
        .connect_timeout_ms = c->store.connect_timeout_ms > 0 ? c->store.connect_timeout_ms : 5000};

    t->opened = false;
    if (t->embedded != NULL) {
        to.unix_path = embedded_socket(t->embedded);
    } else if (t->joined[0] != '\0') {
        to.unix_path = t->joined;
    } else if (t->url.unix_path[0] != '\0') {
        to.unix_path = t->url.unix_path;
    } else {
        to.host = t->url.host;
        to.port = t->url.port;
        to.tls = t->url.tls ? &tls : NULL;
    }
    t->conn = redis_open(&t->loop, t->resolver, &to, &ev, t);
    while (t->conn != NULL && !t->opened)
        loop_turn(&t->loop);
}

void talk_wait(struct talk *t, int64_t ms)
{
    for (int64_t end_us = loop_mono_us() + ms * 1000; loop_mono_us() < end_us;)
        loop_turn(&t->loop);
}

/* A server of ours needs a moment until it listens. */
static int connect_soon(struct talk *t, struct err *e)
{
    int64_t end_us = loop_mono_us() + (t->embedded != NULL ? START_US : 0);

    for (;;) {
        if (t->embedded == NULL || embedded_running(t->embedded))
            connect_now(t);
        if (t->conn != NULL)
            return 0;
        if (loop_mono_us() >= end_us)
            return err_set(e, "%s", t->why[0] != '\0' ? t->why : "redis-server does not start");
        talk_wait(t, 10);
    }
}

/* --- questions --- */

static void take_failure(struct talk *t, const redisReply *r)
{
    char words[256];

    reply_words(r, words, sizeof words);
    err_set(t->e, "%s", words);
    t->failed = true;
}

static void on_reply(void *arg, const redisReply *r)
{
    struct talk *t = arg;

    t->asked_us = loop_mono_us();
    if (r == NULL)
        return; /* on_end() tells */
    t->left--;
    if (t->failed)
        return;
    if (r->type == REDIS_REPLY_ERROR)
        take_failure(t, r);
    else if (t->each != NULL && t->each(t->arg, r, t->e) != 0)
        t->failed = true;
}

static void on_bytes(void *arg, const char *p, size_t n)
{
    struct talk *t = arg;
    size_t before = t->walk.answers;

    t->asked_us = loop_mono_us();
    if (walk_feed(&t->walk, p, n, t->e) != 0) {
        t->failed = true;
        redis_close(t->conn, "an answer that can't be used");
        return;
    }
    t->left -= (unsigned)(t->walk.answers - before);
}

/* Until all answers are in. */
static int wait_answers(struct talk *t)
{
    while (t->conn != NULL && t->left > 0)
        loop_turn(&t->loop);
    if (t->left > 0 && !t->failed)
        return err_set(t->e, "the connection ended: %s", t->why);
    return t->failed ? -1 : 0;
}

/* False: it ended long ago. */
static bool begin_question(struct talk *t, unsigned n, struct err *e)
{
    t->left = n;
    t->e = e;
    t->failed = false;
    t->asked_us = loop_mono_us();
    if (t->conn != NULL)
        return true;
    buf_clear(&t->out);
    err_set(e, "the connection ended: %s", t->why);
    return false;
}

int talk_send(struct talk *t, unsigned n, talk_fn *each, void *arg, struct err *e)
{
    if (n == 0)
        return 0;
    if (!begin_question(t, n, e))
        return -1;
    t->each = each;
    t->arg = arg;
    redis_write(t->conn, t->out.p, t->out.len);
    redis_expect(t->conn, n, on_reply, t);
    buf_clear(&t->out);
    return wait_answers(t);
}

int talk_send_walk(struct talk *t, unsigned n, size_t max_text, walk_fn *each, void *arg,
                   struct err *e)
{
    int rc;

    if (!begin_question(t, n, e))
        return -1;
    walk_init(&t->walk, max_text, each, arg);
    redis_raw(t->conn, on_bytes, t);
    redis_write(t->conn, t->out.p, t->out.len);
    buf_clear(&t->out);
    rc = wait_answers(t);
    if (t->conn != NULL)
        redis_raw(t->conn, NULL, NULL);
    walk_done(&t->walk);
    return rc;
}

int talk_ask(struct talk *t, const char *const *argv, talk_fn *each, void *arg, struct err *e)
{
    size_t n = 0;

    while (argv[n] != NULL)
        n++;
    resp_open(&t->out, n);
    for (size_t i = 0; i < n; i++)
        resp_text(&t->out, argv[i]);
    return talk_send(t, 1, each, arg, e);
}

static int read_number(void *arg, const redisReply *r, struct err *e)
{
    if (r->type != REDIS_REPLY_INTEGER)
        return err_set(e, "redis gave an unexpected answer");
    *(int64_t *)arg = r->integer;
    return 0;
}

int talk_number(struct talk *t, const char *const *argv, int64_t *ret, struct err *e)
{
    return talk_ask(t, argv, read_number, ret, e);
}

static int read_time(void *arg, const redisReply *r, struct err *e)
{
    int64_t s, us;

    if (r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
        r->element[0]->type != REDIS_REPLY_STRING || r->element[1]->type != REDIS_REPLY_STRING ||
        text_int(r->element[0]->str, 0, INT64_MAX / 1000 - 1, &s, NULL) != 0 ||
        text_int(r->element[1]->str, 0, 999999, &us, NULL) != 0)
        return err_set(e, "redis does not know what time it is");
    *(int64_t *)arg = s * 1000 + us / 1000;
    return 0;
}

int talk_now(struct talk *t, int64_t *ret_ms, struct err *e)
{
    static const char *const argv[] = {"TIME", NULL};

    return talk_ask(t, argv, read_time, ret_ms, e);
}

/* --- all keys --- */

struct scanning {
    talk_keys_fn *each;
    void *arg;
    char cursor[24];
    redisReply *page; /* taken out of the answer: `each` asks more before it is freed */
};

static int take_page(void *arg, const redisReply *r, struct err *e)
{
    struct scanning *s = arg;

    if (r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
        r->element[0]->type != REDIS_REPLY_STRING || r->element[1]->type != REDIS_REPLY_ARRAY)
        return err_set(e, "redis gave an unexpected answer to SCAN");
    text_copy(s->cursor, sizeof s->cursor, r->element[0]->str);
    s->page = r->element[1];
    ((redisReply *)(uintptr_t)r)->elements = 1; /* the page is ours now */
    return 0;
}

/* `*`, `?`, `[`, `\` of a name stand for themselves. */
static void put_pattern(const struct talk *t, char dst[2 * KEY_SIZE])
{
    char prefix[KEY_SIZE];
    size_t n = 0;

    talk_key(t, prefix, "");
    for (const char *p = prefix; *p != '\0'; p++) {
        if (strchr("*?[]\\^-", *p) != NULL)
            dst[n++] = '\\';
        dst[n++] = *p;
    }
    dst[n++] = '*';
    dst[n] = '\0';
}

int talk_scan(struct talk *t, talk_keys_fn *each, void *arg, struct err *e)
{
    struct scanning s = {each, arg, "0", NULL};
    char pattern[2 * KEY_SIZE];
    int rc = 0;

    put_pattern(t, pattern);
    do {
        const char *argv[] = {"SCAN", s.cursor, "MATCH", pattern, "COUNT", SCAN_COUNT, NULL};
        s.page = NULL;
        rc = talk_ask(t, argv, take_page, &s, e);
        if (rc == 0 && s.page->elements > 0)
            rc = each(arg, s.page, e);
        if (s.page != NULL)
            freeReplyObject(s.page);
    } while (rc == 0 && !text_eq(s.cursor, "0"));
    return rc;
}

/* --- opening --- */

static bool is_loading(const struct err *e)
{
    return strstr(e->text, "LOADING") != NULL;
}

static int greet(struct talk *t, struct err *e)
{
    static const char *const name[] = {"CLIENT", "SETNAME", "midwatch-command", NULL};
    static const char *const ping[] = {"PING", NULL};
    const char *with_user[] = {"AUTH", t->url.user, t->url.password, NULL};
    const char *without[] = {"AUTH", t->url.password, NULL};
    char db[16];
    const char *select[] = {"SELECT", db, NULL};
    int64_t end_us = loop_mono_us() + LOADING_US;
    struct err ignored;

    if (t->url.password[0] != '\0' &&
        talk_ask(t, t->url.user[0] != '\0' ? with_user : without, NULL, NULL, e) != 0)
        return -1;
    snprintf(db, sizeof db, "%d", t->url.db);
    if (t->url.db != 0 && talk_ask(t, select, NULL, NULL, e) != 0)
        return -1;
    (void)!talk_ask(t, name, NULL, NULL, &ignored);
    while (talk_ask(t, ping, NULL, NULL, e) != 0) {
        if (!is_loading(e) || loop_mono_us() > end_us)
            return -1;
        talk_wait(t, 50);
    }
    return 0;
}

/* Whose redis-server will it be? */
static int open_embedded(struct talk *t, const char *dir, struct err *e)
{
    struct stat there;

    if (t->lock_fd >= 0)
        return embedded_start(&t->loop, dir, &t->embedded, e);
    t->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(t->joined, sizeof t->joined, "/proc/self/fd/%d/redis.sock", t->dir_fd);
    if (t->dir_fd < 0 || stat(t->joined, &there) != 0)
        return err_set(e, "%s has no redis.sock: is its midwatch just starting?", dir);
    return 0;
}

/* Who reads needs no lock but to run a redis-server; who writes always does. */
static int take_lock(struct talk *t, enum talk_for what, bool *ret_no, struct err *e)
{
    const char *dir = t->config->store.dir;
    struct err why;

    if (what == TALK_READ && !t->url.embedded)
        return 0;
    if (what == TALK_READ && access(dir, F_OK) != 0)
        return err_set(
            e,
            "%s is not there: nothing was ever kept in it (`store.dir` is seen from the working "
            "directory)",
            dir);
    if (dir_make(dir, e) != 0)
        return -1;
    if (dir_lock(dir, &t->lock_fd, &why) == 0 || what == TALK_READ)
        return 0;
    *ret_no = true;
    return err_set(e, "%s; stop it first", why.text);
}

static int open_talk(struct talk *t, enum talk_for what, bool *ret_no, struct err *e)
{
    const struct config *c = t->config;
    const char *url = c->store.url != NULL ? c->store.url : "embedded";

    if (store_url_parse(url, &t->url, e) != 0)
        return err_wrap(e, "store.url");
    if (take_lock(t, what, ret_no, e) != 0)
        return -1;
    if (t->url.embedded && open_embedded(t, c->store.dir, e) != 0)
        return -1;
    if (connect_soon(t, e) != 0 || greet(t, e) != 0)
        return err_wrap(e, "the store at %s",
                        c->store.shown_url != NULL ? c->store.shown_url : "store.url");
    return 0;
}

int talk_open(const struct config *c, enum talk_for what, struct talk **ret, bool *ret_no,
              struct err *e)
{
    struct talk *t = mem_new(struct talk);

    *ret_no = false;
    t->config = c;
    t->lock_fd = t->dir_fd = -1;
    t->silence_us = SILENCE_US;
    if (c->store.command_timeout_ms * 1000 > SILENCE_US)
        t->silence_us = c->store.command_timeout_ms * 1000;
    buf_init(&t->out, OUT_MAX);
    if (loop_init(&t->loop, e) != 0) {
        mem_free(t);
        return -1;
    }
    owner_init(&t->owner, NULL, NULL);
    timer_init(&t->watch, &t->loop, &t->owner, on_watch, t);
    timer_start(&t->watch, WATCH_MS);
    t->resolver = resolver_new(&t->loop, e);
    if (t->resolver == NULL || open_talk(t, what, ret_no, e) != 0) {
        talk_close(t);
        return -1;
    }
    *ret = t;
    return 0;
}

static void on_embedded_gone(void *arg)
{
    ((struct talk *)arg)->embedded_gone = true;
}

void talk_close(struct talk *t)
{
    if (t == NULL)
        return;
    t->left = 0;
    if (t->conn != NULL)
        redis_close(t->conn, "done");
    while (t->conn != NULL)
        loop_turn(&t->loop);
    if (t->embedded != NULL)
        embedded_stop(t->embedded, START_US, on_embedded_gone, t);
    while (t->embedded != NULL && !t->embedded_gone)
        loop_turn(&t->loop);
    if (t->resolver != NULL)
        resolver_close(t->resolver);
    timer_close(&t->watch);
    owner_close(&t->owner);
    loop_done(&t->loop);
    if (t->lock_fd >= 0)
        close(t->lock_fd);
    if (t->dir_fd >= 0)
        close(t->dir_fd);
    buf_done(&t->out);
    explicit_bzero(&t->url, sizeof t->url);
    mem_free(t);
}
