/* test_slo_plan.c - what was planned, when the configuration changes and when nobody was there; and
 * the rules, when next to nothing of it was seen. */
#include "stats/slo.h"

#include <math.h>

#include "random.h"
#include "unit.h"

#define MINUTE INT64_C(60000)
#define HOUR   INT64_C(3600000)
#define DAY    INT64_C(86400000)
#define NOON   INT64_C(1795435200000) /* 2026-11-23T12:00Z */

struct world {
    struct monitor m[3];
    const struct monitor *list[3];
    struct slo s;
    struct slo_ring r;
};

static void world_init(struct world *w, int64_t interval_ms)
{
    *w = (struct world){0};
    for (size_t i = 0; i < 3; i++) {
        w->m[i] = (struct monitor){.enabled = true, .interval_ms = interval_ms};
        w->list[i] = &w->m[i];
    }
    w->s = (struct slo){.monitors = w->list,
                        .n_monitors = 1,
                        .objective_ppm = 999000,
                        .days = 30,
                        .failures_least = 3};
    slo_ring_init(&w->r, slo_units(&w->s));
}

/* Time passes, a tick at a time; every slot is seen. */
static void live(struct world *w, int64_t from_ms, int64_t to_ms)
{
    for (int64_t at = from_ms; at < to_ms; at += 5000) {
        uint64_t n = slo_planned(&w->s, at, at + 5000);

        slo_ring_plan(&w->r, &w->s, at, at + 5000);
        slo_ring_add(&w->r, at, SLO_GOOD, (uint32_t)n);
    }
}

static struct slo_status measure(const struct world *w, int64_t now_ms)
{
    struct slo_status st = {0};

    slo_measure(&w->s, &w->r, now_ms, &st);
    return st;
}

static void planned__intervals_and_spans__slots_of_the_days_grid(void **state)
{
    static const struct {
        int64_t interval_ms, from_ms, to_ms;
        uint64_t slots;
    } rows[] = {
        {60000, NOON, NOON + HOUR, 60},
        {60000, NOON, NOON, 0},
        {60000, NOON + HOUR, NOON, 0},
        {60000, NOON, NOON + 1, 1}, /* one begins at the very instant */
        {60000, NOON + 1, NOON + MINUTE, 0},
        {60000, NOON + 1, NOON + MINUTE + 1, 1},
        {7 * HOUR, NOON - DAY / 2, NOON + DAY / 2, 4}, /* 00, 07, 14, 21; anew at midnight */
        {7 * HOUR, NOON, NOON + 2 * DAY, 8},
        {0, NOON, NOON + HOUR, 0},
    };
    struct world w;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world_init(&w, rows[i].interval_ms);
        assert_int_equal(slo_planned(&w.s, rows[i].from_ms, rows[i].to_ms), rows[i].slots);
        w.s.n_monitors = 3;
        assert_int_equal(slo_planned(&w.s, rows[i].from_ms, rows[i].to_ms), 3 * rows[i].slots);
        w.m[1].enabled = false;
        assert_int_equal(slo_planned(&w.s, rows[i].from_ms, rows[i].to_ms), 2 * rows[i].slots);
        slo_ring_done(&w.r);
    }
}

static void planned__by_time__the_milliseconds_while_any_is_enabled(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 60000);
    w.s.by = SLO_BY_TIME;
    w.s.n_monitors = 2;
    assert_int_equal(slo_planned(&w.s, NOON + 7, NOON + HOUR), HOUR - 7);
    w.m[0].enabled = false;
    assert_int_equal(slo_planned(&w.s, NOON + 7, NOON + HOUR), HOUR - 7);
    w.m[1].enabled = false;
    assert_int_equal(slo_planned(&w.s, NOON + 7, NOON + HOUR), 0);
    slo_ring_done(&w.r);
}

static void planned__pieces_of_any_size__add_up_to_the_whole(void **state)
{
    struct dice d = {5};
    struct world w;

    (void)state;
    for (int round = 0; round < 200; round++) {
        int64_t at = NOON + dice_in(&d, 0, 90000000), from = at;
        uint64_t sum = 0;

        world_init(&w, dice_in(&d, 1, 4000) * 1000);
        for (int n = 0; n < 50; n++) {
            int64_t next = at + dice_in(&d, 0, 9000000);

            sum += slo_planned(&w.s, at, next);
            at = next;
        }
        assert_int_equal(sum, slo_planned(&w.s, from, at));
        slo_ring_done(&w.r);
    }
}

