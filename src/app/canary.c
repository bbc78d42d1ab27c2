/* canary.c - rounds of TCP connects, and the failures that wait for their word.
 *
 * Happy path: a failure -> a round -> the first answer says that the network is well -> the
 *             failure counts. Failures that come meanwhile, or soon after, share it.
 * Failures:   all that ever answered are silent -> dead: the failure is our own, and they are asked
 *             again every CANARY_AGAIN_MS until one answers.
 *             none has ever answered            -> nobody knows, and the failure counts.
 * A run that began before the canaries were last found dead is ours too, even when it ends after
 * they are back: it stood in the dead network. */
#include "canary.h"

#include "base/mem.h"
#include "base/text.h"
#include "loop/log.h"
#include "loop/stream.h"

struct knock {
    struct canaries *all;
    struct canary_seat *seat; /* NULL: the seat is gone, nobody waits for this end */
};

struct canary_seat {
    char host[256];
    int port;
    enum canary_state state;
    struct knock *knock; /* the connect under way */
    struct stream *stream;
    bool kept; /* while the set is exchanged */
};

struct canary_ask {
    struct canaries *all;
    struct canary_ask *next, **prev;
    canary_done_fn *done;
    void *arg;
};

static void start_round(struct canaries *c);

size_t canaries_count(const struct canaries *c, enum canary_state s)
{
    size_t n = 0;

    for (size_t i = 0; i < c->seats.n; i++)
        n += c->seats.items[i]->state == s;
    return n;
}

/* --- those who wait --- */

static void unlink_ask(struct canary_ask *q)
{
    *q->prev = q->next;
    if (q->next)
        q->next->prev = q->prev;
    else
        q->all->last = q->prev;
}

void canary_cancel(struct canary_ask *q)
{
    if (!q)
        return;
    unlink_ask(q);
    mem_free(q);
}

static struct canary_ask *wait_for_word(struct canaries *c, canary_done_fn *done, void *arg)
{
    struct canary_ask *q = mem_new(struct canary_ask);

    *q = (struct canary_ask){.all = c, .prev = c->last, .done = done, .arg = arg};
    *c->last = q;
    c->last = &q->next;
    return q;
}

/* Who asks anew meanwhile stands behind them, for the next round. */
static void tell_waiting(struct canaries *c, bool ours)
{
    struct canary_ask *end = NULL, *q;

    if (c->first)
        end = container_of(c->last, struct canary_ask, next);
    while (end && (q = c->first) != NULL) {
        end = q == end ? NULL : end;
        unlink_ask(q);
        q->done(q->arg, ours);
        mem_free(q);
    }
}

struct canary_ask *canary_ask(struct canaries *c, int64_t began_us, canary_done_fn *done, void *arg)
{
    bool ours = c->dead || (c->back_us && began_us <= c->back_us);
    bool fresh = c->alive_us && loop_mono_us() - c->alive_us < CANARY_FRESH_MS * (int64_t)1000;

    if (!c->seats.n || ours || fresh) {
        done(arg, c->seats.n && ours);
        return NULL;
    }
    if (!c->asking)
        start_round(c);
    return wait_for_word(c, done, arg);
}

/* --- a round --- */

static void turn(struct canaries *c, bool dead)
{
    if (c->dead == dead)
        return;
    c->dead = dead;
    if (!dead)
        c->back_us = loop_mono_us();
    c->on_dead(c->arg, dead);
}

/* At first, while the network may be coming up just as we are, soon; then less and less often. */
static int64_t next_ms(const struct canaries *c)
{
    uint64_t patience = c->rounds * CANARY_AGAIN_MS;

    if (c->dead)
        return CANARY_AGAIN_MS;
    if (!c->alive_us && patience < CANARY_IDLE_MS)
        return (int64_t)patience;
    return CANARY_IDLE_MS;
}

static void end_round(struct canaries *c, bool dead)
{
    c->asking = false;
    turn(c, dead);
    tell_waiting(c, dead);
    timer_start(&c->next, next_ms(c));
}

/* Without an answer the round is over with its last connect. */
static void seat_ends(struct canaries *c, struct canary_seat *s)
{
    s->knock->seat = NULL;
    s->knock = NULL;
    s->stream = NULL;
    if (--c->knocking == 0 && c->asking)
        end_round(c, canaries_count(c, CANARY_DEAD) > 0);
}

