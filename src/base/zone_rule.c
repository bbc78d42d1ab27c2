/* zone_rule.c - the POSIX footer of a TZif file: "EST5EDT,M3.2.0,M11.1.0".
 *
 * Hours of a rule may run from -167 to 167, so a step may fall on another day, week or
 * even year than its date says; nothing here assumes otherwise. */
#include <string.h>

#include "base/civil.h"
#include "zone_impl.h"

#define DAY_S     86400
#define HOURS_MAX 167

/* A letter word of at least three, or anything in angle brackets. */
static int take_name(const char **p)
{
    const char *q = *p;
    bool quoted = *q == '<';
    q += quoted;
    size_t n = 0;
    while ((q[n] | 32) >= 'a' && (q[n] | 32) <= 'z')
        n++;
    if (quoted) {
        n = strcspn(q, ">,");
        if (q[n] != '>')
            return -1;
    }
    if (n < 3)
        return -1;
    *p = q + n + quoted;
    return 0;
}

static int take_number(const char **p, int max, int *ret)
{
    int value = 0, digits = 0;
    for (; **p >= '0' && **p <= '9' && digits < 4; (*p)++, digits++)
        value = value * 10 + (**p - '0');
    if (digits == 0 || value > max)
        return -1;
    *ret = value;
    return 0;
}

/* [+-]h[:mm[:ss]] in seconds. */
static int take_time(const char **p, int max_hours, int32_t *ret_s)
{
    int sign = **p == '-' ? -1 : 1, part[3] = {0};
    *p += **p == '-' || **p == '+';
    if (take_number(p, max_hours, &part[0]) != 0)
        return -1;
    for (int i = 1; i < 3 && **p == ':'; i++) {
        (*p)++;
        if (take_number(p, 59, &part[i]) != 0)
            return -1;
    }
    *ret_s = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return 0;
}

static int take_monthly(const char **p, struct rule_day *d)
{
    d->kind = DAY_MONTHLY;
    (*p)++;
    if (take_number(p, 12, &d->month) != 0 || *(*p)++ != '.')
        return -1;
    if (take_number(p, 5, &d->week) != 0 || *(*p)++ != '.')
        return -1;
    if (take_number(p, 6, &d->weekday) != 0)
        return -1;
    return d->month >= 1 && d->week >= 1 ? 0 : -1;
}

/* ,date[/time] */
static int take_day(const char **p, struct rule_day *d)
{
    if (*(*p)++ != ',')
        return -1;
    if (**p == 'M') {
        if (take_monthly(p, d) != 0)
            return -1;
    } else {
        d->kind = **p == 'J' ? DAY_JULIAN : DAY_OF_YEAR;
        *p += **p == 'J';
        if (take_number(p, 365, &d->n) != 0 || (d->kind == DAY_JULIAN && d->n == 0))
            return -1;
    }
    d->time_s = 2 * 3600;
    if (**p != '/')
        return 0;
    (*p)++;
    return take_time(p, HOURS_MAX, &d->time_s);
}

static int parse(const char *p, struct zone_rule *r)
{
    if (take_name(&p) != 0 || take_time(&p, 24, &r->std_s) != 0)
        return -1;
    r->std_s = -r->std_s; /* POSIX counts west of Greenwich */
    r->given = true;
    if (!*p)
        return 0;
    if (take_name(&p) != 0)
        return -1;
    r->has_dst = true;
    r->dst_s = r->std_s + 3600;
    if (*p && *p != ',') {
        if (take_time(&p, 24, &r->dst_s) != 0)
            return -1;
        r->dst_s = -r->dst_s;
    }
    if (take_day(&p, &r->start) != 0 || take_day(&p, &r->end) != 0)
        return -1;
    return *p ? -1 : 0;
}

int zone_rule_parse(const char *text, struct zone_rule *ret, struct err *e)
{
    struct zone_rule rule = {0};
    if (*text && parse(text, &rule) != 0)
        return err_set(e, "bad rule '%.80s' at the end of the file", text);
    *ret = rule;
    return 0;
}

/* Local seconds of the rule's moment in `year`. */
static int64_t moment(const struct rule_day *d, int year)
{
    if (d->kind != DAY_MONTHLY) {
        int day = d->n;
        if (d->kind == DAY_JULIAN)
            day += (civil_days_in_month(year, 2) == 29 && d->n >= 60) - 1;
        return (civil_days(year, 1, 1) + day) * DAY_S + d->time_s;
    }
    int64_t first = civil_days(year, d->month, 1);
    int first_weekday = (civil_weekday(first * DAY_S) + 1) % 7; /* Sunday 0, as POSIX has it */
    int day = (d->weekday - first_weekday + 7) % 7 + 7 * (d->week - 1);
    if (day >= civil_days_in_month(year, d->month))
        day -= 7;
    return (first + day) * DAY_S + d->time_s;
}

void zone_rule_steps(const struct zone_rule *r, int year, struct zone_step ret[2])
{
    struct zone_step start = {moment(&r->start, year) - r->std_s, r->dst_s};
    struct zone_step end = {moment(&r->end, year) - r->dst_s, r->std_s};
    bool start_first = start.at_s < end.at_s;
    ret[0] = start_first ? start : end;
    ret[1] = start_first ? end : start;
}

/* The newest step not after utc_s. A step may spill into the week after its year, and so
 * come after the first one of the next. When one year's end and the next year's start fall
 * together (daylight time all year), the start is the one that counts. */
int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc_s)
{
    if (!r->has_dst)
        return r->std_s;
    int year = civil_of(utc_s + r->std_s).year;
    struct zone_step best = {INT64_MIN, r->std_s};
    for (int y = year - 2; y <= year + 1; y++) {
        struct zone_step steps[2];
        zone_rule_steps(r, y, steps);
        for (int i = 0; i < 2; i++) {
            bool newer = steps[i].at_s > best.at_s ||
                         (steps[i].at_s == best.at_s && steps[i].offset_s == r->dst_s);
            if (steps[i].at_s <= utc_s && newer)
                best = steps[i];
        }
    }
    return best.offset_s;
}
