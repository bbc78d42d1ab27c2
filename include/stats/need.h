/* need.h - how much memory the store will need for a configuration, once every tier is full. */
#ifndef STATS_NEED_H
#define STATS_NEED_H

#include <stdint.h>

#include "model/config.h"

/* Bytes as Redis counts them (used_memory), for the region of this configuration alone: regions
 * that share a store each need theirs. An estimate, for results up and log-normal (sigma 0.5): a
 * tenth more or less is to be expected, and more with much failing. `other`: statuses, incidents
 * (one a monitor and quarter), SLOs, and what Redis takes when it is empty. */
struct need {
    int64_t raw, minute, hour, day, other, total;
};
void need_of(const struct config *c, struct need *ret);

#endif
