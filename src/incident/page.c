/* page.c - who hears of it, by which channel, and what the notice says.
 *
 * An alarm (triggered, escalated, unacknowledged) wakes somebody; a note (acknowledged, snoozed,
 * updated, resolved) tells those who were woken how it goes on; a word (reminder, handoff, silence
 * ending) goes to one person. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "incident/case.h"
#include "model/names.h"
#include "oncall/oncall.h"

bool page_is_alarm(const struct page *p)
{
    enum notice_type t = p->d.notice.type;

    return t == NOTICE_TRIGGERED || t == NOTICE_ESCALATED || t == NOTICE_UNACKNOWLEDGED;
}

bool page_is_note(const struct page *p)
{
    enum notice_type t = p->d.notice.type;

    return t == NOTICE_ACKNOWLEDGED || t == NOTICE_RESOLVED || t == NOTICE_UPDATED ||
           t == NOTICE_SNOOZED;
}

bool page_is_news(const struct page *p)
{
    const struct incident *i = &p->of->incident;

    if (p->d.replayed)
        return true;
    if (p->d.notice.type == NOTICE_RESOLVED) /* opened again: told with the next end */
        return i->state == INCIDENT_RESOLVED || p->d.cycle >= i->born_cycle;
    if (p->d.cycle != i->cycle)
        return false;
    switch (p->d.notice.type) {
    case NOTICE_ACKNOWLEDGED:
    case NOTICE_REMINDER:
        return i->state == INCIDENT_ACKNOWLEDGED;
    case NOTICE_SNOOZED:
        return i->state == INCIDENT_SNOOZED;
    case NOTICE_UPDATED:
    case NOTICE_HANDOFF:
    case NOTICE_SILENCE_ENDING:
        return i->state != INCIDENT_RESOLVED;
    default:
        return i->state == INCIDENT_TRIGGERED;
    }
}

bool page_unfinished(const struct page *p)
{
    return p->d.state == DELIVERY_WAITING || p->d.state == DELIVERY_SENDING;
}

/* What may be said more than once in a cycle is told apart by its instant. */
static int64_t instant_of(const struct notice *n, const struct incident *i)
{
    if (n->type == NOTICE_ACKNOWLEDGED)
        return i->acked_ms;
    return n->type == NOTICE_REMINDER || n->type == NOTICE_UPDATED || n->type == NOTICE_SNOOZED ||
                   n->type == NOTICE_HANDOFF || n->type == NOTICE_SILENCE_ENDING
               ? n->at_ms
               : 0;
}

/* The same decision gives the same id, also when it is taken again after a crash that lost it:
 * so a receiver that has seen the page before knows it. No '.', which the signature forbids. */
static void make_id(struct delivery *d, const struct incident *i)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    bool handoff = d->notice.type == NOTICE_HANDOFF;
    char key[512];
    uint64_t h;
    size_t n;

    snprintf(key, sizeof key, "%d|%d|%d|%d|%d|%lld|%s|%s%s%s", (int)d->notice.type, d->cycle,
             d->notice.step, d->notice.loop, d->rule, (long long)instant_of(&d->notice, i),
             d->notice.person, d->notice.channel, handoff ? "|" : "",
             handoff ? d->notice.schedule : ""); /* two at once are two words */
    h = hash64_text(key, hash64_text(i->id, 0));
    n = (size_t)snprintf(d->id, sizeof d->id, "%s-", i->id);
    for (int k = 0; k < 12; k++, h >>= 5)
        d->id[n++] = digits[h & 31];
    d->id[n] = '\0';
}

static void fill_incident(struct notice *n, const struct incident *i)
{
    text_copy(n->incident, sizeof n->incident, i->id);
    text_copy(n->dedup_key, sizeof n->dedup_key, i->dedup_key);
    text_copy(n->monitor, sizeof n->monitor, i->monitor);
    text_copy(n->group, sizeof n->group, i->group);
    text_copy(n->labels, sizeof n->labels, i->labels);
    text_copy(n->title, sizeof n->title, i->title);
    text_copy(n->runbook, sizeof n->runbook, i->runbook);
    n->state = i->state;
    n->severity = i->severity;
    n->reason = i->reason;
    n->started_ms = i->started_ms;
    n->resolved_ms = i->resolved_ms;
    n->count = i->count;
    n->urgency = i->urgency;
    n->n_affected = i->n_affected;
    text_copy(n->affected, sizeof n->affected, i->affected);
    text_copy(n->note, sizeof n->note, i->note);
    n->step = i->step < 0 ? 0 : i->step; /* who had acknowledged is paged ahead of step 0 */
    n->loop = i->loop;
}