/* What was seen before was all that there was to be, and stays it. */
static void measure__configuration_changed_in_the_middle__coverage_stays_whole(void **state)
{
    static const struct {
        int64_t before_ms, after_ms;
        size_t members_before, members_after;
        uint64_t expected;
    } rows[] = {
        {60000, 60000, 1, 1, 2880},
        {60000, 10000, 1, 1, 1440 + 8640},
        {10000, 60000, 1, 1, 8640 + 1440},
        {60000, 60000, 1, 3, 1440 + 3 * 1440},
        {60000, 60000, 3, 1, 3 * 1440 + 1440},
    };
    struct world w;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slo_status st;

        world_init(&w, rows[i].before_ms);
        w.s.n_monitors = rows[i].members_before;
        live(&w, NOON - 2 * DAY, NOON - DAY);
        for (size_t k = 0; k < 3; k++)
            w.m[k].interval_ms = rows[i].after_ms;
        w.s.n_monitors = rows[i].members_after;
        live(&w, NOON - DAY, NOON);
        st = measure(&w, NOON - 1);
        assert_int_equal(st.expected, rows[i].expected);
        assert_true(st.coverage == 1);
        slo_ring_done(&w.r);
    }
}

/* The cells as the store gives them back: the minutes are the last 256. */
static void read_back(struct world *to, const struct world *from, int64_t end_ms)
{
    for (int64_t at = NOON - 5 * DAY; at < end_ms; at += SLO_UNIT_MS) {
        const struct slo_cell *c = &from->r.units[(uint64_t)(at / SLO_UNIT_MS) % from->r.n_units];
        slo_ring_take_unit(&to->r, at, c);
    }
    for (size_t i = 0; i < SLO_MINUTES; i++)
        if (from->r.minutes[i].number)
            slo_ring_take_minute(&to->r, from->r.minutes[i].number * MINUTE,
                                 &from->r.minutes[i].cell);
}

static void measure__away__what_was_planned_meanwhile_is_missing_once(void **state)
{
    static const int64_t away_ms[] = {0, 5000, 10 * MINUTE, 3 * HOUR, 3 * DAY};
    static const int64_t ends_ms[] = {0, 5000, 35000, 55000};
    static const int64_t intervals_ms[] = {10000, 60000, 5 * MINUTE};

    (void)state;
    for (size_t n = 0; n < 5 * 4 * 3; n++) {
        int64_t away = away_ms[n % 5], end = NOON + ends_ms[n / 5 % 4], begin = end + away;
        int64_t interval = intervals_ms[n / 20], now = begin + HOUR, last, from;
        struct world one, two;
        struct slo_cell cell;
        struct slo_status st;

        world_init(&one, interval);
        world_init(&two, interval);
        live(&one, NOON - DAY, end);
        live(&two, begin, now);
        read_back(&two, &one, end);
        for (last = end / MINUTE * MINUTE; !slo_ring_minute(&one.r, last).planned;)
            last -= MINUTE;
        cell = slo_ring_minute(&one.r, last);
        from = slo_plan_end(&two.s, last, cell.planned);
        assert_in_range(from, last + 1, last + MINUTE);
        if (from < begin)
            slo_ring_plan(&two.r, &two.s, from, begin);
        st = measure(&two, now - 1);
        assert_int_equal(st.expected, slo_planned(&two.s, NOON - DAY, now));
        assert_int_equal(st.good,
                         slo_planned(&two.s, NOON - DAY, end) + slo_planned(&two.s, begin, now));
        slo_ring_done(&one.r);
        slo_ring_done(&two.r);
    }
}

/* A quarter without a cell was planned by nobody: the configuration of now has to do. */
static void measure__quarters_without_a_cell__as_configured_now(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 60000);
    live(&w, NOON - DAY, NOON - HOUR);
    assert_int_equal(measure(&w, NOON - 1).expected, 1440);
    w.m[0].interval_ms = 30000;
    assert_int_equal(measure(&w, NOON - 1).expected, 1440 + 60);
    slo_ring_done(&w.r);
}

static void add_planned__more_than_fits__stays_at_the_most(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 60000);
    slo_ring_add_planned(&w.r, NOON, UINT32_MAX - 1);
    slo_ring_add_planned(&w.r, NOON, UINT64_C(1) << 40);
    assert_int_equal(slo_ring_minute(&w.r, NOON).planned, UINT32_MAX);
    slo_ring_take_minute(&w.r, NOON, &(struct slo_cell){.planned = 5});
    assert_int_equal(slo_ring_minute(&w.r, NOON).planned, UINT32_MAX);
    slo_ring_done(&w.r);
}

/* --- rules, by how much of it was seen --- */

static const struct slo_firing none;

