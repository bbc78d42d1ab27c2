/* trim.c - retention: a little every minute, so that nobody ever waits for it.
 *
 * Happy path: mw_trim takes up to 50 old incidents and deliveries; while it finds as many, again at
 *             once. Then the streams lose what is older, roughly (~), at most 1000 entries a time.
 *             Of quiets and overrides, which have no index, about 200 are looked at a minute, and
 *             those that have been over for long enough are taken out.
 * Blocks of samples go by themselves: each has its end of life from its first write on.
 * Failures:   whatever it is, the next minute tries again. */
#include <stdio.h>

#include "base/text.h"
#include "internal.h"
#include "resp.h"
#include "script.h"
#include "wire/state.h"

#define EVERY_MS 60000
#define PIECE    50
#define LOOKED   "200"

static void trim_piece(struct store *s);

static int64_t oldest_ms(const struct store *s)
{
    return loop_now_ms() - s->incidents_ms;
}

static void on_trimmed(void *arg, const redisReply *r)
{
    if (r != NULL && r->type == REDIS_REPLY_INTEGER && r->integer >= PIECE)
        trim_piece(arg);
    else if (r != NULL && r->type == REDIS_REPLY_ERROR)
        ((struct store *)arg)->facts.errors++;
}

static void trim_piece(struct store *s)
{
    struct buf b;

    if (!store_connected(s) || s->closing)
        return;
    buf_init(&b, 1 << 16);
    commit_put_head(s, &b, KEY_COUNT + 4, SCRIPT_TRIM);
    resp_int(&b, KEY_COUNT);
    for (int i = 0; i < KEY_COUNT; i++)
        resp_text(&b, s->keys[i]);
    resp_text(&b, "trim");
    resp_int(&b, oldest_ms(s));
    resp_int(&b, PIECE);
    redis_write(s->conn, b.p, b.len);
    redis_expect(s->conn, 1, on_trimmed, s);
    buf_done(&b);
}

static void on_done(void *arg, const redisReply *r)
{
    if (r != NULL && r->type == REDIS_REPLY_ERROR)
        ((struct store *)arg)->facts.errors++;
}

static void trim_stream(struct store *s, enum key k)
{
    char oldest[24];
    const char *argv[] = {"XTRIM", s->keys[k], "MINID", "~", oldest, "LIMIT", "1000", NULL};

    snprintf(oldest, sizeof oldest, "%lld", (long long)oldest_ms(s));
    redis_command(s->conn, argv, on_done, s);
}

/* --- quiets and overrides --- */

/* Since when it has been over; the future when it is not, or can't be read. One that was taken back
 * before it began is over since then at the latest. */
static int64_t over_since_ms(enum key k, const redisReply *json)
{
    struct quiet q;
    struct kept_override o;

    if (json->type != REDIS_REPLY_STRING)
        return INT64_MAX;
    if (k == KEY_QUIETS && state_read_quiet(json->str, (size_t)json->len, &q, NULL) == 0)
        return q.end_ms > q.created_ms ? q.end_ms : q.created_ms;
    if (k == KEY_OVERRIDES && state_read_override(json->str, (size_t)json->len, &o, NULL) == 0)
        return o.end_ms > o.created_ms ? o.end_ms : o.created_ms;
    return INT64_MAX;
}

static void forget(struct scan *x, const redisReply *pairs)
{
    struct store *s = x->store;
    int64_t upto_ms = oldest_ms(s);
    VEC(const char *) argv = {0};

    vec_push(&argv, (const char *)"HDEL");
    vec_push(&argv, (const char *)s->keys[x->key]);
    for (size_t i = 0; i + 1 < pairs->elements; i += 2) {
        if (pairs->element[i]->type == REDIS_REPLY_STRING &&
            over_since_ms(x->key, pairs->element[i + 1]) < upto_ms)
            vec_push(&argv, (const char *)pairs->element[i]->str);
    }
    if (argv.n > 2) {
        vec_push(&argv, NULL);
        redis_command(s->conn, argv.items, on_done, s);
    }
    vec_done(&argv);
}

static void on_scanned(void *arg, const redisReply *r)
{
    struct scan *x = arg;

    if (r == NULL || x->store->closing)
        return;
    text_copy(x->cursor, sizeof x->cursor, "0");
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
        r->element[0]->type != REDIS_REPLY_STRING || r->element[1]->type != REDIS_REPLY_ARRAY) {
        x->store->facts.errors++;
        return;
    }
    text_copy(x->cursor, sizeof x->cursor, r->element[0]->str);
    forget(x, r->element[1]);
}

static void scan_on(struct scan *x)
{
    struct store *s = x->store;
    const char *argv[] = {"HSCAN", s->keys[x->key], x->cursor, "COUNT", LOOKED, NULL};

    redis_command(s->conn, argv, on_scanned, x);
}

void trim_init(struct store *s)
{
    s->scans[0] = (struct scan){s, KEY_QUIETS, "0"};
    s->scans[1] = (struct scan){s, KEY_OVERRIDES, "0"};
}

void on_trim(void *arg)
{
    struct store *s = arg;

    timer_start(&s->trim, EVERY_MS);
    if (s->session != SESSION_READY)
        return;
    trim_piece(s);
    trim_stream(s, KEY_LEDGER);
    trim_stream(s, KEY_AUDIT);
    scan_on(&s->scans[0]);
    scan_on(&s->scans[1]);
}
