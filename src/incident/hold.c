/* hold.c - held back, let go; and what is held under another.
 *
 * A hold stops paging and nothing else. Pages that had gone out stay as they are, and whoever got
 * one hears of the end. What a person asks for, reassign or escalate, pages all the same, and no
 * further step follows. When it is let go and still open, paging begins at step 0. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/names.h"
#include "parts.h"

#define FIRST_UPDATE_MS 10000 /* what fails together is told together */
#define UPDATE_APART_MS 300000

static bool paged_in_cycle(const struct incident_case *c)
{
    for (size_t n = 0; n < c->pages.n; n++)
        if (page_is_alarm(c->pages.items[n]) && c->pages.items[n]->d.cycle == c->incident.cycle)
            return true;
    return false;
}

static void stop_paging(struct incident_case *c, const struct desk *k)
{
    struct incident *i = &c->incident;

    if (i->state != INCIDENT_TRIGGERED)
        return;
    i->step_due_ms = i->urgency_due_ms = 0;
    if (!paged_in_cycle(c))
        return;
    i->cycle++;
    i->opening = NOTICE_TRIGGERED;
    page_overtake(c, k);
}

static void let_go(struct incident_case *c, const struct desk *k)
{
    char text[sizeof((struct transition *)0)->text];

    text_printf(text, sizeof text, "no longer held by %s", hold_name(c->incident.hold));
    c->incident.hold = HOLD_NONE;
    c->incident.hold_ref[0] = c->incident.hold_why[0] = '\0';
    c->incident.hold_until_ms = c->incident.hold_bad = 0;
    case_record(c, k, incident_state_name(c->incident.state), "released", text);
    if (c->incident.state != INCIDENT_TRIGGERED)
        return;
    if (paged_in_cycle(c))
        case_begin_anew(c, k, NOTICE_TRIGGERED);
    else
        case_begin(c, k);
}

void case_hold(struct incident_case *c, const struct desk *k, const struct hold_by *h)
{
    struct incident *i = &c->incident;
    bool same = i->hold == h->hold && text_eq(i->hold_ref, h->ref);

    if (!h->hold) {
        if (i->hold)
            let_go(c, k);
        return;
    }
    if (same && i->hold_until_ms == h->until_ms && text_eq(i->hold_why, h->why))
        return;
    if (!i->hold)
        stop_paging(c, k);
    i->hold = h->hold;
    text_copy(i->hold_ref, sizeof i->hold_ref, h->ref);
    text_copy(i->hold_why, sizeof i->hold_why, h->why);
    i->hold_until_ms = h->until_ms;
    c->dirty = true;
    if (!same)
        case_record(c, k, incident_state_name(i->state), "held", h->why);
}

static bool lists(const char *names, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(names, name); at; at = strstr(at + 1, name))
        if ((at == names || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

void case_affect(struct incident_case *c, const struct desk *k, const char *monitor)
{
    struct incident *i = &c->incident;
    size_t used = strlen(i->affected), n = strlen(monitor);
    int64_t next_ms = i->updated_note_ms + UPDATE_APART_MS;

    if (lists(i->affected, monitor))
        return;
    i->n_affected++;
    if (used + n + 2 <= sizeof i->affected)
        snprintf(i->affected + used, sizeof i->affected - used, "%s%s", used ? " " : "", monitor);
    if (!i->update_due_ms && paged_in_cycle(c))
        i->update_due_ms = !i->updated_note_ms || next_ms < k->now_ms + FIRST_UPDATE_MS
                               ? k->now_ms + FIRST_UPDATE_MS
                               : next_ms;
    c->dirty = true;
}
