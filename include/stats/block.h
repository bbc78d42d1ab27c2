/* block.h - blocks as kept: a day of samples that is over, and roll-ups of many units.
 *
 * Both forms begin with a byte that no open block begins with (an open one begins with the high
 * byte of a latency code, at most 7), then a version, and end with a CRC-32 of all before. Between
 * them an adaptive binary range coder (stats/range.h); nothing in them points anywhere, so what is
 * damaged is found by the CRC, and what somebody forged is bounded by the caller's n.
 * docs/blocks.md has the bytes. About 0.1 us a slot either way, 2 us a tally. */
#ifndef STATS_BLOCK_H
#define STATS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/tally.h"

#define BLOCK_SEALED  0xB5
#define BLOCK_TALLIES 0xB7

enum block_form { BLOCK_IS_OPEN, BLOCK_IS_SEALED, BLOCK_IS_TALLIES };
enum block_form block_form(const void *p, size_t n); /* by the first byte */

/* `n` slots of SAMPLE_BYTES (stats/sample.h), exact: what is unsealed is what was sealed, byte for
 * byte, for slots that sample_encode() wrote or that are empty. */
void block_seal(const unsigned char *slots, size_t n, struct buf *out);
/* Fills `n` slots; slots that the block does not have are empty. -1: damaged, or more slots than n;
 * then nothing is to be relied on. */
int block_unseal(const void *p, size_t len, unsigned char *slots, size_t n,
                 struct err *e) MW_MUST_CHECK;

/* Units in order (minutes of a day, hours of a month, days of a month); NULL: a unit without any
 * results. At most BLOCK_UNITS_MAX. All of a tally is kept exactly but the sum of lateness, which
 * is kept to 1/32 (and writing it again changes nothing more). */
#define BLOCK_UNITS_MAX 1440
void block_put_tallies(const struct tally *const *units, size_t n, struct buf *out);
/* `each` for every unit with results, in order; borrowed for the call. `each` may be NULL: only
 * checks. -1: damaged. */
typedef void block_unit_fn(void *arg, size_t unit, const struct tally *t);
int block_get_tallies(const void *p, size_t len, block_unit_fn *each, void *arg,
                      struct err *e) MW_MUST_CHECK;

#endif
