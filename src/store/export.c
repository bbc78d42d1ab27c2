/* export.c - a namespace, written as an archive.
 *
 * Happy path: what decides pages, in one transaction, straight from the connection to the file ->
 *             the two streams in pages, up to where they ended in the transaction -> all strings
 *             (blocks of results, roll-ups, SLOs), found by SCAN, a page at a time -> the end.
 * Failures:   the first one ends it; the caller throws the file away.
 *
 * The index of series is older than the blocks in the file. So a block may be rolled up though the
 * index does not know: rolling it up again has the same effect. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/crypto.h"
#include "move_shared.h"
#include "reply.h"
#include "resp.h"
#include "store/move.h"

#define STRINGS 64   /* strings at a time */
#define SEEN_AT 1024 /* places at first */

struct exporting {
    struct talk *talk;
    struct archive_out out;
    const struct progress *progress;
    struct archive_counts about;
    struct export_report report;
    uint64_t about_all;

    /* the strings */
    struct archive_piece piece;
    struct buf held;   /* the bytes of its value */
    struct seen *seen; /* hashes of keys: SCAN may name one twice */
    size_t n_seen, seen_cap;
    uint64_t seed[2];
    bool by_pttl; /* Redis 6.2 */
    int64_t redis_now_ms;
    VEC(const char *) wanted; /* of this page */
    size_t answered;
};

struct seen {
    uint64_t a, b;
};

static void tell(struct exporting *x, const char *doing)
{
    uint64_t done = x->out.counts.strings;

    for (int k = 0; k < KEY_COUNT; k++)
        done += x->out.counts.of[k];
    if (x->progress != NULL)
        x->progress->each(x->progress->arg, doing, done, x->about_all);
}

static int check_written(const struct exporting *x, struct err *e)
{
    return x->out.failed ? err_set(e, "%s", strerror(x->out.error)) : 0;
}

/* --- what decides pages, and the record --- */

static int put_piece(void *arg, const struct archive_piece *p, struct err *e)
{
    struct exporting *x = arg;

    archive_put_piece(&x->out, p);
    tell(x, decided_is_stream((int)p->which) ? "reading the record" : "reading what is decided");
    return check_written(x, e);
}

static int export_decided(struct exporting *x, struct err *e)
{
    struct decided_ends ends;

    if (decided_read(x->talk, put_piece, x, &ends, e) != 0)
        return -1;
    for (int k = 0; k < KEY_COUNT; k++) {
        if (decided_is_stream(k) &&
            decided_read_stream(x->talk, (enum key)k, &ends, put_piece, x, e) != 0)
            return -1;
    }
    return 0;
}

/* --- the strings --- */

static bool put_seen(struct exporting *x, struct seen one)
{
    size_t at = one.b & (x->seen_cap - 1);

    for (; x->seen[at].a != 0; at = (at + 1) & (x->seen_cap - 1)) {
        if (x->seen[at].a == one.a && x->seen[at].b == one.b)
            return false;
    }
    x->seen[at] = one;
    return true;
}

static void grow_seen(struct exporting *x)
{
    struct seen *old = x->seen;
    size_t n = x->seen_cap;

    x->seen_cap = n == 0 ? SEEN_AT : 2 * n;
    x->seen = mem_calloc(x->seen_cap, sizeof *x->seen);
    for (size_t i = 0; i < n; i++) {
        if (old[i].a != 0)
            put_seen(x, old[i]);
    }
    mem_free(old);
}

/* False: had already. 128 bits under a seed of chance: no two keys are taken for one. */
static bool is_new(struct exporting *x, const char *key)
{
    struct seen one = {hash64_text(key, x->seed[0]) | 1, hash64_text(key, x->seed[1])};

    if (2 * x->n_seen >= x->seen_cap)
        grow_seen(x);
    if (!put_seen(x, one))
        return false;
    x->n_seen++;
    return true;
}

