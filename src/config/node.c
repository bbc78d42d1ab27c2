/* node.c - the tree of nodes. */
#include "node.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

void tree_init(struct tree *t, const struct load_options *o, struct diagnostics *d)
{
    *t = (struct tree){.vault = vault_new(), .options = o, .d = d};
    arena_init(&t->arena);
}

void tree_done(struct tree *t)
{
    vault_free(t->vault);
    arena_done(&t->arena);
}

const struct source *tree_source(struct tree *t, const char *path, int order)
{
    struct source *s = arena_new(&t->arena, struct source);
    s->path = arena_strdup(&t->arena, path);
    s->order = order;
    return s;
}

struct node *tree_node(struct tree *t, const struct source *s, int line, int column)
{
    struct node *n = arena_new(&t->arena, struct node);
    n->source = s;
    n->line = line;
    n->column = column;
    n->weight = 1;
    return n;
}

void node_append(struct tree *t, struct node *list, struct node *key, struct node *value)
{
    struct entry *e = arena_new(&t->arena, struct entry);
    e->key = key;
    e->value = value;
    if (list->last)
        list->last->next = e;
    else
        list->first = e;
    list->last = e;
    list->n++;
}

const struct entry *node_entry(const struct node *map, const char *key)
{
    if (map->kind != NODE_MAP)
        return NULL;
    node_each(e, map)
        if (strcmp(e->key->text, key) == 0)
            return e;
    return NULL;
}

struct node *node_get(const struct node *map, const char *key)
{
    const struct entry *e = node_entry(map, key);
    return e ? e->value : NULL;
}

bool node_is_null(const struct node *n)
{
    return n->kind == NODE_TEXT && n->plain && !n->secret &&
           (!*n->text || strcmp(n->text, "~") == 0 || strcasecmp(n->text, "null") == 0);
}

const char *node_found(const struct node *n, char *dst, size_t size)
{
    if (n->kind == NODE_LIST)
        return "a list";
    if (n->kind == NODE_MAP)
        return "a mapping";
    if (node_is_null(n))
        return "nothing";
    char cut[61];
    text_copy(cut, sizeof cut, n->shown);
    snprintf(dst, size, "`%s%s`", cut, strlen(n->shown) >= sizeof cut ? "…" : "");
    return dst;
}

const char *node_place(const struct node *n, char *dst, size_t size)
{
    snprintf(dst, size, "%s:%d:%d", n->source->path, n->line, n->column);
    return dst;
}
