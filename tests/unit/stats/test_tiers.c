/* test_tiers.c - what is read tiles the window, in whole units of what is kept. */
#include "stats/tiers.h"

#include "../random.h"
#include "../unit.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define BASE   (20780 * DAY) /* 2026-11-23 */
#define NEVER  INT64_MAX

/* 60 days of history, rolled up to yesterday: raw of 2 days, minutes of 30. */
static const struct tiers_kept usual = {.begins_ms = BASE - 60 * DAY,
                                        .ends_ms = BASE + DAY,
                                        .rolled_ms = BASE,
                                        .from_ms = {BASE - 2 * DAY, BASE - 30 * DAY, 0, 0}};

static void assert_piece(const struct tiers_window *w, int64_t *at_ms, enum tier t, int64_t to_ms)
{
    struct tiers_piece p = {0};

    assert_true(tiers_next(w, &usual, *at_ms, &p));
    assert_int_equal(p.from_ms, *at_ms);
    assert_int_equal(p.tier, t);
    assert_int_equal(p.to_ms, to_ms);
    *at_ms = p.to_ms;
}

static void thirty_days__edges_by_minutes_and_hours_the_rest_by_days__today_raw(void **state)
{
    struct tiers_window w = {BASE - 30 * DAY + 34 * MINUTE + 56000, BASE + 10 * HOUR + 5, 0};
    struct tiers_piece p;
    int64_t at = BASE - 30 * DAY + 34 * MINUTE; /* there are no seconds any more */

    (void)state;
    tiers_widen(&w, &usual);
    assert_int_equal(w.from_ms, at);
    assert_int_equal(w.to_ms, BASE + 10 * HOUR + 5);
    assert_piece(&w, &at, TIER_MINUTE, BASE - 30 * DAY + HOUR);
    assert_piece(&w, &at, TIER_HOUR, BASE - 29 * DAY);
    assert_piece(&w, &at, TIER_DAY, BASE - 2 * DAY);
    assert_piece(&w, &at, TIER_DAY, BASE);
    assert_piece(&w, &at, TIER_RAW, BASE + 10 * HOUR + 5);
    assert_false(tiers_next(&w, &usual, at, &p));
}

static void steps__finest_that_is_kept_at_the_oldest_edge(void **state)
{
    static const struct {
        int64_t from_ms, step_ms, want_from_ms, want_step_ms;
        enum tier first;
    } rows[] = {
        {BASE - DAY + 1, 1000, BASE - DAY + 1, 1000, TIER_RAW},
        {BASE - DAY, 5 * MINUTE, BASE - DAY, 5 * MINUTE, TIER_MINUTE},
        {BASE - 3 * DAY + 1, 90000, BASE - 3 * DAY, 2 * MINUTE, TIER_MINUTE},
        {BASE - 40 * DAY + 1, 90000, BASE - 40 * DAY, HOUR, TIER_HOUR},
        {BASE - 40 * DAY, 36 * HOUR, BASE - 40 * DAY, 36 * HOUR, TIER_HOUR},
        {BASE - 40 * DAY, 7 * DAY, BASE - 40 * DAY, 7 * DAY, TIER_DAY},
        {BASE - 70 * DAY + 1, HOUR, BASE - 70 * DAY, HOUR, TIER_HOUR}, /* before the beginning */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tiers_window w = {rows[i].from_ms, BASE + HOUR, rows[i].step_ms};
        struct tiers_piece p = {0};
        tiers_widen(&w, &usual);
        assert_int_equal(w.from_ms, rows[i].want_from_ms);
        assert_int_equal(w.step_ms, rows[i].want_step_ms);
        assert_true(tiers_next(&w, &usual, w.from_ms, &p));
        assert_int_equal(p.tier, rows[i].first);
    }
}

static void series_elsewhere__moves_nothing(void **state)
{
    struct tiers_window later = {BASE + 2 * DAY + 1, BASE + 3 * DAY + 1, 7}, w = later;
    struct tiers_window long_ago = {BASE - 99 * DAY + 1, BASE - 98 * DAY + 1, 7};

    (void)state;
    tiers_widen(&w, &usual);
    assert_memory_equal(&w, &later, sizeof w);
    w = long_ago;
    tiers_widen(&w, &usual);
    assert_memory_equal(&w, &long_ago, sizeof w);
}

static void cells__half_open__last_one_shorter(void **state)
{
    struct tiers_window w = {BASE, BASE + 25, 10};

    (void)state;
    assert_int_equal(tiers_cells(&w), 3);
    assert_int_equal(tiers_cell_of(&w, BASE + 9), 0);
    assert_int_equal(tiers_cell_of(&w, BASE + 10), 1);
    assert_int_equal(tiers_cell_of(&w, BASE + 24), 2);
    w.to_ms = BASE + 20;
    assert_int_equal(tiers_cells(&w), 2);
    w.to_ms = BASE;
    assert_int_equal(tiers_cells(&w), 0);
    w = (struct tiers_window){BASE, BASE + 25, 0};
    assert_int_equal(tiers_cells(&w), 1);
}

/* --- any window ----------------------------------------------------------------------------- */

