/* resp.h - a command as Redis reads it: `*3`, then each argument as a bulk text.
 * Own lines instead of hiredis's formatter, because a commit waits on disk as arguments and gets
 * its head (FCALL or EVALSHA) only when the server is known. */
#ifndef SRC_STORE_RESP_H
#define SRC_STORE_RESP_H

#include "base/buf.h"

void resp_open(struct buf *out, size_t n_args);
void resp_bulk(struct buf *out, const void *p, size_t n);
void resp_text(struct buf *out, const char *s);
void resp_int(struct buf *out, long long i);

/* Walks arguments written by the above. 1 and the next one, 0 at the end, -1 on bytes that are
 * none. */
int resp_next(const char **p, const char *end, const char **ret, size_t *ret_n);
/* Over a whole command (head and arguments); *ret is its second argument, the key it is about. 1, 0
 * at the end, -1 on bytes that are none. */
int resp_skip(const char **p, const char *end, const char **ret, size_t *ret_n);

#endif
