/* channels.c - where pages go: taken at once, refused, or not answered for the channel's timeout,
 * as the story says; never more in a minute than the channel allows. */
#include "base/text.h"
#include "world.h"

#define MINUTE_MS 60000

void channels_init(struct rehearsal *r)
{
    const struct config *c = r->config;

    r->sinks = mem_calloc(c->n_channels + 1, sizeof *r->sinks);
    for (size_t i = 0; i < c->n_channels; i++) {
        struct sink *s = &r->sinks[i];

        s->most = (size_t)c->channels[i].most_per_minute;
        s->begun_ms = s->most ? mem_calloc(s->most, sizeof *s->begun_ms) : NULL;
    }
}

void channels_done(struct rehearsal *r)
{
    for (size_t i = 0; i < r->config->n_channels; i++) {
        mem_free(r->sinks[i].begun_ms);
        vec_done(&r->sinks[i].waiting);
    }
    mem_free(r->sinks);
    vec_done(&r->flights);
    vec_done(&r->sends);
}

void channels_drop(struct rehearsal *r)
{
    r->flights.n = r->sends.n = 0;
    for (size_t i = 0; i < r->config->n_channels; i++) {
        struct sink *s = &r->sinks[i];

        s->waiting.n = s->first = 0;
        for (size_t n = 0; n < s->most; n++)
            s->begun_ms[n] = 0;
    }
}

void channels_queue(struct rehearsal *r, const struct delivery *d)
{
    struct flight f = {.number = d->attempt};

    text_copy(f.delivery, sizeof f.delivery, d->id);
    vec_push(&r->sends, f);
}

/* --- an attempt --- */

static void end(struct rehearsal *r, const struct flight *f, enum outcome outcome,
                const char *error)
{
    struct attempt a = {.number = f->number,
                        .at_ms = r->now_ms,
                        .outcome = outcome,
                        .reached = outcome == OUTCOME_OK ? REACHED_YES : REACHED_NO};

    text_copy(a.delivery, sizeof a.delivery, f->delivery);
    text_copy(a.error, sizeof a.error, error);
    engine_attempt(r->engine, &a, r->now_ms, rehearsal_begin(r));
    rehearsal_commit(r);
}

static void fail(struct rehearsal *r, const struct flight *f, enum outcome outcome,
                 const char *error)
{
    tell_undelivered(r, engine_delivery(r->engine, f->delivery), error);
    end(r, f, outcome, error);
}

/* It waited until what it says does not hold any more. */
static bool is_old_news(const struct rehearsal *r, const struct delivery *d)
{
    const struct incident *i = engine_incident(r->engine, d->notice.incident);

    return i && tell_is_alarm(d->notice.type) &&
           (i->state != INCIDENT_TRIGGERED || i->cycle != d->cycle);
}

static void begin(struct rehearsal *r, const struct flight *f, struct sink *s,
                  const struct delivery *d)
{
    struct flight slow = *f;

    if (f->waited && is_old_news(r, d)) {
        end(r, f, OUTCOME_RETRY, "no news any more when its turn came");
    } else if (r->now_ms < s->refuse_until_ms) {
        fail(r, f, OUTCOME_PERMANENT, "refuses it for good, as the story says");
    } else if (r->now_ms < s->deaf_until_ms) {
        slow.ends_ms = r->now_ms + r->config->channels[s - r->sinks].timeout_ms;
        vec_push(&r->flights, slow);
    } else {
        tell_delivered(r, d);
        end(r, f, OUTCOME_OK, "");
    }
}

/* --- turns --- */

static int64_t free_ms(const struct sink *s)
{
    int64_t oldest_ms = s->most ? s->begun_ms[s->oldest] : 0;

    return oldest_ms ? oldest_ms + MINUTE_MS : 0;
}

static const struct delivery *still_sending(const struct rehearsal *r, const struct flight *f)
{
    const struct delivery *d = engine_delivery(r->engine, f->delivery);

    return d && d->state == DELIVERY_SENDING && d->attempt == f->number ? d : NULL;
}

static void take_turn(struct rehearsal *r, struct sink *s, const struct flight *f)
{
    const struct delivery *d = still_sending(r, f);

    if (!d)
        return;
    if (s->most) {
        s->begun_ms[s->oldest] = r->now_ms;
        s->oldest = (s->oldest + 1) % s->most;
    }
    begin(r, f, s, d);
}

static void send_one(struct rehearsal *r, struct flight *f)
{
    const struct delivery *d = still_sending(r, f);
    const struct channel *ch = d ? config_channel(r->config, d->notice.channel) : NULL;
    struct sink *s = ch ? &r->sinks[ch - r->config->channels] : NULL;

    if (!s)
        return;
    if (s->waiting.n == s->first && free_ms(s) <= r->now_ms) {
        take_turn(r, s, f);
        return;
    }
    f->waited = true;
    vec_push(&s->waiting, *f);
}

/* What an attempt's end brings may be sent at once too: the queue grows while it is walked. */
void channels_send(struct rehearsal *r)
{
    for (size_t i = 0; i < r->sends.n; i++) {
        struct flight f = r->sends.items[i];

        send_one(r, &f);
    }
    r->sends.n = 0;
}

static void land(struct rehearsal *r)
{
    for (size_t i = 0; i < r->flights.n;) {
        struct flight f = r->flights.items[i];

        if (f.ends_ms > r->now_ms) {
            i++;
            continue;
        }
        r->flights.items[i] = r->flights.items[--r->flights.n];
        if (still_sending(r, &f))
            fail(r, &f, OUTCOME_RETRY, "does not answer, as the story says");
    }
}

static void let_begin(struct rehearsal *r, struct sink *s)
{
    while (s->first < s->waiting.n && free_ms(s) <= r->now_ms) {
        struct flight f = s->waiting.items[s->first++];

        take_turn(r, s, &f);
    }
    if (s->first == s->waiting.n)
        s->first = s->waiting.n = 0;
}

void channels_due(struct rehearsal *r)
{
    land(r);
    for (size_t i = 0; i < r->config->n_channels; i++)
        let_begin(r, &r->sinks[i]);
    channels_send(r);
}

int64_t channels_next_ms(const struct rehearsal *r)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < r->flights.n; i++)
        if (r->flights.items[i].ends_ms < next)
            next = r->flights.items[i].ends_ms;
    for (size_t i = 0; i < r->config->n_channels; i++) {
        const struct sink *s = &r->sinks[i];

        if (s->first < s->waiting.n && free_ms(s) < next)
            next = free_ms(s);
    }
    return next;
}
