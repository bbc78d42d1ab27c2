/* map.c - text -> pointer, open addressing with linear probing.
 *
 * Never more than three quarters full. Deleting shifts the entries after the hole
 * back, so there are no grave stones and look-ups stay short for ever. */
#include "base/map.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct map_slot {
    const char *key; /* NULL: free */
    void *value;
    uint64_t hash;
};

void map_init(struct map *m, uint64_t seed)
{
    *m = (struct map){.seed = seed};
}

void map_done(struct map *m)
{
    mem_free(m->slots);
    *m = (struct map){.seed = m->seed};
}

/* Where `key` is, or the free slot where it would go. There is always a free one. */
static size_t find(const struct map *m, const char *key, uint64_t hash)
{
    size_t i = hash & (m->cap - 1);
    while (m->slots[i].key && (m->slots[i].hash != hash || strcmp(m->slots[i].key, key) != 0))
        i = (i + 1) & (m->cap - 1);
    return i;
}

static void grow(struct map *m)
{
    struct map_slot *old = m->slots;
    size_t old_cap = m->cap;
    m->cap = old_cap ? old_cap * 2 : 16;
    m->slots = mem_calloc(m->cap, sizeof *m->slots);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].key)
            m->slots[find(m, old[i].key, old[i].hash)] = old[i];
    mem_free(old);
}

void *map_get(const struct map *m, const char *key)
{
    if (m->n == 0 || !key)
        return NULL;
    return m->slots[find(m, key, hash64_text(key, m->seed))].value;
}

void map_put(struct map *m, const char *key, void *value)
{
    assert(key && value);
    if ((m->n + 1) * 4 > m->cap * 3)
        grow(m);
    uint64_t hash = hash64_text(key, m->seed);
    size_t i = find(m, key, hash);
    m->n += m->slots[i].key == NULL;
    m->slots[i] = (struct map_slot){key, value, hash};
}

/* Moves later entries of the same run into the hole at `i` as far as they may go. */
static void close_hole(struct map *m, size_t i)
{
    size_t mask = m->cap - 1;
    for (size_t j = (i + 1) & mask; m->slots[j].key; j = (j + 1) & mask) {
        size_t home = m->slots[j].hash & mask;
        if (((j - home) & mask) < ((j - i) & mask))
            continue;
        m->slots[i] = m->slots[j];
        i = j;
    }
    m->slots[i] = (struct map_slot){0};
}

void *map_del(struct map *m, const char *key)
{
    if (m->n == 0 || !key)
        return NULL;
    size_t i = find(m, key, hash64_text(key, m->seed));
    void *value = m->slots[i].value;
    if (!m->slots[i].key)
        return NULL;
    close_hole(m, i);
    m->n--;
    return value;
}

bool map_next(const struct map *m, size_t *i, const char **ret_key, void **ret_value)
{
    while (*i < m->cap) {
        const struct map_slot *slot = &m->slots[(*i)++];
        if (!slot->key)
            continue;
        if (ret_key)
            *ret_key = slot->key;
        if (ret_value)
            *ret_value = slot->value;
        return true;
    }
    return false;
}
