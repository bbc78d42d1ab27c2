/* import.c - events of a calendar -> who is on call from when to when.
 *
 * Happy path: each event -> its occurrences (RRULE, RDATE, EXDATE, RECURRENCE-ID) as instants,
 * by our own zones -> one sweep over all of them -> shifts that do not overlap.
 * Failures: a title that names nobody, a zone nobody knows, too much of anything.
 *
 * A wall time that does not exist is read with the offset before the hole, as RFC 5545 says; one
 * that exists twice is the first. An occurrence is as long on the wall as the first one, so that
 * a weekly turn ends at the hour at which it began, whatever the clocks did meanwhile. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"
#include "base/text.h"
#include "calendar.h"
#include "reader.h"

#define DAY_S            ((int64_t)86400)
#define OCCURRENCES_MOST 50000
#define AT_ONCE_MOST     64               /* events */
#define NAMES_MOST       INT64_C(5000000) /* looked at while all shifts are made */
#define DAYS_MOST        INT64_C(5000000) /* looked at for all rules of a file */
#define COMPLAINTS_MOST  5

struct occurrence {
    int64_t start_ms, end_ms;
    int level;
    size_t order; /* of the event in the file */
    struct slot people;
};

/* One event being expanded. */
struct expansion {
    const struct calendar_event *event;
    size_t order;
    const struct zone *zone;
    enum zone_gap gap;
    int64_t wall_s, exact_s; /* how long: so much on the wall, then so many seconds */
    int64_t *except;         /* instants, sorted */
    size_t n_except;
    bool named;  /* people and level are known */
    bool nobody; /* the title could not be read: said already */
    struct slot people;
    int level;
};

struct state {
    struct import *import;
    VEC(struct occurrence) list;
    struct map instead; /* "INSTANT UID" of occurrences that have an event of their own */
    struct arena arena;
    int64_t budget;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* --- times --------------------------------------------------------------------------------- */

/* Some programs put a path before the name: "/example.org/Europe/Madrid". */
static const struct zone *zone_of(const struct state *st, const struct calendar_time *t,
                                  struct err *e)
{
    struct reader *r = st->import->reader;

    if (t->clock == CALENDAR_UTC)
        return zone_utc();
    if (t->clock != CALENDAR_ZONED)
        return st->import->use->zone;
    const struct zone *z = type_zone_find(r, t->zone, NULL);

    for (const char *p = t->zone; !z && *p == '/' && (p = strchr(p + 1, '/'));)
        z = type_zone_find(r, p + 1, NULL);
    if (!z)
        err_set(e, "there is no time zone `%.60s`; names are those of IANA, such as Europe/Madrid",
                t->zone);
    return z;
}

static enum zone_gap gap_of(const struct calendar_time *t)
{
    return t->clock == CALENDAR_DAY ? ZONE_GAP_NEXT : ZONE_GAP_SHIFT;
}

static int instant_of(const struct state *st, const struct calendar_time *t, int64_t *ret_s,
                      struct err *e)
{
    const struct zone *z = zone_of(st, t, e);

    if (!z)
        return -1;
    *ret_s = zone_resolve(z, t->local_s, gap_of(t));
    return 0;
}

static int64_t start_at(const struct expansion *x, int64_t local_s)
{
    return zone_resolve(x->zone, local_s, x->gap);
}

static int64_t end_at(const struct expansion *x, int64_t local_s)
{
    return (x->wall_s ? start_at(x, local_s + x->wall_s) : start_at(x, local_s)) + x->exact_s;
}

static int measure(const struct state *st, struct expansion *x, struct err *e)
{
    const struct calendar_event *v = x->event;
    const struct zone *end_zone = v->has_end ? zone_of(st, &v->end, e) : NULL;
    int64_t end_s;

    if (v->has_end && !end_zone)
        return -1;
    if (!v->has_end) {
        x->wall_s = v->length_days * DAY_S;
        x->exact_s = v->length_s;
        if (v->start.clock == CALENDAR_DAY && !x->wall_s && !x->exact_s)
            x->wall_s = DAY_S;
    } else if (end_zone == x->zone) {
        x->wall_s = v->end.local_s - v->start.local_s;
    } else {
        if (instant_of(st, &v->end, &end_s, e) < 0)
            return -1;
        x->exact_s = end_s - start_at(x, v->start.local_s);
    }
    return x->wall_s + x->exact_s < 0 ? err_set(e, "it ends before it begins") : 0;
}

/* --- who ----------------------------------------------------------------------------------- */

static const struct person *person_called(const struct config *c, const char *name, size_t n)
{
    for (size_t i = 0; i < c->n_people; i++) {
        const struct person *p = &c->people[i];

        if (strlen(p->name) == n && memcmp(p->name, name, n) == 0)
            return p;
        if (p->full_name && strlen(p->full_name) == n && strncasecmp(p->full_name, name, n) == 0)
            return p;
    }
    return NULL;
}

/* "[L3] ana" -> 3, and the title goes on behind it. */
static int level_of(const char **title)
{
    const char *s = *title + strspn(*title, " \t");
    int level = 0;

    if (s[0] == '[' && (s[1] == 'L' || s[1] == 'l') && s[2] >= '1' && s[2] <= '9' && s[3] == ']') {
        level = s[2] - '0';
        s += 4;
    }
    *title = s + strspn(s, " \t");
    return level;
}

static size_t trimmed(const char *s, size_t n)
{
    while (n > 0 && strchr(" \t\n", s[n - 1]))
        n--;
    return n;
}

static void add_person(struct slot *s, const struct person *p)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->people[i] == p->name)
            return;
    s->people[s->n++] = p->name;
}

