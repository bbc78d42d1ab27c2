/* entries.c - questions about the two streams: what was tried, what moved.
 *
 * Happy path: pages of 1000 entries from the end of the time asked for backwards; each record is
 *             looked at here, as Redis can't; the fitting ones make the list, newest first.
 * Failures:   not connected, an error, the end of the connection, closing: the asker hears "away",
 *             once. An entry that can't be read is passed over.
 *
 * One page is asked for at a time, so commits and samples go between them; after LOOK_MAX entries
 * the answer is what was found in them. An entry's id is never before its record's instant, and
 * after it by the time an attempt took, or by how far the clock was set back: up to SLACK_MS of
 * that is searched. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "internal.h"
#include "wire/state.h"

#define LIST_MAX_BYTES ((size_t)8 << 20)
#define LIMIT_MAX      1000
#define PAGE           1000
#define LOOK_MAX       100000
#define SLACK_MS       HOUR_MS

/* What is asked of an entry: the record's member that names it, and its instant. */
struct stream_kind {
    enum key key;
    const char *member;
    int (*read_at)(const char *json, size_t n, int64_t *ret_ms);
};

struct search {
    struct store *store;
    store_json_fn *done;
    void *arg;
    const struct stream_kind *kind;
    struct buf needle; /* `"name":"api"`, as records have it; empty: all */
    int64_t from_ms, to_ms;
    size_t limit, found, looked_at;
    char next[48]; /* where the next page begins, backwards */
    struct buf out;
};

static int read_attempt_at(const char *json, size_t n, int64_t *ret_ms)
{
    struct attempt a;

    if (state_read_attempt(json, n, &a, NULL) != 0)
        return -1;
    *ret_ms = a.at_ms;
    return 0;
}

static int read_transition_at(const char *json, size_t n, int64_t *ret_ms)
{
    struct transition t;

    if (state_read_transition(json, n, &t, NULL) != 0)
        return -1;
    *ret_ms = t.at_ms;
    return 0;
}

static const struct stream_kind ledger = {KEY_LEDGER, "delivery", read_attempt_at};
static const struct stream_kind audit = {KEY_AUDIT, "name", read_transition_at};

static void end_search(struct search *q, bool away)
{
    if (away)
        q->done(q->arg, "", 0, true);
    else
        q->done(q->arg, q->out.p, q->out.len, false);
    buf_done(&q->needle);
    buf_done(&q->out);
    mem_free(q);
}

static void on_away(void *arg)
{
    end_search(arg, true);
}

/* The record of an entry `id [j, record]`; NULL when it is none of ours. */
static const redisReply *record_of(const redisReply *entry)
{
    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
        entry->element[0]->type != REDIS_REPLY_STRING ||
        entry->element[1]->type != REDIS_REPLY_ARRAY || entry->element[1]->elements != 2 ||
        entry->element[1]->element[1]->type != REDIS_REPLY_STRING)
        return NULL;
    return entry->element[1]->element[1];
}

/* Inside a text the quotes of the needle would be escaped: it is found as a member or not at all.
 */
static bool fits(const struct search *q, const redisReply *r)
{
    size_t n = (size_t)r->len;
    int64_t at_ms = 0;

    if (q->needle.len > 0 && memmem(r->str, n, q->needle.p, q->needle.len) == NULL)
        return false;
    return q->kind->read_at(r->str, n, &at_ms) == 0 && at_ms >= q->from_ms && at_ms < q->to_ms;
}

/* True when there is no use in a further page. */
static bool take_entry(struct search *q, const redisReply *entry)
{
    const redisReply *r = record_of(entry);

    q->looked_at++;
    if (r == NULL || !fits(q, r))
        return false;
    if (q->out.len + (size_t)r->len + 2 > LIST_MAX_BYTES)
        return true;
    if (q->found++ > 0)
        buf_char(&q->out, ',');
    buf_put(&q->out, r->str, (size_t)r->len);
    return q->found == q->limit;
}

static void ask_page(struct search *q);

static void on_page(void *arg, const redisReply *r)
{
    struct search *q = arg;
    bool enough = q->limit == 0;

    if (r == NULL || r->type != REDIS_REPLY_ARRAY || q->store->closing ||
        !store_connected(q->store)) {
        end_search(q, true);
        return;
    }
    for (size_t i = 0; i < r->elements && !enough; i++)
        enough = take_entry(q, r->element[i]);
    if (!enough && r->elements == PAGE && q->looked_at < LOOK_MAX &&
        record_of(r->element[PAGE - 1]) != NULL) {
        snprintf(q->next, sizeof q->next, "(%.40s", r->element[PAGE - 1]->element[0]->str);
        ask_page(q);
        return;
    }
    buf_char(&q->out, ']');
    end_search(q, false);
}

static void ask_page(struct search *q)
{
    char from[24], count[12];
    const char *argv[] = {"XREVRANGE", q->store->keys[q->kind->key], q->next, from, "COUNT", count,
                          NULL};

    snprintf(from, sizeof from, "%lld", (long long)q->from_ms);
    snprintf(count, sizeof count, "%d", PAGE);
    redis_command(q->store->conn, argv, on_page, q);
}

static struct search *new_search(struct store *s, const struct stream_kind *kind, const char *name)
{
    struct search *q = mem_new(struct search);
    struct jw w;

    q->store = s;
    q->kind = kind;
    buf_init(&q->needle, STATE_MAX_BYTES);
    buf_init(&q->out, LIST_MAX_BYTES);
    buf_char(&q->out, '[');
    if (name == NULL)
        return q;
    jw_init(&w, &q->needle);
    jw_object(&w);
    jw_kv_text(&w, kind->member, name);
    buf_drop(&q->needle, 1); /* the brace */
    return q;
}

static void search(struct search *q, int64_t from_ms, int64_t to_ms, size_t limit)
{
    q->from_ms = from_ms > 0 ? from_ms : 0;
    q->to_ms = to_ms;
    q->limit = limit < LIMIT_MAX ? limit : LIMIT_MAX;
    if (to_ms < INT64_MAX - SLACK_MS)
        snprintf(q->next, sizeof q->next, "%lld", (long long)(to_ms > 0 ? to_ms + SLACK_MS : 0));
    else
        snprintf(q->next, sizeof q->next, "+");
    if (!store_connected(q->store) || q->store->closing)
        loop_later(q->store->loop, on_away, q);
    else
        ask_page(q);
}

void store_read_attempts(struct store *s, const char *delivery, int64_t from_ms, int64_t to_ms,
                         size_t limit, store_json_fn *done, void *arg)
{
    struct search *q = new_search(s, &ledger, delivery);

    q->done = done;
    q->arg = arg;
    search(q, from_ms, to_ms, limit);
}

void store_read_transitions(struct store *s, const char *name, int64_t from_ms, int64_t to_ms,
                            size_t limit, store_json_fn *done, void *arg)
{
    struct search *q = new_search(s, &audit, name);

    q->done = done;
    q->arg = arg;
    search(q, from_ms, to_ms, limit);
}
