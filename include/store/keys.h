/* keys.h - every key in Redis and what it holds. docs/redis.md tells the same for people.
 *
 *   mw:{NAME}:meta              hash    writer, seq, at: of the last commit; version: commits so
 *   far;
 *                                       greeted: when a daemon last connected
 *   mw:{NAME}:monitors          hash    monitor -> status (JSON, format/state.h)
 *   mw:{NAME}:incidents         hash    incident -> open incident (JSON)
 *   mw:{NAME}:resolved          hash    incident -> resolved incident (JSON)
 *   mw:{NAME}:resolved:index    zset    incident by resolved_ms
 *   mw:{NAME}:outbox            hash    delivery -> not done, or of an open incident (JSON)
 *   mw:{NAME}:deliveries        hash    delivery -> done, of a resolved incident (JSON)
 *   mw:{NAME}:deliveries:index  zset    every delivery by created_ms
 *   mw:{NAME}:deliveries:of     hash    incident -> ids of its deliveries, separated by blanks
 *   mw:{NAME}:ledger            stream  attempts; ID at_ms-n, growing; field j (JSON)
 *   mw:{NAME}:audit             stream  transitions; ID at_ms-n, growing; field j (JSON)
 *   mw:{NAME}:quiets            hash    id -> silence or maintenance (JSON, format/state.h)
 *   mw:{NAME}:overrides         hash    id -> override kept at run time (JSON)
 *   mw:{NAME}:regions           hash    region -> when its daemon was last here (ms)
 *   mw:{NAME}:raw:REGION:MONITOR:INTERVAL_MS:YYYYMMDD
 *                               string  4 bytes a slot of INTERVAL_MS since 00:00 UTC
 *                               (stats/sample.h),
 *                                       then one byte: the format, BLOCK_FORMAT
 *   mw:{NAME}:minute:REGION:MONITOR:YYYYMMDDHH
 *                               string  16 bytes a minute (stats/sample.h), then the same byte
 *
 * The braces are a hash tag: all keys of one NAME are in one cluster slot. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum key {
    KEY_META,
    KEY_MONITORS,
    KEY_INCIDENTS,
    KEY_RESOLVED,
    KEY_RESOLVED_INDEX,
    KEY_OUTBOX,
    KEY_DELIVERIES,
    KEY_DELIVERIES_INDEX,
    KEY_DELIVERIES_OF,
    KEY_LEDGER,
    KEY_AUDIT,
    KEY_QUIETS,
    KEY_OVERRIDES,
    KEY_REGIONS,
    KEY_COUNT
};

#define KEY_SIZE          384
#define BLOCK_FORMAT      "\x01"
#define DAY_MS            INT64_C(86400000)
#define HOUR_MS           INT64_C(3600000)
#define MINUTE_MS         INT64_C(60000)
#define MINUTES_PER_BLOCK 60

/* Each writes the name into dst and returns its length. */
size_t key_of(char dst[KEY_SIZE], const char *space, enum key k);
struct series_key {
    const char *space, *region, *monitor;
};
size_t key_raw(char dst[KEY_SIZE], const struct series_key *k, int64_t interval_ms, int64_t day_ms);
size_t key_minute(char dst[KEY_SIZE], const struct series_key *k, int64_t hour_ms);
const char *key_type(enum key k); /* as Redis' TYPE says it */

/* Slots of a raw block. */
int64_t key_raw_slots(int64_t interval_ms);

#endif
