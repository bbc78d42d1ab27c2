/* fuzz_report.c - any bytes as the document of a report: verified and rendered without harm, within
 * bounds, and never with a script or a formula in it. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sla/render.h"
#include "sla/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever stands in quotes: behind the first one no formula begins. */
static void check_csv(const char *s)
{
    bool quoted = false;

    for (; *s != 0; s++) {
        if (*s != '"')
            continue;
        quoted = !quoted;
        if (quoted && s[-1] == ',' && s[1] != 0 && strchr("=+-@\t\r\n", s[1]) != NULL)
            abort();
    }
    if (quoted)
        abort();
}

static void render(const struct jv *doc, enum render_format f)
{
    struct buf out;
    struct err e;

    buf_init(&out, RENDER_MAX_BYTES);
    if (render_report(doc, f, &out, &e) < 0 && strlen(e.text) == 0)
        abort();
    if (out.len > RENDER_MAX_BYTES)
        abort();
    if (f == RENDER_HTML && strcasestr(buf_text(&out), "<script") != NULL)
        abort();
    if (f == RENDER_CSV)
        check_csv(buf_text(&out));
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char digest[REPORT_DIGEST_SIZE];
    struct jv *doc = NULL;
    struct buf body;
    struct err e;

    buf_init(&body, REPORT_MAX_BYTES);
    if (report_unseal((const char *)data, size, &body, digest, &e) == 0 && body.len >= size)
        abort();
    buf_done(&body);
    if (jv_parse((const char *)data, size, &doc, &e) < 0)
        return 0;
    for (int f = RENDER_JSON; f < RENDER_COUNT; f++)
        render(doc, (enum render_format)f);
    jv_free(doc);
    return 0;
}
