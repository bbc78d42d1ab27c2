/* units.c - durations and sizes as people write them, both ways. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SECOND       ((int64_t)1000)
#define MINUTE       (60 * SECOND)
#define HOUR         (60 * MINUTE)
#define DAY          (24 * HOUR)
#define WEEK         (7 * DAY)
#define DURATION_MAX (36500 * DAY)

struct unit {
    const char *name;
    int64_t worth;
};

static const struct unit durations[] = {
    {"w", WEEK}, {"d", DAY}, {"h", HOUR}, {"m", MINUTE}, {"s", SECOND}, {"ms", 1},
};
#define N_DURATIONS (sizeof durations / sizeof *durations)

static const struct unit sizes[] = {
    {"TB", 1000000000000}, {"GB", 1000000000},        {"MB", 1000000},
    {"kB", 1000},          {"TiB", (int64_t)1 << 40}, {"GiB", 1 << 30},
    {"MiB", 1 << 20},      {"KiB", 1 << 10},          {"B", 1},
};
#define N_SIZES (sizeof sizes / sizeof *sizes)

/* Reads digits; -1 when there are none or too many for the type. */
static int number(const char **p, int64_t *ret)
{
    const char *q = *p;
    int64_t value = 0;
    for (; *q >= '0' && *q <= '9'; q++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *q - '0', &value))
            return -1;
    if (q == *p)
        return -1;
    *p = q;
    *ret = value;
    return 0;
}

/* The unit named by the letters at *p, or `n`. */
static size_t unit_at(const char **p, const struct unit *units, size_t n)
{
    size_t len = 0;
    while (((*p)[len] | 32) >= 'a' && ((*p)[len] | 32) <= 'z')
        len++;
    for (size_t i = 0; i < n; i++) {
        if (strlen(units[i].name) == len && memcmp(units[i].name, *p, len) == 0) {
            *p += len;
            return i;
        }
    }
    return n;
}

int text_duration(const char *s, int64_t *ret_ms, struct err *e)
{
    if (strcmp(s, "0") == 0) {
        *ret_ms = 0;
        return 0;
    }
    const char *p = s;
    int64_t all = 0;
    for (size_t smallest = 0; smallest == 0 || *p; smallest++) {
        int64_t n, part;
        size_t i;
        if (number(&p, &n) != 0 || (i = unit_at(&p, durations, N_DURATIONS)) == N_DURATIONS)
            return err_set(e, "'%.64s' is not a duration (like 250ms, 30s, 5m, 1h30m, 7d)", s);
        if (i < smallest)
            return err_set(e, "'%.64s' is not a duration: its units must fall", s);
        if (__builtin_mul_overflow(n, durations[i].worth, &part) || part > DURATION_MAX ||
            (all += part) > DURATION_MAX)
            return err_set(e, "%.64s is longer than 36500d", s);
        smallest = i;
    }
    *ret_ms = all;
    return 0;
}

int text_size(const char *s, int64_t *ret_bytes, struct err *e)
{
    const char *p = s;
    int64_t n, all;
    size_t i = N_SIZES - 1;
    if (number(&p, &n) != 0 || (*p && (i = unit_at(&p, sizes, N_SIZES)) == N_SIZES) || *p)
        return err_set(e, "'%.64s' is not a size (like 512, 64kB, 10MB, 16MiB)", s);
    if (__builtin_mul_overflow(n, sizes[i].worth, &all))
        return err_set(e, "%.64s is too large", s);
    *ret_bytes = all;
    return 0;
}

/* Appends "<n><unit>" at dst + at; returns the new end. */
static size_t append(char *dst, size_t size, size_t at, int64_t n, const char *unit)
{
    int wrote = snprintf(dst + at, size - at, "%lld%s", (long long)n, unit);
    return wrote > 0 && at + (size_t)wrote < size ? at + (size_t)wrote : at;
}

/* Weeks only for whole weeks: 30 days read better as 30d than as 4w2d. */
const char *text_from_duration(int64_t ms, char *dst, size_t size)
{
    size_t at = 0;
    dst[0] = '\0';
    if (ms < 0) {
        dst[at++] = '-';
        dst[at] = '\0';
    }
    uint64_t left = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
    if (left == 0)
        append(dst, size, at, 0, "s");
    for (size_t i = left % WEEK == 0 ? 0 : 1; i < N_DURATIONS; i++) {
        uint64_t worth = (uint64_t)durations[i].worth;
        if (left >= worth)
            at = append(dst, size, at, (int64_t)(left / worth), durations[i].name);
        left %= worth;
    }
    return dst;
}

const char *text_from_size(int64_t bytes, char *dst, size_t size)
{
    char best[40] = "";
    for (size_t i = 0; i < N_SIZES; i++) {
        char form[40];
        if (bytes % sizes[i].worth != 0 || (bytes == 0 && i < N_SIZES - 1))
            continue;
        append(form, sizeof form, 0, bytes / sizes[i].worth, sizes[i].name);
        if (!*best || strlen(form) < strlen(best))
            memcpy(best, form, sizeof best);
    }
    text_copy(dst, size, best);
    return dst;
}

/* Three digits of a number in [0, 1000), without useless zeros. */
static void three_digits(double v, const char *unit, char *dst, size_t size)
{
    char form[32];
    int decimals = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
    snprintf(form, sizeof form, "%.*f", decimals, v);
    size_t n = strlen(form);
    while (decimals && n > 1 && (form[n - 1] == '0' || form[n - 1] == '.')) {
        bool dot = form[n - 1] == '.';
        form[--n] = '\0';
        if (dot)
            break;
    }
    snprintf(dst, size, "%s%s", form, unit);
}

/* The two largest units, from whole seconds. */
static void two_units(int64_t seconds, char *dst, size_t size)
{
    int64_t left = seconds * SECOND;
    size_t at = 0;
    for (size_t i = 1; i < N_DURATIONS - 1; i++) {
        if (left < durations[i].worth)
            continue;
        at = append(dst, size, at, left / durations[i].worth, durations[i].name);
        left %= durations[i].worth;
        if (i + 1 < N_DURATIONS - 1 && left >= durations[i + 1].worth)
            append(dst, size, at, left / durations[i + 1].worth, durations[i + 1].name);
        return;
    }
}

const char *text_human_ms(double ms, char *dst, size_t size)
{
    if (!isfinite(ms) || fabs(ms) > 1e17) {
        text_copy(dst, size, isnan(ms) ? "unknown" : "for ever");
    } else if (ms < 0 && size > 1) {
        dst[0] = '-';
        text_human_ms(-ms, dst + 1, size - 1);
    } else if (ms < 999.5) {
        three_digits(ms, "ms", dst, size);
    } else if (ms < 59950) {
        three_digits(ms / 1000, "s", dst, size);
    } else {
        two_units((int64_t)llround(ms / 1000), dst, size);
    }
    return dst;
}
