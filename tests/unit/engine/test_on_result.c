/* test_on_result.c - a result's journey: streak, state, incident, what is kept. */
#include "random.h"
#include "world.h"

static const char rich[] = WORLD_HEAD
    "monitors:\n"
    "  - { name: api, http: 'http://127.0.0.1:1/', policy: p, group: core, severity: warning,\n"
    "      labels: { team: payments, area: eu }, runbook: 'https://run.example/api' }\n";

static void bad__confirmed__opens_one_incident_in_one_commit(void **state)
{
    const struct incident *i;
    struct sim s;

    (void)state;
    world_begin(&s, rich);
    world_results(&s, "api", "gb");
    assert_int_equal(world_open(&s), 0);
    assert_string_equal(world_moves(&s), "");
    world_results(&s, "api", "b");
    assert_string_equal(world_moves(&s), "monitor: up -> down: refused; "
                                         "incident: none -> triggered: api is down: refused; "
                                         "incident: triggered -> paged: step 0: paged a");
    assert_string_equal(world_sends(&s), "a triggered");
    assert_string_equal(s.fx.commit.transitions.items[0].name, "api");
    assert_int_equal(s.fx.commit.transitions.items[0].cause, CAUSE_PROBE);
    assert_int_equal(s.fx.commit.transitions.items[0].reason, REASON_CONNECT);
    assert_int_equal(s.fx.commit.monitors.n, 1);
    assert_int_equal(s.fx.commit.incidents.n, 1);
    assert_int_equal(s.fx.commit.deliveries.n, 1);
    i = s.fx.commit.incidents.items[0];
    assert_ptr_equal(engine_incident(s.engine, i->id), i);
    assert_string_equal(i->dedup_key, "monitor:api");
    assert_string_equal(i->monitor, "api");
    assert_string_equal(i->group, "core");
    assert_string_equal(i->policy, "p");
    assert_string_equal(i->labels, "area=eu\nteam=payments\n");
    assert_string_equal(i->runbook, "https://run.example/api");
    assert_string_equal(i->title, "api is down: refused");
    assert_int_equal(i->severity, SEVERITY_WARNING);
    assert_int_equal(i->reason, REASON_CONNECT);
    assert_int_equal(i->state, INCIDENT_TRIGGERED);
    assert_int_equal(i->started_ms, WORLD_START_MS + 20000); /* the first bad one */
    assert_int_equal(i->opened_ms, WORLD_START_MS + 30000);
    assert_int_equal(i->count, 2);
    sim_done(&s);
}

static void bad__more_of_them__count_in_the_incident_and_wake_nobody(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    for (int i = 0; i < 5; i++) {
        world_results(&s, "api", "b");
        assert_int_equal(s.fx.sends.n, 0);
        assert_int_equal(s.fx.commit.transitions.n, 0);
    }
    assert_int_equal(world_open(&s), 1);
    assert_int_equal(world_incident(&s, 0)->count, 7);
    world_results(&s, "api", "gb");
    assert_int_equal(world_open(&s), 1);
    assert_int_equal(world_incident(&s, 0)->count, 8);
    sim_done(&s);
}

static void unknown__between_and_after__moves_nothing(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "gb");
    for (int i = 0; i < 50; i++) {
        world_results(&s, "api", "u");
        assert_true(commit_empty(&s.fx.commit));
        assert_int_equal(s.fx.sends.n, 0);
    }
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_UP);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 1);
    assert_int_equal(world_incident(&s, 0)->count, 2);
    world_results(&s, "api", "uuuuuu");
    assert_int_equal(world_incident(&s, 0)->count, 2);
    world_results(&s, "api", "gu");
    assert_int_equal(world_open(&s), 1);
    world_results(&s, "api", "g");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void good__confirmed__resolves_and_tells_who_was_paged(void **state)
{
    struct sim s;
    char id[INCIDENT_ID_SIZE];

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    text_copy(id, sizeof id, world_incident(&s, 0)->id);
    world_end(&s, "a", OUTCOME_OK);
    world_results(&s, "api", "g");
    assert_int_equal(s.fx.sends.n, 0);
    world_results(&s, "api", "g");
    assert_string_equal(world_moves(&s), "monitor: down -> up: ; "
                                         "incident: triggered -> resolved: recovered");
    assert_string_equal(world_sends(&s), "a resolved");
    assert_int_equal(world_open(&s), 0);
    assert_non_null(engine_incident(s.engine, id)); /* until the note is out */
    world_end(&s, "a", OUTCOME_OK);
    assert_null(engine_incident(s.engine, id));
    world_results(&s, "api", "bb");
    assert_int_equal(world_open(&s), 1);
    assert_string_not_equal(world_incident(&s, 0)->id, id);
    sim_done(&s);
}

/* The new outage begins while the old one's last note is still on its way. */
static void bad__again_before_the_note_is_out__is_a_new_incident(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    world_results(&s, "api", "gg");
    world_results(&s, "api", "bb");
    assert_int_equal(world_open(&s), 1);
    assert_string_equal(world_sends(&s), "a triggered");
    world_end(&s, "a", OUTCOME_OK);
    world_results(&s, "api", "gg");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void warned__opens_nothing_and_ends_an_outage(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "gwwwww");
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_DEGRADED);
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "bb");
    assert_int_equal(world_open(&s), 1);
    world_results(&s, "api", "ww");
    assert_int_equal(world_open(&s), 0);
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_DEGRADED);
    sim_done(&s);
}

