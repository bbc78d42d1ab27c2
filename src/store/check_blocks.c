/* check_blocks.c - the blocks of a series: each for itself, and roll-ups against results.
 *
 * Happy path: a month: which days have blocks -> for each such day its blocks and the index entry,
 *             of one instant -> they read -> rolled up again, the results give what is kept.
 * Repair:     what can't be read is set aside; what differs is written anew from the results. Days
 * of a month that can't be read, or are missing, are first rebuilt from its hours, which stay when
 * the results have gone.
 *
 * A day whose late results have not been put in yet is not compared: that is the daemon's work. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "check.h"
#include "resp.h"
#include "roll.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "units.h"

#define DAYS_MAX 31

static const enum tier tiers[PART_COUNT] = {[PART_RAW] = TIER_RAW,
                                            [PART_LATE] = TIER_RAW,
                                            [PART_MINUTE] = TIER_MINUTE,
                                            [PART_HOUR] = TIER_HOUR,
                                            [PART_DAY] = TIER_DAY};

struct day {
    struct checked *of;
    int64_t at_ms;
    char rest[PART_COUNT][KEY_SIZE]; /* keys without the namespace */
    struct roll roll;
    bool wrong_type[PART_COUNT];
    struct epoch now; /* as the index had it at the same instant */
};

static void name_parts(struct day *d, const char *space)
{
    char key[KEY_SIZE];
    size_t prefix = strlen(space) + strlen("mw:{}:");

    for (int p = 0; p < PART_COUNT; p++) {
        if (p == PART_LATE)
            key_late(key, space, d->of->epoch.id, d->at_ms);
        else
            key_block(key, space, tiers[p], d->of->epoch.id, d->at_ms);
        text_copy(d->rest[p], KEY_SIZE, key + prefix);
    }
}

/* --- one day, of one instant --- */

static void read_epoch_now(struct day *d, const redisReply *r)
{
    struct jv *v = NULL;
    const struct jv *list;

    if (r->type != REDIS_REPLY_STRING || jv_parse(r->str, (size_t)r->len, &v, NULL) != 0)
        return;
    list = jv_get(v, "epochs");
    for (size_t i = 0; i < jv_len(list); i++) {
        const struct jv *one = jv_at(list, i);
        if (!text_eq(jv_get_text(one, "id"), d->of->epoch.id))
            continue;
        d->now.rolled_ms = jv_get_int(one, "rolled", 0);
        d->now.late_ms = jv_get_int(one, "late", 0);
    }
    jv_free(v);
}

static int take_day(void *arg, const redisReply *r, struct err *e)
{
    struct day *d = arg;

    if (r->type == REDIS_REPLY_STATUS)
        return 0;
    if (r->type != REDIS_REPLY_ARRAY || r->elements != PART_COUNT + 1)
        return err_set(e, "redis gave an unexpected answer to EXEC");
    for (int p = 0; p < PART_COUNT; p++) {
        const redisReply *one = r->element[p];
        d->wrong_type[p] = one->type == REDIS_REPLY_ERROR;
        d->roll.in[p].there = one->type == REDIS_REPLY_STRING;
        if (d->roll.in[p].there)
            buf_put(&d->roll.in[p].p, one->str, (size_t)one->len);
    }
    read_epoch_now(d, r->element[PART_COUNT]);
    return 0;
}

static int read_day(struct day *d, struct err *e)
{
    struct talk *t = d->of->check->talk;
    struct buf *out = talk_out(t);
    char key[KEY_SIZE], field[2 * NAME_SIZE + 2];

    resp_open(out, 1);
    resp_text(out, "MULTI");
    for (int p = 0; p < PART_COUNT; p++) {
        talk_key(t, key, d->rest[p]);
        resp_open(out, 2);
        resp_text(out, "GET");
        resp_text(out, key);
    }
    talk_key(t, key, key_name(KEY_SERIES));
    snprintf(field, sizeof field, "%s/%s", d->of->region, d->of->monitor);
    resp_open(out, 3);
    resp_text(out, "HGET");
    resp_text(out, key);
    resp_text(out, field);
    resp_open(out, 1);
    resp_text(out, "EXEC");
    return talk_send(t, PART_COUNT + 3, take_day, d, e);
}

