/* mem.c - memory that is there, or the program ends: one line on stderr, then abort().
 *
 * An arena is a list of blocks, newest first; what does not fit into the newest opens
 * another, each twice as large as the one before up to BLOCK_MAX. */
#include "base/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_MIN ((size_t)4096)
#define BLOCK_MAX ((size_t)256 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

static _Noreturn void exhausted(void)
{
    static const char line[] = "midwatch: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
    (void)ignored;
    abort();
}

static size_t product(size_t n, size_t size)
{
    size_t all;
    if (__builtin_mul_overflow(n, size, &all))
        exhausted();
    return all;
}

void *mem_alloc(size_t size)
{
    return mem_calloc(1, size);
}

void *mem_calloc(size_t n, size_t size)
{
    size_t all = product(n, size);
    void *p = calloc(1, all ? all : 1);
    if (!p)
        exhausted();
    return p;
}

void *mem_resize(void *p, size_t n, size_t size)
{
    size_t all = product(n, size);
    void *moved = realloc(p, all ? all : 1);
    if (!moved)
        exhausted();
    return moved;
}

char *mem_strdup(const char *s)
{
    return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *mem_strndup(const char *s, size_t n)
{
    if (!s)
        return NULL;
    size_t len = strnlen(s, n);
    char *copy = mem_alloc(len + 1);
    memcpy(copy, s, len);
    return copy;
}

char *mem_printf(const char *fmt, ...)
{
    char *made;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&made, fmt, ap);
    va_end(ap);
    if (n < 0)
        exhausted();
    return made;
}

void mem_free(void *p)
{
    free(p);
}

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_done(struct arena *a)
{
    struct arena_block *next;
    for (struct arena_block *b = a->blocks; b; b = next) {
        next = b->next;
        free(b);
    }
    *a = (struct arena){0};
}

/* A block with room for `size`. One that holds a single large thing goes behind the
 * newest, which keeps its room for small ones. */
static struct arena_block *block_with_room(struct arena *a, size_t size)
{
    struct arena_block *newest = a->blocks;
    if (newest && newest->size - newest->used >= size)
        return newest;
    size_t want = newest ? newest->size * 2 : BLOCK_MIN;
    if (want > BLOCK_MAX)
        want = BLOCK_MAX;
    int large = size > want / 2;
    struct arena_block *b = mem_alloc(sizeof *b + (large ? size : want));
    b->size = large ? size : want;
    if (large && newest) {
        b->next = newest->next;
        newest->next = b;
    } else {
        b->next = newest;
        a->blocks = b;
    }
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX / 4)
        exhausted();
    size_t rounded = (size + unit - 1) / unit * unit;
    if (rounded == 0)
        rounded = unit;
    struct arena_block *b = block_with_room(a, rounded);
    void *p = b->bytes + b->used;
    b->used += rounded;
    a->bytes += size;
    return p;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
    return arena_alloc(a, product(n, size));
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    if (!s)
        return NULL;
    size_t len = strnlen(s, n);
    char *copy = arena_alloc(a, len + 1);
    memcpy(copy, s, len);
    return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *made = arena_alloc(a, n < 0 ? 1 : (size_t)n + 1);
    if (n > 0)
        vsnprintf(made, (size_t)n + 1, fmt, again);
    va_end(again);
    return made;
}
