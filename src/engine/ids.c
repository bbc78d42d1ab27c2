/* ids.c - ids of incidents, silences and overrides: sortable by time, typable, and the same when
 * the same decision is taken again. */
#include "desk.h"

#define SECONDS_DIGITS 7
#define HASH_DIGITS    5

void engine_write_id(char *dst, int64_t at_ms, uint64_t hash)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint64_t seconds = (uint64_t)at_ms / 1000;

    for (int n = SECONDS_DIGITS - 1; n >= 0; n--)
        *dst++ = digits[(seconds >> (5 * n)) & 31];
    for (int n = 0; n < HASH_DIGITS; n++, hash >>= 5)
        *dst++ = digits[hash & 31];
    *dst = '\0';
}
