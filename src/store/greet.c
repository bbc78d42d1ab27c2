/* greet.c - who is there, may we, and is it fit to keep pages? In four round trips.
 *
 * Happy path: AUTH, SELECT, CLIENT SETNAME, INFO -> our function, the types of our keys -> an empty
 *             commit, which proves that writing works -> session_greeted().
 * Failures:   each ends in session_fail() with words for an operator. What Redis can do but should
 *             not (evict, forget on a crash) is said in s->why and does not stop us. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "internal.h"
#include "loop/log.h"
#include "move_shared.h"
#include "reply.h"
#include "resp.h"
#include "script.h"

#define VERSION_MIN       60200 /* 6.2.0 */
#define VERSION_FUNCTIONS 70000

/* --- small helpers --- */

static void fail_with(struct store *s, const redisReply *r)
{
    char words[256];

    reply_words(r, words, sizeof words);
    if (words[0] == '\0')
        text_copy(words, sizeof words, "redis gave an unexpected answer");
    session_fail(s, words, reply_class(r) == REPLY_LATER ? 0 : BACKOFF_LONG_MS);
}

/* "name:value\r\n" out of INFO; "" when it is not there. */
static void info_value(const char *info, const char *name, char *dst, size_t size)
{
    size_t n = strlen(name);

    dst[0] = '\0';
    for (const char *line = info; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, n) != 0 || line[n] != ':')
            continue;
        size_t len = strcspn(line + n + 1, "\r\n");
        snprintf(dst, size, "%.*s", (int)(len < size ? len : size - 1), line + n + 1);
        return;
    }
}

static int version_number(const char *text)
{
    int number = 0;

    for (int i = 0; i < 3; i++) {
        char *end = NULL;
        long part = strtol(text, &end, 10);
        number = number * 100 + (int)(part < 0 || part > 99 ? 99 : part);
        text = *end == '.' ? end + 1 : end;
    }
    return number;
}

/* --- fourth: an empty commit --- */

static void on_probe(void *arg, const redisReply *r)
{
    struct store *s = arg;
    bool lost = false;

    if (r == NULL)
        return;
    if (reply_class(r) == REPLY_RELOAD) { /* it has an older one, and was too full for ours */
        session_fail(s, "redis is at its memory limit (maxmemory) and can't load our function",
                     BACKOFF_LONG_MS);
        return;
    }
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 3) {
        fail_with(s, r);
        return;
    }
    const redisReply *writer = r->element[1], *seq = r->element[2];
    if (writer->type == REDIS_REPLY_STRING && text_eq(writer->str, s->writer))
        lost = seq->type == REDIS_REPLY_STRING && strtoll(seq->str, NULL, 10) < s->seq_covered;
    else if (writer->type == REDIS_REPLY_STRING && writer->len > 0)
        lost = s->seq_covered > 0;
    else
        lost = s->seq_kept > 0;
    if (lost)
        log_warning(
            "store",
            "redis does not have all it had when it was last here; writing the open state again");
    session_greeted(s, lost);
}

static void probe(struct store *s)
{
    struct commit nothing = {.at_ms = loop_now_ms()};
    struct unit u;
    struct buf head;

    if (commit_pack(s, &nothing, &u) != 0)
        return;
    s->seq--; /* it changes nothing, so it counts for nothing */
    buf_init(&head, 256);
    commit_put_head(s, &head, u.count, SCRIPT_COMMIT);
    redis_write(s->conn, head.p, head.len);
    redis_write(s->conn, u.p, u.n);
    redis_expect(s->conn, 1, on_probe, s);
    buf_done(&head);
    mem_free(u.p);
}

/* --- third: our keys --- */

static void on_type(void *arg, const redisReply *r)
{
    struct store *s = arg;
    enum key k = (enum key)s->types_seen;
    char why[256];

    if (r == NULL)
        return;
    if (r->type != REDIS_REPLY_STATUS) {
        fail_with(s, r);
        return;
    }
    if (!text_eq(r->str, "none") && !text_eq(r->str, key_type(k))) {
        snprintf(why, sizeof why,
                 "key %.120s holds a %.20s, not our %s: another program uses this name", s->keys[k],
                 r->str, key_type(k));
        session_fail(s, why, BACKOFF_LONG_MS);
        return;
    }
    if (++s->types_seen == KEY_COUNT)
        probe(s);
}

/* Ids of our entries go on from the newest there is, whatever our clock says now. */
static void on_newest(void *arg, const redisReply *r)
{
    struct store *s = arg;

    if (r == NULL || r->type != REDIS_REPLY_ARRAY || r->elements == 0 ||
        r->element[0]->elements == 0)
        return;
    int64_t ms = strtoll(r->element[0]->element[0]->str, NULL, 10);
    if (ms >= s->entry_ms) {
        s->entry_ms = ms + 1;
        s->entry_part = 0;
    }
}

/* An import that was killed in the middle, or is under way: this is not a state to go on from. */
static void on_marker(void *arg, const redisReply *r)
{
    char why[160];

    if (r == NULL || r->type != REDIS_REPLY_STRING)
        return;
    snprintf(why, sizeof why,
             "an import, begun %.40s, is not finished: end it, or `midwatch import FILE --replace`",
             r->str);
    session_fail(arg, why, BACKOFF_LONG_MS);
}

static void ask_keys(struct store *s)
{
    const char *marker[] = {"HGET", s->keys[KEY_META], MOVE_MARKER, NULL};

    s->types_seen = 0;
    redis_command(s->conn, marker, on_marker, s);
    for (int i = 0; i < 2; i++) {
        const char *newest[] = {
            "XREVRANGE", s->keys[i == 0 ? KEY_LEDGER : KEY_AUDIT], "+", "-", "COUNT", "1", NULL};
        redis_command(s->conn, newest, on_newest, s);
    }
    for (int i = 0; i < KEY_COUNT; i++) {
        const char *type[] = {"TYPE", s->keys[i], NULL};
        redis_command(s->conn, type, on_type, s);
    }
}

