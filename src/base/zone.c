/* zone.c - instants and wall clocks.
 *
 * A zone is a line of steps; between two of them the offset is fixed. A wall time is
 * searched for in the few segments within a day or so of it: it may be in one (the
 * usual case), in two (a fold) or fall between two (a hole). */
#include "base/zone.h"

#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "zone_impl.h"

static char utc_name[] = "UTC";
static const struct zone utc = {.name = utc_name};

const struct zone *zone_utc(void)
{
    return &utc;
}

void zone_free(struct zone *z)
{
    if (!z || z == &utc)
        return;
    mem_free(z->name);
    mem_free(z->steps);
    mem_free(z);
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

static int64_t clamp(int64_t s)
{
    return s > FAR_S ? FAR_S : s < -FAR_S ? -FAR_S : s;
}

/* How many steps are not after utc_s. */
static size_t steps_until(const struct zone *z, int64_t utc_s)
{
    size_t low = 0, high = z->n_steps;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->steps[middle].at_s <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int zone_offset(const struct zone *z, int64_t utc_s)
{
    utc_s = clamp(utc_s);
    size_t n = steps_until(z, utc_s);
    if (n == z->n_steps && z->rule.given)
        return zone_rule_offset(&z->rule, utc_s);
    return n ? z->steps[n - 1].offset_s : z->first_offset_s;
}

int64_t zone_local(const struct zone *z, int64_t utc_s)
{
    return utc_s + zone_offset(z, utc_s);
}

static bool changes_at(const struct zone *z, int64_t at_s)
{
    return zone_offset(z, at_s) != zone_offset(z, at_s - 1);
}

/* The same behind the end of the table, by the footer, whose years may overlap. */
static int64_t next_by_rule(const struct zone *z, int64_t utc_s)
{
    int64_t next = INT64_MAX;
    if (!z->rule.has_dst)
        return next;
    int year = civil_of(utc_s).year;
    for (int y = year - 1; y <= year + 2; y++) {
        struct zone_step steps[2];
        zone_rule_steps(&z->rule, y, steps);
        for (int i = 0; i < 2; i++)
            if (steps[i].at_s > utc_s && steps[i].at_s < next && changes_at(z, steps[i].at_s))
                next = steps[i].at_s;
    }
    return next;
}

int64_t zone_next_transition(const struct zone *z, int64_t utc_s)
{
    utc_s = clamp(utc_s);
    for (size_t i = steps_until(z, utc_s); i < z->n_steps; i++) {
        int32_t before = i ? z->steps[i - 1].offset_s : z->first_offset_s;
        bool last = i + 1 == z->n_steps;
        if (last ? changes_at(z, z->steps[i].at_s) : z->steps[i].offset_s != before)
            return z->steps[i].at_s;
        utc_s = z->steps[i].at_s;
    }
    return next_by_rule(z, utc_s);
}

/* What a search for a wall time found. */
struct found {
    int n;                 /* instants with that wall time: 0, 1 or 2 */
    int64_t first_s;       /* the earliest of them */
    int64_t hole_s;        /* n == 0: the step that made the hole */
    int before_s, after_s; /* n == 0: the offsets around it */
};

static struct found search(const struct zone *z, int64_t local_s)
{
    struct found f = {0};
    const int64_t to = local_s - OFFSET_MIN_S;
    int64_t start = local_s - OFFSET_MAX_S;
    int offset = zone_offset(z, start);
    for (;;) {
        int64_t end = zone_next_transition(z, start);
        int64_t candidate = local_s - offset;
        if (candidate >= start && candidate < end && f.n++ == 0)
            f.first_s = candidate;
        if (end > to)
            return f;
        int after = zone_offset(z, end);
        if (end + offset <= local_s && local_s < end + after) {
            f.hole_s = end;
            f.before_s = offset;
            f.after_s = after;
        }
        start = end;
        offset = after;
    }
}

int64_t zone_resolve(const struct zone *z, int64_t local_s, enum zone_gap gap)
{
    local_s = clamp(local_s);
    struct found f = search(z, local_s);
    if (f.n > 0)
        return f.first_s;
    switch (gap) {
    case ZONE_GAP_SHIFT:
        return local_s - f.before_s;
    case ZONE_GAP_BEFORE:
        return local_s - f.after_s;
    case ZONE_GAP_NEXT:
        break;
    }
    return f.hole_s;
}

enum zone_kind zone_kind_of(const struct zone *z, int64_t local_s)
{
    struct found f = search(z, clamp(local_s));
    return f.n == 0 ? ZONE_HOLE : f.n == 1 ? ZONE_UNIQUE : ZONE_FOLD;
}
