/* test_heap.c - a heap of due times against a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sched/heap.h"

#define NODES  300
#define ROUNDS 40000

static uint64_t seed = 20261122;

static uint64_t draw(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* Due times in the order put: the slow truth. */
struct list {
    struct heap_node *nodes[NODES];
    size_t n;
};

static void list_del(struct list *l, const struct heap_node *node)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->nodes[i] == node) {
            memmove(&l->nodes[i], &l->nodes[i + 1], (l->n - i - 1) * sizeof *l->nodes);
            l->n--;
            return;
        }
    }
}

/* Behind all that are due no later. */
static void list_put(struct list *l, struct heap_node *node, int64_t due)
{
    size_t i = 0;
    list_del(l, node);
    while (i < l->n && l->nodes[i]->due <= due)
        i++;
    memmove(&l->nodes[i + 1], &l->nodes[i], (l->n - i) * sizeof *l->nodes);
    l->nodes[i] = node;
    l->n++;
}

static void random_puts_moves_and_removals__first__is_always_the_lists(void **state)
{
    (void)state;
    static struct heap_node nodes[NODES];
    static struct list l;
    struct heap h = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct heap_node *node = &nodes[draw(NODES)];
        if (draw(5) < 3) {
            int64_t due = (int64_t)draw(50) - 25;
            list_put(&l, node, due);
            heap_put(&h, node, due);
        } else {
            if (draw(2) && l.n)
                node = l.nodes[0];
            list_del(&l, node);
            heap_del(&h, node);
        }
        assert_int_equal(h.n, l.n);
        assert_ptr_equal(heap_first(&h), l.n ? l.nodes[0] : NULL);
    }
    for (; l.n; list_del(&l, l.nodes[0])) {
        assert_ptr_equal(heap_first(&h), l.nodes[0]);
        heap_del(&h, l.nodes[0]);
    }
    assert_null(heap_first(&h));
    heap_done(&h);
}

static void equal_due_times__taken__in_the_order_put(void **state)
{
    (void)state;
    struct heap_node nodes[50] = {{0}};
    struct heap h = {0};
    for (size_t i = 0; i < 50; i++)
        heap_put(&h, &nodes[i], 7);
    heap_put(&h, &nodes[10], 7);
    for (size_t i = 0; i < 50; i++) {
        size_t wanted = i < 10 ? i : i < 49 ? i + 1 : 10;
        assert_ptr_equal(heap_first(&h), &nodes[wanted]);
        heap_del(&h, heap_first(&h));
    }
    heap_done(&h);
}

static void node__not_in__may_be_removed(void **state)
{
    (void)state;
    struct heap_node a = {0}, b = {0};
    struct heap h = {0};
    heap_del(&h, &a);
    heap_put(&h, &a, 1);
    heap_del(&h, &b);
    heap_del(&h, &a);
    heap_del(&h, &a);
    assert_false(heap_holds(&a));
    assert_null(heap_first(&h));
    heap_done(&h);
}

static void done__with_nodes_in_it__lets_them_go(void **state)
{
    (void)state;
    struct heap_node a = {0}, b = {0};
    struct heap h = {0};
    heap_put(&h, &a, INT64_MAX);
    heap_put(&h, &b, INT64_MIN);
    assert_ptr_equal(heap_first(&h), &b);
    heap_done(&h);
    assert_false(heap_holds(&a) || heap_holds(&b));
    heap_put(&h, &a, 1);
    assert_ptr_equal(heap_first(&h), &a);
    heap_done(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_puts_moves_and_removals__first__is_always_the_lists),
        cmocka_unit_test(equal_due_times__taken__in_the_order_put),
        cmocka_unit_test(node__not_in__may_be_removed),
        cmocka_unit_test(done__with_nodes_in_it__lets_them_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
