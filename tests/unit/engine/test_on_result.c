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

/* --- it comes back --- */

#define AGAIN(more)                                                                                \
    WORLD_HEAD "  r: { " more ", steps: [ { notify: ['channel:a'] }, "                             \
               "{ after: 5m, notify: ['channel:b'] } ] }\n"                                        \
               "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: r } ]\n"
#define MIN 60000LL

static void again__within_the_window__is_the_same_incident(void **state)
{
    char id[INCIDENT_ID_SIZE];
    struct sim s;

    (void)state;
    world_begin(&s, AGAIN("reopen_window: 10m"));
    world_beats(&s, 2, "api=b");
    text_copy(id, sizeof id, world_of(&s, "api")->id);
    world_beats(&s, 2, "api=g");
    world_run(&s, 9 * MIN);
    world_beats(&s, 2, "api=b"); /* E12 */
    assert_string_equal(world_log, "a api triggered@20, a api resolved@40, a api triggered@600");
    assert_string_equal(world_of(&s, "api")->id, id);
    assert_int_equal(world_of(&s, "api")->reopened, 1);
    assert_int_equal(world_of(&s, "api")->resolved_ms, 0);
    assert_string_equal(s.store.deliveries.items[2].notice.incident, id);
    assert_string_not_equal(s.store.deliveries.items[2].id, s.store.deliveries.items[0].id);
    world_mark(&s);
    world_run(&s, 10 * MIN);
    world_beats(&s, 2, "api=g");
    assert_string_equal(world_log, "b api escalated@300, a api resolved@620, b api resolved@620");
    sim_done(&s);
}

static void again__after_the_window__is_another_one(void **state)
{
    char id[INCIDENT_ID_SIZE];
    struct sim s;

    (void)state;
    world_begin(&s, AGAIN("reopen_window: 10m"));
    world_beats(&s, 2, "api=b");
    text_copy(id, sizeof id, world_of(&s, "api")->id);
    world_beats(&s, 2, "api=g");
    world_run(&s, 9 * MIN + 40000);
    world_beats(&s, 2, "api=b");
    assert_string_not_equal(world_of(&s, "api")->id, id);
    assert_null(engine_incident(s.engine, id));
    sim_done(&s);
}

static void again__resolved_by_hand__is_opened_again_when_confirmed_anew(void **state)
{
    char id[INCIDENT_ID_SIZE];
    struct sim s;

    (void)state;
    world_begin(&s, AGAIN("reopen_window: 10m"));
    world_beats(&s, 2, "api=b");
    text_copy(id, sizeof id, world_of(&s, "api")->id);
    world_resolve(&s, "api");
    world_beat(&s, "api=b");
    assert_int_equal(world_open(&s), 0);
    world_mark(&s);
    world_beat(&s, "api=b");
    assert_string_equal(world_of(&s, "api")->id, id);
    assert_string_equal(world_log, "a api triggered@10");
    assert_string_equal(world_of(&s, "api")->resolved_by, "");
    sim_done(&s);
}

static void again__killed_between__is_the_same_incident(void **state)
{
    char id[INCIDENT_ID_SIZE];
    struct sim s;

    (void)state;
    world_begin(&s, AGAIN("reopen_window: 10m"));
    world_beats(&s, 2, "api=b");
    text_copy(id, sizeof id, world_of(&s, "api")->id);
    world_beats(&s, 2, "api=g");
    world_restart(&s);
    world_run(&s, 5 * MIN);
    world_restart(&s);
    world_mark(&s);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_of(&s, "api")->id, id);
    assert_string_equal(world_log, "a api triggered@20");
    world_beats(&s, 2, "api=g");
    assert_string_equal(world_log, "a api triggered@20, a api resolved@40");
    sim_done(&s);
}

/* The note of the end had not got through when it began again: with the next end it does. */
static void again__end_not_told_yet__is_told_with_the_next(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, AGAIN("reopen_window: 10m"));
    world_beats(&s, 2, "api=b");
    world_ack(&s, "api");
    while (world_deliver_one(&s))
        continue;
    world_results(&s, "api", "gg");
    world_end(&s, "a", OUTCOME_RETRY);
    world_mark(&s);
    world_result_at(&s, "api", VERDICT_DOWN, "refused");
    world_result_at(&s, "api", VERDICT_DOWN, "refused");
    assert_string_equal(world_log, "a api triggered@0");
    while (world_deliver_one(&s))
        continue;
    world_beats(&s, 2, "api=g");
    assert_string_equal(world_log, "a api triggered@0, a api resolved@20");
    sim_done(&s);
}

