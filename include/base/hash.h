/* hash.h - hashes that guard nothing secret. (Digests and MACs: loop/crypto.h.) */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-1-3 (Aumasson, Bernstein 2012) keyed with (seed, ~seed): spread, maps, ids. Stable for
 * ever. */
uint64_t hash64(const void *p, size_t n, uint64_t seed);
uint64_t hash64_text(const char *s, uint64_t seed);
/* CRC-32 (IEEE 802.3, reflected, as in zlib), for records on disk. */
uint32_t crc32_of(const void *p, size_t n, uint32_t start);

#endif
