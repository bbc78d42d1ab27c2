/* story_keys.c - what can happen in a story, and how each of it is told. */
#include "story_keys.h"

#include <string.h>

#include "base/text.h"

#define TEXT_MOST 200

/* --- what stands beside ------------------------------------------------------------------- */

static void read_for(struct telling *t, const struct node *event, struct story_event *e)
{
    const struct node *n = node_get(event, "for");
    if (n)
        (void)story_duration(t, n, &e->for_ms);
}

static int64_t needed_for(struct telling *t, const struct node *event, const char *act)
{
    const struct node *n = node_get(event, "for");
    int64_t ms = 0;
    if (!n)
        diag_error(t->d, event, "`%s` needs a `for`", act);
    else
        (void)story_duration(t, n, &ms);
    return ms;
}

static const char *read_by(struct telling *t, const struct node *event)
{
    const struct node *n = node_get(event, "by");
    return n ? story_name(t, n, TARGET_PERSON) : NULL;
}

static const char *read_words(struct telling *t, const struct node *n, const char *expected)
{
    const char *text = story_text(t, n, expected);
    if (text && strlen(text) > TEXT_MOST) {
        diag_error(t->d, n, "must have at most %d bytes", TEXT_MOST);
        return NULL;
    }
    return text ? arena_strdup(t->arena, text) : NULL;
}

/* A number is the n-th of the story; anything else a dedup key. */
static void read_incident(struct telling *t, const struct node *event, struct story_event *e)
{
    const struct node *n = node_get(event, "incident"), *monitor = node_get(event, "monitor");
    const struct node *comment = node_get(event, "comment");
    const char *text = n ? read_words(t, n, "a number from 1, or a dedup key") : NULL;
    int64_t ordinal;
    if (n && monitor)
        diag_error(t->d, monitor, "`incident` says already which is meant");
    if (text && text_int(text, 1, STORY_EVENTS_MAX, &ordinal, NULL) == 0)
        e->ordinal = (int)ordinal;
    else
        e->incident = text;
    if (monitor)
        e->monitor = story_name(t, monitor, TARGET_MONITOR);
    if (comment)
        e->deed.text = read_words(t, comment, "a text");
}

/* --- monitors, channels ------------------------------------------------------------------- */

static void complain_disabled(struct telling *t, const struct node *n, const struct story_event *e)
{
    for (size_t i = 0; i < e->n_names; i++) {
        const struct monitor *m = config_monitor(t->frame->config, e->names[i]);
        if (m && !m->enabled)
            diag_error(t->d, n, "the monitor `%s` is disabled", m->name);
    }
}

static void read_monitors(struct telling *t, const struct node *n, const struct node *event,
                          struct story_event *e)
{
    e->n_names = story_names(t, n, TARGET_MONITOR, &e->names);
    complain_disabled(t, n, e);
    read_for(t, event, e);
}

static void read_flaky(struct telling *t, const struct node *n, const struct node *event,
                       struct story_event *e)
{
    const struct node *every = node_get(event, "every");
    read_monitors(t, n, event, e);
    if (!every)
        diag_error(t->d, event, "`flaky` needs an `every`: it fails for half of each");
    else if (story_duration(t, every, &e->every_ms) && e->every_ms < 1000)
        diag_error(t->d, every, "must be at least 1s");
}

static void read_channels(struct telling *t, const struct node *n, const struct node *event,
                          struct story_event *e)
{
    e->n_names = story_names(t, n, TARGET_CHANNEL, &e->names);
    read_for(t, event, e);
}

/* --- deeds -------------------------------------------------------------------------------- */

static void read_deed(struct telling *t, const struct node *event, struct story_event *e,
                      enum deed_kind kind)
{
    e->deed.kind = kind;
    read_incident(t, event, e);
    if (!e->deed.who)
        e->deed.who = read_by(t, event);
    if (!e->deed.who && kind != DEED_SNOOZE)
        e->deed.who = STORY_SOMEBODY;
}

#define DEED_BY_PERSON(name, kind)                                                                 \
    static void name(struct telling *t, const struct node *n, const struct node *event,            \
                     struct story_event *e)                                                        \
    {                                                                                              \
        e->deed.who = story_name(t, n, TARGET_PERSON);                                             \
        read_deed(t, event, e, kind);                                                              \
    }
DEED_BY_PERSON(read_ack, DEED_ACK)
DEED_BY_PERSON(read_unack, DEED_UNACK)
DEED_BY_PERSON(read_resolve, DEED_RESOLVE)
DEED_BY_PERSON(read_escalate, DEED_ESCALATE)

