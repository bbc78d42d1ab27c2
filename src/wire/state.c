/* state.c - JSON -> a struct by its table.
 *
 * Happy path: parse, every row of the table takes its member, the whole is handed over.
 * Failures:   not JSON, too long, a required member missing, a member of the wrong type, an unknown
 *             word, a number out of range, a name too long; each names the member. */
#include "wire/state.h"

#include <limits.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "model/fields.h"

static int take_int(const struct field *f, const struct jv *v, char *p, struct err *e)
{
    int64_t value = jv_int(v, f->absent);
    int narrow = (int)value;

    if (v != NULL && jv_type(v) != JV_INT)
        return err_set(e, "%s is not a whole number", f->key);
    if (f->kind == FIELD_INT64) {
        memcpy(p, &value, sizeof value);
        return 0;
    }
    if (value < INT_MIN || value > INT_MAX)
        return err_set(e, "%s is out of range", f->key);
    memcpy(p, &narrow, sizeof narrow);
    return 0;
}

static int take_word(const struct field *f, const struct jv *v, char *p, struct err *e)
{
    if (v == NULL && !f->required)
        return 0;
    int value = jv_text(v) != NULL ? f->from(jv_text(v)) : -1;

    if (value < 0)
        return err_set(e, "%s is none of the known words", f->key);
    memcpy(p, &value, sizeof value);
    return 0;
}

static int take_text(const struct field *f, const struct jv *v, char *p, struct err *e)
{
    const char *text = jv_text(v);

    if (v == NULL && !f->required)
        return 0;
    if (text == NULL || (f->required && text[0] == '\0'))
        return err_set(e, "%s is not a text", f->key);
    if (!f->prose && strlen(text) >= f->size)
        return err_set(e, "%s is too long", f->key);
    text_copy(p, f->size, text);
    return 0;
}

static int take_bool(const struct field *f, const struct jv *v, char *p, struct err *e)
{
    bool value = jv_bool(v, false);

    if (v != NULL && jv_type(v) != JV_BOOL)
        return err_set(e, "%s is not true or false", f->key);
    memcpy(p, &value, sizeof value);
    return 0;
}

/* Of a longer list, as a later midwatch may keep, the newest, which are its last. */
static int take_times(const struct field *f, const struct jv *v, char *p, struct err *e)
{
    size_t n = jv_len(v), room = f->size / sizeof(int64_t), first = n > room ? n - room : 0;

    if (v != NULL && jv_type(v) != JV_LIST)
        return err_set(e, "%s is not a list", f->key);
    for (size_t i = 0; i < n; i++) {
        int64_t at_ms = jv_int(jv_at(v, i), 0);

        if (jv_type(jv_at(v, i)) != JV_INT)
            return err_set(e, "%s is not a list of whole numbers", f->key);
        if (i >= first)
            memcpy(p + (i - first) * sizeof at_ms, &at_ms, sizeof at_ms);
    }
    return 0;
}

static int take_object(const struct field *fields, const struct jv *object, char *base,
                       struct err *e);

static int take_member(const struct field *f, const struct jv *v, char *p, struct err *e)
{
    if (f->kind == FIELD_WORD)
        return take_word(f, v, p, e);
    if (f->kind == FIELD_TEXT)
        return take_text(f, v, p, e);
    if (f->kind == FIELD_BOOL)
        return take_bool(f, v, p, e);
    if (f->kind == FIELD_TIMES)
        return take_times(f, v, p, e);
    if (f->kind != FIELD_OBJECT)
        return take_int(f, v, p, e);
    if (take_object(f->object, v, p, e) != 0)
        return err_wrap(e, "%s", f->key);
    return 0;
}

static int take_object(const struct field *fields, const struct jv *object, char *base,
                       struct err *e)
{
    if (jv_type(object) != JV_OBJECT)
        return err_set(e, "not an object");
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        if (take_member(f, jv_get(object, f->key), base + f->offset, e) != 0)
            return -1;
    }
    return 0;
}

static int read_record(const char *json, size_t n, const struct field *fields, void *base,
                       struct err *e)
{
    struct jv *root = NULL;

    if (n > STATE_MAX_BYTES)
        return err_set(e, "longer than %d bytes", STATE_MAX_BYTES);
    if (jv_parse(json, n, &root, e) != 0)
        return -1;
    int rc = take_object(fields, root, base, e);
    jv_free(root);
    return rc;
}

#define READER(name, type, fields)                                                                 \
    int name(const char *json, size_t n, struct type *ret, struct err *e)                          \
    {                                                                                              \
        struct type value;                                                                         \
        memset(&value, 0, sizeof value);                                                           \
        if (read_record(json, n, fields, &value, e) != 0)                                          \
            return -1;                                                                             \
        *ret = value;                                                                              \
        return 0;                                                                                  \
    }
READER(state_read_monitor, monitor_status, monitor_status_fields)
READER(state_read_incident, incident, incident_fields)
READER(state_read_delivery, delivery, delivery_fields)
READER(state_read_attempt, attempt, attempt_fields)
READER(state_read_transition, transition, transition_fields)
READER(state_read_quiet, quiet, quiet_fields)
READER(state_read_override, kept_override, override_fields)
