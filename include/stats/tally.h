/* tally.h - adding up results. */
#ifndef STATS_TALLY_H
#define STATS_TALLY_H

#include <stdbool.h>

#include "model/tally.h"

void tally_init(struct tally *t); /* of nothing */
void tally_add(struct tally *t, const struct result *r);
void tally_merge(struct tally *into, const struct tally *from);
bool tally_equal(const struct tally *a, const struct tally *b); /* in every member */

/* Outside of maintenance. */
uint64_t tally_good(const struct tally *t);  /* up and degraded */
uint64_t tally_valid(const struct tally *t); /* good and down: what says something of the target */
uint64_t tally_results(const struct tally *t); /* all that were kept, maintenance and unknown too */
/* good / valid and down / valid; NaN when nothing is valid. */
double tally_availability(const struct tally *t);
double tally_error_rate(const struct tally *t);
int64_t tally_mean_us(const struct tally *t); /* -1: none */

#endif
