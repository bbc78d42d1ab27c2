/* Times and numbers for people. */
#include "sla/words.h"

#include "hostile.h"

static void words__numbers__as_people_write_them(void **state)
{
    char text[40];

    (void)state;
    assert_string_equal(words_number(0, text, sizeof text), "0");
    assert_string_equal(words_number(999, text, sizeof text), "999");
    assert_string_equal(words_number(43184, text, sizeof text), "43,184");
    assert_string_equal(words_number(UINT64_MAX, text, sizeof text), "18,446,744,073,709,551,615");
    assert_string_equal(words_ppm(999000, text, sizeof text), "99.9 %");
    assert_string_equal(words_ppm(1000000, text, sizeof text), "100 %");
    assert_string_equal(words_ppm(999999, text, sizeof text), "99.9999 %");
}

static void words_time__clock_went_back__as_shown_on_the_wall(void **state)
{
    static const struct {
        const char *at, *shown;
    } cases[] = {
        {"2026-10-25T00:30:00Z", "2026-10-25 02:30"},
        {"2026-10-25T01:30:00Z", "2026-10-25 02:30"},
        {"2026-10-31T22:59:59Z", "2026-10-31 23:59"},
        {"2025-10-31T22:59:59Z", "2025-10-31 22:59 UTC"},
        {"never", "-"},
    };
    struct sla_report r;
    struct buf doc;
    struct jv *v = NULL;
    struct doc d;
    struct err e;

    (void)state;
    october(&r);
    buf_init(&doc, REPORT_MAX_BYTES);
    october_document(&r, &doc);
    assert_int_equal(jv_parse(doc.p, doc.len, &v, &e), 0);
    assert_int_equal(doc_open(v, &d, &e), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[64], shown[40];
        struct jv *one = NULL;

        snprintf(json, sizeof json, "{\"at\":\"%s\"}", cases[i].at);
        assert_int_equal(jv_parse(json, strlen(json), &one, &e), 0);
        assert_string_equal(words_time(&d, one, "at", shown, sizeof shown), cases[i].shown);
        jv_free(one);
    }
    jv_free(v);
    buf_done(&doc);
    report_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words__numbers__as_people_write_them),
        cmocka_unit_test(words_time__clock_went_back__as_shown_on_the_wall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
