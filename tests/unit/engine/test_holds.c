/* test_holds.c - what holds a page back, and what lets it go: maintenance of the file, what people
 * asked for, something it depends on. Only paging is held, never probing nor the end. */
#include "world.h"

/* net <- db <- api, web; api and web are children of db, db of net. */
#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"
#define TREE                                                                                       \
    WORLD_HEAD "monitors:\n" NODE("net", ", policy: p")                                            \
        NODE("db", ", policy: p, depends_on: [net]") NODE("api", ", depends_on: [db]")             \
            NODE("web", ", depends_on: [db]") NODE("far", "")

#define ALL_GOOD "net=g db=g api=g web=g"

static void begin_tree(struct sim *s)
{
    world_begin(s, TREE);
    world_beat(s, ALL_GOOD);
    world_mark(s);
}

/* --- maintenance of the file --- */

#define UTC ", time_zone: UTC }"
#define WINDOWED(windows)                                                                          \
    WORLD_HEAD "monitors:\n" NODE("api", ", policy: p, maintenance: [ " windows " ]")

/* The world begins on Sunday the 22nd at 02:00:00; it is down at 02:00:20. */
static void window__from_the_file__holds_until_it_ends(void **state)
{
    static const struct {
        const char *yaml, *log;
    } table[] = {
        {WINDOWED("{ days: [sun], start: '01:00', end: '02:08'" UTC),
         "a api triggered@480, b api escalated@780"},
        {WINDOWED("{ days: [sat], start: '23:00', end: '02:08'" UTC),
         "a api triggered@480, b api escalated@780"},
        {WINDOWED("{ days: [mon], start: '01:00', end: '02:08'" UTC),
         "a api triggered@20, b api escalated@320"},
        {WINDOWED("{ from: 'sat 22:00', to: 'sun 02:08'" UTC),
         "a api triggered@480, b api escalated@780"},
        {WINDOWED("{ start: '2026-11-22T01:00:00', end: '2026-11-22T02:08:00'" UTC),
         "a api triggered@480, b api escalated@780"},
        {WINDOWED("{ start: '2026-11-22T02:00:20', end: '2026-11-22T02:00:21'" UTC),
         "a api triggered@21, b api escalated@321"},
        {WINDOWED("{ start: '2026-11-22T01:00:00', end: '2026-11-22T02:00:20'" UTC),
         "a api triggered@20, b api escalated@320"},
        /* one after the other: no page between */
        {WINDOWED("{ start: '02:00', end: '02:05'" UTC ", { start: '02:05', end: '02:08'" UTC),
         "a api triggered@480, b api escalated@780"},
        /* it begins before step 1: paged, stopped, and at the end step 0 again */
        {WINDOWED("{ start: '02:04', end: '02:30'" UTC),
         "a api triggered@20, a api triggered@1800, b api escalated@2100"},
        /* and just as step 1 is due */
        {WINDOWED("{ start: '2026-11-22T02:05:20', end: '2026-11-22T02:30:00'" UTC),
         "a api triggered@20, a api triggered@1800, b api escalated@2100"},
        /* after it nothing is left to stop */
        {WINDOWED("{ start: '02:06', end: '02:30'" UTC),
         "a api triggered@20, b api escalated@320, a api triggered@1800, b api escalated@2100"},
        {WORLD_HEAD "maintenance: [ { match: { group: core }, start: '01:00', end: '02:08'" UTC
                    " ]\nmonitors:\n" NODE("api", ", policy: p, group: core"),
         "a api triggered@480, b api escalated@780"},
        {WORLD_HEAD "maintenance: [ { match: { group: edge }, start: '01:00', end: '02:08'" UTC
                    " ]\nmonitors:\n" NODE("api", ", policy: p, group: core"),
         "a api triggered@20, b api escalated@320"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sim s;

        world_begin(&s, table[i].yaml);
        world_beats(&s, 2, "api=b");
        world_run(&s, 5 * 3600000);
        if (!text_eq(world_log, table[i].log))
            fail_msg("%s\nsaid %s", table[i].yaml, world_log);
        sim_done(&s);
    }
}

static void window__says_until_when_and_why(void **state)
{
    char why[192];
    struct sim s;

    (void)state;
    world_begin(&s,
                WINDOWED("{ days: [sun], start: '01:00', end: '04:00', comment: new disks" UTC));
    assert_int_equal(engine_holds(s.engine, "api", s.now_ms, why, sizeof why), HOLD_MAINTENANCE);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_hold(&s, "api"), "maintenance");
    assert_string_equal(world_of(&s, "api")->hold_why,
                        "maintenance until 2026-11-22T04:00:00Z: new disks");
    assert_string_equal(why, world_of(&s, "api")->hold_why);
    assert_int_equal(world_of(&s, "api")->hold_until_ms, WORLD_START_MS + 7200000);
    sim_done(&s);
}

