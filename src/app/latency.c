/* latency.c - histograms live as long as what they are of is in the configuration. */
#include "latency.h"

#include "base/mem.h"
#include "base/text.h"

/* A group outlives the configuration it came from, and so does its name. */
struct group {
    struct octaves octaves; /* first: the map's value */
    char name[NAME_SIZE];
};

struct octaves *latency_new(void)
{
    struct octaves *o = mem_new(struct octaves);

    octaves_init(o, LATENCY_FIRST, LATENCY_BOUNDS);
    return o;
}

static void put_group(struct latencies *l, struct map *old, const char *name)
{
    struct group *g;

    if (map_get(&l->by_group, name))
        return;
    g = map_del(old, name);
    if (!g) {
        g = mem_new(struct group);
        text_copy(g->name, sizeof g->name, name);
        octaves_init(&g->octaves, LATENCY_FIRST, LATENCY_BOUNDS);
    }
    map_put(&l->by_group, g->name, g);
}

static void free_all(struct map *groups)
{
    const char *name;
    void *value;

    for (size_t i = 0; map_next(groups, &i, &name, &value);)
        mem_free(value);
    map_done(groups);
}

void latencies_configure(struct latencies *l, const struct config *c)
{
    struct map old = l->by_group;

    l->kind = c->metrics.histograms;
    map_init(&l->by_group, 11);
    for (size_t i = 0; i < c->n_monitors && l->kind == HISTOGRAMS_GROUP; i++)
        if (c->monitors[i].enabled)
            put_group(l, &old, c->monitors[i].group ? c->monitors[i].group : "");
    free_all(&old);
}

struct octaves *latencies_group(struct latencies *l, const char *group)
{
    return map_get(&l->by_group, group ? group : "");
}

void latencies_done(struct latencies *l)
{
    free_all(&l->by_group);
}