static int64_t day_from(struct dice *d, int64_t lo)
{
    return dice_in(d, 0, 7) == 0 ? NEVER : BASE - dice_in(d, lo, 70) * DAY;
}

static struct tiers_kept any_kept(struct dice *d)
{
    struct tiers_kept k = {.begins_ms = BASE - dice_in(d, 0, 80) * DAY,
                           .rolled_ms = BASE - dice_in(d, 0, 5) * DAY};

    k.ends_ms = dice_in(d, 0, 1) ? BASE + DAY : k.begins_ms + dice_in(d, 1, 40) * DAY;
    for (int t = 0; t < TIER_COUNT; t++)
        k.from_ms[t] = day_from(d, t * 3);
    return k;
}

static struct tiers_window any_window(struct dice *d)
{
    static const int64_t grain[] = {1, 1000, MINUTE, HOUR, DAY};
    int64_t g = grain[dice_in(d, 0, 4)], s = grain[dice_in(d, 1, 4)];
    struct tiers_window w = {.from_ms = BASE - dice_in(d, 0, 75) * DAY + dice_in(d, 0, 23) * HOUR};

    w.from_ms += dice_in(d, 0, DAY) / g * g;
    w.to_ms = w.from_ms + 1 + dice_in(d, 0, 20 * DAY) / g * g;
    w.step_ms = dice_in(d, 0, 3) == 0 ? 0 : dice_in(d, 1, 60) * s;
    return w;
}

static int there(const struct tiers_kept *k, int t, int64_t at)
{
    return at >= k->rolled_ms ? t == TIER_RAW : at >= k->from_ms[t];
}

static int any_there(const struct tiers_kept *k, int64_t at)
{
    for (int t = 0; t < TIER_COUNT; t++)
        if (there(k, t, at))
            return 1;
    return 0;
}

static void check_instant(const struct tiers_window *w, const struct tiers_kept *k,
                          const struct tiers_piece *p, int64_t at)
{
    int64_t unit = tier_unit_ms(p->tier), begins = at - at % unit;

    assert_true(there(k, p->tier, at) || (p->tier == TIER_DAY && !any_there(k, at)));
    assert_in_range(begins, p->from_ms, at);
    assert_true(begins + unit <= p->to_ms || p->to_ms == w->to_ms);
    assert_int_equal(tiers_cell_of(w, begins), tiers_cell_of(w, begins + unit - 1));
}

/* Nothing coarser that is kept has its unit whole within the cell. */
static void check_cheapest(const struct tiers_window *w, const struct tiers_kept *k,
                           const struct tiers_piece *p, int64_t start, int64_t at)
{
    for (int t = p->tier + 1; t < TIER_COUNT; t++) {
        int64_t unit = tier_unit_ms((enum tier)t), begins = at - at % unit;
        int few = w->step_ms > 0 && w->step_ms < 2 * unit &&
                  (w->step_ms % unit != 0 || w->from_ms % unit != 0);
        if (few || !there(k, t, at) || begins < start || begins + unit > w->to_ms)
            continue;
        assert_int_not_equal(tiers_cell_of(w, begins), tiers_cell_of(w, begins + unit - 1));
    }
}

static size_t check_tiling(struct dice *d, const struct tiers_window *w, const struct tiers_kept *k)
{
    int64_t start = w->from_ms > k->begins_ms ? w->from_ms : k->begins_ms, at = start;
    int64_t end = w->to_ms < k->ends_ms ? w->to_ms : k->ends_ms;
    struct tiers_piece p;
    size_t n = 0;

    for (; at < end && tiers_next(w, k, at, &p); at = p.to_ms, n++) {
        assert_int_equal(p.from_ms, at);
        assert_true(p.to_ms > at);
        for (int i = 0; i < 4; i++) {
            int64_t t = i == 0 ? at : i == 1 ? p.to_ms - 1 : dice_in(d, at, p.to_ms - 1);
            if (t >= end)
                continue;
            check_instant(w, k, &p, t);
            check_cheapest(w, k, &p, start, t);
        }
    }
    assert_true(at >= end);
    return n;
}

static void any_window__tiled_without_holes_in_whole_units__cheapest_first(void **state)
{
    struct dice d = {20261123};
    size_t pieces = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct tiers_kept k = any_kept(&d);
        struct tiers_window asked = any_window(&d), w = asked;
        struct tiers_window again;
        tiers_widen(&w, &k);
        again = w;
        tiers_widen(&again, &k);
        assert_memory_equal(&again, &w, sizeof w);
        assert_true(w.from_ms <= asked.from_ms && asked.from_ms - w.from_ms < DAY);
        assert_true(w.to_ms >= asked.to_ms && w.to_ms - asked.to_ms < DAY);
        if (tiers_cells(&w) <= 500)
            pieces += check_tiling(&d, &w, &k);
    }
    assert_true(pieces > 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_days__edges_by_minutes_and_hours_the_rest_by_days__today_raw),
        cmocka_unit_test(steps__finest_that_is_kept_at_the_oldest_edge),
        cmocka_unit_test(series_elsewhere__moves_nothing),
        cmocka_unit_test(cells__half_open__last_one_shorter),
        cmocka_unit_test(any_window__tiled_without_holes_in_whole_units__cheapest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
