/* decided.c - everything but the strings, as pieces.
 *
 * Happy path: one MULTI with all hashes and sorted sets, and where the streams end; its answer is
 *             never held whole, but cut into pieces while it arrives -> the streams in pages, up to
 *             these ends.
 * Failures:   a key that is not of its type, a name that is too long: said, -1. */
#include <string.h>

#include "base/text.h"
#include "move_shared.h"
#include "resp.h"

#define PAGE 500 /* entries of a stream at a time */

struct gathering {
    struct talk *talk;
    archive_piece_fn *each;
    void *arg;
    struct decided_ends *ends;
    struct err *e;
    bool failed;

    bool in_exec;
    int place;     /* which of the transaction's answers; -1: none yet */
    bool is_entry; /* inside the newest entry of a stream: its id comes first */
    struct archive_piece piece;
    struct buf held; /* the bytes of the piece's values */
    VEC(size_t) lengths;
};

static void gather_init(struct gathering *g)
{
    g->place = -1;
    buf_init(&g->held, 2 * ARCHIVE_VALUE_MAX + 2 * ARCHIVE_PIECE);
}

static void gather_done(struct gathering *g)
{
    archive_piece_done(&g->piece);
    buf_done(&g->held);
    vec_done(&g->lengths);
}

/* --- a piece, value by value --- */

static void piece_begin(struct gathering *x, enum key k)
{
    static const char *const types[] = {"hash", "zset", "stream"};
    struct archive_piece *p = &x->piece;

    archive_piece_clear(p);
    buf_clear(&x->held);
    x->lengths.n = 0;
    p->which = k;
    text_copy(p->key, sizeof p->key, key_name(k));
    for (int t = 0; t < 3; t++) {
        if (text_eq(types[t], key_type(k)))
            p->type = (enum archive_type)t;
    }
}

static void piece_value(struct gathering *x, const char *p, size_t n)
{
    buf_put(&x->held, p, n);
    vec_push(&x->lengths, n);
}

static void piece_flush(struct gathering *x)
{
    const char *at = buf_text(&x->held);

    if (x->lengths.n == 0)
        return;
    for (size_t i = 0; i < x->lengths.n; i++) {
        struct archive_value v = {at, x->lengths.items[i]};
        vec_push(&x->piece.values, v);
        at += v.n;
    }
    if (!x->failed && x->each(x->arg, &x->piece, x->e) != 0)
        x->failed = true;
    piece_begin(x, x->piece.which);
}

static bool piece_is_full(const struct gathering *x)
{
    return x->held.len >= ARCHIVE_PIECE || x->lengths.n >= ARCHIVE_VALUES / 2;
}

/* --- the transaction --- */

/* The first one counts. */
static void fail(struct gathering *x, const char *fmt, ...) MW_PRINTF(2, 3);
static void fail(struct gathering *x, const char *fmt, ...)
{
    va_list ap;

    if (x->failed)
        return;
    x->failed = true;
    va_start(ap, fmt);
    vsnprintf(x->e->text, sizeof x->e->text, fmt, ap);
    va_end(ap);
}

bool decided_is_stream(int k)
{
    return text_eq(key_type((enum key)k), "stream");
}

static void put_read_all(struct gathering *x, struct buf *out, enum key k)
{
    char key[KEY_SIZE];
    bool hash = text_eq(key_type(k), "hash");

    talk_key(x->talk, key, key_name(k));
    resp_open(out, decided_is_stream((int)k) ? 6 : hash ? 2 : 5);
    resp_text(out, decided_is_stream((int)k) ? "XREVRANGE" : hash ? "HGETALL" : "ZRANGE");
    resp_text(out, key);
    if (hash)
        return;
    resp_text(out, decided_is_stream((int)k) ? "+" : "0");
    resp_text(out, decided_is_stream((int)k) ? "-" : "-1");
    resp_text(out, decided_is_stream((int)k) ? "COUNT" : "WITHSCORES");
    if (decided_is_stream((int)k))
        resp_text(out, "1");
}

static void begin_place(struct gathering *x)
{
    piece_flush(x);
    x->place++;
    x->is_entry = false;
    if (x->place < KEY_COUNT)
        piece_begin(x, (enum key)x->place);
}

