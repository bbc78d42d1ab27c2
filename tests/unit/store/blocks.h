/* blocks.h - a history of results as it is kept: days sealed and added up until `rolled_ms`, open
 * from there on. Written here by itself, so that who reads is not tested by who writes. */
#ifndef TESTS_UNIT_STORE_BLOCKS_H
#define TESTS_UNIT_STORE_BLOCKS_H

#include <hiredis/hiredis.h>
#include <stdio.h>

#include "base/mem.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "stats/tally.h"
#include "store/keys.h"

struct history {
    const char *space, *id;
    int64_t interval_ms;
    int64_t from_ms, to_ms; /* whole days */
    int64_t rolled_ms;
    unsigned char *slots; /* day after day, key_raw_slots() each */
};

static inline struct history history_new(const char *id, int64_t interval_ms, int64_t from_ms,
                                         int64_t days)
{
    struct history h = {.space = "test", .id = id, .interval_ms = interval_ms};

    h.from_ms = from_ms;
    h.to_ms = h.rolled_ms = from_ms + days * DAY_MS;
    h.slots = mem_calloc((size_t)(days * key_raw_slots(interval_ms)), SAMPLE_BYTES);
    return h;
}

static inline unsigned char *history_slot(const struct history *h, int64_t at_ms)
{
    int64_t day = (at_ms - h->from_ms) / DAY_MS, slot = at_ms % DAY_MS / h->interval_ms;

    return h->slots + (day * key_raw_slots(h->interval_ms) + slot) * SAMPLE_BYTES;
}

static inline void history_put(struct history *h, const struct result *r)
{
    sample_encode(r, history_slot(h, r->due_ms));
}

/* All slots that begin in [from, to). */
static inline void history_tally(const struct history *h, int64_t from_ms, int64_t to_ms,
                                 struct tally *t)
{
    struct result r = {0};

    tally_init(t);
    for (int64_t day = h->from_ms; day < h->to_ms; day += DAY_MS)
        for (int64_t at = day; at < day + DAY_MS; at += h->interval_ms)
            if (at >= from_ms && at < to_ms && sample_decode(history_slot(h, at), &r))
                tally_add(t, &r);
}

static inline void block_write(redisContext *c, const struct history *h, enum tier t, int64_t at_ms,
                               const struct buf *b)
{
    char key[KEY_SIZE];

    key_block(key, h->space, t, h->id, at_ms);
    freeReplyObject(redisCommand(c, "SET %s %b", key, b->p, b->len));
}

static inline void write_tallies(redisContext *c, const struct history *h, enum tier t,
                                 int64_t at_ms)
{
    struct block_span span = block_span(t, h->interval_ms, at_ms);
    struct tally *units = mem_calloc(span.units, sizeof *units);
    const struct tally **some = mem_calloc(span.units, sizeof *some);
    struct buf b;

    buf_init(&b, 64 << 20);
    for (size_t i = 0; i < span.units; i++) {
        int64_t from = span.from_ms + (int64_t)i * span.unit_ms;
        if (from < h->from_ms || from >= h->rolled_ms || from >= h->to_ms)
            continue;
        struct history day = *h;
        day.from_ms = from - from % DAY_MS;
        day.slots = history_slot(h, day.from_ms);
        day.to_ms = day.from_ms + DAY_MS;
        history_tally(&day, from, from + span.unit_ms, &units[i]);
        some[i] = tally_results(&units[i]) > 0 ? &units[i] : NULL;
    }
    block_put_tallies(some, span.units, &b);
    block_write(c, h, t, at_ms, &b);
    buf_done(&b);
    mem_free(some);
    mem_free(units);
}

static inline void write_raw(redisContext *c, const struct history *h, int64_t day_ms)
{
    size_t n = (size_t)key_raw_slots(h->interval_ms);
    struct buf b;

    buf_init(&b, 64 << 20);
    if (day_ms < h->rolled_ms) {
        block_seal(history_slot(h, day_ms), n, &b);
    } else {
        buf_put(&b, history_slot(h, day_ms), n * SAMPLE_BYTES);
        buf_str(&b, BLOCK_FORMAT);
    }
    block_write(c, h, TIER_RAW, day_ms, &b);
    buf_done(&b);
}

/* Everything of it; results before `raw_from_ms`, and minutes before `minute_from_ms`, are gone. */
static inline void history_write(redisContext *c, const struct history *h, int64_t raw_from_ms,
                                 int64_t minute_from_ms)
{
    for (int64_t day = h->from_ms; day < h->to_ms; day += DAY_MS) {
        bool rolled = day < h->rolled_ms;
        if (day >= raw_from_ms || !rolled)
            write_raw(c, h, day);
        if (rolled && h->interval_ms < MINUTE_MS && day >= minute_from_ms)
            write_tallies(c, h, TIER_MINUTE, day);
        if (rolled && (day == h->from_ms || block_span(TIER_DAY, 0, day).from_ms == day)) {
            write_tallies(c, h, TIER_HOUR, day);
            write_tallies(c, h, TIER_DAY, day);
        }
    }
}

static inline void history_done(struct history *h)
{
    mem_free(h->slots);
}

#endif
