/* samples.h - results as bytes in blocks, gathered for a moment and written together. */
#ifndef SRC_STORE_SAMPLES_H
#define SRC_STORE_SAMPLES_H

#include "model/result.h"

struct config;
struct store;
struct samples;

struct samples *samples_new(struct store *s);
void samples_close(struct samples *m); /* its timer; the rest with samples_free() */
void samples_free(struct samples *m);

void samples_add(struct samples *m, const char *monitor, int64_t interval_ms,
                 const struct result *r);
void samples_flush(struct samples *m);
/* The interval that a monitor's results are kept under now: as last added, or as expected before
 * the first one. 0: never heard of it. */
void samples_configure(struct samples *m, const struct config *c);
void samples_expect(struct samples *m, const char *monitor, int64_t interval_ms);
int64_t samples_interval_ms(const struct samples *m, const char *monitor);
/* Redis may have lost the blocks: size them again before the next write. */
void samples_forget_sizes(struct samples *m);

#endif
