/* audit.c - the engine looks at itself: is every open incident on its way to somebody? And the
 * figures of what it holds. */
#include "base/text.h"
#include "desk.h"

/* Triggered and without a step ahead: held, flapping, of low urgency, or all steps are through. */
static bool may_rest(const struct engine *e, const struct incident_case *c)
{
    const struct incident *i = &c->incident;
    struct desk k = {.config = e->config};

    return i->hold || i->flapping || i->urgency == URGENCY_LOW ||
           (i->step >= 0 && !escalate_has_next(c, &k));
}

static int audit_case(const struct engine *e, const struct incident_case *c, struct err *err)
{
    const struct incident *i = &c->incident;

    if (i->state == INCIDENT_TRIGGERED && !i->step_due_ms && !may_rest(e, c))
        return err_set(err, "incident %s is open and has no step ahead", i->id);
    if ((i->hold == HOLD_STORM || i->hold == HOLD_GROUP) && case_is_open(c) &&
        (!c->lead || !case_is_open(c->lead)))
        return err_set(err, "incident %s is told together with others by none", i->id);
    if (engine_is_lead(c) && case_is_open(c) && !c->members)
        return err_set(err, "incident %s gathers nothing and is open", i->id);
    if (i->state == INCIDENT_SNOOZED && !i->snoozed_until_ms)
        return err_set(err, "incident %s is snoozed without an end", i->id);
    if (case_wake_ms(c) < INT64_MAX && !heap_holds(&c->wake))
        return err_set(err, "incident %s waits for nothing", i->id);
    return 0;
}

int engine_audit(const struct engine *e, int64_t now_ms, int64_t slack_ms, struct err *err)
{
    const struct heap_node *first = heap_first(&e->wakes);
    const char *key;
    void *value;

    if (first && first->due < now_ms - slack_ms)
        return err_set(err, "a step is overdue by %lld s", (long long)(now_ms - first->due) / 1000);
    if ((e->orders_due_ms != LOOK_ANEW && e->orders_due_ms < now_ms - slack_ms) ||
        (e->handoff_due_ms != LOOK_ANEW && e->handoff_due_ms < now_ms - slack_ms))
        return err_set(err, "a silence, an override or a shift is overdue");
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);)
        if (audit_case(e, value, err) < 0)
            return -1;
    return 0;
}

void engine_count(const struct engine *e, struct engine_counts *ret)
{
    const char *key;
    void *value;

    *ret = (struct engine_counts){0};
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);) {
        const struct incident *c = &((const struct incident_case *)value)->incident;

        if (c->state == INCIDENT_RESOLVED)
            continue;
        ret->open++;
        ret->acknowledged += c->state == INCIDENT_ACKNOWLEDGED;
        ret->snoozed += c->state == INCIDENT_SNOOZED;
        ret->flapping += c->flapping;
        ret->held[c->hold]++;
    }
}
