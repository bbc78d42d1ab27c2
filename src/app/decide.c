/* decide.c - decide, commit, act.
 *
 * Happy path: an event -> the engine's effects -> one commit -> when the store (or the spool)
 *             has it, the sends and the probes that were asked for begin.
 * A channel with a limit: what is too much for this minute waits its turn (turns.h), being sent as
 *             far as the engine knows; what is no news any more when its turn comes is not sent.
 * Failures:   neither could take it: act anyway, a page matters more than its record.
 *             killed between commit and act: the outbox is read back at the next start. */
#include <stdio.h>

#include "app.h"
#include "base/text.h"
#include "incident/case.h"
#include "model/names.h"

#define WAVE_LEAST   100   /* sends at once */
#define DELAY_FIRST  (-10) /* 1 ms */
#define DELAY_BOUNDS 12    /* to 2 s */

struct send {
    char id[DELIVERY_ID_SIZE];
    int attempt;
};

struct wish {
    char monitor[NAME_SIZE];
};

/* What is to be done once a commit is kept: by name and id, because the engine may move on. */
struct act {
    struct app *app;
    int64_t decided_us;
    VEC(struct send) sends;
    VEC(struct wish) probes;
};

struct
try {
    struct app *app;
    int64_t decided_us, begun_us;
    char channel[NAME_SIZE];
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

/* Given up, or refused for good: nobody tries this one again. */
static void count_dead_letter(struct decide *d, const struct attempt *at)
{
    const struct commit *c = &d->fx.commit;

    for (size_t i = 0; i < c->deliveries.n; i++) {
        const struct delivery *one = c->deliveries.items[i];

        if (text_eq(one->id, at->delivery))
            d->dead_letters += one->state == DELIVERY_REFUSED || one->state == DELIVERY_FAILED;
    }
}

static void count_attempt(struct app *a, const struct try *t, const struct attempt *at,
                          int64_t first_byte_us)
{
    struct decide *d = &a->decide;
    int64_t took_us = first_byte_us - t->decided_us;

    d->attempts[at->outcome]++;
    turns_count(&d->turns, t->channel, at->outcome, loop_mono_us() - t->begun_us);
    if (at->number != 1 || took_us <= 0)
        return;
    octaves_add(&d->delay, took_us);
    if (took_us > d->delay_max_us)
        d->delay_max_us = took_us;
}

/* The one end of every attempt. */
static void end_attempt(struct app *a, const struct attempt *at)
{
    log_attempt(a, at);
    engine_attempt(a->engine, at, app_now_ms(a), decide_begin(a));
    count_dead_letter(&a->decide, at);
    decide_end(a);
}

/* Each send takes memory while it is under way: after many at once most of it is given back. */
static void note_wave(struct app *a)
{
    size_t running = notifier_running(a->notifier);

    if (running > a->decide.wave)
        a->decide.wave = running;
    if (running || a->decide.wave < WAVE_LEAST)
        return;
    a->decide.wave = 0;
    health_trim_soon(a);
}

static void on_attempt_done(void *arg, const struct attempt *at, int64_t first_byte_us)
{
    struct try *t = arg;
    struct app *a = t->app;

    if (at)
        count_attempt(a, t, at, first_byte_us);
    mem_free(t);
    note_wave(a);
    if (at) /* else we are closing: the next start sends it again */
        end_attempt(a, at);
}

/* Nothing was sent, and that is its end. */
static void end_unsent(struct app *a, const struct delivery *d, enum outcome outcome,
                       const char *why)
{
    struct attempt at = {
        .number = d->attempt, .at_ms = app_now_ms(a), .outcome = outcome, .reached = REACHED_NO};

    text_copy(at.delivery, sizeof at.delivery, d->id);
    text_copy(at.error, sizeof at.error, why);
    end_attempt(a, &at);
}

/* The channel left the configuration while a page waited for it. */
static void refuse(struct app *a, const struct delivery *d)
{
    char why[NAME_SIZE + 48];

    snprintf(why, sizeof why, "channel %s is not configured any more", d->notice.channel);
    end_unsent(a, d, OUTCOME_PERMANENT, why);
}

static void begin_attempt(struct app *a, const struct channel *ch, const struct delivery *d,
                          int64_t decided_us)
{
    struct try *t = mem_new(struct try);

    *t = (struct try){.app = a, .decided_us = decided_us, .begun_us = loop_mono_us()};
    text_copy(t->channel, sizeof t->channel, ch->name);
    notifier_send(a->notifier, ch, d, d->attempt, on_attempt_done, t);
    note_wave(a);
}

/* The engine would let it be overtaken if it were not being sent. */
static bool is_old_news(const struct app *a, const struct delivery *d)
{
    const struct incident *i = engine_incident(a->engine, d->notice.incident);
    const struct page p = {.d = *d};

    return i && !d->replayed && page_is_alarm(&p) &&
           (i->state != INCIDENT_TRIGGERED || i->cycle != d->cycle);
}

static void on_turn(void *arg, const struct turn *t)
{
    struct app *a = arg;
    const struct delivery *d = engine_delivery(a->engine, t->id);
    const struct channel *ch;

    if (!d || d->state != DELIVERY_SENDING || d->attempt != t->attempt)
        return;
    ch = config_channel(a->config, d->notice.channel);
    if (!ch)
        refuse(a, d);
    else if (t->waited && is_old_news(a, d))
        end_unsent(a, d, OUTCOME_RETRY, "no news any more when its turn came");
    else
        begin_attempt(a, ch, d, t->waited ? INT64_MAX : t->decided_us);
}

static void send_one(struct app *a, const struct send *s, int64_t decided_us)
{
    const struct delivery *d = engine_delivery(a->engine, s->id);
    struct turn t = {.attempt = s->attempt, .decided_us = decided_us};

    if (!d)
        return;
    text_copy(t.id, sizeof t.id, s->id);
    turns_take(&a->decide.turns, d->notice.channel, &t);
}

static void act_free(struct act *act)
{
    vec_done(&act->sends);
    vec_done(&act->probes);
    mem_free(act);
}

/* Once when it begins and once when it is over. */
static void say_kept(struct decide *d, bool kept)
{
    if (!kept && d->unkept++ == 0)
        log_error("store", "a decision could be kept neither in Redis nor on disk; acting all the "
                           "same");
    if (kept && d->unkept) {
        log_notice("store", "decisions are kept again; %llu were not",
                   (unsigned long long)d->unkept);
        d->unkept = 0;
    }
}

static void on_committed(void *arg, bool kept)
{
    struct act *act = arg;
    struct app *a = act->app;

    a->decide.committing--;
    a->decide.commits_moved_us = loop_mono_us();
    say_kept(&a->decide, kept);
    for (size_t i = 0; i < act->sends.n && a->phase != APP_CLOSING; i++)
        send_one(a, &act->sends.items[i], act->decided_us);
    for (size_t i = 0; i < act->probes.n && a->phase == APP_RUNNING; i++)
        prober_probe_now(&a->prober, act->probes.items[i].monitor);
    act_free(act);
}

static struct act *act_of(struct app *a)
{
    const struct effects *fx = &a->decide.fx;
    struct act *act = mem_new(struct act);

    act->app = a;
    act->decided_us = a->decide.decided_us;
    for (size_t i = 0; i < fx->sends.n; i++) {
        struct send s = {.attempt = fx->sends.items[i]->attempt};

        text_copy(s.id, sizeof s.id, fx->sends.items[i]->id);
        vec_push(&act->sends, s);
    }
    for (size_t i = 0; i < fx->probes.n; i++) {
        struct wish w;

        text_copy(w.monitor, sizeof w.monitor, fx->probes.items[i]);
        vec_push(&act->probes, w);
    }
    return act;
}

static enum log_level level_of(const struct transition *t)
{
    if (t->subject == SUBJECT_MONITOR && text_eq(t->to, "down"))
        return LOG_LEVEL_WARNING;
    /* Somebody else is on call, and not because it is their turn: they may not know it. */
    if (t->subject == SUBJECT_SCHEDULE && (t->cause == CAUSE_RELOAD || t->cause == CAUSE_PERSON))
        return LOG_LEVEL_WARNING;
    return t->subject == SUBJECT_DELIVERY ? LOG_LEVEL_INFO : LOG_LEVEL_NOTICE;
}

static void log_transition(const struct transition *t)
{
    static const char *const subjects[] = {
        [SUBJECT_MONITOR] = "monitor",   [SUBJECT_INCIDENT] = "incident",
        [SUBJECT_DELIVERY] = "delivery", [SUBJECT_CONFIG] = "config",
        [SUBJECT_QUIET] = "quiet",       [SUBJECT_OVERRIDE] = "override",
        [SUBJECT_SCHEDULE] = "schedule",
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
    if (!commit_empty(&fx->commit) || fx->sends.n || fx->probes.n) {
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

void decide_init(struct app *a)
{
    owner_init(&a->decide.owner, NULL, NULL);
    octaves_init(&a->decide.delay, DELAY_FIRST, DELAY_BOUNDS);
    turns_init(&a->decide.turns, &a->loop, on_turn, a);
}

void decide_configure(struct app *a)
{
    turns_configure(&a->decide.turns, a->config);
}

void decide_stop(struct app *a)
{
    turns_stop(&a->decide.turns);
    if (a->decide.wake.on_due)
        timer_close(&a->decide.wake);
    a->decide.wake.on_due = NULL;
}

void decide_done(struct app *a)
{
    turns_done(&a->decide.turns);
    effects_done(&a->decide.fx);
}

/* Everything open, for the first record of the spool when the store goes away. */
void decide_snapshot(struct app *a, struct commit *c)
{
    c->at_ms = app_now_ms(a);
    engine_snapshot(a->engine, c);
}
