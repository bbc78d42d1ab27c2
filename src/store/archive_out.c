/* archive_out.c - an export's lines, and their checksum. Failures to write are kept until asked. */
#include <errno.h>
#include <string.h>

#include "archive.h"
#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "loop/crypto.h"

#define ESCAPED_MAX ((size_t)1 << 20) /* escaped it may be six times as long */

static const char *const type_names[ARCHIVE_TYPES] = {"hash", "zset", "stream", "string"};

const char *archive_type_name(enum archive_type t)
{
    return type_names[t];
}

void archive_piece_clear(struct archive_piece *p)
{
    p->expires_ms = 0;
    p->values.n = p->ends.n = 0;
}

void archive_piece_done(struct archive_piece *p)
{
    vec_done(&p->values);
    vec_done(&p->ends);
}

void archive_out_init(struct archive_out *o, FILE *to)
{
    *o = (struct archive_out){.to = to, .digest = crypto_digest_new()};
    buf_init(&o->line, 2 * ARCHIVE_LINE_MAX);
}

void archive_out_done(struct archive_out *o)
{
    if (o->digest != NULL)
        crypto_digest_end(o->digest, NULL);
    o->digest = NULL;
    buf_done(&o->line);
}

static void write_line(struct archive_out *o)
{
    buf_char(&o->line, '\n');
    if (!o->failed && o->line.len > ARCHIVE_LINE_MAX) {
        o->failed = true;
        o->error = EMSGSIZE;
    }
    if (!o->failed && fwrite(o->line.p, 1, o->line.len, o->to) != o->line.len) {
        o->failed = true;
        o->error = errno;
    }
    if (o->digest != NULL)
        crypto_digest_put(o->digest, o->line.p, o->line.len);
    o->bytes += o->line.len;
    buf_clear(&o->line);
}

static void put_value(struct jw *w, const struct archive_value *v)
{
    if (v->n < ESCAPED_MAX && utf8_valid(v->p, v->n) && memchr(v->p, '\0', v->n) == NULL) {
        jw_textn(w, v->p, v->n);
        return;
    }
    char *text = mem_alloc(4 * ((v->n + 2) / 3) + 1);
    base64_encode(v->p, v->n, text);
    jw_object(w);
    jw_kv_text(w, "b64", text);
    jw_object_end(w);
    mem_free(text);
}

static void put_counts(struct jw *w, const char *key, const struct archive_counts *c)
{
    jw_kv_object(w, key);
    for (int k = 0; k < KEY_COUNT; k++) {
        if (c->of[k] > 0)
            jw_kv_int(w, key_name((enum key)k), (int64_t)c->of[k]);
    }
    if (c->strings > 0)
        jw_kv_int(w, "strings", (int64_t)c->strings);
    jw_object_end(w);
}

void archive_put_head(struct archive_out *o, const struct archive_head *h,
                      const struct archive_counts *about)
{
    struct jw w;

    jw_init(&w, &o->line);
    jw_object(&w);
    jw_kv_text(&w, "format", ARCHIVE_FORMAT);
    jw_kv_int(&w, "version", ARCHIVE_VERSION);
    jw_kv_text(&w, "name", h->name);
    jw_kv_text(&w, "midwatch", h->midwatch);
    jw_kv_time(&w, "at", h->at_ms);
    if (about != NULL)
        put_counts(&w, "about", about);
    jw_object_end(&w);
    write_line(o);
}

static void put_data(struct jw *w, const struct archive_piece *p)
{
    size_t at = 0;

    jw_kv_list(w, "data");
    for (size_t i = 0; i < p->ends.n; i++) {
        jw_list(w);
        for (; at < p->ends.items[i]; at++)
            put_value(w, &p->values.items[at]);
        jw_list_end(w);
    }
    for (; at < p->values.n; at++)
        put_value(w, &p->values.items[at]);
    jw_list_end(w);
}

void archive_put_piece(struct archive_out *o, const struct archive_piece *p)
{
    struct jw w;

    jw_init(&w, &o->line);
    jw_object(&w);
    jw_kv_text(&w, "key", p->key);
    jw_kv_text(&w, "type", type_names[p->type]);
    if (p->expires_ms > 0)
        jw_kv_int(&w, "expires", p->expires_ms);
    put_data(&w, p);
    jw_object_end(&w);
    write_line(o);
    o->records++;
    if (p->type == ARCHIVE_STRING)
        o->counts.strings++;
    else if (p->type == ARCHIVE_STREAM)
        o->counts.of[p->which] += p->ends.n;
    else
        o->counts.of[p->which] += p->values.n / 2;
}

void archive_put_end(struct archive_out *o)
{
    unsigned char digest[32];
    char hex[65];
    struct jw w;

    crypto_digest_end(o->digest, digest);
    o->digest = NULL;
    hex_encode(digest, sizeof digest, hex);
    jw_init(&w, &o->line);
    jw_object(&w);
    jw_kv_bool(&w, "end", true);
    jw_kv_int(&w, "records", (int64_t)o->records);
    put_counts(&w, "counts", &o->counts);
    jw_kv_text(&w, "sha256", hex);
    jw_object_end(&w);
    write_line(o);
    if (!o->failed && fflush(o->to) != 0) {
        o->failed = true;
        o->error = errno;
    }
}
