/* on_why.c - GET /api/v1/why/{name}, /api/v1/incidents/{id}/why: what is known is gathered, the
 * sentences are incident/why.h's.
 *
 * Happy path: what is meant -> its incident -> its moves, deliveries and attempts -> sentences.
 *             Each step asks the store once, or finds that it need not.
 * Failures:   404 nobody knows it; while the store is away the sentences say what is missing */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "incident/why.h"
#include "incidents.h"
#include "wire/state.h"

#define HISTORY_MAX    500
#define MOVES_MAX      500
#define DELIVERIES_MAX 500
#define ATTEMPTS_MAX   1000
#define LAST_NOTES_MS  INT64_C(86400000) /* attempts are looked for so long behind the resolve */

enum subject { ABOUT_UNKNOWN, ABOUT_MONITOR, ABOUT_INCIDENT, ABOUT_DELIVERY };

struct inquiry {
    struct pending pending; /* first */
    size_t step;
    enum subject about;
    bool away, exact; /* exact: the incident is the one of that very id */
    char text[ROUTE_ARG_SIZE];
    bool has_incident, has_delivery;
    struct incident incident;
    struct delivery delivery;
    VEC(struct transition) moves;
    VEC(struct delivery) deliveries;
    VEC(struct attempt) attempts;
};

static void free_inquiry(struct inquiry *x)
{
    vec_done(&x->moves);
    vec_done(&x->deliveries);
    vec_done(&x->attempts);
    mem_free(x);
}

static const struct engine *engine_of(const struct inquiry *x)
{
    return x->pending.web->app->engine(x->pending.web->app_arg);
}

static struct store *store_of(const struct inquiry *x)
{
    return x->pending.web->app->store(x->pending.web->app_arg);
}

static void take_incident(struct inquiry *x, const struct incident *i)
{
    x->has_incident = i != NULL;
    if (i != NULL)
        x->incident = *i;
}

static void take_delivery(struct inquiry *x, const struct delivery *d)
{
    x->about = ABOUT_DELIVERY;
    x->has_delivery = true;
    x->delivery = *d;
    take_incident(x, engine_incident(engine_of(x), d->notice.incident));
}

static bool is_open(const struct inquiry *x)
{
    return x->has_incident && x->incident.state != INCIDENT_RESOLVED;
}

/* --- the answer ----------------------------------------------------------------------- */

static const struct schedule *on_schedule(void *arg, const char *name)
{
    return engine_schedule(arg, name);
}

static void add_monitor(struct why_facts *f, const struct engine *e, const char *name, char *why,
                        size_t size)
{
    f->monitor = config_monitor(f->config, name);
    if (f->monitor == NULL)
        return;
    f->status = engine_status(e, f->monitor->name);
    f->shown = monitor_state_of(f->monitor, f->status);
    f->hold = engine_holds(e, f->monitor->name, f->now_ms, why, size);
    f->hold_why = why;
}

static void write_answer(struct jw *w, const struct inquiry *x, const struct why_facts *f)
{
    if (x->about == ABOUT_DELIVERY)
        why_delivery(w, f);
    else if (x->about == ABOUT_INCIDENT)
        why_incident(w, f);
    else
        why_monitor(w, f);
}

static void reply_why(struct web *web, struct request *q, struct inquiry *x)
{
    const struct engine *e = web->app->engine(web->app_arg);
    struct why_facts f = {.config = web->app->config(web->app_arg),
                          .now_ms = loop_now_ms(),
                          .incident = x->has_incident ? &x->incident : NULL,
                          .delivery = x->has_delivery ? &x->delivery : NULL,
                          .transitions = x->moves.items,
                          .n_transitions = x->moves.n,
                          .deliveries = x->deliveries.items,
                          .n_deliveries = x->deliveries.n,
                          .attempts = x->attempts.items,
                          .n_attempts = x->attempts.n,
                          .schedule = on_schedule,
                          .schedule_arg = (void *)(uintptr_t)e,
                          .store_away = x->away};
    char why[sizeof x->incident.hold_why] = "";
    struct buf body;
    struct jw w;

    add_monitor(&f, e, x->about == ABOUT_MONITOR ? x->text : x->incident.monitor, why, sizeof why);
    f.n_quiets = engine_quiets(e, &f.quiets);
    if (x->about == ABOUT_MONITOR && f.monitor == NULL) { /* a reload took it meanwhile */
        reply_problem(web, q, 404, "there is no monitor %s", x->text);
        return;
    }
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    write_answer(&w, x, &f);
    reply_list(web, q, &body, x->away);
}

