/* draw.h - figures over time as a picture of characters. Pure: the same figures, the same picture.
 *
 *   200ms ┤           ▂█▅
 *         │         ▃▅███▆▁
 *   100ms ┤▁▂▁▁▁▁  ▂███████▃▁
 *         │███████ ██████████▇▇▇
 *       0 └┬─────────┬──────────
 *          22:00     11-23
 *                 ·   █                 █ down  · no results
 *
 * A figure is at least the lowest mark high; where nothing stands there was none. */
#ifndef SRC_CLI_DRAW_H
#define SRC_CLI_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/zone.h"

enum draw_mark {
    DRAW_NONE,
    DRAW_MAINTENANCE,
    DRAW_UNKNOWN,   /* nothing but results that say nothing */
    DRAW_GAP,       /* no results at all */
    DRAW_SOME_DOWN, /* of all that say something */
    DRAW_DOWN,      /* half of them or more */
    DRAW_MARKS
};

struct draw_point {
    double value; /* NaN: none */
    enum draw_mark mark;
};

enum draw_unit { DRAW_MS, DRAW_PERCENT };

struct drawing {
    const struct draw_point *points;
    size_t n;
    int64_t from_ms, step_ms;
    const struct zone *zone; /* of the times below */
    enum draw_unit unit;
    bool low_is_bad; /* of several points in one column the worst is drawn */
    size_t width;    /* columns in all */
    bool utf8, colour;
};

#define DRAW_LABELS 9  /* columns beside the picture */
#define DRAW_WIDTH  40 /* least */

/* Lines, the legend of the marks last, when there are any. */
void draw_graph(const struct drawing *d, struct buf *out);
/* How many columns a picture of this width has for points. */
size_t draw_columns(size_t width);
/* "99.953%": never rounded up, so that 100% means all of it. NaN: "-". */
const char *draw_percent(double share, char *dst, size_t size);

#endif
