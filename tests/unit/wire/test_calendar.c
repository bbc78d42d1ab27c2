/* test_calendar.c - iCalendar files: what arrives, and what is refused with its line. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/text.h"
#include "wire/calendar.h"

#define HEAD         "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"
#define TAIL         "END:VCALENDAR\r\n"

static struct calendar must_read(const char *text)
{
    struct calendar c;
    struct err e;

    if (calendar_read(text, strlen(text), &c, &e) < 0)
        fail_msg("%s in %s", e.text, text);
    return c;
}

static int64_t at(const char *text)
{
    int64_t ms;
    bool zoned;

    assert_int_equal(rfc3339_parse(text, &ms, &zoned), 0);
    return ms / 1000;
}

static void event__every_property_arrives(void **state)
{
    (void)state;
    struct calendar c = must_read(HEAD EVENT(
        "UID:a@b\r\nDTSTART;TZID=Europe/Madrid:20260105T090000\r\n"
        "DTEND;X=\"a;b:c\";TZID=\"Europe/Madrid\":20260112T091530\r\n"
        "RRULE:FREQ=WEEKLY;INTERVAL=3;UNTIL=20270101T000000Z\r\n"
        "RDATE;VALUE=DATE:20260401,20260403\r\nEXDATE:20260126T080000Z\r\n"
        "EXDATE:20260216T090000\r\nSUMMARY;LANGUAGE=es:Ana\\, \\\"Ruiz\\\"\\n\\\\ \r\n  "
        "Lab\r\n") EVENT("UID:a@b\r\nRECURRENCE-ID:20260126T080000Z\r\nDTSTART:20260126T120000Z\r\n"
                         "DURATION:P1W2DT3H4M5S\r\nstatus:cancelled\r\n") TAIL);
    const struct calendar_event *v = &c.events.items[0], *w = v + 1;

    assert_int_equal(c.events.n, 2);
    assert_int_equal(v->line, 3);
    assert_string_equal(v->uid, "a@b");
    assert_string_equal(v->summary, "Ana, \"Ruiz\"\n\\  Lab");
    assert_int_equal(v->start.clock, CALENDAR_ZONED);
    assert_string_equal(v->start.zone, "Europe/Madrid");
    assert_int_equal(v->start.local_s, at("2026-01-05T09:00:00Z"));
    assert_true(v->has_end);
    assert_string_equal(v->end.zone, "Europe/Madrid");
    assert_int_equal(v->end.local_s, at("2026-01-12T09:15:30Z"));
    assert_true(v->recurs);
    assert_int_equal(v->rule.interval, 3);
    assert_string_equal(v->rule.until, "20270101T000000Z");
    assert_int_equal(v->also.n, 2);
    assert_int_equal(v->also.items[1].clock, CALENDAR_DAY);
    assert_int_equal(v->also.items[1].local_s, at("2026-04-03"));
    assert_int_equal(v->except.n, 2);
    assert_int_equal(v->except.items[0].clock, CALENDAR_UTC);
    assert_int_equal(v->except.items[1].clock, CALENDAR_FLOATING);
    assert_false(v->instead || v->cancelled);
    assert_true(w->instead && w->cancelled && !w->has_end && !w->recurs);
    assert_int_equal(w->instead_of.local_s, at("2026-01-26T08:00:00Z"));
    assert_int_equal(w->length_days, 9);
    assert_int_equal(w->length_s, 3 * 3600 + 4 * 60 + 5);
    calendar_done(&c);
}

static void what_is_of_no_interest__is_passed_over(void **state)
{
    (void)state;
    struct calendar c = must_read(
        "\xef\xbb\xbf"
        "BEGIN:VCALENDAR\nX-WR-CALNAME:x\n\nBEGIN:VTODO\nDTSTART:nonsense\nEND:VTODO\n"
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nBEGIN:VALARM\nDURATION:nonsense\nEND:VALARM\n"
        "ATTENDEE;CN=\"a:b\":mailto:x@y\nEND:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:"
        "VCALENDAR");

    assert_int_equal(c.events.n, 1);
    assert_int_equal(c.events.items[0].start.clock, CALENDAR_DAY);
    assert_string_equal(c.events.items[0].uid, "");
    assert_string_equal(c.events.items[0].summary, "");
    calendar_done(&c);
}

static void time__of_each_shape(void **state)
{
    static const struct {
        const char *text, *local;
        enum calendar_clock clock;
    } cases[] = {
        {"20260105", "2026-01-05T00:00:00Z", CALENDAR_DAY},
        {"20260105T091500", "2026-01-05T09:15:00Z", CALENDAR_FLOATING},
        {"20260105T091501Z", "2026-01-05T09:15:01Z", CALENDAR_UTC},
        {"20161231T235960Z", "2016-12-31T23:59:59Z", CALENDAR_UTC}, /* a leap second */
        {"20240229t000000z", "2024-02-29T00:00:00Z", CALENDAR_UTC},
        {"19000101", "1900-01-01T00:00:00Z", CALENDAR_DAY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct calendar_time t;

        assert_int_equal(calendar_time_parse(cases[i].text, &t), 0);
        assert_int_equal(t.local_s, at(cases[i].local));
        assert_int_equal(t.clock, cases[i].clock);
    }
}

