/* spool.h - one lane's records on disk, in order, bounded: what Redis has not got yet.
 *
 * A directory holds segments `LANE-00000001.seg`: eight bytes "mwspool1", then records
 *     u32 length of the payload, u32 crc32 of all that follows and of the length, u8 kind,
 *     u8 0 0 0, u32 count, payload            (big-endian)
 * Appending goes to the newest segment, reading starts at the oldest; a segment all of whose
 * records are acknowledged is removed. A record is written whole or, after a crash or a flipped
 * bit, seen to be torn: then the rest of its segment is passed over, and said so. */
#ifndef SRC_STORE_SPOOL_H
#define SRC_STORE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct spool;

enum record_kind { RECORD_COMMIT = 1, RECORD_COMMANDS = 2 };

struct spool_record {
    enum record_kind kind;
    uint32_t count; /* a commit's arguments; the replies that commands will have. Not 0 */
    const char *p;
    size_t n;
};

/* What went wrong with bytes found on disk, in a line; never a reason to stop. */
typedef void spool_say_fn(void *arg, const char *text);

int spool_open(const char *dir, const char *lane, spool_say_fn *say, void *arg, struct spool **ret,
               struct err *e) MW_MUST_CHECK;
void spool_close(struct spool *s); /* what is acknowledged is gone; NULL accepted */

bool spool_empty(const struct spool *s); /* nothing that is not acknowledged */
size_t spool_bytes(const struct spool *s);
size_t spool_records(const struct spool *s); /* not acknowledged */
size_t spool_unread(const struct spool *s);  /* of these, not read since the last rewind */

/* -1: more than `limit` bytes, or the disk refuses; nothing is left half written. */
int spool_append(struct spool *s, const struct spool_record *r, size_t limit,
                 struct err *e) MW_MUST_CHECK;

/* The next record, borrowed until the next call; false: none for now. */
bool spool_next(struct spool *s, struct spool_record *ret);
void spool_ack(struct spool *s);    /* the oldest one read is done */
void spool_rewind(struct spool *s); /* read again from the oldest not acknowledged */

/* Descriptors to sync, taken by the caller: fdatasync() and close() each, in a thread
 * if need be. */
struct spool_sync {
    int fds[8];
    int n;
};
void spool_take_unsynced(struct spool *s, struct spool_sync *ret);
int spool_sync_now(struct spool_sync *y); /* blocks; 0, or -1 when one of them failed */

#endif
