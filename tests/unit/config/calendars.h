/* calendars.h - configurations with iCalendar files beside them, in a folder of their own. */
#ifndef TESTS_CONFIG_CALENDARS_H
#define TESTS_CONFIG_CALENDARS_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"
#include "loading.h"
#include "wire/calendar.h"

#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"

static char folder[] = "/tmp/midwatch-calendars-XXXXXX";
static const char *const files[] = {"team.ics", "swaps.ics", "bad.ics"};

static inline int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_remove(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = mem_printf("%s/%s", folder, files[i]);

        unlink(path);
        mem_free(path);
    }
    return rmdir(folder);
}

static inline void put_text(const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", folder, name);
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    mem_free(path);
}

static inline void put(const char *name, const char *events)
{
    char *text = mem_printf("BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n", events);

    put_text(name, text);
    mem_free(text);
}

static inline int64_t at(const char *text)
{
    int64_t ms;
    bool zone;

    assert_int_equal(rfc3339_parse(text, &ms, &zone), 0);
    return ms;
}

/* Read on 1 January 2026. What was said, for mem_free(); *ret stays NULL when it was refused. */
static inline char *load_text(const char *yaml, struct config **ret)
{
    struct load_options o = {.env = pretend_env, .now_ms = at("2026-01-01T00:00:00Z")};
    struct diagnostics d;
    struct buf out;
    char *path = mem_printf("%s/f.yaml", folder);

    if (config_parse(path, yaml, strlen(yaml), &o, ret, &d) < 0)
        *ret = NULL;
    mem_free(path);
    buf_init(&out, 1 << 20);
    diagnostics_print(&d, &out);
    diagnostics_done(&d);
    char *said = mem_strdup(buf_text(&out));
    buf_done(&out);
    return said;
}

static inline struct config *load_schedule(const char *lines)
{
    struct config *c = NULL;
    char *yaml = mem_printf("people: { ana: { name: Ana Ruiz }, bo: {}, chen: {} }\n"
                            "schedules:\n  s:\n    time_zone: Europe/Madrid\n%s",
                            lines);
    char *said = load_text(yaml, &c);

    mem_free(yaml);
    if (!c)
        fail_msg("%s", said);
    mem_free(said);
    return c;
}

static inline struct config *load_layers(const char *layer)
{
    char *lines = mem_printf("    layers:\n      - %s\n", layer);
    struct config *c = load_schedule(lines);

    mem_free(lines);
    return c;
}

static inline void assert_refused(const char *layer, const char *why)
{
    struct config *c = NULL;
    char *yaml =
        mem_printf("people: { ana: { name: Ana Ruiz }, bo: {}, chen: {} }\n"
                   "schedules:\n  s:\n    time_zone: Europe/Madrid\n    layers:\n      - %s\n",
                   layer);
    char *said = load_text(yaml, &c);

    assert_null(c);
    if (strstr(said, why) == NULL)
        fail_msg("%s does not say: %s", said, why);
    mem_free(yaml);
    mem_free(said);
}

#endif
