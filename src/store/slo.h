/* slo.h - what SLOs counted: cells of four numbers, written absolutely, with the samples. */
#ifndef SRC_STORE_SLO_H
#define SRC_STORE_SLO_H

#include <stdint.h>

#include "base/buf.h"

struct store;
struct slos;

struct slos *slos_new(struct store *s);
void slos_free(struct slos *x); /* NULL accepted */
/* What is to be written, as commands. */
void slo_flush(struct store *s, struct buf *out, uint32_t *commands);
void slo_forget_sizes(struct slos *x);

#endif
