/* What the request parser takes, and what it refuses with which status; whole and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "loop/server_parse.h"

static const struct server_limits limits = {.url = 200, .head = 1000, .body = 50, .extensions = 40};

struct outcome {
    int status; /* 0: more bytes wanted, 200: whole, else the refusal */
    size_t used;
    bool keep_alive;
    char method[16], path[256], query[256], host[256], body[64];
};

/* Feeds `n` bytes in pieces of `piece` bytes until a request is whole or refused. */
static struct outcome run(const char *bytes, size_t n, size_t piece)
{
    struct server_parse *p = server_parse_new(&limits);
    struct outcome o = {0};
    enum server_step step = SERVER_MORE;

    while (o.used < n && (step == SERVER_MORE || step == SERVER_WAITS)) {
        size_t used, left = n - o.used;

        step = server_parse_feed(p, bytes + o.used, left < piece ? left : piece, &used);
        o.used += used;
    }
    if (step == SERVER_REFUSED) {
        const char *why;
        o.status = server_parse_refusal(p, &why);
        assert_non_null(why);
    } else if (step == SERVER_WHOLE) {
        struct request_view v;
        server_parse_view(p, &v);
        o.status = 200;
        o.keep_alive = server_parse_keep_alive(p);
        snprintf(o.method, sizeof o.method, "%s", v.method);
        snprintf(o.path, sizeof o.path, "%s", v.path);
        snprintf(o.query, sizeof o.query, "%s", v.query);
        snprintf(o.host, sizeof o.host, "%s", v.host);
        memcpy(o.body, v.body, v.body_len);
    }
    server_parse_free(p);
    return o;
}

static struct outcome run_text(const char *text)
{
    return run(text, strlen(text), SIZE_MAX);
}

#define H "Host: a\r\n"

