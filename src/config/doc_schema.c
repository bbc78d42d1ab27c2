/* doc_schema.c - conf/midwatch.schema.json: JSON Schema draft 2020-12, for editors. */
#include <string.h>

#include "doc.h"

static void write_value(const struct row *row, struct jw *w);

/* --- mappings ----------------------------------------------------------------------------- */

static void write_properties(const struct shape *shape, struct jw *w)
{
    jw_kv_object(w, "properties");
    shape_each(row, shape) {
        jw_kv_object(w, row->key);
        jw_kv_text(w, "description", row->text);
        if (row->normal)
            jw_kv_text(w, "default", row->normal);
        write_value(row, w);
        jw_object_end(w);
    }
    jw_object_end(w);
}

static void write_required(const struct shape *shape, struct jw *w)
{
    bool some = false;
    shape_each(row, shape)
        some |= (row->flags & ROW_REQUIRED) != 0;
    if (!some)
        return;
    jw_kv_list(w, "required");
    shape_each(row, shape)
        if (row->flags & ROW_REQUIRED)
            jw_text(w, row->key);
    jw_list_end(w);
}

static void write_mapping(const struct shape *shape, struct jw *w)
{
    bool required = false;
    shape_each(row, shape)
        required |= (row->flags & ROW_REQUIRED) != 0;
    jw_key(w, "type");
    jw_raw(w, required ? "\"object\"" : "[\"object\",\"null\"]");
    write_properties(shape, w);
    write_required(shape, w);
    jw_key(w, "patternProperties");
    jw_raw(w, "{\"^x-\":{}}");
    jw_kv_bool(w, "additionalProperties", false);
}

static const struct row *plain_row(const struct shape *shape)
{
    shape_each(row, shape)
        if (shape->plain && strcmp(row->key, shape->plain) == 0)
            return row;
    return NULL;
}

static void write_shape(const struct shape *shape, struct jw *w)
{
    const struct row *plain = plain_row(shape);
    if (!plain) {
        write_mapping(shape, w);
        return;
    }
    jw_kv_list(w, "anyOf");
    jw_object(w);
    write_value(plain, w);
    jw_object_end(w);
    jw_object(w);
    write_mapping(shape, w);
    jw_object_end(w);
    jw_list_end(w);
}

/* --- values ------------------------------------------------------------------------------- */

static void write_list(const struct shape *shape, struct jw *w)
{
    jw_key(w, "type");
    jw_raw(w, "[\"array\",\"null\"]");
    jw_kv_object(w, "items");
    write_shape(shape, w);
    jw_object_end(w);
}

static void write_named(const struct shape *shape, struct jw *w)
{
    jw_key(w, "type");
    jw_raw(w, "[\"object\",\"null\"]");
    jw_kv_object(w, "propertyNames");
    jw_kv_text(w, "pattern", "^[A-Za-z0-9._-]{1,100}$");
    jw_object_end(w);
    jw_kv_object(w, "additionalProperties");
    write_shape(shape, w);
    jw_object_end(w);
}

static void write_value(const struct row *row, struct jw *w)
{
    if (row->type->list)
        write_list(row->of, w);
    else if (row->type == &type_named)
        write_named(row->of, w);
    else if (row->type->nested)
        write_shape(row->of, w);
    else if (row->type->schema)
        row->type->schema(row, w);
    else {
        jw_kv_text(w, "type", "string");
        if (row->type->pattern)
            jw_kv_text(w, "pattern", row->type->pattern);
    }
}

/* --- layout ------------------------------------------------------------------------------- */

static void new_line(struct buf *out, int depth)
{
    buf_printf(out, "\n%*s", depth * 2, "");
}

/* Lists of plain values stay on their line. */
static bool short_list(const char *p)
{
    return *p == '[' && strcspn(p + 1, "{}[") > strcspn(p + 1, "]");
}

/* Copies a string or a short list whole; returns the byte after it. */
static const char *copy_whole(struct buf *out, const char *p)
{
    char end = *p == '[' ? ']' : '"';
    do {
        if (*p == '\\')
            buf_char(out, *p++);
        buf_char(out, *p++);
    } while (*p != end);
    buf_char(out, end);
    return p + 1;
}

/* Compact JSON with line breaks and indentation. */
static void lay_out(struct buf *out, const char *p)
{
    int depth = 0;
    while (*p) {
        bool opens = *p == '{' || *p == '[', empty = opens && (p[1] == '}' || p[1] == ']');
        if (*p == '"' || short_list(p)) {
            p = copy_whole(out, p);
            continue;
        }
        if (*p == '}' || *p == ']')
            new_line(out, --depth);
        buf_char(out, *p);
        if (empty)
            buf_char(out, *++p);
        else if (opens)
            new_line(out, ++depth);
        else if (*p == ',')
            new_line(out, depth);
        else if (*p == ':')
            buf_char(out, ' ');
        p++;
    }
    buf_char(out, '\n');
}

void config_print_schema(struct buf *out)
{
    struct buf compact;
    struct jw w;
    buf_init(&compact, 1 << 20);
    jw_init(&w, &compact);
    jw_object(&w);
    jw_kv_text(&w, "$schema", "https://json-schema.org/draft/2020-12/schema");
    jw_kv_text(&w, "title", "midwatch.yaml");
    write_mapping(&shape_file, &w);
    jw_object_end(&w);
    lay_out(out, buf_text(&compact));
    buf_done(&compact);
}
