/* on_result.c - one result's journey: streak, state, incident. */
#include <stdio.h>

#include "base/text.h"
#include "desk.h"
#include "eval/state.h"
#include "model/names.h"

void engine_record_move(const struct watch *w, enum monitor_state from, const char *text,
                        const struct desk *k)
{
    struct transition t = {.at_ms = k->now_ms,
                           .subject = SUBJECT_MONITOR,
                           .cause = k->cause,
                           .reason = w->status.last.reason};

    text_copy(t.name, sizeof t.name, w->name);
    text_copy(t.from, sizeof t.from, monitor_state_name(from));
    text_copy(t.to, sizeof t.to, monitor_state_name(w->status.state));
    text_copy(t.text, sizeof t.text, text);
    vec_push(&k->fx->commit.transitions, t);
}

static void pack_labels(const struct monitor *m, char *dst, size_t size)
{
    size_t n = 0;

    dst[0] = '\0';
    for (size_t i = 0; i < m->n_labels && n < size; i++)
        n += (size_t)snprintf(dst + n, size - n, "%s=%s\n", m->labels[i].name, m->labels[i].value);
}

void engine_fill(struct incident *i, const struct watch *w)
{
    const struct monitor *m = w->monitor;

    i->severity = m->severity;
    monitor_key(w->name, i->dedup_key, sizeof i->dedup_key);
    text_copy(i->monitor, sizeof i->monitor, w->name);
    text_copy(i->group, sizeof i->group, m->group ? m->group : "");
    text_copy(i->policy, sizeof i->policy, m->policy->name);
    text_copy(i->runbook, sizeof i->runbook, m->runbook ? m->runbook : "");
    pack_labels(m, i->labels, sizeof i->labels);
}

static void entitle(struct incident *i, const struct watch *w)
{
    i->reason = w->status.last.reason;
    text_printf(i->title, sizeof i->title, "%s is down: %s", w->name, w->status.last.message);
}

static void open_for(struct engine *e, const struct watch *w, const struct desk *k)
{
    struct incident i = {.started_ms = w->status.since_ms, .count = w->status.bad};

    engine_fill(&i, w);
    entitle(&i, w);
    engine_open(e, &i, k);
}

/* It failed again soon after it was resolved: the same incident goes on. */
static bool reopen_for(struct engine *e, const struct watch *w, const char *key,
                       const struct desk *k)
{
    struct incident_case *c = engine_reopen(e, key, k->now_ms);

    if (!c)
        return false;
    entitle(&c->incident, w);
    c->incident.count += w->status.bad;
    if (w->monitor->severity > c->incident.severity)
        c->incident.severity = w->monitor->severity;
    case_reopen(c, k);
    c->incident.step = -1;
    engine_rehold(e, c, k);
    case_begin_anew(c, k, NOTICE_TRIGGERED);
    engine_settle(e, c, k);
    return true;
}

/* While it flaps there is no end and no beginning for each turn. */
static void follow_flapping(struct engine *e, struct incident_case *c, bool moved,
                            const struct desk *k)
{
    if (!moved)
        return;
    case_waver(c, k);
    engine_settle(e, c, k);
}

/* Down and no incident: just confirmed, or somebody closed it by hand and it goes on failing. */
static void follow(struct engine *e, struct watch *w, bool bad, bool moved, const struct desk *k)
{
    char key[sizeof((struct incident *)0)->dedup_key];
    struct incident_case *c;

    monitor_key(w->name, key, sizeof key);
    c = map_get(&e->by_key, key);
    if (c && c->incident.flapping) {
        c->incident.count += bad;
        follow_flapping(e, c, moved, k);
        return;
    }
    if (w->status.state != MONITOR_DOWN) {
        if (c && w->status.state != MONITOR_PENDING)
            engine_resolve_key(e, key, "recovered", k);
        return;
    }
    if (c && bad) {
        c->incident.count++;
        for (; c; c = c->older)
            if (c->incident.hold == HOLD_DEPENDENCY) {
                engine_rehold(e, c, k);
                engine_settle(e, c, k);
            }
    } else if (!c && w->status.bad >= w->monitor->fail_after && !reopen_for(e, w, key, k)) {
        open_for(e, w, k);
    }
}

/* What a restart must not lose: the state, and the streak that may lead out of it. */
static bool worth_keeping(const struct monitor_status *before, const struct monitor_status *after)
{
    if (before->state != after->state || before->bad != after->bad)
        return true;
    if (after->state == MONITOR_UP)
        return before->warned != after->warned;
    if (after->state == MONITOR_DEGRADED)
        return before->clean != after->clean;
    return before->good != after->good;
}

void engine_result(struct engine *e, const char *monitor, const struct result *r, int64_t now_ms,
                   struct effects *fx)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_PROBE, "", fx);
    struct watch *w;
    struct monitor_status before;
    enum monitor_state from;
    bool moved;

    engine_begin(e);
    w = engine_watch(e, monitor);
    if (!w || !w->monitor->enabled)
        return;
    before = w->status;
    e->unconfirmed -= engine_is_unconfirmed(w);
    moved = state_step(&w->status, w->monitor->fail_after, w->monitor->recover_after, r, &from);
    e->unconfirmed += engine_is_unconfirmed(w);
    if (moved)
        engine_record_move(w, from, w->status.last.message, &k);
    if (r->verdict != VERDICT_UNKNOWN)
        follow(e, w, r->verdict == VERDICT_DOWN, moved, &k);
    if (w->children.n)
        engine_rehold_children(e, w, &k);
    if (worth_keeping(&before, &w->status))
        engine_put_watch(w, fx);
    engine_tell_channels(e, &k);
}
