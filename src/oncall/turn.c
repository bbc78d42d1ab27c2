/* turn.c - which turn of a layer runs at an instant, without walking over turns.
 *
 * Handoffs on the wall clock form a ladder of local times, rung k = anchor + k turns.
 * A rung that exists is reached when the wall clock first shows it; one in a hole,
 * read as "next", when the clock jumps over it. So the rungs passed at an instant are
 * those not above the highest wall time shown so far - one calendar computation, no
 * search. In a fold the highest time stays while the clock repeats itself, which is why
 * nobody's turn comes back.
 *
 * The other two readings of a hole move its rungs by the size of the hole: `shift` to
 * after the jump, `before` to before it. Only then, and only that near to a hole, the
 * rungs inside it are counted apart. */
#include "turn.h"

#include <assert.h>

#include "base/civil.h"

#define DAY_S    ((int64_t)86400)
#define WINDOW_S (52 * (int64_t)3600) /* no zone ever moved its clock by more */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t unit_s(enum turn_unit unit)
{
    static const int64_t seconds[] = {
        [UNIT_SECOND] = 1,  [UNIT_MINUTE] = 60,      [UNIT_HOUR] = 3600,
        [UNIT_DAY] = DAY_S, [UNIT_WEEK] = 7 * DAY_S,
    };
    return seconds[unit];
}

/* --- the ladder: months ------------------------------------------------------------------ */

static int64_t month_rung(const struct layer *l, int64_t k)
{
    struct civil c = civil_of(l->anchor_local_s);
    int64_t months = (int64_t)c.year * 12 + c.month - 1 + k * l->every;
    int year = (int)floor_div(months, 12), month = (int)(months - floor_div(months, 12) * 12) + 1;
    int last = civil_days_in_month(year, month), day = c.day;
    if (l->month_day == MONTH_LAST || (l->month_day == MONTH_CLAMP && day > last))
        day = last;
    return civil_days(year, month, day) * DAY_S + c.hour * 3600 + c.minute * 60 + c.second;
}

static int64_t month_index(const struct layer *l, int64_t local_s)
{
    struct civil anchor = civil_of(l->anchor_local_s), c = civil_of(local_s);
    int64_t months = ((int64_t)c.year - anchor.year) * 12 + c.month - anchor.month;
    int64_t k = floor_div(months, l->every);
    while (month_rung(l, k) > local_s)
        k--;
    while (month_rung(l, k + 1) <= local_s)
        k++;
    return k;
}

/* --- the ladder: days that count ----------------------------------------------------------
 * With `advance: active` only the weekdays named by the restrictions move the turn. Days
 * are numbered from a Monday, so that a week is a whole number of them. */

#define MONDAY 4 /* 1970-01-05 */

static unsigned days_of(const struct restriction *r)
{
    if (r->kind == RESTRICT_DAILY)
        return r->days & 0x7f;
    unsigned mask = 0;
    int first = (int)(r->start_s / DAY_S) % 7;
    int last = (int)((r->end_s + 7 * DAY_S - 1) / DAY_S) % 7; /* the day of its last second */
    if (first == last && r->end_s <= r->start_s)
        return 0x7f;
    for (int day = first;; day = (day + 1) % 7) {
        mask |= 1u << day;
        if (day == last)
            return mask;
    }
}

/* Without restrictions every day counts. */
static unsigned active_days(const struct layer *l)
{
    unsigned mask = 0;
    for (size_t i = 0; i < l->n_restrict; i++)
        mask |= days_of(&l->restrict_to[i]);
    return mask ? mask : 0x7f;
}

/* Days that count before `day`. */
static int64_t active_before(unsigned mask, int64_t day)
{
    int64_t week = floor_div(day, 7);
    unsigned earlier = mask & ((1u << (day - week * 7)) - 1);
    return week * __builtin_popcount(mask) + __builtin_popcount(earlier);
}

