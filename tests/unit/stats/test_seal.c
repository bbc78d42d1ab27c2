/* test_seal.c - what is unsealed is what was sealed, and damage is seen. */
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "draw.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "unit.h"

#define DAY 1440
#define N   1000000

static void assert_comes_back(const unsigned char *slots, size_t n)
{
    size_t bytes = n * SAMPLE_BYTES;
    unsigned char *back = mem_alloc(bytes + SAMPLE_BYTES);
    struct buf b;
    struct err e;
    buf_init(&b, SIZE_MAX);
    block_seal(slots, n, &b);
    assert_int_equal(block_form(b.p, b.len), BLOCK_IS_SEALED);
    memset(back, 0x77, bytes + SAMPLE_BYTES);
    assert_int_equal(block_unseal(b.p, b.len, back, n, &e), 0);
    assert_memory_equal(slots, back, bytes);
    assert_int_equal(back[bytes], 0x77);
    assert_int_equal(block_unseal(b.p, b.len, back, n + 1, &e), 0);
    assert_memory_equal(slots, back, bytes);
    assert_int_equal(back[bytes] | back[bytes + 1] | back[bytes + 2] | back[bytes + 3], 0);
    if (n > 0)
        assert_int_equal(block_unseal(b.p, b.len, back, n - 1, &e), -1);
    buf_done(&b);
    mem_free(back);
}

static void fill(unsigned char *slots, size_t n, struct dice *d, const struct weather *w)
{
    for (size_t i = 0; i < n; i++) {
        struct result r = draw_result(d, w);
        sample_encode(&r, slots + i * SAMPLE_BYTES);
    }
}

static void unseal__a_million_samples__is_exact(void **state)
{
    (void)state;
    struct dice d = {1};
    unsigned char *slots = mem_alloc((size_t)N * SAMPLE_BYTES);
    for (size_t i = 0; i < N; i += 10000) {
        struct weather w = {1 + draw_share(&d) * 500, 0.1 + draw_share(&d), 0.01, 40000};
        fill(slots + i * SAMPLE_BYTES, 10000, &d, &w);
    }
    assert_comes_back(slots, N);
    mem_free(slots);
}

static void unseal__results_of_any_kind__is_exact(void **state)
{
    (void)state;
    struct dice d = {2};
    unsigned char slots[DAY * SAMPLE_BYTES];
    for (int round = 0; round < 50; round++) {
        size_t n = (size_t)dice_in(&d, 0, DAY);
        memset(slots, 0, sizeof slots);
        for (size_t i = 0; i < n; i++) {
            struct result r = draw_any(&d);
            if (dice_in(&d, 0, 2) > 0)
                sample_encode(&r, slots + i * SAMPLE_BYTES);
        }
        assert_comes_back(slots, n);
    }
}

/* Not only what this version writes. */
static void unseal__any_bytes_that_are_a_result__is_exact(void **state)
{
    (void)state;
    struct dice d = {8};
    unsigned char slots[DAY * SAMPLE_BYTES];
    for (size_t i = 0; i < sizeof slots; i++)
        slots[i] = (unsigned char)dice_in(&d, i % SAMPLE_BYTES == 2, 255);
    assert_comes_back(slots, DAY);
    for (size_t i = 2; i < sizeof slots; i += SAMPLE_BYTES)
        slots[i] = 1;
    assert_comes_back(slots, DAY);
}

static void seal__every_other_slot_empty__costs_hardly_more(void **state)
{
    (void)state;
    struct result r = {.phases = {.total_us = 5000}};
    unsigned char slots[DAY * SAMPLE_BYTES] = {0};
    struct buf b;
    for (size_t i = 0; i < DAY; i += 2)
        sample_encode(&r, slots + i * SAMPLE_BYTES);
    buf_init(&b, SIZE_MAX);
    block_seal(slots, DAY, &b);
    assert_true(b.len < 60);
    assert_comes_back(slots, DAY);
    buf_done(&b);
}

static void unseal__half_days_without_results__is_exact_and_small(void **state)
{
    (void)state;
    const struct weather w = {80, 0.3, 0.001, 40000};
    struct dice d = {3};
    unsigned char slots[DAY * SAMPLE_BYTES] = {0};
    struct buf b;
    buf_init(&b, SIZE_MAX);
    block_seal(slots, DAY, &b);
    assert_true(b.len < 20);
    assert_comes_back(slots, DAY);
    fill(slots, DAY / 2, &d, &w);
    assert_comes_back(slots, DAY);
    memmove(slots + sizeof slots / 2, slots, sizeof slots / 2);
    memset(slots, 0, sizeof slots / 2);
    assert_comes_back(slots, DAY);
    buf_done(&b);
}

