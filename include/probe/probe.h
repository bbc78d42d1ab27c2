/* probe.h - one small interface for every kind of probe.
 *
 * A kind is one file exporting one const struct probe_kind, one line in probe.c's table,
 * one paragraph in the manual. prepare() once for a monitor, then start(), and exactly one
 * done for each start, on success, failure and timeout alike; none after cancel(). */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

#include "loop/http.h"
#include "model/config.h"

/* What kinds may use of the world. Borrowed by every probe made with it. */
struct probe_world {
    struct loop *loop;
    struct resolver *resolver;
    struct http_client *http;
};

struct probe;

/* The observation is borrowed for the length of the call; the callback may start or free the probe.
 */
typedef void probe_done_fn(void *arg, const struct observation *o);

struct probe_kind {
    const char *name;
    const char *const *fields; /* expectation fields it can answer, NULL-terminated */
    struct probe *(*prepare)(const struct probe_world *w, const struct monitor *m, struct err *e);
    void (*start)(struct probe *p, probe_done_fn *done, void *arg);
    void (*cancel)(struct probe *p);
    void (*free)(struct probe *p); /* cancels */
};

struct probe_base { /* first member of every kind's probe */
    const struct probe_kind *kind;
};

const struct probe_kind *probe_kind_of(const char *name); /* NULL: no such kind */
struct probe *probe_new(const struct probe_world *w, const struct monitor *m, struct err *e);
void probe_start(struct probe *p, probe_done_fn *done, void *arg);
void probe_cancel(struct probe *p);
void probe_free(struct probe *p); /* NULL accepted */

#endif