static void fill_recipient(struct notice *n, const struct recipient *r, const struct incident *i)
{
    text_copy(n->person, sizeof n->person, r->person ? r->person : "");
    text_copy(n->person_name, sizeof n->person_name, r->person_name ? r->person_name : "");
    text_copy(n->schedule, sizeof n->schedule, r->schedule ? r->schedule : "");
    text_copy(n->channel, sizeof n->channel, r->channel->name);
    if (r->schedule)
        text_printf(n->why, sizeof n->why, "policy %s, step %d: on call in %s (%s)", i->policy,
                    n->step, r->schedule, r->layer ? r->layer : "nobody");
    else
        text_printf(n->why, sizeof n->why, "policy %s, step %d: %s", i->policy, n->step,
                    r->person ? r->person : r->channel->name);
}

struct page *page_add(struct incident_case *c, const struct desk *k, enum notice_type type,
                      const struct recipient *r)
{
    struct page *p = mem_new(struct page);
    struct delivery *d = &p->d;

    p->of = c;
    p->dirty = true;
    d->notice.type = type;
    d->notice.at_ms = k->now_ms;
    fill_incident(&d->notice, &c->incident);
    fill_recipient(&d->notice, r, &c->incident);
    text_copy(d->notice.actor, sizeof d->notice.actor, k->actor);
    d->cycle = c->incident.cycle;
    d->rule = r->rule;
    d->created_ms = d->due_ms = k->now_ms + r->after_ms;
    make_id(d, &c->incident);
    for (size_t i = 0; i < c->pages.n; i++)
        if (text_eq(c->pages.items[i]->d.id, d->id)) { /* told already by this very step */
            mem_free(p);
            return c->pages.items[i];
        }
    if (page_is_alarm(p) && c->incident.severity > c->incident.paged)
        c->incident.paged = c->incident.severity;
    vec_push(&c->pages, p);
    return p;
}

/* A page about a channel that does not deliver does not go by that channel. */
static bool is_about(const struct incident_case *c, const struct channel *ch)
{
    return text_starts(c->incident.dedup_key, "channel:") &&
           text_eq(c->incident.dedup_key + strlen("channel:"), ch->name);
}

static const struct notify_rule *rules_of(const struct incident_case *c, const struct person *p,
                                          size_t *ret_n)
{
    bool low = c->incident.urgency == URGENCY_LOW && p->n_low_rules;

    *ret_n = low ? p->n_low_rules : p->n_rules;
    return low ? p->low_rules : p->rules;
}

static struct recipient recipient_of(const struct person *p, const char *schedule,
                                     const char *layer)
{
    return (struct recipient){.person = p->name,
                              .person_name = p->full_name ? p->full_name : p->name,
                              .schedule = schedule,
                              .layer = layer};
}

size_t page_person(struct incident_case *c, const struct desk *k, enum notice_type type,
                   const struct person *p, const char *schedule, const char *layer)
{
    size_t n, told = 0;
    const struct notify_rule *rules = rules_of(c, p, &n);

    for (size_t i = 0; i < n; i++) {
        struct recipient r = recipient_of(p, schedule, layer);

        if (is_about(c, rules[i].via))
            continue;
        r.channel = rules[i].via;
        r.rule = (int)i;
        r.after_ms = rules[i].after_ms;
        page_add(c, k, type, &r);
        told = 1;
    }
    return told;
}

static const char *why_word(enum notice_type type)
{
    if (type == NOTICE_REMINDER)
        return "acknowledged it";
    return type == NOTICE_HANDOFF ? "is on call now" : "asked for the silence";
}

struct page *page_word(struct incident_case *c, const struct desk *k, enum notice_type type,
                       const struct person *to, const char *schedule)
{
    struct recipient r = recipient_of(to, schedule, NULL);
    struct page *p;
    size_t first = 0;

    while (first < to->n_rules && is_about(c, to->rules[first].via))
        first++;
    if (first == to->n_rules)
        return NULL;
    r.channel = to->rules[first].via;
    r.rule = -1;
    p = page_add(c, k, type, &r);
    text_copy(p->d.notice.why, sizeof p->d.notice.why, why_word(type));
    return p;
}

static void add_name(struct buf *names, const char *name)
{
    if (names->len)
        buf_str(names, ", ");
    buf_str(names, name);
}

static size_t page_schedule(struct incident_case *c, const struct desk *k, enum notice_type type,
                            const struct schedule *s, struct buf *names)
{
    struct oncall who;
    size_t told = 0;

    oncall_who(case_schedule(k, s), k->now_ms, &who);
    for (size_t i = 0; i < who.n; i++) {
        const struct person *p = config_person(k->config, who.people[i]);

        if (!p || !page_person(c, k, type, p, s->name, who.layer))
            continue;
        add_name(names, p->name);
        told++;
    }
    return told;
}

