/* test_import.c - events become shifts: zones, days, exceptions, levels, limits. What rules yield
 * is compared with other programs in tests/system/test_calendar.py. */
#include "calendars.h"

#define MADRID ";TZID=Europe/Madrid:"

/* "ana 01-05T08:00 01-12T08:00, …" in UTC, of everything from 2026 on. */
static const char *shifts(const char *events)
{
    static char text[4096];
    struct buf out;

    put("team.ics", events);
    struct config *c = load_layers("{ calendar: team.ics, from: 2026-01-01T00:00Z }");
    const struct layer *l = &c->schedules[0].layers[0];

    buf_init(&out, sizeof text - 1);
    for (size_t i = 0; i < l->n_shifts; i++) {
        const struct shift *s = &l->shifts[i];
        char a[40], b[40];

        rfc3339_format(s->start_ms, a, sizeof a);
        rfc3339_format(s->end_ms, b, sizeof b);
        assert_true(i == 0 || s->start_ms >= l->shifts[i - 1].end_ms);
        buf_str(&out, i ? ", " : "");
        for (size_t k = 0; k < s->people.n; k++)
            buf_printf(&out, "%s%s", k ? "+" : "", s->people.people[k]);
        buf_printf(&out, " %.11s %.11s", a + 5, b + 5);
    }
    config_free(c);
    text_copy(text, sizeof text, buf_text(&out));
    buf_done(&out);
    return text;
}

