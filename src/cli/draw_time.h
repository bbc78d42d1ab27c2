/* draw_time.h - the times below a picture. */
#ifndef SRC_CLI_DRAW_TIME_H
#define SRC_CLI_DRAW_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/zone.h"

struct draw_ruler {
    int64_t from_ms, span_ms;
    size_t columns; /* of the span */
    const struct zone *zone;
};

/* Round times on the zone's wall clock: which of `columns` ticks they are, and their labels, each
 * beginning in the column of its tick. Midnight is told by its date. */
void draw_ruler(const struct draw_ruler *r, bool *ticks, struct buf *labels);

#endif
