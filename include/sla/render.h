/* render.h - the document of a report as something to read: Markdown, HTML, CSV.
 *
 * Made from the document alone (sla/report.h), so an issued report looks the same for ever. Nothing
 * in it is trusted: texts are escaped for where they stand, members that are missing or of the
 * wrong kind are left out, and lists are cut at what a report can hold.
 *
 * HTML is one file without scripts or anything from elsewhere, for the screen and for paper; its
 * charts are SVG. CSV is RFC 4180, one fact a line; a text that a spreadsheet would take for a
 * formula (it begins with = + - @, their full-width forms, tab or line break, also behind blanks)
 * gets an apostrophe in front, and no number in it begins with a sign. */
#ifndef SLA_RENDER_H
#define SLA_RENDER_H

#include "base/buf.h"
#include "base/json.h"

enum render_format { RENDER_JSON, RENDER_MARKDOWN, RENDER_HTML, RENDER_CSV, RENDER_COUNT };

#define RENDER_MAX_BYTES ((size_t)32 << 20)

const char *render_name(enum render_format f); /* "markdown" */
int render_from(const char *name);             /* -1: none of them */
const char *render_type(enum render_format f); /* the media type */

/* Of HTML: what the page may load, for the Content-Security-Policy header, as its own meta says. */
const char *render_html_policy(void);
const char *render_html_style(
    void); /* the bytes inside <style>, which the policy has the hash of */

/* -1: it is no report of a version known here, or the result does not fit `out`. RENDER_JSON is
 * refused: that is the document. */
int render_report(const struct jv *doc, enum render_format f, struct buf *out,
                  struct err *e) MW_MUST_CHECK;

#endif
