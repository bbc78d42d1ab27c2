/* on_timeline.c - GET /api/v1/incidents/{id}/timeline: what moved it, oldest first, from the
 * store. */
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "format/api.h"
#include "incidents.h"
#include "wire/state.h"

#define MOVES_MAX 500 /* the newest */

struct timeline {
    struct pending pending; /* first */
    char id[ROUTE_ARG_SIZE];
    bool known; /* to the engine */
    VEC(struct transition) moves;
};

static void on_record(void *arg, const char *record, size_t n)
{
    struct timeline *x = arg;
    struct transition t;

    if (state_read_transition(record, n, &t, NULL) == 0)
        vec_push(&x->moves, t);
}

static void reply_moves(struct web *web, struct request *q, const struct timeline *x)
{
    struct buf body;
    struct jw w;

    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = x->moves.n; i > 0; i--)
        api_write_transition(&w, &x->moves.items[i - 1]);
    jw_list_end(&w);
    reply_json(web, q, 200, &body);
}

static void on_read(void *arg, const char *json, size_t n, bool away)
{
    struct timeline *x = arg;
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);

    if (q != NULL && !away)
        records_each(json, n, on_record, x);
    if (q != NULL && away)
        reply_problem(web, q, 503, "the store is away");
    else if (q != NULL && x->moves.n == 0 && !x->known)
        reply_problem(web, q, 404, "there is no incident %s", x->id);
    else if (q != NULL)
        reply_moves(web, q, x);
    vec_done(&x->moves);
    mem_free(x);
}

void on_timeline(struct call *c)
{
    struct store *s = c->web->app->store(c->web->app_arg);
    struct timeline *x = mem_new(struct timeline);
    size_t fitting;
    const struct incident *i = incident_find(c->engine, c->arg, &fitting);

    text_copy(x->id, sizeof x->id, i != NULL ? i->id : c->arg);
    x->known = engine_incident(c->engine, x->id) != NULL;
    pending_begin(&x->pending, c->web, c->q);
    if (s != NULL)
        store_read_transitions(s, x->id, 0, INT64_MAX, MOVES_MAX, on_read, x);
    else
        on_read(x, NULL, 0, true);
}