/* A result for every slot; all of them bad, or none. */
static void fill(struct world *w, int64_t from_ms, int64_t to_ms, bool bad)
{
    for (int64_t at = from_ms; at < to_ms; at += MINUTE) {
        slo_ring_plan(&w->r, &w->s, at, at + MINUTE);
        slo_ring_add(&w->r, at, bad ? SLO_BAD : SLO_GOOD, 1);
    }
}

static struct slo_firing judge(struct world *w, int64_t now_ms, struct slo_firing was)
{
    struct slo_rule_status rules[SLO_RULES];

    return slo_judge(&w->s, &w->r, now_ms, was, rules);
}

/* Away for so long, then ten minutes of nothing but failures. */
static void judge__next_to_no_data__too_little_to_begin(void **state)
{
    static const struct {
        int64_t away_ms;
        bool sparse[SLO_RULES];
    } rows[] = {
        {0, {false, false, false, false}},
        {10 * MINUTE, {false, false, false, false}},
        {40 * MINUTE, {true, false, false, false}},
        {3 * HOUR + 30 * MINUTE, {true, true, false, false}},
        {13 * HOUR, {true, true, true, false}},
        {3 * DAY, {true, true, true, true}},
    };
    struct slo_rule_status rules[SLO_RULES];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t began = NOON - 10 * MINUTE;
        struct world w;

        world_init(&w, 60000);
        fill(&w, NOON - 8 * DAY, began - rows[i].away_ms, 0);
        slo_ring_plan(&w.r, &w.s, began - rows[i].away_ms, began);
        fill(&w, began, NOON, 1);
        slo_judge(&w.s, &w.r, NOON - 1, none, rules);
        for (size_t k = 0; k < SLO_RULES; k++) {
            assert_int_equal(rules[k].sparse, rows[i].sparse[k]);
            assert_int_equal(rules[k].armed, !rows[i].sparse[k]);
            assert_false(rules[k].firing && rules[k].sparse);
        }
        assert_true(rules[0].sparse || rules[0].firing);
        slo_ring_done(&w.r);
    }
}

/* What was seen but does not count for or against is data, too. */
static void judge__all_unknown__is_not_too_little_data(void **state)
{
    struct slo_rule_status rules[SLO_RULES];
    struct world w;

    (void)state;
    world_init(&w, 60000);
    for (int64_t t = NOON - 4 * DAY; t < NOON; t += MINUTE) {
        slo_ring_plan(&w.r, &w.s, t, t + MINUTE);
        slo_ring_add(&w.r, t, SLO_UNKNOWN, 1);
    }
    slo_judge(&w.s, &w.r, NOON - 1, none, rules);
    for (size_t k = 0; k < SLO_RULES; k++)
        assert_true(rules[k].armed && !rules[k].firing);
    slo_ring_done(&w.r);
}

static void judge__ticket_beside_a_page__waits_until_the_page_is_over(void **state)
{
    static const struct slo_firing page = {true, false}, ticket = {false, true},
                                   both = {true, true};
    struct slo_firing is;
    struct world w;

    (void)state;
    world_init(&w, 60000);
    fill(&w, NOON - 4 * DAY, NOON - HOUR, 0);
    fill(&w, NOON - HOUR, NOON, 1);
    is = judge(&w, NOON - 1, none);
    assert_true(is.page && !is.ticket);
    is = judge(&w, NOON - 1, page);
    assert_true(is.page && !is.ticket);
    is = judge(&w, NOON - 1, ticket); /* one that fires already goes on */
    assert_true(is.page && is.ticket);
    is = judge(&w, NOON - 1, both);
    assert_true(is.page && is.ticket);
    fill(&w, NOON, NOON + 40 * MINUTE, 0); /* the page's short windows are well again */
    is = judge(&w, NOON + 40 * MINUTE - 1, page);
    assert_true(!is.page && is.ticket);
    slo_ring_done(&w.r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planned__intervals_and_spans__slots_of_the_days_grid),
        cmocka_unit_test(planned__by_time__the_milliseconds_while_any_is_enabled),
        cmocka_unit_test(planned__pieces_of_any_size__add_up_to_the_whole),
        cmocka_unit_test(measure__configuration_changed_in_the_middle__coverage_stays_whole),
        cmocka_unit_test(measure__away__what_was_planned_meanwhile_is_missing_once),
        cmocka_unit_test(measure__quarters_without_a_cell__as_configured_now),
        cmocka_unit_test(add_planned__more_than_fits__stays_at_the_most),
        cmocka_unit_test(judge__next_to_no_data__too_little_to_begin),
        cmocka_unit_test(judge__all_unknown__is_not_too_little_data),
        cmocka_unit_test(judge__ticket_beside_a_page__waits_until_the_page_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
