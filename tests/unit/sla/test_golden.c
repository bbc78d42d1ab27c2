/* The whole of a report in each format, against documents that somebody has read. When a change is
 * meant: GOLDEN=write build/…/test_golden, and read the difference. */
#include <stdlib.h>

#include "october.h"
#include "unit.h"

#define FOLDER "tests/unit/sla/golden/october."

static void compare(const char *ending, const struct buf *got)
{
    char path[80], *golden;
    struct buf all;
    size_t n;
    FILE *f;

    snprintf(path, sizeof path, FOLDER "%s", ending);
    if (getenv("GOLDEN") != NULL) {
        f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(got->p, 1, got->len, f), got->len);
        fclose(f);
        return;
    }
    f = fopen(path, "rb");
    assert_non_null(f);
    buf_init(&all, RENDER_MAX_BYTES);
    golden = mem_alloc(65536);
    while ((n = fread(golden, 1, 65536, f)) > 0)
        buf_put(&all, golden, n);
    fclose(f);
    mem_free(golden);
    assert_string_equal(buf_text(got), buf_text(&all));
    buf_done(&all);
}

static void golden__october__json_as_read(void **state)
{
    struct sla_report r;
    struct buf doc;

    (void)state;
    october(&r);
    buf_init(&doc, REPORT_MAX_BYTES);
    october_document(&r, &doc);
    compare("json", &doc);
    buf_done(&doc);
    report_done(&r);
}

static void golden__october__each_format_as_read(void **state)
{
    static const struct {
        enum render_format format;
        const char *ending;
    } formats[] = {{RENDER_MARKDOWN, "md"}, {RENDER_HTML, "html"}, {RENDER_CSV, "csv"}};
    struct sla_report r;
    struct buf doc, out;

    (void)state;
    october(&r);
    buf_init(&doc, REPORT_MAX_BYTES);
    october_document(&r, &doc);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        buf_init(&out, RENDER_MAX_BYTES);
        october_render(&doc, formats[i].format, &out);
        assert_true(out.len > 0);
        compare(formats[i].ending, &out);
        buf_done(&out);
    }
    buf_done(&doc);
    report_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden__october__json_as_read),
        cmocka_unit_test(golden__october__each_format_as_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
