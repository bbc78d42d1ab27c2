/* test_diagnostics.c - many complaints: counted, sorted, listed up to the limit. */
#include "loading.h"

static char *repeated(const char *head, const char *piece, size_t times, const char *tail)
{
    struct buf b;
    buf_init(&b, 1 << 26);
    buf_str(&b, head);
    for (size_t i = 0; i < times; i++)
        buf_str(&b, piece);
    buf_str(&b, tail);
    char *text = mem_strdup(buf_text(&b));
    buf_done(&b);
    return text;
}

static void errors__more_than_are_listed__are_counted(void **state)
{
    (void)state;
    char *yaml = repeated("monitors:\n", "  - { nam: a }\n", 500, "");
    struct config *c = NULL;
    struct diagnostics d;
    struct buf out;
    assert_int_equal(config_parse("f.yaml", yaml, strlen(yaml), &PRETEND, &c, &d), -1);
    assert_int_equal(d.n, DIAGNOSTICS_MAX);
    assert_int_equal(d.errors, 1500); /* an unknown key, no name, no kind: each */
    for (size_t i = 1; i < d.n; i++)
        assert_true(d.items[i - 1].line <= d.items[i].line);
    buf_init(&out, 1 << 20);
    diagnostics_print(&d, &out);
    assert_non_null(strstr(buf_text(&out), "f.yaml:2:5: error: the monitor has no `name`\n"));
    assert_non_null(strstr(buf_text(&out), "… and 1400 more errors\n"));
    buf_done(&out);
    diagnostics_done(&d);
    mem_free(yaml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors__more_than_are_listed__are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
