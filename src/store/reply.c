/* reply.c - Redis' errors by their first word. */
#include "reply.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct {
    const char *begins;
    enum reply_class class;
    const char *words; /* NULL: only what Redis says */
} errors[] = {
    {"LOADING", REPLY_LATER, "redis is still loading its data"},
    {"READONLY", REPLY_LATER, "this redis is a read-only replica; midwatch needs the master"},
    {"NOREPLICAS", REPLY_LATER, "redis has too few replicas to take writes"},
    {"MASTERDOWN", REPLY_LATER, "this redis is a replica whose master is down"},
    {"CLUSTERDOWN", REPLY_LATER, "the redis cluster is down"},
    {"TRYAGAIN", REPLY_LATER, "the redis cluster is moving our slot"},
    {"MISCONF", REPLY_LATER, "redis can't write to its disk and refuses writes"},
    {"BUSY", REPLY_LATER, "redis is busy with somebody's script"},
    {"UNKILLABLE", REPLY_LATER, "redis is busy with somebody's script"},
    {"OOM", REPLY_FULL, "redis is at its memory limit (maxmemory)"},
    {"NOSCRIPT", REPLY_RELOAD, NULL},
    {"ERR Function not found", REPLY_RELOAD, NULL},
    {"NOAUTH", REPLY_SETTINGS, "redis wants a password; put user and password into store.url"},
    {"WRONGPASS", REPLY_SETTINGS, "redis refused the user or password of store.url"},
    {"ERR invalid password", REPLY_SETTINGS, "redis refused the password of store.url"},
    {"ERR AUTH", REPLY_SETTINGS, "redis has no password set, but store.url gives one"},
    {"ERR Client sent AUTH", REPLY_SETTINGS, "redis has no password set, but store.url gives one"},
    {"NOPERM", REPLY_SETTINGS, "the redis user lacks a right (docs/redis.md lists them)"},
    {"ERR max number of clients", REPLY_SETTINGS, "redis has no connection to spare (maxclients)"},
    {"ERR DB index", REPLY_SETTINGS, "redis has no database of that number"},
    {"DENIED", REPLY_SETTINGS, "redis is in protected mode and refuses connections from here"},
    {"MOVED", REPLY_SETTINGS, "this node of the redis cluster does not hold our slot"},
};
#define N_ERRORS (sizeof errors / sizeof errors[0])

/* An error raised inside a function comes wrapped: "OOM command … script: …", but also
 * "ERR … Error running script … @user_script: 4: WRONGTYPE …"; only the first word is trusted. */
static size_t find(const redisReply *r)
{
    for (size_t i = 0; i < N_ERRORS; i++) {
        if (text_starts(r->str, errors[i].begins))
            return i;
    }
    return N_ERRORS;
}

enum reply_class reply_class(const redisReply *r)
{
    if (r->type != REDIS_REPLY_ERROR)
        return REPLY_OK;
    size_t i = find(r);
    return i < N_ERRORS ? errors[i].class : REPLY_REFUSED;
}

void reply_words(const redisReply *r, char *dst, size_t size)
{
    size_t i = r->type == REDIS_REPLY_ERROR ? find(r) : N_ERRORS;

    if (r->type != REDIS_REPLY_ERROR && r->type != REDIS_REPLY_STATUS &&
        r->type != REDIS_REPLY_STRING)
        dst[0] = '\0';
    else if (i < N_ERRORS && errors[i].words != NULL)
        snprintf(dst, size, "%s (%.120s)", errors[i].words, r->str);
    else
        text_copy(dst, size, r->str);
}
