/* again.c - it comes back: reopened, flapping, worse than before.
 *
 * Flapping: so many changes of the state within so long. One page says so; then it is held open,
 * without a resolve and a trigger for each turn, until it has been steady for a while. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/names.h"
#include "parts.h"

#define SUMMARY_APART_MS (15 * 60 * 1000LL)

void again_change(struct incident_case *c, int64_t now_ms)
{
    int64_t *at = c->incident.changes_ms;

    for (int n = 0; n < CHANGES_MAX; n++) {
        if (!at[n]) {
            at[n] = now_ms;
            return;
        }
    }
    memmove(at, at + 1, (CHANGES_MAX - 1) * sizeof *at);
    at[CHANGES_MAX - 1] = now_ms;
}

static int changes_within(const struct incident *i, int64_t since_ms)
{
    int n = 0;

    for (int at = 0; at < CHANGES_MAX; at++)
        n += i->changes_ms[at] && i->changes_ms[at] > since_ms;
    return n;
}

static void begin_flapping(struct incident_case *c, const struct desk *k, const struct policy *p)
{
    struct incident *i = &c->incident;
    char within[40], text[sizeof((struct transition *)0)->text], was[sizeof i->title];

    i->flapping = true;
    i->flap_due_ms = k->now_ms + p->flap.stable_ms;
    i->updated_note_ms = k->now_ms;
    text_copy(was, sizeof was, i->title);
    text_printf(i->title, sizeof i->title, "%s is flapping: %s",
                i->monitor[0] ? i->monitor : i->dedup_key, was);
    text_printf(text, sizeof text, "%d changes within %s: one page, then quiet until it is steady",
                changes_within(i, k->now_ms - p->flap.within_ms),
                text_from_duration(p->flap.within_ms, within, sizeof within));
    case_record(c, k, incident_state_name(i->state), "flapping", text);
}

void case_reopen(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;
    const struct policy *p = case_policy(c, k);

    i->resolved_ms = i->acked_ms = 0;
    i->resolved_by[0] = i->acked_by[0] = i->assigned[0] = '\0';
    i->hold = HOLD_NONE;
    i->hold_ref[0] = i->hold_why[0] = '\0';
    i->hold_until_ms = i->hold_bad = 0;
    i->paged = SEVERITY_INFO; /* what was told before is over */
    i->reopened++;
    i->born_cycle = i->cycle + 1;
    again_change(c, k->now_ms);
    i->state = INCIDENT_TRIGGERED;
    case_record(c, k, "resolved", "reopened", i->title);
    if (p->flap.changes && changes_within(i, k->now_ms - p->flap.within_ms) >= p->flap.changes)
        begin_flapping(c, k, p);
}

void case_waver(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;

    again_change(c, k->now_ms);
    i->flap_due_ms = k->now_ms + case_policy(c, k)->flap.stable_ms;
    if (!i->update_due_ms)
        i->update_due_ms = i->updated_note_ms + SUMMARY_APART_MS > k->now_ms
                               ? i->updated_note_ms + SUMMARY_APART_MS
                               : k->now_ms;
    c->dirty = true;
}

/* "api is flapping: api is down: refused" -> "api is down: refused" */
static void entitle_steady(struct incident *i)
{
    char flaps[sizeof i->dedup_key + 16];

    text_printf(flaps, sizeof flaps, "%s is flapping: ", i->monitor[0] ? i->monitor : i->dedup_key);
    if (text_starts(i->title, flaps))
        memmove(i->title, i->title + strlen(flaps), strlen(i->title) - strlen(flaps) + 1);
}

void case_steady(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;

    i->flapping = false;
    i->flap_due_ms = 0;
    entitle_steady(i);
    case_record(c, k, incident_state_name(i->state), "steady", "no longer flapping: it stays down");
    if (i->state == INCIDENT_TRIGGERED)
        case_begin_anew(c, k, NOTICE_TRIGGERED);
}

void case_raise(struct incident_case *c, const struct desk *k, enum severity s)
{
    struct incident *i = &c->incident;
    char text[80];

    if (s <= i->severity)
        return;
    text_printf(text, sizeof text, "severity raised from %s to %s", severity_name(i->severity),
                severity_name(s));
    i->severity = s;
    case_record(c, k, incident_state_name(i->state), "raised", text);
    if (i->state != INCIDENT_TRIGGERED || i->hold)
        return;
    if (i->step >= 0 && s > i->paged)
        case_begin_anew(c, k, NOTICE_TRIGGERED);
    else
        urgency_set(c, k); /* its first page is still to come */
}
