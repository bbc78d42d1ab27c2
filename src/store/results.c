/* results.c - a monitor's raw results over some time, out of its blocks.
 *
 * Happy path: only the slots asked for, PIECE_SLOTS at a time, day after day, until the time or the
 *             answer is full. A result's instant is the beginning of its slot.
 * Failures:   not connected, an error, the end of the connection, closing: the asker hears "away",
 *             once. A block that is not there, or slots without a result, are no results.
 *
 * A block's key holds the interval: results are looked for under the interval that the monitor has
 * now. What was kept under another one before it was changed is not found. */
#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "internal.h"
#include "model/names.h"
#include "stats/sample.h"

#define LIST_MAX_BYTES  ((size_t)2 << 20)
#define RESULT_MAX      96 /* bytes of one in the list */
#define PIECE_SLOTS     16384
#define WEEK_MS         (7 * DAY_MS)
#define LAST_INSTANT_MS INT64_C(253402300800000) /* the year 10000 */

struct results {
    struct store *store;
    store_json_fn *done;
    void *arg;
    char *monitor;
    int64_t interval_ms;
    int64_t at_ms, to_ms; /* beginning of the next slot to ask for; the end */
    int64_t slots;        /* asked for */
    struct buf out;
    struct jw writer;
};

static void end_results(struct results *q, bool away)
{
    if (away) {
        q->done(q->arg, "", 0, true);
    } else {
        jw_list_end(&q->writer);
        q->done(q->arg, q->out.p, q->out.len, false);
    }
    buf_done(&q->out);
    mem_free(q->monitor);
    mem_free(q);
}

static void on_away(void *arg)
{
    end_results(arg, true);
}

static void on_nothing(void *arg)
{
    end_results(arg, false);
}

static int64_t day_of(int64_t at_ms)
{
    return at_ms - at_ms % DAY_MS;
}

/* The first slot that begins at `at_ms` or later; a day's last one may be a short one. */
static int64_t slot_from(int64_t at_ms, int64_t interval_ms)
{
    int64_t day_ms = day_of(at_ms), slot = (at_ms - day_ms + interval_ms - 1) / interval_ms;

    if (slot < key_raw_slots(interval_ms))
        return day_ms + slot * interval_ms;
    return day_ms + DAY_MS;
}

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

static void ask_piece(struct results *q);

static void on_piece(void *arg, const redisReply *r)
{
    struct results *q = arg;
    bool full = false;

    if (r == NULL || r->type != REDIS_REPLY_STRING || q->store->closing ||
        !store_connected(q->store)) {
        end_results(q, true);
        return;
    }
    for (int64_t i = 0; i < q->slots && (i + 1) * SAMPLE_BYTES <= (int64_t)r->len && !full; i++) {
        struct result one = {0};
        if (sample_decode((const unsigned char *)r->str + i * SAMPLE_BYTES, &one))
            put_result(q, q->at_ms + i * q->interval_ms, &one);
        full = q->out.len + RESULT_MAX > LIST_MAX_BYTES;
    }
    /* the slots end with the day */
    q->at_ms = slot_from(q->at_ms + (q->slots - 1) * q->interval_ms + 1, q->interval_ms);
    if (full || q->at_ms >= q->to_ms)
        end_results(q, false);
    else
        ask_piece(q);
}

static void ask_piece(struct results *q)
{
    struct series_key parts = {q->store->space, q->store->region, q->monitor};
    int64_t day_ms = day_of(q->at_ms), slot = (q->at_ms - day_ms) / q->interval_ms;
    int64_t end_ms = q->to_ms < day_ms + DAY_MS ? q->to_ms : day_ms + DAY_MS;
    char key[KEY_SIZE], from[24], to[24];
    const char *argv[] = {"GETRANGE", key, from, to, NULL};

    q->slots = (end_ms - q->at_ms + q->interval_ms - 1) / q->interval_ms;
    if (q->slots > PIECE_SLOTS)
        q->slots = PIECE_SLOTS;
    key_raw(key, &parts, q->interval_ms, day_ms);
    snprintf(from, sizeof from, "%lld", (long long)(slot * SAMPLE_BYTES));
    snprintf(to, sizeof to, "%lld", (long long)((slot + q->slots) * SAMPLE_BYTES - 1));
    redis_command(q->store->conn, argv, on_piece, q);
}

void store_read_results(struct store *s, const char *monitor, int64_t from_ms, int64_t to_ms,
                        store_json_fn *done, void *arg)
{
    struct results *q = mem_new(struct results);

    *q = (struct results){.store = s, .done = done, .arg = arg, .monitor = mem_strdup(monitor)};
    buf_init(&q->out, LIST_MAX_BYTES);
    jw_init(&q->writer, &q->out);
    jw_list(&q->writer);
    q->interval_ms = samples_interval_ms(s->samples, monitor);
    from_ms = from_ms > 0 ? from_ms : 0;
    q->to_ms = to_ms < LAST_INSTANT_MS ? to_ms : LAST_INSTANT_MS;
    if (from_ms < q->to_ms && q->to_ms - from_ms > WEEK_MS)
        q->to_ms = from_ms + WEEK_MS;
    if (!store_connected(s) || s->closing) {
        loop_later(s->loop, on_away, q);
        return;
    }
    if (q->interval_ms > 0 && from_ms < q->to_ms)
        q->at_ms = slot_from(from_ms, q->interval_ms);
    if (q->interval_ms > 0 && from_ms < q->to_ms && q->at_ms < q->to_ms)
        ask_piece(q);
    else
        loop_later(s->loop, on_nothing, q);
}
