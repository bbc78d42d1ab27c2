/* samples.c - a result is four bytes in its slot of the day, and counts in its minute.
 *
 * Happy path: add -> at most 100 ms or 1000 results later one unit of SETRANGEs: neighbouring
 *             slots as one, the running minute as its whole record. A block gets its full size and
 *             its end of life with its first write.
 * Failures:   the lane's. Every write is absolute: doing it again, or late, is the same.
 *
 * A restart must not lose the first half of a minute: in the minute of our start the record is read
 * back once and added to what we count. When that cannot be read (Redis is away) the minute's
 * record holds the second half only; the slots hold all. */
#include "samples.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"
#include "resp.h"
#include "stats/sample.h"

#define GATHER_MS       100
#define GATHER_MAX      1000
#define RUN_SLOTS       16
#define INTERVAL_MIN_MS 100
#define UNIT_MAX_BYTES  ((size_t)16 << 20)

struct minute {
    int64_t at_ms; /* its first millisecond; 0: none */
    struct rollup roll;
    bool dirty;
    bool asked; /* its record is being read back */
};

struct slots {
    struct slots *next_dirty;
    struct samples *samples;
    char *monitor;
    int64_t interval_ms;
    bool dirty;
    /* the block of the day, and the run of slots not yet written */
    int64_t day_ms;
    char *raw_key;
    bool raw_sized;
    int64_t slot; /* first of the run */
    int run;      /* slots in it */
    unsigned char bytes[RUN_SLOTS * SAMPLE_BYTES];
    /* the block of the hour, and the minutes that may still grow: newest first */
    int64_t hour_ms;
    char *minute_key;
    bool hour_sized;
    struct minute minutes[2];
};

struct samples {
    struct store *store;
    struct map series;
    struct slots *dirty_first, **dirty_last;
    struct timer gather;
    bool gathering;
    unsigned gathered;
    int64_t start_minute_ms;
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

/* The format byte behind the last slot: the block has its full size from the first write on. */
static void put_size(struct samples *m, const char *key, int64_t size, int64_t gone_ms)
{
    put_range(m, key, size, BLOCK_FORMAT, 1);
    resp_open(&m->out, 3);
    resp_bulk(&m->out, "EXPIREAT", 8);
    resp_text(&m->out, key);
    resp_int(&m->out, gone_ms / 1000);
    m->commands++;
}

static struct series_key key_parts(const struct slots *x)
{
    const struct store *s = x->samples->store;

    return (struct series_key){s->space, s->region, x->monitor};
}

static void use_day(struct slots *x, int64_t day_ms)
{
    char key[KEY_SIZE];
    struct series_key parts = key_parts(x);

    if (x->day_ms == day_ms && x->raw_key != NULL)
        return;
    key_raw(key, &parts, x->interval_ms, day_ms);
    mem_free(x->raw_key);
    x->raw_key = mem_strdup(key);
    x->day_ms = day_ms;
    x->raw_sized = false;
}

static void use_hour(struct slots *x, int64_t hour_ms)
{
    char key[KEY_SIZE];
    struct series_key parts = key_parts(x);

    if (x->hour_ms == hour_ms && x->minute_key != NULL)
        return;
    key_minute(key, &parts, hour_ms);
    mem_free(x->minute_key);
    x->minute_key = mem_strdup(key);
    x->hour_ms = hour_ms;
    x->hour_sized = false;
}

static void write_run(struct slots *x)
{
    struct samples *m = x->samples;

    if (x->run == 0)
        return;
    if (!x->raw_sized)
        put_size(m, x->raw_key, key_raw_slots(x->interval_ms) * SAMPLE_BYTES,
                 x->day_ms + DAY_MS + m->store->raw_ms);
    x->raw_sized = true;
    put_range(m, x->raw_key, x->slot * SAMPLE_BYTES, x->bytes, (size_t)x->run * SAMPLE_BYTES);
    x->run = 0;
}

static void write_minute(struct slots *x, struct minute *u)
{
    struct samples *m = x->samples;
    unsigned char record[ROLLUP_BYTES];

    if (!u->dirty)
        return;
    use_hour(x, floor_to(u->at_ms, HOUR_MS));
    if (!x->hour_sized)
        put_size(m, x->minute_key, MINUTES_PER_BLOCK * ROLLUP_BYTES,
                 x->hour_ms + HOUR_MS + m->store->minute_ms);
    x->hour_sized = true;
    rollup_encode(&u->roll, record);
    put_range(m, x->minute_key, (u->at_ms - x->hour_ms) / MINUTE_MS * ROLLUP_BYTES, record,
              ROLLUP_BYTES);
    u->dirty = false;
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
    bool same = x->run > 0 && day_ms == x->day_ms && slot == x->slot + x->run - 1;
    bool next = x->run > 0 && day_ms == x->day_ms && slot == x->slot + x->run && x->run < RUN_SLOTS;

    if (!same && !next) {
        write_run(x);
        use_day(x, day_ms);
        x->slot = slot;
    }
    x->run += same ? 0 : 1;
    sample_encode(r, x->bytes + (x->run - 1) * SAMPLE_BYTES);
}

/* What was counted before we started. */
static void on_minute(void *arg, const redisReply *r)
{
    struct slots *x = arg;
    struct rollup before;

    for (int i = 0; i < 2; i++) {
        struct minute *u = &x->minutes[i];
        if (!u->asked)
            continue;
        u->asked = false;
        if (r == NULL || r->type != REDIS_REPLY_STRING || r->len != ROLLUP_BYTES)
            continue;
        rollup_decode((const unsigned char *)r->str, &before);
        rollup_merge(&u->roll, &before);
    }
    if (x->samples->store->closing)
        store_advance_close(x->samples->store);
}

static void ask_minute(struct slots *x, struct minute *u)
{
    struct store *s = x->samples->store;
    struct series_key parts = key_parts(x);
    char key[KEY_SIZE], from[24], to[24];
    int64_t hour_ms = floor_to(u->at_ms, HOUR_MS);
    int64_t at = (u->at_ms - hour_ms) / MINUTE_MS * ROLLUP_BYTES;
    const char *argv[] = {"GETRANGE", key, from, to, NULL};

    if (!store_connected(s))
        return;
    key_minute(key, &parts, hour_ms);
    snprintf(from, sizeof from, "%lld", (long long)at);
    snprintf(to, sizeof to, "%lld", (long long)(at + ROLLUP_BYTES - 1));
    u->asked = true;
    redis_command(s->conn, argv, on_minute, x);
}

static void add_minute(struct slots *x, const struct result *r, int64_t due_ms)
{
    int64_t at_ms = floor_to(due_ms, MINUTE_MS);
    struct minute *u = &x->minutes[0];

    if (u->at_ms < at_ms) {
        write_minute(x, &x->minutes[1]);
        x->minutes[1] = x->minutes[0];
        *u = (struct minute){.at_ms = at_ms};
        if (at_ms == x->samples->start_minute_ms)
            ask_minute(x, u);
    } else if (u->at_ms > at_ms) {
        u = &x->minutes[1];
        if (u->at_ms != at_ms)
            return; /* too late for its minute: the slot has it */
    }
    rollup_add(&u->roll, r);
    u->dirty = true;
}

static struct slots *series_of(struct samples *m, const char *monitor, int64_t interval_ms)
{
    struct slots *x = map_get(&m->series, monitor);

