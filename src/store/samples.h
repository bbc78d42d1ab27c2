/* samples.h - results as bytes in blocks, gathered for a moment and written together. */
#ifndef SRC_STORE_SAMPLES_H
#define SRC_STORE_SAMPLES_H

#include "model/result.h"

#define ROLL_AFTER_MS INT64_C(900000)              /* a day is over for us so long after it ended */
#define ROLL_WAIT_MS  (INT64_C(14) * 24 * 3600000) /* how long an open block waits for a roller */

struct store;
struct samples;

struct samples *samples_new(struct store *s);
void samples_close(struct samples *m); /* its timer; the rest with samples_free() */
void samples_free(struct samples *m);

void samples_add(struct samples *m, const char *monitor, int64_t interval_ms,
                 const struct result *r);
void samples_flush(struct samples *m);
void samples_gather(struct samples *m);     /* a flush comes soon */
bool samples_idle(const struct samples *m); /* nothing is gathered */
void samples_configure(struct samples *m);  /* monitors may have other names now */
/* A day of this monitor's has been rolled up: later results of it are late ones. */
void samples_rolled(struct samples *m, const char *monitor);
/* Redis may have lost the blocks: size them again before the next write. */
void samples_forget_sizes(struct samples *m);

#endif
