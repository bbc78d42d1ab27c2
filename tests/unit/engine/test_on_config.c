/* test_on_config.c - another configuration under open incidents, at a reload or by a restart. */
#include "world.h"

static const struct transition *move_of(const struct sim *s, size_t n)
{
    assert_true(n < s->fx.commit.transitions.n);
    return &s->fx.commit.transitions.items[n];
}

/* --- reload --- */

static void reload__of_the_same__changes_nothing(void **state)
{
    struct sim s;
    struct monitor_status before;
    struct incident incident;

    (void)state;
    world_begin_down(&s);
    before = *engine_status(s.engine, "api");
    incident = *world_incident(&s, 0);
    world_reload(&s, WORLD_ONE);
    assert_true(commit_empty(&s.fx.commit));
    assert_int_equal(s.fx.sends.n, 0);
    assert_memory_equal(engine_status(s.engine, "api"), &before, sizeof before);
    assert_memory_equal(world_incident(&s, 0), &incident, sizeof incident);
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms + 300000);
    sim_done(&s);
}

static void reload__monitor_gone__resolves_and_tells_who_was_paged(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_reload(&s, WORLD_HEAD "monitors: [ " WORLD_DB " ]\n");
    assert_string_equal(world_moves(&s),
                        "incident: triggered -> resolved: api is no longer monitored");
    assert_int_equal(move_of(&s, 0)->cause, CAUSE_RELOAD);
    assert_string_equal(world_sends(&s), "a resolved");
    assert_int_equal(world_open(&s), 0);
    assert_null(engine_status(s.engine, "api"));
    assert_null(world_kept(&s, "api"));
    assert_int_equal(engine_status(s.engine, "db")->state, MONITOR_PENDING);
    world_end(&s, "a", OUTCOME_OK);
    assert_int_equal(sim_open_in_store(&s), 0);
    world_reload(&s, WORLD_ONE); /* back again: nothing is known of it */
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_PENDING);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void reload__monitor_gone_while_its_page_is_on_the_way__tells_after_it(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    world_reload(&s, WORLD_HEAD "monitors: []\n");
    assert_string_equal(world_sends(&s), "");
    world_end(&s, "a", OUTCOME_OK);
    assert_string_equal(world_sends(&s), "a resolved");
    sim_done(&s);
}

static void check_renamed(struct sim *s, const struct monitor_status *before, const char *id)
{
    assert_null(engine_status(s->engine, "api"));
    assert_memory_equal(engine_status(s->engine, "web"), before, sizeof *before);
    assert_int_equal(world_open(s), 1);
    assert_string_equal(world_incident(s, 0)->id, id);
    assert_string_equal(world_incident(s, 0)->monitor, "web");
    /* whoever files pages by their key must be able to close what they opened */
    assert_string_equal(world_incident(s, 0)->dedup_key, "monitor:api");
    assert_int_equal(engine_wake_ms(s->engine), WORLD_START_MS + 330000);
}

static void reload__renamed__keeps_status_incident_and_pages(void **state)
{
    struct sim s;
    struct monitor_status before;
    char id[INCIDENT_ID_SIZE];

    (void)state;
    world_begin_down(&s);
    before = *engine_status(s.engine, "api");
    text_copy(id, sizeof id, world_incident(&s, 0)->id);
    world_reload(&s, WORLD_RENAMED);
    assert_int_equal(s.fx.commit.transitions.n + s.fx.sends.n, 0);
    check_renamed(&s, &before, id);
    assert_null(world_kept(&s, "api"));
    assert_non_null(world_kept(&s, "web"));
    world_reload(&s, WORLD_RENAMED);
    assert_true(commit_empty(&s.fx.commit));
    world_results(&s, "web", "gg");
    assert_string_equal(world_sends(&s), "a resolved");
    assert_string_equal(s.fx.sends.items[0]->notice.dedup_key, "monitor:api");
    assert_string_equal(s.fx.sends.items[0]->notice.monitor, "web");
    sim_done(&s);
}

/* The name is in the store by then: `was` may leave the file at once, and we may die at once. */
static void reload__renamed_then_killed__is_known_by_the_new_name(void **state)
{
    struct sim s;
    struct monitor_status before;
    char id[INCIDENT_ID_SIZE];

    (void)state;
    world_begin_down(&s);
    before = *engine_status(s.engine, "api");
    text_copy(id, sizeof id, world_incident(&s, 0)->id);
    world_reload(&s, WORLD_RENAMED);
    config_free(s.config);
    s.config = world_config(WORLD_RENAMED_LATER);
    world_restart(&s);
    assert_int_equal(s.fx.commit.transitions.n, 0);
    check_renamed(&s, &before, id);
    sim_done(&s);
}

