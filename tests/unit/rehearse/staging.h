/* staging.h - a configuration and a story from text, rehearsed; entries as words. */
#ifndef TESTS_REHEARSE_STAGING_H
#define TESTS_REHEARSE_STAGING_H

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "config/story.h"
#include "rehearse/rehearse.h"

#define STAGE_START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */

#define STAGE_HEAD                                                                                 \
    "channels:\n"                                                                                  \
    "  a: { type: webhook, url: 'http://127.0.0.1:3/' }\n"                                         \
    "  b: { type: webhook, url: 'http://127.0.0.1:4/' }\n"                                         \
    "  slow: { type: webhook, url: 'http://127.0.0.1:5/', most_per_minute: 2 }\n"                  \
    "people:\n"                                                                                    \
    "  ana: { notify: [ { via: a } ] }\n"                                                          \
    "  bo: { notify: [ { via: b } ] }\n"

#define STAGE_ONE                                                                                  \
    STAGE_HEAD                                                                                     \
    "defaults: { interval: 10s, retry_interval: 2s, fail_after: 1, recover_after: 1 }\n"           \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/' } ]\n"                                   \
    "policies: { default: { steps: [ { notify: ['person:ana'] }, "                                 \
    "{ after: 5m, notify: ['person:bo'] } ] } }\n"

struct stage {
    struct config *config;
    struct story story;
    struct playbill bill;
    struct err err;
    int rc;
};

static inline void stage_fail(const struct diagnostics *d)
{
    struct buf out;

    buf_init(&out, 1 << 16);
    diagnostics_print(d, &out);
    fail_msg("%s", buf_text(&out));
}

static inline void stage_load(struct stage *s, const char *yaml, const char *story)
{
    struct diagnostics d = {0};
    struct story_frame f = {.path = "story.yaml", .zone = zone_utc(), .now_ms = STAGE_START_MS};

    *s = (struct stage){0};
    if (config_parse("f.yaml", yaml, strlen(yaml), &(struct load_options){0}, &s->config, &d) < 0)
        stage_fail(&d);
    diagnostics_done(&d);
    f.config = s->config;
    if (story_parse(story, strlen(story), &f, &s->story, &d) < 0)
        stage_fail(&d);
    diagnostics_done(&d);
}

static inline void stage_play(struct stage *s, const char *yaml, const char *story)
{
    stage_load(s, yaml, story);
    s->rc = rehearse(s->config, &s->story, &s->bill, &s->err);
}

static inline void stage_done(struct stage *s)
{
    playbill_done(&s->bill);
    story_done(&s->story);
    config_free(s->config);
}

/* "event who@seconds" of each entry of that event, joined by blanks; all events when NULL. */
static inline const char *stage_told(const struct stage *s, const char *event, char *dst,
                                     size_t size)
{
    size_t n = 0;

    dst[0] = '\0';
    for (size_t i = 0; i < s->bill.entries.n && n < size; i++) {
        const struct entry *e = &s->bill.entries.items[i];
        const char *who = e->person ? e->person : e->channel ? e->channel : "-";

        if (event && !text_eq(e->event, event))
            continue;
        n += (size_t)snprintf(dst + n, size - n, "%s%s%s%s@%lld", n ? " " : "",
                              event ? "" : e->event, event ? "" : " ", who,
                              (long long)((e->at_ms - STAGE_START_MS) / 1000));
    }
    return dst;
}

#define assert_told(stage, event, wanted)                                                          \
    do {                                                                                           \
        char told_[4096];                                                                          \
        assert_string_equal(stage_told((stage), (event), told_, sizeof told_), (wanted));          \
    } while (0)

#define story_says(yaml, lines, event, wanted)                                                     \
    do {                                                                                           \
        struct stage stage_;                                                                       \
        stage_play(&stage_, (yaml), "until: +2h\nevents:\n" lines);                                \
        assert_int_equal(stage_.rc, 0);                                                            \
        assert_told(&stage_, (event), (wanted));                                                   \
        stage_done(&stage_);                                                                       \
    } while (0)

#endif
