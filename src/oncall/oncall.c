/* oncall.c - a schedule and an instant -> the people.
 *
 * From the strongest: a temporary schedule replaces everything; a `set` override takes
 * the place of the layers; then people are removed or replaced; then people are added.
 * Instants are looked at in whole seconds. */
#include "oncall/oncall.h"

#include <string.h>

#include "base/text.h"
#include "turn.h"

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool within(int64_t at_ms, int64_t start_ms, int64_t end_ms)
{
    return at_ms >= start_ms && at_ms < end_ms;
}

static bool holds(const char *const *people, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (people[i] == name || text_eq(people[i], name))
            return true;
    return false;
}

static void add_people(struct oncall *c, const struct slot *slot)
{
    for (size_t i = 0; i < slot->n && c->n < ONCALL_MAX_PEOPLE; i++)
        if (!holds(c->people, c->n, slot->people[i]))
            c->people[c->n++] = slot->people[i];
}

/* --- layers -------------------------------------------------------------------------------- */

/* How many of an imported calendar's shifts have ended: the next one, or the one that runs. */
static size_t shifts_before(const struct layer *l, int64_t at_ms)
{
    size_t low = 0, high = l->n_shifts;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->shifts[middle].end_ms <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct slot *imported_slot(const struct layer *l, int64_t at_ms)
{
    size_t i = shifts_before(l, at_ms);
    return i < l->n_shifts && l->shifts[i].start_ms <= at_ms ? &l->shifts[i].people : NULL;
}

/* The slot whose turn it is, or NULL: before the anchor, out of bounds, out of hours. */
static const struct slot *layer_slot(const struct layer *l, int64_t at_ms)
{
    int64_t at_s = floor_div(at_ms, 1000);
    if (!within(at_ms, l->from_ms, l->until_ms) || !hours_hold(l, at_ms))
        return NULL;
    if (l->imported)
        return imported_slot(l, at_ms);
    if (l->n_members == 0)
        return NULL;
    int64_t k = turn_at(l, at_s);
    if (k == TURN_NOBODY)
        return NULL;
    int64_t n = (int64_t)l->n_members, i = (k % n + l->start_index % n) % n;
    return &l->members[i < 0 ? i + n : i];
}

/* A layer that yields nobody is transparent however layers are merged. */
static void merge_layers(const struct schedule *s, int64_t at_ms, struct oncall *ret)
{
    int level = 0;
    for (size_t i = 0; i < s->n_layers; i++) {
        const struct layer *l = &s->layers[i];
        const struct slot *slot = layer_slot(l, at_ms);
        if (!slot || slot->n == 0)
            continue;
        bool over = s->merge == MERGE_TOP || (s->merge == MERGE_LEVEL && l->level > level);
        if (ret->n > 0 && s->merge == MERGE_LEVEL && l->level < level)
            continue;
        if (ret->n == 0 || over) {
            ret->n = 0;
            ret->layer = l->name;
            level = l->level;
        }
        add_people(ret, slot);
    }
}

/* --- overrides ----------------------------------------------------------------------------- */

static bool active(const struct override *o, enum override_kind kind, int64_t at_ms)
{
    return o->kind == kind && within(at_ms, o->start_ms, o->end_ms);
}

/* The last listed of a kind that is active and, given a name, is about it. */
static const struct override *last_active(const struct schedule *s, enum override_kind kind,
                                          int64_t at_ms, const char *about)
{
    for (size_t i = s->n_overrides; i-- > 0;) {
        const struct override *o = &s->overrides[i];
        if (active(o, kind, at_ms) && (!about || holds(o->people.people, o->people.n, about)))
            return o;
    }
    return NULL;
}

/* Everyone is looked up once, by who they were: a substitute is not replaced again. */
static void replace_and_remove(const struct schedule *s, int64_t at_ms, struct oncall *c)
{
    struct oncall was = *c;
    bool changed = false;
    c->n = 0;
    for (size_t i = 0; i < was.n; i++) {
        struct slot self = {.people = &was.people[i], .n = 1};
        const struct override *o = last_active(s, OVERRIDE_REPLACE, at_ms, was.people[i]);
        changed = changed || o;
        if (o)
            add_people(c, &o->with);
        else if (last_active(s, OVERRIDE_REMOVE, at_ms, was.people[i]))
            changed = true;
        else
            add_people(c, &self);
    }
    if (changed)
        c->layer = "override";
}

static void add(const struct schedule *s, int64_t at_ms, struct oncall *c)
{
    size_t before = c->n;
    for (size_t i = 0; i < s->n_overrides; i++)
        if (active(&s->overrides[i], OVERRIDE_ADD, at_ms))
            add_people(c, &s->overrides[i].people);
    if (c->n > before)
        c->layer = "override";
}

/* --- temporary schedules ------------------------------------------------------------------- */

/* The last listed one that covers the instant. */
static const struct temporary *temporary_at(const struct schedule *s, int64_t at_ms)
{
    for (size_t i = s->n_temporary; i-- > 0;)
        if (within(at_ms, s->temporary[i].start_ms, s->temporary[i].end_ms))
            return &s->temporary[i];
    return NULL;
}

static void from_temporary(const struct temporary *t, int64_t at_ms, struct oncall *ret)
{
    ret->layer = "temporary";
    for (size_t i = 0; i < t->n_shifts; i++)
        if (within(at_ms, t->shifts[i].start_ms, t->shifts[i].end_ms))
            add_people(ret, &t->shifts[i].people);
}

/* --- the answer ---------------------------------------------------------------------------- */

void oncall_who(const struct schedule *s, int64_t at_ms, struct oncall *ret)
{
    at_ms = floor_div(at_ms, 1000) * 1000;
    ret->n = 0;
    ret->layer = NULL;
    const struct temporary *t = temporary_at(s, at_ms);
    if (t) {
        from_temporary(t, at_ms, ret);
        return;
    }
    const struct override *set = last_active(s, OVERRIDE_SET, at_ms, NULL);
    if (set) {
        ret->layer = "override";
        add_people(ret, &set->people);
    } else {
        merge_layers(s, at_ms, ret);
    }
    if (s->n_overrides) {
        replace_and_remove(s, at_ms, ret);
        add(s, at_ms, ret);
    }
}

/* --- edges --------------------------------------------------------------------------------- */

/* Takes `bound_ms`, rounded up to a second, when it is after at_ms and before *edge_ms. */
static void consider(int64_t *edge_ms, int64_t at_ms, int64_t bound_ms)
{
    if (bound_ms == INT64_MIN || bound_ms > INT64_MAX - 1000)
        return;
    int64_t whole = -floor_div(-bound_ms, 1000) * 1000;
    if (whole > at_ms && whole < *edge_ms)
        *edge_ms = whole;
}

static void consider_second(int64_t *edge_ms, int64_t at_ms, int64_t bound_s)
{
    if (bound_s <= INT64_MAX / 1000 - 1)
        consider(edge_ms, at_ms, bound_s * 1000);
}

static void consider_span(int64_t *edge_ms, int64_t at_ms, int64_t start_ms, int64_t end_ms)
{
    consider(edge_ms, at_ms, start_ms);
    consider(edge_ms, at_ms, end_ms);
}

/* Outside of its bounds a layer has no edges but those. */
static void layer_edges(const struct layer *l, int64_t at_ms, int64_t *edge_ms)
{
    int64_t at_s = floor_div(at_ms, 1000);
    consider_span(edge_ms, at_ms, l->from_ms, l->until_ms);
    if ((l->n_members == 0 && !l->imported) || !within(at_s * 1000, l->from_ms, l->until_ms))
        return;
    if (l->imported) {
        size_t i = shifts_before(l, at_s * 1000);
        if (i < l->n_shifts)
            consider_span(edge_ms, at_ms, l->shifts[i].start_ms, l->shifts[i].end_ms);
    } else {
        consider_second(edge_ms, at_ms, turn_next_edge(l, at_s));
    }
    consider(edge_ms, at_ms, hours_next_edge(l, at_ms));
}

int64_t oncall_next_edge(const struct schedule *s, int64_t at_ms)
{
    int64_t edge_ms = INT64_MAX;
    for (size_t i = 0; i < s->n_layers; i++)
        layer_edges(&s->layers[i], at_ms, &edge_ms);
    for (size_t i = 0; i < s->n_overrides; i++)
        consider_span(&edge_ms, at_ms, s->overrides[i].start_ms, s->overrides[i].end_ms);
    for (size_t i = 0; i < s->n_temporary; i++) {
        const struct temporary *t = &s->temporary[i];
        consider_span(&edge_ms, at_ms, t->start_ms, t->end_ms);
        for (size_t j = 0; j < t->n_shifts; j++)
            consider_span(&edge_ms, at_ms, t->shifts[j].start_ms, t->shifts[j].end_ms);
    }
    return edge_ms;
}

static bool same_people(const struct oncall *a, const struct oncall *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!text_eq(a->people[i], b->people[i]))
            return false;
    return true;
}

int64_t oncall_next_change(const struct schedule *s, int64_t at_ms, int64_t until_ms)
{
    struct oncall now, then;
    oncall_who(s, at_ms, &now);
    for (int64_t edge = oncall_next_edge(s, at_ms); edge <= until_ms && edge != INT64_MAX;
         edge = oncall_next_edge(s, edge)) {
        oncall_who(s, edge, &then);
        if (!same_people(&now, &then))
            return edge;
    }
    return INT64_MAX;
}
