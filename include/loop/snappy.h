/* snappy.h - libsnappy's block format, when somebody asks for it.
 *
 * The library brings the C++ one along (1 MB resident), so it is opened the first time that it
 * is needed and not linked. */
#ifndef LOOP_SNAPPY_H
#define LOOP_SNAPPY_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

int snappy_open(struct err *e) MW_MUST_CHECK; /* may be called again; -1: it is not there */
/* After snappy_open(). Appends. */
void snappy_pack(const void *p, size_t n, struct buf *out);

#endif
