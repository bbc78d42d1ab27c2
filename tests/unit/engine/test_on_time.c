/* test_on_time.c - what is due is done, what is not waits; no wake lies in the past. */
#include "random.h"
#include "world.h"

static void tick__nothing_due__does_nothing(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
    world_tick(&s, 1000000);
    assert_true(commit_empty(&s.fx.commit));
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms + 300000);
    world_tick(&s, 299999);
    assert_true(commit_empty(&s.fx.commit));
    assert_int_equal(s.fx.sends.n, 0);
    sim_done(&s);
}

static void tick__everything_due__is_done_in_one(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD
                "  zero: { steps: [ { notify: ['channel:a'] }, { notify: ['channel:b'] }, "
                "{ notify: ['channel:f'] } ] }\n"
                "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: zero }, "
                "{ name: db, http: 'http://127.0.0.1:2/', policy: p } ]\n");
    world_results(&s, "db", "bb");
    world_end(&s, "a", OUTCOME_OK);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_RETRY);
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms);
    world_tick(&s, 0);
    assert_string_equal(world_sends(&s), "b escalated, f escalated");
    assert_true(engine_wake_ms(s.engine) > s.now_ms);
    world_tick(&s, 300000);
    /* and that a, b and f take nothing: f is told of a and of b, everybody else of f */
    assert_string_equal(world_sends(&s), "a triggered, b escalated, f triggered, f triggered, "
                                         "a escalated, b escalated");
    assert_true(engine_wake_ms(s.engine) > s.now_ms);
    sim_done(&s);
}

/* Asleep for a week: what was missed is one step, not a burst. */
static void tick__much_too_late__runs_one_step_and_counts_on_from_now(void **state)
{
    struct sim s;

    (void)state;
    world_begin(
        &s, WORLD_HEAD
        "  long: { steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ],"
        " repeat: { times: 9, every: 10m } }\n"
        "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: long } ]\n");
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    world_tick(&s, 7 * 86400000LL);
    assert_string_equal(world_sends(&s), "b escalated");
    world_end(&s, "b", OUTCOME_OK);
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms + 600000);
    sim_done(&s);
}

static void attempt__of_a_delivery_that_is_none__is_dropped(void **state)
{
    struct attempt a = {.outcome = OUTCOME_OK};
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    EVENT(&s, engine_attempt(s.engine, &a, s.now_ms, &s.fx));
    assert_true(commit_empty(&s.fx.commit));
    text_copy(a.delivery, sizeof a.delivery, s.store.deliveries.items[0].id);
    world_results(&s, "api", "gg");
    world_end(&s, "a", OUTCOME_RETRY);
    assert_null(engine_delivery(s.engine, a.delivery)); /* its case is closed */
    EVENT(&s, engine_attempt(s.engine, &a, s.now_ms, &s.fx));
    assert_true(commit_empty(&s.fx.commit));
    sim_done(&s);
}

static void attempt__late_in_the_life_of_its_case__closes_it(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bbgg");
    assert_int_equal(s.fx.sends.n, 0);
    world_end(&s, "a", OUTCOME_OK);
    assert_string_equal(world_sends(&s), "a resolved");
    world_end(&s, "a", OUTCOME_OK);
    assert_int_equal(sim_open_in_store(&s), 0);
    assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
    sim_done(&s);
}

/* --- the clock is set --- */

static void clock__stepped__moves_every_wake_and_sends_nothing(void **state)
{
    static const int64_t deltas[] = {3600000, -3600000, 500, -500, 86400000LL * 365};

    (void)state;
    for (size_t i = 0; i < sizeof deltas / sizeof *deltas; i++) {
        struct sim s;
        int64_t wake;

        world_begin(&s, WORLD_TWO);
        world_results(&s, "api", "bb");
        world_results(&s, "db", "bb");
        world_end(&s, "a", OUTCOME_OK);
        world_end(&s, "f", OUTCOME_RETRY);
        wake = engine_wake_ms(s.engine);
        EVENT(&s, engine_clock_step(s.engine, deltas[i], &s.fx));
        s.now_ms += deltas[i];
        assert_int_equal(s.fx.sends.n, 0);
        assert_int_equal(s.fx.commit.transitions.n, 0);
        assert_int_equal(s.fx.commit.incidents.n, 2);
        assert_int_equal(s.fx.commit.deliveries.n, 1);
        assert_true(engine_wake_ms(s.engine) <= s.now_ms); /* what holds now is looked at anew */
        world_tick(&s, 0);
        assert_int_equal(s.fx.sends.n, 0);
        assert_int_equal(engine_wake_ms(s.engine), wake + deltas[i]);
        world_restart(&s);
        assert_int_equal(engine_wake_ms(s.engine), wake + deltas[i]);
        world_tick(&s, wake + deltas[i] - s.now_ms);
        assert_string_equal(world_sends(&s), "f triggered");
        sim_done(&s);
    }
}