/* A person, or several with commas between them. */
static bool read_title(const struct state *st, const char *title, struct slot *ret)
{
    const struct config *c = st->import->reader->config;
    struct arena *a = &st->import->reader->config->arena;
    size_t whole = trimmed(title, strlen(title)), commas = 0;
    const struct person *p = person_called(c, title, whole);

    for (size_t i = 0; i < whole; i++)
        commas += title[i] == ',';
    if (commas >= ONCALL_MAX_PEOPLE)
        return false;
    ret->n = 0;
    ret->people = arena_calloc(a, commas + 1, sizeof *ret->people);
    if (p)
        add_person(ret, p);
    for (const char *at = title; !p && at < title + whole;) {
        size_t part = strcspn(at, ",");
        const struct person *one = person_called(c, at, trimmed(at, part));

        if (!one)
            return false;
        add_person(ret, one);
        at += part + (at[part] == ',');
        at += strspn(at, " \t");
    }
    return ret->n > 0;
}

static const char *guess(const struct state *st, const char *title)
{
    const struct config *c = st->import->reader->config;
    const char **names = mem_calloc(c->n_people + 1, sizeof *names);
    const char *found;

    for (size_t i = 0; i < c->n_people; i++)
        names[i] = c->people[i].name;
    found = text_nearest(title, names);
    mem_free(names);
    return found;
}

static void complain_title(struct state *st, const struct expansion *x, const char *title)
{
    struct import *m = st->import;
    struct civil c = civil_of(x->event->start.local_s);
    const char *near = guess(st, title);
    char shown[61], hint[140] = "";

    if (m->complaints++ >= COMPLAINTS_MOST)
        return;
    text_copy(shown, sizeof shown, title);
    if (near)
        text_printf(hint, sizeof hint, "; did you mean `%s`?", near);
    diag_error(m->reader->d, m->use->place,
               "calendar `%s`: line %d: `%s` (the event of %04d-%02d-%02d) is not a person%s",
               m->name, x->event->line, shown, c.year, c.month, c.day, hint);
}

static bool know_people(struct state *st, struct expansion *x)
{
    const char *title = x->event->summary;

    if (x->named || x->nobody)
        return x->named;
    x->level = level_of(&title);
    x->named = read_title(st, title, &x->people);
    x->nobody = !x->named;
    if (x->nobody)
        complain_title(st, x, title);
    return x->named;
}

/* --- occurrences --------------------------------------------------------------------------- */

