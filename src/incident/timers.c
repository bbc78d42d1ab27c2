/* timers.c - what time brings to one case, and when it next brings something. */
#include "base/text.h"
#include "model/names.h"
#include "parts.h"

void timers_stop(struct incident *i)
{
    i->step_due_ms = i->ack_due_ms = i->remind_due_ms = 0;
    i->urgency_due_ms = i->snoozed_until_ms = 0;
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
    if (p->d.handed_on || p->d.replayed || !page_is_alarm(p) || !page_is_news(p) ||
        !page_unfinished(p))
        return INT64_MAX;
    return p->d.created_ms + HAND_ON_AFTER_MS;
}

static void remind(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;
    const struct person *acker = config_person(k->config, i->acked_by);
    int64_t every_ms = case_policy(c, k)->remind_ms;

    i->remind_due_ms = 0;
    c->dirty = true;
    if (!acker || !every_ms || !page_word(c, k, NOTICE_REMINDER, acker, NULL))
        return;
    i->remind_due_ms = k->now_ms + every_ms;
    i->reminded++;
    case_record(c, k, "acknowledged", "reminded", i->acked_by);
}

static void update(struct incident_case *c, const struct desk *k)
{
    c->incident.update_due_ms = 0;
    c->incident.updated_note_ms = k->now_ms;
    c->dirty = true;
    page_renew(c);
    page_tell_reached(c, k, NOTICE_UPDATED);
}

/* Also when those hours are over again by the time we look. */
static void become_urgent(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;

    i->urgency = URGENCY_HIGH;
    i->urgency_due_ms = 0;
    case_record(c, k, "triggered", "urgent", "by the hours of its policy its urgency is high now");
    if (i->step >= 0)
        case_begin_anew(c, k, NOTICE_TRIGGERED);
}

static bool due(int64_t at_ms, const struct desk *k)
{
    return at_ms && at_ms <= k->now_ms;
}

void case_tick(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;

    if (i->state == INCIDENT_ACKNOWLEDGED && due(i->ack_due_ms, k))
        ack_timed_out(c, k);
    if (i->state == INCIDENT_ACKNOWLEDGED && due(i->remind_due_ms, k))
        remind(c, k);
    if (i->state == INCIDENT_SNOOZED && due(i->snoozed_until_ms, k))
        case_unack(c, k);
    if (i->state == INCIDENT_TRIGGERED && due(i->urgency_due_ms, k))
        become_urgent(c, k);
    if (i->state == INCIDENT_TRIGGERED && due(i->step_due_ms, k))
        escalate_due(c, k);
    if (i->state != INCIDENT_RESOLVED && due(i->update_due_ms, k))
        update(c, k);
    for (size_t n = 0; n < c->pages.n; n++)
        if (hand_on_ms(c->pages.items[n]) <= k->now_ms)
            escalate_hand_on(c, c->pages.items[n], k);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A resolved case goes when it may no longer be opened again; one with a delivery that has not
 * ended goes with that. */
static int64_t gone_ms(const struct incident_case *c)
{
    for (size_t i = 0; i < c->pages.n; i++)
        if (page_unfinished(c->pages.items[i]))
            return INT64_MAX;
    return c->keep_until_ms;
}

/* The timers that run in each state; 0: none. */
static int64_t own_wake(const struct incident_case *c)
{
    const struct incident *i = &c->incident;
    const int64_t runs[][3] = {
        [INCIDENT_TRIGGERED] = {i->step_due_ms, i->urgency_due_ms, i->update_due_ms},
        [INCIDENT_ACKNOWLEDGED] = {i->ack_due_ms, i->remind_due_ms, i->update_due_ms},
        [INCIDENT_SNOOZED] = {i->snoozed_until_ms, i->update_due_ms, 0},
        [INCIDENT_RESOLVED] = {0, 0, 0},
    };
    int64_t wake = INT64_MAX;

    for (int n = 0; n < 3; n++)
        if (runs[i->state][n])
            wake = sooner(wake, runs[i->state][n]);
    if (i->state == INCIDENT_RESOLVED)
        return gone_ms(c);
    if (i->flapping)
        wake = sooner(wake, i->flap_due_ms);
    if (i->expires_ms)
        wake = sooner(wake, i->expires_ms);
    return sooner(wake, c->edge_ms);
}

int64_t case_wake_ms(const struct incident_case *c)
{
    int64_t wake = own_wake(c);

    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *p = c->pages.items[i];

        if (p->d.state == DELIVERY_WAITING && !settle_blocked(c, i))
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

/* What runs for so long; what ends at a time of day (support hours, a hold) stays where it is.
 * `updated_ms` too: by it a restart tells whether the clock was set back meanwhile. */
void case_shift(struct incident_case *c, int64_t delta_ms)
{
    struct incident *i = &c->incident;
    int64_t *const timers[] = {&i->step_due_ms,      &i->ack_due_ms,      &i->updated_ms,
                               &i->snoozed_until_ms, &i->remind_due_ms,   &i->flap_due_ms,
                               &i->update_due_ms,    &i->updated_note_ms, &i->expires_ms,
                               &c->keep_until_ms,    &c->joined_ms};

    for (size_t n = 0; n < sizeof timers / sizeof *timers; n++)
        shift(timers[n], delta_ms);
    for (int n = 0; n < CHANGES_MAX; n++)
        shift(&i->changes_ms[n], delta_ms);
    for (size_t n = 0; n < c->pages.n; n++) {
        struct page *p = c->pages.items[n];

        if (!page_unfinished(p))
            continue;
        shift(&p->d.created_ms, delta_ms);
        shift(&p->d.due_ms, delta_ms);
        p->dirty = true;
    }
    c->dirty = true;
}
