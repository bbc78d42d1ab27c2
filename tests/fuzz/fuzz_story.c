/* fuzz_story.c - any bytes as a story: an answer without harm; and one that can be read is played,
 * for an hour at most. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/story.h"
#include "rehearse/rehearse.h"

#define NOW_MS  1795312800000LL
#define HOUR_MS 3600000LL

static const char yaml[] =
    "channels: { a: { type: webhook, url: 'http://h/' }, b: { type: webhook, url: 'http://h/', "
    "most_per_minute: 3 } }\n"
    "people: { ana: { notify: [ { via: a } ] }, bo: { notify: [ { via: b } ] } }\n"
    "monitors:\n"
    "- { name: api, http: 'http://h/', depends_on: [db] }\n"
    "- { name: db, http: 'http://h/' }\n"
    "schedules: { s: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, "
    "every: 1 day, members: [ana, bo] } ] } }\n"
    "policies: { default: { ack_timeout: 10m, remind: 5m, group_by: [group], "
    "steps: [ { notify: ['schedule:s'] }, { after: 5m, notify: ['person:bo'] } ] } }\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void play(const struct config *c, struct story *s)
{
    struct playbill b;
    struct err e;

    if (s->until_ms > s->start_ms + HOUR_MS)
        s->until_ms = s->start_ms + HOUR_MS;
    if (rehearse(c, s, &b, &e) < 0 && strlen(e.text) == 0)
        abort();
    for (size_t i = 1; i < b.entries.n; i++)
        if (b.entries.items[i].at_ms < b.entries.items[i - 1].at_ms)
            abort();
    playbill_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config *c;
    struct diagnostics d;
    struct story s;

    if (!c) {
        if (config_parse("f.yaml", yaml, sizeof yaml - 1, &(struct load_options){0}, &c, &d) != 0)
            abort();
        diagnostics_done(&d);
    }
    struct story_frame f = {
        .path = "story.yaml", .config = c, .zone = zone_utc(), .now_ms = NOW_MS};
    int status = story_parse((const char *)data, size, &f, &s, &d);
    if ((status == 0) != (d.errors == 0) || d.n > DIAGNOSTICS_MAX)
        abort();
    diagnostics_done(&d);
    if (status == 0) {
        if (s.n_events < 200)
            play(c, &s);
        story_done(&s);
    }
    return 0;
}
