/* test_roll.c - a day rolled up, bytes in, bytes out: what becomes of the month when one of its
 * blocks is damaged, or not there. */
#include "../../../src/store/roll.h"

#include <string.h>

#include "../../../src/store/units.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "stats/tally.h"
#include "unit.h"

#define MONTH_MS INT64_C(1754006400000) /* August 2025 */
#define MINUTE   INT64_C(60000)
#define SLOTS    1440
#define DAYS     31

/* The results of the days before `upto`; every day has others, day 3 has none. */
static bool result_of_slot(int day, int slot, struct result *ret)
{
    *ret = (struct result){.verdict = (slot + day) % 50 == 0 ? VERDICT_DOWN : VERDICT_UP,
                           .reason = (slot + day) % 50 == 0 ? REASON_TIMEOUT : REASON_OK,
                           .maintenance = day == 2 && slot < 100,
                           .lateness_us = (slot % 7) * 900 + day,
                           .phases = PHASES_NONE};
    ret->phases.total_us = 20000 + slot * 37 + day * 5000;
    return day != 3;
}

static void put_slots(int day, int from, int to, struct buf *out)
{
    unsigned char slots[SLOTS * SAMPLE_BYTES] = {0};
    struct result r;

    for (int i = from; i < to; i++) {
        if (result_of_slot(day, i, &r))
            sample_encode(&r, slots + (size_t)i * SAMPLE_BYTES);
    }
    buf_put(out, slots, sizeof slots);
    buf_str(out, BLOCK_FORMAT);
}

static void put_month(struct buf *hours, struct buf *days, int upto)
{
    struct units *h = units_new(DAYS * 24), *d = units_new(DAYS);
    unsigned char slot[SAMPLE_BYTES];
    struct result r;

    for (int i = 0; i < upto * SLOTS; i++) {
        if (!result_of_slot(i / SLOTS, i % SLOTS, &r))
            continue;
        sample_encode(&r, slot);
        assert_true(sample_decode(slot, &r));
        tally_add(units_at(h, (size_t)i / 60), &r);
        tally_add(units_at(d, (size_t)i / SLOTS), &r);
    }
    buf_clear(hours);
    buf_clear(days);
    units_write(h, hours);
    units_write(d, days);
    units_free(h);
    units_free(d);
}

static struct units *read_units(const struct buf *block, size_t n)
{
    struct units *u = units_new(n);
    struct err e = {""};

    if (units_read(u, block, &e) != 0)
        fail_msg("%s", e.text);
    return u;
}

/* All but the sum of lateness, which is a bucket of buckets: a sixteenth. */
static void assert_near(const struct units *is, const struct units *be)
{
    for (size_t i = 0; i < be->n; i++) {
        assert_int_equal(is->items[i] != NULL, be->items[i] != NULL);
        if (be->items[i] == NULL)
            continue;
        struct tally t = *is->items[i];
        double off = (double)t.late_sum_us / (double)be->items[i]->late_sum_us;
        assert_true(off > 15.0 / 16 && off < 17.0 / 16);
        t.late_sum_us = be->items[i]->late_sum_us;
        assert_true(tally_equal(&t, be->items[i]));
    }
}

enum state { FINE, BROKEN, GONE };

static void set_state(struct roll *r, enum part p, enum state s)
{
    r->in[p].there = s != GONE;
    if (s == BROKEN)
        r->in[p].p.p[r->in[p].p.len / 2] ^= 16;
}

static void start(struct roll *r, enum state hours, enum state days)
{
    roll_init(r, MINUTE, MONTH_MS + 9 * DAY_MS);
    put_month(&r->in[PART_HOUR].p, &r->in[PART_DAY].p, 9);
    set_state(r, PART_HOUR, hours);
    set_state(r, PART_DAY, days);
}

