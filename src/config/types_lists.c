/* types_lists.c - headers, labels, expectations: many small things under one key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "eval/expect.h"
#include "reader.h"

/* --- mappings of free names --------------------------------------------------------------- */

#define HEADERS_MAX    50
#define LABEL_NAME_MAX 64

static bool header_name_good(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= 100 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789!#$%&'*+-.^_`|~") == n;
}

static bool map_good(struct reader *r, const struct row *row, const struct node *n, size_t max)
{
    char why[60];
    snprintf(why, sizeof why, "%zu entries, at most %zu", n->n, max);
    if (n->kind != NODE_MAP)
        read_refuse(r, row, n);
    else if (n->n > max)
        read_refuse_why(r, row, n, why);
    return n->kind == NODE_MAP && n->n <= max;
}

static void read_headers(struct reader *r, const struct row *row, const struct node *n,
                         void *object)
{
    char found[FOUND_SIZE];
    if (!map_good(r, row, n, HEADERS_MAX))
        return;
    struct http_header *headers = arena_calloc(&r->config->arena, n->n + 1, sizeof *headers);
    size_t count = 0;
    node_each(e, n) {
        const char *value = read_text(r, row, e->value);
        if (!header_name_good(e->key->text)) {
            diag_error(r->d, e->key, "%s cannot be the name of a header",
                       node_found(e->key, found, sizeof found));
        } else if (value && strpbrk(value, "\r\n")) {
            diag_error(r->d, e->value, "the value of a header is one line");
        } else if (value) {
            headers[count].name = read_keep(r, e->key, e->key->text);
            headers[count++].value = read_keep_secret(r, value);
        }
    }
    *FIELD(object, row, struct http_header *) = headers;
    *BESIDE(object, row, size_t) = count;
}

static int compare_labels(const void *a, const void *b)
{
    return strcmp(((const struct label *)a)->name, ((const struct label *)b)->name);
}

static bool label_good(struct reader *r, const struct row *row, const struct entry *e)
{
    char found[FOUND_SIZE];
    if (!name_good(e->key->text, LABEL_NAME_MAX)) {
        diag_error(r->d, e->key,
                   "the name of a label is 1 to %d of the letters A-Z a-z 0-9 . _ -, not %s",
                   LABEL_NAME_MAX, node_found(e->key, found, sizeof found));
        return false;
    }
    const char *value = read_text(r, row, e->value);
    if (value && strpbrk(value, "\r\n"))
        diag_error(r->d, e->value, "the value of a label is one line");
    return value && !strpbrk(value, "\r\n");
}

/* Packed as in an incident: "name=value\n" each. */
static void check_labels_fit(struct reader *r, const struct row *row, const struct node *n,
                             const struct label *labels, size_t count)
{
    size_t packed = 1;
    char why[80];
    for (size_t i = 0; i < count; i++)
        packed += strlen(labels[i].name) + strlen(labels[i].value) + 2;
    snprintf(why, sizeof why, "%zu bytes of names and values, at most %d fit", packed, LABELS_SIZE);
    if (packed > LABELS_SIZE)
        read_refuse_why(r, row, n, why);
}

static void read_labels(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    if (!map_good(r, row, n, LABELS_SIZE / 2))
        return;
    struct label *labels = arena_calloc(&r->config->arena, n->n + 1, sizeof *labels);
    size_t count = 0;
    node_each(e, n)
        if (label_good(r, row, e))
            labels[count++] = (struct label){read_keep(r, e->key, e->key->text),
                                             read_keep(r, e->value, e->value->text)};
    qsort(labels, count, sizeof *labels, compare_labels);
    check_labels_fit(r, row, n, labels, count);
    *FIELD(object, row, struct label *) = labels;
    *BESIDE(object, row, size_t) = count;
}

static void schema_free_names(const struct row *row, struct jw *w)
{
    jw_kv_text(w, "type", "object");
    jw_kv_object(w, "propertyNames");
    jw_kv_text(w, "pattern", row->type->pattern);
    jw_object_end(w);
    jw_key(w, "additionalProperties");
    jw_raw(w, "{\"type\":[\"string\",\"number\",\"boolean\"]}");
}

const struct type type_headers = {
    "name: text",
    "a mapping of texts",
    .read = read_headers,
    .schema = schema_free_names,
    .pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
};
const struct type type_labels = {
    "name: text",
    "a mapping of texts",
    .read = read_labels,
    .schema = schema_free_names,
    .pattern = "^[A-Za-z0-9._-]{1,64}$",
};

/* --- lists of names ----------------------------------------------------------------------- */

#define NAMES_MAX 100

