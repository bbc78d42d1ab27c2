/* state.h - one line of JSON -> a monitor's status, an incident, a delivery, an attempt, a
 * transition.
 *
 * Strict: at most 64 KiB, every word known, every number in the range of its member, ids and names
 * no longer than they may be (prose is cut). Tolerant: members not known are passed over, so that
 * an older midwatch reads what a newer one wrote. */
#ifndef WIRE_STATE_H
#define WIRE_STATE_H

#include <stddef.h>

#include "base/err.h"
#include "model/incident.h"
#include "model/quiet.h"

#define STATE_MAX_BYTES 65536

int state_read_monitor(const char *json, size_t n, struct monitor_status *ret,
                       struct err *e) MW_MUST_CHECK;
int state_read_incident(const char *json, size_t n, struct incident *ret,
                        struct err *e) MW_MUST_CHECK;
int state_read_delivery(const char *json, size_t n, struct delivery *ret,
                        struct err *e) MW_MUST_CHECK;
int state_read_attempt(const char *json, size_t n, struct attempt *ret,
                       struct err *e) MW_MUST_CHECK;
int state_read_quiet(const char *json, size_t n, struct quiet *ret, struct err *e) MW_MUST_CHECK;
int state_read_override(const char *json, size_t n, struct kept_override *ret,
                        struct err *e) MW_MUST_CHECK;
int state_read_transition(const char *json, size_t n, struct transition *ret,
                          struct err *e) MW_MUST_CHECK;

#endif
