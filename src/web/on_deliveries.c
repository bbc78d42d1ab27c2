/* on_deliveries.c - GET /api/v1/deliveries: the ledger, newest first.
 *
 * What the engine has in memory is newer than what the store answers and is there while
 * the store is away; the two are laid together by id. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/vec.h"
#include "body.h"
#include "format/api.h"
#include "model/names.h"
#include "wire/state.h"

#define LOOKED_THROUGH 1000 /* when there is more to ask for than an incident */

/* What is asked for; an empty text fits all. */
struct filter {
    char incident[INCIDENT_ID_SIZE], person[NAME_SIZE], channel[NAME_SIZE];
    unsigned states; /* bits of enum delivery_state */
    int64_t from_ms, to_ms;
};

struct ledger {
    struct pending pending; /* first */
    VEC(struct delivery) found;
    size_t n_known; /* from the engine */
    size_t limit;
    struct filter filter;
};

/* --- the filter ----------------------------------------------------------------------- */

#define BIT(state) (1u << (state))
#define ALL        (BIT(DELIVERY_OVERTAKEN + 1) - 1)

static int read_state(struct call *c, unsigned *ret)
{
    char text[16];
    int state;

    *ret = ALL;
    if (!request_query(c->v, "state", text, sizeof text))
        return 0;
    state = delivery_state_from(text);
    if (text_eq(text, "dead"))
        *ret = BIT(DELIVERY_REFUSED) | BIT(DELIVERY_FAILED);
    else if (state >= 0)
        *ret = BIT(state);
    else
        reply_problem(
            c->web, c->q, 400,
            "state: one of waiting, sending, delivered, refused, failed, overtaken, dead");
    return *ret == ALL ? -1 : 0;
}

static int read_filter(struct call *c, struct filter *f)
{
    *f = (struct filter){.from_ms = INT64_MIN, .to_ms = INT64_MAX};
    if (query_name(c, "incident", f->incident, sizeof f->incident) < 0 ||
        query_name(c, "person", f->person, sizeof f->person) < 0 ||
        query_name(c, "channel", f->channel, sizeof f->channel) < 0 ||
        read_state(c, &f->states) < 0 || query_instant(c, "from", &f->from_ms) < 0)
        return -1;
    return query_instant(c, "to", &f->to_ms);
}

static bool fits_text(const char *wanted, const char *is)
{
    return wanted[0] == 0 || strcmp(wanted, is) == 0;
}

static bool fits(const struct filter *f, const struct delivery *d)
{
    return fits_text(f->incident, d->notice.incident) && fits_text(f->person, d->notice.person) &&
           fits_text(f->channel, d->notice.channel) && (f->states & BIT(d->state)) != 0 &&
           d->created_ms >= f->from_ms && d->created_ms < f->to_ms;
}

static bool is_narrow(const struct filter *f)
{
    return f->person[0] != 0 || f->channel[0] != 0 || f->states != ALL || f->from_ms != INT64_MIN ||
           f->to_ms != INT64_MAX;
}

/* --- the list ------------------------------------------------------------------------- */

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

/* The engine may know better of one that has not ended. */
static void on_record(void *arg, const char *record, size_t n)
{
    struct ledger *l = arg;
    struct web *web = l->pending.web;
    const struct delivery *newer;
    struct delivery d;

    if (state_read_delivery(record, n, &d, NULL) < 0 || is_known(l, d.id))
        return;
    newer = engine_delivery(web->app->engine(web->app_arg), d.id);
    if (fits(&l->filter, newer != NULL ? newer : &d))
        vec_push(&l->found, newer != NULL ? *newer : d);
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

        if (fits(&l->filter, d))
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
    struct filter filter;
    struct ledger *l;
    size_t limit;

    if (records_limit(c, &limit) < 0 || read_filter(c, &filter) < 0)
        return;
    l = mem_new(struct ledger);
    l->limit = limit;
    l->filter = filter;
    add_known(c, l);
    pending_begin(&l->pending, c->web, c->q);
    if (s != NULL)
        store_read_deliveries(s, filter.incident[0] != 0 ? filter.incident : NULL,
                              is_narrow(&filter) ? LOOKED_THROUGH : limit, on_read, l);
    else
        on_read(l, NULL, 0, true);
}
