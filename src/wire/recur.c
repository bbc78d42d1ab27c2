/* recur.c - which days a recurrence rule names.
 *
 * A period (a day, week, month or year) is walked day by day; a day is picked when all parts of
 * the rule that are given hold for it. That reads every combination of parts alike, at the price
 * of looking at each day once, which the caller's budget bounds. */
#include "wire/recur.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"
#include "base/text.h"

#define DAY_S ((int64_t)86400)

/* --- reading ------------------------------------------------------------------------------- */

static const char *const weekday_names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static int weekday_of(const char *s)
{
    for (int i = 0; i < 7; i++)
        if (strcasecmp(s, weekday_names[i]) == 0)
            return i;
    return -1;
}

static int read_freq(struct recur *r, char *value, struct err *e)
{
    static const char *const names[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};

    for (int i = 0; i < 4; i++)
        if (strcasecmp(value, names[i]) == 0) {
            r->freq = (enum recur_freq)i;
            return 0;
        }
    return err_set(e, "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not `%.20s`", value);
}

static int read_interval(struct recur *r, char *value, struct err *e)
{
    int64_t n;

    if (text_int(value, 1, 10000, &n, NULL) < 0)
        return err_set(e, "INTERVAL is a number from 1 to 10000, not `%.20s`", value);
    r->interval = (int)n;
    return 0;
}

static int read_count(struct recur *r, char *value, struct err *e)
{
    if (text_int(value, 1, 1000000, &r->count, NULL) < 0)
        return err_set(e, "COUNT is a number from 1 to 1000000, not `%.20s`", value);
    return 0;
}

static int read_until(struct recur *r, char *value, struct err *e)
{
    if (strlen(value) >= sizeof r->until || *value == '\0')
        return err_set(e, "UNTIL is a date or a time, not `%.20s`", value);
    text_copy(r->until, sizeof r->until, value);
    return 0;
}

static int read_week_start(struct recur *r, char *value, struct err *e)
{
    r->week_start = weekday_of(value);
    return r->week_start >= 0 ? 0 : err_set(e, "WKST is a weekday, not `%.20s`", value);
}

/* The next of a list of numbers from -most to most, but not 0 (nor below it when `positive`). */
static int next_number(char **list, const char *part, int most, bool positive, int *ret,
                       struct err *e)
{
    int64_t n = 0;
    char *word = strsep(list, ",");

    if (*word == '+')
        word++;
    if (text_int(word, positive ? 1 : -most, most, &n, NULL) < 0 || n == 0)
        return err_set(e, "%s holds numbers up to %d, not `%.20s`", part, most, word);
    *ret = (int)n;
    return 0;
}

static int read_months(struct recur *r, char *value, struct err *e)
{
    for (int n; value;) {
        if (next_number(&value, "BYMONTH", 12, true, &n, e) < 0)
            return -1;
        r->months |= 1u << n;
    }
    return 0;
}

static int read_month_days(struct recur *r, char *value, struct err *e)
{
    for (int n; value;) {
        if (next_number(&value, "BYMONTHDAY", 31, false, &n, e) < 0)
            return -1;
        if (n > 0)
            r->month_days |= UINT32_C(1) << n;
        else
            r->month_days_end |= UINT32_C(1) << -n;
    }
    return 0;
}

static int read_list(const char *part, char *value, int16_t *ret, size_t *ret_n, struct err *e)
{
    for (int n; value;) {
        if (*ret_n == RECUR_LIST_MAX)
            return err_set(e, "%s holds more than %d numbers", part, RECUR_LIST_MAX);
        if (next_number(&value, part, 366, false, &n, e) < 0)
            return -1;
        ret[(*ret_n)++] = (int16_t)n;
    }
    return 0;
}

static int read_year_days(struct recur *r, char *value, struct err *e)
{
    return read_list("BYYEARDAY", value, r->year_days, &r->n_year_days, e);
}

static int read_positions(struct recur *r, char *value, struct err *e)
{
    return read_list("BYSETPOS", value, r->positions, &r->n_positions, e);
}

/* "MO", "1MO", "-2FR" */
static int read_weekday(const char *word, struct recur_weekday *ret, struct err *e)
{
    size_t n = strlen(word);
    int day = n >= 2 ? weekday_of(word + n - 2) : -1;
    char number[8] = "0";
    int64_t nth = 0;

    if (n > 2 && n < 6)
        snprintf(number, sizeof number, "%.*s", (int)(n - 2) - (*word == '+'),
                 word + (*word == '+'));
    if (day < 0 || n > 5 || text_int(number, -53, 53, &nth, NULL) < 0 || (n > 2 && nth == 0))
        return err_set(e, "BYDAY holds weekdays such as MO or -1FR, not `%.20s`", word);
    *ret = (struct recur_weekday){(int8_t)day, (int8_t)nth};
    return 0;
}

