/* roll.h - a day of a series that is over, rolled up: bytes in, bytes out. Knows no Redis, and runs
 * beside the loop. */
#ifndef SRC_STORE_ROLL_H
#define SRC_STORE_ROLL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/keys.h"

/* What is read for it, and, but for the late results, written. */
enum part { PART_RAW, PART_LATE, PART_MINUTE, PART_HOUR, PART_DAY, PART_COUNT };

struct roll {
    int64_t interval_ms, day_ms;
    bool keep_raw; /* its retention is not over yet */
    struct {
        bool there, damaged;
        struct buf p;
        char why[96]; /* of the damage */
    } in[PART_COUNT];
    struct {
        bool write;
        struct buf p;
    } out[PART_COUNT];
    bool changed;           /* there is something to write */
    uint64_t results, late; /* in the day; of these, put in now */
    size_t rebuilt;         /* days of the month that were taken from its hours */
};

/* Bytes of a day that is not sealed: they begin with a latency code, or with nothing. */
bool roll_is_open(const void *p, size_t n);

void roll_init(struct roll *r, int64_t interval_ms, int64_t day_ms);
void roll_done(struct roll *r);
bool roll_wants(const struct roll *r, enum part p);
/* Out of what there is. With the day's block: its tallies take the place of those of before.
 * Without (its retention is over, or it was damaged): the late results are added to those. Where
 * the month's days are not there, or damaged, its hours give them. */
void roll_compute(struct roll *r);
/* Makes in[PART_DAY] what in[PART_HOUR] says, exact but for sums of lateness (1/16): so many days.
 * 0: the hours can't be read or have none, and in[PART_DAY] is taken as not there. */
size_t roll_rebuild_days(struct roll *r);

#endif
