/* move.c - questions that export, import and check ask alike. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "move_shared.h"
#include "resp.h"

#define ALIVE_MS     INT64_C(15000)
#define LOOK_MS      250
#define SEGMENT_HEAD 8 /* bytes of a spool's segment that are no records */

const char *move_rest(const struct talk *t, const char *key)
{
    char prefix[KEY_SIZE];
    size_t n = talk_key(t, prefix, "");

    return strncmp(key, prefix, n) == 0 ? key + n : NULL;
}

bool move_is_fixed(const char *rest)
{
    for (int k = 0; k < KEY_COUNT; k++) {
        if (text_eq(rest, key_name((enum key)k)))
            return true;
    }
    return false;
}

bool move_is_usable(const char *rest)
{
    size_t n = strlen(rest);

    for (const char *p = rest; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return false;
    }
    return n > 0 && n < KEY_SIZE - NAME_SIZE - 8 && utf8_valid(rest, n);
}

struct text_wanted {
    char *dst;
    size_t size;
};

static int take_text(void *arg, const redisReply *r, struct err *e)
{
    struct text_wanted *t = arg;

    (void)e;
    text_copy(t->dst, t->size, r->type == REDIS_REPLY_STRING ? r->str : "");
    return 0;
}

int move_read_marker(struct talk *t, char *dst, size_t size, struct err *e)
{
    struct text_wanted want = {dst, size};
    char key[KEY_SIZE];
    const char *argv[] = {"HGET", key, MOVE_MARKER, NULL};

    talk_key(t, key, key_name(KEY_META));
    return talk_ask(t, argv, take_text, &want, e);
}

/* --- how much --- */

struct counting {
    struct archive_counts *ret;
    int at;
};

static int take_count(void *arg, const redisReply *r, struct err *e)
{
    struct counting *c = arg;

    if (r->type != REDIS_REPLY_INTEGER)
        return err_set(e, "redis gave an unexpected answer");
    c->ret->of[c->at++] = (uint64_t)r->integer;
    return 0;
}

int move_count(struct talk *t, struct archive_counts *ret, struct err *e)
{
    static const struct {
        const char *type, *command;
    } lengths[] = {{"hash", "HLEN"}, {"zset", "ZCARD"}, {"stream", "XLEN"}};
    struct counting c = {ret, 0};
    char key[KEY_SIZE];

    *ret = (struct archive_counts){.strings = 0};
    for (int k = 0; k < KEY_COUNT; k++) {
        talk_key(t, key, key_name((enum key)k));
        resp_open(talk_out(t), 2);
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            if (text_eq(lengths[i].type, key_type((enum key)k)))
                resp_text(talk_out(t), lengths[i].command);
        }
        resp_text(talk_out(t), key);
    }
    if (talk_send(t, KEY_COUNT, take_count, &c, e) == 0)
        return 0;
    return c.at < KEY_COUNT ? err_wrap(e, "%s", key_name((enum key)c.at)) : -1;
}

/* --- is a daemon there? --- */

struct daemons {
    int64_t newest_ms;
    char *dst;
    size_t size;
};

static int take_regions(void *arg, const redisReply *r, struct err *e)
{
    struct daemons *d = arg;
    int64_t seen_ms;

    (void)e;
    for (size_t i = 0; r->type == REDIS_REPLY_ARRAY && i + 1 < r->elements; i += 2) {
        if (r->element[i + 1]->type != REDIS_REPLY_STRING ||
            text_int(r->element[i + 1]->str, 0, INT64_MAX, &seen_ms, NULL) != 0 ||
            seen_ms <= d->newest_ms)
            continue;
        d->newest_ms = seen_ms;
        text_copy(d->dst, d->size, r->element[i]->str);
    }
    return 0;
}

static int ask_regions(struct talk *t, struct daemons *d, struct err *e)
{
    char key[KEY_SIZE];
    const char *argv[] = {"HGETALL", key, NULL};

    talk_key(t, key, key_name(KEY_REGIONS));
    return talk_ask(t, argv, take_regions, d, e);
}

/* One that was stopped a moment ago looks like one that is there: it does not come again. */
int move_find_daemon(struct talk *t, char *dst, size_t size, struct err *e)
{
    struct daemons first = {0, dst, size}, again;

    dst[0] = '\0';
    if (talk_is_private(t))
        return 0;
    if (ask_regions(t, &first, e) != 0)
        return -1;
    again = first;
    while (again.newest_ms == first.newest_ms && loop_now_ms() - first.newest_ms < ALIVE_MS) {
        talk_wait(t, LOOK_MS);
        if (ask_regions(t, &again, e) != 0)
            return -1;
    }
    if (again.newest_ms == first.newest_ms)
        dst[0] = '\0';
    return 0;
}

size_t move_spooled(const struct config *c)
{
    char path[4096], file[4608];
    struct dirent *one;
    struct stat st;
    size_t bytes = 0;

    snprintf(path, sizeof path, "%s/spool", c->store.dir);
    DIR *d = opendir(path);
    while (d != NULL && (one = readdir(d)) != NULL) {
        snprintf(file, sizeof file, "%s/%s", path, one->d_name);
        if (text_ends(one->d_name, ".seg") && stat(file, &st) == 0 && st.st_size > SEGMENT_HEAD)
            bytes += (size_t)st.st_size - SEGMENT_HEAD;
    }
    if (d != NULL)
        closedir(d);
    return bytes;
}
