/* test_shape.c - histograms one after another: exact, cheaper once known, refused when wrong. */
#include <string.h>

#include "base/mem.h"
#include "draw.h"
#include "stats/hist.h"
#include "stats/shape.h"
#include "unit.h"

static struct hist draw_hist(struct dice *d, int n, double median_ms)
{
    struct hist h = {0};
    for (int i = 0; i < n; i++)
        hist_add(&h, draw_log_normal_us(d, median_ms, 0.4), 1);
    return h;
}

/* Writes them, reads them back; returns the bytes. */
static size_t assert_come_back(const struct hist *h, int n)
{
    struct shape *s = mem_new(struct shape);
    struct range r;
    struct buf b;
    buf_init(&b, SIZE_MAX);
    range_encode(&r, &b);
    for (int i = 0; i < n; i++) {
        struct hist copy = h[i];
        shape_code(&r, s, &copy, h[i].n);
    }
    range_finish(&r);
    memset(s, 0, sizeof *s);
    range_decode(&r, (const unsigned char *)b.p, b.len);
    for (int i = 0; i < n; i++) {
        struct hist back = {0};
        shape_code(&r, s, &back, h[i].n);
        assert_memory_equal(back.count, h[i].count, sizeof back.count);
    }
    assert_false(range_bad(&r));
    size_t len = b.len;
    buf_done(&b);
    mem_free(s);
    return len;
}

static void code__same_weather__costs_less_once_it_is_known(void **state)
{
    (void)state;
    struct dice d = {1};
    struct hist h[200];
    for (int i = 0; i < 200; i++)
        h[i] = draw_hist(&d, 60, 100);
    assert_true(assert_come_back(h, 200) < 200 * assert_come_back(h, 1) * 3 / 4);
}

static void code__weather_that_changes__comes_back(void **state)
{
    (void)state;
    static const double medians[] = {100, 0.01, 60000000, 100, 3};
    struct dice d = {2};
    struct hist h[100];
    for (int i = 0; i < 100; i++)
        h[i] = draw_hist(&d, (int)dice_in(&d, 0, 3) * 500, medians[i / 20]);
    assert_come_back(h, 100);
}

static void code__counts_that_do_not_add_up__are_refused(void **state)
{
    (void)state;
    struct dice d = {3};
    struct shape *s = mem_new(struct shape);
    int refused = 0;
    for (int round = 0; round < 500; round++) {
        unsigned char bytes[64];
        struct hist h = {0};
        struct range r;
        uint64_t sum = 0;
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (unsigned char)dice_roll(&d);
        memset(s, 0, sizeof *s);
        range_decode(&r, bytes, sizeof bytes);
        shape_code(&r, s, &h, 60);
        for (int i = 0; i < HIST_BUCKETS; i++)
            sum += h.count[i];
        refused += range_bad(&r);
        assert_true(range_bad(&r) || sum == 60);
    }
    assert_true(refused > 0);
    mem_free(s);
}

static void around__any_distance_and_scale__comes_back(void **state)
{
    (void)state;
    struct range r;
    struct buf b;
    buf_init(&b, SIZE_MAX);
    for (int way = 0; way < 2; way++) {
        struct dice d = {4};
        struct number far = {.size = {{.n = 0}}};
        struct around a = {.below = {.n = 0}};
        if (way == 0)
            range_encode(&r, &b);
        else
            range_decode(&r, (const unsigned char *)b.p, b.len);
        for (int i = 0; i < 2000; i++) {
            unsigned scale = (unsigned)dice_in(&d, 0, 40);
            int64_t off = (int64_t)dice_roll(&d) >> dice_in(&d, 0, 63);
            assert_true(around_code(&r, &a, &far, scale, way == 0 ? off : 0) == off);
        }
        if (way == 0)
            range_finish(&r);
    }
    assert_false(range_bad(&r));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code__same_weather__costs_less_once_it_is_known),
        cmocka_unit_test(code__weather_that_changes__comes_back),
        cmocka_unit_test(code__counts_that_do_not_add_up__are_refused),
        cmocka_unit_test(around__any_distance_and_scale__comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
