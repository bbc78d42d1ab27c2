/* load.c - files to nodes, nodes to a configuration.
 *
 * Happy path: the first file -> its includes, merged into it -> the rows -> links.
 * Failures: all of them are gathered; a configuration is handed out only without errors. */
#include "config/load.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "eval/expect.h"
#include "files.h"
#include "reader.h"
#include "yaml.h"

#define INCLUDES_MAX 1000

struct loading {
    struct reader reader;
    struct tree tree;
    struct map seen; /* paths of the files read */
    uint64_t digest; /* of their bytes, one after the other */
    int files;
};

/* --- included files ----------------------------------------------------------------------- */

static void report_twice(struct loading *l, const struct entry *e, const struct node *first)
{
    char place[PLACE_SIZE];
    diag_error(l->tree.d, e->key, "`%s` stands in two files; the first is at %s", e->key->shown,
               node_place(first, place, sizeof place));
}

/* Lists and mappings of names grow; whatever can be said only once may not be said twice. */
static bool grows(const struct node *n, const char *key)
{
    for (size_t i = 0; i < shape_file.n_rows; i++) {
        const struct row *row = &shape_file.rows[i];
        if (strcmp(row->key, key) == 0)
            return (row->type->list && n->kind == NODE_LIST) ||
                   (row->type == &type_named && n->kind == NODE_MAP);
    }
    return false;
}

static void merge_section(struct loading *l, struct node *root, const struct entry *e)
{
    const struct entry *there = node_entry(root, e->key->text);
    struct node *first = there ? there->value : NULL;
    if (!first) {
        node_append(&l->tree, root, e->key, e->value);
    } else if (first->kind == e->value->kind && grows(first, e->key->text)) {
        node_each(item, e->value)
            node_append(&l->tree, first, item->key, item->value);
    } else if (node_is_null(first)) {
        *first = *e->value;
    } else if (!node_is_null(e->value)) {
        report_twice(l, e, there->key);
    }
}

static void merge_file(struct loading *l, struct node *root, const struct node *file)
{
    node_each(e, file) {
        if (strcmp(e->key->text, "include") == 0)
            diag_error(l->tree.d, e->key, "only the first file may include others");
        else
            merge_section(l, root, e);
    }
}

static struct node *read_bytes(struct loading *l, const char *path, const char *bytes, size_t n)
{
    const struct source *s = tree_source(&l->tree, path, l->files++);
    map_put(&l->seen, s->path, (void *)s);
    l->digest = hash64(bytes, n, l->digest);
    struct node *root = yaml_read(&l->tree, s, bytes, n);
    l->tree.incomplete |= root == NULL;
    return root;
}

static void include_file(struct loading *l, struct node *root, const struct node *place,
                         const char *path)
{
    struct bytes b;
    struct err e;
    if (map_get(&l->seen, path))
        return;
    if (l->files > INCLUDES_MAX) {
        diag_error(l->tree.d, place, "more than %d files", INCLUDES_MAX);
        return;
    }
    if (files_read(path, YAML_BYTES_MAX, &b, &e) != 0) {
        diag_error(l->tree.d, place, "%s", e.text);
        l->tree.incomplete = true;
        return;
    }
    const struct node *file = read_bytes(l, path, b.p, b.n);
    bytes_wipe(&b);
    if (file)
        merge_file(l, root, file);
}

static void include_pattern(struct loading *l, struct node *root, const struct node *n)
{
    struct paths paths = {0};
    struct err e;
    if (n->kind != NODE_TEXT || node_is_null(n)) {
        diag_error(l->tree.d, n, "`include` must be a list of file patterns");
        return;
    }
    char *pattern = files_beside(n->source->path, n->text);
    if (!n->broken && files_match(pattern, &paths, &e) != 0) {
        diag_error(l->tree.d, n, "%s", n->secret ? "there is no such file" : e.text);
        l->tree.incomplete = true;
    }
    for (size_t i = 0; i < paths.list.n; i++)
        include_file(l, root, n, paths.list.items[i]);
    paths_done(&paths);
    mem_free(pattern);
}

static void follow_includes(struct loading *l, struct node *root)
{
    const struct node *include = node_get(root, "include");
    if (!include || node_is_null(include))
        return;
    if (include->kind != NODE_LIST) {
        include_pattern(l, root, include);
        return;
    }
    node_each(e, include)
        include_pattern(l, root, e->value);
}

