/* test_state.c - every sequence of results up to seven, against an oracle that looks back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "eval/state.h"

#define LONGEST 7

/* A history of verdicts; result i happened at instant (i + 1) * 10. */
struct history {
    enum verdict v[64];
    int n;
};

static int64_t instant(int i)
{
    return (i + 1) * 10;
}

/* --- the oracle: the whole history, nothing carried but states and dates ---------------- */

enum run_class { CLASS_BAD, CLASS_GOOD, CLASS_WARNED, CLASS_CLEAN };

static bool is(enum verdict v, enum run_class c)
{
    switch (c) {
    case CLASS_BAD:
        return v == VERDICT_DOWN;
    case CLASS_GOOD:
        return v == VERDICT_UP || v == VERDICT_DEGRADED;
    case CLASS_WARNED:
        return v == VERDICT_DEGRADED;
    case CLASS_CLEAN:
        return v == VERDICT_UP;
    }
    return false;
}

/* How many of a class end the first n results, unknown ones taken out; where they began. */
static int ending_with(const struct history *h, int n, enum run_class c, int64_t *ret_began)
{
    int run = 0;
    for (int i = n - 1; i >= 0; i--) {
        if (h->v[i] == VERDICT_UNKNOWN)
            continue;
        if (!is(h->v[i], c))
            break;
        run++;
        *ret_began = instant(i);
    }
    return run;
}

struct belief {
    enum monitor_state state;
    int64_t since;
};

static struct belief oracle(const struct history *h, int n, int fail, int recover)
{
    if (n == 0)
        return (struct belief){MONITOR_PENDING, 0};
    struct belief b = oracle(h, n - 1, fail, recover);
    if (h->v[n - 1] == VERDICT_UNKNOWN)
        return b;
    int64_t bad_at = 0, good_at = 0, warned_at = 0, clean_at = 0;
    int bad = ending_with(h, n, CLASS_BAD, &bad_at);
    int good = ending_with(h, n, CLASS_GOOD, &good_at);
    int warned = ending_with(h, n, CLASS_WARNED, &warned_at);
    int clean = ending_with(h, n, CLASS_CLEAN, &clean_at);

    if (b.state != MONITOR_DOWN && bad >= fail)
        return (struct belief){MONITOR_DOWN, bad_at};
    if (b.state == MONITOR_PENDING && good >= 1)
        return (struct belief){warned >= fail ? MONITOR_DEGRADED : MONITOR_UP, good_at};
    if (b.state == MONITOR_DOWN && good >= recover)
        return (struct belief){warned >= fail || warned == good ? MONITOR_DEGRADED : MONITOR_UP,
                               good_at};
    if (b.state == MONITOR_UP && warned >= fail)
        return (struct belief){MONITOR_DEGRADED, warned_at};
    if (b.state == MONITOR_DEGRADED && clean >= recover)
        return (struct belief){MONITOR_UP, clean_at};
    return b;
}

static int unknown_at_end(const struct history *h, int n)
{
    int run = 0;
    while (run < n && h->v[n - 1 - run] == VERDICT_UNKNOWN)
        run++;
    return run;
}

/* --- the tests -------------------------------------------------------------------------- */

static bool step(struct monitor_status *s, int after, enum verdict v, int64_t at_ms,
                 enum monitor_state *from)
{
    struct result r = {.verdict = v, .at_ms = at_ms};
    return state_step(s, after, 2, &r, from);
}

static void check_last(const struct history *h, struct monitor_status *s, int fail, int recover)
{
    struct belief before = oracle(h, h->n - 1, fail, recover);
    struct belief after = oracle(h, h->n, fail, recover);
    enum monitor_state from = MONITOR_UNKNOWN;
    struct result r = {.verdict = h->v[h->n - 1], .at_ms = instant(h->n - 1)};
    bool moved = state_step(s, fail, recover, &r, &from);
    assert_int_equal(s->state, after.state);
    assert_int_equal(s->since_ms, after.since);
    assert_int_equal(moved, before.state != after.state);
    assert_int_equal(from, moved ? before.state : MONITOR_UNKNOWN);
    assert_int_equal(s->last.at_ms, instant(h->n - 1));
    assert_int_equal(s->last.verdict, h->v[h->n - 1]);
    assert_int_equal(s->unknown, unknown_at_end(h, h->n));
    assert_int_equal(state_shown(s, fail),
                     unknown_at_end(h, h->n) >= fail ? MONITOR_UNKNOWN : after.state);
}

static long sequences;

