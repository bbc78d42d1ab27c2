/* test_json_path.c - paths into a document. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "unit.h"

static const char document[] =
    "{\"status\":\"ok\",\"n\":3,\"items\":["
    "{\"id\":1,\"k\":\"v\",\"w\":1.5},{\"id\":2,\"k\":\"w\",\"ok\":true},{\"id\":-3,\"k\":null}],"
    "\"a b\":{\"c\\\"d\":[[1,2],[3]]},\"it's\":7,\"\xc3\xa9\":8,\"x-y_z9\":9}";

/* The matches as "1,ok,true"; lists and objects as [] and {}. */
static bool note(const struct jv *match, void *arg)
{
    static const char *const shapes[] = {[JV_NULL] = "null", [JV_LIST] = "[]", [JV_OBJECT] = "{}"};
    struct buf *b = arg;
    if (b->len)
        buf_char(b, ',');
    if (jv_type(match) == JV_TEXT)
        buf_str(b, jv_text(match));
    else if (jv_type(match) == JV_INT)
        buf_printf(b, "%lld", (long long)jv_int(match, 0));
    else if (jv_type(match) == JV_REAL)
        buf_printf(b, "%g", jv_real(match, 0));
    else if (jv_type(match) == JV_BOOL)
        buf_str(b, jv_bool(match, false) ? "true" : "false");
    else
        buf_str(b, shapes[jv_type(match)]);
    return true;
}

struct path_case {
    const char *path, *found;
};

