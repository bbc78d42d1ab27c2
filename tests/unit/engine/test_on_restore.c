/* test_on_restore.c - state read back: at a start, and late. */
#include "world.h"

static void restore__sends_again_what_was_on_its_way_and_nothing_else(void **state)
{
    struct sim s;
    char sending[DELIVERY_ID_SIZE];
    const struct delivery *d;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    world_tick(&s, 300000);
    text_copy(sending, sizeof sending, s.fx.sends.items[0]->id);
    s.now_ms += 60000;
    world_restart(&s);
    assert_string_equal(world_sends(&s), "b escalated");
    d = s.fx.sends.items[0];
    assert_string_equal(d->id, sending);
    assert_int_equal(d->attempt, 2);
    assert_int_equal(d->reached, REACHED_MAYBE);
    assert_int_equal(s.fx.commit.deliveries.n, 1);
    assert_int_equal(s.fx.commit.transitions.n, 0);
    world_results(&s, "api", "gg");
    assert_string_equal(world_sends(&s), "a resolved"); /* b's waits for its page's end */
    world_end(&s, "b", OUTCOME_RETRY);
    assert_string_equal(world_sends(&s), "b resolved");
    sim_done(&s);
}

static void restore__what_was_due_meanwhile__comes_with_the_first_tick(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    s.now_ms += 3600000;
    world_restart(&s);
    assert_int_equal(s.fx.sends.n, 0);
    assert_true(engine_wake_ms(s.engine) < s.now_ms);
    world_tick(&s, 0);
    assert_string_equal(world_sends(&s), "b escalated");
    assert_true(engine_wake_ms(s.engine) > s.now_ms);
    sim_done(&s);
}

/* Not an hour and five minutes: the clock was set back by an hour while we were dead. */
static void restore__clock_set_back_meanwhile__timers_keep_what_was_left(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    s.now_ms -= 3600000;
    world_restart(&s);
    assert_int_equal(engine_wake_ms(s.engine), s.now_ms + 300000);
    world_tick(&s, 299999);
    assert_int_equal(s.fx.sends.n, 0);
    world_tick(&s, 1);
    assert_string_equal(world_sends(&s), "b escalated");
    sim_done(&s);
}

/* Whether midwatch saw it happen or found it at the start: the next start finds nothing to mend. */
static void restore__clock_set_back_once__moves_the_timers_once(void **state)
{
    (void)state;
    for (int seen = 0; seen < 2; seen++) {
        struct sim s;
        int64_t wake;

        world_begin_down(&s);
        world_results(&s, "api", "b");
        wake = engine_wake_ms(s.engine);
        if (seen)
            EVENT(&s, engine_clock_step(s.engine, -3600000, &s.fx));
        s.now_ms -= 3600000;
        for (int start = 0; start < 3; start++) {
            world_restart(&s);
            assert_in_range(engine_wake_ms(s.engine), wake - 3600000, wake - 3600000 + 10000);
            s.now_ms += 10000;
        }
        sim_done(&s);
    }
}

static void restore__clock_set_back_and_only_a_note_left__goes_out(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_results(&s, "api", "gg");
    world_end(&s, "a", OUTCOME_RETRY);
    assert_int_equal(world_open(&s), 0);
    s.now_ms -= 3600000;
    world_restart(&s);
    world_tick(&s, 5000);
    assert_string_equal(world_sends(&s), "a resolved");
    sim_done(&s);
}

static void restore__twice__changes_nothing(void **state)
{
    struct commit before = {0}, after = {0};
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_restart(&s);
    world_results(&s, "api", "b");
    world_ack(&s, "api");
    s.store.incidents.items[0].state = INCIDENT_TRIGGERED; /* what it had read is old by now */
    engine_snapshot(s.engine, &before);
    world_restore(&s);
    engine_snapshot(s.engine, &after);
    assert_int_equal(after.deliveries.n, before.deliveries.n);
    commit_done(&before);
    commit_done(&after);
    assert_true(commit_empty(&s.fx.commit));
    assert_int_equal(s.fx.sends.n, 0);
    assert_int_equal(world_open(&s), 1);
    assert_int_equal(world_incident(&s, 0)->state, INCIDENT_ACKNOWLEDGED);
    sim_done(&s);
}

/* Two pages for one contact, the first being tried again: it stays first, however they were read.
 */
