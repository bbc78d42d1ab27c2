/* json.c - JSON in, on jansson.
 *
 * A struct jv is a json_t seen through an opaque name. Depth is counted over the bytes
 * before parsing, because jansson's own limit (2048) is fixed when it is built. */
#include "base/json.h"

#include <jansson.h>
#include <string.h>

#define DEPTH_MAX 64

static const json_t *of(const struct jv *v)
{
    return (const json_t *)v;
}

static const struct jv *as(const json_t *j)
{
    return (const struct jv *)j;
}

/* Open brackets outside of texts; on anything odd the parser proper will speak. */
static bool too_deep(const char *p, size_t n)
{
    int depth = 0;
    bool text = false;
    for (size_t i = 0; i < n; i++) {
        if (text && p[i] == '\\')
            i++;
        else if (p[i] == '"')
            text = !text;
        else if (!text && (p[i] == '[' || p[i] == '{') && ++depth > DEPTH_MAX)
            return true;
        else if (!text && (p[i] == ']' || p[i] == '}'))
            depth--;
    }
    return false;
}

int jv_parse(const char *p, size_t n, struct jv **ret, struct err *e)
{
    json_error_t why;
    if (too_deep(p, n))
        return err_set(e, "nested deeper than %d", DEPTH_MAX);
    json_t *root = json_loadb(p, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (!root)
        return err_set(e, "line %d, column %d: %s", why.line, why.column, why.text);
    *ret = (struct jv *)root;
    return 0;
}

void jv_free(struct jv *root)
{
    json_decref((json_t *)root);
}

enum jv_type jv_type(const struct jv *v)
{
    static const enum jv_type types[] = {
        [JSON_OBJECT] = JV_OBJECT, [JSON_ARRAY] = JV_LIST, [JSON_STRING] = JV_TEXT,
        [JSON_INTEGER] = JV_INT,   [JSON_REAL] = JV_REAL,  [JSON_TRUE] = JV_BOOL,
        [JSON_FALSE] = JV_BOOL,    [JSON_NULL] = JV_NULL,
    };
    return v ? types[json_typeof(of(v))] : JV_NONE;
}

const struct jv *jv_get(const struct jv *object, const char *key)
{
    return as(json_object_get(of(object), key));
}

const struct jv *jv_at(const struct jv *list, size_t i)
{
    return as(json_array_get(of(list), i));
}

size_t jv_len(const struct jv *v)
{
    switch (jv_type(v)) {
    case JV_TEXT:
        return json_string_length(of(v));
    case JV_LIST:
        return json_array_size(of(v));
    case JV_OBJECT:
        return json_object_size(of(v));
    default:
        return 0;
    }
}

const char *jv_text(const struct jv *v)
{
    return json_string_value(of(v));
}

int64_t jv_int(const struct jv *v, int64_t otherwise)
{
    if (jv_type(v) == JV_INT)
        return json_integer_value(of(v));
    if (jv_type(v) != JV_REAL)
        return otherwise;
    double d = json_real_value(of(v));
    return d > -9.2e18 && d < 9.2e18 ? (int64_t)d : otherwise;
}

double jv_real(const struct jv *v, double otherwise)
{
    enum jv_type type = jv_type(v);
    return type == JV_INT || type == JV_REAL ? json_number_value(of(v)) : otherwise;
}

bool jv_bool(const struct jv *v, bool otherwise)
{
    return jv_type(v) == JV_BOOL ? json_is_true(of(v)) : otherwise;
}

bool jv_each(const struct jv *object, void **it, const char **ret_key, const struct jv **ret_value)
{
    if (jv_type(object) != JV_OBJECT)
        return false;
    json_t *j = (json_t *)object;
    *it = *it ? json_object_iter_next(j, *it) : json_object_iter(j);
    if (!*it)
        return false;
    if (ret_key)
        *ret_key = json_object_iter_key(*it);
    if (ret_value)
        *ret_value = as(json_object_iter_value(*it));
    return true;
}

const char *jv_get_text(const struct jv *object, const char *key)
{
    return jv_text(jv_get(object, key));
}

int64_t jv_get_int(const struct jv *object, const char *key, int64_t otherwise)
{
    return jv_int(jv_get(object, key), otherwise);
}

bool jv_get_bool(const struct jv *object, const char *key, bool otherwise)
{
    return jv_bool(jv_get(object, key), otherwise);
}
