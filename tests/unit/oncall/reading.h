/* reading.h - schedules for tests, read from JSON:
 *
 *     { "tz", "merge", "layers": [ { "anchor", "every": [n, unit], "users", … } ],
 *       "overrides": […], "temporary": […] }
 *
 * Keys are those of the configuration file, with `users` for `members`. Whatever is not
 * understood fails the test, so that no vector passes for want of being read. */
#ifndef TESTS_ONCALL_READING_H
#define TESTS_ONCALL_READING_H

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/schedule.h"
#include "unit.h"
#include "zoneinfo.h"

struct reading {
    struct arena arena;
    struct map zones;
};

static inline void reading_init(struct reading *r)
{
    arena_init(&r->arena);
    map_init(&r->zones, 1);
}

static inline void reading_done(struct reading *r)
{
    void *zone;
    for (size_t i = 0; map_next(&r->zones, &i, NULL, &zone);)
        zone_free(zone);
    map_done(&r->zones);
    arena_done(&r->arena);
}

static inline const struct zone *reading_zone(struct reading *r, const char *name)
{
    struct zone *z = map_get(&r->zones, name);
    if (!z) {
        z = zoneinfo_load(name);
        assert_non_null(z);
        map_put(&r->zones, zone_name(z), z);
    }
    return z;
}

/* The index of `word` in a NULL-terminated list; `otherwise` when it is not given. */
static inline int reading_word(const char *word, int otherwise, const char *const *words)
{
    if (!word)
        return otherwise;
    for (int i = 0; words[i]; i++)
        if (text_eq(words[i], word))
            return i;
    fail_msg("unknown word '%s'", word);
    return 0;
}

static inline int64_t reading_instant(const struct zone *z, const char *s)
{
    int64_t ms;
    bool has_zone;
    assert_non_null(s);
    assert_int_equal(rfc3339_parse(s, &ms, &has_zone), 0);
    return has_zone ? ms : zone_resolve(z, ms / 1000, ZONE_GAP_NEXT) * 1000;
}

static inline void reading_known(const struct jv *object, const char *const *keys)
{
    const char *key;
    for (void *it = NULL; jv_each(object, &it, &key, NULL);) {
        size_t i = 0;
        while (keys[i] && !text_eq(keys[i], key))
            i++;
        if (!keys[i])
            fail_msg("unknown key '%s'", key);
    }
}

/* "A", ["A", "B"] or null. */
static inline struct slot reading_slot(struct reading *r, const struct jv *v)
{
    struct slot slot = {0};
    if (!v || jv_type(v) == JV_NULL)
        return slot;
    slot.n = jv_type(v) == JV_LIST ? jv_len(v) : 1;
    slot.people = arena_calloc(&r->arena, slot.n, sizeof *slot.people);
    for (size_t i = 0; i < slot.n; i++) {
        const char *name = jv_text(jv_type(v) == JV_LIST ? jv_at(v, i) : v);
        assert_non_null(name);
        slot.people[i] = arena_strdup(&r->arena, name);
    }
    return slot;
}

/* "09:00" */
static inline int32_t reading_clock(const char *s)
{
    assert_non_null(s);
    assert_int_equal(strlen(s), 5);
    return (int32_t)(strtol(s, NULL, 10) * 3600 + strtol(s + 3, NULL, 10) * 60);
}

static inline int reading_weekday(const char *s)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
    return reading_word(s, 0, names);
}

/* "fri 18:00" */
static inline int32_t reading_week_clock(const char *s)
{
    char day[4] = "";
    assert_non_null(s);
    memcpy(day, s, strnlen(s, 3));
    return reading_weekday(day) * 86400 + reading_clock(s + 4);
}

