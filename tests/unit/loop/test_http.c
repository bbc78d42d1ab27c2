/* test_http.c - the HTTP client against peers that misbehave, each in its own way. */
#include "help.h"

#include <sys/resource.h>

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
    {"/no-location", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE},
    {"/to-stranger", to_stranger, THEN_CLOSE},
    {"/to-stranger-307", to_stranger_307, THEN_CLOSE},
    {"/to-closed", to_closed, THEN_CLOSE},
    {NULL, NULL, THEN_CLOSE},
};

static int set_up(void **state)
{
    (void)state;
    struct err e;
    must_init(&loop);
    resolver = resolver_new(&loop, &e);
    client = http_client_new(&loop, resolver, 300, &e);
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

static int tear_down(void **state)
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

static void on_done(void *arg, const struct observation *o)
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

static const char *url_of(const char *host, int port, const char *path)
{
    static char url[256];
    snprintf(url, sizeof url, "http://%s:%d%s", host, port, path);
    return url;
}

static struct http_spec spec_of(const char *url)
{
    return (struct http_spec){
        .url = url, .shown_url = url, .method = "GET", .max_redirects = 10, .max_body = 1 << 20};
}

static void run_to_end(struct http_target *t, const struct http_extra *x, struct seen *s)
{
    *s = (struct seen){0};
    http_target_run(t, x, on_done, s);
    assert_false(s->done); /* never from inside */
    assert_true(turn_until(&loop, &s->done, 20000));
    assert_int_equal(s->times, 1);
    assert_int_equal(http_client_running(client), 0);
}

static struct seen fetch_for(const struct http_spec *spec, int64_t timeout_ms)
{
    struct err e;
    struct seen s;
    struct http_target *t = http_target_new(client, spec, timeout_ms, "midwatch/test", &e);
    assert_non_null(t);
    run_to_end(t, NULL, &s);
    http_target_free(t);
    return s;
}

static struct seen fetch(const char *path, int64_t timeout_ms)
{
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, path));
    return fetch_for(&spec, timeout_ms);
}

static bool asked(struct peer *p, const char *text)
{
    pthread_mutex_lock(&p->lock);
    bool found = strstr(p->request, text) != NULL;
    pthread_mutex_unlock(&p->lock);
    return found;
}

/* --- what goes well ------------------------------------------------------------------- */

static void answer__plain__is_observed_in_full(void **state)
{
    (void)state;
    int64_t before_ms = loop_now_ms();
    struct seen s = fetch("/ok", 5000);
    assert_int_equal(s.o.reason, REASON_OK);
    assert_string_equal(s.o.message, "");
    assert_int_equal(s.o.status, 200);
    assert_string_equal(s.body, "hello");
    assert_int_equal(s.o.size, 5);
    assert_false(s.o.body_capped);
    assert_string_equal(s.o.ip, "127.0.0.1");
    assert_string_equal(s.o.http_version, "1.1");
    assert_string_equal(s.headers, "content-length=5\nx-own=two words\n");
    assert_null(s.o.effective_url);
    assert_false(s.o.cert.present);
    assert_true(s.o.at_ms >= before_ms && s.o.at_ms <= loop_now_ms());
    assert_true(asked(&peer, "User-Agent: midwatch/test\r\n"));
    const struct phases *p = &s.o.phases;
    assert_int_equal(p->resolve_us, 0);
    assert_true(p->connect_us >= 0 && p->wait_us >= 0 && p->transfer_us >= 0);
    assert_int_equal(p->tls_us, -1);
    assert_true(p->connect_us + p->wait_us + p->transfer_us <= p->total_us);
}