static const struct {
    const char *name, *text;
    int status;
} cases[] = {
    {"plain", "GET / HTTP/1.1\r\n" H "\r\n", 200},
    {"one empty line before", "\r\nGET / HTTP/1.1\r\n" H "\r\n", 200},
    {"two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", 400},
    {"unfinished", "GET / HTTP/1.1\r\n" H "\r", 0},
    {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200},
    {"HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\n" H "Host: b\r\n\r\n", 400},
    {"same Host twice", "GET / HTTP/1.1\r\n" H H "\r\n", 400},
    {"Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"Host with user info", "GET / HTTP/1.1\r\nHost: x@a\r\n\r\n", 400},
    {"HTTP/0.9", "GET /\r\n", 400},
    {"HTTP/1.2", "GET / HTTP/1.2\r\n", 505},
    {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"version in small letters", "GET / http/1.1\r\n", 400},
    {"unknown method", "BREW / HTTP/1.1\r\n", 501},
    {"CONNECT", "CONNECT a:80 HTTP/1.1\r\n", 501},
    {"TRACE", "TRACE / HTTP/1.1\r\n", 501},
    {"no method", " / HTTP/1.1\r\n", 400},
    {"two spaces", "GET  / HTTP/1.1\r\n", 400},
    {"space in the target", "GET /a b HTTP/1.1\r\n", 400},
    {"tab between", "GET\t/ HTTP/1.1\r\n", 400},
    {"byte above 127 in the target", "GET /\xc3\xa9 HTTP/1.1\r\n", 400},
    {"relative target", "GET a HTTP/1.1\r\n" H "\r\n", 400},
    {"asterisk with GET", "GET * HTTP/1.1\r\n" H "\r\n", 400},
    {"asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\n" H "\r\n", 200},
    {"fragment", "GET /a#b HTTP/1.1\r\n" H "\r\n", 400},
    {"NUL in the path", "GET /a%00 HTTP/1.1\r\n" H "\r\n", 400},
    {"half an encoding", "GET /a%2 HTTP/1.1\r\n" H "\r\n", 400},
    {"bad encoding", "GET /a%g1 HTTP/1.1\r\n" H "\r\n", 400},
    {"TLS", "\x16\x03\x01\x02", 400},
    {"bare LF after the request line", "GET / HTTP/1.1\n", 400},
    {"bare LF after a header", "GET / HTTP/1.1\r\nHost: a\n", 400},
    {"bare LF as the end", "GET / HTTP/1.1\r\n" H "\n", 400},
    {"lone CR in a value", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
    {"lone CR as a line end", "GET / HTTP/1.1\rHost: a\r\r", 400},
    {"obs-fold", "GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n", 400},
    {"folded by a tab", "GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n", 400},
    {"blank before the first header", "GET / HTTP/1.1\r\n X: a\r\n" H "\r\n", 400},
    {"space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    {"tab before the colon", "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", 400},
    {"space inside a name", "GET / HTTP/1.1\r\n" H "X Y: a\r\n\r\n", 400},
    {"no colon", "GET / HTTP/1.1\r\n" H "XY\r\n\r\n", 400},
    {"no name", "GET / HTTP/1.1\r\n" H ": a\r\n\r\n", 400},
    {"control byte in a value", "GET / HTTP/1.1\r\n" H "X: \x01\r\n\r\n", 400},
    {"empty value", "GET / HTTP/1.1\r\n" H "X:\r\n\r\n", 200},
    {"length", "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", 200},
    {"length, body not there yet", "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nab", 0},
    {"two lengths", "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
     400},
    {"same length twice",
     "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"list of lengths", "POST / HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\nabc", 400},
    {"signed length", "POST / HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\nabc", 400},
    {"negative length", "POST / HTTP/1.1\r\n" H "Content-Length: -3\r\n\r\nabc", 400},
    {"hexadecimal length", "POST / HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\nabc", 400},
    {"empty length", "POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\nabc", 400},
    {"length beyond 64 bits",
     "POST / HTTP/1.1\r\n" H "Content-Length: 18446744073709551617\r\n\r\n", 400},
    {"length beyond the limit", "POST / HTTP/1.1\r\n" H "Content-Length: 51\r\n\r\n", 413},
    {"chunked", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
     200},
    {"chunked in capitals", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
     200},
    {"chunked and length",
     "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"length and chunked",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
     400},
    {"chunked twice",
     "POST / HTTP/1.1\r\n" H
     "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"gzip", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n\r\n", -1},
    {"gzip, chunked", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     501},
    {"identity", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n", -1},
    {"xchunked", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", -1},
    {"vertical tab before chunked",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
     "chunked\r\n\r\n",
     400},
    {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"chunked by a folded line",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400},
    {"chunk extension",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n", 200},
    {"huge chunk extension",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: "
     "chunked\r\n\r\n3;"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     400},
    {"chunk line ended by LF",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
    {"chunk data ended by LF",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n", 400},
    {"last chunk ended by LF",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\n\n", 400},
    {"chunk data longer than said",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
    {"bytes instead of the line end",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n", 400},
    {"LF inside a chunk extension",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3;\nx\r\nabc\r\n0\r\n\r\n", 400},
    {"CR inside a chunk extension",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3;\rx\r\nabc\r\n0\r\n\r\n", 400},
    {"signed chunk size",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n", 400},
    {"chunk size with 0x",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
    {"blank before the chunk size",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n", 400},
    {"blank after the chunk size",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", 400},
    {"chunk size beyond 64 bits",
     "POST / HTTP/1.1\r\n" H
     "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
     400},
    {"trailers", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n",
     400},
    {"chunks beyond the limit",
     "POST / HTTP/1.1\r\n" H
     "Transfer-Encoding: chunked\r\n\r\n33\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     413},
    {"unknown expectation",
     "POST / HTTP/1.1\r\n" H "Expect: 200-ok\r\nContent-Length: 3\r\n\r\nabc", 417},
    {"100-continue", "POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 3\r\n\r\nabc",
     200},
    {"upgrade is ignored", "GET / HTTP/1.1\r\n" H "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
     200},
    {"upgrade with a body",
     "POST / HTTP/1.1\r\n" H "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
     200},
};

static void request__of_each_kind__is_taken_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_text(cases[i].text);
        int want = cases[i].status;

        /* -1: an unknown coding may be refused by either reader of the head */
        if (want == -1 ? o.status != 400 && o.status != 501 : o.status != want)
            fail_msg("%s: wanted %d, got %d", cases[i].name, want, o.status);
    }
}

static void request__cut_anywhere__has_the_same_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome whole = run_text(cases[i].text);

        for (size_t piece = 1; piece < 8; piece++) {
            struct outcome cut = run(cases[i].text, strlen(cases[i].text), piece);

            if (cut.status != whole.status || strcmp(cut.body, whole.body) != 0 ||
                strcmp(cut.path, whole.path) != 0)
                fail_msg("%s in pieces of %zu: %d, whole: %d", cases[i].name, piece, cut.status,
                         whole.status);
        }
    }
}

static void request__truncated_anywhere__wants_more(void **state)
{
    static const char text[] =
        "POST /a HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    (void)state;
    for (size_t n = 0; n < sizeof text - 1; n++)
        assert_int_equal(run(text, n, SIZE_MAX).status, 0);
    assert_int_equal(run(text, sizeof text - 1, SIZE_MAX).status, 200);
}

static void nul__anywhere_in_the_head__is_refused(void **state)
{
    static const char good[] = "GET / HTTP/1.1\r\n" H "\r\n";
    (void)state;
    for (size_t i = 0; i < sizeof good - 1; i++) {
        char bad[sizeof good];

        memcpy(bad, good, sizeof good);
        bad[i] = 0;
        assert_int_equal(run(bad, sizeof good - 1, SIZE_MAX).status, 400);
    }
}

static void view__says_what_was_sent(void **state)
{
    struct outcome o = run_text("POST /a%20b/%2fc?x=%41&y HTTP/1.1\r\nhOST:  a:80 \t\r\n"
                                "Content-Length: 3\r\n\r\nabc");
    (void)state;
    assert_string_equal(o.method, "POST");
    assert_string_equal(o.path, "/a b//c");
    assert_string_equal(o.query, "x=%41&y");
    assert_string_equal(o.host, "a:80");
    assert_string_equal(o.body, "abc");
    assert_true(o.keep_alive);
}

static void absolute_target__names_the_host_that_counts(void **state)
{
    struct outcome o = run_text("GET http://b:81/c?d HTTP/1.1\r\n" H "\r\n");
    (void)state;
    assert_string_equal(o.host, "b:81");
    assert_string_equal(o.path, "/c");
    assert_string_equal(o.query, "d");
    assert_string_equal(run_text("GET http://b HTTP/1.1\r\n" H "\r\n").path, "/");
    assert_string_equal(run_text("GET http://b?q HTTP/1.1\r\n" H "\r\n").query, "q");
    assert_int_equal(run_text("GET http://x@b/ HTTP/1.1\r\n" H "\r\n").status, 400);
    assert_int_equal(run_text("GET https://b/ HTTP/1.1\r\n" H "\r\n").status, 400);
    assert_int_equal(run_text("GET http:///a HTTP/1.1\r\n" H "\r\n").status, 400);
}

static void keep_alive__by_version_and_connection_header(void **state)
{
    (void)state;
    assert_true(run_text("GET / HTTP/1.1\r\n" H "\r\n").keep_alive);
    assert_false(run_text("GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n").keep_alive);
    assert_false(run_text("GET / HTTP/1.0\r\n" H "\r\n").keep_alive);
    assert_true(run_text("GET / HTTP/1.0\r\n" H "Connection: keep-alive\r\n\r\n").keep_alive);
}

static char *repeated(const char *before, char c, size_t n, const char *after)
{
    char *s = mem_alloc(strlen(before) + n + strlen(after) + 1);

    strcpy(s, before);
    memset(s + strlen(before), c, n);
    strcpy(s + strlen(before) + n, after);
    return s;
}

static void limits__at_and_beyond__taken_and_refused(void **state)
{
    char *url = repeated("GET /", 'a', 199, " HTTP/1.1\r\n" H "\r\n");
    char *longer = repeated("GET /", 'a', 200, " HTTP/1.1\r\n" H "\r\n");
    char *endless = repeated("GET /", 'a', 400, "");
    char *head = repeated("GET / HTTP/1.1\r\n" H "X: ", 'a', 2000, "");
    (void)state;
    assert_int_equal(run_text(url).status, 200);
    assert_int_equal(run_text(longer).status, 414);
    assert_int_equal(run_text(endless).status, 414);
    assert_int_equal(run_text(head).status, 431);
    mem_free(url), mem_free(longer), mem_free(endless), mem_free(head);

    char text[1000] = "GET / HTTP/1.1\r\n" H;
    for (int i = 0; i < SERVER_MAX_HEADERS - 1; i++)
        strcat(text, "X: y\r\n");
    assert_int_equal(run_text(text).status, 0);
    strcat(text, "X: y\r\n");
    assert_int_equal(run_text(text).status, 431);
}

static void pipeline__one_request_at_a_time__takes_no_byte_of_the_next(void **state)
{
    static const char text[] = "POST /1 HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nab"
                               "POST /2 HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
                               "2\r\ncd\r\n0\r\n\r\n"
                               "GET /3 HTTP/1.1\r\n" H "\r\n"
                               "GET /4 HTTP/1.1\r\n" H "Connection: close\r\n\r\n";
    static const char *const bodies[] = {"ab", "cd", "", ""};
    struct server_parse *p = server_parse_new(&limits);
    size_t at = 0;
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct request_view v;
        size_t used;

        assert_int_equal(server_parse_feed(p, text + at, sizeof text - 1 - at, &used),
                         SERVER_WHOLE);
        at += used;
        server_parse_view(p, &v);
        assert_int_equal(v.path[1], '1' + i);
        assert_string_equal(v.body, bodies[i]);
        server_parse_next(p);
        assert_false(server_parse_begun(p));
    }
    assert_int_equal(at, sizeof text - 1);
    server_parse_free(p);
}

static void expectation__waits_once__unless_the_body_is_there(void **state)
{
    static const char head[] = "POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\n"
                               "Content-Length: 2\r\n\r\n";
    struct server_parse *p = server_parse_new(&limits);
    size_t used;
    (void)state;
    assert_int_equal(server_parse_feed(p, head, sizeof head - 1, &used), SERVER_WAITS);
    assert_true(server_parse_in_body(p));
    assert_int_equal(server_parse_feed(p, "a", 1, &used), SERVER_MORE);
    assert_int_equal(server_parse_feed(p, "b", 1, &used), SERVER_WHOLE);
    server_parse_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request__of_each_kind__is_taken_or_refused),
        cmocka_unit_test(request__cut_anywhere__has_the_same_outcome),
        cmocka_unit_test(request__truncated_anywhere__wants_more),
        cmocka_unit_test(nul__anywhere_in_the_head__is_refused),
        cmocka_unit_test(view__says_what_was_sent),
        cmocka_unit_test(absolute_target__names_the_host_that_counts),
        cmocka_unit_test(keep_alive__by_version_and_connection_header),
        cmocka_unit_test(limits__at_and_beyond__taken_and_refused),
        cmocka_unit_test(pipeline__one_request_at_a_time__takes_no_byte_of_the_next),
        cmocka_unit_test(expectation__waits_once__unless_the_body_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
