/* series.c - the index of series in memory: found by region and monitor, or by id.
 *
 * Happy path: configure -> read (series_read.c) -> the monitors' next results find their series, or
 *             make one -> what changed is written (series_write.c).
 * Failures:   none here; two halves of an entry, one made while Redis was away, are put together.
 *
 * A former name (`was`) is dealt with once, and that is kept in the entry: a file that goes on
 * saying `was` moves nothing a second time. All moves of a configuration happen at once, so two
 * monitors may exchange their names. */
#include "series.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "internal.h"
#include "loop/log.h"
#include "series_index.h"

#define FIELD_SIZE (2 * NAME_SIZE + 2)

struct family {
    char *monitor;
    VEC(struct series *) members; /* one of each region */
};

struct holder {
    char id[SERIES_ID_SIZE];
    struct series *series;
};

/* --- finding --- */

static void field_of(char dst[FIELD_SIZE], const char *region, const char *monitor)
{
    snprintf(dst, FIELD_SIZE, "%.*s/%.*s", NAME_MAX_BYTES, region, NAME_MAX_BYTES, monitor);
}

const struct series *series_find(const struct store *s, const char *region, const char *monitor)
{
    char field[FIELD_SIZE];

    field_of(field, region, monitor);
    return map_get(&s->series->by_field, field);
}

const struct series *series_next(const struct store *s, size_t *i, const char *monitor,
                                 const char *region)
{
    const struct family *f = map_get(&s->series->by_monitor, monitor);

    while (f != NULL && *i < f->members.n) {
        const struct series *x = f->members.items[(*i)++];
        if (region == NULL || text_eq(region, x->region))
            return x;
    }
    return NULL;
}

struct series *series_at(const struct store *s, size_t i)
{
    return i < s->series->all.n ? s->series->all.items[i] : NULL;
}

struct series *series_own(const struct store *s, const char *monitor)
{
    char field[FIELD_SIZE];

    field_of(field, s->region, monitor);
    return map_get(&s->series->by_field, field);
}

static struct epoch *epoch_of(const struct series *x, const char *id)
{
    for (size_t i = 0; i < x->epochs.n; i++) {
        if (text_eq(x->epochs.items[i].id, id))
            return &x->epochs.items[i];
    }
    return NULL;
}

struct epoch *series_by_id(const struct store *s, const char *id, struct series **ret_of)
{
    struct holder *o = map_get(&s->series->owners, id);
    struct epoch *e = o != NULL ? epoch_of(o->series, id) : NULL;

    if (e != NULL)
        *ret_of = o->series;
    return e;
}

/* --- entries come and go --- */

static const char *region_name(struct series_index *x, const char *region)
{
    char *name = map_get(&x->regions, region);

    if (name == NULL) {
        name = mem_strdup(region);
        map_put(&x->regions, name, name);
    }
    return name;
}

static void join_family(struct series_index *x, struct series *one)
{
    struct family *f = map_get(&x->by_monitor, one->monitor);

    if (f == NULL) {
        f = mem_new(struct family);
        f->monitor = mem_strdup(one->monitor);
        map_put(&x->by_monitor, f->monitor, f);
    }
    vec_push(&f->members, one);
}

static void free_family(struct family *f)
{
    vec_done(&f->members);
    mem_free(f->monitor);
    mem_free(f);
}

static void leave_family(struct series_index *x, const struct series *one)
{
    struct family *f = map_get(&x->by_monitor, one->monitor);

    for (size_t i = 0; i < f->members.n; i++) {
        if (f->members.items[i] == one)
            f->members.items[i--] = f->members.items[--f->members.n];
    }
    if (f->members.n > 0)
        return;
    map_del(&x->by_monitor, f->monitor);
    free_family(f);
}

struct series *series_get(struct store *s, const char *region, const char *monitor)
{
    struct series_index *x = s->series;
    char field[FIELD_SIZE];