static void restart__renamed_in_the_file_meanwhile__finds_its_state(void **state)
{
    struct sim s;
    struct monitor_status before;
    char id[INCIDENT_ID_SIZE];

    (void)state;
    world_begin_down(&s);
    before = *engine_status(s.engine, "api");
    text_copy(id, sizeof id, world_incident(&s, 0)->id);
    config_free(s.config);
    s.config = world_config(WORLD_RENAMED);
    world_restart(&s);
    check_renamed(&s, &before, id);
    assert_null(world_kept(&s, "api"));
    assert_non_null(world_kept(&s, "web"));
    assert_string_equal(s.store.incidents.items[0].monitor, "web");
    sim_done(&s);
}

static void reload__renamed_to_a_name_it_had__is_no_other_monitor(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_reload(&s, WORLD_RENAMED);
    world_reload(&s, WORLD_HEAD
                 "monitors: [ { name: api, was: web, http: 'http://127.0.0.1:1/', policy: p } ]\n");
    assert_int_equal(world_open(&s), 1);
    assert_string_equal(world_incident(&s, 0)->monitor, "api");
    world_results(&s, "api", "gg");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void reload__names_as_long_as_may_be__are_carried_whole(void **state)
{
    char names[3][NAME_SIZE], yaml[2000], want[300];
    struct sim s;

    (void)state;
    for (int i = 0; i < 3; i++) {
        memset(names[i], 'x', NAME_MAX_BYTES);
        names[i][NAME_MAX_BYTES] = '\0';
        names[i][NAME_MAX_BYTES - 1] = (char)('a' + i);
    }
    snprintf(yaml, sizeof yaml,
             "%smonitors: [ { name: %s, http: 'http://127.0.0.1:1/' }, { name: %s, "
             "http: 'http://127.0.0.1:1/' } ]\n",
             WORLD_HEAD, names[0], names[1]);
    world_begin(&s, yaml);
    world_results(&s, names[0], "bb");
    world_results(&s, names[1], "bb");
    snprintf(yaml, sizeof yaml,
             "%smonitors: [ { name: %s, was: %s, http: 'http://127.0.0.1:1/' }, "
             "{ name: %s, http: 'http://127.0.0.1:1/', enabled: false } ]\n",
             WORLD_HEAD, names[2], names[0], names[1]);
    world_reload(&s, yaml);
    snprintf(want, sizeof want,
             "incident: triggered -> resolved: %s is disabled; "
             "monitor: down -> pending: %s is disabled",
             names[1], names[1]);
    assert_string_equal(world_moves(&s), want);
    assert_int_equal(world_open(&s), 1);
    assert_string_equal(world_incident(&s, 0)->monitor, names[2]);
    world_ack(&s, names[2]);
    world_reload(&s, WORLD_ONE);
    snprintf(want, sizeof want, "incident: acknowledged -> resolved: %s is no longer monitored",
             names[2]);
    assert_string_equal(world_moves(&s), want);
    sim_done(&s);
}

static void reload__renamed_with_two_incidents__keeps_both(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_kill(&s);
    world_store_away = true;
    world_results(&s, "api", "bb");
    world_store_away = false;
    world_restore(&s);
    assert_int_equal(world_open(&s), 2);
    world_reload(&s, WORLD_RENAMED);
    assert_int_equal(s.fx.commit.incidents.n, 2);
    assert_string_equal(world_incident(&s, 0)->monitor, "web");
    assert_string_equal(world_incident(&s, 1)->monitor, "web");
    world_results(&s, "web", "gg");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

/* --- reload: disabled --- */

#define DISABLED                                                                                   \
    WORLD_HEAD                                                                                     \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: p, enabled: false }, " WORLD_DB \
    " ]\n"

static void reload__disabled__resolves_and_knows_nothing_any_more(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_reload(&s, DISABLED);
    assert_string_equal(world_moves(&s), "incident: triggered -> resolved: api is disabled; "
                                         "monitor: down -> pending: api is disabled");
    assert_int_equal(move_of(&s, 1)->cause, CAUSE_RELOAD);
    assert_string_equal(world_sends(&s), "a resolved");
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_PENDING);
    assert_int_equal(engine_status(s.engine, "api")->bad, 0);
    assert_int_not_equal(engine_status(s.engine, "api")->last.at_ms, 0);
    assert_int_equal(world_kept(&s, "api")->status.state, MONITOR_PENDING);
    world_reload(&s, DISABLED);
    assert_true(commit_empty(&s.fx.commit));
    world_results(&s, "api", "bbb"); /* of a probe that was still under way */
    assert_int_equal(world_open(&s), 0);
    assert_true(commit_empty(&s.fx.commit));
    sim_done(&s);
}

static void reload__disabled_in_any_state__is_pending_from_then(void **state)
{
    static const struct {
        const char *results, *moves;
        size_t kept;
    } rows[] = {
        {"", "", 0},
        {"u", "", 0},
        {"b", "", 1},
        {"g", "monitor: up -> pending: api is disabled", 1},
        {"gww", "monitor: degraded -> pending: api is disabled", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim s;

        world_begin(&s, WORLD_ONE);
        world_results(&s, "api", rows[i].results);
        world_reload(&s, DISABLED);
        assert_string_equal(world_moves(&s), rows[i].moves);
        assert_int_equal(s.fx.commit.monitors.n, rows[i].kept);
        assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_PENDING);
        assert_int_equal(engine_status(s.engine, "api")->bad, 0);
        sim_done(&s);
    }
}

