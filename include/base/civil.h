/* civil.h - the proleptic Gregorian calendar and RFC 3339, without a clock and without TZ.
 *
 * "Local seconds" are seconds since 1970-01-01T00:00 on some wall clock, zone unsaid.
 * Days-from-civil after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct civil {
    int year, month, day; /* month 1..12, day 1..31 */
    int hour, minute, second;
};

int64_t civil_days(int year, int month,
                   int day); /* since 1970-01-01; month may be out of range and carries */
int64_t civil_seconds(const struct civil *c); /* local seconds */
struct civil civil_of(int64_t local_s);
int civil_weekday(int64_t local_s); /* 0 = Monday … 6 = Sunday */
int civil_days_in_month(int year, int month);

/* "2026-11-22T03:04:05.678Z" (milliseconds only when they are not 0). dst holds at least 32 bytes.
 */
const char *rfc3339_format(int64_t at_ms, char *dst, size_t size);
/* Same, always with three digits of milliseconds, as the webhook payload has them. */
const char *rfc3339_format_ms(int64_t at_ms, char *dst, size_t size);

/* Reads "2026-01-05", "2026-01-05T09:00[:00[.123]]" with or without Z or ±HH:MM.
 * ret_has_zone: an offset or Z was there and ret_ms is an instant; otherwise ret_ms is local
 * milliseconds. 0 or -1. `T` may be a space. */
int rfc3339_parse(const char *s, int64_t *ret_ms, bool *ret_has_zone);

#endif
