/* keys.h - every key in Redis and what it holds. docs/redis.md tells the same for people.
 *
 *   mw:{NAME}:meta              hash    writer, seq, at: of the last commit; version:
 *                                       commits so far; greeted: when a daemon last
 *                                       connected; importing: since when an import is
 *                                       not finished
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
 *   mw:{NAME}:series            hash    REGION/MONITOR -> under which ids its results are kept
 *                                       (JSON); for a moment also REGION/MONITOR#ID: one of them
 *   mw:{NAME}:reports           hash    KIND:PERIOD:REVISION -> a report as issued (JSON);
 *                                       head:KIND:PERIOD:REVISION -> in short, for lists (JSON)
 *   mw:{NAME}:raw:ID:YYYYMMDD   string  a day of results: open, 4 bytes a slot of the series'
 *                                       interval since 00:00 UTC (stats/sample.h), then one byte:
 *                                       the format, BLOCK_FORMAT; sealed (stats/block.h) once over
 *   mw:{NAME}:late:ID:YYYYMMDD  string  open likewise: results that came when their day was over;
 *                                       for the minute until they are put into the day's block
 *   mw:{NAME}:minute:ID:YYYYMMDD
 *   mw:{NAME}:hour:ID:YYYYMM
 *   mw:{NAME}:day:ID:YYYYMM     string  roll-ups (stats/block.h): the minutes of a day, the hours
 *                                       and the days of a month; UTC
 *   mw:{NAME}:slo:REGION:SLO:YYYYMM
 *                               string  20 bytes a quarter of an hour of the month, UTC: good, bad,
 *                                       excluded, unknown, planned (32 bits each, big-endian)
 *   mw:{NAME}:slo:REGION:SLO:recent
 *                               string  28 bytes a minute, at (minute mod 256): the minute since
 *                                       1970 (64 bits), then the same five
 *   …:damaged                           a block that could not be read, or what stood in the way of
 *                                       one: set aside for 30 days
 *
 * The braces are a hash tag: all keys of one NAME are in one cluster slot. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "stats/tiers.h"

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
    KEY_SERIES,
    KEY_REPORTS,
    KEY_COUNT
};

#define KEY_SIZE       384
#define BLOCK_FORMAT   "\x02"
#define DAY_MS         INT64_C(86400000)
#define HOUR_MS        INT64_C(3600000)
#define MINUTE_MS      INT64_C(60000)
#define SERIES_ID_SIZE 16

/* Each writes the name into dst and returns its length. `id`: of a series; `at_ms`: any instant of
 * the day or month. `region_and_slo`: "fra:web". */
size_t key_of(char dst[KEY_SIZE], const char *space, enum key k);
size_t key_block(char dst[KEY_SIZE], const char *space, enum tier t, const char *id, int64_t at_ms);
size_t key_late(char dst[KEY_SIZE], const char *space, const char *id, int64_t at_ms);
size_t key_slo(char dst[KEY_SIZE], const char *space, const char *region_and_slo, int64_t at_ms);
size_t key_slo_recent(char dst[KEY_SIZE], const char *space, const char *region_and_slo);
const char *key_type(enum key k); /* as Redis' TYPE says it */
const char *key_name(enum key k); /* without the namespace: "monitors" */
const char *tier_name(enum tier t);
/* The part of time that one block of a tier holds: where it begins, how long it is, units in it. */
struct block_span {
    int64_t from_ms, to_ms, unit_ms;
    size_t units;
};
struct block_span block_span(enum tier t, int64_t interval_ms /* for TIER_RAW */, int64_t at_ms);

/* Slots of a raw block. */
int64_t key_raw_slots(int64_t interval_ms);

#endif
