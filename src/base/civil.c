/* civil.c - the proleptic Gregorian calendar and RFC 3339. */
#include "base/civil.h"

#include <stdio.h>
#include <string.h>

#define DAY_S ((int64_t)86400)

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t floor_mod(int64_t a, int64_t b)
{
    return a - floor_div(a, b) * b;
}

/* Years are counted from March, so that the leap day is the last of its year, and in
 * eras of 400 years, which all have the same number of days. */
int64_t civil_days(int year, int month, int day)
{
    int64_t y = (int64_t)year + floor_div((int64_t)month - 1, 12);
    int64_t m = floor_mod((int64_t)month - 1, 12) + 1;
    y -= m <= 2;
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int64_t civil_seconds(const struct civil *c)
{
    return civil_days(c->year, c->month, c->day) * DAY_S + c->hour * 3600 + c->minute * 60 +
           c->second;
}

struct civil civil_of(int64_t local_s)
{
    int64_t days = floor_div(local_s, DAY_S) + 719468;
    int of_day = (int)floor_mod(local_s, DAY_S);
    int64_t era = floor_div(days, 146097);
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (struct civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = of_day / 3600,
        .minute = of_day / 60 % 60,
        .second = of_day % 60,
    };
}

/* 1970-01-01 was a Thursday. */
int civil_weekday(int64_t local_s)
{
    return (int)floor_mod(floor_div(local_s, DAY_S) + 3, 7);
}

int civil_days_in_month(int year, int month)
{
    return (int)(civil_days(year, month + 1, 1) - civil_days(year, month, 1));
}

/* --- RFC 3339 --------------------------------------------------------------------------- */

static void put_digits(char *at, int width, int value)
{
    for (int i = width; i > 0; i--, value /= 10)
        at[i - 1] = (char)('0' + value % 10);
}

/* Without printf: the API writes tens of thousands of these at once. */
static void format_year_of_four(const struct civil *c, int ms, bool with_ms, char *dst)
{
    memcpy(dst, "yyyy-mm-ddThh:mm:ss.fffZ", 25);
    put_digits(dst, 4, c->year);
    put_digits(dst + 5, 2, c->month);
    put_digits(dst + 8, 2, c->day);
    put_digits(dst + 11, 2, c->hour);
    put_digits(dst + 14, 2, c->minute);
    put_digits(dst + 17, 2, c->second);
    if (with_ms)
        put_digits(dst + 20, 3, ms);
    else
        memcpy(dst + 19, "Z", 2);
}

static const char *format(int64_t at_ms, bool always_ms, char *dst, size_t size)
{
    struct civil c = civil_of(floor_div(at_ms, 1000));
    int ms = (int)floor_mod(at_ms, 1000);
    char fraction[8] = "";
    if (c.year >= 0 && c.year <= 9999 && size >= 25) {
        format_year_of_four(&c, ms, ms || always_ms, dst);
        return dst;
    }
    if (ms || always_ms)
        snprintf(fraction, sizeof fraction, ".%03d", ms);
    snprintf(dst, size, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", c.year, c.month, c.day, c.hour,
             c.minute, c.second, fraction);
    return dst;
}

const char *rfc3339_format(int64_t at_ms, char *dst, size_t size)
{
    return format(at_ms, false, dst, size);
}

const char *rfc3339_format_ms(int64_t at_ms, char *dst, size_t size)
{
    return format(at_ms, true, dst, size);
}

/* Reads exactly `width` digits with a value in [min, max]; 0 or -1. */
static int field(const char **p, int width, int min, int max, int *ret)
{
    int value = 0;
    for (int i = 0; i < width; i++) {
        char c = (*p)[i];
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    if (value < min || value > max)
        return -1;
    *p += width;
    *ret = value;
    return 0;
}

static bool take(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static int read_date(const char **p, struct civil *c)
{
    if (field(p, 4, 0, 9999, &c->year) != 0 || !take(p, '-') ||
        field(p, 2, 1, 12, &c->month) != 0 || !take(p, '-') || field(p, 2, 1, 31, &c->day) != 0 ||
        c->day > civil_days_in_month(c->year, c->month))
        return -1;
    return 0;
}

/* One to nine digits after the point; what is finer than a millisecond is dropped. */
static int read_fraction(const char **p, int *ret_ms)
{
    int ms = 0, digits = 0;
    for (; **p >= '0' && **p <= '9'; (*p)++, digits++)
        if (digits < 3)
            ms = ms * 10 + (**p - '0');
    if (digits == 0 || digits > 9)
        return -1;
    for (; digits < 3; digits++)
        ms *= 10;
    *ret_ms = ms;
    return 0;
}

static int read_clock(const char **p, struct civil *c, int *ret_ms)
{
    if (field(p, 2, 0, 23, &c->hour) != 0 || !take(p, ':') || field(p, 2, 0, 59, &c->minute) != 0)
        return -1;
    if (!take(p, ':'))
        return 0;
    if (field(p, 2, 0, 59, &c->second) != 0)
        return -1;
    return take(p, '.') ? read_fraction(p, ret_ms) : 0;
}

/* Z or ±HH:MM, or the end of the text. */
static int read_offset(const char **p, bool *ret_there, int *ret_east_s)
{
    int hours, minutes;
    *ret_there = **p != '\0';
    *ret_east_s = 0;
    if (!*ret_there || take(p, 'Z') || take(p, 'z'))
        return 0;
    int sign = **p == '-' ? -1 : 1;
    if ((!take(p, '+') && !take(p, '-')) || field(p, 2, 0, 23, &hours) != 0 || !take(p, ':') ||
        field(p, 2, 0, 59, &minutes) != 0)
        return -1;
    *ret_east_s = sign * (hours * 3600 + minutes * 60);
    return 0;
}

int rfc3339_parse(const char *s, int64_t *ret_ms, bool *ret_has_zone)
{
    struct civil c = {0};
    int ms = 0, east_s = 0;
    bool has_zone = false;
    if (read_date(&s, &c) != 0)
        return -1;
    if (take(&s, 'T') || take(&s, 't') || take(&s, ' ')) {
        if (read_clock(&s, &c, &ms) != 0 || read_offset(&s, &has_zone, &east_s) != 0)
            return -1;
    }
    if (*s)
        return -1;
    *ret_ms = (civil_seconds(&c) - east_s) * 1000 + ms;
    if (ret_has_zone)
        *ret_has_zone = has_zone;
    return 0;
}
