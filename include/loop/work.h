/* work.h - a blocking call off the loop: fdatasync, a password hash. */
#ifndef LOOP_WORK_H
#define LOOP_WORK_H

#include "loop/loop.h"

/* `fn` runs in a thread of its own choosing; then, exactly once and in the loop, `done`. Both get
 * `arg`, which nobody else touches in between. Work can't be cancelled. */
void work_run(struct loop *l, void (*fn)(void *arg), void (*done)(void *arg), void *arg);

#endif
