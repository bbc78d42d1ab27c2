/* test_why_delivery.c - one page: who asked for it, each try, its end. */
#include "asking_why.h"

static void refused__handed_on__says_to_whom(void **state)
{
    (void)state;
    struct past *p = open_case(BENCH_LADDER);
    end(p, "a", "refused", 1);
    struct why_facts f = facts_of(p, 2);
    const char *text = ask(why_incident, &f);
    expect_line(text, "; not through yet: b; not reached: a; not acknowledged for 2s\n");
    expect_line(text, "\n+1 page to channel a did not get through: handed on to channel b\n");
    f.delivery = &f.deliveries[0];
    expect_line(ask(why_delivery, &f), ": the page to channel a was refused for good: ");
    expect_line(buf_text(&said), "; handed on to channel b\n");
    forget(p);

    /* to the same person's next channel */
    p = open_case("  p: { steps: [ { notify: ['person:cy'] } ] }\n");
    end(p, "a", "refused", 1);
    f = facts_of(p, 2);
    expect_line(ask(why_incident, &f),
                "\n+1 page to cy by a did not get through: handed on to cy by b\n");
    forget(p);

    /* what was tried before is no successor: the next step is */
    p = open_case("  p: { steps: [ { notify: ['person:cy'] }, { after: 20m, notify: ['channel:f'] "
                  "} ] }\n");
    end(p, "a", "dead", 0);
    bench_tick(&p->b, 60);
    end(p, "b", "refused", 61);
    end(p, "c", "refused", 62);
    f = facts_of(p, 70);
    expect_line(ask(why_incident, &f),
                " page to cy by c did not get through: handed on to channel f\n");
    forget(p);
}

static const struct {
    struct delivery d;
    const char *answer;
} deliveries[] = {
    {{.state = DELIVERY_WAITING, .due_ms = S(400), .created_ms = S(400)},
     "the page to ana by push goes out in 5m unless somebody acknowledges before\n"},
    {{.state = DELIVERY_WAITING, .due_ms = S(100), .created_ms = S(100)},
     "the page to ana by push waits its turn to be sent\n"},
    {{.state = DELIVERY_WAITING, .due_ms = S(104), .attempt = 3, .error = "answered 503"},
     "the page to ana by push has not got through: attempt 3 ended with answered 503; tried "
     "again in 4s\n"},
    {{.state = DELIVERY_WAITING, .due_ms = S(99), .attempt = 3},
     "attempt 3 ended with no reason given; tried again at once\n"},
    {{.state = DELIVERY_SENDING, .attempt = 2},
     "the page to ana by push is being sent, attempt 2\n"},
    {{.state = DELIVERY_DELIVERED, .attempt = 2, .created_ms = S(0), .done_ms = S(3)},
     "the page to ana by push was delivered at attempt 2, 3s after it was due\n"},
    {{.state = DELIVERY_REFUSED, .attempt = 1, .error = "answered 404", .handed_on = true},
     "the page to ana by push was refused for good: answered 404; handed on, but nobody was "
     "left who had not been told\n"},
    {{.state = DELIVERY_FAILED,
      .attempt = 300,
      .error = "answered 503",
      .notice.type = NOTICE_RESOLVED},
     "the note (resolved) to ana by push was given up after 300 attempts: answered 503\n"},
    {{.state = DELIVERY_OVERTAKEN, .created_ms = S(380), .done_ms = S(80)},
     "was never sent: overtaken, snoozed by bo for 1h; it was planned for 5m later\n"},
    {{.state = DELIVERY_OVERTAKEN, .attempt = 2, .done_ms = S(70)},
     "was given up: overtaken by what became of the incident\n"},
    {{.state = DELIVERY_OVERTAKEN, .done_ms = S(90), .notice.type = NOTICE_RESOLVED},
     "the note (resolved) to ana by push was never sent: the page it is about had not got "
     "there "
     "either\n"},
    {{.state = DELIVERY_DELIVERED, .attempt = 1, .notice.type = NOTICE_TEST},
     "the note (test) to ana by push was delivered at attempt 1, 0s after it was due\n"},
};

static void delivery__each_state__in_one_sentence(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct incident i = bench_incident();
    struct transition snoozed = moved("snoozed", 80, "snoozed by bo for 1h");
    for (size_t k = 0; k < sizeof deliveries / sizeof *deliveries; k++) {
        struct delivery d = deliveries[k].d;
        text_copy(d.id, sizeof d.id, "1n7abcdef012-abc");
        text_copy(d.notice.incident, sizeof d.notice.incident, i.id);
        text_copy(d.notice.person, sizeof d.notice.person, "ana");
        text_copy(d.notice.channel, sizeof d.notice.channel, "push");
        text_copy(d.notice.why, sizeof d.notice.why, "policy p, step 0: ana");
        d.notice.at_ms = S(0);
        struct why_facts f = {.config = c,
                              .now_ms = S(100),
                              .incident = &i,
                              .delivery = &d,
                              .transitions = &snoozed,
                              .n_transitions = 1,
                              .deliveries = &d,
                              .n_deliveries = 1};
        expect_line(ask(why_delivery, &f), deliveries[k].answer);
        expect_line(buf_text(&said), " because of policy p, step 0: ana");
    }
    config_free(c);
}

static const struct {
    struct attempt a;
    const char *line;
} attempts[] = {
    {{.outcome = OUTCOME_OK, .status = 202, .took_ms = 84, .reached = REACHED_YES, .answer = "hi"},
     "page to channel a, attempt 1: taken with status 202, after 84ms\n"},
    {{.outcome = OUTCOME_RETRY,
      .status = 429,
      .took_ms = 1500,
      .error = "answered 429",
      .retry_after_ms = 30000},
     "attempt 1: answered 429, after 1.5s; asked to wait 30s\n"},
    {{.outcome = OUTCOME_RETRY, .error = "timeout", .took_ms = 5000, .reached = REACHED_MAYBE},
     "attempt 1: timeout, after 5s; it may have got through all the same\n"},
    {{.outcome = OUTCOME_PERMANENT, .error = "answered 404", .answer = "   gone  "},
     "attempt 1: refused for good: answered 404, after 0s; it said: gone  \n"},
    {{.outcome = OUTCOME_PERMANENT, .answer = "   "},
     "attempt 1: refused for good: no reason given, after 0s\n"},
};

static void attempt__each_outcome__with_its_words(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct delivery d = {.id = "1", .notice = {.channel = "a", .at_ms = S(0)}};
    for (size_t k = 0; k < sizeof attempts / sizeof *attempts; k++) {
        struct attempt a[2] = {attempts[k].a, {.delivery = "2", .number = 9}};
        a[0].at_ms = S(1);
        a[0].number = 1;
        text_copy(a[0].delivery, sizeof a[0].delivery, "1");
        struct why_facts f = {.config = c,
                              .now_ms = S(100),
                              .delivery = &d,
                              .deliveries = &d,
                              .n_deliveries = 1,
                              .attempts = a,
                              .n_attempts = 2};
        expect_line(ask(why_delivery, &f), attempts[k].line);
        assert_null(strstr(buf_text(&said), "attempt 9"));
    }
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused__handed_on__says_to_whom),
        cmocka_unit_test(delivery__each_state__in_one_sentence),
        cmocka_unit_test(attempt__each_outcome__with_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, last_said);
}
