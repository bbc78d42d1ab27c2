/* roll.c - the slots of a day become a sealed block and tallies of its minutes, hours and itself.
 *
 * Happy path: open block -> slots -> tallies into the month's hours and days -> all sealed.
 * Failures:   a part that can't be read is marked damaged and taken as not there; but the days of a
 *             month are then taken from its hours. From days no hours can be made. */
#include "roll.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "stats/tally.h"
#include "units.h"

#define BLOCK_MAX ((size_t)64 << 20)

#define OPEN_FIRST_MAX 7 /* the high byte of the greatest latency code */

void roll_init(struct roll *r, int64_t interval_ms, int64_t day_ms)
{
    *r = (struct roll){.interval_ms = interval_ms, .day_ms = day_ms};
    for (int i = 0; i < PART_COUNT; i++) {
        buf_init(&r->in[i].p, BLOCK_MAX);
        buf_init(&r->out[i].p, BLOCK_MAX);
    }
}

void roll_done(struct roll *r)
{
    for (int i = 0; i < PART_COUNT; i++) {
        buf_done(&r->in[i].p);
        buf_done(&r->out[i].p);
    }
}

/* Results that are a minute apart, or more, are their own minutes. */
bool roll_wants(const struct roll *r, enum part p)
{
    return p != PART_MINUTE || r->interval_ms < MINUTE_MS;
}

/* --- the slots --- */

bool roll_is_open(const void *p, size_t n)
{
    return block_form(p, n) == BLOCK_IS_OPEN &&
           (n == 0 || *(const unsigned char *)p <= OPEN_FIRST_MAX);
}

struct day {
    struct roll *roll;
    size_t n;
    unsigned char *slots;
    bool based; /* the day's own block was there */
};

static void damage(struct roll *r, enum part p, const char *why)
{
    r->in[p].damaged = true;
    text_copy(r->in[p].why, sizeof r->in[p].why, why);
}

static void take_open(struct day *d, const struct buf *p)
{
    for (size_t i = 0; i < d->n && (i + 1) * SAMPLE_BYTES <= p->len; i++) {
        const unsigned char *slot = (const unsigned char *)p->p + i * SAMPLE_BYTES;
        if (slot[2] != 0)
            memcpy(d->slots + i * SAMPLE_BYTES, slot, SAMPLE_BYTES);
    }
}

static void take_raw(struct day *d)
{
    struct roll *r = d->roll;
    const struct buf *p = &r->in[PART_RAW].p;
    struct err e = {"its first byte is of no block of results"};

    if (!r->in[PART_RAW].there)
        return;
    d->based = true;
    if (roll_is_open(p->p, p->len)) {
        take_open(d, p);
        r->changed = true;
    } else if (block_form(p->p, p->len) != BLOCK_IS_SEALED ||
               block_unseal(p->p, p->len, d->slots, d->n, &e) != 0) {
        memset(d->slots, 0, d->n * SAMPLE_BYTES);
        d->based = false;
        damage(r, PART_RAW, e.text);
    }
}

static void take_late(struct day *d)
{
    struct roll *r = d->roll;
    const struct buf *p = &r->in[PART_LATE].p;

    if (!r->in[PART_LATE].there)
        return;
    if (!roll_is_open(p->p, p->len)) {
        damage(r, PART_LATE, "its first byte is of no open block");
        return;
    }
    for (size_t i = 0; i < d->n && (i + 1) * SAMPLE_BYTES <= p->len; i++)
        r->late += p->p[i * SAMPLE_BYTES + 2] != 0;
    take_open(d, p);
    r->changed = true;
}

/* --- the units --- */

static struct units *new_units(const struct roll *r, enum tier t)
{
    return units_new(block_span(t, r->interval_ms, r->day_ms).units);
}

/* False: nothing could be read of it. */
static bool read_units(struct roll *r, enum part p, struct units *u)
{
    struct err e;

    if (!r->in[p].there)
        return false;
    if (units_read(u, &r->in[p].p, &e) == 0)
        return true;
    damage(r, p, e.text);
    return false;
}

