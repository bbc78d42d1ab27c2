/* settle.c - the end of every event: what may start, starts, and every change is collected. */
#include "base/text.h"
#include "parts.h"

/* Nothing may overtake an earlier delivery to the same contact that is on its way. */
bool settle_blocked(const struct incident_case *c, size_t at)
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

/* Did this contact get, or may it have got, a page of this case whose end it was not told? */
static bool contact_reached(const struct incident_case *c, const struct page *note)
{
    bool alarmed = false;

    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *p = c->pages.items[i];

        if (!page_is_alarm(p) || p->d.cycle > note->d.cycle || !page_same_contact(p, note))
            continue;
        alarmed = true;
        if (p->d.reached != REACHED_NO && !page_end_told(p))
            return true;
    }
    return !alarmed; /* read back without its page: it was decided that they must know */
}

static void start_due(struct incident_case *c, const struct desk *k)
{
    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *p = c->pages.items[i];

        if (p->d.state != DELIVERY_WAITING || p->d.due_ms > k->now_ms || settle_blocked(c, i))
            continue;
        p->dirty = true;
        if (!page_is_news(p) || (page_is_note(p) && !p->d.replayed && !contact_reached(c, p))) {
            p->d.state = DELIVERY_OVERTAKEN;
            p->d.done_ms = k->now_ms;
            continue;
        }
        p->d.state = DELIVERY_SENDING;
        p->d.attempt++;
        vec_push(&k->fx->sends, (const struct delivery *)&p->d);
    }
}

/* Once in each commit, however often the event comes by: it is the value at the end that counts.
 * Where it stood last may be another's place by now, so that is looked at. */
static void put_delivery(struct commit *c, struct page *p)
{
    if (p->put_at < c->deliveries.n && c->deliveries.items[p->put_at] == &p->d)
        return;
    p->put_at = c->deliveries.n;
    vec_push(&c->deliveries, (const struct delivery *)&p->d);
}

static void put_incident(struct commit *to, struct incident_case *c)
{
    if (c->put_at < to->incidents.n && to->incidents.items[c->put_at] == &c->incident)
        return;
    c->put_at = to->incidents.n;
    vec_push(&to->incidents, (const struct incident *)&c->incident);
}

bool case_settle(struct incident_case *c, const struct desk *k)
{
    bool unfinished = false;

    start_due(c, k);
    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *p = c->pages.items[i];

        if (p->dirty)
            put_delivery(&k->fx->commit, p);
        p->dirty = false;
        unfinished = unfinished || page_unfinished(p);
    }
    if (c->dirty && !c->stub)
        put_incident(&k->fx->commit, c);
    c->dirty = false;
    return c->incident.state == INCIDENT_RESOLVED && !unfinished && c->keep_until_ms <= k->now_ms;
}
