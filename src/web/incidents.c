/* incidents.c - which incident is meant? Open ones the engine has; of those that are over it has
 * some, the store the others. */
#include "incidents.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "format/api.h"
#include "wire/state.h"

#define HISTORY_MAX 500 /* resolved ones looked through for one */
#define PART_LEAST  3   /* characters of an id that may stand for it */

void reply_incident(struct web *web, struct request *q, const struct incident *i)
{
    struct buf body;
    struct jw w;

    buf_init(&body, 65536);
    jw_init(&w, &body);
    api_write_incident(&w, i);
    reply_json(web, q, 200, &body);
}

bool incident_is_meant(const char *id, const char *text)
{
    return strcmp(id, text) == 0 ||
           (strlen(text) >= PART_LEAST && (text_starts(id, text) || text_ends(id, text)));
}

const struct incident *incident_find(const struct engine *e, const char *text, size_t *ret_fitting)
{
    const struct incident *const *open, *found = NULL;
    size_t n = engine_incidents(e, &open);

    *ret_fitting = 0;
    for (size_t i = n; i > 0; i--) {
        const struct incident *x = open[i - 1];

        if (strcmp(x->id, text) == 0 || strcmp(x->monitor, text) == 0 ||
            strcmp(x->dedup_key, text) == 0) {
            *ret_fitting = 1;
            return x;
        }
        if (incident_is_meant(x->id, text)) {
            ++*ret_fitting;
            found = x;
        }
    }
    return *ret_fitting == 1 ? found : NULL;
}

/* --- those that are over -------------------------------------------------------------- */

struct search {
    struct pending pending; /* first */
    char text[ROUTE_ARG_SIZE];
    bool found, exact;
    struct incident incident;
    incident_done_fn *done;
    void *arg;
};

/* The newest that fits, but the one of that very id before any. */
static void on_record(void *arg, const char *record, size_t n)
{
    struct search *s = arg;
    struct incident i;

    if (s->exact || state_read_incident(record, n, &i, NULL) < 0)
        return;
    s->exact = strcmp(i.id, s->text) == 0;
    if (!s->exact && (s->found || !incident_is_meant(i.id, s->text)))
        return;
    s->found = true;
    s->incident = i;
}

static void on_resolved(void *arg, const char *json, size_t n, bool away)
{
    struct search *s = arg;
    struct web *web = s->pending.web;
    struct request *q = pending_end(&s->pending);

    if (q != NULL && !away)
        records_each(json, n, on_record, s);
    s->done(s->arg, web, q, s->found ? &s->incident : NULL, away);
    mem_free(s);
}

void incident_look_up(struct call *c, const char *text, incident_done_fn *done, void *arg)
{
    const struct incident *over = engine_incident(c->engine, text);
    struct store *store = c->web->app->store(c->web->app_arg);
    struct search *s;

    if (over != NULL) {
        done(arg, c->web, c->q, over, false);
        return;
    }
    s = mem_new(struct search);
    text_copy(s->text, sizeof s->text, text);
    s->done = done;
    s->arg = arg;
    pending_begin(&s->pending, c->web, c->q);
    if (store != NULL)
        store_read_resolved(store, HISTORY_MAX, on_resolved, s);
    else
        on_resolved(s, NULL, 0, true);
}
