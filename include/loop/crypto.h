/* crypto.h - digests, MACs, random bytes, base64, comparison in constant time. (libcrypto) */
#ifndef LOOP_CRYPTO_H
#define LOOP_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

void crypto_sha256(const void *p, size_t n, unsigned char ret[32]);
/* The same of what comes in pieces. crypto_digest_end() frees it; `ret` may be NULL. */
struct digest;
struct digest *crypto_digest_new(void);
void crypto_digest_put(struct digest *d, const void *p, size_t n);
void crypto_digest_end(struct digest *d, unsigned char ret[32]);
void crypto_hmac_sha256(const void *key, size_t key_len, const void *p, size_t n,
                        unsigned char ret[32]);
void crypto_random(void *p, size_t n); /* ends the program when the system has none to give */
bool crypto_equal(const void *a, const void *b, size_t n);
/* dst holds 4 * ((n + 2) / 3) + 1 bytes. */
void base64_encode(const void *p, size_t n, char *dst);
/* Strict standard alphabet with padding; *ret_n bytes are written; dst holds 3 * (n / 4). */
int base64_decode(const char *s, size_t n, void *dst, size_t *ret_n) MW_MUST_CHECK;
void hex_encode(const void *p, size_t n, char *dst);              /* dst holds 2n + 1 bytes */
int hex_decode(const char *s, void *dst, size_t n) MW_MUST_CHECK; /* the whole of s: 2n digits */

#endif
