/* icalendar.c - lines of at most 75 octets, ended by CR LF, cut between code points only. */
#include "format/icalendar.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"

#define LINE_MAX 75 /* octets without CR LF; a continuation's blank counts */

/* One content line, folded. */
static void put_line(struct buf *out, const char *line, size_t n)
{
    size_t room = LINE_MAX;

    while (n > room) {
        size_t part = utf8_cut(line, n, room);

        part = part > 0 ? part : room;
        buf_put(out, line, part);
        buf_str(out, "\r\n ");
        line += part;
        n -= part;
        room = LINE_MAX - 1;
    }
    buf_put(out, line, n);
    buf_str(out, "\r\n");
}

static void escape_into(struct buf *line, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            buf_str(line, "\\n");
        else if (strchr("\\;,", *text))
            buf_printf(line, "\\%c", *text);
        else if ((unsigned char)*text >= ' ' && *text != 0x7f)
            buf_char(line, *text);
    }
}

static void put_text(struct buf *out, const char *name, const char *text)
{
    struct buf line;

    buf_init(&line, 1 << 16);
    buf_printf(&line, "%s:", name);
    escape_into(&line, text);
    put_line(out, buf_text(&line), line.len);
    buf_done(&line);
}

static void put_instant(struct buf *out, const char *name, int64_t at_ms)
{
    struct civil c = civil_of(at_ms / 1000 - (at_ms % 1000 < 0));
    char line[64];

    snprintf(line, sizeof line, "%s:%04d%02d%02dT%02d%02d%02dZ", name, c.year, c.month, c.day,
             c.hour, c.minute, c.second);
    put_line(out, line, strlen(line));
}

void icalendar_begin(struct buf *out, const char *title)
{
    buf_str(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//midwatch//on call//EN\r\n"
                 "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    put_text(out, "NAME", title);
    put_text(out, "X-WR-CALNAME", title);
    buf_str(out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n");
}

/* Being on call leaves a person free for other things, so the time is not shown as busy. */
void icalendar_event(struct buf *out, const struct ical_entry *e)
{
    buf_str(out, "BEGIN:VEVENT\r\n");
    put_text(out, "UID", e->uid);
    put_instant(out, "DTSTAMP", e->stamp_ms);
    put_instant(out, "DTSTART", e->start_ms);
    put_instant(out, "DTEND", e->end_ms);
    put_text(out, "SUMMARY", e->summary);
    if (e->description)
        put_text(out, "DESCRIPTION", e->description);
    buf_str(out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

void icalendar_end(struct buf *out)
{
    buf_str(out, "END:VCALENDAR\r\n");
}
