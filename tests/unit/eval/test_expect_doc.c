/* test_expect_doc.c - docs/expectations.md says what the tables say, and its examples compile. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fixture.h"

#define MANUAL "docs/expectations.md"

/* The whole manual; cmocka runs from the top of the source tree. */
static char *manual(void)
{
    char *text = mem_alloc(65536);
    FILE *f = fopen(MANUAL, "rb");
    if (!f)
        fail_msg("cannot open %s: run this from the top of the source tree", MANUAL);
    size_t n = fread(text, 1, 65535, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static void check_part(const char *begins, void (*print)(struct buf *out))
{
    char *text = manual();
    struct buf wanted;
    buf_init(&wanted, 65536);
    print(&wanted);
    char *from = strstr(text, begins);
    assert_non_null(from);
    from = strchr(from, '\n') + 1;
    char *end = strstr(from, "<!-- end -->");
    assert_non_null(end);
    *end = '\0';
    if (strcmp(from, buf_text(&wanted)) != 0)
        fail_msg("%s: the part after `%s` should read\n%s", MANUAL, begins, buf_text(&wanted));
    buf_done(&wanted);
    mem_free(text);
}

static void manual__fields__are_those_of_the_table(void **state)
{
    (void)state;
    check_part("<!-- fields:", expect_print_fields);
}

static void manual__operators__are_those_of_the_table(void **state)
{
    (void)state;
    check_part("<!-- operators:", expect_print_operators);
}

/* The lines of the YAML example that are expectations. */
static void manual__examples__compile(void **state)
{
    (void)state;
    char *text = manual(), *rest = NULL;
    size_t n = 0;
    for (char *line = strtok_r(text, "\n", &rest); line && strncmp(line, "Expectations", 12) != 0;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "      - ", 8) != 0)
            continue;
        expect_free(fixture_compile(line + 8));
        n++;
    }
    assert_int_equal(n, 7);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manual__fields__are_those_of_the_table),
        cmocka_unit_test(manual__operators__are_those_of_the_table),
        cmocka_unit_test(manual__examples__compile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
