/* state.h - what is kept of monitors, incidents and deliveries, as one line of JSON each.
 * The members are the tables of model/fields.h; wire/state.h reads them back. */
#ifndef FORMAT_STATE_H
#define FORMAT_STATE_H

#include "base/buf.h"
#include "model/incident.h"
#include "model/quiet.h"

/* Each appends one object. What does not fit the buffer sets its `over`. */
void state_write_monitor(struct buf *out, const struct monitor_status *s);
void state_write_incident(struct buf *out, const struct incident *i);
void state_write_delivery(struct buf *out, const struct delivery *d);
void state_write_attempt(struct buf *out, const struct attempt *a);
void state_write_transition(struct buf *out, const struct transition *t);
void state_write_quiet(struct buf *out, const struct quiet *q);
void state_write_override(struct buf *out, const struct kept_override *o);

#endif
