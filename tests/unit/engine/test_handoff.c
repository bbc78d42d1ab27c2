/* test_handoff.c - who is on call has changed: it is recorded, and whoever takes over what is open
 * hears of it in one word (E7). */
#include "world.h"

#define HOUR 3600000LL
#define SHIFT(members, every, overrides)                                                           \
    "  primary: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T02:10, every: " every    \
    ", members: [" members "] } ]" overrides " }\n"
#define FILE_OF(people, primary, monitors)                                                         \
    WORLD_HEAD                                                                                     \
    "  s: { reopen_window: 0s, steps: [ { notify: ['schedule:primary'] }, "                        \
    "{ after: 1h, notify: ['schedule:primary'] } ] }\n"                                            \
    "  t: { reopen_window: 0s, steps: [ { notify: ['schedule:primary', 'person:bo'] } ] }\n"       \
    "people: { ana: { notify: [ { via: a } ] }" people " }\n"                                      \
    "schedules:\n" primary "monitors:\n" monitors
#define BO ", bo: { notify: [ { via: b } ] }"
#define NODE(name, policy)                                                                         \
    "  - { name: " name ", http: 'http://127.0.0.1:1/', policy: " policy " }\n"
/* At 02:10 ana hands over to bo, at 02:10 of the next day bo to ana. */
#define TURNS SHIFT("ana, bo", "1 day", "")
#define DAILY FILE_OF(BO, TURNS, NODE("api", "s") NODE("db", "s") NODE("far", "p"))
#define WEEK  FILE_OF(BO, SHIFT("ana", "1 week", ""), NODE("api", "s"))

/* The words of the last event: "channel: title". */
static const char *words(struct sim *s)
{
    static char said[1000];

    said[0] = '\0';
    for (size_t i = 0; i < s->fx.sends.n; i++)
        if (s->fx.sends.items[i]->notice.type == NOTICE_HANDOFF)
            text_printf(said + strlen(said), sizeof said - strlen(said), "%s: %s; ",
                        s->fx.sends.items[i]->notice.channel, s->fx.sends.items[i]->notice.title);
    return said;
}

static void override(struct sim *s, const char *people)
{
    struct kept_override o = {
        .start_ms = s->now_ms, .end_ms = s->now_ms + HOUR, .schedule = "primary", .author = "zoe"};
    int rc = 0;

    text_copy(o.people, sizeof o.people, people);
    EVENT(s, rc = engine_override_add(s->engine, &o, 1, s->now_ms, &s->fx, NULL));
    assert_int_equal(rc, 0);
}

/* --- E7 --- */

static void rotation__an_incident_is_open__the_new_one_inherits_it(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, DAILY);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_log, "a api triggered@20");
    s.now_ms = WORLD_START_MS + 600000;
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms);
    world_tick(&s, 0);
    assert_string_equal(world_moves(&s),
                        "schedule: ana -> bo: on call now: bo; before: ana; "
                        "incident: triggered -> handoff: bo is on call in primary now and "
                        "inherits it");
    assert_string_equal(words(&s), "b: you are on call in primary now and inherit 1 open "
                                   "incident: api is down: refused; ");
    /* the old one keeps it: what comes later goes to whoever is on call then */
    world_run(&s, 2 * HOUR);
    assert_string_equal(world_log, "a api triggered@20, b api handoff@600, b api escalated@3620");
    world_mark(&s);
    world_beats(&s, 2, "api=g");
    assert_string_equal(world_log, "a api resolved@20, b api resolved@20");
    sim_done(&s);
}

static void rotation__several_are_open__one_word_for_all(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, DAILY);
    world_beats(&s, 2, "api=b db=b far=b");
    world_ack(&s, "db"); /* it is open all the same */
    world_run(&s, 30000);
    s.now_ms = WORLD_START_MS + 600000;
    world_tick(&s, 0);
    assert_non_null(strstr(words(&s), "b: you are on call in primary now and inherit 2 open "
                                      "incidents: "));
    assert_int_equal(s.fx.sends.n, 2); /* and step 1 of far, by its own policy */
    sim_done(&s);
}

