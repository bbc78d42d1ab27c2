/* probe_http.c - is the web address answering, how fast, and with what?
 *
 * All of the work is the HTTP client's; its observation is the probe's. Failures: an
 * address or a CA file the client refuses, found when the probe is prepared. */
#include "base/mem.h"
#include "kinds.h"

struct http_probe {
    struct probe_base base;
    struct http_target *target;
};

static struct http_probe *of(struct probe *p)
{
    return (struct http_probe *)(void *)p;
}

static struct probe *prepare(const struct probe_world *w, const struct monitor *m, struct err *e)
{
    struct http_target *target =
        http_target_new(w->http, &m->http, m->timeout_ms, "midwatch/" MW_VERSION, e);
    if (target == NULL)
        return NULL;
    struct http_probe *h = mem_new(struct http_probe);
    h->base.kind = &probe_http;
    h->target = target;
    return (struct probe *)(void *)h;
}

/* Both ends have the same shape and the same promise, so nothing stands between them. */
static void start(struct probe *p, probe_done_fn *done, void *arg)
{
    http_target_run(of(p)->target, NULL, done, arg);
}

static void cancel(struct probe *p)
{
    http_target_cancel(of(p)->target);
}

static void free_probe(struct probe *p)
{
    http_target_free(of(p)->target);
    mem_free(p);
}

static const char *const fields[] = {
    "status",    "latency",         "resolve",     "connect",  "tls",
    "wait",      "transfer",        "size",        "body",     "header",
    "json",      "cert.expires_in", "cert.issuer", "cert.san", "tls.version",
    "redirects", "http_version",    "ip",          NULL,
};

const struct probe_kind probe_http = {
    .name = "http",
    .fields = fields,
    .prepare = prepare,
    .start = start,
    .cancel = cancel,
    .free = free_probe,
};
