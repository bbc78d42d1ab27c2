/* script.h - what runs inside Redis, in one piece: a commit, a trim. */
#ifndef SRC_STORE_SCRIPT_H
#define SRC_STORE_SCRIPT_H

/* One library for every midwatch on this Redis, whatever its version: loading it replaces an older
 * one. The number in the names of the functions grows when a record says what an older function
 * would not understand: if an older midwatch puts its own library back, these names are gone, and
 * that is seen at once. The names of before stay offered, for its sake. */
#define SCRIPT_LIBRARY "midwatch1"
#define SCRIPT_COMMIT  "mw_commit2"
#define SCRIPT_TRIM    "mw_trim2"

/* Redis 7 and Valkey: FUNCTION LOAD REPLACE; then FCALL. */
extern const char script_library[];
/* Redis 6.2: SCRIPT LOAD; then EVALSHA. A first argument "trim" asks for the trim. */
extern const char script_text[];

#endif
