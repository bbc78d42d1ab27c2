/* results.c - a monitor's raw results over some time, out of its blocks.
 *
 * Happy path: day after day, the blocks of all of its series in our region, open or sealed, read in
 *             a thread and merged by instant, until the time or the answer is full. A result's
 *             instant is the beginning of its slot.
 * Failures:   not connected, an error, the end of the connection, closing: the asker hears "away",
 *             once. A damaged block is told, and the rest is served. A block that is not there, or
 *             slots without a result, are no results. */
#include <string.h>

#include "aside.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "internal.h"
#include "loop/work.h"
#include "model/names.h"
#include "roll.h"
#include "stats/block.h"
#include "stats/sample.h"

#define LIST_MAX_BYTES  ((size_t)2 << 20)
#define RESULT_MAX      96 /* bytes of one in the list */
#define BLOCK_MAX_BYTES ((size_t)8 << 20)
#define WEEK_MS         (7 * DAY_MS)
#define LAST_INSTANT_MS INT64_C(253402300800000) /* the year 10000 */

/* One series' block of the day. */
struct source {
    int64_t interval_ms;
    char key[KEY_SIZE];
    struct buf block;
    bool damaged;
    struct err why;
    unsigned char *slots;
    int64_t n, at; /* slots; the next one to look at */
};

struct results {
    struct store *store;
    store_json_fn *done;
    void *arg;
    char *monitor;
    int64_t at_ms, to_ms, day_ms;
    VEC(struct source) sources;
    size_t answered;
    bool failed, full;
    struct buf out;
    struct jw writer;
};

static void clear_sources(struct results *q)
{
    for (size_t i = 0; i < q->sources.n; i++) {
        buf_done(&q->sources.items[i].block);
        mem_free(q->sources.items[i].slots);
    }
    q->sources.n = 0;
    q->answered = 0;
}

static void end_results(struct results *q, bool away)
{
    if (away) {
        q->done(q->arg, "", 0, true);
    } else {
        jw_list_end(&q->writer);
        q->done(q->arg, q->out.p, q->out.len, false);
    }
    clear_sources(q);
    vec_done(&q->sources);
    buf_done(&q->out);
    mem_free(q->monitor);
    mem_free(q);
}

static void on_away(void *arg)
{
    end_results(arg, true);
}

/* --- in a thread: a day's blocks become results --- */

static void put_result(struct results *q, int64_t due_ms, const struct result *r)
{
    jw_list(&q->writer);
    jw_int(&q->writer, due_ms);
    jw_text(&q->writer, verdict_name(r->verdict));
    jw_text(&q->writer, reason_name(r->reason));
    if (r->phases.total_us >= 0)
        jw_int(&q->writer, r->phases.total_us);
    else
        jw_null(&q->writer);
    jw_list_end(&q->writer);
}

static void open_source(struct source *x)
{
    const struct buf *b = &x->block;

    x->n = key_raw_slots(x->interval_ms);
    x->slots = mem_calloc((size_t)x->n, SAMPLE_BYTES);
    if (b->len == 0)
        return;
    if (roll_is_open(b->p, b->len)) {
        size_t n = (size_t)x->n * SAMPLE_BYTES;
        memcpy(x->slots, b->p, b->len < n ? b->len : n);
    } else if (block_unseal(b->p, b->len, x->slots, (size_t)x->n, &x->why) != 0) {
        x->damaged = true;
        x->n = 0;
    }
}

static int64_t next_ms(const struct results *q, const struct source *x)
{
    return q->day_ms + x->at * x->interval_ms;
}

/* To the next slot at or after the place we have come to that holds a result. */
static bool advance(const struct results *q, struct source *x, struct result *ret)
{
    for (; x->at < x->n && next_ms(q, x) < q->to_ms; x->at++) {
        if (next_ms(q, x) >= q->at_ms && sample_decode(x->slots + x->at * SAMPLE_BYTES, ret))
            return true;
    }
    return false;
}

/* Of two of the same instant the younger series' one counts, and the one that came late. */
static bool take_next(struct results *q)
{
    struct result r = {0}, first = {0};
    struct source *from = NULL;

    for (size_t i = 0; i < q->sources.n; i++) {
        struct source *x = &q->sources.items[i];
        if (!advance(q, x, &r) || (from != NULL && next_ms(q, x) > next_ms(q, from)))
            continue;
        from = x;
        first = r;
    }
    if (from == NULL)
        return false;
    put_result(q, next_ms(q, from), &first);
    q->at_ms = next_ms(q, from) + 1;
    q->full = q->out.len + RESULT_MAX > LIST_MAX_BYTES;
    return !q->full;
}

