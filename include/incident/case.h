/* case.h - one incident with all its deliveries, and the verbs that move it.
 *
 *        +--------- unack, ack timeout, reassign, escalate ----------------+
 *        v                                                                 |
 *   triggered --- ack --------------------------------------------> acknowledged
 *     ^  ^  |                                                        ^  |  |
 *     |  |  +--- snooze ---> snoozed --- ack ------------------------+  |  |
 *     |  |                    |   ^                                     |  |
 *     |  +-- time, unack, ----+   +------------ snooze -----------------+  |
 *     |      reassign, escalate                                            |
 *     |      resolve: from each of the three ---> resolved <---------------+
 *     +----- fails again within the reopen window ---+
 *
 * Paging begins anew, at step 0 and with the people of that instant, in each `cycle`: pages of an
 * earlier one are stale. A hold keeps a triggered incident from paging and is no state of its own.
 *
 * A case lives from the trigger until the incident is resolved, every delivery has ended and it can
 * no longer be opened again; only then does it close. The verbs change the case and mark what
 * changed; case_settle() then starts what is due and puts every change into the effects. So one
 * event, however much it moves, is one commit. */
#ifndef INCIDENT_CASE_H
#define INCIDENT_CASE_H

#include "base/buf.h"
#include "model/config.h"
#include "model/effects.h"
#include "sched/heap.h"

struct page {
    struct delivery d;
    struct incident_case *of; /* the case it belongs to */
    bool dirty;
    size_t put_at; /* where it last went into a commit */
};

struct incident_case {
    struct incident incident;
    VEC(struct page *) pages; /* in the order decided */
    bool dirty;
    size_t put_at;               /* where the incident last went into a commit */
    size_t indexed;              /* so many pages are in the engine's table */
    bool fresh;                  /* being read back: deliveries may still be adopted */
    bool stub;                   /* its incident was made up around a delivery: never written */
    bool closed;                 /* in no table any more; freed with the next event */
    char key[NAME_SIZE + 16];    /* "monitor:" and its name of today; else the dedup key */
    struct incident_case *older; /* an earlier case with the same key, still open */
    struct incident_case *lead;  /* gathers this one and others into one page; NULL none */
    size_t members;              /* of which this is the lead, still open */
    size_t members_apart;        /* of them: held by something of their own */
    bool apart;                  /* is one of those */
    int64_t joined_ms;           /* the last of them came */
    bool runbooks_differ;        /* of its members: then it has none */
    int64_t edge_ms;             /* the hold may change of itself; INT64_MAX not */
    int64_t keep_until_ms;       /* resolved: may be opened again until then */
    struct heap_node wake;
};

/* What a verb may use of the world. */
struct desk {
    const struct config *config;
    int64_t now_ms;
    enum cause cause;
    const char *actor; /* "" when nobody */
    struct effects *fx;
    const char *comment; /* of the person; NULL none */
    /* Schedules with overrides kept at run time, by name (struct schedule *); NULL: none. */
    const struct map *schedules;
};

/* What holds an incident back; HOLD_NONE: nothing does. */
struct hold_by {
    enum hold hold;
    char ref[NAME_SIZE];
    char why[192];
    int64_t until_ms; /* 0: nobody knows */
};

struct incident_case *case_new(const struct incident *i);
void case_free(struct incident_case *c);

/* Escalation begins: step 0 after its `after`; not while it is held. */
void case_begin(struct incident_case *c, const struct desk *k);
/* The same with a new cycle: pages under way are stale. `opening` is what step 0 says. */
void case_begin_anew(struct incident_case *c, const struct desk *k, enum notice_type opening);
void case_ack(struct incident_case *c, const struct desk *k);
void case_unack(struct incident_case *c, const struct desk *k); /* by a person, or the timeout */
void case_snooze(struct incident_case *c, const struct desk *k, int64_t until_ms);
void case_reassign(struct incident_case *c, const struct desk *k, const struct person *to);
/* The next step now. False when there is none left. */
bool case_escalate(struct incident_case *c, const struct desk *k);
void case_note(struct incident_case *c, const struct desk *k, const char *text);
/* `why` in one sentence; not read when a person did it. */
void case_resolve(struct incident_case *c, const struct desk *k, const char *why);
/* It failed again: the same incident. `k` tells why in c->incident.title. */
void case_reopen(struct incident_case *c, const struct desk *k);
/* The monitor moved while flapping: it is not steady yet. */
void case_waver(struct incident_case *c, const struct desk *k);
void case_steady(struct incident_case *c, const struct desk *k); /* flapping is over; still bad */
/* Severity only rises; above what was paged it pages anew. */
void case_raise(struct incident_case *c, const struct desk *k, enum severity s);
/* Held (again, or by something else), or held no more (h->hold HOLD_NONE). */
void case_hold(struct incident_case *c, const struct desk *k, const struct hold_by *h);
/* Another monitor's incident is held under this one. */
void case_affect(struct incident_case *c, const struct desk *k, const char *monitor);
bool case_is_open(const struct incident_case *c);

