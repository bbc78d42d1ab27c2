/* vault.c - text that may be secret, kept in blocks of its own and wiped at the end. */
#include "vault.h"

#include <string.h>

#include "base/mem.h"

#define BLOCK_SIZE (32 * 1024)

struct block {
    struct block *next;
    size_t used, size;
    char bytes[];
};

struct vault {
    struct block *blocks; /* the newest first */
};

struct vault *vault_new(void)
{
    return mem_new(struct vault);
}

void vault_free(struct vault *v)
{
    if (!v)
        return;
    while (v->blocks) {
        struct block *b = v->blocks;
        v->blocks = b->next;
        explicit_bzero(b->bytes, b->used);
        mem_free(b);
    }
    mem_free(v);
}

static struct block *block_with_room(struct vault *v, size_t n)
{
    struct block *b = v->blocks;
    if (b && b->size - b->used >= n)
        return b;
    size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
    b = mem_alloc(sizeof *b + size);
    b->size = size;
    b->next = v->blocks;
    return v->blocks = b;
}

char *vault_keep(struct vault *v, const char *bytes, size_t n)
{
    struct block *b = block_with_room(v, n + 1);
    char *kept = b->bytes + b->used;
    if (n > 0)
        memcpy(kept, bytes, n);
    kept[n] = '\0';
    b->used += n + 1;
    return kept;
}
