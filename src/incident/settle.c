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
    if (c->dirty && !c->stub)
        vec_push(&k->fx->commit.incidents, (const struct incident *)&c->incident);
    c->dirty = false;
    return c->incident.state == INCIDENT_RESOLVED && !unfinished && c->keep_until_ms <= k->now_ms;
}
