/* world.h - the pretended world, shared by the files of this room only. */
#ifndef REHEARSE_WORLD_H
#define REHEARSE_WORLD_H

#include "base/map.h"
#include "engine/engine.h"
#include "rehearse/rehearse.h"
#include "sched/heap.h"

/* What a monitor looks at. */
struct target {
    const struct monitor *monitor;
    struct heap_node probe; /* its next probe; in no heap while a probe would tell nothing new */
    struct heap_node turn;  /* when it next fails or is well again by itself */
    int64_t base_ms;        /* slots are base + n * interval */
    int64_t seen_ms;        /* its last result */
    int64_t down_until_ms;  /* it fails until then */
    int64_t flaky_from_ms, flaky_until_ms, flaky_every_ms;
    bool failing; /* as of the last look */
    /* Its incident as last committed. */
    char incident[INCIDENT_ID_SIZE];
    bool open, confirming; /* confirming: held until so many more bad results */
};

/* An attempt decided, waiting its turn, or under way. */
struct flight {
    char delivery[DELIVERY_ID_SIZE];
    int number;
    bool waited;
    int64_t ends_ms;
};

/* Where a channel leads to. */
struct sink {
    int64_t deaf_until_ms, refuse_until_ms;
    size_t most;       /* attempts a minute; 0: no limit */
    int64_t *begun_ms; /* the last `most` beginnings; the oldest at `oldest` */
    size_t oldest;
    VEC(struct flight) waiting; /* from `first` on */
    size_t first;
};

/* What was committed, by id: the store, and the spool while it is away. */
struct keep {
    struct map monitors, incidents, deliveries, quiets, overrides;
    size_t swept; /* deliveries after the last sweep */
};

struct rehearsal {
    const struct config *config;
    struct playbill *bill;
    struct engine *engine; /* NULL while midwatch is dead */
    struct effects fx;
    int64_t now_ms;
    struct target *targets; /* by monitor of the configuration */
    struct map by_name;     /* monitor -> struct target */
    struct heap probes, turns;
    struct sink *sinks; /* by channel of the configuration */
    VEC(struct flight) flights;
    VEC(struct flight) sends;  /* decided, not begun */
    VEC(const char *) opened;  /* ids of incidents, in the order they opened */
    struct map told;           /* deliveries whose first failure was told */
    struct map seen;           /* those of `opened` */
    struct keep *keep;         /* NULL: nobody will read it back */
    const struct story *story; /* NULL: results come from outside */
    size_t next_event;
    int64_t restart_ms; /* INT64_MAX: alive */
    int64_t store_away_ms, store_back_ms;
    bool store_told;
    int64_t busy; /* turns of the loop without any time going by */
};

/* rehearse.c: around every call of the engine. */
struct effects *rehearsal_begin(struct rehearsal *r);
void rehearsal_commit(struct rehearsal *r); /* what was decided is kept, told and queued */
void rehearsal_end(struct rehearsal *r);    /* the same, and what is queued is sent */

/* targets.c */
void targets_init(struct rehearsal *r);
void targets_done(struct rehearsal *r);
void targets_look(struct rehearsal *r, struct target *t); /* has it begun to fail, or ended? */
void targets_turn(struct rehearsal *r);                   /* all whose turn has come */
void targets_probe(struct rehearsal *r);                  /* all that are due */
void targets_noted(struct rehearsal *r, const struct commit *c);
void targets_restart(struct rehearsal *r);
void targets_first(struct rehearsal *r); /* all are well */
struct target *targets_find(const struct rehearsal *r, const char *monitor);

/* channels.c */
void channels_init(struct rehearsal *r);
void channels_done(struct rehearsal *r);
void channels_drop(struct rehearsal *r); /* midwatch dies: all that was under way */
void channels_queue(struct rehearsal *r, const struct delivery *d);
void channels_send(struct rehearsal *r); /* begins what is queued, until nothing is */
void channels_due(struct rehearsal *r);  /* attempts that end, and those whose turn has come */
int64_t channels_next_ms(const struct rehearsal *r);

/* acts.c: the story's own events. */
void acts_play(struct rehearsal *r, const struct story_event *e);
void acts_start(struct rehearsal *r); /* midwatch comes up, with what was kept */
void acts_store(struct rehearsal *r); /* the store's trouble is told, or over */
int64_t acts_store_next_ms(const struct rehearsal *r);

/* tell.c: entries. */
struct entry *tell(struct rehearsal *r, const char *event, const char *why);
void tell_transitions(struct rehearsal *r, const struct commit *c);
void tell_delivered(struct rehearsal *r, const struct delivery *d);
void tell_undelivered(struct rehearsal *r, const struct delivery *d, const char *error);
bool tell_is_alarm(enum notice_type t);
const char *tell_text(struct rehearsal *r, const char *s); /* kept; NULL for nothing */

/* keep.c */
struct keep *keep_new(void);
void keep_free(struct keep *k);
void keep_commit(struct keep *k, const struct commit *c, int64_t now_ms);
void keep_read(const struct keep *k, int64_t now_ms, struct stored *ret);

#endif
