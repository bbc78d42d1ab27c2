/* test_case.c - the verbs: what each changes, whom it tells, when the case wakes and closes. */
#include "bench.h"

#define FLAT "  p: { steps: [ { notify: ['channel:a'] } ] }\n"

/* --- beginning --- */

static void begin__first_step_at_once__is_one_commit_with_its_page(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    assert_string_equal(bench_pages(&b), "a triggered sending");
    assert_string_equal(bench_moves(&b), "triggered -> paged: step 0: paged a");
    assert_string_equal(b.fx.commit.transitions.items[0].name, b.c->incident.id);
    assert_int_equal(b.fx.commit.incidents.n, 1);
    assert_ptr_equal(b.fx.commit.incidents.items[0], &b.c->incident);
    assert_int_equal(b.fx.commit.deliveries.n, 1);
    assert_string_equal(bench_sends(&b), "a");
    assert_int_equal(b.c->incident.step, 0);
    assert_int_equal(b.c->incident.version, 1);
    assert_int_equal(b.c->incident.updated_ms, BENCH_START_MS);
    assert_int_equal(b.c->incident.step_due_ms, BENCH_START_MS + 300000);
    assert_false(b.closed);
    bench_settle(&b);
    assert_int_equal(b.fx.commit.incidents.n + b.fx.commit.deliveries.n + b.fx.sends.n, 3);
    bench_done(&b);
}

static void begin__first_step_later__pages_nobody_until_then(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "  p: { steps: [ { after: 5m, notify: ['channel:a'] } ] }\n");
    assert_string_equal(bench_pages(&b), "");
    assert_int_equal(b.c->incident.step, -1);
    assert_int_equal(b.fx.commit.incidents.n, 1);
    assert_int_equal(bench_wake_s(&b), 300);
    bench_tick(&b, 299);
    assert_string_equal(bench_pages(&b), "");
    assert_true(commit_empty(&b.fx.commit));
    bench_tick(&b, 300);
    assert_string_equal(bench_pages(&b), "a triggered sending");
    bench_done(&b);
}

/* --- resolve --- */

static void resolve__some_reached__tells_exactly_them_and_closes_when_told(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, BENCH_LADDER);
    bench_end(&b, "a", "ok", 1);
    bench_tick(&b, 300);
    bench_end(&b, "b", "dead", 301);
    bench_recover(&b, 302);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, b escalated overtaken, "
                                         "a resolved sending");
    assert_string_equal(bench_moves(&b), "triggered -> resolved: recovered");
    assert_int_equal(b.c->incident.resolved_ms, BENCH_START_MS + 302000);
    assert_int_equal(b.c->pages.items[2]->d.notice.resolved_ms, BENCH_START_MS + 302000);
    assert_string_equal(b.c->incident.resolved_by, "");
    assert_int_equal(b.c->incident.step_due_ms, 0);
    assert_int_equal(bench_wake_s(&b), -1);
    assert_false(b.closed);
    bench_end(&b, "a", "dead", 303);
    assert_false(b.closed);
    assert_in_range(bench_wake_s(&b), 303, 305);
    bench_tick(&b, 305);
    bench_end(&b, "a", "ok", 306);
    assert_true(b.closed);
    bench_done(&b);
}

static void resolve__nobody_reached__closes_at_once(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "dead", 1);
    bench_recover(&b, 2);
    assert_string_equal(bench_pages(&b), "a triggered overtaken");
    assert_true(b.closed);
    bench_done(&b);
}

static void resolve__says_by_whom_or_why(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    case_resolve(b.c, bench_at(&b, 1, CAUSE_PERSON), "never read");
    assert_string_equal(bench_moves(&b), "triggered -> resolved: resolved by zoe");
    assert_string_equal(b.c->incident.resolved_by, "zoe");
    bench_done(&b);
    bench_open(&b, FLAT);
    case_resolve(b.c, bench_at(&b, 1, CAUSE_RELOAD), "monitor api is disabled");
    assert_string_equal(bench_moves(&b), "triggered -> resolved: monitor api is disabled");
    bench_done(&b);
}

/* Both notes go to the same contact: the resolve comes last, the acknowledgement is old news. */
static void resolve__while_the_acknowledgement_is_told__waits_and_then_overtakes(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    bench_ack(&b, 2);
    bench_recover(&b, 3);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged sending, "
                                         "a resolved waiting");
    bench_end(&b, "a", "500", 4);
    assert_string_equal(bench_pages(&b), "a triggered delivered!, a acknowledged overtaken?, "
                                         "a resolved sending");
    bench_done(&b);
}

/* --- read back --- */