/* --- second: our function --- */

static void on_script(void *arg, const redisReply *r)
{
    struct store *s = arg;

    if (r == NULL)
        return;
    if (r->type != REDIS_REPLY_STRING) {
        fail_with(s, r);
        return;
    }
    text_copy(s->script_sha, sizeof s->script_sha, r->str);
    ask_keys(s);
}

static void load_script(struct store *s)
{
    static const char *const argv[] = {"SCRIPT", "LOAD", script_text, NULL};

    redis_command(s->conn, argv, on_script, s);
}

/* Some servers say they are a 7 and know no functions. One that is full takes no function, but
 * the one that it has still runs, if it is of our making: the probe tells. */
static void on_function(void *arg, const redisReply *r)
{
    struct store *s = arg;

    if (r == NULL)
        return;
    if (r->type == REDIS_REPLY_ERROR && text_starts(r->str, "ERR unknown command")) {
        load_script(s);
    } else if (r->type == REDIS_REPLY_ERROR && reply_class(r) != REPLY_FULL) {
        fail_with(s, r);
    } else {
        s->script_sha[0] = '\0';
        ask_keys(s);
    }
}

static void load_function(struct store *s)
{
    static const char *const argv[] = {"FUNCTION", "LOAD", "REPLACE", script_library, NULL};

    if (s->version < VERSION_FUNCTIONS)
        load_script(s);
    else
        redis_command(s->conn, argv, on_function, s);
}

/* --- first: who is there --- */

static void say_of(struct store *s, const char *fact)
{
    size_t n = strlen(s->why);

    snprintf(s->why + n, sizeof s->why - n, "; %s", fact);
}

static void judge_settings(struct store *s, const char *info)
{
    char value[64];

    info_value(info, "maxmemory_policy", value, sizeof value);
    if (value[0] == '\0')
        say_of(s, "maxmemory-policy can't be checked");
    else if (!text_eq(value, "noeviction"))
        say_of(s, "maxmemory-policy is not noeviction: redis may throw our keys away");
    info_value(info, "aof_enabled", value, sizeof value);
    if (value[0] == '\0')
        say_of(s, "appendonly can't be checked");
    else if (value[0] == '0')
        say_of(s, "appendonly is off: a crash of redis loses what came after its last snapshot");
}

static void note_server(struct store *s, const char *info)
{
    char redis[32], valkey[32], where[96];

    info_value(info, "redis_version", redis, sizeof redis);
    info_value(info, "valkey_version", valkey, sizeof valkey);
    if (s->url.embedded)
        text_copy(where, sizeof where, "embedded");
    else if (s->url.unix_path[0] != '\0')
        snprintf(where, sizeof where, "%.80s", s->url.unix_path);
    else
        snprintf(where, sizeof where, "%.70s:%d", s->url.host, s->url.port);
    s->version = version_number(redis);
    snprintf(s->server, sizeof s->server, "%s %s%s", valkey[0] != '\0' ? "valkey" : "redis",
             valkey[0] != '\0' ? valkey : redis, s->url.embedded ? " (embedded)" : "");
    snprintf(s->why, sizeof s->why, "%s at %s", s->server, where);
}

static void on_info(void *arg, const redisReply *r)
{
    struct store *s = arg;
    char value[32], why[96];

    if (r == NULL)
        return;
    if (r->type != REDIS_REPLY_STRING) {
        if (r->type == REDIS_REPLY_ERROR && !text_starts(r->str, "NOPERM")) {
            fail_with(s, r);
            return;
        }
        s->version = VERSION_FUNCTIONS;
        text_copy(s->server, sizeof s->server, "redis");
        text_copy(s->why, sizeof s->why,
                  "redis; its version and settings can't be checked (no right to INFO)");
        load_function(s);
        return;
    }
    note_server(s, r->str);
    info_value(r->str, "loading", value, sizeof value);
    if (value[0] == '1') {
        session_fail(s, "redis is still loading its data", 0);
        return;
    }
    if (s->version < VERSION_MIN) {
        snprintf(why, sizeof why, "%.40s is too old: 6.2 or later, or Valkey, is needed",
                 s->server);
        session_fail(s, why, BACKOFF_LONG_MS);
        return;
    }
    judge_settings(s, r->str);
    load_function(s);
}

static void on_must(void *arg, const redisReply *r)
{
    if (r != NULL && r->type == REDIS_REPLY_ERROR)
        fail_with(arg, r);
}

static void on_may(void *arg, const redisReply *r)
{
    (void)arg, (void)r;
}

void greet_start(struct store *s)
{
    static const char *const name[] = {"CLIENT", "SETNAME", "midwatch", NULL};
    static const char *const info[] = {"INFO", NULL};
    const char *with_user[] = {"AUTH", s->url.user, s->url.password, NULL};
    const char *without[] = {"AUTH", s->url.password, NULL};
    char db[16];
    const char *select[] = {"SELECT", db, NULL};

    if (s->url.password[0] != '\0')
        redis_command(s->conn, s->url.user[0] != '\0' ? with_user : without, on_must, s);
    snprintf(db, sizeof db, "%d", s->url.db);
    if (s->url.db != 0)
        redis_command(s->conn, select, on_must, s);
    redis_command(s->conn, name, on_may, s);
    redis_command(s->conn, info, on_info, s);
}
