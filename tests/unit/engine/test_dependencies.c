/* test_dependencies.c - a child of what is down pages nobody; and what it takes to page again. */
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

/* --- dependencies: the three invariants --- */

static void dependency__parent_down__pages_the_parent_and_holds_the_child(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "net=g db=b api=b web=b");
    assert_string_equal(world_log, "a db triggered@20");
    assert_string_equal(world_hold(&s, "api"), "dependency");
    assert_string_equal(world_of(&s, "api")->hold_ref, world_of(&s, "db")->id);
    assert_string_equal(world_of(&s, "api")->hold_why, "it depends on db, which is down");
    assert_int_equal(world_of(&s, "api")->hold_until_ms, 0);
    world_run(&s, 3600000);
    /* told what it took along, once, and after that nobody for the children */
    assert_string_equal(world_log, "a db triggered@20, a db updated@30, b db escalated@320");
    sim_done(&s);
}

static void dependency__child_held__is_looked_at_and_judged_as_ever(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "net=g db=b api=b");
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_DOWN);
    assert_int_equal(world_kept(&s, "api")->status.state, MONITOR_DOWN);
    assert_int_equal(world_of(&s, "api")->count, 2);
    world_beats(&s, 3, "net=g db=b api=b");
    assert_int_equal(engine_status(s.engine, "api")->bad, 5);
    assert_int_equal(world_kept(&s, "api")->status.bad, 5);
    assert_int_equal(world_of(&s, "api")->count, 5);
    world_beats(&s, 2, "net=g db=b api=g");
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_UP);
    assert_null(world_of(&s, "api"));
    assert_true(world_moved(&s, "incident: triggered -> resolved: recovered"));
    assert_null(strstr(world_log, "api")); /* nobody was told of it, so nobody of its end */
    sim_done(&s);
}

static void dependency__child_paged_before__its_end_is_told_although_held(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "net=g db=g api=b");
    assert_string_equal(world_log, "f api triggered@20");
    world_mark(&s);
    world_beats(&s, 2, "net=g db=b api=b");
    assert_string_equal(world_hold(&s, "api"), "dependency");
    world_beats(&s, 2, "net=g db=b api=g");
    assert_non_null(strstr(world_log, "f api resolved@40"));
    assert_null(strstr(world_log, "api triggered"));
    sim_done(&s);
}

static void dependency__child_paged_before__escalates_no_more(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "net=g db=b");
    assert_string_equal(world_log, "a db triggered@20");
    world_beats(&s, 2, "net=b db=b");
    assert_string_equal(world_hold(&s, "db"), "dependency");
    world_mark(&s);
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a net updated@10, b net escalated@300");
    sim_done(&s);
}

/* --- one hop is enough --- */

static void dependency__grandchild__is_held_by_the_root(void **state)
{
    static const char *const orders[] = {"net=b db=b api=b", "api=b db=b net=b",
                                         "db=b net=b api=b"};

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct sim s;

        begin_tree(&s);
        world_beats(&s, 3, orders[i]);
        assert_string_equal(world_log, "a net triggered@20, a net updated@30");
        assert_string_equal(world_hold(&s, "db"), "dependency");
        assert_string_equal(world_hold(&s, "api"), "dependency");
        assert_string_equal(world_of(&s, "db")->hold_ref, world_of(&s, "net")->id);
        assert_string_equal(world_of(&s, "api")->hold_ref, world_of(&s, "net")->id);
        sim_done(&s);
    }
}

