/* swap.c - the bounds of a shift. A schedule answers what comes next, never what was before: the
 * beginning is found by walking up to the instant, from further and further back. */
#include "swap.h"

#include <string.h>

#include "oncall/oncall.h"

#define FIRST_MS   INT64_C(86400000) /* looked back so far at first */
#define LONGEST_MS (400 * FIRST_MS)

static bool is_on(const struct schedule *s, const char *person, int64_t at_ms)
{
    struct oncall who;

    oncall_who(s, at_ms, &who);
    for (size_t i = 0; i < who.n; i++)
        if (strcmp(who.people[i], person) == 0)
            return true;
    return false;
}

/* When the shift at at_ms began, seen from `from_ms` on; from_ms itself: not later than that. */
static int64_t began(const struct schedule *s, const char *person, int64_t from_ms, int64_t at_ms)
{
    bool on = is_on(s, person, from_ms);
    int64_t start_ms = from_ms, t = from_ms;

    while ((t = oncall_next_change(s, t, at_ms)) != INT64_MAX) {
        bool now_on = is_on(s, person, t);

        if (now_on && !on)
            start_ms = t;
        on = now_on;
    }
    return start_ms;
}

static int64_t ends(const struct schedule *s, const char *person, int64_t at_ms)
{
    int64_t t = at_ms;

    do
        t = oncall_next_change(s, t, at_ms + LONGEST_MS);
    while (t != INT64_MAX && is_on(s, person, t));
    return t;
}

int swap_find_shift(const struct schedule *s, const char *person, int64_t at_ms,
                    struct shift_bounds *ret, struct err *e)
{
    int64_t back_ms = FIRST_MS, start_ms, end_ms;

    if (!is_on(s, person, at_ms))
        return err_set(e, "%s is not on call in %s then", person, s->name);
    while ((start_ms = began(s, person, at_ms - back_ms, at_ms)) == at_ms - back_ms &&
           is_on(s, person, start_ms - 1) && back_ms < LONGEST_MS)
        back_ms *= 2;
    end_ms = ends(s, person, at_ms);
    if (end_ms == INT64_MAX || at_ms - start_ms >= LONGEST_MS)
        return err_set(e, "%s is on call in %s all the time: there is no shift to swap", person,
                       s->name);
    *ret = (struct shift_bounds){start_ms, end_ms};
    return 0;
}
