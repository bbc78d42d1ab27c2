/* web.c - the web room: a request comes in, a route takes it, a handler answers.
 *
 * Happy path:  on_request -> routes_find() -> auth_check() -> the route's handler
 * Failures:    404, 405 with Allow, 401, 403, 421, 429: a problem document each
 * The configuration may change between two requests, so that handlers ask for it anew. */
#include "web/web.h"

#include <string.h>

#include "auth.h"
#include "base/mem.h"
#include "format/page.h"
#include "loop/crypto.h"
#include "loop/systemd.h"
#include "web_private.h"

static void reply_unauthorized(struct web *w, struct request *q, const struct auth *a)
{
    static const struct header challenge = {"WWW-Authenticate", "Bearer realm=\"midwatch\""};
    static const struct header later = {"Retry-After", "20"};

    reply_problem_with(w, q, a->status,
                       a->status == 401   ? &challenge
                       : a->status == 429 ? &later
                                          : NULL,
                       a->why);
}

static void on_request(void *arg, struct request *q, const struct request_view *v)
{
    struct web *w = arg;
    char text[ROUTE_ARG_SIZE];
    const struct web_route *route;
    int status = routes_find(v->method, v->path, &route, text);

    if (status == 404) {
        reply_problem(w, q, 404, "there is no %s", v->path);
        return;
    }
    if (status == 405) {
        reply_problem_with(w, q, 405, &(struct header){"Allow", text}, NULL);
        return;
    }
    struct call c = {.web = w,
                     .q = q,
                     .v = v,
                     .config = w->app->config(w->app_arg),
                     .engine = w->app->engine(w->app_arg),
                     .arg = text,
                     .now_ms = loop_now_ms()};
    struct auth auth = auth_check(&w->limiter, c.config, v, route->access, c.now_ms);

    if (auth.status != 0) {
        reply_unauthorized(w, q, &auth);
        return;
    }
    c.user = auth.user;
    route->handle(&c);
}

/* The style stands inside the page; its hash lets it through and nothing else. */
static void make_page_policy(struct web *w)
{
    unsigned char digest[32];
    char hash[4 * ((sizeof digest + 2) / 3) + 1];
    struct buf out;

    crypto_sha256(page_css(), strlen(page_css()), digest);
    base64_encode(digest, sizeof digest, hash);
    buf_init(&out, sizeof w->page_policy - 1);
    buf_printf(&out,
               "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; "
               "frame-ancestors 'none'",
               hash);
    memcpy(w->page_policy, buf_text(&out), out.len + 1);
    buf_done(&out);
}

int web_open(struct loop *l, const struct config *c, const struct web_app *app, void *arg,
             struct web **ret, struct err *e)
{
    struct web *w = mem_new(struct web);
    struct server_options o = {.listen = c->web.listen, .listen_fd = systemd_listen_fd()};

    w->loop = l;
    w->app = app;
    w->app_arg = arg;
    crypto_random(&w->limiter.seed, sizeof w->limiter.seed);
    buf_init(&w->page, WEB_MAX_ANSWER);
    make_page_policy(w);
    w->server = server_new(l, &o, on_request, w, e);
    if (w->server == NULL) {
        buf_done(&w->page);
        mem_free(w);
        return err_wrap(e, "web");
    }
    *ret = w;
    return 0;
}

const char *web_address(const struct web *w)
{
    return server_address(w->server);
}

void web_read_facts(const struct web *w, struct web_facts *ret)
{
    ret->connections = server_connections(w->server);
    memcpy(ret->answers, w->answers, sizeof ret->answers);
}

void web_close(struct web *w)
{
    if (w == NULL)
        return;
    server_close(w->server);
    pending_end_all(w);
    buf_done(&w->page);
    mem_free(w);
}
