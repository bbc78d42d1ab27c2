/* slo.c - the cells of SLOs, to Redis and back.
 *
 * Happy path: put -> with the next samples, or a tenth of a second later, two SETRANGEs: the
 * quarter of an hour in its month, the minute in the ring of 256. Reading adds the quarters of all
 * regions that were ever seen. Failures:   the lane's for writing: what Redis can't take now waits
 * in the spool. Reading: not connected, an error, closing: the asker hears "away", once. */
#include "slo.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "internal.h"
#include "resp.h"

#define CELL_BYTES   20
#define MINUTE_BYTES 28
#define MINUTES      256
#define REGIONS_MAX  64
#define READ_MAX_MS  (800 * DAY_MS)

struct kept_slo {
    char *slo;
    struct slo_put put; /* its last; the name is `slo` */
    bool dirty;
    int64_t sized_ms; /* the month whose keys have their end of life; 0: none */
};

struct slos {
    struct store *store;
    struct map by_name;
    struct buf out;
    uint32_t commands;
};

/* --- writing --- */

static unsigned char *put_number(unsigned char *p, uint64_t n, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        *p++ = (unsigned char)(n >> shift);
    return p;
}

static unsigned char *put_cell(unsigned char *p, const struct slo_cell *c)
{
    p = put_number(p, c->good, 4);
    p = put_number(p, c->bad, 4);
    p = put_number(p, c->excluded, 4);
    p = put_number(p, c->unknown, 4);
    return put_number(p, c->planned, 4);
}

static void put_range(struct slos *x, const char *key, int64_t at, const void *p, size_t n)
{
    resp_open(&x->out, 4);
    resp_text(&x->out, "SETRANGE");
    resp_text(&x->out, key);
    resp_int(&x->out, at);
    resp_bulk(&x->out, p, n);
    x->commands++;
}

static void put_end_of_life(struct slos *x, const char *key, int64_t gone_ms)
{
    resp_open(&x->out, 3);
    resp_text(&x->out, "EXPIREAT");
    resp_text(&x->out, key);
    resp_int(&x->out, gone_ms / 1000);
    x->commands++;
}

static void region_and_slo(char dst[2 * NAME_SIZE], const char *region, const char *slo)
{
    snprintf(dst, 2 * NAME_SIZE, "%.*s:%.*s", NAME_MAX_BYTES, region, NAME_MAX_BYTES, slo);
}

static void write_slot(struct slos *x, struct kept_slo *one)
{
    const struct slo_put *p = &one->put;
    struct block_span month = block_span(TIER_HOUR, 0, p->unit_ms);
    int64_t minute = p->minute_ms / MINUTE_MS, gone_ms = month.to_ms + x->store->hour_ms;
    char name[2 * NAME_SIZE], unit_key[KEY_SIZE], minute_key[KEY_SIZE];
    unsigned char bytes[MINUTE_BYTES];

    region_and_slo(name, x->store->region, one->slo);
    key_slo(unit_key, x->store->space, name, p->unit_ms);
    key_slo_recent(minute_key, x->store->space, name);
    put_cell(bytes, &p->unit);
    put_range(x, unit_key, (p->unit_ms - month.from_ms) / SLO_UNIT_MS * CELL_BYTES, bytes,
              CELL_BYTES);
    put_cell(put_number(bytes, (uint64_t)minute, 8), &p->minute);
    put_range(x, minute_key, minute % MINUTES * MINUTE_BYTES, bytes, MINUTE_BYTES);
    if (one->sized_ms != month.from_ms) {
        put_end_of_life(x, unit_key, gone_ms);
        put_end_of_life(x, minute_key, gone_ms);
    }
    one->sized_ms = month.from_ms;
    one->dirty = false;
}

void store_slo_put(struct store *s, const struct slo_put *p)
{
    struct slos *x = s->slos;
    struct kept_slo *one = map_get(&x->by_name, p->slo);

    if (s->closing || p->unit_ms <= 0 || p->minute_ms <= 0)
        return;
    if (one == NULL) {
        one = mem_new(struct kept_slo);
        one->slo = mem_strdup(p->slo);
        map_put(&x->by_name, one->slo, one);
    }
    if (one->dirty && (one->put.unit_ms != p->unit_ms || one->put.minute_ms != p->minute_ms))
        write_slot(x, one);
    one->put = *p;
    one->put.slo = one->slo;
    one->dirty = true;
    samples_gather(s->samples);
}

