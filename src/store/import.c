/* import.c - an archive, written into a namespace.
 *
 * Happy path: the whole file is verified -> nobody is there, nothing or --replace -> a marker ->
 *             what was there is deleted -> everything is written, but `meta` -> counts are compared
 *             -> `meta` takes the place of the marker.
 * Failures:   before the marker nothing has changed; after it, the marker stays, and says so to the
 *             daemon, to an export and to the next import.
 *
 * So it may be killed at any instant: what is left is the old state, the new one, or a marked half.
 */
#include <errno.h>
#include <string.h>

#include "archive.h"
#include "base/civil.h"
#include "base/mem.h"
#include "base/text.h"
#include "move_shared.h"
#include "resp.h"
#include "store/move.h"

#define FLIGHT_BYTES    ((size_t)1 << 20) /* sent, then waited for */
#define FLIGHT_COMMANDS 512

struct importing {
    struct talk *talk;
    const struct config *config;
    const struct import_options *options;
    const struct progress *progress;
    struct archive_summary sum;
    struct import_report report;
    char space[NAME_SIZE];
    int64_t now_ms; /* of Redis */
    unsigned flight;
    struct buf meta; /* HSET of it, as a command; kept for the end */
    unsigned meta_commands;
    size_t keys_found;
};

static void tell(const struct importing *x, const char *doing, uint64_t done, uint64_t of)
{
    if (x->progress != NULL)
        x->progress->each(x->progress->arg, doing, done, of);
}

/* --- may it be? --- */

static int choose_name(struct importing *x, struct err *e)
{
    const char *own = x->config->name != NULL ? x->config->name : "midwatch";
    const char *given = x->options->name;

    if (given == NULL && !text_eq(own, x->sum.head.name))
        return err_set(e,
                       "the file is of `%s`, the configuration names `%s`: `--name %s` says that "
                       "this is meant",
                       x->sum.head.name, own, own);
    text_copy(x->space, sizeof x->space, given != NULL ? given : own);
    return 0;
}

static int refuse_spool(const struct importing *x, struct err *e)
{
    size_t bytes = move_spooled(x->config);

    if (bytes == 0 || (x->options->name != NULL && !text_eq(x->config->name, x->space)))
        return 0;
    return err_set(e,
                   "%s/spool holds %zu bytes that Redis never got, and the next start would write "
                   "them over what is imported: start midwatch once, or remove them",
                   x->config->store.dir, bytes);
}

static int count_keys(void *arg, const redisReply *keys, struct err *e)
{
    struct importing *x = arg;

    (void)e;
    for (size_t i = 0; i < keys->elements; i++)
        x->keys_found += move_rest(x->talk, keys->element[i]->str) != NULL;
    return 0;
}

/* -1: *ret_no tells whether the answer is no, or there is none. */
static int check_place(struct importing *x, bool *ret_no, struct err *e)
{
    char begun[48], region[NAME_SIZE];

    if (move_find_daemon(x->talk, region, sizeof region, e) != 0 ||
        move_read_marker(x->talk, begun, sizeof begun, e) != 0 ||
        talk_scan(x->talk, count_keys, x, e) != 0 || talk_now(x->talk, &x->now_ms, e) != 0)
        return -1;
    *ret_no = true;
    if (region[0] != '\0')
        return err_set(e, "a midwatch of region `%s` writes to `%s`: stop it first", region,
                       x->space);
    if (x->options->replace) {
        *ret_no = false;
        return 0;
    }
    if (begun[0] != '\0')
        return err_set(e, "an import into `%s`, begun %s, was not finished: --replace begins anew",
                       x->space, begun);
    if (x->keys_found > 0)
        return err_set(e, "`%s` holds %zu keys already: --replace deletes them first", x->space,
                       x->keys_found);
    *ret_no = false;
    return 0;
}

/* --- the old state goes --- */

static int put_marker(struct importing *x, struct err *e)
{
    char key[KEY_SIZE], at[40];
    const char *argv[] = {"HSET", key, MOVE_MARKER, at, NULL};

    talk_key(x->talk, key, key_name(KEY_META));
    rfc3339_format(loop_now_ms(), at, sizeof at);
    return talk_ask(x->talk, argv, NULL, NULL, e);
}

static int delete_page(void *arg, const redisReply *keys, struct err *e)
{
    struct importing *x = arg;
    struct buf *out = talk_out(x->talk);
    unsigned n = 0;

    for (size_t i = 0; i < keys->elements; i++) {
        const char *rest = move_rest(x->talk, keys->element[i]->str);
        if (rest == NULL || text_eq(rest, key_name(KEY_META)))
            continue;
        resp_open(out, 2);
        resp_text(out, "UNLINK");
        resp_bulk(out, keys->element[i]->str, (size_t)keys->element[i]->len);
        n++;
    }
    x->report.replaced += n;
    tell(x, "deleting what was there", x->report.replaced, x->keys_found);
    return talk_send(x->talk, n, NULL, NULL, e);
}

/* --- the new one comes --- */

static int land(struct importing *x, struct err *e)
{
    unsigned n = x->flight;

    x->flight = 0;
    return talk_send(x->talk, n, NULL, NULL, e);
}

static int took_off(struct importing *x, struct err *e)
{
    x->flight++;
    if (x->flight < FLIGHT_COMMANDS && talk_out(x->talk)->len < FLIGHT_BYTES)
        return 0;
    return land(x, e);
}

static void put_value(struct buf *out, const struct archive_value *v)
{
    resp_bulk(out, v->p, v->n);
}

