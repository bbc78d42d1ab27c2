/* openslo.h - SLOs of OpenSLO v1 documents as ours. */
#ifndef CONFIG_OPENSLO_H
#define CONFIG_OPENSLO_H

#include "config/load.h"

#define OPENSLO_BYTES_MAX (1 << 20)

/* What was read: `yaml` is a section `slos:` of ours, `left_out` a line for each thing that could
 * not be carried. Both begun by the caller. */
struct openslo {
    struct buf *yaml, *left_out;
    size_t slos;
};

/* 0, also when there is no SLO in it; -1 when it cannot be read: every error is in `d`
 * (diagnostics_done() it either way). */
int openslo_load(const char *path, struct openslo *ret, struct diagnostics *d) MW_MUST_CHECK;
int openslo_parse(const char *path, const char *bytes, size_t n, struct openslo *ret,
                  struct diagnostics *d) MW_MUST_CHECK;

#endif