static void adopt__each_state__keeps_it_but_sends_again_what_was_on_its_way(void **state)
{
    static const struct {
        enum delivery_state was, becomes;
        enum reached reached, becomes_reached;
    } rows[] = {
        {DELIVERY_WAITING, DELIVERY_WAITING, REACHED_NO, REACHED_NO},
        {DELIVERY_SENDING, DELIVERY_WAITING, REACHED_NO, REACHED_MAYBE},
        {DELIVERY_SENDING, DELIVERY_WAITING, REACHED_MAYBE, REACHED_MAYBE},
        {DELIVERY_SENDING, DELIVERY_WAITING, REACHED_YES, REACHED_YES},
        {DELIVERY_DELIVERED, DELIVERY_DELIVERED, REACHED_YES, REACHED_YES},
        {DELIVERY_REFUSED, DELIVERY_REFUSED, REACHED_NO, REACHED_NO},
        {DELIVERY_FAILED, DELIVERY_FAILED, REACHED_NO, REACHED_NO},
        {DELIVERY_OVERTAKEN, DELIVERY_OVERTAKEN, REACHED_MAYBE, REACHED_MAYBE},
    };
    struct bench b;

    (void)state;
    bench_init(&b, FLAT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct delivery d = {.state = rows[i].was, .reached = rows[i].reached, .attempt = 3};
        struct page *p = case_adopt(b.c, &d);

        assert_int_equal(p->d.state, rows[i].becomes);
        assert_int_equal(p->d.reached, rows[i].becomes_reached);
        assert_int_equal(p->d.attempt, 3);
        assert_int_equal(p->dirty, rows[i].was == DELIVERY_SENDING);
        assert_ptr_equal(p->of, b.c);
        assert_ptr_equal(b.c->pages.items[i], p);
    }
    bench_done(&b);
}

/* Takes the case apart as a crash does: only incident and deliveries are left. */
static void die_and_return(struct bench *b, int64_t at_s)
{
    struct incident_case *back = case_new(&b->c->incident);

    for (size_t i = 0; i < b->c->pages.n; i++)
        case_adopt(back, &b->c->pages.items[i]->d);
    case_free(b->c);
    b->c = back;
    bench_at(b, at_s, CAUSE_START);
    bench_settle(b);
}

static void killed__while_a_page_is_on_its_way__sends_it_again_under_its_id(void **state)
{
    char id[DELIVERY_ID_SIZE];
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    text_copy(id, sizeof id, b.c->pages.items[0]->d.id);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered sending?");
    assert_string_equal(b.fx.sends.items[0]->id, id);
    assert_int_equal(b.fx.sends.items[0]->attempt, 2);
    bench_done(&b);
}

/* The page may have got through, so its note follows; but nobody is woken for what is over. */
static void killed__when_the_page_was_no_news_any_more__tells_only_how_it_went_on(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, FLAT);
    bench_recover(&b, 1);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, a resolved sending");
    assert_int_equal(b.fx.commit.deliveries.n, 2);
    bench_done(&b);
    bench_open(&b, FLAT);
    bench_ack(&b, 1);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, a acknowledged sending");
    bench_done(&b);
    bench_open(&b, FLAT);
    bench_ack(&b, 1);
    bench_unack(&b, 2);
    die_and_return(&b, 10);
    assert_string_equal(bench_pages(&b), "a triggered overtaken?, a acknowledged overtaken, "
                                         "a unacknowledged sending");
    bench_done(&b);
}

/* Its page was done and has left the store: the note was decided, so it goes out. */
static void killed__note_without_its_page__goes_out(void **state)
{
    struct bench b;
    struct delivery note;

    (void)state;
    bench_open(&b, FLAT);
    bench_end(&b, "a", "ok", 1);
    bench_recover(&b, 2);
    note = b.c->pages.items[1]->d;
    mem_free(b.c->pages.items[0]);
    mem_free(b.c->pages.items[1]);
    b.c->pages.n = 0;
    case_adopt(b.c, &note);
    bench_at(&b, 3, CAUSE_START);
    bench_settle(&b);
    assert_string_equal(bench_pages(&b), "a resolved sending?");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begin__first_step_at_once__is_one_commit_with_its_page),
        cmocka_unit_test(begin__first_step_later__pages_nobody_until_then),
        cmocka_unit_test(resolve__some_reached__tells_exactly_them_and_closes_when_told),
        cmocka_unit_test(resolve__nobody_reached__closes_at_once),
        cmocka_unit_test(resolve__says_by_whom_or_why),
        cmocka_unit_test(resolve__while_the_acknowledgement_is_told__waits_and_then_overtakes),
        cmocka_unit_test(adopt__each_state__keeps_it_but_sends_again_what_was_on_its_way),
        cmocka_unit_test(killed__while_a_page_is_on_its_way__sends_it_again_under_its_id),
        cmocka_unit_test(killed__when_the_page_was_no_news_any_more__tells_only_how_it_went_on),
        cmocka_unit_test(killed__note_without_its_page__goes_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
