/* reports.c - reports as issued: written once, never again.
 *
 * Happy path: one transaction of HSETNX, the report and its head (a short object for lists), so
 * what is there stays there, whoever asks. Lists read only the heads, page by page. Failures:   not
 * connected, an error, the end of the connection, closing: the asker hears "away", once. Whether
 * something was kept is found out by reading it. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "internal.h"
#include "multi.h"
#include "resp.h"

#define LIST_MAX_BYTES ((size_t)8 << 20)
#define HEADS          "head:"
#define PAGES_MAX      1000

struct report_read {
    struct store *store;
    store_json_fn *done;
    void *arg;
    struct buf out; /* the list */
    unsigned pages;
};

static void end_read(struct report_read *q, const char *json, size_t n, bool away)
{
    q->done(q->arg, json, n, away);
    buf_done(&q->out);
    mem_free(q);
}

static void on_away(void *arg)
{
    end_read(arg, "", 0, true);
}

static struct report_read *begin(struct store *s, store_json_fn *done, void *arg)
{
    struct report_read *q = mem_new(struct report_read);

    *q = (struct report_read){.store = s, .done = done, .arg = arg};
    buf_init(&q->out, LIST_MAX_BYTES);
    if (store_connected(s) && !s->closing)
        return q;
    loop_later(s->loop, on_away, q);
    return NULL;
}

static void on_report(void *arg, const redisReply *r)
{
    if (r == NULL || (r->type != REDIS_REPLY_STRING && r->type != REDIS_REPLY_NIL))
        end_read(arg, "", 0, true);
    else
        end_read(arg, r->type == REDIS_REPLY_STRING ? r->str : "",
                 r->type == REDIS_REPLY_STRING ? (size_t)r->len : 0, false);
}

void store_read_report(struct store *s, const char *id, store_json_fn *done, void *arg)
{
    struct report_read *q = begin(s, done, arg);
    const char *argv[] = {"HGET", s->keys[KEY_REPORTS], id, NULL};

    if (q != NULL)
        redis_command(s->conn, argv, on_report, q);
}

/* --- lists ------------------------------------------------------------------------------- */

static void ask_heads(struct report_read *q, const char *cursor);

static void take_heads(struct report_read *q, const redisReply *pairs)
{
    for (size_t i = 0; i + 1 < pairs->elements; i += 2) {
        const redisReply *head = pairs->element[i + 1];

        if (head->type != REDIS_REPLY_STRING || head->len == 0 ||
            q->out.len + (size_t)head->len + 2 > LIST_MAX_BYTES)
            continue;
        if (q->out.len > 1)
            buf_char(&q->out, ',');
        buf_put(&q->out, head->str, (size_t)head->len);
    }
}

static void on_heads(void *arg, const redisReply *r)
{
    struct report_read *q = arg;

    if (r == NULL || r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
        r->element[0]->type != REDIS_REPLY_STRING || r->element[1]->type != REDIS_REPLY_ARRAY ||
        q->store->closing || !store_connected(q->store)) {
        end_read(q, "", 0, true);
        return;
    }
    take_heads(q, r->element[1]);
    if (strcmp(r->element[0]->str, "0") != 0 && ++q->pages < PAGES_MAX) {
        ask_heads(q, r->element[0]->str);
        return;
    }
    buf_char(&q->out, ']');
    end_read(q, q->out.p, q->out.len, false);
}

static void ask_heads(struct report_read *q, const char *cursor)
{
    const char *argv[] = {
        "HSCAN", q->store->keys[KEY_REPORTS], cursor, "MATCH", HEADS "*", "COUNT", "1000", NULL};

    redis_command(q->store->conn, argv, on_heads, q);
}

void store_list_reports(struct store *s, store_json_fn *done, void *arg)
{
    struct report_read *q = begin(s, done, arg);

    if (q == NULL)
        return;
    buf_char(&q->out, '[');
    ask_heads(q, "0");
}

/* --- keeping ----------------------------------------------------------------------------- */

struct report_put {
    store_done_fn *done;
    void *arg;
};

static void end_put(struct report_put *p, bool kept)
{
    p->done(p->arg, kept);
    mem_free(p);
}

static void on_put(void *arg, enum multi_end end, const char *words)
{
    (void)words;
    end_put(arg, end == MULTI_DONE);
}

static void on_not_put(void *arg)
{
    end_put(arg, false);
}

static void put_field(struct multi *m, const struct store *s, const char *field,
                      const struct report_bytes *b)
{
    struct buf *out = multi_command(m, 4);

    resp_text(out, "HSETNX");
    resp_text(out, s->keys[KEY_REPORTS]);
    resp_text(out, field);
    resp_bulk(out, b->p, b->n);
}

void store_put_report(struct store *s, const char *id, const struct report_bytes *report,
                      const struct report_bytes *head, store_done_fn *done, void *arg)
{
    struct report_put *p = mem_new(struct report_put);
    struct multi m;
    char field[160];

    *p = (struct report_put){done, arg};
    if (!store_connected(s) || s->closing) {
        loop_later(s->loop, on_not_put, p);
        return;
    }
    text_printf(field, sizeof field, HEADS "%s", id);
    multi_init(&m);
    put_field(&m, s, id, report);
    put_field(&m, s, field, head);
    multi_send(s, &m, on_put, p);
}
