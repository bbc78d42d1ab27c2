/* stretch.h - from when to when each person is on call, in whole stretches: what a calendar shows.
 */
#ifndef ONCALL_STRETCH_H
#define ONCALL_STRETCH_H

#include "oncall/oncall.h"

#define STRETCH_REACH_MS (400 * (int64_t)86400000) /* so far its ends are looked for */

struct stretch {
    const char *person; /* borrowed from the schedule */
    int64_t start_ms, end_ms;
};

/* false: no more. */
typedef bool stretch_fn(void *arg, const struct stretch *s);

/* Every stretch that touches [from_ms, to_ms), in order of their ends; of those that end together
 * in the order of people. One that began before from_ms or ends after to_ms has its true ends, so
 * that it looks the same whenever it is asked for; without end within STRETCH_REACH_MS it begins
 * with a year (UTC) or ends at to_ms. After `edges` edges of the schedule no more are given. */
void stretch_each(const struct schedule *s, int64_t from_ms, int64_t to_ms, size_t edges,
                  stretch_fn *each, void *arg);

#endif
