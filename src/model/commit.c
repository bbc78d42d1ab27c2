/* commit.c - emptying and ending commits and what was read back. */
#include "model/commit.h"

void commit_clear(struct commit *c)
{
    c->at_ms = 0;
    c->monitors.n = c->incidents.n = c->deliveries.n = 0;
    c->attempts.n = c->transitions.n = 0;
    c->quiets.n = c->overrides.n = 0;
}

void commit_done(struct commit *c)
{
    vec_done(&c->monitors);
    vec_done(&c->incidents);
    vec_done(&c->deliveries);
    vec_done(&c->attempts);
    vec_done(&c->transitions);
    vec_done(&c->quiets);
    vec_done(&c->overrides);
    c->at_ms = 0;
}

bool commit_empty(const struct commit *c)
{
    return c->monitors.n + c->incidents.n + c->deliveries.n + c->attempts.n + c->transitions.n +
               c->quiets.n + c->overrides.n ==
           0;
}

void stored_done(struct stored *s)
{
    vec_done(&s->monitors);
    vec_done(&s->incidents);
    vec_done(&s->deliveries);
    vec_done(&s->quiets);
    vec_done(&s->overrides);
}
