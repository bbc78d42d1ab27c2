/* roller.c - once a day for each series, and again when results came late.
 *
 *   looking -- a day is over --> asking (its blocks) -- all there --> computing (roll.c, in a
 *      ^                                                             thread)
 *      +------- done, or not: a later round sees it again <-------- writing (one transaction) <-+
 *
 * Happy path: blocks and the entry of the index change together, or not at all.
 * Failures:   a result of that day came in meanwhile, a connection that ended, a Redis that is
 *             full: the day stays to be rolled, and doing it twice is the same. Damaged blocks are
 *             set aside; the days of a month are then taken from its hours.
 *
 * Only while ready and with nothing older in the lane of samples: what waits in the spool for a day
 * must be in its block before that is sealed. The day counts as rolled up from the moment the
 * transaction is sent: results that come from then on are late ones, and go beside it. */
#include "roller.h"

#include <stdio.h>
#include <string.h>

#include "aside.h"
#include "base/text.h"
#include "internal.h"
#include "loop/log.h"
#include "loop/work.h"
#include "multi.h"
#include "reply.h"
#include "resp.h"
#include "retire.h"
#include "roll.h"

#define FIRST_MS  1000
#define STEP_MS   10
#define ROUND_MS  60000
#define PAUSE_US  INT64_C(60000000)
#define OLDEST_US INT64_C(2000000)

struct roller {
    struct store *store;
    struct timer timer;
    size_t at;  /* in the index */
    bool found; /* something, in this round */
    size_t retire_at;
    int64_t oldest_ms, asked_us; /* roller_oldest_ms() lately */
    int64_t pause_until_us;
    struct job *job; /* under way */
};

struct job {
    struct roller *roller;
    struct roll roll;
    char id[SERIES_ID_SIZE], monitor[NAME_SIZE];
    char keys[PART_COUNT][KEY_SIZE];
    unsigned asked, answered;
    unsigned spills; /* of the lane, when we asked */
    bool touched;    /* something was written into it since */
    bool failed;
};

