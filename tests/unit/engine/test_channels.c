/* test_channels.c - a channel that does not deliver pages is an incident of its own. */
#include "world.h"

#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"
#define TWO              WORLD_HEAD "monitors:\n" NODE("api", ", policy: p") NODE("db", ", policy: p")
#define KEY              "channel:a"
#define MIN              60000LL

static void begin_refused(struct sim *s)
{
    world_begin(s, TWO);
    world_results(s, "api", "bb");
    world_end(s, "a", OUTCOME_PERMANENT);
}

static void page__refused__the_channel_is_an_incident_told_by_others(void **state)
{
    struct sim s;

    (void)state;
    begin_refused(&s);
    assert_string_equal(world_log,
                        "a api triggered@20, b api escalated@20, f channel:a triggered@20");
    assert_int_equal(world_of(&s, KEY)->severity, SEVERITY_WARNING);
    assert_string_equal(world_of(&s, KEY)->policy, "default");
    assert_string_equal(world_of(&s, KEY)->title, "channel a does not deliver: no answer");
    sim_done(&s);
}

static void page__not_taken_for_a_minute__likewise(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, TWO);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_RETRY);
    assert_null(world_of(&s, KEY)); /* once is nothing */
    world_tick(&s, 59999);
    world_end(&s, "a", OUTCOME_RETRY);
    assert_null(world_of(&s, KEY));
    world_tick(&s, 1);
    assert_non_null(world_of(&s, KEY));
    sim_done(&s);
}

static void page__waits_for_no_attempt_yet__says_nothing_of_its_channel(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s,
                WORLD_HEAD "  q: { steps: [ { notify: ['person:ana'] } ] }\n"
                           "people: { ana: { notify: [ { via: b }, { via: a, after: 10m } ] } }\n"
                           "monitors:\n" NODE("api", ", policy: q"));
    world_beats(&s, 2, "api=b");
    world_run(&s, 5 * MIN);
    assert_null(world_of(&s, KEY));
    sim_done(&s);
}

static void note__refused__says_nothing_of_its_channel(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, TWO);
    world_beats(&s, 2, "api=b");
    world_results(&s, "api", "gg");
    world_end(&s, "a", OUTCOME_PERMANENT);
    assert_null(world_of(&s, KEY));
    sim_done(&s);
}

/* Whoever is told of it is not told by it, and somebody always is. */
static void incident__of_a_channel__never_goes_by_that_channel(void **state)
{
    static const struct {
        const char *policy, *log;
    } table[] = {
        {"default: { steps: [ { notify: ['channel:a', 'channel:f'] } ] }", "f channel:a triggered"},
        {"default: { steps: [ { notify: ['person:ana'] } ] }", "b channel:a triggered"},
        {"default: { steps: [ { notify: ['channel:a'] }, { after: 1h, notify: ['channel:f'] } ] }",
         "f channel:a escalated"},
        {"default: { steps: [ { notify: ['channel:a'] } ], fallback: ['channel:f'] }",
         "f channel:a escalated"},
        {"default: { steps: [ { notify: ['channel:a'] } ] }",
         "b channel:a escalated@20, f channel:a escalated@20"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf yaml;
        struct sim s;

        buf_init(&yaml, 1 << 14);
        buf_printf(&yaml,
                   "defaults: { interval: 10s, fail_after: 2 }\n"
                   "channels:\n"
                   "  a: { type: webhook, url: 'http://127.0.0.1:3/' }\n"
                   "  b: { type: webhook, url: 'http://127.0.0.1:4/' }\n"
                   "  f: { type: webhook, url: 'http://127.0.0.1:6/' }\n"
                   "people: { ana: { notify: [ { via: a }, { via: b } ] } }\n"
                   "policies:\n"
                   "  p: { steps: [ { notify: ['channel:a'] } ] }\n"
                   "  %s\n"
                   "monitors:\n" NODE("api", ", policy: p"),
                   table[i].policy);
        world_begin(&s, buf_text(&yaml));
        world_results(&s, "api", "bb");
        world_end(&s, "a", OUTCOME_PERMANENT);
        if (!strstr(world_log, table[i].log) || strstr(world_log, "a channel:a"))
            fail_msg("%s: %s", table[i].policy, world_log);
        sim_done(&s);
        buf_done(&yaml);
    }
}

static void incident__all_channels_are_dead__is_one_each(void **state)
{
    struct sim s;

    (void)state;
    begin_refused(&s);
    world_end(&s, "b", OUTCOME_PERMANENT);
    world_end(&s, "f", OUTCOME_PERMANENT);
    assert_non_null(world_of(&s, "channel:a"));
    assert_non_null(world_of(&s, "channel:b"));
    assert_non_null(world_of(&s, "channel:f"));
    assert_int_equal(world_open(&s), 4);
    for (int i = 0; i < 200; i++) {
        struct commit all = {0};
        const char *channel = NULL;

        engine_snapshot(s.engine, &all);
        for (size_t n = 0; n < all.deliveries.n; n++)
            if (all.deliveries.items[n]->state == DELIVERY_SENDING)
                channel = all.deliveries.items[n]->notice.channel;
        if (channel)
            world_end(&s, channel, OUTCOME_PERMANENT);
        else
            world_tick(&s, engine_wake_ms(s.engine) - s.now_ms);
        commit_done(&all);
        assert_int_equal(world_open(&s), 4);
    }
    sim_done(&s);
}

/* --- its end --- */

static void channel__takes_the_next_one__it_is_over(void **state)
{
    struct sim s;

    (void)state;
    begin_refused(&s);
    while (world_deliver_one(&s))
        continue;
    world_mark(&s);
    world_results(&s, "db", "bb");
    world_end(&s, "a", OUTCOME_OK);
    assert_null(world_of(&s, KEY));
    assert_true(world_moved(&s, "triggered -> resolved: it delivers again"));
    assert_string_equal(world_log, "a db triggered@20, f channel:a resolved@20");
    sim_done(&s);
}

static void channel__takes_a_note__it_is_over_too(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, TWO);
    world_beats(&s, 2, "db=b");
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_PERMANENT);
    assert_non_null(world_of(&s, KEY));
    world_results(&s, "db", "gg");
    world_end(&s, "a", OUTCOME_OK);
    assert_null(world_of(&s, KEY));
    sim_done(&s);
}

