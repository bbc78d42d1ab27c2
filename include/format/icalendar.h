/* icalendar.h - a calendar to subscribe to: RFC 5545, with what readers ask for besides.
 *
 * Texts may be anything in UTF-8; they are escaped and folded here. Instants are written in UTC. */
#ifndef FORMAT_ICALENDAR_H
#define FORMAT_ICALENDAR_H

#include <stdint.h>

#include "base/buf.h"

struct ical_entry {
    const char *uid; /* the same for the same event whenever it is written */
    const char *summary;
    const char *description; /* NULL: none */
    int64_t start_ms, end_ms;
    int64_t stamp_ms; /* when this was written */
};

/* `title` is what a reader calls the calendar. */
void icalendar_begin(struct buf *out, const char *title);
void icalendar_event(struct buf *out, const struct ical_entry *e);
void icalendar_end(struct buf *out);

#endif
