/* on_delivery.c - one delivery: with every attempt there was, or sent again.
 *
 * Happy path: the engine has it, or the store is asked -> replay, or the attempts are asked for
 * Failures:   404 nobody knows it, 503 the store is away and the engine does not, 409 not now */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "body.h"
#include "format/api.h"
#include "loop/log.h"
#include "wire/state.h"

#define ATTEMPTS_MAX 500

struct enquiry {
    struct pending pending; /* first */
    bool replay, found, away;
    char id[ROUTE_ARG_SIZE], who[NAME_SIZE], peer[64];
    struct delivery delivery;
    VEC(struct attempt) attempts;
};

static void free_enquiry(struct enquiry *x)
{
    vec_done(&x->attempts);
    mem_free(x);
}

/* --- its attempts --------------------------------------------------------------------- */

static void reply_delivery(struct web *web, struct request *q, const struct enquiry *x)
{
    struct buf body;
    struct jw w;

    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_object(&w);
    api_put_delivery(&w, &x->delivery);
    jw_kv_list(&w, "tries");
    for (size_t i = x->attempts.n; i > 0; i--)
        api_write_attempt(&w, &x->attempts.items[i - 1]);
    jw_list_end(&w);
    jw_object_end(&w);
    reply_list(web, q, &body, x->away);
}

static void on_attempt(void *arg, const char *record, size_t n)
{
    struct enquiry *x = arg;
    struct attempt a;

    if (state_read_attempt(record, n, &a, NULL) == 0)
        vec_push(&x->attempts, a);
}

static void on_attempts(void *arg, const char *json, size_t n, bool away)
{
    struct enquiry *x = arg;
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);

    x->away = away;
    if (q != NULL && !away)
        records_each(json, n, on_attempt, x);
    if (q != NULL)
        reply_delivery(web, q, x);
    free_enquiry(x);
}

/* --- sent again ----------------------------------------------------------------------- */

static void replay(struct enquiry *x)
{
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);
    const struct delivery *now;
    struct buf body;
    struct err e = {0};
    struct jw w;

    if (web->app->replay(web->app_arg, &x->delivery, x->who, &e) < 0) {
        reply_problem(web, q, 409, "%s", e.text);
    } else {
        log_info("web", "delivery %s replayed by %s from %s", x->id, x->who, x->peer);
        now = engine_delivery(web->app->engine(web->app_arg), x->id);
        buf_init(&body, 65536);
        jw_init(&w, &body);
        api_write_delivery(&w, now != NULL ? now : &x->delivery);
        reply_json(web, q, 200, &body);
    }
    free_enquiry(x);
}

/* --- which one ------------------------------------------------------------------------ */

static void answer_missing(struct enquiry *x, bool away)
{
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);

    if (away)
        reply_problem(web, q, 503, "the store is away, and only it may know delivery %s", x->id);
    else
        reply_problem(web, q, 404, "there is no delivery %s", x->id);
    free_enquiry(x);
}

static void go_on(struct enquiry *x, bool away)
{
    struct web *web = x->pending.web;
    struct store *s = web->app->store(web->app_arg);

    if (!x->found)
        answer_missing(x, away);
    else if (x->replay)
        replay(x);
    else if (s != NULL)
        store_read_attempts(s, x->id, 0, INT64_MAX, ATTEMPTS_MAX, on_attempts, x);
    else
        on_attempts(x, NULL, 0, true);
}

static void on_record(void *arg, const char *record, size_t n)
{
    struct enquiry *x = arg;

    x->found = x->found || state_read_delivery(record, n, &x->delivery, NULL) == 0;
}

static void on_read(void *arg, const char *json, size_t n, bool away)
{
    struct enquiry *x = arg;

    if (x->pending.q == NULL) { /* the web was closed meanwhile, and has answered */
        free_enquiry(x);
        return;
    }
    if (!away)
        records_each(json, n, on_record, x);
    go_on(x, away);
}

static void begin(struct call *c, struct enquiry *x)
{
    const struct delivery *known = engine_delivery(c->engine, c->arg);
    struct store *s = c->web->app->store(c->web->app_arg);

    text_copy(x->id, sizeof x->id, c->arg);
    text_copy(x->peer, sizeof x->peer, c->v->peer);
    pending_begin(&x->pending, c->web, c->q);
    if (known != NULL) {
        x->found = true;
        x->delivery = *known;
    }
    if (known != NULL || s == NULL)
        go_on(x, s == NULL);
    else
        store_read_delivery(s, x->id, on_read, x);
}

void on_delivery(struct call *c)
{
    begin(c, mem_new(struct enquiry));
}

static const struct member members[] = {{0}};

void on_replay(struct call *c)
{
    struct enquiry *x = mem_new(struct enquiry);
    struct jv *body = NULL;
    bool good = body_read(c, members, &body) == 0 && body_actor(c, body, x->who) == 0;

    jv_free(body);
    x->replay = true;
    if (good)
        begin(c, x);
    else
        free_enquiry(x);
}
