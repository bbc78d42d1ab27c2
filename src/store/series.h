/* series.h - under which id the results of a monitor are kept.
 *
 * A series is the results of one monitor in one region at one interval. Its id is made once, out of
 * what it is born with, and its keys hold only the id: a new name (`was`) moves nothing, and a
 * monitor with a new interval gets a second series beside the first. The index is one hash
 * (KEY_SERIES), read when a connection begins and kept here; only the daemon of a region writes its
 * own region's entries. While Redis is away new ids are made all the same, and are put into the
 * index when it is back: a reader merges all series of a monitor. */
#ifndef SRC_STORE_SERIES_H
#define SRC_STORE_SERIES_H

#include "base/vec.h"
#include "model/incident.h"
#include "store/keys.h"

struct epoch {
    char id[SERIES_ID_SIZE];
    int64_t interval_ms;
    int64_t from_ms;   /* the first slot written; expected slots are counted from here */
    int64_t last_ms;   /* a day in which there was still something written: kept to the day */
    int64_t rolled_ms; /* all days before it are sealed and rolled up; 0: none */
};

struct series {
    char region[NAME_SIZE], monitor[NAME_SIZE];
    VEC(struct epoch) epochs; /* in the order they came; the last is the one written to */
    bool dirty;
};

struct store;
struct series_index; /* of a store: s->series */

/* NULL: never heard of. Valid until the loop turns. */
const struct series *series_find(const struct store *s, const char *region, const char *monitor);
/* Every one of a monitor, over all regions (region NULL) or in one: for (size_t i = 0; …). */
const struct series *series_next(const struct store *s, size_t *i, const char *monitor,
                                 const char *region);

#endif
