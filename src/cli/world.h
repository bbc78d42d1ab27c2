/* world.h - a loop with what a command needs of it, for as long as one question takes. */
#ifndef SRC_CLI_WORLD_H
#define SRC_CLI_WORLD_H

#include "loop/http.h"
#include "loop/loop.h"
#include "notify/notify.h"

struct world {
    struct loop loop;
    struct resolver *resolver;
    struct http_client *http;
    struct notifier *notifier;
};

int world_init(struct world *w, const char *public_url, struct err *e) MW_MUST_CHECK;
void world_run(struct world *w);  /* until world_stop() */
void world_stop(struct world *w); /* from a callback */
void world_done(struct world *w);

#endif