static void answer__other_framings__are_read(void **state)
{
    (void)state;
    static const struct {
        const char *path, *version, *body;
    } cases[] = {
        {"/old", "1.0", "old body"}, {"/chunked", "1.1", "mid-watch"}, {"/long", "1.1", "more"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen s = fetch(cases[i].path, 5000);
        assert_int_equal(s.o.reason, REASON_OK);
        assert_string_equal(s.o.http_version, cases[i].version);
        assert_string_equal(s.body, cases[i].body);
    }
}

static void answer__early_hints_first__only_the_real_headers_count(void **state)
{
    (void)state;
    struct seen s = fetch("/many-hints", 5000);
    assert_int_equal(s.o.status, 200);
    assert_string_equal(s.headers, "x-real=1\ncontent-length=2\n");
}

static void answer__not_found__is_no_failure_of_the_transfer(void **state)
{
    (void)state;
    struct seen s = fetch("/missing", 5000);
    assert_int_equal(s.o.reason, REASON_OK);
    assert_int_equal(s.o.status, 404);
}

static void target__run_again_and_again__answers_each_time(void **state)
{
    (void)state;
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
    struct err e;
    struct seen s;
    struct http_target *t = http_target_new(client, &spec, 5000, "a", &e);
    for (int i = 0; i < 20; i++) {
        run_to_end(t, NULL, &s);
        assert_string_equal(s.body, "hello");
    }
    http_target_free(t);
}

static void name__of_this_machine__is_resolved_and_the_working_address_used(void **state)
{
    (void)state;
    struct http_spec spec = spec_of(url_of("some.localhost", peer.port, "/ok"));
    struct seen s = fetch_for(&spec, 5000); /* ::1, where nobody listens, may come first */
    assert_int_equal(s.o.reason, REASON_OK);
    assert_string_equal(s.o.ip, "127.0.0.1");
    assert_true(s.o.phases.resolve_us >= 0);
    char host[64];
    snprintf(host, sizeof host, "Host: some.localhost:%d\r\n", peer.port);
    assert_true(asked(&peer, host));
}

/* --- what the request says ------------------------------------------------------------ */

static void request__method_headers_and_body__are_sent(void **state)
{
    (void)state;
    struct http_header headers[] = {
        {"X-Key", {"k1", 2}}, {"X-Empty", {"", 0}}, {"X-Bad", {"a\r\nX-Evil: 1", 12}}};
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
    spec.method = "PUT";
    spec.headers = headers;
    spec.n_headers = 3;
    spec.body = (struct secret){"payload", 7};
    spec.bearer = (struct secret){"token", 5};
    assert_int_equal(fetch_for(&spec, 5000).o.reason, REASON_OK);
    assert_true(asked(&peer, "PUT /ok HTTP/1.1\r\n"));
    assert_true(asked(&peer, "X-Key: k1\r\n"));
    assert_true(asked(&peer, "X-Empty:\r\n"));
    assert_true(asked(&peer, "X-Bad: a  X-Evil: 1\r\n"));
    assert_true(asked(&peer, "Authorization: Bearer token\r\n"));
    assert_true(asked(&peer, "\r\n\r\npayload"));
    assert_false(asked(&peer, "Expect:"));
    assert_false(asked(&peer, "Content-Type:"));
}

static void request__methods__keep_their_framing(void **state)
{
    (void)state;
    static const struct {
        const char *method, *line;
        bool length;
    } cases[] = {{"HEAD", "HEAD /ok ", false},       {"GET", "GET /ok ", false},
                 {"OPTIONS", "OPTIONS /ok ", false}, {"POST", "POST /ok ", true},
                 {"DELETE", "DELETE /ok ", false},   {"GET", "GET /ok ", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
        spec.method = cases[i].method;
        assert_int_equal(fetch_for(&spec, 5000).o.reason, REASON_OK);
        assert_true(asked(&peer, cases[i].line));
        assert_int_equal(asked(&peer, "Content-Length: 0\r\n"), cases[i].length);
    }
}

static void request__credentials_of_url_or_spec__become_basic_auth(void **state)
{
    (void)state;
    char url[128];
    snprintf(url, sizeof url, "http://an%%61:p%%3Aw@127.0.0.1:%d/ok", peer.port);
    struct http_spec spec = spec_of(url);
    fetch_for(&spec, 5000);
    assert_true(asked(&peer, "Authorization: Basic YW5hOnA6dw==\r\n"));
    spec.user = "bo";
    spec.password = (struct secret){"x", 1};
    fetch_for(&spec, 5000);
    assert_true(asked(&peer, "Authorization: Basic Ym86eA==\r\n"));
}

static void request__extra_for_one_run__is_gone_in_the_next(void **state)
{
    (void)state;
    struct http_header own[] = {{"X-Own", {"1", 1}}};
    struct header more[] = {{"Content-Type", "application/json"}, {"webhook-id", "d1"}};
    struct http_extra extra = {"{\"a\":1}", 7, more, 2};
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
    struct err e;
    struct seen s;
    spec.method = "POST";
    spec.headers = own;
    spec.n_headers = 1;
    struct http_target *t = http_target_new(client, &spec, 5000, "a", &e);
    run_to_end(t, &extra, &s);
    assert_true(asked(&peer, "X-Own: 1\r\n") && asked(&peer, "webhook-id: d1\r\n"));
    assert_true(asked(&peer, "Content-Type: application/json\r\n") &&
                asked(&peer, "\r\n\r\n{\"a\":1}"));
    run_to_end(t, NULL, &s);
    assert_false(asked(&peer, "webhook-id"));
    assert_true(asked(&peer, "Content-Length: 0\r\n"));
    http_target_free(t);
}

/* --- what goes wrong ------------------------------------------------------------------ */

static void peer__misbehaving__gets_the_right_reason_and_a_plain_fact(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum reason reason;
        const char *message;
    } cases[] = {
        {"/gone", REASON_PROTOCOL, "connection closed without an answer"},
        {"/reset", REASON_PROTOCOL, "connection reset by peer before an answer"},
        {"/garbage", REASON_PROTOCOL, "the answer is not HTTP"},
        {"/short", REASON_TRUNCATED, "connection closed after 9 of 100 bytes"},
        {"/cut-reset", REASON_TRUNCATED, "connection reset by peer after 9 bytes of the body"},
        {"/half-head", REASON_TRUNCATED, "connection closed inside the headers"},
        {"/half-chunk", REASON_TRUNCATED,
         "connection closed before the end of the body (7 bytes received)"},
        {"/bad-chunk", REASON_TRUNCATED, NULL},
        {"/bad-length", REASON_PROTOCOL, NULL},
        {"/silent", REASON_TIMEOUT, "no answer within 300ms (connected after "},
        {"/stalled-head", REASON_TIMEOUT, "headers not complete within 300ms"},
        {"/drip-head", REASON_TIMEOUT, "headers not complete within 300ms"},
        {"/stalled-body", REASON_TIMEOUT,
         "answer not complete within 300ms (9B of the body received)"},
        {"/drip", REASON_TIMEOUT, "answer not complete within 300ms ("},
        {"/endless-head", REASON_PROTOCOL, "more than 200 header lines"},
        {"/endless-line", REASON_PROTOCOL, "a header line longer than 100 kB"},
        {"/to-self", REASON_REDIRECT, "more than 10 redirects"},
        {"/to-file", REASON_REDIRECT,
         "redirect (302) to a bad address: not an http or https address"},
        {"/to-nowhere", REASON_REDIRECT, "redirect (302) to a bad address: "},
        {"/to-closed", REASON_CONNECT, "connection refused"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen s = fetch(cases[i].path, cases[i].reason == REASON_TIMEOUT ? 300 : 5000);
        if (s.o.reason != cases[i].reason ||
            (cases[i].message != NULL && !text_starts(s.o.message, cases[i].message)))
            fail_msg("%s: reason %d, \"%s\"", cases[i].path, (int)s.o.reason, s.o.message);
        assert_true(s.o.message[0] != '\0');
    }
}

static void connect__refused__says_so_with_the_address(void **state)
{
    (void)state;
    struct http_spec spec = spec_of(url_of("127.0.0.1", closed_port, "/"));
    struct seen s = fetch_for(&spec, 5000);
    assert_int_equal(s.o.reason, REASON_CONNECT);
    assert_string_equal(s.o.message, "connection refused");
    assert_string_equal(s.o.ip, "127.0.0.1");
    assert_int_equal(s.o.status, 0);
    assert_true(s.o.phases.connect_us >= 0 && s.o.phases.wait_us == -1);
}

static void timeout__silent_peer__ends_on_time_with_the_wait_told(void **state)
{
    (void)state;
    struct seen s = fetch("/silent", 250);
    assert_in_range(s.o.phases.total_us, 240000, 900000);
    assert_true(s.o.phases.wait_us > 200000 && s.o.phases.transfer_us == -1);
}

static void connect__no_descriptors__is_our_own_trouble(void **state)
{
    (void)state;
    struct rlimit was, none = {0, 0};
    getrlimit(RLIMIT_NOFILE, &was);
    none.rlim_max = was.rlim_max;
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
    struct seen s = {0};
    struct err e;
    struct http_target *t = http_target_new(client, &spec, 2000, "a", &e);
    setrlimit(RLIMIT_NOFILE, &none);
    http_target_run(t, NULL, on_done, &s);
    bool ended = turn_until(&loop, &s.done, 5000);
    setrlimit(RLIMIT_NOFILE, &was);
    http_target_free(t);
    assert_true(ended);
    assert_int_equal(s.o.reason, REASON_LOCAL);
    assert_string_equal(s.o.message, "too many open files");
}

static void family__of_a_literal__must_fit(void **state)
{
    (void)state;
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
    spec.family = FAMILY_IPV6;
    struct seen s = fetch_for(&spec, 2000);
    assert_int_equal(s.o.reason, REASON_RESOLVE);
    assert_string_equal(s.o.message, "127.0.0.1 is not an IPv6 address");
}

static void target__bad_address__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",  "ftp://x/", "http://", "http://x:0/", "http://x:99999/",
                                      "no"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {""};
        struct http_spec spec = spec_of(bad[i]);
        assert_null(http_target_new(client, &spec, 1000, "a", &e));
        assert_true(e.text[0] != '\0');
    }
}

