/* test_slo_ring.c - the cells against everything that happened, and after a restart. */
#include <string.h>

#include "base/vec.h"
#include "random.h"
#include "stats/slo.h"
#include "unit.h"

#define HOUR  INT64_C(3600000)
#define DAY   INT64_C(86400000)
#define BEGIN INT64_C(1795435260000) /* not the begin of a quarter */

struct happened {
    int64_t at_ms;
    enum slo_class class;
};

struct all {
    VEC(struct happened) list;
};

/* What the ring should say, from the list. */
static struct slo_sum brute(const struct all *all, int64_t from_ms, int64_t to_ms)
{
    bool fine = to_ms - from_ms <= SLO_FINE_MS;
    int64_t length = fine ? SLO_MINUTE_MS : SLO_UNIT_MS;
    int64_t from = from_ms / length * length, to = (to_ms / length + 1) * length;
    struct slo_sum s = {0};

    for (size_t i = 0; i < all->list.n; i++) {
        const struct happened *h = &all->list.items[i];

        if (h->at_ms < from || h->at_ms >= to)
            continue;
        s.good += h->class == SLO_GOOD;
        s.bad += h->class == SLO_BAD;
        s.excluded += h->class == SLO_EXCLUDED;
        s.unknown += h->class == SLO_UNKNOWN;
    }
    return s;
}

static void assert_same(const struct slo_sum *a, const struct slo_sum *b)
{
    assert_int_equal(a->good, b->good);
    assert_int_equal(a->bad, b->bad);
    assert_int_equal(a->excluded, b->excluded);
    assert_int_equal(a->unknown, b->unknown);
}

static void sum__random_results__equals_counting_them(void **state)
{
    static const int64_t spans[] = {300000,   1800000,   HOUR,    2 * HOUR, 4 * HOUR,
                                    6 * HOUR, 24 * HOUR, 3 * DAY, 7 * DAY};
    struct dice d = {77};

    (void)state;
    for (int round = 0; round < 12; round++) {
        struct slo_ring r;
        struct all all = {0};
        int64_t now = BEGIN;

        slo_ring_init(&r, 8 * 96);
        for (int n = 0; n < 3000; n++) {
            struct happened h;

            now += dice_in(&d, 0, 400) ? dice_in(&d, 0, 200000) : dice_in(&d, 0, 9 * HOUR);
            h.at_ms = now - (dice_in(&d, 0, 3) ? 0 : dice_in(&d, 0, 120000)); /* some are late */
            h.class = (enum slo_class)dice_in(&d, SLO_GOOD, SLO_NOTHING);
            vec_push(&all.list, h);
            slo_ring_add(&r, h.at_ms, h.class, 1);
            for (size_t k = 0; n % 50 == 0 && k < sizeof spans / sizeof *spans; k++) {
                struct slo_sum is = slo_ring_sum(&r, now - spans[k], now);
                struct slo_sum should = brute(&all, now - spans[k], now);

                assert_same(&is, &should);
            }
        }
        vec_done(&all.list);
        slo_ring_done(&r);
    }
}

/* As the store does: absolute cells of what changed, then all of them read back. */
struct kept {
    int64_t unit_at[4000], minute_at[SLO_MINUTES];
    struct slo_cell units[4000], minutes[SLO_MINUTES];
};

static void keep(struct kept *k, const struct slo_ring *r, int64_t at_ms)
{
    size_t u = (size_t)(at_ms / SLO_UNIT_MS % 4000),
           m = (size_t)(at_ms / SLO_MINUTE_MS % SLO_MINUTES);

    k->unit_at[u] = at_ms / SLO_UNIT_MS * SLO_UNIT_MS;
    k->units[u] = slo_ring_own_unit(r, at_ms);
    k->minute_at[m] = at_ms / SLO_MINUTE_MS * SLO_MINUTE_MS;
    k->minutes[m] = slo_ring_minute(r, at_ms);
}

static void restore(const struct kept *k, struct slo_ring *r)
{
    for (size_t i = 0; i < 4000; i++)
        if (k->unit_at[i])
            slo_ring_take_unit(r, k->unit_at[i], &k->units[i]);
    for (size_t i = 0; i < SLO_MINUTES; i++)
        if (k->minute_at[i])
            slo_ring_take_minute(r, k->minute_at[i], &k->minutes[i]);
}

