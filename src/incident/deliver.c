/* deliver.c - what an attempt's end means for its delivery.
 *
 *   accepted             delivered
 *   refused for good     refused; the next contact hears of it at once. An alarm that nobody else
 *                        has or is on the way to is not given up: again later
 *   anything else        again later, doubling from 1 s to 5 min, not before Retry-After.
 *                        An alarm is tried as long as its incident is triggered; a note for a day.
 */
#include "base/hash.h"
#include "base/text.h"
#include "incident/case.h"
#include "sched/plan.h"

#define NOTE_TRIED_FOR_MS   (24 * 3600 * 1000LL)
#define RETRY_AFTER_MOST_MS (3600 * 1000LL)

static void end(struct page *p, enum delivery_state state, int64_t now_ms)
{
    p->d.state = state;
    p->d.done_ms = now_ms;
}

static void try_again(struct page *p, const struct attempt *a, int64_t now_ms)
{
    uint64_t salt = hash64_text(p->d.id, (uint64_t)p->d.attempt);
    int64_t wait = plan_backoff(p->d.attempt, salt);
    int64_t asked =
        a->retry_after_ms < RETRY_AFTER_MOST_MS ? a->retry_after_ms : RETRY_AFTER_MOST_MS;

    p->d.state = DELIVERY_WAITING;
    p->d.due_ms = now_ms + (asked > wait ? asked : wait);
}

static void failed_for_now(struct page *p, const struct attempt *a, const struct desk *k)
{
    if (!page_is_news(p))
        end(p, DELIVERY_OVERTAKEN, k->now_ms);
    else if ((!page_is_alarm(p) || p->d.replayed) &&
             k->now_ms - p->d.created_ms > NOTE_TRIED_FOR_MS)
        end(p, DELIVERY_FAILED, k->now_ms);
    else
        try_again(p, a, k->now_ms);
}

/* Somebody else was told of the same, or is about to be. */
static bool another_hope(const struct incident_case *c, const struct page *p)
{
    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *q = c->pages.items[i];

        if (q != p && page_is_alarm(q) && q->d.cycle == p->d.cycle &&
            (q->d.state == DELIVERY_DELIVERED || page_unfinished(q)))
            return true;
    }
    return false;
}

static void refused(struct incident_case *c, struct page *p, const struct attempt *a,
                    const struct desk *k)
{
    bool alarming = page_is_alarm(p) && page_is_news(p) && !p->d.replayed;

    if (alarming)
        escalate_hand_on(c, p, k);
    if (alarming && !another_hope(c, p))
        try_again(p, a, k->now_ms);
    else
        end(p, DELIVERY_REFUSED, k->now_ms);
}

void case_attempt(struct incident_case *c, struct page *p, const struct attempt *a,
                  const struct desk *k)
{
    if (p->d.state != DELIVERY_SENDING)
        return;
    if (a->reached > p->d.reached)
        p->d.reached = a->reached;
    p->d.status = a->status;
    text_copy(p->d.error, sizeof p->d.error, a->error);
    p->dirty = true;
    vec_push(&k->fx->commit.attempts, *a);
    switch (a->outcome) {
    case OUTCOME_OK:
        end(p, DELIVERY_DELIVERED, k->now_ms);
        break;
    case OUTCOME_PERMANENT:
        refused(c, p, a, k);
        break;
    case OUTCOME_RETRY:
        failed_for_now(p, a, k);
        break;
    }
}