static void dependency__root_lists_what_it_swallowed(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "net=g db=b api=b");
    world_beat(&s, "net=g db=b api=b web=b");
    assert_string_equal(world_log, "a db triggered@20, a db updated@30");
    assert_string_equal(world_of(&s, "db")->affected, "api");
    world_beat(&s,
               "net=g db=b api=b web=b"); /* the next note is five minutes after the one before */
    assert_string_equal(world_of(&s, "db")->affected, "api web");
    assert_int_equal(world_of(&s, "db")->n_affected, 2);
    world_mark(&s);
    world_run(&s, 600000);
    assert_string_equal(world_log, "b db escalated@280, a db updated@290, b db updated@290");
    for (size_t i = 0; i < s.store.deliveries.n; i++)
        if (s.store.deliveries.items[i].notice.type == NOTICE_UPDATED)
            assert_in_range(s.store.deliveries.items[i].notice.n_affected, 1, 2);
    world_beats(&s, 4, "net=g db=b api=g web=g"); /* and a child that comes again is listed once */
    world_beats(&s, 3, "net=g db=b api=b web=b");
    assert_string_equal(world_of(&s, "db")->affected, "api web");
    sim_done(&s);
}

static void dependency__together_with_the_root__is_in_its_first_page(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 2, "net=b db=b api=b");
    world_beats(&s, 2, "net=g db=b api=b"); /* they hang on db now, whose page is still to come */
    world_beats(&s, 2, "net=g db=b api=b");
    assert_non_null(strstr(world_log, "a db triggered"));
    assert_string_equal(world_hold(&s, "api"), "dependency");
    assert_string_equal(world_of(&s, "api")->hold_ref, world_of(&s, "db")->id);
    sim_done(&s);
}

/* --- a parent of which nobody knows yet --- */

static void parent__fails_but_is_not_confirmed__is_waited_for(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beat(&s, "net=g db=g api=b");
    world_beat(&s, "net=g db=b api=b");
    assert_string_equal(world_hold(&s, "api"), "dependency");
    assert_string_equal(world_of(&s, "api")->hold_ref, "");
    assert_string_equal(world_of(&s, "api")->hold_why,
                        "it depends on db, which fails too and is being confirmed");
    assert_int_equal(world_of(&s, "api")->hold_until_ms, s.now_ms + 60000);
    assert_string_equal(world_log, "");
    world_beat(&s, "net=g db=b");
    assert_string_equal(world_log, "a db triggered@30");
    assert_string_equal(world_of(&s, "api")->hold_ref, world_of(&s, "db")->id);
    sim_done(&s);
}

static void parent__fails_once_and_is_well__lets_go_at_once(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beat(&s, "net=g db=g api=b");
    world_beat(&s, "net=g db=b api=b");
    world_beat(&s, "net=g db=g");
    assert_string_equal(world_log, "f api triggered@30");
    assert_string_equal(world_hold(&s, "api"), "");
    sim_done(&s);
}

static void parent__never_confirmed__lets_go_after_a_minute(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beat(&s, "net=g db=g api=b");
    world_beat(&s, "net=g db=b api=b");
    world_run(&s, 59999);
    assert_string_equal(world_log, "");
    world_run(&s, 1);
    assert_string_equal(world_log, "f api triggered@80");
    sim_done(&s);
}

/* The parent is probed at once; its answer lets go or holds on. */
static void parent__not_seen_since__is_looked_at_first(void **state)
{
    static const struct {
        enum verdict answer;
        const char *log, *hold;
    } table[] = {
        {VERDICT_UP, "f api triggered@20", ""},
        {VERDICT_DOWN, "", "dependency"},
        {VERDICT_UNKNOWN, "f api triggered@30", ""}, /* ten seconds are enough */
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sim s;

        begin_tree(&s);
        world_beat(&s, "api=b");
        world_run(&s, 10000);
        world_result_at(&s, "api", VERDICT_DOWN, "refused");
        assert_int_equal(s.fx.probes.n, 1);
        assert_string_equal(s.fx.probes.items[0], "db");
        assert_string_equal(world_hold(&s, "api"), "dependency");
        assert_string_equal(world_of(&s, "api")->hold_why,
                            "it depends on db, which is being looked at");
        world_result_at(&s, "db", table[i].answer, "");
        world_run(&s, 10000);
        assert_string_equal(world_log, table[i].log);
        assert_string_equal(world_hold(&s, "api"), table[i].hold);
        sim_done(&s);
    }
}