    field_of(field, region, monitor);
    struct series *one = map_get(&x->by_field, field);
    if (one != NULL)
        return one;
    one = mem_new(struct series);
    one->index = x;
    one->field = mem_strdup(field);
    one->region = region_name(x, region);
    one->monitor = strchr(one->field, '/') + 1;
    one->place = x->all.n;
    one->seen = x->pass;
    vec_push(&x->all, one);
    map_put(&x->by_field, one->field, one);
    join_family(x, one);
    return one;
}

bool series_is_own(const struct store *s, const struct series *x)
{
    return text_eq(x->region, s->region);
}

static void disown(struct series_index *x, const char *id)
{
    mem_free(map_del(&x->owners, id));
}

static void own(struct series_index *x, const char *id, struct series *one)
{
    struct holder *o = map_get(&x->owners, id);

    if (o == NULL) {
        o = mem_new(struct holder);
        text_copy(o->id, sizeof o->id, id);
        map_put(&x->owners, o->id, o);
    }
    o->series = one;
}

static void free_series(struct series *one)
{
    for (size_t i = 0; i < one->loose.n; i++)
        mem_free(one->loose.items[i]);
    vec_done(&one->loose);
    vec_done(&one->epochs);
    mem_free(one->field);
    mem_free(one);
}

void series_touch(struct series *one)
{
    if (one->dirty)
        return;
    one->dirty = true;
    vec_push(&one->index->dirty, one);
}

static void untouch(struct series *one)
{
    struct series_index *x = one->index;

    for (size_t i = 0; one->dirty && i < x->dirty.n; i++) {
        if (x->dirty.items[i] == one)
            x->dirty.items[i--] = x->dirty.items[--x->dirty.n];
    }
}

void series_drop(struct store *s, struct series *one)
{
    struct series_index *x = s->series;

    for (size_t i = 0; series_is_own(s, one) && i < one->epochs.n; i++)
        disown(x, one->epochs.items[i].id);
    untouch(one);
    x->all.items[one->place] = x->all.items[--x->all.n];
    x->all.items[one->place]->place = one->place;
    map_del(&x->by_field, one->field);
    leave_family(x, one);
    free_series(one);
}

void series_touch_all(struct store *s)
{
    for (size_t i = 0; i < s->series->all.n; i++) {
        if (series_is_own(s, s->series->all.items[i]))
            series_touch(s->series->all.items[i]);
    }
}

void series_loosen(struct series *one, const char *field)
{
    for (size_t i = 0; i < one->loose.n; i++) {
        if (text_eq(one->loose.items[i], field))
            return;
    }
    vec_push(&one->loose, mem_strdup(field));
    series_touch(one);
}

/* --- epochs --- */

static int64_t kept_ms(const struct store *s)
{
    int64_t most = s->raw_ms > s->minute_ms ? s->raw_ms : s->minute_ms;

    most = s->hour_ms > most ? s->hour_ms : most;
    return s->day_ms > most ? s->day_ms : most;
}

bool series_is_over(const struct store *s, const struct epoch *e, int64_t now_ms)
{
    return e->last_ms + DAY_MS + kept_ms(s) < now_ms;
}

void series_remove(struct store *s, struct series *one, size_t at)
{
    struct epoch *e = one->epochs.items;

    if (series_is_own(s, one))
        disown(s->series, e[at].id);
    memmove(e + at, e + at + 1, (one->epochs.n - at - 1) * sizeof *e);
    one->epochs.n--;
    series_touch(one);
}

/* The one written to longest ago; it is told when something of it is still kept. */
static void make_room(struct store *s, struct series *one)
{
    size_t oldest = 0;

    for (size_t i = 1; i < one->epochs.n; i++) {
        if (one->epochs.items[i].last_ms < one->epochs.items[oldest].last_ms)
            oldest = i;
    }
    if (!series_is_over(s, &one->epochs.items[oldest], loop_now_ms()))
        log_warning("store",
                    "%s has had more than %d intervals: the results of the oldest are "
                    "given up",
                    one->monitor, EPOCHS_MAX);
    series_remove(s, one, oldest);
}

