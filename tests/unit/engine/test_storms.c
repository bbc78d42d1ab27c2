/* test_storms.c - too many at once are told as one. */
#include "world.h"

#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"
#define CORE(name)       NODE(name, ", policy: g, group: core")
#define POLICY_G(more)                                                                             \
    "  g: { reopen_window: 0s, group_by: [group]" more                                             \
    ", steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ] }\n"

/* --- storms --- */

#define TEN(policy)                                                                                \
    NODE("m0", policy)                                                                             \
    NODE("m1", policy)                                                                             \
    NODE("m2", policy)                                                                             \
    NODE("m3", policy)                                                                             \
    NODE("m4", policy)                                                                             \
    NODE("m5", policy) NODE("m6", policy) NODE("m7", policy) NODE("m8", policy) NODE("m9", policy)
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
