/* test_gather.c - many troubles, one page: groups and storms. One page for all, one resolve when
 * the last is back, and nobody's page told to somebody else. */
#include "world.h"

#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"
#define CORE(name)       NODE(name, ", policy: g, group: core")
#define POLICY_G(more)                                                                             \
    "  g: { reopen_window: 0s, group_by: [group]" more                                             \
    ", steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ] }\n"
#define GROUPED(more)                                                                              \
    WORLD_HEAD POLICY_G(more) "monitors:\n" CORE("m1") CORE("m2") CORE("m3")                       \
        NODE("n1", ", policy: g, group: edge") NODE("far", ", policy: p")

#define STEADY "m1=g m2=g m3=g n1=g far=g"

static void begin(struct sim *s, const char *yaml)
{
    world_begin(s, yaml);
    world_beat(s, STEADY);
    world_mark(s);
}

/* --- by `group_by` --- */

static void group__several_of_it__one_page_one_note_one_resolve(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 2, "m1=b");
    assert_string_equal(world_log, "a group:g:core triggered@20");
    assert_string_equal(world_of(&s, "group:g:core")->title, "m1 is down: refused");
    assert_string_equal(world_hold(&s, "m1"), "group");
    assert_string_equal(world_of(&s, "m1")->hold_ref, world_of(&s, "group:g:core")->id);
    world_beats(&s, 2, "m1=b m2=b m3=b");
    assert_string_equal(world_of(&s, "group:g:core")->title, "core: 3 monitors are down: m1 m2 m3");
    world_run(&s, 10000);
    assert_string_equal(world_log, "a group:g:core triggered@20, a group:g:core updated@50");
    world_mark(&s);
    world_beats(&s, 2, "m1=g m2=g m3=b");
    assert_int_equal(world_open(&s), 2);
    assert_string_equal(world_log, "");
    world_beats(&s, 2, "m3=g");
    assert_string_equal(world_log, "a group:g:core resolved@40");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

#define BOOK(name, book) NODE(name, ", policy: g, group: core, runbook: 'https://run/" book "'")

static void group__runbook__is_the_only_one_of_its_members(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, WORLD_HEAD POLICY_G("") "monitors:\n" CORE("m1") BOOK("m2", "x") BOOK("m3", "x")
                  BOOK("n1", "y") NODE("far", ", policy: p"));
    world_beats(&s, 2, "m1=b");
    assert_string_equal(world_of(&s, "group:g:core")->runbook, "");
    world_beats(&s, 2, "m2=b");
    assert_string_equal(world_of(&s, "group:g:core")->runbook, "https://run/x");
    world_beats(&s, 2, "m3=b");
    world_restart(&s);
    assert_string_equal(world_of(&s, "group:g:core")->runbook, "https://run/x");
    world_beats(&s, 2, "n1=b");
    assert_string_equal(world_of(&s, "group:g:core")->runbook, "");
    world_beats(&s, 2, "m2=g m3=g");
    world_beats(&s, 2, "m2=b");
    assert_string_equal(world_of(&s, "group:g:core")->runbook, "");
    world_restart(&s);
    world_beats(&s, 2, "m3=b");
    assert_string_equal(world_of(&s, "group:g:core")->runbook, "");
    sim_done(&s);
}

static void group__first_with_a_runbook__is_in_the_page(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, WORLD_HEAD POLICY_G("") "monitors:\n" BOOK("m1", "x") BOOK("m2", "x") CORE("m3")
                  CORE("n1") NODE("far", ", policy: p"));
    world_beat(&s, "m1=b");
    world_run(&s, 10000);
    world_result_at(&s, "m1", VERDICT_DOWN, "refused");
    assert_string_equal(world_sends(&s), "a triggered");
    assert_string_equal(s.fx.sends.items[0]->notice.runbook, "https://run/x");
    sim_done(&s);
}

static void group__another_value_and_another_policy__pages_of_their_own(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 2, "m1=b n1=b far=b");
    assert_string_equal(world_log, "a group:g:core triggered@20, a group:g:edge triggered@20, "
                                   "a far triggered@20");
    sim_done(&s);
}