static void pass_over(struct exporting *x, const char *key)
{
    if (x->report.passed_over++ == 0)
        text_copy(x->report.passed_over_key, sizeof x->report.passed_over_key, key);
}

static int64_t expires_of(const struct exporting *x, long long answer)
{
    if (answer < 0)
        return 0;
    if (!x->by_pttl)
        return answer;
    return (x->redis_now_ms + answer + 500) / 1000 * 1000; /* all of ours end on a second */
}

/* Two answers for each: the bytes, and until when. One that has gone meanwhile is none. */
static int take_string(void *arg, const redisReply *r, struct err *e)
{
    struct exporting *x = arg;
    const char *key = x->wanted.items[x->answered / 2];
    struct archive_piece *p = &x->piece;

    if (x->answered++ % 2 == 1) {
        if (r->type == REDIS_REPLY_INTEGER && x->held.len > 0 && r->integer != -2) {
            struct archive_value v = {x->held.p, x->held.len};
            p->expires_ms = expires_of(x, r->integer);
            vec_push(&p->values, v);
            archive_put_piece(&x->out, p);
        }
        return 0;
    }
    archive_piece_clear(p);
    buf_clear(&x->held);
    p->type = ARCHIVE_STRING;
    p->which = KEY_COUNT;
    text_copy(p->key, sizeof p->key, move_rest(x->talk, key));
    if (r->type != REDIS_REPLY_STRING)
        return 0;
    if ((size_t)r->len > ARCHIVE_VALUE_MAX)
        return err_set(e, "%s holds %zu bytes; at most %zu are handled", key, (size_t)r->len,
                       ARCHIVE_VALUE_MAX);
    buf_put(&x->held, r->str, (size_t)r->len);
    return 0;
}

static int export_wanted(struct exporting *x, struct err *e)
{
    struct buf *out = talk_out(x->talk);
    int rc;

    for (size_t i = 0; i < x->wanted.n; i++) {
        resp_open(out, 2);
        resp_text(out, "GET");
        resp_text(out, x->wanted.items[i]);
        resp_open(out, 2);
        resp_text(out, x->by_pttl ? "PTTL" : "PEXPIRETIME");
        resp_text(out, x->wanted.items[i]);
    }
    x->answered = 0;
    if (x->by_pttl && x->wanted.n > 0) {
        struct buf kept = *out; /* the clock first, as near as can be */
        buf_init(out, kept.max);
        rc = talk_now(x->talk, &x->redis_now_ms, e);
        buf_done(out);
        *out = kept;
        if (rc != 0)
            return -1;
    }
    rc = talk_send(x->talk, (unsigned)(2 * x->wanted.n), take_string, x, e);
    x->wanted.n = 0;
    tell(x, "reading measurements");
    return rc == 0 ? check_written(x, e) : -1;
}

/* Which of a page of keys are strings? */
struct types {
    struct exporting *x;
    const redisReply *keys;
    size_t at;
};

static int take_type(void *arg, const redisReply *r, struct err *e)
{
    struct types *t = arg;
    const redisReply *one = t->keys->element[t->at++];
    const char *key = one->str, *rest = move_rest(t->x->talk, key);
    bool usable = rest != NULL && strlen(key) == (size_t)one->len && move_is_usable(rest);

    (void)e;
    if (rest == NULL || move_is_fixed(rest) || !is_new(t->x, key))
        return 0;
    if (r->type == REDIS_REPLY_STATUS && text_eq(r->str, "none"))
        return 0;
    if (r->type != REDIS_REPLY_STATUS || !text_eq(r->str, "string") || !usable)
        pass_over(t->x, key);
    else if (!text_ends(rest, MOVE_DAMAGED))
        vec_push(&t->x->wanted, key);
    return 0;
}

