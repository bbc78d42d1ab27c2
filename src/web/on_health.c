/* on_health.c - alive, and ready. Alive means that the loop turns, and nothing else: a
 * supervisor that restarted us because Redis is away would make it worse. */
#include "web_private.h"

#define TEXT "text/plain; charset=utf-8"

void on_healthz(struct call *c)
{
    struct buf body;

    buf_init(&body, 16);
    buf_str(&body, "ok\n");
    reply_text(c->web, c->q, 200, TEXT, &body);
}

void on_readyz(struct call *c)
{
    struct err why = {0};
    bool ready = c->web->app->ready(c->web->app_arg, &why);
    struct buf body;

    buf_init(&body, sizeof why.text + 32);
    if (ready)
        buf_str(&body, "ready\n");
    else
        buf_printf(&body, "not ready: %s\n", why.text);
    reply_text(c->web, c->q, ready ? 200 : 503, TEXT, &body);
}
