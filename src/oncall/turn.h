/* turn.h - the turns of one layer and the hours it is restricted to; for oncall.c only. */
#ifndef ONCALL_TURN_H
#define ONCALL_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/schedule.h"

#define TURN_NOBODY INT64_MIN

/* The turn running at utc_s: turn 0 begins with the first handoff; below 0 only for a
 * layer that runs backwards, TURN_NOBODY otherwise. */
int64_t turn_at(const struct layer *l, int64_t utc_s);

/* An instant > utc_s not later than the next handoff, or INT64_MAX when there is none. */
int64_t turn_next_edge(const struct layer *l, int64_t utc_s);

/* Whether the layer's hours hold at that instant, and an instant > at_ms until which
 * they stay as they are. */
bool hours_hold(const struct layer *l, int64_t at_ms);
int64_t hours_next_edge(const struct layer *l, int64_t at_ms);

#endif
