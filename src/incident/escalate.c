/* escalate.c - the next step, and the next contact.
 *
 * Happy path: the step that is due pages its contacts, and the one after it is due `after`
 *             later; after the last one a repeat, if any, begins at step 0.
 * Nobody:     a step that finds nobody hands over to the next step at once; the last one
 *             to the policy's fallback.
 * No answer:  a page that is refused for good, or not taken for a minute, goes to the person's
 *             next channel at once; when the whole step is in that state, to the next step. */
#include "base/text.h"
#include "incident/case.h"

#define REPEAT_LEAST_MS 60000

static enum notice_type type_of(const struct incident *i)
{
    return i->step == 0 && i->loop == 0 ? i->opening : NOTICE_ESCALATED;
}

/* Low urgency goes no further than step 0, a flapping page is one page, and what a person asks for
 * in spite of a hold is that page alone. */
void escalate_plan(struct incident_case *c, const struct desk *k)
{
    const struct policy *p = case_policy(c, k);
    struct incident *i = &c->incident;
    size_t next = (size_t)(i->step + 1);
    int64_t every = p->repeat_every_ms, last, now_ms = k->now_ms;

    i->step_due_ms = 0;
    if (!p->n_steps || i->urgency == URGENCY_LOW || i->flapping || i->hold)
        return;
    last = p->steps[p->n_steps - 1].after_ms;
    if (!every)
        every = last > REPEAT_LEAST_MS ? last : REPEAT_LEAST_MS;
    if (next < p->n_steps)
        i->step_due_ms = now_ms + p->steps[next].after_ms;
    else if (i->loop < p->repeat_times)
        i->step_due_ms = now_ms + every;
}

bool escalate_has_next(const struct incident_case *c, const struct desk *k)
{
    const struct policy *p = case_policy(c, k);

    return (size_t)(c->incident.step + 1) < p->n_steps || c->incident.loop < p->repeat_times;
}

static void record(struct incident_case *c, const struct desk *k, const char *to, const char *what,
                   const char *names)
{
    char text[sizeof((struct transition *)0)->text], head[64] = "";

    if (c->incident.step >= 0)
        text_printf(head, sizeof head, "step %d%s: ", c->incident.step,
                    c->incident.loop ? " (again)" : "");
    text_printf(text, sizeof text, "%s%s%s", head, what, names);
    case_record(c, k, "triggered", to, text);
}

/* Once in each loop: telling it again finds the pages there already. */
static void tell_fallback(struct incident_case *c, const struct desk *k, const struct policy *p)
{
    size_t before = c->pages.n;
    struct buf names;

    buf_init(&names, 200);
    if (!page_contacts(c, k, NOTICE_ESCALATED, p->fallback, p->n_fallback, &names) &&
        !page_anybody(c, k, NOTICE_ESCALATED, &names))
        record(c, k, "nobody", "nobody could be told", "");
    else if (c->pages.n > before)
        record(c, k, "fallback", "fallback told: ", buf_text(&names));
    buf_done(&names);
}

/* Runs one step; false when it found nobody. */
static bool run_step(struct incident_case *c, const struct desk *k, const struct policy *p)
{
    struct incident *i = &c->incident;
    const struct step *s;
    struct buf names;
    size_t told;

    if ((size_t)(i->step + 1) >= p->n_steps && i->step >= 0) {
        i->step = -1;
        i->loop++;
    }
    i->step++;
    s = &p->steps[i->step];
    buf_init(&names, 200);
    told = page_contacts(c, k, type_of(i), s->notify, s->n_notify, &names);
    escalate_plan(c, k);
    if (told)
        record(c, k, "paged", "paged ", buf_text(&names));
    else
        record(c, k, "empty", "nobody to page", "");
    buf_done(&names);
    return told > 0;
}

void escalate_due(struct incident_case *c, const struct desk *k)
{
    const struct policy *p = case_policy(c, k);

    c->incident.step_due_ms = 0;
    c->dirty = true;
    if (!p->n_steps) {
        tell_fallback(c, k, p);
        return;
    }
    while (!run_step(c, k, p)) {
        if ((size_t)(c->incident.step + 1) >= p->n_steps) {
            tell_fallback(c, k, p);
            return;
        }
    }
}

/* The same person's next channel that has not been tried yet; the one that failed is none. */
static struct page *next_channel(struct incident_case *c, const struct page *p)
{
    struct page *best = NULL;

    if (!p->d.notice.person[0])
        return NULL;
    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *q = c->pages.items[i];

        if (q->d.state != DELIVERY_WAITING || q->d.attempt || q->d.cycle != p->d.cycle ||
            !page_is_alarm(q) || !text_eq(q->d.notice.person, p->d.notice.person) ||
            text_eq(q->d.notice.channel, p->d.notice.channel))
            continue;
        if (!best || q->d.due_ms < best->d.due_ms)
            best = q;
    }
    return best;
}

/* Is any page of the step last run delivered, or still on its first way? */
static bool step_has_hope(const struct incident_case *c)
{
    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *p = c->pages.items[i];

        if (!page_is_alarm(p) || p->d.cycle != c->incident.cycle ||
            p->d.notice.step != c->incident.step || p->d.notice.loop != c->incident.loop)
            continue;
        if (p->d.state == DELIVERY_DELIVERED || (page_unfinished(p) && !p->d.handed_on))
            return true;
    }
    return false;
}

void escalate_hand_on(struct incident_case *c, struct page *p, const struct desk *k)
{
    const struct policy *policy = case_policy(c, k);
    struct page *next;

    if (p->d.handed_on || c->incident.state != INCIDENT_TRIGGERED)
        return;
    p->d.handed_on = true;
    p->dirty = true;
    next = next_channel(c, p);
    if (next) {
        if (next->d.due_ms > k->now_ms)
            next->d.due_ms = next->d.created_ms = k->now_ms;
        next->dirty = true;
        return;
    }
    if (c->incident.hold || step_has_hope(c))
        return;
    if ((size_t)(c->incident.step + 1) < policy->n_steps)
        escalate_due(c, k);
    else
        tell_fallback(c, k, policy);
}
