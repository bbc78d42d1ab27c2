/* test_turns.c - at most so many a minute, in order, and none forgotten. */
#include "../loop/help.h"

#include <stdio.h>
#include <string.h>

#include "app/turns.h"
#include "base/text.h"

#define MINUTE_US INT64_C(60000000)

static struct loop loop;
static struct turns turns;
static int begun[1000];
static size_t n_begun;
static int again; /* attempts that ask for another turn from inside */

static void on_begin(void *arg, const struct turn *t)
{
    (void)arg;
    assert_true(n_begun < 1000);
    begun[n_begun++] = t->attempt;
    if (again > 0) {
        again--;
        turns_take(&turns, "sms", &(struct turn){.attempt = 500 + again});
    }
}

static void configure(int sms, int push)
{
    struct channel list[2] = {{.name = "sms", .most_per_minute = sms},
                              {.name = "push", .most_per_minute = push}};
    struct config c = {.channels = list, .n_channels = push < 0 ? 1 : 2};

    turns_configure(&turns, &c);
}

static void take(const char *channel, int from, int n)
{
    for (int i = 0; i < n; i++)
        turns_take(&turns, channel, &(struct turn){.attempt = from + i});
}

/* As if so much time had gone by since every beginning. */
static void age(int64_t us)
{
    for (size_t i = 0; i < turns.lanes.n; i++)
        for (size_t k = 0; k < turns.lanes.items[i]->most; k++)
            if (turns.lanes.items[i]->begun_us[k])
                turns.lanes.items[i]->begun_us[k] -= us;
}

static void in_order(int n)
{
    assert_int_equal(n_begun, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(begun[i], i);
}

static int set_up(void **state)
{
    (void)state;
    must_init(&loop);
    turns_init(&turns, &loop, on_begin, NULL);
    n_begun = 0;
    again = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    turns_stop(&turns);
    turns_done(&turns);
    loop_run(&loop);
    loop_done(&loop);
    return 0;
}

static void channel__without_a_limit__never_waits(void **state)
{
    (void)state;
    configure(0, 0);
    take("sms", 0, 100);
    take("nobody-knows-it", 100, 1);
    in_order(101);
}

static void channel__with_a_limit__waits_in_order_and_alone(void **state)
{
    (void)state;
    configure(3, 0);
    take("sms", 0, 8);
    in_order(3);
    assert_int_equal(turns_waiting(&turns), 5);
    take("push", 3, 2); /* another channel has nothing to do with it */
    in_order(5);
    n_begun = 3;
    age(MINUTE_US - 1000000);
    configure(3, 0);
    in_order(3);
    age(1000000);
    configure(3, 0);
    in_order(6);
    age(MINUTE_US);
    configure(3, 0);
    in_order(8);
    assert_int_equal(turns_waiting(&turns), 0);
}

static void turn__when_its_time_comes__begins_by_itself(void **state)
{
    volatile bool done = false;

    (void)state;
    configure(2, 0);
    take("sms", 0, 1);
    age(MINUTE_US / 2);
    take("sms", 1, 1);
    age(MINUTE_US / 2 - 50000); /* the first is free again in 50 ms, the second in 30 s */
    take("sms", 2, 2);
    assert_false(turn_until(&loop, &done, 20));
    in_order(2);
    assert_false(turn_until(&loop, &done, 200));
    in_order(3);
}

/* The last minute never saw more than the limit, whatever was asked when. */
static void beginnings__at_any_time__are_within_the_limit(void **state)
{
    int64_t seen_us[1000], now_us = 0;
    uint64_t seed = 42;
    size_t known = 0;

    (void)state;
    configure(7, 0);
    for (int i = 0; i < 400; i++) {
        int64_t step_us;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        step_us = (int64_t)(seed >> 40) % (20 * 1000000);
        now_us += step_us;
        age(step_us);
        take("sms", i, 1 + (int)(seed >> 62));
        configure(7, 0);
        while (known < n_begun && known < 1000)
            seen_us[known++] = now_us;
        for (size_t k = 7; k < known; k++)
            assert_true(seen_us[k] - seen_us[k - 7] >= MINUTE_US - 100000);
        if (n_begun > 900)
            break;
    }
    assert_true(known > 100);
}

static void limit__changed__counts_what_has_begun(void **state)
{
    (void)state;
    configure(5, 0);
    take("sms", 0, 4);
    configure(3, 0); /* three of the last minute fill it */
    take("sms", 4, 2);
    in_order(4);
    configure(6, 0); /* three are known: three more */
    in_order(6);
    take("sms", 6, 2);
    in_order(7);
    configure(0, 0);
    in_order(8);
}

static void channel__that_leaves_the_file__lets_all_begin(void **state)
{
    (void)state;
    configure(0, 1);
    take("push", 0, 4);
    in_order(1);
    configure(0, -1);
    in_order(4);
}

static void beginning__that_asks_for_another_turn__waits_behind_the_others(void **state)
{
    (void)state;
    configure(2, 0);
    again = 2;
    take("sms", 0, 1); /* 0, and from inside 501, which asks for 500 */
    assert_int_equal(n_begun, 2);
    assert_int_equal(turns_waiting(&turns), 1);
    take("sms", 1, 1);
    age(MINUTE_US);
    configure(2, 0);
    assert_int_equal(n_begun, 4);
    assert_int_equal(begun[1], 501);
    assert_int_equal(begun[2], 500);
    assert_int_equal(begun[3], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        T(channel__without_a_limit__never_waits),
        T(channel__with_a_limit__waits_in_order_and_alone),
        T(turn__when_its_time_comes__begins_by_itself),
        T(beginnings__at_any_time__are_within_the_limit),
        T(limit__changed__counts_what_has_begun),
        T(channel__that_leaves_the_file__lets_all_begin),
        T(beginning__that_asks_for_another_turn__waits_behind_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
