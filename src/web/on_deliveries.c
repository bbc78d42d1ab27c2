/* on_deliveries.c - GET /api/v1/deliveries?incident=&limit=: the ledger, newest first.
 *
 * What the engine has in memory is newer than what the store answers and is there while
 * the store is away; the two are laid together by id. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/vec.h"
#include "format/api.h"
#include "web_private.h"
#include "wire/state.h"

struct ledger {
    struct pending pending; /* first */
    VEC(struct delivery) found;
    size_t n_known; /* from the engine */
    size_t limit;
    char incident[INCIDENT_ID_SIZE];
};

static int by_created(const void *a, const void *b)
{
    const struct delivery *x = a, *y = b;

    if (x->created_ms != y->created_ms)
        return x->created_ms < y->created_ms ? 1 : -1;
    return strcmp(y->id, x->id);
}

static void reply_ledger(struct web *web, struct request *q, struct ledger *l, bool away)
{
    struct buf body;
    struct jw w;

    if (l->found.n > 1)
        qsort(l->found.items, l->found.n, sizeof *l->found.items, by_created);
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_list(&w);
    for (size_t i = 0; i < l->found.n && i < l->limit; i++)
        api_write_delivery(&w, &l->found.items[i]);
    jw_list_end(&w);
    reply_list(web, q, &body, away);
}

static bool is_known(const struct ledger *l, const char *id)
{
    for (size_t i = 0; i < l->n_known; i++)
        if (strcmp(l->found.items[i].id, id) == 0)
            return true;
    return false;
}

static void on_record(void *arg, const char *record, size_t n)
{
    struct ledger *l = arg;
    struct delivery d;

    if (state_read_delivery(record, n, &d, NULL) == 0 && !is_known(l, d.id))
        vec_push(&l->found, d);
}

static void on_read(void *arg, const char *json, size_t n, bool away)
{
    struct ledger *l = arg;
    struct web *web = l->pending.web;
    struct request *q = pending_end(&l->pending);

    if (q != NULL && !away)
        records_each(json, n, on_record, l);
    if (q != NULL)
        reply_ledger(web, q, l, away);
    vec_done(&l->found);
    mem_free(l);
}

/* The newest `limit` of the engine's; the rest could not be shown anyway. */
static void add_known(const struct call *c, struct ledger *l)
{
    struct commit all = {0};

    engine_snapshot(c->engine, &all);
    for (size_t i = 0; i < all.deliveries.n; i++) {
        const struct delivery *d = all.deliveries.items[i];

        if (l->incident[0] == 0 || strcmp(d->notice.incident, l->incident) == 0)
            vec_push(&l->found, *d);
    }
    commit_done(&all);
    if (l->found.n > 1)
        qsort(l->found.items, l->found.n, sizeof *l->found.items, by_created);
    if (l->found.n > l->limit)
        l->found.n = l->limit;
    l->n_known = l->found.n;
}

void on_deliveries(struct call *c)
{
    struct store *s = c->web->app->store(c->web->app_arg);
    char incident[INCIDENT_ID_SIZE] = "";
    size_t limit;

    if (records_limit(c, &limit) < 0)
        return;
    (void)request_query(c->v, "incident", incident, sizeof incident);
    struct ledger *l = mem_new(struct ledger);

    l->limit = limit;
    text_copy(l->incident, sizeof l->incident, incident);
    add_known(c, l);
    pending_begin(&l->pending, c->web, c->q);
    if (s != NULL)
        store_read_deliveries(s, incident[0] != 0 ? incident : NULL, limit, on_read, l);
    else
        on_read(l, NULL, 0, true);
}
