/* view.c - the state as a sum of records; a later record of the same thing replaces the earlier.
 *
 * Failures: a record that can't be read is counted and passed over; the others still stand. */
#include "view.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "resp.h"
#include "wire/state.h"

bool delivery_ended(const struct delivery *d)
{
    return d->state != DELIVERY_WAITING && d->state != DELIVERY_SENDING;
}

void view_init(struct view *v)
{
    *v = (struct view){0};
    map_init(&v->monitors, 1);
    map_init(&v->incidents, 2);
    map_init(&v->deliveries, 3);
}

static void damaged(struct view *v, const char *what, const struct err *e)
{
    if (v->damaged++ == 0)
        err_set(&v->first, "%s: %s", what, e->text);
}

void view_put_monitor(struct view *v, const char *name, size_t name_n, const char *json, size_t n)
{
    struct stored_monitor m = {0};
    struct err e;

    if (name_n == 0 || name_n >= sizeof m.name)
        return;
    memcpy(m.name, name, name_n);
    if (n == 0) {
        mem_free(map_del(&v->monitors, m.name));
        return;
    }
    if (state_read_monitor(json, n, &m.status, &e) != 0) {
        damaged(v, m.name, &e);
        return;
    }
    struct stored_monitor *kept = map_get(&v->monitors, m.name);
    if (kept == NULL)
        kept = mem_new(struct stored_monitor);
    *kept = m;
    map_put(&v->monitors, kept->name, kept);
}

void view_put_incident(struct view *v, const char *json, size_t n)
{
    struct incident i;
    struct err e;

    if (state_read_incident(json, n, &i, &e) != 0) {
        damaged(v, "incident", &e);
        return;
    }
    struct incident *kept = map_get(&v->incidents, i.id);
    if (kept == NULL)
        kept = mem_new(struct incident);
    *kept = i;
    map_put(&v->incidents, kept->id, kept);
}

void view_put_delivery(struct view *v, const char *json, size_t n)
{
    struct delivery d;
    struct err e;

    if (state_read_delivery(json, n, &d, &e) != 0) {
        damaged(v, "delivery", &e);
        return;
    }
    struct delivery *kept = map_get(&v->deliveries, d.id);
    if (kept == NULL)
        kept = mem_new(struct delivery);
    *kept = d;
    map_put(&v->deliveries, kept->id, kept);
}

/* --- a commit's arguments --- */

struct piece {
    const char *p;
    size_t n;
};

/* Takes the next n arguments; false when they are not there. */
static bool take(const char **p, const char *end, struct piece *ret, int n)
{
    for (int i = 0; i < n; i++) {
        if (resp_next(p, end, &ret[i].p, &ret[i].n) != 1)
            return false;
    }
    return true;
}

static bool skip_front(const char **p, const char *end)
{
    struct piece one;
    char text[8];
    int64_t keys = 0;

    if (!take(p, end, &one, 1) || one.n >= sizeof text)
        return false;
    memcpy(text, one.p, one.n);
    text[one.n] = '\0';
    if (text_int(text, 0, 64, &keys, NULL) != 0)
        return false;
    for (int64_t i = 0; i < keys + 3; i++) { /* and writer, seq, at */
        if (!take(p, end, &one, 1))
            return false;
    }
    return true;
}

void view_put_commit(struct view *v, const char *p, size_t n)
{
    const char *end = p + n;
    struct piece a[5];
    bool good = skip_front(&p, end);

    while (good && p < end) {
        good = take(&p, end, a, 1) && a[0].n == 1;
        if (!good)
            break;
        char kind = a[0].p[0];
        if (kind == 'm') {
            good = take(&p, end, a, 2);
            if (good)
                view_put_monitor(v, a[0].p, a[0].n, a[1].p, a[1].n);
        } else if (kind == 'i') {
            good = take(&p, end, a, 4);
            if (good)
                view_put_incident(v, a[3].p, a[3].n);
        } else if (kind == 'd') {
            good = take(&p, end, a, 5);
            if (good)
                view_put_delivery(v, a[4].p, a[4].n);
        } else {
            good = take(&p, end, a, 2); /* the ledger and the audit log are not state */
        }
    }
    if (!good)
        damaged(v, "commit", &(struct err){"its arguments end too early"});
}

/* --- the sum --- */

void view_missing(const struct view *v, view_missing_fn *fn, void *arg)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&v->deliveries, &i, &key, &value);) {
        const struct delivery *d = value;
        if (!delivery_ended(d) && d->notice.incident[0] != '\0' &&
            map_get(&v->incidents, d->notice.incident) == NULL)
            fn(arg, d->notice.incident);
    }
}

static bool is_open(const struct view *v, const char *incident)
{
    const struct incident *i = map_get(&v->incidents, incident);

    return i != NULL && i->state != INCIDENT_RESOLVED;
}

static void mark_news(const struct view *v, struct map *news)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&v->deliveries, &i, &key, &value);) {
        struct delivery *d = value;
        if (!delivery_ended(d))
            map_put(news, d->notice.incident, d);
    }
}

void view_take(struct view *v, struct stored *ret)
{
    struct map news;
    const char *key;
    void *value;

    *ret = (struct stored){0};
    map_init(&news, 4);
    mark_news(v, &news);
    for (size_t i = 0; map_next(&v->monitors, &i, &key, &value);)
        vec_push(&ret->monitors, *(struct stored_monitor *)value);
    for (size_t i = 0; map_next(&v->incidents, &i, &key, &value);) {
        if (is_open(v, key) || map_get(&news, key) != NULL)
            vec_push(&ret->incidents, *(struct incident *)value);
    }
    for (size_t i = 0; map_next(&v->deliveries, &i, &key, &value);) {
        const struct delivery *d = value;
        if (!delivery_ended(d) || is_open(v, d->notice.incident))
            vec_push(&ret->deliveries, *d);
    }
    map_done(&news);
    struct map *all[] = {&v->monitors, &v->incidents, &v->deliveries};
    for (size_t m = 0; m < 3; m++) {
        for (size_t i = 0; map_next(all[m], &i, &key, &value);)
            mem_free(value);
        map_done(all[m]);
    }
}