/* Now and then another interval, from now on. */
static int reload(struct dice *d, struct monitor *m)
{
    if (dice_in(d, 0, 3000))
        return 0;
    m->interval_ms = m->interval_ms == 30000 ? 20000 : 30000;
    return 1;
}

/* The same results with restarts between them and without: the same figures and verdicts. */
static void restart__anywhere__equals_no_restart(void **state)
{
    struct monitor m = {.enabled = true, .interval_ms = 30000};
    const struct monitor *list[] = {&m};
    struct slo s = {
        .monitors = list, .n_monitors = 1, .objective_ppm = 990000, .days = 5, .failures_least = 3};
    static struct kept kept;
    struct dice d = {4711};
    struct slo_ring one, two;
    struct slo_firing f1 = {0}, f2 = {0};
    int64_t now = BEGIN;
    int fired = 0, restarts = 0, changes = 0;

    (void)state;
    memset(&kept, 0, sizeof kept);
    slo_ring_init(&one, slo_units(&s));
    slo_ring_init(&two, slo_units(&s));
    for (int n = 0; n < 40000; n++) {
        bool storm = n / 500 % 5 == 3;
        enum slo_class k = dice_in(&d, 0, storm ? 3 : 300) ? SLO_GOOD : SLO_BAD;

        now += 30000;
        changes += reload(&d, &m);
        slo_ring_plan(&one, &s, now - 30000, now);
        slo_ring_plan(&two, &s, now - 30000, now);
        slo_ring_add(&one, now, k, 1);
        slo_ring_add(&two, now, k, 1);
        if (now / SLO_MINUTE_MS != (now - 30000) / SLO_MINUTE_MS)
            keep(&kept, &two, now - 30000);
        keep(&kept, &two, now);
        if (!dice_in(&d, 0, 200)) {
            slo_ring_done(&two);
            slo_ring_init(&two, slo_units(&s));
            restore(&kept, &two);
            restarts++;
        }
        if (n % 10)
            continue;
        struct slo_rule_status r1[SLO_RULES], r2[SLO_RULES];
        struct slo_status st1 = {0}, st2 = {0};

        f1 = slo_judge(&s, &one, now, f1, r1);
        f2 = slo_judge(&s, &two, now, f2, r2);
        slo_measure(&s, &one, now, &st1);
        slo_measure(&s, &two, now, &st2);
        assert_memory_equal(&f1, &f2, sizeof f1);
        for (size_t i = 0; i < SLO_RULES; i++)
            assert_int_equal(r1[i].firing, r2[i].firing);
        assert_int_equal(st1.good, st2.good);
        assert_int_equal(st1.bad, st2.bad);
        assert_int_equal(st1.expected, st2.expected);
        assert_true(st1.budget_left == st2.budget_left);
        assert_int_equal(st1.exhausted_ms, st2.exhausted_ms);
        fired += f1.page;
    }
    assert_true(restarts > 100 && fired > 100 && changes > 3); /* else nothing was shown */
    slo_ring_done(&one);
    slo_ring_done(&two);
}

static void resize__longer_and_shorter__what_fits_is_kept(void **state)
{
    struct slo_ring r;
    struct slo_sum s;

    (void)state;
    slo_ring_init(&r, 4 * 96);
    for (int64_t t = BEGIN - 3 * DAY; t < BEGIN; t += SLO_UNIT_MS)
        slo_ring_add(&r, t, SLO_GOOD, 1);
    slo_ring_resize(&r, 10 * 96);
    s = slo_ring_sum(&r, BEGIN - 9 * DAY, BEGIN);
    assert_int_equal(s.good, 3 * 96);
    slo_ring_take_unit(&r, BEGIN - 8 * DAY, &(struct slo_cell){.good = 7});
    s = slo_ring_sum(&r, BEGIN - 9 * DAY, BEGIN);
    assert_int_equal(s.good, 3 * 96 + 7);
    slo_ring_resize(&r, 96);
    s = slo_ring_sum(&r, BEGIN - 9 * DAY, BEGIN);
    assert_int_equal(s.good, 96);
    slo_ring_done(&r);
}

