/* plan.h - when is the next probe due?
 *
 * A monitor's slots are phase + k * interval on the wall clock, the phase a hash of its
 * name: load is even, and a restart or reload keeps the rhythm. A slot that cannot be
 * kept is skipped and counted, never run late in a burst. */
#ifndef SCHED_PLAN_H
#define SCHED_PLAN_H

#include <stdint.h>

int64_t plan_phase(const char *name, int64_t interval_ms); /* in [0, interval) */
/* The first slot >= now. */
int64_t plan_first(int64_t phase_ms, int64_t interval_ms, int64_t now_ms);
/* The slot after `due_ms`, skipping those already gone by; *ret_missed counts the skipped. */
int64_t plan_next(int64_t due_ms, int64_t interval_ms, int64_t now_ms, int64_t *ret_missed);

/* ms until attempt n + 1 (n >= 1) of a delivery: doubling from 1 s to 5 min, +-20 % by `salt`. */
int64_t plan_backoff(int n, uint64_t salt);

#endif
