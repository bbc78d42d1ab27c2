/* talk.h - a talk with Redis for a command: one question, its answer, the next. It has a loop of
 * its own, which runs while an answer is waited for; nothing here is for the daemon. */
#ifndef SRC_STORE_TALK_H
#define SRC_STORE_TALK_H

#include "model/config.h"
#include "redis.h"
#include "store/keys.h"
#include "walk.h"

struct talk;

/* TALK_WRITE holds DIR/lock, so that no daemon of this directory is there. */
enum talk_for { TALK_READ, TALK_WRITE };

/* To where store.url says. `embedded`: over DIR/redis.sock when somebody runs there, else a
 * redis-server is started as the daemon would, and stopped by talk_close(). Waits while Redis
 * loads. -1: e says why; *ret_no: it could be reached, but must not be written to. */
int talk_open(const struct config *c, enum talk_for what, struct talk **ret, bool *ret_no,
              struct err *e) MW_MUST_CHECK;
void talk_close(struct talk *t);            /* NULL accepted */
bool talk_is_private(const struct talk *t); /* embedded, and we hold its directory: nobody else */
void talk_wait(struct talk *t, int64_t ms);
const char *talk_space(const struct talk *t);
/* Of this namespace. */
size_t talk_key(const struct talk *t, char dst[KEY_SIZE], const char *rest);

/* One command; `each` gets its answer (NULL: nobody looks). -1: the connection ended, or the answer
 * is an error: e has it in words. */
typedef int talk_fn(void *arg, const redisReply *r, struct err *e);
int talk_ask(struct talk *t, const char *const *argv, talk_fn *each, void *arg,
             struct err *e) MW_MUST_CHECK;
/* Several at once: commands are put into talk_out() and counted, then all are sent and their
 * answers waited for, in order. After an error the rest of the answers is not looked at. */
struct buf *talk_out(struct talk *t);
int talk_send(struct talk *t, unsigned n, talk_fn *each, void *arg, struct err *e) MW_MUST_CHECK;
/* The same, value by value, for answers of any size; errors go to `each` too. */
int talk_send_walk(struct talk *t, unsigned n, size_t max_text, walk_fn *each, void *arg,
                   struct err *e) MW_MUST_CHECK;
/* Shorthands: a number; the whole namespace's keys, in no order, some twice. */
int talk_number(struct talk *t, const char *const *argv, int64_t *ret, struct err *e) MW_MUST_CHECK;
typedef int talk_keys_fn(void *arg, const redisReply *keys, struct err *e);
int talk_scan(struct talk *t, talk_keys_fn *each, void *arg, struct err *e) MW_MUST_CHECK;
/* Redis' own clock, in ms. */
int talk_now(struct talk *t, int64_t *ret_ms, struct err *e) MW_MUST_CHECK;

#endif