static void read_snooze(struct telling *t, const struct node *n, const struct node *event,
                        struct story_event *e)
{
    (void)story_duration(t, n, &e->deed.until_ms);
    read_deed(t, event, e, DEED_SNOOZE);
}

static void read_reassign(struct telling *t, const struct node *n, const struct node *event,
                          struct story_event *e)
{
    e->deed.to = story_name(t, n, TARGET_PERSON);
    read_deed(t, event, e, DEED_REASSIGN);
}

static void read_note(struct telling *t, const struct node *n, const struct node *event,
                      struct story_event *e)
{
    const char *text = read_words(t, n, "a text");
    read_deed(t, event, e, DEED_NOTE);
    e->deed.text = text;
}

/* --- silence, maintenance ----------------------------------------------------------------- */

static bool is_matcher(const char *text)
{
    size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    const char *op = text + name;
    return name > 0 && (op[0] == '=' || (op[0] == '!' && (op[1] == '=' || op[1] == '~')));
}

static void add_matcher(struct telling *t, const struct node *n, struct quiet *q, const char *name,
                        const char *value)
{
    size_t len = strlen(q->matchers);
    size_t more = strlen(name) + strlen(value) + 2 + (len > 0);
    if (strchr(value, '\n') || strchr(name, '\n'))
        diag_error(t->d, n, "a matcher is one line");
    else if (len + more > sizeof q->matchers)
        diag_error(t->d, n, "the matchers are longer than %d bytes together", MATCHERS_SIZE - 1);
    else
        text_printf(q->matchers + len, sizeof q->matchers - len, "%s%s%s%s", len ? "\n" : "", name,
                    *name ? "=" : "", value);
}

/* A matcher, or the name of a monitor. */
static void read_matcher(struct telling *t, const struct node *n, struct quiet *q)
{
    const char *text = story_text(t, n, "a matcher such as team=payments, or a monitor");
    if (text && is_matcher(text))
        add_matcher(t, n, q, "", text);
    else if (text && (text = story_name(t, n, TARGET_MONITOR)))
        add_matcher(t, n, q, "monitor", text);
}

static void read_matchers(struct telling *t, const struct node *n, struct quiet *q)
{
    if (n->kind == NODE_TEXT && !node_is_null(n) && strcmp(n->text, "all") == 0)
        return;
    if (n->kind == NODE_TEXT) {
        read_matcher(t, n, q);
        return;
    }
    if (n->n == 0)
        diag_error(t->d, n, "names nothing; `all` means everything");
    node_each(e, n) {
        if (!e->key) {
            read_matcher(t, e->value, q);
            continue;
        }
        const char *value = story_text(t, e->value, "a text");
        if (value)
            add_matcher(t, e->value, q, e->key->text, value);
    }
}

static void read_quiet(struct telling *t, const struct node *n, const struct node *event,
                       struct story_event *e, enum quiet_kind kind)
{
    struct quiet *q = arena_new(t->arena, struct quiet);
    const char *by = read_by(t, event);
    q->kind = kind;
    q->end_ms = needed_for(t, event, kind == QUIET_SILENCE ? "silence" : "maintenance");
    if (q->end_ms > QUIET_LONGEST_MS)
        diag_error(t->d, event, "`for`: at most 366 days");
    text_copy(q->author, sizeof q->author, by ? by : STORY_SOMEBODY);
    read_matchers(t, n, q);
    e->quiet = q;
}

static void read_silence(struct telling *t, const struct node *n, const struct node *event,
                         struct story_event *e)
{
    read_quiet(t, n, event, e, QUIET_SILENCE);
}

static void read_maintenance(struct telling *t, const struct node *n, const struct node *event,
                             struct story_event *e)
{
    read_quiet(t, n, event, e, QUIET_MAINTENANCE);
}

/* --- override ----------------------------------------------------------------------------- */

static void join_people(struct telling *t, const struct node *n, char *dst, size_t size)
{
    const char **names;
    size_t count = story_names(t, n, TARGET_PERSON, &names), at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(names[i]) + 1;
        if (at + len >= size) {
            diag_error(t->d, n, "names too many people");
            return;
        }
        text_printf(dst + at, size - at, "%s%s", i ? " " : "", names[i]);
        at = strlen(dst);
    }
}

