/* test_icalendar.c - lines as RFC 5545 wants them. tests/system/test_calendar.py has an outside
 * reader look at whole feeds. */
#include "unit.h"

#include <string.h>

#include "base/text.h"
#include "format/icalendar.h"

static void event__is_written_line_by_line(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 1 << 16);
    icalendar_event(&out, &(struct ical_entry){.uid = "1-ana-primary@acme.midwatch",
                                               .summary = "Ana; \"Ruiz\", \\ Lab",
                                               .description = "two\nlines\r\tand a \x01 byte",
                                               .start_ms = INT64_C(1767600000999),
                                               .end_ms = INT64_C(1768204800000),
                                               .stamp_ms = -1});
    assert_string_equal(buf_text(&out),
                        "BEGIN:VEVENT\r\nUID:1-ana-primary@acme.midwatch\r\n"
                        "DTSTAMP:19691231T235959Z\r\nDTSTART:20260105T080000Z\r\n"
                        "DTEND:20260112T080000Z\r\nSUMMARY:Ana\\; \"Ruiz\"\\, \\\\ Lab\r\n"
                        "DESCRIPTION:two\\nlinesand a  byte\r\n"
                        "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
    buf_done(&out);
}

/* Unfolds in place; fails on a line that is too long or cut inside a code point. */
static char *unfold(struct buf *out)
{
    char *text = out->p, *to = text;

    for (char *line = text, *end; *line; line = end + 2) {
        end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 75);
        assert_true(utf8_valid(line, (size_t)(end - line)));
        bool more = *line == ' ';
        size_t n = (size_t)(end - line) - more;

        if (more)
            to -= 2;
        memmove(to, line + more, n);
        to += n;
        memcpy(to, "\r\n", 2);
        to += 2;
    }
    *to = 0;
    return text;
}

static void title__of_any_length__folds_between_code_points(void **state)
{
    static const char *const letters[] = {"a", "ñ", "漢", "😀", ","};
    (void)state;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        for (size_t n = 0; n < 200; n++) {
            struct buf out, title, want;

            buf_init(&out, 1 << 16);
            buf_init(&title, 1 << 16);
            buf_init(&want, 1 << 16);
            buf_str(&want, "\r\nX-WR-CALNAME:");
            for (size_t k = 0; k < n; k++) {
                buf_str(&title, letters[i]);
                buf_printf(&want, "%s%s", i == 4 ? "\\" : "", letters[i]);
            }
            buf_str(&want, "\r\n");
            icalendar_begin(&out, buf_text(&title));
            icalendar_end(&out);
            const char *text = unfold(&out);

            assert_non_null(strstr(text, buf_text(&want)));
            assert_true(text_starts(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
            assert_true(text_ends(text, "\r\nEND:VCALENDAR\r\n"));
            buf_done(&out);
            buf_done(&title);
            buf_done(&want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event__is_written_line_by_line),
        cmocka_unit_test(title__of_any_length__folds_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