static int64_t min_of(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* --- the end of a job --- */

static void end_job(struct job *j)
{
    struct roller *r = j->roller;

    r->job = NULL;
    roll_done(&j->roll);
    mem_free(j);
    if (r->store->closing)
        store_advance_close(r->store);
    else
        timer_start(&r->timer, STEP_MS);
}

/* A later round does it again. */
static void put_off(struct job *j, bool pause)
{
    if (pause)
        j->roller->pause_until_us = loop_mono_us() + PAUSE_US;
    j->roller->at++;
    end_job(j);
}

/* --- writing --- */

static void do_again(struct job *j)
{
    struct series *of;
    struct epoch *e = series_by_id(j->roller->store, j->id, &of);

    if (e == NULL)
        return;
    e->late_ms = min_of(e->late_ms, j->roll.day_ms);
    series_touch(of);
}

static void on_written(void *arg, enum multi_end end, const char *words)
{
    struct job *j = arg;
    struct store *s = j->roller->store;

    if (end == MULTI_DONE) {
        s->facts.blocks_rolled++;
        end_job(j);
        return;
    }
    do_again(j);
    if (end == MULTI_REFUSED) {
        s->facts.errors++;
        log_error("store", "redis refuses a roll-up of %s: %.200s", j->monitor, words);
    }
    put_off(j, end != MULTI_AWAY);
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Results a minute apart or more have no roll-up by minutes: they stay for as long themselves. */
static int64_t raw_kept_ms(const struct store *s, int64_t interval_ms)
{
    return interval_ms < MINUTE_MS ? s->raw_ms : later_of(s->raw_ms, s->minute_ms);
}

static int64_t gone_ms(const struct job *j, enum part p)
{
    static const enum tier tiers[PART_COUNT] = {[PART_RAW] = TIER_RAW,
                                                [PART_MINUTE] = TIER_MINUTE,
                                                [PART_HOUR] = TIER_HOUR,
                                                [PART_DAY] = TIER_DAY};
    const struct store *s = j->roller->store;
    const int64_t kept[PART_COUNT] = {[PART_RAW] = raw_kept_ms(s, j->roll.interval_ms),
                                      [PART_MINUTE] = s->minute_ms,
                                      [PART_HOUR] = s->hour_ms,
                                      [PART_DAY] = s->day_ms};

    return block_span(tiers[p], j->roll.interval_ms, j->roll.day_ms).to_ms + kept[p];
}

static void put_block(struct multi *m, const struct job *j, enum part p)
{
    struct buf *out = multi_command(m, 5);

    resp_text(out, "SET");
    resp_text(out, j->keys[p]);
    resp_bulk(out, j->roll.out[p].p.p, j->roll.out[p].p.len);
    resp_text(out, "EXAT");
    resp_int(out, gone_ms(j, p) / 1000);
}

static void put_entry(struct multi *m, struct store *s, const struct series *of)
{
    struct buf *out = multi_command(m, 4), value;

    buf_init(&value, SIZE_MAX);
    series_put_value(of, NULL, &value);
    resp_text(out, "HSET");
    resp_text(out, s->keys[KEY_SERIES]);
    resp_text(out, of->field);
    resp_bulk(out, value.p, value.len);
    buf_done(&value);
}

static void advance(struct epoch *e, int64_t day_ms)
{
    if (day_ms >= e->rolled_ms)
        e->rolled_ms = day_ms + DAY_MS;
    if (e->late_ms != 0 && e->late_ms <= day_ms)
        e->late_ms = day_ms + DAY_MS < e->rolled_ms ? day_ms + DAY_MS : 0;
}

static void put_end(struct multi *m, const char *key)
{
    struct buf *out = multi_command(m, 2);

    resp_text(out, "DEL");
    resp_text(out, key);
}

/* What came late is in its place; a day caught up with so late that its results have outlived their
 * retention is not kept open any longer. */
static void send_blocks(struct job *j, const struct series *of)
{
    struct multi m;

    multi_init(&m);
    for (int p = 0; p < PART_COUNT; p++) {
        if (j->roll.out[p].write)
            put_block(&m, j, (enum part)p);
    }
    if (j->roll.in[PART_LATE].there)
        put_end(&m, j->keys[PART_LATE]);
    if (j->roll.in[PART_RAW].there && !j->roll.in[PART_RAW].damaged && !j->roll.keep_raw)
        put_end(&m, j->keys[PART_RAW]);
    put_entry(&m, j->roller->store, of);
    multi_send(j->roller->store, &m, on_written, j);
}

static bool still_fit(const struct store *s)
{
    return s->session == SESSION_READY && !s->closing && s->samples_lane.direct;
}

static void set_damaged_aside(const struct job *j)
{
    for (int p = 0; p < PART_COUNT; p++) {
        if (j->roll.in[p].damaged)
            aside_put(j->roller->store, j->keys[p], j->roll.in[p].why);
    }
    if (j->roll.rebuilt > 0)
        log_notice("store", "%s: %zu %s of the month added up anew from its hours",
                   j->keys[PART_DAY], j->roll.rebuilt, j->roll.rebuilt == 1 ? "day" : "days");
}

static void write_blocks(struct job *j)
{
    struct store *s = j->roller->store;
    struct series *of;

    samples_rolled(s->samples, j->monitor); /* writes what was gathered: it may be of this day */
    struct epoch *e = series_by_id(s, j->id, &of);
    if (e == NULL || j->touched || !still_fit(s) || s->samples_lane.spills != j->spills) {
        put_off(j, false);
        return;
    }
    set_damaged_aside(j);
    advance(e, j->roll.day_ms);
    if (j->roll.changed) {
        send_blocks(j, of);
        return;
    }
    series_touch(of);
    end_job(j);
}

/* --- computing --- */

static void work(void *arg)
{
    roll_compute(&((struct job *)arg)->roll);
}

static void on_computed(void *arg)
{
    struct job *j = arg;

    j->roller->store->working--;
    write_blocks(j);
}

/* --- asking --- */

static void take_answer(struct job *j, enum part p, const redisReply *r)
{
    struct store *s = j->roller->store;
    char words[256];

    if (r->type == REDIS_REPLY_STRING) {
        j->roll.in[p].there = true;
        buf_put(&j->roll.in[p].p, r->str, r->len);
    } else if (r->type == REDIS_REPLY_ERROR && text_starts(r->str, "WRONGTYPE")) {
        aside_put(s, j->keys[p], "is no string, so it is no block of ours");
    } else if (r->type == REDIS_REPLY_ERROR) {
        j->failed = true;
        reply_words(r, words, sizeof words);
        session_fail(s, words, reply_class(r) == REPLY_LATER ? 0 : BACKOFF_LONG_MS);
    }
}

static void on_block(void *arg, const redisReply *r)
{
    struct job *j = arg;

    while (!roll_wants(&j->roll, (enum part)j->answered))
        j->answered++;
    if (r == NULL)
        j->failed = true;
    else
        take_answer(j, (enum part)j->answered, r);
    j->answered++;
    if (j->answered < PART_COUNT)
        return;
    if (j->failed || j->touched) {
        put_off(j, false);
        return;
    }
    j->roller->store->working++;
    work_run(j->roller->store->loop, work, on_computed, j);
}

static void name_keys(struct job *j)
{
    const char *space = j->roller->store->space;
    int64_t day_ms = j->roll.day_ms;

    key_block(j->keys[PART_RAW], space, TIER_RAW, j->id, day_ms);
    key_late(j->keys[PART_LATE], space, j->id, day_ms);
    key_block(j->keys[PART_MINUTE], space, TIER_MINUTE, j->id, day_ms);
    key_block(j->keys[PART_HOUR], space, TIER_HOUR, j->id, day_ms);
    key_block(j->keys[PART_DAY], space, TIER_DAY, j->id, day_ms);
}

static void begin_job(struct roller *r, const struct series *of, const struct epoch *e,
                      int64_t day_ms)
{
    struct job *j = mem_new(struct job);
    struct store *s = r->store;

    r->job = j;
    j->roller = r;
    roll_init(&j->roll, e->interval_ms, day_ms);
    j->roll.keep_raw = day_ms + DAY_MS + raw_kept_ms(s, e->interval_ms) > loop_now_ms();
    text_copy(j->id, sizeof j->id, e->id);
    text_copy(j->monitor, sizeof j->monitor, of->monitor);
    name_keys(j);
    j->spills = s->samples_lane.spills;
    for (int p = 0; p < PART_COUNT; p++) {
        const char *get[] = {"GET", j->keys[p], NULL};
        if (roll_wants(&j->roll, (enum part)p))
            redis_command(s->conn, get, on_block, j);
    }
}

/* --- looking --- */

/* -1: none that is over. */
static int64_t next_day(const struct epoch *e, int64_t now_ms)
{
    int64_t day_ms = e->rolled_ms != 0 ? e->rolled_ms : e->from_ms - e->from_ms % DAY_MS;

    if (e->late_ms != 0 && e->late_ms < day_ms)
        return e->late_ms;
    return day_ms <= e->last_ms && day_ms + DAY_MS + ROLL_AFTER_MS <= now_ms ? day_ms : -1;
}

static bool look_at(struct roller *r, const struct series *x)
{
    int64_t now = loop_now_ms();

    for (size_t i = 0; i < x->epochs.n; i++) {
        const struct epoch *e = &x->epochs.items[i];
        int64_t day_ms = next_day(e, now);
        if (day_ms < 0)
            continue;
        r->found = true;
        begin_job(r, x, e, day_ms);
        return true;
    }
    return false;
}

/* A round ends where the index ends; one that found nothing is the last for a while. */
static void end_round(struct roller *r)
{
    bool again = r->found;

    r->at = 0;
    r->found = false;
    if (!again)
        retire_some(r->store, &r->retire_at);
    timer_start(&r->timer, again ? STEP_MS : ROUND_MS);
}

static void on_step(void *arg)
{
    struct roller *r = arg;
    struct store *s = r->store;
    const struct series *x;

    if (r->job != NULL)
        return;
    if (!still_fit(s) || loop_mono_us() < r->pause_until_us) {
        timer_start(&r->timer, FIRST_MS);
        return;
    }
    samples_flush(s->samples);
    while ((x = series_at(s, r->at)) != NULL) {
        if (series_is_own(s, x) && look_at(r, x))
            return; /* its next day comes next */
        r->at++;
    }
    end_round(r);
}

static int64_t find_oldest_ms(const struct store *s)
{
    int64_t now = loop_now_ms(), oldest_ms = 0;
    const struct series *x;

    for (size_t i = 0; (x = series_at(s, i)) != NULL; i++) {
        for (size_t k = 0; series_is_own(s, x) && k < x->epochs.n; k++) {
            int64_t day_ms = next_day(&x->epochs.items[k], now);
            oldest_ms = min_of(oldest_ms, day_ms > 0 ? day_ms : 0);
        }
    }
    return oldest_ms;
}

/* Asked for often, by whoever wants any of the facts. */
int64_t roller_oldest_ms(const struct store *s)
{
    struct roller *r = s->roller;
    int64_t now = loop_mono_us();

    if (r->asked_us == 0 || now - r->asked_us > OLDEST_US) {
        r->asked_us = now;
        r->oldest_ms = find_oldest_ms(s);
    }
    return r->oldest_ms;
}

/* --- life --- */

struct roller *roller_new(struct store *s)
{
    struct roller *r = mem_new(struct roller);

    r->store = s;
    timer_init(&r->timer, s->loop, &s->owner, on_step, r);
    return r;
}

void roller_start(struct roller *r)
{
    if (r->job == NULL)
        timer_start(&r->timer, FIRST_MS);
}

void roller_now(struct roller *r)
{
    r->at = 0;
    if (r->job == NULL)
        timer_start(&r->timer, 0);
}

void roller_note_write(struct store *s, const char *id, int64_t day_ms)
{
    struct job *j = s->roller->job;

    if (j != NULL && j->roll.day_ms == day_ms && text_eq(j->id, id))
        j->touched = true;
}

void roller_close(struct roller *r)
{
    timer_close(&r->timer);
}

void roller_free(struct roller *r)
{
    mem_free(r);
}
