/* records.c - lists of records, as the store reads them back. */
#include <string.h>

#include "base/text.h"
#include "web_private.h"

/* The end of the object that begins at `at`, or NULL. Strings are passed over. */
static const char *object_end(const char *at, const char *end)
{
    bool in_text = false;
    int depth = 0;

    for (; at < end; at++) {
        if (in_text) {
            if (*at == '\\')
                at++;
            else if (*at == '"')
                in_text = false;
        } else if (*at == '"') {
            in_text = true;
        } else if (*at == '{') {
            depth++;
        } else if (*at == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

void records_each(const char *json, size_t n, void (*each)(void *arg, const char *record, size_t n),
                  void *arg)
{
    const char *end = json + n, *at = n > 0 ? memchr(json, '{', n) : NULL;

    while (at != NULL) {
        const char *after = object_end(at, end);

        if (after == NULL)
            return;
        each(arg, at, (size_t)(after - at));
        at = memchr(after, '{', (size_t)(end - after));
    }
}

int records_limit(struct call *c, size_t *ret)
{
    char text[16];
    int64_t limit = 100;
    struct err e;

    if (request_query(c->v, "limit", text, sizeof text) && text_int(text, 1, 500, &limit, &e) < 0) {
        reply_problem(c->web, c->q, 400, "limit: %s", e.text);
        return -1;
    }
    *ret = (size_t)limit;
    return 0;
}
