/* roll.c - the slots of a day become a sealed block and tallies of its minutes, hours and itself.
 *
 * Happy path: open block -> slots -> tallies into the month's hours and days -> all sealed.
 * Failures:   a part that can't be read is marked damaged and taken as not there. */
#include "roll.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "stats/tally.h"

#define BLOCK_MAX ((size_t)64 << 20)
#define UNITS_MAX BLOCK_UNITS_MAX

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

bool roll_is_open(const struct buf *p)
{
    return block_form(p->p, p->len) == BLOCK_IS_OPEN &&
           (p->len == 0 || (unsigned char)p->p[0] <= OPEN_FIRST_MAX);
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
    if (roll_is_open(p)) {
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
    if (!roll_is_open(p)) {
        damage(r, PART_LATE, "its first byte is of no open block");
        return;
    }
    for (size_t i = 0; i < d->n && (i + 1) * SAMPLE_BYTES <= p->len; i++)
        r->late += p->p[i * SAMPLE_BYTES + 2] != 0;
    take_open(d, p);
    r->changed = true;
}

/* --- the units --- */

struct units {
    struct tally *items[UNITS_MAX];
    size_t n;
};

static void keep_unit(void *arg, size_t unit, const struct tally *t)
{
    struct units *u = arg;

    if (unit >= u->n || u->items[unit] != NULL)
        return;
    u->items[unit] = mem_new(struct tally);
    *u->items[unit] = *t;
}

static void clear_units(struct units *u)
{
    for (size_t i = 0; i < u->n; i++) {
        mem_free(u->items[i]);
        u->items[i] = NULL;
    }
}

static void read_units(struct roll *r, enum part p, struct units *u)
{
    const struct buf *in = &r->in[p].p;
    struct err e;

    if (!r->in[p].there || block_get_tallies(in->p, in->len, keep_unit, u, &e) == 0)
        return;
    clear_units(u);
    damage(r, p, e.text);
}

static void write_units(struct roll *r, enum part p, const struct units *u)
{
    r->out[p].write = true;
    block_put_tallies((const struct tally *const *)u->items, u->n, &r->out[p].p);
}

static struct tally *unit_at(struct units *u, size_t i)
{
    if (u->items[i] == NULL) {
        u->items[i] = mem_new(struct tally);
        tally_init(u->items[i]);
    }
    return u->items[i];
}

/* The day's share of a block, beginning with unit `first`. */
static void roll_units(struct day *d, enum part p, enum tier t)
{
    struct roll *r = d->roll;
    struct block_span span = block_span(t, r->interval_ms, r->day_ms);
    struct units *u = mem_new(struct units);
    size_t first = (size_t)((r->day_ms - span.from_ms) / span.unit_ms);
    struct result one = {0};

    u->n = span.units;
    read_units(r, p, u);
    for (size_t i = 0; d->based && i < (size_t)(DAY_MS / span.unit_ms); i++) {
        mem_free(u->items[first + i]);
        u->items[first + i] = NULL;
    }
    for (size_t i = 0; i < d->n; i++) {
        if (sample_decode(d->slots + i * SAMPLE_BYTES, &one))
            tally_add(unit_at(u, first + (size_t)((int64_t)i * r->interval_ms / span.unit_ms)),
                      &one);
    }
    write_units(r, p, u);
    clear_units(u);
    mem_free(u);
}

/* Nothing of this day has been rolled up before. */
static bool is_new(const struct roll *r)
{
    struct units *u = mem_new(struct units);
    struct block_span span = block_span(TIER_DAY, r->interval_ms, r->day_ms);
    const struct buf *in = &r->in[PART_DAY].p;
    bool there = r->in[PART_DAY].there;
    size_t day = (size_t)((r->day_ms - span.from_ms) / DAY_MS);

    u->n = span.units;
    bool fine = !there || block_get_tallies(in->p, in->len, keep_unit, u, NULL) == 0;
    bool fresh = fine && u->items[day] == NULL;
    clear_units(u);
    mem_free(u);
    return fresh;
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
