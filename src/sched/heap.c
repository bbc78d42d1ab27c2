/* heap.c - a binary heap of borrowed nodes; each node knows its place. */
#include "sched/heap.h"

#include "base/mem.h"

static bool before(const struct heap_node *a, const struct heap_node *b)
{
    return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void place(struct heap *h, size_t i, struct heap_node *node)
{
    h->nodes[i] = node;
    node->at = i + 1;
}

static void rise(struct heap *h, size_t i, struct heap_node *node)
{
    for (size_t parent; i > 0 && before(node, h->nodes[parent = (i - 1) / 2]); i = parent)
        place(h, i, h->nodes[parent]);
    place(h, i, node);
}

static void sink(struct heap *h, size_t i, struct heap_node *node)
{
    for (size_t child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && before(h->nodes[child + 1], h->nodes[child]))
            child++;
        if (!before(h->nodes[child], node))
            break;
        place(h, i, h->nodes[child]);
    }
    place(h, i, node);
}

/* Puts `node` where it belongs, beginning at the free place i. */
static void settle(struct heap *h, size_t i, struct heap_node *node)
{
    if (i > 0 && before(node, h->nodes[(i - 1) / 2]))
        rise(h, i, node);
    else
        sink(h, i, node);
}

void heap_done(struct heap *h)
{
    for (size_t i = 0; i < h->n; i++)
        h->nodes[i]->at = 0;
    mem_free(h->nodes);
    *h = (struct heap){0};
}

void heap_put(struct heap *h, struct heap_node *node, int64_t due)
{
    node->due = due;
    node->seq = h->seq++;
    if (node->at) {
        settle(h, node->at - 1, node);
        return;
    }
    if (h->n == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 16;
        h->nodes = mem_resize(h->nodes, h->cap, sizeof *h->nodes);
    }
    h->n++;
    rise(h, h->n - 1, node);
}

void heap_del(struct heap *h, struct heap_node *node)
{
    if (!node->at)
        return;
    size_t i = node->at - 1;
    struct heap_node *last = h->nodes[--h->n];
    node->at = 0;
    if (last != node)
        settle(h, i, last);
}

struct heap_node *heap_first(const struct heap *h)
{
    return h->n ? h->nodes[0] : NULL;
}

bool heap_holds(const struct heap_node *node)
{
    return node->at != 0;
}
