/* series_read.c - the index as it stands in Redis, a piece of the hash at a time.
 *
 * Happy path: when a connection begins, all of it, before anything else of samples is done:
 *             session_indexed(). Again when the spool has arrived: a former life may tell in it of
 *             days that only it knew. From then on once a minute: what other regions write, and
 *             whether Redis still has what we wrote.
 * Failures:   an error ends the first pass with the session; a later one is begun anew a minute
 *             later. A value that can't be read is passed over, and said once.
 *
 * Our own entries are ours: what is in memory holds, and what Redis has besides is added. A field
 * REGION/MONITOR#ID is one epoch, told by itself (series_put_loose). */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "internal.h"
#include "loop/log.h"
#include "reply.h"
#include "series_index.h"

#define PIECE           "200"
#define ENTRIES_MAX     500000
#define LAST_INSTANT_MS INT64_C(253402300800000) /* the year 10000 */
#define INTERVAL_MIN_MS 100
#define PAUSE_US        INT64_C(5000000)

/* --- one field --- */

struct name {
    char region[NAME_SIZE], monitor[NAME_SIZE];
    bool loose;
};

static bool copy_part(char dst[NAME_SIZE], const char *from, const char *to)
{
    size_t n = (size_t)(to - from);

    if (n == 0 || n >= NAME_SIZE || memchr(from, '/', n) != NULL)
        return false;
    memcpy(dst, from, n);
    dst[n] = '\0';
    return true;
}

static bool read_name(const redisReply *field, struct name *ret)
{
    const char *end = field->str + field->len, *slash = memchr(field->str, '/', field->len);

    if (slash == NULL || memchr(field->str, '\0', field->len) != NULL)
        return false;
    const char *mark = memchr(slash, '#', (size_t)(end - slash));
    ret->loose = mark != NULL;
    return copy_part(ret->region, field->str, slash) &&
           copy_part(ret->monitor, slash + 1, mark != NULL ? mark : end);
}

static int64_t instant(const struct jv *v, const char *key)
{
    int64_t at_ms = jv_get_int(v, key, 0);

    return at_ms < 0 || at_ms > LAST_INSTANT_MS ? 0 : at_ms;
}