static int read_weekdays(struct recur *r, char *value, struct err *e)
{
    while (value) {
        if (r->n_weekdays == RECUR_LIST_MAX)
            return err_set(e, "BYDAY holds more than %d weekdays", RECUR_LIST_MAX);
        if (read_weekday(strsep(&value, ","), &r->weekdays[r->n_weekdays], e) < 0)
            return -1;
        r->n_weekdays++;
    }
    return 0;
}

static const struct {
    const char *name;
    int (*read)(struct recur *r, char *value, struct err *e);
} parts[] = {
    {"FREQ", read_freq},
    {"INTERVAL", read_interval},
    {"COUNT", read_count},
    {"UNTIL", read_until},
    {"WKST", read_week_start},
    {"BYMONTH", read_months},
    {"BYMONTHDAY", read_month_days},
    {"BYYEARDAY", read_year_days},
    {"BYDAY", read_weekdays},
    {"BYSETPOS", read_positions},
};
#define N_PARTS (sizeof parts / sizeof *parts)

/* "NAME=VALUE", each name once. */
static int read_part(struct recur *r, char *part, unsigned *seen, struct err *e)
{
    char *name = strsep(&part, "=");

    for (size_t i = 0; i < N_PARTS; i++) {
        if (strcasecmp(parts[i].name, name) != 0)
            continue;
        if (!part || (*seen >> i & 1))
            return err_set(e, part ? "%s stands twice" : "%s has no value", parts[i].name);
        *seen |= 1u << i;
        return parts[i].read(r, part, e);
    }
    return err_set(e, "`%.20s` is not read", name);
}

static int check_rule(const struct recur *r, unsigned seen, struct err *e)
{
    if (!(seen & 1))
        return err_set(e, "there is no FREQ");
    if (r->count && r->until[0])
        return err_set(e, "COUNT and UNTIL exclude each other");
    for (size_t i = 0; i < r->n_weekdays; i++)
        if (r->weekdays[i].nth && (r->freq == RECUR_DAILY || r->freq == RECUR_WEEKLY))
            return err_set(e, "numbered weekdays go with months and years");
    return 0;
}

int recur_parse(const char *text, struct recur *ret, struct err *e)
{
    char copy[1024];
    char *rest = copy;
    unsigned seen = 0;
    struct recur r = {.interval = 1};

    if (strlen(text) >= sizeof copy)
        return err_set(e, "longer than %zu bytes", sizeof copy - 1);
    text_copy(copy, sizeof copy, text);
    while (rest) {
        char *part = strsep(&rest, ";");

        if (*part && read_part(&r, part, &seen, e) < 0)
            return -1;
    }
    if (check_rule(&r, seen, e) < 0)
        return -1;
    *ret = r;
    return 0;
}

/* --- does a day belong? -------------------------------------------------------------------- */

static int weekday_of_day(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7);
}

static bool month_day_holds(const struct recur *r, const struct civil *c)
{
    int from_end = civil_days_in_month(c->year, c->month) - c->day + 1;

    return (r->month_days >> c->day & 1) || (r->month_days_end >> from_end & 1);
}

static bool year_day_holds(const struct recur *r, int64_t day, int year)
{
    int64_t from_start = day - civil_days(year, 1, 1) + 1;
    int64_t from_end = day - civil_days(year + 1, 1, 1);

    for (size_t i = 0; i < r->n_year_days; i++)
        if (r->year_days[i] == from_start || r->year_days[i] == from_end)
            return true;
    return false;
}

/* Numbers count within the month, or within the year when no month is named. */
static bool weekday_holds(const struct recur *r, int64_t day, const struct civil *c)
{
    bool in_month = r->freq == RECUR_MONTHLY || r->months != 0;
    int64_t begin = in_month ? civil_days(c->year, c->month, 1) : civil_days(c->year, 1, 1);
    int64_t end = in_month ? civil_days(c->year, c->month + 1, 1) : civil_days(c->year + 1, 1, 1);
    int64_t nth = (day - begin) / 7 + 1, nth_end = -((end - 1 - day) / 7 + 1);

    for (size_t i = 0; i < r->n_weekdays; i++) {
        const struct recur_weekday *w = &r->weekdays[i];

        if (w->weekday == weekday_of_day(day) &&
            (w->nth == 0 || w->nth == nth || w->nth == nth_end))
            return true;
    }
    return false;
}

