/* move.h - the whole of a namespace out into a file, and in again; and is it whole? For commands:
 * these wait until they are done, and have a loop of their own.
 *
 * The file: docs/backup.md. What is walked through and mended: src/store/check.c. */
#ifndef STORE_MOVE_H
#define STORE_MOVE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "model/config.h"

enum moved {
    MOVED,
    MOVED_NOT,        /* the answer is no: nothing kept there, not empty, a damaged file */
    MOVED_UNREACHABLE /* the store is, or went away in the middle */
};

/* How far it is; now and then. `of`: 0 when nobody knows. */
struct progress {
    void (*each)(void *arg, const char *doing, uint64_t done, uint64_t of);
    void *arg;
};

struct export_report {
    uint64_t records, bytes, strings;
    unsigned passed_over;      /* keys under our name that are none of ours */
    char passed_over_key[256]; /* the first of them */
    size_t spooled;            /* bytes in DIR/spool, which Redis has not got yet */
};

/* Writes everything kept under c->name. What decides pages is of one instant; measurements are read
 * while the daemon goes on writing. `e` on all but MOVED. */
enum moved store_export(const struct config *c, FILE *to, const struct progress *p,
                        struct export_report *ret, struct err *e) MW_MUST_CHECK;

struct import_options {
    const char *name; /* NULL: c->name, which must then be the file's */
    bool replace;     /* what is there is deleted first */
};
struct import_report {
    char name[256], at[40]; /* of the file */
    uint64_t records, bytes, strings, replaced;
    uint64_t expired; /* blocks whose end of life has come since: left out */
};

/* Reads `from` (which can be rewound) twice: all of it is verified before anything is written. */
enum moved store_import(const struct config *c, FILE *from, const struct import_options *o,
                        const struct progress *p, struct import_report *ret,
                        struct err *e) MW_MUST_CHECK;

/* --- is it whole? --- */

struct finding {
    const char *key;    /* in Redis */
    const char *what;   /* "its last bytes are gone" */
    const char *mended; /* how: "mended", "rebuilt", "set aside"; NULL: it is left */
};
struct check_options {
    bool repair; /* mends what can be: never beside a daemon; never what decides pages itself */
    void (*each)(void *arg, const struct finding *f); /* borrowed for the call */
    void *arg;
};
struct check_report {
    /* looked at */
    uint64_t series, raw_open, raw_sealed, minutes, hours, days; /* blocks, by tier */
    uint64_t compared;                                           /* days: roll-ups with results */
    uint64_t slos, incidents, deliveries, records;
    uint64_t set_aside; /* KEY:damaged, of before */
    uint64_t findings, mended;
};
/* MOVED: nothing is wrong, or everything that was has been mended. MOVED_NOT with an empty `e`:
 * findings are left. */
enum moved store_check(const struct config *c, const struct check_options *o,
                       const struct progress *p, struct check_report *ret,
                       struct err *e) MW_MUST_CHECK;

#endif
