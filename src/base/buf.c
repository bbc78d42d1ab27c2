/* buf.c - a growing byte buffer that is born with a maximum.
 *
 * Once something did not fit nothing more is added, so that what is there is always a
 * beginning of what was written, never a text with holes. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max < SIZE_MAX / 4 ? max : SIZE_MAX / 4};
}

void buf_done(struct buf *b)
{
    mem_free(b->p);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->over = false;
    if (b->p)
        b->p[0] = '\0';
}

/* Room for n more bytes and the NUL; the caller has checked the maximum. */
static void grow(struct buf *b, size_t n)
{
    size_t need = b->len + n + 1;
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap * 2 : 64;
    if (cap > b->max + 1)
        cap = b->max + 1;
    b->cap = cap > need ? cap : need;
    b->p = mem_resize(b->p, b->cap, 1);
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    if (b->over || n == 0)
        return;
    size_t room = b->max - b->len;
    if (n > room) {
        b->over = true;
        n = room;
    }
    grow(b, n);
    memcpy(b->p + b->len, p, n);
    b->len += n;
    b->p[b->len] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    if (b->over || b->len + 2 > b->cap || b->len >= b->max) {
        buf_put(b, &c, 1);
        return;
    }
    b->p[b->len++] = c;
    b->p[b->len] = '\0';
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        buf_put(b, small, (size_t)n);
    } else if (n > 0) {
        char *large = mem_alloc((size_t)n + 1);
        vsnprintf(large, (size_t)n + 1, fmt, again);
        buf_put(b, large, (size_t)n);
        mem_free(large);
    }
    va_end(again);
}

void buf_drop(struct buf *b, size_t n)
{
    if (n == 0 || b->len == 0)
        return;
    if (n > b->len)
        n = b->len;
    b->len -= n;
    memmove(b->p, b->p + n, b->len);
    b->p[b->len] = '\0';
}

const char *buf_text(const struct buf *b)
{
    return b->p ? b->p : "";
}

char *buf_take(struct buf *b, size_t *ret_len)
{
    char *p = b->p ? b->p : mem_strdup("");
    if (ret_len)
        *ret_len = b->len;
    *b = (struct buf){.max = b->max};
    return p;
}