static void restore__pages_in_any_order__keep_theirs(void **state)
{
    static const char *const after[] = {"10s", "0s"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char yaml[2000];
        struct delivery first;
        struct sim s;

        snprintf(
            yaml, sizeof yaml,
            "%s  two: { steps: [ { notify: ['channel:a'] }, { after: %s, "
            "notify: ['channel:a'] } ] }\nmonitors: [ { name: api, http: 'http://127.0.0.1:1/', "
            "policy: two } ]\n",
            WORLD_HEAD, after[i]);
        world_begin(&s, yaml);
        world_results(&s, "api", "bb");
        world_tick(&s, i ? 0 : 10000);
        assert_int_equal(s.store.deliveries.n, 2);
        first = s.store.deliveries.items[0];
        s.store.deliveries.items[0] = s.store.deliveries.items[1];
        s.store.deliveries.items[1] = first;
        world_restart(&s);
        assert_string_equal(world_sends(&s), "a triggered");
        world_end(&s, "a", OUTCOME_OK);
        assert_string_equal(world_sends(&s), "a escalated");
        sim_done(&s);
    }
}

/* By when they were decided, not by what they say. */
static void restore__pages_of_a_second_round__keep_their_order(void **state)
{
    struct delivery first;
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, WORLD_HEAD "  two: { steps: [ { notify: ['channel:a'] }, { after: 10s, notify: "
                               "['channel:a'] } ] }\nmonitors: [ { name: api, policy: two, http: "
                               "'http://127.0.0.1:1/' } ]\n");
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    world_ack(&s, "api");
    world_end(&s, "a", OUTCOME_OK);
    EVENT(&s, rc = deed_unack(s.engine, "api", "zoe", s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    world_tick(&s, 10000);
    assert_int_equal(s.store.deliveries.n, 4);
    first = s.store.deliveries.items[2];
    assert_int_equal(first.notice.type, NOTICE_UNACKNOWLEDGED);
    s.store.deliveries.items[2] = s.store.deliveries.items[3];
    s.store.deliveries.items[3] = first;
    world_restart(&s);
    assert_string_equal(world_sends(&s), "a unacknowledged");
    sim_done(&s);
}

static void restore__monitor_gone_from_the_file__resolves_and_forgets(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    config_free(s.config);
    s.config = world_config(WORLD_HEAD "monitors: [ " WORLD_DB " ]\n");
    world_restart(&s);
    assert_string_equal(world_moves(&s),
                        "incident: triggered -> resolved: api is no longer monitored");
    assert_string_equal(world_sends(&s), "a resolved");
    assert_null(world_kept(&s, "api"));
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

/* Only the note is left in the store: its incident was resolved and has gone. */
static void restore__note_without_its_incident__goes_out_and_is_done_with(void **state)
{
    const struct incident *orphan;
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_results(&s, "api", "gg");
    s.store.incidents.n = 0;
    assert_int_equal(s.store.deliveries.items[1].notice.type, NOTICE_RESOLVED);
    s.store.deliveries.items[0] = s.store.deliveries.items[1];
    s.store.deliveries.n = 1;
    world_restart(&s);
    assert_string_equal(world_sends(&s), "a resolved");
    orphan = engine_incident(s.engine, s.fx.sends.items[0]->notice.incident);
    assert_int_equal(orphan->state, INCIDENT_RESOLVED);
    assert_string_equal(orphan->monitor, "api");
    assert_string_equal(orphan->dedup_key, "monitor:api");
    assert_string_equal(orphan->title, "api is down: refused");
    assert_int_equal(orphan->resolved_ms, s.now_ms);
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "bb"); /* it does not stand for the monitor */
    assert_int_equal(world_open(&s), 1);
    world_end(&s, "a", OUTCOME_OK);
    assert_int_equal(s.store.deliveries.n, 2);
    assert_int_equal(s.store.deliveries.items[0].state, DELIVERY_DELIVERED);
    assert_int_equal(s.store.deliveries.items[1].notice.type, NOTICE_TRIGGERED);
    sim_done(&s);
}

/* --- the store was away at the start --- */

static void late_restore__what_was_probed_meanwhile__wins(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_TWO);
    world_results(&s, "api", "bb");
    world_results(&s, "db", "bb");
    world_kill(&s);
    world_store_away = true;
    world_results(&s, "api", "gg");
    world_results(&s, "db", "u");
    world_store_away = false;
    world_restore(&s);
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_UP);
    assert_int_equal(engine_status(s.engine, "db")->state, MONITOR_DOWN); /* we had seen nothing */
    assert_int_equal(engine_status(s.engine, "db")->bad, 2);
    assert_int_equal(engine_status(s.engine, "db")->unknown, 1);
    assert_int_equal(engine_status(s.engine, "db")->last.verdict, VERDICT_UNKNOWN);
    assert_int_equal(world_open(&s), 1); /* api is well: what was read of it is past */
    assert_string_equal(world_incident(&s, 0)->monitor, "db");
    sim_done(&s);
}

