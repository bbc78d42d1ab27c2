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

#define EPOCHS_MAX 64 /* of one entry */

struct epoch {
    char id[SERIES_ID_SIZE];
    int64_t interval_ms;
    int64_t from_ms;   /* the first slot written; expected slots are counted from here */
    int64_t last_ms;   /* a day in which there was still something written: kept to the day */
    int64_t rolled_ms; /* all days before it are sealed and rolled up; 0: none */
    int64_t late_ms;   /* the first day, rolled already, for which results came later; 0: none */
};

struct series {
    const char *region, *monitor;
    VEC(struct epoch) epochs; /* in the order they came; the last is the one written to */
    /* Of our own region: */
    char was[NAME_SIZE]; /* the former name that has been dealt with; "" */
    bool dirty;          /* to be written into the index */
    bool moved;          /* together with all others that are */
    VEC(char *) loose;   /* fields of the index that end with our next write */
    /* series.c's own */
    struct series_index *index;
    char *field;  /* REGION/MONITOR */
    size_t place; /* among all */
    uint32_t seen;
};

struct buf;
struct config;
struct store;
struct series_index; /* of a store: s->series */

/* NULL: never heard of. Valid until the loop turns. */
const struct series *series_find(const struct store *s, const char *region, const char *monitor);
/* Every one of a monitor, over all regions (region NULL) or in one: for (size_t i = 0; …). */
const struct series *series_next(const struct store *s, size_t *i, const char *monitor,
                                 const char *region);
/* Each one there is; NULL behind the last. */
struct series *series_at(const struct store *s, size_t i);

/* --- for those who write: our own region --- */

struct series_index *series_new(struct store *s);
void series_free(struct series_index *x); /* NULL accepted */

/* The series to write to, made when there is none: the last of that interval goes on. Valid until
 * the next call of anything here. */
struct epoch *series_epoch(struct store *s, const char *monitor, int64_t interval_ms);
/* By its id; *ret_of is where it belongs. NULL: not (any more) ours. */
struct epoch *series_by_id(const struct store *s, const char *id, struct series **ret_of);
struct series *series_own(const struct store *s, const char *monitor);
/* Changed: written into the index within a second of being up. */
void series_touch(struct series *x);
void series_touch_all(struct store *s);
/* The command that tells of one epoch by itself, in a field of its own; it may wait in the spool
 * with the results it belongs to, and overwrites nothing. Becomes part of the entry proper with
 * the next write. */
void series_put_loose(struct store *s, struct series *x, const struct epoch *e, struct buf *out);

/* Former names; which monitors there are. What `was` asks for is done when the index is known. */
void series_configure(struct store *s, const struct config *c);
bool series_watched(const struct store *s, const struct series *x); /* by the configuration */
bool series_probed(const struct store *s, const struct series *x);  /* and is enabled there */
/* So long ago that nothing of it is kept, by our clock. */
bool series_is_over(const struct store *s, const struct epoch *e, int64_t now_ms);
/* Takes out one epoch; an entry without any goes from the index with the next write. */
void series_remove(struct store *s, struct series *x, size_t at);

/* series_read.c: the whole hash, a piece at a time. The first pass of a connection ends in
 * session_indexed(); later ones see what other regions do, and put right what is not as it
 * should be. */
void series_read(struct store *s);
void series_stop_reading(struct store *s);    /* the connection ended */
bool series_is_behind(const struct store *s); /* the spool has arrived and was not read yet */
bool series_known(const struct store *s);     /* read since this connection began */
/* series_write.c: what is dirty, while ready. */
void series_write(struct store *s);

/* --- between series*.c --- */

struct series *series_get(struct store *s, const char *region, const char *monitor); /* made */
void series_add(struct store *s, struct series *x, const struct epoch *e, size_t at);
void series_drop(struct store *s, struct series *x);
void series_loosen(struct series *x, const char *field); /* this field ends with the next write */
void series_apply_moves(struct store *s);
/* The value of a field: all of the entry, or one epoch of it. */
void series_put_value(const struct series *x, const struct epoch *only, struct buf *out);
bool series_is_own(const struct store *s, const struct series *x);

#endif
