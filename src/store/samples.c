/* samples.c - a result is four bytes in its slot of the day.
 *
 * Happy path: add -> at most 100 ms or 1000 results later one unit of SETRANGEs, neighbouring slots
 *             as one. A block gets its full size and its end of life with its first write; a new
 *             series tells of itself in the same unit, before its first slot.
 * Failures:   the lane's. Every write is absolute: doing it again is the same.
 *
 * A result whose day is over, or rolled up already, is late: it goes into an open block beside the
 * day's (key_late), and the roller puts it where it belongs. So nothing is ever written into a
 * block that is sealed. */
#include "samples.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"
#include "resp.h"
#include "series_index.h"
#include "stats/sample.h"

#define GATHER_MS       100
#define GATHER_MAX      1000
#define RUN_SLOTS       16
#define INTERVAL_MIN_MS 100
#define UNIT_MAX_BYTES  ((size_t)16 << 20)

/* Where a monitor's results go now, and the run of slots not yet written. */
struct slots {
    struct slots *next_dirty;
    struct samples *samples;
    char *monitor;
    int64_t interval_ms;
    bool dirty;
    char id[SERIES_ID_SIZE];
    int64_t from_ms, rolled_ms; /* of the series */
    int64_t day_ms;
    bool late;
    char *key; /* NULL: to be asked for */
    bool sized;
    int64_t slot; /* first of the run */
    int run;      /* slots in it */
    unsigned char bytes[RUN_SLOTS * SAMPLE_BYTES];
};

struct samples {
    struct store *store;
    struct map slots; /* by monitor */
    struct slots *dirty_first, **dirty_last;
    struct timer gather;
    bool gathering;
    unsigned gathered;
    struct buf out;
    uint32_t commands;
};

static int64_t floor_to(int64_t at_ms, int64_t unit_ms)
{
    return at_ms - at_ms % unit_ms;
}

/* --- commands --- */

static void put_range(struct samples *m, const char *key, int64_t at, const void *p, size_t n)
{
    resp_open(&m->out, 4);
    resp_bulk(&m->out, "SETRANGE", 8);
    resp_text(&m->out, key);
    resp_int(&m->out, at);
    resp_bulk(&m->out, p, n);
    m->commands++;
}

static void put_end_of_life(struct samples *m, const char *key, int64_t gone_ms)
{
    resp_open(&m->out, 3);
    resp_bulk(&m->out, "EXPIREAT", 8);
    resp_text(&m->out, key);
    resp_int(&m->out, gone_ms / 1000);
    m->commands++;
}

/* The format byte behind the last slot: the block has its full size from the first write on. It
 * lives until it is rolled up, which may have to wait for a midwatch that is away. */
static void put_size(struct slots *x)
{
    struct samples *m = x->samples;
    int64_t over_ms = x->day_ms + DAY_MS, now = loop_now_ms();

    put_range(m, x->key, key_raw_slots(x->interval_ms) * SAMPLE_BYTES, BLOCK_FORMAT, 1);
    put_end_of_life(m, x->key,
                    (x->late && now > over_ms ? now : over_ms) + m->store->raw_ms + ROLL_WAIT_MS);
    x->sized = true;
}

static void write_run(struct slots *x)
{
    if (x->run == 0)
        return;
    if (!x->sized)
        put_size(x);
    put_range(x->samples, x->key, x->slot * SAMPLE_BYTES, x->bytes, (size_t)x->run * SAMPLE_BYTES);
    roller_note_write(x->samples->store, x->id, x->day_ms);
    x->run = 0;
}

/* --- where to --- */

static bool is_late(int64_t day_ms, int64_t rolled_ms)
{
    return day_ms < rolled_ms || loop_now_ms() >= day_ms + DAY_MS + ROLL_AFTER_MS;
}

/* The series hears of a result in this day. What others must not miss, even if we are killed now,
 * goes with the results. */
static void note_day(struct slots *x, struct epoch *e, int64_t slot_ms)
{
    struct samples *m = x->samples;
    struct series *one = series_own(m->store, x->monitor);
    const struct epoch was = *e;

    if (e->from_ms == 0 || slot_ms < e->from_ms)
        e->from_ms = slot_ms;
    if (x->day_ms > e->last_ms && e->rolled_ms == e->last_ms + DAY_MS && !x->late &&
        !m->store->series->unread)
        e->rolled_ms = x->day_ms; /* nothing came in between */
    if (x->day_ms > e->last_ms)
        e->last_ms = x->day_ms;
    if (x->late && (e->late_ms == 0 || x->day_ms < e->late_ms))
        e->late_ms = x->day_ms;
    if (memcmp(&was, e, sizeof was) == 0)
        return;
    series_touch(one);
    if (was.last_ms == 0 || was.late_ms != e->late_ms || !m->store->samples_lane.direct) {
        series_put_loose(m->store, one, e, &m->out);
        m->commands++;
    }
}

