/* remote_write.h - the metrics as WriteRequest messages of Prometheus remote write 1.0.
 *
 * Uncompressed; snappy's block format is the caller's. A piece (metrics_cut) is a whole message. */
#ifndef FORMAT_REMOTE_WRITE_H
#define FORMAT_REMOTE_WRITE_H

#include "format/metrics.h"

struct remote_write {
    struct metrics metrics; /* first */
    int64_t at_ms;          /* of every sample */
    const char *labels;     /* of every series, by metrics_label(); borrowed */
    struct buf series;      /* one under way */
};

void remote_write_begin(struct remote_write *w, struct buf *out, const char *labels, int64_t at_ms);
void remote_write_done(struct remote_write *w);

#endif
