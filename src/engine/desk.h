/* desk.h - the engine's own tables, shared by its files only. */
#ifndef ENGINE_DESK_H
#define ENGINE_DESK_H

#include "base/map.h"
#include "engine/engine.h"
#include "incident/case.h"

/* One monitor as the engine knows it. */
struct watch {
    char name[NAME_SIZE];
    struct monitor_status status;
    const struct monitor *monitor; /* NULL only while a configuration is being exchanged */
};

struct engine {
    const struct config *config;
    struct map watches; /* name -> struct watch */
    struct map cases;   /* incident id -> struct incident_case */
    struct map by_key;  /* key -> newest open case; older ones hang on it */
    struct map pages;   /* delivery id -> struct page */
    struct heap wakes;
    VEC(struct incident_case *)
    closed;                   /* freed at the next call: effects may still point into them */
    VEC(struct watch *) gone; /* likewise */
    VEC(const struct incident *) list; /* open incidents, oldest first; rebuilt when asked for */
    bool list_stale;
};

/* Every public call begins here. */
void engine_begin(struct engine *e);

struct watch *engine_watch(struct engine *e, const char *name); /* NULL when unknown */
void engine_put_watch(struct watch *w, struct effects *fx); /* its status into the commit, once */

struct incident_case *engine_add_case(struct engine *e, struct incident_case *c);
void engine_settle(struct engine *e, struct incident_case *c, const struct desk *k);
void engine_index_page(struct engine *e, struct page *p);

/* "monitor:NAME" */
void monitor_key(const char *name, char *dst, size_t size);

/* The incident keeps its id and its key to the outside; it is found by the new name. */
void engine_rename_cases(struct engine *e, const char *from, const char *to);
/* Nobody looks after the monitor any more: why, in one sentence. */
bool engine_unwatched(struct engine *e, const char *monitor, char *why, size_t size);
/* Disabled monitors have no incident and no past. */
void engine_rest_disabled(struct engine *e, const struct desk *k);

/* Opens an incident for the key and begins its escalation. */
void engine_open(struct engine *e, struct incident *draft, const struct desk *k);
void engine_resolve_key(struct engine *e, const char *key, const char *why, const struct desk *k);
/* The record of one move of a monitor. */
void engine_record_move(const struct watch *w, enum monitor_state from, const char *text,
                        const struct desk *k);

#endif
