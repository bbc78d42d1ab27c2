/* crypto.c - the few primitives midwatch needs, by libcrypto.
 *
 * Algorithms are fetched once and contexts kept (a fetch per call costs more than the
 * digest); so these functions belong to the one thread of the loop. A libcrypto that has
 * no SHA-256 or no random bytes ends the program: nothing could be signed or told apart. */
#include "loop/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "midwatch: libcrypto: %s failed\n", what);
    abort();
}

void crypto_sha256(const void *p, size_t n, unsigned char ret[32])
{
    static EVP_MD *sha256;
    static EVP_MD_CTX *ctx;
    if (ctx == NULL) {
        sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
        ctx = EVP_MD_CTX_new();
        must(sha256 != NULL && ctx != NULL, "SHA-256");
    }
    unsigned int len = 32;
    must(EVP_DigestInit_ex2(ctx, sha256, NULL) == 1 && EVP_DigestUpdate(ctx, p, n) == 1 &&
             EVP_DigestFinal_ex(ctx, ret, &len) == 1,
         "SHA-256");
}

/* --- in pieces --- */

struct digest *crypto_digest_new(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    must(ctx != NULL && EVP_DigestInit_ex2(ctx, EVP_sha256(), NULL) == 1, "SHA-256");
    return (struct digest *)ctx;
}

void crypto_digest_put(struct digest *d, const void *p, size_t n)
{
    must(EVP_DigestUpdate((EVP_MD_CTX *)d, p, n) == 1, "SHA-256");
}

void crypto_digest_end(struct digest *d, unsigned char ret[32])
{
    unsigned char unwanted[32];
    unsigned int len = 32;

    must(EVP_DigestFinal_ex((EVP_MD_CTX *)d, ret != NULL ? ret : unwanted, &len) == 1, "SHA-256");
    EVP_MD_CTX_free((EVP_MD_CTX *)d);
}

static EVP_MAC_CTX *hmac_context(void)
{
    static EVP_MAC_CTX *ctx;
    if (ctx != NULL)
        return ctx;
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    must(hmac != NULL, "HMAC");
    ctx = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("digest", digest, 0),
        OSSL_PARAM_construct_end(),
    };
    must(ctx != NULL && EVP_MAC_CTX_set_params(ctx, params) == 1, "HMAC-SHA-256");
    return ctx;
}

void crypto_hmac_sha256(const void *key, size_t key_len, const void *p, size_t n,
                        unsigned char ret[32])
{
    EVP_MAC_CTX *ctx = hmac_context();
    size_t len = 32;
    if (key_len == 0)
        key = ""; /* NULL would mean: the key of last time */
    must(EVP_MAC_init(ctx, key, key_len, NULL) == 1 && EVP_MAC_update(ctx, p, n) == 1 &&
             EVP_MAC_final(ctx, ret, &len, 32) == 1,
         "HMAC-SHA-256");
}

void crypto_random(void *p, size_t n)
{
    must(n <= INT32_MAX && RAND_bytes(p, (int)n) == 1, "random bytes");
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

/* --- base64 and hex: RFC 4648, sections 4 and 8 -------------------------------------- */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *p, size_t n, char *dst)
{
    const unsigned char *s = p;
    for (; n > 0; s += 3) {
        size_t take = n < 3 ? n : 3;
        unsigned int bits = (unsigned int)s[0] << 16;
        if (take > 1)
            bits |= (unsigned int)s[1] << 8;
        if (take > 2)
            bits |= s[2];
        *dst++ = base64_digits[bits >> 18];
        *dst++ = base64_digits[bits >> 12 & 63];
        *dst++ = take > 1 ? base64_digits[bits >> 6 & 63] : '=';
        *dst++ = take > 2 ? base64_digits[bits & 63] : '=';
        n -= take;
    }
    *dst = '\0';
}

/* -1: no digit. By a table: exports of hundreds of megabytes come through here. */
static int base64_value(char c)
{
    static signed char values[256];

    if (values['B'] == 0) {
        memset(values, -1, sizeof values);
        for (int i = 0; i < 64; i++)
            values[(unsigned char)base64_digits[i]] = (signed char)i;
    }
    return values[(unsigned char)c];
}

/* Four digits to `bytes` bytes; the bits a padded group leaves over must be zero. */
static int base64_group(const char *s, size_t bytes, unsigned char *dst)
{
    unsigned int bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int v = i <= bytes ? base64_value(s[i]) : 0;
        if (v < 0)
            return -1;
        bits = bits << 6 | (unsigned int)v;
    }
    if ((bytes == 1 && (bits & 0xffff) != 0) || (bytes == 2 && (bits & 0xff) != 0))
        return -1;
    for (size_t i = 0; i < bytes; i++)
        dst[i] = (unsigned char)(bits >> (16 - 8 * i));
    return 0;
}

int base64_decode(const char *s, size_t n, void *dst, size_t *ret_n)
{
    unsigned char *d = dst;
    if (n % 4 != 0)
        return -1;
    for (size_t i = 0; i < n; i += 4) {
        size_t bytes = 3;
        if (i + 4 == n && s[n - 1] == '=')
            bytes = s[n - 2] == '=' ? 1 : 2;
        if (base64_group(s + i, bytes, d) != 0)
            return -1;
        d += bytes;
    }
    *ret_n = (size_t)(d - (unsigned char *)dst);
    return 0;
}

void hex_encode(const void *p, size_t n, char *dst)
{
    const unsigned char *s = p;
    for (size_t i = 0; i < n; i++) {
        *dst++ = "0123456789abcdef"[s[i] >> 4];
        *dst++ = "0123456789abcdef"[s[i] & 15];
    }
    *dst = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int hex_decode(const char *s, void *dst, size_t n)
{
    if (strlen(s) != 2 * n)
        return -1;
    for (size_t i = 0; i < 2 * n; i++) {
        if (hex_value(s[i]) < 0)
            return -1;
    }
    unsigned char *d = dst;
    for (size_t i = 0; i < n; i++)
        d[i] = (unsigned char)(hex_value(s[2 * i]) * 16 + hex_value(s[2 * i + 1]));
    return 0;
}
