/* regions.c - we are here, and who else was seen.
 *
 * Happy path: when the store is up, and every five seconds from then on: our region's instant is
 *             written, all are read, and the app hears of them.
 * Failures:   an error is counted, and the next beat tries again; the end of the connection ends
 *             the beats until the store is up again. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "internal.h"

#define BEAT_MS     5000
#define REGIONS_MAX 64

struct regions {
    struct region_seen items[REGIONS_MAX];
    size_t n;
};

/* Of more than there is room for, those seen last stay. */
static void add_region(struct regions *all, const struct region_seen *one)
{
    struct region_seen *oldest = &all->items[0];

    if (all->n < REGIONS_MAX) {
        all->items[all->n++] = *one;
        return;
    }
    for (size_t i = 1; i < all->n; i++) {
        if (all->items[i].seen_ms < oldest->seen_ms)
            oldest = &all->items[i];
    }
    if (oldest->seen_ms < one->seen_ms)
        *oldest = *one;
}

static bool read_region(const redisReply *name, const redisReply *at, struct region_seen *ret)
{
    if (name->type != REDIS_REPLY_STRING || at->type != REDIS_REPLY_STRING || name->len == 0 ||
        strlen(name->str) != (size_t)name->len || (size_t)name->len >= sizeof ret->region ||
        !utf8_valid(name->str, (size_t)name->len) ||
        text_int(at->str, 1, INT64_MAX, &ret->seen_ms, NULL) != 0)
        return false;
    text_copy(ret->region, sizeof ret->region, name->str);
    return true;
}

static void on_written(void *arg, const redisReply *r)
{
    if (r != NULL && r->type == REDIS_REPLY_ERROR)
        ((struct store *)arg)->facts.errors++;
}

static void on_read(void *arg, const redisReply *r)
{
    struct store *s = arg;
    struct regions all = {.n = 0};
    struct region_seen one;

    if (r == NULL || s->closing)
        return;
    if (r->type != REDIS_REPLY_ARRAY) {
        s->facts.errors++;
        return;
    }
    for (size_t i = 0; i + 1 < r->elements; i += 2) {
        if (read_region(r->element[i], r->element[i + 1], &one))
            add_region(&all, &one);
    }
    if (s->ev.on_regions != NULL)
        s->ev.on_regions(s->arg, all.items, all.n);
}

void on_beat(void *arg)
{
    struct store *s = arg;
    char now[24];
    const char *write[] = {"HSET", s->keys[KEY_REGIONS], s->region, now, NULL};
    const char *read[] = {"HGETALL", s->keys[KEY_REGIONS], NULL};

    if (s->session != SESSION_READY || s->closing)
        return;
    timer_start(&s->beat, BEAT_MS);
    snprintf(now, sizeof now, "%lld", (long long)loop_now_ms());
    redis_command(s->conn, write, on_written, s);
    redis_command(s->conn, read, on_read, s);
}
