/* http_run.c - one run of a target, from the first question to its one end.
 *
 *   resolving ---> transfer ---> told
 *       ^             |  | connection failed, another address: again
 *       +-- redirect -+--+
 *
 * What fails before the first byte leaves (a name from the cache of failures, no time left)
 * is told in the next turn, so that no callback comes from inside http_target_run(). */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http_internal.h"

static void hop_begin(struct run *r);

static int64_t left_ms(const struct run *r)
{
    return (r->deadline_us - loop_mono_us()) / 1000;
}

static void add_us(int64_t *phase, int64_t us)
{
    *phase = (*phase < 0 ? 0 : *phase) + (us > 0 ? us : 0);
}

/* --- the end -------------------------------------------------------------------------- */

static void collect_headers(struct run *r)
{
    const char *p = r->head.p, *end = p == NULL ? NULL : p + r->head.len;
    r->lines.n = 0;
    while (p != end) {
        struct header h = {.name = p, .value = p + strlen(p) + 1};
        vec_push(&r->lines, h);
        p = h.value + strlen(h.value) + 1;
    }
    r->o.headers = r->lines.items;
    r->o.n_headers = r->lines.n;
}

/* A connection used again shows no certificate; it is still the one seen at its handshake. */
static void remember(struct run *r)
{
    struct kept *k = r->target->kept;
    if (k == NULL || r->at != &r->target->place || r->o.reason != REASON_OK)
        return;
    text_copy(k->ip, sizeof k->ip, r->o.ip);
    if (r->o.cert.present)
        k->cert = r->o.cert;
    else if (r->at->tls)
        r->o.cert = k->cert;
}

void run_tell(struct run *r)
{
    struct http_target *t = r->target;
    r->o.phases.total_us = loop_mono_us() - r->start_us;
    r->o.effective_url = r->o.redirects > 0 ? r->moved.url : NULL;
    r->o.body = buf_text(&r->body);
    r->o.body_len = r->body.len;
    collect_headers(r);
    remember(r);
    t->run = NULL;
    r->client->running--;
    r->done(r->arg, &r->o); /* may free the target */
    run_give_back(r);
}

static void tell_next_turn(struct run *r)
{
    struct http_client *c = r->client;
    r->state = RUN_NEXT;
    r->next = NULL;
    *c->ending_last = r;
    c->ending_last = &r->next;
    c->n_ending++;
    timer_start(&c->ending, 0);
}

void run_unlist(struct run *r)
{
    struct http_client *c = r->client;
    struct run **at = &c->ending_first;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    c->n_ending--;
    if (c->ending_last == &r->next)
        c->ending_last = at;
}

void run_cancel(struct run *r)
{
    if (r->state == RUN_RESOLVING && r->question != NULL)
        resolver_cancel(r->question);
    if (r->state == RUN_TRANSFER)
        curl_multi_remove_handle(r->shard->multi, r->easy);
    if (r->state == RUN_NEXT)
        run_unlist(r);
    r->target->run = NULL;
    r->client->running--;
    run_give_back(r);
}

/* --- one transfer --------------------------------------------------------------------- */

static void transfer_begin(struct run *r)
{
    int64_t left = left_ms(r);
    r->hop_us = loop_mono_us();
    if (left <= 0) {
        char span[32];
        text_human_ms((double)r->target->timeout_ms, span, sizeof span);
        run_fail(r, REASON_TIMEOUT, "nothing left of %s for another request", span);
        tell_next_turn(r);
        return;
    }
    reply_clear(r);
    shape_for_hop(r, left);
    r->state = RUN_TRANSFER;
    r->shard = shard_of(r->client, r->at->host);
    CURLMcode rc = curl_multi_add_handle(r->shard->multi, r->easy);
    if (rc == CURLM_OK)
        return;
    run_fail(r, REASON_LOCAL, "libcurl: %s", curl_multi_strerror(rc));
    tell_next_turn(r);
}

static int64_t info_us(CURL *easy, CURLINFO what)
{
    curl_off_t us = 0;
    curl_easy_getinfo(easy, what, &us);
    return us;
}

int64_t run_connected_us(const struct run *r)
{
    return r->at->tls ? r->tcp_us : info_us(r->easy, CURLINFO_CONNECT_TIME_T);
}

/* From one mark to the next; a phase that did not end has taken all the time until now.
 * Returns the mark, or -1 when it was the last phase reached. */
static int64_t add_phase(int64_t *phase, int64_t from, int64_t to, int64_t now)
{
    if (from < 0)
        return -1;
    add_us(phase, (to > 0 ? to : now) - from);
    return to > 0 ? to : -1;
}