static void work(void *arg)
{
    struct results *q = arg;

    for (size_t i = 0; i < q->sources.n; i++)
        open_source(&q->sources.items[i]);
    while (take_next(q))
        ;
}

/* --- from day to day --- */

static void ask_day(struct results *q);

static void on_worked(void *arg)
{
    struct results *q = arg;
    struct store *s = q->store;

    s->working--;
    for (size_t i = 0; i < q->sources.n; i++) {
        const struct source *x = &q->sources.items[i];
        if (x->damaged)
            aside_tell(s, x->key, x->why.text);
    }
    clear_sources(q);
    q->at_ms = q->day_ms + DAY_MS;
    if (s->closing || !store_connected(s))
        end_results(q, true);
    else if (q->full || q->at_ms >= q->to_ms)
        end_results(q, false);
    else
        ask_day(q);
    if (s->closing)
        store_advance_close(s);
}

static void on_block(void *arg, const redisReply *r)
{
    struct results *q = arg;
    struct source *x = &q->sources.items[q->answered++];

    if (r == NULL || q->store->closing ||
        (r->type == REDIS_REPLY_ERROR && !text_starts(r->str, "WRONGTYPE")))
        q->failed = true;
    else if (r->type == REDIS_REPLY_STRING)
        buf_put(&x->block, r->str, r->len);
    if (q->answered < q->sources.n)
        return;
    if (q->failed) {
        end_results(q, true);
        return;
    }
    q->store->working++;
    work_run(q->store->loop, work, on_worked, q);
}

static void add_source(struct results *q, const struct epoch *e, bool late)
{
    struct source x = {.interval_ms = e->interval_ms};

    buf_init(&x.block, BLOCK_MAX_BYTES);
    if (late)
        key_late(x.key, q->store->space, e->id, q->day_ms);
    else
        key_block(x.key, q->store->space, TIER_RAW, e->id, q->day_ms);
    vec_push(&q->sources, x);
}

static void list_sources(struct results *q)
{
    const struct series *one = series_find(q->store, q->store->region, q->monitor);

    for (size_t i = 0; one != NULL && i < one->epochs.n; i++) {
        const struct epoch *e = &one->epochs.items[i];
        if (e->from_ms >= q->day_ms + DAY_MS || e->last_ms < q->day_ms)
            continue;
        add_source(q, e, false);
        if (e->late_ms != 0 && e->late_ms <= q->day_ms)
            add_source(q, e, true);
    }
}

static void on_nothing(void *arg)
{
    end_results(arg, false);
}

/* Days in which there is nothing cost nothing. */
static void ask_day(struct results *q)
{
    q->day_ms = q->at_ms - q->at_ms % DAY_MS;
    for (list_sources(q); q->sources.n == 0; list_sources(q)) {
        q->day_ms += DAY_MS;
        if (q->day_ms >= q->to_ms) {
            loop_later(q->store->loop, on_nothing, q);
            return;
        }
        q->at_ms = q->day_ms;
    }
    for (size_t i = 0; i < q->sources.n; i++) {
        const char *get[] = {"GET", q->sources.items[i].key, NULL};
        redis_command(q->store->conn, get, on_block, q);
    }
}

void store_read_results(struct store *s, const char *monitor, int64_t from_ms, int64_t to_ms,
                        store_json_fn *done, void *arg)
{
    struct results *q = mem_new(struct results);

    *q = (struct results){.store = s, .done = done, .arg = arg, .monitor = mem_strdup(monitor)};
    buf_init(&q->out, LIST_MAX_BYTES);
    jw_init(&q->writer, &q->out);
    jw_list(&q->writer);
    q->at_ms = from_ms > 0 ? from_ms : 0;
    q->to_ms = to_ms < LAST_INSTANT_MS ? to_ms : LAST_INSTANT_MS;
    if (!store_connected(s) || s->closing) {
        loop_later(s->loop, on_away, q);
        return;
    }
    if (q->at_ms < q->to_ms && q->to_ms - q->at_ms > WEEK_MS)
        q->to_ms = q->at_ms + WEEK_MS;
    if (q->at_ms < q->to_ms)
        ask_day(q);
    else
        loop_later(s->loop, on_nothing, q);
}
