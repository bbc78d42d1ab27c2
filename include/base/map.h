/* map.h - text -> pointer, open addressing.
 *
 * Keys are borrowed: they must outlive their entry. The hash is seeded once per map,
 * so keys may come from strangers. Walk with an index; deleting while walking is not
 * allowed. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map {
    struct map_slot *slots;
    size_t n, cap; /* cap is 0 or a power of two */
    uint64_t seed;
};

void map_init(struct map *m, uint64_t seed);
void map_done(struct map *m);
void *map_get(const struct map *m, const char *key);       /* NULL when absent */
void map_put(struct map *m, const char *key, void *value); /* replaces; value is not NULL */
void *map_del(struct map *m, const char *key);             /* what was there, or NULL */

/* for (size_t i = 0; map_next(&m, &i, &key, &value);) … */
bool map_next(const struct map *m, size_t *i, const char **ret_key, void **ret_value);

#endif
