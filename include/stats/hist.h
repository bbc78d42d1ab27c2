/* hist.h - latencies in buckets (model/tally.h has the layout). */
#ifndef STATS_HIST_H
#define STATS_HIST_H

#include "model/tally.h"

unsigned hist_bucket(int64_t us);        /* a negative one counts as 0 */
int64_t hist_low_us(unsigned bucket);    /* the least that falls into it */
int64_t hist_middle_us(unsigned bucket); /* at most 1/32 away from whatever is in it */

void hist_add(struct hist *h, int64_t us, uint32_t n); /* counts stop at UINT32_MAX */
void hist_merge(struct hist *into, const struct hist *from);
/* The middle of the bucket with the value of rank ceil(q * n), 0 <= q <= 1, so at most 1/32 away
 * from that value; -1 when there is none. */
int64_t hist_quantile_us(const struct hist *h, double q);
/* How many lie at or below `us`, a limit first moved to the nearest edge of a bucket (hist_limit_us
 * says which that is, at most 1/32 away): so the same limit always cuts at the same place. */
uint64_t hist_upto(const struct hist *h, int64_t us);
int64_t hist_limit_us(int64_t us);

#endif
