/* move_shared.h - what export, import and check have in common. */
#ifndef SRC_STORE_MOVE_SHARED_H
#define SRC_STORE_MOVE_SHARED_H

#include "archive.h"
#include "talk.h"

/* A field of `meta`: when an import began that has not ended. `meta` is written last, without it.
 */
#define MOVE_MARKER "importing"
/* The end of a key under which a block that could not be read was put aside. */
#define MOVE_DAMAGED ":damaged"

/* A key without the namespace; NULL: of another one. */
const char *move_rest(const struct talk *t, const char *key);
bool move_is_fixed(const char *rest);  /* one of enum key */
bool move_is_usable(const char *rest); /* can stand in an archive */
/* When the import began; "": none is under way. */
int move_read_marker(struct talk *t, char *dst, size_t size, struct err *e) MW_MUST_CHECK;
/* How much there is under each of enum key, now; an error when one is not of its type. */
int move_count(struct talk *t, struct archive_counts *ret, struct err *e) MW_MUST_CHECK;
/* A daemon that writes here: its region; "": none. When one was here in the last 15 s it is waited
 * for that it comes again, or that they are over. */
int move_find_daemon(struct talk *t, char *dst, size_t size, struct err *e) MW_MUST_CHECK;
/* --- decided.c: all that is no string --- */

struct decided_ends {
    char id[KEY_COUNT][48]; /* of a stream: its last id; "": empty */
};
bool decided_is_stream(int key);
/* All hashes and sorted sets as of one instant, in pieces; `each` must not ask Redis anything. */
int decided_read(struct talk *t, archive_piece_fn *each, void *arg, struct decided_ends *ret,
                 struct err *e) MW_MUST_CHECK;
/* The entries of a stream up to there. */
int decided_read_stream(struct talk *t, enum key k, const struct decided_ends *ends,
                        archive_piece_fn *each, void *arg, struct err *e) MW_MUST_CHECK;

size_t move_spooled(const struct config *c); /* bytes of records in DIR/spool */

#endif
