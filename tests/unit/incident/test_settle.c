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

/* --- over --- */

static void closed__resolved_and_its_window_over_and_everything_told__not_before(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_tick(&b, 90000);
    assert_false(b.closed);
    bench_recover(&b, 90000);
    assert_false(b.closed);
    bench_take(&b, 90001);
    assert_int_equal(bench_wake_s(&b), 90600);
    bench_tick(&b, 90599);
    assert_false(b.closed);
    bench_tick(&b, 90600);
    assert_true(b.closed);
    bench_done(&b);
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_recover(&b, 100);
    bench_tick(&b, 800);
    assert_false(b.closed); /* its note is on its way */
    assert_int_equal(bench_wake_s(&b), -1);
    bench_end(&b, "a", "ok", 801);
    assert_true(b.closed);
    bench_done(&b);
}

/* --- words, notes and what was replayed --- */

/* A word is for whoever it is for, paged or not; a note only for who was. */
static void settle__word_to_somebody_never_paged__goes_out(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_take(&b, 1);
    bench_at(&b, 2, CAUSE_TIMER);
    page_word(b.c, &b.desk, NOTICE_HANDOFF, config_person(b.config, "bo"), "days");
    bench_settle(&b);
    assert_string_equal(bench_news(&b), "b handoff");
    bench_done(&b);
}

static void settle__note_for_who_never_got_the_page__is_overtaken(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a', 'channel:b'] } ] }\n");
    bench_end(&b, "a", "ok", 1);
    bench_snooze(&b, 3600, 2); /* b may still get it */
    bench_end(&b, "b", "dead", 3);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b triggered overtaken, "
                                         "a snoozed sending, b snoozed overtaken");
    bench_done(&b);
}

/* Somebody asked for it: whatever becomes of the incident. */
static void settle__replayed__goes_out_and_is_not_overtaken(void **state)
{
    struct bench b;
    struct page *p;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_end(&b, "a", "ok", 1);
    bench_recover(&b, 2);
    bench_take(&b, 3);
    p = b.c->pages.items[0];
    p->d.state = DELIVERY_WAITING;
    p->d.replayed = true;
    p->d.due_ms = p->d.created_ms = BENCH_START_MS + 10000;
    bench_tick(&b, 10);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_end(&b, "a", "dead", 11);
    bench_reopen(&b, 12);
    assert_string_equal(bench_pages(&b),
                        "a triggered waiting!, a resolved delivered!, a triggered waiting");
    bench_tick(&b, 14);
    assert_string_equal(bench_news(&b), "a triggered");
    bench_take(&b, 15);
    assert_string_equal(bench_pages(&b),
                        "a triggered delivered!, a resolved delivered!, a triggered delivered!");
    bench_done(&b);
}

static void settle__replayed_note_to_who_never_got_the_page__goes_out(void **state)
{
    struct bench b;
    struct page *p;

    (void)state;
    bench_open(&b, "  p: { steps: [ { notify: ['channel:a', 'channel:b'] } ] }\n");
    bench_keep(&b);
    bench_end(&b, "a", "ok", 1);
    bench_recover(&b, 2);
    bench_end(&b, "b", "dead", 3);
    bench_take(&b, 4);
    p = b.c->pages.items[3];
    assert_int_equal(p->d.state, DELIVERY_OVERTAKEN);
    p->d.state = DELIVERY_WAITING;
    p->d.replayed = true;
    bench_tick(&b, 10);
    assert_string_equal(bench_news(&b), "b resolved");
    bench_done(&b);
}

/* The note of the first end was under way all the while: one end is enough. */
static void settle__second_end_before_the_first_was_told__is_told_once(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_keep(&b);
    bench_take(&b, 1);
    bench_recover(&b, 10);
    bench_reopen(&b, 11);
    bench_recover(&b, 12);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a resolved sending, "
                                         "a triggered overtaken, a resolved waiting");
    bench_end(&b, "a", "ok", 13);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a resolved delivered!, "
                                         "a triggered overtaken, a resolved overtaken");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settle__two_pages_for_one_contact__never_both_on_their_way),
        cmocka_unit_test(settle__same_channel_for_two_people__are_two_contacts),
        cmocka_unit_test(settle__earlier_page_not_due__does_not_block),
        cmocka_unit_test(settle__same_contact_later_by_a_rule__does_not_block),
        cmocka_unit_test(closed__resolved_and_its_window_over_and_everything_told__not_before),
        cmocka_unit_test(settle__word_to_somebody_never_paged__goes_out),
        cmocka_unit_test(settle__note_for_who_never_got_the_page__is_overtaken),
        cmocka_unit_test(settle__replayed__goes_out_and_is_not_overtaken),
        cmocka_unit_test(settle__replayed_note_to_who_never_got_the_page__goes_out),
        cmocka_unit_test(settle__second_end_before_the_first_was_told__is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
