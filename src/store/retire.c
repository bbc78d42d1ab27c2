/* retire.c - the index forgets what Redis has forgotten.
 *
 * Happy path: a series that is not written to any more (its monitor is gone, or has another
 *             interval), and so old that by our clock nothing of it is kept: Redis is asked, and
 *             when none of its last blocks is there, it goes.
 * Failures:   an error, the end of the connection: it is looked at again some other time. A clock
 *             that was set years ahead forgets nothing: Redis still has the blocks. */
#include "retire.h"

#include "base/text.h"
#include "internal.h"

#define PIECE 1000 /* entries looked at */
#define ASKED 50   /* of them, asked about */

struct asking {
    struct store *store;
    char id[SERIES_ID_SIZE];
};

static void on_exists(void *arg, const redisReply *r)
{
    struct asking *a = arg;
    struct store *s = a->store;
    struct series *of = NULL;
    struct epoch *e = r != NULL ? series_by_id(s, a->id, &of) : NULL;

    if (e != NULL && r->type == REDIS_REPLY_INTEGER && r->integer == 0 &&
        series_is_over(s, e, loop_now_ms()))
        series_remove(s, of, (size_t)(e - of->epochs.items));
    mem_free(a);
}

static void ask(struct store *s, const struct epoch *e)
{
    struct asking *a = mem_new(struct asking);
    char keys[TIER_COUNT][KEY_SIZE];
    const char *argv[TIER_COUNT + 2] = {"EXISTS"};

    a->store = s;
    text_copy(a->id, sizeof a->id, e->id);
    for (int t = 0; t < TIER_COUNT; t++) {
        key_block(keys[t], s->space, (enum tier)t, e->id, e->last_ms);
        argv[t + 1] = keys[t];
    }
    redis_command(s->conn, argv, on_exists, a);
}

void retire_some(struct store *s, size_t *at)
{
    int64_t now = loop_now_ms();
    const struct series *x;
    unsigned asked = 0;

    for (int n = 0; n < PIECE && asked < ASKED; n++, (*at)++) {
        x = series_at(s, *at);
        if (x == NULL) {
            *at = 0;
            return;
        }
        size_t written = series_watched(s, x) ? 1 : 0; /* its last epoch stays */
        for (size_t i = 0; series_is_own(s, x) && i + written < x->epochs.n; i++) {
            if (!series_is_over(s, &x->epochs.items[i], now))
                continue;
            ask(s, &x->epochs.items[i]);
            asked++;
        }
    }
}