void series_add(struct store *s, struct series *one, const struct epoch *e, size_t at)
{
    if (one->epochs.n >= EPOCHS_MAX) {
        make_room(s, one);
        at -= at > 0 ? 1 : 0;
    }
    vec_push(&one->epochs, *e);
    struct epoch *items = one->epochs.items;
    memmove(items + at + 1, items + at, (one->epochs.n - 1 - at) * sizeof *items);
    items[at] = *e;
    if (series_is_own(s, one))
        own(s->series, e->id, one);
}

/* Twelve letters of 60 bits: of a million series, two are the same once in two million times. */
static void make_id(const struct store *s, const char *monitor, int64_t interval_ms,
                    char ret[SERIES_ID_SIZE])
{
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
    char birth[2 * NAME_SIZE + 64];
    struct series *other;

    for (unsigned n = 0; n == 0 || series_by_id(s, ret, &other) != NULL; n++) {
        snprintf(birth, sizeof birth, "%s/%s/%lld/%lld/%u", s->region, monitor,
                 (long long)interval_ms, (long long)loop_now_ms(), n);
        uint64_t h = hash64_text(birth, hash64_text(s->writer, 0));
        for (int i = 0; i < 12; i++, h >>= 5)
            ret[i] = letters[h & 31];
        ret[12] = '\0';
    }
}

/* One more than the place of an epoch that may go on although others came after it; 0: none. It has
 * to when there is no room for a new one: what was expected meanwhile is then not known exactly. */
static size_t former_of(const struct series *one, int64_t interval_ms)
{
    size_t i = one->epochs.n >= EPOCHS_MAX ? one->epochs.n : 0;

    while (i > 0 && one->epochs.items[i - 1].interval_ms != interval_ms)
        i--;
    return i;
}

struct epoch *series_epoch(struct store *s, const char *monitor, int64_t interval_ms)
{
    const struct move *m = map_get(&s->series->monitors, monitor);
    struct series *one = series_get(s, s->region, monitor);
    struct epoch e = {.interval_ms = interval_ms};
    size_t i = one->epochs.n;

    if (i == 0 && s->series->ever_known && m != NULL && m->was != NULL)
        text_copy(one->was, sizeof one->was, m->was); /* there was nothing to move */
    if (i > 0 && one->epochs.items[i - 1].interval_ms == interval_ms)
        return &one->epochs.items[i - 1];
    i = former_of(one, interval_ms);
    if (i > 0) {
        e = one->epochs.items[i - 1];
        series_remove(s, one, i - 1);
    } else {
        make_id(s, monitor, interval_ms, e.id);
    }
    series_add(s, one, &e, one->epochs.n);
    series_touch(one);
    return &one->epochs.items[one->epochs.n - 1];
}

/* --- former names --- */

struct taken {
    const struct move *move;
    struct series *from;
    VEC(struct epoch) epochs;
};

static bool is_done(const struct store *s, const struct move *m)
{
    const struct series *one = series_own(s, m->monitor);

    return one != NULL && text_eq(one->was, m->was != NULL ? m->was : "");
}

static void take(struct taken *t, const struct move *m, struct series *from)
{
    *t = (struct taken){.move = m, .from = from};
    for (size_t i = 0; i < from->epochs.n; i++)
        vec_push(&t->epochs, from->epochs.items[i]);
    from->epochs.n = 0;
}