static void finish(struct inquiry *x)
{
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);

    if (x->about != ABOUT_UNKNOWN && (x->about != ABOUT_INCIDENT || x->has_incident))
        reply_why(web, q, x);
    else if (x->away)
        reply_problem(web, q, 503, "the store is away, and only it may know %s", x->text);
    else
        reply_problem(web, q, 404, "there is no %s %s",
                      x->about == ABOUT_INCIDENT ? "incident" : "monitor, incident or delivery",
                      x->text);
    free_inquiry(x);
}

static void go_on(struct inquiry *x);

/* What the store answered, one record after the other. */
static void take(struct inquiry *x, const char *json, size_t n, bool away,
                 void (*each)(void *arg, const char *record, size_t n))
{
    if (x->pending.q == NULL) { /* the web was closed meanwhile, and has answered */
        free_inquiry(x);
        return;
    }
    x->away = x->away || away;
    if (!away)
        records_each(json, n, each, x);
    go_on(x);
}

/* --- its incident --------------------------------------------------------------------- */

/* Is it the one that is looked for? */
static bool is_wanted(const struct inquiry *x, const struct incident *i)
{
    if (x->about == ABOUT_MONITOR)
        return strcmp(i->monitor, x->text) == 0;
    if (x->about == ABOUT_DELIVERY)
        return strcmp(i->id, x->delivery.notice.incident) == 0;
    return incident_is_meant(i->id, x->text);
}

static void on_resolved_record(void *arg, const char *record, size_t n)
{
    struct inquiry *x = arg;
    struct incident i;

    if (x->exact || state_read_incident(record, n, &i, NULL) < 0 || !is_wanted(x, &i))
        return;
    x->exact = strcmp(i.id, x->text) == 0;
    if (x->has_incident && !x->exact)
        return; /* the newest of those that fit */
    take_incident(x, &i);
    if (x->about == ABOUT_UNKNOWN)
        x->about = ABOUT_INCIDENT;
}

static void on_resolved(void *arg, const char *json, size_t n, bool away)
{
    take(arg, json, n, away, on_resolved_record);
}

static bool ask_resolved(struct inquiry *x)
{
    if (x->has_incident)
        return false;
    store_read_resolved(store_of(x), HISTORY_MAX, on_resolved, x);
    return true;
}

static void on_delivery_record(void *arg, const char *record, size_t n)
{
    struct inquiry *x = arg;
    struct delivery d;

    if (state_read_delivery(record, n, &d, NULL) == 0)
        take_delivery(x, &d);
}

static void on_delivery_read(void *arg, const char *json, size_t n, bool away)
{
    take(arg, json, n, away, on_delivery_record);
}

static bool ask_delivery(struct inquiry *x)
{
    if (x->about != ABOUT_UNKNOWN)
        return false;
    store_read_delivery(store_of(x), x->text, on_delivery_read, x);
    return true;
}

static bool ask_resolved_of_delivery(struct inquiry *x)
{
    return x->about == ABOUT_DELIVERY && ask_resolved(x);
}

/* --- its history ---------------------------------------------------------------------- */

static void on_move(void *arg, const char *record, size_t n)
{
    struct inquiry *x = arg;
    struct transition t;

    if (state_read_transition(record, n, &t, NULL) == 0)
        vec_push(&x->moves, t);
}

static void on_moves(void *arg, const char *json, size_t n, bool away)
{
    take(arg, json, n, away, on_move);
}

static bool ask_moves(struct inquiry *x)
{
    const char *name = x->about == ABOUT_MONITOR && !is_open(x) ? x->text : x->incident.id;

    if (name[0] == 0)
        return false;
    store_read_transitions(store_of(x), name, 0, INT64_MAX, MOVES_MAX, on_moves, x);
    return true;
}

/* The store tells the newest first. */
static bool turn_moves(struct inquiry *x)
{
    for (size_t i = 0, k = x->moves.n; i + 1 < k; i++) {
        struct transition t = x->moves.items[i];

        x->moves.items[i] = x->moves.items[--k];
        x->moves.items[k] = t;
    }
    return false;
}

