/* doc.c - what the printers of documents share. */
#include "doc.h"

#include <string.h>

#include "base/text.h"
#include "reader.h"

const char *const doc_prose[] = {
    "The file is YAML 1.1. A key that is unknown, stands twice or has an impossible value is an "
    "error "
    "with file, line and column; all errors are told at once, and a reload with an error leaves "
    "the "
    "running configuration in place. Top-level keys that begin with `x-` are left alone: a place "
    "for "
    "anchors. Anchors, aliases and `<<` may be used.",
    "Durations are written `250ms 30s 5m 2h 7d 1w`, also joined as `1h30m`; sizes `64kB 10MB` "
    "(decimal) or `64KiB 16MiB`. Times are wall time of the schedule's zone, or carry an offset or "
    "Z. "
    "Names are 1 to 100 of the letters A-Z a-z 0-9 . _ -",
    "Any value may hold `${env:NAME}`, `${env:NAME:-default}`, `${file:PATH}` (at most 64 kB, a "
    "trailing newline is dropped; a path is seen from the file it stands in) or `${cred:NAME}` (a "
    "systemd credential). What comes in this way is a secret and never shown. A plain `${` is "
    "written "
    "`$${`.",
    "Limits: 16 MiB for all files together, 32 levels of nesting, 100000 nodes behind aliases.",
    NULL,
};

/* --- facts -------------------------------------------------------------------------------- */

static void put_kind(struct buf *b, const struct row *row)
{
    char list[200], low[32], high[32];
    if (row->type == &type_choice || row->type == &type_word)
        buf_str(b, choice_list(row->of, list, sizeof list));
    else if (row->type == &type_ref)
        buf_printf(b, "name of a %s", target_name(*(const enum target *)row->of));
    else
        buf_str(b, row->type->word);
    if (row->type->print)
        buf_printf(b, ", %s%s to %s", row->flags & ROW_OR_ZERO ? "0 or " : "",
                   row->type->print(row->min, low, sizeof low),
                   row->type->print(row->max, high, sizeof high));
    else if (row->max > 0)
        buf_printf(b, ", at most %lld bytes", (long long)row->max);
}

const char *doc_facts(const struct row *row, char *dst, size_t size)
{
    struct buf b;
    buf_init(&b, size - 1);
    put_kind(&b, row);
    if (row->normal)
        buf_printf(&b, ", default %s", row->normal);
    if (row->flags & ROW_REQUIRED)
        buf_str(&b, "; required");
    if (row->flags & ROW_RESTART)
        buf_str(&b, "; read at start only");
    text_copy(dst, size, buf_text(&b));
    buf_done(&b);
    return dst;
}

/* --- wrapping ----------------------------------------------------------------------------- */

/* Bytes of `text` that fit, up to a blank. A word longer than the line stands alone. */
static size_t line_length(const char *text, size_t room)
{
    size_t n = strlen(text), cut = room;
    if (n <= room)
        return n;
    while (cut > 0 && text[cut] != ' ')
        cut--;
    return cut > 0 ? cut : strcspn(text, " ");
}

void doc_wrap(struct buf *out, const char *text, const char *prefix, size_t width)
{
    while (*text) {
        size_t n = line_length(text, width - strlen(prefix));
        buf_str(out, prefix);
        buf_put(out, text, n);
        buf_char(out, '\n');
        text += n;
        text += *text == ' ';
    }
}

const char *doc_path_end(const struct row *row)
{
    if (row->type->list)
        return "[]";
    return row->type == &type_named ? ".NAME" : "";
}
