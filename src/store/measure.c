/* measure.c - how much memory Redis uses, in its own words.
 *
 * Happy path: once a minute while up, INFO memory.
 * Failures:   an answer without the numbers, or no right to INFO: not known. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "internal.h"

#define EVERY_MS 60000

static int64_t number_of(const char *info, const char *name, int64_t otherwise)
{
    const char *at = strstr(info, name);

    return at != NULL ? strtoll(at + strlen(name), NULL, 10) : otherwise;
}

static void on_info(void *arg, const redisReply *r)
{
    struct store *s = arg;
    bool text = r != NULL && r->type == REDIS_REPLY_STRING;

    s->facts.redis_used_bytes = text ? number_of(r->str, "\nused_memory:", -1) : -1;
    s->facts.redis_max_bytes = text ? number_of(r->str, "\nmaxmemory:", 0) : 0;
}

void on_measure(void *arg)
{
    static const char *const info[] = {"INFO", "memory", NULL};
    struct store *s = arg;

    if (s->session != SESSION_READY || s->closing)
        return;
    timer_start(&s->measure, EVERY_MS);
    redis_command(s->conn, info, on_info, s);
}
