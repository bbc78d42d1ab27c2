/* decide.c - decide, commit, act.
 *
 * Happy path: an event -> the engine's effects -> one commit -> when the store (or the spool)
 *             has it, the sends begin.
 * Failures:   neither could take it: act anyway, a page matters more than its record.
 *             killed between commit and act: the outbox is read back at the next start. */
#include <stdio.h>

#include "app.h"
#include "base/text.h"
#include "model/names.h"

/* What is to be done once a commit is kept: deliveries by id, because the engine may move on. */
struct act {
    struct app *app;
    int64_t decided_us;
    size_t n;
    struct send {
        char id[DELIVERY_ID_SIZE];
        int attempt;
    } sends[];
};

struct
try {
    struct app *app;
    int64_t decided_us;
};

struct effects *decide_begin(struct app *a)
{
    effects_clear(&a->decide.fx);
    a->decide.decided_us = loop_mono_us();
    return &a->decide.fx;
}

static void log_attempt(const struct app *a, const struct attempt *at)
{
    const struct delivery *d = engine_delivery(a->engine, at->delivery);
    const struct notice *n = d ? &d->notice : NULL;
    bool good = at->outcome == OUTCOME_OK;

    if (!n)
        return;
    log_line(good ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "delivery",
             "%s of %s to %s%sby %s, attempt %d: %s", notice_name(n->type),
             n->monitor[0] ? n->monitor : n->incident, n->person, n->person[0] ? " " : "",
             n->channel, at->number, good ? "accepted" : at->error);
}

static void on_attempt_done(void *arg, const struct attempt *at, int64_t first_byte_us)
{
    struct try *t = arg;
    struct app *a = t->app;
    struct decide *d = &a->decide;

    if (!at) { /* we are closing: the next start sends it again */
        mem_free(t);
        return;
    }
    if (at->number == 1 && first_byte_us > t->decided_us) {
        int64_t took = first_byte_us - t->decided_us;

        d->delay_count++;
        d->delay_sum_us += took;
        if (took > d->delay_max_us)
            d->delay_max_us = took;
    }
    mem_free(t);
    d->attempts[at->outcome]++;
    log_attempt(a, at);
    engine_attempt(a->engine, at, app_now_ms(a), decide_begin(a));
    decide_end(a);
}

/* The channel left the configuration while a page waited for it. */
static void refuse(struct try *t, const struct delivery *d)
{
    struct attempt at = {.number = d->attempt,
                         .at_ms = app_now_ms(t->app),
                         .outcome = OUTCOME_PERMANENT,
                         .reached = REACHED_NO};

    text_copy(at.delivery, sizeof at.delivery, d->id);
    snprintf(at.error, sizeof at.error, "channel %s is not configured any more", d->notice.channel);
    on_attempt_done(t, &at, 0);
}

static void send_one(struct app *a, const struct send *s, int64_t decided_us)
{
    const struct delivery *d = engine_delivery(a->engine, s->id);
    const struct channel *ch;
    struct try *t;

    if (!d || d->state != DELIVERY_SENDING || d->attempt != s->attempt)
        return;
    ch = config_channel(a->config, d->notice.channel);
    t = mem_new(struct try);
    *t = (struct try){a, decided_us};
    if (ch)
        notifier_send(a->notifier, ch, d, d->attempt, on_attempt_done, t);
    else
        refuse(t, d);
}

static void on_committed(void *arg, bool kept)
{
    struct act *act = arg;
    struct app *a = act->app;

    a->decide.committing--;
    a->decide.commits_moved_us = loop_mono_us();
    if (!kept)
        log_error("store",
                  "a decision could be kept neither in Redis nor on disk; acting all the same");
    if (a->phase != APP_CLOSING)
        for (size_t i = 0; i < act->n; i++)
            send_one(a, &act->sends[i], act->decided_us);
    mem_free(act);
}

static struct act *act_of(struct app *a)
{
    const struct effects *fx = &a->decide.fx;
    struct act *act = mem_alloc(sizeof *act + fx->sends.n * sizeof act->sends[0]);

    act->app = a;
    act->decided_us = a->decide.decided_us;
    act->n = fx->sends.n;
    for (size_t i = 0; i < act->n; i++) {
        text_copy(act->sends[i].id, sizeof act->sends[i].id, fx->sends.items[i]->id);
        act->sends[i].attempt = fx->sends.items[i]->attempt;
    }
    return act;
}

static enum log_level level_of(const struct transition *t)
{
    if (t->subject == SUBJECT_MONITOR && text_eq(t->to, "down"))
        return LOG_LEVEL_WARNING;
    return t->subject == SUBJECT_DELIVERY ? LOG_LEVEL_INFO : LOG_LEVEL_NOTICE;
}

static void log_transition(const struct transition *t)
{
    static const char *const subjects[] = {
        [SUBJECT_MONITOR] = "monitor",
        [SUBJECT_INCIDENT] = "incident",
        [SUBJECT_DELIVERY] = "delivery",
        [SUBJECT_CONFIG] = "config",
    };
    char subject[NAME_SIZE + 16];

    snprintf(subject, sizeof subject, "%s %s", subjects[t->subject], t->name);
    log_line(level_of(t), subject, "%s -> %s%s%s", t->from, t->to, t->text[0] ? ": " : "", t->text);
}

static void on_wake(void *arg)
{
    struct app *a = arg;

    engine_tick(a->engine, app_now_ms(a), decide_begin(a));
    decide_end(a);
}

static void arm(struct app *a)
{
    int64_t wake = engine_wake_ms(a->engine), delay;

    if (wake == INT64_MAX) {
        timer_stop(&a->decide.wake);
        return;
    }
    delay = wake - app_now_ms(a);
    if (delay < 0)
        delay = 0;
    timer_start(&a->decide.wake, delay < 60000 ? delay : 60000);
}

void decide_end(struct app *a)
{
    struct effects *fx = &a->decide.fx;

    for (size_t i = 0; i < fx->commit.transitions.n; i++)
        log_transition(&fx->commit.transitions.items[i]);
    if (!commit_empty(&fx->commit) || fx->sends.n) {
        fx->commit.at_ms = app_now_ms(a);
        if (a->decide.committing++ == 0)
            a->decide.commits_moved_us = loop_mono_us();
        store_commit(a->store, &fx->commit, on_committed, act_of(a));
    }
    if (a->phase == APP_RUNNING) {
        if (!a->decide.wake.on_due)
            timer_init(&a->decide.wake, &a->loop, &a->decide.owner, on_wake, a);
        arm(a);
    }
}

/* Everything open, for the first record of the spool when the store goes away. */
void decide_snapshot(struct app *a, struct commit *c)
{
    c->at_ms = app_now_ms(a);
    engine_snapshot(a->engine, c);
}
