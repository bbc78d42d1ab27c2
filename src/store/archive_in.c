/* archive_in.c - an export read back: nothing is believed.
 *
 * Happy path: the head -> pieces, each checked and given away -> the end, whose counts and checksum
 *             are those of what was read -> nothing behind it.
 * Failures:   the first thing that is wrong, with its line. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "loop/crypto.h"

#define CHUNK 65536

struct reading {
    FILE *from;
    struct buf in;
    size_t at, looked; /* where the line under way begins; how much of it has no line's end */
    bool eof;
    struct digest *digest;
    struct archive_summary sum;
    struct archive_piece piece;
    struct arena decoded; /* of base64, a line's */
    struct {
        int64_t ms, n;
    } last_id[KEY_COUNT];
    bool ended;
    archive_piece_fn *each;
    void *arg;
};

/* --- values --- */

static int take_value(struct reading *r, const struct jv *v, struct err *e)
{
    struct archive_value one = {jv_text(v), jv_len(v)};

    if (jv_type(v) == JV_OBJECT) {
        const struct jv *b64 = jv_get(v, "b64");
        size_t n = jv_len(b64), got = 0;
        if (jv_text(b64) == NULL)
            return err_set(e, "a value is neither a text nor {\"b64\": …}");
        char *bytes = arena_alloc(&r->decoded, 3 * (n / 4) + 1);
        if (base64_decode(jv_text(b64), n, bytes, &got) != 0)
            return err_set(e, "a value is no base64");
        one = (struct archive_value){bytes, got};
    }
    if (one.p == NULL)
        return err_set(e, "a value is neither a text nor {\"b64\": …}");
    if (one.n > ARCHIVE_VALUE_MAX)
        return err_set(e, "a value has %zu bytes; at most %zu are taken", one.n, ARCHIVE_VALUE_MAX);
    if (r->piece.values.n == ARCHIVE_VALUES)
        return err_set(e, "more than %d values", ARCHIVE_VALUES);
    vec_push(&r->piece.values, one);
    return 0;
}

static int take_values(struct reading *r, const struct jv *list, struct err *e)
{
    for (size_t i = 0; i < jv_len(list); i++) {
        if (take_value(r, jv_at(list, i), e) != 0)
            return -1;
    }
    return 0;
}

static int read_half(const char *p, size_t n, int64_t *ret)
{
    char text[24];

    if (n == 0 || n >= sizeof text)
        return -1;
    memcpy(text, p, n);
    text[n] = '\0';
    return text_int(text, 0, INT64_MAX, ret, NULL);
}

/* Ids only grow. */
static int check_id(struct reading *r, const struct archive_value *id, struct err *e)
{
    const char *dash = memchr(id->p, '-', id->n);
    size_t k = r->piece.which;
    int64_t ms = 0, n = 0;

    if (dash == NULL || read_half(id->p, (size_t)(dash - id->p), &ms) != 0 ||
        read_half(dash + 1, (size_t)(id->p + id->n - dash - 1), &n) != 0)
        return err_set(e, "the id of an entry is none");
    if (ms < r->last_id[k].ms || (ms == r->last_id[k].ms && n <= r->last_id[k].n))
        return err_set(e, "the ids of entries do not grow");
    r->last_id[k].ms = ms;
    r->last_id[k].n = n;
    return 0;
}

static int take_entries(struct reading *r, const struct jv *list, struct err *e)
{
    for (size_t i = 0; i < jv_len(list); i++) {
        const struct jv *entry = jv_at(list, i);
        size_t at = r->piece.values.n;
        if (jv_type(entry) != JV_LIST || jv_len(entry) < 3 || jv_len(entry) % 2 == 0)
            return err_set(e, "an entry is not [id, field, value, …]");
        if (take_values(r, entry, e) != 0 || check_id(r, &r->piece.values.items[at], e) != 0)
            return -1;
        vec_push(&r->piece.ends, r->piece.values.n);
    }
    return 0;
}

/* As Redis writes them: "1795316645678", "1.5e+300", "inf". */
static bool is_score(const struct archive_value *v)
{
    char text[48], *end = NULL;

    if (v->n == 0 || v->n >= sizeof text || strspn(v->p, "+-.0123456789einf") != v->n)
        return false;
    memcpy(text, v->p, v->n);
    text[v->n] = '\0';
    return !isnan(strtod(text, &end)) && *end == '\0';
}

