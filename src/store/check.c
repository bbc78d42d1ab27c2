/* check.c - is what is kept whole? The parts in order, and what was found.
 *
 * Happy path: the state -> the index of series and every block behind it -> every key there is.
 * Failures:   a store that goes away in the middle ends it: nothing is known then. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "resp.h"

void check_say(struct check *c, const char *rest, const char *mended, const char *fmt, ...)
{
    char key[KEY_SIZE + 16], what[512];
    struct finding f = {key, what, mended};
    va_list ap;

    talk_key(c->talk, key, rest);
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    c->report.findings++;
    c->report.mended += mended != NULL;
    c->options->each(c->options->arg, &f);
}

void check_tell(const struct check *c, const char *doing, uint64_t done, uint64_t of)
{
    if (c->progress != NULL)
        c->progress->each(c->progress->arg, doing, done, of);
}

int check_set_aside(struct check *c, const char *rest, struct err *e)
{
    char from[KEY_SIZE], to[KEY_SIZE + 16];
    struct buf *out = talk_out(c->talk);

    talk_key(c->talk, from, rest);
    snprintf(to, sizeof to, "%s" MOVE_DAMAGED, from);
    resp_open(out, 3);
    resp_text(out, "RENAME");
    resp_text(out, from);
    resp_text(out, to);
    resp_open(out, 3);
    resp_text(out, "EXPIRE");
    resp_text(out, to);
    resp_int(out, CHECK_ASIDE_S);
    return talk_send(c->talk, 2, NULL, NULL, e);
}

/* -1: *ret_no tells whether the answer is no, or there is none. */
static int check_place(struct check *c, bool *ret_no, struct err *e)
{
    char begun[48], region[NAME_SIZE] = "";

    if (talk_now(c->talk, &c->now_ms, e) != 0 ||
        move_read_marker(c->talk, begun, sizeof begun, e) != 0 ||
        (c->options->repair && move_find_daemon(c->talk, region, sizeof region, e) != 0))
        return -1;
    *ret_no = true;
    if (region[0] != '\0')
        return err_set(e,
                       "a midwatch of region `%s` writes to `%s`: stop it first; without "
                       "--repair it may go on",
                       region, talk_space(c->talk));
    if (begun[0] != '\0')
        return err_set(e,
                       "an import into `%s`, begun %s, was not finished: import again, with "
                       "--replace",
                       talk_space(c->talk), begun);
    *ret_no = false;
    return 0;
}

static void free_ids(struct map *ids)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(ids, &i, &key, &value);)
        mem_free(value);
    map_done(ids);
}

enum moved store_check(const struct config *config, const struct check_options *o,
                       const struct progress *p, struct check_report *ret, struct err *e)
{
    struct check c = {.config = config, .options = o, .progress = p};
    bool no = false;
    int rc = -1;

    e->text[0] = '\0';
    map_init(&c.ids, 11);
    if (talk_open(config, o->repair ? TALK_WRITE : TALK_READ, &c.talk, &no, e) == 0 &&
        check_place(&c, &no, e) == 0 && check_decided(&c, e) == 0 && check_series(&c, e) == 0)
        rc = check_strings(&c, e);
    talk_close(c.talk);
    free_ids(&c.ids);
    if (rc != 0)
        return no ? MOVED_NOT : MOVED_UNREACHABLE;
    *ret = c.report;
    return c.report.findings == c.report.mended ? MOVED : MOVED_NOT;
}
