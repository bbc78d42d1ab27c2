/* on_incidents.c - incidents: lists, and one.
 *
 * Open ones come from the engine at once, oldest first. Resolved ones are asked of the
 * store, newest first; while it is away a header says so, and a single one cannot be told
 * from one that never was. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "format/api.h"
#include "incidents.h"
#include "wire/state.h"

/* A question that the store must help with. */
struct history {
    struct pending pending; /* first */
    VEC(struct incident) found;
    size_t limit;
    bool newest_first, with_open;
};

/* --- answering ------------------------------------------------------------------------ */

static int by_opened(const void *a, const void *b)
{
    const struct incident *x = a, *y = b;

    if (x->opened_ms != y->opened_ms)
        return x->opened_ms < y->opened_ms ? 1 : -1;
    return strcmp(y->id, x->id);
}

static void reply_incidents(struct web *web, struct request *q, struct history *h, bool away)
{
    struct buf body;
    struct jw w;

    if (h->newest_first && h->found.n > 1)
        qsort(h->found.items, h->found.n, sizeof *h->found.items, by_opened);
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; i < h->found.n && i < h->limit; i++)
        api_write_incident(&w, &h->found.items[i]);
    jw_list_end(&w);
    reply_list(web, q, &body, away);
}

/* --- the store's part ----------------------------------------------------------------- */

static bool has(const struct history *h, const char *id)
{
    for (size_t i = 0; i < h->found.n; i++)
        if (strcmp(h->found.items[i].id, id) == 0)
            return true;
    return false;
}

static void on_record(void *arg, const char *record, size_t n)
{
    struct history *h = arg;
    struct incident i;

    if (state_read_incident(record, n, &i, NULL) == 0 && !has(h, i.id))
        vec_push(&h->found, i);
}

static void on_resolved(void *arg, const char *json, size_t n, bool away)
{
    struct history *h = arg;
    struct web *web = h->pending.web;
    struct request *q = pending_end(&h->pending);

    if (!away && q != NULL)
        records_each(json, n, on_record, h);
    if (q != NULL && away && !h->with_open)
        reply_problem(web, q, 503, "the store is away");
    else if (q != NULL)
        reply_incidents(web, q, h, away);
    vec_done(&h->found);
    mem_free(h);
}

static void ask_store(struct call *c, struct history *h, size_t limit)
{
    struct store *s = c->web->app->store(c->web->app_arg);

    pending_begin(&h->pending, c->web, c->q);
    if (s != NULL)
        store_read_resolved(s, limit, on_resolved, h);
    else
        on_resolved(h, NULL, 0, true);
}

/* --- reading -------------------------------------------------------------------------- */

static void add_open(const struct call *c, struct history *h)
{
    const struct incident *const *open;
    size_t n = engine_incidents(c->engine, &open);

    for (size_t i = 0; i < n; i++)
        vec_push(&h->found, *open[i]);
}

void on_incidents(struct call *c)
{
    char state[16] = "open";
    bool asked = request_query(c->v, "state", state, sizeof state);
    bool open = text_eq(state, "open"), all = text_eq(state, "all");
    size_t limit;

    if (asked && !open && !all && !text_eq(state, "resolved")) {
        reply_problem(c->web, c->q, 400, "state: one of open, resolved, all");
        return;
    }
    if (records_limit(c, &limit) < 0)
        return;
    struct history *h = mem_new(struct history);

    h->limit = open ? SIZE_MAX : limit;
    h->newest_first = !open;
    h->with_open = open || all;
    if (h->with_open)
        add_open(c, h);
    if (!open) {
        ask_store(c, h, limit);
        return;
    }
    reply_incidents(c->web, c->q, h, false);
    vec_done(&h->found);
    mem_free(h);
}

/* --- one ------------------------------------------------------------------------------ */

static void on_looked_up(void *arg, struct web *web, struct request *q, const struct incident *i,
                         bool away)
{
    char *word = arg;

    if (q != NULL && i != NULL)
        reply_incident(web, q, i);
    else if (q != NULL && away)
        reply_problem(web, q, 503, "%s is not open, and the store is away", word);
    else if (q != NULL)
        reply_problem(web, q, 404, "there is no incident %s", word);
    mem_free(word);
}

void on_incident(struct call *c)
{
    size_t fitting;
    const struct incident *i = incident_find(c->engine, c->arg, &fitting);

    if (i != NULL)
        reply_incident(c->web, c->q, i);
    else if (fitting > 1)
        reply_problem(c->web, c->q, 409, "%s fits %zu open incidents", c->arg, fitting);
    else
        incident_look_up(c, c->arg, on_looked_up, mem_strdup(c->arg));
}
