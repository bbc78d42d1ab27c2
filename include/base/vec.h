/* vec.h - a growing array of any type.
 *
 *     VEC(struct foo) foos = {0};
 *     vec_push(&foos, foo);
 *     for (size_t i = 0; i < foos.n; i++) use(&foos.items[i]);
 *     vec_done(&foos);
 *
 * Growing may move the items. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/mem.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t n, cap;                                                                             \
    }

#define vec_reserve(v, want)                                                                       \
    ((want) <= (v)->cap ? (void)0                                                                  \
                        : (void)((v)->cap = (want), (v)->items = mem_resize((v)->items, (v)->cap,  \
                                                                            sizeof *(v)->items)))
#define vec_push(v, item)                                                                          \
    (vec_reserve((v), (v)->n < (v)->cap ? (v)->cap : ((v)->cap ? (v)->cap * 2 : 8)),               \
     (void)((v)->items[(v)->n++] = (item)))
#define vec_done(v) (mem_free((v)->items), (v)->items = NULL, (void)((v)->n = (v)->cap = 0))

#endif
