/* recur.h - recurrence rules of RFC 5545 (RRULE) -> days on the wall calendar.
 *
 * Read are FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT, UNTIL, WKST, BYMONTH,
 * BYMONTHDAY, BYYEARDAY, BYDAY and BYSETPOS; other parts are refused. Days are counted since
 * 1970-01-01; what time of day and which zone is the caller's business, and so is UNTIL. */
#ifndef WIRE_RECUR_H
#define WIRE_RECUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RECUR_LIST_MAX 64 /* BYDAY with numbers, BYSETPOS; BYYEARDAY */

enum recur_freq { RECUR_DAILY, RECUR_WEEKLY, RECUR_MONTHLY, RECUR_YEARLY };

struct recur_weekday {
    int8_t weekday; /* 0 = Monday */
    int8_t nth;     /* -53..53; 0: all of them */
};

struct recur {
    enum recur_freq freq;
    int interval;            /* 1..10000 */
    int64_t count;           /* 0: not given */
    char until[20];          /* as written; "" not given */
    int week_start;          /* 0 = Monday */
    unsigned months;         /* bits 1..12; 0: all */
    uint32_t month_days;     /* bits 1..31 */
    uint32_t month_days_end; /* counted from the end: bit 1 is the last day */
    struct recur_weekday weekdays[RECUR_LIST_MAX];
    size_t n_weekdays;
    int16_t year_days[RECUR_LIST_MAX];
    size_t n_year_days;
    int16_t positions[RECUR_LIST_MAX];
    size_t n_positions;
};

/* The value of an RRULE line. */
int recur_parse(const char *text, struct recur *ret, struct err *e) MW_MUST_CHECK;

/* Which days are of interest. */
struct recur_span {
    int64_t first; /* the event's own: it always belongs to the rule, and to its COUNT */
    int64_t from;  /* none before it is asked for; some may come all the same */
    int64_t last;
};

/* A walk over the days of a rule, in order. */
struct recur_walk {
    const struct recur *rule; /* borrowed */
    struct recur_span span;
    int64_t period; /* since that of the first day, in units of the interval */
    int64_t given;
    int64_t days[366]; /* of the period, picked */
    size_t n, at;
    int64_t *budget; /* days that may still be looked at, of all walks together */
};

void recur_begin(struct recur_walk *w, const struct recur *rule, struct recur_span span,
                 int64_t *budget);
/* false: no more, or the budget is used up (then it is negative). */
bool recur_next(struct recur_walk *w, int64_t *ret_day);

#endif
