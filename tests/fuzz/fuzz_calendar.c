/* fuzz_calendar.c - any bytes as an iCalendar file. Whatever reads has events with sane times, and
 * walks over its rules go on in order and end. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/calendar.h"

#define DAY_S     86400
#define CENTURY_S ((int64_t)36525 * DAY_S)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void look_at_time(const struct calendar_time *t)
{
    must(t->local_s >= -CENTURY_S && t->local_s <= 3 * CENTURY_S);
    must((t->clock == CALENDAR_ZONED) == (t->zone != NULL));
    must(t->clock != CALENDAR_DAY || t->local_s % DAY_S == 0);
}

static void walk(const struct calendar_event *v)
{
    struct recur_walk w;
    int64_t budget = 20000, day, last = INT64_MIN, first = v->start.local_s / DAY_S, n = 0;

    recur_begin(&w, &v->rule, (struct recur_span){first, first + 400, first + 9000}, &budget);
    for (; recur_next(&w, &day); n++) {
        must(day > last && day >= first && day <= first + 9000);
        last = day;
    }
    must(v->rule.count == 0 || n <= v->rule.count);
}

static void look_at(const struct calendar_event *v)
{
    must(v->line > 0 && v->uid && v->summary);
    must(utf8_valid(v->summary, strlen(v->summary)));
    look_at_time(&v->start);
    if (v->has_end)
        look_at_time(&v->end);
    if (v->instead)
        look_at_time(&v->instead_of);
    must(v->also.n <= CALENDAR_DATES_MAX && v->except.n <= CALENDAR_DATES_MAX);
    for (size_t i = 0; i < v->also.n; i++)
        look_at_time(&v->also.items[i]);
    for (size_t i = 0; i < v->except.n; i++)
        look_at_time(&v->except.items[i]);
    if (v->recurs)
        walk(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct calendar c;
    struct err e;

    if (calendar_read((const char *)data, size, &c, &e) < 0) {
        must(strncmp(e.text, "line ", 5) == 0);
        return 0;
    }
    must(c.events.n <= CALENDAR_EVENTS_MAX);
    for (size_t i = 0; i < c.events.n && i < 50; i++)
        look_at(&c.events.items[i]);
    calendar_done(&c);
    return 0;
}