/* --- limits --------------------------------------------------------------------------- */

static void body__longer_than_the_cap__is_kept_in_part_and_counted_in_full(void **state)
{
    (void)state;
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
    spec.max_body = 3;
    struct seen s = fetch_for(&spec, 5000);
    assert_string_equal(s.body, "hel");
    assert_int_equal(s.o.size, 5);
    assert_true(s.o.body_capped);
    assert_int_equal(s.o.reason, REASON_OK);
}

static void body__endless__ends_at_the_hard_limit(void **state)
{
    (void)state;
    struct seen s = fetch("/endless-body", 20000);
    assert_int_equal(s.o.reason, REASON_OK);
    assert_true(s.o.body_capped);
    assert_int_equal(s.o.body_len, 1 << 20);
    assert_in_range(s.o.size, 64 << 20, (64 << 20) + 100000);
}

/* --- redirects ------------------------------------------------------------------------ */

static void redirect__to_the_same_host__is_followed(void **state)
{
    (void)state;
    struct seen s = fetch("/to-ok", 5000);
    assert_int_equal(s.o.reason, REASON_OK);
    assert_int_equal(s.o.status, 200);
    assert_int_equal(s.o.redirects, 1);
    assert_string_equal(s.body, "hello");
    assert_string_equal(s.effective_url, url_of("127.0.0.1", peer.port, "/ok"));
    s = fetch("/to-endless", 5000);
    assert_string_equal(s.body, "hello");
    s = fetch("/to-ok-303", 5000);
    assert_string_equal(s.effective_url, url_of("127.0.0.1", peer.port, "/ok?x=1"));
}

