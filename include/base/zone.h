/* zone.h - time zones as values.
 *
 * A zone is read from the bytes of a TZif file (RFC 8536: the 64-bit block and the
 * POSIX footer, whose hours may be negative or beyond 24). Nothing here looks at TZ,
 * at a clock or at a file. After the last transition the footer decides. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct zone;

/* Copies what it needs. Every count in the bytes is checked; -1 with the reason on bad bytes. */
int zone_parse(const char *name, const void *bytes, size_t n, struct zone **ret,
               struct err *e) MW_MUST_CHECK;
const struct zone *zone_utc(void); /* static; zone_free() ignores it */
void zone_free(struct zone *z);    /* NULL accepted */
const char *zone_name(const struct zone *z);

int zone_offset(const struct zone *z,
                int64_t utc_s); /* seconds east of UTC in force at that instant */
int64_t zone_local(const struct zone *z, int64_t utc_s); /* wall clock as local seconds */

/* What to do with a wall time that does not exist (oncall.md S4). */
enum zone_gap {
    ZONE_GAP_NEXT,   /* the transition instant: first valid instant after the hole */
    ZONE_GAP_SHIFT,  /* read with the offset before the hole: 02:30 becomes 03:30 */
    ZONE_GAP_BEFORE, /* read with the offset after it: 02:30 becomes 01:30 */
};

/* Wall time -> instant. Ambiguous: the earlier one. Missing: as `gap` says. */
int64_t zone_resolve(const struct zone *z, int64_t local_s, enum zone_gap gap);
enum zone_kind { ZONE_UNIQUE, ZONE_FOLD, ZONE_HOLE };
enum zone_kind zone_kind_of(const struct zone *z, int64_t local_s);

/* The first instant > utc_s at which the offset changes, or INT64_MAX. */
int64_t zone_next_transition(const struct zone *z, int64_t utc_s);

#endif
