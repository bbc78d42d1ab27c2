/* state.h - what a monitor's results mean, one after the other. */
#ifndef EVAL_STATE_H
#define EVAL_STATE_H

#include "model/config.h"
#include "model/incident.h"

/* The state shown to people: MONITOR_UNKNOWN while the last fail_after results were unknown. */
enum monitor_state state_shown(const struct monitor_status *s, int fail_after);

/* One result into the status. True when the confirmed state moved; *ret_from is the old
 * one and s->since_ms the first result of the streak that moved it. An unknown result
 * moves no streak. Thresholds are >= 1.
 *
 * pending, down -> degraded instead of up: when the good streak ends with fail_after warned
 * results; from down also when it is warned throughout. */
bool state_step(struct monitor_status *s, int fail_after, int recover_after, const struct result *r,
                enum monitor_state *ret_from);

#endif