/* --- urgency --- */

#define WORKING                                                                                    \
    WORLD_HEAD                                                                                     \
    "  u: { urgency: { inside: high, outside: low, time_zone: UTC, "                               \
    "hours: [ { start: '02:30', end: '03:30' } ] }, "                                              \
    "steps: [ { notify: ['person:ana'] }, { after: 5m, notify: ['channel:b'] } ] }\n"              \
    "people: { ana: { notify: [ { via: a } ], notify_low: [ { via: f } ] } }\n"                    \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: u } ]\n"

static void urgency__E8__low_goes_no_further_until_the_hours_begin(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORKING);
    world_beats(&s, 2, "api=b");
    world_run(&s, 7200000);
    assert_string_equal(world_log,
                        "f api triggered@20, a api triggered@1800, b api escalated@2100");
    world_mark(&s);
    world_beats(&s, 2, "api=g");
    assert_string_equal(world_log, "f api resolved@20, a api resolved@20, b api resolved@20");
    sim_done(&s);
}

/* The hours begin by the wall clock, wherever it was set to. */
static void urgency__clock_set__is_high_when_the_hours_begin(void **state)
{
    static const int64_t by_min[] = {-60, -10, 10, 25, 60};

    (void)state;
    for (size_t i = 0; i < sizeof by_min / sizeof *by_min; i++) {
        struct sim s;
        int64_t hours_ms = WORLD_START_MS + 30 * 60000;

        world_begin(&s, WORKING);
        world_beats(&s, 2, "api=b");
        EVENT(&s, engine_clock_step(s.engine, by_min[i] * 60000, &s.fx));
        s.now_ms += by_min[i] * 60000;
        if (s.now_ms < hours_ms) {
            world_run(&s, hours_ms - s.now_ms - 1);
            assert_string_equal(world_log, "f api triggered@20");
        }
        world_mark(&s);
        world_run(&s, 1);
        assert_string_equal(world_log, "a api triggered@0");
        sim_done(&s);
    }
}

/* --- no busy loop, whatever happens --- */

static const char stormy[] = WORLD_HEAD
    "  s: { steps: [ { notify: ['channel:a', 'channel:b'] }, { notify: ['channel:f'] }, "
    "{ after: 1s, notify: ['channel:a'] } ], repeat: { times: 3, every: 2s }, ack_timeout: 20s, "
    "fallback: ['channel:b'] }\n"
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: s }, "
    "{ name: db, http: 'http://127.0.0.1:2/', policy: s } ]\n";

static void something(struct sim *s, struct dice *d)
{
    static const char *const names[] = {"api", "db"}, *const channels[] = {"a", "b", "f"};
    const char *name = names[dice_in(d, 0, 1)], *channel = channels[dice_in(d, 0, 2)];
    struct commit all = {0};
    bool sending = false;
    int rc = 0;

    switch (dice_in(d, 0, 8)) {
    case 0:
    case 1:
        world_results(s, name, "bb");
        return;
    case 2:
        world_results(s, name, "gg");
        return;
    case 3:
        EVENT(s, rc = deed_ack(s->engine, name, "zoe", s->now_ms, &s->fx, NULL));
        break;
    case 4:
        EVENT(s, rc = deed_unack(s->engine, name, "zoe", s->now_ms, &s->fx, NULL));
        break;
    case 5:
        world_restart(s);
        return;
    default:
        engine_snapshot(s->engine, &all);
        for (size_t i = 0; i < all.deliveries.n; i++)
            sending = sending || (all.deliveries.items[i]->state == DELIVERY_SENDING &&
                                  text_eq(all.deliveries.items[i]->notice.channel, channel));
        commit_done(&all);
        if (sending)
            world_end(s, channel, (enum outcome)dice_in(d, 0, 2));
    }
    (void)rc; /* refused is fine: anything may be said at any time */
}

