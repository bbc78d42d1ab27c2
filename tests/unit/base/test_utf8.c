/* test_utf8.c - well-formed or not, where to cut, how wide. */
#include <string.h>

#include "base/text.h"
#include "unit.h"

/* Encodes any number up to 0x1fffff by the plain scheme, also those that are no character. */
static size_t encode(uint32_t point, char *dst)
{
    if (point < 0x80) {
        dst[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; point >>= 6)
        dst[i] = (char)(0x80 | (point & 0x3f));
    dst[0] = (char)((0xf0 << (4 - n)) | point);
    return n;
}

static void valid__every_number__holds_for_the_characters_only(void **state)
{
    (void)state;
    char bytes[4];
    for (uint32_t point = 0; point < 0x200000; point++) {
        size_t n = encode(point, bytes);
        bool want = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        if (utf8_valid(bytes, n) != want)
            fail_msg("U+%X", point);
        assert_int_equal(utf8_step(bytes, n), want ? n : 0);
        if (want && n > 1)
            assert_false(utf8_valid(bytes, n - 1));
    }
}

static void valid__malformed__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "a\xc3",
        "\xc3(",
        "\xe2\x82(",
        "\xf0\x9f\x94(",
        "ok\xe2\x82",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8_valid(bad[i], strlen(bad[i])));
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("a\0b", 3));
}

static void cut__at_every_length__is_the_longest_whole_prefix(void **state)
{
    (void)state;
    const char *s = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x94z";
    size_t n = strlen(s);
    static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    for (size_t max = 0; max <= n; max++) {
        assert_int_equal(utf8_cut(s, n, max), want[max]);
        assert_true(utf8_valid(s, utf8_cut(s, n, max)));
    }
    assert_int_equal(utf8_cut(s, n, 99), n);
    /* No UTF-8: the limit itself. */
    assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80\x80\x80\x80", 8, 6), 6);
}

static void whole__cut_anywhere__loses_at_most_the_last_character(void **state)
{
    static const char s[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
    static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
    (void)state;
    for (size_t n = 0; n <= sizeof s - 1; n++)
        assert_int_equal(utf8_whole(s, n), want[n]);
    assert_int_equal(utf8_whole("\x80\x80\x80\x80", 4), 4);
    assert_int_equal(utf8_whole("ab\xff", 3), 2);
}

static void width__tables__line_up(void **state)
{
    (void)state;
    assert_int_equal(utf8_width("abc"), 3);
    assert_int_equal(utf8_width("h\xc3\xa9"), 2);
    assert_int_equal(utf8_width("e\xcc\x81"), 1);                /* combining acute */
    assert_int_equal(utf8_width("\xe6\xbc\xa2\xe5\xad\x97"), 4); /* two Han characters */
    assert_int_equal(utf8_width("\xf0\x9f\x94\x94"), 2);         /* bell */
    assert_int_equal(utf8_width("\xff"
                                "a"),
                     2);
    assert_int_equal(utf8_width(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid__every_number__holds_for_the_characters_only),
        cmocka_unit_test(valid__malformed__is_refused),
        cmocka_unit_test(cut__at_every_length__is_the_longest_whole_prefix),
        cmocka_unit_test(whole__cut_anywhere__loses_at_most_the_last_character),
        cmocka_unit_test(width__tables__line_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
