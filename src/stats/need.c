/* need.c - what a store that is full weighs.
 *
 * Monitors × blocks kept × what a block takes. The constants were measured: blocks with `make
 * bench` (bench_blocks.c), what Redis adds with used_memory of 7.0.15, jemalloc, before and after
 * 20,000 keys. */
#include "stats/need.h"

#define SECOND_MS  INT64_C(1000)
#define MINUTE_MS  (60 * SECOND_MS)
#define HOUR_MS    (60 * MINUTE_MS)
#define DAY_MS     (24 * HOUR_MS)
#define MONTH_DAYS 30

#define KEY_BYTES    154 /* a key with an end of life: its name, two entries, the object */
#define STRING_BYTES 6   /* before and behind the bytes of a value */
#define SLOT_BYTES   4
#define SLOT_SEALED  134 /* hundredths of a byte */
#define DAY_SEALED   48  /* until the coder has learned */

#define EMPTY_BYTES     1500000
#define STATUS_BYTES    1500 /* a monitor's status, its series, results of the last minutes */
#define INCIDENT_BYTES  6000 /* with deliveries, attempts and transitions */
#define INCIDENT_MONTHS 3    /* each monitor has one in so many */
#define SLO_CELL_BYTES  20
#define SLO_CELLS       2976 /* quarters of an hour in a month */
#define SLO_RECENT      7168

static int64_t at_least(int64_t v, int64_t least)
{
    return v > least ? v : least;
}

static int64_t up_to_whole(int64_t v, int64_t unit)
{
    return v / unit + (v % unit > 0);
}

/* A value as its allocator rounds it: to sixteens, then to a fifth to an eighth of itself. */
static int64_t kept(int64_t bytes)
{
    int64_t step = 16, n = bytes + STRING_BYTES;
    while (n > 8 * step)
        step *= 2;
    return up_to_whole(n, step) * step + KEY_BYTES;
}

/* A tally of n results among many, in hundredths of a byte. */
static int64_t tally_cost(int64_t n)
{
    static const struct {
        int32_t n, cost;
    } known[] = {{0, 200},    {1, 255},    {2, 305},     {6, 500},     {12, 655},      {60, 1430},
                 {120, 1820}, {360, 2570}, {1440, 4105}, {8640, 5890}, {864000, 12000}};
    const int last = sizeof known / sizeof known[0] - 1;
    int i = 0;
    while (i < last - 1 && n > known[i + 1].n)
        i++;
    int64_t width = known[i + 1].n - known[i].n, rise = known[i + 1].cost - known[i].cost;
    return known[i].cost + rise * (n - known[i].n) / width;
}

static int64_t tallies(int64_t units, int64_t unit_ms, int64_t interval_ms)
{
    return kept(units * tally_cost(unit_ms / interval_ms) / 100);
}

/* Days back that have blocks of their own; months, of which one more is never quite over. */
static int64_t days(int64_t retention_ms)
{
    return up_to_whole(retention_ms, DAY_MS);
}

static int64_t months(int64_t retention_ms)
{
    return days(retention_ms) / MONTH_DAYS + 1;
}

static void add_monitor(const struct config *c, const struct monitor *m, struct need *n)
{
    int64_t every_ms = at_least(m->interval_ms, 1), slots = up_to_whole(DAY_MS, every_ms);
    int64_t raw_ms = c->store.retention.raw_ms, minute_ms = c->store.retention.minute_ms;
    bool by_minute = every_ms < MINUTE_MS;

    if (!by_minute)
        raw_ms = at_least(raw_ms, minute_ms); /* each result is as good as its minute */
    n->raw +=
        kept(slots * SLOT_BYTES + 1) + days(raw_ms) * kept(DAY_SEALED + slots * SLOT_SEALED / 100);
    if (by_minute)
        n->minute += days(minute_ms) * tallies(DAY_MS / MINUTE_MS, MINUTE_MS, every_ms);
    n->hour +=
        months(c->store.retention.hour_ms) * tallies(MONTH_DAYS * INT64_C(24), HOUR_MS, every_ms);
    n->day += months(c->store.retention.day_ms) * tallies(MONTH_DAYS, DAY_MS, every_ms);
    n->other +=
        STATUS_BYTES + months(c->store.retention.incidents_ms) * INCIDENT_BYTES / INCIDENT_MONTHS;
}

void need_of(const struct config *c, struct need *ret)
{
    struct need n = {.other = EMPTY_BYTES};
    int64_t slo_months = months(c->store.retention.hour_ms);

    for (size_t i = 0; i < c->n_monitors; i++)
        if (c->monitors[i].enabled)
            add_monitor(c, &c->monitors[i], &n);
    n.other += (int64_t)c->n_slos * (slo_months * kept(SLO_CELLS * SLO_CELL_BYTES) + SLO_RECENT);
    n.total = n.raw + n.minute + n.hour + n.day + n.other;
    *ret = n;
}
