/* on_config.c - a configuration comes.
 *
 * What belongs to a monitor follows its name, or its old name (`was`). A monitor that is gone
 * or disabled takes its incidents along: they are resolved, and those who were paged hear of it. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk.h"

void monitor_key(const char *name, char *dst, size_t size)
{
    snprintf(dst, size, "monitor:%s", name);
}

static struct watch *add_watch(struct engine *e, const struct monitor *m)
{
    struct watch *w = mem_new(struct watch);

    text_copy(w->name, sizeof w->name, m->name);
    w->monitor = m;
    map_put(&e->watches, w->name, w);
    return w;
}

void engine_rename_cases(struct engine *e, const char *from, const char *to)
{
    char old_key[NAME_SIZE + 16];
    struct incident_case *c, *next;

    monitor_key(from, old_key, sizeof old_key);
    for (c = map_del(&e->by_key, old_key); c; c = next) {
        next = c->older;
        engine_rename_case(e, c, to);
    }
    c = map_get(&e->recent, old_key);
    if (c)
        engine_rename_case(e, c, to);
}

static void rename_watch(struct engine *e, struct watch *old, const struct monitor *m,
                         const struct desk *k)
{
    struct monitor_put gone = {m->was, NULL};
    struct watch *w = add_watch(e, m);
    char key[NAME_SIZE + 16];

    w->status = old->status;
    engine_rename_cases(e, old->name, m->name);
    monitor_key(m->name, key, sizeof key);
    for (struct incident_case *c = map_get(&e->by_key, key); c; c = c->older)
        engine_settle(e, c, k);
    vec_push(&k->fx->commit.monitors, gone);
    engine_put_watch(w, k->fx);
    map_del(&e->watches, old->name);
    engine_free_watch(old);
}

/* A former name is free and claimed once: config sees to that. */
static void meet(struct engine *e, const struct monitor *m, const struct desk *k)
{
    struct watch *w = engine_watch(e, m->name);
    struct watch *old = m->was ? engine_watch(e, m->was) : NULL;

    if (w)
        w->monitor = m;
    else if (old)
        rename_watch(e, old, m, k);
    else
        add_watch(e, m);
}

bool engine_unwatched(struct engine *e, const char *monitor, char *why, size_t size)
{
    const struct watch *w = engine_watch(e, monitor);

    if (w && w->monitor && w->monitor->enabled)
        return false;
    text_printf(why, size, "%s is %s", monitor,
                w && w->monitor ? "disabled" : "no longer monitored");
    return true;
}

static void forget(struct engine *e, struct watch *w, const struct desk *k)
{
    struct monitor_put gone = {w->name, NULL};
    char key[NAME_SIZE + 16], why[NAME_SIZE + 32];

    monitor_key(w->name, key, sizeof key);
    if (engine_unwatched(e, w->name, why, sizeof why))
        engine_resolve_key(e, key, why, k);
    map_del(&e->watches, w->name);
    vec_push(&e->gone, w);
    vec_push(&k->fx->commit.monitors, gone);
}

static void forget_gone(struct engine *e, const struct desk *k)
{
    VEC(struct watch *) gone = {0};
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->watches, &i, &key, &value);)
        if (!((struct watch *)value)->monitor)
            vec_push(&gone, (struct watch *)value);
    for (size_t i = 0; i < gone.n; i++)
        forget(e, gone.items[i], k);
    vec_done(&gone);
}

/* What was known of it is old by the time it is enabled again. */
static void rest(struct engine *e, struct watch *w, const struct desk *k)
{
    enum monitor_state from = w->status.state;
    char key[NAME_SIZE + 16], why[NAME_SIZE + 32];

    if (!engine_unwatched(e, w->name, why, sizeof why))
        return;
    monitor_key(w->name, key, sizeof key);
    engine_resolve_key(e, key, why, k);
    if (from == MONITOR_PENDING && !w->status.bad)
        return;
    w->status = (struct monitor_status){.last = w->status.last};
    if (from != MONITOR_PENDING)
        engine_record_move(w, from, why, k);
    engine_put_watch(w, k->fx);
}

void engine_rest_disabled(struct engine *e, const struct desk *k)
{
    for (size_t i = 0; i < k->config->n_monitors; i++)
        rest(e, engine_watch(e, k->config->monitors[i].name), k);
}

/* Who depends on whom, and how many are watched at all. */
static void relate(struct engine *e)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->watches, &i, &key, &value);)
        ((struct watch *)value)->children.n = 0;
    e->enabled = 0;
    for (size_t i = 0; i < e->config->n_monitors; i++) {
        const struct monitor *m = &e->config->monitors[i];

        e->enabled += m->enabled;
        for (size_t n = 0; n < m->n_depends_on; n++)
            vec_push(&engine_watch(e, m->depends_on[n]->name)->children, engine_watch(e, m->name));
    }
    engine_count_unconfirmed(e);
}

void engine_count_unconfirmed(struct engine *e)
{
    const char *key;
    void *value;

    e->unconfirmed = 0;
    for (size_t i = 0; map_next(&e->watches, &i, &key, &value);)
        e->unconfirmed += engine_is_unconfirmed(value);
}

bool engine_is_unconfirmed(const struct watch *w)
{
    return w->monitor && w->monitor->enabled && w->status.bad > 0 &&
           w->status.state != MONITOR_DOWN;
}

/* The severity of the file goes up at once, and never down while an incident is open. */
static void raise_severities(struct engine *e, const struct desk *k)
{
    const struct incident *const *open;
    size_t n = engine_incidents(e, &open);

    for (size_t i = 0; i < n; i++) {
        struct incident_case *c = map_get(&e->cases, open[i]->id);
        const struct monitor *m = config_monitor(e->config, c->incident.monitor);

        if (!m || m->severity <= c->incident.severity)
            continue;
        case_raise(c, k, m->severity);
        engine_settle(e, c, k);
        if (!c->lead)
            continue;
        case_raise(c->lead, k, m->severity);
        engine_settle(e, c->lead, k);
    }
}

/* A channel that is gone cannot heal. */
static void forget_channels(struct engine *e, const struct desk *k)
{
    const struct incident *const *open;
    size_t n = engine_incidents(e, &open);

    for (size_t i = 0; i < n; i++) {
        const char *key = open[i]->dedup_key;

        if (!text_starts(key, "channel:") || config_channel(e->config, key + strlen("channel:")))
            continue;
        engine_resolve_case(e, map_get(&e->cases, open[i]->id), "the channel is gone", k);
    }
}

void engine_configure(struct engine *e, const struct config *c, int64_t now_ms, struct effects *fx)
{
    struct desk k;
    const char *key;
    void *value;
    bool first = !e->config;

    engine_begin(e);
    e->config = c;
    engine_lay_overrides(e, now_ms);
    k = engine_desk(e, now_ms, CAUSE_RELOAD, "", fx);
    for (size_t i = 0; map_next(&e->watches, &i, &key, &value);)
        ((struct watch *)value)->monitor = NULL;
    for (size_t i = 0; i < c->n_monitors; i++)
        meet(e, &c->monitors[i], &k);
    forget_gone(e, &k);
    relate(e);
    engine_rest_disabled(e, &k);
    engine_handoff(e, &k);
    if (first)
        return;
    forget_channels(e, &k);
    engine_forget_slos(e, &k);
    raise_severities(e, &k);
    engine_rehold_all(e, &k);
    engine_tell_channels(e, &k);
}
