/* read.c - walks the rows of a shape over a mapping: the heart of the room.
 *
 * Rows are read in the order of their table, not of the file, so a row may rely on those
 * above it (a schedule's time zone on its layers' times). Every complaint leaves the
 * field as it is and goes on, so that one run finds all there is to find. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "reader.h"

/* --- complaints --------------------------------------------------------------------------- */

bool read_shows(const struct row *row, const struct node *n)
{
    return !(row->flags & ROW_SECRET) && !n->secret;
}

const char *read_found(const struct row *row, const struct node *n, char *dst, size_t size)
{
    bool hide = n->kind == NODE_TEXT && !node_is_null(n) && (row->flags & ROW_SECRET);
    return hide ? "`***`" : node_found(n, dst, size);
}

void read_refuse(struct reader *r, const struct row *row, const struct node *n)
{
    char found[FOUND_SIZE];
    if (!n->broken)
        diag_error(r->d, n, "`%s` must be %s, not %s", row->key, row->type->expected,
                   read_found(row, n, found, sizeof found));
}

void read_refuse_why(struct reader *r, const struct row *row, const struct node *n, const char *why)
{
    if (!n->broken)
        diag_error(r->d, n, "`%s`: %s", row->key, why);
}

/* --- taking values out of nodes ----------------------------------------------------------- */

const char *read_text(struct reader *r, const struct row *row, const struct node *n)
{
    if (n->kind == NODE_TEXT && !node_is_null(n) && !n->broken)
        return n->text;
    read_refuse(r, row, n);
    return NULL;
}

const struct node *read_as_list(struct reader *r, const struct node *n)
{
    if (n->kind == NODE_LIST)
        return n;
    struct node *list = tree_node(r->tree, n->source, n->line, n->column);
    list->kind = NODE_LIST;
    if (!node_is_null(n))
        node_append(r->tree, list, NULL, (struct node *)n);
    return list;
}

const char *read_keep(struct reader *r, const struct node *n, const char *text)
{
    return n->secret ? vault_keep(r->config->vault, text, strlen(text))
                     : arena_strdup(&r->config->arena, text);
}

struct secret read_keep_secret(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    return (struct secret){.bytes = vault_keep(r->config->vault, text, n), .len = n};
}

/* --- keys that are not rows --------------------------------------------------------------- */