/* What was seen before it failed again says nothing of this time. */
static void parent__not_seen_since_it_opened_again__is_looked_at_first(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "  w: { steps: [ { notify: ['channel:a'] } ] }\n"
                               "monitors:\n" NODE("db", ", policy: p")
                                   NODE("api", ", policy: w, depends_on: [db]"));
    world_beat(&s, "db=g api=g");
    world_beats(&s, 2, "db=g api=b");
    world_beats(&s, 2, "db=g api=g");
    assert_null(world_of(&s, "api"));
    world_mark(&s);
    world_beats(&s, 2, "api=b");
    assert_int_equal(world_of(&s, "api")->reopened, 1);
    assert_string_equal(world_of(&s, "api")->hold_why,
                        "it depends on db, which is being looked at");
    world_result_at(&s, "db", VERDICT_DOWN, "refused"); /* the probe that was asked for */
    world_beat(&s, "db=b api=b");
    assert_string_equal(world_of(&s, "api")->hold_ref, world_of(&s, "db")->id);
    assert_null(strstr(world_log, "api triggered"));
    sim_done(&s);
}

static void parent__disabled__holds_nothing(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "monitors:\n" NODE("db", ", policy: p, enabled: false")
                        NODE("api", ", depends_on: [db]"));
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_log, "f api triggered@20");
    sim_done(&s);
}

/* --- let go --- */

static void release__root_is_back__the_child_must_fail_on_its_own(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 3, "net=g db=b api=b");
    world_mark(&s);
    world_beats(&s, 2,
                "net=g db=g api=b"); /* the second tells that db is back, then api fails once */
    assert_string_equal(world_hold(&s, "api"), "dependency");
    assert_string_equal(world_of(&s, "api")->hold_why,
                        "what it depends on is back; it must fail on its own");
    assert_string_equal(world_log, "a db resolved@20");
    world_beat(&s, "net=g db=g api=b");
    assert_string_equal(world_log, "a db resolved@20, f api triggered@30");
    assert_string_equal(world_hold(&s, "api"), "");
    sim_done(&s);
}

static void release__child_is_back_too__tells_nobody(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 3, "net=g db=b api=b");
    world_mark(&s);
    world_beats(&s, 2, "net=g db=g api=b");
    world_beats(&s, 2, "net=g db=g api=g");
    assert_string_equal(world_log, "a db resolved@20");
    assert_null(world_of(&s, "api"));
    sim_done(&s);
}

/* Its streak was long when the root came back, and a good result broke it. */
static void release__a_good_result_between__needs_no_longer_streak(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 50, "net=g db=b api=b");
    world_beats(&s, 2, "net=g db=g api=b");
    world_beat(&s, "net=g db=g api=g");
    world_mark(&s);
    world_beats(&s, 2, "net=g db=g api=b");
    assert_string_equal(world_log, "f api triggered@20");
    sim_done(&s);
}

static void release__root_falls_again_meanwhile__holds_on(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 3, "net=g db=b api=b");
    world_beats(&s, 2, "net=g db=g api=b");
    world_beats(&s, 9, "net=g db=b api=b"); /* it fails on its own, but db may be why */
    assert_null(strstr(world_log, "f api"));
    assert_string_equal(world_hold(&s, "api"), "dependency");
    sim_done(&s);
}

static void release__killed_while_it_proves_itself__goes_on_counting(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 3, "net=g db=b api=b");
    world_beats(&s, 2, "net=g db=g api=b");
    world_restart(&s);
    assert_string_equal(world_hold(&s, "api"), "dependency");
    world_mark(&s);
    world_beat(&s, "net=g db=g api=b");
    assert_string_equal(world_log, "f api triggered@10");
    sim_done(&s);
}

/* db is down by net; net and db are back at the same moment. */
static void release__the_whole_chain_is_back__each_must_fail_on_its_own(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 3, "net=b db=b api=b");
    world_beats(&s, 2, "net=g db=g api=b");
    assert_null(world_of(&s, "db"));
    assert_string_equal(world_hold(&s, "api"), "dependency");
    world_mark(&s);
    world_beat(&s, "net=g db=g api=b");
    assert_string_equal(world_log, "f api triggered@10");
    sim_done(&s);
}