static void take_leaf(struct gathering *x, const struct walk_item *i)
{
    if (x->place < 0 || x->place >= KEY_COUNT || i->kind == WALK_NIL)
        return;
    if (decided_is_stream(x->place)) {
        if (i->depth == 3 && !x->is_entry && i->n < sizeof x->ends->id[0]) {
            memcpy(x->ends->id[x->place], i->p, i->n);
            x->ends->id[x->place][i->n] = '\0';
            x->is_entry = true;
        }
        return;
    }
    if (x->lengths.n % 2 == 0 && i->n > ARCHIVE_NAME_MAX && !x->failed)
        fail(x, "%s has a name of %zu bytes; at most %d are handled", x->piece.key, i->n,
             ARCHIVE_NAME_MAX);
    piece_value(x, i->p, i->n);
    if (x->lengths.n % 2 == 0 && piece_is_full(x))
        piece_flush(x);
}

/* MULTI and QUEUEDs are single words; EXEC is a list with an answer for each key. */
static void on_item(void *arg, const struct walk_item *i)
{
    struct gathering *x = arg;

    if (i->kind == WALK_ERROR) {
        fail(x, "redis: %.*s", (int)(i->n < 200 ? i->n : 200), i->p);
        x->place += x->in_exec && i->depth == 1;
        return;
    }
    if (i->kind == WALK_LIST && i->depth == 0)
        x->in_exec = true;
    else if (i->depth == 1 && x->in_exec)
        begin_place(x);
    else if (i->kind != WALK_LIST && x->in_exec)
        take_leaf(x, i);
}

int decided_read(struct talk *t, archive_piece_fn *each, void *arg, struct decided_ends *ret,
                 struct err *e)
{
    struct gathering x = {.talk = t, .each = each, .arg = arg, .ends = ret, .e = e};
    struct buf *out = talk_out(t);
    int rc;

    *ret = (struct decided_ends){{""}};
    gather_init(&x);
    resp_open(out, 1);
    resp_text(out, "MULTI");
    for (int k = 0; k < KEY_COUNT; k++)
        put_read_all(&x, out, (enum key)k);
    resp_open(out, 1);
    resp_text(out, "EXEC");
    rc = talk_send_walk(t, KEY_COUNT + 2, ARCHIVE_VALUE_MAX, on_item, &x, e);
    if (rc == 0)
        piece_flush(&x);
    gather_done(&x);
    return rc == 0 && !x.failed ? 0 : -1;
}

/* --- the streams --- */

struct page {
    struct gathering *x;
    char from[56]; /* behind the last one read */
    size_t entries;
};

static int take_entry(struct page *g, const redisReply *entry, struct err *e)
{
    struct gathering *x = g->x;
    const redisReply *fields;

    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
        entry->element[0]->type != REDIS_REPLY_STRING ||
        entry->element[1]->type != REDIS_REPLY_ARRAY)
        return err_set(e, "redis gave an unexpected answer to XRANGE");
    fields = entry->element[1];
    piece_value(x, entry->element[0]->str, (size_t)entry->element[0]->len);
    for (size_t i = 0; i < fields->elements; i++)
        piece_value(x, fields->element[i]->str, (size_t)fields->element[i]->len);
    vec_push(&x->piece.ends, x->lengths.n);
    snprintf(g->from, sizeof g->from, "(%.50s", entry->element[0]->str);
    if (piece_is_full(x))
        piece_flush(x);
    return 0;
}

static int take_entries(void *arg, const redisReply *r, struct err *e)
{
    struct page *g = arg;

    if (r->type != REDIS_REPLY_ARRAY)
        return err_set(e, "redis gave an unexpected answer to XRANGE");
    g->entries = r->elements;
    for (size_t i = 0; i < r->elements; i++) {
        if (take_entry(g, r->element[i], e) != 0)
            return -1;
    }
    return 0;
}

static int read_pages(struct gathering *x, enum key k, struct err *e)
{
    struct page g = {x, "-", 0};
    char key[KEY_SIZE], count[16];

    talk_key(x->talk, key, key_name(k));
    snprintf(count, sizeof count, "%d", PAGE);
    piece_begin(x, k);
    do {
        const char *argv[] = {"XRANGE", key, g.from, x->ends->id[k], "COUNT", count, NULL};
        if (talk_ask(x->talk, argv, take_entries, &g, e) != 0)
            return -1;
        piece_flush(x);
    } while (g.entries == PAGE && !x->failed);
    return x->failed ? -1 : 0;
}

int decided_read_stream(struct talk *t, enum key k, const struct decided_ends *ends,
                        archive_piece_fn *each, void *arg, struct err *e)
{
    struct decided_ends copy = *ends;
    struct gathering x = {.talk = t, .each = each, .arg = arg, .ends = &copy, .e = e};
    int rc = 0;

    gather_init(&x);
    if (ends->id[k][0] != '\0')
        rc = read_pages(&x, k, e);
    gather_done(&x);
    return rc;
}