/* The day that has exactly n such days before it and counts itself. */
static int64_t active_day(unsigned mask, int64_t n)
{
    int per_week = __builtin_popcount(mask);
    int64_t week = floor_div(n, per_week);
    int left = (int)(n - week * per_week), day = 0;
    for (;; day++)
        if ((mask >> day & 1) && left-- == 0)
            return week * 7 + day;
}

static int64_t active_rung(const struct layer *l, int64_t k)
{
    unsigned mask = active_days(l);
    int64_t anchor_day = floor_div(l->anchor_local_s, DAY_S);
    int64_t clock_s = l->anchor_local_s - anchor_day * DAY_S;
    int64_t n = active_before(mask, anchor_day - MONDAY) + k * l->every;
    return (active_day(mask, n) + MONDAY) * DAY_S + clock_s;
}

static int64_t active_index(const struct layer *l, int64_t local_s)
{
    unsigned mask = active_days(l);
    int64_t anchor_day = floor_div(l->anchor_local_s, DAY_S);
    int64_t clock_s = l->anchor_local_s - anchor_day * DAY_S;
    int64_t day = floor_div(local_s - clock_s, DAY_S);
    int64_t passed =
        active_before(mask, day + 1 - MONDAY) - active_before(mask, anchor_day - MONDAY);
    return floor_div(passed - 1, l->every);
}

/* --- the ladder ---------------------------------------------------------------------------- */

static bool counts_days(const struct layer *l)
{
    return l->advance == ADVANCE_ACTIVE && l->unit == UNIT_DAY;
}

static bool elapsed(const struct layer *l)
{
    return l->clock == CLOCK_ELAPSED && l->unit != UNIT_MONTH && !counts_days(l);
}

/* Local time of rung k. */
static int64_t rung(const struct layer *l, int64_t k)
{
    if (l->unit == UNIT_MONTH)
        return month_rung(l, k);
    if (counts_days(l))
        return active_rung(l, k);
    return l->anchor_local_s + k * l->every * unit_s(l->unit);
}

/* The highest rung not above local_s; -1 is as low as it gets for a layer that does not
 * run backwards. */
static int64_t rung_index(const struct layer *l, int64_t local_s)
{
    int64_t k;
    if (l->unit == UNIT_MONTH)
        k = month_index(l, local_s);
    else if (counts_days(l))
        k = active_index(l, local_s);
    else
        k = floor_div(local_s - l->anchor_local_s, l->every * unit_s(l->unit));
    return k < 0 && !l->backwards ? -1 : k;
}

/* The highest wall time shown up to utc_s. */
static int64_t highest_local(const struct zone *z, int64_t utc_s)
{
    int64_t highest = zone_local(z, utc_s);
    int64_t at = zone_next_transition(z, utc_s - WINDOW_S);
    for (; at <= utc_s; at = zone_next_transition(z, at)) {
        int64_t shown = zone_local(z, at - 1);
        if (shown > highest)
            highest = shown;
    }
    return highest;
}

/* --- holes read as `shift` or `before` ------------------------------------------------------ */

struct hole {
    bool near;
    int64_t at_s;          /* of the jump */
    int before_s, after_s; /* offsets around it */
};

/* The hole whose rungs are not (shift) or already (before) counted at utc_s, if any. */
static struct hole hole_near(const struct layer *l, int64_t utc_s)
{
    struct hole h = {0};
    bool behind = l->gap == ZONE_GAP_SHIFT;
    int64_t at = zone_next_transition(l->zone, behind ? utc_s - WINDOW_S : utc_s);
    int64_t to = behind ? utc_s : utc_s + WINDOW_S;
    for (; at <= to && !h.near; at = zone_next_transition(l->zone, at)) {
        h.at_s = at;
        h.before_s = zone_offset(l->zone, at - 1);
        h.after_s = zone_offset(l->zone, at);
        int64_t size = h.after_s - h.before_s;
        h.near = size > 0 && (behind ? utc_s < at + size : utc_s >= at - size);
    }
    return h;
}

