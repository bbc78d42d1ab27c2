/* test_targets.c - which probes are made, and when. */
#include "staging.h"

#define SLOW                                                                                       \
    STAGE_HEAD                                                                                     \
    "defaults: { interval: 60s, retry_interval: 5s, fail_after: 3, recover_after: 2 }\n"           \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/' }, "                                     \
    "{ name: web, http: 'http://127.0.0.1:1/', depends_on: [api] }, "                              \
    "{ name: off, http: 'http://127.0.0.1:1/', enabled: false } ]\n"                               \
    "policies: { default: { steps: [ { notify: ['person:ana'] } ] } }\n"

static void outage__confirmed_after_retries__ended_after_slots(void **state)
{
    (void)state;
    story_says(SLOW, "- { at: +7s, down: api, for: 20s }\n", NULL,
               "triggered -@17 page ana@17 closed -@87 resolved ana@87");
}

static void outage__shorter_than_its_confirmation__is_none(void **state)
{
    (void)state;
    story_says(SLOW, "- { at: +0s, down: api, for: 9s }\n", NULL, "");
    story_says(SLOW,
               "- { at: +0s, down: api, for: 9s }\n- { at: +20s, down: api, for: 9s }\n"
               "- { at: +60s, down: api, for: 10s }\n",
               NULL, "");
}

static void outages__that_overlap__end_with_the_last(void **state)
{
    (void)state;
    story_says(SLOW, "- { at: +0s, down: api, for: 5m }\n- { at: +1m, down: api, for: 1m }\n",
               "closed", "-@360");
    story_says(SLOW, "- { at: +0s, down: api }\n- { at: +5m, up: api }\n", "closed", "-@360");
}

static void flaky__fails_the_first_half_of_each(void **state)
{
    (void)state;
    story_says(STAGE_HEAD "defaults: { interval: 10s, fail_after: 1, recover_after: 1 }\n"
                          "monitors: [ { name: api, http: 'http://127.0.0.1:1/' } ]\n"
                          "policies: { default: { flap: { changes: 0 }, reopen_window: 0s, "
                          "steps: [ { notify: ['person:ana'] } ] } }\n",
               "- { at: +10s, flaky: api, every: 60s, for: 2m }\n", NULL,
               "triggered -@10 page ana@10 closed -@40 resolved ana@40 "
               "triggered -@70 page ana@70 closed -@100 resolved ana@100");
}

static void resolved_by_hand_while_failing__confirmed_anew(void **state)
{
    (void)state;
    story_says(STAGE_ONE, "- { at: +0s, down: api }\n- { at: +65s, resolve: ana }\n", "reopened",
               "-@70");
}

static void child__of_a_parent_that_is_well__is_not_held(void **state)
{
    (void)state;
    story_says(SLOW, "- { at: +0s, down: web, for: 1m }\n", "suppressed", "");
    story_says(SLOW, "- { at: +0s, down: [web, api], for: 1m }\n", "suppressed", "-@10");
    /* its parent is back: it must fail on its own three times more */
    story_says(SLOW, "- { at: +0s, down: [web, api] }\n- { at: +5m, up: api }\n", "page",
               "ana@10 ana@540");
}

static void year__of_a_steady_outage__costs_no_probes(void **state)
{
    struct stage s;

    (void)state;
    stage_play(&s, SLOW, "{ until: +400d, events: [ { at: +0s, down: [api] } ] }");
    assert_int_equal(s.rc, 0);
    assert_told(&s, "page", "ana@10");
    stage_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outage__confirmed_after_retries__ended_after_slots),
        cmocka_unit_test(outage__shorter_than_its_confirmation__is_none),
        cmocka_unit_test(outages__that_overlap__end_with_the_last),
        cmocka_unit_test(flaky__fails_the_first_half_of_each),
        cmocka_unit_test(resolved_by_hand_while_failing__confirmed_anew),
        cmocka_unit_test(child__of_a_parent_that_is_well__is_not_held),
        cmocka_unit_test(year__of_a_steady_outage__costs_no_probes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
