/* person.c - what people do to an incident. */
#include "base/text.h"
#include "model/names.h"
#include "parts.h"

#define TEXT_SIZE sizeof(((struct transition *)0)->text)

void person_text(char *dst, size_t size, const struct desk *k, const char *verb)
{
    text_printf(dst, size, "%s %s%s%s", verb, k->actor[0] ? k->actor : "midwatch",
                k->comment ? ": " : "", k->comment ? k->comment : "");
}

void case_ack(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;
    const struct policy *p = case_policy(c, k);
    char text[TEXT_SIZE];

    timers_stop(i);
    i->acked_ms = k->now_ms;
    text_copy(i->acked_by, sizeof i->acked_by, k->actor);
    i->ack_due_ms = p->ack_timeout_ms ? k->now_ms + p->ack_timeout_ms : 0;
    i->remind_due_ms = p->remind_ms ? k->now_ms + p->remind_ms : 0;
    person_text(text, sizeof text, k, "acknowledged by");
    case_move(c, k, INCIDENT_ACKNOWLEDGED, text);
    page_overtake(c, k);
    page_tell_reached(c, k, NOTICE_ACKNOWLEDGED);
}

static void forget_ack(struct incident *i)
{
    timers_stop(i);
    i->acked_ms = 0;
    i->acked_by[0] = '\0';
}

static void page_acker(struct incident_case *c, const struct desk *k, const struct person *acker)
{
    size_t before = c->pages.n;

    page_person(c, k, NOTICE_UNACKNOWLEDGED, acker, NULL, NULL);
    for (size_t n = before; n < c->pages.n; n++)
        text_copy(c->pages.items[n]->d.notice.why, sizeof c->pages.items[n]->d.notice.why,
                  "had acknowledged it");
}

/* Escalation starts over with whoever is on call now; the one who had acknowledged is paged too. */
void case_unack(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;
    const struct person *acker =
        i->state == INCIDENT_ACKNOWLEDGED ? config_person(k->config, i->acked_by) : NULL;
    char text[TEXT_SIZE];

    if (k->cause == CAUSE_ACK_TIMEOUT)
        text_printf(text, sizeof text, "acknowledged by %s, but not resolved in time", i->acked_by);
    else if (k->cause == CAUSE_TIMER)
        text_copy(text, sizeof text, "its snooze is over");
    else
        person_text(text, sizeof text, k,
                    i->state == INCIDENT_SNOOZED ? "woken by" : "acknowledgement withdrawn by");
    forget_ack(i);
    case_move(c, k, INCIDENT_TRIGGERED, text);
    case_begin_anew(c, k, NOTICE_UNACKNOWLEDGED);
    if (acker && !i->hold)
        page_acker(c, k, acker);
}

void case_snooze(struct incident_case *c, const struct desk *k, int64_t until_ms)
{
    struct incident *i = &c->incident;
    char verb[64], span[40], text[TEXT_SIZE];

    timers_stop(i);
    i->snoozed_until_ms = until_ms;
    text_from_duration((until_ms - k->now_ms) / 1000 * 1000, span, sizeof span);
    text_printf(verb, sizeof verb, "snoozed for %s by", span);
    person_text(text, sizeof text, k, verb);
    case_move(c, k, INCIDENT_SNOOZED, text);
    page_overtake(c, k);
    page_tell_reached(c, k, NOTICE_SNOOZED);
}

/* Back to triggered in a cycle of its own, so that what was under way is stale. */
static void take_up(struct incident_case *c, const struct desk *k)
{
    forget_ack(&c->incident);
    c->incident.state = INCIDENT_TRIGGERED;
    c->incident.cycle++;
    if (!c->incident.hold)
        urgency_set(c, k);
    page_overtake(c, k);
}

/* Whom only the broken channel reaches is reached by any other. */
static void page_assignee(struct incident_case *c, const struct desk *k, const struct person *to)
{
    struct buf names;

    if (page_person(c, k, NOTICE_ESCALATED, to, NULL, NULL))
        return;
    buf_init(&names, TEXT_SIZE);
    page_anybody(c, k, NOTICE_ESCALATED, &names);
    buf_done(&names);
}

void case_reassign(struct incident_case *c, const struct desk *k, const struct person *to)
{
    struct incident *i = &c->incident;
    const char *from = incident_state_name(i->state);
    char verb[NAME_SIZE + 40], text[TEXT_SIZE];

    take_up(c, k);
    text_copy(i->assigned, sizeof i->assigned, to->name);
    text_printf(verb, sizeof verb, "reassigned to %s by", to->name);
    person_text(text, sizeof text, k, verb);
    case_record(c, k, from, "reassigned", text);
    if (i->step < 0)
        i->step = 0;
    page_assignee(c, k, to);
    escalate_plan(c, k);
}

bool case_escalate(struct incident_case *c, const struct desk *k)
{
    const char *from = incident_state_name(c->incident.state);
    char text[TEXT_SIZE];

    if (!escalate_has_next(c, k))
        return false;
    if (c->incident.state != INCIDENT_TRIGGERED)
        take_up(c, k);
    person_text(text, sizeof text, k, "escalated by");
    case_record(c, k, from, "escalated", text);
    escalate_due(c, k);
    return true;
}

void case_note(struct incident_case *c, const struct desk *k, const char *text)
{
    struct incident *i = &c->incident;
    const char *state = incident_state_name(i->state);
    char line[TEXT_SIZE];

    text_copy(i->note, sizeof i->note, text);
    text_printf(line, sizeof line, "%s: %s", k->actor, text);
    case_record(c, k, state, "noted", line);
}