/* An attempt of `p` ended. */
void case_attempt(struct incident_case *c, struct page *p, const struct attempt *a,
                  const struct desk *k);
/* Everything due at k->now_ms. */
void case_tick(struct incident_case *c, const struct desk *k);
/* Starts what may start, collects every change. Returns true when the case is closed: resolved,
 * nothing left to send, never to be opened again. Call last in every event; page ids that are new
 * are in c->pages. */
bool case_settle(struct incident_case *c, const struct desk *k);
/* When case_tick() is next needed. */
int64_t case_wake_ms(const struct incident_case *c);
void case_shift(struct incident_case *c, int64_t delta_ms);
/* A delivery read back from the store. */
struct page *case_adopt(struct incident_case *c, const struct delivery *d);

/* The record of one move of the incident. */
void case_record(struct incident_case *c, const struct desk *k, const char *from, const char *to,
                 const char *text);

/* --- inside the room --- */

/* The schedule as it is now, with the overrides kept at run time. */
const struct schedule *case_schedule(const struct desk *k, const struct schedule *s);

/* The one it began with; when that left the configuration its monitor's, else the default. */
const struct policy *case_policy(const struct incident_case *c, const struct desk *k);

struct recipient {
    const char *person, *person_name, *schedule, *layer;
    const struct channel *channel;
    int rule; /* -1: a channel contact */
    int64_t after_ms;
};

struct page *page_add(struct incident_case *c, const struct desk *k, enum notice_type type,
                      const struct recipient *r);
/* Pages everyone behind the contacts; returns how many people and channels were found, and
 * appends their names to `names`. */
size_t page_contacts(struct incident_case *c, const struct desk *k, enum notice_type type,
                     const struct contact *contacts, size_t n, struct buf *names);
size_t page_person(struct incident_case *c, const struct desk *k, enum notice_type type,
                   const struct person *p, const char *schedule, const char *layer);
/* Every channel but the broken one, for an incident about a channel that finds nobody else. */
size_t page_anybody(struct incident_case *c, const struct desk *k, enum notice_type type,
                    struct buf *names);
/* A word to one person by the first of their channels; NULL when they have none. The caller may
 * give the notice a title of its own. */
struct page *page_word(struct incident_case *c, const struct desk *k, enum notice_type type,
                       const struct person *to, const char *schedule);
/* A page that nobody has got yet says how it is now: its receiver is told no note. */
void page_renew(struct incident_case *c);
/* Tells `type` to every contact that got, or may have got, a page. */
void page_tell_reached(struct incident_case *c, const struct desk *k, enum notice_type type);
void page_overtake(struct incident_case *c, const struct desk *k); /* whatever has not gone out */
bool page_is_alarm(const struct page *p); /* a page that wakes, not a note about one */
bool page_is_note(const struct page *p);  /* for those only who got a page */
bool page_is_news(const struct page *p);  /* what it says still holds */
bool page_unfinished(const struct page *p);
bool page_same_contact(const struct page *a, const struct page *b);
bool page_end_told(const struct page *alarm); /* whoever got it knows that it is over */

void escalate_due(struct incident_case *c, const struct desk *k); /* the step whose time has come */
/* When the step after the one run last is due. */
void escalate_plan(struct incident_case *c, const struct desk *k);
bool escalate_has_next(const struct incident_case *c, const struct desk *k);
/* The page did not get through: tell whoever is next. */
void escalate_hand_on(struct incident_case *c, struct page *p, const struct desk *k);

#endif