static void channel__no_more_of_it__is_forgotten_after_half_an_hour(void **state)
{
    struct sim s;

    (void)state;
    begin_refused(&s);
    world_run(&s, 10 * MIN);
    world_results(&s, "db", "bb"); /* refuses again: half an hour from then */
    world_end(&s, "a", OUTCOME_PERMANENT);
    world_run(&s, 30 * MIN - 1);
    assert_non_null(world_of(&s, KEY));
    world_run(&s, 1);
    assert_null(world_of(&s, KEY));
    assert_non_null(strstr(world_log, "f channel:a resolved@2440"));
    sim_done(&s);
}

static void channel__gone_from_the_file__it_is_over(void **state)
{
    struct sim s;

    (void)state;
    begin_refused(&s);
    while (world_deliver_one(&s))
        continue;
    world_mark(&s);
    world_reload(&s, "defaults: { interval: 10s, fail_after: 2 }\n"
                     "channels:\n"
                     "  b: { type: webhook, url: 'http://127.0.0.1:4/' }\n"
                     "  f: { type: webhook, url: 'http://127.0.0.1:6/' }\n"
                     "policies: { default: { steps: [ { notify: ['channel:f'] } ] } }\n"
                     "monitors:\n" NODE("api", ""));
    assert_null(world_of(&s, KEY));
    assert_string_equal(world_log, "f channel:a resolved@0");
    sim_done(&s);
}

/* What becomes of an old page is no news of its channel. */
static void channel__healed_and_killed__is_not_bad_again(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, TWO);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_RETRY);
    for (int i = 0; i < 40 && !world_of(&s, KEY); i++) {
        world_tick(&s, 3000);
        if (strstr(world_sends(&s), "a triggered"))
            world_end(&s, "a", OUTCOME_RETRY);
    }
    assert_non_null(world_of(&s, KEY)); /* api's page was handed on and waits for its turn */
    world_result_at(&s, "db", VERDICT_DOWN, "refused");
    world_result_at(&s, "db", VERDICT_DOWN, "refused");
    world_end(&s, "a", OUTCOME_OK);
    assert_null(world_of(&s, KEY));
    world_restart(&s);
    assert_null(world_of(&s, KEY));
    world_ack(&s, "api");
    assert_null(world_of(&s, KEY));
    sim_done(&s);
}

static void restart__while_it_does_not_deliver__is_kept(void **state)
{
    struct sim s;

    (void)state;
    begin_refused(&s);
    world_restart(&s);
    assert_non_null(world_of(&s, KEY));
    world_run(&s, 30 * MIN);
    assert_null(world_of(&s, KEY));
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page__refused__the_channel_is_an_incident_told_by_others),
        cmocka_unit_test(page__not_taken_for_a_minute__likewise),
        cmocka_unit_test(page__waits_for_no_attempt_yet__says_nothing_of_its_channel),
        cmocka_unit_test(note__refused__says_nothing_of_its_channel),
        cmocka_unit_test(incident__of_a_channel__never_goes_by_that_channel),
        cmocka_unit_test(incident__all_channels_are_dead__is_one_each),
        cmocka_unit_test(channel__takes_the_next_one__it_is_over),
        cmocka_unit_test(channel__takes_a_note__it_is_over_too),
        cmocka_unit_test(channel__no_more_of_it__is_forgotten_after_half_an_hour),
        cmocka_unit_test(channel__gone_from_the_file__it_is_over),
        cmocka_unit_test(channel__healed_and_killed__is_not_bad_again),
        cmocka_unit_test(restart__while_it_does_not_deliver__is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