static void group__escalates_as_one(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 2, "m1=b m2=b");
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a group:g:core triggered@20, a group:g:core updated@30, "
                                   "b group:g:core escalated@320");
    sim_done(&s);
}

static void group_wait__what_fails_together__is_in_the_first_page(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(", group_wait: 30s"));
    world_beats(&s, 2, "m1=b");
    world_beats(&s, 2, "m1=b m2=b");
    world_run(&s, 9999);
    assert_string_equal(world_log, "");
    world_run(&s, 1);
    assert_string_equal(world_log, "a group:g:core triggered@50");
    assert_string_equal(s.store.deliveries.items[0].notice.affected, "m1 m2");
    assert_string_equal(s.store.deliveries.items[0].notice.title,
                        "core: 2 monitors are down: m1 m2");
    world_run(&s, 60000);
    assert_string_equal(world_log, "a group:g:core triggered@50");
    sim_done(&s);
}

static void group_wait__over_before_it_ends__nobody_is_told(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(", group_wait: 1m"));
    world_beats(&s, 2, "m1=b");
    world_beats(&s, 2, "m1=g");
    world_run(&s, 3600000);
    assert_string_equal(world_log, "");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void group__acknowledged__pages_nobody_for_the_next_of_it(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 2, "m1=b");
    world_ack(&s, "group:g:core");
    world_mark(&s);
    world_beats(&s, 2, "m1=b m2=b");
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a group:g:core updated@30");
    assert_int_equal(world_of(&s, "group:g:core")->state, INCIDENT_ACKNOWLEDGED);
    assert_string_equal(world_of(&s, "group:g:core")->affected, "m1 m2");
    sim_done(&s);
}

/* Its members go with it, and each monitor must confirm anew before it opens another one. */
static void group__resolved_by_hand__resolves_its_members(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 4, "m1=b m2=b");
    world_mark(&s);
    world_resolve(&s, "group:g:core");
    assert_int_equal(world_open(&s), 0);
    while (world_deliver_one(&s))
        continue;
    assert_string_equal(world_log, "a group:g:core resolved@0");
    world_beat(&s, "m1=b m2=b");
    assert_int_equal(world_open(&s), 0);
    world_beat(&s, "m1=b m2=b");
    assert_string_equal(world_log, "a group:g:core resolved@0, a group:g:core triggered@20");
    assert_int_equal(world_open(&s), 3);
    sim_done(&s);
}

static void group__members_resolved_by_hand__ends_with_the_last(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 2, "m1=b m2=b");
    world_mark(&s);
    world_resolve(&s, "m1");
    assert_string_equal(world_log, "");
    world_resolve(&s, "m2");
    assert_string_equal(world_log, "a group:g:core resolved@0");
    sim_done(&s);
}

#define SEVERE                                                                                     \
    WORLD_HEAD POLICY_G("") "monitors:\n" NODE("m1",                                               \
                                               ", policy: g, group: core, severity: warning")      \
        NODE("m2", ", policy: g, group: core, severity: critical")
#define MILD                                                                                       \
    WORLD_HEAD POLICY_G("") "monitors:\n" NODE("m1",                                               \
                                               ", policy: g, group: core, severity: warning")      \
        NODE("m2", ", policy: g, group: core, severity: warning")

static void group__a_worse_one_joins__pages_anew(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, SEVERE);
    world_beats(&s, 2, "m1=b m2=g");
    assert_string_equal(world_log, "a group:g:core triggered@20");
    world_beats(&s, 2, "m1=b m2=b");
    assert_string_equal(world_log, "a group:g:core triggered@20, a group:g:core triggered@40");
    assert_int_equal(world_of(&s, "group:g:core")->severity, SEVERITY_CRITICAL);
    sim_done(&s);
}

