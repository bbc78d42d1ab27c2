/* dead_man.c - somebody outside is told, again and again, that we could page.
 *
 * Happy path: every `dead_man.every`: the self-audit finds nothing -> a POST, by the same client
 *             that pages go through -> 2xx.
 * Failures:   the audit finds something -> no ping, and a line that says what; the silence is the
 *             alarm. The ping does not get through -> a line when that begins and when it ends. */
#include <stdio.h>

#include "app.h"
#include "base/json.h"
#include "base/text.h"

#define FIRST_MS        5000 /* by then there are first results */
#define TIMEOUT_MOST_MS 10000
#define SAY_AGAIN_US    (600 * INT64_C(1000000))
#define BODY_MAX        2048
#define ANSWER_MAX      256

static void write_body(const struct app *a, struct buf *out)
{
    const struct incident *const *open;
    struct store_facts f;
    int64_t now = app_now_ms(a), due = engine_oldest_due_ms(a->engine);
    struct jw w;

    store_read_facts(a->store, &f);
    jw_init(&w, out);
    jw_object(&w);
    jw_kv_text(&w, "name", a->config->name);
    jw_kv_text(&w, "region", a->config->region);
    jw_kv_text(&w, "version", MW_VERSION);
    jw_kv_time(&w, "at", now);
    jw_kv_time(&w, "started_at", a->started_ms);
    jw_kv_int(&w, "monitors", (int64_t)a->prober.runners.n);
    jw_kv_int(&w, "probes", (int64_t)a->prober.runs);
    jw_kv_int(&w, "open_incidents", (int64_t)engine_incidents(a->engine, &open));
    jw_kv_int(&w, "oldest_due_ms", due < now ? now - due : 0);
    jw_kv_int(&w, "lateness_ms", prober_overdue_ms(&a->prober, now));
    jw_kv_bool(&w, "store_up", f.state == STORE_UP);
    jw_kv_int(&w, "spool_bytes", (int64_t)f.spool_bytes);
    jw_object_end(&w);
}

/* --- the ping --- */

static void say_sent(struct dead_man *d, const char *shown_url, const char *why)
{
    bool failing = why != NULL;

    if (failing && !d->failing)
        log_warning("dead man", "%s is not reached: %s", shown_url, why);
    else if (!failing && d->failing)
        log_notice("dead man", "%s is reached again", shown_url);
    d->failing = failing;
}

static void on_answer(void *arg, const struct observation *o)
{
    struct app *a = arg;
    struct dead_man *d = &a->dead_man;
    const char *shown_url = a->config->dead_man.shown_url;
    char why[sizeof o->message];

    d->running = false;
    if (o->status >= 200 && o->status < 300) {
        d->pings++;
        d->success_ms = app_now_ms(a);
        say_sent(d, shown_url, NULL);
        return;
    }
    d->failures++;
    if (o->status)
        text_printf(why, sizeof why, "answered %d", o->status);
    else
        text_copy(why, sizeof why, o->message);
    say_sent(d, shown_url, why);
}

static void ping(struct app *a)
{
    static const struct header type = {"Content-Type", "application/json"};
    struct dead_man *d = &a->dead_man;
    struct buf body;

    buf_init(&body, BODY_MAX);
    write_body(a, &body);
    d->running = true;
    http_target_run(d->target, &(struct http_extra){body.p, body.len, &type, 1}, on_answer, a);
    buf_done(&body);
}

/* --- may we? --- */

/* Once when it begins, then every ten minutes while it lasts. */
static void say_fault(struct dead_man *d, const char *fault)
{
    int64_t now_us = loop_mono_us();

    if (!d->clean && now_us - d->said_us < SAY_AGAIN_US)
        return;
    log_warning("dead man", "not pinged: %s", fault);
    d->said_us = now_us;
}

static bool may_ping(struct app *a)
{
    struct dead_man *d = &a->dead_man;
    struct err e;
    bool clean = audit(a, &e) == 0;

    if (!clean)
        say_fault(d, e.text);
    else if (!d->clean)
        log_notice("dead man", "pinged again: nothing is found any more");
    d->clean = clean;
    return clean;
}

static void on_due(void *arg)
{
    struct app *a = arg;
    struct dead_man *d = &a->dead_man;

    timer_start(&d->timer, a->config->dead_man.every_ms);
    if (may_ping(a) && !d->running)
        ping(a);
}

/* --- which one --- */

static int64_t timeout_of(const struct config *c)
{
    int64_t half = c->dead_man.every_ms / 2;

    return half < TIMEOUT_MOST_MS ? half : TIMEOUT_MOST_MS;
}

static void drop_target(struct dead_man *d)
{
    http_target_free(d->target);
    d->target = NULL;
    d->running = false;
}

void dead_man_configure(struct app *a)
{
    struct dead_man *d = &a->dead_man;
    const struct config *c = a->config;
    bool was_running = d->running, had = d->target != NULL,
         same = c->dead_man.every_ms == d->every_ms;
    struct err e;

    drop_target(d);
    d->every_ms = c->dead_man.every_ms;
    if (!c->dead_man.url.bytes) {
        timer_stop(&d->timer);
        return;
    }
    d->spec = (struct http_spec){.url = c->dead_man.url.bytes,
                                 .shown_url = c->dead_man.shown_url,
                                 .method = "POST",
                                 .max_body = ANSWER_MAX};
    d->target = http_target_new(a->http, &d->spec, timeout_of(c), "midwatch/" MW_VERSION, &e);
    if (!d->target) {
        log_error("dead man", "%s", e.text);
        timer_stop(&d->timer);
    } else if (was_running || !had || !same) {
        timer_start(&d->timer, was_running ? 0 : FIRST_MS);
    }
}

void dead_man_start(struct app *a)
{
    struct dead_man *d = &a->dead_man;

    *d = (struct dead_man){.clean = true};
    timer_init(&d->timer, &a->loop, &a->owner, on_due, a);
    dead_man_configure(a);
}

void dead_man_stop(struct app *a)
{
    struct dead_man *d = &a->dead_man;

    if (!d->timer.on_due)
        return;
    drop_target(d);
    timer_close(&d->timer);
    d->timer.on_due = NULL;
}
