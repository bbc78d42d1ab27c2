/* test_range.c - what went in comes out, at about the price it should have, and it always ends. */
#include <string.h>

#include "draw.h"
#include "stats/range.h"
#include "unit.h"

#define N 20000

static void bits__of_any_likelihood__come_back_and_cost_their_entropy(void **state)
{
    (void)state;
    static const double likely[] = {0.5, 0.9, 0.1, 0.01, 0.999, 0, 1};
    for (size_t k = 0; k < sizeof likely / sizeof likely[0]; k++) {
        struct dice d = {k + 1}, again = {k + 1};
        struct chance c = {0}, back = {0};
        double p = likely[k], entropy = p > 0 && p < 1 ? -p * log2(p) - (1 - p) * log2(1 - p) : 0;
        struct range r;
        struct buf b;
        buf_init(&b, N);
        range_encode(&r, &b);
        for (int i = 0; i < N; i++)
            range_bit(&r, &c, draw_share(&d) < p);
        range_finish(&r);
        assert_true((double)b.len * 8 < N * (entropy * 1.03 + 0.005) + 64);
        range_decode(&r, (const unsigned char *)b.p, b.len);
        for (int i = 0; i < N; i++)
            assert_int_equal(range_bit(&r, &back, 0), draw_share(&again) < p);
        assert_false(range_bad(&r));
        buf_done(&b);
    }
}

/* Numbers, trees and raw bits of all sizes, one through the other. */
static void code_mixed(struct range *r, struct dice *d, struct number m[2], struct chance *tree)
{
    for (int i = 0; i < 3000; i++) {
        unsigned bits = (unsigned)dice_in(d, 0, 64);
        uint64_t v = bits < 64 ? dice_roll(d) & (((uint64_t)1 << bits) - 1) : dice_roll(d);
        int64_t away = (int64_t)(v ^ (i % 2 ? UINT64_MAX : 0));
        bool in = !r->decoding;
        assert_true(range_number(r, &m[0], in ? v : 0) == v);
        assert_true(range_raw(r, in ? v : 0, bits) == v);
        assert_int_equal(range_tree(r, tree, 8, in ? v & 255 : 0), v & 255);
        assert_true(range_signed(r, &m[1], in ? away : 0) == away);
    }
}

static void numbers__of_all_sizes__come_back(void **state)
{
    (void)state;
    struct range r;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int way = 0; way < 2; way++) {
        struct dice d = {99};
        struct number m[2];
        struct chance tree[256];
        memset(m, 0, sizeof m);
        memset(tree, 0, sizeof tree);
        if (way == 0)
            range_encode(&r, &b);
        else
            range_decode(&r, (const unsigned char *)b.p, b.len);
        code_mixed(&r, &d, m, tree);
        if (way == 0)
            range_finish(&r);
    }
    assert_false(range_bad(&r));
    buf_done(&b);
}

/* 0xff after 0xff goes out, and then one more has to be added to all of them. */
static void carry__through_many_bytes__arrives(void **state)
{
    (void)state;
    struct range r;
    struct buf b;
    buf_init(&b, 1000);
    range_encode(&r, &b);
    range_raw(&r, 1, 16);
    for (int i = 0; i < 20; i++)
        range_raw(&r, UINT16_MAX, 16);
    struct chance c = {0};
    for (int i = 0; i < 300; i++)
        range_bit(&r, &c, 0);
    range_finish(&r);
    struct chance back = {0};
    range_decode(&r, (const unsigned char *)b.p, b.len);
    assert_int_equal(range_raw(&r, 0, 16), 1);
    for (int i = 0; i < 20; i++)
        assert_int_equal(range_raw(&r, 0, 16), UINT16_MAX);
    for (int i = 0; i < 300; i++)
        assert_int_equal(range_bit(&r, &back, 1), 0);
    assert_false(range_bad(&r));
    buf_done(&b);
}

static void decoding__past_the_end__is_said_and_stays_said(void **state)
{
    (void)state;
    struct range r;
    struct number m;
    memset(&m, 0, sizeof m);
    range_decode(&r, NULL, 0);
    assert_true(range_bad(&r)); /* not even the one byte that nothing takes */
    for (int i = 0; i < 1000; i++)
        range_number(&r, &m, 0);
    assert_true(range_bad(&r));
    static const unsigned char one[1] = {0x55};
    range_decode(&r, one, 1);
    assert_false(range_bad(&r));
    range_raw(&r, 0, 24);
    assert_true(range_bad(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits__of_any_likelihood__come_back_and_cost_their_entropy),
        cmocka_unit_test(numbers__of_all_sizes__come_back),
        cmocka_unit_test(carry__through_many_bytes__arrives),
        cmocka_unit_test(decoding__past_the_end__is_said_and_stays_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