static const struct {
    const char *what, *events, *want;
} shapes[] = {
    {"no events", "", ""},
    {"a week on the wall, in a name's zone",
     EVENT("DTSTART" MADRID "20260105T090000\r\nDTEND" MADRID
           "20260112T090000\r\nSUMMARY:Ana Ruiz\r\n"),
     "ana 01-05T08:00 01-12T08:00"},
    {"a week over the change of clocks, by DTEND",
     EVENT("DTSTART" MADRID "20260316T090000\r\nDTEND" MADRID "20260323T090000\r\n"
           "RRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:ana\r\n"),
     "ana 03-16T08:00 04-06T07:00"},
    {"the same in UTC stays where it is",
     EVENT("DTSTART:20260316T080000Z\r\nDTEND:20260317T080000Z\r\n"
           "RRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:ana\r\n"),
     "ana 03-16T08:00 03-17T08:00, ana 03-23T08:00 03-24T08:00, ana 03-30T08:00 03-31T08:00"},
    {"a time without a zone is the schedule's",
     EVENT("DTSTART:20260105T090000\r\nDURATION:PT1H\r\nSUMMARY:ana\r\n"),
     "ana 01-05T08:00 01-05T09:00"},
    {"a zone with a path before its name",
     EVENT("DTSTART;TZID=/example.org/2026_1/America/New_York:20260105T090000\r\n"
           "DURATION:PT1H\r\nSUMMARY:ana\r\n"),
     "ana 01-05T14:00 01-05T15:00"},
    {"from one zone to another",
     EVENT("DTSTART" MADRID "20260105T090000\r\nDTEND;TZID=Asia/Tokyo:20260105T200000\r\n"
           "SUMMARY:ana\r\n"),
     "ana 01-05T08:00 01-05T11:00"},
    {"a whole day, of 23 hours", EVENT("DTSTART;VALUE=DATE:20260329\r\nSUMMARY:ana\r\n"),
     "ana 03-28T23:00 03-29T22:00"},
    {"two whole days",
     EVENT("DTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260107\r\nSUMMARY:ana\r\n"),
     "ana 01-04T23:00 01-06T23:00"},
    {"in a hole: as much later", /* 02:30 is 03:30 */
     EVENT("DTSTART" MADRID "20260329T023000\r\nDURATION:PT1H\r\nSUMMARY:ana\r\n"),
     "ana 03-29T01:30 03-29T02:30"},
    {"twice there: the first time, and to the end that is meant",
     EVENT("DTSTART" MADRID "20261025T023000\r\nDTEND" MADRID "20261025T030000\r\nSUMMARY:ana\r\n"),
     "ana 10-25T00:30 10-25T02:00"},
    {"of no length", EVENT("DTSTART:20260105T090000Z\r\nSUMMARY:ana\r\n"), ""},
    {"cancelled",
     EVENT("DTSTART:20260105T090000Z\r\nDURATION:P1D\r\nSTATUS:CANCELLED\r\nSUMMARY:x\r\n"), ""},
    {"long ago, whoever it was",
     EVENT("DTSTART:20200105T090000Z\r\nDURATION:P1D\r\nSUMMARY:gone\r\n"), ""},
    {"left out by instant, by wall time, by day",
     EVENT("DTSTART" MADRID "20260105T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=5\r\n"
           "EXDATE:20260106T080000Z\r\nEXDATE" MADRID "20260107T090000\r\n"
           "EXDATE;VALUE=DATE:20260108\r\nSUMMARY:ana\r\n"),
     "ana 01-05T08:00 01-05T09:00, ana 01-09T08:00 01-09T09:00"},
    {"added",
     EVENT("DTSTART" MADRID "20260105T090000\r\nDURATION:PT1H\r\n"
           "RDATE:20260201T080000Z\r\nRDATE;VALUE=DATE:20260203\r\nSUMMARY:ana\r\n"),
     "ana 01-05T08:00 01-05T09:00, ana 02-01T08:00 02-01T09:00, ana 02-03T08:00 02-03T09:00"},
    {"one moved and given away, one cancelled",
     EVENT("UID:1\r\nDTSTART" MADRID "20260105T090000\r\nDURATION:PT1H\r\n"
           "RRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:ana\r\n")
         EVENT("UID:1\r\nRECURRENCE-ID:20260106T080000Z\r\nDTSTART:20260106T120000Z\r\n"
               "DURATION:PT2H\r\nSUMMARY:bo\r\n")
             EVENT("UID:1\r\nRECURRENCE-ID" MADRID "20260107T090000\r\nDTSTART" MADRID
                   "20260107T090000\r\nSTATUS:CANCELLED\r\nSUMMARY:ana\r\n"),
     "ana 01-05T08:00 01-05T09:00, bo 01-06T12:00 01-06T14:00"},
    {"one given away where it is",
     EVENT("UID:1\r\nDTSTART:20260105T090000Z\r\nDURATION:P1D\r\n"
           "RRULE:FREQ=DAILY;COUNT=2\r\nSUMMARY:ana\r\n")
         EVENT("UID:1\r\nRECURRENCE-ID:20260106T090000Z\r\nDTSTART:20260106T090000Z\r\n"
               "DURATION:P1D\r\nSUMMARY:bo\r\n"),
     "ana 01-05T09:00 01-06T09:00, bo 01-06T09:00 01-07T09:00"},
    {"until, by instant and by day",
     EVENT("DTSTART:20260105T090000Z\r\nDURATION:PT1H\r\n"
           "RRULE:FREQ=DAILY;UNTIL=20260106T090000Z\r\nSUMMARY:ana\r\n")
         EVENT("DTSTART:20260205T090000Z\r\nDURATION:PT1H\r\n"
               "RRULE:FREQ=DAILY;UNTIL=20260206\r\nSUMMARY:bo\r\n"),
     "ana 01-05T09:00 01-05T10:00, ana 01-06T09:00 01-06T10:00, bo 02-05T09:00 02-05T10:00, "
     "bo 02-06T09:00 02-06T10:00"},
    {"together, in order of their beginning, joined where nothing changes",
     EVENT("DTSTART:20260105T090000Z\r\nDURATION:PT4H\r\nSUMMARY:bo\r\n")
         EVENT("DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\nSUMMARY:Ana Ruiz\\, bo\r\n")
             EVENT("DTSTART:20260105T130000Z\r\nDURATION:PT1H\r\nSUMMARY:bo\r\n"),
     "bo 01-05T09:00 01-05T10:00, bo+ana 01-05T10:00 01-05T11:00, bo 01-05T11:00 01-05T14:00"},
    {"a higher level hides lower ones",
     EVENT("DTSTART:20260105T090000Z\r\nDURATION:PT4H\r\nSUMMARY:[L1] bo\r\n")
         EVENT("DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\nSUMMARY:[l2]ana\r\n")
             EVENT("DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\nSUMMARY:chen\r\n"),
     "bo 01-05T09:00 01-05T10:00, ana 01-05T10:00 01-05T11:00, bo 01-05T11:00 01-05T13:00"},
};