void slo_flush(struct store *s, struct buf *out, uint32_t *commands)
{
    struct slos *x = s->slos;
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&x->by_name, &i, &key, &value);) {
        if (((struct kept_slo *)value)->dirty)
            write_slot(x, value);
    }
    buf_put(out, x->out.p, x->out.len);
    *commands += x->commands;
    buf_clear(&x->out);
    x->commands = 0;
}

void slo_forget_sizes(struct slos *x)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&x->by_name, &i, &key, &value);)
        ((struct kept_slo *)value)->sized_ms = 0;
}

/* --- reading --- */

struct reading {
    struct store *store;
    store_slo_fn *done;
    void *arg;
    char *slo;
    int64_t from_ms, to_ms;
    VEC(int64_t) months; /* in the order of the questions */
    size_t asked, answered;
    bool failed;
    VEC(struct slo_cell) cells; /* of each unit from from_ms on */
    VEC(struct slo_unit) minutes;
};

static void free_reading(struct reading *r)
{
    mem_free(r->slo);
    vec_done(&r->months);
    vec_done(&r->cells);
    vec_done(&r->minutes);
    mem_free(r);
}

static void end_away(struct reading *r)
{
    r->done(r->arg, NULL);
    free_reading(r);
}

static void on_away(void *arg)
{
    end_away(arg);
}

static bool is_empty(const struct slo_cell *c)
{
    return (c->good | c->bad | c->excluded | c->unknown | c->planned) == 0;
}

static void end_reading(struct reading *r)
{
    VEC(struct slo_unit) units = {0};
    struct slo_history h = {.minutes = r->minutes.items, .n_minutes = r->minutes.n};

    for (size_t i = 0; i < r->cells.n; i++) {
        struct slo_unit u = {r->from_ms + (int64_t)i * SLO_UNIT_MS, r->cells.items[i]};
        if (!is_empty(&u.cell))
            vec_push(&units, u);
    }
    h.units = units.items;
    h.n_units = units.n;
    r->done(r->arg, &h);
    vec_done(&units);
    free_reading(r);
}

static uint64_t number(const unsigned char **p, int bytes)
{
    uint64_t n = 0;

    while (bytes-- > 0)
        n = n << 8 | *(*p)++;
    return n;
}

static struct slo_cell read_cell(const unsigned char *p)
{
    struct slo_cell c;

    c.good = (uint32_t)number(&p, 4);
    c.bad = (uint32_t)number(&p, 4);
    c.excluded = (uint32_t)number(&p, 4);
    c.unknown = (uint32_t)number(&p, 4);
    c.planned = (uint32_t)number(&p, 4);
    return c;
}

