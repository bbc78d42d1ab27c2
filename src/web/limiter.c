/* limiter.c - a token bucket for each peer, kept as a debt that wears off with time. */
#include "limiter.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "base/hash.h"

#define WINDOW 8 /* slots one peer may be in */

static uint64_t peer_key(const struct limiter *l, const char *peer)
{
    unsigned char v6[16];
    uint64_t key;

    if (inet_pton(AF_INET6, peer, v6) == 1)
        key = hash64(v6, 8, l->seed);
    else
        key = hash64_text(peer, l->seed);
    return key != 0 ? key : 1;
}

static int64_t debt_at(const struct limiter *l, size_t slot, int64_t now_ms)
{
    int64_t passed = now_ms > l->slots[slot].at_ms ? now_ms - l->slots[slot].at_ms : 0;

    return l->slots[slot].debt_ms > passed ? l->slots[slot].debt_ms - passed : 0;
}

bool limiter_allows(const struct limiter *l, const char *peer, int64_t now_ms)
{
    uint64_t key = peer_key(l, peer);

    for (size_t i = 0; i < WINDOW; i++) {
        size_t slot = (key + i) % LIMITER_SLOTS;

        if (l->slots[slot].peer == key)
            return debt_at(l, slot, now_ms) <= (LIMITER_BURST - 1) * LIMITER_REFILL_MS;
    }
    return true;
}

void limiter_failed(struct limiter *l, const char *peer, int64_t now_ms)
{
    uint64_t key = peer_key(l, peer);
    size_t best = key % LIMITER_SLOTS;

    for (size_t i = 0; i < WINDOW; i++) {
        size_t slot = (key + i) % LIMITER_SLOTS;

        if (l->slots[slot].peer == key) {
            best = slot;
            break;
        }
        if (l->slots[slot].at_ms < l->slots[best].at_ms)
            best = slot;
    }
    int64_t debt_ms = l->slots[best].peer == key ? debt_at(l, best, now_ms) : 0;

    l->slots[best].peer = key;
    l->slots[best].debt_ms = debt_ms + LIMITER_REFILL_MS;
    l->slots[best].at_ms = now_ms;
}
