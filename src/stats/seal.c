/* seal.c - a day of slots that is over, without what could be foreseen.
 *
 * Happy path: slot after slot: is it ordinary (up, ok, a latency), empty or something else, given
 *             what the last three were; then its outcome, latency and lateness, each bit with a
 *             chance that learned from the slots before.
 * Failures:   a block that says more slots than asked for, or ends too early, is damaged. */
#include <string.h>

#include "base/mem.h"
#include "frame.h"
#include "stats/block.h"
#include "stats/sample.h"

#define LATENCY_TREE_BITS 11 /* every code that sample_encode() writes */
#define ORDINARY          1  /* byte 2: up, ok, outside of maintenance */

enum kind { KIND_ORDINARY, KIND_EMPTY, KIND_OTHER };

struct model {
    struct number slots;
    struct chance ordinary[64], empty[64]; /* by the kinds of the last three */
    struct chance same_outcome, outcome[256];
    struct {
        struct chance wide, latency[1 << LATENCY_TREE_BITS], lateness[256];
    } of[2];               /* of ordinary slots, of others */
    unsigned last;         /* kinds of the last three, two bits each */
    unsigned last_outcome; /* of the last slot of another kind */
};

static enum kind code_kind(struct range *r, struct model *m, enum kind k)
{
    unsigned known = m->last & 63;
    if (range_bit(r, &m->ordinary[known], k == KIND_ORDINARY))
        k = KIND_ORDINARY;
    else
        k = range_bit(r, &m->empty[known], k == KIND_EMPTY) ? KIND_EMPTY : KIND_OTHER;
    m->last = m->last << 2 | k;
    return k;
}

static unsigned code_outcome(struct range *r, struct model *m, unsigned outcome)
{
    if (!range_bit(r, &m->same_outcome, outcome == m->last_outcome))
        m->last_outcome = range_tree(r, m->outcome, 8, outcome);
    if (m->last_outcome == 0)
        range_refuse(r); /* that would be an empty slot */
    return m->last_outcome;
}

static unsigned code_latency(struct range *r, struct model *m, enum kind k, unsigned code)
{
    int of = k != KIND_ORDINARY;
    if (range_bit(r, &m->of[of].wide, code >> LATENCY_TREE_BITS != 0))
        return (unsigned)range_raw(r, code, 16);
    return range_tree(r, m->of[of].latency, LATENCY_TREE_BITS, code);
}

static void code_slot(struct range *r, struct model *m, unsigned char slot[SAMPLE_BYTES])
{
    enum kind k = slot[2] == 0 ? KIND_EMPTY : slot[2] == ORDINARY ? KIND_ORDINARY : KIND_OTHER;
    unsigned latency = (unsigned)slot[0] << 8 | slot[1];

    k = code_kind(r, m, k);
    if (k == KIND_EMPTY) {
        if (r->decoding)
            memset(slot, 0, SAMPLE_BYTES);
        return;
    }
    unsigned outcome = k == KIND_ORDINARY ? ORDINARY : code_outcome(r, m, slot[2]);
    latency = code_latency(r, m, k, latency);
    unsigned lateness = range_tree(r, m->of[k != KIND_ORDINARY].lateness, 8, slot[3]);
    if (!r->decoding)
        return;
    slot[0] = (unsigned char)(latency >> 8);
    slot[1] = (unsigned char)latency;
    slot[2] = (unsigned char)outcome;
    slot[3] = (unsigned char)lateness;
}

void block_seal(const unsigned char *slots, size_t n, struct buf *out)
{
    struct model *m = mem_new(struct model);
    struct range r;
    struct buf block;

    frame_begin(&r, &block, BLOCK_SEALED);
    range_number(&r, &m->slots, n);
    for (size_t i = 0; i < n; i++) {
        unsigned char slot[SAMPLE_BYTES];
        memcpy(slot, slots + i * SAMPLE_BYTES, SAMPLE_BYTES);
        code_slot(&r, m, slot);
    }
    frame_end(&r, &block);
    buf_put(out, block.p, block.len);
    buf_done(&block);
    mem_free(m);
}

int block_unseal(const void *p, size_t len, unsigned char *slots, size_t n, struct err *e)
{
    struct range r;

    if (frame_open(&r, p, len, BLOCK_SEALED, e) != 0)
        return -1;
    struct model *m = mem_new(struct model);
    uint64_t has = range_number(&r, &m->slots, 0);
    if (has > n)
        range_refuse(&r);
    memset(slots, 0, n * SAMPLE_BYTES);
    for (size_t i = 0; i < has && !range_bad(&r); i++)
        code_slot(&r, m, slots + i * SAMPLE_BYTES);
    mem_free(m);
    return range_bad(&r) ? err_set(e, "block: damaged (%s)", has > n ? "too many slots" : "cut")
                         : 0;
}
