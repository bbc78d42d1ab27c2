/* fuzz_http.c - any bytes as an answer's header lines and as the Location of a redirect. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "loop/http_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void follow(const char *location)
{
    char url[] = "https://ana:pw@start.example:8443/a/b?c=d#e", *user, *password;
    struct place from, to;
    struct err e;
    int rc = place_parse(url, &from, &user, &password, &e);
    assert(rc == 0 && strcmp(from.url, "https://start.example:8443/a/b?c=d") == 0);
    if (place_follow(&from, location, &to, &e) == 0) {
        assert(to.host[0] != '\0' && to.port > 0 && to.port < 65536);
        assert(strncmp(to.url, to.tls ? "https://" : "http://", to.tls ? 8 : 7) == 0);
        assert(place_same_origin(&to, &to));
        struct place again;
        char *none1, *none2;
        if (place_parse(to.url, &again, &none1, &none2, &e) == 0) {
            assert(none1 == NULL && none2 == NULL && place_same_origin(&to, &again));
            place_done(&again);
        }
        place_done(&to);
    }
    place_done(&from);
    mem_free(user);
    mem_free(password);
}

/* Line by line, as libcurl hands them over. */
static void answer(char *p, size_t n)
{
    struct http_spec spec = {.max_redirects = 1};
    struct http_target target = {.spec = &spec};
    struct run r = {.target = &target};
    buf_init(&r.head, 2 * HEADERS_MAX_BYTES);
    while (n > 0) {
        char *end = memchr(p, '\n', n);
        size_t line = end == NULL ? n : (size_t)(end + 1 - p);
        size_t taken = reply_on_header(p, 1, line, &r);
        assert(taken == line || (taken == 0 && r.stopped != NULL));
        if (taken == 0)
            break;
        p += line;
        n -= line;
    }
    assert(!r.head.over && r.head_bytes <= HEADERS_MAX_BYTES + n);
    const char *location = reply_header(&r, "location");
    if (location != NULL)
        follow(location);
    assert(reply_header(&r, "no such name") == NULL || r.head.len > 0);
    buf_done(&r.head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = mem_alloc(size + 1);
    if (size > 0)
        memcpy(copy, data, size);
    answer(copy, size);
    follow(copy);
    mem_free(copy);
    return 0;
}