static void window__recovered_meanwhile__nobody_is_told(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WINDOWED("{ start: '01:00', end: '02:08'" UTC));
    world_beats(&s, 3, "api=b");
    world_beats(&s, 2, "api=g");
    world_run(&s, 3600000);
    assert_string_equal(world_log, "");
    sim_done(&s);
}

/* Reload adds a window, changes it, takes it away. */
static void window__changed_by_a_reload__holds_as_it_says_now(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_beats(&s, 2, "api=b");
    world_reload(&s, WINDOWED("{ start: '01:00', end: '02:08'" UTC));
    assert_string_equal(world_hold(&s, "api"), "maintenance");
    world_reload(&s, WINDOWED("{ start: '01:00', end: '02:10'" UTC));
    world_mark(&s);
    world_run(&s, 570000);
    assert_string_equal(world_log, "");
    world_reload(&s, WORLD_ONE);
    assert_string_equal(world_log, "a api triggered@570");
    sim_done(&s);
}

static void window__killed_within_and_started_after__pages(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WINDOWED("{ start: '01:00', end: '02:08'" UTC));
    world_beats(&s, 2, "api=b");
    world_restart(&s);
    assert_string_equal(world_hold(&s, "api"), "maintenance");
    assert_string_equal(world_log, "");
    s.now_ms = WORLD_START_MS + 480000;
    world_restart(&s);
    assert_string_equal(world_log, "a api triggered@480");
    sim_done(&s);
}

/* --- which of them --- */

static void holds__several__the_first_of_the_order_is_named(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "monitors:\n" NODE("db", "")
                        NODE("api", ", policy: p, depends_on: [db], maintenance: "
                                    "[ { start: '01:00', end: '02:04'" UTC " ]"));
    world_beat(&s, "db=g api=g");
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 360000);
    world_beats(&s, 2, "db=b api=b");
    assert_string_equal(world_hold(&s, "api"), "maintenance");
    world_run(&s, 240000);
    assert_string_equal(world_hold(&s, "api"), "silence");
    world_run(&s, 240000);
    assert_string_equal(world_hold(&s, "api"), "dependency");
    world_mark(&s);
    world_beats(&s, 2, "db=g api=b");
    world_beats(&s, 2, "db=g api=b");
    assert_non_null(strstr(world_log, "a api triggered@30"));
    sim_done(&s);
}

static void holds__asked_of_a_monitor__says_what_would_hold(void **state)
{
    char why[192];
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "net=g db=b");
    assert_int_equal(engine_holds(s.engine, "api", s.now_ms, why, sizeof why), HOLD_DEPENDENCY);
    assert_string_equal(why, "it depends on db, which is down");
    assert_int_equal(engine_holds(s.engine, "far", s.now_ms, why, sizeof why), HOLD_NONE);
    assert_string_equal(why, "");
    assert_int_equal(engine_holds(s.engine, "none", s.now_ms, why, sizeof why), HOLD_NONE);
    world_quiet(&s, QUIET_SILENCE, "monitor=far\n", 0, 60000);
    assert_int_equal(engine_holds(s.engine, "far", s.now_ms, why, sizeof why), HOLD_SILENCE);
    sim_done(&s);
}

/* --- held and a person --- */

static void held__somebody_acts__only_what_they_ask_for_goes_out(void **state)
{
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, WINDOWED("{ start: '01:00', end: '04:00'" UTC));
    world_beats(&s, 2, "api=b");
    EVENT(&s, rc = deed_escalate(s.engine, "api", "zoe", s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    world_run(&s, 3600000); /* step 0 as asked; no other by itself */
    assert_string_equal(world_log, "a api triggered@20");
    world_ack(&s, "api");
    world_mark(&s);
    world_run(&s, 2 * 3600000);
    assert_string_equal(world_log, "");
    sim_done(&s);
}

static void held__snoozed_and_woken_within__waits_for_the_end(void **state)
{
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, WINDOWED("{ start: '02:04', end: '02:30'" UTC));
    world_beats(&s, 2, "api=b");
    world_mark(&s);
    EVENT(&s, rc = deed_snooze(s.engine, "api", "zoe", s.now_ms + 600000, s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a api snoozed@0, a api unacknowledged@1780, "
                                   "b api escalated@2080");
    sim_done(&s);
}

/* --- the clock --- */

static void clock__set_back_while_a_parent_is_looked_at__waits_no_longer(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_hold(&s, "api"), "dependency");
    EVENT(&s, engine_clock_step(s.engine, -7200000, &s.fx));
    s.now_ms -= 7200000;
    world_mark(&s);
    world_run(&s, 10000);
    assert_int_equal(strncmp(world_log, "f api triggered@", 16), 0);
    sim_done(&s);
}

