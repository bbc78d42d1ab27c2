/* aside.c - damaged blocks: each is said once, the rest goes on.
 *
 * Happy path: there is none.
 * Failures:   RENAME is refused, or the key is gone by now: nothing to be done about either. */
#include "aside.h"

#include <stdio.h>

#include "base/text.h"
#include "internal.h"
#include "loop/log.h"

#define KEPT_S   "2592000" /* 30 days */
#define SAID_MAX 1000
#define APART_US INT64_C(10000000)

struct said {
    int64_t put_us; /* set aside last; 0: only told */
    char key[KEY_SIZE];
};

static void on_done(void *arg, const redisReply *r)
{
    (void)arg, (void)r;
}

/* The first time it is said; of very many not each is. NULL: no room to remember it. */
static struct said *say(struct store *s, const char *key, const char *why, const char *done)
{
    struct said *one = map_get(&s->said_of, key);

    if (one != NULL || s->said_of.n >= SAID_MAX)
        return one;
    one = mem_new(struct said);
    text_copy(one->key, sizeof one->key, key);
    map_put(&s->said_of, one->key, one);
    s->facts.damaged_blocks++;
    s->facts.errors++;
    log_error("store", "%s: %s; %s", key, why, done);
    return one;
}

void aside_tell(struct store *s, const char *key, const char *why)
{
    say(s, key, why, "the rest is served");
}

/* Answers to what was asked before the renaming still come: they must not rename what is there
 * now. */
void aside_put(struct store *s, const char *key, const char *why)
{
    char to[KEY_SIZE + 16];
    const char *rename[] = {"RENAME", key, to, NULL}, *expire[] = {"EXPIRE", to, KEPT_S, NULL};
    struct said *one = say(s, key, why, "it is set aside as KEY:damaged");
    int64_t now = loop_mono_us();

    if (one == NULL || !store_connected(s) || (one->put_us != 0 && now - one->put_us < APART_US))
        return;
    one->put_us = now;
    snprintf(to, sizeof to, "%s:damaged", key);
    redis_command(s->conn, rename, on_done, s);
    redis_command(s->conn, expire, on_done, s);
}

void aside_free(struct store *s)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&s->said_of, &i, &key, &value);)
        mem_free(value);
    map_done(&s->said_of);
}