static void check_paths(const struct path_case *cases, size_t n)
{
    struct jv *root = NULL;
    assert_int_equal(jv_parse(document, strlen(document), &root, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        struct jv_path *path = NULL;
        struct buf found;
        struct err e;
        buf_init(&found, 1000);
        if (jv_path_compile(cases[i].path, &path, &e) != 0)
            fail_msg("%s: %s", cases[i].path, e.text);
        jv_path_eval(path, root, note, &found);
        if (!text_eq(buf_text(&found), cases[i].found))
            fail_msg("%s found %s", cases[i].path, buf_text(&found));
        jv_path_free(path);
        buf_done(&found);
    }
    jv_free(root);
}

static void path__names_indexes_and_stars__find_what_they_name(void **state)
{
    (void)state;
    static const struct path_case cases[] = {
        {"$", "{}"},
        {"$.status", "ok"},
        {"$[\"status\"]", "ok"},
        {"$['status']", "ok"},
        {"$[ 'status' ]", "ok"},
        {"$.absent", ""},
        {"$.status.deeper", ""},
        {"$.items[0].id", "1"},
        {"$.items[-1].id", "-3"},
        {"$.items[3]", ""},
        {"$.items[-4]", ""},
        {"$.status[0]", ""},
        {"$.n[0]", ""},
        {"$.items.id", ""},
        {"$.items[*].id", "1,2,-3"},
        {"$.items.*.id", "1,2,-3"},
        {"$.items[0].*", "1,v,1.5"},
        {"$.*[*].id", "1,2,-3"},
        {"$['a b']['c\"d'][*][0]", "1,3"},
        {"$[\"a b\"][\"c\\\"d\"][0][1]", "2"},
        {"$['it\\'s']", "7"},
        {"$[\"it's\"]", "7"},
        {"$.\xc3\xa9", "8"},
        {"$['\\u00e9']", "8"},
        {"$.x-y_z9", "9"},
    };
    check_paths(cases, sizeof cases / sizeof *cases);
}

static void path__filters__let_through_what_compares(void **state)
{
    (void)state;
    static const struct path_case cases[] = {
        {"$.items[?(@.k == \"v\")].id", "1"},    {"$.items[?@.k=='v'].id", "1"},
        {"$.items[?(@.k != \"v\")].id", "2,-3"}, {"$.items[?(@.k == null)].id", "-3"},
        {"$.items[?(@.ok == true)].id", "2"},    {"$.items[?(@.ok != true)].id", "1,-3"},
        {"$.items[?(@.absent == null)].id", ""}, {"$.items[?(@.id > 1)].id", "2"},
        {"$.items[?(@.id >= 1)].id", "1,2"},     {"$.items[?(@.id < 1.5)].id", "1,-3"},
        {"$.items[?(@.id <= -3)].id", "-3"},     {"$.items[?(@.w == 1.5)].id", "1"},
        {"$.items[?(@.k < 'w')].id", "1"},       {"$.items[?(@.k > 1)].id", ""},
        {"$.items[?(@['k'] == 'w')].id", "2"},   {"$['a b'][?(@[0][0] == 1)]", "[]"},
        {"$['a b']['c\"d'][0][?(@ > 1)]", "2"},
    };
    check_paths(cases, sizeof cases / sizeof *cases);
}

static bool stop_at_second(const struct jv *match, void *arg)
{
    (void)match;
    return ++*(int *)arg < 2;
}

static void eval__until_each_has_had_enough__counts_what_was_seen(void **state)
{
    (void)state;
    struct jv *root = NULL;
    struct jv_path *path = NULL;
    int calls = 0;
    assert_int_equal(jv_parse("[[1,2],[3,4]]", 13, &root, NULL), 0);
    assert_int_equal(jv_path_compile("$[*][*]", &path, NULL), 0);
    assert_int_equal(jv_path_eval(path, root, stop_at_second, &calls), 2);
    assert_int_equal(calls, 2);
    assert_int_equal(jv_path_eval(path, NULL, stop_at_second, &calls), 0);
    jv_path_free(path);
    jv_path_free(NULL);
    jv_free(root);
}

static void compile__bad_paths__are_refused_at_the_right_character(void **state)
{
    (void)state;
    static const struct {
        const char *path, *words;
    } cases[] = {
        {"", "bad path at character 1: expected $"},
        {"status", "bad path at character 1: expected $"},
        {"$status", "bad path at character 2: expected . or ["},
        {"$.", "bad path at character 3: expected a name"},
        {"$..a", "bad path at character 3: expected a name"},
        {"$.a b", "bad path at character 4: expected . or ["},
        {"$[", "bad path at character 3: expected a name in quotes, an index, * or ?"},
        {"$[0", "bad path at character 4: expected ]"},
        {"$[1-2]", "bad path at character 3: expected an index"},
        {"$[0:2]", "bad path at character 4: expected ]"},
        {"$['a]", "bad path at character 3: expected the closing quote"},
        {"$['\\x']", "bad path at character 3: expected a text"},
        {"$[?(@.a)]", "bad path at character 8: expected == != <= >= < or >"},
        {"$[?(a == 1)]", "bad path at character 5: expected @"},
        {"$[?(@.a == )]",
         "bad path at character 12: expected a text, a number, true, false or null"},
        {"$[?(@.a == [1])]",
         "bad path at character 12: expected a text, a number, true, false or null"},
        {"$[?(@.a == 1]", "bad path at character 13: expected )"},
        {"$[?(@[*] == 1)]", "bad path at character 7: expected a name in quotes, an index, * or ?"},
        {"$[99999999999999]", "bad path at character 3: expected an index"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv_path *path = NULL;
        struct err e;
        assert_int_equal(jv_path_compile(cases[i].path, &path, &e), -1);
        assert_string_equal(e.text, cases[i].words);
        assert_null(path);
    }
}

static void compile__too_long_or_too_many_steps__is_refused(void **state)
{
    (void)state;
    char text[600] = "$";
    struct jv_path *path = NULL;
    for (int i = 0; i < 32; i++)
        memcpy(text + 1 + 2 * i, ".a", 3);
    assert_int_equal(jv_path_compile(text, &path, NULL), 0);
    jv_path_free(path);
    memcpy(text + 65, ".a", 3);
    assert_int_equal(jv_path_compile(text, &path, NULL), -1);
    memset(text, 'a', sizeof text - 1);
    text[0] = '$';
    text[1] = '.';
    assert_int_equal(jv_path_compile(text, &path, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path__names_indexes_and_stars__find_what_they_name),
        cmocka_unit_test(path__filters__let_through_what_compares),
        cmocka_unit_test(eval__until_each_has_had_enough__counts_what_was_seen),
        cmocka_unit_test(compile__bad_paths__are_refused_at_the_right_character),
        cmocka_unit_test(compile__too_long_or_too_many_steps__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
