/* yaml.c - libyaml's events to nodes.
 *
 * Happy path: one event after the other; a stack of open lists and mappings, at most
 * YAML_DEPTH_MAX high, takes the nodes; aliases share the node they name.
 * Failures: libyaml stops at the first fault of a file, and so do we. What libyaml lets
 * pass is caught here while the events come: depth (it turns quadratic), the number of
 * events, expanded aliases, cycles, duplicate keys, tags, a second document. */
#include "yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/text.h"
#include "interpolate.h"

struct frame {
    struct node *node; /* an open list or mapping */
    struct node *key;  /* of a mapping: the key whose value comes next */
};

struct builder {
    struct tree *tree;
    const struct source *source;
    struct map anchors; /* name -> node */
    struct frame stack[YAML_DEPTH_MAX];
    int depth;
    struct node *root;
    bool failed; /* nothing more can be read */
    int documents;
};

static struct node *node_at(struct builder *b, yaml_mark_t mark)
{
    return tree_node(b->tree, b->source, (int)mark.line + 1, (int)mark.column + 1);
}

static void fail(struct builder *b, const struct node *place, const char *text)
{
    diag_error(b->tree->d, place, "%s", text);
    b->failed = true;
}

/* --- mappings: `<<`, duplicates ---------------------------------------------------------- */

static void report_duplicate(struct builder *b, const struct node *key, const struct node *first)
{
    char place[PLACE_SIZE];
    diag_error(b->tree->d, key, "the key `%s` stands here twice; the first is at %s", key->shown,
               node_place(first, place, sizeof place));
}

static bool is_merge(const struct node *key)
{
    return key->plain && strcmp(key->text, "<<") == 0;
}

/* What the mapping does not say itself, it takes from `from`. */
static void merge_from(struct builder *b, struct node *into, struct map *keys,
                       const struct node *from)
{
    if (from->kind != NODE_MAP) {
        diag_error(b->tree->d, from, "`<<` takes a mapping or a list of mappings");
        return;
    }
    node_each(e, from) {
        if (map_get(keys, e->key->text))
            continue;
        map_put(keys, e->key->text, e->key);
        node_append(b->tree, into, e->key, e->value);
    }
}

static void merge_all(struct builder *b, struct node *map, struct map *keys,
                      const struct node *from)
{
    if (from->kind != NODE_LIST) {
        merge_from(b, map, keys, from);
        return;
    }
    node_each(e, from)
        merge_from(b, map, keys, e->value);
}

/* Rebuilds the entries: each key once, then what `<<` brings. */
static void settle_map(struct builder *b, struct node *map)
{
    struct map keys;
    map_init(&keys, 0);
    const struct entry *given = map->first;
    const struct node *merge = NULL;
    map->first = map->last = NULL;
    map->n = 0;
    for (const struct entry *e = given; e; e = e->next) {
        const struct node *first = map_get(&keys, e->key->text);
        if (first)
            report_duplicate(b, e->key, first);
        else if (is_merge(e->key))
            merge = e->value;
        else
            node_append(b->tree, map, e->key, e->value);
        if (!first)
            map_put(&keys, e->key->text, e->key);
    }
    if (merge)
        merge_all(b, map, &keys, merge);
    map_done(&keys);
}

/* --- putting nodes where they belong ------------------------------------------------------ */

static bool wants_key(const struct builder *b)
{
    const struct frame *top = b->depth > 0 ? &b->stack[b->depth - 1] : NULL;
    return top && top->node->kind == NODE_MAP && !top->key;
}

static void place_node(struct builder *b, struct node *n)
{
    if (b->depth == 0) {
        b->root = n;
        return;
    }
    struct frame *top = &b->stack[b->depth - 1];
    if (top->node->kind == NODE_LIST) {
        node_append(b->tree, top->node, NULL, n);
    } else if (top->key) {
        node_append(b->tree, top->node, top->key, n);
        top->key = NULL;
    } else if (n->kind == NODE_TEXT) {
        top->key = n;
    } else {
        fail(b, n, "a key must be plain text");
    }
}

