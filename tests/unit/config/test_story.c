/* test_story.c - what a story's file may say; story_faults.txt: what it may not, as faults.txt. */
#include <stdio.h>

#include "base/text.h"
#include "config/story.h"
#include "loading.h"

#define FAULTS   "tests/unit/config/story_faults.txt"
#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z, 03:00 in Madrid */

static struct config *config;

static int parse(const char *text, size_t n, struct story *s, struct diagnostics *d)
{
    struct story_frame f = {.path = "story.yaml",
                            .config = config,
                            .zone = config->schedules[0].zone,
                            .now_ms = START_MS};

    return story_parse(text, n, &f, s, d);
}

static char *said_of(const char *text, size_t n)
{
    struct diagnostics d;
    struct story s;
    struct buf out;
    char *said;

    if (parse(text, n, &s, &d) == 0)
        story_done(&s);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < d.n; i++)
        buf_printf(&out, "%d:%d: %s\n", d.items[i].line, d.items[i].column, d.items[i].text);
    diagnostics_done(&d);
    said = mem_strdup(buf_text(&out));
    buf_done(&out);
    return said;
}

static struct story told(const char *text)
{
    struct diagnostics d;
    struct story s;

    if (parse(text, strlen(text), &s, &d) != 0)
        fail_msg("%s", d.items[0].text);
    diagnostics_done(&d);
    return s;
}

static void check_fault(const char *text, size_t n, const char *wanted, size_t wanted_n)
{
    char *said = said_of(text, n), *want = mem_strndup(wanted, wanted_n);

    assert_string_equal(said, want);
    mem_free(want);
    mem_free(said);
}

static void fault__said_with_place_and_words(void **state)
{
    static char bytes[1 << 16];
    FILE *f = fopen(FAULTS, "rb");
    const char *p = bytes;

    (void)state;
    assert_non_null(f);
    assert_true(fread(bytes, 1, sizeof bytes - 1, f) > 0);
    fclose(f);
    while (strncmp(p, "=== ", 4) == 0) {
        const char *text = strchr(p, '\n') + 1, *mark = strstr(text - 1, "\n>>>\n");
        const char *said = mark + 5, *next = strstr(said, "\n=== ");
        size_t n = next ? (size_t)(next + 1 - said) : strlen(said);

        print_message("  %.*s\n", (int)(text - 1 - p), p);
        check_fault(text, (size_t)(mark + 1 - text), said, n);
        p = said + n;
    }
    assert_int_equal(*p, '\0');
}

static void times__relative_or_absolute__in_the_zone_of_the_frame(void **state)
{
    static const char *const starts[] = {"2026-11-22T03:00", "2026-11-22T02:00:00Z",
                                         "'2026-11-22 04:00+02:00'"};
    char text[300];

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct story s;

        snprintf(
            text, sizeof text,
            "start: %s\nuntil: 2026-11-22T05:00\nevents:\n"
            "- { at: 2026-11-22T04:00, up: api }\n- { at: +1m30s, down: [api, db], for: 1h }\n",
            starts[i]);
        s = told(text);
        assert_int_equal(s.start_ms, START_MS);
        assert_int_equal(s.until_ms, START_MS + 2 * 3600000);
        assert_int_equal(s.n_events, 2);
        assert_int_equal(s.events[0].kind, STORY_DOWN);
        assert_int_equal(s.events[0].at_ms, START_MS + 90000);
        assert_int_equal(s.events[0].for_ms, 3600000);
        assert_int_equal(s.events[0].n_names, 2);
        assert_int_equal(s.events[1].at_ms, START_MS + 3600000);
        story_done(&s);
    }
}

static void story__without_start_and_until__from_now_until_it_can_be_seen(void **state)
{
    struct story s = told("{\"events\": [{\"at\": \"+0s\", \"down\": \"api\", \"for\": \"3h\"}]}");

    (void)state;
    assert_int_equal(s.start_ms, START_MS);
    assert_int_equal(s.until_ms, START_MS + 4 * 3600000);
    story_done(&s);
}

