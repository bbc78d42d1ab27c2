/* why_story.c - what happened to an incident, and what lies ahead of it.
 *
 * Its transitions say most of it themselves. Laid between them by time: what was sent, and
 * what they leave out (who chose the policy, why a step found nobody). When the transitions
 * are not at hand, the incident's own instants stand in for them. */
#include <stdio.h>

#include "base/text.h"
#include "model/names.h"
#include "why_private.h"

/* Told by another incident that gathers several: that is no silence. */
static bool told_together(const struct incident *i)
{
    return (i->hold == HOLD_GROUP || i->hold == HOLD_STORM) && i->hold_ref[0];
}

static bool is_together(const char *text)
{
    return text_starts(text, "told together");
}

/* --- what was ------------------------------------------------------------------------------ */

static void tell_start(struct why *y)
{
    const struct incident *i = y->f->incident;

    if (i->monitor[0] && i->started_ms < i->opened_ms)
        why_add(y, i->started_ms, "the first bad result of %s in this row", i->monitor);
}

static void tell_policy(struct why *y)
{
    const struct incident *i = y->f->incident;
    const struct policy *p = why_policy(y->f);
    char span[WHY_SPAN_SIZE];
    struct buf choice;

    if (!p)
        return;
    buf_init(&choice, 300);
    if (y->f->monitor && y->f->monitor->policy == p)
        why_choice(y->f, &choice);
    why_add(y, i->opened_ms, "policy %s%s%s: step 0 %s%s%s", p->name, choice.len ? ", by " : "",
            buf_text(&choice),
            p->n_steps && p->steps[0].after_ms ? why_span(p->steps[0].after_ms, span) : "at once",
            p->n_steps && p->steps[0].after_ms ? " later" : "",
            i->urgency == URGENCY_LOW ? "; low urgency, so no step after it" : "");
    buf_done(&choice);
}

static void tell_opened(struct why *y, int64_t at_ms, const char *text)
{
    const struct monitor *m = y->f->monitor;

    if (m && m->fail_after > 1)
        why_add(y, at_ms,
                "confirmed by %d bad results in a row (fail_after), the incident opens: %s",
                m->fail_after, text);
    else if (m)
        why_add(y, at_ms, "one bad result is enough (fail_after 1), the incident opens: %s", text);
    else
        why_add(y, at_ms, "the incident opens: %s", text);
    tell_policy(y);
}

/* "step 1: nobody to page" -> 1 */
static const struct step *step_of(const struct why *y, const char *text)
{
    const struct policy *p = why_policy(y->f);
    unsigned n;

    if (!p || sscanf(text, "step %3u", &n) != 1 || n >= p->n_steps)
        return NULL;
    return &p->steps[n];
}

static void tell_empty(struct why *y, const struct transition *t)
{
    const struct step *s = step_of(y, t->text);
    struct buf why;

    if (!s)
        return;
    buf_init(&why, 600);
    why_nobody(y->f, s, t->at_ms, &why);
    if (why.len)
        why_add(y, t->at_ms, "nobody, because %s", buf_text(&why));
    buf_done(&why);
}

/* Their texts are not whole sentences. */
static const char *lead_of(const struct transition *t)
{
    static const struct {
        const char *to, *lead;
    } leads[] = {{"resolved", "resolved: "},
                 {"triggered", "triggered again: "},
                 {"held", "held back, nobody is paged: "},
                 {"reopened", "it fails again, so the same incident opens again: "},
                 {"reminded", "reminded: "}};

    if (is_together(t->text))
        return "";
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (text_eq(t->to, leads[i].to) && !text_starts(t->text, t->to))
            return leads[i].lead;
    return "";
}

static void tell_transition(struct why *y, const struct transition *t)
{
    if (t->subject == SUBJECT_MONITOR) /* its moves are the incident's */
        return;
    if (t->subject != SUBJECT_INCIDENT)
        why_add(y, t->at_ms, "%s", t->text);
    else if (text_eq(t->from, "none"))
        tell_opened(y, t->at_ms, t->text);
    else
        why_add(y, t->at_ms, "%s%s", lead_of(t), t->text[0] ? t->text : t->to);
    if (t->subject == SUBJECT_INCIDENT && text_eq(t->to, "empty"))
        tell_empty(y, t);
}

static bool has_transitions(const struct why_facts *f)
{
    for (size_t i = 0; i < f->n_transitions; i++)
        if (f->transitions[i].subject == SUBJECT_INCIDENT)
            return true;
    return false;
}