    if (x == NULL) {
        x = mem_new(struct slots);
        x->samples = m;
        x->monitor = mem_strdup(monitor);
        x->interval_ms = interval_ms;
        map_put(&m->series, x->monitor, x);
    }
    if (x->interval_ms != interval_ms) {
        write_run(x);
        mem_free(x->raw_key);
        x->raw_key = NULL;
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
    struct slots *x = series_of(m, monitor, interval_ms);
    add_slot(x, r, due_ms);
    add_minute(x, r, due_ms);
    enlist(x);
    m->store->facts.samples++;
    if (++m->gathered >= GATHER_MAX) {
        samples_flush(m);
    } else if (!m->gathering) {
        m->gathering = true;
        timer_start(&m->gather, GATHER_MS);
    }
}

void samples_expect(struct samples *m, const char *monitor, int64_t interval_ms)
{
    if (interval_ms >= INTERVAL_MIN_MS)
        series_of(m, monitor, interval_ms);
}

void samples_configure(struct samples *m, const struct config *c)
{
    for (size_t i = 0; i < c->n_monitors; i++)
        samples_expect(m, c->monitors[i].name, c->monitors[i].interval_ms);
}

int64_t samples_interval_ms(const struct samples *m, const char *monitor)
{
    const struct slots *x = map_get(&m->series, monitor);

    return x != NULL ? x->interval_ms : 0;
}

static void write_series(struct slots *x)
{
    write_run(x);
    for (int i = 1; i >= 0; i--) {
        if (!x->minutes[i].asked || x->samples->store->closing)
            write_minute(x, &x->minutes[i]);
        else if (x->minutes[i].dirty)
            enlist(x); /* its beginning is still being read */
    }
}

void samples_flush(struct samples *m)
{
    struct slots *x = m->dirty_first;

    m->dirty_first = NULL;
    m->dirty_last = &m->dirty_first;
    while (x != NULL) {
        struct slots *next = x->next_dirty;
        x->dirty = false;
        write_series(x);
        x = next;
    }
    timer_stop(&m->gather);
    m->gathering = m->dirty_first != NULL && !m->store->closing;
    if (m->gathering)
        timer_start(&m->gather, GATHER_MS);
    if (m->commands > 0) {
        struct unit u = {.kind = RECORD_COMMANDS, .count = m->commands, .samples = m->gathered};
        u.p = buf_take(&m->out, &u.n);
        m->gathered = 0;
        m->commands = 0;
        lane_put(&m->store->samples_lane, &u);
    }
}

static void on_gathered(void *arg)
{
    samples_flush(arg);
}

void samples_forget_sizes(struct samples *m)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&m->series, &i, &key, &value);) {
        struct slots *x = value;
        x->raw_sized = x->hour_sized = false;
    }
}

struct samples *samples_new(struct store *s)
{
    struct samples *m = mem_new(struct samples);

    m->store = s;
    m->dirty_last = &m->dirty_first;
    m->start_minute_ms = floor_to(loop_now_ms(), MINUTE_MS);
    map_init(&m->series, 5);
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
    const char *key;
    void *value;

    if (m == NULL)
        return;
    for (size_t i = 0; map_next(&m->series, &i, &key, &value);) {
        struct slots *x = value;
        mem_free(x->monitor);
        mem_free(x->raw_key);
        mem_free(x->minute_key);
        mem_free(x);
    }
    map_done(&m->series);
    buf_done(&m->out);
    mem_free(m);
}
