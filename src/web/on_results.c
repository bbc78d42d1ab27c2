/* on_results.c - GET /api/v1/monitors/{name}/results?from=&to=: raw results as kept, passed on. */
#include "base/mem.h"
#include "body.h"

#define AN_HOUR_MS INT64_C(3600000)
#define LONGEST_MS (7 * 24 * AN_HOUR_MS)

struct question {
    struct pending pending; /* first */
};

static void on_read(void *arg, const char *json, size_t n, bool away)
{
    struct question *x = arg;
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);
    struct buf body;

    mem_free(x);
    if (q == NULL)
        return;
    if (away) {
        reply_problem(web, q, 503, "the store is away");
        return;
    }
    buf_init(&body, WEB_MAX_ANSWER);
    buf_put(&body, json, n);
    reply_json(web, q, 200, &body);
}

void on_results(struct call *c)
{
    struct store *s = c->web->app->store(c->web->app_arg);
    int64_t from_ms = INT64_MIN, to_ms = c->now_ms;
    struct question *x;

    if (config_monitor(c->config, c->arg) == NULL) {
        reply_problem(c->web, c->q, 404, "there is no monitor %s", c->arg);
        return;
    }
    if (query_instant(c, "to", &to_ms) < 0 || query_instant(c, "from", &from_ms) < 0)
        return;
    if (from_ms == INT64_MIN)
        from_ms = to_ms - AN_HOUR_MS;
    if (from_ms >= to_ms || to_ms - from_ms > LONGEST_MS) {
        reply_problem(c->web, c->q, 400, "from: before `to`, and at most a week before it");
        return;
    }
    x = mem_new(struct question);
    pending_begin(&x->pending, c->web, c->q);
    if (s != NULL)
        store_read_results(s, c->arg, from_ms, to_ms, on_read, x);
    else
        on_read(x, NULL, 0, true);
}
