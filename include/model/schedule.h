/* schedule.h - the nouns of on-call: who takes turns, when, and what lies over it.
 *
 * Meaning of every field: docs/oncall.md (S1 to S10). People are named, not pointed
 * at, so that a schedule can be looked at without the rest of a configuration.
 * All intervals are half-open, [start, end). Instants are milliseconds since 1970. */
#ifndef MODEL_SCHEDULE_H
#define MODEL_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"

#define ONCALL_MAX_PEOPLE 64 /* at one instant; config refuses schedules that could give more */

enum turn_unit { UNIT_SECOND, UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH };
enum turn_clock { CLOCK_WALL, CLOCK_ELAPSED };
enum month_day { MONTH_CLAMP, MONTH_LAST, MONTH_OVERFLOW };
enum advance { ADVANCE_CALENDAR, ADVANCE_ACTIVE };
enum merge { MERGE_TOP, MERGE_UNION, MERGE_LEVEL };

/* The people of one turn: one name, a group, or nobody (a vacant slot). */
struct slot {
    const char **people;
    size_t n;
};

enum restrict_kind { RESTRICT_DAILY, RESTRICT_WEEKLY };

/* A predicate on the wall clock. Seconds are counted from local midnight, or from
 * Monday 00:00 for RESTRICT_WEEKLY. start == end means the whole day (or week). */
struct restriction {
    enum restrict_kind kind;
    unsigned days; /* RESTRICT_DAILY: bit 0 = Monday … bit 6 = Sunday; the day it starts on */
    int32_t start_s, end_s; /* end < start passes midnight (or the end of the week) */
};

struct shift {
    int64_t start_ms, end_ms;
    struct slot people;
};

struct layer {
    const char *name;
    const struct zone *zone; /* the layer's own or the schedule's; never NULL */
    int64_t anchor_local_s;  /* wall time of the first handoff */
    bool anchor_is_instant; /* the anchor was written with an offset or Z: then anchor_utc_s is that
                               instant */
    int64_t anchor_utc_s;   /* and anchor_local_s its wall time in `zone` */
    int64_t from_ms, until_ms; /* bounds of the layer; INT64_MIN, INT64_MAX when absent */
    int every;                 /* 1..9000 */
    enum turn_unit unit;
    enum turn_clock
        clock; /* default: wall for day, week, month; elapsed below; month is always wall */
    enum month_day month_day;
    enum zone_gap gap;
    enum advance advance;
    bool backwards; /* turns also run before the anchor (default: nobody there) */
    bool allow_empty;
    int start_index;
    int level;
    struct slot *members;
    size_t n_members;
    struct restriction *restrict_to;
    size_t n_restrict; /* 0: always */
    /* An imported calendar: these instead of turns, in order of time; none overlaps another. */
    struct shift *shifts;
    size_t n_shifts;
    bool imported;
};

enum override_kind { OVERRIDE_SET, OVERRIDE_REPLACE, OVERRIDE_ADD, OVERRIDE_REMOVE };

struct override {
    enum override_kind kind;
    int64_t start_ms, end_ms;
    struct slot people; /* set, add, remove; for replace the one replaced */
    struct slot with;   /* replace */
};

struct temporary {
    int64_t start_ms, end_ms;
    struct shift *shifts;
    size_t n_shifts;
};

struct schedule {
    const char *name;
    const struct zone *zone;
    enum merge merge;
    struct layer *layers;
    size_t n_layers;
    struct override *overrides; /* in the order listed */
    size_t n_overrides;
    struct temporary *temporary;
    size_t n_temporary;
};

#endif