/* What the rule leaves open is as on the first day. */
static bool like_the_first(const struct recur_walk *w, int64_t day, const struct civil *c)
{
    struct civil first = civil_of(w->span.first * DAY_S);

    switch (w->rule->freq) {
    case RECUR_DAILY:
        return true;
    case RECUR_WEEKLY:
        return weekday_of_day(day) == weekday_of_day(w->span.first);
    case RECUR_MONTHLY:
        return c->day == first.day;
    case RECUR_YEARLY:
        return c->day == first.day && (w->rule->months || c->month == first.month);
    }
    return false;
}

static bool belongs(const struct recur_walk *w, int64_t day)
{
    const struct recur *r = w->rule;
    struct civil c = civil_of(day * DAY_S);
    bool by_month_day = r->month_days || r->month_days_end;

    if (r->months && !(r->months >> c.month & 1))
        return false;
    if (!by_month_day && !r->n_weekdays && !r->n_year_days)
        return like_the_first(w, day, &c);
    return (!by_month_day || month_day_holds(r, &c)) &&
           (!r->n_weekdays || weekday_holds(r, day, &c)) &&
           (!r->n_year_days || year_day_holds(r, day, c.year));
}

/* --- the walk ------------------------------------------------------------------------------ */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The first day of the period k units after the one that day `first` is in. */
static int64_t period_start(const struct recur *r, int64_t first, int64_t k)
{
    struct civil c = civil_of(first * DAY_S);
    int64_t months = (int64_t)c.year * 12 + c.month - 1 + k;

    switch (r->freq) {
    case RECUR_DAILY:
        return first + k;
    case RECUR_WEEKLY:
        return first - (weekday_of_day(first) - r->week_start + 7) % 7 + 7 * k;
    case RECUR_MONTHLY:
        return civil_days((int)floor_div(months, 12),
                          (int)(months - floor_div(months, 12) * 12) + 1, 1);
    case RECUR_YEARLY:
        break;
    }
    return civil_days(c.year + (int)k, 1, 1);
}

/* How many units lie between the periods of two days. */
static int64_t units_between(const struct recur *r, int64_t first, int64_t day)
{
    struct civil a = civil_of(first * DAY_S), b = civil_of(day * DAY_S);

    switch (r->freq) {
    case RECUR_DAILY:
        return day - first;
    case RECUR_WEEKLY:
        return (day - period_start(r, first, 0)) / 7;
    case RECUR_MONTHLY:
        return ((int64_t)b.year - a.year) * 12 + b.month - a.month;
    case RECUR_YEARLY:
        break;
    }
    return (int64_t)b.year - a.year;
}

static bool position_wanted(const struct recur *r, size_t at, size_t n)
{
    for (size_t i = 0; i < r->n_positions; i++)
        if (r->positions[i] == (int64_t)at + 1 || r->positions[i] == (int64_t)at - (int64_t)n)
            return true;
    return r->n_positions == 0;
}

/* The days of the next period. false: it begins too late. */
static bool fill(struct recur_walk *w)
{
    const struct recur *r = w->rule;
    int64_t start = period_start(r, w->span.first, w->period * r->interval);
    int64_t end = period_start(r, w->span.first, w->period * r->interval + 1);
    size_t found = 0;

    w->period++;
    w->n = w->at = 0;
    if (start > w->span.last || (*w->budget -= end - start) < 0)
        return false;
    for (int64_t day = start; day < end; day++)
        if (belongs(w, day))
            w->days[found++] = day;
    for (size_t i = 0; i < found; i++)
        if (w->days[i] > w->span.first && position_wanted(r, i, found))
            w->days[w->n++] = w->days[i];
    return true;
}

void recur_begin(struct recur_walk *w, const struct recur *rule, struct recur_span span,
                 int64_t *budget)
{
    w->rule = rule;
    w->span = span;
    w->period = w->given = 0;
    w->n = w->at = 0;
    w->budget = budget;
    if (!rule->count && span.from > span.first)
        w->period = units_between(rule, span.first, span.from) / rule->interval;
}

bool recur_next(struct recur_walk *w, int64_t *ret_day)
{
    if (w->rule->count && w->given >= w->rule->count)
        return false;
    if (w->given++ == 0) {
        *ret_day = w->span.first;
        return w->span.first <= w->span.last;
    }
    while (w->at == w->n)
        if (!fill(w))
            return false;
    *ret_day = w->days[w->at++];
    return *ret_day <= w->span.last;
}
