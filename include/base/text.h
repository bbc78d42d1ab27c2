/* text.h - small work on text: units, limits, guesses, UTF-8. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

bool text_eq(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
void text_copy(char *dst, size_t size,
               const char *src); /* cuts on a code-point boundary; always ends in NUL */

/* snprintf() that cuts likewise. */
void text_printf(char *dst, size_t size, const char *fmt, ...) MW_PRINTF(3, 4);

/* Whole text as a number in [min, max]; "12x", " 1", "" and "0x1" are errors. */
int text_int(const char *s, int64_t min, int64_t max, int64_t *ret, struct err *e) MW_MUST_CHECK;
int text_double(const char *s, double *ret, struct err *e) MW_MUST_CHECK;

/* Durations: `250ms 30s 5m 2h 7d 1w`, joined as `1h30m`; a bare 0 is allowed; at most
 * 36500d; units fall from left to right. In milliseconds. */
int text_duration(const char *s, int64_t *ret_ms, struct err *e) MW_MUST_CHECK;
/* Sizes: `64kB 10MB` (decimal), `KiB MiB GiB`, `B` or bare bytes. */
int text_size(const char *s, int64_t *ret_bytes, struct err *e) MW_MUST_CHECK;

/* The other way. The shortest exact form ("1h30m", "250ms", "10MB"); reading it back gives the same
 * number. */
const char *text_from_duration(int64_t ms, char *dst, size_t size);
const char *text_from_size(int64_t bytes, char *dst, size_t size);
/* For people: three digits at most, "842ms", "1.24s", "3m12s", "2d4h". */
const char *text_human_ms(double ms, char *dst, size_t size);

/* Damerau-Levenshtein distance, at most `limit` + 1. */
int text_distance(const char *a, const char *b, int limit);
/* The nearest of a NULL-terminated list, or NULL when nothing is near enough for a guess. */
const char *text_nearest(const char *word, const char *const *words);

/* Bytes of the well-formed sequence at s, of which n bytes are there; 0 when there is none. */
size_t utf8_step(const char *s, size_t n);
bool utf8_valid(const char *s, size_t n);
/* The largest length <= max that ends on a code-point boundary. */
size_t utf8_cut(const char *s, size_t n, size_t max);
/* `n` without a sequence that a cut left unfinished at the end. */
size_t utf8_whole(const char *s, size_t n);
/* Columns on a terminal (wide East Asian counted as 2, combining as 0; good enough for tables). */
size_t utf8_width(const char *s);

#endif
