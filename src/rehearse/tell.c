/* tell.c - what happened, as entries: from transitions, and from what reached a channel. */
#include "base/text.h"
#include "model/names.h"
#include "world.h"

const char *tell_text(struct rehearsal *r, const char *s)
{
    return s && *s ? arena_strdup(&r->bill->arena, s) : NULL;
}

struct entry *tell(struct rehearsal *r, const char *event, const char *why)
{
    struct entry e = {.at_ms = r->now_ms, .step = -1, .loop = -1};

    e.event = tell_text(r, event);
    e.why = tell_text(r, why);
    vec_push(&r->bill->entries, e);
    return &r->bill->entries.items[r->bill->entries.n - 1];
}

bool entry_is_page(const struct entry *e)
{
    return text_eq(e->event, "page");
}

/* --- transitions --- */

/* The first row that fits; no `from` fits any, and "" means that the delivery tells it. What is in
 * no row is its own word. */
static const struct word {
    const char *from, *to, *event;
} words[] = {
    {"acknowledged", "triggered", "unacknowledged"},
    {"snoozed", "triggered", "unsnoozed"},
    {NULL, "held", "suppressed"},
    {NULL, "resolved", "closed"}, /* `resolved` is one for each contact told */
    {NULL, "reminded", ""},
    {NULL, "handoff", "inherited"}, /* `handoff` is what the newcomer is told */
};

static const char *event_of(const struct transition *t, const struct incident *i)
{
    for (size_t n = 0; n < sizeof words / sizeof *words; n++)
        if ((!words[n].from || text_eq(words[n].from, t->from)) && text_eq(words[n].to, t->to))
            return words[n].event;
    if (text_eq(t->to, "paged"))
        return i && (i->step > 0 || i->loop > 0) ? "escalated" : "";
    return t->to;
}

static void note_opened(struct rehearsal *r, const char *id)
{
    const char *kept;

    if (map_get(&r->seen, id))
        return;
    kept = tell_text(r, id);
    map_put(&r->seen, kept, (void *)kept);
    vec_push(&r->opened, kept);
}

static void tell_move(struct rehearsal *r, const struct transition *t)
{
    const struct incident *i = engine_incident(r->engine, t->name);
    const char *event = event_of(t, i);
    struct entry *e;

    note_opened(r, t->name);
    if (!*event)
        return;
    e = tell(r, event, t->text);
    e->incident = tell_text(r, t->name);
    e->monitor = i ? tell_text(r, i->monitor) : NULL;
    e->person = tell_text(r, t->actor);
    if (i && text_eq(event, "escalated")) {
        e->step = i->step;
        e->loop = i->loop;
    }
}

/* Somebody called the next step: that it paged is the same news. */
static bool said_before(const struct commit *c, size_t n)
{
    const struct transition *t = &c->transitions.items[n];

    return n > 0 && text_eq(t->to, "paged") && text_eq(t[-1].to, "escalated") &&
           text_eq(t->name, t[-1].name);
}

void tell_transitions(struct rehearsal *r, const struct commit *c)
{
    for (size_t n = 0; n < c->transitions.n; n++)
        if (c->transitions.items[n].subject == SUBJECT_INCIDENT && !said_before(c, n))
            tell_move(r, &c->transitions.items[n]);
}

/* --- deliveries --- */

static const char *const notices[NOTICE_COUNT] = {
    [NOTICE_TRIGGERED] = "page",
    [NOTICE_ESCALATED] = "page",
    [NOTICE_UNACKNOWLEDGED] = "page",
    [NOTICE_RESOLVED] = "resolved",
    [NOTICE_ACKNOWLEDGED] = "told",
    [NOTICE_SNOOZED] = "told",
    [NOTICE_TEST] = "told",
    [NOTICE_REMINDER] = "reminder",
    [NOTICE_HANDOFF] = "handoff",
    [NOTICE_UPDATED] = "updated",
    [NOTICE_SILENCE_ENDING] = "silence_ending",
};

bool tell_is_alarm(enum notice_type t)
{
    return text_eq(notices[t], "page");
}

static struct entry *tell_notice(struct rehearsal *r, const char *event, const struct notice *n,
                                 const char *why)
{
    struct entry *e = tell(r, event, why);

    e->incident = tell_text(r, n->incident);
    e->monitor = tell_text(r, n->monitor);
    e->person = tell_text(r, n->person);
    e->channel = tell_text(r, n->channel);
    e->step = n->step;
    e->loop = n->loop;
    return e;
}

void tell_delivered(struct rehearsal *r, const struct delivery *d)
{
    tell_notice(r, notices[d->notice.type], &d->notice, d->notice.why);
}

/* Once: that it is tried again is no news. */
void tell_undelivered(struct rehearsal *r, const struct delivery *d, const char *error)
{
    const char *kept;
    char text[400];

    if (map_get(&r->told, d->id))
        return;
    kept = tell_text(r, d->id);
    map_put(&r->told, kept, (void *)kept);
    text_printf(text, sizeof text, "%s %s", d->notice.channel, error);
    tell_notice(r, "undelivered", &d->notice, text);
}
