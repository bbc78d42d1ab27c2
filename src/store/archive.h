/* archive.h - an export as lines of JSON, out and in. docs/backup.md has the format.
 *
 *     {"format":"midwatch-export","version":1,"name":"acme","midwatch":"0.1.0","at":"2026-…Z", …}
 *     {"key":"monitors","type":"hash","data":["api","{\"state\":…}", …]}
 *     {"key":"resolved:index","type":"zset","data":["inc1","1795316645678", …]}
 *     {"key":"audit","type":"stream","data":[["1795316645678-0","j","{…}"], …]}
 *     {"key":"raw:k3f:20261122","type":"string","expires":1795500000000,"data":[{"b64":"…"}]}
 *     {"end":true,"records":4,"counts":{"monitors":1, …},"sha256":"…"}     of all lines before
 *
 * Keys stand without their namespace. A text that is no UTF-8, or holds a NUL, is {"b64": …}. */
#ifndef SRC_STORE_ARCHIVE_H
#define SRC_STORE_ARCHIVE_H

#include <stdio.h>

#include "base/buf.h"
#include "base/vec.h"
#include "model/incident.h"
#include "store/keys.h"

#define ARCHIVE_FORMAT    "midwatch-export"
#define ARCHIVE_VERSION   1
#define ARCHIVE_VALUE_MAX ((size_t)16 << 20)
#define ARCHIVE_LINE_MAX  ((size_t)24 << 20)
#define ARCHIVE_NAME_MAX  4096  /* bytes of a field's or member's name */
#define ARCHIVE_PIECE     65536 /* bytes of a line, about */
#define ARCHIVE_VALUES    65536 /* of a line, at most */

enum archive_type {
    ARCHIVE_HASH,   /* field, value, field, … */
    ARCHIVE_ZSET,   /* member, score, member, … */
    ARCHIVE_STREAM, /* id, field, value, … of one entry; `ends` says where it ends */
    ARCHIVE_STRING, /* one */
    ARCHIVE_TYPES
};

struct archive_value {
    const char *p;
    size_t n;
};

struct archive_piece {
    enum archive_type type;
    char key[KEY_SIZE];
    enum key which;     /* KEY_COUNT: a string */
    int64_t expires_ms; /* 0: never */
    VEC(struct archive_value) values;
    VEC(size_t) ends; /* of entries, as places in `values` */
};

/* How much there is of everything: fields, members, entries; and strings. */
struct archive_counts {
    uint64_t of[KEY_COUNT], strings;
};

struct archive_head {
    char name[NAME_SIZE], midwatch[32];
    int64_t at_ms;
};

/* --- out --- */

struct digest;
struct archive_out {
    FILE *to;
    struct buf line;
    struct digest *digest;
    uint64_t records, bytes;
    struct archive_counts counts;
    bool failed; /* to be written; errno was `error` */
    int error;
};

/* `about`: how much there will be, as far as is known; NULL: it is not. */
void archive_out_init(struct archive_out *o, FILE *to);
void archive_out_done(struct archive_out *o);
void archive_put_head(struct archive_out *o, const struct archive_head *h,
                      const struct archive_counts *about);
void archive_put_piece(struct archive_out *o, const struct archive_piece *p);
void archive_put_end(struct archive_out *o);

/* --- in --- */

struct archive_summary {
    struct archive_head head;
    uint64_t records, lines, bytes;
    struct archive_counts counts;
};
typedef int archive_piece_fn(void *arg, const struct archive_piece *p, struct err *e);

/* Reads all of it, line by line: structure, limits, order, counts, checksum. `each` (may be NULL)
 * gets every piece, borrowed for the call. The error names the line. */
int archive_read(FILE *from, archive_piece_fn *each, void *arg, struct archive_summary *ret,
                 struct err *e) MW_MUST_CHECK;
void archive_piece_clear(struct archive_piece *p); /* keeps the memory */
void archive_piece_done(struct archive_piece *p);
const char *archive_type_name(enum archive_type t);

#endif
