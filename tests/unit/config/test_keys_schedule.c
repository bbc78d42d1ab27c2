/* test_keys_schedule.c - layers, overrides, temporary schedules, key by key. */
#include <stdio.h>

#include "base/civil.h"
#include "loading.h"

#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static int64_t at(const char *text)
{
    int64_t ms;
    bool zone;
    assert_int_equal(rfc3339_parse(text, &ms, &zone), 0);
    assert_true(zone);
    return ms;
}

#define SCHEDULE                                                                                   \
    "people: { ana: {}, bo: {}, chen: {} }\n" CHANNEL                                              \
    "schedules:\n  s:\n    time_zone: Europe/Madrid\n    merge: union\n    layers:\n"

static void layer__every_key_arrives(void **state)
{
    (void)state;
    struct config *c = must_load(
        SCHEDULE
        "      - name: weekly\n        time_zone: America/New_York\n"
        "        anchor: 2026-01-05T09:00\n        every: { n: 2, unit: week }\n"
        "        members: [ana, [bo, chen], null]\n        clock: elapsed\n        month_day: "
        "last\n"
        "        gap: shift\n        start_index: 2\n        level: -3\n        backwards: true\n"
        "        from: 2026-07-01T00:00\n        until: 2027-01-01T00:00Z\n"
        "        restrict:\n          - { days: [mon-fri, sun], start: \"09:00\", end: \"17:30\" "
        "}\n"
        "          - { from: \"fri 18:00\", to: \"mon 08:00\" }\n"
        "          - { days: sat-mon, start: \"20:00\", end: \"24:00\" }\n"
        "          - { from: \"wed 00:00\", to: \"sun 24:00\" }\n"
        "      - { anchor: 2026-01-05T09:00+05:30, every: 12 hours, members: [], allow_empty: yes "
        "}\n");
    const struct layer *l = &c->schedules[0].layers[0], *second = l + 1;
    assert_string_equal(l->name, "weekly");
    assert_string_equal(zone_name(l->zone), "America/New_York");
    assert_false(l->anchor_is_instant);
    assert_int_equal(l->anchor_local_s, at("2026-01-05T09:00:00Z") / 1000);
    assert_int_equal(l->every, 2);
    assert_int_equal(l->unit, UNIT_WEEK);
    assert_int_equal(l->clock, CLOCK_ELAPSED);
    assert_int_equal(l->month_day, MONTH_LAST);
    assert_int_equal(l->gap, ZONE_GAP_SHIFT);
    assert_int_equal(l->start_index, 2);
    assert_int_equal(l->level, -3);
    assert_true(l->backwards);
    assert_int_equal(l->from_ms, at("2026-07-01T04:00:00Z"));
    assert_int_equal(l->until_ms, at("2027-01-01T00:00:00Z"));
    assert_int_equal(l->n_members, 3);
    assert_string_equal(l->members[1].people[1], "chen");
    assert_int_equal(l->members[2].n, 0);
    assert_int_equal(l->restrict_to[0].kind, RESTRICT_DAILY);
    assert_int_equal(l->restrict_to[0].days, 0x5f);
    assert_int_equal(l->restrict_to[0].end_s, 17 * 3600 + 1800);
    assert_int_equal(l->restrict_to[1].kind, RESTRICT_WEEKLY);
    assert_int_equal(l->restrict_to[1].start_s, 4 * 86400 + 18 * 3600);
    assert_int_equal(l->restrict_to[1].end_s, 8 * 3600);
    assert_int_equal(l->restrict_to[2].days, 0x61);
    assert_int_equal(l->restrict_to[2].end_s, 0);
    assert_int_equal(l->restrict_to[3].start_s, 2 * 86400);
    assert_int_equal(l->restrict_to[3].end_s, 0);
    assert_string_equal(second->name, "2");
    assert_string_equal(zone_name(second->zone), "Europe/Madrid");
    assert_true(second->anchor_is_instant);
    assert_int_equal(second->anchor_utc_s, at("2026-01-05T03:30:00Z") / 1000);
    assert_int_equal(second->anchor_local_s, at("2026-01-05T04:30:00Z") / 1000);
    assert_int_equal(second->clock, CLOCK_ELAPSED);
    assert_int_equal(second->unit, UNIT_HOUR);
    assert_int_equal(second->from_ms, INT64_MIN);
    assert_int_equal(second->until_ms, INT64_MAX);
    config_free(c);
}

static void layer__says_little__takes_a_week_on_the_wall(void **state)
{
    (void)state;
    struct config *c = must_load(SCHEDULE "      - { anchor: 2026-01-05, members: [ana] }\n");
    const struct layer *l = &c->schedules[0].layers[0];
    assert_int_equal(l->every, 1);
    assert_int_equal(l->unit, UNIT_WEEK);
    assert_int_equal(l->clock, CLOCK_WALL);
    assert_int_equal(l->gap, ZONE_GAP_NEXT);
    assert_int_equal(l->n_restrict, 0);
    config_free(c);
}