static void result__of_a_monitor_that_is_none__is_dropped(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "other", "bbb");
    assert_true(commit_empty(&s.fx.commit));
    assert_null(engine_status(s.engine, "other"));
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void title__too_long__is_cut_between_code_points(void **state)
{
    char name[101], yaml[2000], message[256];
    struct sim s;

    (void)state;
    memset(name, 'n', 100);
    name[100] = '\0';
    for (int shift = 0; shift < 3; shift++) {
        snprintf(yaml, sizeof yaml,
                 "%s"
                 "monitors: [ { name: %s, http: 'http://127.0.0.1:1/' } ]\n",
                 WORLD_HEAD, name);
        memset(message, 'x', sizeof message);
        for (size_t i = (size_t)shift; i + 3 < sizeof message; i += 3)
            memcpy(message + i, "\xe2\x82\xac", 3);
        message[(size_t)shift + (sizeof message - (size_t)shift - 1) / 3 * 3] = '\0';
        world_begin(&s, yaml);
        world_result_at(&s, name, VERDICT_DOWN, message);
        world_result_at(&s, name, VERDICT_DOWN, message);
        assert_true(utf8_valid(world_incident(&s, 0)->title, strlen(world_incident(&s, 0)->title)));
        assert_in_range(strlen(world_incident(&s, 0)->title), 317, 319);
        sim_done(&s);
    }
}

/* --- what a restart must not lose --- */

static void keeping__good_after_good__writes_nothing(void **state)
{
    static const struct {
        const char *before, *then;
        bool kept;
    } rows[] = {
        {"", "g", true},    {"g", "g", false},   {"ggg", "g", false}, {"g", "b", true},
        {"gb", "b", true},  {"gb", "g", true},   {"bb", "b", true},   {"bb", "g", true},
        {"bbg", "g", true}, {"g", "w", true},    {"gw", "g", true},   {"gww", "g", true},
        {"g", "u", false},  {"bb", "u", false},  {"", "u", false},    {"bb", "w", true},
        {"bbw", "w", true}, {"gww", "w", false}, {"gwwg", "w", true}, {"b", "b", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim s;

        world_begin(&s, WORLD_HEAD "monitors: [ { name: api, http: 'http://127.0.0.1:1/', "
                                   "recover_after: 3 } ]\n");
        world_results(&s, "api", rows[i].before);
        world_results(&s, "api", rows[i].then);
        assert_int_equal(s.fx.commit.monitors.n, rows[i].kept);
        sim_done(&s);
    }
}

/* Any results, a kill after any of them: the rest of the story is the same, move by move. */
static void killed__after_any_result__judges_on_as_if_nothing_had_been(void **state)
{
    struct dice dice = {20261122};

    (void)state;
    for (int round = 0; round < 600; round++) {
        char letters[13] = "", one[2] = "";
        int kill_at = (int)dice_in(&dice, 1, 11);
        struct sim s, t;

        for (int i = 0; i < 12; i++)
            letters[i] = "bbbgggwwu"[dice_in(&dice, 0, 8)];
        world_begin(&s, WORLD_ONE);
        world_begin(&t, WORLD_ONE);
        for (int i = 0; i < 12; i++) {
            one[0] = letters[i];
            if (i == kill_at)
                world_restart(&t);
            world_results(&s, "api", one);
            world_results(&t, "api", one);
            assert_int_equal(engine_status(t.engine, "api")->state,
                             engine_status(s.engine, "api")->state);
            assert_int_equal(engine_status(t.engine, "api")->since_ms,
                             engine_status(s.engine, "api")->since_ms);
            assert_int_equal(world_open(&t), world_open(&s));
            assert_int_equal(s.fx.commit.transitions.n, t.fx.commit.transitions.n);
        }
        sim_done(&s);
        sim_done(&t);
    }
}

/* Its incident is gone from the store, or its status: neither makes a page or a resolve by itself.
 */
static void restart__with_half_of_the_state__opens_and_resolves_only_when_sure(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    s.store.incidents.n = s.store.deliveries.n = 0;
    world_restart(&s);
    world_results(&s, "api", "u");
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 1);
    s.store.monitors.n = 0;
    world_restart(&s);
    world_results(&s, "api", "b");
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_PENDING);
    assert_int_equal(world_open(&s), 1);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 1);
    world_results(&s, "api", "gg");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad__confirmed__opens_one_incident_in_one_commit),
        cmocka_unit_test(bad__more_of_them__count_in_the_incident_and_wake_nobody),
        cmocka_unit_test(unknown__between_and_after__moves_nothing),
        cmocka_unit_test(good__confirmed__resolves_and_tells_who_was_paged),
        cmocka_unit_test(bad__again_before_the_note_is_out__is_a_new_incident),
        cmocka_unit_test(warned__opens_nothing_and_ends_an_outage),
        cmocka_unit_test(result__of_a_monitor_that_is_none__is_dropped),
        cmocka_unit_test(title__too_long__is_cut_between_code_points),
        cmocka_unit_test(keeping__good_after_good__writes_nothing),
        cmocka_unit_test(killed__after_any_result__judges_on_as_if_nothing_had_been),
        cmocka_unit_test(restart__with_half_of_the_state__opens_and_resolves_only_when_sure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
