/* rehearse.c - the clock of a rehearsal: whatever comes next happens, then time jumps on.
 *
 * At one instant: a restart, attempts that end, what is due in the engine, targets that turn, the
 * story's events as they were told, probes. A deed finds what was to be seen before it.
 * Failure: a story in which time does not go on any more, or which fills the playbill. */
#include "rehearse/rehearse.h"

#include "world.h"

#define BUSY_MOST 1000000

struct effects *rehearsal_begin(struct rehearsal *r)
{
    effects_clear(&r->fx);
    return &r->fx;
}

void rehearsal_commit(struct rehearsal *r)
{
    const struct effects *fx = &r->fx;

    if (r->keep)
        keep_commit(r->keep, &fx->commit, r->now_ms);
    tell_transitions(r, &fx->commit);
    for (size_t i = 0; i < fx->sends.n; i++)
        channels_queue(r, fx->sends.items[i]);
    targets_noted(r, &fx->commit);
}

void rehearsal_end(struct rehearsal *r)
{
    rehearsal_commit(r);
    channels_send(r);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t first_of(const struct heap *h)
{
    const struct heap_node *first = heap_first(h);

    return first ? first->due : INT64_MAX;
}

static const struct story_event *next_event(const struct rehearsal *r)
{
    const struct story *s = r->story;

    return s && r->next_event < s->n_events ? &s->events[r->next_event] : NULL;
}

static int64_t next_ms(const struct rehearsal *r)
{
    const struct story_event *e = next_event(r);
    int64_t next = e ? e->at_ms : INT64_MAX;

    next = sooner(next, first_of(&r->turns));
    next = sooner(next, acts_store_next_ms(r));
    if (!r->engine)
        return sooner(next, r->restart_ms);
    next = sooner(next, engine_wake_ms(r->engine));
    next = sooner(next, first_of(&r->probes));
    return sooner(next, channels_next_ms(r));
}

static void play_events(struct rehearsal *r)
{
    const struct story_event *e;

    while ((e = next_event(r)) && e->at_ms <= r->now_ms) {
        r->next_event++;
        if (e->kind == STORY_DEED)
            targets_probe(r);
        acts_play(r, e);
    }
}

static void instant(struct rehearsal *r)
{
    if (!r->engine && r->restart_ms <= r->now_ms)
        acts_start(r);
    if (r->engine)
        channels_due(r);
    if (r->engine && engine_wake_ms(r->engine) <= r->now_ms) {
        engine_tick(r->engine, r->now_ms, rehearsal_begin(r));
        rehearsal_end(r);
    }
    acts_store(r);
    targets_turn(r);
    play_events(r);
    targets_probe(r);
}

int rehearsal_until(struct rehearsal *r, int64_t at_ms, struct err *e)
{
    int64_t next;

    while ((next = next_ms(r)) <= at_ms) {
        r->busy = next > r->now_ms ? 0 : r->busy + 1;
        if (next > r->now_ms)
            r->now_ms = next;
        if (r->busy > BUSY_MOST)
            return err_set(e, "the rehearsal does not get any further");
        instant(r);
        if (r->bill->entries.n > REHEARSE_ENTRIES_MAX)
            return err_set(e, "more than %d things happen in it; let it end sooner",
                           REHEARSE_ENTRIES_MAX);
    }
    if (at_ms > r->now_ms)
        r->now_ms = at_ms;
    return 0;
}

int rehearsal_result(struct rehearsal *r, const char *monitor, const struct result *res,
                     int64_t at_ms, struct err *e)
{
    if (rehearsal_until(r, at_ms, e) < 0)
        return -1;
    engine_result(r->engine, monitor, res, r->now_ms, rehearsal_begin(r));
    rehearsal_end(r);
    return 0;
}

struct rehearsal *rehearsal_new(const struct config *c, int64_t start_ms, struct playbill *ret)
{
    struct rehearsal *r = mem_new(struct rehearsal);

    *ret = (struct playbill){0};
    arena_init(&ret->arena);
    r->config = c;
    r->bill = ret;
    r->now_ms = start_ms;
    r->restart_ms = r->store_back_ms = INT64_MAX;
    channels_init(r);
    map_init(&r->told, 12);
    map_init(&r->seen, 13);
    targets_init(r);
    r->engine = engine_new();
    engine_configure(r->engine, c, start_ms, rehearsal_begin(r));
    rehearsal_end(r);
    return r;
}

void rehearsal_free(struct rehearsal *r)
{
    if (!r)
        return;
    engine_free(r->engine);
    keep_free(r->keep);
    targets_done(r);
    map_done(&r->told);
    map_done(&r->seen);
    channels_done(r);
    vec_done(&r->opened);
    effects_done(&r->fx);
    mem_free(r);
}

static bool crashes(const struct story *s)
{
    for (size_t i = 0; i < s->n_events; i++)
        if (s->events[i].kind == STORY_CRASH)
            return true;
    return false;
}

/* All is well a moment before it begins. */
int rehearse(const struct config *c, const struct story *s, struct playbill *ret, struct err *e)
{
    struct rehearsal *r = rehearsal_new(c, s->start_ms - 1, ret);
    int rc;

    r->story = s;
    r->keep = crashes(s) ? keep_new() : NULL;
    targets_first(r);
    rc = rehearsal_until(r, s->until_ms, e);
    rehearsal_free(r);
    return rc;
}

void playbill_done(struct playbill *p)
{
    arena_done(&p->arena);
    vec_done(&p->entries);
}