static void redirect__not_wanted_or_without_location__is_the_answer(void **state)
{
    (void)state;
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/to-ok"));
    spec.max_redirects = 0;
    struct seen s = fetch_for(&spec, 5000);
    assert_int_equal(s.o.status, 302);
    assert_string_equal(s.body, "gone");
    s = fetch("/no-location", 5000);
    assert_int_equal(s.o.reason, REASON_OK);
    assert_int_equal(s.o.status, 302);
}

static void redirect__of_a_post__follows_the_rules_of_each_status(void **state)
{
    (void)state;
    static const struct {
        const char *path, *method, *expected;
        bool body;
    } cases[] = {
        {"/to-ok", "POST", "GET /ok ", false},
        {"/to-ok-303", "POST", "GET /ok?x=1 ", false},
        {"/to-ok-307", "POST", "POST /ok ", true},
        {"/to-ok", "PUT", "PUT /ok ", true},
        {"/to-ok-303", "PUT", "GET /ok?x=1 ", false},
        {"/to-ok-303", "HEAD", "HEAD /ok?x=1 ", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, cases[i].path));
        spec.method = cases[i].method;
        spec.body = (struct secret){"payload", 7};
        assert_int_equal(fetch_for(&spec, 5000).o.status, 200);
        assert_true(asked(&peer, cases[i].expected));
        assert_int_equal(asked(&peer, "payload"), cases[i].body);
    }
}

