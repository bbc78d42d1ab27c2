/* state.c - a struct by its table -> compact JSON. Nothing can fail: the values are our own. */
#include "format/state.h"

#include <string.h>

#include "base/json.h"
#include "model/fields.h"

static int int_at(const char *p)
{
    int value;

    memcpy(&value, p, sizeof value);
    return value;
}

static int64_t int64_at(const char *p)
{
    int64_t value;

    memcpy(&value, p, sizeof value);
    return value;
}

static void put_number(struct jw *w, const struct field *f, int64_t value)
{
    if (value != f->absent)
        jw_kv_int(w, f->key, value);
}

static void put_times(struct jw *w, const struct field *f, const char *p)
{
    size_t n = f->size / sizeof(int64_t);

    while (n > 0 && int64_at(p + (n - 1) * sizeof(int64_t)) == 0)
        n--;
    if (n == 0)
        return;
    jw_kv_list(w, f->key);
    for (size_t i = 0; i < n; i++)
        jw_int(w, int64_at(p + i * sizeof(int64_t)));
    jw_list_end(w);
}

static void put_object(struct jw *w, const struct field *fields, const char *base)
{
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        const char *p = base + f->offset;
        if (f->kind == FIELD_INT64) {
            put_number(w, f, int64_at(p));
        } else if (f->kind == FIELD_INT) {
            put_number(w, f, int_at(p));
        } else if (f->kind == FIELD_WORD) {
            if (!f->required && int_at(p) == 0)
                continue;
            jw_kv_text(w, f->key, f->word(int_at(p)));
        } else if (f->kind == FIELD_TEXT && (p[0] != '\0' || f->required)) {
            jw_kv_text(w, f->key, p);
        } else if (f->kind == FIELD_BOOL && *(const bool *)p) {
            jw_kv_bool(w, f->key, true);
        } else if (f->kind == FIELD_TIMES) {
            put_times(w, f, p);
        } else if (f->kind == FIELD_OBJECT) {
            jw_kv_object(w, f->key);
            put_object(w, f->object, p);
            jw_object_end(w);
        }
    }
}

static void write_record(struct buf *out, const struct field *fields, const void *base)
{
    struct jw w;

    jw_init(&w, out);
    jw_object(&w);
    put_object(&w, fields, base);
    jw_object_end(&w);
}

void state_write_monitor(struct buf *out, const struct monitor_status *s)
{
    write_record(out, monitor_status_fields, s);
}

void state_write_incident(struct buf *out, const struct incident *i)
{
    write_record(out, incident_fields, i);
}

void state_write_delivery(struct buf *out, const struct delivery *d)
{
    write_record(out, delivery_fields, d);
}

void state_write_attempt(struct buf *out, const struct attempt *a)
{
    write_record(out, attempt_fields, a);
}

void state_write_transition(struct buf *out, const struct transition *t)
{
    write_record(out, transition_fields, t);
}

void state_write_quiet(struct buf *out, const struct quiet *q)
{
    write_record(out, quiet_fields, q);
}

void state_write_override(struct buf *out, const struct kept_override *o)
{
    write_record(out, override_fields, o);
}
