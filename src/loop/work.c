/* work.c - libuv's thread pool behind one call. */
#include "loop/work.h"

#include <stddef.h>

#include "base/mem.h"

struct work {
    uv_work_t uv;
    void (*fn)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

static void on_work(uv_work_t *h)
{
    struct work *w = container_of(h, struct work, uv);
    w->fn(w->arg);
}

static void on_worked(uv_work_t *h, int status)
{
    struct work *w = container_of(h, struct work, uv);
    void (*done)(void *arg) = w->done;
    void *arg = w->arg;
    (void)status;
    mem_free(w);
    done(arg);
}

void work_run(struct loop *l, void (*fn)(void *arg), void (*done)(void *arg), void *arg)
{
    struct work *w = mem_new(struct work);
    *w = (struct work){.fn = fn, .done = done, .arg = arg};
    uv_queue_work(&l->uv, &w->uv, on_work, on_worked);
}
