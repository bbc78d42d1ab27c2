/* hostile.h - what strangers may write where a report shows it, and the report with that in it. */
#ifndef TESTS_SLA_HOSTILE_H
#define TESTS_SLA_HOSTILE_H

#include "october.h"
#include "unit.h"

static const char *const hostile[] = {
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\xef\xbc\x9d"
    "1+1",
    "\",=1+1,\"",
    "\"\r\n=1+1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "'onmouseover='alert(1)",
    "</style></title></bdi><h1>",
    "&lt;b&gt;&#60;",
    "| a | b |",
    "[x](javascript:alert(1)) ![y](http://evil.example/z.png) <http://evil.example>",
    "`code` **bold** _it_ ~~no~~ # head",
    "\xe2\x80\xae"
    "drowssap",
    "line one\nline two\n## head",
    "\x01\x02\x7f",
};
#define HOSTILE (sizeof hostile / sizeof *hostile)

static inline void poison(struct sla_report *r, const char *text)
{
    r->title = text;
    r->zone_name = text;
    r->slos.items[0].promise.name = text;
    r->slos.items[0].promise.description = text;
    r->slos.items[0].monitors[0] = text;
    r->slos.items[1].zone_name = text;
    r->incidents.items[0].title = text;
    r->incidents.items[0].id = text;
    r->incidents.items[0].monitor = text;
    r->incidents.items[0].acked_by = text;
    r->windows.items[0].what = text;
    r->windows.items[0].comment = text;
    r->windows.items[0].author = text;
    r->windows.items[0].id = text;
    r->rows.items[1].name = text;
    r->rows.items[2].name = text;
    r->notes.items[0] = text;
}

/* With `text` wherever somebody could have put it; NULL: October as it is. */
static inline void render(const char *text, enum render_format f, struct buf *out)
{
    struct sla_report r;
    struct buf doc;

    october(&r);
    if (text != NULL)
        poison(&r, text);
    buf_init(&doc, REPORT_MAX_BYTES);
    october_document(&r, &doc);
    buf_init(out, RENDER_MAX_BYTES);
    october_render(&doc, f, out);
    assert_true(out->len > 0);
    buf_done(&doc);
    report_done(&r);
}

#endif
