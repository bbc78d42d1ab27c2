/* keys_schedule.c - the keys of `schedules`. What they mean: docs/oncall.md. */
#include <string.h>

#include "reader.h"

/* --- restrictions ------------------------------------------------------------------------- */

static const struct row restrict_rows[] = {
    {"days", &type_days, offsetof(struct restriction, days), .example = "[mon-fri]",
     .text = "The days it begins on. Without it, every day."},
    {"start", &type_day_time, offsetof(struct restriction, start_s), .example = "\"09:00\"",
     .text =
         "When it begins on such a day. Without `start` and `end`, those days are meant whole."},
    {"end", &type_day_time, offsetof(struct restriction, end_s), .example = "\"17:00\"",
     .text = "When it ends. Not after `start`: on the next day. The same: the whole day."},
    {"from", &type_week_time, offsetof(struct restriction, start_s), .flags = ROW_INSTEAD,
     .example = "\"fri 18:00\"",
     .text = "When it begins each week, instead of days, start and end."},
    {"to", &type_week_time, offsetof(struct restriction, end_s), .flags = ROW_INSTEAD,
     .example = "\"mon 08:00\"", .text = "When it ends."},
};

static void check_restriction(struct reader *r, const struct node *n, void *object)
{
    struct restriction *x = object;
    bool start = node_get(n, "start"), end = node_get(n, "end"), days = node_get(n, "days");
    bool from = node_get(n, "from"), to = node_get(n, "to");
    x->kind = from ? RESTRICT_WEEKLY : RESTRICT_DAILY;
    if (x->kind == RESTRICT_DAILY && !days)
        x->days = 127;
    bool daily = start == end && (start || days) && !from && !to;
    bool weekly = from && to && !start && !end && !days;
    if (!daily && !weekly)
        diag_error(r->d, n,
                   "a restriction has `start` and `end`, or `days`, or all three, or else `from` "
                   "and `to`");
}

const struct shape shape_restrict = {
    .name = "restriction",
    ROWS(restrict_rows),
    .size = sizeof(struct restriction),
    .check = check_restriction,
};

/* --- layers ------------------------------------------------------------------------------- */

static const struct choice clocks[] = {{"wall", CLOCK_WALL}, {"elapsed", CLOCK_ELAPSED}, {0}};
static const struct choice month_days[] = {
    {"clamp", MONTH_CLAMP},
    {"last", MONTH_LAST},
    {"overflow", MONTH_OVERFLOW},
    {0},
};
static const struct choice gaps[] = {
    {"next", ZONE_GAP_NEXT},
    {"shift", ZONE_GAP_SHIFT},
    {"before", ZONE_GAP_BEFORE},
    {0},
};
static const struct choice advances[] = {
    {"calendar", ADVANCE_CALENDAR},
    {"active", ADVANCE_ACTIVE},
    {0},
};

#define AT(field) offsetof(struct layer, field)

static const struct row layer_rows[] = {
    {"name", &type_name, AT(name), .example = "weekly",
     .text = "What the layer is called. Without it, its number."},
    {"time_zone", &type_zone, AT(zone), .example = "Europe/Madrid",
     .text = "Whose wall clock it follows. Without it, the schedule's."},
    {"anchor", &type_anchor, AT(anchor_local_s), .example = "2026-01-05T09:00",
     .text = "The first handoff; all others follow from it. Wall time, or an instant with an "
             "offset or Z. Every layer has one, unless it has a `calendar`."},
    {"every", &type_every, 0, .normal = "1 week", .example = "1 week",
     .text = "How long a turn lasts, 1 to 9000 units."},
    {"members", &type_members, AT(members), AT(n_members), .example = "[ana, [ana], null]",
     .text = "Who takes turns, in order: a person, a group, or null for nobody. Every layer has "
             "them, unless it has a `calendar`."},
    {"calendar", &type_calendar, 0, .flags = ROW_INSTEAD, .example = "team.ics",
     .text = "An iCalendar file, seen from this one: whoever an event is named after is on call "
             "while it lasts. Instead of anchor, every and members."},
    {"clock", &type_choice, AT(clock), .of = clocks, .example = "wall",
     .text = "Turns follow the wall clock, or a fixed number of seconds. Without it, the wall for "
             "days, weeks and months, elapsed below. Months always follow the wall."},
    {"month_day", &type_choice, AT(month_day), .of = month_days, .normal = "clamp",
     .example = "clamp",
     .text = "A turn of months that begins on a day some months lack: their last day, always the "
             "last day, or the days left over counted into the next month."},
    {"gap", &type_choice, AT(gap), .of = gaps, .normal = "next", .example = "next",
     .text = "A handoff at a wall time that daylight saving leaves out: the first instant after, "
             "or as much later (shift) or earlier (before)."},
    {"advance", &type_choice, AT(advance), .of = advances, .normal = "calendar",
     .example = "calendar",
     .text = "Turns of days count all days, or only those the restrictions leave."},
    {"start_index", &type_int, AT(start_index), .max = 1000, .normal = "0", .example = "0",
     .text = "Which member takes the first turn, from 0."},
    {"level", &type_int, AT(level), .min = -1000, .max = 1000, .normal = "0", .example = "0",
     .text = "For `merge: level`: a higher level hides lower ones."},
    {"backwards", &type_bool, AT(backwards), .normal = "false", .example = "false",
     .text = "Turns also run before the anchor. Without it, nobody is there."},
    {"allow_empty", &type_bool, AT(allow_empty), .normal = "false", .example = "false",
     .text = "A layer without members is meant so."},
    {"from", &type_instant, AT(from_ms), .example = "2026-01-01T00:00",
     .text = "The layer begins then."},
    {"until", &type_instant, AT(until_ms), .example = "2030-01-01T00:00",
     .text = "The layer ends before that."},
    {"restrict", &type_list, AT(restrict_to), AT(n_restrict), .of = &shape_restrict,
     .text = "The layer counts only at these times of the wall clock."},
};