static void add_phases(struct run *r, CURLcode rc)
{
    struct phases *p = &r->o.phases;
    int64_t now = loop_mono_us() - r->hop_us;
    int64_t name = info_us(r->easy, CURLINFO_NAMELOOKUP_TIME_T);
    int64_t connected = run_connected_us(r);
    int64_t secured = info_us(r->easy, CURLINFO_APPCONNECT_TIME_T);
    int64_t sent = info_us(r->easy, CURLINFO_PRETRANSFER_TIME_T);
    int64_t first = info_us(r->easy, CURLINFO_STARTTRANSFER_TIME_T);
    if (sent > 0 && connected == 0) /* a connection used again */
        connected = secured = name > 0 ? name : 1;
    int64_t at = add_phase(&p->connect_us, name, connected, now);
    if (r->at->tls)
        at = add_phase(&p->tls_us, at, secured > 0 || sent == 0 ? secured : connected, now);
    if (at < 0 || sent == 0)
        return;
    at = add_phase(&p->wait_us, sent, first, now);
    if (rc == CURLE_OK || r->o.status > 0)
        add_phase(&p->transfer_us, at, now, now);
}

static void note_answer(struct run *r)
{
    static const struct {
        long version;
        const char *text;
    } versions[] = {{CURL_HTTP_VERSION_1_0, "1.0"},
                    {CURL_HTTP_VERSION_1_1, "1.1"},
                    {CURL_HTTP_VERSION_2_0, "2"},
                    {CURL_HTTP_VERSION_3, "3"}};
    long status = 0, version = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(r->easy, CURLINFO_HTTP_VERSION, &version);
    r->o.status = (int)status;
    r->o.http_version[0] = '\0';
    for (size_t i = 0; i < sizeof versions / sizeof *versions && status > 0; i++)
        if (versions[i].version == version)
            text_copy(r->o.http_version, sizeof r->o.http_version, versions[i].text);
}

/* --- redirects ------------------------------------------------------------------------ */

/* RFC 9110 15.4, and what browsers do to a POST: 303 asks for a GET, 301 and 302 turn a POST
 * into one, 307 and 308 keep method and body. */
static bool becomes_get(const struct run *r)
{
    const char *method = r->target->spec->method;
    if (r->o.status == 303)
        return strcasecmp(method, "HEAD") != 0;
    return (r->o.status == 301 || r->o.status == 302) && strcasecmp(method, "POST") == 0;
}

static int follow_to(struct run *r, struct err *e)
{
    struct http_target *t = r->target;
    struct place next;
    if (place_follow(r->at, reply_header(r, "location"), &next, e) < 0)
        return err_wrap(e, "redirect (%d) to a bad address", r->o.status);
    place_done(&r->moved);
    r->moved = next;
    r->at = &r->moved;
    r->get = r->get || becomes_get(r);
    r->foreign = r->foreign || !place_same_origin(&t->place, &next);
    r->o.redirects++;
    r->o.cert = (struct certificate){0};
    return 0;
}

static void follow(struct run *r)
{
    struct http_target *t = r->target;
    struct err e;
    if (r->o.redirects >= t->spec->max_redirects) {
        run_fail(r, REASON_REDIRECT, "more than %d redirects", t->spec->max_redirects);
        run_tell(r);
        return;
    }
    if (follow_to(r, &e) < 0) {
        run_fail(r, REASON_REDIRECT, "%s", e.text);
        run_tell(r);
        return;
    }
    if (r->at->tls && !t->spec->insecure && t->authorities == NULL) {
        t->authorities = authorities_get(r->client, t->spec->ca_file, &e);
        if (t->authorities == NULL) {
            run_fail(r, REASON_LOCAL, "%s", e.text);
            run_tell(r);
            return;
        }
    }
    hop_begin(r);
}

/* --- from one transfer to the next ---------------------------------------------------- */

static bool next_address_may_help(const struct run *r, CURLcode rc)
{
    if (r->at->literal || r->try + 1 >= r->n_tries || left_ms(r) <= 0)
        return false;
    bool connected = info_us(r->easy, CURLINFO_PRETRANSFER_TIME_T) > 0;
    return rc == CURLE_COULDNT_CONNECT || (rc == CURLE_OPERATION_TIMEDOUT && !connected);
}