static void rotation__nothing_to_take_over__is_recorded_and_told_to_nobody(void **state)
{
    static const char *const beats[] = {"api=g", "far=b"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim s;

        world_begin(&s, DAILY);
        world_beats(&s, 2, beats[i]);
        s.now_ms = WORLD_START_MS + 600000;
        world_tick(&s, 0);
        assert_true(world_moved(&s, "schedule: ana -> bo: on call now: bo; before: ana"));
        assert_string_equal(words(&s), "");
        sim_done(&s);
    }
}

static void rotation__paged_already__is_not_told_again(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FILE_OF(BO, TURNS, NODE("api", "t")));
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_log, "a api triggered@20, b api triggered@20");
    world_run(&s, 86400000);
    assert_null(strstr(world_log, "handoff"));
    sim_done(&s);
}

static void rotation__paged_before_it_was_opened_again__is_told(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "  s: { reopen_window: 1d, flap: { changes: 0 }, steps: [ { notify: "
                               "['schedule:primary'] } ] }\n"
                               "people: { ana: { notify: [ { via: a } ] }" BO " }\n"
                               "schedules:\n" TURNS "monitors:\n" NODE("api", "s"));
    world_beats(&s, 2, "api=b");
    world_beats(&s, 2, "api=g");
    world_run(&s, HOUR);
    world_beats(&s, 2, "api=b"); /* the same incident, bo is on call */
    assert_non_null(strstr(world_log, "b api triggered"));
    world_mark(&s);
    world_run(&s, 86400000);
    assert_non_null(strstr(world_log, "a api handoff@"));
    sim_done(&s);
}

static void rotation__somebody_without_a_channel__is_recorded(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FILE_OF(", bo: {}", TURNS, NODE("api", "s")));
    world_beats(&s, 2, "api=b");
    s.now_ms = WORLD_START_MS + 600000;
    world_tick(&s, 0);
    assert_true(world_moved(&s, "handoff: bo is on call in primary now and inherits it"));
    assert_string_equal(words(&s), "");
    sim_done(&s);
}

static void rotation__to_nobody_and_back__is_recorded(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FILE_OF(BO, SHIFT("ana, null", "1 day", ""), NODE("api", "s")));
    world_beats(&s, 2, "api=b");
    s.now_ms = WORLD_START_MS + 600000;
    world_tick(&s, 0);
    assert_true(world_moved(&s, "schedule: ana -> nobody: on call now: nobody; before: ana"));
    s.now_ms += 86400000;
    world_tick(&s, 0);
    assert_true(world_moved(&s, "schedule: nobody -> ana: on call now: ana; before: nobody"));
    sim_done(&s);
}

/* --- by other means --- */

static void override__begins_and_ends__both_are_hand_overs(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WEEK);
    world_beats(&s, 2, "api=b");
    world_mark(&s);
    override(&s, "bo");
    assert_true(world_moved(&s, "schedule: ana -> bo: "));
    assert_int_equal(s.fx.commit.transitions.items[1].cause, CAUSE_PERSON);
    assert_string_equal(s.fx.commit.transitions.items[1].actor, "zoe");
    assert_string_equal(world_log, "b api handoff@0");
    s.now_ms += HOUR;
    world_tick(&s, 0);
    assert_true(world_moved(&s, "schedule: bo -> ana: "));
    assert_null(strstr(words(&s), "a: ")); /* ana was paged for it and knows */
    sim_done(&s);
}

static void reload__somebody_else_is_on_call__inherits(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WEEK);
    world_beats(&s, 2, "api=b");
    world_reload(&s, WEEK);
    assert_false(world_moved(&s, "schedule"));
    world_reload(&s, FILE_OF(BO, SHIFT("bo", "1 week", ""), NODE("api", "s")));
    assert_true(world_moved(&s, "schedule: ana -> bo: "));
    assert_non_null(strstr(words(&s), "b: you are on call in primary now and inherit 1 open"));
    sim_done(&s);
}

