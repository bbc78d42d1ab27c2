/* test_recur.c - recurrence rules: which days, and what is refused. tests/system/test_calendar.py
 * compares random rules with another program's answers. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/text.h"
#include "wire/recur.h"

#define DAY_S ((int64_t)86400)

/* "0105 0112 …": the first days of the rule from the given one, the year in front where it
 * changes. */
static const char *days(const char *rule, const char *from, size_t most)
{
    static char text[2048];
    struct recur r;
    struct recur_walk w;
    struct err e;
    bool zoned;
    int64_t first_ms, day, budget = 1000000;
    int year = 0;
    struct buf out;

    if (recur_parse(rule, &r, &e) < 0)
        fail_msg("%s: %s", rule, e.text);
    assert_int_equal(rfc3339_parse(from, &first_ms, &zoned), 0);
    recur_begin(&w, &r, (struct recur_span){first_ms / 1000 / DAY_S, 0, civil_days(2100, 1, 1)},
                &budget);
    buf_init(&out, sizeof text - 1);
    for (size_t i = 0; i < most && recur_next(&w, &day); i++) {
        struct civil c = civil_of(day * DAY_S);

        buf_str(&out, i ? " " : "");
        if (c.year != year)
            buf_printf(&out, "%d:", year = c.year);
        buf_printf(&out, "%02d%02d", c.month, c.day);
    }
    text_copy(text, sizeof text, buf_text(&out));
    buf_done(&out);
    return text;
}

static void rule__of_each_kind__names_these_days(void **state)
{
    static const struct {
        const char *rule, *from;
        size_t most;
        const char *want;
    } cases[] = {
        {"FREQ=DAILY", "2026-02-27", 4, "2026:0227 0228 0301 0302"},
        {"FREQ=DAILY;INTERVAL=10;COUNT=3", "2026-01-01", 9, "2026:0101 0111 0121"},
        {"FREQ=DAILY;BYDAY=SA,SU", "2026-01-03", 4, "2026:0103 0104 0110 0111"},
        {"FREQ=DAILY;BYMONTH=12;BYMONTHDAY=-1", "2025-12-31", 3, "2025:1231 2026:1231 2027:1231"},
        {"FREQ=WEEKLY", "2026-01-05", 3, "2026:0105 0112 0119"},
        {"FREQ=WEEKLY;BYDAY=TU,TH", "2026-01-06", 5, "2026:0106 0108 0113 0115 0120"},
        /* the two of RFC 5545 that differ by WKST alone */
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", 9,
         "1997:0805 0810 0819 0824"},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", 9,
         "1997:0805 0817 0819 0831"},
        {"FREQ=MONTHLY;BYDAY=1FR", "2026-01-02", 3, "2026:0102 0206 0306"},
        {"FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU;COUNT=4", "2026-01-04", 9,
         "2026:0104 0125 0301 0329"},
        {"FREQ=MONTHLY;BYDAY=-2MO", "2026-01-19", 3, "2026:0119 0216 0323"},
        {"FREQ=MONTHLY", "2026-01-31", 4, "2026:0131 0331 0531 0731"},
        {"FREQ=MONTHLY;BYMONTHDAY=2,15,-1", "2026-01-15", 5, "2026:0115 0131 0202 0215 0228"},
        {"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-02-13", 3, "2026:0213 0313 1113"},
        {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "2026-01-29", 3, "2026:0129 0226 0330"},
        {"FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3;COUNT=3", "1997-09-04", 9, "1997:0904 1007 1106"},
        {"FREQ=YEARLY", "2024-02-29", 3, "2024:0229 2028:0229 2032:0229"},
        {"FREQ=YEARLY;BYMONTH=6,7;COUNT=4", "1997-06-10", 9, "1997:0610 0710 1998:0610 0710"},
        {"FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", "1997-01-01", 9,
         "1997:0101 0410 0719 2000:0101"},
        {"FREQ=YEARLY;BYYEARDAY=-1", "2026-12-31", 2, "2026:1231 2027:1231"},
        {"FREQ=YEARLY;BYDAY=20MO;COUNT=3", "1997-05-19", 9, "1997:0519 1998:0518 1999:0517"},
        {"FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=4", "1997-03-13", 9,
         "1997:0313 0320 0327 1998:0305"},
        {"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05", 3,
         "1996:1105 2000:1107 2004:1102"},
        {"FREQ=YEARLY;BYMONTHDAY=13;BYMONTH=2", "2026-02-13", 2, "2026:0213 2027:0213"},
        /* a first day that the rule would not yield belongs to it, and to its count */
        {"FREQ=WEEKLY;BYDAY=MO;COUNT=3", "2026-01-07", 9, "2026:0107 0112 0119"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-07", 9, "2026:0107"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(days(cases[i].rule, cases[i].from, cases[i].most), cases[i].want) != 0)
            fail_msg("%s: %s, wanted %s", cases[i].rule,
                     days(cases[i].rule, cases[i].from, cases[i].most), cases[i].want);
}