static void read_override_people(struct telling *t, const struct node *event,
                                 struct kept_override *o)
{
    static const struct {
        const char *key;
        enum override_kind kind;
    } kinds[] = {{"set", OVERRIDE_SET},
                 {"replace", OVERRIDE_REPLACE},
                 {"add", OVERRIDE_ADD},
                 {"remove", OVERRIDE_REMOVE}};
    const struct node *with = node_get(event, "with");
    size_t said = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct node *n = node_get(event, kinds[i].key);
        if (!n)
            continue;
        said++;
        o->kind = kinds[i].kind;
        join_people(t, n, o->people, sizeof o->people);
    }
    if (said != 1)
        diag_error(t->d, event, "an override has one of `set`, `replace`, `add` and `remove`");
    if (with && o->kind == OVERRIDE_REPLACE)
        join_people(t, with, o->with, sizeof o->with);
    else if (with || (said == 1 && o->kind == OVERRIDE_REPLACE))
        diag_error(t->d, with ? with : event, "`replace` and `with` belong together");
}

static void read_override(struct telling *t, const struct node *n, const struct node *event,
                          struct story_event *e)
{
    struct kept_override *o = arena_new(t->arena, struct kept_override);
    const char *by = read_by(t, event), *schedule = story_name(t, n, TARGET_SCHEDULE);
    text_copy(o->schedule, sizeof o->schedule, schedule ? schedule : "");
    text_copy(o->author, sizeof o->author, by ? by : STORY_SOMEBODY);
    o->end_ms = needed_for(t, event, "override");
    read_override_people(t, event, o);
    e->override = o;
}

/* --- midwatch itself ---------------------------------------------------------------------- */

static void expect_word(struct telling *t, const struct node *n, const char *word)
{
    char found[STORY_FOUND_SIZE];
    const char *text = story_text(t, n, word);
    if (text && strcmp(text, word) != 0)
        diag_error(t->d, n, "must be `%s`, not %s", word, node_found(n, found, sizeof found));
}

static void read_store(struct telling *t, const struct node *n, const struct node *event,
                       struct story_event *e)
{
    expect_word(t, n, "away");
    read_for(t, event, e);
}

static void read_crash(struct telling *t, const struct node *n, const struct node *event,
                       struct story_event *e)
{
    expect_word(t, n, "midwatch");
    read_for(t, event, e);
}

#define BESIDE_DEED (WITH_AT | WITH_INCIDENT)

const struct story_key story_keys[] = {
    {"down", true, STORY_DOWN, WITH_AT | WITH_FOR, 0, read_monitors},
    {"up", true, STORY_UP, WITH_AT, 0, read_monitors},
    {"flaky", true, STORY_FLAKY, WITH_AT | WITH_FOR | WITH_EVERY, 0, read_flaky},
    {"ack", true, STORY_DEED, BESIDE_DEED, 0, read_ack},
    {"unack", true, STORY_DEED, BESIDE_DEED, 0, read_unack},
    {"resolve", true, STORY_DEED, BESIDE_DEED, 0, read_resolve},
    {"escalate", true, STORY_DEED, BESIDE_DEED, 0, read_escalate},
    {"snooze", true, STORY_DEED, BESIDE_DEED | WITH_BY, 0, read_snooze},
    {"reassign", true, STORY_DEED, BESIDE_DEED | WITH_BY, 0, read_reassign},
    {"note", true, STORY_DEED, BESIDE_DEED | WITH_BY, 0, read_note},
    {"silence", true, STORY_QUIET, WITH_AT | WITH_FOR | WITH_BY, 0, read_silence},
    {"maintenance", true, STORY_QUIET, WITH_AT | WITH_FOR | WITH_BY, 0, read_maintenance},
    {"override", true, STORY_OVERRIDE, WITH_AT | WITH_FOR | WITH_BY | WITH_PEOPLE, 0,
     read_override},
    {"store", true, STORY_STORE, WITH_AT | WITH_FOR, 0, read_store},
    {"deaf", true, STORY_DEAF, WITH_AT | WITH_FOR, 0, read_channels},
    {"refuse", true, STORY_REFUSE, WITH_AT | WITH_FOR, 0, read_channels},
    {"crash", true, STORY_CRASH, WITH_AT | WITH_FOR, 0, read_crash},
    {.name = "at", .with = WITH_AT},
    {.name = "for", .with = WITH_FOR},
    {.name = "every", .with = WITH_EVERY},
    {.name = "incident", .with = WITH_INCIDENT},
    {.name = "monitor", .with = WITH_INCIDENT},
    {.name = "comment", .with = WITH_INCIDENT},
    {.name = "by", .with = WITH_BY},
    {.name = "set", .with = WITH_PEOPLE},
    {.name = "replace", .with = WITH_PEOPLE},
    {.name = "with", .with = WITH_PEOPLE},
    {.name = "add", .with = WITH_PEOPLE},
    {.name = "remove", .with = WITH_PEOPLE},
    {0},
};
