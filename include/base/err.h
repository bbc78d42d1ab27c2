/* err.h - the words of a failure.
 *
 * Who detects a failure states the fact; each caller puts its own subject in front,
 * so that a text reads "outer: inner". A function that can fail returns 0 or -1 and
 * takes a `struct err *` last, which may be NULL when nobody will read it.
 * Outputs are written only on success. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MW_MUST_CHECK        __attribute__((warn_unused_result))

struct err {
    char text[512];
};

/* States the fact. Always returns -1, so that `return err_set(e, "…")` reads well. */
int err_set(struct err *e, const char *fmt, ...) MW_PRINTF(2, 3);

/* Puts "fmt: " in front of what `e` says. Always returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) MW_PRINTF(2, 3);

#endif