static void rule__that_cannot_be_read__says_why(void **state)
{
    static const struct {
        const char *rule, *why;
    } cases[] = {
        {"", "there is no FREQ"},
        {"INTERVAL=2", "there is no FREQ"},
        {"FREQ=HOURLY", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not `HOURLY`"},
        {"FREQ", "FREQ has no value"},
        {"FREQ=DAILY;FREQ=DAILY", "FREQ stands twice"},
        {"FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1 to 10000, not `0`"},
        {"FREQ=DAILY;INTERVAL=-1", "INTERVAL is a number from 1 to 10000, not `-1`"},
        {"FREQ=DAILY;COUNT=0", "COUNT is a number from 1 to 1000000, not `0`"},
        {"FREQ=DAILY;COUNT=2;UNTIL=20260101", "COUNT and UNTIL exclude each other"},
        {"FREQ=DAILY;UNTIL=", "UNTIL is a date or a time, not ``"},
        {"FREQ=DAILY;BYHOUR=9", "`BYHOUR` is not read"},
        {"FREQ=YEARLY;BYWEEKNO=20", "`BYWEEKNO` is not read"},
        {"FREQ=WEEKLY;WKST=XX", "WKST is a weekday, not `XX`"},
        {"FREQ=WEEKLY;BYDAY=1MO", "numbered weekdays go with months and years"},
        {"FREQ=MONTHLY;BYDAY=0MO", "BYDAY holds weekdays such as MO or -1FR, not `0MO`"},
        {"FREQ=MONTHLY;BYDAY=54MO", "BYDAY holds weekdays such as MO or -1FR, not `54MO`"},
        {"FREQ=MONTHLY;BYDAY=1XMO", "BYDAY holds weekdays such as MO or -1FR, not `1XMO`"},
        {"FREQ=MONTHLY;BYDAY=", "BYDAY holds weekdays such as MO or -1FR, not ``"},
        {"FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY holds numbers up to 31, not `32`"},
        {"FREQ=MONTHLY;BYMONTHDAY=1,,2", "BYMONTHDAY holds numbers up to 31, not ``"},
        {"FREQ=YEARLY;BYMONTH=-1", "BYMONTH holds numbers up to 12, not `-1`"},
        {"FREQ=YEARLY;BYSETPOS=0", "BYSETPOS holds numbers up to 366, not `0`"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recur r;
        struct err e;

        assert_int_equal(recur_parse(cases[i].rule, &r, &e), -1);
        assert_string_equal(e.text, cases[i].why);
    }
}

static void lists__longer_than_the_limit__are_refused(void **state)
{
    static const char *const parts[] = {"BYDAY=MO", "BYSETPOS=1", "BYYEARDAY=1"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char text[1000];
        struct recur r;
        struct err e;

        snprintf(text, sizeof text, "FREQ=YEARLY;%s", parts[i]);
        for (int k = 1; k < RECUR_LIST_MAX; k++)
            strcat(text, i ? ",1" : ",MO");
        assert_int_equal(recur_parse(text, &r, &e), 0);
        strcat(text, i ? ",1" : ",MO");
        assert_int_equal(recur_parse(text, &r, &e), -1);
    }
}

/* Skipping what is of no interest changes nothing of what is. */
static void walk__from_a_later_day__goes_on_as_the_whole_one(void **state)
{
    static const char *const rules[] = {
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1",
        "FREQ=YEARLY;INTERVAL=2;BYDAY=-1FR",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        int64_t first = civil_days(2001, 11, 30), last = first + 9000, whole_left = 1 << 20;
        struct recur r;
        struct recur_walk whole, part;

        assert_int_equal(recur_parse(rules[i], &r, NULL), 0);
        for (int64_t from = first; from < last; from += 271) {
            int64_t left = 1 << 20, a = 0, b = 0;
            bool more_a, more_b;

            recur_begin(&whole, &r, (struct recur_span){first, first, last}, &whole_left);
            recur_begin(&part, &r, (struct recur_span){first, from, last}, &left);
            do {
                more_a = recur_next(&whole, &a);
            } while (more_a && a < from);
            do {
                more_b = recur_next(&part, &b);
            } while (more_b && b < from);
            for (; more_a && more_b && a == b; more_b = recur_next(&part, &b))
                more_a = recur_next(&whole, &a);
            assert_false(more_a || more_b);
            assert_true(left > (1 << 20) - 9000 - 800);
            whole_left = 1 << 20;
        }
    }
}

static void walk__of_a_rule_that_never_holds__ends_with_the_budget(void **state)
{
    struct recur r;
    struct recur_walk w;
    int64_t budget = 1000, day, n = 0;
    (void)state;
    assert_int_equal(recur_parse("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", &r, NULL), 0);
    recur_begin(&w, &r, (struct recur_span){.last = INT64_C(1) << 40}, &budget);
    while (recur_next(&w, &day))
        n++;
    assert_int_equal(n, 1);
    assert_true(budget < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule__of_each_kind__names_these_days),
        cmocka_unit_test(rule__that_cannot_be_read__says_why),
        cmocka_unit_test(lists__longer_than_the_limit__are_refused),
        cmocka_unit_test(walk__from_a_later_day__goes_on_as_the_whole_one),
        cmocka_unit_test(walk__of_a_rule_that_never_holds__ends_with_the_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