/* What has been said already need not be said again: that is a slip. */
static bool named_before(const struct node *list, const struct entry *end)
{
    node_each(e, list) {
        if (e == end)
            return false;
        if (e->value->kind == NODE_TEXT && strcmp(e->value->text, end->value->text) == 0)
            return true;
    }
    return false;
}

static bool name_in_list(struct reader *r, const struct row *row, const struct node *list,
                         const struct entry *e)
{
    char found[FOUND_SIZE];
    const char *text = read_text(r, row, e->value);
    if (!text)
        return false;
    if (!name_good(text, NAME_MAX_BYTES))
        diag_error(r->d, e->value, "`%s`: a name is %s, not %s", row->key, type_name.expected,
                   read_found(row, e->value, found, sizeof found));
    else if (named_before(list, e))
        diag_error(r->d, e->value, "`%s`: %s stands here twice", row->key,
                   read_found(row, e->value, found, sizeof found));
    else
        return true;
    return false;
}

/* One name or a list of names; NULL after a complaint about the list as a whole. */
static const struct node *list_of_names(struct reader *r, const struct row *row,
                                        const struct node *n)
{
    const struct node *list = read_as_list(r, n);
    char why[60];
    if (n->kind == NODE_MAP) {
        read_refuse(r, row, n);
        return NULL;
    }
    snprintf(why, sizeof why, "%zu names, at most %d", list->n, NAMES_MAX);
    if (list->n > NAMES_MAX)
        read_refuse_why(r, row, n, why);
    return list->n > NAMES_MAX ? NULL : list;
}

static void read_names(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct node *list = list_of_names(r, row, n);
    if (!list)
        return;
    const char **names = arena_calloc(&r->config->arena, list->n + 1, sizeof *names);
    size_t count = 0;
    node_each(e, list)
        if (name_in_list(r, row, list, e))
            names[count++] = read_keep(r, e->value, e->value->text);
    *FIELD(object, row, const char **) = names;
    *BESIDE(object, row, size_t) = count;
}

static void read_refs(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct node *list = list_of_names(r, row, n);
    if (!list)
        return;
    const void **objects = arena_calloc(&r->config->arena, list->n + 1, sizeof *objects);
    size_t count = 0;
    node_each(e, list)
        if (name_in_list(r, row, list, e))
            refs_need(r, &(struct pending){.target = *(const enum target *)row->of,
                                           .place = e->value,
                                           .name = e->value->text,
                                           .slot = &objects[count++]});
    *FIELD(object, row, const void **) = objects;
    *BESIDE(object, row, size_t) = count;
}

static void schema_names(const struct row *row, struct jw *w)
{
    (void)row;
    jw_kv_list(w, "anyOf");
    jw_raw(w, "{\"type\":\"string\"}");
    jw_raw(w, "{\"type\":\"null\"}");
    jw_object(w);
    jw_kv_text(w, "type", "array");
    jw_kv_int(w, "maxItems", NAMES_MAX);
    jw_kv_bool(w, "uniqueItems", true);
    jw_kv_object(w, "items");
    type_name.schema(&(struct row){.type = &type_name}, w);
    jw_object_end(w);
    jw_object_end(w);
    jw_list_end(w);
}

const struct type type_names = {
    "names",
    "a list of names",
    .read = read_names,
    .schema = schema_names,
};
const struct type type_refs = {
    "names",
    "a list of names",
    .read = read_refs,
    .schema = schema_names,
};

/* --- expectations ------------------------------------------------------------------------- */

static void compile(struct reader *r, const struct row *row, const struct node *n,
                    struct expectation **ret)
{
    struct err e;
    const char *text = read_text(r, row, n);
    if (text && expect_compile(text, "http", ret, &e) != 0)
        read_refuse_why(r, row, n,
                        read_shows(row, n) ? e.text : "the value from `${…}` is no expectation");
    else if (text && n->secret)
        expect_hide(*ret, n->shown);
}

/* The ones compiled so far are counted at once, so that config_free() finds them. */
static void read_expect(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct node *list = read_as_list(r, n);
    struct expectation **compiled = arena_calloc(&r->config->arena, list->n + 1, sizeof *compiled);
    size_t *count = BESIDE(object, row, size_t);
    *FIELD(object, row, struct expectation **) = compiled;
    *count = 0;
    node_each(e, list) {
        if (e->value->kind == NODE_MAP)
            read_refuse_why(r, row, e->value, "an expectation with `: ` in it is put in quotes");
        else
            compile(r, row, e->value, &compiled[*count]);
        *count += compiled[*count] != NULL;
    }
}

static void schema_expect(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"array\"]");
    jw_kv_int(w, "maxItems", HELD_MAX);
    jw_key(w, "items");
    jw_raw(w, "{\"type\":\"string\"}");
}

const struct type type_expect = {"expectations", "a list of expectations", .read = read_expect,
                                 .schema = schema_expect};
