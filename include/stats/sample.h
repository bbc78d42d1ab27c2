/* sample.h - one result in four bytes.
 *
 *   byte 0-1  latency code, big-endian: 0 = no latency (never got that far), else 1 + log-linear
 *             index of the microseconds (32 sub-buckets an octave: error <= 1.6 %)
 *   byte 2    1 + maintenance * 124 + verdict * 31 + reason; 0 means "no sample in this slot"
 *   byte 3    lateness code: log-linear in 100 us steps, 4 sub-buckets an octave; 255: 30 s or more
 *
 * Fixed slots make writing idempotent: a replay or back-fill overwrites with the same bytes. */
#ifndef STATS_SAMPLE_H
#define STATS_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/result.h"

#define SAMPLE_BYTES 4

void sample_encode(const struct result *r, unsigned char ret[SAMPLE_BYTES]);
/* False: no sample. Fills maintenance, verdict, reason, phases.total_us (-1: none) and lateness_us
 * of *ret, the latter two the middle of their bucket; leaves the rest. Any four bytes are safe to
 * decode. */
bool sample_decode(const unsigned char b[SAMPLE_BYTES], struct result *ret);

/* Latency code on its own: 0 for us < 0. code -> lowest, middle and highest microsecond of the
 * bucket. */
uint16_t latency_code(int64_t us);
int64_t latency_of(uint16_t code);

/* The grid that results are kept by: slots of `interval_ms` since 00:00 UTC, the last of a day may
 * be a short one. How many begin before `at_ms`, counted from 1970: the sum over pieces of time is
 * that over all of it. */
int64_t slots_before(int64_t at_ms, int64_t interval_ms);

#endif
