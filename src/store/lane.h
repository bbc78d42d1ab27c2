/* lane.h - one ordered way to Redis: straight, or over the spool.
 *
 *               Redis away, too much unanswered
 *     direct ------------------------------------> spooling
 *        ^                                            | connected, and the spool read out
 *        |                                            v
 *        +---- all answered, all synced ---------- settling: what comes waits in memory
 *
 * There are two: commits (each synced to disk before it counts as kept) and samples (not synced,
 * and with a smaller share of the disk). Order within a lane is kept in every case; what Redis may
 * or may not have done when the connection broke is done again. */
#ifndef SRC_STORE_LANE_H
#define SRC_STORE_LANE_H

#include "base/buf.h"
#include "loop/work.h"
#include "recent.h"
#include "redis.h"
#include "spool.h"
#include "store/store.h"

struct batch;
struct waiter;

struct lane {
    struct store *store;
    struct spool *spool;
    bool synced; /* done only after fdatasync() */
    bool direct;
    bool held;  /* connected, but not to be read out now */
    bool stuck; /* answers are ignored until all are in; then the spool is read again */
    struct batch *first, **last; /* sent, not yet answered in full */
    size_t unanswered_bytes, unanswered;
    struct recent recent;                /* answered in the last seconds; commits only */
    struct batch *parked, **parked_last; /* while settling: about to be sent, in memory */
    size_t parked_bytes;
    bool settling;
    unsigned spills; /* so many times */
    size_t answered; /* read from the spool and answered, but still in it; commits only */
    struct waiter *waiting, **waiting_last; /* in the spool, not synced */
    struct waiter *syncing;
    struct spool_sync sync;
    int sync_rc;
    bool sync_due, sync_running;
};

void lane_init(struct lane *l, struct store *s, bool synced);
void lane_done(struct lane *l);

/* One unit: `count` is the number of arguments of a commit, of replies to commands. Takes the
 * bytes. `samples`: how many are lost if it has to be dropped. */
struct unit {
    enum record_kind kind;
    uint32_t count;
    char *p;
    size_t n;
    unsigned samples;
    int64_t seq;         /* of a commit */
    store_done_fn *done; /* NULL: nobody waits */
    void *arg;
};
void lane_put(struct lane *l, const struct unit *u);
/* Everything unanswered goes to the spool, and so does what comes. */
void lane_spill(struct lane *l);
/* The connection ended: what it had not answered is read again, or spilled. */
void lane_break(struct lane *l);
/* Connected: read the spool out. Calls store_lane_is_empty() when nothing is left in it. */
void lane_pump(struct lane *l);
/* What was read from the spool may go from it now: all of it has been answered. (Not one by one: if
 * the connection breaks before, all of it is done again, in order.) */
void lane_go_direct(struct lane *l);
size_t lane_bytes(const struct lane *l); /* in memory: sent and not answered, or about to be sent */
bool lane_quiet(const struct lane *l);   /* nothing unanswered, nothing waiting for a sync */

#endif
