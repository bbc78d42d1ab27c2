/* test_hash.c - hashes are stable for ever: known answers. The SipHash ones come from an
 * independent implementation that agrees with CPython's siphash13. */
#include <stdio.h>

#include "base/hash.h"
#include "unit.h"

static void hash64__known_inputs__gives_known_answers(void **state)
{
    (void)state;
    unsigned char bytes[64];
    for (int i = 0; i < 64; i++)
        bytes[i] = (unsigned char)i;
    assert_true(hash64("", 0, 0) == 0x6b3c89e238a4996e);
    assert_true(hash64_text("midwatch", 0) == 0x16bc88f93c2969e1);
    assert_true(hash64_text("midwatch", 1) == 0xe831fba169dbbcd1);
    assert_true(hash64(bytes, 15, 0x0123456789abcdef) == 0x1b0221e866b99bc8);
    assert_true(hash64(bytes, 64, 0x0123456789abcdef) == 0xe1023bd0bada9cf5);
}

static void crc32__known_inputs__gives_known_answers(void **state)
{
    (void)state;
    assert_int_equal(crc32_of("", 0, 0), 0);
    assert_int_equal(crc32_of("123456789", 9, 0), 0xcbf43926);
    assert_int_equal(crc32_of("The quick brown fox jumps over the lazy dog", 43, 0), 0x414fa339);
}

static void crc32__in_pieces__is_that_of_the_whole(void **state)
{
    (void)state;
    static const char whole[] = "123456789";
    for (size_t cut = 0; cut <= 9; cut++)
        assert_int_equal(crc32_of(whole + cut, 9 - cut, crc32_of(whole, cut, 0)), 0xcbf43926);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash64__known_inputs__gives_known_answers),
        cmocka_unit_test(crc32__known_inputs__gives_known_answers),
        cmocka_unit_test(crc32__in_pieces__is_that_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
