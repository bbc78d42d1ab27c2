/* test_types_slo.c - percentages as numbers of millionths, and back. */
#include "../../../src/config/reader.h"
#include "unit.h"

static void percent__texts__millionths_or_refused(void **state)
{
    static const struct {
        const char *text;
        int64_t ppm; /* -1: refused */
    } rows[] = {
        {"99.9%", 999000},
        {"99.9 %", 999000},
        {"100%", 1000000},
        {"0.0001%", 1},
        {"99.9999%", 999999},
        {"007%", 70000},
        {"99.99999%", -1},
        {"99.9", -1},
        {"99.%", -1},
        {".5%", -1},
        {"-1%", -1},
        {"1e1%", -1},
        {"%", -1},
        {"", -1},
        {"1000%", -1},
        {"99,9%", -1},
        {"99.9%%", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ppm = -1;
        int rc = type_percent.parse(rows[i].text, &ppm, NULL);

        assert_int_equal(rc, rows[i].ppm < 0 ? -1 : 0);
        assert_int_equal(ppm, rows[i].ppm);
    }
}

static void percent__printed__reads_back_the_same(void **state)
{
    char text[32];

    (void)state;
    for (int64_t ppm = 0; ppm <= 1000000; ppm += ppm % 10000 < 20 ? 1 : 9983) {
        int64_t again;

        type_share.print(ppm, text, sizeof text);
        assert_int_equal(type_share.parse(text, &again, NULL), 0);
        assert_int_equal(again, ppm);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percent__texts__millionths_or_refused),
        cmocka_unit_test(percent__printed__reads_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
