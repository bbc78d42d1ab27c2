/* story_keys.h - the keys of a story's event: a row each. */
#ifndef CONFIG_STORY_KEYS_H
#define CONFIG_STORY_KEYS_H

#include "config/story.h"
#include "reader.h"

#define STORY_FOUND_SIZE 80
#define STORY_KEYS_MAX   40

struct telling {
    struct tree *tree;
    struct diagnostics *d;
    const struct story_frame *frame;
    struct story *story;
    struct arena *arena; /* of the story */
};

/* What may stand beside the key that says what happens. */
enum story_with {
    WITH_AT = 1,
    WITH_FOR = 2,
    WITH_EVERY = 4,
    WITH_INCIDENT = 8, /* `incident` or `monitor`, and `comment` */
    WITH_BY = 16,
    WITH_PEOPLE = 32 /* of an override */
};

struct story_key {
    const char *name;
    bool act; /* it says what happens; else it stands beside such a key */
    enum story_kind kind;
    unsigned gives; /* of an act: what may stand beside it */
    unsigned with;  /* of the others: which of these it is */
    /* `n` is the value of the key, `event` the whole. */
    void (*read)(struct telling *t, const struct node *n, const struct node *event,
                 struct story_event *e);
};
extern const struct story_key story_keys[]; /* ends with a NULL name */

/* Each complains and answers with nothing when it cannot be. */
const char *story_text(struct telling *t, const struct node *n, const char *expected);
const char *story_name(struct telling *t, const struct node *n, enum target what);
size_t story_names(struct telling *t, const struct node *n, enum target what, const char ***ret);
bool story_duration(struct telling *t, const struct node *n, int64_t *ret_ms);

#endif
