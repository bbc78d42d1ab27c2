/* month.c - months and days as instants. */
#include "sla/month.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"

int month_parse(const char *text, struct month *ret, struct err *e)
{
    char part[5] = "";
    int64_t year, month;

    if (strlen(text) != 7 || text[4] != '-')
        return err_set(e, "is a month like 2026-10");
    memcpy(part, text, 4);
    if (text_int(part, 1970, 9998, &year, NULL) < 0 ||
        text_int(text[5] == '0' ? text + 6 : text + 5, 1, 12, &month, NULL) < 0)
        return err_set(e, "is a month like 2026-10");
    *ret = (struct month){(int)year, (int)month};
    return 0;
}

const char *month_format(struct month m, char dst[MONTH_TEXT_SIZE])
{
    snprintf(dst, MONTH_TEXT_SIZE, "%04d-%02d", m.year, m.month);
    return dst;
}

struct month month_add(struct month m, int months)
{
    int all = m.year * 12 + m.month - 1 + months;

    return (struct month){all / 12, all % 12 + 1};
}

struct month month_at(const struct zone *z, int64_t at_ms)
{
    int64_t utc_s = at_ms / 1000 - (at_ms % 1000 < 0);
    struct civil c = civil_of(zone_local(z, utc_s));

    return (struct month){c.year, c.month};
}

static int64_t day_ms(struct month m, int day, const struct zone *z)
{
    int64_t local_s = (civil_days(m.year, m.month, 1) + day) * 86400;

    return zone_resolve(z, local_s, ZONE_GAP_NEXT) * 1000;
}

int64_t month_from_ms(struct month m, const struct zone *z)
{
    return day_ms(m, 0, z);
}

size_t month_days(struct month m, const struct zone *z, int64_t from_ms[MONTH_DAYS_MAX + 1])
{
    int n = civil_days_in_month(m.year, m.month);

    for (int i = 0; i <= n; i++)
        from_ms[i] = day_ms(m, i, z);
    return (size_t)n;
}
