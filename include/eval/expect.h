/* expect.h - expectations: `FIELD OP VALUE`, compiled when the file is read, evaluated on an
 * observation.
 *
 * Grammar and fields: docs/expectations.md. A type error (comparing a status with a
 * duration, an unknown field, a bad regular expression) is found by expect_compile, whose
 * error begins with "column N: ", N counted in characters of `text` from 1. */
#ifndef EVAL_EXPECT_H
#define EVAL_EXPECT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/result.h"

#define EXPECT_TEXT_MAX  1024 /* bytes of one expectation */
#define EXPECT_LIST_MAX  64   /* values in one list */
#define EXPECT_MATCH_MAX 1000 /* matches of one JSON path, or headers of one name, looked at */

struct expectation;

/* `kind` is the probe kind, whose fields are allowed. Copies `text`. Heap; expect_free ends it. */
int expect_compile(const char *text, const char *kind, struct expectation **ret,
                   struct err *e) MW_MUST_CHECK;
void expect_free(struct expectation *x); /* NULL accepted */
/* It holds a secret: from now on `shown` stands for its text, and *** for what it is compared to.
 */
void expect_hide(struct expectation *x, const char *shown);
const char *expect_text(const struct expectation *x); /* as written, or as it may be shown */
bool expect_mentions(const struct expectation *x, const char *field);
bool expect_needs_body(const struct expectation *x); /* reads body or json */

/* Fills text, held and actual; warn is false. now_ms dates certificates. */
void expect_eval(const struct expectation *x, const struct observation *o, int64_t now_ms,
                 struct held *ret);

/* The tables of fields and operators in Markdown, for docs/expectations.md. */
void expect_print_fields(struct buf *out);
void expect_print_operators(struct buf *out);

#endif
