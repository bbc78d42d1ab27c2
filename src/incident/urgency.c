/* urgency.c - high or low, by severity and support hours. It only rises while an incident is open:
 * the end of the support hours calms nothing down. */
#include "incident/case.h"
#include "parts.h"
#include "sched/window.h"

#define AHEAD_MS (8 * 24 * 3600 * INT64_C(1000)) /* looked at: hours come again every week */

static enum urgency choose(enum urgency_choice choice, enum severity severity)
{
    if (choice == CHOOSE_BY_SEVERITY)
        return severity == SEVERITY_CRITICAL ? URGENCY_HIGH : URGENCY_LOW;
    return choice == CHOOSE_LOW ? URGENCY_LOW : URGENCY_HIGH;
}

enum urgency urgency_at(const struct urgency_rule *r, enum severity s, int64_t at_ms)
{
    bool inside = !r->n_hours || window_hours_hold(r->hours, r->n_hours, r->zone, at_ms);

    return choose(inside ? r->inside : r->outside, s);
}

static int64_t becomes_high(const struct urgency_rule *r, enum severity s, int64_t at_ms)
{
    int64_t last_ms = at_ms + AHEAD_MS;

    while (r->n_hours && at_ms < last_ms) {
        at_ms = window_hours_edge(r->hours, r->n_hours, r->zone, at_ms);
        if (at_ms < INT64_MAX && urgency_at(r, s, at_ms) == URGENCY_HIGH)
            return at_ms;
    }
    return 0;
}

static bool paged_as_high(const struct incident_case *c)
{
    if (c->incident.urgency != URGENCY_HIGH)
        return false;
    for (size_t n = 0; n < c->pages.n; n++)
        if (page_is_alarm(c->pages.items[n]) &&
            c->pages.items[n]->d.cycle >= c->incident.born_cycle)
            return true;
    return false;
}

void urgency_set(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;
    const struct urgency_rule *r = &case_policy(c, k)->urgency;

    if (!paged_as_high(c))
        i->urgency = urgency_at(r, i->severity, k->now_ms);
    i->urgency_due_ms = i->urgency == URGENCY_LOW ? becomes_high(r, i->severity, k->now_ms) : 0;
}
