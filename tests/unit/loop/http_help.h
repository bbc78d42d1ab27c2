/* http_help.h - a client, a peer that answers each path in its own way, and a stranger. */
#ifndef TESTS_UNIT_LOOP_HTTP_HELP_H
#define TESTS_UNIT_LOOP_HTTP_HELP_H

#include "help.h"

#include "base/buf.h"
#include "base/text.h"
#include "loop/http.h"
#include "peer.h"

/* --- one world for all tests ---------------------------------------------------------- */

static struct loop loop;
static struct resolver *resolver;
static struct http_client *client;
static struct peer peer, stranger;
static int closed_port;
static char to_stranger[256], to_stranger_307[256], to_closed[256];

/* An answer, copied out of the callback. */
struct seen {
    bool done;
    int times;
    struct observation o;
    char body[4096], headers[4096], effective_url[256];
};

#define ok_head "HTTP/1.1 200 OK\r\n"

static struct peer_page pages[] = {
    {"/ok", ok_head "Content-Length: 5\r\nX-Own:  two words \r\n\r\nhello", THEN_CLOSE},
    {"/old", "HTTP/1.0 200 OK\r\n\r\nold body", THEN_CLOSE},
    {"/chunked", ok_head "Transfer-Encoding: chunked\r\n\r\n4\r\nmid-\r\n5\r\nwatch\r\n0\r\n\r\n",
     THEN_CLOSE},
    {"/silent", NULL, THEN_HOLD},
    {"/gone", NULL, THEN_CLOSE},
    {"/reset", NULL, THEN_RESET},
    {"/garbage", "\x01\x02 this is not a web server\r\n\r\n", THEN_CLOSE},
    {"/short", ok_head "Content-Length: 100\r\n\r\nonly this", THEN_CLOSE},
    {"/cut-reset", ok_head "Content-Length: 100\r\n\r\nonly this", THEN_RESET},
    {"/long", ok_head "Content-Length: 4\r\n\r\nmore than four", THEN_CLOSE},
    {"/half-head", ok_head "Content-Len", THEN_CLOSE},
    {"/half-chunk", ok_head "Transfer-Encoding: chunked\r\n\r\n40\r\nnot all", THEN_CLOSE},
    {"/bad-chunk", ok_head "Transfer-Encoding: chunked\r\n\r\nzz\r\nnot all", THEN_CLOSE},
    {"/bad-length", ok_head "Content-Length: -7\r\n\r\n", THEN_CLOSE},
    {"/stalled-body", ok_head "Content-Length: 100\r\n\r\nonly this", THEN_HOLD},
    {"/stalled-head", ok_head "X-And: ", THEN_HOLD},
    {"/drip", ok_head "\r\n", THEN_DRIP},
    {"/drip-head", "HTTP/1.1 200 OK\r\nX-Drip: ", THEN_DRIP},
    {"/endless-head", ok_head, THEN_HEADERS},
    {"/endless-line", "HTTP/1.1 200 OK\r\nX-Endless: ", THEN_BODY},
    {"/endless-body", ok_head "\r\n", THEN_BODY},
    {"/many-hints",
     "HTTP/1.1 103 Early Hints\r\nX-Hint: 1\r\n\r\n" ok_head
     "X-Real: 1\r\nContent-Length: 2\r\n\r\nok",
     THEN_CLOSE},
    {"/not-gzip", ok_head "Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
     THEN_CLOSE},
    {"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE},
    {"/to-ok", "HTTP/1.1 302 Found\r\nLocation: ok\r\nContent-Length: 4\r\n\r\ngone", THEN_CLOSE},
    {"/to-ok-303", "HTTP/1.1 303 See\r\nLocation: /ok?x=1#part\r\nContent-Length: 0\r\n\r\n",
     THEN_CLOSE},
    {"/to-ok-307", "HTTP/1.1 307 Keep\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE},
    {"/to-endless", "HTTP/1.1 301 Moved\r\nLocation: /ok\r\n\r\n", THEN_BODY},
    {"/to-self", "HTTP/1.1 302 Found\r\nLocation: /to-self\r\nContent-Length: 0\r\n\r\n",
     THEN_CLOSE},
    {"/to-file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
     THEN_CLOSE},
    {"/to-nowhere", "HTTP/1.1 302 Found\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n",
     THEN_CLOSE},
    {"/slow-to-silent", "HTTP/1.1 302 Found\r\nLocation: /silent\r\nContent-Length: 0\r\n\r\n",
     THEN_CLOSE},
    {"/no-location", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE},
    {"/to-stranger", to_stranger, THEN_CLOSE},
    {"/to-stranger-307", to_stranger_307, THEN_CLOSE},
    {"/to-closed", to_closed, THEN_CLOSE},
    {NULL, NULL, THEN_CLOSE},
};

static inline int set_up(void **state)
{
    (void)state;
    struct err e;
    must_init(&loop);
    resolver = resolver_new(&loop, &e);
    client = http_client_new(&loop, resolver, 50, &e);
    assert_non_null(client);
    close(listen_somewhere(&closed_port));
    peer_start(&stranger, pages);
    snprintf(to_stranger, sizeof to_stranger,
             "HTTP/1.1 302 Found\r\nLocation: http://eve:pw@127.0.0.1:%d/ok\r\nContent-Length: "
             "0\r\n\r\n",
             stranger.port);
    snprintf(to_stranger_307, sizeof to_stranger_307,
             "HTTP/1.1 307 Keep\r\nLocation: http://127.0.0.1:%d/ok\r\nContent-Length: 0\r\n\r\n",
             stranger.port);
    snprintf(to_closed, sizeof to_closed,
             "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n",
             closed_port);
    peer_start(&peer, pages);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    http_client_close(client);
    resolver_close(resolver);
    loop_done(&loop);
    peer_stop(&peer);
    peer_stop(&stranger);
    return 0;
}

/* --- fetching ------------------------------------------------------------------------- */

static inline void on_done(void *arg, const struct observation *o)
{
    struct seen *s = arg;
    struct buf headers;
    s->done = true;
    s->times++;
    s->o = *o;
    snprintf(s->body, sizeof s->body, "%.*s", (int)(o->body_len < 4000 ? o->body_len : 4000),
             o->body);
    text_copy(s->effective_url, sizeof s->effective_url, o->effective_url ? o->effective_url : "");
    buf_init(&headers, sizeof s->headers - 1);
    for (size_t i = 0; i < o->n_headers; i++)
        buf_printf(&headers, "%s=%s\n", o->headers[i].name, o->headers[i].value);
    text_copy(s->headers, sizeof s->headers, buf_text(&headers));
    buf_done(&headers);
}

static inline const char *url_of(const char *host, int port, const char *path)
{
    static char url[256];
    snprintf(url, sizeof url, "http://%s:%d%s", host, port, path);
    return url;
}

static inline struct http_spec spec_of(const char *url)
{
    return (struct http_spec){
        .url = url, .shown_url = url, .method = "GET", .max_redirects = 10, .max_body = 1 << 20};
}

static inline void run_to_end(struct http_target *t, const struct http_extra *x, struct seen *s)
{
    *s = (struct seen){0};
    http_target_run(t, x, on_done, s);
    assert_false(s->done); /* never from inside */
    assert_true(turn_until(&loop, &s->done, 20000));
    assert_int_equal(s->times, 1);
    assert_int_equal(http_client_running(client), 0);
}

static inline struct seen fetch_for(const struct http_spec *spec, int64_t timeout_ms)
{
    struct err e;
    struct seen s;
    struct http_target *t = http_target_new(client, spec, timeout_ms, "midwatch/test", &e);
    assert_non_null(t);
    run_to_end(t, NULL, &s);
    http_target_free(t);
    return s;
}

static inline struct seen fetch(const char *path, int64_t timeout_ms)
{
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, path));
    return fetch_for(&spec, timeout_ms);
}

static inline bool asked(struct peer *p, const char *text)
{
    pthread_mutex_lock(&p->lock);
    bool found = strstr(p->request, text) != NULL;
    pthread_mutex_unlock(&p->lock);
    return found;
}

#endif
