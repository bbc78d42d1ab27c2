/* story.c - a rehearsal's file to a story.
 *
 * Happy path: `start` and `until`, then each event: the one key that says what happens, and those
 * that say when, for how long and to what.
 * Failures: all of them are gathered, with their place and a guess, as for the configuration. */
#include "config/story.h"

#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "files.h"
#include "story_keys.h"
#include "yaml.h"

#define EARLIEST_MS 946684800000LL /* an instant of 0 means none to the engine */

/* --- complaints and names ----------------------------------------------------------------- */

const char *story_text(struct telling *t, const struct node *n, const char *expected)
{
    char found[STORY_FOUND_SIZE];
    if (n->kind == NODE_TEXT && !node_is_null(n) && !n->broken)
        return n->text;
    if (!n->broken)
        diag_error(t->d, n, "must be %s, not %s", expected, node_found(n, found, sizeof found));
    return NULL;
}

static const char *name_of(const struct config *c, enum target what, size_t i)
{
    switch (what) {
    case TARGET_MONITOR:
        return i < c->n_monitors ? c->monitors[i].name : NULL;
    case TARGET_PERSON:
        return i < c->n_people ? c->people[i].name : NULL;
    case TARGET_CHANNEL:
        return i < c->n_channels ? c->channels[i].name : NULL;
    case TARGET_SCHEDULE:
        return i < c->n_schedules ? c->schedules[i].name : NULL;
    default:
        return NULL;
    }
}

static bool is_there(const struct config *c, enum target what, const char *name)
{
    switch (what) {
    case TARGET_MONITOR:
        return config_monitor(c, name) != NULL;
    case TARGET_PERSON:
        return config_person(c, name) != NULL;
    case TARGET_CHANNEL:
        return config_channel(c, name) != NULL;
    default:
        return config_schedule(c, name) != NULL;
    }
}

