/* keys.c - the names of the keys. */
#include "store/keys.h"

#include <stdio.h>

#include "base/civil.h"

static const struct {
    const char *name, *type;
} keys[KEY_COUNT] = {
    [KEY_META] = {"meta", "hash"},
    [KEY_MONITORS] = {"monitors", "hash"},
    [KEY_INCIDENTS] = {"incidents", "hash"},
    [KEY_RESOLVED] = {"resolved", "hash"},
    [KEY_RESOLVED_INDEX] = {"resolved:index", "zset"},
    [KEY_OUTBOX] = {"outbox", "hash"},
    [KEY_DELIVERIES] = {"deliveries", "hash"},
    [KEY_DELIVERIES_INDEX] = {"deliveries:index", "zset"},
    [KEY_DELIVERIES_OF] = {"deliveries:of", "hash"},
    [KEY_LEDGER] = {"ledger", "stream"},
    [KEY_AUDIT] = {"audit", "stream"},
    [KEY_QUIETS] = {"quiets", "hash"},
    [KEY_OVERRIDES] = {"overrides", "hash"},
    [KEY_REGIONS] = {"regions", "hash"},
};

size_t key_of(char dst[KEY_SIZE], const char *space, enum key k)
{
    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:%s", space, keys[k].name);
}

const char *key_type(enum key k)
{
    return keys[k].type;
}

int64_t key_raw_slots(int64_t interval_ms)
{
    return (DAY_MS + interval_ms - 1) / interval_ms;
}

size_t key_raw(char dst[KEY_SIZE], const struct series_key *k, int64_t interval_ms, int64_t day_ms)
{
    struct civil c = civil_of(day_ms / 1000);

    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:raw:%s:%s:%lld:%04d%02d%02d", k->space,
                            k->region, k->monitor, (long long)interval_ms, c.year, c.month, c.day);
}

size_t key_minute(char dst[KEY_SIZE], const struct series_key *k, int64_t hour_ms)
{
    struct civil c = civil_of(hour_ms / 1000);

    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:minute:%s:%s:%04d%02d%02d%02d", k->space,
                            k->region, k->monitor, c.year, c.month, c.day, c.hour);
}
