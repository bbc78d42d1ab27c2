/* The bounds of shifts, on schedules written out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/civil.h"
#include "config/load.h"
#include "web/swap.h"

static struct config *load(const char *layers)
{
    struct diagnostics d = {0};
    struct config *c = NULL;
    char text[2048];

    snprintf(text, sizeof text,
             "monitors: []\n"
             "channels:\n  hook: { type: webhook, url: 'http://127.0.0.1:1/' }\n"
             "people:\n  ana: { notify: [ { via: hook } ] }\n  bo: { notify: [ { via: hook } ] }\n"
             "schedules:\n  s:\n    time_zone: Europe/Madrid\n    %s\n",
             layers);
    if (config_parse("test.yaml", text, strlen(text), &(struct load_options){0}, &c, &d) < 0)
        fail_msg("%s", d.items[0].text);
    diagnostics_done(&d);
    return c;
}

static int64_t at(const char *text)
{
    bool zoned;
    int64_t ms;

    assert_int_equal(rfc3339_parse(text, &ms, &zoned), 0);
    return ms;
}

#define WEEKLY                                                                                     \
    "layers: [ { name: w, anchor: '2026-01-05T09:00', every: 1 week, members: [ana, bo] } ]"

static void shift__that_contains_the_instant__from_handoff_to_handoff(void **state)
{
    static const struct {
        const char *layers, *person, *at, *start, *end;
    } cases[] = {
        {WEEKLY, "ana", "2026-01-05T08:00:00Z", "2026-01-05T08:00:00Z", "2026-01-12T08:00:00Z"},
        {WEEKLY, "ana", "2026-01-12T07:59:59Z", "2026-01-05T08:00:00Z", "2026-01-12T08:00:00Z"},
        {WEEKLY, "bo", "2026-01-12T08:00:00Z", "2026-01-12T08:00:00Z", "2026-01-19T08:00:00Z"},
        /* over the night in which the clock is set forward */
        {WEEKLY, "bo", "2026-03-29T12:00:00Z", "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"},
        /* two turns of one person in a row are one time on call */
        {"layers: [ { name: w, anchor: '2026-01-05T09:00', every: 1 day, members: [ana, ana, bo] } "
         "]",
         "ana", "2026-01-06T12:00:00Z", "2026-01-05T08:00:00Z", "2026-01-07T08:00:00Z"},
        /* with another all the time: who else is there does not end it */
        {"merge: union\n    layers: [ { name: w, anchor: '2026-01-05T09:00', every: 1 day, "
         "members: "
         "[ana, bo] }, { name: always, anchor: '2026-01-05T09:00', every: 2 week, members: [ana, "
         "bo] } ]",
         "ana", "2026-01-06T12:00:00Z", "2026-01-05T08:00:00Z", "2026-01-20T08:00:00Z"},
        /* one that began four months before */
        {"layers: [ { name: w, anchor: '2026-01-05T09:00', every: 6 month, members: [ana, bo] } ]",
         "ana", "2026-05-05T12:00:00Z", "2026-01-05T08:00:00Z", "2026-07-05T07:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *c = load(cases[i].layers);
        struct shift_bounds b;
        struct err e;

        if (swap_find_shift(&c->schedules[0], cases[i].person, at(cases[i].at), &b, &e) < 0)
            fail_msg("%zu: %s", i, e.text);
        assert_int_equal(b.start_ms, at(cases[i].start));
        assert_int_equal(b.end_ms, at(cases[i].end));
        config_free(c);
    }
}

static void shift__where_there_is_none__one_line(void **state)
{
    static const struct {
        const char *layers, *person, *words;
    } cases[] = {
        {WEEKLY, "bo", "bo is not on call in s then"},
        {WEEKLY, "stranger", "stranger is not on call in s then"},
        {"layers: [ { name: w, anchor: '2020-01-05T09:00', every: 1 week, members: [ana] } ]",
         "ana", "ana is on call in s all the time"},
        {"layers: [ { name: w, anchor: '2020-01-05T09:00', every: 1 week, members: [ana], until: "
         "'2026-02-01T09:00' } ]",
         "ana", "ana is on call in s all the time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *c = load(cases[i].layers);
        struct shift_bounds b;
        struct err e;

        assert_int_equal(
            swap_find_shift(&c->schedules[0], cases[i].person, at("2026-01-06T12:00:00Z"), &b, &e),
            -1);
        assert_non_null(strstr(e.text, cases[i].words));
        config_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shift__that_contains_the_instant__from_handoff_to_handoff),
        cmocka_unit_test(shift__where_there_is_none__one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