static void add__too_old__changes_nothing(void **state)
{
    struct slo_ring r;
    struct slo_sum s;

    (void)state;
    slo_ring_init(&r, 5 * 96);
    slo_ring_add(&r, BEGIN, SLO_GOOD, 1);
    slo_ring_add(&r, BEGIN - SLO_MINUTES * SLO_MINUTE_MS, SLO_BAD, 1); /* its minute is another's */
    slo_ring_add(&r, BEGIN - 6 * DAY, SLO_BAD, 1);
    s = slo_ring_sum(&r, BEGIN - 7 * DAY, BEGIN);
    assert_int_equal(s.bad, 0);
    assert_int_equal(s.good, 1);
    slo_ring_done(&r);
}

static void add__after_a_gap_longer_than_the_ring__nothing_old_is_left(void **state)
{
    struct slo_ring r;
    struct slo_sum s;

    (void)state;
    slo_ring_init(&r, 5 * 96);
    for (int64_t t = BEGIN - 5 * DAY; t < BEGIN; t += SLO_UNIT_MS)
        slo_ring_add(&r, t, SLO_GOOD, 1);
    slo_ring_add(&r, BEGIN + 12 * DAY, SLO_BAD, 1);
    s = slo_ring_sum(&r, BEGIN + 7 * DAY, BEGIN + 12 * DAY);
    assert_int_equal(s.good, 0);
    assert_int_equal(s.bad, 1);
    slo_ring_done(&r);
}

static void sum__bad_in_minutes_that_follow__are_paired_over_empty_ones(void **state)
{
    static const struct {
        const char *minutes; /* g good, b bad, . nothing, u unknown */
        bool paired;
    } rows[] = {{"gbgbg", false}, {"gbbg", true}, {"b..b", true}, {"b.g.b", false},
                {"gb", false},    {"bub", true},  {"", false}};
    int64_t at = BEGIN / SLO_UNIT_MS * SLO_UNIT_MS;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slo_ring r;

        slo_ring_init(&r, 5 * 96);
        for (size_t n = 0; rows[i].minutes[n]; n++) {
            char c = rows[i].minutes[n];

            slo_ring_add(&r, at + (int64_t)n * SLO_MINUTE_MS,
                         c == 'g'   ? SLO_GOOD
                         : c == 'b' ? SLO_BAD
                         : c == 'u' ? SLO_UNKNOWN
                                    : SLO_NOTHING,
                         1);
        }
        assert_int_equal(slo_ring_sum(&r, at, at + HOUR).paired, rows[i].paired);
        slo_ring_done(&r);
    }
}

static void spread__milliseconds__go_to_their_minutes(void **state)
{
    int64_t at = BEGIN / SLO_UNIT_MS * SLO_UNIT_MS;
    struct slo_ring r;

    (void)state;
    slo_ring_init(&r, 5 * 96);
    slo_ring_spread(&r, at + 30000, at + SLO_UNIT_MS + 10, SLO_BAD);
    assert_int_equal(slo_ring_minute(&r, at).bad, 30000);
    assert_int_equal(slo_ring_minute(&r, at + SLO_MINUTE_MS).bad, 60000);
    assert_int_equal(slo_ring_own_unit(&r, at).bad, SLO_UNIT_MS - 30000);
    assert_int_equal(slo_ring_own_unit(&r, at + SLO_UNIT_MS).bad, 10);
    slo_ring_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sum__random_results__equals_counting_them),
        cmocka_unit_test(restart__anywhere__equals_no_restart),
        cmocka_unit_test(resize__longer_and_shorter__what_fits_is_kept),
        cmocka_unit_test(add__too_old__changes_nothing),
        cmocka_unit_test(add__after_a_gap_longer_than_the_ring__nothing_old_is_left),
        cmocka_unit_test(sum__bad_in_minutes_that_follow__are_paired_over_empty_ones),
        cmocka_unit_test(spread__milliseconds__go_to_their_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