static int compare_instants(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* A day that is left out leaves out whatever begins on it. */
static bool is_left_out(const struct expansion *x, int64_t local_s, int64_t start_s)
{
    const struct calendar_dates *d = &x->event->except;

    if (bsearch(&start_s, x->except, x->n_except, sizeof *x->except, compare_instants))
        return true;
    for (size_t i = 0; i < d->n && x->event->start.clock != CALENDAR_DAY; i++)
        if (d->items[i].clock == CALENDAR_DAY &&
            d->items[i].local_s == floor_div(local_s, DAY_S) * DAY_S)
            return true;
    return false;
}

#define KEY_SIZE 300

static const char *instead_key(int64_t start_s, const char *uid, char *dst)
{
    snprintf(dst, KEY_SIZE, "%lld %.250s", (long long)start_s, uid);
    return dst;
}

static bool is_instead(const struct state *st, const struct expansion *x, int64_t start_s)
{
    char key[KEY_SIZE];

    return st->instead.n > 0 && !x->event->instead &&
           map_get(&st->instead, instead_key(start_s, x->event->uid, key));
}

static int add_occurrence(struct state *st, struct expansion *x, int64_t local_s, struct err *e)
{
    int64_t start_s = start_at(x, local_s), end_s = end_at(x, local_s);
    const struct import *m = st->import;

    if (end_s <= start_s || end_s * 1000 <= m->from_ms || start_s * 1000 >= m->to_ms)
        return 0;
    if (is_left_out(x, local_s, start_s) || is_instead(st, x, start_s) || !know_people(st, x))
        return 0;
    if (st->list.n == OCCURRENCES_MOST)
        return err_set(e, "gives more than %d shifts", OCCURRENCES_MOST);
    struct occurrence o = {start_s * 1000, end_s * 1000, x->level, x->order, x->people};

    vec_push(&st->list, o);
    return 0;
}

/* Whether a recurring event still goes on at that start. */
static bool before_until(const struct expansion *x, int64_t local_s)
{
    struct calendar_time until;

    if (!x->event->rule.until[0] || calendar_time_parse(x->event->rule.until, &until) < 0)
        return true;
    if (until.clock == CALENDAR_DAY)
        return floor_div(local_s, DAY_S) <= until.local_s / DAY_S;
    if (until.clock == CALENDAR_UTC)
        return start_at(x, local_s) <= until.local_s;
    return local_s <= until.local_s;
}

static int follow_rule(struct state *st, struct expansion *x, struct err *e)
{
    const struct import *m = st->import;
    struct recur_walk w;
    int64_t first_s = x->event->start.local_s, first = floor_div(first_s, DAY_S), day;
    int64_t reach = (x->wall_s + x->exact_s) / DAY_S + 3;

    struct recur_span span = {.first = first,
                              .from = floor_div(m->from_ms, DAY_S * 1000) - reach,
                              .last = floor_div(m->to_ms, DAY_S * 1000) + 2};

    recur_begin(&w, &x->event->rule, span, &st->budget);
    while (recur_next(&w, &day)) {
        int64_t local_s = first_s + (day - first) * DAY_S;

        if (!before_until(x, local_s))
            break;
        if (add_occurrence(st, x, local_s, e) < 0)
            return -1;
    }
    return st->budget < 0 ? err_set(e, "its events recur over too many days") : 0;
}

static int follow_dates(struct state *st, struct expansion *x, struct err *e)
{
    const struct calendar_event *v = x->event;

    for (size_t i = 0; i < v->also.n; i++) {
        const struct calendar_time *t = &v->also.items[i];
        int64_t at_s, of_day_s = v->start.local_s - floor_div(v->start.local_s, DAY_S) * DAY_S;

        if (instant_of(st, t, &at_s, e) < 0)
            return -1;
        if (add_occurrence(
                st, x, t->clock == CALENDAR_DAY ? t->local_s + of_day_s : zone_local(x->zone, at_s),
                e) < 0)
            return -1;
    }
    return 0;
}

static int read_exceptions(struct state *st, struct expansion *x, struct err *e)
{
    const struct calendar_dates *d = &x->event->except;

    x->except = arena_calloc(&st->arena, d->n + 1, sizeof *x->except);
    for (; x->n_except < d->n; x->n_except++)
        if (instant_of(st, &d->items[x->n_except], &x->except[x->n_except], e) < 0)
            return -1;
    qsort(x->except, x->n_except, sizeof *x->except, compare_instants);
    return 0;
}

static int expand(struct state *st, size_t i, struct err *e)
{
    const struct calendar_event *v = &st->import->calendar->events.items[i];
    struct expansion x = {.event = v, .order = i, .gap = gap_of(&v->start)};

    if (v->cancelled)
        return 0;
    x.zone = zone_of(st, &v->start, e);
    if (!x.zone || measure(st, &x, e) < 0 || read_exceptions(st, &x, e) < 0)
        return -1;
    if (v->recurs && !v->instead)
        return follow_rule(st, &x, e) < 0 ? -1 : follow_dates(st, &x, e);
    return add_occurrence(st, &x, v->start.local_s, e) < 0 ? -1 : follow_dates(st, &x, e);
}

/* Which occurrences have an event of their own. */
static int note_instead(struct state *st, struct err *e)
{
    const struct calendar *c = st->import->calendar;

    for (size_t i = 0; i < c->events.n; i++) {
        const struct calendar_event *v = &c->events.items[i];
        char key[KEY_SIZE];
        int64_t at_s;

        if (!v->instead)
            continue;
        if (instant_of(st, &v->instead_of, &at_s, e) < 0)
            return err_wrap(e, "line %d", v->line);
        map_put(&st->instead, arena_strdup(&st->arena, instead_key(at_s, v->uid, key)), st);
    }
    return 0;
}

/* --- the sweep ----------------------------------------------------------------------------- */

static int compare_occurrences(const void *a, const void *b)
{
    const struct occurrence *x = a, *y = b;

    if (x->start_ms != y->start_ms)
        return x->start_ms > y->start_ms ? 1 : -1;
    return (x->order > y->order) - (x->order < y->order);
}

struct sweep {
    const struct occurrence *active[AT_ONCE_MOST];
    size_t n;
    VEC(struct shift) shifts;
    int64_t budget; /* names that may still be looked at */
};

/* Everybody of the highest level, in the order in which they began. */
static struct slot people_of(struct sweep *w, struct arena *a)
{
    const char *names[AT_ONCE_MOST * ONCALL_MAX_PEOPLE];
    struct slot found = {.people = names};
    int top = 0;

    for (size_t i = 0; i < w->n; i++)
        top = w->active[i]->level > top ? w->active[i]->level : top;
    for (size_t i = 0; i < w->n; i++) {
        const struct slot *s = &w->active[i]->people;

        for (size_t k = 0; w->active[i]->level == top && k < s->n; k++) {
            size_t known = 0;

            while (known < found.n && names[known] != s->people[k])
                known++;
            if (known == found.n)
                names[found.n++] = s->people[k];
            w->budget--;
        }
    }
    struct slot kept = {.people = arena_calloc(a, found.n + 1, sizeof *kept.people), .n = found.n};

    if (found.n)
        memcpy(kept.people, names, found.n * sizeof *names);
    return kept;
}

static bool same_people(const struct slot *a, const struct slot *b)
{
    return a->n == b->n && memcmp(a->people, b->people, a->n * sizeof *a->people) == 0;
}

static void push_shift(struct sweep *w, struct shift s)
{
    vec_reserve(&w->shifts, w->shifts.n + 1 > w->shifts.cap ? w->shifts.n * 2 + 8 : w->shifts.cap);
    assert(w->shifts.items);
    w->shifts.items[w->shifts.n++] = s;
}

static void add_shift(struct sweep *w, struct shift s)
{
    struct shift *last = w->shifts.n ? &w->shifts.items[w->shifts.n - 1] : NULL;

    if (last && last->end_ms == s.start_ms && same_people(&last->people, &s.people))
        last->end_ms = s.end_ms;
    else
        push_shift(w, s);
}

static void drop_ended(struct sweep *w, int64_t at_ms)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->n; i++)
        if (w->active[i]->end_ms > at_ms)
            w->active[kept++] = w->active[i];
    w->n = kept;
}

