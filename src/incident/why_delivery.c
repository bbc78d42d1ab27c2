/* why_delivery.c - one delivery: who asked for it, each try, its end.
 *
 * A page (which wakes) is told with the rule that asked for it; a note about one only with what
 * became of it. */
#include <string.h>

#include "base/text.h"
#include "incident/case.h"
#include "model/names.h"
#include "why_private.h"

#define HEAD_SIZE (2 * NAME_SIZE + 64)

static bool is_note(const struct delivery *d)
{
    struct page p = {.d.notice.type = d->notice.type};

    return page_is_note(&p);
}

bool why_is_page(const struct delivery *d)
{
    struct page p = {.d.notice.type = d->notice.type};

    return page_is_alarm(&p);
}

/* "page to ana by ana-push", "note (resolved) to channel ops" */
static const char *head(const struct delivery *d, char dst[HEAD_SIZE])
{
    const struct notice *n = &d->notice;
    const char *type = notice_name(n->type), *dot = strrchr(type, '.');
    char what[48] = "page";

    if (!why_is_page(d))
        text_printf(what, sizeof what, "note (%s)", dot ? dot + 1 : type);
    if (n->person[0])
        text_printf(dst, HEAD_SIZE, "%s to %s by %s", what, n->person, n->channel);
    else
        text_printf(dst, HEAD_SIZE, "%s to channel %s", what, n->channel);
    return dst;
}

static const char *error_of(const struct delivery *d)
{
    return d->error[0] ? d->error : "no reason given";
}

static bool same_contact(const struct delivery *a, const struct delivery *b)
{
    return text_eq(a->notice.person, b->notice.person) &&
           text_eq(a->notice.channel, b->notice.channel);
}

/* --- attempts ------------------------------------------------------------------------------ */

static void put_answer(struct buf *out, const char *answer)
{
    while (*answer == ' ')
        answer++;
    if (*answer)
        buf_printf(out, "; it said: %s", answer);
}

static void tell_attempt(struct why *y, const struct delivery *d, const struct attempt *a)
{
    char who[HEAD_SIZE], took[WHY_SPAN_SIZE];
    struct buf end;

    buf_init(&end, 512);
    if (a->outcome == OUTCOME_OK)
        buf_printf(&end, "taken with status %d", a->status);
    else
        buf_printf(&end, "%s%s", a->outcome == OUTCOME_PERMANENT ? "refused for good: " : "",
                   a->error[0] ? a->error : "no reason given");
    buf_printf(&end, ", after %s", why_span(a->took_ms, took));
    if (a->outcome != OUTCOME_OK && a->reached == REACHED_MAYBE)
        buf_str(&end, "; it may have got through all the same");
    if (a->outcome != OUTCOME_OK)
        put_answer(&end, a->answer);
    if (a->retry_after_ms)
        buf_printf(&end, "; asked to wait %s", why_span(a->retry_after_ms, took));
    why_add(y, a->at_ms, "%s, attempt %d: %s", head(d, who), a->number, buf_text(&end));
    buf_done(&end);
}

static const struct attempt *next_attempt(const struct why *y, const struct delivery *d, size_t *at)
{
    while (*at < y->f->n_attempts) {
        const struct attempt *a = &y->f->attempts[(*at)++];

        if (text_eq(a->delivery, d->id))
            return a;
    }
    return NULL;
}

/* --- overtaken ----------------------------------------------------------------------------- */

/* The move of the incident that made the page old. */
static const char *overtaker(const struct why *y, int64_t done_ms)
{
    static const char *const moves[] = {"acknowledged", "resolved", "snoozed",    "held",
                                        "triggered",    "steady",   "reassigned", "escalated",
                                        "reopened",     "raised",   "urgent"};
    const char *text = NULL;

    for (size_t i = 0; i < y->f->n_transitions; i++) {
        const struct transition *t = &y->f->transitions[i];

        if (t->subject != SUBJECT_INCIDENT || t->at_ms > done_ms || text_eq(t->from, "none"))
            continue;
        for (size_t k = 0; k < sizeof moves / sizeof *moves; k++)
            if (text_eq(t->to, moves[k]))
                text = t->text;
    }
    return text;
}