/* The second of two parents is not confirmed when the first comes back. */
static void release__another_parent_fails_once__proves_itself_all_the_same(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "monitors:\n" NODE("a1", ", policy: p") NODE("a2", ", policy: p")
                        NODE("api", ", depends_on: [a1, a2]"));
    world_beat(&s, "a1=g a2=g api=g");
    world_beats(&s, 3, "a1=b a2=g api=b");
    world_beat(&s, "a1=g a2=g api=b");
    world_beat(&s, "a1=g a2=b api=b");
    assert_string_equal(world_hold(&s, "api"), "dependency");
    world_mark(&s);
    world_beat(&s, "a1=g a2=g");
    assert_string_equal(world_log, "");
    world_beat(&s, "a1=g a2=g api=b");
    assert_string_equal(world_log, "f api triggered@20");
    sim_done(&s);
}

static void release__reload_takes_the_dependency_away__proves_itself(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 3, "net=g db=b api=b");
    world_reload(&s, WORLD_HEAD "monitors:\n" NODE("net", ", policy: p")
                         NODE("db", ", policy: p, depends_on: [net]") NODE("api", "")
                             NODE("web", ", depends_on: [db]") NODE("far", ""));
    assert_string_equal(world_hold(&s, "api"), "dependency");
    world_mark(&s);
    world_beats(&s, 2, "net=g db=b api=b");
    assert_string_equal(world_log, "f api triggered@20");
    sim_done(&s);
}

static void root__resolved_by_hand_and_still_down__holds_on(void **state)
{
    struct sim s;

    (void)state;
    begin_tree(&s);
    world_beats(&s, 3, "net=g db=b api=b");
    world_mark(&s);
    world_resolve(&s, "db");
    world_beat(&s, "net=g db=b api=b");
    assert_string_equal(world_hold(&s, "api"), "dependency");
    world_beat(&s, "net=g db=b api=b"); /* confirmed anew: a new incident, and its own page */
    assert_string_equal(world_log, "a db resolved@0, a db triggered@20");
    assert_string_equal(world_of(&s, "api")->hold_ref, world_of(&s, "db")->id);
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dependency__parent_down__pages_the_parent_and_holds_the_child),
        cmocka_unit_test(dependency__child_held__is_looked_at_and_judged_as_ever),
        cmocka_unit_test(dependency__child_paged_before__its_end_is_told_although_held),
        cmocka_unit_test(dependency__child_paged_before__escalates_no_more),
        cmocka_unit_test(dependency__grandchild__is_held_by_the_root),
        cmocka_unit_test(dependency__root_lists_what_it_swallowed),
        cmocka_unit_test(dependency__together_with_the_root__is_in_its_first_page),
        cmocka_unit_test(parent__fails_but_is_not_confirmed__is_waited_for),
        cmocka_unit_test(parent__fails_once_and_is_well__lets_go_at_once),
        cmocka_unit_test(parent__never_confirmed__lets_go_after_a_minute),
        cmocka_unit_test(parent__not_seen_since__is_looked_at_first),
        cmocka_unit_test(parent__not_seen_since_it_opened_again__is_looked_at_first),
        cmocka_unit_test(parent__disabled__holds_nothing),
        cmocka_unit_test(release__root_is_back__the_child_must_fail_on_its_own),
        cmocka_unit_test(release__child_is_back_too__tells_nobody),
        cmocka_unit_test(release__a_good_result_between__needs_no_longer_streak),
        cmocka_unit_test(release__root_falls_again_meanwhile__holds_on),
        cmocka_unit_test(release__killed_while_it_proves_itself__goes_on_counting),
        cmocka_unit_test(release__the_whole_chain_is_back__each_must_fail_on_its_own),
        cmocka_unit_test(release__another_parent_fails_once__proves_itself_all_the_same),
        cmocka_unit_test(release__reload_takes_the_dependency_away__proves_itself),
        cmocka_unit_test(root__resolved_by_hand_and_still_down__holds_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
