/* canary.h - is it the target, or is it our own network?
 *
 * Canaries are places outside that answer a TCP connect whenever our network works. They are asked
 * when a probe fails in a way that a dead network would explain, and the failure waits for the
 * word: at most CANARY_ROUND_MS. Those that have never answered in this life say nothing. */
#ifndef SRC_APP_CANARY_H
#define SRC_APP_CANARY_H

#include "base/vec.h"
#include "loop/loop.h"
#include "loop/resolver.h"
#include "model/config.h"

#define CANARY_ROUND_MS 2000  /* a connect, name and all */
#define CANARY_FRESH_MS 1000  /* so long one that answered speaks for failures that come after */
#define CANARY_AGAIN_MS 5000  /* while none answers they are asked again and again */
#define CANARY_IDLE_MS  60000 /* while nothing fails: who answers at all? */

enum canary_state { CANARY_NEVER, CANARY_ALIVE, CANARY_DEAD }; /* NEVER: has not answered yet */

struct canary_seat;

struct canaries {
    struct loop *loop;
    struct resolver *resolver;
    struct owner owner;
    struct timer next;
    VEC(struct canary_seat *) seats;
    struct canary_ask *first, **last; /* failures that wait, in their order */
    size_t knocking;                  /* connects under way */
    bool asking;                      /* a round has not had its word yet */
    bool dead;
    int64_t alive_us; /* monotonic: when one answered last; 0 never */
    int64_t back_us;  /* when they came back from being dead last; 0 never */
    uint64_t rounds;
    void (*on_dead)(void *arg, bool dead); /* every change */
    void *arg;
};

void canaries_init(struct canaries *c, struct loop *l, struct resolver *r,
                   void (*on_dead)(void *arg, bool dead), void *arg);
/* The first, or another set: what is known of those that stay is kept. Asks them at once. */
void canaries_configure(struct canaries *c, const struct config *config);
/* Whoever waits is not told any more. */
void canaries_stop(struct canaries *c);

/* What the network says to a run that began at began_us and has just failed. `ours`: it is ours.
 * NULL: `done` has come already. */
struct canary_ask;
typedef void canary_done_fn(void *arg, bool ours);
struct canary_ask *canary_ask(struct canaries *c, int64_t began_us, canary_done_fn *done,
                              void *arg);
void canary_cancel(struct canary_ask *q); /* NULL accepted; done does not come any more */

size_t canaries_count(const struct canaries *c, enum canary_state s);

#endif
