/* question.c - tallies over time, put together from the blocks of many series.
 *
 * Happy path: sources -> window widened to what they can tell -> block after block asked for, a few
 *             in flight, each added to the cells when it comes -> one answer.
 * Failures:   not connected, an error, the end of the connection, closing: the asker hears "away",
 *             once. A block that is damaged is counted, told in the log, and passed over; one that
 *             is not there is no results.
 *
 * How many blocks are in flight follows what adding the costliest one took: all that come in one
 * turn of the loop must not hold it up. */
#include "question.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "internal.h"
#include "loop/log.h"
#include "reply.h"
#include "roll.h"
#include "series.h"
#include "stats/sample.h"

#define PIECE_SLOTS     16384
#define IN_FLIGHT_LEAST 2
#define IN_FLIGHT_MOST  48
#define TURN_US         4000 /* of adding, when everything in flight comes at once */
#define LAST_INSTANT_MS INT64_C(253402300800000) /* the year 10000 */

struct question {
    struct store *store;
    store_series_fn *done;
    void *arg;
    struct cells cells;
    VEC(struct source) sources;
    size_t at;                           /* the source that is asked for */
    int64_t at_ms, asked_ms[TIER_COUNT]; /* from where on; blocks up to there are asked for */
    unsigned in_flight;
    int64_t cost_us; /* of adding a block, lately */
    bool read[TIER_COUNT];
    bool failed, exact;
};

struct reading {
    struct question *question;
    size_t source;
    struct block_read block;
    bool part;   /* of a day that is not over for us */
    bool sealed; /* but it is for Redis */
};

size_t series_points(const struct series_query *q)
{
    struct tiers_window w = {q->from_ms, q->to_ms, q->step_ms};

    return tiers_cells(&w);
}

/* --- ends --- */

static void free_question(struct question *q)
{
    cells_done(&q->cells);
    vec_done(&q->sources);
    mem_free(q);
}

static void give_answer(struct question *q)
{
    const struct tiers_window *w = &q->cells.window;
    struct series_answer a = {.from_ms = w->from_ms,
                              .to_ms = w->to_ms,
                              .step_ms = w->step_ms,
                              .rows = q->cells.rows,
                              .points = q->cells.points,
                              .cells = q->cells.items,
                              .take = &q->cells.items,
                              .exact = q->exact,
                              .damaged = q->cells.damaged};

    cells_settle(&q->cells);
    memcpy(a.read, q->read, sizeof a.read);
    for (int t = TIER_COUNT - 1; t >= TIER_RAW; t--)
        if (q->read[t])
            a.finest = (enum tier)t;
    for (int t = TIER_RAW; t < TIER_COUNT; t++)
        if (q->read[t])
            a.coarsest = (enum tier)t;
    q->done(q->arg, &a);
}

static void end_question(struct question *q)
{
    if (q->failed)
        q->done(q->arg, NULL);
    else
        give_answer(q);
    free_question(q);
}

static void on_end_at_once(void *arg)
{
    end_question(arg);
}

/* --- asking --- */

static void on_block(void *arg, const redisReply *r);
static void on_form(void *arg, const redisReply *r);

static void ask_range(const struct question *q, struct reading *x, const char *key)
{
    const struct source *src = &q->sources.items[x->source];
    int64_t day_ms = x->block.at_ms - x->block.at_ms % DAY_MS;
    int64_t first = (x->block.at_ms - day_ms) / src->interval_ms;
    int64_t n = (x->block.to_ms - x->block.at_ms + src->interval_ms - 1) / src->interval_ms;
    char from[24], to[24];
    const char *form[] = {"GETRANGE", key, "0", "0", NULL};
    const char *range[] = {"GETRANGE", key, from, to, NULL};

    snprintf(from, sizeof from, "%lld", (long long)(first * SAMPLE_BYTES));
    snprintf(to, sizeof to, "%lld", (long long)((first + n) * SAMPLE_BYTES - 1));
    redis_command(q->store->conn, form, on_form, x);
    redis_command(q->store->conn, range, on_block, x);
}

