/* fixture.h - one observation with everything in it, and helpers to ask about it. */
#ifndef UNIT_EVAL_FIXTURE_H
#define UNIT_EVAL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "eval/expect.h"

#define FIXTURE_NOW 1795316645000
#define FIXTURE_DAY 86400000LL

static const struct header fixture_headers[] = {
    {"Content-Type", "application/json; charset=utf-8"},
    {"Age", " 42 "},
    {"Set-Cookie", "a=1; Secure"},
    {"set-cookie", "b=2"},
    {"X-Empty", ""},
};

static const char fixture_body[] =
    "{\"status\":\"ok\",\"n\":3,\"real\":2.5,\"big\":9007199254740993,\"list\":[1,2,\"x\"],"
    "\"jobs\":[{\"name\":\"a\",\"age\":5},{\"name\":\"b\",\"age\":70}],\"yes\":true,\"no\":false,"
    "\"nothing\":null,\"deep\":{\"er\":{\"k\":[7]}},\"text3\":\"3\"}";

static inline struct observation fixture_observation(void)
{
    return (struct observation){
        .at_ms = FIXTURE_NOW,
        .phases = {1000, 2000, 30000, 400000, 807500, 1240500},
        .reason = REASON_OK,
        .status = 200,
        .redirects = 1,
        .http_version = "1.1",
        .ip = "192.0.2.7",
        .headers = fixture_headers,
        .n_headers = sizeof fixture_headers / sizeof *fixture_headers,
        .body = fixture_body,
        .body_len = sizeof fixture_body - 1,
        .size = 64000,
        .cert = {.present = true,
                 .not_before_ms = FIXTURE_NOW - 80 * FIXTURE_DAY,
                 .not_after_ms = FIXTURE_NOW + 10 * FIXTURE_DAY,
                 .subject = "CN=api.example",
                 .issuer = "C=US, O=Let's Encrypt, CN=R11",
                 .san = "api.example, www.api.example,*.cdn.example",
                 .tls_version = "TLSv1.3"},
    };
}

static inline struct expectation *fixture_compile(const char *text)
{
    struct expectation *x = NULL;
    struct err e = {0};
    if (expect_compile(text, "http", &x, &e) != 0)
        fail_msg("%s: %s", text, e.text);
    return x;
}

static inline struct held fixture_ask(const char *text, const struct observation *o)
{
    struct expectation *x = fixture_compile(text);
    struct held h;
    memset(&h, 0x5a, sizeof h);
    expect_eval(x, o, FIXTURE_NOW, &h);
    expect_free(x);
    return h;
}

struct fixture_case {
    const char *text;
    bool held;
    const char *actual; /* NULL: not looked at */
};

static inline void fixture_check(const struct fixture_case *cases, size_t n,
                                 const struct observation *o)
{
    for (size_t i = 0; i < n; i++) {
        struct held h = fixture_ask(cases[i].text, o);
        if (h.held != cases[i].held)
            fail_msg("%s: %s, was %s", cases[i].text, h.held ? "held" : "not held", h.actual);
        if (cases[i].actual && strcmp(h.actual, cases[i].actual) != 0)
            fail_msg("%s: was %s, not %s", cases[i].text, h.actual, cases[i].actual);
        assert_string_equal(h.text, cases[i].text);
        assert_false(h.warn);
    }
}
#define FIXTURE_CHECK(cases, o) fixture_check(cases, sizeof cases / sizeof *cases, o)

/* The whole error of a text that must not compile. */
static inline void fixture_refuse(const char *text, const char *error)
{
    struct expectation *x = (void *)1;
    struct err e = {0};
    if (expect_compile(text, "http", &x, &e) == 0)
        fail_msg("%s: compiled", text);
    if (strcmp(e.text, error) != 0)
        fail_msg("%s:\n  said   %s\n  wanted %s", text, e.text, error);
    assert_ptr_equal(x, (void *)1);
    assert_int_equal(expect_compile(text, "http", &x, NULL), -1);
}

#endif