static void group__a_member_is_worse_by_reload__pages_anew(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, MILD);
    world_beats(&s, 2, "m1=b m2=b");
    world_mark(&s);
    world_reload(&s, SEVERE);
    assert_string_equal(world_log, "a group:g:core triggered@0");
    assert_int_equal(world_of(&s, "group:g:core")->severity, SEVERITY_CRITICAL);
    world_reload(&s, MILD); /* and never back */
    assert_int_equal(world_of(&s, "group:g:core")->severity, SEVERITY_CRITICAL);
    sim_done(&s);
}

static void group__reload_takes_members_away__ends_with_the_last(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, MILD);
    world_beats(&s, 2, "m1=b m2=b");
    world_mark(&s);
    world_reload(&s, WORLD_HEAD POLICY_G("") "monitors:\n" NODE(
                         "m2", ", policy: g, group: core, severity: warning"));
    assert_string_equal(world_log, "");
    assert_int_equal(world_open(&s), 2);
    world_reload(&s, WORLD_HEAD POLICY_G("") "monitors: []\n");
    assert_string_equal(world_log, "a group:g:core resolved@0");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

/* Maintenance holds it on its own, and the gathering when that holds all of it. Nobody hears that
 * anything is over before it is. */
static void group__members_held_by_something_else__it_is_held_and_not_over(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 2, "m1=b m2=b");
    world_run(&s, 10000);
    world_mark(&s);
    world_quiet(&s, QUIET_MAINTENANCE, "monitor=m1\n", 0, 60000);
    assert_string_equal(world_hold(&s, "m1"), "maintenance");
    assert_string_equal(world_hold(&s, "m2"), "group");
    world_run(&s, 60000);
    assert_string_equal(world_hold(&s, "m1"), "group");
    assert_string_equal(world_log, "");
    world_quiet(&s, QUIET_MAINTENANCE, "group=core\n", 0, 60000);
    assert_string_equal(world_log, "");
    world_restart(&s);
    assert_string_equal(world_log, "");
    world_run(&s, 60000);
    assert_string_equal(world_hold(&s, "m1"), "group");
    assert_string_equal(world_hold(&s, "m2"), "group");
    assert_string_equal(world_log, "a group:g:core triggered@120");
    world_beats(&s, 2, "m1=g m2=g");
    assert_non_null(strstr(world_log, "a group:g:core resolved"));
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void group__child_of_a_member__is_held_by_its_root(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD POLICY_G("") "monitors:\n" CORE("m1")
                        NODE("m2", ", policy: g, group: core, depends_on: [m1]"));
    world_beats(&s, 2, "m1=b m2=b");
    assert_string_equal(world_hold(&s, "m1"), "group");
    assert_string_equal(world_hold(&s, "m2"), "dependency");
    assert_string_equal(world_of(&s, "m2")->hold_ref, world_of(&s, "m1")->id);
    assert_string_equal(world_log, "a group:g:core triggered@20");
    sim_done(&s);
}