static void redirect__to_a_stranger__takes_no_secret_along(void **state)
{
    (void)state;
    struct http_header headers[] = {{"X-Api-Key", {"secret-key", 10}},
                                    {"Accept", {"text/html", 9}},
                                    {"Cookie", {"secret-id", 9}}};
    char url[128];
    snprintf(url, sizeof url, "http://ana:secret-pw@127.0.0.1:%d/to-stranger", peer.port);
    struct http_spec spec = spec_of(url);
    spec.headers = headers;
    spec.n_headers = 3;
    struct seen s = fetch_for(&spec, 5000);
    assert_int_equal(s.o.status, 200);
    assert_true(asked(&peer, "Authorization: Basic") && asked(&peer, "X-Api-Key: secret-key"));
    assert_true(asked(&stranger, "Accept: text/html\r\n"));
    assert_false(asked(&stranger, "Authorization") || asked(&stranger, "secret"));
    spec.user = NULL;
    spec.bearer = (struct secret){"secret-token", 12};
    fetch_for(&spec, 5000);
    assert_false(asked(&stranger, "Authorization") || asked(&stranger, "secret"));
}

static void redirect__to_a_stranger_with_body__keeps_body_drops_extra_headers(void **state)
{
    (void)state;
    struct header more[] = {{"webhook-signature", "secret"}};
    struct http_extra extra = {"payload", 7, more, 1};
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/to-stranger-307"));
    struct err e;
    struct seen s;
    spec.method = "POST";
    struct http_target *t = http_target_new(client, &spec, 5000, "a", &e);
    run_to_end(t, &extra, &s);
    assert_true(asked(&stranger, "\r\n\r\npayload"));
    assert_false(asked(&stranger, "webhook-signature"));
    http_target_free(t);
}

/* --- life ----------------------------------------------------------------------------- */

static void cancel__at_any_point__is_silent_and_leaves_the_target_usable(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "some.localhost", "nobody.invalid"};
    for (size_t i = 0; i < 3; i++)
        for (int turns = 0; turns < 6; turns++) {
            struct http_spec spec = spec_of(url_of(hosts[i], peer.port, "/silent"));
            struct seen s = {0};
            struct err e;
            struct http_target *t = http_target_new(client, &spec, 5000, "a", &e);
            http_target_run(t, NULL, on_done, &s);
            for (int n = 0; n < turns; n++)
                uv_run(&loop.uv, UV_RUN_NOWAIT);
            bool free_it = turns % 2 == 0;
            if (free_it)
                http_target_free(t);
            else
                http_target_cancel(t);
            assert_int_equal(http_client_running(client), 0);
            for (int n = 0; n < 5; n++)
                uv_run(&loop.uv, UV_RUN_NOWAIT);
            assert_true(s.times == 0 || i == 2);
            if (!free_it)
                http_target_free(t);
        }
}

struct again {
    struct http_target *t;
    int left;
    bool done, free_at_end;
};

static void on_again(void *arg, const struct observation *o)
{
    struct again *a = arg;
    assert_string_equal(o->body, "hello");
    if (--a->left > 0) {
        http_target_run(a->t, NULL, on_again, a);
        assert_string_equal(o->body, "hello");
        return;
    }
    http_target_free(a->t);
    assert_string_equal(o->body, "hello");
    a->done = true;
}

static void callback__may_run_the_target_again_or_free_it(void **state)
{
    (void)state;
    for (int reuse = 0; reuse < 2; reuse++) {
        struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/ok"));
        struct err e;
        spec.reuse = reuse == 1;
        struct again a = {.left = 5};
        a.t = http_target_new(client, &spec, 5000, "a", &e);
        http_target_run(a.t, NULL, on_again, &a);
        assert_true(turn_until(&loop, &a.done, 5000));
    }
}

