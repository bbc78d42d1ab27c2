/* pending.c - requests that wait for somebody else. When the web closes first they are
 * answered at once; whoever they waited for finds nothing left to do. */
#include "web_private.h"

void pending_begin(struct pending *p, struct web *w, struct request *q)
{
    p->web = w;
    p->q = q;
    p->prev = NULL;
    p->next = w->pending;
    if (p->next != NULL)
        p->next->prev = p;
    w->pending = p;
}

static void unlink_from(struct web *w, struct pending *p)
{
    if (p->prev != NULL)
        p->prev->next = p->next;
    else
        w->pending = p->next;
    if (p->next != NULL)
        p->next->prev = p->prev;
}

struct request *pending_end(struct pending *p)
{
    struct request *q = p->q;

    if (q != NULL)
        unlink_from(p->web, p);
    p->q = NULL;
    return q;
}

void pending_end_all(struct web *w)
{
    while (w->pending != NULL) {
        struct pending *p = w->pending;
        struct request *q = pending_end(p);

        reply_problem(w, q, 503, "midwatch is stopping");
    }
}
