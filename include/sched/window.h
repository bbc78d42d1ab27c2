/* window.h - maintenance windows: a predicate on an instant, and when it may change.
 *
 * Recurring windows are a predicate on the wall clock of their zone (S6 of docs/oncall.md), so they
 * need no special case on the days a clock is changed. */
#ifndef SCHED_WINDOW_H
#define SCHED_WINDOW_H

#include "model/config.h"

/* Any of the restrictions holds on the wall clock of `zone`; none at all: false. */
bool window_hours_hold(const struct restriction *r, size_t n, const struct zone *zone,
                       int64_t at_ms);
/* An instant > at_ms before which the answer cannot change; INT64_MAX when it never will. */
int64_t window_hours_edge(const struct restriction *r, size_t n, const struct zone *zone,
                          int64_t at_ms);

bool window_holds(const struct window *w, int64_t at_ms);
int64_t window_next_edge(const struct window *w, int64_t at_ms);
/* When a window that holds at at_ms ends; looked for at most 400 days ahead, else INT64_MAX. */
int64_t window_ends(const struct window *w, int64_t at_ms);

#endif