static void again__within_a_hold__waits_for_its_end(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, AGAIN("reopen_window: 10m"));
    world_beats(&s, 2, "api=b");
    world_beats(&s, 2, "api=g");
    EVENT(&s, engine_configure(s.engine, s.config, s.now_ms, &s.fx));
    struct quiet q = {.start_ms = s.now_ms,
                      .end_ms = s.now_ms + 5 * MIN,
                      .matchers = "monitor=api\n",
                      .everything = true};
    int rc = 0;
    EVENT(&s, rc = engine_quiet_add(s.engine, &q, s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    world_mark(&s);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_hold(&s, "api"), "silence");
    world_run(&s, 5 * MIN);
    assert_string_equal(world_log, "a api triggered@300");
    sim_done(&s);
}

/* --- it goes up and down --- */

#define FLAPS AGAIN("reopen_window: 10m, flap: { changes: 4, within: 30m, stable: 5m }")

static void turns(struct sim *s, int times)
{
    for (int i = 0; i < times; i++) {
        world_beats(s, 2, "api=b");
        world_beats(s, 2, "api=g");
    }
}

static void flapping__E12__one_page_then_quiet_until_steady(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FLAPS);
    turns(&s, 2); /* down, up, down, up */
    assert_string_equal(world_log, "a api triggered@20, a api resolved@40, a api triggered@60, "
                                   "a api resolved@80");
    world_mark(&s);
    world_beats(&s, 2, "api=b"); /* the fourth change that is remembered */
    assert_string_equal(world_log, "a api triggered@20");
    assert_true(world_of(&s, "api")->flapping);
    assert_string_equal(world_of(&s, "api")->title, "api is flapping: api is down: refused");
    world_beats(&s, 2, "api=g");
    turns(&s, 10);
    assert_string_equal(world_log, "a api triggered@20");
    assert_int_equal(world_open(&s), 1);
    world_run(&s, 15 * MIN); /* up, and steady; one word of how it went */
    assert_string_equal(world_log, "a api triggered@20, a api resolved@740");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void flapping__goes_on__is_summed_up_every_quarter_of_an_hour(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FLAPS);
    turns(&s, 2);
    world_mark(&s);
    turns(&s, 45);
    assert_string_equal(world_log, "a api triggered@20, a api updated@920");
    assert_int_equal(world_of(&s, "api")->count, 2 * (2 + 45)); /* two bad ones in each turn */
    sim_done(&s);
}

static void flapping__steady_and_down__pages_and_escalates(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FLAPS);
    turns(&s, 3);
    world_beats(&s, 2, "api=b");
    world_mark(&s);
    world_run(&s, 30 * MIN);
    assert_string_equal(world_log, "a api triggered@300, b api escalated@600, a api updated@860, "
                                   "b api updated@860");
    assert_string_equal(world_of(&s, "api")->title, "api is down: refused");
    assert_false(world_of(&s, "api")->flapping);
    sim_done(&s);
}

static void flapping__killed__goes_on(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FLAPS);
    turns(&s, 3);
    world_restart(&s);
    world_mark(&s);
    turns(&s, 3);
    assert_string_equal(world_log, "");
    assert_int_equal(world_open(&s), 1);
    world_run(&s, 5 * MIN);
    assert_string_equal(world_log, "a api resolved@420");
    sim_done(&s);
}

static void flapping__slow_or_switched_off__is_none(void **state)
{
    static const char *const policies[] = {
        AGAIN("reopen_window: 10m, flap: { changes: 0 }"),
        AGAIN("reopen_window: 10m, flap: { changes: 4, within: 1m, stable: 5m }"),
        AGAIN("reopen_window: 0s, flap: { changes: 4 }"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct sim s;

        world_begin(&s, policies[i]);
        for (int n = 0; n < 5; n++) {
            turns(&s, 1);
            world_run(&s, 30000);
        }
        assert_int_equal(world_open(&s), 0);
        assert_non_null(strstr(world_log, "a api resolved@320"));
        sim_done(&s);
    }
}

static void flapping__resolved_by_hand__is_over(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, FLAPS);
    turns(&s, 3);
    world_mark(&s);
    world_resolve(&s, "api");
    assert_int_equal(world_open(&s), 0);
    assert_string_equal(world_log, "a api resolved@0");
    world_run(&s, 20 * MIN);
    assert_string_equal(world_log, "a api resolved@0");
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
        cmocka_unit_test(again__within_the_window__is_the_same_incident),
        cmocka_unit_test(again__after_the_window__is_another_one),
        cmocka_unit_test(again__resolved_by_hand__is_opened_again_when_confirmed_anew),
        cmocka_unit_test(again__killed_between__is_the_same_incident),
        cmocka_unit_test(again__end_not_told_yet__is_told_with_the_next),
        cmocka_unit_test(again__within_a_hold__waits_for_its_end),
        cmocka_unit_test(flapping__E12__one_page_then_quiet_until_steady),
        cmocka_unit_test(flapping__goes_on__is_summed_up_every_quarter_of_an_hour),
        cmocka_unit_test(flapping__steady_and_down__pages_and_escalates),
        cmocka_unit_test(flapping__killed__goes_on),
        cmocka_unit_test(flapping__slow_or_switched_off__is_none),
        cmocka_unit_test(flapping__resolved_by_hand__is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
