/* coverage.c - walks the real changes of a schedule and keeps the books.
 *
 * A run is a stretch in which the same people are on call. Its seconds are booked for each of
 * them: all, and those at night, at the weekend and on holidays by the person's own clock. A
 * turn is a chain of runs without a break. */
#include "oncall/coverage.h"

#include <math.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"

#define DAY_S       ((int64_t)86400)
#define MORNING_S   (6 * (int64_t)3600)
#define EVENING_S   (22 * (int64_t)3600)
#define SATURDAY    5
#define NOT_ON_CALL INT64_MIN

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* --- the walk ------------------------------------------------------------------------------ */

static bool same_people(const struct oncall *a, const struct oncall *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->people[i] != b->people[i] && !text_eq(a->people[i], b->people[i]))
            return false;
    return true;
}

int64_t coverage_walk(const struct schedule *s, int64_t from_ms, int64_t to_ms, size_t edges,
                      coverage_run_fn *each, void *arg)
{
    struct oncall who[2];
    int is = 0;
    int64_t since_ms = from_ms, at_ms = from_ms;

    oncall_who(s, from_ms, &who[is]);
    while (edges-- > 0) {
        at_ms = smaller(oncall_next_edge(s, at_ms), to_ms);
        if (at_ms == to_ms)
            break;
        oncall_who(s, at_ms, &who[!is]);
        if (same_people(&who[0], &who[1]))
            continue;
        if (!each(arg, since_ms, at_ms, &who[is]))
            return at_ms;
        since_ms = at_ms;
        is = !is;
    }
    if (since_ms < at_ms)
        each(arg, since_ms, at_ms, &who[is]);
    return at_ms;
}

/* --- hours --------------------------------------------------------------------------------- */

struct books {
    struct coverage *v;
    const struct config *config;
    const struct schedule *schedule;
};