static const char *guess(const struct telling *t, enum target what, const char *name)
{
    const struct config *c = t->frame->config;
    size_t n = 0;
    while (name_of(c, what, n))
        n++;
    const char **names = mem_calloc(n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = name_of(c, what, i);
    const char *near = text_nearest(name, names);
    mem_free(names);
    return near;
}

const char *story_name(struct telling *t, const struct node *n, enum target what)
{
    char found[STORY_FOUND_SIZE];
    const char *name = story_text(t, n, "a name"), *near;
    if (!name)
        return NULL;
    if (is_there(t->frame->config, what, name))
        return arena_strdup(t->arena, name);
    near = t->d->errors < DIAGNOSTICS_MAX ? guess(t, what, name) : NULL;
    node_found(n, found, sizeof found);
    if (near)
        diag_error(t->d, n, "there is no %s %s; did you mean `%s`?", target_name(what), found,
                   near);
    else
        diag_error(t->d, n, "there is no %s %s", target_name(what), found);
    return NULL;
}

size_t story_names(struct telling *t, const struct node *n, enum target what, const char ***ret)
{
    const char **names = arena_calloc(t->arena, n->kind == NODE_LIST ? n->n + 1 : 1, sizeof *names);
    size_t count = 0;
    *ret = names;
    if (n->kind != NODE_LIST) {
        names[0] = story_name(t, n, what);
        return names[0] ? 1 : 0;
    }
    if (n->n == 0)
        diag_error(t->d, n, "the list is empty");
    node_each(e, n) {
        const char *name = story_name(t, e->value, what);
        if (name)
            names[count++] = name;
    }
    return count;
}

/* --- times -------------------------------------------------------------------------------- */

bool story_duration(struct telling *t, const struct node *n, int64_t *ret_ms)
{
    struct err e;
    char found[STORY_FOUND_SIZE];
    int64_t ms;
    const char *text = story_text(t, n, "a duration such as 40m");
    if (!text)
        return false;
    if (text_duration(text, &ms, &e) != 0 || ms <= 0 || ms > STORY_LONGEST_MS) {
        diag_error(t->d, n, "must be a duration such as 40m, at most 400d, not %s",
                   node_found(n, found, sizeof found));
        return false;
    }
    *ret_ms = ms;
    return true;
}

static bool refuse_time(struct telling *t, const struct node *n, const char *expected)
{
    char found[STORY_FOUND_SIZE];
    diag_error(t->d, n, "must be %s, not %s", expected, node_found(n, found, sizeof found));
    return false;
}

static bool to_instant(const struct telling *t, const char *text, int64_t *ret_ms)
{
    bool zoned;
    int64_t ms;
    if (rfc3339_parse(text, &ms, &zoned) != 0)
        return false;
    int64_t s = ms / 1000 - (ms % 1000 < 0);
    *ret_ms = zoned ? ms : zone_resolve(t->frame->zone, s, ZONE_GAP_NEXT) * 1000;
    return true;
}

/* `+7m` from the start, or an instant of its own. */
static bool read_time(struct telling *t, const struct node *n, int64_t *ret_ms)
{
    static const char expected[] = "a time such as +7m or 2026-11-22T03:00";
    const char *text = story_text(t, n, expected);
    int64_t start_ms = t->story->start_ms, ms = 0;
    if (!text)
        return false;
    if (*text != '+' && !to_instant(t, text, &ms))
        return refuse_time(t, n, expected);
    if (*text == '+' && text_duration(text + 1, &ms, NULL) != 0)
        return refuse_time(t, n, expected);
    *ret_ms = *text == '+' ? start_ms + ms : ms;
    if (*ret_ms < start_ms)
        diag_error(t->d, n, "lies before the start of the story");
    else if (*ret_ms - start_ms > STORY_LONGEST_MS)
        diag_error(t->d, n, "lies more than 400 days after the start of the story");
    return true;
}

static void read_start(struct telling *t, const struct node *n)
{
    static const char expected[] = "a time such as 2026-11-22T03:00";
    const char *text = story_text(t, n, expected);
    if (text && !to_instant(t, text, &t->story->start_ms))
        (void)refuse_time(t, n, expected);
    else if (text && t->story->start_ms < EARLIEST_MS)
        diag_error(t->d, n, "lies before the year 2000");
}

/* --- events ------------------------------------------------------------------------------- */

static const char *guess_of(const struct story_key *keys, const char *word)
{
    const char *names[STORY_KEYS_MAX + 1] = {0};
    for (size_t i = 0; i < STORY_KEYS_MAX && keys[i].name; i++)
        names[i] = keys[i].name;
    return text_nearest(word, names);
}

static void complain_unknown(struct telling *t, const struct node *key,
                             const struct story_key *keys, const char *where)
{
    char found[STORY_FOUND_SIZE];
    const char *near = t->d->errors < DIAGNOSTICS_MAX ? guess_of(keys, key->text) : NULL;
    node_found(key, found, sizeof found);
    if (near)
        diag_error(t->d, key, "unknown key %s; did you mean `%s`?", found, near);
    else
        diag_error(t->d, key, "unknown key %s in %s", found, where);
}

static const struct story_key *find_key(const struct story_key *keys, const char *word)
{
    for (; keys->name; keys++)
        if (strcmp(keys->name, word) == 0)
            return keys;
    return NULL;
}

/* The one key that says what happens. */
static const struct story_key *find_act(struct telling *t, const struct node *n)
{
    const struct story_key *act = NULL;
    node_each(e, n) {
        const struct story_key *key = find_key(story_keys, e->key->text);
        if (!key)
            complain_unknown(t, e->key, story_keys, "an event");
        else if (key->act && act)
            diag_error(t->d, e->key, "an event says one thing; `%s` is said already", act->name);
        else if (key->act)
            act = key;
    }
    return act;
}

static void check_words(struct telling *t, const struct node *n, const struct story_key *act)
{
    node_each(e, n) {
        const struct story_key *key = find_key(story_keys, e->key->text);
        if (key && !key->act && !(key->with & act->gives))
            diag_error(t->d, e->key, "`%s` has no meaning beside `%s`", key->name, act->name);
    }
}

static void read_event(struct telling *t, const struct node *n)
{
    struct story_event *e = &t->story->events[t->story->n_events];
    char found[STORY_FOUND_SIZE];
    if (n->kind != NODE_MAP) {
        diag_error(t->d, n, "an event must be a mapping such as { at: +7m, ack: ana }, not %s",
                   node_found(n, found, sizeof found));
        return;
    }
    const struct node *at = node_get(n, "at");
    const struct story_key *act = find_act(t, n);
    e->at_ms = t->story->start_ms;
    if (!at)
        diag_error(t->d, n, "the event has no `at`");
    else if (read_time(t, at, &e->at_ms) && t->story->until_ms && e->at_ms > t->story->until_ms)
        diag_error(t->d, at, "lies after the end of the story");
    if (!act) {
        diag_error(t->d, n, "the event does not say what happens (down, up, ack, …)");
        return;
    }
    e->kind = act->kind;
    check_words(t, n, act);
    act->read(t, node_get(n, act->name), n, e);
    t->story->n_events++;
}

static void read_events(struct telling *t, const struct node *n)
{
    char found[STORY_FOUND_SIZE];
    if (n->kind != NODE_LIST) {
        diag_error(t->d, n, "`events` must be a list, not %s", node_found(n, found, sizeof found));
        return;
    }
    if (n->n > STORY_EVENTS_MAX) {
        diag_error(t->d, n, "has %zu events; at most %d are played", n->n, STORY_EVENTS_MAX);
        return;
    }
    t->story->events = arena_calloc(t->arena, n->n + 1, sizeof *t->story->events);
    node_each(e, n)
        read_event(t, e->value);
}

/* --- the whole ---------------------------------------------------------------------------- */

static const struct story_key heads[] = {
    {.name = "start"}, {.name = "until"}, {.name = "events"}, {0}};

static void read_story(struct telling *t, const struct node *root)
{
    const struct node *start = node_get(root, "start"), *until = node_get(root, "until");
    const struct node *events = node_get(root, "events");
    node_each(e, root)
        if (!find_key(heads, e->key->text) && strncmp(e->key->text, "x-", 2) != 0)
            complain_unknown(t, e->key, heads, "a story");
    if (start)
        read_start(t, start);
    if (until && read_time(t, until, &t->story->until_ms) &&
        t->story->until_ms == t->story->start_ms)
        diag_error(t->d, until, "is the start of the story, too");
    if (events)
        read_events(t, events);
    else
        diag_error(t->d, root, "the story has no `events`");
}

int story_parse(const char *bytes, size_t n, const struct story_frame *f, struct story *ret,
                struct diagnostics *d)
{
    struct load_options options = {.without_secrets = true};
    struct story story = {.start_ms = f->now_ms};
    struct tree tree;
    struct telling t = {.tree = &tree, .d = d, .frame = f, .story = &story};
    t.arena = &story.arena;
    *d = (struct diagnostics){0};
    arena_init(&story.arena);
    tree_init(&tree, &options, d);
    const struct source *s = tree_source(&tree, f->path, 0);
    const struct node *root = NULL;
    if (n > STORY_BYTES_MAX)
        diag_error(d, tree_node(&tree, s, 1, 1), "the story is larger than 1 MB");
    else
        root = yaml_read(&tree, s, bytes, n);
    if (root)
        read_story(&t, root);
    tree_done(&tree);
    diag_finish(d);
    if (d->errors > 0) {
        story_done(&story);
        return -1;
    }
    story_settle(&story);
    *ret = story;
    return 0;
}

int story_load(const struct story_frame *f, struct story *ret, struct diagnostics *d)
{
    struct bytes b;
    struct err e;
    *d = (struct diagnostics){0};
    if (files_read(f->path, STORY_BYTES_MAX, &b, &e) != 0) {
        struct source source = {.path = f->path};
        diag_error(d, &(struct node){.source = &source}, "%s", e.text);
        return -1;
    }
    int status = story_parse(b.p, b.n, f, ret, d);
    bytes_wipe(&b);
    return status;
}
