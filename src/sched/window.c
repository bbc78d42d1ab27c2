/* window.c - hours on the wall clock, and maintenance windows made of them (S6).
 *
 * Nothing here resolves a wall time to an instant, so an hour that is shown twice holds
 * twice and one that is never shown never does, and two entries that share a boundary
 * never leave or cover a second twice. Instants are looked at in whole seconds. */
#include "sched/window.h"

#include "base/civil.h"

#define DAY_S     ((int64_t)86400)
#define WEEK_S    (7 * DAY_S)
#define AHEAD_MS  (400 * DAY_S * 1000)
#define LATEST_MS (INT64_MAX - AHEAD_MS)

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

static int64_t whole_seconds(int64_t at_ms)
{
    return at_ms / 1000 - (at_ms % 1000 < 0);
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

bool window_hours_hold(const struct restriction *r, size_t n, const struct zone *zone,
                       int64_t at_ms)
{
    if (n == 0)
        return false;
    struct clock now = clock_of(zone_local(zone, whole_seconds(at_ms)));
    for (size_t i = 0; i < n; i++)
        if (r[i].kind == RESTRICT_DAILY ? daily_holds(&r[i], now) : weekly_holds(&r[i], now))
            return true;
    return false;
}

/* Seconds until a clock that goes round in `round` and shows `now` shows `mark`; never 0. */
static int64_t until(int64_t mark, int64_t now, int64_t round)
{
    int64_t left = (mark - now) % round;
    return left > 0 ? left : left + round;
}

/* The next start or end of any entry, on whatever weekday, unless the clock jumps first. */
int64_t window_hours_edge(const struct restriction *r, size_t n, const struct zone *zone,
                          int64_t at_ms)
{
    if (n == 0)
        return INT64_MAX;
    int64_t utc_s = whole_seconds(at_ms), soonest = WEEK_S;
    struct clock now = clock_of(zone_local(zone, utc_s));
    for (size_t i = 0; i < n; i++) {
        bool daily = r[i].kind == RESTRICT_DAILY;
        int64_t shown = daily ? now.of_day_s : now.weekday * DAY_S + now.of_day_s;
        int64_t round = daily ? DAY_S : WEEK_S;
        int64_t start = until(r[i].start_s, shown, round), end = until(r[i].end_s, shown, round);
        soonest = start < soonest ? start : soonest;
        soonest = end < soonest ? end : soonest;
    }
    int64_t jump = zone_next_transition(zone, utc_s);
    return (utc_s + soonest < jump ? utc_s + soonest : jump) * 1000;
}

static bool within(const struct window *w, int64_t at_ms)
{
    return at_ms >= w->start_ms && at_ms < w->end_ms;
}

bool window_holds(const struct window *w, int64_t at_ms)
{
    return within(w, at_ms) && (w->once || window_hours_hold(w->hours, w->n_hours, w->zone, at_ms));
}

int64_t window_next_edge(const struct window *w, int64_t at_ms)
{
    if (at_ms < w->start_ms)
        return w->start_ms;
    if (at_ms >= w->end_ms)
        return INT64_MAX;
    int64_t edge_ms = w->once ? w->end_ms : window_hours_edge(w->hours, w->n_hours, w->zone, at_ms);
    return edge_ms < w->end_ms ? edge_ms : w->end_ms;
}

int64_t window_ends(const struct window *w, int64_t at_ms)
{
    if (w->once)
        return w->end_ms;
    int64_t last_ms = at_ms < LATEST_MS ? at_ms + AHEAD_MS : INT64_MAX - 1, edge_ms = at_ms;
    do
        edge_ms = window_next_edge(w, edge_ms);
    while (edge_ms <= last_ms && window_holds(w, edge_ms));
    return edge_ms <= last_ms ? edge_ms : INT64_MAX;
}
