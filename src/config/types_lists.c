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