static bool read_epoch(const struct jv *v, struct epoch *ret)
{
    const char *id = jv_get_text(v, "id");

    *ret = (struct epoch){.interval_ms = jv_get_int(v, "interval", 0),
                          .from_ms = instant(v, "from"),
                          .last_ms = instant(v, "last"),
                          .rolled_ms = instant(v, "rolled"),
                          .late_ms = instant(v, "late")};
    if (id == NULL || id[0] == '\0' || strlen(id) >= sizeof ret->id ||
        strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz") != strlen(id))
        return false;
    text_copy(ret->id, sizeof ret->id, id);
    return ret->interval_ms >= INTERVAL_MIN_MS && ret->interval_ms <= LAST_INSTANT_MS;
}

/* --- what it adds to what we know --- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void unite(struct epoch *to, const struct epoch *e)
{
    to->from_ms = earlier(to->from_ms, e->from_ms);
    to->last_ms = later(to->last_ms, e->last_ms);
    to->rolled_ms = later(to->rolled_ms, e->rolled_ms);
    to->late_ms = earlier(to->late_ms, e->late_ms);
}

static void take_own(struct store *s, const struct name *name, const char *field,
                     const struct epoch *e, size_t place)
{
    struct series *x;
    struct epoch *ours = series_by_id(s, e->id, &x);

    if (ours == NULL) {
        x = series_get(s, s->region, name->monitor);
        series_add(s, x, e, place < x->epochs.n ? place : x->epochs.n);
    } else if (name->loose || !s->series->known) {
        unite(ours, e);
    }
    if (name->loose || !text_eq(x->field, field))
        series_loosen(x, field);
}

static void take_other(struct store *s, const struct name *name, const struct epoch *e)
{
    struct series *x = series_get(s, name->region, name->monitor);
    size_t i = 0;

    x->seen = s->series->pass;
    while (i < x->epochs.n && !text_eq(x->epochs.items[i].id, e->id))
        i++;
    if (i == x->epochs.n)
        series_add(s, x, e, i);
    else if (name->loose)
        unite(&x->epochs.items[i], e);
    else
        x->epochs.items[i] = *e;
}

/* Is what Redis has what we would write? */
static void compare(struct store *s, const struct name *name, const redisReply *value,
                    const struct jv *v)
{
    struct series *x = series_own(s, name->monitor);
    struct buf ours;

    if (x == NULL)
        return;
    x->seen = s->series->pass;
    if (!s->series->ever_known && jv_get_text(v, "was") != NULL)
        text_copy(x->was, sizeof x->was, jv_get_text(v, "was"));
    buf_init(&ours, value->len + 1);
    series_put_value(x, NULL, &ours);
    if (ours.over || ours.len != value->len || memcmp(ours.p, value->str, value->len) != 0)
        series_touch(x);
    buf_done(&ours);
}

static void take_field(struct store *s, const redisReply *field, const redisReply *value)
{
    struct name name;
    struct jv *v = NULL;
    struct epoch e;

    if (field->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING ||
        !read_name(field, &name) || jv_parse(value->str, value->len, &v, NULL) != 0) {
        s->series->damaged++;
        return;
    }
    const struct jv *epochs = jv_get(v, "epochs");
    bool own = text_eq(name.region, s->region);
    for (size_t i = 0; i < jv_len(epochs) && i < EPOCHS_MAX; i++) {
        if (s->series->all.n >= ENTRIES_MAX || !read_epoch(jv_at(epochs, i), &e))
            s->series->damaged++;
        else if (own)
            take_own(s, &name, field->str, &e, name.loose ? 0 : i);
        else
            take_other(s, &name, &e);
    }
    if (own && !name.loose)
        compare(s, &name, value, v);
    jv_free(v);
}

/* --- the pass --- */

static void end_pass(struct store *s)
{
    struct series_index *x = s->series;
    bool first = !x->known;

    for (size_t i = x->all.n; i-- > 0;) {
        struct series *one = x->all.items[i];
        if (one->seen != x->pass && series_is_own(s, one))
            series_touch(one);
        else if (one->seen != x->pass)
            series_drop(s, one);
    }
    if (x->damaged > 0 && !x->said_damaged)
        log_warning("store", "%u entries of the index of series can't be read and are passed over",
                    x->damaged);
    x->said_damaged = x->damaged > 0;
    x->reading = false;
    x->unread = x->unread && !x->whole;
    x->read_us = loop_mono_us();
    if (!first)
        return;
    x->known = x->ever_known = true;
    series_apply_moves(s);
    session_indexed(s);
}

static void fail(struct store *s, const redisReply *r)
{
    char words[256];

    s->series->reading = false;
    s->series->read_us = loop_mono_us();
    s->series->pause_until_us = s->series->read_us + PAUSE_US;
    s->facts.errors++;
    reply_words(r, words, sizeof words);
    if (!s->series->known)
        session_fail(s, words[0] != '\0' ? words : "redis gave an unexpected answer",
                     BACKOFF_LONG_MS);
}

static void ask_piece(struct store *s);

static void on_piece(void *arg, const redisReply *r)
{
    struct store *s = arg;

    if (r == NULL)
        return;
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
        r->element[0]->type != REDIS_REPLY_STRING || r->element[1]->type != REDIS_REPLY_ARRAY) {
        fail(s, r);
        return;
    }
    const redisReply *pairs = r->element[1];
    for (size_t i = 0; i + 1 < pairs->elements; i += 2)
        take_field(s, pairs->element[i], pairs->element[i + 1]);
    text_copy(s->series->cursor, sizeof s->series->cursor, r->element[0]->str);
    if (text_eq(s->series->cursor, "0"))
        end_pass(s);
    else if (!s->closing)
        ask_piece(s);
}

static void ask_piece(struct store *s)
{
    const char *argv[] = {"HSCAN", s->keys[KEY_SERIES], s->series->cursor, "COUNT", PIECE, NULL};

    redis_command(s->conn, argv, on_piece, s);
}

bool series_is_behind(const struct store *s)
{
    const struct series_index *x = s->series;

    return x->unread && s->samples_lane.direct && loop_mono_us() >= x->pause_until_us;
}

void series_read(struct store *s)
{
    struct series_index *x = s->series;

    if (x->reading)
        return;
    x->reading = true;
    x->whole = s->samples_lane.direct;
    x->pass++;
    x->damaged = 0;
    text_copy(x->cursor, sizeof x->cursor, "0");
    ask_piece(s);
}

void series_stop_reading(struct store *s)
{
    s->series->reading = s->series->known = false;
}

bool series_known(const struct store *s)
{
    return s->series->known;
}
