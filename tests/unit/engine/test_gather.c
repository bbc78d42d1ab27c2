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

/* --- storms --- */

#define TEN(policy)                                                                                \
    NODE("m0", policy)                                                                             \
    NODE("m1", policy)                                                                             \
    NODE("m2", policy)                                                                             \
    NODE("m3", policy) NODE("m4", policy) NODE("m5", policy) NODE("m6", policy) NODE("m7", policy) \
        NODE("m8", policy) NODE("m9", policy)
#define TEN_GOOD "m0=g m1=g m2=g m3=g m4=g m5=g m6=g m7=g m8=g m9=g"
#define STORMY                                                                                     \
    WORLD_HEAD "storm: { incidents: 3, within: 1m, share: 0 }\nmonitors:\n" TEN(", policy: p")

static void storm__more_than_so_many__the_rest_is_one_page(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, STORMY);
    world_beat(&s, TEN_GOOD);
    world_mark(&s);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=b m4=b m5=b");
    assert_string_equal(world_log, "a m0 triggered@20, a m1 triggered@20, a m2 triggered@20, "
                                   "a storm:p triggered@20");
    assert_string_equal(world_of(&s, "storm:p")->title, "3 monitors are down at once: m3 m4 m5");
    assert_string_equal(world_hold(&s, "m5"), "storm");
    assert_string_equal(world_hold(&s, "m0"), "");
    world_mark(&s);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=g m4=g m5=b");
    assert_string_equal(world_log, "a storm:p updated@10");
    world_mark(&s);
    world_beats(&s, 2, "m0=g m1=g m2=g m5=g");
    assert_string_equal(world_log, "a m0 resolved@20, a m1 resolved@20, a m2 resolved@20, "
                                   "a storm:p resolved@20");
    sim_done(&s);
}

static void storm__few_enough_in_the_time__is_none(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, STORMY);
    world_beats(&s, 2, "m0=b m1=b m2=b");
    world_run(&s, 50000);
    world_beats(&s, 2, "m3=b"); /* a minute after the first */
    assert_null(world_of(&s, "storm:p"));
    sim_done(&s);
}

static void storm__goes_on__gathers_what_comes(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, STORMY);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=b");
    world_mark(&s);
    world_run(&s, 30000);
    world_beats(&s, 2, "m4=b");
    world_run(&s, 30000);
    world_beats(&s, 2, "m5=b");
    assert_string_equal(world_hold(&s, "m4"), "storm");
    assert_string_equal(world_hold(&s, "m5"), "storm");
    assert_null(strstr(world_log, "m4 triggered"));
    sim_done(&s);
}

/* Over: though one of it is still down and somebody has it, what fails now is news. */
static void storm__long_past__the_next_trouble_pages(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, STORMY);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=b m4=b");
    world_ack(&s, "storm:p");
    world_beats(&s, 9, "m0=g m1=g m2=g m3=g m4=b");
    world_mark(&s);
    world_beats(&s, 2, "m4=b m5=b");
    assert_string_equal(world_log, "a m5 triggered@20");
    world_run(&s, 60000);
    world_mark(&s);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=b m6=b"); /* and another storm is one of its own */
    assert_string_equal(world_log, "a m0 triggered@20, a m1 triggered@20, a m2 triggered@20, "
                                   "a storm:p triggered@20");
    world_audit(&s);
    sim_done(&s);
}

static void storm__most_of_all_at_once__is_one_from_the_first(void **state)
{
    static const struct {
        const char *beat;
        bool storm;
    } table[] = {
        {"m0=b m1=b m2=b m3=b m4=b m5=g m6=g m7=g m8=g m9=g", false},
        {"m0=b m1=b m2=b m3=b m4=b m5=b m6=g m7=g m8=g m9=g", true},
        {"m0=b m1=b m2=b m3=b m4=b m5=b m6=b m7=b m8=b m9=b", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sim s;

        world_begin(&s, WORLD_HEAD "storm: { incidents: 0 }\nmonitors:\n" TEN(", policy: p"));
        world_beat(&s, TEN_GOOD);
        world_beats(&s, 2, table[i].beat);
        assert_int_equal(world_of(&s, "storm:p") != NULL, table[i].storm);
        assert_int_equal(strstr(world_log, "m0 triggered") == NULL, table[i].storm);
        sim_done(&s);
    }
}

static void storm__most_of_less_than_ten__is_none(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "monitors:\n" NODE("m1", "") NODE("m2", "") NODE("m3", ""));
    world_beats(&s, 2, "m1=b m2=b m3=b");
    assert_int_equal(world_open(&s), 3);
    sim_done(&s);
}