static void deeds__as_they_are_told(void **state)
{
    struct story s = told("events:\n"
                          "- { at: +0s, ack: ana, incident: 2, comment: mine }\n"
                          "- { at: +0s, resolve: bo, incident: 'monitor:api' }\n"
                          "- { at: +0s, escalate: bo, monitor: db }\n"
                          "- { at: +0s, snooze: 1h }\n"
                          "- { at: +0s, reassign: bo, by: ana }\n"
                          "- { at: +0s, note: found it }\n");

    (void)state;
    assert_int_equal(s.n_events, 6);
    assert_int_equal(s.events[0].deed.kind, DEED_ACK);
    assert_int_equal(s.events[0].ordinal, 2);
    assert_string_equal(s.events[0].deed.who, "ana");
    assert_string_equal(s.events[0].deed.text, "mine");
    assert_string_equal(s.events[1].incident, "monitor:api");
    assert_string_equal(s.events[2].monitor, "db");
    assert_null(s.events[3].deed.who);
    assert_int_equal(s.events[3].deed.until_ms, 3600000);
    assert_string_equal(s.events[4].deed.to, "bo");
    assert_string_equal(s.events[4].deed.who, "ana");
    assert_string_equal(s.events[5].deed.who, STORY_SOMEBODY);
    assert_string_equal(s.events[5].deed.text, "found it");
    story_done(&s);
}

static void orders__as_they_are_told(void **state)
{
    struct story s = told("events:\n"
                          "- { at: +0s, silence: all, for: 1h, by: ana }\n"
                          "- { at: +0s, silence: [api, team=a, 'name=~x.*', b!=c], for: 1h }\n"
                          "- { at: +0s, maintenance: { group: core, team: b }, for: 2h }\n"
                          "- { at: +0s, override: s, set: [ana, bo], for: 1h }\n"
                          "- { at: +0s, override: s, replace: ana, with: bo, for: 1h }\n");

    (void)state;
    assert_string_equal(s.events[0].quiet->matchers, "");
    assert_string_equal(s.events[0].quiet->author, "ana");
    assert_string_equal(s.events[1].quiet->matchers, "monitor=api\nteam=a\nname=~x.*\nb!=c");
    assert_int_equal(s.events[2].quiet->kind, QUIET_MAINTENANCE);
    assert_string_equal(s.events[2].quiet->matchers, "group=core\nteam=b");
    assert_int_equal(s.events[2].quiet->end_ms, 7200000);
    assert_string_equal(s.events[3].override->people, "ana bo");
    assert_string_equal(s.events[4].override->with, "bo");
    assert_int_equal(s.events[4].override->kind, OVERRIDE_REPLACE);
    story_done(&s);
}

static void limits__bytes_and_events__are_held(void **state)
{
    struct buf text;
    char *said;

    (void)state;
    buf_init(&text, 4 << 20);
    buf_str(&text, "events:\n");
    for (int i = 0; i < STORY_EVENTS_MAX + 1; i++)
        buf_str(&text, "- {at: +0s, up: api}\n");
    said = said_of(buf_text(&text), text.len);
    assert_string_equal(said, "2:1: has 10001 events; at most 10000 are played\n");
    mem_free(said);
    while (text.len <= STORY_BYTES_MAX)
        buf_str(&text, "# and so on, and so on, and so on, and so on, and so on\n");
    said = said_of(buf_text(&text), text.len);
    assert_string_equal(said, "1:1: the story is larger than 1 MB\n");
    mem_free(said);
    buf_done(&text);
}

static void file__that_is_not_there__one_error_without_a_place(void **state)
{
    struct story_frame f = {.path = "/nowhere/story.yaml", .config = config, .zone = zone_utc()};
    struct diagnostics d;
    struct story s;

    (void)state;
    assert_int_equal(story_load(&f, &s, &d), -1);
    assert_int_equal(d.errors, 1);
    assert_string_equal(d.items[0].file, "/nowhere/story.yaml");
    diagnostics_done(&d);
}

static int load(void **state)
{
    (void)state;
    config = must_load(
        "channels: { a: { type: webhook, url: 'http://h/' } }\n"
        "people: { ana: { notify: [ { via: a } ] }, bo: { notify: [ { via: a } ] } }\n"
        "monitors:\n- { name: api, http: 'http://h/' }\n- { name: db, http: 'http://h/' }\n"
        "- { name: off, http: 'http://h/', enabled: false }\n"
        "schedules: { s: { time_zone: Europe/Madrid, layers: [ { name: l, "
        "anchor: 2026-01-01T00:00, every: 1 day, members: [ana] } ] } }\n");
    return 0;
}

static int unload(void **state)
{
    (void)state;
    config_free(config);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault__said_with_place_and_words),
        cmocka_unit_test(times__relative_or_absolute__in_the_zone_of_the_frame),
        cmocka_unit_test(story__without_start_and_until__from_now_until_it_can_be_seen),
        cmocka_unit_test(deeds__as_they_are_told),
        cmocka_unit_test(orders__as_they_are_told),
        cmocka_unit_test(limits__bytes_and_events__are_held),
        cmocka_unit_test(file__that_is_not_there__one_error_without_a_place),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
