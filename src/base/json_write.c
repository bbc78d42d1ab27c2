/* json_write.c - JSON out, straight into a buffer. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"

void jw_init(struct jw *w, struct buf *out)
{
    *w = (struct jw){.out = out};
}

/* A comma, if one is due; after what follows one is. */
static void next(struct jw *w)
{
    if (w->comma)
        buf_char(w->out, ',');
    w->comma = true;
}

static void put_open(struct jw *w, char bracket)
{
    next(w);
    buf_char(w->out, bracket);
    w->comma = false;
    w->depth++;
}

static void put_close(struct jw *w, char bracket)
{
    assert(w->depth > 0);
    buf_char(w->out, bracket);
    w->comma = true;
    w->depth--;
}

void jw_object(struct jw *w)
{
    put_open(w, '{');
}

void jw_object_end(struct jw *w)
{
    put_close(w, '}');
}

void jw_list(struct jw *w)
{
    put_open(w, '[');
}

void jw_list_end(struct jw *w)
{
    put_close(w, ']');
}

static void put_escaped(struct buf *out, unsigned char c)
{
    static const char short_form[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                      ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (c < sizeof short_form && short_form[c]) {
        buf_char(out, '\\');
        buf_char(out, short_form[c]);
    } else {
        buf_printf(out, "\\u%04x", c);
    }
}

/* Bytes that may stand as they are go out in one piece. */
static void put_text(struct buf *out, const char *s, size_t n)
{
    size_t from = 0, i = 0;
    buf_char(out, '"');
    while (i < n) {
        unsigned char c = (unsigned char)s[i];
        bool plain = c >= 0x20 && c != '"' && c != '\\';
        size_t step = c < 0x80 ? 1 : utf8_step(s + i, n - i);
        if (plain && step) {
            i += step;
            continue;
        }
        buf_put(out, s + from, i - from);
        if (step)
            put_escaped(out, c);
        else
            buf_str(out, "\xef\xbf\xbd");
        from = ++i;
    }
    buf_put(out, s + from, n - from);
    buf_char(out, '"');
}

void jw_key(struct jw *w, const char *key)
{
    next(w);
    put_text(w->out, key, strlen(key));
    buf_char(w->out, ':');
    w->comma = false;
}

void jw_text(struct jw *w, const char *s)
{
    if (s)
        jw_textn(w, s, strlen(s));
    else
        jw_null(w);
}

void jw_textn(struct jw *w, const char *s, size_t n)
{
    next(w);
    put_text(w->out, s, n);
}

void jw_int(struct jw *w, int64_t i)
{
    char text[24], *end = text + sizeof text, *at = end;
    uint64_t left = i < 0 ? (uint64_t)0 - (uint64_t)i : (uint64_t)i;

    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (i < 0)
        *--at = '-';
    next(w);
    buf_put(w->out, at, (size_t)(end - at));
}

/* Very large ones in the exponent form, which readers take that refuse long integers. */
static size_t real_text(double d, int decimals, char *dst, size_t size)
{
    if (fabs(d) >= 1e15)
        return (size_t)snprintf(dst, size, "%.17g", d);
    int places = decimals < 0 ? 0 : decimals > 17 ? 17 : decimals;
    size_t n = (size_t)snprintf(dst, size, "%.*f", places, d);
    if (places) {
        while (dst[n - 1] == '0')
            n--;
        n -= dst[n - 1] == '.';
    }
    return n;
}

void jw_real(struct jw *w, double d, int decimals)
{
    char text[64];
    if (!isfinite(d)) {
        jw_null(w);
        return;
    }
    size_t n = real_text(d, decimals, text, sizeof text);
    bool minus_zero = n == 2 && memcmp(text, "-0", 2) == 0;
    next(w);
    buf_put(w->out, text + minus_zero, n - minus_zero);
}

void jw_bool(struct jw *w, bool b)
{
    next(w);
    buf_str(w->out, b ? "true" : "false");
}

void jw_null(struct jw *w)
{
    next(w);
    buf_str(w->out, "null");
}

void jw_raw(struct jw *w, const char *json)
{
    next(w);
    buf_str(w->out, json);
}

void jw_kv_text(struct jw *w, const char *key, const char *s)
{
    jw_key(w, key);
    jw_text(w, s);
}

void jw_kv_text_opt(struct jw *w, const char *key, const char *s)
{
    if (s)
        jw_kv_text(w, key, s);
}

void jw_kv_int(struct jw *w, const char *key, int64_t i)
{
    jw_key(w, key);
    jw_int(w, i);
}

void jw_kv_real(struct jw *w, const char *key, double d, int decimals)
{
    jw_key(w, key);
    jw_real(w, d, decimals);
}

void jw_kv_bool(struct jw *w, const char *key, bool b)
{
    jw_key(w, key);
    jw_bool(w, b);
}

void jw_kv_time(struct jw *w, const char *key, int64_t at_ms)
{
    char text[40];
    jw_kv_text(w, key, at_ms ? rfc3339_format_ms(at_ms, text, sizeof text) : NULL);
}

void jw_kv_object(struct jw *w, const char *key)
{
    jw_key(w, key);
    jw_object(w);
}

void jw_kv_list(struct jw *w, const char *key)
{
    jw_key(w, key);
    jw_list(w);
}