static void check_clock(struct reader *r, const struct node *n, struct layer *l)
{
    const struct node *clock = node_get(n, "clock"), *advance = node_get(n, "advance");
    if (!clock)
        l->clock = l->unit < UNIT_DAY ? CLOCK_ELAPSED : CLOCK_WALL;
    if (clock && l->unit == UNIT_MONTH && l->clock == CLOCK_ELAPSED)
        diag_warn(r->d, clock, "turns of months always follow the wall clock");
    if (advance && l->advance == ADVANCE_ACTIVE && l->unit != UNIT_DAY)
        diag_error(r->d, advance, "`advance: active` goes with turns of days");
}

static void check_bounds(struct reader *r, const struct node *n, struct layer *l)
{
    const struct node *from = node_get(n, "from"), *until = node_get(n, "until");
    if (!from)
        l->from_ms = INT64_MIN;
    if (!until)
        l->until_ms = INT64_MAX;
    if (from && until && l->until_ms <= l->from_ms)
        diag_error(r->d, until, "`until` must be after `from`");
}

static void check_members(struct reader *r, const struct node *n, const struct layer *l)
{
    const struct node *members = node_get(n, "members");
    size_t vacant = 0;
    for (size_t i = 0; i < l->n_members; i++)
        vacant += l->members[i].n == 0;
    if (!members || members->kind != NODE_LIST || l->allow_empty || vacant < members->n)
        return;
    if (members->n == 0)
        diag_error(r->d, members, "nobody takes turns here (`allow_empty: true` if that is meant)");
    else
        diag_warn(r->d, members, "nobody takes turns here (`allow_empty: true` if that is meant)");
}

/* What turns are made of, or a calendar; not both. */
static void check_source(struct reader *r, const struct node *n, const struct layer *l)
{
    static const char *const needed[] = {"anchor", "members"};
    static const char *const turns[] = {"anchor", "every",       "members", "clock",    "month_day",
                                        "gap",    "start_index", "advance", "backwards"};
    for (size_t i = 0; !l->imported && i < sizeof needed / sizeof *needed; i++)
        if (!node_get(n, needed[i]))
            diag_error(r->d, n, "the layer has no `%s`", needed[i]);
    for (size_t i = 0; l->imported && i < sizeof turns / sizeof *turns; i++)
        if (node_get(n, turns[i]))
            diag_error(r->d, node_get(n, turns[i]), "`%s` does not go with `calendar`", turns[i]);
}

static void check_layer(struct reader *r, const struct node *n, void *object)
{
    struct layer *l = object;
    if (!l->zone)
        l->zone = r->zone;
    check_source(r, n, l);
    check_clock(r, n, l);
    check_bounds(r, n, l);
    check_members(r, n, l);
}

static const struct shape shape_layer = {
    .name = "layer",
    ROWS(layer_rows),
    .size = sizeof(struct layer),
    .check = check_layer,
};

/* --- overrides and temporary schedules ---------------------------------------------------- */

static void check_order(struct reader *r, const struct node *n, int64_t start_ms, int64_t end_ms)
{
    const struct node *start = node_get(n, "start"), *end = node_get(n, "end");
    if (start && end && !start->broken && !end->broken && end_ms <= start_ms)
        diag_error(r->d, end, "`end` must be after `start`");
}