static void reload__schedule_gone_or_new__nobody_inherits(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WEEK);
    world_beats(&s, 2, "api=b");
    world_reload(&s, WORLD_ONE);
    assert_false(world_moved(&s, "schedule"));
    assert_int_equal(engine_wake_ms(s.engine) > s.now_ms, 1);
    world_reload(&s, WEEK);
    assert_string_equal(words(&s), "");
    sim_done(&s);
}

static void restart__changed_while_dead__inherits_once(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, DAILY);
    world_beats(&s, 2, "api=b");
    s.now_ms = WORLD_START_MS + 1200000;
    world_restart(&s);
    assert_true(world_moved(&s, "schedule: ana -> bo: "));
    assert_string_equal(words(&s), "b: you are on call in primary now and inherit 1 open "
                                   "incident: api is down: refused; ");
    while (world_deliver_one(&s))
        continue;
    s.now_ms += 60000;
    world_restart(&s);
    assert_false(world_moved(&s, "schedule"));
    assert_string_equal(words(&s), "");
    sim_done(&s);
}

static void restart__nothing_changed__says_nothing(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, DAILY);
    world_beats(&s, 2, "api=b");
    s.now_ms += 60000;
    world_restart(&s);
    assert_false(world_moved(&s, "schedule"));
    s.now_ms = WORLD_START_MS + 600000;
    world_tick(&s, 0);
    assert_non_null(strstr(words(&s), "b: you are on call"));
    sim_done(&s);
}

/* Set back over a hand-over: ana is on call again, and paged already; then bo once more. */
static void clock__set_back_over_it__both_are_recorded(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, DAILY);
    world_run(&s, 660000);
    EVENT(&s, engine_clock_step(s.engine, -300000, &s.fx));
    s.now_ms -= 300000;
    world_tick(&s, 0);
    assert_true(world_moved(&s, "schedule: bo -> ana: "));
    assert_int_equal(engine_wake_ms(s.engine), WORLD_START_MS + 600000);
    s.now_ms = WORLD_START_MS + 600000;
    world_tick(&s, 0);
    assert_true(world_moved(&s, "schedule: ana -> bo: "));
    sim_done(&s);
}

static void look__no_schedule__never_comes(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
    world_reload(&s, DAILY);
    assert_int_equal(engine_wake_ms(s.engine), WORLD_START_MS + 600000);
    world_reload(&s, WEEK); /* a day ahead at most */
    assert_in_range(engine_wake_ms(s.engine), s.now_ms + 1, s.now_ms + 86400000);
    world_reload(&s, WORLD_ONE);
    assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
    sim_done(&s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rotation__an_incident_is_open__the_new_one_inherits_it),
        cmocka_unit_test(rotation__several_are_open__one_word_for_all),
        cmocka_unit_test(rotation__nothing_to_take_over__is_recorded_and_told_to_nobody),
        cmocka_unit_test(rotation__paged_already__is_not_told_again),
        cmocka_unit_test(rotation__paged_before_it_was_opened_again__is_told),
        cmocka_unit_test(rotation__somebody_without_a_channel__is_recorded),
        cmocka_unit_test(rotation__to_nobody_and_back__is_recorded),
        cmocka_unit_test(override__begins_and_ends__both_are_hand_overs),
        cmocka_unit_test(reload__somebody_else_is_on_call__inherits),
        cmocka_unit_test(reload__schedule_gone_or_new__nobody_inherits),
        cmocka_unit_test(restart__changed_while_dead__inherits_once),
        cmocka_unit_test(restart__nothing_changed__says_nothing),
        cmocka_unit_test(clock__set_back_over_it__both_are_recorded),
        cmocka_unit_test(look__no_schedule__never_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