static void put_pairs(struct buf *out, const char *key, const struct archive_piece *p)
{
    resp_open(out, 2 + p->values.n);
    resp_text(out, p->type == ARCHIVE_HASH ? "HSET" : "ZADD");
    resp_text(out, key);
    for (size_t i = 0; i < p->values.n; i += 2) {
        /* ZADD has the score first */
        put_value(out, &p->values.items[p->type == ARCHIVE_HASH ? i : i + 1]);
        put_value(out, &p->values.items[p->type == ARCHIVE_HASH ? i + 1 : i]);
    }
}

static int put_entries(struct importing *x, const char *key, const struct archive_piece *p,
                       struct err *e)
{
    size_t at = 0;

    for (size_t i = 0; i < p->ends.n; i++) {
        struct buf *out = talk_out(x->talk);
        resp_open(out, 2 + p->ends.items[i] - at);
        resp_text(out, "XADD");
        resp_text(out, key);
        for (; at < p->ends.items[i]; at++)
            put_value(out, &p->values.items[at]);
        if (took_off(x, e) != 0)
            return -1;
    }
    return 0;
}

static int put_string(struct importing *x, const char *key, const struct archive_piece *p,
                      struct err *e)
{
    struct buf *out = talk_out(x->talk);

    if (p->expires_ms > 0 && p->expires_ms <= x->now_ms) {
        x->report.expired++;
        return 0;
    }
    resp_open(out, p->expires_ms > 0 ? 5 : 3);
    resp_text(out, "SET");
    resp_text(out, key);
    put_value(out, &p->values.items[0]);
    if (p->expires_ms > 0) {
        resp_text(out, "PXAT");
        resp_int(out, p->expires_ms);
    }
    x->report.strings++;
    return took_off(x, e);
}

static int put_piece(void *arg, const struct archive_piece *p, struct err *e)
{
    struct importing *x = arg;
    char key[KEY_SIZE];

    talk_key(x->talk, key, p->key);
    if (++x->report.records % 64 == 0)
        tell(x, "writing", x->report.records, x->sum.records);
    if (p->which == KEY_META) {
        put_pairs(&x->meta, key, p);
        x->meta_commands++;
        return 0;
    }
    if (p->type == ARCHIVE_STREAM)
        return put_entries(x, key, p, e);
    if (p->type == ARCHIVE_STRING)
        return put_string(x, key, p, e);
    put_pairs(talk_out(x->talk), key, p);
    return took_off(x, e);
}

/* --- and is whole --- */

static int compare_counts(struct importing *x, struct err *e)
{
    struct archive_counts there;

    if (move_count(x->talk, &there, e) != 0)
        return -1;
    for (int k = 0; k < KEY_COUNT; k++) {
        if (k != KEY_META && there.of[k] != x->sum.counts.of[k])
            return err_set(e,
                           "%s holds %llu, but the file has %llu: does something else write to "
                           "this Redis?",
                           key_name((enum key)k), (unsigned long long)there.of[k],
                           (unsigned long long)x->sum.counts.of[k]);
    }
    return 0;
}

static int end_marker(struct importing *x, struct err *e)
{
    struct buf *out = talk_out(x->talk);
    char key[KEY_SIZE];

    talk_key(x->talk, key, key_name(KEY_META));
    resp_open(out, 1);
    resp_text(out, "MULTI");
    resp_open(out, 2);
    resp_text(out, "DEL");
    resp_text(out, key);
    buf_put(out, x->meta.p, x->meta.len);
    resp_open(out, 1);
    resp_text(out, "EXEC");
    return talk_send(x->talk, 3 + x->meta_commands, NULL, NULL, e);
}

static int write_all(struct importing *x, FILE *from, struct err *e)
{
    struct archive_summary again;

    if (fseek(from, 0, SEEK_SET) != 0)
        return err_set(e, "%s", strerror(errno));
    if (put_marker(x, e) != 0 || talk_scan(x->talk, delete_page, x, e) != 0)
        return -1;
    if (archive_read(from, put_piece, x, &again, e) != 0 || land(x, e) != 0)
        return -1;
    return compare_counts(x, e) == 0 ? end_marker(x, e) : -1;
}

static enum moved import_verified(struct importing *x, FILE *from, struct err *e)
{
    struct config as_named = *x->config;
    bool no = false;
    int rc = -1;

    as_named.name = x->space;
    if (talk_open(&as_named, TALK_WRITE, &x->talk, &no, e) == 0 && check_place(x, &no, e) == 0) {
        rc = write_all(x, from, e);
        if (rc != 0)
            err_wrap(e, "the import is not finished (`%s` is marked so; --replace begins anew)",
                     x->space);
    }
    talk_close(x->talk);
    return rc == 0 ? MOVED : no ? MOVED_NOT : MOVED_UNREACHABLE;
}

enum moved store_import(const struct config *c, FILE *from, const struct import_options *o,
                        const struct progress *p, struct import_report *ret, struct err *e)
{
    struct importing x = {.config = c, .options = o, .progress = p};
    enum moved rc = MOVED_NOT;

    buf_init(&x.meta, ARCHIVE_LINE_MAX);
    tell(&x, "verifying", 0, 0);
    if (archive_read(from, NULL, NULL, &x.sum, e) == 0 && choose_name(&x, e) == 0 &&
        refuse_spool(&x, e) == 0)
        rc = import_verified(&x, from, e);
    text_copy(x.report.name, sizeof x.report.name, x.sum.head.name);
    rfc3339_format(x.sum.head.at_ms, x.report.at, sizeof x.report.at);
    x.report.bytes = x.sum.bytes;
    if (rc == MOVED)
        *ret = x.report;
    buf_done(&x.meta);
    return rc;
}
