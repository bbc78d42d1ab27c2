/* slo.h - the parts of `midwatch slo`. */
#ifndef SRC_CLI_SLO_H
#define SRC_CLI_SLO_H

#include "cli.h"

int slo_import(const struct args *a);
int slo_export(const struct args *a);
/* One OpenSLO document for each SLO of that name, or for all (NULL). */
void slo_write_open(const struct config *c, const char *name, struct buf *out);

/* slo_check.c: what `check` says of SLOs: a line for each, and what will surprise somebody. */
void slo_check_print(const struct config *c, int64_t now_ms);

#endif
