/* series_write.c - what changed of the index goes into Redis: entries whole, together.
 *
 * Happy path: touched -> in the next quarter of a second one transaction of up to 200 entries; all
 *             entries that got another name, and the ends of the old ones, are in the same one.
 *             Nothing before the spool has arrived and was read: a write ends loose fields, and
 * must not end one that nobody has seen. Failures:   the connection ends -> at its next beginning
 * all is read, and what differs is written again. Redis is full -> in five seconds again. */
#include <stdio.h>

#include "base/json.h"
#include "internal.h"
#include "loop/log.h"
#include "multi.h"
#include "resp.h"
#include "series_index.h"

#define PIECE     200
#define PAUSE_US  INT64_C(5000000)
#define VALUE_MAX ((size_t)64 << 10)

static void put_instant(struct jw *w, const char *key, int64_t at_ms)
{
    if (at_ms != 0)
        jw_kv_int(w, key, at_ms);
}

static void put_epoch(struct jw *w, const struct epoch *e)
{
    jw_object(w);
    jw_kv_text(w, "id", e->id);
    jw_kv_int(w, "interval", e->interval_ms);
    put_instant(w, "from", e->from_ms);
    put_instant(w, "last", e->last_ms);
    put_instant(w, "rolled", e->rolled_ms);
    put_instant(w, "late", e->late_ms);
    jw_object_end(w);
}

void series_put_value(const struct series *x, const struct epoch *only, struct buf *out)
{
    struct jw w;

    jw_init(&w, out);
    jw_object(&w);
    if (only == NULL && x->was[0] != '\0')
        jw_kv_text(&w, "was", x->was);
    jw_kv_list(&w, "epochs");
    if (only != NULL)
        put_epoch(&w, only);
    for (size_t i = 0; only == NULL && i < x->epochs.n; i++)
        put_epoch(&w, &x->epochs.items[i]);
    jw_list_end(&w);
    jw_object_end(&w);
}

static void put_field(const struct series *x, const struct epoch *only, const char *field,
                      struct buf *out)
{
    struct buf value;

    buf_init(&value, VALUE_MAX);
    series_put_value(x, only, &value);
    resp_text(out, field);
    resp_bulk(out, value.p, value.len);
    buf_done(&value);
}

void series_put_loose(struct store *s, struct series *x, const struct epoch *e, struct buf *out)
{
    char field[2 * NAME_SIZE + SERIES_ID_SIZE + 2];

    snprintf(field, sizeof field, "%s#%s", x->field, e->id);
    series_loosen(x, field);
    resp_open(out, 4);
    resp_text(out, "HSET");
    resp_text(out, s->keys[KEY_SERIES]);
    put_field(x, e, field, out);
}

static void put_end(struct store *s, struct multi *m, const char *field)
{
    struct buf *out = multi_command(m, 3);

    resp_text(out, "HDEL");
    resp_text(out, s->keys[KEY_SERIES]);
    resp_text(out, field);
}

/* A former name may be somebody's name by now. */
static void end_loose(struct store *s, struct multi *m, struct series *x)
{
    for (size_t i = 0; i < x->loose.n; i++) {
        if (map_get(&s->series->by_field, x->loose.items[i]) == NULL)
            put_end(s, m, x->loose.items[i]);
        mem_free(x->loose.items[i]);
    }
    x->loose.n = 0;
}

static void write_entry(struct store *s, struct multi *m, struct series *x)
{
    x->dirty = x->moved = false;
    end_loose(s, m, x);
    if (x->epochs.n == 0) {
        put_end(s, m, x->field);
        series_drop(s, x);
        return;
    }
    struct buf *out = multi_command(m, 4);
    resp_text(out, "HSET");
    resp_text(out, s->keys[KEY_SERIES]);
    put_field(x, NULL, x->field, out);
}

static void on_written(void *arg, enum multi_end end, const char *words)
{
    struct store *s = arg;

    s->series->writing = false;
    if (end == MULTI_DONE || end == MULTI_AWAY)
        return;
    s->facts.errors++;
    if (end == MULTI_REFUSED)
        log_error("store", "redis refuses an entry of the index of series: %.200s", words);
    s->series->pause_until_us = loop_mono_us() + PAUSE_US;
    series_touch_all(s);
}

void series_write(struct store *s)
{
    struct series_index *x = s->series;
    struct multi m;
    size_t kept = 0, n = 0;

    if (s->session != SESSION_READY || s->closing || x->writing || x->unread || x->dirty.n == 0 ||
        loop_mono_us() < x->pause_until_us)
        return;
    multi_init(&m);
    for (size_t i = 0; i < x->dirty.n; i++) {
        if (x->dirty.items[i]->moved || n < PIECE) {
            write_entry(s, &m, x->dirty.items[i]);
            n++;
        } else {
            x->dirty.items[kept++] = x->dirty.items[i];
        }
    }
    x->dirty.n = kept;
    x->writing = true;
    multi_send(s, &m, on_written, s);
}
