/* test_promises.c - what was tried to break a promise where two of the engine's rules meet. */
#include "world.h"

#define WORLD_STORM                                                                                \
    WORLD_HEAD "storm: { incidents: 2, within: 1m, share: 0 }\n"                                   \
               "monitors: [ { name: m1, http: 'http://127.0.0.1:1/', policy: p },\n"               \
               " { name: m2, http: 'http://127.0.0.1:1/', policy: p },\n"                          \
               " { name: m3, http: 'http://127.0.0.1:1/', policy: p },\n"                          \
               " { name: m4, http: 'http://127.0.0.1:1/', policy: p },\n"                          \
               " { name: m5, http: 'http://127.0.0.1:1/', policy: p } ]\n"

#define WORLD_PARENT                                                                               \
    WORLD_HEAD "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: p,\n"                \
               " depends_on: [db] }, " WORLD_DB " ]\n"

#define WORLD_GROUP                                                                                \
    WORLD_HEAD                                                                                     \
    "  g: { reopen_window: 10m, urgency: severity, group_by: [group], group_wait: 30s,\n"          \
    "       steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ] }\n"        \
    "monitors: [ { name: low, http: 'http://127.0.0.1:1/', policy: g, group: core,\n"              \
    "              severity: info },\n"                                                            \
    " { name: high, http: 'http://127.0.0.1:1/', policy: g, group: core } ]\n"

/* All of them fail at the same two instants. */
static void fail_together(struct sim *s, const char *const *names, size_t n)
{
    for (int round = 0; round < 2; round++) {
        s->now_ms += 10000;
        for (size_t i = 0; i < n; i++)
            world_result_at(s, names[i], VERDICT_DOWN, "refused");
    }
}

static const struct incident *open_of(struct sim *s, const char *key)
{
    for (size_t i = 0; i < world_open(s); i++)
        if (text_eq(world_incident(s, i)->dedup_key, key))
            return world_incident(s, i);
    return NULL;
}

static void silence(struct sim *s, const char *matchers, int64_t for_ms, struct quiet *ret)
{
    struct err err = {0};
    int rc = 0;

    *ret = (struct quiet){.start_ms = s->now_ms, .end_ms = s->now_ms + for_ms};
    text_copy(ret->author, sizeof ret->author, "zoe");
    text_copy(ret->matchers, sizeof ret->matchers, matchers);
    EVENT(s, rc = engine_quiet_add(s->engine, ret, s->now_ms, &s->fx, &err));
    if (rc < 0)
        fail_msg("%s", err.text);
}

static void storm__resolved_by_hand_and_still_bad__confirms_anew(void **state)
{
    static const char *const names[] = {"m1", "m2", "m3", "m4", "m5"};
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_STORM);
    fail_together(&s, names, 5);
    assert_non_null(open_of(&s, "storm:p"));
    world_resolve(&s, open_of(&s, "storm:p")->id);
    world_results(&s, "m5", "b");
    assert_null(open_of(&s, "monitor:m5"));
    world_results(&s, "m5", "b");
    assert_non_null(open_of(&s, "monitor:m5"));
    sim_done(&s);
}

/* A storm that was acknowledged and lingers does not swallow what fails a day later. */
static void storm__over_but_one_stays_down__the_next_trouble_pages(void **state)
{
    static const char *const names[] = {"m1", "m2", "m3", "m4"};
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_STORM);
    fail_together(&s, names, 4);
    world_ack(&s, open_of(&s, "storm:p")->id);
    world_tick(&s, 24 * 3600000);
    world_results(&s, "m5", "bb");
    assert_string_equal(world_sends(&s), "a triggered");
    sim_done(&s);
}

