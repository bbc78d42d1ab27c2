/* story.h - what `midwatch rehearse` reads: YAML (or JSON, which is YAML) to a story. */
#ifndef CONFIG_STORY_H
#define CONFIG_STORY_H

#include "config/load.h"
#include "model/story.h"

/* What a story is told against. Borrowed: the story names what is in `config`. */
struct story_frame {
    const char *path; /* of the file, as diagnostics show it */
    const struct config *config;
    const struct zone *zone; /* of times that do not say theirs */
    int64_t now_ms;          /* the start of a story that names none */
};

/* 0 with *ret (story_done() it), or -1; every error, with its place, is in `d`. */
int story_load(const struct story_frame *f, struct story *ret, struct diagnostics *d) MW_MUST_CHECK;
int story_parse(const char *bytes, size_t n, const struct story_frame *f, struct story *ret,
                struct diagnostics *d) MW_MUST_CHECK;

#endif
