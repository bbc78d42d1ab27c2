/* script.h - what runs inside Redis, in one piece: a commit, a trim. */
#ifndef SRC_STORE_SCRIPT_H
#define SRC_STORE_SCRIPT_H

#define SCRIPT_LIBRARY "midwatch1"

/* Redis 7 and Valkey: FUNCTION LOAD REPLACE; then FCALL mw_commit, FCALL mw_trim. */
extern const char script_library[];
/* Redis 6.2: SCRIPT LOAD; then EVALSHA. A first argument "trim" asks for the trim. */
extern const char script_text[];

#endif
