/* world.c - built for one question, then taken down. */
#include "world.h"

int world_init(struct world *w, const char *public_url, struct err *e)
{
    *w = (struct world){0};
    if (loop_init(&w->loop, e) < 0)
        return -1;
    w->resolver = resolver_new(&w->loop, e);
    w->http = w->resolver ? http_client_new(&w->loop, w->resolver, 8, e) : NULL;
    if (!w->http) {
        if (w->resolver)
            resolver_close(w->resolver);
        loop_done(&w->loop);
        return -1;
    }
    w->notifier = notifier_new(&w->loop, w->http, public_url);
    return 0;
}

void world_run(struct world *w)
{
    loop_run(&w->loop);
}

static void on_stop(void *arg)
{
    struct world *w = arg;

    notifier_close(w->notifier);
    http_client_close(w->http);
    resolver_close(w->resolver);
    loop_stop(&w->loop);
}

void world_stop(struct world *w)
{
    loop_later(&w->loop, on_stop, w);
}

void world_done(struct world *w)
{
    loop_done(&w->loop);
}
