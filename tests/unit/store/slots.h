/* slots.h - results into a store, and the blocks they came to. */
#ifndef TESTS_UNIT_STORE_SLOTS_H
#define TESTS_UNIT_STORE_SLOTS_H

#include "../../../src/store/internal.h"
#include "puts.h"
#include "stats/block.h"
#include "stats/sample.h"

/* Midnight UTC, so many days from today. What is ahead is never late. */
static inline int64_t day_from_today(int days)
{
    int64_t now = loop_now_ms();

    return now - now % DAY_MS + days * DAY_MS;
}

static inline void settle(struct world *w)
{
    struct store_facts f;

    samples_flush(w->store->samples);
    pump_until(w, (store_read_facts(w->store, &f), f.queued_bytes == 0 && f.spool_records == 0));
}

static inline void put_one(struct world *w, const char *monitor, int64_t interval_ms,
                           int64_t due_ms)
{
    struct result r = a_result(due_ms);

    store_sample(w->store, monitor, interval_ms, &r);
}

/* Every slot of [from, to). */
static inline void put_span(struct world *w, const char *monitor, int64_t interval_ms,
                            int64_t from_ms, int64_t to_ms)
{
    for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += interval_ms)
        put_one(w, monitor, interval_ms, at_ms);
}

/* The epoch of that interval; NULL: none. */
static inline const struct epoch *epoch_at(struct world *w, const char *monitor,
                                           int64_t interval_ms)
{
    const struct series *x = series_own(w->store, monitor);

    for (size_t i = x != NULL ? x->epochs.n : 0; i-- > 0;) {
        if (x->epochs.items[i].interval_ms == interval_ms)
            return &x->epochs.items[i];
    }
    return NULL;
}

static inline const char *block_key(struct world *w, enum tier t, const char *monitor,
                                    int64_t interval_ms, int64_t at_ms)
{
    static char key[KEY_SIZE];
    const struct epoch *e = epoch_at(w, monitor, interval_ms);

    assert_non_null(e);
    key_block(key, "test", t, e->id, at_ms);
    return key;
}

/* -1: no such key; else its bytes are in `dst`. */
static inline int get_bytes(struct world *w, const char *key, unsigned char *dst, size_t max)
{
    redisContext *c = redis_client(w);
    redisReply *r = redisCommand(c, "GET %s", key);
    int n = -1;

    if (r->type == REDIS_REPLY_STRING && r->len <= max) {
        n = (int)r->len;
        memcpy(dst, r->str, r->len);
    }
    freeReplyObject(r);
    redisFree(c);
    return n;
}

static inline void set_bytes(struct world *w, const char *key, const unsigned char *p, size_t n)
{
    redisContext *c = redis_client(w);
    redisReply *r = redisCommand(c, "SET %s %b KEEPTTL", key, p, n);

    freeReplyObject(r);
    redisFree(c);
}

/* How many results a day's block holds, open or sealed; -1: there is no such block. */
static inline int count_raw(struct world *w, const char *key, size_t slots)
{
    static unsigned char bytes[1 << 20], open[1 << 20];
    int n = get_bytes(w, key, bytes, sizeof bytes), count = 0;
    struct err e = {""};

    if (n < 0)
        return -1;
    memset(open, 0, slots * SAMPLE_BYTES);
    if (block_form(bytes, (size_t)n) == BLOCK_IS_OPEN)
        memcpy(open, bytes, (size_t)n < slots * SAMPLE_BYTES ? (size_t)n : slots * SAMPLE_BYTES);
    else if (block_unseal(bytes, (size_t)n, open, slots, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < slots; i++)
        count += open[i * SAMPLE_BYTES + 2] != 0;
    return count;
}

#endif
