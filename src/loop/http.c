/* http.c - the client, its targets, and the runs it lends them.
 *
 * A target at rest is only its address and headers. What a transfer needs (an easy handle of
 * libcurl's, buffers, the observation) is a `run`, lent while the target runs: ten thousand
 * targets of which a hundred run at once cost a hundred runs. The exception is a target
 * with `reuse`, whose easy handle holds its TLS sessions.
 *
 * Failures: an address that is not http, a CA file that cannot be read. */
#include <assert.h>
#include <string.h>

#include "http_internal.h"

#define IDLE_RUNS_MAX 1024
#define IDLE_BODY_MAX 16384 /* a run at rest keeps no more memory than this for a body */

/* --- runs ----------------------------------------------------------------------------- */

static struct run *run_new(struct http_client *c)
{
    struct run *r = mem_new(struct run);
    r->client = c;
    r->own = curl_easy_init();
    assert(r->own != NULL);
    buf_init(&r->head, 2 * HEADERS_MAX_BYTES);
    buf_init(&r->body, 0);
    shape_once(r->own);
    shape_pointers(r->own, r);
    return r;
}

static void run_free(struct run *r)
{
    curl_easy_cleanup(r->own);
    buf_done(&r->head);
    buf_done(&r->body);
    vec_done(&r->lines);
    mem_free(r);
}

struct run *run_lend(struct http_client *c)
{
    struct run *r = c->idle;
    if (r == NULL)
        return run_new(c);
    c->idle = r->next;
    c->n_idle--;
    return r;
}

void run_give_back(struct run *r)
{
    struct http_client *c = r->client;
    r->state = RUN_IDLE;
    r->target = NULL;
    r->question = NULL;
    headers_free(r->headers);
    r->headers = NULL;
    buf_done(&r->extra_body);
    place_done(&r->moved);
    if (r->body.cap > IDLE_BODY_MAX)
        buf_done(&r->body);
    if (c->n_idle >= IDLE_RUNS_MAX) {
        run_free(r);
        return;
    }
    r->next = c->idle;
    c->idle = r;
    c->n_idle++;
}

/* --- the client ----------------------------------------------------------------------- */

static void on_client_closed(void *arg)
{
    struct http_client *c = arg;
    shards_done(c);
    while (c->idle != NULL) {
        struct run *r = c->idle;
        c->idle = r->next;
        run_free(r);
    }
    mem_free(c);
    curl_global_cleanup();
}

static void on_ending(void *arg)
{
    struct http_client *c = arg;
    size_t n = c->n_ending; /* what is added meanwhile waits for the next turn */
    while (n-- > 0 && c->ending_first != NULL) {
        struct run *r = c->ending_first;
        run_unlist(r);
        run_tell(r);
    }
}

struct http_client *http_client_new(struct loop *l, struct resolver *r, size_t expected_hosts,
                                    struct err *e)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct http_client *c = mem_new(struct http_client);
    c->loop = l;
    c->resolver = r;
    c->ending_last = &c->ending_first;
    owner_init(&c->owner, on_client_closed, c);
    timer_init(&c->ending, l, &c->owner, on_ending, c);
    if (shards_open(c, expected_hosts, e) == 0)
        return c;
    http_client_close(c);
    return NULL;
}

void http_client_close(struct http_client *c)
{
    assert(c->running == 0 && c->authorities == NULL);
    timer_close(&c->ending);
    shards_close(c);
    owner_close(&c->owner);
}

size_t http_client_running(const struct http_client *c)
{
    return c->running;
}

const char *http_version_text(void)
{
    return curl_version();
}

/* --- targets -------------------------------------------------------------------------- */

static struct kept *kept_new(void)
{
    struct kept *k = mem_new(struct kept);
    k->easy = curl_easy_init();
    assert(k->easy != NULL);
    shape_once(k->easy);
    return k;
}

static void kept_free(struct kept *k)
{
    if (k == NULL)
        return;
    curl_easy_cleanup(k->easy);
    mem_free(k);
}

struct http_target *http_target_new(struct http_client *c, const struct http_spec *spec,
                                    int64_t timeout_ms, const char *user_agent, struct err *e)
{
    struct http_target *t = mem_new(struct http_target);
    t->client = c;
    t->spec = spec;
    t->user_agent = user_agent;
    t->timeout_ms = timeout_ms;
    t->id = ++c->targets_made;
    int rc = shards_fit(c, ++c->targets, e);
    if (rc == 0)
        rc = place_parse(spec->url, &t->place, &t->url_user, &t->url_password, e);
    if (rc == 0 && t->place.tls && !spec->insecure) {
        t->authorities = authorities_get(c, spec->ca_file, e);
        rc = t->authorities == NULL ? -1 : 0;
    }
    if (rc < 0) {
        http_target_free(t);
        return NULL;
    }
    t->headers = headers_of(spec);
    t->kept = spec->reuse ? kept_new() : NULL;
    return t;
}

static void secret_free(char *s)
{
    if (s != NULL)
        explicit_bzero(s, strlen(s));
    mem_free(s);
}

void http_target_free(struct http_target *t)
{
    if (t == NULL)
        return;
    http_target_cancel(t);
    t->client->targets--;
    kept_free(t->kept);
    headers_free(t->headers);
    authorities_put(t->client, t->authorities);
    secret_free(t->url_user);
    secret_free(t->url_password);
    place_done(&t->place);
    mem_free(t);
}

void http_target_run(struct http_target *t, const struct http_extra *x, http_done_fn *done,
                     void *arg)
{
    assert(t->run == NULL && "one run at a time");
    struct run *r = run_lend(t->client);
    r->target = t;
    r->done = done;
    r->arg = arg;
    t->run = r;
    t->client->running++;
    run_begin(r, x);
}

void http_target_cancel(struct http_target *t)
{
    if (t->run != NULL)
        run_cancel(t->run);
}