static inline struct restriction reading_restriction(const struct jv *v)
{
    static const char *const keys[] = {"days", "start", "end", "from", "to", NULL};
    const struct jv *days = jv_get(v, "days");
    reading_known(v, keys);
    struct restriction r = {.kind = RESTRICT_DAILY, .days = days ? 0 : 0x7f};
    if (jv_get(v, "from"))
        return (struct restriction){.kind = RESTRICT_WEEKLY,
                                    .start_s = reading_week_clock(jv_get_text(v, "from")),
                                    .end_s = reading_week_clock(jv_get_text(v, "to"))};
    for (size_t i = 0; i < jv_len(days); i++)
        r.days |= 1u << reading_weekday(jv_text(jv_at(days, i)));
    r.start_s = reading_clock(jv_get_text(v, "start"));
    r.end_s = reading_clock(jv_get_text(v, "end"));
    return r;
}

static inline void reading_anchor(struct layer *l, const char *s)
{
    int64_t ms;
    assert_non_null(s);
    assert_int_equal(rfc3339_parse(s, &ms, &l->anchor_is_instant), 0);
    l->anchor_utc_s = ms / 1000;
    l->anchor_local_s = l->anchor_is_instant ? zone_local(l->zone, ms / 1000) : ms / 1000;
}

static inline void reading_turns(struct layer *l, const struct jv *v)
{
    static const char *const units[] = {"second", "minute", "hour", "day", "week", "month", NULL};
    static const char *const clocks[] = {"wall", "elapsed", NULL};
    static const char *const month_days[] = {"clamp", "last", "overflow", NULL};
    static const char *const gaps[] = {"next", "shift", "before", NULL};
    static const char *const advances[] = {"calendar", "active", NULL};
    l->every = (int)jv_int(jv_at(jv_get(v, "every"), 0), 0);
    l->unit = (enum turn_unit)reading_word(jv_text(jv_at(jv_get(v, "every"), 1)), 0, units);
    int clock = l->unit >= UNIT_DAY ? CLOCK_WALL : CLOCK_ELAPSED;
    l->clock = (enum turn_clock)reading_word(jv_get_text(v, "clock"), clock, clocks);
    l->month_day = (enum month_day)reading_word(jv_get_text(v, "month_day"), 0, month_days);
    l->gap = (enum zone_gap)reading_word(jv_get_text(v, "gap"), 0, gaps);
    l->advance = (enum advance)reading_word(jv_get_text(v, "advance"), 0, advances);
}

static inline struct layer reading_layer(struct reading *r, const struct zone *z,
                                         const struct jv *v)
{
    static const char *const keys[] = {
        "name",      "tz",  "anchor",  "every",       "users", "from",      "until",    "clock",
        "month_day", "gap", "advance", "start_index", "level", "backwards", "restrict", NULL};
    const struct jv *users = jv_get(v, "users"), *hours = jv_get(v, "restrict");
    reading_known(v, keys);
    const char *zone = jv_get_text(v, "tz");
    struct layer l = {.name = jv_get_text(v, "name") ? jv_get_text(v, "name") : "layer"};
    l.name = arena_strdup(&r->arena, l.name);
    l.zone = zone ? reading_zone(r, zone) : z;
    l.from_ms = jv_get(v, "from") ? reading_instant(l.zone, jv_get_text(v, "from")) : INT64_MIN;
    l.until_ms = jv_get(v, "until") ? reading_instant(l.zone, jv_get_text(v, "until")) : INT64_MAX;
    reading_anchor(&l, jv_get_text(v, "anchor"));
    reading_turns(&l, v);
    l.backwards = jv_get_bool(v, "backwards", false);
    l.start_index = (int)jv_get_int(v, "start_index", 0);
    l.level = (int)jv_get_int(v, "level", 0);
    l.n_members = jv_len(users);
    l.members = arena_calloc(&r->arena, l.n_members, sizeof *l.members);
    for (size_t i = 0; i < l.n_members; i++)
        l.members[i] = reading_slot(r, jv_at(users, i));
    l.n_restrict = jv_len(hours);
    l.restrict_to = arena_calloc(&r->arena, l.n_restrict, sizeof *l.restrict_to);
    for (size_t i = 0; i < l.n_restrict; i++)
        l.restrict_to[i] = reading_restriction(jv_at(hours, i));
    return l;
}

