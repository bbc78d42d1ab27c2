/* restore.c - reading the state back: from Redis, or from the spool while Redis is away.
 *
 * Happy path: HGETALL of monitors, incidents, outbox -> (HMGET of resolved incidents whose news is
 *             not out) -> session_restored().
 * Failures:   an error or the end of the connection is the session's; a record that can't be read
 *             is passed over with a warning. */
#include "base/mem.h"
#include "internal.h"
#include "loop/log.h"
#include "reply.h"
#include "view.h"

struct reading {
    struct store *store;
    struct view view;
    unsigned at; /* which of the answers comes next */
    bool failed;
    VEC(char *) missing;
};

static const enum key asked[] = {KEY_MONITORS, KEY_INCIDENTS, KEY_OUTBOX};
#define N_ASKED (sizeof asked / sizeof asked[0])

static void free_reading(struct reading *r)
{
    struct stored rest;

    view_take(&r->view, &rest);
    stored_done(&rest);
    for (size_t i = 0; i < r->missing.n; i++)
        mem_free(r->missing.items[i]);
    vec_done(&r->missing);
    mem_free(r);
}

static void end_reading(struct reading *r)
{
    struct store *s = r->store;
    struct stored found;

    if (r->view.damaged > 0)
        log_warning("store", "%u records can't be read and are passed over; the first: %s",
                    r->view.damaged, r->view.first.text);
    view_take(&r->view, &found);
    free_reading(r);
    session_restored(s, &found);
    stored_done(&found);
}

/* True when the answer is what was asked for. */
static bool usable(struct reading *r, const redisReply *reply)
{
    char words[256];

    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY)
        return true;
    if (reply != NULL) {
        reply_words(reply, words, sizeof words);
        session_fail(r->store, words[0] != '\0' ? words : "redis gave an unexpected answer",
                     BACKOFF_LONG_MS);
    }
    return false;
}

static void on_resolved(void *arg, const redisReply *reply)
{
    struct reading *r = arg;

    if (!usable(r, reply)) {
        free_reading(r);
        return;
    }
    for (size_t i = 0; i < reply->elements; i++) {
        if (reply->element[i]->type == REDIS_REPLY_STRING)
            view_put_incident(&r->view, reply->element[i]->str, (size_t)reply->element[i]->len);
    }
    end_reading(r);
}

static void note_missing(void *arg, const char *incident)
{
    struct reading *r = arg;

    vec_push(&r->missing, mem_strdup(incident));
}

static void ask_resolved(struct reading *r)
{
    VEC(const char *) argv = {0};

    vec_push(&argv, (const char *)"HMGET");
    vec_push(&argv, (const char *)r->store->keys[KEY_RESOLVED]);
    for (size_t i = 0; i < r->missing.n; i++)
        vec_push(&argv, (const char *)r->missing.items[i]);
    vec_push(&argv, NULL);
    redis_command(r->store->conn, argv.items, on_resolved, r);
    vec_done(&argv);
}

static void take_pairs(struct reading *r, const redisReply *reply)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const redisReply *k = reply->element[i], *v = reply->element[i + 1];
        if (k->type != REDIS_REPLY_STRING || v->type != REDIS_REPLY_STRING)
            continue;
        if (asked[r->at] == KEY_MONITORS)
            view_put_monitor(&r->view, k->str, (size_t)k->len, v->str, (size_t)v->len);
        else if (asked[r->at] == KEY_INCIDENTS)
            view_put_incident(&r->view, v->str, (size_t)v->len);
        else
            view_put_delivery(&r->view, v->str, (size_t)v->len);
    }
}

static void on_pairs(void *arg, const redisReply *reply)
{
    struct reading *r = arg;
    bool last = r->at == N_ASKED - 1;

    if (!r->failed && usable(r, reply))
        take_pairs(r, reply);
    else
        r->failed = true;
    r->at++;
    if (!last)
        return;
    if (r->failed) {
        free_reading(r);
        return;
    }
    view_missing(&r->view, note_missing, r);
    if (r->missing.n > 0)
        ask_resolved(r);
    else
        end_reading(r);
}

void restore_read(struct store *s)
{
    struct reading *r = mem_new(struct reading);

    r->store = s;
    view_init(&r->view);
    for (size_t i = 0; i < N_ASKED; i++) {
        const char *argv[] = {"HGETALL", s->keys[asked[i]], NULL};
        redis_command(s->conn, argv, on_pairs, r);
    }
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
    view_take(&v, &s->from_spool);
}