static uint32_t sum(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static void add_month(struct reading *r, int64_t month_ms, const unsigned char *p, size_t n)
{
    for (size_t i = 0; (i + 1) * CELL_BYTES <= n; i++) {
        int64_t at_ms = month_ms + (int64_t)i * SLO_UNIT_MS;
        struct slo_cell c = read_cell(p + i * CELL_BYTES);
        if (at_ms < r->from_ms || at_ms >= r->to_ms)
            continue;
        struct slo_cell *to = &r->cells.items[(at_ms - r->from_ms) / SLO_UNIT_MS];
        *to = (struct slo_cell){sum(to->good, c.good), sum(to->bad, c.bad),
                                sum(to->excluded, c.excluded), sum(to->unknown, c.unknown),
                                sum(to->planned, c.planned)};
    }
}

static void add_minutes(struct reading *r, const unsigned char *p, size_t n)
{
    for (size_t i = 0; (i + 1) * MINUTE_BYTES <= n && i < MINUTES; i++) {
        const unsigned char *at = p + i * MINUTE_BYTES;
        uint64_t minute = number(&at, 8);
        struct slo_unit u = {(int64_t)(minute % (UINT64_C(1) << 40)) * MINUTE_MS, read_cell(at)};
        if (minute != 0 && minute % MINUTES == i)
            vec_push(&r->minutes, u);
    }
}

/* The last question is the one for the minutes. */
static void on_block(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    size_t i = r->answered++;
    bool text = reply != NULL && reply->type == REDIS_REPLY_STRING;

    if (reply == NULL || reply->type == REDIS_REPLY_ERROR || r->store->closing)
        r->failed = true;
    else if (text && i < r->months.n)
        add_month(r, r->months.items[i], (const unsigned char *)reply->str, reply->len);
    else if (text)
        add_minutes(r, (const unsigned char *)reply->str, reply->len);
    if (r->answered < r->asked)
        return;
    if (r->failed)
        end_away(r);
    else
        end_reading(r);
}

static void ask(struct reading *r, const char *key)
{
    const char *get[] = {"GET", key, NULL};

    r->asked++;
    redis_command(r->store->conn, get, on_block, r);
}

static void ask_region(struct reading *r, const char *region)
{
    char name[2 * NAME_SIZE], key[KEY_SIZE];

    region_and_slo(name, region, r->slo);
    for (int64_t at_ms = r->from_ms; at_ms < r->to_ms;) {
        struct block_span month = block_span(TIER_HOUR, 0, at_ms);
        key_slo(key, r->store->space, name, at_ms);
        vec_push(&r->months, month.from_ms);
        ask(r, key);
        at_ms = month.to_ms;
    }
}

static void on_regions(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    struct store *s = r->store;
    char name[2 * NAME_SIZE], key[KEY_SIZE];

    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || s->closing || !store_connected(s)) {
        end_away(r);
        return;
    }
    ask_region(r, s->region);
    for (size_t i = 0; i + 1 < reply->elements && i < (size_t)2 * REGIONS_MAX; i += 2) {
        const redisReply *region = reply->element[i];
        if (region->type == REDIS_REPLY_STRING && !text_eq(region->str, s->region))
            ask_region(r, region->str);
    }
    region_and_slo(name, s->region, r->slo);
    key_slo_recent(key, s->space, name);
    ask(r, key);
}

static int64_t to_unit(int64_t at_ms, int64_t up_ms)
{
    at_ms = (at_ms > 0 ? at_ms : 0) + up_ms;
    return at_ms - at_ms % SLO_UNIT_MS;
}

void store_slo_read(struct store *s, const char *slo, int64_t from_ms, int64_t to_ms,
                    store_slo_fn *done, void *arg)
{
    struct reading *r = mem_new(struct reading);
    const char *regions[] = {"HGETALL", s->keys[KEY_REGIONS], NULL};
    const struct slo_cell none = {0};

    *r = (struct reading){.store = s, .done = done, .arg = arg, .slo = mem_strdup(slo)};
    to_ms = to_ms < loop_now_ms() + READ_MAX_MS ? to_ms : loop_now_ms() + READ_MAX_MS;
    r->to_ms = to_unit(to_ms, SLO_UNIT_MS - 1);
    r->from_ms = to_unit(from_ms > r->to_ms - READ_MAX_MS ? from_ms : r->to_ms - READ_MAX_MS, 0);
    for (int64_t at_ms = r->from_ms; at_ms < r->to_ms; at_ms += SLO_UNIT_MS)
        vec_push(&r->cells, none);
    if (!store_connected(s) || s->closing) {
        loop_later(s->loop, on_away, r);
        return;
    }
    samples_flush(s->samples); /* what was put before counts */
    redis_command(s->conn, regions, on_regions, r);
}

/* --- life --- */

struct slos *slos_new(struct store *s)
{
    struct slos *x = mem_new(struct slos);

    x->store = s;
    map_init(&x->by_name, 17);
    buf_init(&x->out, (size_t)4 << 20);
    return x;
}

void slos_free(struct slos *x)
{
    const char *key;
    void *value;

    if (x == NULL)
        return;
    for (size_t i = 0; map_next(&x->by_name, &i, &key, &value);) {
        struct kept_slo *one = value;
        mem_free(one->slo);
        mem_free(one);
    }
    map_done(&x->by_name);
    buf_done(&x->out);
    mem_free(x);
}
