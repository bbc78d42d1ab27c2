/* probe.c - the kinds of probes, and the way to each.
 *
 * A new kind is a line in this table. Failure: a monitor of a kind that is not here. */
#include "probe/probe.h"

#include <string.h>

#include "kinds.h"

static const struct probe_kind *const kinds[] = {
    &probe_http,
};

const struct probe_kind *probe_kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

struct probe *probe_new(const struct probe_world *w, const struct monitor *m, struct err *e)
{
    const struct probe_kind *kind = probe_kind_of(m->kind);
    if (kind == NULL) {
        err_set(e, "no such kind of probe: %s", m->kind);
        return NULL;
    }
    return kind->prepare(w, m, e);
}

/* Every kind's probe begins with its probe_base. */
static const struct probe_kind *kind_of(const struct probe *p)
{
    return ((const struct probe_base *)(const void *)p)->kind;
}

void probe_start(struct probe *p, probe_done_fn *done, void *arg)
{
    kind_of(p)->start(p, done, arg);
}

void probe_cancel(struct probe *p)
{
    kind_of(p)->cancel(p);
}

void probe_free(struct probe *p)
{
    if (p != NULL)
        kind_of(p)->free(p);
}
