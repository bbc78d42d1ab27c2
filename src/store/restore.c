/* restore.c - reading the state back: from Redis, or from the spool while Redis is away.
 *
 * Happy path: monitors, incidents, outbox, quiets, overrides, and which incidents were resolved of
 *             late -> the ids of the deliveries of those, and of resolved ones whose news is not
 *             out -> these incidents and deliveries -> session_restored(). Three round trips, each
 *             a pipeline of questions of bounded size.
 * Failures:   an error or the end of the connection is the session's; a record that can't be read
 *             is passed over with a warning. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"
#include "loop/log.h"
#include "reply.h"
#include "view.h"

#define PIECE 250 /* records in one question */

struct reading {
    struct store *store;
    struct view view;
    int64_t since_ms;        /* resolved since then: may be opened again */
    size_t questions, at;    /* of this round trip: asked, answered */
    bool failed;             /* one of them was */
    VEC(char *) resolved;    /* ids: first those whose news is not out, then the newest first */
    struct map known;        /* the same ids */
    size_t n_news, n_wanted; /* of these: news not out; whose deliveries are all in the list */
    bool full;               /* the list takes no more */
    VEC(char *) deliveries;  /* ids */
};

static void free_reading(struct reading *r)
{
    struct stored rest;

    view_take(&r->view, INT64_MAX, &rest);
    stored_done(&rest);
    map_done(&r->known);
    for (size_t i = 0; i < r->resolved.n; i++)
        mem_free(r->resolved.items[i]);
    for (size_t i = 0; i < r->deliveries.n; i++)
        mem_free(r->deliveries.items[i]);
    vec_done(&r->resolved);
    vec_done(&r->deliveries);
    mem_free(r);
}

static void end_reading(struct reading *r)
{
    struct store *s = r->store;
    struct stored found;

    if (r->view.damaged > 0)
        log_warning("store", "%u records can't be read and are passed over; the first: %s",
                    r->view.damaged, r->view.first.text);
    view_take(&r->view, r->since_ms, &found);
    free_reading(r);
    session_restored(s, &found);
    stored_done(&found);
}

/* --- questions and answers of one round trip --- */

static void ask(struct reading *r, const char *const *argv, redis_reply_fn *fn)
{
    r->questions++;
    redis_command(r->store->conn, argv, fn, r);
}

/* HMGET of the ids, PIECE at a time. */
static void ask_records(struct reading *r, enum key k, char *const *ids, size_t n,
                        redis_reply_fn *fn)
{
    for (size_t from = 0; from < n; from += PIECE) {
        const char *argv[PIECE + 3] = {"HMGET", r->store->keys[k]};
        for (size_t i = from; i < n && i < from + PIECE; i++)
            argv[2 + i - from] = ids[i];
        ask(r, argv, fn);
    }
}

/* True when the answer is what was asked for, and so were those before it. */
static bool usable(struct reading *r, const redisReply *reply)
{
    char words[256];

    r->at++;
    if (r->failed || (reply != NULL && reply->type == REDIS_REPLY_ARRAY))
        return !r->failed;
    r->failed = true;
    if (reply != NULL) {
        reply_words(reply, words, sizeof words);
        session_fail(r->store, words[0] != '\0' ? words : "redis gave an unexpected answer",
                     BACKOFF_LONG_MS);
    }
    return false;
}

/* After an answer was used: was it the last one of the round trip? `next` follows if all were good.
 */
static void go_on(struct reading *r, void (*next)(struct reading *r))
{
    if (r->at < r->questions)
        return;
    r->at = r->questions = 0;
    if (r->failed) {
        free_reading(r);
        return;
    }
    next(r);
}

/* --- third: the resolved incidents and their deliveries --- */

static void on_incidents(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    bool good = usable(r, reply);

    for (size_t i = 0; good && i < reply->elements; i++) {
        if (reply->element[i]->type == REDIS_REPLY_STRING)
            view_put_incident(&r->view, reply->element[i]->str, (size_t)reply->element[i]->len);
    }
    go_on(r, end_reading);
}

static void on_deliveries(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    bool good = usable(r, reply);

    for (size_t i = 0; good && i < reply->elements; i++) {
        if (reply->element[i]->type == REDIS_REPLY_STRING)
            view_put_delivery(&r->view, reply->element[i]->str, (size_t)reply->element[i]->len);
    }
    go_on(r, end_reading);
}

static void ask_resolved(struct reading *r)
{
    ask_records(r, KEY_RESOLVED, r->resolved.items, r->n_wanted, on_incidents);
    ask_records(r, KEY_DELIVERIES, r->deliveries.items, r->deliveries.n, on_deliveries);
    if (r->questions == 0)
        end_reading(r);
}

/* --- second: the ids of their deliveries --- */

static size_t count_words(const char *p)
{
    size_t n = 0;

    for (p += strspn(p, " "); *p != '\0'; p += strspn(p, " ")) {
        p += strcspn(p, " ");
        n++;
    }
    return n;
}

