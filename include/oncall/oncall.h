/* oncall.h - who is on call?
 *
 * A schedule is layers of turns laid over each other, plus overrides. Everything here
 * is plain computation: the same schedule and instant give the same answer, whatever
 * TZ, the clock or an earlier call said. A look-up costs no walk over turns. */
#ifndef ONCALL_ONCALL_H
#define ONCALL_ONCALL_H

#include <stddef.h>
#include <stdint.h>

#include "model/schedule.h"

/* The people on call, in order, without duplicates; names are borrowed from the schedule. */
struct oncall {
    const char *people[ONCALL_MAX_PEOPLE];
    size_t n;          /* 0: a gap */
    const char *layer; /* what decided: a layer's name (the first of several), "override" when one
                        * changed the answer, "temporary"; NULL when no layer has anybody */
};

void oncall_who(const struct schedule *s, int64_t at_ms, struct oncall *ret);

/* An instant > at_ms before which the answer cannot change (it need not change there),
 * or INT64_MAX when it never will. */
int64_t oncall_next_edge(const struct schedule *s, int64_t at_ms);

/* The first instant in (at_ms, until_ms] at which the answer really differs from the
 * one at at_ms, or INT64_MAX. */
int64_t oncall_next_change(const struct schedule *s, int64_t at_ms, int64_t until_ms);

#endif