/* --- written anew --- */

static int64_t retention_ms(const struct day *d, enum part p)
{
    const struct config *c = d->of->check->config;
    const int64_t kept[PART_COUNT] = {[PART_RAW] = c->store.retention.raw_ms,
                                      [PART_MINUTE] = c->store.retention.minute_ms,
                                      [PART_HOUR] = c->store.retention.hour_ms,
                                      [PART_DAY] = c->store.retention.day_ms};
    bool coarse = d->of->epoch.interval_ms >= MINUTE_MS;

    return p == PART_RAW && coarse && kept[PART_MINUTE] > kept[PART_RAW] ? kept[PART_MINUTE]
                                                                         : kept[p];
}

static int64_t gone_ms(const struct day *d, enum part p)
{
    struct block_span span = block_span(tiers[p], d->of->epoch.interval_ms, d->at_ms);

    return span.to_ms + retention_ms(d, p);
}

static void put_part(struct day *d, enum part p, const struct buf *block)
{
    struct buf *out = talk_out(d->of->check->talk);
    char key[KEY_SIZE];

    talk_key(d->of->check->talk, key, d->rest[p]);
    resp_open(out, 5);
    resp_text(out, "SET");
    resp_text(out, key);
    resp_bulk(out, block->p, block->len);
    resp_text(out, "EXAT");
    resp_int(out, gone_ms(d, p) / 1000);
}

/* --- each for itself --- */

/* A month's block is looked at with each of its days, and told of once. */
static void say(struct day *d, enum part p, const char *mended, const char *what)
{
    struct check *c = d->of->check;
    bool monthly = p == PART_HOUR || p == PART_DAY;

    if (!monthly || !d->of->said[p])
        check_say(c, d->rest[p], mended, "%s", what);
    d->of->said[p] = true;
}

static int put_aside(struct day *d, enum part p, const char *what, struct err *e)
{
    struct check *c = d->of->check;

    say(d, p, CHECK_SET_ASIDE(c), what);
    d->roll.in[p].there = false;
    return c->options->repair ? check_set_aside(c, d->rest[p], e) : 0;
}

/* NULL: it is one. */
static const char *not_open(const struct day *d, const struct buf *b)
{
    size_t slots = (size_t)key_raw_slots(d->of->epoch.interval_ms);

    if (b->len > slots * SAMPLE_BYTES + 1)
        return "an open block is longer than its day";
    if (b->len < slots * SAMPLE_BYTES + 1)
        return "an open block is shorter than its day: its end is gone";
    return b->p[b->len - 1] == BLOCK_FORMAT[0] ? NULL : "an open block is of no format we know";
}

/* Turned into an open one, if it was sealed. NULL: fine. */
static const char *check_results(struct day *d, enum part p, bool *ret_sealed, struct err *why)
{
    struct buf *b = &d->roll.in[p].p;
    size_t n = (size_t)key_raw_slots(d->of->epoch.interval_ms);
    enum block_form form = block_form(b->p, b->len);
    unsigned char *slots;
    int rc;

    *ret_sealed = form == BLOCK_IS_SEALED;
    if (form == BLOCK_IS_OPEN)
        return not_open(d, b);
    if (form != BLOCK_IS_SEALED || p == PART_LATE)
        return "it is no block of results";
    slots = mem_calloc(n, SAMPLE_BYTES);
    rc = block_unseal(b->p, b->len, slots, n, why);
    if (rc == 0) {
        buf_clear(b);
        buf_put(b, slots, n * SAMPLE_BYTES);
        buf_put(b, BLOCK_FORMAT, 1);
    }
    mem_free(slots);
    return rc == 0 ? NULL : why->text;
}

static void count_block(struct day *d, enum part p, bool sealed)
{
    struct check_report *r = &d->of->check->report;
    uint64_t *counters[PART_COUNT] = {[PART_RAW] = sealed ? &r->raw_sealed : &r->raw_open,
                                      [PART_LATE] = &r->raw_open,
                                      [PART_MINUTE] = &r->minutes,
                                      [PART_HOUR] = &r->hours,
                                      [PART_DAY] = &r->days};

    *counters[p] += 1;
    d->of->blocks++;
}

