#include "sla/figures.h"

#include <math.h>
#include <stdlib.h>

#include "random.h"
#include "unit.h"

static struct slo promise(int32_t ppm)
{
    return (struct slo){.name = "web", .objective_ppm = ppm, .coverage_least = 95};
}

static void figures_percent__any_counts__cut_never_rounded_up(void **state)
{
    static const struct {
        uint64_t part, whole;
        int places;
        const char *text;
    } cases[] = {
        {43175, 43184, 2, "99.97"},
        {43184, 43184, 2, "100.00"},
        {43183, 43184, 2, "99.99"},
        {0, 5, 1, "0.0"},
        {1, 3, 0, "33"},
        {2, 3, 4, "66.6666"},
        {999999, 1000000, 2, "99.99"},
        {7, 5, 1, "100.0"},
        {UINT64_C(2678400000000) - 1, UINT64_C(2678400000000), 4, "99.9999"},
        {UINT64_MAX / 2, UINT64_MAX, 2, "49.99"},
    };
    char text[40];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(
            figures_percent(cases[i].part, cases[i].whole, cases[i].places, text, sizeof text),
            cases[i].text);
}

/* What is shown says met exactly when the counts do. */
static void figures_judge__near_the_objective__shown_and_judged_alike(void **state)
{
    static const int32_t objectives[] = {500000, 900000, 990000, 995000, 999000,
                                         999500, 999900, 999950, 999990, 999999};
    struct dice dice = {7};
    char shown[40];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct slo s = promise(objectives[dice_in(&dice, 0, 9)]);
        uint64_t all = (uint64_t)dice_in(&dice, 1, 3000000);
        uint64_t allowed = all * (uint64_t)(1000000 - s.objective_ppm) / 1000000;
        int64_t off = dice_in(&dice, -3, 3);
        uint64_t bad = off < 0 && allowed < (uint64_t)-off ? 0 : allowed + (uint64_t)off;
        struct sla_count c = {all - (bad < all ? bad : all), bad < all ? bad : all, 0, 0, all};
        struct figures_verdict v = figures_judge(&s, &c);

        figures_percent(c.good, all, figures_places(all, s.objective_ppm), shown, sizeof shown);
        assert_true(v.told);
        assert_int_equal(v.met, strtod(shown, NULL) >= s.objective_ppm / 1e4 - 1e-9);
        assert_int_equal(v.met, v.budget_left >= -1e-9);
    }
}

static void figures_judge__too_little_seen__says_why_and_no_figure(void **state)
{
    struct slo s = promise(999000);
    struct sla_count c = {9400, 0, 99, 0, 10000};
    struct figures_verdict v = figures_judge(&s, &c);

    (void)state;
    assert_false(v.told);
    assert_string_equal(v.why, "only 94.9 % of what was to be measured was measured; at least "
                               "95 % is needed");
    c.excluded = 100; /* excluded was seen */
    assert_true(figures_judge(&s, &c).told);
    c = (struct sla_count){0, 0, 0, 0, 10000};
    assert_string_equal(figures_judge(&s, &c).why, "nothing was measured");
    c = (struct sla_count){0, 0, 10000, 0, 10000};
    assert_string_equal(figures_judge(&s, &c).why, "all of it was excluded or unknown");
}

static void figures_judge__credits__the_worst_row_that_holds(void **state)
{
    struct slo_credit table[] = {{999000, 10}, {990000, 25}, {950000, 100}};
    static const struct {
        uint64_t bad;
        int credit;
        int32_t below;
    } cases[] = {{0, 0, 0},          {100, 0, 0},        {101, 10, 999000},  {1000, 10, 999000},
                 {1001, 25, 990000}, {5000, 25, 990000}, {5001, 100, 950000}};
    struct slo s = promise(999000);

    (void)state;
    s.credits = table;
    s.n_credits = 3;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sla_count c = {100000 - cases[i].bad, cases[i].bad, 0, 0, 100000};
        struct figures_verdict v = figures_judge(&s, &c);

        assert_int_equal(v.credit, cases[i].credit);
        assert_int_equal(v.below_ppm, cases[i].below);
    }
}

static void figures_times__even_and_odd__median(void **state)
{
    int64_t odd[] = {9, 1, 5}, even[] = {10, 1, 4, 7};
    struct figures_times t = figures_times(odd, 3);

    (void)state;
    assert_int_equal(t.median_ms, 5);
    assert_int_equal(t.longest_ms, 9);
    assert_int_equal(t.mean_ms, 5);
    t = figures_times(even, 4);
    assert_int_equal(t.median_ms, 5);
    assert_int_equal(t.n, 4);
}

static void figures_places__many_looks__more_places(void **state)
{
    (void)state;
    assert_int_equal(figures_places(43184, 990000), 2);
    assert_int_equal(figures_places(100, 990000), 0);
    assert_int_equal(figures_places(100, 999950), 3);
    assert_int_equal(figures_places(1000000000, 999000), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_percent__any_counts__cut_never_rounded_up),
        cmocka_unit_test(figures_judge__near_the_objective__shown_and_judged_alike),
        cmocka_unit_test(figures_judge__too_little_seen__says_why_and_no_figure),
        cmocka_unit_test(figures_judge__credits__the_worst_row_that_holds),
        cmocka_unit_test(figures_times__even_and_odd__median),
        cmocka_unit_test(figures_places__many_looks__more_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