static int check_pairs(const struct archive_piece *p, struct err *e)
{
    if (p->values.n == 0 || p->values.n % 2 != 0)
        return err_set(e, "the data are no pairs");
    for (size_t i = 0; i < p->values.n; i += 2) {
        const struct archive_value *name = &p->values.items[i];
        if (name->n > ARCHIVE_NAME_MAX)
            return err_set(e, "a name has %zu bytes; at most %d are taken", name->n,
                           ARCHIVE_NAME_MAX);
        if (p->type == ARCHIVE_ZSET && !is_score(name + 1))
            return err_set(e, "a score is no number");
    }
    return 0;
}

/* --- a piece --- */

static bool is_key(const char *key)
{
    for (const char *p = key; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return false;
    }
    return *key != '\0' && strlen(key) < KEY_SIZE - NAME_SIZE - 8;
}

static int take_key(struct archive_piece *p, const struct jv *v, struct err *e)
{
    const char *key = jv_get_text(v, "key"), *type = jv_get_text(v, "type");
    int k = 0, t = 0;

    if (key == NULL || !is_key(key))
        return err_set(e, "a piece without a usable key");
    for (; t < ARCHIVE_TYPES && !text_eq(type, archive_type_name((enum archive_type)t)); t++)
        ;
    if (t == ARCHIVE_TYPES)
        return err_set(e, "%.60s is of no type that is known", key);
    for (; k < KEY_COUNT && !text_eq(key, key_name((enum key)k)); k++)
        ;
    p->which = (enum key)k;
    p->type = (enum archive_type)t;
    text_copy(p->key, sizeof p->key, key);
    if (k < KEY_COUNT ? !text_eq(type, key_type(p->which)) : p->type != ARCHIVE_STRING)
        return err_set(e, "%.60s is no %s", key, type);
    return 0;
}

static int take_piece(struct reading *r, const struct jv *v, struct err *e)
{
    struct archive_piece *p = &r->piece;
    const struct jv *data = jv_get(v, "data"), *expires = jv_get(v, "expires");

    archive_piece_clear(p);
    if (take_key(p, v, e) != 0)
        return -1;
    p->expires_ms = jv_int(expires, 0);
    if (p->expires_ms < 0 || (expires != NULL && (jv_type(expires) != JV_INT ||
                                                  p->expires_ms == 0 || p->which != KEY_COUNT)))
        return err_set(e, "%.60s ends at no instant", p->key);
    if (jv_type(data) != JV_LIST || jv_len(data) == 0)
        return err_set(e, "%.60s has no data", p->key);
    if (p->type == ARCHIVE_STREAM ? take_entries(r, data, e) : take_values(r, data, e))
        return err_wrap(e, "%.60s", p->key);
    if (p->type == ARCHIVE_STRING && p->values.n != 1)
        return err_set(e, "%.60s: a string has one value", p->key);
    if ((p->type == ARCHIVE_HASH || p->type == ARCHIVE_ZSET) && check_pairs(p, e) != 0)
        return err_wrap(e, "%.60s", p->key);
    r->sum.records++;
    if (p->type == ARCHIVE_STRING)
        r->sum.counts.strings++;
    else
        r->sum.counts.of[p->which] += p->type == ARCHIVE_STREAM ? p->ends.n : p->values.n / 2;
    return r->each != NULL ? r->each(r->arg, p, e) : 0;
}

/* --- the head and the end --- */

static int take_head(struct reading *r, const struct jv *v, struct err *e)
{
    struct archive_head *h = &r->sum.head;
    const char *name = jv_get_text(v, "name"), *midwatch = jv_get_text(v, "midwatch");
    const char *at = jv_get_text(v, "at");
    int64_t version = jv_get_int(v, "version", 0);
    bool zoned = false;

    if (!text_eq(jv_get_text(v, "format"), ARCHIVE_FORMAT))
        return err_set(e, "this is no export of midwatch");
    if (version != ARCHIVE_VERSION)
        return err_set(e, "an export of version %lld, by midwatch %.30s; this midwatch reads %d",
                       (long long)version, midwatch != NULL ? midwatch : "?", ARCHIVE_VERSION);
    if (name == NULL || *name == '\0' || strlen(name) > NAME_MAX_BYTES || midwatch == NULL ||
        at == NULL || rfc3339_parse(at, &h->at_ms, &zoned) != 0 || !zoned)
        return err_set(e, "the head of the export is not whole");
    text_copy(h->name, sizeof h->name, name);
    text_copy(h->midwatch, sizeof h->midwatch, midwatch);
    return 0;
}

static bool same_counts(const struct jv *said, const struct archive_counts *c)
{
    for (int k = 0; k < KEY_COUNT; k++) {
        if (jv_get_int(said, key_name((enum key)k), 0) != (int64_t)c->of[k])
            return false;
    }
    return jv_get_int(said, "strings", 0) == (int64_t)c->strings;
}

