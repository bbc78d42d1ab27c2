/* test_orders.c - silences and maintenance that people ask for: begun, warned of, ended, kept. */
#include "world.h"

#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"
#define MIN              60000LL
#define FILE_WITH(people)                                                                          \
    WORLD_HEAD "people: { " people                                                                 \
               " }\nmonitors:\n" NODE("api", ", policy: p, group: core, labels: { team: pay }")    \
                   NODE("db", ", policy: p, severity: warning") NODE("far", "")
#define THREE FILE_WITH("ana: { notify: [ { via: f } ] }, bo: {}")

static void begin(struct sim *s)
{
    world_begin(s, THREE);
}

/* --- what it does to a page --- */

static void silence__begins_before_the_page__holds_it_until_the_end(void **state)
{
    struct sim s;
    const char *id;

    (void)state;
    begin(&s);
    id = world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 8 * MIN);
    assert_true(world_moved(&s, "quiet: none -> active: "));
    assert_int_equal(s.fx.commit.quiets.n, 1);
    world_beats(&s, 2, "api=b db=b");
    assert_string_equal(world_hold(&s, "api"), "silence");
    assert_string_equal(world_of(&s, "api")->hold_ref, id);
    assert_int_equal(world_of(&s, "api")->hold_until_ms, WORLD_START_MS + 8 * MIN);
    assert_int_equal(strncmp(world_of(&s, "api")->hold_why, "silence ", 8), 0);
    assert_true(text_ends(world_of(&s, "api")->hold_why, " by ana until 2026-11-22T02:08:00Z"));
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a db triggered@20, b db escalated@320, "
                                   "a api triggered@480, b api escalated@780");
    sim_done(&s);
}

static void silence__begins_while_it_pages__stops_it_and_begins_anew_after(void **state)
{
    static const enum quiet_kind kinds[] = {QUIET_SILENCE, QUIET_MAINTENANCE};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim s;

        begin(&s);
        world_beats(&s, 2, "api=b");
        world_quiet(&s, kinds[i], "team=pay\n", 0, 15 * MIN);
        assert_string_equal(world_hold(&s, "api"), quiet_kind_name(kinds[i]));
        world_run(&s, 3600000);
        assert_string_equal(world_log,
                            "a api triggered@20, a api triggered@920, b api escalated@1220");
        sim_done(&s);
    }
}

static void silence__page_on_its_way__is_not_tried_again(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_results(&s, "api", "bb");
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 5 * MIN);
    world_end(&s, "a", OUTCOME_RETRY);
    world_mark(&s);
    world_run(&s, 5 * MIN - 1000);
    assert_string_equal(world_log, "");
    world_run(&s, 1000);
    assert_string_equal(world_log, "a api triggered@300");
    sim_done(&s);
}

static void silence__begins_later__holds_from_then(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_MAINTENANCE, "group=core\n", 2 * MIN, 10 * MIN);
    assert_true(world_moved(&s, "quiet: none -> pending: "));
    world_beats(&s, 2, "api=b");
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a api triggered@20, a api triggered@600, b api escalated@900");
    sim_done(&s);
}

static void silence__recovers_within__who_was_paged_hears_of_it(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_beats(&s, 2, "api=b");
    world_quiet(&s, QUIET_SILENCE, "monitor=~api|db\n", 0, 60 * MIN);
    world_beats(&s, 2, "api=g db=b");
    world_beats(&s, 2, "db=g");
    world_run(&s, 2 * 60 * MIN);
    assert_string_equal(world_log, "a api triggered@20, a api resolved@40");
    sim_done(&s);
}

static void silence__of_an_acknowledged_one__pages_only_when_that_runs_out_after(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "  q: { ack_timeout: 5m, steps: [ { notify: ['channel:a'] } ] }\n"
                               "monitors:\n" NODE("api", ", policy: q") NODE("far", ""));
    world_beats(&s, 2, "api=b");
    world_ack(&s, "api");
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 10 * MIN);
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a api triggered@20, a api acknowledged@20, "
                                   "a api unacknowledged@620");
    sim_done(&s);
}

static void silence__two_at_once__the_last_one_lets_go(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 5 * MIN);
    world_quiet(&s, QUIET_MAINTENANCE, "monitor=api\n", 0, 9 * MIN);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_hold(&s, "api"), "silence");
    world_run(&s, 5 * MIN);
    assert_string_equal(world_hold(&s, "api"), "maintenance");
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a api triggered@540, b api escalated@840");
    sim_done(&s);
}

/* --- moves of its own --- */

