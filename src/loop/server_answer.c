/* server_answer.c - an answer as bytes, and small questions about a request.
 *
 * Content-Length, Date and Connection are written here and nowhere else. Header values
 * come from our own code, never from a stranger: a line break in one is our bug. */
#include <assert.h>
#include <llhttp.h>
#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "server_private.h"

#define HEAD_MAX 8192

/* llhttp's names are those of its constants: NOT_FOUND. One it does not know ends the program:
 * statuses are ours. */
static void put_status_line(struct buf *out, int status)
{
    const char *name = llhttp_status_name((llhttp_status_t)status);

    buf_printf(out, "HTTP/1.1 %d ", status);
    for (; *name != 0; name++)
        buf_char(out, *name == '_' ? ' ' : *name);
    buf_str(out, "\r\n");
}

/* IMF-fixdate, RFC 9110 5.6.7: "Sun, 22 Nov 2026 03:04:05 GMT". */
static void put_date(struct buf *out, int64_t now_ms)
{
    static const char days[] = "MonTueWedThuFriSatSun";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t s = now_ms / 1000;
    struct civil c = civil_of(s);

    buf_printf(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
               days + (ptrdiff_t)3 * civil_weekday(s), c.day, months + (ptrdiff_t)3 * (c.month - 1),
               c.year, c.hour, c.minute, c.second);
}

static void put_header(struct buf *out, const char *name, const char *value)
{
    assert(strpbrk(name, "\r\n:") == NULL && strpbrk(value, "\r\n") == NULL);
    buf_str(out, name);
    buf_str(out, ": ");
    buf_str(out, value);
    buf_str(out, "\r\n");
}

static void put_connection(struct buf *out, const struct answer_shape *shape)
{
    if (!shape->keep_alive)
        put_header(out, "Connection", "close");
    else if (shape->http10)
        put_header(out, "Connection", "keep-alive");
}

static size_t length_of(const struct answer *a)
{
    return a->take != NULL ? a->take->len : a->body_len;
}

static bool has_no_body(int status)
{
    return status == 204 || status == 304;
}

char *answer_head(const struct answer *a, const struct answer_shape *shape, int64_t now_ms,
                  size_t *ret_len)
{
    struct buf out;

    buf_init(&out, HEAD_MAX);
    put_status_line(&out, a->status);
    put_date(&out, now_ms);
    put_connection(&out, shape);
    if (a->content_type != NULL)
        put_header(&out, "Content-Type", a->content_type);
    if (!has_no_body(a->status))
        buf_printf(&out, "Content-Length: %zu\r\n", length_of(a));
    for (size_t i = 0; i < a->n_headers; i++)
        put_header(&out, a->headers[i].name, a->headers[i].value);
    buf_str(&out, "\r\n");
    assert(!out.over);
    return buf_take(&out, ret_len);
}

const char *answer_body(const struct answer *a, const struct answer_shape *shape, size_t *ret_len)
{
    *ret_len = shape->head_only || has_no_body(a->status) ? 0 : length_of(a);
    return a->take != NULL ? buf_text(a->take) : a->body;
}

const char *request_header(const struct request_view *v, const char *name)
{
    for (size_t i = 0; i < v->n_headers; i++)
        if (strcmp(v->headers[i].name, name) == 0)
            return v->headers[i].value;
    return NULL;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c == 0 ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)((at - digits) % 16);
}

/* One component of a form: `+` is a space, a broken encoding stays as it is. */
static bool decode(const char *s, const char *end, char *dst, size_t size)
{
    size_t n = 0;

    while (s < end) {
        char c = *s++;

        if (c == '+') {
            c = ' ';
        } else if (c == '%' && end - s >= 2 && hex_digit(s[0]) >= 0 && hex_digit(s[1]) >= 0) {
            c = (char)(hex_digit(s[0]) * 16 + hex_digit(s[1]));
            s += 2;
        }
        if (n + 1 >= size || c == 0)
            return false;
        dst[n++] = c;
    }
    dst[n] = 0;
    return true;
}

bool request_query_next(const struct request_view *v, const char **at, const char *key, char *dst,
                        size_t size)
{
    size_t key_len = strlen(key);
    const char *next = *at != NULL ? *at : v->query;

    while (*next != 0) {
        const char *part = next, *end = part + strcspn(part, "&");
        next = *at = *end == 0 ? end : end + 1;
        if (strncmp(part, key, key_len) == 0 && part[key_len] == '=')
            return decode(part + key_len + 1, end, dst, size);
    }
    return false;
}

bool request_query(const struct request_view *v, const char *key, char *dst, size_t size)
{
    const char *at = NULL;

    return request_query_next(v, &at, key, dst, size);
}
