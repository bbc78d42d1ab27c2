/* story.h - an outage as it is told beforehand: what happens when. Told by a file or a command
 * line, lived through by the rehearsal. */
#ifndef MODEL_STORY_H
#define MODEL_STORY_H

#include "base/mem.h"
#include "model/deed.h"
#include "model/quiet.h"

#define STORY_BYTES_MAX   1000000
#define STORY_EVENTS_MAX  10000
#define STORY_LONGEST_MS  (400 * 24 * 3600 * INT64_C(1000))
#define STORY_SHORTEST_MS (2 * 3600 * INT64_C(1000)) /* when it does not say until when */
#define STORY_AFTER_MS    (3600 * INT64_C(1000))     /* likewise: so long after its last event */
#define STORY_SOMEBODY    "rehearsal"                /* who acts when nobody is named */

enum story_kind {
    STORY_DOWN, /* monitors fail */
    STORY_UP,
    STORY_FLAKY, /* monitors fail for the first half of every `every_ms` */
    STORY_DEED,
    STORY_QUIET,
    STORY_OVERRIDE,
    STORY_STORE,  /* the store is away */
    STORY_DEAF,   /* channels do not answer */
    STORY_REFUSE, /* channels refuse for good */
    STORY_CRASH,  /* midwatch is killed, and started again `for_ms` later */
    STORY_KINDS
};

struct story_event {
    enum story_kind kind;
    int64_t at_ms;
    int64_t for_ms; /* 0: until the story says otherwise */
    int64_t every_ms;
    const char **names; /* of monitors or channels */
    size_t n_names;
    /* A deed on the newest open incident, unless one of these says on which. */
    struct deed deed;     /* its `incident` is not read, its `until_ms` counts from at_ms */
    const char *incident; /* a dedup key or an id; NULL: not said */
    const char *monitor;
    int ordinal; /* the n-th incident of the story, from 1; 0: not said */
    /* start_ms and end_ms count from at_ms */
    const struct quiet *quiet;
    const struct kept_override *override;
};

struct story {
    struct arena arena; /* holds all it points to */
    int64_t start_ms, until_ms;
    struct story_event *events; /* by at_ms, those of one instant as they were told */
    size_t n_events;
};

/* Sorts the events; when `until_ms` is 0, it is set so that the end of the last can be seen. */
void story_settle(struct story *s);
void story_done(struct story *s);

#endif
