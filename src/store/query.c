/* query.c - lists for the API: ids from an index, then the records, newest first.
 *
 * Happy path: ids -> HMGET -> the kept records, as they are (format/state.h), joined to a list.
 * Failures:   not connected, an error, the end of the connection: the asker hears "away", once. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"

#define LIST_MAX_BYTES ((size_t)8 << 20)
#define LIMIT_MAX      1000

struct query {
    struct store *store;
    store_json_fn *done;
    void *arg;
    size_t limit;
    VEC(char *) ids;      /* newest first */
    VEC(char *) records;  /* same places; NULL: not found yet */
    const enum key *from; /* where the records may be, ends with KEY_COUNT */
};

static void end_query(struct query *q, const char *json, size_t n, bool away)
{
    q->done(q->arg, json, n, away);
    for (size_t i = 0; i < q->ids.n; i++)
        mem_free(q->ids.items[i]);
    for (size_t i = 0; i < q->records.n; i++)
        mem_free(q->records.items[i]);
    vec_done(&q->ids);
    vec_done(&q->records);
    mem_free(q);
}

static void on_away(void *arg)
{
    end_query(arg, "", 0, true);
}

static void give_list(struct query *q)
{
    struct buf out;
    bool first = true;

    buf_init(&out, LIST_MAX_BYTES);
    buf_char(&out, '[');
    for (size_t i = 0; i < q->records.n; i++) {
        const char *record = q->records.items[i];
        if (record == NULL || out.len + strlen(record) + 2 > LIST_MAX_BYTES)
            continue;
        if (!first)
            buf_char(&out, ',');
        first = false;
        buf_str(&out, record);
    }
    buf_char(&out, ']');
    end_query(q, out.p, out.len, false);
    buf_done(&out);
}

static void ask_records(struct query *q);

static void on_records(void *arg, const redisReply *r)
{
    struct query *q = arg;

    if (r == NULL || r->type != REDIS_REPLY_ARRAY || r->elements != q->ids.n) {
        end_query(q, "", 0, true);
        return;
    }
    for (size_t i = 0; i < r->elements; i++) {
        const redisReply *one = r->element[i];
        if (one->type == REDIS_REPLY_STRING && q->records.items[i] == NULL)
            q->records.items[i] = mem_strndup(one->str, (size_t)one->len);
    }
    q->from++;
    ask_records(q);
}

static void ask_records(struct query *q)
{
    VEC(const char *) argv = {0};

    if (q->ids.n == 0 || *q->from == KEY_COUNT) {
        give_list(q);
        return;
    }
    if (!store_connected(q->store) || q->store->closing) {
        end_query(q, "", 0, true);
        return;
    }
    vec_push(&argv, (const char *)"HMGET");
    vec_push(&argv, (const char *)q->store->keys[*q->from]);
    for (size_t i = 0; i < q->ids.n; i++)
        vec_push(&argv, (const char *)q->ids.items[i]);
    vec_push(&argv, NULL);
    redis_command(q->store->conn, argv.items, on_records, q);
    vec_done(&argv);
}

static void add_id(struct query *q, const char *p, size_t n)
{
    vec_push(&q->ids, mem_strndup(p, n));
    vec_push(&q->records, NULL);
}

/* A list of ids, or one text of them, oldest first, separated by blanks. */
static void on_ids(void *arg, const redisReply *r)
{
    struct query *q = arg;

    if (r == NULL || r->type == REDIS_REPLY_ERROR) {
        end_query(q, "", 0, true);
        return;
    }
    if (r->type == REDIS_REPLY_ARRAY) {
        for (size_t i = 0; i < r->elements; i++) {
            if (r->element[i]->type == REDIS_REPLY_STRING)
                add_id(q, r->element[i]->str, (size_t)r->element[i]->len);
        }
    } else if (r->type == REDIS_REPLY_STRING) {
        const char *end = r->str + r->len;
        while (end > r->str && q->ids.n < q->limit) {
            const char *from = memrchr(r->str, ' ', (size_t)(end - r->str));
            from = from != NULL ? from + 1 : r->str;
            add_id(q, from, (size_t)(end - from));
            end = from > r->str ? from - 1 : from;
        }
    }
    ask_records(q);
}

static struct query *begin(struct store *s, size_t limit, store_json_fn *done, void *arg)
{
    struct query *q = mem_new(struct query);

    *q = (struct query){.store = s, .done = done, .arg = arg};
    q->limit = limit < LIMIT_MAX ? limit : LIMIT_MAX;
    if (!store_connected(s) || s->closing) {
        loop_later(s->loop, on_away, q);
        return NULL;
    }
    return q;
}

static void ask_newest(struct query *q, enum key index)
{
    char last[24];
    const char *argv[] = {"ZREVRANGE", q->store->keys[index], "0", last, NULL};

    snprintf(last, sizeof last, "%lld", (long long)q->limit - 1);
    redis_command(q->store->conn, argv, on_ids, q);
}

void store_read_deliveries(struct store *s, const char *incident, size_t limit, store_json_fn *done,
                           void *arg)
{
    static const enum key from[] = {KEY_OUTBOX, KEY_DELIVERIES, KEY_COUNT};
    struct query *q = begin(s, limit, done, arg);

    if (q == NULL)
        return;
    q->from = from;
    if (incident != NULL) {
        const char *argv[] = {"HGET", s->keys[KEY_DELIVERIES_OF], incident, NULL};
        redis_command(s->conn, argv, on_ids, q);
    } else {
        ask_newest(q, KEY_DELIVERIES_INDEX);
    }
}

void store_read_delivery(struct store *s, const char *id, store_json_fn *done, void *arg)
{
    static const enum key from[] = {KEY_OUTBOX, KEY_DELIVERIES, KEY_COUNT};
    struct query *q = begin(s, 1, done, arg);

    if (q == NULL)
        return;
    q->from = from;
    add_id(q, id, strlen(id));
    ask_records(q);
}

void store_read_resolved(struct store *s, size_t limit, store_json_fn *done, void *arg)
{
    static const enum key from[] = {KEY_RESOLVED, KEY_COUNT};
    struct query *q = begin(s, limit, done, arg);

    if (q == NULL)
        return;
    q->from = from;
    ask_newest(q, KEY_RESOLVED_INDEX);
}
