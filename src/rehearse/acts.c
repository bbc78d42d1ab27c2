/* acts.c - what the story does to the world, and what people do in it. */
#include "base/text.h"
#include "world.h"

#define STORE_PATIENCE_MS 10000 /* as the daemon: a restart of the store wakes nobody */

static int64_t end_of(const struct rehearsal *r, const struct story_event *e)
{
    return e->for_ms ? r->now_ms + e->for_ms : INT64_MAX;
}

/* --- monitors and channels --- */

static void later_of(int64_t *until_ms, int64_t other_ms)
{
    if (other_ms > *until_ms)
        *until_ms = other_ms;
}

static void down(struct rehearsal *r, const struct story_event *e, struct target *t)
{
    later_of(&t->down_until_ms, end_of(r, e));
}

static void up(struct rehearsal *r, const struct story_event *e, struct target *t)
{
    (void)r, (void)e;
    t->down_until_ms = t->flaky_until_ms = 0;
}

static void flaky(struct rehearsal *r, const struct story_event *e, struct target *t)
{
    t->flaky_from_ms = r->now_ms;
    t->flaky_until_ms = end_of(r, e);
    t->flaky_every_ms = e->every_ms;
}

static void each_target(struct rehearsal *r, const struct story_event *e,
                        void (*act)(struct rehearsal *r, const struct story_event *e,
                                    struct target *t))
{
    for (size_t i = 0; i < e->n_names; i++) {
        struct target *t = targets_find(r, e->names[i]);

        if (!t)
            continue;
        act(r, e, t);
        targets_look(r, t);
    }
}

static void play_down(struct rehearsal *r, const struct story_event *e)
{
    each_target(r, e, down);
}

static void play_up(struct rehearsal *r, const struct story_event *e)
{
    each_target(r, e, up);
}

static void play_flaky(struct rehearsal *r, const struct story_event *e)
{
    each_target(r, e, flaky);
}

static void play_channels(struct rehearsal *r, const struct story_event *e)
{
    for (size_t i = 0; i < e->n_names; i++) {
        const struct channel *ch = config_channel(r->config, e->names[i]);
        struct sink *s = ch ? &r->sinks[ch - r->config->channels] : NULL;

        if (s)
            later_of(e->kind == STORY_DEAF ? &s->deaf_until_ms : &s->refuse_until_ms, end_of(r, e));
    }
}

/* --- people --- */

/* What was asked for and could not be. */
static void refuse(struct rehearsal *r, const char *who, const char *what, const char *why)
{
    char text[600];
    struct entry *e;

    text_printf(text, sizeof text, "%s: %s", what, why);
    e = tell(r, "refused", text);
    e->person = tell_text(r, who);
}

/* Of those somebody may have heard of, when there is one: nobody acknowledges what is held back. */
static const struct incident *newest_open(const struct rehearsal *r)
{
    const struct incident *const *open;
    size_t n = engine_incidents(r->engine, &open);

    for (size_t i = n; i-- > 0;)
        if (!open[i]->hold)
            return open[i];
    return n ? open[n - 1] : NULL;
}

/* Which incident is meant: an id, a key or the name of a monitor, as the engine finds it. */
static const char *meant(const struct rehearsal *r, const struct story_event *e, struct err *err)
{
    const struct incident *newest = newest_open(r);

    if (e->incident || e->monitor)
        return e->incident ? e->incident : e->monitor;
    if (e->ordinal && (size_t)e->ordinal <= r->opened.n)
        return r->opened.items[e->ordinal - 1];
    if (!e->ordinal && newest)
        return newest->id;
    if (e->ordinal)
        err_set(err, "there is no incident number %d yet", e->ordinal);
    else
        err_set(err, "no incident is open");
    return NULL;
}

static const char *acker(const struct rehearsal *r, const char *id)
{
    const struct incident *i = engine_incident(r->engine, id);

    return i && i->acked_by[0] ? i->acked_by : STORY_SOMEBODY;
}

static void play_deed(struct rehearsal *r, const struct story_event *e)
{
    struct deed d = e->deed;
    char who[NAME_SIZE];
    struct err err;

    d.incident = meant(r, e, &err);
    if (d.incident && !d.who) {
        text_copy(who, sizeof who, acker(r, d.incident));
        d.who = who;
    }
    if (d.until_ms)
        d.until_ms += r->now_ms;
    if (!d.incident || engine_deed(r->engine, &d, r->now_ms, rehearsal_begin(r), &err) < 0)
        refuse(r, d.who, deed_name(d.kind), err.text);
    else
        rehearsal_end(r);
}

