/* notify.c - attempts under way, and what their ends mean.
 *
 * Happy path: render, sign, send -> 2xx -> accepted, reached.
 * Failures:   408, 425, 429, 5xx, no answer  -> again (the engine says when)
 *             any other status               -> refused for good
 * Whether the receiver may have got it matters later, when the incident is resolved: it did
 * not when we never connected; nobody knows after a time-out or a 5xx. */
#include "notify/notify.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "format/webhook.h"
#include "loop/crypto.h"
#include "sign.h"
#include "wire/retry_after.h"

#define BODY_MAX    20000 /* Standard Webhooks advises < 20 kB */
#define ANSWER_KEPT 160

struct sending {
    struct notifier *notifier;
    struct sending *next, **prev;
    struct http_spec spec;
    struct http_header *headers;
    struct http_target *target;
    char *url, *ca_file;
    struct attempt attempt;
    int64_t began_us;
    struct http_extra extra;
    struct header own[4];
    char *signature;
    struct buf body;
    notify_done_fn *done;
    void *arg;
    bool ending; /* its end is on the way through loop_later() */
    bool orphan; /* the notifier was closed meanwhile */
};

struct notifier {
    struct loop *loop;
    struct http_client *http;
    char *public_url;
    struct sending *first;
    size_t running;
};

struct notifier *notifier_new(struct loop *l, struct http_client *http, const char *public_url)
{
    struct notifier *n = mem_new(struct notifier);

    n->loop = l;
    n->http = http;
    n->public_url = mem_strdup(public_url);
    return n;
}

static void free_sending(struct sending *s)
{
    http_target_free(s->target);
    for (size_t i = 0; i < s->spec.n_headers; i++) {
        mem_free((char *)s->headers[i].name);
        explicit_bzero((char *)s->headers[i].value.bytes, s->headers[i].value.len);
        mem_free((char *)s->headers[i].value.bytes);
    }
    mem_free(s->headers);
    if (s->url)
        explicit_bzero(s->url, strlen(s->url));
    mem_free(s->url);
    mem_free(s->ca_file);
    mem_free(s->signature);
    buf_done(&s->body);
    mem_free(s);
}

static void unlink_sending(struct sending *s)
{
    *s->prev = s->next;
    if (s->next)
        s->next->prev = s->prev;
    s->notifier->running--;
}

/* The one end: with the attempt's outcome, or with NULL when the notifier is closed first. */
static void end(struct sending *s, const struct attempt *outcome, int64_t first_byte_us)
{
    notify_done_fn *done = s->done;
    void *arg = s->arg;
    struct attempt a = s->attempt;

    unlink_sending(s);
    if (s->ending)
        s->orphan = true; /* on_cannot() will find it and free it */
    else
        free_sending(s);
    done(arg, outcome ? &a : NULL, first_byte_us);
}

void notifier_close(struct notifier *n)
{
    if (!n)
        return;
    while (n->first)
        end(n->first, NULL, 0);
    mem_free(n->public_url);
    mem_free(n);
}

size_t notifier_running(const struct notifier *n)
{
    return n->running;
}

/* --- what an answer means --- */

static const struct {
    enum reason reason;
    enum reached reached;
} transport[] = {
    {REASON_RESOLVE, REACHED_NO},
    {REASON_CONNECT, REACHED_NO},
    {REASON_TLS, REACHED_NO},
    {REASON_LOCAL, REACHED_NO},
};

static void judge_transport(struct attempt *a, const struct observation *o)
{
    a->outcome = OUTCOME_RETRY;
    a->reached = REACHED_MAYBE;
    for (size_t i = 0; i < sizeof transport / sizeof *transport; i++)
        if (transport[i].reason == o->reason)
            a->reached = transport[i].reached;
    if (o->reason == REASON_TIMEOUT && o->phases.connect_us < 0)
        a->reached = REACHED_NO;
    text_copy(a->error, sizeof a->error, o->message);
}

static void judge_status(struct attempt *a, const struct observation *o)
{
    int s = o->status;

    a->status = s;
    if (s >= 200 && s < 300) {
        a->outcome = OUTCOME_OK;
        a->reached = REACHED_YES;
        return;
    }
    snprintf(a->error, sizeof a->error, "answered %d", s);
    if (s == 408 || s == 425 || s == 429 || s >= 500) {
        a->outcome = OUTCOME_RETRY;
        a->reached = s >= 500 ? REACHED_MAYBE : REACHED_NO;
    } else {
        a->outcome = OUTCOME_PERMANENT;
        a->reached = REACHED_NO;
    }
}

