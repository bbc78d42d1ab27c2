/* test_buf.c - a buffer that never holds more than it was born with. */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "random.h"
#include "unit.h"

static void buf__unused__is_an_empty_text(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_string_equal(buf_text(&b), "");
    size_t n = 7;
    char *taken = buf_take(&b, &n);
    assert_string_equal(taken, "");
    assert_int_equal(n, 0);
    mem_free(taken);
    buf_drop(&b, 5);
    buf_done(&b);
}

static void buf__more_than_fits__keeps_the_beginning_and_says_over(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_str(&b, "0123456");
    assert_false(b.over);
    buf_str(&b, "789abc");
    assert_true(b.over);
    assert_string_equal(buf_text(&b), "0123456789");
    buf_drop(&b, 5);
    buf_char(&b, 'x'); /* would be a text with a hole */
    assert_string_equal(buf_text(&b), "56789");
    buf_clear(&b);
    assert_false(b.over);
    buf_str(&b, "again");
    assert_string_equal(buf_text(&b), "again");
    buf_done(&b);
}

static void buf__exactly_full__is_not_over(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4);
    buf_put(&b, "a\0b\0", 4);
    buf_put(&b, "", 0);
    assert_false(b.over);
    assert_memory_equal(b.p, "a\0b\0\0", 5);
    buf_done(&b);
    buf_init(&b, 0);
    buf_char(&b, 'x');
    assert_true(b.over);
    assert_string_equal(buf_text(&b), "");
    buf_done(&b);
}

static void buf__printf_of_any_length__is_written_whole(void **state)
{
    (void)state;
    struct buf b;
    char longer[1000];
    memset(longer, 'y', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    buf_init(&b, 5000);
    buf_printf(&b, "%d|", 42);
    buf_printf(&b, "%s|%s", longer, longer);
    assert_int_equal(b.len, 3 + 999 + 1 + 999);
    assert_memory_equal(b.p, "42|yyy", 6);
    size_t n;
    char *taken = buf_take(&b, &n);
    assert_int_equal(n, 2002);
    assert_int_equal(b.len, 0);
    mem_free(taken);
    buf_str(&b, "usable");
    assert_string_equal(buf_text(&b), "usable");
    buf_done(&b);
}

static void buf__random_puts_and_drops__is_always_the_model(void **state)
{
    (void)state;
    struct dice d = {7};
    struct buf b;
    char model[512] = "", piece[64];
    size_t len = 0;
    buf_init(&b, sizeof model - 1);
    for (int i = 0; i < 20000; i++) {
        size_t n = (size_t)dice_in(&d, 0, 60);
        if (dice_in(&d, 0, 1) && len + n < sizeof model) {
            memset(piece, 'a' + i % 26, n);
            buf_put(&b, piece, n);
            memcpy(model + len, piece, n);
            len += n;
        } else {
            n = n < len ? n : len;
            buf_drop(&b, n);
            memmove(model, model + n, len - n);
            len -= n;
        }
        assert_int_equal(b.len, len);
        assert_memory_equal(buf_text(&b), model, len);
        assert_int_equal(buf_text(&b)[len], '\0');
    }
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf__unused__is_an_empty_text),
        cmocka_unit_test(buf__more_than_fits__keeps_the_beginning_and_says_over),
        cmocka_unit_test(buf__exactly_full__is_not_over),
        cmocka_unit_test(buf__printf_of_any_length__is_written_whole),
        cmocka_unit_test(buf__random_puts_and_drops__is_always_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