static const struct row override_rows[] = {
    {"start", &type_instant, offsetof(struct override, start_ms), .flags = ROW_REQUIRED,
     .example = "2026-12-24T18:00",
     .text = "When it begins, in the schedule's zone or with an offset or Z."},
    {"end", &type_instant, offsetof(struct override, end_ms), .flags = ROW_REQUIRED,
     .example = "2026-12-27T09:00", .text = "When it is over."},
    {"set", &type_people_or_nobody, offsetof(struct override, people), .example = "[ana]",
     .text = "These people are on call, and nobody else; [] is nobody at all."},
    {"replace", &type_people, offsetof(struct override, people), .flags = ROW_INSTEAD,
     .example = "ana", .text = "Whenever they were on call, those of `with` are instead."},
    {"with", &type_people, offsetof(struct override, with), .flags = ROW_INSTEAD, .example = "bo",
     .text = "Who takes over from those of `replace`."},
    {"add", &type_people, offsetof(struct override, people), .flags = ROW_INSTEAD,
     .example = "[chen]", .text = "These people are on call as well."},
    {"remove", &type_people, offsetof(struct override, people), .flags = ROW_INSTEAD,
     .example = "[ana]", .text = "These people are not on call."},
};

static const struct {
    const char *key;
    enum override_kind kind;
} override_kinds[] = {
    {"set", OVERRIDE_SET},
    {"replace", OVERRIDE_REPLACE},
    {"add", OVERRIDE_ADD},
    {"remove", OVERRIDE_REMOVE},
};

static void check_override(struct reader *r, const struct node *n, void *object)
{
    struct override *o = object;
    int kinds = 0;
    for (size_t i = 0; i < sizeof override_kinds / sizeof *override_kinds; i++) {
        if (!node_get(n, override_kinds[i].key))
            continue;
        o->kind = override_kinds[i].kind;
        kinds++;
    }
    if (kinds != 1)
        diag_error(r->d, n, "an override has one of `set`, `add`, `remove` and `replace`");
    else if (!node_get(n, "replace") != !node_get(n, "with"))
        diag_error(r->d, n, "`replace` and `with` belong together");
    check_order(r, n, o->start_ms, o->end_ms);
}

static const struct shape shape_override = {
    .name = "override",
    ROWS(override_rows),
    .size = sizeof(struct override),
    .check = check_override,
};

static const struct row shift_rows[] = {
    {"start", &type_instant, offsetof(struct shift, start_ms), .flags = ROW_REQUIRED,
     .example = "2027-01-01T08:00", .text = "When the shift begins."},
    {"end", &type_instant, offsetof(struct shift, end_ms), .flags = ROW_REQUIRED,
     .example = "2027-01-01T16:00", .text = "When it is over."},
    {"user", &type_people, offsetof(struct shift, people), .flags = ROW_REQUIRED, .example = "ana",
     .text = "Who is on call."},
};

static void check_shift(struct reader *r, const struct node *n, void *object)
{
    const struct shift *s = object;
    check_order(r, n, s->start_ms, s->end_ms);
}

static const struct shape shape_shift = {
    .name = "shift",
    ROWS(shift_rows),
    .size = sizeof(struct shift),
    .check = check_shift,
};

static const struct row temporary_rows[] = {
    {"start", &type_instant, offsetof(struct temporary, start_ms), .flags = ROW_REQUIRED,
     .example = "2027-01-01T00:00", .text = "When the whole schedule is put aside."},
    {"end", &type_instant, offsetof(struct temporary, end_ms), .flags = ROW_REQUIRED,
     .example = "2027-01-02T00:00", .text = "When it holds again."},
    {"shifts", &type_list, offsetof(struct temporary, shifts), offsetof(struct temporary, n_shifts),
     .of = &shape_shift, .text = "Who is on call meanwhile. Between shifts nobody is."},
};

static void check_temporary(struct reader *r, const struct node *n, void *object)
{
    const struct temporary *t = object;
    check_order(r, n, t->start_ms, t->end_ms);
}

static const struct shape shape_temporary = {
    .name = "temporary schedule",
    ROWS(temporary_rows),
    .size = sizeof(struct temporary),
    .check = check_temporary,
};

/* --- schedules ---------------------------------------------------------------------------- */

static const struct choice merges[] = {
    {"top", MERGE_TOP},
    {"union", MERGE_UNION},
    {"level", MERGE_LEVEL},
    {0},
};

static const struct row schedule_rows[] = {
    {"time_zone", &type_zone, offsetof(struct schedule, zone), .flags = ROW_REQUIRED,
     .example = "Europe/Madrid", .text = "Whose wall clock it follows."},
    {"merge", &type_choice, offsetof(struct schedule, merge), .of = merges, .example = "top",
     .text = "With more than one layer: the last one that has somebody, everybody of all layers, "
             "or everybody of the highest level that has somebody."},
    {"layers", &type_list, offsetof(struct schedule, layers), offsetof(struct schedule, n_layers),
     .of = &shape_layer, .flags = ROW_REQUIRED, .text = "Rotations, one over the other."},
    {"overrides", &type_list, offsetof(struct schedule, overrides),
     offsetof(struct schedule, n_overrides), .of = &shape_override,
     .text = "Exceptions, in the order listed."},
    {"overrides_calendar", &type_overrides_calendar, 0, .flags = ROW_INSTEAD,
     .example = "swaps.ics",
     .text = "An iCalendar file: each of its events is an override with `set`, under those of "
             "`overrides`."},
    {"temporary", &type_list, offsetof(struct schedule, temporary),
     offsetof(struct schedule, n_temporary), .of = &shape_temporary,
     .text = "Times in which another plan holds."},
};

