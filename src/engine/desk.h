/* desk.h - the engine's own tables, shared by its files only. */
#ifndef ENGINE_DESK_H
#define ENGINE_DESK_H

#include "base/map.h"
#include "engine/engine.h"
#include "incident/case.h"
#include "incident/match.h"

/* One monitor as the engine knows it. */
struct watch {
    char name[NAME_SIZE];
    struct monitor_status status;
    const struct monitor *monitor; /* NULL only while a configuration is being exchanged */
    VEC(struct watch *) children;  /* those that depend on it */
};

/* A silence or maintenance that people asked for, with its matchers ready. */
struct order {
    struct quiet quiet;
    struct match *match;
};

/* A channel took a page, or did not. */
struct channel_news {
    char channel[NAME_SIZE], error[160];
    bool good;
};

/* When the last incidents of one policy were opened. */
struct tide {
    VEC(int64_t) opened_ms; /* oldest first; only those that still count */
    char policy[NAME_SIZE];
};

struct engine {
    const struct config *config;
    struct map watches; /* name -> struct watch */
    struct map cases;   /* incident id -> struct incident_case */
    struct map by_key;  /* key -> newest open case; older ones hang on it */
    struct map recent;  /* key -> resolved case that may be opened again */
    struct map pages;   /* delivery id -> struct page */
    struct heap wakes;
    bool restoring; /* leads are weighed when all of their members are known */
    VEC(struct order *) orders;
    VEC(struct kept_override *) overrides;
    VEC(const struct quiet *) quiet_list;
    VEC(const struct kept_override *) override_list;
    struct map schedules;          /* name -> struct schedule with kept overrides laid over it */
    struct arena laid;             /* their memory */
    struct map on_call;            /* schedule -> who was on call when last looked (handoff.c) */
    int64_t orders_due_ms;         /* a quiet or override begins or ends; INT64_MAX none */
    int64_t handoff_due_ms;        /* who is on call may change */
    struct map tides;              /* policy -> struct tide */
    struct map alarms;             /* key of an SLO's incident -> does it fire? (on_slo.c) */
    size_t enabled;                /* monitors that are watched */
    size_t unconfirmed;            /* of them: failing, not yet down */
    VEC(struct channel_news) news; /* of this event */
    VEC(struct incident_case *)
    closed;                   /* freed at the next call: effects may still point into them */
    VEC(struct watch *) gone; /* likewise */
    VEC(const struct incident *) list; /* open incidents, oldest first; rebuilt when asked for */
    bool list_stale;
};

/* The clock was set: what holds and who is on call at the new time is looked at with the next tick.
 */
#define LOOK_ANEW 0

/* Every public call begins here. */
void engine_begin(struct engine *e);
/* What a verb may use; the desk of a person has `actor`. */
struct desk engine_desk(struct engine *e, int64_t now_ms, enum cause cause, const char *actor,
                        struct effects *fx);

struct watch *engine_watch(struct engine *e, const char *name); /* NULL when unknown */
void engine_put_watch(struct watch *w, struct effects *fx); /* its status into the commit, once */

struct incident_case *engine_add_case(struct engine *e, struct incident_case *c);
void engine_settle(struct engine *e, struct incident_case *c, const struct desk *k);
void engine_index_page(struct engine *e, struct page *p);

void engine_free_watch(struct watch *w);
/* Found by the monitor's new name from now on; it keeps its id and its key to the outside. */
void engine_rename_case(struct engine *e, struct incident_case *c, const char *monitor);
/* The case of that key that was resolved not long ago, linked as an open one; NULL none. */
struct incident_case *engine_reopen(struct engine *e, const char *key, int64_t now_ms);

/* A delivery that outlived its incident: a case with just enough to finish it. */
struct incident_case *engine_case_for_note(struct engine *e, const struct notice *n);

/* "monitor:NAME" */
void monitor_key(const char *name, char *dst, size_t size);

/* The incident keeps its id and its key to the outside; it is found by the new name. */
void engine_rename_cases(struct engine *e, const char *from, const char *to);
/* Nobody looks after the monitor any more: why, in one sentence. */
bool engine_unwatched(struct engine *e, const char *monitor, char *why, size_t size);
/* Disabled monitors have no incident and no past. */
void engine_rest_disabled(struct engine *e, const struct desk *k);