static void zone__named_by_its_program__takes_the_name_its_definition_gives(void **state)
{
    (void)state;
    struct calendar c = must_read(
        HEAD EVENT("DTSTART;TZID=Romance Standard Time:20260105T090000\r\n"
                   "EXDATE;TZID=Romance Standard Time:20260112T090000\r\n")
            EVENT(
                "DTSTART;TZID=Other:20260105T090000\r\n") "BEGIN:VTIMEZONE\r\nTZID:Romance "
                                                          "Standard "
                                                          "Time\r\nX-LIC-LOCATION:Europe/Paris\r\n"
                                                          "BEGIN:STANDARD\r\nDTSTART:"
                                                          "16010101T030000\r\nEND:STANDARD\r\nEND:"
                                                          "VTIMEZONE\r\n" TAIL);

    assert_string_equal(c.events.items[0].start.zone, "Europe/Paris");
    assert_string_equal(c.events.items[0].except.items[0].zone, "Europe/Paris");
    assert_string_equal(c.events.items[1].start.zone, "Other");
    calendar_done(&c);
}

static void line__folded_anywhere__reads_as_one(void **state)
{
    static const char event[] = HEAD EVENT("DTSTART:20260105T090000Z\r\nSUMMARY:漢字 ana\r\n") TAIL;
    (void)state;
    for (size_t cut = sizeof HEAD; cut < sizeof event - sizeof TAIL; cut++) {
        char text[sizeof event + 4];
        struct calendar c;
        struct err e;

        if (event[cut] == '\n' || event[cut - 1] == '\n')
            continue;
        snprintf(text, sizeof text, "%.*s\r\n %s", (int)cut, event, event + cut);
        if ((event[cut] & 0xc0) == 0x80) /* inside of a letter: not UTF-8 as it stands */
            assert_int_equal(calendar_read(text, strlen(text), &c, &e), -1);
        else {
            c = must_read(text);
            assert_string_equal(c.events.items[0].summary, "漢字 ana");
            calendar_done(&c);
        }
    }
}

static void fault__is_named_with_its_line(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "line 1: there is no VCALENDAR"},
        {"hello", "line 1: not a line of a calendar"},
        {":x", "line 1: not a line of a calendar"},
        {"A;B=\"c:d", "line 1: not a line of a calendar"},
        {"BEGIN:VEVENT\n", "line 1: VEVENT begins outside of a VCALENDAR"},
        {"X:y\n", "line 1: X stands outside of a VCALENDAR"},
        {"END:VCALENDAR\n", "line 1: VCALENDAR ends where it has not begun"},
        {"BEGIN:VCALENDAR\nBEGIN:VCALENDAR\n", "line 2: VCALENDAR begins inside of a VCALENDAR"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\n", "line 3: VTODO ends where it has not begun"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\n",
         "line 3: an event inside of something else"},
        {"BEGIN:VCALENDAR\nX:y\n", "line 2: VCALENDAR does not end"},
        {HEAD EVENT("SUMMARY:x\n") TAIL, "line 3: an event without DTSTART"},
        {HEAD EVENT("DTSTART:20260230\n"), "line 4: DTSTART: `20260230` is no time"},
        {HEAD EVENT("DTSTART:20260105T240000\n"), "line 4: DTSTART: `20260105T240000` is no time"},
        {HEAD EVENT("DTSTART:20260105T0900\n"), "line 4: DTSTART: `20260105T0900` is no time"},
        {HEAD EVENT("DTSTART:20260105T090000X\n"),
         "line 4: DTSTART: `20260105T090000X` is no time"},
        {HEAD EVENT("DTSTART:18991231\n"), "line 4: DTSTART: `18991231` is no time"},
        {HEAD EVENT("RDATE;VALUE=PERIOD:20260105T090000Z/PT1H\n"),
         "line 4: RDATE holds a PERIOD, which is not read"},
        {HEAD EVENT("EXDATE:20260105,\n"), "line 4: EXDATE: `` is no time"},
        {HEAD EVENT("RECURRENCE-ID;RANGE=THISANDFUTURE:20260105\n"),
         "line 4: a change of this and all future occurrences is not read"},
        {HEAD EVENT("EXRULE:FREQ=DAILY\n"), "line 4: EXRULE is not read"},
        {HEAD EVENT("RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY\n"), "line 5: a second RRULE"},
        {HEAD EVENT("RRULE:FREQ=HOURLY\n"),
         "line 4: RRULE: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not `HOURLY`"},
        {HEAD EVENT("RRULE:FREQ=DAILY;UNTIL=soon\n"), "line 4: RRULE: UNTIL is no time"},
        {HEAD EVENT("DURATION:-P1D\n"),
         "line 4: DURATION: `-P1D` is no duration of at most ten years"},
        {HEAD EVENT("DURATION:P\n"), "line 4: DURATION: `P` is no duration of at most ten years"},
        {HEAD EVENT("DURATION:P99W1X\n"),
         "line 4: DURATION: `P99W1X` is no duration of at most ten years"},
        {HEAD EVENT("DURATION:P600W\n"),
         "line 4: DURATION: `P600W` is no duration of at most ten years"},
        {HEAD EVENT("DTSTART:20260105\nDTEND:20260106\nDURATION:P1D\n"),
         "line 3: an event with DTEND and DURATION"},
        {HEAD EVENT("DTSTART:20260105\nDTEND:20260106T000000\n"),
         "line 3: an event from a day to a time, or from a time to a day"},
        {HEAD EVENT("DTSTART:20260105\nDTEND:20370106\n"),
         "line 3: an event of more than ten years"},
        {HEAD EVENT("SUMMARY:\xff\n"), "line 1: not UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct calendar c;
        struct err e = {"nothing"};

        calendar_read(cases[i].text, strlen(cases[i].text), &c, &e) < 0 ? (void)0 : fail();
        assert_string_equal(e.text, cases[i].why);
    }
}

