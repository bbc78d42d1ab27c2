/* reply.h - what an answer of Redis means for us. */
#ifndef SRC_STORE_REPLY_H
#define SRC_STORE_REPLY_H

#include <hiredis/hiredis.h>

enum reply_class {
    REPLY_OK,
    REPLY_LATER,    /* the server can't write now: wait in the spool */
    REPLY_SETTINGS, /* somebody must change something: wait long */
    REPLY_FULL,     /* memory limit: samples wait, commits need not */
    REPLY_RELOAD,   /* our function is gone: load it and do it again */
    REPLY_REFUSED,  /* doing it again would not help */
};

enum reply_class reply_class(const redisReply *r);
/* The error in words for an operator; a status or text as it is; "" otherwise. */
void reply_words(const redisReply *r, char *dst, size_t size);

#endif
