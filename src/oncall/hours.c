/* hours.c - restrictions: predicates on what the wall clock shows (S6).
 *
 * Nothing here resolves a wall time to an instant, so an hour that is shown twice holds
 * twice and one that is never shown never does, and two entries that share a boundary
 * never leave or cover a second twice. */
#include "base/civil.h"
#include "turn.h"

#define DAY_S  ((int64_t)86400)
#define WEEK_S (7 * DAY_S)

/* Seconds since the last local midnight, and the weekday. */
struct clock {
    int weekday;
    int64_t of_day_s;
};

static struct clock clock_of(int64_t local_s)
{
    int64_t of_day = local_s % DAY_S;
    return (struct clock){civil_weekday(local_s), of_day < 0 ? of_day + DAY_S : of_day};
}

/* An entry that passes midnight belongs to the day it starts on. start == end passes it
 * and is as long as a day. */
static bool daily_holds(const struct restriction *r, struct clock now)
{
    bool today = r->days >> now.weekday & 1, yesterday = r->days >> (now.weekday + 6) % 7 & 1;
    if (r->start_s < r->end_s)
        return today && now.of_day_s >= r->start_s && now.of_day_s < r->end_s;
    return (today && now.of_day_s >= r->start_s) || (yesterday && now.of_day_s < r->end_s);
}

static bool weekly_holds(const struct restriction *r, struct clock now)
{
    int64_t of_week = now.weekday * DAY_S + now.of_day_s;
    if (r->start_s < r->end_s)
        return of_week >= r->start_s && of_week < r->end_s;
    return of_week >= r->start_s || of_week < r->end_s;
}

bool hours_hold(const struct layer *l, int64_t utc_s)
{
    if (l->n_restrict == 0)
        return true;
    struct clock now = clock_of(zone_local(l->zone, utc_s));
    for (size_t i = 0; i < l->n_restrict; i++) {
        const struct restriction *r = &l->restrict_to[i];
        if (r->kind == RESTRICT_DAILY ? daily_holds(r, now) : weekly_holds(r, now))
            return true;
    }
    return false;
}

/* Seconds until a clock that goes round in `round` and shows `now` shows `mark`; never 0. */
static int64_t until(int64_t mark, int64_t now, int64_t round)
{
    int64_t left = (mark - now) % round;
    return left > 0 ? left : left + round;
}

/* The next start or end of any entry, on whatever weekday, unless the clock jumps first. */
int64_t hours_next_edge(const struct layer *l, int64_t utc_s)
{
    if (l->n_restrict == 0)
        return INT64_MAX;
    struct clock now = clock_of(zone_local(l->zone, utc_s));
    int64_t soonest = WEEK_S;
    for (size_t i = 0; i < l->n_restrict; i++) {
        const struct restriction *r = &l->restrict_to[i];
        bool daily = r->kind == RESTRICT_DAILY;
        int64_t shown = daily ? now.of_day_s : now.weekday * DAY_S + now.of_day_s;
        int64_t round = daily ? DAY_S : WEEK_S;
        int64_t start = until(r->start_s, shown, round), end = until(r->end_s, shown, round);
        soonest = start < soonest ? start : soonest;
        soonest = end < soonest ? end : soonest;
    }
    int64_t jump = zone_next_transition(l->zone, utc_s);
    return utc_s + soonest < jump ? utc_s + soonest : jump;
}