/* NULL: fine, or not there. */
static const char *judge_part(struct day *d, enum part p, bool *ret_sealed, struct err *why)
{
    struct buf *b = &d->roll.in[p].p;

    if (d->wrong_type[p])
        return "it is no string, so no block of ours";
    if (!d->roll.in[p].there)
        return NULL;
    if (p == PART_RAW || p == PART_LATE)
        return check_results(d, p, ret_sealed, why);
    return block_get_tallies(b->p, b->len, NULL, NULL, why) != 0 ? why->text : NULL;
}

/* The hours of the month were judged before: they are there when they can be read. `what`: is wrong
 * with its days; NULL: they are not there. */
static int rebuild_days(struct day *d, const char *what, struct err *e)
{
    struct check *c = d->of->check;
    size_t n = gone_ms(d, PART_DAY) > c->now_ms ? roll_rebuild_days(&d->roll) : 0;
    char words[sizeof e->text + 80];

    if (n == 0 && what == NULL)
        return 0;
    if (n == 0) {
        snprintf(words, sizeof words, "%s; there are no hours of its month to rebuild it from",
                 what);
        return put_aside(d, PART_DAY, words, e);
    }
    snprintf(words, sizeof words, "%s; %zu %s of it %s in the hours of its month",
             what != NULL ? what : "it is missing", n, n == 1 ? "day" : "days",
             n == 1 ? "is" : "are");
    say(d, PART_DAY, c->options->repair ? "rebuilt" : NULL, words);
    if (!c->options->repair)
        return 0;
    if (what != NULL && check_set_aside(c, d->rest[PART_DAY], e) != 0)
        return -1;
    put_part(d, PART_DAY, &d->roll.in[PART_DAY].p);
    return talk_send(c->talk, 1, NULL, NULL, e);
}

/* Blocks of a month are told of with its first day that is looked at. */
static int check_part(struct day *d, enum part p, bool *ret_sealed, struct err *e)
{
    struct err why;
    const char *what = judge_part(d, p, ret_sealed, &why);

    if (p == PART_DAY && (what != NULL || !d->roll.in[p].there))
        return rebuild_days(d, what, e);
    return what == NULL ? 0 : put_aside(d, p, what, e);
}

/* --- roll-ups against results --- */

static const char *part_says(const struct roll *r, enum part p)
{
    return r->in[p].there ? "it does not say what the results do"
                          : "it is missing, though there are results";
}

/* Other bytes may say the same: another version may have written them. */
static bool say_the_same(const struct buf *a, const struct buf *b)
{
    struct units *x, *y;
    struct err e;

    if (a->len == b->len && memcmp(a->p, b->p, a->len) == 0)
        return true;
    x = units_new(BLOCK_UNITS_MAX);
    y = units_new(BLOCK_UNITS_MAX);
    bool same = units_read(x, a, &e) == 0 && units_read(y, b, &e) == 0 && units_equal(x, y);
    units_free(x);
    units_free(y);
    return same;
}

static bool differs(const struct day *d, enum part p)
{
    const struct roll *r = &d->roll;

    if (!r->out[p].write || gone_ms(d, p) <= d->of->check->now_ms)
        return false;
    return !r->in[p].there || !say_the_same(&r->in[p].p, &r->out[p].p);
}

static int compare(struct day *d, struct err *e)
{
    struct check *c = d->of->check;
    bool repair = c->options->repair;
    unsigned n = 0;

    roll_compute(&d->roll);
    c->report.compared++;
    for (int p = PART_MINUTE; p < PART_COUNT; p++) {
        if (!differs(d, (enum part)p))
            continue;
        say(d, (enum part)p, CHECK_MENDED(c), part_says(&d->roll, (enum part)p));
        if (repair) {
            put_part(d, (enum part)p, &d->roll.out[p].p);
            n++;
        }
    }
    return talk_send(c->talk, n, NULL, NULL, e);
}

static int seal(struct day *d, struct err *e)
{
    struct check *c = d->of->check;

    say(d, PART_RAW, CHECK_MENDED(c), "it is still open, though its day has been rolled up");
    if (!c->options->repair || !d->roll.out[PART_RAW].write)
        return 0;
    put_part(d, PART_RAW, &d->roll.out[PART_RAW].p);
    return talk_send(c->talk, 1, NULL, NULL, e);
}

