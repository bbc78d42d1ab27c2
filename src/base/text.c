/* text.c - comparing, copying, numbers and guesses. Units: units.c. UTF-8: utf8.c. */
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_eq(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

void text_copy(char *dst, size_t size, const char *src)
{
    if (size == 0)
        return;
    size_t n = utf8_cut(src, strlen(src), size - 1);
    memmove(dst, src, n);
    dst[n] = '\0';
}

void text_printf(char *dst, size_t size, const char *fmt, ...)
{
    va_list ap;
    if (size == 0)
        return;
    va_start(ap, fmt);
    int n = vsnprintf(dst, size, fmt, ap);
    va_end(ap);
    if (n >= (int)size)
        dst[utf8_whole(dst, size - 1)] = '\0';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits after an optional minus, gathered below zero, where there is room for one more. */
static int digits_of(const char *s, int64_t *ret)
{
    bool minus = *s == '-';
    const char *p = s + minus;
    if (!*p)
        return -1;
    int64_t below = 0;
    for (; *p; p++) {
        if (!digit(*p))
            return -1;
        if (__builtin_mul_overflow(below, 10, &below) ||
            __builtin_sub_overflow(below, *p - '0', &below))
            return 1;
    }
    if (!minus && below == INT64_MIN)
        return 1;
    *ret = minus ? below : -below;
    return 0;
}

int text_int(const char *s, int64_t min, int64_t max, int64_t *ret, struct err *e)
{
    int64_t value = 0;
    int answer = digits_of(s, &value);
    if (answer < 0)
        return err_set(e, "'%.64s' is not a whole number", s);
    if (answer > 0 || value < min || value > max)
        return err_set(e, "%.64s is not between %lld and %lld", s, (long long)min, (long long)max);
    *ret = value;
    return 0;
}

static const char *skip_digits(const char *p)
{
    while (digit(*p))
        p++;
    return p;
}

/* -?digits(.digits)?([eE][+-]?digits)? and nothing else: no hex, no inf, no blanks. */
static bool plain_number(const char *s)
{
    const char *p = s + (*s == '-'), *q = skip_digits(p);
    if (q == p)
        return false;
    if (*q == '.') {
        p = q + 1;
        q = skip_digits(p);
        if (q == p)
            return false;
    }
    if (*q == 'e' || *q == 'E') {
        p = q + 1;
        p += *p == '+' || *p == '-';
        q = skip_digits(p);
        if (q == p)
            return false;
    }
    return *q == '\0';
}

int text_double(const char *s, double *ret, struct err *e)
{
    if (!plain_number(s))
        return err_set(e, "'%.64s' is not a number", s);
    double value = strtod(s, NULL);
    if (value > 1e300 || value < -1e300)
        return err_set(e, "%.64s is too large a number", s);
    *ret = value;
    return 0;
}

/* --- guesses ---------------------------------------------------------------------------- */

#define WORD_MAX 64 /* longer words get no guess */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* One row of the distance table: row[j] is the distance of a[0..i) and b[0..j). */
static void distance_row(int *rows[3], const char *a, size_t i, const char *b, size_t m)
{
    int *before = rows[0], *above = rows[1], *row = rows[2];
    row[0] = (int)i;
    for (size_t j = 1; j <= m; j++) {
        int cost = a[i - 1] != b[j - 1];
        row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
        bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        if (swapped)
            row[j] = least(row[j], before[j - 2] + 1);
    }
}

int text_distance(const char *a, const char *b, int limit)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > WORD_MAX || m > WORD_MAX || (n > m ? n - m : m - n) > (size_t)limit)
        return strcmp(a, b) == 0 ? 0 : limit + 1;
    int space[3][WORD_MAX + 1];
    int *rows[3] = {space[0], space[1], space[2]};
    for (size_t j = 0; j <= m; j++)
        rows[2][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *oldest = rows[0];
        rows[0] = rows[1];
        rows[1] = rows[2];
        rows[2] = oldest;
        distance_row(rows, a, i, b, m);
    }
    return least(rows[2][m], limit + 1);
}

/* Near enough: one slip in three letters, at most three, and not the whole word. */
const char *text_nearest(const char *word, const char *const *words)
{
    size_t n = strlen(word);
    int limit = n < 2 ? 0 : least(n < 6 ? 1 + (n > 3) : (int)n / 3, 3);
    const char *nearest = NULL;
    for (; *words; words++) {
        int distance = text_distance(word, *words, limit);
        if (distance <= limit) {
            nearest = *words;
            limit = distance - 1;
        }
    }
    return nearest;
}