static void seal__a_usual_day__takes_less_than_1_55_bytes_a_sample(void **state)
{
    (void)state;
    static const double sigmas[] = {0.3, 0.4, 0.5, 0.6, 0.8};
    struct dice d = {4};
    unsigned char slots[DAY * SAMPLE_BYTES];
    for (size_t i = 0; i < sizeof sigmas / sizeof sigmas[0]; i++) {
        const struct weather w = {50 + draw_share(&d) * 150, sigmas[i], 0.01, 40000};
        struct buf b;
        buf_init(&b, SIZE_MAX);
        fill(slots, DAY, &d, &w);
        block_seal(slots, DAY, &b);
        assert_true(b.len * 100 < (size_t)DAY * 155);
        buf_done(&b);
    }
}

/* --- damage --- */

static void unseal__every_truncation_and_flipped_bit__is_seen(void **state)
{
    (void)state;
    const struct weather w = {80, 0.3, 0.1, 40000};
    struct dice d = {5};
    unsigned char slots[60 * SAMPLE_BYTES];
    struct buf b;
    struct err e;
    fill(slots, 60, &d, &w);
    buf_init(&b, SIZE_MAX);
    block_seal(slots, 60, &b);
    for (size_t n = 0; n < b.len; n++)
        assert_int_equal(block_unseal(b.p, n, slots, 60, &e), -1);
    for (size_t bit = 0; bit < b.len * 8; bit++) {
        b.p[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(block_unseal(b.p, b.len, slots, 60, &e), -1);
        b.p[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_int_equal(block_unseal(b.p, b.len, slots, 60, &e), 0);
    buf_done(&b);
}

static void sign(unsigned char *p, size_t n)
{
    uint32_t crc = crc32_of(p, n - 4, 0);
    for (int i = 0; i < 4; i++)
        p[n - 4 + (size_t)i] = (unsigned char)(crc >> (24 - 8 * i));
}

static void unseal__forged_with_the_right_crc__ends_and_stays_inside(void **state)
{
    (void)state;
    struct dice d = {6};
    struct err e;
    for (int round = 0; round < 3000; round++) {
        unsigned char block[200], slots[DAY * SAMPLE_BYTES + 1];
        size_t n = (size_t)dice_in(&d, 6, sizeof block);
        slots[sizeof slots - 1] = 0x77;
        for (size_t i = 0; i < n; i++)
            block[i] = (unsigned char)dice_roll(&d);
        block[0] = BLOCK_SEALED;
        block[1] = 1;
        sign(block, n);
        if (block_unseal(block, n, slots, DAY, &e) == 0)
            continue;
        assert_int_equal(slots[sizeof slots - 1], 0x77);
        assert_non_null(strstr(e.text, "damaged"));
    }
}

static void unseal__what_it_is_not__is_told_apart(void **state)
{
    (void)state;
    unsigned char slot[SAMPLE_BYTES], version[] = {BLOCK_SEALED, 9, 0, 0, 0, 0, 0};
    struct err e;
    assert_int_equal(block_unseal("", 0, slot, 1, &e), -1);
    assert_string_equal(e.text, "block: only 0 bytes");
    assert_int_equal(block_unseal("\x01\x02\x03\x04\x05\x06", 6, slot, 1, &e), -1);
    assert_string_equal(e.text, "block: of another form (01)");
    sign(version, sizeof version);
    assert_int_equal(block_unseal(version, sizeof version, slot, 1, &e), -1);
    assert_string_equal(e.text, "block: version 9, known is 1");
}

static void form__first_byte__tells(void **state)
{
    (void)state;
    assert_int_equal(block_form(NULL, 0), BLOCK_IS_OPEN);
    for (unsigned first = 0; first < 256; first++) {
        unsigned char p = (unsigned char)first;
        enum block_form wanted = first == 0xB5   ? BLOCK_IS_SEALED
                                 : first == 0xB7 ? BLOCK_IS_TALLIES
                                                 : BLOCK_IS_OPEN;
        assert_int_equal(block_form(&p, 1), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unseal__a_million_samples__is_exact),
        cmocka_unit_test(unseal__results_of_any_kind__is_exact),
        cmocka_unit_test(unseal__any_bytes_that_are_a_result__is_exact),
        cmocka_unit_test(seal__every_other_slot_empty__costs_hardly_more),
        cmocka_unit_test(unseal__half_days_without_results__is_exact_and_small),
        cmocka_unit_test(seal__a_usual_day__takes_less_than_1_55_bytes_a_sample),
        cmocka_unit_test(unseal__every_truncation_and_flipped_bit__is_seen),
        cmocka_unit_test(unseal__forged_with_the_right_crc__ends_and_stays_inside),
        cmocka_unit_test(unseal__what_it_is_not__is_told_apart),
        cmocka_unit_test(form__first_byte__tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