/* The next instant at which somebody begins or ends. */
static int64_t next_edge(const struct sweep *w, const struct occurrence *next)
{
    int64_t edge = next ? next->start_ms : INT64_MAX;

    for (size_t i = 0; i < w->n; i++)
        edge = w->active[i]->end_ms < edge ? w->active[i]->end_ms : edge;
    return edge;
}

static int sweep(struct state *st, struct sweep *w, struct arena *a, struct err *e)
{
    const struct occurrence *o = st->list.items;
    size_t i = 0, n = st->list.n;

    while (i < n || w->n > 0) {
        int64_t at_ms = next_edge(w, i < n ? &o[i] : NULL);

        drop_ended(w, at_ms);
        for (; i < n && o[i].start_ms == at_ms; i++) {
            if (w->n == AT_ONCE_MOST)
                return err_set(e, "more than %d events at once", AT_ONCE_MOST);
            w->active[w->n++] = &o[i];
        }
        if (w->n > 0)
            add_shift(w,
                      (struct shift){at_ms, next_edge(w, i < n ? &o[i] : NULL), people_of(w, a)});
        if (w->budget < 0)
            return err_set(e, "too many people in too many events at once");
    }
    return 0;
}

/* --- the whole ----------------------------------------------------------------------------- */

static int collect(struct state *st, struct err *e)
{
    const struct calendar *c = st->import->calendar;

    if (note_instead(st, e) < 0)
        return -1;
    for (size_t i = 0; i < c->events.n; i++)
        if (expand(st, i, e) < 0)
            return err_wrap(e, "line %d", c->events.items[i].line);
    if (st->list.n)
        qsort(st->list.items, st->list.n, sizeof *st->list.items, compare_occurrences);
    return 0;
}

int import_run(struct import *m, struct err *e)
{
    struct state st = {.import = m, .budget = DAYS_MOST};
    struct arena *a = &m->reader->config->arena;
    struct sweep *w = mem_new(struct sweep);

    w->budget = NAMES_MOST;

    arena_init(&st.arena);
    map_init(&st.instead, 0);
    int rc = collect(&st, e) < 0 ? -1 : sweep(&st, w, a, e);

    if (rc == 0) {
        m->n_shifts = w->shifts.n;
        m->shifts = arena_calloc(a, m->n_shifts + 1, sizeof *m->shifts);
        if (m->n_shifts)
            memcpy(m->shifts, w->shifts.items, m->n_shifts * sizeof *m->shifts);
    }
    vec_done(&w->shifts);
    mem_free(w);
    vec_done(&st.list);
    map_done(&st.instead);
    arena_done(&st.arena);
    return rc;
}