static int judge_day(struct day *d, bool first, struct err *e)
{
    bool sealed = false, ignored, there[PART_COUNT];

    for (int p = 0; p < PART_COUNT; p++) {
        bool monthly = p == PART_HOUR || p == PART_DAY;
        there[p] = d->roll.in[p].there;
        if (check_part(d, (enum part)p, p == PART_RAW ? &sealed : &ignored, e) != 0)
            return -1;
        if (there[p] && (first || !monthly))
            count_block(d, (enum part)p, sealed);
    }
    bool pending = d->roll.in[PART_LATE].there || d->now.late_ms == d->at_ms;
    if (!d->roll.in[PART_RAW].there || pending || d->at_ms >= d->now.rolled_ms)
        return 0;
    d->roll.keep_raw = true;
    if (compare(d, e) != 0)
        return -1;
    return sealed ? 0 : seal(d, e);
}

static int check_day(struct checked *k, int64_t at_ms, bool first, struct err *e)
{
    struct day *d = mem_new(struct day);
    int rc;

    d->of = k;
    d->at_ms = at_ms;
    d->now = k->epoch;
    roll_init(&d->roll, k->epoch.interval_ms, at_ms);
    name_parts(d, talk_space(k->check->talk));
    rc = read_day(d, e) == 0 ? judge_day(d, first, e) : -1;
    roll_done(&d->roll);
    mem_free(d);
    return rc;
}

/* --- a month --- */

struct month {
    bool days[DAYS_MAX]; /* something of it alone is there */
    size_t n, at;
};

static int take_there(void *arg, const redisReply *r, struct err *e)
{
    struct month *m = arg;

    if (r->type != REDIS_REPLY_INTEGER)
        return err_set(e, "redis gave an unexpected answer to EXISTS");
    m->days[m->at++] = r->integer > 0;
    return 0;
}

/* The last answer is of the month's own blocks. */
static int look_for_days(struct checked *k, const struct block_span *span, struct month *m,
                         struct err *e)
{
    struct talk *t = k->check->talk;
    struct buf *out = talk_out(t);
    char key[KEY_SIZE];
    struct day d = {.of = k};

    for (size_t i = 0; i < m->n; i++) {
        d.at_ms = span->from_ms + (int64_t)i * DAY_MS;
        name_parts(&d, talk_space(t));
        resp_open(out, 4);
        resp_text(out, "EXISTS");
        for (int p = 0; p <= PART_MINUTE; p++) {
            talk_key(t, key, d.rest[p]);
            resp_text(out, key);
        }
    }
    return talk_send(t, (unsigned)m->n, take_there, m, e);
}

static int check_month(struct checked *k, const struct block_span *span, struct err *e)
{
    struct month m = {.n = span->units};
    bool first = true;

    memset(k->said, 0, sizeof k->said);
    if (look_for_days(k, span, &m, e) != 0)
        return -1;
    for (size_t i = 0; i < m.n; i++) {
        bool last = i + 1 == m.n; /* the month's own blocks are looked at in any case */
        if (!m.days[i] && !(last && first))
            continue;
        if (check_day(k, span->from_ms + (int64_t)i * DAY_MS, first, e) != 0)
            return -1;
        first = false;
    }
    return 0;
}

int check_blocks(struct checked *k, struct err *e)
{
    int64_t at_ms = k->epoch.from_ms;
    int64_t kept_ms = k->check->config->store.retention.day_ms;
    int64_t to_ms = k->epoch.last_ms < k->check->now_ms ? k->epoch.last_ms : k->check->now_ms;

    if (at_ms < k->check->now_ms - kept_ms - 62 * DAY_MS)
        at_ms = k->check->now_ms - kept_ms - 62 * DAY_MS; /* nothing can be older */
    do {
        struct block_span span = block_span(TIER_DAY, k->epoch.interval_ms, at_ms);
        if (check_month(k, &span, e) != 0)
            return -1;
        at_ms = span.to_ms;
    } while (at_ms <= to_ms);
    return 0;
}
