/* range.h - an adaptive binary range coder: each bit costs what it was unlikely.
 *
 * Range coding is G. N. N. Martin's ("Range encoding: an algorithm for removing redundancy from a
 * digitised message", 1979): an interval [low, low + range) is cut in two by the chance of the bit,
 * and the half that the bit names goes on; bytes that can no longer change go out. Coding one bit
 * at a time with a chance that learns from it is the usual form since Langdon and Rissanen (1981).
 *
 * One set of functions goes both ways: `range_bit(r, c, bit)` writes `bit` when encoding, and when
 * decoding passes over it and returns what was written. So a model is written down once, and what
 * reads can't differ from what writes.
 *
 * Decoding ends always: past the end come zeros, and range_bad() says so; so it does when a model
 * called range_refuse() because of what it had read. */
#ifndef STATS_RANGE_H
#define STATS_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define RANGE_TOP    ((uint64_t)1 << 56) /* low and range have 56 bits */
#define RANGE_BOTTOM ((uint64_t)1 << 48)
#define RANGE_SLACK  6 /* zero bytes at the end that the encoder leaves out */

/* How likely a bit is 1: as far as it leans from an even 32768/65536. All zero is even, so a model
 * is ready when its memory is zeroed. Learns as 1/n at first, then as 1/CHANCE_MEMORY. */
#define CHANCE_MEMORY 255
#define CHANCE_EVEN   32768
#define CHANCE_MOST   32744 /* no further */
struct chance {
    int16_t lean;
    uint16_t n;
};
extern const uint16_t chance_rate[CHANCE_MEMORY + 1];

struct range {
    uint64_t low; /* encoding: of the interval; decoding: how far above it the code lies */
    uint64_t range;
    bool decoding, bad;
    const unsigned char *p; /* decoding: what is left */
    size_t left, past;
    struct buf *out; /* encoding */
};

void range_encode(struct range *r, struct buf *out); /* appends; `out` must not reach its maximum */
void range_finish(struct range *r);
void range_decode(struct range *r, const unsigned char *p, size_t n);
void range_refuse(struct range *r);
bool range_bad(const struct range *r);
void range_shift(struct range *r); /* one byte out or in */

static inline void chance_learn(struct chance *c, unsigned bit)
{
    int32_t to = bit ? CHANCE_MOST : -CHANCE_MOST;
    c->lean = (int16_t)(c->lean + (to - c->lean) * chance_rate[c->n] / 65536);
    c->n += c->n < CHANCE_MEMORY;
}

static inline unsigned range_bit(struct range *r, struct chance *c, unsigned bit)
{
    uint64_t one = (r->range >> 16) * (uint64_t)(CHANCE_EVEN + c->lean);
    if (r->decoding)
        bit = r->low < one;
    if (bit) {
        r->range = one;
    } else {
        r->range -= one;
        r->low += r->decoding ? -one : one;
    }
    chance_learn(c, bit);
    while (r->range < RANGE_BOTTOM)
        range_shift(r);
    return bit;
}

/* `n` bits of which nothing is known. */
uint64_t range_raw(struct range *r, uint64_t v, unsigned n);

/* `bits` bits, the high ones first, each with a chance that knows those before: 2^bits chances. */
static inline unsigned range_tree(struct range *r, struct chance *tree, unsigned bits, unsigned v)
{
    unsigned node = 1;
    for (unsigned i = bits; i-- > 0;)
        node = node << 1 | range_bit(r, &tree[node], v >> i & 1);
    return node - (1u << bits);
}

/* Any number; small ones, and those of usual size, cost little. */
#define NUMBER_SIZES 20
struct number {
    struct chance size[65];              /* how many bits it has, in unary */
    struct chance high[NUMBER_SIZES][4]; /* the two after the first; long ones share the last */
};
uint64_t range_number(struct range *r, struct number *m, uint64_t v);
/* The same with a sign. */
int64_t range_signed(struct range *r, struct number *m, int64_t v);

#endif