static inline struct override reading_override(struct reading *r, const struct zone *z,
                                               const struct jv *v)
{
    static const char *const kinds[] = {"set", "replace", "add", "remove"};
    struct override o = {.start_ms = reading_instant(z, jv_get_text(v, "start")),
                         .end_ms = reading_instant(z, jv_get_text(v, "end"))};
    static const char *const keys[] = {"start", "end", "set",    "replace",
                                       "with",  "add", "remove", NULL};
    reading_known(v, keys);
    for (int i = 0; i < 4; i++) {
        if (!jv_get(v, kinds[i]))
            continue;
        o.kind = (enum override_kind)i;
        o.people = reading_slot(r, jv_get(v, kinds[i]));
    }
    o.with = reading_slot(r, jv_get(v, "with"));
    return o;
}

static inline struct temporary reading_temporary(struct reading *r, const struct zone *z,
                                                 const struct jv *v)
{
    const struct jv *shifts = jv_get(v, "shifts");
    struct temporary t = {.start_ms = reading_instant(z, jv_get_text(v, "start")),
                          .end_ms = reading_instant(z, jv_get_text(v, "end"))};
    t.n_shifts = jv_len(shifts);
    t.shifts = arena_calloc(&r->arena, t.n_shifts, sizeof *t.shifts);
    for (size_t i = 0; i < t.n_shifts; i++) {
        const struct jv *s = jv_at(shifts, i);
        t.shifts[i] = (struct shift){reading_instant(z, jv_get_text(s, "start")),
                                     reading_instant(z, jv_get_text(s, "end")),
                                     reading_slot(r, jv_get(s, "user"))};
    }
    return t;
}

/* Everything lives as long as the reading. */
static inline struct schedule reading_schedule(struct reading *r, const struct jv *v)
{
    static const char *const merges[] = {"top", "union", "level", NULL};
    static const char *const keys[] = {"tz", "merge", "layers", "overrides", "temporary", NULL};
    reading_known(v, keys);
    const struct jv *layers = jv_get(v, "layers"), *overrides = jv_get(v, "overrides");
    const struct jv *temporary = jv_get(v, "temporary");
    struct schedule s = {.name = "schedule", .zone = reading_zone(r, jv_get_text(v, "tz"))};
    s.merge = (enum merge)reading_word(jv_get_text(v, "merge"), MERGE_UNION, merges);
    s.n_layers = jv_len(layers);
    s.layers = arena_calloc(&r->arena, s.n_layers, sizeof *s.layers);
    for (size_t i = 0; i < s.n_layers; i++)
        s.layers[i] = reading_layer(r, s.zone, jv_at(layers, i));
    s.n_overrides = jv_len(overrides);
    s.overrides = arena_calloc(&r->arena, s.n_overrides, sizeof *s.overrides);
    for (size_t i = 0; i < s.n_overrides; i++)
        s.overrides[i] = reading_override(r, s.zone, jv_at(overrides, i));
    s.n_temporary = jv_len(temporary);
    s.temporary = arena_calloc(&r->arena, s.n_temporary, sizeof *s.temporary);
    for (size_t i = 0; i < s.n_temporary; i++)
        s.temporary[i] = reading_temporary(r, s.zone, jv_at(temporary, i));
    return s;
}

/* A schedule written out in a test, with ' for ". */
static inline struct schedule reading_text(struct reading *r, const char *text)
{
    struct jv *v = NULL;
    struct err e;
    char *json = arena_strdup(&r->arena, text);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    if (jv_parse(json, strlen(json), &v, &e) != 0)
        fail_msg("%s in %s", e.text, json);
    struct schedule s = reading_schedule(r, v);
    jv_free(v);
    return s;
}

#endif
