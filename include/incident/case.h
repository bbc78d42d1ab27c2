/* case.h - one incident with all its deliveries, and the verbs that move it.
 *
 *   triggered <--- unack, ack timeout ---> acknowledged        (snooze: later)
 *       |  ack ------------------------------^  |
 *       +------------- resolve -----------------+--> resolved
 *
 * A case lives from the trigger until the incident is resolved and every delivery has
 * ended; only then does it close. The verbs change the case and mark what changed;
 * case_settle() then starts what is due and puts every change into the effects. So one
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
};

struct incident_case {
    struct incident incident;
    VEC(struct page *) pages; /* in the order decided */
    bool dirty;
    bool fresh;                  /* being read back: deliveries may still be adopted */
    char key[NAME_SIZE + 16];    /* "monitor:" and its name of today; else the dedup key */
    struct incident_case *older; /* an earlier case with the same key, still open */
    struct heap_node wake;
};

/* What a verb may use of the world. */
struct desk {
    const struct config *config;
    int64_t now_ms;
    enum cause cause;
    const char *actor; /* "" when nobody */
    struct effects *fx;
};

struct incident_case *case_new(const struct incident *i);
void case_free(struct incident_case *c);

/* Escalation begins: step 0 after its `after`. */
void case_begin(struct incident_case *c, const struct desk *k);
void case_ack(struct incident_case *c, const struct desk *k);
void case_unack(struct incident_case *c, const struct desk *k); /* by a person, or the timeout */
/* `why` in one sentence; not read when a person did it. */
void case_resolve(struct incident_case *c, const struct desk *k, const char *why);
/* An attempt of `p` ended. */
void case_attempt(struct incident_case *c, struct page *p, const struct attempt *a,
                  const struct desk *k);
/* Everything due at k->now_ms. */
void case_tick(struct incident_case *c, const struct desk *k);
/* Starts what may start, collects every change. Returns true when the case is closed: resolved and
 * nothing left to send. Call last in every event; page ids that are new are in c->pages. */
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
/* Tells `type` to every contact that got, or may have got, a page. */
void page_tell_reached(struct incident_case *c, const struct desk *k, enum notice_type type);
void page_overtake(struct incident_case *c, const struct desk *k); /* whatever has not gone out */
bool page_is_alarm(const struct page *p); /* a page that wakes, not a note about one */
bool page_is_news(const struct page *p);  /* what it says still holds */
bool page_unfinished(const struct page *p);

void escalate_due(struct incident_case *c, const struct desk *k); /* the step whose time has come */
/* The page did not get through: tell whoever is next. */
void escalate_hand_on(struct incident_case *c, struct page *p, const struct desk *k);

#endif
