/* limiter.h - how often may one peer guess a token? */
#ifndef WEB_LIMITER_H
#define WEB_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#define LIMITER_SLOTS     256
#define LIMITER_BURST     10   /* wrong tokens in a row */
#define LIMITER_REFILL_MS 2000 /* then one in this time */

/* Peers are addresses; of IPv6 the first 64 bits. When more peers guess than there are slots, the
 * longest silent one is forgotten. */
struct limiter {
    uint64_t seed;
    struct {
        uint64_t peer;
        int64_t at_ms;   /* of the last failure */
        int64_t debt_ms; /* failures not worn off by then, LIMITER_REFILL_MS each */
    } slots[LIMITER_SLOTS];
};

bool limiter_allows(const struct limiter *l, const char *peer, int64_t now_ms);
void limiter_failed(struct limiter *l, const char *peer, int64_t now_ms);

#endif
