/* recent.c - a list, bounded by time and bytes. */
#include "recent.h"

#include "base/mem.h"

#define KEEP_US   INT64_C(3000000)
#define BYTES_MAX ((size_t)4 << 20)

void recent_init(struct recent *r)
{
    *r = (struct recent){0};
    r->last = &r->first;
}

static void drop_first(struct recent *r)
{
    struct recent_commit *c = r->first;

    r->first = c->next;
    if (r->first == NULL)
        r->last = &r->first;
    r->bytes -= c->n;
    mem_free(c->p);
    mem_free(c);
}

void recent_done(struct recent *r)
{
    while (r->first != NULL)
        drop_first(r);
}

void recent_expire(struct recent *r, int64_t now_us)
{
    while (r->first != NULL && (now_us - r->first->answered_us > KEEP_US || r->bytes > BYTES_MAX))
        drop_first(r);
}

void recent_put(struct recent *r, const struct recent_commit *one)
{
    struct recent_commit *c = mem_new(struct recent_commit);

    *c = *one;
    c->next = NULL;
    *r->last = c;
    r->last = &c->next;
    r->bytes += c->n;
    recent_expire(r, c->answered_us);
}
