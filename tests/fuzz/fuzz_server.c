/* fuzz_server.c - any bytes as one connection: no crash, the same requests however they are cut. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "loop/server_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A digest of all requests of the connection and of its end. */
static uint64_t digest_view(struct server_parse *p, uint64_t seed)
{
    struct request_view v;

    server_parse_view(p, &v);
    seed = hash64_text(v.method, seed);
    seed = hash64_text(v.path, seed);
    seed = hash64_text(v.query, seed);
    seed = hash64_text(v.host, seed);
    for (size_t i = 0; i < v.n_headers; i++) {
        seed = hash64_text(v.headers[i].name, seed);
        seed = hash64_text(v.headers[i].value, seed);
        assert(strpbrk(v.headers[i].value, "\r\n") == NULL);
        assert(v.headers[i].name[0] != 0);
    }
    char value[32];
    (void)request_query(&v, "at", value, sizeof value);
    (void)request_header(&v, "host");
    return hash64(v.body, v.body_len, seed);
}

static uint64_t run(const char *bytes, size_t n, size_t piece)
{
    static const struct server_limits limits = {
        .url = 512, .head = 2048, .body = 512, .extensions = 64};
    struct server_parse *p = server_parse_new(&limits);
    uint64_t digest = 1;
    size_t at = 0;

    while (at < n) {
        size_t used, want = n - at < piece ? n - at : piece;
        enum server_step step = server_parse_feed(p, bytes + at, want, &used);

        assert(used <= want && (used > 0 || step == SERVER_REFUSED));
        at += used;
        if (step == SERVER_REFUSED) {
            const char *why;
            digest = hash64_text("refused", digest + (uint64_t)server_parse_refusal(p, &why));
            break;
        }
        if (step != SERVER_WHOLE)
            continue;
        digest = digest_view(p, digest) + server_parse_keep_alive(p);
        server_parse_next(p);
    }
    server_parse_free(p);
    return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;

    if (size == 0 || size > 16384)
        return 0;
    uint64_t whole = run(bytes + 1, size - 1, SIZE_MAX);

    if (run(bytes + 1, size - 1, 1) != whole ||
        run(bytes + 1, size - 1, 1u + data[0] % 64u) != whole)
        abort();
    return 0;
}