static void quiet__begins_and_ends__is_recorded(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", MIN, 2 * MIN);
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms + MIN);
    world_tick(&s, MIN);
    assert_string_equal(world_moves(&s), "quiet: pending -> active: it begins");
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms + MIN);
    world_tick(&s, MIN);
    assert_string_equal(world_moves(&s), "quiet: active -> over: it has ended");
    world_tick(&s, MIN);
    assert_string_equal(world_moves(&s), "");
    sim_done(&s);
}

static size_t listed(struct sim *s)
{
    const struct quiet *const *list;

    return engine_quiets(s->engine, &list);
}

static void quiet__over_for_a_day__is_forgotten(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, MIN);
    world_run(&s, MIN + 86400000 - 1);
    assert_int_equal(listed(&s), 1);
    world_run(&s, 1);
    assert_int_equal(listed(&s), 0);
    assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
    sim_done(&s);
}

static void quiets__listed__in_order_of_their_start(void **state)
{
    const struct quiet *const *list;
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 3 * MIN, 9 * MIN);
    world_quiet(&s, QUIET_SILENCE, "monitor=db\n", MIN, 9 * MIN);
    world_quiet(&s, QUIET_SILENCE, "monitor=far\n", 2 * MIN, 9 * MIN);
    assert_int_equal(engine_quiets(s.engine, &list), 3);
    assert_string_equal(list[0]->matchers, "monitor=db\n");
    assert_string_equal(list[1]->matchers, "monitor=far\n");
    assert_string_equal(list[2]->matchers, "monitor=api\n");
    sim_done(&s);
}

/* --- the author is warned --- */

static void warning__something_is_held__goes_to_the_author_ten_minutes_before(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "policy=p\n", 0, 60 * MIN);
    world_beats(&s, 2, "api=b db=b");
    world_run(&s, 50 * MIN - 20000);
    assert_string_equal(world_log, "f api ending@3000");
    assert_true(s.store.quiets.items[0].warned);
    for (size_t i = 0; i < s.store.deliveries.n; i++)
        assert_non_null(strstr(s.store.deliveries.items[i].notice.title,
                               "ends in 10 minutes; then 2 open incidents page: api is down"));
    world_run(&s, 11 * MIN);
    assert_string_equal(world_log, "f api ending@3000, a api triggered@3600, "
                                   "a db triggered@3600");
    sim_done(&s);
}

static void warning__each_case__only_when_it_helps(void **state)
{
    static const struct {
        const char *what, *people;
        int64_t minutes;
        const char *beat;
        bool killed, warned;
    } table[] = {
        {"it holds", "ana: { notify: [ { via: f } ] }", 20, "api=b", false, true},
        {"nothing is held", "ana: { notify: [ { via: f } ] }", 20, "api=g", false, false},
        {"another is down", "ana: { notify: [ { via: f } ] }", 20, "far=b", false, false},
        {"short", "ana: { notify: [ { via: f } ] }", 19, "api=b", false, false},
        {"a stranger", "bo: { notify: [ { via: f } ] }", 20, "api=b", false, false},
        {"nothing reaches them", "ana: {}", 20, "api=b", false, false},
        {"killed before", "ana: { notify: [ { via: f } ] }", 20, "api=b", true, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf yaml;
        struct sim s;

        buf_init(&yaml, 1 << 14);
        buf_printf(&yaml,
                   WORLD_HEAD "people: { %s }\nmonitors:\n" NODE("api", ", policy: p")
                       NODE("far", ""),
                   table[i].people);
        world_begin(&s, buf_text(&yaml));
        world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, table[i].minutes * MIN);
        world_beats(&s, 2, table[i].beat);
        if (table[i].killed)
            world_restart(&s);
        world_run(&s, 10 * MIN);
        if (table[i].killed)
            world_restart(&s);
        world_run(&s, 5 * MIN);
        if ((strstr(world_log, "f api ending@600") != NULL) != table[i].warned)
            fail_msg("%s: %s", table[i].what, world_log);
        assert_int_equal(table[i].warned, strstr(world_log, "ending") != NULL);
        buf_done(&yaml);
        sim_done(&s);
    }
}

/* --- killed, started late, and the clock --- */

static void restart__within__holds_on_and_lets_go(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 10 * MIN);
    world_beats(&s, 2, "api=b");
    world_restart(&s);
    assert_string_equal(world_hold(&s, "api"), "silence");
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a api triggered@600, b api escalated@900");
    sim_done(&s);
}

static void restart__it_ended_meanwhile__pages(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 10 * MIN);
    world_beats(&s, 2, "api=b");
    s.now_ms += 20 * MIN;
    world_restart(&s);
    assert_string_equal(world_log, "a api triggered@1220");
    assert_int_equal(listed(&s), 1);
    sim_done(&s);
}

