/* period.c - what was the matter in a time that is past: incidents and quiets, for reports.
 *
 * Happy path: incidents by the index of when they were resolved, from the beginning of the time on,
 *             page by page with their records; those that began after its end are passed over.
 *             Quiets have no index: all of them are looked at, page by page.
 * Failures:   not connected, an error, the end of the connection, closing: the asker hears "away",
 *             once. A record that can't be read is passed over.
 *
 * One page is asked for at a time, so commits and samples go between them; after LOOK_MAX records
 * the answer is what was found in them, with a null at its end to say that it is not all. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "internal.h"
#include "wire/state.h"

#define LIST_MAX_BYTES ((size_t)8 << 20)
#define PAGE           250
#define LOOK_MAX       100000

struct period {
    struct store *store;
    store_json_fn *done;
    void *arg;
    int64_t from_ms, to_ms;
    size_t limit, found, looked_at;
    struct buf out;
};

static void end_period(struct period *q, bool away)
{
    if (away) {
        q->done(q->arg, "", 0, true);
    } else {
        buf_char(&q->out, ']');
        q->done(q->arg, q->out.p, q->out.len, false);
    }
    buf_done(&q->out);
    mem_free(q);
}

static void on_away(void *arg)
{
    end_period(arg, true);
}

static struct period *begin(struct store *s, int64_t from_ms, int64_t to_ms, size_t limit)
{
    struct period *q = mem_new(struct period);

    *q = (struct period){.store = s, .from_ms = from_ms, .to_ms = to_ms, .limit = limit};
    buf_init(&q->out, LIST_MAX_BYTES + 16);
    buf_char(&q->out, '[');
    return q;
}

/* Away, in which case the asker has been told; false: go on. */
static bool broken(struct period *q, const redisReply *r)
{
    if (r != NULL && r->type == REDIS_REPLY_ARRAY && store_connected(q->store) &&
        !q->store->closing)
        return false;
    end_period(q, true);
    return true;
}

/* False: no more of them are wanted. */
static bool put_record(struct period *q, const redisReply *r)
{
    bool more = q->found < q->limit && q->out.len + (size_t)r->len + 1 < LIST_MAX_BYTES;

    if (q->found++ > 0)
        buf_char(&q->out, ',');
    if (more)
        buf_put(&q->out, r->str, (size_t)r->len);
    else
        buf_str(&q->out, "null");
    return more;
}

static bool enough_looked(struct period *q)
{
    if (q->looked_at < LOOK_MAX)
        return false;
    buf_str(&q->out, q->found > 0 ? ",null" : "null");
    return true;
}

/* --- incidents --------------------------------------------------------------------------- */

static void ask_ids(struct period *q);

static bool began_before(const struct period *q, const redisReply *r)
{
    struct incident i;

    return r->type == REDIS_REPLY_STRING &&
           state_read_incident(r->str, (size_t)r->len, &i, NULL) == 0 && i.started_ms < q->to_ms;
}

static void on_incidents(void *arg, const redisReply *r)
{
    struct period *q = arg;
    bool more = true;

    if (broken(q, r))
        return;
    for (size_t i = 0; i < r->elements && more; i++)
        if (began_before(q, r->element[i]))
            more = put_record(q, r->element[i]);
    if (!more || r->elements < PAGE || enough_looked(q))
        end_period(q, false);
    else
        ask_ids(q);
}

static void on_ids(void *arg, const redisReply *r)
{
    struct period *q = arg;
    VEC(const char *) argv = {0};

    if (broken(q, r))
        return;
    if (r->elements == 0) {
        end_period(q, false);
        return;
    }
    q->looked_at += r->elements;
    vec_push(&argv, (const char *)"HMGET");
    vec_push(&argv, (const char *)q->store->keys[KEY_RESOLVED]);
    for (size_t i = 0; i < r->elements; i++)
        vec_push(
            &argv,
            (const char *)(r->element[i]->type == REDIS_REPLY_STRING ? r->element[i]->str : ""));
    vec_push(&argv, NULL);
    redis_command(q->store->conn, argv.items, on_incidents, q);
    vec_done(&argv);
}

static void ask_ids(struct period *q)
{
    char from[24], at[24], page[12];
    const char *argv[] = {
        "ZRANGEBYSCORE", q->store->keys[KEY_RESOLVED_INDEX], from, "+inf", "LIMIT", at, page, NULL};

    snprintf(from, sizeof from, "%lld", (long long)q->from_ms);
    snprintf(at, sizeof at, "%zu", q->looked_at);
    snprintf(page, sizeof page, "%d", PAGE);
    redis_command(q->store->conn, argv, on_ids, q);
}

void store_read_resolved_between(struct store *s, const struct period_query *p, store_json_fn *done,
                                 void *arg)
{
    struct period *q = begin(s, p->from_ms, p->to_ms, p->limit);

    q->done = done;
    q->arg = arg;
    if (!store_connected(s) || s->closing)
        loop_later(s->loop, on_away, q);
    else
        ask_ids(q);
}

/* --- quiets ------------------------------------------------------------------------------ */

static void ask_quiets(struct period *q, const char *cursor);

static bool held_within(const struct period *q, const redisReply *r)
{
    struct quiet x;

    return r->type == REDIS_REPLY_STRING &&
           state_read_quiet(r->str, (size_t)r->len, &x, NULL) == 0 && x.start_ms < q->to_ms &&
           x.end_ms > q->from_ms && x.end_ms > x.start_ms;
}

static void on_quiets(void *arg, const redisReply *r)
{
    struct period *q = arg;
    const redisReply *pairs;
    bool more = true;

    if (broken(q, r))
        return;
    pairs = r->elements == 2 ? r->element[1] : NULL;
    if (pairs == NULL || pairs->type != REDIS_REPLY_ARRAY ||
        r->element[0]->type != REDIS_REPLY_STRING) {
        end_period(q, true);
        return;
    }
    q->looked_at += pairs->elements / 2;
    for (size_t i = 1; i < pairs->elements && more; i += 2)
        if (held_within(q, pairs->element[i]))
            more = put_record(q, pairs->element[i]);
    if (!more || strcmp(r->element[0]->str, "0") == 0 || enough_looked(q))
        end_period(q, false);
    else
        ask_quiets(q, r->element[0]->str);
}

static void ask_quiets(struct period *q, const char *cursor)
{
    const char *argv[] = {"HSCAN", q->store->keys[KEY_QUIETS], cursor, "COUNT", "250", NULL};

    redis_command(q->store->conn, argv, on_quiets, q);
}

void store_read_quiets_between(struct store *s, const struct period_query *p, store_json_fn *done,
                               void *arg)
{
    struct period *q = begin(s, p->from_ms, p->to_ms, p->limit);

    q->done = done;
    q->arg = arg;
    if (!store_connected(s) || s->closing)
        loop_later(s->loop, on_away, q);
    else
        ask_quiets(q, "0");
}
