/* month.h - calendar months and their days on somebody's wall clock. */
#ifndef SLA_MONTH_H
#define SLA_MONTH_H

#include "base/zone.h"

#define MONTH_DAYS_MAX  31
#define MONTH_TEXT_SIZE 8 /* "2026-10" */

struct month {
    int year, month; /* 1970 … 9998; 1 … 12 */
};

/* "2026-10", nothing else. */
int month_parse(const char *text, struct month *ret, struct err *e) MW_MUST_CHECK;
const char *month_format(struct month m, char dst[MONTH_TEXT_SIZE]);
struct month month_add(struct month m, int months);
struct month month_at(const struct zone *z, int64_t at_ms); /* the one an instant lies in */

int64_t month_from_ms(struct month m, const struct zone *z); /* its first instant there */
/* Where its days begin, and behind them where the last one ends; returns how many days. A day that
 * the zone left out is there and empty. */
size_t month_days(struct month m, const struct zone *z, int64_t from_ms[MONTH_DAYS_MAX + 1]);

#endif