/* An incident comes with all its deliveries or not at all. */
static void take_ids(struct reading *r, const char *ids)
{
    size_t n = count_words(ids);

    r->full |= r->n_wanted >= r->n_news && r->deliveries.n + n > RESTORE_DELIVERIES_MAX;
    if (r->full)
        return;
    r->n_wanted++;
    for (ids += strspn(ids, " "); *ids != '\0'; ids += strspn(ids, " ")) {
        size_t len = strcspn(ids, " ");
        vec_push(&r->deliveries, mem_strndup(ids, len));
        ids += len;
    }
}

static void on_ids(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    bool good = usable(r, reply);

    for (size_t i = 0; good && i < reply->elements; i++)
        take_ids(r, reply->element[i]->type == REDIS_REPLY_STRING ? reply->element[i]->str : "");
    go_on(r, ask_resolved);
}

static void ask_ids(struct reading *r)
{
    ask_records(r, KEY_DELIVERIES_OF, r->resolved.items, r->resolved.n, on_ids);
    if (r->questions == 0)
        end_reading(r);
}

/* --- first: what is open, and what was resolved of late --- */

static void want(struct reading *r, const char *incident)
{
    if (map_get(&r->known, incident) != NULL)
        return;
    char *id = mem_strdup(incident);
    vec_push(&r->resolved, id);
    map_put(&r->known, id, id);
}

static void want_news(void *arg, const char *incident)
{
    want(arg, incident);
}

/* Ids and when they were resolved, the newest first. The last answer of its round trip: by now it
 * is known whose news is not out. */
static void on_resolved_of_late(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    bool good = usable(r, reply);

    if (good) {
        view_missing(&r->view, want_news, r);
        r->n_news = r->resolved.n;
    }
    for (size_t i = 0; good && i + 1 < reply->elements; i += 2) {
        const redisReply *id = reply->element[i], *at = reply->element[i + 1];
        if (id->type != REDIS_REPLY_STRING || at->type != REDIS_REPLY_STRING ||
            strtod(at->str, NULL) < (double)r->since_ms)
            break;
        want(r, id->str);
    }
    go_on(r, ask_ids);
}

static void put_monitor(struct view *v, const redisReply *name, const redisReply *json)
{
    view_put_monitor(v, name->str, (size_t)name->len, json->str, (size_t)json->len);
}

#define PUT(noun)                                                                                  \
    static void put_##noun(struct view *v, const redisReply *id, const redisReply *json)           \
    {                                                                                              \
        (void)id;                                                                                  \
        view_put_##noun(v, json->str, (size_t)json->len);                                          \
    }
PUT(incident)
PUT(delivery)
PUT(quiet)
PUT(override)

/* Asked for in this order. */
static const struct whole {
    enum key key;
    void (*put)(struct view *v, const redisReply *id, const redisReply *json);
} wholes[] = {
    {KEY_MONITORS, put_monitor}, {KEY_INCIDENTS, put_incident}, {KEY_OUTBOX, put_delivery},
    {KEY_QUIETS, put_quiet},     {KEY_OVERRIDES, put_override},
};
#define N_WHOLES (sizeof wholes / sizeof wholes[0])

static void on_whole(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    const struct whole *w = &wholes[r->at];

    if (!usable(r, reply))
        return; /* the last question of this round trip looks after it */
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const redisReply *id = reply->element[i], *json = reply->element[i + 1];
        if (id->type == REDIS_REPLY_STRING && json->type == REDIS_REPLY_STRING)
            w->put(&r->view, id, json);
    }
}

void restore_read(struct store *s)
{
    struct reading *r = mem_new(struct reading);
    char last[24];
    const char *resolved[] = {"ZREVRANGE", s->keys[KEY_RESOLVED_INDEX], "0", last, "WITHSCORES",
                              NULL};

    r->store = s;
    r->since_ms = loop_now_ms() - RESTORE_RESOLVED_MS;
    view_init(&r->view);
    map_init(&r->known, 7);
    for (size_t i = 0; i < N_WHOLES; i++) {
        const char *argv[] = {"HGETALL", s->keys[wholes[i].key], NULL};
        ask(r, argv, on_whole);
    }
    snprintf(last, sizeof last, "%d", RESTORE_RESOLVED_MAX - 1);
    ask(r, resolved, on_resolved_of_late);
}

void restore_from_spool(struct store *s)
{
    struct view v;
    struct spool_record r;

    view_init(&v);
    while (spool_next(s->commits.spool, &r)) {
        if (r.kind == RECORD_COMMIT)
            view_put_commit(&v, r.p, r.n);
    }
    spool_rewind(s->commits.spool);
    if (v.damaged > 0)
        log_warning("store", "%u records of the spool can't be read: %s", v.damaged, v.first.text);
    view_take(&v, loop_now_ms() - RESTORE_RESOLVED_MS, &s->from_spool);
}