static void ask_block(struct question *q, struct reading *x)
{
    struct source *src = &q->sources.items[x->source];
    char key[KEY_SIZE];
    const char *whole[] = {"GET", key, NULL};

    key_block(key, q->store->space, x->block.tier, src->id, x->block.in_block_ms);
    q->read[x->block.tier] = true;
    q->in_flight++;
    src->unanswered++;
    if (x->part)
        ask_range(q, x, key);
    else
        redis_command(q->store->conn, whole, on_block, x);
}

static struct reading *reading_new(struct question *q, enum tier t, int64_t from_ms, int64_t to_ms)
{
    struct reading *x = mem_new(struct reading);

    *x = (struct reading){.question = q, .source = q->at};
    x->block =
        (struct block_read){.tier = t, .at_ms = from_ms, .to_ms = to_ms, .in_block_ms = from_ms};
    return x;
}

/* The slots of a day that is still open, a part at a time. */
static void ask_open_part(struct question *q, const struct source *src, int64_t at_ms,
                          int64_t to_ms)
{
    int64_t day_ms = at_ms - at_ms % DAY_MS, slot = (at_ms - day_ms + src->interval_ms - 1);
    struct reading *x;

    slot = slot / src->interval_ms * src->interval_ms; /* the first one that begins there */
    if (day_ms + slot + PIECE_SLOTS * src->interval_ms < to_ms)
        to_ms = day_ms + slot + PIECE_SLOTS * src->interval_ms;
    if (day_ms + slot < to_ms) {
        x = reading_new(q, TIER_RAW, day_ms + slot, to_ms);
        x->part = true;
        ask_block(q, x);
    }
    q->at_ms = to_ms;
}

/* The block of the piece at q->at_ms, unless an earlier piece has asked for it; and on to the next
 * block or piece. */
static void ask_piece(struct question *q, const struct source *src, const struct tiers_piece *p)
{
    struct block_span span = block_span(p->tier, src->interval_ms, q->at_ms);
    int64_t to_ms = p->to_ms < span.to_ms ? p->to_ms : span.to_ms;
    int64_t end_ms = cells_to_ms(&q->cells, src);

    if (p->tier == TIER_RAW && q->at_ms >= src->kept.rolled_ms) {
        ask_open_part(q, src, q->at_ms, to_ms < end_ms ? to_ms : end_ms);
        return;
    }
    if (q->asked_ms[p->tier] < span.to_ms) {
        q->asked_ms[p->tier] = span.to_ms;
        ask_block(q, reading_new(q, p->tier, span.from_ms, span.to_ms));
    }
    q->at_ms = to_ms;
}

static void begin_source(struct question *q)
{
    if (q->at == q->sources.n)
        return;
    q->at_ms = cells_from_ms(&q->cells, &q->sources.items[q->at]);
    for (int t = TIER_RAW; t < TIER_COUNT; t++)
        q->asked_ms[t] = 0;
}

static void finish_source(struct question *q, size_t i)
{
    if (q->sources.items[i].asked && q->sources.items[i].unanswered == 0)
        cells_expect(&q->cells, q->sources.items, i);
}

static unsigned most_in_flight(const struct question *q)
{
    int64_t n = TURN_US / (q->cost_us > 0 ? q->cost_us : TURN_US / 8);

    return n < IN_FLIGHT_LEAST  ? IN_FLIGHT_LEAST
           : n > IN_FLIGHT_MOST ? IN_FLIGHT_MOST
                                : (unsigned)n;
}

static void ask_on(struct question *q)
{
    struct tiers_piece p;

    while (q->at < q->sources.n && q->in_flight < most_in_flight(q)) {
        struct source *src = &q->sources.items[q->at];
        if (q->at_ms < cells_to_ms(&q->cells, src) &&
            tiers_next(&q->cells.window, &src->kept, q->at_ms, &p)) {
            ask_piece(q, src, &p);
            continue;
        }
        src->asked = true;
        finish_source(q, q->at);
        q->at++;
        begin_source(q);
    }
}