static const struct row *find_row(const struct shape *shape, const char *key)
{
    shape_each(row, shape)
        if (strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

static bool is_later(const struct shape *shape, const char *key)
{
    for (const char *const *word = shape->later; word && *word; word++)
        if (strcmp(*word, key) == 0)
            return true;
    return false;
}

#define ROWS_MAX 40

static const char *guess_key(const struct shape *shape, const char *key)
{
    const char *keys[ROWS_MAX + 1] = {0};
    size_t n = 0;
    shape_each(row, shape)
        if (n < ROWS_MAX)
            keys[n++] = row->key;
    return text_nearest(key, keys);
}

static void complain_unknown(struct reader *r, const struct shape *shape, const struct node *key)
{
    const char *guess = r->d->errors < DIAGNOSTICS_MAX ? guess_key(shape, key->text) : NULL;
    char found[FOUND_SIZE];
    node_found(key, found, sizeof found);
    if (is_later(shape, key->text))
        diag_error(r->d, key, "%s is not available in this version", found);
    else if (guess)
        diag_error(r->d, key, "unknown key %s; did you mean `%s`?", found, guess);
    else
        diag_error(r->d, key, "unknown key %s in the %s", found, shape->name);
}

/* Keys that begin with x- hold anchors and notes; nobody reads them. */
static void check_keys(struct reader *r, const struct shape *shape, const struct node *n)
{
    node_each(e, n)
        if (!find_row(shape, e->key->text) && strncmp(e->key->text, "x-", 2) != 0)
            complain_unknown(r, shape, e->key);
}

/* --- a mapping ---------------------------------------------------------------------------- */

static void read_normal(struct reader *r, const struct row *row, const struct node *place,
                        void *object)
{
    struct node n = *place;
    n.kind = NODE_TEXT;
    n.secret = n.broken = false;
    n.plain = true;
    n.text = n.shown = row->normal;
    row->type->read(r, row, &n, object);
}

/* Also into the mappings that are part of this object, which may not be written at all. */
static void set_normal(struct reader *r, const struct row *row, const struct node *place,
                       void *object)
{
    if (row->normal)
        read_normal(r, row, place, object);
    else if (row->type == &type_map)
        read_normals(r, row->of, place, (char *)object + row->at);
}

void read_normals(struct reader *r, const struct shape *shape, const struct node *place,
                  void *object)
{
    shape_each(row, shape)
        set_normal(r, row, place, object);
}

static void read_rows(struct reader *r, const struct shape *shape, const struct node *n,
                      void *object)
{
    shape_each(row, shape) {
        const struct node *value = node_get(n, row->key);
        if (value)
            row->type->read(r, row, value, object);
        else if (row->flags & ROW_REQUIRED)
            diag_error(r->d, n, "the %s has no `%s`", shape->name, row->key);
        else if (!shape->begin)
            set_normal(r, row, n, object);
    }
}

/* A plain value stands for the mapping with that one key. */
static const struct node *unfold(struct reader *r, const struct shape *shape, const struct node *n)
{
    bool nothing = node_is_null(n);
    if (n->kind != NODE_TEXT || (!nothing && !shape->plain))
        return n;
    struct node *map = tree_node(r->tree, n->source, n->line, n->column);
    map->kind = NODE_MAP;
    if (nothing)
        return map;
    struct node *key = tree_node(r->tree, n->source, n->line, n->column);
    key->text = key->shown = shape->plain;
    node_append(r->tree, map, key, (struct node *)n);
    return map;
}

void read_map(struct reader *r, const struct shape *shape, const struct node *n, void *object)
{
    char found[FOUND_SIZE];
    const struct zone *outer = r->zone;
    n = unfold(r, shape, n);
    if (n->kind != NODE_MAP) {
        if (!n->broken)
            diag_error(r->d, n, "the %s must be a mapping, not %s", shape->name,
                       node_found(n, found, sizeof found));
        return;
    }
    if (shape->begin)
        shape->begin(r, object);
    check_keys(r, shape, n);
    read_rows(r, shape, n, object);
    if (shape->check)
        shape->check(r, n, object);
    r->zone = outer;
}

/* --- the types made of shapes ------------------------------------------------------------- */

static void read_nested(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    read_map(r, row->of, n, FIELD(object, row, char));
}

/* One more than asked for: link.c may add a policy. */
static char *make_items(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct shape *shape = row->of;
    char *items = arena_calloc(&r->config->arena, n->n + 1, shape->size);
    *FIELD(object, row, char *) = items;
    *BESIDE(object, row, size_t) = n->n;
    return items;
}

static void read_list(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct shape *shape = row->of;
    if (node_is_null(n))
        return;
    if (n->kind != NODE_LIST) {
        read_refuse(r, row, n);
        return;
    }
    char *item = make_items(r, row, n, object);
    node_each(e, n) {
        read_map(r, shape, e->value, item);
        const struct node *name = shape->target ? node_get(e->value, "name") : NULL;
        if (name && *(const char **)item)
            refs_define(r, shape->target, name, item);
        item += shape->size;
    }
}

static void read_named(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct shape *shape = row->of;
    char found[FOUND_SIZE];
    if (node_is_null(n))
        return;
    if (n->kind != NODE_MAP) {
        read_refuse(r, row, n);
        return;
    }
    char *item = make_items(r, row, n, object);
    node_each(e, n) {
        *(const char **)item = read_keep(r, e->key, e->key->text);
        if (!name_good(e->key->text, NAME_MAX_BYTES))
            diag_error(r->d, e->key, "the name of a %s must be %s, not %s", shape->name,
                       type_name.expected, node_found(e->key, found, sizeof found));
        refs_define(r, shape->target, e->key, item);
        read_map(r, shape, e->value, item);
        item += shape->size;
    }
}

/* `defaults` is not part of the configuration: it is what every monitor begins with. */
static void read_defaults(struct reader *r, const struct row *row, const struct node *n,
                          void *object)
{
    (void)object;
    read_map(r, row->of, n, &r->defaults);
}

/* Has been followed before any row is read. */
static void read_include(struct reader *r, const struct row *row, const struct node *n,
                         void *object)
{
    (void)r, (void)row, (void)n, (void)object;
}

static void read_ref(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *name = read_text(r, row, n);
    if (name)
        refs_need(r, &(struct pending){.target = *(const enum target *)row->of,
                                       .place = n,
                                       .name = name,
                                       .slot = FIELD(object, row, const void *)});
}

static void schema_include(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"array\"]");
    jw_key(w, "items");
    jw_raw(w, "{\"type\":\"string\"}");
}

const struct type type_map = {"mapping", "a mapping", .read = read_nested, .nested = true};
const struct type type_list = {"list of mappings", "a list", .read = read_list, .nested = true,
                               .list = true};
const struct type type_named = {"mapping by name", "a mapping of names", .read = read_named,
                                .nested = true};
const struct type type_defaults = {"mapping", "a mapping", .read = read_defaults, .nested = true};
const struct type type_include = {
    "file patterns",
    "a list of file patterns",
    .read = read_include,
    .schema = schema_include,
};
const struct type type_ref = {"name", "a name", .read = read_ref};
