/* test_http_fail.c - the HTTP client against peers that misbehave, and against our own troubles. */
#include "http_help.h"

#include <sys/resource.h>

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

static void timeout__over_redirects__is_one_for_all_hops(void **state)
{
    (void)state;
    struct seen s = fetch("/slow-to-silent", 400);
    assert_int_equal(s.o.reason, REASON_TIMEOUT);
    assert_int_equal(s.o.redirects, 1);
    assert_in_range(s.o.phases.total_us, 380000, 560000);
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

/* --- name servers ----------------------------------------------------------------------- */

/* Makes the resolver ask a socket of ours. */
static int name_server(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    struct err e;
    char server[32];
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
    getsockname(fd, (struct sockaddr *)&a, &size);
    snprintf(server, sizeof server, "127.0.0.1:%d", ntohs(a.sin_port));
    assert_int_equal(resolver_set_servers(resolver, server, &e), 0);
    return fd;
}

/* Every question waiting is answered with the same two addresses. */
static void answer_questions(int fd, const unsigned char two[8])
{
    unsigned char q[600];
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    ssize_t n = recvfrom(fd, q, 500, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
    if (n < 17)
        return;
    size_t end = 12;
    while (end < (size_t)n && q[end] != 0)
        end += q[end] + 1u;
    end += 5;
    q[2] = 0x81, q[3] = 0x80;
    q[7] = 2;
    memset(q + 8, 0, 4);
    for (int i = 0; i < 2; i++) {
        static const unsigned char head[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4};
        memcpy(q + end, head, sizeof head);
        memcpy(q + end + sizeof head, two + 4 * i, 4);
        end += sizeof head + 4;
    }
    sendto(fd, q, end, 0, (struct sockaddr *)&from, size);
}

static void addresses__one_refuses_and_one_has_no_route__the_host_is_at_fault(void **state)
{
    (void)state;
    /* Nobody connects to a multicast address: "network is unreachable". */
    static const unsigned char orders[2][8] = {{127, 0, 0, 1, 224, 0, 0, 1},
                                               {224, 0, 0, 1, 127, 0, 0, 1}};
    for (int i = 0; i < 2; i++) {
        int fd = name_server();
        struct http_spec spec =
            spec_of(url_of(i == 0 ? "a.example" : "b.example", closed_port, "/"));
        struct seen s = {0};
        struct err e;
        spec.family = FAMILY_IPV4;
        struct http_target *t = http_target_new(client, &spec, 3000, "a", &e);
        http_target_run(t, NULL, on_done, &s);
        for (int n = 0; n < 300 && !s.done; n++) {
            turn_until(&loop, &s.done, 10);
            answer_questions(fd, orders[i]);
        }
        http_target_free(t);
        close(fd);
        assert_string_equal(s.o.message, "connection refused");
        assert_int_equal(s.o.reason, REASON_CONNECT);
        assert_string_equal(s.o.ip, "127.0.0.1");
    }
}

static void connect__no_route_at_all__is_our_own_trouble(void **state)
{
    (void)state;
    struct http_spec spec = spec_of("http://224.0.0.1:9/");
    struct seen s = fetch_for(&spec, 3000);
    assert_int_equal(s.o.reason, REASON_LOCAL);
    assert_string_equal(s.o.message, "network is unreachable");
}

static void resolver__dead__is_our_trouble_and_the_loop_goes_on(void **state)
{
    (void)state;
    enum { N = 50 };
    static struct seen seen[N];
    static char urls[N][64];
    struct http_spec specs[N];
    struct http_target *t[N];
    struct err e;
    int fd = name_server(); /* bound, never answers */
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
        cmocka_unit_test(peer__misbehaving__gets_the_right_reason_and_a_plain_fact),
        cmocka_unit_test(connect__refused__says_so_with_the_address),
        cmocka_unit_test(timeout__silent_peer__ends_on_time_with_the_wait_told),
        cmocka_unit_test(timeout__over_redirects__is_one_for_all_hops),
        cmocka_unit_test(connect__no_descriptors__is_our_own_trouble),
        cmocka_unit_test(family__of_a_literal__must_fit),
        cmocka_unit_test(target__bad_address__is_refused),
        cmocka_unit_test(body__longer_than_the_cap__is_kept_in_part_and_counted_in_full),
        cmocka_unit_test(body__endless__ends_at_the_hard_limit),
        cmocka_unit_test(addresses__one_refuses_and_one_has_no_route__the_host_is_at_fault),
        cmocka_unit_test(connect__no_route_at_all__is_our_own_trouble),
        cmocka_unit_test(resolver__dead__is_our_trouble_and_the_loop_goes_on),
    };
    return cmocka_run_group_tests_name("loop/http_fail", tests, set_up, tear_down);
}
