/* redis.h - one connection to Redis: bytes out, replies in, in order. */
#ifndef SRC_STORE_REDIS_H
#define SRC_STORE_REDIS_H

#include <hiredis/hiredis.h>

#include "base/octaves.h"
#include "loop/stream.h"

struct redis;

struct redis_events {
    void (*on_open)(void *arg);
    /* Exactly once, after every pending reply has had its end; then the connection is gone. */
    void (*on_end)(void *arg, const char *why);
};

/* A reply, or NULL once for the entry when the connection ended before its last one.
 * Borrowed for the call. May close the connection. */
typedef void redis_reply_fn(void *arg, const redisReply *reply);

struct redis *redis_open(struct loop *l, struct resolver *r, const struct stream_target *t,
                         const struct redis_events *ev, void *arg);
/* Bytes of whole commands. */
void redis_write(struct redis *c, const void *p, size_t n);
/* `replies` replies belong to what was written last. */
void redis_expect(struct redis *c, unsigned replies, redis_reply_fn *fn, void *arg);
/* One command of a NULL-terminated list of texts. */
void redis_command(struct redis *c, const char *const *argv, redis_reply_fn *fn, void *arg);
/* From now on the bytes of answers go to `fn` as they come, and not through the reader; NULL: as
 * before. Only while nothing is pending. For an answer too big to be held. */
typedef void redis_bytes_fn(void *arg, const char *p, size_t n);
void redis_raw(struct redis *c, redis_bytes_fn *fn, void *arg);
size_t redis_queued(const struct redis *c);     /* bytes not yet handed to the kernel */
int64_t redis_oldest_us(const struct redis *c); /* how long the oldest has waited for any answer, as
                                                   the instant it began; 0: nothing pending */
void redis_count(struct redis *c, struct octaves *roundtrips); /* borrowed; counted in there */
int64_t redis_roundtrip_us(const struct redis *c);             /* of the last reply */
void redis_close(struct redis *c, const char *why);            /* on_end follows */

#endif
