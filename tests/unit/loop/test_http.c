/* test_http.c - the HTTP client: answers, requests, redirects, and the life of a run. */
#include "http_help.h"

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

/* Whatever is asked there, the peer answers with 204. */
static void serve_v6(int fd, struct seen *s)
{
    static const char answer[] = "HTTP/1.1 204 None\r\n\r\n";
    bool arrived = false;
    while (!arrived && !s->done) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        uv_run(&loop.uv, UV_RUN_NOWAIT);
        arrived = poll(&p, 1, 10) > 0;
    }
    assert_true(arrived);
    int c = accept(fd, NULL, NULL);
    assert_true(peer_send(c, answer, sizeof answer - 1));
    close(c);
    assert_true(turn_until(&loop, &s->done, 5000));
}

static void family__v6__is_spoken_by_name_by_address_and_as_second_choice(void **state)
{
    (void)state;
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) < 0) {
        close(fd);
        skip();
    }
    listen(fd, 8);
    getsockname(fd, (struct sockaddr *)&a, &size);
    /* The last one tries 127.0.0.1 as well, where nobody listens. */
    static const struct {
        const char *host;
        enum http_family family;
    } cases[] = {
        {"[::1]", FAMILY_IPV6}, {"some.localhost", FAMILY_IPV6}, {"some.localhost", FAMILY_ANY}};
    for (int i = 0; i < 3; i++) {
        struct http_spec spec = spec_of(url_of(cases[i].host, ntohs(a.sin6_port), "/"));
        struct seen s = {0};
        struct err e;
        spec.family = cases[i].family;
        struct http_target *t = http_target_new(client, &spec, 5000, "a", &e);
        http_target_run(t, NULL, on_done, &s);
        serve_v6(fd, &s);
        assert_int_equal(s.o.status, 204);
        assert_string_equal(s.o.ip, "::1");
        http_target_free(t);
    }
    close(fd);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer__plain__is_observed_in_full),
        cmocka_unit_test(answer__other_framings__are_read),
        cmocka_unit_test(answer__early_hints_first__only_the_real_headers_count),
        cmocka_unit_test(answer__not_found__is_no_failure_of_the_transfer),
        cmocka_unit_test(target__run_again_and_again__answers_each_time),
        cmocka_unit_test(name__of_this_machine__is_resolved_and_the_working_address_used),
        cmocka_unit_test(family__v6__is_spoken_by_name_by_address_and_as_second_choice),
        cmocka_unit_test(request__method_headers_and_body__are_sent),
        cmocka_unit_test(request__methods__keep_their_framing),
        cmocka_unit_test(request__credentials_of_url_or_spec__become_basic_auth),
        cmocka_unit_test(request__extra_for_one_run__is_gone_in_the_next),
        cmocka_unit_test(redirect__to_the_same_host__is_followed),
        cmocka_unit_test(redirect__not_wanted_or_without_location__is_the_answer),
        cmocka_unit_test(redirect__of_a_post__follows_the_rules_of_each_status),
        cmocka_unit_test(redirect__to_a_stranger__takes_no_secret_along),
        cmocka_unit_test(redirect__to_a_stranger_with_body__keeps_body_drops_extra_headers),
        cmocka_unit_test(cancel__at_any_point__is_silent_and_leaves_the_target_usable),
        cmocka_unit_test(callback__may_run_the_target_again_or_free_it),
        cmocka_unit_test(many__at_once__all_end_once),
    };
    return cmocka_run_group_tests_name("loop/http", tests, set_up, tear_down);
}