/* Day 9 is rolled up; before it there are eight with results. */
static void months_blocks__damaged_or_gone__the_hours_make_days_but_not_the_other_way(void **state)
{
    (void)state;
    static const struct {
        enum state hours, days;
        size_t hours_after, days_after, rebuilt;
    } cases[] = {
        {FINE, FINE, 9 * 24, 9, 0}, {FINE, BROKEN, 9 * 24, 9, 8}, {FINE, GONE, 9 * 24, 9, 8},
        {BROKEN, FINE, 24, 9, 0},   {GONE, FINE, 24, 9, 0},       {BROKEN, BROKEN, 24, 1, 0},
        {BROKEN, GONE, 24, 1, 0},   {GONE, GONE, 24, 1, 0},
    };
    struct buf hours, days;

    buf_init(&hours, SIZE_MAX);
    buf_init(&days, SIZE_MAX);
    put_month(&hours, &days, 10);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct roll r;
        start(&r, cases[i].hours, cases[i].days);
        r.in[PART_RAW].there = true;
        put_slots(9, 0, SLOTS, &r.in[PART_RAW].p);
        roll_compute(&r);
        assert_int_equal(r.in[PART_HOUR].damaged, cases[i].hours == BROKEN);
        assert_int_equal(r.in[PART_DAY].damaged, cases[i].days == BROKEN);
        assert_int_equal(r.rebuilt, cases[i].rebuilt);
        struct units *h = read_units(&r.out[PART_HOUR].p, DAYS * 24);
        struct units *d = read_units(&r.out[PART_DAY].p, DAYS);
        struct units *be = read_units(&days, DAYS);
        assert_int_equal(units_there(h), cases[i].hours_after);
        assert_int_equal(units_there(d), cases[i].days_after);
        if (cases[i].days_after == 9)
            assert_near(d, be);
        assert_true(tally_equal(d->items[9], be->items[9])); /* of the results themselves */
        units_free(h);
        units_free(d);
        units_free(be);
        roll_done(&r);
    }
    buf_done(&hours);
    buf_done(&days);
}

/* The results of the day have gone, and what came late is added to what its hours say. */
static void late__its_day_damaged_and_results_gone__added_to_the_hours(void **state)
{
    (void)state;
    for (enum state days = BROKEN; days <= GONE; days++) {
        struct roll r;
        start(&r, FINE, days);
        r.day_ms = MONTH_MS + 4 * DAY_MS;
        r.keep_raw = true;
        r.in[PART_LATE].there = true;
        put_slots(5, 0, 3, &r.in[PART_LATE].p);
        roll_compute(&r);
        assert_int_equal(r.rebuilt, 8);
        assert_false(r.out[PART_RAW].write); /* three results are not that day */
        struct units *d = read_units(&r.out[PART_DAY].p, DAYS);
        assert_int_equal(units_there(d), 8);
        assert_int_equal(tally_results(d->items[4]), SLOTS + 3);
        assert_int_equal(tally_results(d->items[5]), SLOTS);
        units_free(d);
        roll_done(&r);
    }
}

static void rebuild__hours_that_can_be_read__their_days__else_none(void **state)
{
    (void)state;
    static const size_t days[] = {[FINE] = 8, [BROKEN] = 0, [GONE] = 0};
    struct buf hours, whole;

    buf_init(&hours, SIZE_MAX);
    buf_init(&whole, SIZE_MAX);
    put_month(&hours, &whole, 9);
    for (enum state s = FINE; s <= GONE; s++) {
        struct roll r;
        start(&r, s, BROKEN);
        assert_int_equal(roll_rebuild_days(&r), days[s]);
        assert_int_equal(r.in[PART_DAY].there, s == FINE);
        if (s == FINE) {
            struct units *d = read_units(&r.in[PART_DAY].p, DAYS), *be = read_units(&whole, DAYS);
            assert_near(d, be);
            units_free(d);
            units_free(be);
        }
        roll_done(&r);
    }
    buf_done(&hours);
    buf_done(&whole);
}

static void units__of_other_bytes_that_say_the_same__are_equal(void **state)
{
    (void)state;
    struct buf hours, days, longer;

    buf_init(&hours, SIZE_MAX);
    buf_init(&days, SIZE_MAX);
    buf_init(&longer, SIZE_MAX);
    put_month(&hours, &days, 9);
    struct units *a = read_units(&days, DAYS), *b = read_units(&days, DAYS + 9);
    units_write(b, &longer);
    assert_false(longer.len == days.len && memcmp(longer.p, days.p, days.len) == 0);
    units_free(b);
    b = read_units(&longer, BLOCK_UNITS_MAX);
    assert_true(units_equal(a, b) && units_equal(b, a));
    b->items[7]->hist.count[200]++;
    assert_false(units_equal(a, b));
    b->items[7]->hist.count[200]--;
    units_drop(b, 7);
    assert_false(units_equal(a, b) || units_equal(b, a));
    units_free(a);
    units_free(b);
    buf_done(&hours);
    buf_done(&days);
    buf_done(&longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_blocks__damaged_or_gone__the_hours_make_days_but_not_the_other_way),
        cmocka_unit_test(late__its_day_damaged_and_results_gone__added_to_the_hours),
        cmocka_unit_test(rebuild__hours_that_can_be_read__their_days__else_none),
        cmocka_unit_test(units__of_other_bytes_that_say_the_same__are_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
