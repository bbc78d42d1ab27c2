/* frame.h - what both kinds of kept block have around them: form, version, CRC-32. */
#ifndef STATS_FRAME_H
#define STATS_FRAME_H

#include "base/buf.h"
#include "range.h"

#define FRAME_VERSION 1

/* Begins a block in `out`, to be written through *r; frame_end() finishes it. */
void frame_begin(struct range *r, struct buf *out, unsigned char form);
void frame_end(struct range *r, struct buf *out);

/* Looks at form, version and CRC; then *r reads what is between. */
int frame_open(struct range *r, const void *p, size_t n, unsigned char form,
               struct err *e) MW_MUST_CHECK;

#endif
