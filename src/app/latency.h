/* latency.h - histograms of good results since the start: of each group, or of each monitor. */
#ifndef SRC_APP_LATENCY_H
#define SRC_APP_LATENCY_H

#include "base/map.h"
#include "base/octaves.h"
#include "model/config.h"

#define LATENCY_FIRST  (-9) /* 2 ms */
#define LATENCY_BOUNDS 13   /* to 8 s */

struct latencies {
    struct map by_group; /* name, "" without one -> struct octaves; empty unless by group */
    enum histograms kind;
};

/* Groups that stay keep their counts; all others begin anew. */
void latencies_configure(struct latencies *l, const struct config *c);
struct octaves *latencies_group(struct latencies *l, const char *group); /* NULL: none are kept */
struct octaves *latency_new(void);
void latencies_done(struct latencies *l);

#endif
