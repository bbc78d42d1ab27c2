/* units.c - the tallies of a block in memory, where they can be added up and compared.
 *
 * Happy path: bytes -> tallies -> some of them changed -> bytes.
 * Failures:   bytes that can't be read: said, and nothing of them is there. */
#include "units.h"

#include "base/mem.h"
#include "stats/tally.h"

struct units *units_new(size_t n)
{
    struct units *u = mem_new(struct units);

    u->n = n < BLOCK_UNITS_MAX ? n : BLOCK_UNITS_MAX;
    return u;
}

void units_free(struct units *u)
{
    for (size_t i = 0; u != NULL && i < u->n; i++)
        mem_free(u->items[i]);
    mem_free(u);
}

void units_drop(struct units *u, size_t i)
{
    mem_free(u->items[i]);
    u->items[i] = NULL;
}

struct tally *units_at(struct units *u, size_t i)
{
    if (u->items[i] == NULL) {
        u->items[i] = mem_new(struct tally);
        tally_init(u->items[i]);
    }
    return u->items[i];
}

static void keep(void *arg, size_t i, const struct tally *t)
{
    struct units *u = arg;

    if (i < u->n)
        *units_at(u, i) = *t;
}

int units_read(struct units *u, const struct buf *block, struct err *e)
{
    if (block_get_tallies(block->p, block->len, keep, u, e) == 0)
        return 0;
    for (size_t i = 0; i < u->n; i++)
        units_drop(u, i);
    return -1;
}

void units_write(const struct units *u, struct buf *out)
{
    block_put_tallies((const struct tally *const *)u->items, u->n, out);
}

size_t units_there(const struct units *u)
{
    size_t there = 0;

    for (size_t i = 0; i < u->n; i++)
        there += u->items[i] != NULL;
    return there;
}

void units_sum(const struct units *fine, struct units *into)
{
    size_t each = into->n > 0 ? fine->n / into->n : 0;

    for (size_t i = 0; i < into->n * each; i++) {
        if (fine->items[i] != NULL)
            tally_merge(units_at(into, i / each), fine->items[i]);
    }
}

bool units_equal(const struct units *a, const struct units *b)
{
    for (size_t i = 0; i < a->n || i < b->n; i++) {
        const struct tally *x = i < a->n ? a->items[i] : NULL;
        const struct tally *y = i < b->n ? b->items[i] : NULL;
        if ((x == NULL) != (y == NULL) || (x != NULL && !tally_equal(x, y)))
            return false;
    }
    return true;
}
