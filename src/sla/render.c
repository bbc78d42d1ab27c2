/* render.c - which format, and its name. */
#include "sla/render.h"

#include <string.h>

#include "writers.h"

static const struct {
    const char *name, *type;
    void (*write)(struct buf *out, const struct doc *d);
} formats[RENDER_COUNT] = {
    [RENDER_JSON] = {"json", "application/json", NULL},
    [RENDER_MARKDOWN] = {"markdown", "text/markdown; charset=utf-8", markdown_write},
    [RENDER_HTML] = {"html", "text/html; charset=utf-8", html_write},
    [RENDER_CSV] = {"csv", "text/csv; charset=utf-8; header=present", csv_write},
};

const char *render_name(enum render_format f)
{
    return formats[f].name;
}

const char *render_type(enum render_format f)
{
    return formats[f].type;
}

int render_from(const char *name)
{
    for (int f = 0; f < RENDER_COUNT; f++)
        if (strcmp(formats[f].name, name) == 0)
            return f;
    return -1;
}

int render_report(const struct jv *doc, enum render_format f, struct buf *out, struct err *e)
{
    struct doc d;

    if (formats[f].write == NULL)
        return err_set(e, "%s is not rendered: it is the document itself", formats[f].name);
    if (doc_open(doc, &d, e) < 0)
        return -1;
    formats[f].write(out, &d);
    if (out->over)
        return err_set(e, "the report does not fit into %zu bytes of %s", out->max,
                       formats[f].name);
    return 0;
}
