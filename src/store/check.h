/* check.h - what the parts of `midwatch store check` share. */
#ifndef SRC_STORE_CHECK_H
#define SRC_STORE_CHECK_H

#include "base/map.h"
#include "move_shared.h"
#include "series.h"
#include "store/move.h"

struct check {
    struct talk *talk;
    const struct config *config;
    const struct check_options *options;
    const struct progress *progress;
    struct check_report report;
    int64_t now_ms; /* of Redis */
    struct map ids; /* of series that the index knows: id -> "" */
};

#define CHECK_ASIDE_S 2592000 /* 30 days */

#define CHECK_MENDED(c)    ((c)->options->repair ? "mended" : NULL)
#define CHECK_SET_ASIDE(c) ((c)->options->repair ? "set aside" : NULL)

/* Tells of something wrong with a key (without its namespace), and whether that is dealt with. */
void check_say(struct check *c, const char *rest, const char *mended, const char *fmt, ...)
    MW_PRINTF(4, 5);
void check_tell(const struct check *c, const char *doing, uint64_t done, uint64_t of);
/* Renames it to KEY:damaged, which goes by itself. */
int check_set_aside(struct check *c, const char *rest, struct err *e) MW_MUST_CHECK;

/* check_decided.c: incidents, deliveries, their indexes, the record. */
int check_decided(struct check *c, struct err *e) MW_MUST_CHECK;
/* check_series.c: the index, and behind each entry check_blocks(). */
int check_series(struct check *c, struct err *e) MW_MUST_CHECK;
/* check_strings.c: all keys that there are: those that nobody knows, SLOs, ends of life. */
int check_strings(struct check *c, struct err *e) MW_MUST_CHECK;

/* One epoch of an entry of the index. */
struct checked {
    struct check *check;
    char region[NAME_SIZE], monitor[NAME_SIZE];
    struct epoch epoch;
    uint64_t blocks; /* found of it */
    bool said[8];    /* of the month's blocks, this month: something is wrong with it */
};
/* check_blocks.c: every block of it, against each other. */
int check_blocks(struct checked *k, struct err *e) MW_MUST_CHECK;

#endif