static void explore(struct history *h, const struct monitor_status *s, int fail, int recover)
{
    if (h->n == LONGEST)
        return;
    h->n++;
    for (int v = VERDICT_UP; v <= VERDICT_UNKNOWN; v++) {
        struct monitor_status next = *s;
        h->v[h->n - 1] = (enum verdict)v;
        check_last(h, &next, fail, recover);
        sequences++;
        explore(h, &next, fail, recover);
    }
    h->n--;
}

static void step__every_sequence_and_threshold__agrees_with_the_oracle(void **state)
{
    (void)state;
    for (int fail = 1; fail <= 3; fail++) {
        for (int recover = 1; recover <= 3; recover++) {
            struct history h = {.n = 0};
            struct monitor_status s = {0};
            explore(&h, &s, fail, recover);
        }
    }
    assert_int_equal(sequences, 9 * (4L + 16 + 64 + 256 + 1024 + 4096 + 16384));
}

static void step__long_random_sequences__agree_with_the_oracle(void **state)
{
    (void)state;
    uint64_t seed = 20261122;
    for (int round = 0; round < 200; round++) {
        int fail = 1 + round % 5, recover = 1 + round / 5 % 5;
        struct history h = {.n = 0};
        struct monitor_status s = {0};
        while (h.n < 40) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bool again = h.n > 0 && (seed >> 60) < 11;
            h.v[h.n] = again ? h.v[h.n - 1] : (enum verdict)(seed >> 40 & 3);
            h.n++;
            check_last(&h, &s, fail, recover);
        }
    }
}

/* Stated once more without the oracle: a page needs fail_after bad results in a row. */
static void step__fewer_than_fail_after_bad__never_goes_down(void **state)
{
    (void)state;
    struct monitor_status s = {0};
    enum monitor_state from;
    for (int i = 0; i < 100; i++) {
        step(&s, 3, i % 3 == 2 ? VERDICT_UP : VERDICT_DOWN, i, &from);
        step(&s, 3, VERDICT_UNKNOWN, i, &from);
        assert_int_not_equal(s.state, MONITOR_DOWN);
    }
}

static void step__unknown_between_bad_ones__neither_counts_nor_breaks_the_row(void **state)
{
    (void)state;
    struct monitor_status s = {0};
    enum monitor_state from;
    step(&s, 2, VERDICT_UP, 10, &from);
    step(&s, 2, VERDICT_DOWN, 20, &from);
    for (int i = 0; i < 5; i++)
        assert_false(step(&s, 2, VERDICT_UNKNOWN, 30 + i, &from));
    assert_int_equal(state_shown(&s, 2), MONITOR_UNKNOWN);
    assert_true(step(&s, 2, VERDICT_DOWN, 40, &from));
    assert_int_equal(from, MONITOR_UP);
    assert_int_equal(s.since_ms, 20);
    assert_int_equal(state_shown(&s, 2), MONITOR_DOWN);
}

static void step__warned_in_the_middle_of_good__is_dated_to_the_first_warned(void **state)
{
    (void)state;
    struct monitor_status s = {0};
    enum monitor_state from;
    static const enum verdict row[] = {VERDICT_UP, VERDICT_UP, VERDICT_DEGRADED, VERDICT_DEGRADED};
    for (int i = 0; i < 4; i++)
        assert_int_equal(step(&s, 2, row[i], instant(i), &from), i == 0 || i == 3);
    assert_int_equal(s.state, MONITOR_DEGRADED);
    assert_int_equal(s.since_ms, instant(2));
    assert_int_equal(s.streak_ms, instant(0));
}

static void step__streaks_at_their_largest__do_not_overflow(void **state)
{
    (void)state;
    struct monitor_status s = {
        .state = MONITOR_UP, .good = INT32_MAX, .clean = INT32_MAX, .unknown = INT32_MAX};
    enum monitor_state from;
    step(&s, 2, VERDICT_UNKNOWN, 1, &from);
    assert_int_equal(s.unknown, INT32_MAX);
    step(&s, 2, VERDICT_UP, 2, &from);
    assert_int_equal(s.good, INT32_MAX);
    assert_int_equal(s.state, MONITOR_UP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step__every_sequence_and_threshold__agrees_with_the_oracle),
        cmocka_unit_test(step__long_random_sequences__agree_with_the_oracle),
        cmocka_unit_test(step__fewer_than_fail_after_bad__never_goes_down),
        cmocka_unit_test(step__unknown_between_bad_ones__neither_counts_nor_breaks_the_row),
        cmocka_unit_test(step__warned_in_the_middle_of_good__is_dated_to_the_first_warned),
        cmocka_unit_test(step__streaks_at_their_largest__do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
