/* units.h - the tallies of a block, unpacked: hours of a month, days of a month, minutes of a day.
 */
#ifndef SRC_STORE_UNITS_H
#define SRC_STORE_UNITS_H

#include "base/buf.h"
#include "base/err.h"
#include "stats/block.h"

struct units {
    struct tally *items[BLOCK_UNITS_MAX]; /* NULL: without any results */
    size_t n;
};

struct units *units_new(size_t n);
void units_free(struct units *u); /* NULL accepted */

/* Into an empty one; what the block has beyond n is passed over. -1: damaged; it stays empty. */
int units_read(struct units *u, const struct buf *block, struct err *e) MW_MUST_CHECK;
void units_write(const struct units *u, struct buf *out);

struct tally *units_at(struct units *u, size_t i); /* of nothing, if it was not there */
void units_drop(struct units *u, size_t i);
size_t units_there(const struct units *u);
/* Adds 24 hours to each day, or 60 minutes to each hour: of `fine`, so many to each of `into`. */
void units_sum(const struct units *fine, struct units *into);
bool units_equal(const struct units *a, const struct units *b);

#endif