static void keep_answer(struct attempt *a, const struct observation *o)
{
    size_t n = o->body_len < ANSWER_KEPT - 1 ? o->body_len : ANSWER_KEPT - 1;

    for (size_t i = 0; i < n; i++)
        a->answer[i] = isprint((unsigned char)o->body[i]) ? o->body[i] : ' ';
    a->answer[n] = '\0';
    for (size_t i = 0; i < o->n_headers; i++)
        if (strcasecmp(o->headers[i].name, "retry-after") == 0)
            a->retry_after_ms = retry_after_ms(o->headers[i].value, loop_now_ms());
}

static int64_t reached_phase(int64_t us)
{
    return us > 0 ? us : 0;
}

static void on_answer(void *arg, const struct observation *o)
{
    struct sending *s = arg;
    const struct phases *p = &o->phases;
    int64_t first_byte_us = 0;

    s->attempt.took_ms = (loop_mono_us() - s->began_us) / 1000;
    if (o->reason != REASON_OK && o->status == 0)
        judge_transport(&s->attempt, o);
    else
        judge_status(&s->attempt, o);
    keep_answer(&s->attempt, o);
    if (p->connect_us >= 0 && (o->status || s->attempt.reached != REACHED_NO))
        first_byte_us =
            s->began_us + reached_phase(p->resolve_us) + p->connect_us + reached_phase(p->tls_us);
    end(s, &s->attempt, first_byte_us);
}

/* --- building the request --- */

static void copy_channel(struct sending *s, const struct channel *ch)
{
    s->url = mem_strndup(ch->url.bytes, ch->url.len);
    s->ca_file = mem_strdup(ch->ca_file);
    s->headers = mem_calloc(ch->n_headers + 1, sizeof *s->headers);
    for (size_t i = 0; i < ch->n_headers; i++) {
        s->headers[i].name = mem_strdup(ch->headers[i].name);
        s->headers[i].value.bytes =
            mem_strndup(ch->headers[i].value.bytes, ch->headers[i].value.len);
        s->headers[i].value.len = ch->headers[i].value.len;
    }
    s->spec = (struct http_spec){.url = s->url,
                                 .shown_url = "",
                                 .method = "POST",
                                 .headers = s->headers,
                                 .n_headers = ch->n_headers,
                                 .ca_file = s->ca_file,
                                 .max_body = 4096};
}

static void write_headers(struct sending *s, const struct channel *ch, const struct delivery *d,
                          char *timestamp, size_t size)
{
    size_t n = 0;

    snprintf(timestamp, size, "%lld", (long long)(loop_now_ms() / 1000));
    s->own[n++] = (struct header){"Content-Type", "application/json"};
    s->own[n++] = (struct header){"webhook-id", d->id};
    s->own[n++] = (struct header){"webhook-timestamp", timestamp};
    s->signature = sign_webhook(ch, d->id, timestamp, s->body.p, s->body.len);
    if (s->signature)
        s->own[n++] = (struct header){"webhook-signature", s->signature};
    s->extra = (struct http_extra){s->body.p, s->body.len, s->own, n};
}

static struct sending *new_sending(struct notifier *n, const struct delivery *d, int number)
{
    struct sending *s = mem_new(struct sending);

    s->notifier = n;
    s->next = n->first;
    s->prev = &n->first;
    if (n->first)
        n->first->prev = &s->next;
    n->first = s;
    n->running++;
    text_copy(s->attempt.delivery, sizeof s->attempt.delivery, d->id);
    s->attempt.number = number;
    s->attempt.at_ms = loop_now_ms();
    s->began_us = loop_mono_us();
    return s;
}

static void on_cannot(void *arg)
{
    struct sending *s = arg;

    s->ending = false;
    if (s->orphan)
        free_sending(s);
    else
        end(s, &s->attempt, 0);
}

/* What exactly was sent, for whoever has to prove it later. */
static void note_digest(struct attempt *a, const struct buf *body)
{
    unsigned char sum[32];

    crypto_sha256(body->p, body->len, sum);
    hex_encode(sum, sizeof sum, a->digest);
}

void notifier_send(struct notifier *n, const struct channel *ch, const struct delivery *d,
                   int number, notify_done_fn *done, void *arg)
{
    struct sending *s = new_sending(n, d, number);
    struct err e = {""};
    char timestamp[24];

    s->done = done;
    s->arg = arg;
    buf_init(&s->body, BODY_MAX);
    webhook_body(&s->body, &d->notice, n->public_url);
    note_digest(&s->attempt, &s->body);
    copy_channel(s, ch);
    write_headers(s, ch, d, timestamp, sizeof timestamp);
    s->target = http_target_new(n->http, &s->spec, ch->timeout_ms, "midwatch/" MW_VERSION, &e);
    if (s->target) {
        http_target_run(s->target, &s->extra, on_answer, s);
        return;
    }
    s->attempt.outcome = OUTCOME_PERMANENT;
    text_copy(s->attempt.error, sizeof s->attempt.error, e.text);
    s->ending = true;
    loop_later(n->loop, on_cannot, s);
}
