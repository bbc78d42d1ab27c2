/* fuzz_expect.c - any text as an expectation, and any body under it.
 *
 * The first line is the expectation; what follows is the body of the response. What
 * compiles must compile again from its own text, and judge the same way twice. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/expect.h"

#define BODY_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

static void judge(const struct expectation *x, const struct observation *o)
{
    struct held first, second;
    memset(&first, 'a', sizeof first);
    memset(&second, 'b', sizeof second);
    expect_eval(x, o, o->at_ms, &first);
    expect_eval(x, o, o->at_ms, &second);
    require(memchr(first.text, '\0', sizeof first.text) &&
            memchr(first.actual, '\0', sizeof first.actual));
    require(first.held == second.held && strcmp(first.actual, second.actual) == 0);
    require(*first.actual != '\0' && !strchr(first.actual, '\n'));
}

static void run(const char *text, const char *body, size_t body_len)
{
    static const struct header headers[] = {
        {"Age", " 42 "}, {"Set-Cookie", "a"}, {"set-cookie", "b"}};
    struct observation o = {
        .at_ms = 1795316645000,
        .phases = {1, 20, 300, 4000, 50000, 654321},
        .status = 200,
        .redirects = 1,
        .http_version = "1.1",
        .ip = "192.0.2.7",
        .headers = headers,
        .n_headers = 3,
        .body = body,
        .body_len = body_len,
        .size = (int64_t)body_len,
        .cert = {.present = true,
                 .not_after_ms = 1795316645000 + 864000000,
                 .subject = "CN=a",
                 .issuer = "CN=b",
                 .san = "a.example, b.example",
                 .tls_version = "TLSv1.3"},
    };
    static const struct observation nothing = {.at_ms = 1, .phases = PHASES_NONE};
    struct expectation *x = NULL, *again = NULL;
    struct err e = {{0}};
    if (expect_compile(text, "http", &x, &e) != 0) {
        require(x == NULL && strncmp(e.text, "column ", 7) == 0);
        return;
    }
    require(expect_compile(expect_text(x), "http", &again, &e) == 0);
    require(strcmp(expect_text(x), expect_text(again)) == 0);
    judge(x, &o);
    judge(again, &nothing);
    o.body_capped = true;
    judge(x, &o);
    expect_free(x);
    expect_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t n = end ? (size_t)(end - data) : size;
    size_t rest = end ? size - n - 1 : 0;
    char *text = mem_strndup((const char *)data, n);
    char *body = mem_alloc(rest ? rest : 1);
    if (rest && rest <= BODY_MAX)
        memcpy(body, end + 1, rest);
    run(text, body, rest <= BODY_MAX ? rest : 0);
    mem_free(text);
    mem_free(body);
    return 0;
}