static void tell_from_fields(struct why *y)
{
    const struct incident *i = y->f->incident;

    tell_opened(y, i->opened_ms, i->title);
    if (i->acked_ms)
        why_add(y, i->acked_ms, "acknowledged by %s", i->acked_by);
    if (i->resolved_ms)
        why_add(y, i->resolved_ms, "resolved%s%s", i->resolved_by[0] ? " by " : "", i->resolved_by);
}

/* --- what lies ahead ----------------------------------------------------------------------- */

/* After the last step the first one is next. */
static size_t next_step(const struct why_facts *f)
{
    const struct policy *p = why_policy(f);
    size_t next = (size_t)(f->incident->step + 1);

    return p && next < p->n_steps ? next : 0;
}

static void tell_next_step(struct why *y)
{
    const struct incident *i = y->f->incident;
    const struct policy *p = why_policy(y->f);
    size_t next = next_step(y->f);
    struct buf whom;

    if (!p || !p->n_steps)
        return;
    buf_init(&whom, 600);
    why_step(y->f, &p->steps[next], i->step_due_ms, &whom);
    why_add(y, i->step_due_ms, "unless somebody acknowledges before, step %zu tells %s", next,
            buf_text(&whom));
    buf_done(&whom);
}

static void tell_triggered(struct why *y)
{
    const struct incident *i = y->f->incident;

    if (told_together(i))
        why_add(y, y->f->now_ms, "`midwatch why %s` says who is paged for it", i->hold_ref);
    else if (i->hold != HOLD_NONE)
        why_add(y, y->f->now_ms, "held back now (%s): nobody is paged", hold_name(i->hold));
    else if (i->step_due_ms)
        tell_next_step(y);
    else if (i->urgency == URGENCY_LOW)
        why_add(y, y->f->now_ms, "low urgency: nobody else is told");
    else
        why_add(y, y->f->now_ms, "every step has run: nobody else is told");
}

static void tell_ahead(struct why *y)
{
    const struct incident *i = y->f->incident;
    const struct {
        bool asked;
        int64_t at_ms;
        const char *text;
    } ahead[] = {
        {i->hold != HOLD_NONE, i->hold_until_ms,
         "the hold ends: if it is still failing, step 0 runs"},
        {i->state == INCIDENT_ACKNOWLEDGED, i->ack_due_ms,
         "the acknowledgement runs out, and step 0 runs again"},
        {i->state == INCIDENT_ACKNOWLEDGED, i->remind_due_ms, "whoever acknowledged is reminded"},
        {i->state == INCIDENT_SNOOZED, i->snoozed_until_ms,
         "the snooze ends, and step 0 runs again"},
        {i->urgency == URGENCY_LOW, i->urgency_due_ms, "the urgency becomes high"},
        {i->flapping, i->flap_due_ms, "it counts as steady, if nothing changes before"},
    };

    if (i->state == INCIDENT_RESOLVED)
        return;
    if (i->state == INCIDENT_TRIGGERED)
        tell_triggered(y);
    for (size_t k = 0; k < sizeof ahead / sizeof *ahead; k++)
        if (ahead[k].asked && ahead[k].at_ms)
            why_add(y, ahead[k].at_ms, "%s", ahead[k].text);
}

void why_tell_incident(struct why *y)
{
    const struct why_facts *f = y->f;

    tell_start(y);
    for (size_t i = 0; i < f->n_transitions; i++)
        tell_transition(y, &f->transitions[i]);
    if (!has_transitions(f))
        tell_from_fields(y);
    for (size_t i = 0; i < f->n_deliveries; i++)
        why_tell_delivery(y, &f->deliveries[i]);
    tell_ahead(y);
}

/* --- in one sentence ----------------------------------------------------------------------- */

struct told {
    struct buf got, trying, missed;
};

static const char *told_of(const struct delivery *d)
{
    return d->notice.person[0] ? d->notice.person : d->notice.channel;
}

static bool is_got(const struct why_facts *f, const struct delivery *d)
{
    return why_is_page(d) && text_eq(d->notice.incident, f->incident->id) &&
           (d->state == DELIVERY_DELIVERED || d->reached == REACHED_YES);
}

/* By another channel, or another time: who was reached once is not called missed. */
static bool was_reached(const struct why_facts *f, const char *name)
{
    for (size_t i = 0; i < f->n_deliveries; i++)
        if (is_got(f, &f->deliveries[i]) && text_eq(told_of(&f->deliveries[i]), name))
            return true;
    return false;
}

static void sort_out(const struct why_facts *f, struct told *t)
{
    for (size_t i = 0; i < f->n_deliveries; i++) {
        const struct delivery *d = &f->deliveries[i];
        const char *name = told_of(d);

        if (!why_is_page(d) || !text_eq(d->notice.incident, f->incident->id))
            continue;
        if (was_reached(f, name))
            why_name(&t->got, name);
        else if (d->state == DELIVERY_SENDING || (d->state == DELIVERY_WAITING && d->attempt))
            why_name(&t->trying, name);
        else if (d->attempt)
            why_name(&t->missed, name);
    }
}