static bool is_holiday(const struct config *c, int64_t day)
{
    size_t low = 0, high = c->n_holidays;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (c->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n_holidays && c->holidays[low] == day;
}

/* A piece of one day on the wall clock, in seconds from its midnight. */
static void book_day(const struct config *c, struct coverage_load *l, int64_t day, int64_t from_s,
                     int64_t to_s)
{
    int64_t length = to_s - from_s;
    int64_t awake = larger(0, smaller(to_s, EVENING_S) - larger(from_s, MORNING_S));

    l->total_s += length;
    l->night_s += length - awake;
    if (civil_weekday(day * DAY_S) >= SATURDAY)
        l->weekend_s += length;
    if (is_holiday(c, day))
        l->holiday_s += length;
}

/* While the zone's offset stays, seconds pass on the wall clock as they do anywhere. */
static void book_hours(const struct config *c, struct coverage_load *l, int64_t from_s,
                       int64_t to_s)
{
    while (from_s < to_s) {
        int64_t steady_s = smaller(zone_next_transition(l->zone, from_s), to_s);
        int64_t local = zone_local(l->zone, from_s), end = local + (steady_s - from_s);

        while (local < end) {
            int64_t day = floor_div(local, DAY_S), midnight = day * DAY_S;
            int64_t until = smaller(end, midnight + DAY_S);

            book_day(c, l, day, local - midnight, until - midnight);
            local = until;
        }
        from_s = steady_s;
    }
}

/* --- people -------------------------------------------------------------------------------- */

static size_t load_of(struct books *b, const char *name, bool takes_turns)
{
    struct coverage *v = b->v;
    size_t known = (size_t)(uintptr_t)map_get(&v->by_person, name);

    if (known == 0) {
        const struct person *p = config_person(b->config, name);
        struct coverage_load l = {.person = name,
                                  .zone = p && p->zone ? p->zone : b->schedule->zone,
                                  .takes_turns = takes_turns,
                                  .since_ms = NOT_ON_CALL};

        vec_push(&v->loads, l);
        known = v->loads.n;
        map_put(&v->by_person, name, (void *)(uintptr_t)known);
    }
    return known - 1;
}

static void add_members(struct books *b, const struct slot *slot)
{
    for (size_t i = 0; i < slot->n; i++)
        load_of(b, slot->people[i], true);
    b->v->shared = b->v->shared || slot->n > 1;
}

static void add_everybody(struct books *b)
{
    const struct schedule *s = b->schedule;

    b->v->shared = s->merge != MERGE_TOP && s->n_layers > 1;
    for (size_t i = 0; i < s->n_layers; i++) {
        for (size_t k = 0; k < s->layers[i].n_members; k++)
            add_members(b, &s->layers[i].members[k]);
        for (size_t k = 0; k < s->layers[i].n_shifts; k++)
            add_members(b, &s->layers[i].shifts[k].people);
    }
}

static void end_stretch(struct coverage_load *l, int64_t at_ms)
{
    l->longest_s = larger(l->longest_s, (at_ms - l->since_ms) / 1000);
    l->since_ms = NOT_ON_CALL;
}

static bool holds(const struct oncall *who, const char *name)
{
    for (size_t i = 0; i < who->n; i++)
        if (who->people[i] == name || text_eq(who->people[i], name))
            return true;
    return false;
}

static void end_stretches(struct coverage *v, const struct oncall *who, int64_t at_ms)
{
    for (size_t i = 0; i < v->loads.n; i++) {
        struct coverage_load *l = &v->loads.items[i];

        if (l->since_ms != NOT_ON_CALL && !holds(who, l->person))
            end_stretch(l, at_ms);
    }
}

static bool on_run(void *arg, int64_t from_ms, int64_t to_ms, const struct oncall *who)
{
    struct books *b = arg;
    struct coverage *v = b->v;
    struct coverage_span span = {from_ms, to_ms, who->n};

    end_stretches(v, who, from_ms);
    for (size_t i = 0; i < who->n; i++) {
        struct coverage_load *l = &v->loads.items[load_of(b, who->people[i], false)];

        if (l->since_ms == NOT_ON_CALL) {
            l->since_ms = from_ms;
            l->turns++;
        }
        book_hours(b->config, l, from_ms / 1000, to_ms / 1000);
    }
    if (who->n == 0) {
        vec_push(&v->gaps, span);
        v->gap_s += (to_ms - from_ms) / 1000;
    } else if (who->n > 1) {
        vec_push(&v->doubles, span);
        v->double_s += (to_ms - from_ms) / 1000;
    }
    return true;
}

/* --- the score ----------------------------------------------------------------------------- */

/* An hour at night, at the weekend, on a holiday weighs one hour more, each. */
static double weight(const struct coverage_load *l)
{
    return (double)(l->total_s + l->night_s + l->weekend_s + l->holiday_s);
}

/* 1 less half the sum of what everybody lies off the mean, as a share of all. */
static double balance_of(const struct coverage *v)
{
    double sum = 0, off = 0;
    size_t n = 0;

    for (size_t i = 0; i < v->loads.n; i++) {
        sum += v->loads.items[i].takes_turns ? weight(&v->loads.items[i]) : 0;
        n += v->loads.items[i].takes_turns;
    }
    if (n == 0 || sum <= 0)
        return 1;
    for (size_t i = 0; i < v->loads.n; i++)
        if (v->loads.items[i].takes_turns)
            off += fabs(weight(&v->loads.items[i]) - sum / (double)n);
    return 1 - off / (2 * sum);
}

static void judge(struct coverage *v)
{
    double all = (double)((v->to_ms - v->from_ms) / 1000);
    double covered = all > 0 ? 1 - (double)v->gap_s / all : 0;

    v->balance = balance_of(v);
    v->score = (int)floor(100 * covered * v->balance + 1e-9);
}

/* --- the whole ----------------------------------------------------------------------------- */

void coverage_measure(struct coverage *v, const struct config *c, const struct schedule *s,
                      int64_t from_ms, int64_t to_ms)
{
    struct books b = {.v = v, .config = c, .schedule = s};
    static const struct oncall nobody;

    *v = (struct coverage){.from_ms = floor_div(from_ms, 1000) * 1000};
    to_ms = floor_div(to_ms, 1000) * 1000;
    map_init(&v->by_person, 0);
    add_everybody(&b);
    v->to_ms = coverage_walk(s, v->from_ms, to_ms, COVERAGE_EDGES, on_run, &b);
    v->cut = v->to_ms < to_ms;
    end_stretches(v, &nobody, v->to_ms);
    judge(v);
}

void coverage_done(struct coverage *v)
{
    vec_done(&v->gaps);
    vec_done(&v->doubles);
    vec_done(&v->loads);
    map_done(&v->by_person);
}

static bool tells(const struct contact *contacts, size_t n, const struct schedule *s)
{
    for (size_t i = 0; i < n; i++)
        if (contacts[i].kind == CONTACT_SCHEDULE && contacts[i].schedule &&
            text_eq(contacts[i].schedule->name, s->name))
            return true;
    return false;
}

bool coverage_matters(const struct config *c, const struct schedule *s)
{
    for (size_t i = 0; i < c->n_policies; i++) {
        const struct policy *p = &c->policies[i];

        for (size_t k = 0; k < p->n_steps; k++)
            if (tells(p->steps[k].notify, p->steps[k].n_notify, s))
                return true;
        if (tells(p->fallback, p->n_fallback, s))
            return true;
    }
    return false;
}
