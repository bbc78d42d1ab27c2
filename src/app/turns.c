/* turns.c - a lane a channel: who waits, and when the last ones began. */
#include "turns.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define MINUTE_US   60000000
#define TOOK_FIRST  (-7) /* 8 ms */
#define TOOK_BOUNDS 12   /* to 16 s */

static size_t waiting_in(const struct lane *n)
{
    return n->waiting.n - n->first;
}

size_t turns_waiting(const struct turns *t)
{
    size_t n = 0;

    for (size_t i = 0; i < t->lanes.n; i++)
        n += waiting_in(t->lanes.items[i]);
    return n;
}

/* When the next may begin: the oldest of the last `most` is a minute old. 0: now. */
static int64_t free_us(const struct lane *n)
{
    int64_t oldest_us = n->most ? n->begun_us[n->oldest] : 0;

    return oldest_us ? oldest_us + MINUTE_US : 0;
}

static void note_begin(struct lane *n, int64_t now_us)
{
    if (!n->most)
        return;
    n->begun_us[n->oldest] = now_us;
    n->oldest = (n->oldest + 1) % n->most;
}

static struct turn pop(struct lane *n)
{
    struct turn one = n->waiting.items[n->first++];

    if (n->first == n->waiting.n)
        n->first = n->waiting.n = 0;
    return one;
}

static void arm(struct turns *t)
{
    int64_t soonest_us = INT64_MAX, delay_us;

    if (!t->timer.on_due)
        return;
    for (size_t i = 0; i < t->lanes.n; i++) {
        const struct lane *n = t->lanes.items[i];

        if (waiting_in(n) && free_us(n) < soonest_us)
            soonest_us = free_us(n);
    }
    if (soonest_us == INT64_MAX)
        return;
    delay_us = soonest_us - loop_mono_us();
    timer_start(&t->timer, delay_us > 0 ? (delay_us + 999) / 1000 : 0);
}

static void let_begin(struct turns *t, struct lane *n)
{
    int64_t now_us = loop_mono_us();

    while (waiting_in(n) && free_us(n) <= now_us) {
        struct turn one = pop(n);

        note_begin(n, now_us);
        t->begin(t->arg, &one);
    }
}

static void on_due(void *arg)
{
    struct turns *t = arg;

    for (size_t i = 0; i < t->lanes.n; i++)
        let_begin(t, t->lanes.items[i]);
    arm(t);
}

static void push(struct lane *n, const struct turn *one)
{
    if (n->first > waiting_in(n)) { /* so the list does not grow while it never runs empty */
        memmove(n->waiting.items, n->waiting.items + n->first,
                waiting_in(n) * sizeof *n->waiting.items);
        n->waiting.n -= n->first;
        n->first = 0;
    }
    vec_push(&n->waiting, *one);
    n->waiting.items[n->waiting.n - 1].waited = true;
}

/* A channel that is not configured has no lane: whoever begins finds that out. */
void turns_take(struct turns *t, const char *channel, const struct turn *one)
{
    struct lane *n = map_get(&t->by_name, channel);
    int64_t now_us = loop_mono_us();

    if (!n || (!waiting_in(n) && free_us(n) <= now_us)) {
        if (n)
            note_begin(n, now_us);
        t->begin(t->arg, one);
        return;
    }
    push(n, one);
    arm(t);
}

void turns_count(struct turns *t, const char *channel, enum outcome o, int64_t took_us)
{
    struct lane *n = map_get(&t->by_name, channel);

    if (!n)
        return;
    n->attempts[o]++;
    octaves_add(&n->took, took_us);
}

/* --- which channels --- */

static void free_lane(struct lane *n)
{
    vec_done(&n->waiting);
    mem_free(n->begun_us);
    mem_free(n);
}

/* The newest beginnings count under the new limit too. */
static void set_most(struct lane *n, size_t most)
{
    int64_t *begun_us = most ? mem_calloc(most, sizeof *begun_us) : NULL;
    size_t known = n->most < most ? n->most : most;

    if (most == n->most) {
        mem_free(begun_us);
        return;
    }
    for (size_t i = 0; i < known; i++) /* the newest stands last, before the oldest */
        begun_us[most - 1 - i] = n->begun_us[(n->oldest + n->most - 1 - i) % n->most];
    mem_free(n->begun_us);
    n->begun_us = begun_us;
    n->most = most;
    n->oldest = 0;
}

static struct lane *take_lane(struct turns *t, const char *name)
{
    struct lane *n = map_get(&t->by_name, name);

    if (n)
        return n;
    n = mem_new(struct lane);
    octaves_init(&n->took, TOOK_FIRST, TOOK_BOUNDS);
    text_copy(n->name, sizeof n->name, name);
    vec_push(&t->lanes, n);
    map_put(&t->by_name, n->name, n);
    return n;
}

static void end_lane(struct turns *t, struct lane *n)
{
    map_del(&t->by_name, n->name);
    set_most(n, 0);
    let_begin(t, n);
    free_lane(n);
}

static void drop_others(struct turns *t)
{
    VEC(struct lane *) gone = {0};
    size_t kept = 0;

    for (size_t i = 0; i < t->lanes.n; i++) {
        struct lane *n = t->lanes.items[i];

        if (n->kept)
            t->lanes.items[kept++] = n;
        else
            vec_push(&gone, n);
        n->kept = false;
    }
    t->lanes.n = kept;
    for (size_t i = 0; i < gone.n; i++)
        end_lane(t, gone.items[i]);
    vec_done(&gone);
}

void turns_configure(struct turns *t, const struct config *c)
{
    for (size_t i = 0; i < c->n_channels; i++) {
        struct lane *n = take_lane(t, c->channels[i].name);

        n->kept = true;
        set_most(n, (size_t)c->channels[i].most_per_minute);
    }
    drop_others(t);
    on_due(t);
}

void turns_init(struct turns *t, struct loop *l, void (*begin)(void *arg, const struct turn *t),
                void *arg)
{
    *t = (struct turns){.begin = begin, .arg = arg};
    map_init(&t->by_name, 11);
    owner_init(&t->owner, NULL, NULL);
    timer_init(&t->timer, l, &t->owner, on_due, t);
}

void turns_stop(struct turns *t)
{
    if (!t->timer.on_due)
        return;
    timer_close(&t->timer);
    t->timer.on_due = NULL;
    for (size_t i = 0; i < t->lanes.n; i++)
        t->lanes.items[i]->waiting.n = t->lanes.items[i]->first = 0;
}

void turns_done(struct turns *t)
{
    for (size_t i = 0; i < t->lanes.n; i++)
        free_lane(t->lanes.items[i]);
    vec_done(&t->lanes);
    map_done(&t->by_name);
}
