/* fuzz_block.c - any bytes as what stands in a kept block, with the right CRC around them.
 *
 * The first byte chooses the form: an even one a sealed day, an odd one a block of tallies; the
 * rest is what the range coder reads. What can be read must come back the same when it is written
 * and read once more. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "stats/block.h"
#include "stats/sample.h"

#define SLOTS     8640
#define KEPT      100 /* units that are compared */
#define HEAD      2
#define CRC_BYTES 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

static void framed(struct buf *out, unsigned char form, const uint8_t *p, size_t n)
{
    const unsigned char head[HEAD] = {form, 1};
    unsigned char crc[CRC_BYTES];
    buf_init(out, SIZE_MAX);
    buf_put(out, head, HEAD);
    buf_put(out, p, n);
    uint32_t sum = crc32_of(out->p, out->len, 0);
    for (int i = 0; i < CRC_BYTES; i++)
        crc[i] = (unsigned char)(sum >> (24 - 8 * i));
    buf_put(out, crc, CRC_BYTES);
}

static void run_sealed(const struct buf *b)
{
    static unsigned char slots[SLOTS * SAMPLE_BYTES], back[SLOTS * SAMPLE_BYTES];
    struct buf again;
    struct err e;
    if (block_unseal(b->p, b->len, slots, SLOTS, &e) != 0)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        struct result r;
        sample_decode(slots + i * SAMPLE_BYTES, &r);
    }
    buf_init(&again, SIZE_MAX);
    block_seal(slots, SLOTS, &again);
    require(block_unseal(again.p, again.len, back, SLOTS, &e) == 0);
    require(memcmp(slots, back, sizeof slots) == 0);
    buf_done(&again);
}

struct units {
    struct tally tallies[KEPT];
    const struct tally *list[KEPT];
    size_t n;
};

static void on_unit(void *arg, size_t unit, const struct tally *t)
{
    struct units *u = arg;
    require(unit < BLOCK_UNITS_MAX);
    if (unit >= KEPT)
        return;
    u->tallies[unit] = *t;
    u->list[unit] = &u->tallies[unit];
    u->n = unit + 1;
}

static void run_tallies(const struct buf *b)
{
    struct units *first = mem_new(struct units), *second = mem_new(struct units);
    struct buf again;
    struct err e;
    if (block_get_tallies(b->p, b->len, on_unit, first, &e) == 0) {
        buf_init(&again, SIZE_MAX);
        block_put_tallies(first->list, first->n, &again);
        require(block_get_tallies(again.p, again.len, on_unit, second, &e) == 0);
        require(first->n == second->n);
        require(memcmp(first->tallies, second->tallies, sizeof first->tallies) == 0);
        buf_done(&again);
    }
    mem_free(first);
    mem_free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf b;
    struct err e;

    require(block_get_tallies(data, size, NULL, NULL, &e) == 0 || e.text[0] != '\0');
    if (size == 0)
        return 0;
    bool sealed = data[0] % 2 == 0;
    framed(&b, sealed ? BLOCK_SEALED : BLOCK_TALLIES, data + 1, size - 1);
    if (sealed)
        run_sealed(&b);
    else
        run_tallies(&b);
    buf_done(&b);
    return 0;
}
