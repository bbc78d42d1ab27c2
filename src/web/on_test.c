/* on_test.c - POST /api/v1/channels/{name}/test, /api/v1/people/{name}/test: a real test
 * notice now; the answer waits for its outcome. */
#include "base/json.h"
#include "loop/log.h"
#include "web_private.h"

struct test_request {
    struct pending pending; /* first */
};

static void on_outcome(void *arg, const char *json, bool ok)
{
    struct test_request *t = arg;
    struct web *web = t->pending.web;
    struct request *q = pending_end(&t->pending);
    struct buf body;
    struct jw w;

    mem_free(t);
    if (q == NULL)
        return;
    buf_init(&body, WEB_MAX_ANSWER);
    jw_init(&w, &body);
    jw_object(&w);
    jw_kv_bool(&w, "ok", ok);
    jw_key(&w, "outcomes");
    jw_raw(&w, json);
    jw_object_end(&w);
    reply_json(web, q, 200, &body);
}

static void begin(struct call *c)
{
    struct test_request *t = mem_new(struct test_request);
    struct web *web = c->web;
    struct err e = {0};

    log_info("web", "test notice to %s asked for from %s", c->arg, c->v->peer);
    pending_begin(&t->pending, web, c->q);
    if (web->app->test_page(web->app_arg, c->arg, on_outcome, t, &e) == 0)
        return;
    struct request *q = pending_end(&t->pending);

    mem_free(t);
    reply_problem(web, q, 409, "%s", e.text);
}

void on_test_channel(struct call *c)
{
    if (config_channel(c->config, c->arg) != NULL)
        begin(c);
    else
        reply_problem(c->web, c->q, 404, "there is no channel %s", c->arg);
}

void on_test_person(struct call *c)
{
    if (config_person(c->config, c->arg) != NULL)
        begin(c);
    else
        reply_problem(c->web, c->q, 404, "there is no person %s", c->arg);
}
