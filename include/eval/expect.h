/* expect.h - expectations: `FIELD OP VALUE`, compiled when the file is read, evaluated on an observation.
 *
 * Grammar and fields: docs/expectations.md. A type error (comparing a status with a
 * duration, an unknown field, a bad regular expression) is found by expect_compile. */
#ifndef EVAL_EXPECT_H
#define EVAL_EXPECT_H

#include <stdbool.h>

#include "base/err.h"
#include "model/result.h"

struct expectation;

/* `kind` is the probe kind, whose fields are allowed. Heap; expect_free ends it. */
int expect_compile(const char *text, const char *kind, struct expectation **ret, struct err *e) MW_MUST_CHECK;
void expect_free(struct expectation *x);
const char *expect_text(const struct expectation *x);       /* as written */
bool expect_mentions(const struct expectation *x, const char *field);
bool expect_needs_body(const struct expectation *x);        /* reads body or json */

/* Fills text, held and actual. now_ms dates certificates. */
void expect_eval(const struct expectation *x, const struct observation *o, int64_t now_ms, struct held *ret);

#endif
