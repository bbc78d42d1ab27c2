/* push.h - the metrics, sent to those that nobody can scrape for. */
#ifndef SRC_APP_PUSH_H
#define SRC_APP_PUSH_H

#include "base/vec.h"
#include "loop/loop.h"

struct app;
struct pusher;

struct pushes {
    struct timer timer;
    VEC(struct pusher *) list; /* in the order of the file */
};

void push_start(struct app *a);
void push_configure(struct app *a); /* before the configuration it came from is freed */
void push_stop(struct app *a);

#endif