/* Only what was read back is from the future. */
static void late_restore__clock_was_set_back__leaves_our_own_timers_alone(void **state)
{
    struct sim s;
    int64_t due_ms;

    (void)state;
    world_begin_down(&s);
    s.now_ms -= 3600000;
    world_kill(&s);
    world_store_away = true;
    EVENT(&s, engine_self(s.engine, SELF_STORE, NULL, true, "refused", s.now_ms, &s.fx));
    world_end(&s, "f", OUTCOME_RETRY);
    due_ms = engine_oldest_due_ms(s.engine);
    world_store_away = false;
    world_restore(&s);
    assert_int_equal(engine_oldest_due_ms(s.engine), due_ms);
    assert_int_equal(world_incident(&s, 1)->step_due_ms, s.now_ms + 300000);
    sim_done(&s);
}

/* Two incidents of one trouble: both are told to be over, each to those it had paged. */
static void late_restore__an_older_incident_of_the_same__both_live_and_end_together(void **state)
{
    struct sim s;
    char older[INCIDENT_ID_SIZE], newer[INCIDENT_ID_SIZE];
    struct incident *found;

    (void)state;
    world_begin_down(&s);
    text_copy(older, sizeof older, world_incident(&s, 0)->id);
    s.now_ms += 100000;
    world_kill(&s);
    world_store_away = true;
    world_results(&s, "api", "bb");
    text_copy(newer, sizeof newer, world_incident(&s, 0)->id);
    world_end(&s, "a", OUTCOME_OK);
    world_store_away = false;
    world_restore(&s);
    assert_int_equal(world_open(&s), 2);
    assert_string_equal(world_incident(&s, 0)->id, older);
    assert_string_equal(world_incident(&s, 1)->id, newer);
    world_results(&s, "api", "b"); /* counts in the one that is about now */
    assert_int_equal(world_incident(&s, 0)->count, 2);
    assert_int_equal(world_incident(&s, 1)->count, 3);
    world_ack(&s, "api");
    found = s.fx.commit.incidents.n ? (struct incident *)s.fx.commit.incidents.items[0] : NULL;
    assert_non_null(found);
    assert_string_equal(found->id, newer);
    world_results(&s, "api", "gg");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void late_restore__newest_first__whatever_the_order_read(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct incident i = {.id = "aaa",
                             .dedup_key = "monitor:api",
                             .monitor = "api",
                             .policy = "p",
                             .state = INCIDENT_TRIGGERED,
                             .opened_ms = WORLD_START_MS - 3000};
        struct incident j = i;
        struct sim s;

        world_begin(&s, WORLD_ONE);
        text_copy(j.id, sizeof j.id, "bbb");
        j.opened_ms = WORLD_START_MS - 2000;
        vec_push(&s.store.incidents, turn ? i : j);
        vec_push(&s.store.incidents, turn ? j : i);
        world_restart(&s);
        assert_int_equal(world_open(&s), 2);
        world_resolve(&s, "api");
        assert_string_equal(world_incident(&s, 0)->id, "aaa");
        sim_done(&s);
        world_begin(&s, WORLD_ONE);
        vec_push(&s.store.incidents, turn ? i : j);
        vec_push(&s.store.incidents, turn ? j : i);
        world_restart(&s);
        world_reload(&s, WORLD_RENAMED);
        world_resolve(&s, "web");
        assert_string_equal(world_incident(&s, 0)->id, "aaa");
        world_resolve(&s, "web");
        assert_int_equal(world_open(&s), 0);
        sim_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restore__sends_again_what_was_on_its_way_and_nothing_else),
        cmocka_unit_test(restore__what_was_due_meanwhile__comes_with_the_first_tick),
        cmocka_unit_test(restore__clock_set_back_meanwhile__timers_keep_what_was_left),
        cmocka_unit_test(restore__clock_set_back_once__moves_the_timers_once),
        cmocka_unit_test(restore__clock_set_back_and_only_a_note_left__goes_out),
        cmocka_unit_test(restore__twice__changes_nothing),
        cmocka_unit_test(restore__pages_in_any_order__keep_theirs),
        cmocka_unit_test(restore__pages_of_a_second_round__keep_their_order),
        cmocka_unit_test(restore__monitor_gone_from_the_file__resolves_and_forgets),
        cmocka_unit_test(restore__note_without_its_incident__goes_out_and_is_done_with),
        cmocka_unit_test(late_restore__what_was_probed_meanwhile__wins),
        cmocka_unit_test(late_restore__clock_was_set_back__leaves_our_own_timers_alone),
        cmocka_unit_test(late_restore__an_older_incident_of_the_same__both_live_and_end_together),
        cmocka_unit_test(late_restore__newest_first__whatever_the_order_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
