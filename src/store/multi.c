/* multi.c - MULTI, commands, EXEC, and one end for all of their answers.
 *
 * Happy path: every answer but the last is +QUEUED, the last one is a list without an error.
 * Failures:   the first error that Redis gave counts: when it was queued, or when it was done. */
#include "multi.h"

#include <stdint.h>

#include "base/mem.h"
#include "base/text.h"
#include "internal.h"
#include "resp.h"

struct transaction {
    struct store *store;
    multi_fn *done;
    void *arg;
    unsigned left;
    enum reply_class class;
    char words[256];
};

void multi_init(struct multi *m)
{
    buf_init(&m->out, SIZE_MAX);
    m->commands = 0;
    resp_open(&m->out, 1);
    resp_text(&m->out, "MULTI");
}

void multi_done(struct multi *m)
{
    buf_done(&m->out);
}

struct buf *multi_command(struct multi *m, size_t n_args)
{
    resp_open(&m->out, n_args);
    m->commands++;
    return &m->out;
}

static void end_transaction(struct transaction *t, bool away)
{
    static const enum multi_end ends[] = {
        [REPLY_OK] = MULTI_DONE,   [REPLY_LATER] = MULTI_AWAY,  [REPLY_SETTINGS] = MULTI_AWAY,
        [REPLY_FULL] = MULTI_FULL, [REPLY_RELOAD] = MULTI_AWAY, [REPLY_REFUSED] = MULTI_REFUSED,
    };

    if (!away && (t->class == REPLY_LATER || t->class == REPLY_SETTINGS))
        session_fail(t->store, t->words, t->class == REPLY_LATER ? 0 : BACKOFF_LONG_MS);
    t->done(t->arg, away ? MULTI_AWAY : ends[t->class], t->words);
    mem_free(t);
}

static void note(struct transaction *t, const redisReply *r)
{
    if (t->class != REPLY_OK || r->type != REDIS_REPLY_ERROR)
        return;
    t->class = reply_class(r);
    reply_words(r, t->words, sizeof t->words);
}

static void on_answer(void *arg, const redisReply *r)
{
    struct transaction *t = arg;

    if (r == NULL) {
        end_transaction(t, true);
        return;
    }
    note(t, r);
    for (size_t i = 0; r->type == REDIS_REPLY_ARRAY && i < r->elements; i++)
        note(t, r->element[i]);
    if (--t->left == 0)
        end_transaction(t, false);
}

void multi_send(struct store *s, struct multi *m, multi_fn *done, void *arg)
{
    struct transaction *t = mem_new(struct transaction);

    *t = (struct transaction){.store = s, .done = done, .arg = arg, .left = m->commands + 2};
    resp_open(&m->out, 1);
    resp_text(&m->out, "EXEC");
    redis_write(s->conn, m->out.p, m->out.len);
    redis_expect(s->conn, t->left, on_answer, t);
    multi_done(m);
}