static void reassigned__while_silenced__pages_only_whom_the_person_named(void **state)
{
    struct quiet q;
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, WORLD_HEAD "people: { ana: { notify: [ { via: a } ] } }\n"
                               "monitors: [ " WORLD_API ", " WORLD_DB " ]\n");
    world_results(&s, "api", "gbb");
    silence(&s, "monitor=api\n", 3600000, &q);
    EVENT(&s, rc = deed_reassign(s.engine, "api", "zoe", "ana", s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    world_tick(&s, 1800000);
    for (size_t i = 0; i < s.fx.sends.n; i++)
        assert_string_not_equal(s.fx.sends.items[i]->notice.channel, "b");
    sim_done(&s);
}

static void escalated__while_silenced__plans_no_further_step(void **state)
{
    struct quiet q;
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_TWO);
    world_results(&s, "api", "gbb");
    world_end(&s, "a", OUTCOME_OK);
    silence(&s, "monitor=api\n", 3600000, &q);
    assert_int_equal(world_incident(&s, 0)->hold, HOLD_SILENCE);
    EVENT(&s, (void)!deed_escalate(s.engine, "api", "zoe", s.now_ms, &s.fx, NULL));
    assert_int_equal(world_incident(&s, 0)->step_due_ms, 0);
    sim_done(&s);
}

/* The parent is waited for ten seconds, whatever becomes of the clock meanwhile. */
static void clock_set_back__child_waits_for_its_parent__is_not_held_for_a_day(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_PARENT);
    world_results(&s, "api", "gbb");
    assert_int_equal(world_incident(&s, 0)->hold, HOLD_DEPENDENCY);
    s.now_ms -= 86400000;
    EVENT(&s, engine_clock_step(s.engine, -86400000, &s.fx));
    world_tick(&s, 0);
    world_tick(&s, 61000);
    world_results(&s, "api", "b");
    assert_int_equal(world_incident(&s, 0)->hold, HOLD_NONE);
    assert_int_equal(world_incident(&s, 0)->step, 0);
    sim_done(&s);
}

/* What fails with a critical one is told by the rules of the critical one. */
static void gathered__a_worse_one_joins_before_the_first_page__urgency_rises(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_GROUP);
    world_results(&s, "low", "bb");
    assert_int_equal(open_of(&s, "group:g:core")->urgency, URGENCY_LOW);
    s.now_ms -= 10000;
    world_results(&s, "high", "bb");
    world_tick(&s, 60000);
    assert_int_equal(open_of(&s, "group:g:core")->step, 0);
    assert_int_equal(open_of(&s, "group:g:core")->urgency, URGENCY_HIGH);
    assert_true(open_of(&s, "group:g:core")->step_due_ms > s.now_ms);
    sim_done(&s);
}

/* The end of the support hours calms nothing down. */
static void urgency__high_when_it_opened__stays_high_when_acknowledgement_runs_out(void **state)
{
    struct sim s;

    (void)state;
    world_begin(
        &s, WORLD_HEAD
        "  h: { ack_timeout: 2h, urgency: { time_zone: UTC, inside: high, outside: low, hours:\n"
        "       [ { days: [sun], start: '02:00', end: '03:00' } ] },\n"
        "       steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } "
        "] }\n"
        "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: h } ]\n");
    world_results(&s, "api", "bb");
    assert_int_equal(world_incident(&s, 0)->urgency, URGENCY_HIGH);
    world_ack(&s, "api");
    world_tick(&s, 2 * 3600000);
    assert_int_equal(world_incident(&s, 0)->state, INCIDENT_TRIGGERED);
    assert_int_equal(world_incident(&s, 0)->urgency, URGENCY_HIGH);
    sim_done(&s);
}

/* Kept for its reopen window, and no longer. */
static void clock_set_back__resolved_not_long_ago__is_let_go(void **state)
{
    struct sim s;
    char id[INCIDENT_ID_SIZE];

    (void)state;
    world_begin(&s, WORLD_GROUP);
    world_results(&s, "high", "bb");
    world_tick(&s, 30000);
    world_end(&s, "a", OUTCOME_OK);
    text_copy(id, sizeof id, open_of(&s, "monitor:high")->id);
    world_results(&s, "high", "gg");
    s.now_ms -= 86400000;
    EVENT(&s, engine_clock_step(s.engine, -86400000, &s.fx));
    for (int i = 0; i < 20; i++)
        world_tick(&s, 60000);
    assert_null(engine_incident(s.engine, id));
    sim_done(&s);
}

