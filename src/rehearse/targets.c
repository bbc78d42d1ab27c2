/* targets.c - what is watched, and the probes that look at it.
 *
 * Only probes that could tell something new are made: from the instant a target begins to fail
 * until that is confirmed, from the instant it is well again until that is confirmed, and while
 * the engine counts results for another reason. So a month passes in a moment. In between, slots
 * and retries are those of the daemon, the first probe falling on the change itself. */
#include "base/text.h"
#include "world.h"

void targets_init(struct rehearsal *r)
{
    const struct config *c = r->config;

    r->targets = mem_calloc(c->n_monitors + 1, sizeof *r->targets);
    map_init(&r->by_name, 11);
    for (size_t i = 0; i < c->n_monitors; i++) {
        r->targets[i].monitor = &c->monitors[i];
        r->targets[i].base_ms = r->now_ms;
        map_put(&r->by_name, c->monitors[i].name, &r->targets[i]);
    }
}

void targets_done(struct rehearsal *r)
{
    map_done(&r->by_name);
    heap_done(&r->probes);
    heap_done(&r->turns);
    mem_free(r->targets);
}

struct target *targets_find(const struct rehearsal *r, const char *monitor)
{
    return map_get(&r->by_name, monitor);
}

/* --- does it fail? --- */

static bool flaky(const struct target *t, int64_t now_ms)
{
    return now_ms < t->flaky_until_ms;
}

static bool fails(const struct target *t, int64_t now_ms)
{
    return now_ms < t->down_until_ms ||
           (flaky(t, now_ms) &&
            (now_ms - t->flaky_from_ms) % t->flaky_every_ms < t->flaky_every_ms / 2);
}

/* When that may change by itself. */
static int64_t next_turn(const struct target *t, int64_t now_ms)
{
    int64_t half = t->flaky_every_ms / 2, next = INT64_MAX, in;

    if (now_ms < t->down_until_ms)
        next = t->down_until_ms;
    if (!flaky(t, now_ms))
        return next;
    in = (now_ms - t->flaky_from_ms) % t->flaky_every_ms;
    in = now_ms + (in < half ? half : t->flaky_every_ms) - in;
    if (in > t->flaky_until_ms)
        in = t->flaky_until_ms;
    return in < next ? in : next;
}

static void probe_now(struct rehearsal *r, struct target *t)
{
    if (r->story && r->engine && t->monitor->enabled)
        heap_put(&r->probes, &t->probe, r->now_ms);
}

void targets_look(struct rehearsal *r, struct target *t)
{
    bool failing = fails(t, r->now_ms);
    int64_t turn = next_turn(t, r->now_ms);

    if (failing != t->failing) {
        t->base_ms = r->now_ms;
        probe_now(r, t);
    }
    t->failing = failing;
    if (turn < INT64_MAX)
        heap_put(&r->turns, &t->turn, turn);
    else
        heap_del(&r->turns, &t->turn);
}

void targets_turn(struct rehearsal *r)
{
    struct heap_node *first;

    while ((first = heap_first(&r->turns)) && first->due <= r->now_ms)
        targets_look(r, (struct target *)(void *)((char *)first - offsetof(struct target, turn)));
}

/* --- probes --- */

/* Could another result of the same kind move anything? */
static bool telling(const struct rehearsal *r, const struct target *t)
{
    const struct monitor_status *s = engine_status(r->engine, t->monitor->name);

    if (!s || !t->monitor->enabled)
        return false;
    if (t->failing)
        return s->state != MONITOR_DOWN || !t->open || t->confirming;
    return s->state != MONITOR_UP || s->bad > 0 || t->open;
}

static bool retries(const struct rehearsal *r, const struct target *t)
{
    const struct monitor_status *s = engine_status(r->engine, t->monitor->name);

    return s->bad > 0 && s->bad < t->monitor->fail_after && s->state != MONITOR_DOWN;
}

static void plan(struct rehearsal *r, struct target *t)
{
    const struct monitor *m = t->monitor;
    int64_t gone = (r->now_ms - t->base_ms) / m->interval_ms, next;

    if (heap_holds(&t->probe) || !telling(r, t))
        return;
    next = t->base_ms + (gone + 1) * m->interval_ms;
    if (retries(r, t) && r->now_ms + m->retry_interval_ms < next)
        next = r->now_ms + m->retry_interval_ms;
    heap_put(&r->probes, &t->probe, next);
}

static void see(struct rehearsal *r, struct target *t)
{
    struct result res = {.due_ms = r->now_ms,
                         .at_ms = r->now_ms,
                         .phases = PHASES_NONE,
                         .verdict = t->failing ? VERDICT_DOWN : VERDICT_UP,
                         .reason = t->failing ? REASON_FAIL : REASON_OK};

    if (t->failing)
        text_copy(res.message, sizeof res.message, "a rehearsed outage");
    heap_del(&r->probes, &t->probe);
    t->seen_ms = r->now_ms;
    engine_result(r->engine, t->monitor->name, &res, r->now_ms, rehearsal_begin(r));
    rehearsal_end(r);
    plan(r, t);
}

/* What it depends on was looked at as well, for all anybody can say: daemons never rest. */
static void probe(struct rehearsal *r, struct target *t)
{
    const struct monitor *m = t->monitor;

    for (size_t i = 0; t->failing && i < m->n_depends_on; i++) {
        struct target *parent = targets_find(r, m->depends_on[i]->name);

        if (parent->seen_ms < r->now_ms && parent->monitor->enabled)
            see(r, parent);
    }
    see(r, t);
}

void targets_probe(struct rehearsal *r)
{
    struct heap_node *first;

    while (r->engine && (first = heap_first(&r->probes)) && first->due <= r->now_ms) {
        probe(r, (struct target *)(void *)((char *)first - offsetof(struct target, probe)));
    }
}

static void note_incident(struct rehearsal *r, const struct incident *i)
{
    struct target *t = targets_find(r, i->monitor);
    bool over = i->state == INCIDENT_RESOLVED;

    if (!t || (over && !text_eq(t->incident, i->id)))
        return;
    text_copy(t->incident, sizeof t->incident, i->id);
    t->open = !over;
    t->confirming = !over && i->hold_bad > 0;
}

/* Whatever was moved may have to be looked at again. */
void targets_noted(struct rehearsal *r, const struct commit *c)
{
    for (size_t i = 0; i < c->incidents.n; i++)
        note_incident(r, c->incidents.items[i]);
    for (size_t i = 0; i < r->fx.probes.n; i++) {
        struct target *t = targets_find(r, r->fx.probes.items[i]);

        if (t)
            probe_now(r, t);
    }
    for (size_t i = 0; r->story && i < c->incidents.n; i++) {
        struct target *t = targets_find(r, c->incidents.items[i]->monitor);

        if (t)
            plan(r, t);
    }
}

/* As a daemon does: every monitor is looked at soon after a start. */
void targets_restart(struct rehearsal *r)
{
    for (size_t i = 0; i < r->config->n_monitors; i++)
        if (telling(r, &r->targets[i]))
            probe_now(r, &r->targets[i]);
}

void targets_first(struct rehearsal *r)
{
    for (size_t i = 0; i < r->config->n_monitors; i++)
        if (r->config->monitors[i].enabled)
            probe(r, &r->targets[i]);
}