static void go_on(struct question *q)
{
    struct store *s = q->store;

    if (!q->failed && (s->closing || !store_connected(s)))
        q->failed = true;
    if (!q->failed)
        ask_on(q);
    if (q->in_flight == 0 && (q->failed || q->at == q->sources.n))
        end_question(q);
}

/* --- answers --- */

static void tell_damage(struct question *q, const struct reading *x, const char *why)
{
    const struct source *src = &q->sources.items[x->source];
    char key[KEY_SIZE];

    key_block(key, q->store->space, x->block.tier, src->id, x->block.in_block_ms);
    if (q->cells.damaged++ == 0 && !text_eq(key, q->store->damaged_said)) {
        text_copy(q->store->damaged_said, sizeof q->store->damaged_said, key);
        log_warning("store", "%s is damaged and was passed over: %s", key, why);
    }
}

static void add_block(struct question *q, const struct reading *x, const redisReply *r)
{
    int64_t began_us = loop_mono_us();
    struct err e = {""};

    if (cells_add(&q->cells, &q->sources.items[x->source], &x->block, r->str, (size_t)r->len, &e) !=
        0)
        tell_damage(q, x, e.text);
    began_us = loop_mono_us() - began_us;
    q->cost_us = began_us > q->cost_us ? began_us : (q->cost_us * 7 + began_us) / 8;
}

static void take_block(struct question *q, struct reading *x, const redisReply *r)
{
    char words[160];

    if (r->type == REDIS_REPLY_STRING) {
        add_block(q, x, r);
    } else if (r->type == REDIS_REPLY_ERROR && reply_class(r) == REPLY_REFUSED) {
        reply_words(r, words, sizeof words);
        tell_damage(q, x, words);
    } else if (r->type != REDIS_REPLY_NIL) {
        q->failed = true;
    }
}

/* An open block begins with the high byte of a latency: this one was sealed since we last heard, or
 * is none. */
static void on_form(void *arg, const redisReply *r)
{
    struct reading *x = arg;

    x->sealed = r != NULL && r->type == REDIS_REPLY_STRING && r->len > 0 &&
                !roll_is_open(r->str, (size_t)r->len);
}

static void on_block(void *arg, const redisReply *r)
{
    struct reading *x = arg;
    struct question *q = x->question;
    size_t source = x->source;
    bool gone = r == NULL || q->store->closing || !store_connected(q->store);
    bool again = x->sealed && x->part;

    q->in_flight--;
    q->sources.items[source].unanswered--;
    if (gone) {
        q->failed = true;
    } else if (!q->failed && again) {
        x->part = false;
        x->block.at_ms -= x->block.at_ms % DAY_MS;
        ask_block(q, x);
        return;
    } else if (!q->failed) {
        take_block(q, x, r);
        finish_source(q, source);
    }
    mem_free(x);
    go_on(q);
}

/* --- what there is to read from --- */

static int64_t day_of(int64_t at_ms)
{
    return at_ms - at_ms % DAY_MS;
}

/* The first instant of the oldest block that is still there after so long. */
static int64_t kept_from(enum tier t, int64_t now_ms, int64_t kept_ms)
{
    return now_ms > kept_ms ? block_span(t, DAY_MS, now_ms - kept_ms).from_ms : 0;
}

/* Minutes are added up only where results come more often. */
static void fill_kept(const struct store *s, const struct epoch *e, int64_t now_ms,
                      struct tiers_kept *ret)
{
    bool often = e->interval_ms < MINUTE_MS;
    int64_t raw_ms = often || s->raw_ms > s->minute_ms ? s->raw_ms : s->minute_ms;