/* By how much the count of rungs differs from the `next` reading. */
static int64_t hole_correction(const struct layer *l, int64_t utc_s)
{
    struct hole h = hole_near(l, utc_s);
    if (!h.near)
        return 0;
    if (l->gap == ZONE_GAP_SHIFT)
        return rung_index(l, utc_s + h.before_s) - rung_index(l, h.at_s + h.after_s - 1);
    return rung_index(l, utc_s + h.after_s) - rung_index(l, h.at_s + h.before_s - 1);
}

/* The next rung inside such a hole; INT64_MAX when there is none near. */
static int64_t hole_next(const struct layer *l, int64_t utc_s)
{
    if (l->gap == ZONE_GAP_SHIFT) {
        struct hole h = hole_near(l, utc_s);
        return h.near ? rung(l, rung_index(l, utc_s + h.before_s) + 1) - h.before_s : INT64_MAX;
    }
    int64_t at = zone_next_transition(l->zone, utc_s);
    if (at == INT64_MAX)
        return INT64_MAX;
    int before_s = zone_offset(l->zone, at - 1), after_s = zone_offset(l->zone, at);
    int64_t from = at + before_s - 1, seen = utc_s + after_s;
    if (after_s <= before_s)
        return INT64_MAX;
    return rung(l, rung_index(l, from > seen ? from : seen) + 1) - after_s;
}

/* --- turns --------------------------------------------------------------------------------- */

static int64_t elapsed_start(const struct layer *l)
{
    return l->anchor_is_instant ? l->anchor_utc_s
                                : zone_resolve(l->zone, l->anchor_local_s, l->gap);
}

/* An anchor that is an instant may be the second pass of its wall time: nothing has been
 * handed over at the first. */
static bool before_anchor(const struct layer *l, int64_t utc_s)
{
    return l->anchor_is_instant && utc_s < l->anchor_utc_s;
}

static int64_t index_at(const struct layer *l, int64_t utc_s)
{
    if (elapsed(l))
        return floor_div(utc_s - elapsed_start(l), l->every * unit_s(l->unit));
    int64_t k = rung_index(l, highest_local(l->zone, utc_s));
    if (l->gap != ZONE_GAP_NEXT)
        k += hole_correction(l, utc_s);
    return before_anchor(l, utc_s) ? smaller(k, -1) : k;
}

int64_t turn_at(const struct layer *l, int64_t utc_s)
{
    assert(l->every > 0);
    int64_t k = index_at(l, utc_s);
    return k < 0 && !l->backwards ? TURN_NOBODY : k;
}

/* The next rung as it is reached. */
static int64_t wall_next_edge(const struct layer *l, int64_t utc_s)
{
    int64_t ahead = rung(l, rung_index(l, highest_local(l->zone, utc_s)) + 1);
    if (l->gap == ZONE_GAP_NEXT)
        return zone_resolve(l->zone, ahead, ZONE_GAP_NEXT);
    enum zone_gap early = l->gap == ZONE_GAP_SHIFT ? ZONE_GAP_NEXT : l->gap;
    int64_t edge = zone_resolve(l->zone, ahead, early);
    int64_t inside = hole_next(l, utc_s);
    return smaller(edge > utc_s ? edge : INT64_MAX, inside > utc_s ? inside : INT64_MAX);
}

int64_t turn_next_edge(const struct layer *l, int64_t utc_s)
{
    int64_t k = index_at(l, utc_s);
    if (l->n_members <= 1 && (k >= 0 || l->backwards))
        return INT64_MAX;
    if (elapsed(l)) {
        int64_t next = k < 0 && !l->backwards ? 0 : k + 1;
        return elapsed_start(l) + next * l->every * unit_s(l->unit);
    }
    int64_t edge = wall_next_edge(l, utc_s);
    return before_anchor(l, utc_s) ? smaller(edge, l->anchor_utc_s) : edge;
}
