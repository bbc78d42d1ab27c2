/* stretch.c - runs of the same people -> the stretches of each person.
 *
 * The walk begins at from_ms with those on call there, whose beginnings were found by looking
 * back further and further, and goes on past to_ms until everybody in a stretch that began
 * before is off. */
#include "oncall/stretch.h"

#include "base/civil.h"
#include "base/text.h"
#include "oncall/coverage.h"

#define DAY_MS ((int64_t)86400000)

struct walk {
    struct stretch open[ONCALL_MAX_PEOPLE];
    size_t n;
    int64_t to_ms;
    bool before_to; /* one of them began before to_ms */
    bool ended;
    stretch_fn *each; /* NULL: only the open ones matter */
    void *arg;
};

static const struct stretch *find(const struct stretch *list, size_t n, const char *person)
{
    for (size_t i = 0; i < n; i++)
        if (text_eq(list[i].person, person))
            return &list[i];
    return NULL;
}

static bool holds(const struct oncall *who, const char *person)
{
    for (size_t i = 0; i < who->n; i++)
        if (text_eq(who->people[i], person))
            return true;
    return false;
}

static void give(struct walk *w, struct stretch s, int64_t end_ms)
{
    s.end_ms = end_ms;
    if (w->each && !w->ended && s.start_ms < w->to_ms)
        w->ended = !w->each(w->arg, &s);
}

static bool on_run(void *arg, int64_t from_ms, int64_t to_ms, const struct oncall *who)
{
    struct walk *w = arg;
    struct stretch still[ONCALL_MAX_PEOPLE];

    (void)to_ms;
    for (size_t i = 0; i < w->n; i++)
        if (!holds(who, w->open[i].person))
            give(w, w->open[i], from_ms);
    w->before_to = false;
    for (size_t i = 0; i < who->n; i++) {
        const struct stretch *known = find(w->open, w->n, who->people[i]);

        still[i] = known ? *known : (struct stretch){.person = who->people[i], .start_ms = from_ms};
        w->before_to = w->before_to || still[i].start_ms < w->to_ms;
    }
    for (size_t i = 0; i < who->n; i++)
        w->open[i] = still[i];
    w->n = who->n;
    return !w->ended && (from_ms < w->to_ms || w->before_to);
}

/* --- beginnings ---------------------------------------------------------------------------- */

static int64_t year_of(int64_t at_ms)
{
    return civil_days(civil_of(at_ms / 1000).year, 1, 1) * DAY_MS;
}

/* Those on call at at_ms, with their beginnings as seen from `since_ms`. true: all are true. */
static bool look_back(const struct schedule *s, int64_t since_ms, int64_t at_ms, size_t edges,
                      struct walk *ret)
{
    struct oncall who;
    bool all = true;

    *ret = (struct walk){.to_ms = at_ms};
    bool there = coverage_walk(s, since_ms, at_ms, edges, on_run, ret) == at_ms;
    oncall_who(s, at_ms, &who);
    on_run(ret, at_ms, at_ms, &who);
    for (size_t i = 0; i < ret->n; i++)
        all = all && ret->open[i].start_ms > since_ms;
    return there && all;
}

static void find_beginnings(const struct schedule *s, int64_t at_ms, size_t edges, struct walk *w)
{
    static const int64_t steps_ms[] = {DAY_MS / 24, DAY_MS, 8 * DAY_MS, 64 * DAY_MS,
                                       STRETCH_REACH_MS};

    for (size_t i = 0; i < sizeof steps_ms / sizeof *steps_ms; i++)
        if (look_back(s, at_ms - steps_ms[i], at_ms, edges, w))
            return;
    for (size_t i = 0; i < w->n; i++)
        if (w->open[i].start_ms <= at_ms - STRETCH_REACH_MS)
            w->open[i].start_ms = year_of(w->open[i].start_ms);
}

/* --- the whole ----------------------------------------------------------------------------- */

void stretch_each(const struct schedule *s, int64_t from_ms, int64_t to_ms, size_t edges,
                  stretch_fn *each, void *arg)
{
    struct walk w;
    int64_t at_ms;

    find_beginnings(s, from_ms, edges, &w);
    w.to_ms = to_ms;
    w.each = each;
    w.arg = arg;
    at_ms = coverage_walk(s, from_ms, to_ms + STRETCH_REACH_MS, edges, on_run, &w);
    for (size_t i = 0; i < w.n; i++)
        give(&w, w.open[i], at_ms < to_ms ? at_ms : to_ms);
}