/* The first answer is the word; the others go on only to know who answers. */
static void on_open(void *arg)
{
    struct knock *k = arg;
    struct canary_seat *s = k->seat;
    struct canaries *c = k->all;

    if (!s)
        return;
    if (s->state == CANARY_DEAD)
        log_notice("canary", "%s port %d answers again", s->host, s->port);
    s->state = CANARY_ALIVE;
    c->alive_us = loop_mono_us();
    if (c->asking)
        end_round(c, false);
    stream_close(s->stream);
    seat_ends(c, s);
}

static void on_data(void *arg, const char *p, size_t n)
{
    (void)arg;
    (void)p;
    (void)n;
}

static void silent(struct canary_seat *s, const struct err *e)
{
    if (s->state != CANARY_ALIVE)
        return;
    s->state = CANARY_DEAD;
    log_warning("canary", "%s port %d does not answer: %s", s->host, s->port, e->text);
}

static void on_end(void *arg, const struct err *e)
{
    struct knock *k = arg;

    if (k->seat) {
        silent(k->seat, e);
        seat_ends(k->all, k->seat);
    }
    mem_free(k);
}

static void knock(struct canaries *c, struct canary_seat *s)
{
    static const struct stream_events events = {on_open, on_data, on_end};
    struct stream_target to = {
        .host = s->host, .port = s->port, .connect_timeout_ms = CANARY_ROUND_MS};

    s->knock = mem_new(struct knock);
    *s->knock = (struct knock){c, s};
    s->stream = stream_open(c->loop, c->resolver, &to, &events, s->knock);
    c->knocking++;
}

/* One that still knocks since the last round goes on for this one. */
static void start_round(struct canaries *c)
{
    c->asking = true;
    c->rounds++;
    for (size_t i = 0; i < c->seats.n; i++)
        if (!c->seats.items[i]->knock)
            knock(c, c->seats.items[i]);
}

static void on_next(void *arg)
{
    struct canaries *c = arg;

    if (!c->asking)
        start_round(c);
}

/* --- which ones --- */

void canaries_init(struct canaries *c, struct loop *l, struct resolver *r,
                   void (*on_dead)(void *arg, bool dead), void *arg)
{
    *c = (struct canaries){.loop = l, .resolver = r, .on_dead = on_dead, .arg = arg};
    c->last = &c->first;
    owner_init(&c->owner, NULL, NULL);
    timer_init(&c->next, l, &c->owner, on_next, c);
}

static struct canary_seat *take_seat(struct canaries *c, const struct canary *from)
{
    struct canary_seat *s;

    for (size_t i = 0; i < c->seats.n; i++) {
        s = c->seats.items[i];
        if (!s->kept && s->port == from->port && text_eq(s->host, from->host))
            return s;
    }
    s = mem_new(struct canary_seat);
    text_copy(s->host, sizeof s->host, from->host);
    s->port = from->port;
    vec_push(&c->seats, s);
    return s;
}

static void drop_seat(struct canaries *c, struct canary_seat *s)
{
    if (s->knock) {
        s->knock->seat = NULL;
        stream_close(s->stream);
        c->knocking--;
    }
    mem_free(s);
}

static void drop_others(struct canaries *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->seats.n; i++) {
        struct canary_seat *s = c->seats.items[i];

        if (!s->kept) {
            drop_seat(c, s);
            continue;
        }
        s->kept = false;
        c->seats.items[kept++] = s;
    }
    c->seats.n = kept;
}

/* Without canaries nothing is known of the network. */
static void forget(struct canaries *c)
{
    timer_stop(&c->next);
    turn(c, false);
    c->alive_us = c->back_us = 0;
}

void canaries_configure(struct canaries *c, const struct config *config)
{
    for (size_t i = 0; i < config->n_canaries; i++)
        take_seat(c, &config->canaries[i])->kept = true;
    drop_others(c);
    if (c->asking && c->knocking == 0)
        end_round(c, false);
    if (c->seats.n && !c->asking)
        start_round(c);
    else if (!c->seats.n)
        forget(c);
}

void canaries_stop(struct canaries *c)
{
    if (!c->next.on_due)
        return;
    while (c->first)
        canary_cancel(c->first);
    drop_others(c);
    vec_done(&c->seats);
    c->asking = false;
    timer_close(&c->next);
    c->next.on_due = NULL;
}