static int take_end(struct reading *r, const struct jv *v, struct err *e)
{
    unsigned char digest[32];
    char hex[65];

    crypto_digest_end(r->digest, digest);
    r->digest = NULL;
    hex_encode(digest, sizeof digest, hex);
    if (!text_eq(jv_get_text(v, "sha256"), hex))
        return err_set(e, "the checksum is not that of the lines before: the file was changed or "
                          "damaged after it was written");
    if (jv_get_int(v, "records", -1) != (int64_t)r->sum.records ||
        !same_counts(jv_get(v, "counts"), &r->sum.counts))
        return err_set(e, "the counts at the end are not those of the records before");
    r->ended = true;
    return 0;
}

/* --- lines --- */

static int take_line(struct reading *r, const char *p, size_t n, struct err *e)
{
    struct jv *v = NULL;
    int rc;

    if (r->ended)
        return err_set(e, "something follows the end");
    if (jv_parse(p, n, &v, e) != 0)
        return r->sum.lines == 1 ? err_set(e, "this is no export of midwatch")
                                 : err_wrap(e, "not a line of an export");
    if (r->sum.lines == 1)
        rc = take_head(r, v, e);
    else if (jv_get_bool(v, "end", false))
        rc = take_end(r, v, e);
    else
        rc = take_piece(r, v, e);
    if (r->digest != NULL)
        crypto_digest_put(r->digest, p, n + 1);
    jv_free(v);
    if (r->decoded.bytes > 0) {
        arena_done(&r->decoded);
        arena_init(&r->decoded);
    }
    return rc;
}

static int fill(struct reading *r, struct err *e)
{
    char chunk[CHUNK];
    size_t n = fread(chunk, 1, sizeof chunk, r->from);

    if (n == 0 && ferror(r->from))
        return err_set(e, "%s", strerror(errno));
    r->eof = n == 0;
    r->sum.bytes += n;
    buf_put(&r->in, chunk, n);
    return 0;
}

/* 1: a line from r->at on, without its end; 0: there are no more. */
static int next_line(struct reading *r, size_t *ret_n, struct err *e)
{
    for (;;) {
        const char *from = r->in.p + r->at;
        size_t there = r->in.len - r->at;
        const char *end =
            r->looked < there ? memchr(from + r->looked, '\n', there - r->looked) : NULL;
        *ret_n = end != NULL ? (size_t)(end - from) : there;
        r->sum.lines += end != NULL || *ret_n > ARCHIVE_LINE_MAX;
        if (*ret_n > ARCHIVE_LINE_MAX)
            return err_set(e, "longer than %zu bytes", ARCHIVE_LINE_MAX);
        if (end != NULL)
            return 1;
        r->looked = there;
        if (r->eof)
            return 0;
        buf_drop(&r->in, r->at);
        r->at = 0;
        if (fill(r, e) != 0)
            return -1;
    }
}

static int read_lines(struct reading *r, struct err *e)
{
    size_t n;
    int rc;

    while ((rc = next_line(r, &n, e)) == 1) {
        if (take_line(r, r->in.p + r->at, n, e) != 0)
            return -1;
        r->at += n + 1;
        r->looked = 0;
    }
    if (rc < 0)
        return -1;
    bool rest = r->in.len > r->at;
    r->sum.lines += rest;
    if (r->ended && rest)
        return err_set(e, "something follows the end");
    if (r->sum.lines == 0)
        return err_set(e, "the file is empty");
    if (r->sum.lines <= 1 && rest)
        return err_set(e, "this is no export of midwatch");
    if (!r->ended)
        return err_set(e, "the file ends before the end of the export: it was cut off");
    return 0;
}

int archive_read(FILE *from, archive_piece_fn *each, void *arg, struct archive_summary *ret,
                 struct err *e)
{
    struct reading r = {.from = from, .each = each, .arg = arg, .digest = crypto_digest_new()};
    int rc;

    buf_init(&r.in, ARCHIVE_LINE_MAX + 2 * CHUNK);
    arena_init(&r.decoded);
    rc = read_lines(&r, e);
    if (rc != 0)
        err_wrap(e, "line %llu", (unsigned long long)(r.sum.lines > 0 ? r.sum.lines : 1));
    if (rc == 0)
        *ret = r.sum;
    if (r.digest != NULL)
        crypto_digest_end(r.digest, NULL);
    archive_piece_done(&r.piece);
    arena_done(&r.decoded);
    buf_done(&r.in);
    return rc;
}