static int export_page(void *arg, const redisReply *keys, struct err *e)
{
    struct exporting *x = arg;
    struct types t = {x, keys, 0};
    VEC(const char *) all = {0};
    int rc = 0;

    for (size_t i = 0; i < keys->elements; i++) {
        resp_open(talk_out(x->talk), 2);
        resp_text(talk_out(x->talk), "TYPE");
        resp_bulk(talk_out(x->talk), keys->element[i]->str, (size_t)keys->element[i]->len);
    }
    if (talk_send(x->talk, (unsigned)keys->elements, take_type, &t, e) != 0)
        return -1;
    for (size_t i = 0; i < x->wanted.n; i++)
        vec_push(&all, x->wanted.items[i]);
    for (size_t i = 0; i < all.n && rc == 0; i += STRINGS) {
        x->wanted.n = 0;
        for (size_t k = i; k < all.n && k < i + STRINGS; k++)
            vec_push(&x->wanted, all.items[k]);
        rc = export_wanted(x, e);
    }
    x->wanted.n = 0;
    vec_done(&all);
    return rc;
}

/* --- beginning and end --- */

static int count_about(struct exporting *x, struct err *e)
{
    if (move_count(x->talk, &x->about, e) != 0)
        return -1;
    for (int k = 0; k < KEY_COUNT; k++)
        x->about_all += x->about.of[k];
    return 0;
}

static int check_source(struct exporting *x, bool *ret_no, struct err *e)
{
    char begun[48], key[KEY_SIZE];
    const char *probe[] = {"PEXPIRETIME", key, NULL};
    int64_t ignored;
    struct err old;

    if (move_read_marker(x->talk, begun, sizeof begun, e) != 0 || count_about(x, e) != 0)
        return -1;
    *ret_no = true;
    if (begun[0] != '\0')
        return err_set(e,
                       "an import into `%s`, begun %s, was not finished: this is not a whole state",
                       talk_space(x->talk), begun);
    if (x->about_all == 0)
        return err_set(e, "nothing is kept under the name `%s`", talk_space(x->talk));
    *ret_no = false;
    talk_key(x->talk, key, key_name(KEY_META));
    x->by_pttl = talk_number(x->talk, probe, &ignored, &old) != 0;
    return 0;
}

static int export_all(struct exporting *x, struct err *e)
{
    struct archive_head h = {.at_ms = loop_now_ms()};

    text_copy(h.name, sizeof h.name, talk_space(x->talk));
    text_copy(h.midwatch, sizeof h.midwatch, MW_VERSION);
    archive_put_head(&x->out, &h, &x->about);
    if (export_decided(x, e) != 0)
        return -1;
    if (talk_scan(x->talk, export_page, x, e) != 0)
        return -1;
    archive_put_end(&x->out);
    return check_written(x, e);
}

static void free_exporting(struct exporting *x)
{
    archive_out_done(&x->out);
    archive_piece_done(&x->piece);
    buf_done(&x->held);
    vec_done(&x->wanted);
    mem_free(x->seen);
    mem_free(x);
}

enum moved store_export(const struct config *c, FILE *to, const struct progress *p,
                        struct export_report *ret, struct err *e)
{
    struct exporting *x = mem_new(struct exporting);
    bool no = false;
    int rc = -1;

    x->progress = p;
    archive_out_init(&x->out, to);
    buf_init(&x->held, 2 * ARCHIVE_VALUE_MAX + 2 * ARCHIVE_PIECE);
    crypto_random(x->seed, sizeof x->seed);
    if (talk_open(c, TALK_READ, &x->talk, &no, e) == 0 && check_source(x, &no, e) == 0)
        rc = export_all(x, e);
    no |= x->out.failed;
    talk_close(x->talk);
    x->report.records = x->out.records;
    x->report.bytes = x->out.bytes;
    x->report.strings = x->out.counts.strings;
    x->report.spooled = move_spooled(c);
    if (rc == 0)
        *ret = x->report;
    free_exporting(x);
    return rc == 0 ? MOVED : no ? MOVED_NOT : MOVED_UNREACHABLE;
}