static void play_quiet(struct rehearsal *r, const struct story_event *e)
{
    struct quiet draft = *e->quiet;
    struct err err;

    draft.everything = true;
    draft.start_ms += r->now_ms;
    draft.end_ms += r->now_ms;
    if (engine_quiet_add(r->engine, &draft, r->now_ms, rehearsal_begin(r), &err) < 0)
        refuse(r, draft.author, draft.kind == QUIET_SILENCE ? "silence" : "maintenance", err.text);
    else
        rehearsal_end(r);
}

static void play_override(struct rehearsal *r, const struct story_event *e)
{
    struct kept_override draft = *e->override;
    struct err err;

    draft.start_ms += r->now_ms;
    draft.end_ms += r->now_ms;
    if (engine_override_add(r->engine, &draft, 1, r->now_ms, rehearsal_begin(r), &err) < 0)
        refuse(r, draft.author, "override", err.text);
    else
        rehearsal_end(r);
}

/* --- midwatch itself --- */

static void play_store(struct rehearsal *r, const struct story_event *e)
{
    r->store_away_ms = r->now_ms;
    r->store_back_ms = end_of(r, e);
    tell(r, "store_away", "decisions go on, what they change waits in the spool");
}

static void store_told(struct rehearsal *r, bool bad)
{
    r->store_told = bad;
    engine_self(r->engine, SELF_STORE, NULL, bad, "does not answer, as the story says", r->now_ms,
                rehearsal_begin(r));
    rehearsal_end(r);
}

int64_t acts_store_next_ms(const struct rehearsal *r)
{
    int64_t patience = r->store_away_ms + STORE_PATIENCE_MS;

    if (!r->store_away_ms)
        return INT64_MAX;
    if (r->engine && !r->store_told && patience < r->store_back_ms)
        return patience;
    return r->store_back_ms;
}

void acts_store(struct rehearsal *r)
{
    if (!r->store_away_ms || acts_store_next_ms(r) > r->now_ms)
        return;
    if (r->store_back_ms > r->now_ms) {
        store_told(r, true);
        return;
    }
    r->store_away_ms = 0;
    tell(r, "store_back", "the store answers again");
    if (r->engine)
        store_told(r, false);
}

static void play_crash(struct rehearsal *r, const struct story_event *e)
{
    tell(r, "crash", "what was under way is lost, what was committed is not");
    engine_free(r->engine);
    r->engine = NULL;
    effects_clear(&r->fx);
    channels_drop(r);
    while (heap_first(&r->probes))
        heap_del(&r->probes, heap_first(&r->probes));
    r->restart_ms = r->now_ms + e->for_ms;
    if (!e->for_ms)
        acts_start(r);
}

void acts_start(struct rehearsal *r)
{
    struct stored s = {0};
    size_t open = 0;
    char text[100];

    keep_read(r->keep, r->now_ms, &s);
    for (size_t i = 0; i < s.incidents.n; i++)
        open += s.incidents.items[i].state != INCIDENT_RESOLVED;
    text_printf(text, sizeof text, "open incidents read back: %zu", open);
    tell(r, "started", text);
    r->restart_ms = INT64_MAX;
    r->engine = engine_new();
    engine_configure(r->engine, r->config, r->now_ms, rehearsal_begin(r));
    rehearsal_end(r);
    engine_restore(r->engine, &s, r->now_ms, rehearsal_begin(r));
    rehearsal_end(r);
    stored_done(&s);
    if (r->store_away_ms) {
        r->store_away_ms = r->now_ms;
        r->store_told = false;
    }
    targets_restart(r);
}

static const struct {
    void (*play)(struct rehearsal *r, const struct story_event *e);
    bool needs_engine;
} acts[STORY_KINDS] = {
    [STORY_DOWN] = {play_down, false},       [STORY_UP] = {play_up, false},
    [STORY_FLAKY] = {play_flaky, false},     [STORY_DEED] = {play_deed, true},
    [STORY_QUIET] = {play_quiet, true},      [STORY_OVERRIDE] = {play_override, true},
    [STORY_STORE] = {play_store, false},     [STORY_DEAF] = {play_channels, false},
    [STORY_REFUSE] = {play_channels, false}, [STORY_CRASH] = {play_crash, true},
};

void acts_play(struct rehearsal *r, const struct story_event *e)
{
    const char *who = e->kind == STORY_DEED ? e->deed.who : NULL;

    if (r->engine || !acts[e->kind].needs_engine)
        acts[e->kind].play(r, e);
    else if (e->kind != STORY_CRASH)
        refuse(r, who, e->kind == STORY_DEED ? deed_name(e->deed.kind) : "asked",
               "midwatch is not running");
}