static void overrides_and_temporary__arrive_in_order_in_the_schedules_zone(void **state)
{
    (void)state;
    struct config *c = must_load(
        SCHEDULE
        "      - { anchor: 2026-01-05, time_zone: UTC, members: [ana] }\n"
        "    overrides:\n"
        "      - { start: 2026-07-01T10:00, end: 2026-07-01T12:00, set: bo }\n"
        "      - { start: 2026-12-24T18:00Z, end: 2026-12-27, replace: ana, with: [bo, chen] }\n"
        "      - { start: 2026-07-01, end: 2026-07-02, add: [bo] }\n"
        "      - { start: 2026-07-01, end: 2026-07-02, remove: ana }\n"
        "    temporary:\n"
        "      - start: 2026-08-01T00:00\n        end: 2026-08-02T00:00\n"
        "        shifts: [ { start: 2026-08-01T08:00, end: 2026-08-01T16:00, user: bo } ]\n");
    const struct schedule *s = &c->schedules[0];
    assert_int_equal(s->n_overrides, 4);
    assert_int_equal(s->overrides[0].kind, OVERRIDE_SET);
    assert_int_equal(s->overrides[0].start_ms, at("2026-07-01T08:00:00Z"));
    assert_string_equal(s->overrides[0].people.people[0], "bo");
    assert_int_equal(s->overrides[1].kind, OVERRIDE_REPLACE);
    assert_int_equal(s->overrides[1].start_ms, at("2026-12-24T18:00:00Z"));
    assert_string_equal(s->overrides[1].people.people[0], "ana");
    assert_int_equal(s->overrides[1].with.n, 2);
    assert_int_equal(s->overrides[2].kind, OVERRIDE_ADD);
    assert_int_equal(s->overrides[3].kind, OVERRIDE_REMOVE);
    assert_int_equal(s->n_temporary, 1);
    assert_int_equal(s->temporary[0].end_ms, at("2026-08-01T22:00:00Z"));
    assert_int_equal(s->temporary[0].shifts[0].start_ms, at("2026-08-01T06:00:00Z"));
    assert_string_equal(s->temporary[0].shifts[0].people.people[0], "bo");
    config_free(c);
}

/* Nobody may be meant: for a turn, for a while, in a layer that lies over others. */
static void nobody__said_outright__is_read(void **state)
{
    (void)state;
    struct config *c = must_load(
        SCHEDULE
        "      - { anchor: 2026-01-05, members: [ana, [], null] }\n"
        "      - { anchor: 2026-01-05, members: [~] }\n"
        "      - { anchor: 2026-01-05, members: [[]] }\n"
        "    overrides: [ { start: 2026-07-01T10:00, end: 2026-07-01T12:00, set: [] } ]\n");
    const struct schedule *s = &c->schedules[0];
    assert_int_equal(s->layers[0].n_members, 3);
    assert_int_equal(s->layers[0].members[1].n, 0);
    assert_int_equal(s->layers[0].members[2].n, 0);
    assert_int_equal(s->layers[1].n_members, 1);
    assert_int_equal(s->layers[2].members[0].n, 0);
    assert_int_equal(s->overrides[0].kind, OVERRIDE_SET);
    assert_int_equal(s->overrides[0].people.n, 0);
    config_free(c);
}

static void restriction__days_alone__means_them_whole(void **state)
{
    (void)state;
    struct config *c = must_load(
        SCHEDULE
        "      - { anchor: 2026-01-05, members: [ana], restrict: [ { days: [sat, sun] } ] }\n");
    const struct restriction *x = c->schedules[0].layers[0].restrict_to;
    assert_int_equal(x->kind, RESTRICT_DAILY);
    assert_int_equal(x->days, 0x60);
    assert_int_equal(x->start_s, x->end_s);
    config_free(c);
}

/* What is likely a slip, and yet means something, is told and taken. */
static void layer__likely_a_slip__is_told_and_taken(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"      - { anchor: 2026-01-05, members: [ana], every: 1 month, clock: elapsed }\n",
         "9:70: turns of months always follow the wall clock\n"},
        {"      - { anchor: 2026-01-05, members: [null] }\n",
         "9:40: nobody takes turns here (`allow_empty: true` if that is meant)\n"},
    };
    for (size_t i = 0; i < 2; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s", SCHEDULE, cases[i][0]);
        char *said = complaints_of(text, strlen(text), true);
        assert_string_equal(said, cases[i][1]);
        mem_free(said);
    }
}

/* Two layers of 40 never add up when only the top one counts. */
static void two_crowds__fit_when_one_hides_the_other(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_str(&b, CHANNEL "people:\n");
    for (int i = 0; i < 80; i++)
        buf_printf(&b, "  p%d: {}\n", i);
    buf_str(&b, "schedules:\n  s:\n    time_zone: UTC\n    merge: top\n    layers:\n");
    for (int i = 0; i < 80; i++)
        buf_printf(&b, "%sp%d%s",
                   i % 40 == 0 ? "      - anchor: 2026-01-05\n        members: [[" : ", ", i,
                   i % 40 == 39 ? "]]\n" : "");
    config_free(must_load(buf_text(&b)));
    buf_done(&b);
}

/* 80 people who take turns are never on call together; merged by union they could be. */
static void many_people__counted_by_who_can_meet(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_str(&b, CHANNEL "people:\n");
    for (int i = 0; i < 80; i++)
        buf_printf(&b, "  p%d: {}\n", i);
    buf_str(&b, "schedules:\n  s:\n    time_zone: UTC\n    layers:\n      - anchor: 2026-01-05\n"
                "        members: [p0");
    for (int i = 1; i < 80; i++)
        buf_printf(&b, ", p%d", i);
    buf_str(&b, "]\n");
    config_free(must_load(buf_text(&b)));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layer__every_key_arrives),
        cmocka_unit_test(layer__says_little__takes_a_week_on_the_wall),
        cmocka_unit_test(overrides_and_temporary__arrive_in_order_in_the_schedules_zone),
        cmocka_unit_test(nobody__said_outright__is_read),
        cmocka_unit_test(restriction__days_alone__means_them_whole),
        cmocka_unit_test(layer__likely_a_slip__is_told_and_taken),
        cmocka_unit_test(two_crowds__fit_when_one_hides_the_other),
        cmocka_unit_test(many_people__counted_by_who_can_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
