/* test_rehearse.c - the clock of a rehearsal: order, ends, limits, results from outside. */
#include "staging.h"

static void story__of_one_outage__told_in_order(void **state)
{
    (void)state;
    story_says(STAGE_ONE, "- { at: +0s, down: api, for: 6m }\n", NULL,
               "triggered -@0 page ana@0 escalated -@300 page bo@300 closed -@360 resolved ana@360 "
               "resolved bo@360");
}

static void until__before_a_step__it_is_not_told(void **state)
{
    struct stage s;

    (void)state;
    stage_play(&s, STAGE_ONE, "{ until: +299s, events: [ { at: +0s, down: [api] } ] }");
    assert_told(&s, "page", "ana@0");
    stage_done(&s);
    stage_play(&s, STAGE_ONE, "{ until: +300s, events: [ { at: +0s, down: [api] } ] }");
    assert_told(&s, "page", "ana@0 bo@300");
    stage_done(&s);
}

static void events__of_one_instant__as_they_were_told(void **state)
{
    (void)state;
    story_says(STAGE_ONE,
               "- { at: +0s, down: api }\n- { at: +0s, ack: ana }\n- { at: +60s, resolve: bo }\n"
               "- { at: +60s, up: api }\n",
               NULL,
               "triggered -@0 page ana@0 acknowledged ana@0 told ana@0 closed bo@60 "
               "resolved ana@60");
    story_says(
        STAGE_ONE,
        "- { at: +0s, maintenance: api, for: 60s }\n- { at: +0s, down: api, for: 90s }\n", NULL,
        "triggered -@0 suppressed -@0 released -@60 page ana@60 closed -@90 resolved ana@90");
}

static void story__that_fills_the_playbill__ends_with_a_word(void **state)
{
    struct stage s;

    (void)state;
    stage_play(&s,
               STAGE_HEAD "defaults: { interval: 1s, fail_after: 1, recover_after: 1 }\n"
                          "monitors: [ { name: api, http: 'http://127.0.0.1:1/' } ]\n"
                          "policies: { default: { flap: { changes: 0 }, reopen_window: 0s, "
                          "steps: [ { notify: ['person:ana'] } ] } }\n",
               "{ until: +300d, events: [ { at: +0s, flaky: api, every: 2s } ] }");
    assert_int_equal(s.rc, -1);
    assert_non_null(strstr(s.err.text, "more than 200000 things"));
    stage_done(&s);
}

static void results__from_outside__move_it_and_nothing_is_probed(void **state)
{
    struct result bad = {.verdict = VERDICT_DOWN, .reason = REASON_CONNECT};
    struct result good = {.verdict = VERDICT_UP};
    struct rehearsal *r;
    struct stage s;

    (void)state;
    stage_load(&s, STAGE_ONE, "{ events: [] }");
    r = rehearsal_new(s.config, STAGE_START_MS, &s.bill);
    good.at_ms = STAGE_START_MS;
    assert_int_equal(rehearsal_result(r, "api", &good, STAGE_START_MS, NULL), 0);
    bad.at_ms = STAGE_START_MS + 10000;
    assert_int_equal(rehearsal_result(r, "api", &bad, STAGE_START_MS + 10000, NULL), 0);
    good.at_ms = STAGE_START_MS + 400000;
    assert_int_equal(rehearsal_result(r, "api", &good, STAGE_START_MS + 400000, NULL), 0);
    assert_int_equal(rehearsal_until(r, STAGE_START_MS + 7200000, NULL), 0);
    rehearsal_free(r);
    assert_told(&s, NULL,
                "triggered -@10 page ana@10 escalated -@310 page bo@310 closed -@400 "
                "resolved ana@400 resolved bo@400");
    stage_done(&s);
}

static void rehearsal__twice__tells_the_same(void **state)
{
    static const char story[] =
        "events:\n- { at: +0s, flaky: api, every: 90s, for: 30m }\n- { at: +5m, ack: ana }\n"
        "- { at: +10m, crash: midwatch, for: 20s }\n- { at: +11m, deaf: a, for: 2m }\n"
        "- { at: +12m, store: away, for: 1m }\n";
    char first[8192], second[8192];
    struct stage s;

    (void)state;
    stage_play(&s, STAGE_ONE, story);
    stage_told(&s, NULL, first, sizeof first);
    stage_done(&s);
    stage_play(&s, STAGE_ONE, story);
    assert_string_equal(stage_told(&s, NULL, second, sizeof second), first);
    stage_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(story__of_one_outage__told_in_order),
        cmocka_unit_test(until__before_a_step__it_is_not_told),
        cmocka_unit_test(events__of_one_instant__as_they_were_told),
        cmocka_unit_test(story__that_fills_the_playbill__ends_with_a_word),
        cmocka_unit_test(results__from_outside__move_it_and_nothing_is_probed),
        cmocka_unit_test(rehearsal__twice__tells_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