static void restart__with_one_that_cannot_be_read__goes_without(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 10 * MIN);
    text_copy(s.store.quiets.items[0].matchers, MATCHERS_SIZE, "monitor=~(\n");
    world_restart(&s);
    assert_int_equal(listed(&s), 0);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_log, "a api triggered@20");
    sim_done(&s);
}

/* The store was away at the start: nobody knew of the silence, and the page went out. */
static void late_restore__what_is_known_already__is_held_from_then(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 60 * MIN);
    world_kill(&s);
    world_store_away = true;
    world_beats(&s, 2, "api=b");
    world_store_away = false;
    assert_string_equal(world_log, "a api triggered@20");
    world_restore(&s);
    assert_string_equal(world_hold(&s, "api"), "silence");
    world_run(&s, 59 * MIN);
    assert_non_null(strstr(world_log, "a api triggered@20, f api ending@3000"));
    assert_null(strstr(world_log, "escalated"));
    sim_done(&s);
}

/* In the middle of it at 02:05; set back before it, and over its end. */
static void clock__set__holds_as_the_new_time_says(void **state)
{
    static const struct {
        int64_t by_min;
        bool held;
    } table[] = {{-10, false}, {-1, true}, {1, true}, {10, false}};

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sim s;

        begin(&s);
        world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 10 * MIN);
        world_beats(&s, 2, "api=b");
        world_run(&s, 5 * MIN);
        EVENT(&s, engine_clock_step(s.engine, table[i].by_min * MIN, &s.fx));
        s.now_ms += table[i].by_min * MIN;
        world_run(&s, 1000);
        assert_string_equal(world_hold(&s, "api"), table[i].held ? "silence" : "");
        world_run(&s, 60 * MIN);
        assert_string_equal(world_hold(&s, "api"), "");
        assert_non_null(strstr(world_log, "b api escalated"));
        sim_done(&s);
    }
}

/* Over; the clock is set back into it, and a page is due. */
static void clock__set_back_into_it__is_let_go_at_its_end(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 10 * MIN);
    world_run(&s, 20 * MIN);
    EVENT(&s, engine_clock_step(s.engine, -15 * MIN, &s.fx));
    s.now_ms -= 15 * MIN;
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_hold(&s, "api"), "silence");
    world_mark(&s);
    world_run(&s, 10 * MIN);
    assert_string_equal(world_log, "a api triggered@280, b api escalated@580");
    sim_done(&s);
}

static void reload__author_and_monitors_changed__holds_what_fits_now(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    world_quiet(&s, QUIET_SILENCE, "team=pay\n", 0, 60 * MIN);
    world_reload(&s, WORLD_HEAD "monitors:\n" NODE("api", ", policy: p")
                         NODE("db", ", policy: p, labels: { team: pay }"));
    world_beats(&s, 2, "api=b db=b");
    assert_string_equal(world_hold(&s, "api"), "");
    assert_string_equal(world_hold(&s, "db"), "silence");
    sim_done(&s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence__begins_before_the_page__holds_it_until_the_end),
        cmocka_unit_test(silence__begins_while_it_pages__stops_it_and_begins_anew_after),
        cmocka_unit_test(silence__page_on_its_way__is_not_tried_again),
        cmocka_unit_test(silence__begins_later__holds_from_then),
        cmocka_unit_test(silence__recovers_within__who_was_paged_hears_of_it),
        cmocka_unit_test(silence__of_an_acknowledged_one__pages_only_when_that_runs_out_after),
        cmocka_unit_test(silence__two_at_once__the_last_one_lets_go),
        cmocka_unit_test(quiet__begins_and_ends__is_recorded),
        cmocka_unit_test(quiet__over_for_a_day__is_forgotten),
        cmocka_unit_test(quiets__listed__in_order_of_their_start),
        cmocka_unit_test(warning__something_is_held__goes_to_the_author_ten_minutes_before),
        cmocka_unit_test(warning__each_case__only_when_it_helps),
        cmocka_unit_test(restart__within__holds_on_and_lets_go),
        cmocka_unit_test(restart__it_ended_meanwhile__pages),
        cmocka_unit_test(restart__with_one_that_cannot_be_read__goes_without),
        cmocka_unit_test(late_restore__what_is_known_already__is_held_from_then),
        cmocka_unit_test(clock__set__holds_as_the_new_time_says),
        cmocka_unit_test(clock__set_back_into_it__is_let_go_at_its_end),
        cmocka_unit_test(reload__author_and_monitors_changed__holds_what_fits_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