/* Whoever never got the page is not told how it went on. */
static bool never_paged(const struct why *y, const struct delivery *note)
{
    for (size_t i = 0; i < y->f->n_deliveries; i++) {
        const struct delivery *d = &y->f->deliveries[i];

        if (why_is_page(d) && same_contact(d, note) && d->reached != REACHED_NO)
            return false;
    }
    return true;
}

static void put_overtaken(const struct why *y, const struct delivery *d, struct buf *out)
{
    const char *text = overtaker(y, d->done_ms);
    char span[WHY_SPAN_SIZE];

    buf_str(out, d->attempt ? "given up" : "never sent");
    if (is_note(d) && never_paged(y, d)) {
        buf_str(out, ": the page it is about had not got there either");
        return;
    }
    buf_printf(out, ": overtaken%s%s", text ? ", " : " by what became of the incident",
               text ? text : "");
    if (d->created_ms > d->done_ms)
        buf_printf(out, "; it was planned for %s later",
                   why_span(d->created_ms - d->done_ms, span));
}

/* --- handed on ----------------------------------------------------------------------------- */

/* By its first attempt it was not known yet that it would not get through. */
static int64_t trouble_ms(const struct why *y, const struct delivery *d)
{
    const struct attempt *a;
    int64_t first_ms = d->created_ms;

    for (size_t at = 0; (a = next_attempt(y, d, &at));)
        if (a->number == 1)
            first_ms = a->at_ms;
    return first_ms;
}

static bool is_later_step(const struct notice *a, const struct notice *b)
{
    return a->loop > b->loop || (a->loop == b->loop && a->step > b->step);
}

/* The same person's next channel, else the first of a later step. */
static const struct delivery *successor(const struct why *y, const struct delivery *d)
{
    const struct delivery *own = NULL, *later = NULL;
    int64_t since_ms = trouble_ms(y, d);

    for (size_t i = 0; i < y->f->n_deliveries; i++) {
        const struct delivery *q = &y->f->deliveries[i], **best = NULL;

        if (!why_is_page(q) || q->cycle != d->cycle || text_eq(q->id, d->id) ||
            q->created_ms < since_ms)
            continue;
        if (d->notice.person[0] && text_eq(q->notice.person, d->notice.person))
            best = text_eq(q->notice.channel, d->notice.channel) ? NULL : &own;
        else if (is_later_step(&q->notice, &d->notice))
            best = &later;
        if (best && (!*best || q->created_ms < (*best)->created_ms))
            *best = q;
    }
    return own ? own : later;
}

static int64_t put_handed_on(const struct why *y, const struct delivery *d, struct buf *out)
{
    const struct delivery *next = successor(y, d);

    if (next && next->notice.person[0])
        buf_printf(out, "handed on to %s by %s", next->notice.person, next->notice.channel);
    else if (next)
        buf_printf(out, "handed on to channel %s", next->notice.channel);
    else
        buf_str(out, "handed on, but nobody was left who had not been told");
    return next ? next->created_ms : d->done_ms ? d->done_ms : d->due_ms;
}

/* --- the whole of it ----------------------------------------------------------------------- */

/* In a story, what never went out is told once, by its end. */
static void tell_reason(struct why *y, const struct delivery *d)
{
    char who[HEAD_SIZE], span[WHY_SPAN_SIZE], later[64] = "";
    int64_t wait_ms = d->created_ms - d->notice.at_ms;
    bool never_sent = d->state == DELIVERY_OVERTAKEN && !d->attempt;

    if (never_sent && d != y->f->delivery)
        return;
    if (wait_ms > 0 && d->rule >= 0)
        text_printf(later, sizeof later, ", %s after the step by their own rules",
                    why_span(wait_ms, span));
    why_add(y, never_sent ? d->notice.at_ms : d->created_ms, "%s%s because of %s%s%s", head(d, who),
            d->created_ms > y->f->now_ms ? " is planned" : "", d->notice.why, later,
            d->notice.urgency == URGENCY_LOW ? ", low urgency" : "");
}