static void group__key__is_made_of_what_it_is_grouped_by(void **state)
{
#define LABELLED(by, more)                                                                         \
    WORLD_HEAD "  g: { group_by: [" by "], steps: [ { notify: ['channel:a'] } ] }\n"               \
               "monitors:\n" NODE("m1", ", policy: g" more)
    static const struct {
        const char *yaml, *key;
    } table[] = {
        {LABELLED("group", ", group: core"), "group:g:core"},
        {LABELLED("group", ""), "group:g:"},
        {LABELLED("team", ", labels: { team: pay, teams: x }"), "group:g:pay"},
        {LABELLED("team", ", labels: { teams: x }"), "group:g:"},
        {LABELLED("severity, monitor", ""), "group:g:critical,m1"},
        {LABELLED("group, team", ", group: core, labels: { a: b, team: 'x y' }"),
         "group:g:core,x y"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sim s;

        world_begin(&s, table[i].yaml);
        world_beats(&s, 2, "m1=b");
        assert_non_null(world_of(&s, table[i].key));
        sim_done(&s);
    }
}

#define LONG_NAME                                                                                  \
    "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg"

static void group__key_too_long__is_cut_and_still_its_own(void **state)
{
    struct sim s;

    (void)state;
    world_begin(
        &s, WORLD_HEAD
        "  " LONG_NAME ": { group_by: [group], steps: [ { notify: ['channel:a'] } ] }\n"
        "monitors:\n" NODE("m1",
                           ", policy: " LONG_NAME ", group: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1")
            NODE("m2", ", policy: " LONG_NAME ", group: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2"));
    world_beats(&s, 2, "m1=b m2=b");
    assert_int_equal(world_open(&s), 4);
    assert_string_not_equal(world_of(&s, "m1")->hold_ref, world_of(&s, "m2")->hold_ref);
    sim_done(&s);
}

static void group__killed__finds_its_members_again(void **state)
{
    struct sim s;

    (void)state;
    begin(&s, GROUPED(""));
    world_beats(&s, 2, "m1=b m2=b");
    world_run(&s, 10000);
    world_restart(&s);
    world_audit(&s);
    assert_string_equal(world_hold(&s, "m1"), "group");
    world_mark(&s);
    world_beats(&s, 2, "m1=g m2=b");
    world_beats(&s, 2, "m1=g m2=g");
    assert_string_equal(world_log, "a group:g:core resolved@40");
    sim_done(&s);
}

static void group__killed_and_a_member_left_the_file__ends_with_the_last(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, MILD);
    world_beats(&s, 2, "m1=b m2=b");
    config_free(s.config);
    s.config = world_config(WORLD_HEAD POLICY_G("") "monitors: []\n");
    world_mark(&s);
    world_restart(&s);
    assert_string_equal(world_log, "a group:g:core resolved@0");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

/* Nothing is held under what is gone. */
static void group__its_lead_is_lost__members_are_gathered_anew(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, MILD);
    world_beats(&s, 2, "m1=b m2=b");
    for (size_t i = 0; i < s.store.incidents.n; i++)
        if (!s.store.incidents.items[i].monitor[0])
            s.store.incidents.items[i] = s.store.incidents.items[--s.store.incidents.n];
    s.store.deliveries.n = 0;
    world_mark(&s);
    world_restart(&s);
    world_audit(&s);
    assert_string_equal(world_log, "a group:g:core triggered@0");
    assert_string_equal(world_hold(&s, "m1"), "group");
    assert_string_equal(world_hold(&s, "m2"), "group");
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group__several_of_it__one_page_one_note_one_resolve),
        cmocka_unit_test(group__runbook__is_the_only_one_of_its_members),
        cmocka_unit_test(group__first_with_a_runbook__is_in_the_page),
        cmocka_unit_test(group__another_value_and_another_policy__pages_of_their_own),
        cmocka_unit_test(group__escalates_as_one),
        cmocka_unit_test(group_wait__what_fails_together__is_in_the_first_page),
        cmocka_unit_test(group_wait__over_before_it_ends__nobody_is_told),
        cmocka_unit_test(group__acknowledged__pages_nobody_for_the_next_of_it),
        cmocka_unit_test(group__resolved_by_hand__resolves_its_members),
        cmocka_unit_test(group__members_resolved_by_hand__ends_with_the_last),
        cmocka_unit_test(group__a_worse_one_joins__pages_anew),
        cmocka_unit_test(group__a_member_is_worse_by_reload__pages_anew),
        cmocka_unit_test(group__reload_takes_members_away__ends_with_the_last),
        cmocka_unit_test(group__members_held_by_something_else__it_is_held_and_not_over),
        cmocka_unit_test(group__child_of_a_member__is_held_by_its_root),
        cmocka_unit_test(group__key__is_made_of_what_it_is_grouped_by),
        cmocka_unit_test(group__key_too_long__is_cut_and_still_its_own),
        cmocka_unit_test(group__killed__finds_its_members_again),
        cmocka_unit_test(group__killed_and_a_member_left_the_file__ends_with_the_last),
        cmocka_unit_test(group__its_lead_is_lost__members_are_gathered_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
