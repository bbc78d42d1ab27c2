/* calendar.h - the events of an iCalendar file (RFC 5545), as far as being on call needs them.
 *
 * Read are VEVENT with UID, SUMMARY, DTSTART, DTEND, DURATION, RRULE, RDATE, EXDATE,
 * RECURRENCE-ID and STATUS, and what a VTIMEZONE says its IANA name is; everything else is passed
 * over. Times stay as they are written: which instant a wall time is, is decided where zones are
 * known. Anything malformed is an error that names its line. */
#ifndef WIRE_CALENDAR_H
#define WIRE_CALENDAR_H

#include "base/mem.h"
#include "base/vec.h"
#include "wire/recur.h"

#define CALENDAR_BYTES_MAX  ((size_t)1000000)
#define CALENDAR_EVENTS_MAX 5000
#define CALENDAR_DATES_MAX  2000 /* RDATE and EXDATE of one event, each */
#define CALENDAR_LINE_MAX   8192 /* unfolded; what is longer matters only if it is read */

enum calendar_clock {
    CALENDAR_FLOATING, /* whatever the wall shows */
    CALENDAR_UTC,
    CALENDAR_ZONED, /* `zone` */
    CALENDAR_DAY    /* a whole day */
};

struct calendar_time {
    int64_t local_s; /* on that clock; the midnight of a day */
    enum calendar_clock clock;
    const char
        *zone; /* as TZID names it, or the IANA name its VTIMEZONE gives; NULL unless zoned */
};

struct calendar_dates {
    struct calendar_time *items;
    size_t n, cap;
};

struct calendar_event {
    int line;                  /* of its BEGIN, from 1 */
    const char *uid, *summary; /* "" when absent */
    struct calendar_time start, end;
    bool has_end;
    int64_t length_s, length_days; /* of DURATION; both 0: not given */
    bool cancelled;
    bool recurs;
    struct recur rule;
    struct calendar_dates also, except; /* RDATE, EXDATE */
    bool instead;                       /* of the occurrence at `instead_of` of the same UID */
    struct calendar_time instead_of;
};

struct calendar {
    struct arena arena;
    VEC(struct calendar_event) events;
};

/* At most CALENDAR_BYTES_MAX bytes. 0 with *ret (calendar_done() it), or -1 with "line 12: …". */
int calendar_read(const char *bytes, size_t n, struct calendar *ret, struct err *e) MW_MUST_CHECK;
void calendar_done(struct calendar *c);

/* "20260105", "20260105T090000", "20260105T090000Z". */
int calendar_time_parse(const char *text, struct calendar_time *ret) MW_MUST_CHECK;

#endif