static void nul__in_a_line__is_refused(void **state)
{
    static const char text[] = HEAD "X:a\0b\r\n" TAIL;
    struct calendar c;
    struct err e;
    (void)state;
    assert_int_equal(calendar_read(text, sizeof text - 1, &c, &e), -1);
    assert_string_equal(e.text, "line 3: not a line of a calendar");
}

/* HEAD, `n` times the text, TAIL: read, or refused for `why`. */
static void try_many(const char *before, const char *each, size_t n, const char *after,
                     const char *why)
{
    struct buf out;
    struct calendar c;
    struct err e;

    buf_init(&out, 4u << 20);
    buf_str(&out, before);
    for (size_t i = 0; i < n; i++)
        buf_str(&out, each);
    buf_str(&out, after);
    int rc = calendar_read(buf_text(&out), out.len, &c, &e);

    if (rc == 0)
        calendar_done(&c);
    buf_done(&out);
    assert_int_equal(rc, why ? -1 : 0);
    if (why && strstr(e.text, why) == NULL)
        fail_msg("%s does not say: %s", e.text, why);
}

static void limits__one_more_is_refused(void **state)
{
    (void)state;
    try_many(HEAD, EVENT("DTSTART:20260101\r\n"), CALENDAR_EVENTS_MAX, TAIL, NULL);
    try_many(HEAD, EVENT("DTSTART:20260101\r\n"), CALENDAR_EVENTS_MAX + 1, TAIL,
             "more than 5000 events");
    try_many(HEAD "BEGIN:VEVENT\r\nDTSTART:20260101\r\n", "EXDATE:20260101\r\n", CALENDAR_DATES_MAX,
             "END:VEVENT\r\n" TAIL, NULL);
    try_many(HEAD "BEGIN:VEVENT\r\nDTSTART:20260101\r\n", "EXDATE:20260101\r\n",
             CALENDAR_DATES_MAX + 1, "END:VEVENT\r\n" TAIL, "more than 2000 dates");
    try_many("BEGIN:VCALENDAR\r\n", "BEGIN:X\r\n", 7, "", "X does not end");
    try_many("BEGIN:VCALENDAR\r\n", "BEGIN:X\r\n", 8, "", "line 9: nested deeper than 8");
    try_many(HEAD "X:", "x",
             CALENDAR_BYTES_MAX - strlen(HEAD "X:"
                                              "\r\n" TAIL),
             "\r\n" TAIL, NULL);
    try_many(HEAD "X:", "x", CALENDAR_BYTES_MAX, "\r\n" TAIL, "larger than 1000000 bytes");
    try_many(HEAD "BEGIN:VEVENT\r\nSUMMARY:", "x", CALENDAR_LINE_MAX, "\r\n", "SUMMARY is longer");
    try_many(HEAD "BEGIN:VEVENT\r\nDTSTART:20260101\r\nX-A:", "x\r\n ", CALENDAR_LINE_MAX,
             "\r\nEND:VEVENT\r\n" TAIL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event__every_property_arrives),
        cmocka_unit_test(what_is_of_no_interest__is_passed_over),
        cmocka_unit_test(time__of_each_shape),
        cmocka_unit_test(zone__named_by_its_program__takes_the_name_its_definition_gives),
        cmocka_unit_test(line__folded_anywhere__reads_as_one),
        cmocka_unit_test(fault__is_named_with_its_line),
        cmocka_unit_test(nul__in_a_line__is_refused),
        cmocka_unit_test(limits__one_more_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
