/* commit.h - what one event changed: written together or not at all.
 *
 * Everything is whole values (absolute, never increments), so writing a commit twice is
 * harmless: that is what makes replay from the spool and retries after a lost answer safe. */
#ifndef MODEL_COMMIT_H
#define MODEL_COMMIT_H

#include "base/vec.h"
#include "model/incident.h"

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
};

/* What was read back at start. Owned by whoever filled it. */
struct stored_monitor {
    char name[NAME_SIZE];
    struct monitor_status status;
};
struct stored {
    VEC(struct stored_monitor) monitors;
    VEC(struct incident) incidents;  /* open ones, and resolved ones with a delivery not done */
    VEC(struct delivery) deliveries; /* not done, and done ones of open incidents */
};

void commit_clear(struct commit *c); /* keeps the memory */
void commit_done(struct commit *c);
bool commit_empty(const struct commit *c);
void stored_done(struct stored *s);

#endif
