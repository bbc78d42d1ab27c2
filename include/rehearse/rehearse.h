/* rehearse.h - an outage through the real engine in virtual time: who would be woken, when, by
 * what, and why.
 *
 * The world around the engine is pretended: a clock that jumps to whatever comes next, targets
 * that fail when the story says so, a store that keeps what was committed, channels that take
 * everything at once unless the story says otherwise. Nothing outside is touched. */
#ifndef REHEARSE_REHEARSE_H
#define REHEARSE_REHEARSE_H

#include "base/vec.h"
#include "model/config.h"
#include "model/story.h"

#define REHEARSE_ENTRIES_MAX 200000

/* One thing that happened. Texts that do not apply are NULL, numbers -1. */
struct entry {
    int64_t at_ms;
    const char *event; /* docs/rehearsal.md lists the words */
    const char *incident, *monitor, *person, *channel, *why;
    int step, loop; /* from 0 */
};

struct playbill {
    struct arena arena;
    VEC(struct entry) entries; /* in order */
};

/* Runs the whole story. -1 when it never settles or too much happens in it. `ret` is then what
 * happened until there; playbill_done() it either way. */
int rehearse(const struct config *c, const struct story *s, struct playbill *ret,
             struct err *e) MW_MUST_CHECK;

/* The same piece by piece, with results from outside instead of a story: nothing is probed. */
struct rehearsal;
struct rehearsal *rehearsal_new(const struct config *c, int64_t start_ms, struct playbill *ret);
/* Time runs up to at_ms, which must not go back, then the result counts. */
int rehearsal_result(struct rehearsal *r, const char *monitor, const struct result *res,
                     int64_t at_ms, struct err *e) MW_MUST_CHECK;
int rehearsal_until(struct rehearsal *r, int64_t at_ms, struct err *e) MW_MUST_CHECK;
void rehearsal_free(struct rehearsal *r);

bool entry_is_page(const struct entry *e); /* it wakes somebody */
void playbill_done(struct playbill *p);

#endif
