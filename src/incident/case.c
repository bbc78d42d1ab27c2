/* case.c - the life of a case: born, moved by people and results, settled, closed. */
#include "incident/case.h"

#include "base/text.h"
#include "model/names.h"

struct incident_case *case_new(const struct incident *i)
{
    struct incident_case *c = mem_new(struct incident_case);

    c->incident = *i;
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

static void move(struct incident_case *c, const struct desk *k, enum incident_state to,
                 const char *text)
{
    enum incident_state from = c->incident.state;

    c->incident.state = to;
    case_record(c, k, incident_state_name(from), incident_state_name(to), text);
}

const struct policy *case_policy(const struct incident_case *c, const struct desk *k)
{
    const struct policy *p = config_policy(k->config, c->incident.policy);
    const struct monitor *m = config_monitor(k->config, c->incident.monitor);

    if (!p && m)
        p = m->policy;
    return p ? p : config_policy(k->config, "default");
}

void case_begin(struct incident_case *c, const struct desk *k)
{
    const struct policy *p = case_policy(c, k);

    c->incident.step = -1;
    c->incident.loop = 0;
    c->incident.step_due_ms = p->n_steps ? k->now_ms + p->steps[0].after_ms : k->now_ms;
    c->dirty = true;
    case_tick(c, k);
}

void case_ack(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;
    const struct policy *p = case_policy(c, k);
    char text[sizeof((struct transition *)0)->text];

    i->acked_ms = k->now_ms;
    text_copy(i->acked_by, sizeof i->acked_by, k->actor);
    i->step_due_ms = 0;
    i->ack_due_ms = p->ack_timeout_ms ? k->now_ms + p->ack_timeout_ms : 0;
    text_printf(text, sizeof text, "acknowledged by %s", k->actor);
    move(c, k, INCIDENT_ACKNOWLEDGED, text);
    page_overtake(c, k);
    page_tell_reached(c, k, NOTICE_ACKNOWLEDGED);
}

/* Escalation starts over with whoever is on call now; the one who had acknowledged is paged too. */
void case_unack(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;
    const struct person *acker = config_person(k->config, i->acked_by);
    char text[sizeof((struct transition *)0)->text];

    if (k->cause == CAUSE_ACK_TIMEOUT)
        text_printf(text, sizeof text, "acknowledged by %s, but not resolved in time", i->acked_by);
    else
        text_printf(text, sizeof text, "acknowledgement withdrawn by %s", k->actor);
    i->ack_due_ms = 0;
    i->acked_ms = 0;
    i->acked_by[0] = '\0';
    i->cycle++;
    move(c, k, INCIDENT_TRIGGERED, text);
    page_overtake(c, k);
    case_begin(c, k);
    if (acker)
        page_person(c, k, NOTICE_UNACKNOWLEDGED, acker, NULL, NULL);
}

void case_resolve(struct incident_case *c, const struct desk *k, const char *why)
{
    struct incident *i = &c->incident;
    char text[sizeof((struct transition *)0)->text];

    i->resolved_ms = k->now_ms;
    text_copy(i->resolved_by, sizeof i->resolved_by, k->actor);
    i->step_due_ms = i->ack_due_ms = 0;
    if (k->actor[0])
        text_printf(text, sizeof text, "resolved by %s", k->actor);
    else
        text_copy(text, sizeof text, why);
    move(c, k, INCIDENT_RESOLVED, text);
    page_overtake(c, k);
    page_tell_reached(c, k, NOTICE_RESOLVED);
}

static void ack_timed_out(struct incident_case *c, const struct desk *k)
{
    struct desk timed_out = *k;

    timed_out.cause = CAUSE_ACK_TIMEOUT;
    case_unack(c, &timed_out);
}

/* A page that nobody's machine has taken for a minute: the next contact is told meanwhile. */
#define HAND_ON_AFTER_MS 60000

static int64_t hand_on_ms(const struct page *p)
{
    if (p->d.handed_on || !page_is_alarm(p) || !page_is_news(p) || !page_unfinished(p))
        return INT64_MAX;
    return p->d.created_ms + HAND_ON_AFTER_MS;
}

void case_tick(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;

    if (i->state == INCIDENT_ACKNOWLEDGED && i->ack_due_ms && i->ack_due_ms <= k->now_ms)
        ack_timed_out(c, k);
    if (i->state == INCIDENT_TRIGGERED && i->step_due_ms && i->step_due_ms <= k->now_ms)
        escalate_due(c, k);
    for (size_t n = 0; n < c->pages.n; n++)
        if (hand_on_ms(c->pages.items[n]) <= k->now_ms)
            escalate_hand_on(c, c->pages.items[n], k);
}

/* Nothing may overtake an earlier delivery to the same contact that is on its way. */
static bool blocked(const struct incident_case *c, size_t at)
{
    const struct notice *n = &c->pages.items[at]->d.notice;

    for (size_t i = 0; i < at; i++) {
        const struct delivery *d = &c->pages.items[i]->d;
        bool on_its_way =
            d->state == DELIVERY_SENDING || (d->state == DELIVERY_WAITING && d->attempt > 0);

        if (on_its_way && text_eq(d->notice.channel, n->channel) &&
            text_eq(d->notice.person, n->person))
            return true;
    }
    return false;
}

/* Did this contact get, or may it have got, a page of this case? */
static bool contact_reached(const struct incident_case *c, const struct page *note)
{
    bool alarmed = false;

    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *p = c->pages.items[i];

        if (!page_is_alarm(p) || !text_eq(p->d.notice.channel, note->d.notice.channel) ||
            !text_eq(p->d.notice.person, note->d.notice.person))
            continue;
        alarmed = true;
        if (p->d.reached != REACHED_NO)
            return true;
    }
    return !alarmed; /* read back without its page: it was decided that they must know */
}

