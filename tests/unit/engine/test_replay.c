/* test_replay.c - a delivery sent again by hand. */
#include "world.h"

/* --- sent again by hand --- */

static int replay(struct sim *s, const struct delivery *d, struct err *e)
{
    struct delivery read = *d; /* as from the store */
    int rc = 0;

    EVENT(s, rc = engine_replay(s->engine, &read, "zoe", s->now_ms, &s->fx, e));
    return rc;
}

static void replay__each_end__goes_out_once_more_under_its_id(void **state)
{
    static const enum outcome ends[] = {OUTCOME_OK, OUTCOME_PERMANENT};
    static const char *const froms[] = {"delivered", "refused"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char id[DELIVERY_ID_SIZE], text[200];
        struct sim s;

        world_begin(&s, WORLD_ONE);
        world_results(&s, "api", "bb");
        world_end(&s, "a", ends[i]);
        text_copy(id, sizeof id, s.store.deliveries.items[0].id);
        assert_int_equal(replay(&s, &s.store.deliveries.items[0], NULL), 0);
        assert_string_equal(world_sends(&s), "a triggered");
        assert_string_equal(s.fx.sends.items[0]->id, id);
        assert_int_equal(s.fx.sends.items[0]->attempt, 2);
        text_printf(text, sizeof text, "delivery: %s -> waiting: sent again by zoe", froms[i]);
        assert_string_equal(world_moves(&s), text);
        assert_int_equal(replay(&s, &s.store.deliveries.items[0], NULL), -1); /* it is on its way */
        world_end(&s, "a", OUTCOME_OK);
        assert_int_equal(s.store.deliveries.items[0].state, DELIVERY_DELIVERED);
        sim_done(&s);
    }
}

static void replay__of_a_closed_incident__goes_out_and_changes_nothing_else(void **state)
{
    struct delivery d;
    struct incident before;
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_beats(&s, 2, "api=g");
    d = s.store.deliveries.items[0];
    before = s.store.incidents.items[0];
    assert_null(engine_delivery(s.engine, d.id));
    world_run(&s, 3600000);
    assert_int_equal(replay(&s, &d, NULL), 0);
    assert_string_equal(world_sends(&s), "a triggered");
    assert_int_equal(world_open(&s), 0);
    EVENT(&s, engine_clock_step(s.engine, -1000, &s.fx));
    s.now_ms -= 1000;
    EVENT(&s, engine_snapshot(s.engine, &s.fx.commit)); /* as before the store is missed */
    world_end(&s, "a", OUTCOME_RETRY); /* and is tried again, without being handed on */
    world_mark(&s);
    world_run(&s, 3600000);
    assert_int_equal(strncmp(world_log, "a api triggered@", 16), 0);
    assert_null(strchr(world_log, ','));
    assert_memory_equal(&s.store.incidents.items[0], &before, sizeof before);
    world_beats(&s, 2, "api=b"); /* a new incident, nothing of the old */
    assert_int_equal(world_open(&s), 1);
    assert_string_not_equal(world_of(&s, "api")->id, before.id);
    sim_done(&s);
}

static void replay__while_its_incident_is_acknowledged__goes_out(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_ack(&s, "api");
    while (world_deliver_one(&s))
        continue;
    assert_int_equal(replay(&s, &s.store.deliveries.items[0], NULL), 0);
    world_end(&s, "a", OUTCOME_RETRY);
    world_resolve(&s, "api"); /* nor is it overtaken while it waits */
    world_mark(&s);
    world_run(&s, 60000);
    assert_non_null(strstr(world_log, "a api triggered@"));
    assert_int_equal(s.store.deliveries.items[0].state, DELIVERY_DELIVERED);
    sim_done(&s);
}

static void replay__refused_again__stays_refused(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    assert_int_equal(replay(&s, &s.store.deliveries.items[0], NULL), 0);
    world_end(&s, "a", OUTCOME_PERMANENT);
    assert_int_equal(s.store.deliveries.items[0].state, DELIVERY_REFUSED);
    assert_int_equal(s.store.deliveries.n, 2); /* of which one says that the channel refuses */
    sim_done(&s);
}

static void replay__what_cannot_be__is_refused_in_one_line(void **state)
{
    struct err err = {0};
    struct delivery d;
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    d = s.store.deliveries.items[0];
    assert_int_equal(replay(&s, &d, &err), -1);
    assert_true(text_starts(err.text, "delivery ") && text_ends(err.text, " is still being tried"));
    world_end(&s, "a", OUTCOME_OK);
    d = s.store.deliveries.items[0];
    text_copy(d.notice.channel, sizeof d.notice.channel, "gone");
    assert_int_equal(replay(&s, &d, &err), -1);
    assert_string_equal(err.text, "channel gone is not configured any more");
    assert_true(commit_empty(&s.fx.commit));
    sim_done(&s);
}

static void replay__killed_before_its_end__goes_out_after(void **state)
{
    struct sim s;

    (void)state;
    world_begin_down(&s);
    world_ack(&s, "api");
    while (world_deliver_one(&s))
        continue;
    assert_int_equal(replay(&s, &s.store.deliveries.items[0], NULL), 0);
    world_mark(&s);
    world_restart(&s);
    assert_string_equal(world_log, "a api triggered@0");
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay__each_end__goes_out_once_more_under_its_id),
        cmocka_unit_test(replay__of_a_closed_incident__goes_out_and_changes_nothing_else),
        cmocka_unit_test(replay__while_its_incident_is_acknowledged__goes_out),
        cmocka_unit_test(replay__refused_again__stays_refused),
        cmocka_unit_test(replay__what_cannot_be__is_refused_in_one_line),
        cmocka_unit_test(replay__killed_before_its_end__goes_out_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