static void remember_anchor(struct builder *b, const yaml_char_t *anchor, struct node *n)
{
    if (anchor)
        map_put(&b->anchors, arena_strdup(&b->tree->arena, (const char *)anchor), n);
}

static bool refuse_tag(struct builder *b, const yaml_char_t *tag, const struct node *n)
{
    if (!tag)
        return false;
    diag_error(b->tree->d, n, "tags (here `%s`) are not read; every key knows its own type",
               (const char *)tag);
    b->failed = true;
    return true;
}

static void open_node(struct builder *b, struct node *n, const yaml_char_t *anchor,
                      const yaml_char_t *tag)
{
    if (refuse_tag(b, tag, n))
        return;
    if (b->depth == YAML_DEPTH_MAX) {
        fail(b, n, "nested too deeply (more than 32 levels)");
        return;
    }
    n->weight = 0; /* still open: an alias to it would be a cycle */
    remember_anchor(b, anchor, n);
    place_node(b, n);
    b->stack[b->depth++] = (struct frame){.node = n};
}

static void close_node(struct builder *b)
{
    struct node *n = b->stack[--b->depth].node;
    if (n->kind == NODE_MAP)
        settle_map(b, n);
    n->weight = 1;
    node_each(e, n)
        n->weight += e->value->weight;
}

/* --- events ------------------------------------------------------------------------------- */

static void on_document(struct builder *b, const yaml_event_t *ev)
{
    if (b->documents++ > 0)
        fail(b, node_at(b, ev->start_mark), "a second document begins here; a file holds one");
}

static void on_scalar(struct builder *b, const yaml_event_t *ev)
{
    struct node *n = node_at(b, ev->start_mark);
    if (refuse_tag(b, ev->data.scalar.tag, n))
        return;
    const char *text = (const char *)ev->data.scalar.value;
    size_t len = ev->data.scalar.length;
    if (memchr(text, '\0', len)) {
        fail(b, n, "a text holds a NUL byte");
        return;
    }
    n->kind = NODE_TEXT;
    n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    n->text = n->shown = vault_keep(b->tree->vault, text, len);
    if (!wants_key(b) && !b->tree->verbatim)
        interpolate(b->tree, n);
    remember_anchor(b, ev->data.scalar.anchor, n);
    place_node(b, n);
}

static void on_list(struct builder *b, const yaml_event_t *ev)
{
    struct node *n = node_at(b, ev->start_mark);
    n->kind = NODE_LIST;
    open_node(b, n, ev->data.sequence_start.anchor, ev->data.sequence_start.tag);
}

static void on_map(struct builder *b, const yaml_event_t *ev)
{
    struct node *n = node_at(b, ev->start_mark);
    n->kind = NODE_MAP;
    open_node(b, n, ev->data.mapping_start.anchor, ev->data.mapping_start.tag);
}

static void on_end(struct builder *b, const yaml_event_t *ev)
{
    (void)ev;
    close_node(b);
}

static void on_alias(struct builder *b, const yaml_event_t *ev)
{
    const char *name = (const char *)ev->data.alias.anchor;
    struct node *n = map_get(&b->anchors, name), *place = node_at(b, ev->start_mark);
    if (!n) {
        diag_error(b->tree->d, place, "no `&%s` stands before this `*%s`", name, name);
        b->failed = true;
    } else if (n->weight == 0) {
        diag_error(b->tree->d, place, "`*%s` stands inside what it names", name);
        b->failed = true;
    } else if ((b->tree->expanded += n->weight) > YAML_EXPANDED_MAX) {
        fail(b, place, "the aliases up to here stand for more than 100000 nodes");
    } else {
        place_node(b, n);
    }
}

static void (*const handlers[])(struct builder *b, const yaml_event_t *ev) = {
    [YAML_DOCUMENT_START_EVENT] = on_document,
    [YAML_SCALAR_EVENT] = on_scalar,
    [YAML_SEQUENCE_START_EVENT] = on_list,
    [YAML_SEQUENCE_END_EVENT] = on_end,
    [YAML_MAPPING_START_EVENT] = on_map,
    [YAML_MAPPING_END_EVENT] = on_end,
    [YAML_ALIAS_EVENT] = on_alias,
    [YAML_STREAM_START_EVENT] = NULL,
};