static int64_t moved_ms(const struct why_facts *f, const char *to)
{
    int64_t at_ms = f->incident->opened_ms;

    for (size_t i = 0; i < f->n_transitions; i++)
        if (f->transitions[i].subject == SUBJECT_INCIDENT && text_eq(f->transitions[i].to, to))
            at_ms = f->transitions[i].at_ms;
    return at_ms;
}

static const struct transition *last_move(const struct why_facts *f, const char *to)
{
    for (size_t i = f->n_transitions; i > 0; i--)
        if (f->transitions[i - 1].subject == SUBJECT_INCIDENT &&
            text_eq(f->transitions[i - 1].to, to))
            return &f->transitions[i - 1];
    return NULL;
}

static void put_nobody(const struct why_facts *f, struct buf *out)
{
    const struct incident *i = f->incident;
    const struct transition *nobody = last_move(f, "nobody"), *held = last_move(f, "held");
    char span[WHY_SPAN_SIZE];

    if (told_together(i) || (i->hold == HOLD_NONE && held && is_together(held->text))) {
        buf_printf(out, "%s, so nobody was paged for it alone",
                   i->hold != HOLD_NONE ? i->hold_why : held->text);
        return;
    }
    buf_str(out, "nobody was paged");
    if (i->hold != HOLD_NONE)
        buf_printf(out, ": held for %s, %s", why_span(f->now_ms - moved_ms(f, "held"), span),
                   i->hold_why[0] ? i->hold_why : hold_name(i->hold));
    else if (held)
        buf_printf(out, ": it was held, %s", held->text);
    else if (nobody)
        buf_printf(out, ": %s", nobody->text);
    else if (i->state == INCIDENT_RESOLVED)
        buf_str(out, ": it was over before");
    else if (i->step_due_ms > f->now_ms)
        buf_printf(out, " yet: step %zu is due in %s", next_step(f),
                   why_span(i->step_due_ms - f->now_ms, span));
}

static void put_told(const struct why_facts *f, struct buf *out)
{
    struct told t;

    buf_init(&t.got, 160);
    buf_init(&t.trying, 160);
    buf_init(&t.missed, 160);
    sort_out(f, &t);
    if (t.got.len)
        buf_printf(out, "paged: %s", buf_text(&t.got));
    if (t.trying.len)
        buf_printf(out, "%snot through yet: %s", t.got.len ? "; " : "", buf_text(&t.trying));
    if (t.missed.len)
        buf_printf(out, "%snot reached: %s", t.got.len || t.trying.len ? "; " : "",
                   buf_text(&t.missed));
    if (!t.got.len && !t.trying.len && !t.missed.len)
        put_nobody(f, out);
    buf_done(&t.got);
    buf_done(&t.trying);
    buf_done(&t.missed);
}

static void put_state(const struct why_facts *f, struct buf *out)
{
    const struct incident *i = f->incident;
    char span[WHY_SPAN_SIZE];

    switch (i->state) {
    case INCIDENT_TRIGGERED:
        buf_printf(out, "; not acknowledged for %s", why_span(f->now_ms - i->opened_ms, span));
        break;
    case INCIDENT_ACKNOWLEDGED:
        buf_printf(out, "; acknowledged by %s after %s", i->acked_by,
                   why_span(i->acked_ms - i->opened_ms, span));
        break;
    case INCIDENT_SNOOZED:
        buf_printf(out, "; snoozed for another %s",
                   why_span(i->snoozed_until_ms - f->now_ms, span));
        break;
    case INCIDENT_RESOLVED:
        buf_printf(out, "; resolved%s%s after %s", i->resolved_by[0] ? " by " : "", i->resolved_by,
                   why_span(i->resolved_ms - i->opened_ms, span));
        break;
    }
    if (i->flapping)
        buf_str(out, "; flapping, so its changes page nobody");
    else if (i->hold != HOLD_NONE && !told_together(i) && i->state == INCIDENT_TRIGGERED &&
             f->n_deliveries)
        buf_printf(out, "; held back now by %s", hold_name(i->hold));
}

void why_answer_incident(struct why *y)
{
    struct buf out;

    buf_init(&out, sizeof y->answer - 1);
    buf_printf(&out, "%s; ", y->f->incident->title);
    put_told(y->f, &out);
    put_state(y->f, &out);
    text_copy(y->answer, sizeof y->answer, buf_text(&out));
    buf_done(&out);
}