/* What was moved came before what is there. */
static void put(struct store *s, struct taken *t)
{
    struct series *to = series_get(s, s->region, t->move->monitor);

    for (size_t i = 0; i < t->epochs.n; i++)
        series_add(s, to, &t->epochs.items[i], i < to->epochs.n ? i : to->epochs.n);
    vec_done(&t->epochs);
    text_copy(to->was, sizeof to->was, t->move->was);
    to->moved = true;
    series_touch(to);
    series_loosen(to, t->from->field);
    for (size_t i = 0; i < t->from->loose.n; i++)
        series_loosen(to, t->from->loose.items[i]);
}

static void mark(struct store *s, const struct move *m)
{
    struct series *one = series_own(s, m->monitor);

    if (one == NULL || is_done(s, m))
        return;
    text_copy(one->was, sizeof one->was, m->was != NULL ? m->was : "");
    series_touch(one);
}

void series_apply_moves(struct store *s)
{
    struct series_index *x = s->series;
    VEC(struct taken) all = {0};

    for (size_t i = 0; i < x->moves.n; i++) {
        const struct move *m = &x->moves.items[i];
        struct series *from = m->was != NULL ? series_own(s, m->was) : NULL;
        struct taken t;
        if (from == NULL || is_done(s, m))
            continue;
        take(&t, m, from);
        vec_push(&all, t);
    }
    for (size_t i = 0; i < all.n; i++)
        put(s, &all.items[i]);
    for (size_t i = 0; i < all.n; i++) {
        if (all.items[i].from->epochs.n == 0)
            series_drop(s, all.items[i].from);
    }
    vec_done(&all);
    for (size_t i = 0; i < x->moves.n; i++)
        mark(s, &x->moves.items[i]);
}

static void forget_moves(struct series_index *x)
{
    for (size_t i = 0; i < x->moves.n; i++) {
        mem_free(x->moves.items[i].monitor);
        mem_free(x->moves.items[i].was);
    }
    vec_done(&x->moves);
    map_done(&x->monitors);
    map_init(&x->monitors, 11);
}

void series_configure(struct store *s, const struct config *c)
{
    struct series_index *x = s->series;

    forget_moves(x);
    for (size_t i = 0; i < c->n_monitors; i++) {
        const struct monitor *m = &c->monitors[i];
        struct move one = {mem_strdup(m->name), mem_strdup(m->was), m->enabled};
        vec_push(&x->moves, one);
    }
    for (size_t i = 0; i < x->moves.n; i++)
        map_put(&x->monitors, x->moves.items[i].monitor, &x->moves.items[i]);
    if (x->ever_known)
        series_apply_moves(s);
}

bool series_watched(const struct store *s, const struct series *one)
{
    return map_get(&s->series->monitors, one->monitor) != NULL;
}

bool series_probed(const struct store *s, const struct series *one)
{
    const struct move *m = map_get(&s->series->monitors, one->monitor);
    return m != NULL && m->probed;
}

/* --- life --- */

struct series_index *series_new(struct store *s)
{
    struct series_index *x = mem_new(struct series_index);

    x->store = s;
    x->unread = spool_records(s->samples_lane.spool) > 0;
    map_init(&x->by_field, 13);
    map_init(&x->by_monitor, 13);
    map_init(&x->owners, 13);
    map_init(&x->regions, 13);
    map_init(&x->monitors, 11);
    return x;
}

void series_free(struct series_index *x)
{
    const char *key;
    void *value;

    if (x == NULL)
        return;
    for (size_t i = 0; i < x->all.n; i++)
        free_series(x->all.items[i]);
    vec_done(&x->all);
    vec_done(&x->dirty);
    for (size_t i = 0; map_next(&x->by_monitor, &i, &key, &value);)
        free_family(value);
    for (size_t i = 0; map_next(&x->owners, &i, &key, &value);)
        mem_free(value);
    for (size_t i = 0; map_next(&x->regions, &i, &key, &value);)
        mem_free(value);
    forget_moves(x);
    map_done(&x->by_field);
    map_done(&x->by_monitor);
    map_done(&x->owners);
    map_done(&x->regions);
    map_done(&x->monitors);
    mem_free(x);
}
