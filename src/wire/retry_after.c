/* retry_after.c - "120" or "Sun, 22 Nov 2026 03:04:05 GMT". */
#include "wire/retry_after.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"

#define MOST_MS (24 * 3600 * 1000LL)

static int month_from(const char *name)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int m = 0; m < 12; m++)
        if (strncmp(months + 3 * m, name, 3) == 0)
            return m + 1;
    return 0;
}

static int64_t from_date(const char *value, int64_t now_ms)
{
    struct civil c;
    char day[4], month[4];
    int end = 0;

    if (sscanf(value, "%3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", day, &c.day, month,
               &c.year, &c.hour, &c.minute, &c.second, &end) != 7 ||
        !end || value[end])
        return 0;
    c.month = month_from(month);
    if (!c.month || c.day < 1 || c.day > 31 || c.hour > 23 || c.minute > 59 || c.second > 60)
        return 0;
    return civil_seconds(&c) * 1000 - now_ms;
}

int64_t retry_after_ms(const char *value, int64_t now_ms)
{
    int64_t ms;

    if (text_int(value, 0, MOST_MS / 1000, &ms, NULL) == 0)
        ms *= 1000;
    else
        ms = from_date(value, now_ms);
    if (ms < 0)
        return 0;
    return ms < MOST_MS ? ms : MOST_MS;
}
