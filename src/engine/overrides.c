/* overrides.c - overrides that are not in the file: taken, kept, laid over its schedules.
 *
 * Only schedules that have some are copied, into one arena, anew whenever one is added, ends, or
 * the configuration changes. One that names somebody who left the file is passed over. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "desk.h"
#include "model/names.h"

#define PART_LEAST    3
#define REMEMBERED_MS (24 * 3600 * 1000LL)

/* --- laying --- */

/* "ana bo" -> the configuration's own names; false when one is a stranger or there are none. */
static bool read_slot(struct engine *e, const char *names, struct slot *ret)
{
    char name[NAME_SIZE];
    struct slot s = {.people = arena_calloc(&e->laid, strlen(names) / 2 + 1, sizeof *s.people)};

    for (const char *at = names + strspn(names, " "); *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        const struct person *p;

        text_printf(name, sizeof name, "%.*s", (int)n, at);
        p = config_person(e->config, name);
        if (!p)
            return false;
        s.people[s.n++] = p->name;
        at += n;
    }
    *ret = s;
    return s.n > 0;
}

static bool lay(struct engine *e, const struct kept_override *o, struct override *ret)
{
    *ret = (struct override){.kind = o->kind, .start_ms = o->start_ms, .end_ms = o->end_ms};
    return read_slot(e, o->people, &ret->people) &&
           (o->kind != OVERRIDE_REPLACE || read_slot(e, o->with, &ret->with));
}

static void lay_over(struct engine *e, const struct schedule *s)
{
    struct schedule *laid = arena_new(&e->laid, struct schedule);
    size_t most = s->n_overrides + e->overrides.n;

    *laid = *s;
    laid->overrides = arena_calloc(&e->laid, most + 1, sizeof *laid->overrides);
    for (size_t i = 0; i < s->n_overrides; i++)
        laid->overrides[i] = s->overrides[i];
    for (size_t i = 0; i < e->overrides.n; i++) {
        const struct kept_override *o = e->overrides.items[i];

        if (text_eq(o->schedule, s->name) && o->end_ms > o->start_ms &&
            lay(e, o, &laid->overrides[laid->n_overrides]))
            laid->n_overrides++;
    }
    if (laid->n_overrides > s->n_overrides)
        map_put(&e->schedules, s->name, laid);
}

static int by_created(const void *a, const void *b)
{
    const struct kept_override *x = *(const struct kept_override *const *)a;
    const struct kept_override *y = *(const struct kept_override *const *)b;

    if (x->created_ms != y->created_ms)
        return x->created_ms < y->created_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* The newest lies on top: they are kept in that order. */
static void sort(struct engine *e, int64_t now_ms)
{
    size_t kept = 0;

    for (size_t i = 0; i < e->overrides.n; i++) {
        struct kept_override *o = e->overrides.items[i];

        assert(o);
        if (o->end_ms + REMEMBERED_MS > now_ms)
            e->overrides.items[kept++] = o;
        else
            mem_free(o);
    }
    e->overrides.n = kept;
    if (kept)
        qsort(e->overrides.items, kept, sizeof *e->overrides.items, by_created);
}

void engine_lay_overrides(struct engine *e, int64_t now_ms)
{
    sort(e, now_ms);
    map_done(&e->schedules);
    map_init(&e->schedules, 8);
    arena_done(&e->laid);
    arena_init(&e->laid);
    for (size_t i = 0; e->overrides.n && i < e->config->n_schedules; i++)
        lay_over(e, &e->config->schedules[i]);
}

const struct schedule *engine_schedule(const struct engine *e, const char *name)
{
    const struct schedule *laid = map_get(&e->schedules, name);

    return laid ? laid : config_schedule(e->config, name);
}

/* --- people --- */

static void record(const struct kept_override *o, const struct desk *k, const char *from,
                   const char *to)
{
    struct transition t = {.at_ms = k->now_ms, .subject = SUBJECT_OVERRIDE, .cause = k->cause};

    text_copy(t.name, sizeof t.name, o->id);
    text_copy(t.from, sizeof t.from, from);
    text_copy(t.to, sizeof t.to, to);
    text_copy(t.actor, sizeof t.actor, k->actor);
    text_printf(t.text, sizeof t.text, "%s: %s %s%s%s%s%s", o->schedule,
                override_kind_name(o->kind), o->people, o->with[0] ? " with " : "", o->with,
                o->comment[0] ? ": " : "", o->comment);
    vec_push(&k->fx->commit.transitions, t);
    vec_push(&k->fx->commit.overrides, o);
}

static int stranger(const struct engine *e, const char *name, struct err *err)
{
    const char **words = mem_calloc(e->config->n_people + 1, sizeof *words);
    const char *near;

    for (size_t i = 0; i < e->config->n_people; i++)
        words[i] = e->config->people[i].name;
    near = text_nearest(name, words);
    err_set(err, "there is no person `%s`%s%s%s", name, near ? "; did you mean `" : "",
            near ? near : "", near ? "`?" : "");
    mem_free((void *)words);
    return -1;
}

static int check_people(const struct engine *e, const char *names, struct err *err)
{
    char name[NAME_SIZE];

    if (!names[strspn(names, " ")])
        return err_set(err, "the override names nobody");
    for (const char *at = names + strspn(names, " "); *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");

        text_printf(name, sizeof name, "%.*s", (int)n, at);
        if (!config_person(e->config, name))
            return stranger(e, name, err);
        at += n;
    }
    return 0;
}

static int check(const struct engine *e, const struct kept_override *o, int64_t now_ms,
                 struct err *err)
{
    if (!config_schedule(e->config, o->schedule))
        return err_set(err, "there is no schedule `%s`", o->schedule);
    if (o->end_ms <= o->start_ms)
        return err_set(err, "the override ends before it begins");
    if (o->end_ms <= now_ms)
        return err_set(err, "the override lies in the past");
    if (o->end_ms - o->start_ms > QUIET_LONGEST_MS)
        return err_set(err, "the override is longer than a year");
    if (check_people(e, o->people, err) < 0)
        return -1;
    return o->kind == OVERRIDE_REPLACE ? check_people(e, o->with, err) : 0;
}

static struct kept_override *find_whole(const struct engine *e, const char *id)
{
    for (size_t i = 0; i < e->overrides.n; i++)
        if (text_eq(e->overrides.items[i]->id, id))
            return e->overrides.items[i];
    return NULL;
}

static void make_id(const struct engine *e, struct kept_override *o)
{
    uint64_t salt = (uint64_t)o->created_ms;

    do
        engine_write_id(o->id, o->created_ms,
                        hash64_text(o->schedule, hash64_text(o->people, salt++)));
    while (find_whole(e, o->id));
}

static void take(struct engine *e, struct kept_override *draft, const struct desk *k)
{
    struct kept_override *o = mem_new(struct kept_override);

    draft->created_ms = k->now_ms;
    make_id(e, draft);
    *o = *draft;
    vec_push(&e->overrides, o);
    record(o, k, "none", quiet_state_name(quiet_state_at(o->start_ms, o->end_ms, k->now_ms)));
}

static bool is_over(const struct kept_override *o, int64_t now_ms)
{
    return quiet_state_at(o->start_ms, o->end_ms, now_ms) == QUIET_OVER;
}

static size_t ahead(const struct engine *e, int64_t now_ms)
{
    size_t n = 0;

    for (size_t i = 0; i < e->overrides.n; i++)
        n += !is_over(e->overrides.items[i], now_ms);
    return n;
}

int engine_override_add(struct engine *e, struct kept_override *drafts, size_t n, int64_t now_ms,
                        struct effects *fx, struct err *err)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_PERSON, n ? drafts->author : "", fx);

    engine_begin(e);
    if (ahead(e, now_ms) + n > OVERRIDES_MAX)
        return err_set(err, "there are %zu overrides already that are not over", ahead(e, now_ms));
    for (size_t i = 0; i < n; i++)
        if (check(e, &drafts[i], now_ms, err) < 0)
            return -1;
    for (size_t i = 0; i < n; i++)
        take(e, &drafts[i], &k);
    engine_lay_overrides(e, now_ms);
    k = engine_desk(e, now_ms, CAUSE_PERSON, n ? drafts->author : "", fx);
    engine_handoff(e, &k);
    engine_tell_channels(e, &k);
    return 0;
}