/* What an incident of this monitor says of it, but for the title and times. */
void engine_fill(struct incident *i, const struct watch *w);
/* Opens an incident for the key and begins its escalation, unless something holds it. */
struct incident_case *engine_open(struct engine *e, struct incident *draft, const struct desk *k);
void engine_resolve_case(struct engine *e, struct incident_case *c, const char *why,
                         const struct desk *k);
void engine_resolve_key(struct engine *e, const char *key, const char *why, const struct desk *k);
/* --- ids.c --- */

/* An id of that instant; dst has room for QUIET_ID_SIZE. One that is taken needs another hash. */
void engine_write_id(char *dst, int64_t at_ms, uint64_t hash);

/* --- holds.c --- */

/* Looks again at what holds the case back; begins, stops or changes it. Settling is the caller's.
 */
void engine_rehold(struct engine *e, struct incident_case *c, const struct desk *k);
/* The same for every open case, settled. */
void engine_rehold_all(struct engine *e, const struct desk *k);
/* A monitor others depend on gave a result. */
void engine_rehold_children(struct engine *e, struct watch *w, const struct desk *k);
bool engine_order_holds(const struct engine *e, const struct incident *i, int64_t now_ms,
                        struct hold_by *ret);

/* --- gather.c --- */

/* The case is about to page: must it be told together with others? Then *ret says under which. */
bool engine_gather(struct engine *e, struct incident_case *c, const struct desk *k,
                   struct hold_by *ret);
void engine_shift_tides(struct engine *e, int64_t delta_ms);
void engine_join(struct engine *e, struct incident_case *c, const struct desk *k);
/* The hold of a member changed: does its lead still page? */
void engine_weigh(struct engine *e, struct incident_case *c, const struct desk *k);
void engine_weigh_remaining(struct engine *e, struct incident_case *lead, const struct desk *k);
/* Held because that incident tells of it. */
bool engine_under(const struct incident_case *lead, struct hold_by *ret);
void engine_share_runbook(struct incident_case *lead, const struct incident *member);
void engine_leave(struct engine *e, struct incident_case *c, const struct desk *k);
bool engine_is_lead(const struct incident_case *c);

/* --- handoff.c --- */

/* Looks who is on call now, records what changed since the last look. */
void engine_handoff(struct engine *e, const struct desk *k);
/* The last look is taken to have been then, with the schedules of now. */
void engine_handoff_since(struct engine *e, int64_t then_ms);

/* --- overrides.c --- */

/* Those that lie over nothing any more are forgotten on the way. */
void engine_lay_overrides(struct engine *e, int64_t now_ms);
void engine_overrides_restore(struct engine *e, const struct stored *s, int64_t now_ms);

/* --- orders.c --- */

void engine_orders_due(struct engine *e, const struct desk *k);
void engine_orders_done(struct engine *e);
void engine_orders_restore(struct engine *e, const struct stored *s, int64_t now_ms);

/* --- channels.c --- */

void engine_note_channel(struct engine *e, const struct page *p);
void engine_tell_channels(struct engine *e, const struct desk *k);

/* --- on_slo.c --- */

bool engine_is_slo(const struct incident *i);
/* Whose SLO it is: its monitor's name when it has but one, else what the incident says. */
const char *engine_slo_monitor(const struct engine *e, const struct incident *i);
bool engine_slo_fires(const struct engine *e, const struct incident *i);
bool engine_slo_is_gone(const struct engine *e, const struct incident *i);
/* How many SLOs have an incident that it would fit. */
size_t engine_slos_fitting(const struct engine *e, const struct match *m);
void engine_forget_slos(struct engine *e, const struct desk *k);

/* --- on_config.c --- */

bool engine_is_unconfirmed(const struct watch *w); /* failing, not yet down */
void engine_count_unconfirmed(struct engine *e);

/* The record of one move of a monitor. */
void engine_record_move(const struct watch *w, enum monitor_state from, const char *text,
                        const struct desk *k);

#endif
