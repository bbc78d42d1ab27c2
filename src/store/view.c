/* view.c - the state as a sum of records; a later record of the same thing replaces the earlier.
 *
 * Failures: a record that can't be read is counted and passed over; the others still stand. */
#include "view.h"

#include <stdlib.h>
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
    map_init(&v->quiets, 4);
    map_init(&v->overrides, 5);
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

#define BY_ID(noun, type, plural)                                                                  \
    void view_put_##noun(struct view *v, const char *json, size_t n)                               \
    {                                                                                              \
        struct type one;                                                                           \
        struct err e;                                                                              \
        if (state_read_##noun(json, n, &one, &e) != 0) {                                           \
            damaged(v, #noun, &e);                                                                 \
            return;                                                                                \
        }                                                                                          \
        struct type *kept = map_get(&v->plural, one.id);                                           \
        if (kept == NULL)                                                                          \
            kept = mem_new(struct type);                                                           \
        *kept = one;                                                                               \
        map_put(&v->plural, kept->id, kept);                                                       \
    }
BY_ID(incident, incident, incidents)
BY_ID(delivery, delivery, deliveries)
BY_ID(quiet, quiet, quiets)
BY_ID(override, kept_override, overrides)

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

/* By its letter: how many arguments, which of them is the record, who takes it. What is not here
 * (the ledger, the audit log) is no state and has two. */
static const struct change {
    char letter;
    int args, json;
    void (*put)(struct view *v, const char *json, size_t n);
} changes[] = {
    {'i', 4, 3, view_put_incident},
    {'d', 5, 4, view_put_delivery},
    {'q', 2, 1, view_put_quiet},
    {'o', 2, 1, view_put_override},
};

static bool put_change(struct view *v, char letter, const char **p, const char *end)
{
    struct piece a[5];

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct change *c = &changes[i];
        if (c->letter != letter)
            continue;
        if (!take(p, end, a, c->args))
            return false;
        c->put(v, a[c->json].p, a[c->json].n);
        return true;
    }
    if (!take(p, end, a, 2))
        return false;
    if (letter == 'm')
        view_put_monitor(v, a[0].p, a[0].n, a[1].p, a[1].n);
    return true;
}

void view_put_commit(struct view *v, const char *p, size_t n)
{
    const char *end = p + n;
    struct piece letter;
    bool good = skip_front(&p, end);

    while (good && p < end)
        good = take(&p, end, &letter, 1) && letter.n == 1 && put_change(v, letter.p[0], &p, end);
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

/* What is known of an incident's deliveries, and whether it is handed over. */
struct about {
    const struct incident *incident;
    bool news, kept; /* one has not ended; handed over */
    size_t deliveries;
};

/* About each incident, in the map and in the list behind it. */
struct sum {
    struct map by_id;
    struct about *all;
    size_t n;
};

static void sum_up(const struct view *v, struct sum *s)
{
    const char *key;
    void *value;

    *s = (struct sum){0};
    map_init(&s->by_id, 6);
    if (v->incidents.n > 0)
        s->all = mem_calloc(v->incidents.n, sizeof *s->all);
    for (size_t i = 0; map_next(&v->incidents, &i, &key, &value);) {
        struct about *a = &s->all[s->n++];
        *a = (struct about){.incident = value};
        map_put(&s->by_id, key, a);
    }
    for (size_t i = 0; map_next(&v->deliveries, &i, &key, &value);) {
        const struct delivery *d = value;
        struct about *a = map_get(&s->by_id, d->notice.incident);
        if (a == NULL)
            continue;
        a->deliveries++;
        a->news |= !delivery_ended(d);
    }
}

static int newest_first(const void *x, const void *y)
{
    const struct incident *a = (*(struct about *const *)x)->incident;
    const struct incident *b = (*(struct about *const *)y)->incident;

    if (a->resolved_ms != b->resolved_ms)
        return a->resolved_ms > b->resolved_ms ? -1 : 1;
    return strcmp(a->id, b->id);
}

/* An incident comes with all its deliveries or not at all: who was paged must hear of the end. */
static void keep_incidents(struct sum *s, int64_t since_ms)
{
    VEC(struct about *) recent = {0};
    size_t deliveries = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct about *a = &s->all[i];
        a->kept = a->incident->state != INCIDENT_RESOLVED || a->news;
        if (!a->kept && a->incident->resolved_ms >= since_ms)
            vec_push(&recent, a);
    }
    if (recent.n > 0)
        qsort(recent.items, recent.n, sizeof *recent.items, newest_first);
    for (size_t i = 0; i < recent.n && i < RESTORE_RESOLVED_MAX; i++) {
        deliveries += recent.items[i]->deliveries;
        if (deliveries > RESTORE_DELIVERIES_MAX)
            break;
        recent.items[i]->kept = true;
    }
    vec_done(&recent);
}

static void give(const struct view *v, const struct sum *s, struct stored *ret)
{
    const char *key;
    void *value;

    vec_reserve(&ret->monitors, v->monitors.n);
    vec_reserve(&ret->incidents, s->n);
    vec_reserve(&ret->deliveries, v->deliveries.n);
    for (size_t i = 0; map_next(&v->monitors, &i, &key, &value);)
        vec_push(&ret->monitors, *(struct stored_monitor *)value);
    for (size_t i = 0; i < s->n; i++) {
        if (s->all[i].kept)
            vec_push(&ret->incidents, *s->all[i].incident);
    }
    for (size_t i = 0; map_next(&v->deliveries, &i, &key, &value);) {
        const struct delivery *d = value;
        const struct about *a = map_get(&s->by_id, d->notice.incident);
        if (!delivery_ended(d) || (a != NULL && a->kept))
            vec_push(&ret->deliveries, *d);
    }
    for (size_t i = 0; map_next(&v->quiets, &i, &key, &value);)
        vec_push(&ret->quiets, *(struct quiet *)value);
    for (size_t i = 0; map_next(&v->overrides, &i, &key, &value);)
        vec_push(&ret->overrides, *(struct kept_override *)value);
}

void view_take(struct view *v, int64_t since_ms, struct stored *ret)
{
    struct map *all[] = {&v->monitors, &v->incidents, &v->deliveries, &v->quiets, &v->overrides};
    struct sum s;
    const char *key;
    void *value;

    *ret = (struct stored){0};
    sum_up(v, &s);
    keep_incidents(&s, since_ms);
    give(v, &s, ret);
    map_done(&s.by_id);
    mem_free(s.all);
    for (size_t m = 0; m < sizeof all / sizeof all[0]; m++) {
        for (size_t i = 0; map_next(all[m], &i, &key, &value);)
            mem_free(value);
        map_done(all[m]);
    }
}