static size_t page_channel(struct incident_case *c, const struct desk *k, enum notice_type type,
                           const struct channel *ch)
{
    struct recipient r = {.channel = ch, .rule = -1};

    if (is_about(c, ch))
        return 0;
    page_add(c, k, type, &r);
    return 1;
}

size_t page_anybody(struct incident_case *c, const struct desk *k, enum notice_type type,
                    struct buf *names)
{
    size_t told = 0;

    if (!text_starts(c->incident.dedup_key, "channel:"))
        return 0;
    for (size_t i = 0; i < k->config->n_channels; i++) {
        if (!page_channel(c, k, type, &k->config->channels[i]))
            continue;
        add_name(names, k->config->channels[i].name);
        told++;
    }
    return told;
}

size_t page_contacts(struct incident_case *c, const struct desk *k, enum notice_type type,
                     const struct contact *contacts, size_t n, struct buf *names)
{
    size_t told = 0;

    for (size_t i = 0; i < n; i++) {
        const struct contact *to = &contacts[i];
        size_t found = 0;

        switch (to->kind) {
        case CONTACT_SCHEDULE:
            found = page_schedule(c, k, type, to->schedule, names);
            break;
        case CONTACT_PERSON:
            found = page_person(c, k, type, to->person, NULL, NULL);
            if (found)
                add_name(names, to->person->name);
            break;
        case CONTACT_CHANNEL:
            found = page_channel(c, k, type, to->channel);
            if (found)
                add_name(names, to->channel->name);
            break;
        }
        told += found;
    }
    return told;
}

bool page_same_contact(const struct page *a, const struct page *b)
{
    return text_eq(a->d.notice.channel, b->d.notice.channel) &&
           text_eq(a->d.notice.person, b->d.notice.person);
}

/* Opened again before the note of its end got through, the contact is still owed one. */
bool page_end_told(const struct page *alarm)
{
    const struct incident_case *c = alarm->of;

    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *p = c->pages.items[i];

        if (p->d.notice.type == NOTICE_RESOLVED && p->d.state == DELIVERY_DELIVERED &&
            p->d.cycle >= alarm->d.cycle && page_same_contact(p, alarm))
            return true;
    }
    return false;
}

static bool may_know(const struct page *p)
{
    return page_is_alarm(p) && !page_end_told(p) &&
           (p->d.reached != REACHED_NO || p->d.state == DELIVERY_SENDING);
}

/* The note says who had been told and why they are told now: recipient and schedule are those
 * of their first page. */
static void tell(struct incident_case *c, const struct desk *k, enum notice_type type,
                 const struct page *first)
{
    const struct notice *n = &first->d.notice;
    const struct channel *ch = config_channel(k->config, n->channel);
    struct channel gone = {.name = n->channel}; /* its name is enough to say what was not sent */
    struct recipient r = {.person = n->person[0] ? n->person : NULL,
                          .person_name = n->person_name[0] ? n->person_name : NULL,
                          .schedule = n->schedule[0] ? n->schedule : NULL,
                          .channel = ch ? ch : &gone,
                          .rule = -1};
    struct page *p = page_add(c, k, type, &r);

    p->d.notice.step = n->step;
    p->d.notice.loop = n->loop;
    text_printf(p->d.notice.why, sizeof p->d.notice.why, "was paged in step %d", n->step);
}

void page_tell_reached(struct incident_case *c, const struct desk *k, enum notice_type type)
{
    size_t known = c->pages.n;

    for (size_t i = 0; i < known; i++) {
        bool told = false;

        if (!may_know(c->pages.items[i]))
            continue;
        for (size_t j = 0; j < i && !told; j++)
            told = page_same_contact(c->pages.items[j], c->pages.items[i]) &&
                   may_know(c->pages.items[j]);
        if (!told)
            tell(c, k, type, c->pages.items[i]);
    }
}

void page_renew(struct incident_case *c)
{
    const struct incident *i = &c->incident;

    for (size_t n = 0; n < c->pages.n; n++) {
        struct page *p = c->pages.items[n];

        if (!page_is_alarm(p) || !page_is_news(p) || p->d.replayed ||
            p->d.state != DELIVERY_WAITING || p->d.reached != REACHED_NO)
            continue;
        text_copy(p->d.notice.title, sizeof p->d.notice.title, i->title);
        text_copy(p->d.notice.affected, sizeof p->d.notice.affected, i->affected);
        p->d.notice.n_affected = i->n_affected;
        p->dirty = true;
    }
}

void page_overtake(struct incident_case *c, const struct desk *k)
{
    for (size_t i = 0; i < c->pages.n; i++) {
        struct page *p = c->pages.items[i];

        if (p->d.state != DELIVERY_WAITING || p->d.replayed)
            continue;
        p->d.state = DELIVERY_OVERTAKEN;
        p->d.done_ms = k->now_ms;
        p->dirty = true;
    }
}
