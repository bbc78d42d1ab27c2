/* keys.c - the names of the keys. */
#include "store/keys.h"

#include <stdbool.h>
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
    [KEY_SERIES] = {"series", "hash"},
    [KEY_REPORTS] = {"reports", "hash"},
};

static const char *const tier_names[TIER_COUNT] = {"raw", "minute", "hour", "day"};

size_t key_of(char dst[KEY_SIZE], const char *space, enum key k)
{
    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:%s", space, keys[k].name);
}

const char *key_name(enum key k)
{
    return keys[k].name;
}

const char *key_type(enum key k)
{
    return keys[k].type;
}

const char *tier_name(enum tier t)
{
    return tier_names[t];
}

static bool is_by_month(enum tier t)
{
    return t == TIER_HOUR || t == TIER_DAY;
}

size_t key_block(char dst[KEY_SIZE], const char *space, enum tier t, const char *id, int64_t at_ms)
{
    struct civil c = civil_of(at_ms / 1000);
    int n = snprintf(dst, KEY_SIZE, "mw:{%s}:%s:%s:%04d%02d", space, tier_names[t], id, c.year,
                     c.month);

    if (!is_by_month(t))
        n += snprintf(dst + n, KEY_SIZE - (size_t)n, "%02d", c.day);
    return (size_t)n;
}

size_t key_late(char dst[KEY_SIZE], const char *space, const char *id, int64_t at_ms)
{
    struct civil c = civil_of(at_ms / 1000);

    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:late:%s:%04d%02d%02d", space, id, c.year,
                            c.month, c.day);
}

size_t key_slo(char dst[KEY_SIZE], const char *space, const char *region_and_slo, int64_t at_ms)
{
    struct civil c = civil_of(at_ms / 1000);

    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:slo:%s:%04d%02d", space, region_and_slo, c.year,
                            c.month);
}

size_t key_slo_recent(char dst[KEY_SIZE], const char *space, const char *region_and_slo)
{
    return (size_t)snprintf(dst, KEY_SIZE, "mw:{%s}:slo:%s:recent", space, region_and_slo);
}

static struct block_span month_span(int64_t unit_ms, int64_t at_ms)
{
    struct civil c = civil_of(at_ms / 1000);
    struct civil next = {.year = c.month == 12 ? c.year + 1 : c.year,
                         .month = c.month == 12 ? 1 : c.month + 1,
                         .day = 1};
    struct civil first = {.year = c.year, .month = c.month, .day = 1};
    int64_t from_ms = civil_seconds(&first) * 1000, to_ms = civil_seconds(&next) * 1000;

    return (struct block_span){from_ms, to_ms, unit_ms, (size_t)((to_ms - from_ms) / unit_ms)};
}

struct block_span block_span(enum tier t, int64_t interval_ms, int64_t at_ms)
{
    int64_t day_ms = at_ms - at_ms % DAY_MS;

    if (is_by_month(t))
        return month_span(t == TIER_HOUR ? HOUR_MS : DAY_MS, at_ms);
    if (t == TIER_MINUTE)
        return (struct block_span){day_ms, day_ms + DAY_MS, MINUTE_MS, DAY_MS / MINUTE_MS};
    return (struct block_span){day_ms, day_ms + DAY_MS, interval_ms,
                               (size_t)key_raw_slots(interval_ms)};
}

int64_t key_raw_slots(int64_t interval_ms)
{
    return (DAY_MS + interval_ms - 1) / interval_ms;
}
