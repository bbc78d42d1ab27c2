/* on_person.c - what people say: acknowledge, take it back, resolve. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk.h"
#include "model/names.h"

#define PART_LEAST 3 /* characters of an id that may stand for it */

/* By a beginning or the last characters of an id. One that is over stands in nobody's light. */
static struct incident_case *find_part(struct engine *e, const char *part, struct err *err)
{
    struct incident_case *open = NULL, *over = NULL;
    const char *key;
    void *value;

    for (size_t i = 0; strlen(part) >= PART_LEAST && map_next(&e->cases, &i, &key, &value);) {
        struct incident_case *c = value;

        if (!text_starts(key, part) && !text_ends(key, part))
            continue;
        if (c->incident.state == INCIDENT_RESOLVED) {
            over = c;
            continue;
        }
        if (open) {
            err_set(err, "`%s` fits more than one open incident", part);
            return NULL;
        }
        open = c;
    }
    if (!open && !over)
        err_set(err, "no open incident `%s`", part);
    return open ? open : over;
}

/* By whole id, by the name of a monitor, by its key, or by part of its id. */
static struct incident_case *find(struct engine *e, const char *id, struct err *err)
{
    char key[NAME_SIZE + 16];
    struct incident_case *c = map_get(&e->cases, id);

    if (c)
        return c;
    snprintf(key, sizeof key, "monitor:%.100s", id);
    c = map_get(&e->by_key, key);
    if (!c)
        c = map_get(&e->by_key, id);
    return c ? c : find_part(e, id, err);
}

static struct incident_case *find_open(struct engine *e, const char *id, struct err *err)
{
    struct incident_case *c = find(e, id, err);

    if (c && c->incident.state == INCIDENT_RESOLVED) {
        err_set(err, "incident %s is already resolved", c->incident.id);
        return NULL;
    }
    return c;
}

/* A monitor that goes on failing after its incident was closed by hand must confirm anew before
 * it wakes anybody again. */
static void confirm_anew(struct engine *e, const struct incident_case *c, struct effects *fx)
{
    struct watch *w = engine_watch(e, c->incident.monitor);

    if (!w)
        return;
    w->status.bad = 0;
    engine_put_watch(w, fx);
}

static int ack(struct engine *e, struct incident_case *c, const struct deed *d,
               const struct desk *k, struct err *err)
{
    (void)e;
    (void)d;
    if (c->incident.state == INCIDENT_ACKNOWLEDGED)
        return err_set(err, "incident %s is already acknowledged by %s", c->incident.id,
                       c->incident.acked_by);
    case_ack(c, k);
    return 0;
}

static int unack(struct engine *e, struct incident_case *c, const struct deed *d,
                 const struct desk *k, struct err *err)
{
    (void)e;
    (void)d;
    if (c->incident.state != INCIDENT_ACKNOWLEDGED)
        return err_set(err, "incident %s is not acknowledged", c->incident.id);
    case_unack(c, k);
    return 0;
}

static int resolve(struct engine *e, struct incident_case *c, const struct deed *d,
                   const struct desk *k, struct err *err)
{
    (void)d;
    (void)err;
    confirm_anew(e, c, k->fx);
    case_resolve(c, k, NULL);
    return 0;
}

static int (*const deeds[DEED_COUNT])(struct engine *e, struct incident_case *c,
                                      const struct deed *d, const struct desk *k,
                                      struct err *err) = {
    [DEED_ACK] = ack,
    [DEED_UNACK] = unack,
    [DEED_RESOLVE] = resolve,
};

int engine_deed(struct engine *e, const struct deed *d, int64_t now_ms, struct effects *fx,
                struct err *err)
{
    struct desk k = {e->config, now_ms, CAUSE_PERSON, d->who, fx};
    struct incident_case *c;

    engine_begin(e);
    c = find_open(e, d->incident, err);
    if (!c || deeds[d->kind](e, c, d, &k, err) < 0)
        return -1;
    engine_settle(e, c, &k);
    return 0;
}
