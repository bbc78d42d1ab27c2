/* case.c - the life of a case: born, begun, resolved, read back. */
#include "incident/case.h"

#include "base/text.h"
#include "model/names.h"
#include "parts.h"

struct incident_case *case_new(const struct incident *i)
{
    struct incident_case *c = mem_new(struct incident_case);

    c->incident = *i;
    c->edge_ms = INT64_MAX;
    return c;
}

void case_free(struct incident_case *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->pages.n; i++)
        mem_free(c->pages.items[i]);
    vec_done(&c->pages);
    mem_free(c);
}

void case_record(struct incident_case *c, const struct desk *k, const char *from, const char *to,
                 const char *text)
{
    struct transition t = {.at_ms = k->now_ms,
                           .subject = SUBJECT_INCIDENT,
                           .cause = k->cause,
                           .reason = c->incident.reason};

    text_copy(t.name, sizeof t.name, c->incident.id);
    text_copy(t.from, sizeof t.from, from);
    text_copy(t.to, sizeof t.to, to);
    text_copy(t.actor, sizeof t.actor, k->actor);
    text_copy(t.text, sizeof t.text, text);
    vec_push(&k->fx->commit.transitions, t);
    c->incident.version++;
    c->incident.updated_ms = k->now_ms;
    c->dirty = true;
}

const struct policy *case_policy(const struct incident_case *c, const struct desk *k)
{
    const struct policy *p = config_policy(k->config, c->incident.policy);
    const struct monitor *m = config_monitor(k->config, c->incident.monitor);

    if (!p && m)
        p = m->policy;
    return p ? p : config_policy(k->config, "default");
}

const struct schedule *case_schedule(const struct desk *k, const struct schedule *s)
{
    const struct schedule *own = k->schedules ? map_get(k->schedules, s->name) : NULL;

    return own ? own : s;
}

bool case_is_open(const struct incident_case *c)
{
    return c->incident.state != INCIDENT_RESOLVED;
}

void case_move(struct incident_case *c, const struct desk *k, enum incident_state to,
               const char *text)
{
    enum incident_state from = c->incident.state;

    c->incident.state = to;
    case_record(c, k, incident_state_name(from), incident_state_name(to), text);
}

void case_begin(struct incident_case *c, const struct desk *k)
{
    const struct policy *p = case_policy(c, k);
    struct incident *i = &c->incident;
    int64_t wait_ms = i->cycle ? 0 : p->group_wait_ms;

    i->step = -1;
    i->loop = 0;
    i->step_due_ms = 0;
    i->assigned[0] = '\0'; /* as the policy says */
    c->dirty = true;
    if (i->hold)
        return;
    urgency_set(c, k);
    i->step_due_ms = k->now_ms + wait_ms + (p->n_steps ? p->steps[0].after_ms : 0);
    case_tick(c, k);
}

void case_begin_anew(struct incident_case *c, const struct desk *k, enum notice_type opening)
{
    c->incident.cycle++;
    c->incident.opening = opening;
    page_overtake(c, k);
    case_begin(c, k);
}

void case_resolve(struct incident_case *c, const struct desk *k, const char *why)
{
    struct incident *i = &c->incident;
    char text[sizeof((struct transition *)0)->text];

    i->resolved_ms = k->now_ms;
    text_copy(i->resolved_by, sizeof i->resolved_by, k->actor);
    timers_stop(i);
    i->flapping = false;
    i->flap_due_ms = i->update_due_ms = 0;
    again_change(c, k->now_ms);
    c->keep_until_ms = k->now_ms + case_policy(c, k)->reopen_window_ms;
    if (k->actor[0])
        person_text(text, sizeof text, k, "resolved by");
    else
        text_copy(text, sizeof text, why);
    case_move(c, k, INCIDENT_RESOLVED, text);
    page_overtake(c, k);
    page_tell_reached(c, k, NOTICE_RESOLVED);
}

/* An attempt that was under way when we died may have got through: nobody knows. It is made
 * again under the same id. */
struct page *case_adopt(struct incident_case *c, const struct delivery *d)
{
    struct page *p = mem_new(struct page);

    p->d = *d;
    p->of = c;
    if (p->d.state == DELIVERY_SENDING) {
        p->d.state = DELIVERY_WAITING;
        if (p->d.reached == REACHED_NO)
            p->d.reached = REACHED_MAYBE;
        p->dirty = true;
    }
    vec_push(&c->pages, p);
    return p;
}
