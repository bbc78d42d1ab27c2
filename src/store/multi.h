/* multi.h - several commands as one transaction. */
#ifndef SRC_STORE_MULTI_H
#define SRC_STORE_MULTI_H

#include "base/buf.h"
#include "reply.h"

struct store;

enum multi_end {
    MULTI_DONE,
    MULTI_AWAY,   /* the connection ended, or will: it may have been done or not */
    MULTI_FULL,   /* Redis is at its memory limit: nothing was done */
    MULTI_REFUSED /* doing it again would not help; `words` */
};
typedef void multi_fn(void *arg, enum multi_end end, const char *words);

struct multi {
    struct buf out;
    unsigned commands;
};

void multi_init(struct multi *m);
/* Then resp_open(&m->out, …) and so on, once for each command that is counted here. */
struct buf *multi_command(struct multi *m, size_t n_args);
/* Sends it and empties *m. `done` exactly once. What the server cannot do now ends the session, as
 * with any other command. */
void multi_send(struct store *s, struct multi *m, multi_fn *done, void *arg);
void multi_done(struct multi *m);

#endif