static bool has_delivery(const struct inquiry *x, const char *id)
{
    for (size_t i = 0; i < x->deliveries.n; i++)
        if (strcmp(x->deliveries.items[i].id, id) == 0)
            return true;
    return false;
}

static void on_one_of_them(void *arg, const char *record, size_t n)
{
    struct inquiry *x = arg;
    struct delivery d;

    if (state_read_delivery(record, n, &d, NULL) == 0 && !has_delivery(x, d.id))
        vec_push(&x->deliveries, d);
}

static void on_deliveries_read(void *arg, const char *json, size_t n, bool away)
{
    take(arg, json, n, away, on_one_of_them);
}

static bool ask_deliveries(struct inquiry *x)
{
    struct commit all = {0};

    if (x->has_delivery && !x->has_incident)
        vec_push(&x->deliveries, x->delivery);
    if (!x->has_incident || (x->about == ABOUT_MONITOR && !is_open(x)))
        return false;
    engine_snapshot(engine_of(x), &all);
    for (size_t i = 0; i < all.deliveries.n; i++)
        if (strcmp(all.deliveries.items[i]->notice.incident, x->incident.id) == 0)
            vec_push(&x->deliveries, *all.deliveries.items[i]);
    commit_done(&all);
    store_read_deliveries(store_of(x), x->incident.id, DELIVERIES_MAX, on_deliveries_read, x);
    return true;
}

static void on_attempt(void *arg, const char *record, size_t n)
{
    struct inquiry *x = arg;
    struct attempt a;

    if (state_read_attempt(record, n, &a, NULL) == 0 && has_delivery(x, a.delivery))
        vec_push(&x->attempts, a);
}

static void on_attempts(void *arg, const char *json, size_t n, bool away)
{
    take(arg, json, n, away, on_attempt);
}

static bool ask_attempts(struct inquiry *x)
{
    bool one = x->about == ABOUT_DELIVERY;
    int64_t to_ms = is_open(x) ? INT64_MAX : x->incident.resolved_ms + LAST_NOTES_MS;

    if (x->deliveries.n == 0)
        return false;
    store_read_attempts(store_of(x), one ? x->delivery.id : NULL, one ? 0 : x->incident.opened_ms,
                        one ? INT64_MAX : to_ms, ATTEMPTS_MAX, on_attempts, x);
    return true;
}

/* --- one after the other -------------------------------------------------------------- */

/* Each returns whether the store was asked; it does not look at the inquiry after that. */
static bool (*const steps[])(struct inquiry *x) = {
    ask_resolved,   ask_delivery, ask_resolved_of_delivery, ask_moves, turn_moves,
    ask_deliveries, ask_attempts,
};

static void go_on(struct inquiry *x)
{
    while (x->step < sizeof steps / sizeof *steps)
        if (steps[x->step++](x))
            return;
    finish(x);
}

/* What the engine knows of it, without asking anybody. */
static void classify(struct call *c, struct inquiry *x)
{
    const struct delivery *d = engine_delivery(c->engine, c->arg);
    size_t fitting;
    const struct incident *open = incident_find(c->engine, c->arg, &fitting);

    if (x->about == ABOUT_UNKNOWN && config_monitor(c->config, c->arg) != NULL) {
        x->about = ABOUT_MONITOR;
        take_incident(x, open);
    } else if (open != NULL || (open = engine_incident(c->engine, c->arg)) != NULL) {
        x->about = ABOUT_INCIDENT;
        take_incident(x, open);
    } else if (x->about == ABOUT_UNKNOWN && d != NULL) {
        take_delivery(x, d);
    }
}

static void inquire(struct call *c, enum subject about)
{
    struct inquiry *x = mem_new(struct inquiry);

    x->about = about;
    text_copy(x->text, sizeof x->text, c->arg);
    pending_begin(&x->pending, c->web, c->q);
    classify(c, x);
    if (store_of(x) != NULL) {
        go_on(x);
        return;
    }
    x->away = true;
    finish(x);
}

void on_why(struct call *c)
{
    inquire(c, ABOUT_UNKNOWN);
}

void on_incident_why(struct call *c)
{
    inquire(c, ABOUT_INCIDENT);
}