static void reload__enabled_again__must_confirm_anew(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_reload(&s, DISABLED);
    s.now_ms += 7 * 86400000LL;
    world_reload(&s, WORLD_ONE);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "b");
    assert_int_equal(world_incident(&s, 0)->started_ms, s.now_ms - 10000);
    assert_int_equal(world_incident(&s, 0)->count, 2);
    sim_done(&s);
}

static void restart__disabled_in_the_file_meanwhile__resolves_it_too(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    config_free(s.config);
    s.config = world_config(DISABLED);
    world_restart(&s);
    assert_string_equal(world_sends(&s), "a resolved");
    assert_int_equal(world_open(&s), 0);
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_PENDING);
    assert_int_equal(world_kept(&s, "api")->status.state, MONITOR_PENDING);
    assert_int_equal(move_of(&s, 0)->cause, CAUSE_START);
    sim_done(&s);
}

/* --- reload: policies, channels, thresholds --- */

static void reload__other_policy_for_the_monitor__the_open_incident_keeps_its_own(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_reload(&s, WORLD_HEAD "monitors: [ { name: api, http: 'http://127.0.0.1:1/' } ]\n");
    world_tick(&s, 300000);
    assert_string_equal(world_sends(&s), "b escalated");
    world_results(&s, "api", "gg");
    world_results(&s, "api", "bb");
    assert_string_equal(world_sends(&s), "f triggered");
    sim_done(&s);
}

static void reload__policy_gone__goes_on_by_the_monitors_own(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_reload(
        &s, "channels: { f: { type: webhook, url: 'http://127.0.0.1:6/' }, "
            "g: { type: webhook, url: 'http://127.0.0.1:7/' } }\n"
            "policies:\n"
            "  default: { steps: [ { notify: ['channel:f'] } ] }\n"
            "  q: { steps: [ { notify: ['channel:f'] }, { after: 1m, notify: ['channel:g'] } ] }\n"
            "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: q } ]\n");
    world_tick(&s, 300000);
    assert_string_equal(world_sends(&s), "g escalated");
    sim_done(&s);
}

/* The page waits, its channel leaves the file: whoever sends finds that out and refuses. */
static void reload__channel_gone__its_page_is_handed_on_when_refused(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_RETRY);
    world_reload(
        &s, "channels: { f: { type: webhook, url: 'http://127.0.0.1:6/' } }\n"
            "policies:\n"
            "  default: { steps: [ { notify: ['channel:f'] } ] }\n"
            "  p: { steps: [ { notify: ['channel:f'] }, { after: 5m, notify: ['channel:f'] } ] }\n"
            "monitors: [ " WORLD_API " ]\n");
    world_tick(&s, 5000);
    assert_string_equal(world_sends(&s), "a triggered");
    world_end(&s, "a", OUTCOME_PERMANENT);
    assert_string_equal(world_sends(&s), "f escalated, f triggered"); /* and that a is broken */
    sim_done(&s);
}

static void reload__thresholds_and_interval__hold_from_the_next_result(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "gb");
    world_reload(&s, WORLD_HEAD "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: p, "
                                "fail_after: 4, recover_after: 1, interval: 60s } ]\n");
    assert_true(commit_empty(&s.fx.commit));
    world_results(&s, "api", "bb");
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 1);
    world_results(&s, "api", "g");
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "bbb");
    world_reload(&s, WORLD_ONE);
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 1);
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reload__of_the_same__changes_nothing),
        cmocka_unit_test(reload__monitor_gone__resolves_and_tells_who_was_paged),
        cmocka_unit_test(reload__monitor_gone_while_its_page_is_on_the_way__tells_after_it),
        cmocka_unit_test(reload__renamed__keeps_status_incident_and_pages),
        cmocka_unit_test(reload__renamed_then_killed__is_known_by_the_new_name),
        cmocka_unit_test(restart__renamed_in_the_file_meanwhile__finds_its_state),
        cmocka_unit_test(reload__renamed_to_a_name_it_had__is_no_other_monitor),
        cmocka_unit_test(reload__names_as_long_as_may_be__are_carried_whole),
        cmocka_unit_test(reload__renamed_with_two_incidents__keeps_both),
        cmocka_unit_test(reload__disabled__resolves_and_knows_nothing_any_more),
        cmocka_unit_test(reload__disabled_in_any_state__is_pending_from_then),
        cmocka_unit_test(reload__enabled_again__must_confirm_anew),
        cmocka_unit_test(restart__disabled_in_the_file_meanwhile__resolves_it_too),
        cmocka_unit_test(reload__other_policy_for_the_monitor__the_open_incident_keeps_its_own),
        cmocka_unit_test(reload__policy_gone__goes_on_by_the_monitors_own),
        cmocka_unit_test(reload__channel_gone__its_page_is_handed_on_when_refused),
        cmocka_unit_test(reload__thresholds_and_interval__hold_from_the_next_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
