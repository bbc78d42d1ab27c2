/* mem.h - memory that is there, or the program ends.
 *
 * Running out of memory ends the program with one line on stderr; no caller has a
 * branch for it. Whatever a stranger sizes is capped before it gets here.
 * All memory handed out is zeroed. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/err.h"

#define mem_new(type) ((type *)mem_alloc(sizeof(type)))

void *mem_alloc(size_t size);
void *mem_calloc(size_t n, size_t size);          /* checks n * size */
void *mem_resize(void *p, size_t n, size_t size); /* like reallocarray; new bytes are not zeroed */
char *mem_strdup(const char *s);                  /* NULL stays NULL */
char *mem_strndup(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) MW_PRINTF(1, 2);
void mem_free(void *p); /* NULL accepted */

/* An arena: many allocations, one end. Used for things that live and die together,
 * such as everything read from one configuration file. */
struct arena {
    struct arena_block *blocks;
    size_t bytes; /* handed out so far */
};

void arena_init(struct arena *a);
void arena_done(struct arena *a);
void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
void *arena_calloc(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) MW_PRINTF(2, 3);
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