static void start_due(struct incident_case *c, const struct desk *k)
{
    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *p = c->pages.items[i];

        if (p->d.state != DELIVERY_WAITING || p->d.due_ms > k->now_ms || blocked(c, i))
            continue;
        p->dirty = true;
        if (!page_is_news(p) || (!page_is_alarm(p) && !contact_reached(c, p))) {
            p->d.state = DELIVERY_OVERTAKEN;
            p->d.done_ms = k->now_ms;
            continue;
        }
        p->d.state = DELIVERY_SENDING;
        p->d.attempt++;
        vec_push(&k->fx->sends, (const struct delivery *)&p->d);
    }
}

bool case_settle(struct incident_case *c, const struct desk *k)
{
    bool unfinished = false;

    start_due(c, k);
    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *p = c->pages.items[i];

        if (p->dirty)
            vec_push(&k->fx->commit.deliveries, (const struct delivery *)&p->d);
        p->dirty = false;
        unfinished = unfinished || page_unfinished(p);
    }
    if (c->dirty)
        vec_push(&k->fx->commit.incidents, (const struct incident *)&c->incident);
    c->dirty = false;
    return c->incident.state == INCIDENT_RESOLVED && !unfinished;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t case_wake_ms(const struct incident_case *c)
{
    int64_t wake = INT64_MAX;

    if (c->incident.state == INCIDENT_TRIGGERED && c->incident.step_due_ms)
        wake = c->incident.step_due_ms;
    if (c->incident.state == INCIDENT_ACKNOWLEDGED && c->incident.ack_due_ms)
        wake = c->incident.ack_due_ms;
    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *p = c->pages.items[i];

        if (p->d.state == DELIVERY_WAITING && !blocked(c, i))
            wake = sooner(wake, p->d.due_ms);
        wake = sooner(wake, hand_on_ms(p));
    }
    return wake;
}

static void shift(int64_t *at_ms, int64_t delta_ms)
{
    if (*at_ms)
        *at_ms += delta_ms;
}

/* `updated_ms` too: by it a restart tells whether the clock was set back meanwhile. */
void case_shift(struct incident_case *c, int64_t delta_ms)
{
    shift(&c->incident.step_due_ms, delta_ms);
    shift(&c->incident.ack_due_ms, delta_ms);
    shift(&c->incident.updated_ms, delta_ms);
    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *p = c->pages.items[i];

        if (!page_unfinished(p))
            continue;
        shift(&p->d.created_ms, delta_ms);
        shift(&p->d.due_ms, delta_ms);
        p->dirty = true;
    }
    c->dirty = true;
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