static void many__at_once__all_end_once(void **state)
{
    (void)state;
    enum { N = 150 };
    static struct seen seen[N];
    struct http_target *t[N];
    struct err e;
    struct http_spec spec = spec_of(url_of("127.0.0.1", peer.port, "/chunked"));
    for (int i = 0; i < N; i++) {
        seen[i] = (struct seen){0};
        t[i] = http_target_new(client, &spec, 10000, "a", &e);
        http_target_run(t[i], NULL, on_done, &seen[i]);
    }
    assert_int_equal(http_client_running(client), N);
    for (int i = 0; i < N; i++) {
        assert_true(turn_until(&loop, &seen[i].done, 10000));
        assert_int_equal(seen[i].o.reason, REASON_OK);
        assert_string_equal(seen[i].body, "mid-watch");
        http_target_free(t[i]);
    }
}

/* --- a dead resolver ------------------------------------------------------------------ */

static void resolver__dead__is_our_trouble_and_the_loop_goes_on(void **state)
{
    (void)state;
    enum { N = 50 };
    static struct seen seen[N];
    static char urls[N][64];
    struct http_spec specs[N];
    struct http_target *t[N];
    struct err e;
    int port;
    int fd = socket(AF_INET, SOCK_DGRAM, 0); /* bound, never answers */
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
    getsockname(fd, (struct sockaddr *)&a, &size);
    port = ntohs(a.sin_port);
    char server[32];
    snprintf(server, sizeof server, "127.0.0.1:%d", port);
    assert_int_equal(resolver_set_servers(resolver, server, &e), 0);
    loop_take_late_max_us(&loop);
    for (int i = 0; i < N; i++) {
        snprintf(urls[i], sizeof urls[i], "http://host-%d.example:81/", i);
        specs[i] = spec_of(urls[i]);
        seen[i] = (struct seen){0};
        t[i] = http_target_new(client, &specs[i], 800, "a", &e);
        http_target_run(t[i], NULL, on_done, &seen[i]);
    }
    for (int i = 0; i < N; i++) {
        assert_true(turn_until(&loop, &seen[i].done, 5000));
        assert_int_equal(seen[i].o.reason, REASON_LOCAL);
        assert_true(seen[i].o.phases.total_us < 1500000);
        http_target_free(t[i]);
    }
    close(fd);
    assert_true(loop_take_late_max_us(&loop) < 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer__plain__is_observed_in_full),
        cmocka_unit_test(answer__other_framings__are_read),
        cmocka_unit_test(answer__early_hints_first__only_the_real_headers_count),
        cmocka_unit_test(answer__not_found__is_no_failure_of_the_transfer),
        cmocka_unit_test(target__run_again_and_again__answers_each_time),
        cmocka_unit_test(name__of_this_machine__is_resolved_and_the_working_address_used),
        cmocka_unit_test(request__method_headers_and_body__are_sent),
        cmocka_unit_test(request__methods__keep_their_framing),
        cmocka_unit_test(request__credentials_of_url_or_spec__become_basic_auth),
        cmocka_unit_test(request__extra_for_one_run__is_gone_in_the_next),
        cmocka_unit_test(peer__misbehaving__gets_the_right_reason_and_a_plain_fact),
        cmocka_unit_test(connect__refused__says_so_with_the_address),
        cmocka_unit_test(timeout__silent_peer__ends_on_time_with_the_wait_told),
        cmocka_unit_test(connect__no_descriptors__is_our_own_trouble),
        cmocka_unit_test(family__of_a_literal__must_fit),
        cmocka_unit_test(target__bad_address__is_refused),
        cmocka_unit_test(body__longer_than_the_cap__is_kept_in_part_and_counted_in_full),
        cmocka_unit_test(body__endless__ends_at_the_hard_limit),
        cmocka_unit_test(redirect__to_the_same_host__is_followed),
        cmocka_unit_test(redirect__not_wanted_or_without_location__is_the_answer),
        cmocka_unit_test(redirect__of_a_post__follows_the_rules_of_each_status),
        cmocka_unit_test(redirect__to_a_stranger__takes_no_secret_along),
        cmocka_unit_test(redirect__to_a_stranger_with_body__keeps_body_drops_extra_headers),
        cmocka_unit_test(cancel__at_any_point__is_silent_and_leaves_the_target_usable),
        cmocka_unit_test(callback__may_run_the_target_again_or_free_it),
        cmocka_unit_test(many__at_once__all_end_once),
        cmocka_unit_test(resolver__dead__is_our_trouble_and_the_loop_goes_on),
    };
    return cmocka_run_group_tests_name("loop/http", tests, set_up, tear_down);
}