/* The days of a month as they are kept. Where they can't be read, their hours say the same. */
static void read_days(struct roll *r, struct units *days, size_t *ret_rebuilt)
{
    struct units *hours;

    *ret_rebuilt = 0;
    if (read_units(r, PART_DAY, days))
        return;
    hours = new_units(r, TIER_HOUR);
    if (read_units(r, PART_HOUR, hours))
        units_sum(hours, days);
    *ret_rebuilt = units_there(days);
    units_free(hours);
}

static void write_units(struct roll *r, enum part p, const struct units *u)
{
    r->out[p].write = true;
    units_write(u, &r->out[p].p);
}

/* The day's share of a block, beginning with unit `first`. */
static void roll_units(struct day *d, enum part p, enum tier t)
{
    struct roll *r = d->roll;
    struct block_span span = block_span(t, r->interval_ms, r->day_ms);
    struct units *u = units_new(span.units);
    size_t first = (size_t)((r->day_ms - span.from_ms) / span.unit_ms);
    struct result one = {0};

    if (p == PART_DAY)
        read_days(r, u, &r->rebuilt);
    else
        (void)read_units(r, p, u);
    for (size_t i = 0; d->based && i < (size_t)(DAY_MS / span.unit_ms); i++)
        units_drop(u, first + i);
    if (r->rebuilt > 0)
        r->rebuilt = units_there(u);
    for (size_t i = 0; i < d->n; i++) {
        if (sample_decode(d->slots + i * SAMPLE_BYTES, &one))
            tally_add(units_at(u, first + (size_t)((int64_t)i * r->interval_ms / span.unit_ms)),
                      &one);
    }
    write_units(r, p, u);
    units_free(u);
}

size_t roll_rebuild_days(struct roll *r)
{
    struct units *days = new_units(r, TIER_DAY);
    size_t rebuilt;

    r->in[PART_DAY].there = false;
    read_days(r, days, &rebuilt);
    if (rebuilt > 0) {
        r->in[PART_DAY].there = true;
        buf_clear(&r->in[PART_DAY].p);
        units_write(days, &r->in[PART_DAY].p);
    }
    units_free(days);
    return rebuilt;
}

/* Nothing of this day has been rolled up before, for all that we know. */
static bool is_new(struct roll *r)
{
    struct block_span span = block_span(TIER_DAY, r->interval_ms, r->day_ms);
    struct units *days = units_new(span.units);
    size_t rebuilt;

    read_days(r, days, &rebuilt);
    bool fresh = days->items[(r->day_ms - span.from_ms) / DAY_MS] == NULL;
    bool lost = r->in[PART_HOUR].damaged || (r->in[PART_DAY].damaged && !r->in[PART_HOUR].there);
    units_free(days);
    return fresh && !lost;
}

static void seal(struct day *d)
{
    struct roll *r = d->roll;

    for (size_t i = 0; i < d->n; i++)
        r->results += d->slots[i * SAMPLE_BYTES + 2] != 0;
    if (!r->keep_raw || (!d->based && !is_new(r)))
        return; /* a part of a day must not pass for all of it */
    r->out[PART_RAW].write = true;
    block_seal(d->slots, d->n, &r->out[PART_RAW].p);
}

void roll_compute(struct roll *r)
{
    struct day d = {.roll = r, .n = (size_t)key_raw_slots(r->interval_ms)};

    d.slots = mem_calloc(d.n, SAMPLE_BYTES);
    take_raw(&d);
    take_late(&d);
    if (r->changed) {
        seal(&d);
        if (roll_wants(r, PART_MINUTE))
            roll_units(&d, PART_MINUTE, TIER_MINUTE);
        roll_units(&d, PART_HOUR, TIER_HOUR);
        roll_units(&d, PART_DAY, TIER_DAY);
    }
    mem_free(d.slots);
}