static void clock__set_into_or_out_of_a_window__holds_as_the_new_time_says(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WINDOWED("{ start: '01:00', end: '01:30'" UTC));
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_log, "a api triggered@20");
    EVENT(&s, engine_clock_step(s.engine, -2400000, &s.fx)); /* 01:20 */
    s.now_ms -= 2400000;
    world_run(&s, 1000);
    assert_string_equal(world_hold(&s, "api"), "maintenance");
    EVENT(&s, engine_clock_step(s.engine, 2400000, &s.fx));
    s.now_ms += 2400000;
    world_mark(&s);
    world_run(&s, 1000);
    assert_int_equal(strncmp(world_log, "a api triggered@", 16), 0);
    sim_done(&s);
}

/* --- what is measured meanwhile --- */

static void maintained__by_the_file__for_as_long_as_the_window(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WINDOWED("{ start: '03:00', end: '03:30'" UTC));
    assert_false(engine_maintained(s.engine, "api", WORLD_START_MS + 3599999));
    assert_true(engine_maintained(s.engine, "api", WORLD_START_MS + 3600000));
    assert_true(engine_maintained(s.engine, "api", WORLD_START_MS + 5399999));
    assert_false(engine_maintained(s.engine, "api", WORLD_START_MS + 5400000));
    assert_false(engine_maintained(s.engine, "nobody", WORLD_START_MS + 3600000));
    sim_done(&s);
}

/* Asked for when it had begun already, it hides nothing that was measured. */
static void maintained__asked_for__only_if_before_it_began(void **state)
{
    static const struct {
        enum quiet_kind kind;
        const char *matchers;
        int64_t from_ms;
        bool maintained;
    } table[] = {
        {QUIET_MAINTENANCE, "monitor=api\n", 600000, true},
        {QUIET_MAINTENANCE, "monitor=api\n", 0, true},
        {QUIET_MAINTENANCE, "monitor=api\n", -600000, false},
        {QUIET_MAINTENANCE, "monitor=db\n", 600000, false},
        {QUIET_MAINTENANCE, "policy=p\nseverity=critical\n", 600000, true},
        {QUIET_SILENCE, "monitor=api\n", 600000, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sim s;

        world_begin(&s, WORLD_HEAD "monitors:\n" NODE("api", ", policy: p")
                            NODE("db", ", severity: info"));
        world_quiet(&s, table[i].kind, table[i].matchers, table[i].from_ms, 1200000);
        assert_int_equal(engine_maintained(s.engine, "api", s.now_ms + 900000),
                         table[i].maintained);
        assert_false(engine_maintained(s.engine, "api", s.now_ms + 1200000));
        sim_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window__from_the_file__holds_until_it_ends),
        cmocka_unit_test(window__says_until_when_and_why),
        cmocka_unit_test(window__recovered_meanwhile__nobody_is_told),
        cmocka_unit_test(window__changed_by_a_reload__holds_as_it_says_now),
        cmocka_unit_test(window__killed_within_and_started_after__pages),
        cmocka_unit_test(holds__several__the_first_of_the_order_is_named),
        cmocka_unit_test(holds__asked_of_a_monitor__says_what_would_hold),
        cmocka_unit_test(held__somebody_acts__only_what_they_ask_for_goes_out),
        cmocka_unit_test(held__snoozed_and_woken_within__waits_for_the_end),
        cmocka_unit_test(clock__set_back_while_a_parent_is_looked_at__waits_no_longer),
        cmocka_unit_test(clock__set_into_or_out_of_a_window__holds_as_the_new_time_says),
        cmocka_unit_test(maintained__by_the_file__for_as_long_as_the_window),
        cmocka_unit_test(maintained__asked_for__only_if_before_it_began),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