/* By share or by number: each policy has its own, told by its own people. */
static void storm__of_two_policies__is_two(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_HEAD "  q: { steps: [ { notify: ['channel:b'] } ] }\nmonitors:\n" TEN(
                        ", policy: p") NODE("q1", ", policy: q") NODE("q2", ", policy: q"));
    world_beat(&s, TEN_GOOD " q1=g q2=g");
    world_mark(&s);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=b m4=b m5=b m6=b m7=b m8=b m9=b q1=b q2=b");
    assert_string_equal(world_log, "a storm:p triggered@20, b storm:q triggered@20");
    sim_done(&s);
}

static void storm__killed__goes_on(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, STORMY);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=b m4=b");
    world_run(&s, 10000);
    world_restart(&s);
    world_audit(&s);
    world_mark(&s);
    world_beats(&s, 2, "m5=b");
    assert_string_equal(world_hold(&s, "m5"), "storm");
    world_beats(&s, 2, "m3=g m4=g m5=g");
    assert_non_null(strstr(world_log, "a storm:p resolved"));
    sim_done(&s);
}

static void storm__held_at_the_end_of_a_silence__is_told_as_one(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, STORMY);
    world_beat(&s, TEN_GOOD);
    world_quiet(&s, QUIET_SILENCE, "policy=p\nmonitor!=m9\n", 0, 600000);
    world_beats(&s, 2, "m0=b m1=b m2=b m3=b m4=b m5=b");
    assert_string_equal(world_log, "");
    world_run(&s, 600000);
    assert_int_equal(world_open(&s), 7);
    assert_non_null(world_of(&s, "storm:p"));
    assert_int_equal(world_of(&s, "storm:p")->n_affected, 3);
    sim_done(&s);
}

static void storm__clock_set_back__counts_on(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, STORMY);
    world_beats(&s, 2, "m0=b m1=b m2=b");
    EVENT(&s, engine_clock_step(s.engine, -7200000, &s.fx));
    s.now_ms -= 7200000;
    world_run(&s, 60000);
    world_beats(&s, 2, "m3=b");
    assert_null(world_of(&s, "storm:p"));
    sim_done(&s);
}

/* More than a title or a list can hold. */
static void storm__of_many__is_cut_at_a_name(void **state)
{
    const struct incident *i;
    struct buf yaml;
    char name[40];
    struct sim s;

    (void)state;
    buf_init(&yaml, 1 << 16);
    buf_str(&yaml, WORLD_HEAD "storm: { incidents: 1, within: 1m, share: 0 }\nmonitors:\n");
    for (int n = 0; n < 40; n++)
        buf_printf(&yaml,
                   "  - { name: a-long-name-of-a-monitor-%d, http: 'http://127.0.0.1:1/' }\n", n);
    world_begin(&s, buf_text(&yaml));
    for (int n = 0; n < 80; n++) {
        snprintf(name, sizeof name, "a-long-name-of-a-monitor-%d", n % 40);
        world_result_at(&s, name, VERDICT_DOWN, "refused");
    }
    i = world_of(&s, "storm:default");
    assert_int_equal(i->n_affected, 39);
    assert_in_range(strlen(i->affected), AFFECTED_SIZE - 40, AFFECTED_SIZE - 1);
    assert_string_equal(strrchr(i->affected, ' '),
                        strstr(i->affected, " a-long-name-of-a-monitor-18"));
    assert_true(text_ends(i->title, " …"));
    sim_done(&s);
    buf_done(&yaml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group__several_of_it__one_page_one_note_one_resolve),
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
        cmocka_unit_test(storm__more_than_so_many__the_rest_is_one_page),
        cmocka_unit_test(storm__few_enough_in_the_time__is_none),
        cmocka_unit_test(storm__goes_on__gathers_what_comes),
        cmocka_unit_test(storm__long_past__the_next_trouble_pages),
        cmocka_unit_test(storm__most_of_all_at_once__is_one_from_the_first),
        cmocka_unit_test(storm__most_of_less_than_ten__is_none),
        cmocka_unit_test(storm__of_two_policies__is_two),
        cmocka_unit_test(storm__killed__goes_on),
        cmocka_unit_test(storm__held_at_the_end_of_a_silence__is_told_as_one),
        cmocka_unit_test(storm__clock_set_back__counts_on),
        cmocka_unit_test(storm__of_many__is_cut_at_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