static void take_event(struct builder *b, const yaml_event_t *ev)
{
    if (++b->tree->events > YAML_EVENTS_MAX)
        fail(b, node_at(b, ev->start_mark), "more than 2000000 YAML events");
    else if (ev->type < sizeof handlers / sizeof *handlers && handlers[ev->type])
        handlers[ev->type](b, ev);
}

/* --- faults libyaml finds ----------------------------------------------------------------- */

/* Where byte `at` is. Bad UTF-8 does not move the column. */
static struct node *node_at_byte(struct builder *b, const char *bytes, size_t n, size_t at)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < n && i < at; i++) {
        if (bytes[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)bytes[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return tree_node(b->tree, b->source, line, column);
}

/* Is a tab among the white space that line `line` begins with? */
static bool tab_indents(const char *bytes, size_t n, size_t line)
{
    const char *p = bytes, *end = bytes + n;
    for (; line > 0 && p; line--) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    while (p && p < end && *p == ' ')
        p++;
    return p && p < end && *p == '\t';
}

static void report_fault(struct builder *b, const yaml_parser_t *p, const char *bytes, size_t n)
{
    const char *problem = p->problem ? p->problem : "cannot be read";
    b->failed = true;
    if (p->error == YAML_READER_ERROR) {
        diag_error(b->tree->d, node_at_byte(b, bytes, n, p->problem_offset), "YAML: %s", problem);
        return;
    }
    const struct node *place = node_at(b, p->problem_mark);
    if (tab_indents(bytes, n, p->problem_mark.line))
        diag_error(b->tree->d, place, "a tab cannot indent YAML; use spaces");
    else if (p->context)
        diag_error(b->tree->d, place, "YAML: %s, %s (which begins in line %zu)", problem,
                   p->context, p->context_mark.line + 1);
    else
        diag_error(b->tree->d, place, "YAML: %s", problem);
}

static void read_events(struct builder *b, yaml_parser_t *parser, const char *bytes, size_t n)
{
    for (bool more = true; more && !b->failed;) {
        yaml_event_t ev;
        if (!yaml_parser_parse(parser, &ev)) {
            report_fault(b, parser, bytes, n);
            return;
        }
        more = ev.type != YAML_STREAM_END_EVENT;
        take_event(b, &ev);
        yaml_event_delete(&ev);
    }
}

/* --- the file ----------------------------------------------------------------------------- */

/* libyaml compares every directive with all before it; nobody needs one here. */
static const char *find_directive(const char *bytes, size_t n)
{
    if (n > 0 && *bytes == '%')
        return bytes;
    const char *found = memmem(bytes, n, "\n%TAG", 5);
    return found ? found + 1 : NULL;
}

static bool refuse_before_reading(struct builder *b, const char *bytes, size_t n)
{
    b->tree->bytes += n;
    const char *directive = find_directive(bytes, n);
    if (b->tree->bytes > YAML_BYTES_MAX)
        fail(b, tree_node(b->tree, b->source, 1, 1), "the files are larger than 16 MiB together");
    else if (directive)
        fail(b, node_at_byte(b, bytes, n, (size_t)(directive - bytes)), "directives are not read");
    return b->failed;
}

static void build(struct builder *b, const char *bytes, size_t n)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        fail(b, tree_node(b->tree, b->source, 1, 1), "no memory to read YAML");
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, n);
    read_events(b, &parser, bytes, n);
    yaml_parser_delete(&parser);
}

struct node *yaml_read(struct tree *t, const struct source *s, const char *bytes, size_t n)
{
    struct builder b = {.tree = t, .source = s};
    map_init(&b.anchors, 0);
    if (!refuse_before_reading(&b, bytes, n))
        build(&b, bytes, n);
    map_done(&b.anchors);
    if (!b.failed && (!b.root || node_is_null(b.root)))
        fail(&b, tree_node(t, s, 1, 1), "the file is empty");
    if (!b.failed && b.root->kind != NODE_MAP)
        fail(&b, b.root, "a configuration begins with keys, such as `monitors:`");
    return b.failed ? NULL : b.root;
}
