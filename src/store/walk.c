/* walk.c - RESP2 cut into its values while it arrives.
 *
 * Happy path: bytes are gathered until a value is whole, given away, and dropped. So no more is
 * held than one value and what one read brought. Failures:   whatever is no RESP2 is said, and
 * where a text is too long. */
#include "walk.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define HEAD_MAX  4096 /* of a line: an error may be long */
#define FEED_MAX  ((size_t)1 << 20)
#define ITEMS_MAX INT64_C(1000000000)

void walk_init(struct walk *w, size_t max_text, walk_fn *each, void *arg)
{
    *w = (struct walk){.max_text = max_text, .each = each, .arg = arg};
    buf_init(&w->in, max_text + HEAD_MAX + FEED_MAX);
}

void walk_done(struct walk *w)
{
    buf_done(&w->in);
}

/* An item has ended, and with it perhaps the lists that it was the last of. */
static void close_item(struct walk *w)
{
    while (w->depth > 0 && --w->left[w->depth - 1] == 0)
        w->depth--;
    if (w->depth == 0)
        w->answers++;
}

static void give(struct walk *w, enum walk_kind kind, const char *p, size_t n)
{
    struct walk_item item = {kind, w->depth, p, n};

    w->each(w->arg, &item);
}

static int read_number(const char *p, size_t n, int64_t min, int64_t *ret)
{
    char digits[24];

    if (n >= sizeof digits)
        return -1;
    memcpy(digits, p, n);
    digits[n] = '\0';
    return text_int(digits, min, INT64_MAX, ret, NULL);
}

static int take_list(struct walk *w, const char *p, size_t n, struct err *e)
{
    int64_t items;

    if (read_number(p, n, -1, &items) != 0 || items > ITEMS_MAX)
        return err_set(e, "redis gave a list of no length");
    if (items > 0 && w->depth == WALK_DEPTH)
        return err_set(e, "redis gave lists in lists, %d deep", WALK_DEPTH + 1);
    give(w, items < 0 ? WALK_NIL : WALK_LIST, NULL, items > 0 ? (size_t)items : 0);
    if (items > 0)
        w->left[w->depth++] = items;
    else
        close_item(w);
    return 0;
}

/* 1: a text was there whole, *took says how long it is with its head; 0: not yet. */
static int take_text(struct walk *w, const char *line, size_t n, size_t *took, struct err *e)
{
    const char *end = w->in.p + w->in.len, *text = line + n + 2;
    int64_t length;

    if (read_number(line, n, -1, &length) != 0)
        return err_set(e, "redis gave a text of no length");
    if (length > (int64_t)w->max_text)
        return err_set(e, "redis holds a value of %lld bytes; at most %zu are handled",
                       (long long)length, w->max_text);
    *took = n + 3;
    if (length < 0) {
        give(w, WALK_NIL, NULL, 0);
    } else {
        *took += (size_t)length + 2;
        if (end - text < (ptrdiff_t)length + 2) {
            w->need = *took;
            return 0;
        }
        if (memcmp(text + length, "\r\n", 2) != 0)
            return err_set(e, "redis gave a text without its end");
        give(w, WALK_TEXT, text, (size_t)length);
    }
    close_item(w);
    return 1;
}

/* 1: one value was taken; 0: more bytes are needed. */
static int take_one(struct walk *w, const char *p, size_t *took, struct err *e)
{
    static const struct {
        char sign;
        enum walk_kind kind;
    } lines[] = {{'+', WALK_TEXT}, {'-', WALK_ERROR}, {':', WALK_NUMBER}};
    size_t there = (size_t)(w->in.p + w->in.len - p);
    const char *end = memchr(p, '\r', there < HEAD_MAX ? there : HEAD_MAX);
    size_t n;

    if (end == NULL && there >= HEAD_MAX)
        return err_set(e, "redis gave an endless line");
    if (end == NULL || (size_t)(end - p) + 1 >= there)
        return 0;
    n = (size_t)(end - p) - 1;
    if (end == p || end[1] != '\n')
        return err_set(e, "the answer is not the Redis protocol");
    if (*p == '$')
        return take_text(w, p + 1, n, took, e);
    *took = n + 3;
    if (*p == '*')
        return take_list(w, p + 1, n, e) == 0 ? 1 : -1;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (lines[i].sign != *p)
            continue;
        give(w, lines[i].kind, p + 1, n);
        close_item(w);
        return 1;
    }
    return err_set(e, "the answer is not the Redis protocol");
}

static int feed_piece(struct walk *w, const char *p, size_t n, struct err *e)
{
    size_t used = 0, took = 0;
    int rc = 1;

    buf_put(&w->in, p, n);
    if (w->in.len < w->need)
        return 0;
    w->need = 0;
    while (rc == 1 && used < w->in.len) {
        rc = take_one(w, w->in.p + used, &took, e);
        used += rc == 1 ? took : 0;
    }
    buf_drop(&w->in, used);
    return rc < 0 ? -1 : 0;
}

int walk_feed(struct walk *w, const char *p, size_t n, struct err *e)
{
    for (size_t at = 0; at < n;) {
        size_t piece = n - at < FEED_MAX ? n - at : FEED_MAX;
        if (feed_piece(w, p + at, piece, e) != 0)
            return -1;
        at += piece;
    }
    return 0;
}
