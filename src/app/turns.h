/* turns.h - `most_per_minute`: attempts of one channel that must wait begin in their order.
 *
 * Exact: in no sixty seconds do more begin than the channel allows. What waits is bounded by the
 * engine's own deliveries, which are still being sent as far as it knows. */
#ifndef SRC_APP_TURNS_H
#define SRC_APP_TURNS_H

#include "base/map.h"
#include "base/octaves.h"
#include "base/vec.h"
#include "loop/loop.h"
#include "model/config.h"

struct turn {
    char id[DELIVERY_ID_SIZE];
    int attempt;
    int64_t decided_us; /* monotonic: when the deciding event came */
    bool waited;
};

struct lane {
    char name[NAME_SIZE];
    size_t most;       /* 0: no limit */
    int64_t *begun_us; /* the last `most` beginnings, monotonic; the oldest at `oldest` */
    size_t oldest;
    VEC(struct turn) waiting; /* from `first` on */
    size_t first;
    uint64_t attempts[3]; /* ended, by outcome */
    struct octaves took;  /* from their beginning to their end */
    bool kept;            /* while the configuration is exchanged */
};

struct turns {
    struct owner owner;
    struct timer timer;
    VEC(struct lane *) lanes; /* one a channel, in no order */
    struct map by_name;
    void (*begin)(void *arg, const struct turn *t); /* may ask for another turn */
    void *arg;
};

void turns_init(struct turns *t, struct loop *l, void (*begin)(void *arg, const struct turn *t),
                void *arg);
/* What waits for a channel that is gone, or is not limited any more, begins now. */
void turns_configure(struct turns *t, const struct config *c);
/* Begins at once, from inside, or later. */
void turns_take(struct turns *t, const char *channel, const struct turn *one);
void turns_count(struct turns *t, const char *channel, enum outcome o, int64_t took_us);
size_t turns_waiting(const struct turns *t);
void turns_stop(struct turns *t); /* what waits is dropped: the next start finds it again */
void turns_done(struct turns *t);

#endif
