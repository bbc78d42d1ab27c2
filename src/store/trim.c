/* trim.c - retention: a little every minute, so that nobody ever waits for it.
 *
 * Happy path: mw_trim takes up to 50 old incidents and deliveries; while it finds as many, again at
 *             once. Then the streams lose what is older, roughly (~), at most 1000 entries a time.
 * Blocks of samples go by themselves: each has its end of life from its first write on.
 * Failures:   whatever it is, the next minute tries again. */
#include <stdio.h>

#include "internal.h"
#include "resp.h"

#define EVERY_MS 60000
#define PIECE    50

static void trim_piece(struct store *s);

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
    commit_put_head(s, &b, KEY_COUNT + 4, "mw_trim");
    resp_int(&b, KEY_COUNT);
    for (int i = 0; i < KEY_COUNT; i++)
        resp_text(&b, s->keys[i]);
    resp_text(&b, "trim");
    resp_int(&b, loop_now_ms() - s->incidents_ms);
    resp_int(&b, PIECE);
    redis_write(s->conn, b.p, b.len);
    redis_expect(s->conn, 1, on_trimmed, s);
    buf_done(&b);
}

static void on_stream_trimmed(void *arg, const redisReply *r)
{
    if (r != NULL && r->type == REDIS_REPLY_ERROR)
        ((struct store *)arg)->facts.errors++;
}

static void trim_stream(struct store *s, enum key k)
{
    char oldest[24];
    const char *argv[] = {"XTRIM", s->keys[k], "MINID", "~", oldest, "LIMIT", "1000", NULL};

    snprintf(oldest, sizeof oldest, "%lld", (long long)(loop_now_ms() - s->incidents_ms));
    redis_command(s->conn, argv, on_stream_trimmed, s);
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
}