static void try_next_address(struct run *r, CURLcode rc)
{
    fail_describe(r, rc);
    if (r->o.reason != REASON_LOCAL) {
        r->earlier.reason = r->o.reason;
        text_copy(r->earlier.message, sizeof r->earlier.message, r->o.message);
        text_copy(r->earlier.ip, sizeof r->earlier.ip, r->o.ip);
    }
    r->o.reason = REASON_OK;
    r->o.message[0] = '\0';
    r->try++;
    transfer_begin(r);
}

/* A host that refuses at one address is down, also when we have no route to its other one. */
static void fail_at_last_address(struct run *r, CURLcode rc)
{
    fail_describe(r, rc);
    if (r->o.reason != REASON_LOCAL || r->earlier.reason == REASON_OK)
        return;
    r->o.reason = r->earlier.reason;
    text_copy(r->o.message, sizeof r->o.message, r->earlier.message);
    text_copy(r->o.ip, sizeof r->o.ip, r->earlier.ip);
}

void run_on_transfer(struct run *r, CURLcode rc)
{
    note_answer(r);
    add_phases(r, rc);
    curl_multi_remove_handle(r->shard->multi, r->easy);
    if (rc == CURLE_WRITE_ERROR && r->stopped != NULL && r->stopped[0] == '\0')
        rc = CURLE_OK;
    if (next_address_may_help(r, rc)) {
        try_next_address(r, rc);
        return;
    }
    if (rc == CURLE_OK && r->redirecting) {
        follow(r);
        return;
    }
    if (rc != CURLE_OK)
        fail_at_last_address(r, rc);
    else if (!r->head_complete)
        run_fail(r, REASON_TRUNCATED, "connection closed inside the headers");
    run_tell(r);
}

/* --- resolving ------------------------------------------------------------------------ */

static void prefer(struct run *r, const char *ip)
{
    char text[64];
    for (size_t i = 1; i < r->n_tries; i++) {
        if (strcmp(address_text(&r->tries[i], text, sizeof text), ip) != 0)
            continue;
        struct sockaddr_storage first = r->tries[0];
        r->tries[0] = r->tries[i];
        r->tries[i] = first;
    }
}

static void on_resolved(void *arg, const struct addresses *a, bool local, const struct err *e)
{
    struct run *r = arg;
    r->question = NULL;
    add_us(&r->o.phases.resolve_us, loop_mono_us() - r->hop_us);
    if (a == NULL || a->n == 0) {
        run_fail(r, local ? REASON_LOCAL : REASON_RESOLVE, "%s",
                 a == NULL ? e->text : "no address");
        tell_next_turn(r);
        return;
    }
    r->n_tries = a->n < TRIES_MAX ? a->n : TRIES_MAX;
    memcpy(r->tries, a->at, r->n_tries * sizeof *r->tries);
    r->try = 0;
    if (r->target->kept != NULL)
        prefer(r, r->target->kept->ip);
    transfer_begin(r);
}

static bool family_fits(const struct run *r)
{
    enum http_family f = r->target->spec->family;
    bool v6 = strchr(r->at->host, ':') != NULL;
    return f == FAMILY_ANY || (f == FAMILY_IPV6) == v6;
}

/* The resolver gets a little less than is left, so that it is it who says what went wrong. */
static void hop_begin(struct run *r)
{
    r->hop_us = loop_mono_us();
    r->earlier.reason = REASON_OK;
    r->state = RUN_RESOLVING;
    if (!r->at->literal) {
        int64_t left = left_ms(r);
        struct resolve *q = resolver_ask(r->client->resolver, r->at->host, r->target->spec->family,
                                         left > 10 ? left - left / 10 : left, on_resolved, r);
        if (q != NULL)
            r->question = q;
        return;
    }
    add_us(&r->o.phases.resolve_us, 0);
    if (family_fits(r)) {
        transfer_begin(r);
        return;
    }
    run_fail(r, REASON_RESOLVE, "%s is not an %s address", r->at->host,
             r->target->spec->family == FAMILY_IPV6 ? "IPv6" : "IPv4");
    tell_next_turn(r);
}

void run_begin(struct run *r, const struct http_extra *x)
{
    struct http_target *t = r->target;
    r->o = (struct observation){.at_ms = loop_now_ms(), .phases = PHASES_NONE};
    r->start_us = loop_mono_us();
    r->deadline_us = r->start_us + t->timeout_ms * 1000;
    r->easy = t->kept != NULL ? t->kept->easy : r->own;
    r->at = &t->place;
    r->foreign = r->get = false;
    r->body.max = (size_t)(t->spec->max_body > 0 ? t->spec->max_body : 0);
    shape_for_run(r, x);
    hop_begin(r);
}
