/* regex.h - regular expressions with a bound. The one door to PCRE2.
 *
 * UTF-8, no \C; match limit 100,000 steps, pattern <= 4096 bytes, 50 nested groups;
 * JIT, from the first match on, when the sandbox lets it, the interpreter otherwise. */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct regex;

int regex_compile(const char *pattern, bool ignore_case, struct regex **ret,
                  struct err *e) MW_MUST_CHECK;
void regex_free(struct regex *r);
/* Fewer steps than the 100,000, for one that is matched very often. */
void regex_bound(struct regex *r, unsigned steps);
/* 1 match, 0 none, -1 the limit was hit (e says so). */
int regex_match(struct regex *r, const char *text, size_t n, struct err *e) MW_MUST_CHECK;

#endif
