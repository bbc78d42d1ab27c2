/* test_tell.c - entries: what stands in them, and what does not. */
#include "staging.h"

static const struct entry *first(const struct stage *s, const char *event)
{
    for (size_t i = 0; i < s->bill.entries.n; i++)
        if (text_eq(s->bill.entries.items[i].event, event))
            return &s->bill.entries.items[i];
    fail_msg("no %s", event);
    return NULL;
}

static void entry__of_a_page__says_all_of_it(void **state)
{
    struct stage s;
    const struct entry *e;

    (void)state;
    stage_play(&s, STAGE_ONE, "events: [ { at: +0s, down: [api] }, { at: +7m, ack: ana } ]");
    e = first(&s, "page");
    assert_string_equal(e->monitor, "api");
    assert_string_equal(e->person, "ana");
    assert_string_equal(e->channel, "a");
    assert_string_equal(e->why, "policy default, step 0: ana");
    assert_int_equal(e->step, 0);
    assert_int_equal(e->loop, 0);
    assert_true(entry_is_page(e));
    e = first(&s, "triggered");
    assert_string_equal(e->incident, first(&s, "page")->incident);
    assert_null(e->person);
    assert_null(e->channel);
    assert_int_equal(e->step, -1);
    assert_false(entry_is_page(e));
    assert_int_equal(first(&s, "escalated")->step, 1);
    assert_string_equal(first(&s, "acknowledged")->person, "ana");
    stage_done(&s);
}

static void entry__of_what_is_held__says_why(void **state)
{
    struct stage s;

    (void)state;
    stage_play(&s, STAGE_ONE,
               "events: [ { at: +0s, silence: api, for: 1h, by: bo }, { at: +0s, down: [api] } ]");
    assert_non_null(strstr(first(&s, "suppressed")->why, "silence"));
    assert_non_null(strstr(first(&s, "suppressed")->why, "by bo"));
    stage_done(&s);
}

static void reminder__once_for_each_and_not_the_transition_too(void **state)
{
    (void)state;
    story_says(STAGE_HEAD "defaults: { interval: 10s, fail_after: 1, recover_after: 1 }\n"
                          "monitors: [ { name: api, http: 'http://127.0.0.1:1/' } ]\n"
                          "policies: { default: { remind: 10m, "
                          "steps: [ { notify: ['person:ana'] } ] } }\n",
               "- { at: +0s, down: api, for: 25m }\n- { at: +1m, ack: ana }\n", NULL,
               "triggered -@0 page ana@0 acknowledged ana@60 told ana@60 reminder ana@660 "
               "reminder ana@1260 closed -@1500 resolved ana@1500");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry__of_a_page__says_all_of_it),
        cmocka_unit_test(entry__of_what_is_held__says_why),
        cmocka_unit_test(reminder__once_for_each_and_not_the_transition_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
