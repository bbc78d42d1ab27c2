/* refs.c - names: defined once, asked for anywhere, resolved when all is read. */
#include <string.h>

#include "base/text.h"
#include "reader.h"

static const char *const target_names[TARGET_COUNT] = {
    [TARGET_MONITOR] = "monitor",   [TARGET_CHANNEL] = "channel", [TARGET_PERSON] = "person",
    [TARGET_SCHEDULE] = "schedule", [TARGET_POLICY] = "policy",
};

const char *target_name(enum target target)
{
    return target_names[target];
}

void refs_define(struct reader *r, enum target target, const struct node *place, void *object)
{
    const struct definition *first = map_get(&r->refs.defined[target], place->text);
    char where[PLACE_SIZE];
    if (first) {
        diag_error(r->d, place, "the %s `%s` is defined twice; the first is at %s",
                   target_names[target], place->shown,
                   node_place(first->place, where, sizeof where));
        return;
    }
    struct definition *d = arena_new(&r->tree->arena, struct definition);
    d->object = object;
    d->place = place;
    map_put(&r->refs.defined[target], place->text, d);
}

void refs_need(struct reader *r, const struct pending *p)
{
    vec_push(&r->refs.pending, *p);
}

const struct definition *refs_find(const struct reader *r, enum target target, const char *name)
{
    return map_get(&r->refs.defined[target], name);
}

static const char *guess_name(const struct map *defined, const char *name)
{
    const char **names = mem_calloc(defined->n + 1, sizeof *names), *key;
    void *value;
    size_t n = 0;
    for (size_t i = 0; map_next(defined, &i, &key, &value);)
        names[n++] = key;
    const char *guess = text_nearest(name, names);
    mem_free(names);
    return guess;
}

/* What a monitor that `was` this is called now; NULL: none was. */
static const char *name_of_now(const struct reader *r, const char *former)
{
    const struct node *monitors = node_get(r->root, "monitors");

    if (!monitors || monitors->kind != NODE_LIST)
        return NULL;
    node_each(e, monitors) {
        const struct node *was = node_get(e->value, "was"), *name = node_get(e->value, "name");

        if (was && name && was->kind == NODE_TEXT && name->kind == NODE_TEXT &&
            text_eq(was->text, former))
            return name->shown;
    }
    return NULL;
}

/* A name that came from `${…}` is not shown, and neither is what is near to it. */
static void complain_dangling(struct reader *r, const struct pending *p)
{
    const char *kind = target_names[p->target];
    const char *guess = r->d->errors < DIAGNOSTICS_MAX && !p->place->secret
                            ? guess_name(&r->refs.defined[p->target], p->name)
                            : NULL;
    const char *now =
        p->target == TARGET_MONITOR && !p->place->secret ? name_of_now(r, p->name) : NULL;
    char cut[NAME_SIZE];
    text_copy(cut, sizeof cut, p->place->secret ? "***" : p->name);
    if (now)
        diag_error(r->d, p->place, "there is no %s `%s`: it is `%s` now (`was`)", kind, cut, now);
    else if (guess)
        diag_error(r->d, p->place, "there is no %s `%s`; did you mean `%s`?", kind, cut, guess);
    else
        diag_error(r->d, p->place, "there is no %s `%s`", kind, cut);
}

/* When a file is missing, what it defined is missing too: that is said once, elsewhere. */
void refs_resolve(struct reader *r)
{
    for (size_t i = 0; i < r->refs.pending.n; i++) {
        const struct pending *p = &r->refs.pending.items[i];
        const struct definition *d = map_get(&r->refs.defined[p->target], p->name);
        if (d && p->slot)
            *p->slot = d->object;
        else if (!d && !r->tree->incomplete)
            complain_dangling(r, p);
    }
}

void refs_done(struct refs *refs)
{
    for (int i = 0; i < TARGET_COUNT; i++)
        map_done(&refs->defined[i]);
    vec_done(&refs->pending);
}
