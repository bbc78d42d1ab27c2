/* on_metrics.c - GET /metrics, in the format that is asked for; app writes it.
 *
 * OpenMetrics when Accept prefers it to text/plain, as Prometheus does; else the text format. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web_private.h"

struct scrape_request {
    struct pending pending; /* first */
    const struct metrics_format *format;
};

static void on_written(void *arg, struct buf *text)
{
    struct scrape_request *r = arg;
    struct web *web = r->pending.web;
    struct request *q = pending_end(&r->pending);
    const char *type = r->format->content_type;

    mem_free(r);
    if (q == NULL)
        return;
    if (text != NULL)
        reply_text(web, q, 200, type, text);
    else
        reply_problem(web, q, 503, "the metrics cannot be written now; the log may say why");
}

/* The parameter's value behind `;name=`, within the n bytes of one entry; NULL: it has none. */
static const char *parameter(const char *entry, size_t n, const char *name)
{
    size_t k = strlen(name);

    for (const char *at = memchr(entry, ';', n); at != NULL;
         at = memchr(at, ';', n - (size_t)(at - entry))) {
        at++;
        at += strspn(at, " \t");
        if ((size_t)(at - entry) + k < n && strncmp(at, name, k) == 0 && at[k] == '=')
            return at + k + 1;
    }
    return NULL;
}

/* How much `type` is wanted, 0 to 1; an entry with another version than ours does not count. */
static double quality(const char *accept, const char *type, const char *version)
{
    double most = 0;

    for (size_t n; *accept != 0; accept += n + (accept[n] == ',')) {
        accept += strspn(accept, " \t");
        n = strcspn(accept, ",");
        if (strncmp(accept, type, strlen(type)) != 0 || strcspn(accept, ",; \t") != strlen(type))
            continue;
        const char *v = parameter(accept, n, "version"), *q = parameter(accept, n, "q");
        double wanted = q != NULL ? strtod(q, NULL) : 1;

        if ((v == NULL || strncmp(v, version, strlen(version)) == 0) && wanted > most)
            most = wanted;
    }
    return most;
}

static const struct metrics_format *choose(const char *accept)
{
    double open, text;

    if (accept == NULL)
        return &metrics_text;
    open = quality(accept, "application/openmetrics-text", "1.");
    text = quality(accept, "text/plain", "0.0.4");
    return open > 0 && open >= text ? &metrics_open : &metrics_text;
}

void on_metrics(struct call *c)
{
    struct scrape_request *r = mem_new(struct scrape_request);

    r->format = choose(request_header(c->v, "accept"));
    pending_begin(&r->pending, c->web, c->q);
    c->web->app->metrics(c->web->app_arg, r->format, on_written, r);
}
