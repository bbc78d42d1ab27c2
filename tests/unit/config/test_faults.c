/* test_faults.c - faults.txt: a bad file each, and exactly what must be said about it.
 *
 *     === name of the case
 *     the file
 *     >>>
 *     LINE:COL: TEXT of every error
 */
#include <stdio.h>

#include "base/vec.h"
#include "loading.h"

#define FAULTS "tests/unit/config/faults.txt"

struct fault {
    char *name;
    const char *yaml, *said;
    size_t yaml_len, said_len;
};

static VEC(struct fault) faults;

static char *read_text_file(const char *path)
{
    char *bytes = mem_alloc(1 << 20);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_true(fread(bytes, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    return bytes;
}

static void split_faults(const char *p)
{
    while (strncmp(p, "=== ", 4) == 0) {
        const char *name = p + 4, *line_end = strchr(name, '\n');
        struct fault f = {.name = mem_strndup(name, (size_t)(line_end - name)),
                          .yaml = line_end + 1};
        const char *mark = strstr(line_end, "\n>>>\n"), *next;
        assert_non_null(mark);
        f.yaml_len = (size_t)(mark + 1 - f.yaml);
        f.said = mark + 5;
        next = strstr(f.said, "\n=== ");
        f.said_len = next ? (size_t)(next + 1 - f.said) : strlen(f.said);
        vec_push(&faults, f);
        p = f.said + f.said_len;
    }
    assert_int_equal(*p, '\0');
}

static void fault__said_with_place_and_words(void **state)
{
    const struct fault *f = *state;
    char *said = complaints_of(f->yaml, f->yaml_len, false);
    char *wanted = mem_strndup(f->said, f->said_len);
    assert_string_equal(said, wanted);
    mem_free(wanted);
    mem_free(said);
}

/* Every truncation of every file must be answered without harm. */
static void fault__cut_anywhere__does_no_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < faults.n; i++) {
        const struct fault *f = &faults.items[i];
        for (size_t n = 0; n < f->yaml_len && n < 300; n += 3) {
            char *cut = mem_strndup(f->yaml, n);
            mem_free(complaints_of(cut, n, false));
            mem_free(cut);
        }
    }
}

int main(void)
{
    char *text = read_text_file(FAULTS);
    split_faults(text);
    struct CMUnitTest *tests = mem_calloc(faults.n + 1, sizeof *tests);
    for (size_t i = 0; i < faults.n; i++)
        tests[i] = (struct CMUnitTest){faults.items[i].name, fault__said_with_place_and_words, NULL,
                                       NULL, &faults.items[i]};
    tests[faults.n] = (struct CMUnitTest)cmocka_unit_test(fault__cut_anywhere__does_no_harm);
    int failed = _cmocka_run_group_tests("faults", tests, faults.n + 1, NULL, NULL);
    for (size_t i = 0; i < faults.n; i++)
        mem_free(faults.items[i].name);
    vec_done(&faults);
    mem_free(tests);
    mem_free(text);
    return failed;
}
