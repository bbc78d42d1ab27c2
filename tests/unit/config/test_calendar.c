/* test_calendar.c - the keys that name calendars: where they may stand, how far they are followed,
 * what becomes of the file. What events mean: test_import.c. */
#include "calendars.h"

static void layer__with_a_calendar__needs_no_turns(void **state)
{
    (void)state;
    put("team.ics", EVENT("DTSTART:20260105T090000Z\r\nDURATION:P1D\r\nSUMMARY:ana\r\n"));
    struct config *c = load_layers("{ name: vendor, calendar: team.ics }");
    const struct layer *l = &c->schedules[0].layers[0];

    assert_true(l->imported);
    assert_int_equal(l->n_members, 0);
    assert_int_equal(l->n_shifts, 1);
    assert_int_equal(l->shifts[0].start_ms, at("2026-01-05T09:00:00Z"));
    assert_int_equal(l->shifts[0].end_ms, at("2026-01-06T09:00:00Z"));
    assert_string_equal(l->shifts[0].people.people[0], "ana");
    config_free(c);
}

static void keys__that_do_not_fit__are_refused(void **state)
{
    static const struct {
        const char *layer, *why;
    } cases[] = {
        {"{ calendar: team.ics, anchor: 2026-01-05T09:00 }",
         "`anchor` does not go with `calendar`"},
        {"{ calendar: team.ics, members: [ana] }", "`members` does not go with `calendar`"},
        {"{ calendar: team.ics, every: 1 week }", "`every` does not go with `calendar`"},
        {"{ calendar: '' }", "`calendar` must be an iCalendar file"},
        {"{ calendar: [team.ics] }", "`calendar` must be an iCalendar file"},
        {"{ calendar: nowhere.ics }", "/nowhere.ics`: No such file or directory"},
        {"{ calendar: bad.ics }", "calendar `bad.ics`: line 1: there is no VCALENDAR"},
        {"{ name: a, members: [ana] }", "the layer has no `anchor`"},
        {"{ name: a, anchor: 2026-01-05T09:00 }", "the layer has no `members`"},
    };
    (void)state;
    put("team.ics", "");
    put_text("bad.ics", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i].layer, cases[i].why);
}

static void calendar__of_a_file_too_large__is_refused(void **state)
{
    char *text = mem_alloc(CALENDAR_BYTES_MAX + 2);
    (void)state;
    memset(text, ' ', CALENDAR_BYTES_MAX + 1);
    put_text("team.ics", text);
    mem_free(text);
    assert_refused("{ calendar: team.ics }", "is larger than 1000000 bytes");
}

/* A rule without an end is followed from a year before the file is read to ten years after. */
static void rule_without_end__is_followed_for_ten_years(void **state)
{
    (void)state;
    put("team.ics", EVENT("DTSTART:20000103T090000Z\r\nDURATION:P1D\r\nSUMMARY:ana\r\n"
                          "RRULE:FREQ=WEEKLY\r\n"));
    struct config *c = load_layers("{ calendar: team.ics }");
    const struct layer *l = &c->schedules[0].layers[0];

    assert_int_equal(l->shifts[0].start_ms, at("2024-12-30T09:00:00Z")); /* its end */
    assert_int_equal(l->shifts[l->n_shifts - 1].start_ms, at("2035-12-31T09:00:00Z"));
    config_free(c);

    c = load_layers("{ calendar: team.ics, from: 2026-02-01T00:00, until: 2026-03-01T00:00 }");
    l = &c->schedules[0].layers[0];
    assert_int_equal(l->n_shifts, 4);
    config_free(c);
}

static void overrides__of_a_calendar__come_before_those_of_the_file(void **state)
{
    (void)state;
    put("swaps.ics", EVENT("DTSTART;VALUE=DATE:20260105\r\nSUMMARY:bo\r\n")
                         EVENT("DTSTART;VALUE=DATE:20260107\r\nSUMMARY:ana, bo\r\n"));
    struct config *c = load_schedule(
        "    overrides_calendar: swaps.ics\n"
        "    overrides: [ { start: 2026-01-05T00:00, end: 2026-01-06T00:00, remove: ana } ]\n"
        "    layers: [ { anchor: 2026-01-05T09:00, members: [ana] } ]\n");
    const struct schedule *s = &c->schedules[0];

    assert_int_equal(s->n_overrides, 3);
    assert_int_equal(s->overrides[0].kind, OVERRIDE_SET);
    assert_int_equal(s->overrides[0].start_ms, at("2026-01-04T23:00:00Z")); /* Madrid */
    assert_string_equal(s->overrides[0].people.people[0], "bo");
    assert_int_equal(s->overrides[1].people.n, 2);
    assert_int_equal(s->overrides[2].kind, OVERRIDE_REMOVE);
    config_free(c);
}

static void digest__changes_with_the_calendar(void **state)
{
    char before[sizeof((struct config *)0)->digest];
    (void)state;
    put("team.ics", "");
    struct config *c = load_layers("{ calendar: team.ics }");

    text_copy(before, sizeof before, c->digest);
    config_free(c);
    put("team.ics", "X-NOTE:x\r\n");
    c = load_layers("{ calendar: team.ics }");
    assert_string_not_equal(c->digest, before);
    config_free(c);
}

static void people_of_a_calendar__count_for_the_most_at_once(void **state)
{
    struct buf people, layer;
    struct config *c = NULL;
    (void)state;
    buf_init(&people, 1 << 16);
    buf_init(&layer, 1 << 16);
    for (int i = 0; i < 63; i++)
        buf_printf(&people, "%s p%d", i ? "," : "", i);
    put("team.ics", EVENT("DTSTART:20260105T090000Z\r\nDURATION:P1D\r\nSUMMARY:ana, bo\r\n"));
    buf_printf(&layer, "people: { ana: {}, bo: {}");
    for (int i = 0; i < 63; i++)
        buf_printf(&layer, ", p%d: {}", i);
    buf_printf(&layer,
               " }\nschedules:\n  s:\n    time_zone: UTC\n    merge: union\n    layers:\n"
               "      - { calendar: team.ics }\n"
               "      - { anchor: 2026-01-05T09:00, members: [[%s]] }\n",
               buf_text(&people));
    char *said = load_text(buf_text(&layer), &c);

    assert_null(c);
    assert_non_null(strstr(said, "65 people could be on call at once, at most 64 may"));
    mem_free(said);
    buf_done(&people);
    buf_done(&layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layer__with_a_calendar__needs_no_turns),
        cmocka_unit_test(keys__that_do_not_fit__are_refused),
        cmocka_unit_test(calendar__of_a_file_too_large__is_refused),
        cmocka_unit_test(rule_without_end__is_followed_for_ten_years),
        cmocka_unit_test(overrides__of_a_calendar__come_before_those_of_the_file),
        cmocka_unit_test(digest__changes_with_the_calendar),
        cmocka_unit_test(people_of_a_calendar__count_for_the_most_at_once),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
