/* test_documents.c - what is generated from the rows is committed as it is, and true. */
#include <stdio.h>

#include "base/json.h"
#include "config/row.h"
#include "loading.h"

static const struct document {
    const char *path;
    void (*print)(struct buf *out);
} documents[] = {
    {"conf/midwatch.yaml", config_print_example},
    {"conf/midwatch.schema.json", config_print_schema},
    {"docs/configuration.md", config_print_reference},
    {"docs/midwatch.yaml.5", config_print_man},
};
#define N_DOCUMENTS (sizeof documents / sizeof *documents)

static char *printed(void (*print)(struct buf *out))
{
    struct buf b;
    buf_init(&b, 1 << 20);
    print(&b);
    assert_false(b.over);
    char *text = mem_strdup(buf_text(&b));
    buf_done(&b);
    return text;
}

static void documents__committed_as_printed(void **state)
{
    (void)state;
    static char committed[1 << 20];
    for (size_t i = 0; i < N_DOCUMENTS; i++) {
        FILE *f = fopen(documents[i].path, "rb");
        assert_non_null(f);
        committed[fread(committed, 1, sizeof committed - 1, f)] = '\0';
        fclose(f);
        char *now = printed(documents[i].print);
        if (strcmp(now, committed) != 0)
            fail_msg("%s is not what the rows say now: run `make documents`", documents[i].path);
        mem_free(now);
    }
}

/* --- every row is fit to be described ----------------------------------------------------- */

static size_t rows_seen;

static void check_row(const struct row *row, const char *const *texts)
{
    char *key = mem_printf("%s:", row->key);
    rows_seen++;
    assert_non_null(row->type);
    if (!row->text || !text_ends(row->text, "."))
        fail_msg("`%s` has no sentence for the manual", row->key);
    if (!row->example && (!row->type->nested || row->type == &type_named))
        fail_msg("`%s` has no example", row->key);
    if (row->type->print && row->min == 0 && row->max == 0)
        fail_msg("`%s` has no range", row->key);
    if (!strstr(texts[0], key))
        fail_msg("`%s` is not in the example", row->key);
    for (size_t i = 1; i < N_DOCUMENTS; i++)
        if (!strstr(texts[i], row->key))
            fail_msg("`%s` is not in %s", row->key, documents[i].path);
    mem_free(key);
}

static void check_shape(const struct shape *shape, const char *const *texts)
{
    shape_each(row, shape) {
        check_row(row, texts);
        if (row->type->nested)
            check_shape(row->of, texts);
    }
}

static void rows__all_described_everywhere(void **state)
{
    (void)state;
    const char *texts[N_DOCUMENTS];
    for (size_t i = 0; i < N_DOCUMENTS; i++)
        texts[i] = printed(documents[i].print);
    check_shape(&shape_file, texts);
    assert_true(rows_seen > 90);
    for (size_t i = 0; i < N_DOCUMENTS; i++)
        mem_free((char *)texts[i]);
}

static void example__loads_without_a_word(void **state)
{
    (void)state;
    char *text = printed(config_print_example);
    for (int warnings = 0; warnings < 2; warnings++) {
        char *said = complaints_of(text, strlen(text), warnings);
        assert_string_equal(said, "");
        mem_free(said);
    }
    mem_free(text);
}

/* Each example that is only a comment (it excludes another key) would be read, too. */
static void example__keys_in_comments__are_known(void **state)
{
    (void)state;
    char *text = printed(config_print_example), *said;
    for (char *p = text; (p = strstr(p, "\n")); p++) {
        size_t blanks = strspn(p + 1, " ");
        char *mark = p + 1 + blanks;
        bool key = text_starts(mark, "# ") && strspn(mark + 2, "abcdefghijklmnopqrstuvwxyz_") > 0 &&
                   mark[2 + strspn(mark + 2, "abcdefghijklmnopqrstuvwxyz_")] == ':' && blanks > 0;
        if (!key)
            continue;
        memmove(mark, mark + 2, strlen(mark + 2) + 1);
    }
    said = complaints_of(text, strlen(text), false);
    assert_non_null(strstr(said, "an override has one of"));
    assert_null(strstr(said, "unknown key"));
    mem_free(said);
    mem_free(text);
}

static void schema__is_json_and_closed(void **state)
{
    (void)state;
    char *text = printed(config_print_schema);
    struct jv *root = NULL;
    struct err e = {""};
    if (jv_parse(text, strlen(text), &root, &e) != 0)
        fail_msg("%s", e.text);
    const struct jv *properties = jv_get(root, "properties");
    assert_false(jv_bool(jv_get(root, "additionalProperties"), true));
    assert_non_null(jv_get(jv_get(jv_get(properties, "monitors"), "items"), "properties"));
    assert_non_null(jv_get(jv_get(properties, "people"), "additionalProperties"));
    jv_free(root);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents__committed_as_printed),
        cmocka_unit_test(rows__all_described_everywhere),
        cmocka_unit_test(example__loads_without_a_word),
        cmocka_unit_test(example__keys_in_comments__are_known),
        cmocka_unit_test(schema__is_json_and_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