/* --- how many people could be on call at once --------------------------------------------- */

static void count_names(struct map *names, const struct slot *s)
{
    for (size_t i = 0; i < s->n; i++)
        map_put(names, s->people[i], (void *)s);
}

/* Everybody the schedule knows: never more than these at once. */
static size_t everybody(const struct schedule *s)
{
    struct map names;
    map_init(&names, 0);
    for (size_t i = 0; i < s->n_layers; i++)
        for (size_t k = 0; k < s->layers[i].n_members; k++)
            count_names(&names, &s->layers[i].members[k]);
    for (size_t i = 0; i < s->n_layers; i++)
        for (size_t k = 0; k < s->layers[i].n_shifts; k++)
            count_names(&names, &s->layers[i].shifts[k].people);
    for (size_t i = 0; i < s->n_overrides; i++) {
        count_names(&names, &s->overrides[i].people);
        count_names(&names, &s->overrides[i].with);
    }
    for (size_t i = 0; i < s->n_temporary; i++)
        for (size_t k = 0; k < s->temporary[i].n_shifts; k++)
            count_names(&names, &s->temporary[i].shifts[k].people);
    size_t n = names.n;
    map_done(&names);
    return n;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The largest turn of each layer; layers add up unless only the top one counts. */
static size_t most_of_layers(const struct schedule *s)
{
    size_t most = 0, sum = 0;
    for (size_t i = 0; i < s->n_layers; i++) {
        size_t turn = 0;
        for (size_t k = 0; k < s->layers[i].n_members; k++)
            turn = larger(turn, s->layers[i].members[k].n);
        for (size_t k = 0; k < s->layers[i].n_shifts; k++)
            turn = larger(turn, s->layers[i].shifts[k].people.n);
        most = larger(most, turn);
        sum += turn;
    }
    return s->merge == MERGE_TOP ? most : sum;
}

static size_t most_of_temporary(const struct schedule *s)
{
    size_t most = 0;
    for (size_t i = 0; i < s->n_temporary; i++) {
        size_t sum = 0;
        for (size_t k = 0; k < s->temporary[i].n_shifts; k++)
            sum += s->temporary[i].shifts[k].people.n;
        most = larger(most, sum);
    }
    return most;
}

/* Never too low: as if all overrides fell together. */
static size_t most_at_once(const struct schedule *s)
{
    size_t most = larger(most_of_layers(s), most_of_temporary(s)), added = 0;
    for (size_t i = 0; i < s->n_overrides; i++) {
        const struct override *o = &s->overrides[i];
        if (o->kind == OVERRIDE_SET)
            most = larger(most, o->people.n);
        added += o->kind == OVERRIDE_ADD       ? o->people.n
                 : o->kind == OVERRIDE_REPLACE ? o->with.n
                                               : 0;
    }
    return most + added;
}

static void name_layers(struct reader *r, struct schedule *s)
{
    for (size_t i = 0; i < s->n_layers; i++)
        if (!s->layers[i].name)
            s->layers[i].name = arena_printf(&r->config->arena, "%zu", i + 1);
}

void schedule_check_crowd(struct reader *r, const struct node *n, const struct schedule *s)
{
    if (everybody(s) > ONCALL_MAX_PEOPLE && most_at_once(s) > ONCALL_MAX_PEOPLE)
        diag_error(r->d, n, "%zu people could be on call at once, at most %d may", most_at_once(s),
                   ONCALL_MAX_PEOPLE);
}

static void check_schedule(struct reader *r, const struct node *n, void *object)
{
    struct schedule *s = object;
    const struct node *layers = node_get(n, "layers");
    name_layers(r, s);
    if (s->n_layers > 1 && !node_get(n, "merge"))
        diag_error(r->d, layers, "more than one layer needs `merge`: top, union or level");
    if (layers && layers->kind == NODE_LIST && s->n_layers == 0)
        diag_error(r->d, layers, "a schedule has at least one layer");
    schedule_check_crowd(r, n, s);
    calendar_adopt(r, n, s);
}

const struct shape shape_schedule = {
    .name = "schedule",
    ROWS(schedule_rows),
    .size = sizeof(struct schedule),
    .target = TARGET_SCHEDULE,
    .check = check_schedule,
};