    ret->begins_ms = day_of(e->from_ms);
    ret->rolled_ms = e->rolled_ms;
    ret->from_ms[TIER_RAW] = kept_from(TIER_RAW, now_ms, raw_ms);
    ret->from_ms[TIER_MINUTE] = often ? kept_from(TIER_MINUTE, now_ms, s->minute_ms) : INT64_MAX;
    ret->from_ms[TIER_HOUR] = kept_from(TIER_HOUR, now_ms, s->hour_ms);
    ret->from_ms[TIER_DAY] = kept_from(TIER_DAY, now_ms, s->day_ms);
}

static void add_source(struct question *q, const struct series *x, size_t i, size_t row)
{
    const struct store *s = q->store;
    const struct epoch *e = &x->epochs.items[i];
    int64_t now_ms = q->cells.now_ms, today_ms = day_of(now_ms), last_ms = day_of(e->last_ms);
    bool own = series_find(s, s->region, x->monitor) == x;
    bool live = i + 1 == x->epochs.n && (own ? series_probed(s, x) : last_ms >= today_ms - DAY_MS);
    struct source src = {.row = row,
                         .interval_ms = e->interval_ms,
                         .from_ms = e->from_ms,
                         .ended = !live && i + 1 == x->epochs.n,
                         .siblings = x->epochs.n,
                         .n_before = i};

    snprintf(src.id, sizeof src.id, "%s", e->id);
    fill_kept(s, e, now_ms, &src.kept);
    /* What is due has its interval, the one of now, and a moment for its way here; if those before
     * ended by their own, their slots would count where the newest has none yet. */
    src.to_ms = now_ms - x->epochs.items[x->epochs.n - 1].interval_ms - 2000;
    if (!live && last_ms + DAY_MS < src.to_ms)
        src.to_ms = last_ms + DAY_MS;
    src.kept.ends_ms = live || last_ms >= today_ms ? LAST_INSTANT_MS : last_ms + DAY_MS;
    vec_push(&q->sources, src);
}

static void find_sources(struct question *q, const struct series_query *a)
{
    for (size_t m = 0; m < a->n_monitors; m++) {
        const struct series *x;
        for (size_t i = 0; (x = series_next(q->store, &i, a->monitors[m], a->region)) != NULL;)
            for (size_t k = 0; k < x->epochs.n; k++)
                add_source(q, x, k, a->apart ? m : 0);
    }
}

static struct tiers_window widened(const struct question *q, const struct series_query *a)
{
    struct tiers_window w = {a->from_ms > 0 ? a->from_ms : 0,
                             a->to_ms < LAST_INSTANT_MS ? a->to_ms : LAST_INSTANT_MS, a->step_ms};
    struct tiers_window before;

    if (w.from_ms >= w.to_ms)
        return w;
    do {
        before = w;
        for (size_t i = 0; i < q->sources.n; i++)
            tiers_widen(&w, &q->sources.items[i].kept);
    } while (before.from_ms != w.from_ms || before.to_ms != w.to_ms || before.step_ms != w.step_ms);
    return w;
}

bool store_has_series(const struct store *s, const char *monitor)
{
    size_t i = 0;

    return series_next(s, &i, monitor, NULL) != NULL;
}

void store_query(struct store *s, const struct series_query *a, store_series_fn *done, void *arg)
{
    struct question *q = mem_new(struct question);
    struct tiers_window w;

    *q = (struct question){.store = s, .done = done, .arg = arg};
    q->cells.now_ms = loop_now_ms();
    q->failed = !store_connected(s) || s->closing;
    if (!q->failed)
        find_sources(q, a);
    w = widened(q, a);
    q->exact = w.from_ms == a->from_ms && w.to_ms == a->to_ms && w.step_ms == a->step_ms;
    cells_init(&q->cells, &w, a->apart ? a->n_monitors : 1, q->cells.now_ms);
    begin_source(q);
    if (!q->failed && w.from_ms < w.to_ms)
        ask_on(q);
    else
        q->at = q->sources.n;
    if (q->in_flight == 0)
        loop_later(s->loop, on_end_at_once, q);
}