/* A time long ago would make the difference to now overflow. */
static void clock_set__next_wake__is_an_instant(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    EVENT(&s, engine_clock_step(s.engine, 3600000, &s.fx));
    s.now_ms += 3600000;
    assert_true(engine_wake_ms(s.engine) >= 0);
    world_tick(&s, 0);
    assert_true(engine_wake_ms(s.engine) > s.now_ms);
    sim_done(&s);
}

/* Twenty people with long names on call together: who comes last is told as well. */
static void handoff__many_long_names_on_call__the_newcomer_is_told(void **state)
{
    static const char stem[] = "a-name-that-is-as-long-as-those-of-some-directories-are-at-work";
    struct kept_override o = {.kind = OVERRIDE_ADD, .people = "zed", .schedule = "s"};
    struct err err = {0};
    struct sim s;
    struct buf yaml;
    int rc = 0;

    (void)state;
    buf_init(&yaml, 1 << 16);
    buf_str(&yaml, WORLD_HEAD "  w: { steps: [ { notify: ['schedule:s'] } ] }\n"
                              "people:\n  zed: { notify: [ { via: b } ] }\n");
    for (int n = 10; n < 30; n++)
        buf_printf(&yaml, "  %s%d: { notify: [ { via: a } ] }\n", stem, n);
    buf_str(&yaml, "schedules: { s: { time_zone: UTC, layers: [ { name: l, "
                   "anchor: 2026-01-05T09:00, every: 1 week, members: [ [");
    for (int n = 10; n < 30; n++)
        buf_printf(&yaml, "%s%s%d", n > 10 ? ", " : "", stem, n);
    buf_str(&yaml, "] ] } ] } }\n"
                   "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: w } ]\n");
    world_begin(&s, buf_text(&yaml));
    buf_done(&yaml);
    world_results(&s, "api", "bb");
    o.start_ms = s.now_ms;
    o.end_ms = s.now_ms + 3600000;
    EVENT(&s, rc = engine_override_add(s.engine, &o, 1, s.now_ms, &s.fx, &err));
    if (rc < 0)
        fail_msg("%s", err.text);
    assert_int_equal(s.fx.sends.n, 1);
    assert_string_equal(s.fx.sends.items[0]->notice.person, "zed");
    sim_done(&s);
}

/* It goes up and down for a day, and those who were paged hear of it every quarter of an hour. */
static void flapping__for_a_day__keeps_no_more_than_its_last_notes(void **state)
{
    struct commit all = {0};
    struct sim s;

    (void)state;
    world_begin(&s,
                WORLD_HEAD "  q: { reopen_window: 10m, steps: [ { notify: ['channel:a'] } ] }\n"
                           "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: q } ]\n");
    for (int round = 0; round < 288; round++) {
        world_results(&s, "api", "bb");
        while (s.fx.sends.n)
            world_end(&s, "a", OUTCOME_OK);
        world_results(&s, "api", "gg");
        while (s.fx.sends.n)
            world_end(&s, "a", OUTCOME_OK);
        world_tick(&s, 260000);
        while (s.fx.sends.n)
            world_end(&s, "a", OUTCOME_OK);
    }
    assert_int_equal(world_open(&s), 1);
    engine_snapshot(s.engine, &all);
    assert_true(all.deliveries.n < 20);
    commit_done(&all);
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storm__resolved_by_hand_and_still_bad__confirms_anew),
        cmocka_unit_test(storm__over_but_one_stays_down__the_next_trouble_pages),
        cmocka_unit_test(reassigned__while_silenced__pages_only_whom_the_person_named),
        cmocka_unit_test(escalated__while_silenced__plans_no_further_step),
        cmocka_unit_test(clock_set_back__child_waits_for_its_parent__is_not_held_for_a_day),
        cmocka_unit_test(gathered__a_worse_one_joins_before_the_first_page__urgency_rises),
        cmocka_unit_test(urgency__high_when_it_opened__stays_high_when_acknowledgement_runs_out),
        cmocka_unit_test(clock_set_back__resolved_not_long_ago__is_let_go),
        cmocka_unit_test(clock_set__next_wake__is_an_instant),
        cmocka_unit_test(flapping__for_a_day__keeps_no_more_than_its_last_notes),
        cmocka_unit_test(handoff__many_long_names_on_call__the_newcomer_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