static void use_day(struct slots *x, int64_t day_ms, int64_t slot_ms)
{
    struct store *s = x->samples->store;
    struct epoch *e = series_epoch(s, x->monitor, x->interval_ms);
    char key[KEY_SIZE];

    memcpy(x->id, e->id, sizeof x->id);
    x->day_ms = day_ms;
    x->late = is_late(day_ms, e->rolled_ms);
    note_day(x, e, slot_ms);
    x->from_ms = e->from_ms;
    x->rolled_ms = e->rolled_ms;
    if (x->late)
        key_late(key, s->space, x->id, day_ms);
    else
        key_block(key, s->space, TIER_RAW, x->id, day_ms);
    mem_free(x->key);
    x->key = mem_strdup(key);
    x->sized = false;
}

static void leave_day(struct slots *x)
{
    write_run(x);
    mem_free(x->key);
    x->key = NULL;
}

/* --- gathering --- */

static void enlist(struct slots *x)
{
    if (x->dirty)
        return;
    x->dirty = true;
    x->next_dirty = NULL;
    *x->samples->dirty_last = x;
    x->samples->dirty_last = &x->next_dirty;
}

static void add_slot(struct slots *x, const struct result *r, int64_t due_ms)
{
    int64_t day_ms = floor_to(due_ms, DAY_MS), slot = (due_ms - day_ms) / x->interval_ms;
    int64_t slot_ms = day_ms + slot * x->interval_ms;

    if (x->key == NULL || day_ms != x->day_ms || slot_ms < x->from_ms ||
        x->late != is_late(day_ms, x->rolled_ms)) {
        leave_day(x);
        use_day(x, day_ms, slot_ms);
    }
    bool same = x->run > 0 && slot == x->slot + x->run - 1;
    bool next = x->run > 0 && slot == x->slot + x->run && x->run < RUN_SLOTS;
    if (!same && !next) {
        write_run(x);
        x->slot = slot;
    }
    x->run += same ? 0 : 1;
    sample_encode(r, x->bytes + (x->run - 1) * SAMPLE_BYTES);
}

static struct slots *slots_of(struct samples *m, const char *monitor, int64_t interval_ms)
{
    struct slots *x = map_get(&m->slots, monitor);

    if (x == NULL) {
        x = mem_new(struct slots);
        x->samples = m;
        x->monitor = mem_strdup(monitor);
        x->interval_ms = interval_ms;
        map_put(&m->slots, x->monitor, x);
    }
    if (x->interval_ms != interval_ms) {
        leave_day(x);
        x->interval_ms = interval_ms;
    }
    return x;
}

void samples_add(struct samples *m, const char *monitor, int64_t interval_ms,
                 const struct result *r)
{
    int64_t due_ms = r->due_ms > 0 ? r->due_ms : r->at_ms;

    if (interval_ms < INTERVAL_MIN_MS || due_ms <= 0) {
        m->store->facts.dropped_samples++;
        return;
    }
    struct slots *x = slots_of(m, monitor, interval_ms);
    add_slot(x, r, due_ms);
    enlist(x);
    m->store->facts.samples++;
    m->store->facts.late_samples += x->late ? 1 : 0;
    if (++m->gathered >= GATHER_MAX)
        samples_flush(m);
    else
        samples_gather(m);
}

void samples_gather(struct samples *m)
{
    if (m->gathering)
        return;
    m->gathering = true;
    timer_start(&m->gather, GATHER_MS);
}

void samples_flush(struct samples *m)
{
    struct slots *x = m->dirty_first;

    m->dirty_first = NULL;
    m->dirty_last = &m->dirty_first;
    for (; x != NULL; x = x->next_dirty) {
        x->dirty = false;
        write_run(x);
    }
    slo_flush(m->store, &m->out, &m->commands);
    timer_stop(&m->gather);
    m->gathering = false;
    if (m->commands > 0) {
        struct unit u = {.kind = RECORD_COMMANDS, .count = m->commands, .samples = m->gathered};
        u.p = buf_take(&m->out, &u.n);
        m->gathered = 0;
        m->commands = 0;
        lane_put(&m->store->samples_lane, &u);
    }
}

bool samples_idle(const struct samples *m)
{
    return !m->gathering && m->commands == 0;
}

static void on_gathered(void *arg)
{
    samples_flush(arg);
}

void samples_forget_sizes(struct samples *m)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&m->slots, &i, &key, &value);)
        ((struct slots *)value)->sized = false;
    slo_forget_sizes(m->store->slos);
}

void samples_rolled(struct samples *m, const char *monitor)
{
    struct slots *x = map_get(&m->slots, monitor);

    if (x != NULL)
        leave_day(x);
}

static void forget_slots(struct samples *m)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&m->slots, &i, &key, &value);) {
        struct slots *x = value;
        mem_free(x->monitor);
        mem_free(x->key);
        mem_free(x);
    }
    map_done(&m->slots);
}

void samples_configure(struct samples *m)
{
    samples_flush(m);
    forget_slots(m);
    map_init(&m->slots, 5);
}

/* --- life --- */

struct samples *samples_new(struct store *s)
{
    struct samples *m = mem_new(struct samples);

    m->store = s;
    m->dirty_last = &m->dirty_first;
    map_init(&m->slots, 5);
    buf_init(&m->out, UNIT_MAX_BYTES);
    timer_init(&m->gather, s->loop, &s->owner, on_gathered, m);
    return m;
}

void samples_close(struct samples *m)
{
    timer_close(&m->gather);
}

void samples_free(struct samples *m)
{
    if (m == NULL)
        return;
    forget_slots(m);
    buf_done(&m->out);
    mem_free(m);
}
