/* commit.h - what one event changed: written together or not at all.
 *
 * Everything is whole values (absolute, never increments), so writing a commit twice is
 * harmless: that is what makes replay from the spool and retries after a lost answer safe. */
#ifndef MODEL_COMMIT_H
#define MODEL_COMMIT_H

#include "base/vec.h"
#include "model/incident.h"
#include "model/quiet.h"

struct monitor_put {
    const char *name;
    const struct monitor_status *status; /* NULL: the monitor is gone from the configuration */
};

/* Borrows all it points to; valid until the engine is called again. */
struct commit {
    int64_t at_ms;
    VEC(struct monitor_put) monitors;
    VEC(const struct incident *) incidents;
    VEC(const struct delivery *) deliveries;
    VEC(struct attempt) attempts;
    VEC(struct transition) transitions;
    VEC(const struct quiet *) quiets;
    VEC(const struct kept_override *)
    overrides; /* one that was taken back has end_ms <= start_ms */
};

#define RESTORE_RESOLVED_MAX 1000
#define RESTORE_RESOLVED_MS  (24 * 3600 * INT64_C(1000))

/* What was read back at start. Owned by whoever filled it. */
struct stored_monitor {
    char name[NAME_SIZE];
    struct monitor_status status;
};
struct stored {
    VEC(struct stored_monitor) monitors;
    /* Open ones, resolved ones with a delivery not done, and those resolved within the last day
     * (at most RESTORE_RESOLVED_MAX, the newest), which may be opened again. */
    VEC(struct incident) incidents;
    VEC(struct delivery) deliveries; /* not done, and done ones of the incidents above */
    VEC(struct quiet) quiets;        /* in no order; ended ones too */
    VEC(struct kept_override) overrides;
};

void commit_clear(struct commit *c); /* keeps the memory */
void commit_done(struct commit *c);
bool commit_empty(const struct commit *c);
void stored_done(struct stored *s);

#endif
