/* A report in cells: RFC 4180, and nothing that a spreadsheet would run. */
#include "hostile.h"

/* One field from `s` on, unquoted, into dst; what comes behind it. -1: no RFC 4180. */
static const char *read_field(const char *s, char *dst, size_t size)
{
    size_t n = 0;
    bool quoted = *s == '"';

    s += quoted;
    while (*s != 0 && n + 1 < size) {
        if (quoted && *s == '"' && s[1] != '"') {
            s++;
            quoted = false;
            break;
        }
        if (!quoted && strchr(",\r\n\"", *s) != NULL)
            break;
        s += quoted && *s == '"';
        dst[n++] = *s++;
    }
    dst[n] = 0;
    assert_false(quoted);
    return s;
}

static void check_csv(const char *s)
{
    char field[2048];

    while (*s != 0) {
        for (int column = 0; column < 6; column++) {
            s = read_field(s, field, sizeof field);
            if (field[strspn(field, " ")] != 0 &&
                strchr("=+-@\t\r\n", field[strspn(field, " ")]) != NULL)
                fail_msg("a cell begins with `%.20s`", field);
            if (column < 5 && *s++ != ',')
                fail_msg("%d columns before `%.30s`", column + 1, s - 1);
        }
        if (s[0] != '\r' || s[1] != '\n')
            fail_msg("no end of line before `%.30s`", s);
        s += 2;
    }
}

static void csv__hostile_texts__no_cell_begins_a_formula(void **state)
{
    struct buf out;

    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        render(hostile[i], RENDER_CSV, &out);
        check_csv(buf_text(&out));
        buf_done(&out);
    }
}

static void csv__overspent_budget__no_negative_number(void **state)
{
    struct buf out;

    (void)state;
    render(NULL, RENDER_CSV, &out);
    assert_non_null(strstr(out.p, "slo,\"web\",\"2026-10\",budget_used,1.41319,ratio\r\n"));
    assert_null(strstr(out.p, ",-"));
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv__hostile_texts__no_cell_begins_a_formula),
        cmocka_unit_test(csv__overspent_budget__no_negative_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
