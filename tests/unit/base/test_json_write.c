/* test_json_write.c - what is written parses back as what was meant. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "random.h"
#include "unit.h"

static struct buf out;
static struct jw w;

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1 << 20);
    jw_init(&w, &out);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_done(&out);
    return 0;
}

static struct jv *read_back(void)
{
    struct jv *v = NULL;
    struct err e;
    if (jv_parse(buf_text(&out), out.len, &v, &e) != 0)
        fail_msg("%s in %s", e.text, buf_text(&out));
    return v;
}

static void write__all_kinds__puts_commas_where_they_belong(void **state)
{
    (void)state;
    jw_object(&w);
    jw_kv_text(&w, "t", "x");
    jw_kv_text(&w, "none", NULL);
    jw_kv_text_opt(&w, "left_out", NULL);
    jw_kv_text_opt(&w, "kept", "y");
    jw_kv_list(&w, "l");
    jw_int(&w, INT64_MIN);
    jw_bool(&w, true);
    jw_null(&w);
    jw_object(&w);
    jw_object_end(&w);
    jw_list(&w);
    jw_list_end(&w);
    jw_raw(&w, "{\"raw\":1}");
    jw_list_end(&w);
    jw_kv_object(&w, "o");
    jw_kv_int(&w, "i", 5);
    jw_kv_bool(&w, "b", false);
    jw_object_end(&w);
    jw_kv_time(&w, "at", 1795316645678);
    jw_kv_time(&w, "never", 0);
    jw_kv_real(&w, "r", 1.5, 3);
    jw_object_end(&w);
    assert_int_equal(w.depth, 0);
    assert_string_equal(
        buf_text(&out),
        "{\"t\":\"x\",\"none\":null,\"kept\":\"y\",\"l\":[-9223372036854775808,true,"
        "null,{},[],{\"raw\":1}],\"o\":{\"i\":5,\"b\":false},"
        "\"at\":\"2026-11-22T03:04:05.678Z\",\"never\":null,\"r\":1.5}");
}

static void real__any_value__is_json_without_useless_zeros(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {
        {0, 3, "0"},
        {-0.0, 3, "0"},
        {-0.0001, 3, "0"},
        {1, 0, "1"},
        {100, 2, "100"},
        {1.25, 1, "1.2"},
        {0.5, 6, "0.5"},
        {-3.140, 3, "-3.14"},
        {NAN, 3, "null"},
        {INFINITY, 3, "null"},
        {-INFINITY, 3, "null"},
        {1e15, 3, "1000000000000000"},
        {1.5e300, 3, "1.5000000000000001e+300"},
        {2.5, -1, "2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&out);
        jw_init(&w, &out);
        jw_real(&w, cases[i].value, cases[i].decimals);
        assert_string_equal(buf_text(&out), cases[i].text);
    }
    buf_clear(&out);
    jw_init(&w, &out);
    jw_real(&w, 1.7e308, 17);
    jv_free(read_back());
}

/* What a text must read back as: bad bytes replaced one by one. */
static size_t repaired(const char *s, size_t n, char *dst)
{
    size_t len = 0, step;
    for (size_t i = 0; i < n; i += step ? step : 1) {
        step = utf8_step(s + i, n - i);
        memcpy(dst + len, step ? s + i : "\xef\xbf\xbd", step ? step : 3);
        len += step ? step : 3;
    }
    return len;
}

static void check_text(const char *s, size_t n)
{
    char want[512];
    buf_clear(&out);
    jw_init(&w, &out);
    jw_list(&w);
    jw_textn(&w, s, n);
    jw_list_end(&w);
    struct jv *v = read_back();
    size_t len = repaired(s, n, want);
    assert_int_equal(jv_len(jv_at(v, 0)), len);
    assert_memory_equal(jv_text(jv_at(v, 0)), want, len);
    jv_free(v);
}

static void text__every_one_and_two_bytes__reads_back(void **state)
{
    (void)state;
    for (int a = 1; a < 256; a++) {
        char s[] = {(char)a, 0};
        check_text(s, 1);
        for (int b = 1; b < 256; b++) {
            s[1] = (char)b;
            check_text(s, 2);
        }
    }
}

static void text__random_bytes_rich_in_bad_utf8__reads_back(void **state)
{
    (void)state;
    static const unsigned char nasty[] = {0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff,
                                          0x80, 0x9f, 0xa0, 0xbf, '"',  '\\', '\n', 0x1f, 0x7f};
    struct dice d = {8};
    char s[100];
    for (int i = 0; i < 20000; i++) {
        size_t n = (size_t)dice_in(&d, 0, (int64_t)sizeof s);
        for (size_t j = 0; j < n; j++)
            s[j] = (char)(dice_in(&d, 0, 2) ? nasty[dice_in(&d, 0, sizeof nasty - 1)]
                                            : dice_in(&d, 1, 255));
        check_text(s, n);
    }
}

static void text__null_bytes_and_keys__are_escaped(void **state)
{
    (void)state;
    jw_object(&w);
    jw_key(&w, "a\"b\n");
    jw_textn(&w, "x\0y", 3);
    jw_object_end(&w);
    assert_string_equal(buf_text(&out), "{\"a\\\"b\\n\":\"x\\u0000y\"}");
}

static void write__into_a_full_buffer__says_over(void **state)
{
    (void)state;
    struct buf small;
    struct jw into;
    buf_init(&small, 10);
    jw_init(&into, &small);
    jw_list(&into);
    for (int i = 0; i < 100; i++)
        jw_text(&into, "abc");
    jw_list_end(&into);
    assert_true(small.over);
    assert_int_equal(small.len, 10);
    buf_done(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(write__all_kinds__puts_commas_where_they_belong),
        TEST(real__any_value__is_json_without_useless_zeros),
        TEST(text__every_one_and_two_bytes__reads_back),
        TEST(text__random_bytes_rich_in_bad_utf8__reads_back),
        TEST(text__null_bytes_and_keys__are_escaped),
        TEST(write__into_a_full_buffer__says_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
