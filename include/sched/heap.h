/* heap.h - a binary heap of due times. The nodes are embedded in what is due. */
#ifndef SCHED_HEAP_H
#define SCHED_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
    int64_t due; /* any unit; smaller comes first, equal ones in the order put */
    uint64_t seq;
    size_t at; /* place in the heap + 1; 0: not in it */
};

struct heap {
    struct heap_node **nodes;
    size_t n, cap;
    uint64_t seq;
};

void heap_done(struct heap *h); /* borrows its nodes: frees none */
void heap_put(struct heap *h, struct heap_node *node,
              int64_t due);                            /* moves it when it is already in */
void heap_del(struct heap *h, struct heap_node *node); /* nothing when it is not in */
struct heap_node *heap_first(const struct heap *h);    /* NULL when empty */
bool heap_holds(const struct heap_node *node);

#endif