/* --- the whole ---------------------------------------------------------------------------- */

static struct config *config_new(const char *path)
{
    struct config *c = mem_new(struct config);
    arena_init(&c->arena);
    map_init(&c->by_name, 0);
    map_init(&c->zones, 0);
    c->vault = vault_new();
    c->path = arena_strdup(&c->arena, path);
    return c;
}

void config_free(struct config *c)
{
    void *zone;
    if (!c)
        return;
    for (size_t i = 0; i < c->n_monitors; i++) {
        for (size_t k = 0; k < c->monitors[i].n_expect; k++)
            expect_free(c->monitors[i].expect[k]);
        for (size_t k = 0; k < c->monitors[i].n_warn; k++)
            expect_free(c->monitors[i].warn[k]);
    }
    for (size_t i = 0; map_next(&c->zones, &i, NULL, &zone);)
        zone_free(zone);
    map_done(&c->zones);
    map_done(&c->by_name);
    vault_free(c->vault);
    arena_done(&c->arena);
    mem_free(c);
}

static void read_root(struct loading *l, const struct node *root)
{
    struct reader *r = &l->reader;
    r->root = root;
    read_normals(r, &shape_monitor, root, &r->defaults);
    read_map(r, &shape_file, root, r->config);
    link_config(r);
    l->digest ^= r->digest;
    snprintf(r->config->digest, sizeof r->config->digest, "%016llx", (unsigned long long)l->digest);
}

static void loading_init(struct loading *l, const char *path, const struct load_options *o,
                         struct diagnostics *d)
{
    *l = (struct loading){0};
    tree_init(&l->tree, o, d);
    map_init(&l->seen, 0);
    l->reader = (struct reader){.config = config_new(path), .tree = &l->tree, .d = d};
    for (int i = 0; i < TARGET_COUNT; i++)
        map_init(&l->reader.refs.defined[i], 0);
}

static void loading_done(struct loading *l)
{
    refs_done(&l->reader.refs);
    vec_done(&l->reader.windows);
    vec_done(&l->reader.slos);
    map_done(&l->seen);
    tree_done(&l->tree);
}

int config_parse(const char *path, const char *bytes, size_t n, const struct load_options *o,
                 struct config **ret, struct diagnostics *d)
{
    struct loading l;
    *d = (struct diagnostics){0};
    loading_init(&l, path, o, d);
    struct node *root = read_bytes(&l, path, bytes, n);
    if (root) {
        follow_includes(&l, root);
        read_root(&l, root);
    }
    struct config *c = l.reader.config;
    loading_done(&l);
    diag_finish(d);
    if (d->errors == 0) {
        *ret = c;
        return 0;
    }
    config_free(c);
    return -1;
}

int config_load(const char *path, const struct load_options *o, struct config **ret,
                struct diagnostics *d)
{
    struct bytes b;
    struct err e;
    *d = (struct diagnostics){0};
    if (files_read(path, YAML_BYTES_MAX, &b, &e) != 0) {
        struct source source = {.path = path};
        diag_error(d, &(struct node){.source = &source}, "%s", e.text);
        return -1;
    }
    int status = config_parse(path, b.p, b.n, o, ret, d);
    bytes_wipe(&b);
    return status;
}

/* --- what a reload cannot change ---------------------------------------------------------- */

static bool differs(const struct row *row, const struct config *a, const struct config *b)
{
    if (row->type->wide)
        return *FIELD(a, row, const int64_t) != *FIELD(b, row, const int64_t);
    return !text_eq(*FIELD(a, row, const char *const), *FIELD(b, row, const char *const));
}

static const char *first_that_differs(const struct shape *shape, const struct config *a,
                                      const struct config *b)
{
    shape_each(row, shape) {
        const char *within = row->type == &type_map ? first_that_differs(row->of, a, b) : NULL;
        if (within)
            return within;
        if ((row->flags & ROW_RESTART) && differs(row, a, b))
            return row->key;
    }
    return NULL;
}

const char *config_needs_restart(const struct config *running, const struct config *next)
{
    return first_that_differs(&shape_file, running, next);
}
