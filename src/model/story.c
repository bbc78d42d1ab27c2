/* story.c - events in order, and until when they are followed. */
#include "model/story.h"

#include <stdlib.h>

static int by_instant(const void *a, const void *b)
{
    const struct story_event *x = *(const struct story_event *const *)a;
    const struct story_event *y = *(const struct story_event *const *)b;

    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    return x < y ? -1 : x > y; /* as they were told */
}

static void sort(struct story *s)
{
    struct story_event *sorted = arena_calloc(&s->arena, s->n_events, sizeof *sorted);
    const struct story_event **order = mem_calloc(s->n_events, sizeof *order);

    for (size_t i = 0; i < s->n_events; i++)
        order[i] = &s->events[i];
    qsort(order, s->n_events, sizeof *order, by_instant);
    for (size_t i = 0; i < s->n_events; i++)
        sorted[i] = *order[i];
    mem_free(order);
    s->events = sorted;
}

static int64_t end_of(const struct story_event *e)
{
    int64_t end_ms = e->at_ms + e->for_ms;

    if (e->kind == STORY_DEED && e->at_ms + e->deed.until_ms > end_ms)
        end_ms = e->at_ms + e->deed.until_ms;
    if (e->quiet && e->at_ms + e->quiet->end_ms > end_ms)
        end_ms = e->at_ms + e->quiet->end_ms;
    return end_ms;
}

void story_settle(struct story *s)
{
    int64_t end_ms = s->start_ms + STORY_SHORTEST_MS;

    if (s->n_events > 0)
        sort(s);
    for (size_t i = 0; i < s->n_events; i++)
        if (end_of(&s->events[i]) + STORY_AFTER_MS > end_ms)
            end_ms = end_of(&s->events[i]) + STORY_AFTER_MS;
    if (!s->until_ms)
        s->until_ms = end_ms;
    if (s->until_ms > s->start_ms + STORY_LONGEST_MS)
        s->until_ms = s->start_ms + STORY_LONGEST_MS;
}

void story_done(struct story *s)
{
    arena_done(&s->arena);
    *s = (struct story){0};
}