static struct kept_override *find(const struct engine *e, const char *id, int64_t now_ms,
                                  struct err *err)
{
    struct kept_override *found = NULL, *over = NULL;

    for (size_t i = 0; strlen(id) >= PART_LEAST && i < e->overrides.n; i++) {
        struct kept_override *o = e->overrides.items[i];

        if (!text_starts(o->id, id) && !text_ends(o->id, id))
            continue;
        if (is_over(o, now_ms)) {
            over = o;
        } else if (found) {
            err_set(err, "`%s` fits more than one", id);
            return NULL;
        } else {
            found = o;
        }
    }
    if (!found && over)
        err_set(err, "override %s is over already", over->id);
    else if (!found)
        err_set(err, "there is no override `%s` but those in the file", id);
    return found;
}

int engine_override_end(struct engine *e, const char *id, const char *who, int64_t now_ms,
                        struct effects *fx, struct err *err)
{
    struct desk k;
    struct kept_override *o;

    engine_begin(e);
    o = find(e, id, now_ms, err);
    if (!o)
        return -1;
    k = engine_desk(e, now_ms, CAUSE_PERSON, who, fx);
    record(o, &k, quiet_state_name(quiet_state_at(o->start_ms, o->end_ms, now_ms)), "over");
    o->end_ms = o->start_ms > now_ms ? o->start_ms : now_ms;
    engine_lay_overrides(e, now_ms);
    k = engine_desk(e, now_ms, CAUSE_PERSON, who, fx);
    engine_handoff(e, &k);
    engine_tell_channels(e, &k);
    return 0;
}

void engine_overrides_restore(struct engine *e, const struct stored *s, int64_t now_ms)
{
    for (size_t i = 0; i < s->overrides.n; i++) {
        const struct kept_override *read = &s->overrides.items[i];
        struct kept_override *o;

        if (find_whole(e, read->id) || read->end_ms + REMEMBERED_MS <= now_ms)
            continue;
        o = mem_new(struct kept_override);
        *o = *read;
        vec_push(&e->overrides, o);
    }
    engine_lay_overrides(e, now_ms);
}

static int by_start(const void *a, const void *b)
{
    const struct kept_override *x = *(const struct kept_override *const *)a;
    const struct kept_override *y = *(const struct kept_override *const *)b;

    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

size_t engine_overrides(const struct engine *ce, const struct kept_override *const **ret)
{
    struct engine *e = (struct engine *)ce; /* the list is a cache of what is there */

    e->override_list.n = 0;
    for (size_t i = 0; i < e->overrides.n; i++)
        vec_push(&e->override_list, (const struct kept_override *)e->overrides.items[i]);
    if (e->override_list.n)
        qsort(e->override_list.items, e->override_list.n, sizeof *e->override_list.items, by_start);
    *ret = e->override_list.items;
    return e->override_list.n;
}