static void events__of_each_shape__become_these_shifts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const char *have = shifts(shapes[i].events);

        if (strcmp(have, shapes[i].want) != 0)
            fail_msg("%s: %s, wanted %s", shapes[i].what, have, shapes[i].want);
    }
}

static void event__that_cannot_be_meant__is_refused(void **state)
{
    static const struct {
        const char *events, *why;
    } cases[] = {
        {EVENT("DTSTART:20260105T090000Z\r\nDURATION:P1D\r\nSUMMARY:anna\r\n"),
         "f.yaml:6:21: error: calendar `team.ics`: line 2: `anna` (the event of 2026-01-05) is not "
         "a person; did you mean `ana`?"},
        {EVENT("DTSTART:20260105T090000Z\r\nDURATION:P1D\r\n"), "line 2: `` (the event of"},
        {EVENT("DTSTART:20260105T090000Z\r\nDURATION:P1D\r\nSUMMARY:ana\\, somebody\r\n"),
         "`ana, somebody` (the event of 2026-01-05) is not a person"},
        {EVENT("DTSTART;TZID=Romance Standard Time:20260105T090000\r\nSUMMARY:ana\r\n"),
         "calendar `team.ics`: line 2: there is no time zone `Romance Standard Time`; names are "
         "those of IANA, such as Europe/Madrid"},
        {EVENT("DTSTART;TZID=../../etc/passwd:20260105T090000\r\nSUMMARY:ana\r\n"),
         "there is no time zone `../../etc/passwd`"},
        {EVENT("DTSTART:20260105T090000Z\r\nDTEND:20260105T080000Z\r\nSUMMARY:ana\r\n"),
         "line 2: it ends before it begins"},
        {EVENT("DTSTART:20260105T090000Z\r\nDTEND" MADRID "20260105T080000\r\nSUMMARY:ana\r\n"),
         "line 2: it ends before it begins"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("team.ics", cases[i].events);
        assert_refused("{ calendar: team.ics }", cases[i].why);
    }
}

static void many(const char *each, size_t n)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < n; i++)
        buf_str(&out, each);
    put("team.ics", buf_text(&out));
    buf_done(&out);
}

static void too_much_of_anything__is_refused(void **state)
{
    (void)state;
    many(EVENT("DTSTART:20260105T090000Z\r\nDURATION:PT1H\r\nSUMMARY:ana\r\n"), 64);
    config_free(load_layers("{ calendar: team.ics }"));
    many(EVENT("DTSTART:20260105T090000Z\r\nDURATION:PT1H\r\nSUMMARY:ana\r\n"), 65);
    assert_refused("{ calendar: team.ics }", "more than 64 events at once");
    many(EVENT("DTSTART:20250105T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nSUMMARY:ana\r\n"),
         14);
    assert_refused("{ calendar: team.ics }", "gives more than 50000 shifts");
    many(EVENT("DTSTART:20250105T090000Z\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\n"
               "SUMMARY:ana\r\n"),
         2000);
    assert_refused("{ calendar: team.ics }", "its events recur over too many days");
    many(EVENT("DTSTART:20260105T090000Z\r\nDURATION:PT1H\r\nSUMMARY:x\r\n"), 50);
    struct config *c = NULL;
    char *said = load_text("people: { ana: {} }\nschedules:\n  s:\n    time_zone: UTC\n"
                           "    layers: [ { calendar: team.ics } ]\n",
                           &c);
    size_t lines = 0;

    for (const char *p = said; (p = strstr(p, "error:")) != NULL; p++)
        lines++;
    assert_int_equal(lines, 5);
    mem_free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events__of_each_shape__become_these_shifts),
        cmocka_unit_test(event__that_cannot_be_meant__is_refused),
        cmocka_unit_test(too_much_of_anything__is_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
