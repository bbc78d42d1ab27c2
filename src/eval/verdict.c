/* verdict.c - an observation and its expectations into a result.
 *
 * Happy path:  the transfer went through, everything holds -> up, ok
 * Failures:    our own trouble         -> unknown, local
 *              the transfer failed     -> down, with its reason and its fact
 *              an `expect` fails       -> down, `status` when it asked for that, else `expect`
 *              a `warn` fails          -> degraded, `expect`
 * The first failure in that order is the result's; all expectations are evaluated anyway,
 * for those who want to see each. */
#include "eval/verdict.h"

#include <stdio.h>

#include "base/text.h"
#include "expect_priv.h"

struct judging {
    struct sight sight;
    struct held *helds;
    size_t n;
    struct result *ret;
};

static void blame(struct result *ret, enum verdict v, enum reason reason, const struct held *h)
{
    ret->verdict = v;
    ret->reason = reason;
    char both[sizeof h->text + sizeof h->actual + 8];
    snprintf(both, sizeof both, "%s: was %s", h->text, h->actual);
    text_copy(ret->message, sizeof ret->message, both);
}

static void judge(struct judging *j, const struct expectation *x, bool warn)
{
    struct held spare, *h = j->n < HELD_MAX ? &j->helds[j->n++] : &spare;
    expect_eval_sight(x, &j->sight, h);
    h->warn = warn;
    if (h->held || j->ret->verdict != VERDICT_UP)
        return;
    if (warn)
        blame(j->ret, VERDICT_DEGRADED, REASON_EXPECT, h);
    else
        blame(j->ret, VERDICT_DOWN, expect_mentions(x, "status") ? REASON_STATUS : REASON_EXPECT,
              h);
}

static bool asks_status(const struct monitor *m)
{
    for (size_t i = 0; i < m->n_expect; i++)
        if (expect_mentions(m->expect[i], "status"))
            return true;
    return false;
}

void verdict_of(const struct monitor *m, const struct observation *o, int64_t now_ms,
                struct result *ret, struct held *helds, size_t *ret_n)
{
    ret->at_ms = o->at_ms;
    ret->reason = o->reason;
    ret->verdict = o->reason == REASON_OK      ? VERDICT_UP
                   : o->reason == REASON_LOCAL ? VERDICT_UNKNOWN
                                               : VERDICT_DOWN;
    ret->status = o->status;
    ret->phases = o->phases;
    text_copy(ret->message, sizeof ret->message, o->message);
    if (ret->verdict == VERDICT_UP)
        ret->message[0] = '\0';

    struct judging j = {.helds = helds, .ret = ret};
    expect_sight_init(&j.sight, o, now_ms);
    if (text_eq(m->kind, "http") && !asks_status(m))
        judge(&j, expect_default_status(), false);
    for (size_t i = 0; i < m->n_expect; i++)
        judge(&j, m->expect[i], false);
    for (size_t i = 0; i < m->n_warn; i++)
        judge(&j, m->warn[i], true);
    expect_sight_done(&j.sight);
    *ret_n = j.n;
}
