/* tiers.h - from what of all that is kept a stretch of time is answered.
 *
 * Results are kept singly (raw) and added up by minutes, hours and days of UTC; each for its own
 * while, and only days that are over are added up. A window is cut into cells, [from, from + step)
 * and so on, the last one perhaps shorter. Each instant of a cell is answered from the coarsest
 * unit around it that is kept and lies within the cell: so what is read tiles the window, and whole
 * days cost one tally each. */
#ifndef STATS_TIERS_H
#define STATS_TIERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tier { TIER_RAW, TIER_MINUTE, TIER_HOUR, TIER_DAY, TIER_COUNT };

struct tiers_window {
    int64_t from_ms, to_ms; /* [from, to); from is not before 1970 */
    int64_t step_ms;        /* 0: one cell */
};

/* Of one series; every instant here is the beginning of a day. */
struct tiers_kept {
    int64_t begins_ms, ends_ms;  /* nothing was ever kept outside */
    int64_t rolled_ms;           /* the days before it are added up; from it on there is only raw */
    int64_t from_ms[TIER_COUNT]; /* from when on a tier is still there; INT64_MAX: not at all */
};

struct tiers_piece {
    enum tier tier;
    int64_t from_ms, to_ms; /* whole units of the tier; raw: any milliseconds */
};

int64_t tier_unit_ms(enum tier t); /* raw: 1 */

/* Moves the edges outwards (and lengthens the step) to where this series can still tell them apart.
 * Done for each series of a question in turn: what one has moved, no other one moves back. */
void tiers_widen(struct tiers_window *w, const struct tiers_kept *k);
/* The piece of a widened window that begins at `at_ms`, in the window; false: that is its end.
 * The next one may be of the same tier. A time whose tiers are all gone is asked of the days. */
bool tiers_next(const struct tiers_window *w, const struct tiers_kept *k, int64_t at_ms,
                struct tiers_piece *ret);

size_t tiers_cells(const struct tiers_window *w);
size_t tiers_cell_of(const struct tiers_window *w, int64_t at_ms);

#endif
