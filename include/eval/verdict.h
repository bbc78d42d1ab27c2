/* verdict.h - an observation and its expectations -> a result. */
#ifndef EVAL_VERDICT_H
#define EVAL_VERDICT_H

#include "model/config.h"
#include "model/result.h"

/* Evaluates every expectation (all of them, in order, expect before warn) into helds[HELD_MAX];
 * *ret_n says how many. Without an expectation on `status` an http monitor expects status in
 * 200..299. The result's message is the first failed expectation with both sides, or the transfer's
 * own fact. due_ms and lateness_us of *ret are the caller's and left alone. */
void verdict_of(const struct monitor *m, const struct observation *o, int64_t now_ms,
                struct result *ret, struct held *helds, size_t *ret_n);

#endif
