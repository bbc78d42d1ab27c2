/* test_settle.c - what may start, starts, in order; and when a case is over. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"

static void settle__two_pages_for_one_contact__never_both_on_their_way(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a'] }, { after: 2s, "
                   "notify: ['channel:a', 'channel:b'] } ] }\n");
    bench_tick(&b, 2);
    assert_string_equal(bench_pages(&b),
                        "a triggered sending, a escalated waiting, b escalated sending");
    bench_end(&b, "a", "dead", 3);
    assert_string_equal(bench_sends(&b), "");
    assert_in_range(case_wake_ms(b.c), BENCH_START_MS + 3001, BENCH_START_MS + 4500);
    bench_tick(&b, 5);
    assert_string_equal(bench_sends(&b), "a");
    assert_int_equal(b.c->pages.items[0]->d.attempt, 2);
    bench_end(&b, "a", "ok", 6);
    assert_string_equal(bench_sends(&b), "a");
    assert_string_equal(bench_pages(&b),
                        "a triggered delivered!, a escalated sending, b escalated sending");
    bench_done(&b);
}

static void settle__same_channel_for_two_people__are_two_contacts(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['person:ana', 'person:cy', 'channel:a'] } ] }\n");
    assert_string_equal(bench_sends(&b), "a a a");
    bench_done(&b);
}

/* A personal rule whose time has not come holds up nobody. */
static void settle__earlier_page_not_due__does_not_block(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['person:cy'] }, { after: 1m, notify: ['person:bo'] },"
               " { notify: ['person:cy'] } ] }\n");
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 60);
    bench_tick(&b, 60);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b triggered waiting, "
                                         "c triggered waiting, b escalated sending, "
                                         "a escalated sending, b escalated waiting, "
                                         "c escalated waiting");
    bench_done(&b);
}

static void settle__same_contact_later_by_a_rule__does_not_block(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b,
               "  p: { steps: [ { notify: ['person:di'] } ], repeat: { times: 1, every: 2m } }\n");
    assert_int_equal(b.fx.commit.deliveries.n, 2); /* also the one whose time has not come */
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 120);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a triggered waiting, "
                                         "a escalated sending, a escalated waiting");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settle__two_pages_for_one_contact__never_both_on_their_way),
        cmocka_unit_test(settle__same_channel_for_two_people__are_two_contacts),
        cmocka_unit_test(settle__earlier_page_not_due__does_not_block),
        cmocka_unit_test(settle__same_contact_later_by_a_rule__does_not_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
