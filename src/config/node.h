/* node.h - what libyaml read: a tree in which each piece knows where it stood.
 *
 * Nodes and their text live in the tree's arena and vault and are gone when the
 * configuration has been built. A node named by an anchor is shared, not copied. */
#ifndef CONFIG_NODE_H
#define CONFIG_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/load.h"
#include "vault.h"

struct source {
    const char *path; /* as shown in diagnostics */
    int order;        /* 0: the first file */
};

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    const struct source *source;
    int line, column; /* from 1 */
    enum node_kind kind;
    bool plain;        /* NODE_TEXT: written without quotes */
    bool secret;       /* NODE_TEXT: holds a value from ${…} */
    bool broken;       /* already complained about: say no more */
    const char *text;  /* NODE_TEXT */
    const char *shown; /* the same with *** for every value from ${…} */
    struct entry *first, *last;
    size_t n;      /* entries */
    size_t weight; /* nodes in here, those behind aliases counted each time */
};

struct entry {
    struct entry *next;
    struct node *key; /* NODE_MAP: a NODE_TEXT */
    struct node *value;
};

/* Everything read from the files of one configuration, and what it may ask of the world. */
struct tree {
    struct arena arena;
    struct vault *vault;
    const struct load_options *options;
    struct diagnostics *d;
    size_t bytes, events; /* of all files so far */
    size_t expanded;      /* nodes behind aliases so far */
    bool verbatim;        /* `${…}` is text like any other */
    bool incomplete; /* a file could not be read: names may be missing for no fault of others */
};

void tree_init(struct tree *t, const struct load_options *o, struct diagnostics *d);
void tree_done(struct tree *t);
const struct source *tree_source(struct tree *t, const char *path, int order);
struct node *tree_node(struct tree *t, const struct source *s, int line, int column);
void node_append(struct tree *t, struct node *list, struct node *key, struct node *value);

const struct entry *node_entry(const struct node *map, const char *key);
struct node *node_get(const struct node *map, const char *key); /* NULL when absent or no map */
bool node_is_null(const struct node *n);                        /* written as nothing, ~ or null */
/* What stands there, for an error: "a list", "nothing", "`fast`". */
const char *node_found(const struct node *n, char *dst, size_t size);

#define node_each(e, parent) for (const struct entry *e = (parent)->first; e; e = e->next)

/* `n` is the place. */
void diag_error(struct diagnostics *d, const struct node *n, const char *fmt, ...) MW_PRINTF(3, 4);
void diag_warn(struct diagnostics *d, const struct node *n, const char *fmt, ...) MW_PRINTF(3, 4);
/* Sorts by place, drops what was said twice, keeps the first DIAGNOSTICS_MAX. */
void diag_finish(struct diagnostics *d);
/* "FILE:LINE:COL" of a node. */
const char *node_place(const struct node *n, char *dst, size_t size);
#define PLACE_SIZE 300

#endif