static void tell_end(struct why *y, const struct delivery *d, bool tries_known)
{
    char who[HEAD_SIZE];
    struct buf end;

    buf_init(&end, 512);
    if (d->state == DELIVERY_OVERTAKEN)
        put_overtaken(y, d, &end);
    else if (d->state == DELIVERY_FAILED)
        buf_printf(&end, "given up after %d attempts: %s", d->attempt, error_of(d));
    else if (d->state == DELIVERY_DELIVERED && !tries_known)
        buf_printf(&end, "taken with status %d, attempt %d", d->status, d->attempt);
    else if (d->state == DELIVERY_REFUSED && !tries_known)
        buf_printf(&end, "refused for good: %s", error_of(d));
    if (end.len)
        why_add(y, d->done_ms, "%s: %s", head(d, who), buf_text(&end));
    buf_done(&end);
}

static void tell_ahead(struct why *y, const struct delivery *d)
{
    char who[HEAD_SIZE];

    if (d->state == DELIVERY_SENDING)
        why_add(y, y->f->now_ms, "%s: attempt %d is under way", head(d, who), d->attempt);
    else if (d->state == DELIVERY_WAITING && d->attempt)
        why_add(y, d->due_ms, "%s is tried again", head(d, who));
}

void why_tell_delivery(struct why *y, const struct delivery *d)
{
    const struct attempt *a;
    char who[HEAD_SIZE];
    bool tries_known = false;
    struct buf next;

    if (why_is_page(d) || d == y->f->delivery)
        tell_reason(y, d);
    if (d->replayed)
        why_add(y, d->created_ms, "%s is sent again by hand", head(d, who));
    for (size_t at = 0; (a = next_attempt(y, d, &at)); tries_known = true)
        tell_attempt(y, d, a);
    tell_end(y, d, tries_known);
    if (d->handed_on) {
        buf_init(&next, 256);
        int64_t at_ms = put_handed_on(y, d, &next);
        why_add(y, at_ms, "%s did not get through: %s", head(d, who), buf_text(&next));
        buf_done(&next);
    }
    tell_ahead(y, d);
}

/* --- in one sentence ----------------------------------------------------------------------- */

static void put_waiting(const struct why *y, const struct delivery *d, struct buf *out)
{
    int64_t wait_ms = d->due_ms - y->f->now_ms;
    char span[WHY_SPAN_SIZE];

    if (d->attempt)
        buf_printf(out, "has not got through: attempt %d ended with %s; ", d->attempt, error_of(d));
    if (wait_ms <= 0)
        buf_str(out, d->attempt ? "tried again at once" : "waits its turn to be sent");
    else if (d->attempt)
        buf_printf(out, "tried again in %s", why_span(wait_ms, span));
    else
        buf_printf(out, "goes out in %s unless somebody acknowledges before",
                   why_span(wait_ms, span));
}

static void put_state(const struct why *y, const struct delivery *d, struct buf *out)
{
    char span[WHY_SPAN_SIZE];

    switch (d->state) {
    case DELIVERY_WAITING:
        put_waiting(y, d, out);
        break;
    case DELIVERY_SENDING:
        buf_printf(out, "is being sent, attempt %d", d->attempt);
        break;
    case DELIVERY_DELIVERED:
        buf_printf(out, "was delivered at attempt %d, %s after it was due", d->attempt,
                   why_span(d->done_ms - d->created_ms, span));
        break;
    case DELIVERY_REFUSED:
        buf_printf(out, "was refused for good: %s", error_of(d));
        break;
    case DELIVERY_FAILED:
        buf_printf(out, "was given up after %d attempts: %s", d->attempt, error_of(d));
        break;
    case DELIVERY_OVERTAKEN:
        buf_str(out, "was ");
        put_overtaken(y, d, out);
        break;
    }
}

void why_answer_delivery(struct why *y)
{
    const struct delivery *d = y->f->delivery;
    char who[HEAD_SIZE];
    struct buf out;

    buf_init(&out, sizeof y->answer - 1);
    buf_printf(&out, "the %s ", head(d, who));
    put_state(y, d, &out);
    if (d->handed_on) {
        buf_str(&out, "; ");
        put_handed_on(y, d, &out);
    }
    text_copy(y->answer, sizeof y->answer, buf_text(&out));
    buf_done(&out);
}
