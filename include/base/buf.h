/* buf.h - a growing byte buffer that is born with a maximum.
 *
 * Writing past the maximum sets `over` and drops what does not fit; the writer goes
 * straight down and asks once, at the end. The bytes are always followed by a NUL
 * that is not counted. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf {
    char *p; /* NULL while nothing has been written */
    size_t len, cap;
    size_t max; /* never holds more than this many bytes */
    bool over;  /* something did not fit */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) MW_PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) MW_PRINTF(2, 0);
void buf_drop(struct buf *b, size_t n);    /* drops the first n bytes */
const char *buf_text(const struct buf *b); /* never NULL; "" when empty */
char *buf_take(struct buf *b,
               size_t *ret_len); /* caller frees with mem_free; the buffer is empty again */

#endif