static void tick__after_anything__leaves_no_wake_in_the_past(void **state)
{
    struct dice dice = {42};

    (void)state;
    for (int round = 0; round < 60; round++) {
        struct sim s;

        world_begin(&s, stormy);
        for (int i = 0; i < 120; i++) {
            something(&s, &dice);
            world_tick(&s, 0);
            assert_true(engine_wake_ms(s.engine) > s.now_ms);
            if (dice_in(&dice, 0, 1) && engine_wake_ms(s.engine) < INT64_MAX)
                world_tick(&s, engine_wake_ms(s.engine) - s.now_ms);
            assert_true(engine_wake_ms(s.engine) > s.now_ms);
        }
        sim_done(&s);
    }
}

/* As another version or a hand may have left it. */
static void tick__timers_of_another_state__wake_nobody(void **state)
{
    static const enum incident_state states[] = {INCIDENT_ACKNOWLEDGED, INCIDENT_SNOOZED};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim s;

        world_begin(&s, WORLD_ONE);
        world_results(&s, "api", "bb");
        world_end(&s, "a", OUTCOME_OK);
        s.store.incidents.items[0].state = states[i];
        world_restart(&s);
        assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
        world_tick(&s, 86400000);
        assert_int_equal(s.fx.sends.n, 0);
        sim_done(&s);
    }
}

/* Acknowledged and forgotten for a month: who was paged in every round hears of its end, once. */
static void rounds__for_a_month__leave_a_page_a_contact(void **state)
{
    struct commit all = {0};
    char id[INCIDENT_ID_SIZE];
    struct sim s;

    (void)state;
    world_begin(&s,
                WORLD_HEAD "  q: { reopen_window: 0s, ack_timeout: 1h, steps: [ { notify: "
                           "['channel:a'] }, { after: 5m, notify: ['channel:b'] } ] }\n"
                           "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: q } ]\n");
    world_results(&s, "api", "bb");
    text_copy(id, sizeof id, world_of(&s, "api")->id);
    for (int round = 0; round < 600; round++) {
        int rc = 0;

        world_run(&s, 600000);
        EVENT(&s, rc = deed_ack(s.engine, id, "zoe", s.now_ms, &s.fx, NULL));
        assert_int_equal(rc, 0);
        world_run(&s, 3600000);
        assert_int_equal(world_of(&s, "api")->state, INCIDENT_TRIGGERED);
        engine_snapshot(s.engine, &all);
        assert_in_range(all.deliveries.n, 1, 16);
        commit_clear(&all);
    }
    commit_done(&all);
    world_restart(&s);
    world_mark(&s);
    world_results(&s, "api", "gg");
    world_run(&s, 60000);
    assert_string_equal(world_log, "a api resolved@20, b api resolved@20");
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tick__nothing_due__does_nothing),
        cmocka_unit_test(tick__everything_due__is_done_in_one),
        cmocka_unit_test(tick__much_too_late__runs_one_step_and_counts_on_from_now),
        cmocka_unit_test(attempt__of_a_delivery_that_is_none__is_dropped),
        cmocka_unit_test(attempt__late_in_the_life_of_its_case__closes_it),
        cmocka_unit_test(clock__stepped__moves_every_wake_and_sends_nothing),
        cmocka_unit_test(urgency__E8__low_goes_no_further_until_the_hours_begin),
        cmocka_unit_test(urgency__clock_set__is_high_when_the_hours_begin),
        cmocka_unit_test(tick__after_anything__leaves_no_wake_in_the_past),
        cmocka_unit_test(tick__timers_of_another_state__wake_nobody),
        cmocka_unit_test(rounds__for_a_month__leave_a_page_a_contact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
