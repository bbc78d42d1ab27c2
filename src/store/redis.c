/* redis.c - hiredis's reader over our own stream.
 *
 * Happy path: bytes go to the stream, which sends what a turn wrote in one piece; replies come back
 *             in order and go to the oldest pending entry.
 * Failures:   the stream ends, or the bytes are no RESP -> every pending entry gets NULL, in order,
 *             then on_end. A deadline is the caller's: redis_oldest_us() and redis_close(). */
#include "redis.h"

#include <assert.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "resp.h"

struct pending {
    struct pending *next;
    unsigned left;
    int64_t sent_us;
    redis_reply_fn *fn;
    void *arg;
};

struct redis {
    struct stream *stream;
    redisReader *reader;
    struct redis_events ev;
    void *arg;
    bool closing, ended;
    struct pending *first, **last;
    redis_bytes_fn *raw; /* NULL: replies go by the reader */
    void *raw_arg;
    int64_t roundtrip_us, answered_us;
    struct octaves *roundtrips; /* NULL: nobody counts */
    char why[256];
};

void redis_write(struct redis *c, const void *p, size_t n)
{
    if (!c->closing)
        stream_write(c->stream, p, n);
}

void redis_expect(struct redis *c, unsigned replies, redis_reply_fn *fn, void *arg)
{
    struct pending *p = mem_new(struct pending);

    assert(replies > 0);
    *p = (struct pending){.left = replies, .sent_us = loop_mono_us(), .fn = fn, .arg = arg};
    *c->last = p;
    c->last = &p->next;
}

void redis_command(struct redis *c, const char *const *argv, redis_reply_fn *fn, void *arg)
{
    struct buf b;
    size_t n = 0;

    while (argv[n] != NULL)
        n++;
    buf_init(&b, SIZE_MAX);
    resp_open(&b, n);
    for (size_t i = 0; i < n; i++)
        resp_text(&b, argv[i]);
    redis_write(c, b.p, b.len);
    buf_done(&b);
    redis_expect(c, 1, fn, arg);
}

void redis_raw(struct redis *c, redis_bytes_fn *fn, void *arg)
{
    assert(c->first == NULL);
    c->raw = fn;
    c->raw_arg = arg;
}

size_t redis_queued(const struct redis *c)
{
    return c->ended ? 0 : stream_queued(c->stream);
}

int64_t redis_oldest_us(const struct redis *c)
{
    if (c->first == NULL)
        return 0;
    return c->first->sent_us > c->answered_us ? c->first->sent_us : c->answered_us;
}

void redis_count(struct redis *c, struct octaves *roundtrips)
{
    c->roundtrips = roundtrips;
}

int64_t redis_roundtrip_us(const struct redis *c)
{
    return c->roundtrip_us;
}

static struct pending *take_first(struct redis *c)
{
    struct pending *p = c->first;

    c->first = p->next;
    if (c->first == NULL)
        c->last = &c->first;
    return p;
}

void redis_close(struct redis *c, const char *why)
{
    if (c->closing)
        return;
    c->closing = true;
    text_copy(c->why, sizeof c->why, why);
    if (!c->ended)
        stream_close(c->stream);
}

/* --- bytes in --- */

/* The entry leaves the list with its last reply: a close from inside the callback then does not
 * end it a second time. */
static void give(struct redis *c, const redisReply *reply)
{
    struct pending *p = c->first;
    redis_reply_fn *fn = p->fn;
    void *arg = p->arg;

    c->answered_us = loop_mono_us();
    if (--p->left == 0) {
        c->roundtrip_us = c->answered_us - p->sent_us;
        if (c->roundtrips != NULL)
            octaves_add(c->roundtrips, c->roundtrip_us);
        mem_free(take_first(c));
    }
    fn(arg, reply);
}

static void on_data(void *arg, const char *bytes, size_t n)
{
    struct redis *c = arg;
    void *reply = NULL;

    if (c->closing)
        return;
    if (c->raw != NULL) {
        c->raw(c->raw_arg, bytes, n);
        return;
    }
    int rc = redisReaderFeed(c->reader, bytes, n);
    while (rc == REDIS_OK && !c->closing) {
        rc = redisReaderGetReply(c->reader, &reply);
        if (rc != REDIS_OK || reply == NULL)
            break;
        if (c->first == NULL)
            redis_close(c, "an answer to no question");
        else
            give(c, reply);
        freeReplyObject(reply);
        reply = NULL;
    }
    if (rc != REDIS_OK)
        redis_close(c, "the answer is not the Redis protocol");
}

static void on_open(void *arg)
{
    struct redis *c = arg;

    if (!c->closing)
        c->ev.on_open(c->arg);
}

static void on_end(void *arg, const struct err *e)
{
    struct redis *c = arg;

    if (!c->closing)
        text_copy(c->why, sizeof c->why, e->text);
    c->closing = c->ended = true;
    while (c->first != NULL) {
        struct pending *p = take_first(c);
        redis_reply_fn *fn = p->fn;
        void *to = p->arg;
        mem_free(p);
        fn(to, NULL);
    }
    c->ev.on_end(c->arg, c->why);
    redisReaderFree(c->reader);
    mem_free(c);
}

struct redis *redis_open(struct loop *l, struct resolver *r, const struct stream_target *t,
                         const struct redis_events *ev, void *arg)
{
    static const struct stream_events stream_ev = {on_open, on_data, on_end};
    struct redis *c = mem_new(struct redis);

    *c = (struct redis){.ev = *ev, .arg = arg};
    c->last = &c->first;
    c->reader = redisReaderCreate();
    c->stream = stream_open(l, r, t, &stream_ev, c);
    return c;
}
