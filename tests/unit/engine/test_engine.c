/* test_engine.c - the tables: ids, lists, what a snapshot holds, what is freed; ten thousand at
 * once. */
#include <time.h>

#include "engine/desk.h"
#include "random.h"
#include "world.h"

/* --- ids --- */

static void id__of_an_incident__is_typable_and_sorts_by_time(void **state)
{
    char before[INCIDENT_ID_SIZE] = "";
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    for (int i = 0; i < 50; i++) {
        const char *id;

        world_results(&s, "api", "bb");
        id = world_incident(&s, 0)->id;
        assert_int_equal(strlen(id), 12);
        assert_int_equal(strspn(id, "0123456789abcdefghjkmnpqrstvwxyz"), 12);
        assert_true(strncmp(id, before, 7) > 0);
        text_copy(before, sizeof before, id);
        world_results(&s, "api", "gg");
        s.now_ms += 999 * i;
    }
    sim_done(&s);
}

/* Killed before the commit: the probe fails again, and the receivers know the page already. */
static void id__the_same_decision_after_a_kill__is_the_same(void **state)
{
    char incident[INCIDENT_ID_SIZE], delivery[DELIVERY_ID_SIZE];
    struct sim s;

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        world_begin(&s, WORLD_ONE);
        world_results(&s, "api", "bb");
        if (turn) {
            assert_string_equal(world_incident(&s, 0)->id, incident);
            assert_string_equal(s.fx.sends.items[0]->id, delivery);
        }
        text_copy(incident, sizeof incident, world_incident(&s, 0)->id);
        text_copy(delivery, sizeof delivery, s.fx.sends.items[0]->id);
        sim_done(&s);
    }
}

static void id__by_hand_resolved_and_open_again__is_another(void **state)
{
    char before[INCIDENT_ID_SIZE];
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, WORLD_HEAD "monitors: [ { name: api, http: 'http://127.0.0.1:1/', "
                               "fail_after: 1, policy: p } ]\n");
    world_results(&s, "api", "b");
    text_copy(before, sizeof before, world_incident(&s, 0)->id);
    EVENT(&s, rc = deed_resolve(s.engine, "api", "zoe", s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    world_result_at(&s, "api", VERDICT_DOWN, "refused"); /* in the same millisecond */
    assert_string_not_equal(world_incident(&s, 0)->id, before);
    sim_done(&s);
}

/* --- reading --- */

static void incidents__are_the_open_ones_oldest_first(void **state)
{
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, WORLD_TWO);
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "db", "bb");
    world_results(&s, "api", "bb");
    s.now_ms++;
    EVENT(&s, engine_self(s.engine, SELF_BLIND, NULL, true, "x", s.now_ms, &s.fx));
    assert_int_equal(world_open(&s), 3);
    assert_string_equal(world_incident(&s, 0)->monitor, "db");
    assert_string_equal(world_incident(&s, 1)->monitor, "api");
    world_end(&s, "a", OUTCOME_OK);
    EVENT(&s, rc = deed_resolve(s.engine, "api", "zoe", s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    assert_int_equal(world_open(&s), 2);
    assert_string_equal(world_incident(&s, 0)->monitor, "db");
    assert_string_equal(world_incident(&s, 1)->dedup_key, "self:blind");
    sim_done(&s);
}

static void delivery__is_found_until_its_case_is_closed(void **state)
{
    char id[DELIVERY_ID_SIZE];
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    world_results(&s, "api", "bb");
    text_copy(id, sizeof id, s.fx.sends.items[0]->id);
    assert_ptr_equal(engine_delivery(s.engine, id), s.fx.sends.items[0]);
    world_end(&s, "a", OUTCOME_OK);
    assert_int_equal(engine_delivery(s.engine, id)->state, DELIVERY_DELIVERED);
    world_results(&s, "api", "gg");
    assert_non_null(engine_delivery(s.engine, id));
    world_end(&s, "a", OUTCOME_OK);
    assert_null(engine_delivery(s.engine, id));
    assert_null(engine_delivery(s.engine, "none"));
    sim_done(&s);
}

static void oldest_due__is_that_of_what_waits(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_TWO);
    assert_int_equal(engine_oldest_due_ms(s.engine), INT64_MAX);
    world_results(&s, "api", "bb");
    assert_int_equal(engine_oldest_due_ms(s.engine), INT64_MAX); /* being sent */
    world_end(&s, "a", OUTCOME_RETRY);
    assert_in_range(engine_oldest_due_ms(s.engine), s.now_ms + 800, s.now_ms + 1200);
    world_results(&s, "api", "gg");
    assert_int_equal(engine_oldest_due_ms(s.engine), INT64_MAX);
    sim_done(&s);
}

/* --- a snapshot is everything --- */

static void take_snapshot(const struct engine *e, struct stored *ret)
{
    struct commit all = {0};

    *ret = (struct stored){0};
    engine_snapshot(e, &all);
    for (size_t i = 0; i < all.monitors.n; i++) {
        struct stored_monitor m = {.status = *all.monitors.items[i].status};

        text_copy(m.name, sizeof m.name, all.monitors.items[i].name);
        vec_push(&ret->monitors, m);
    }
    for (size_t i = 0; i < all.incidents.n; i++)
        vec_push(&ret->incidents, *all.incidents.items[i]);
    for (size_t i = 0; i < all.deliveries.n; i++)
        vec_push(&ret->deliveries, *all.deliveries.items[i]);
    commit_done(&all);
}

static void check_same(const struct engine *e, const struct stored *want)
{
    struct stored have;

    take_snapshot(e, &have);
    assert_int_equal(have.monitors.n, want->monitors.n);
    assert_int_equal(have.incidents.n, want->incidents.n);
    assert_int_equal(have.deliveries.n, want->deliveries.n);
    for (size_t i = 0; i < want->monitors.n; i++)
        assert_memory_equal(engine_status(e, want->monitors.items[i].name),
                            &want->monitors.items[i].status, sizeof(struct monitor_status));
    for (size_t i = 0; i < want->incidents.n; i++)
        assert_memory_equal(engine_incident(e, want->incidents.items[i].id),
                            &want->incidents.items[i], sizeof(struct incident));
    for (size_t i = 0; i < want->deliveries.n; i++)
        assert_memory_equal(engine_delivery(e, want->deliveries.items[i].id),
                            &want->deliveries.items[i], sizeof(struct delivery));
    stored_done(&have);
}

static void snapshot__restored__is_the_same_world(void **state)
{
    struct stored first;
    struct sim s;
    int64_t wake;
    int rc = 0;

    (void)state;
    world_begin(&s, WORLD_TWO);
    world_results(&s, "db", "gb");
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    world_results(&s, "db", "b");
    world_end(&s, "f", OUTCOME_RETRY);
    EVENT(&s, rc = deed_ack(s.engine, "api", "zoe", s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    world_end(&s, "a", OUTCOME_RETRY);
    wake = engine_wake_ms(s.engine);
    take_snapshot(s.engine, &first);
    assert_int_equal(first.monitors.n, 2);
    assert_int_equal(first.incidents.n, 2);
    assert_int_equal(first.deliveries.n, 3);
    world_kill(&s);
    EVENT(&s, engine_restore(s.engine, &first, s.now_ms, &s.fx));
    assert_true(commit_empty(&s.fx.commit));
    check_same(s.engine, &first);
    assert_int_equal(engine_wake_ms(s.engine), wake);
    stored_done(&first);
    sim_done(&s);
}

/* --- what is freed --- */

static void life__thousand_outages__leave_nothing_behind(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    for (int i = 0; i < 1000; i++) {
        world_results(&s, "api", "bb");
        world_end(&s, "a", i % 3 ? OUTCOME_OK : OUTCOME_RETRY);
        world_results(&s, "api", "gg");
        if (i % 3)
            world_end(&s, "a", OUTCOME_OK);
        assert_in_range(s.engine->closed.n, 0, 1);
    }
    engine_begin(s.engine);
    assert_int_equal(s.engine->cases.n + s.engine->by_key.n + s.engine->pages.n, 0);
    assert_int_equal(s.engine->wakes.n + s.engine->closed.n, 0);
    assert_int_equal(s.engine->watches.n, 1);
    assert_int_equal(sim_open_in_store(&s), 0);
    sim_done(&s);
}

static void end__with_everything_under_way__frees_it(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_TWO);
    world_results(&s, "api", "bb");
    world_results(&s, "db", "bb");
    world_end(&s, "a", OUTCOME_RETRY);
    world_results(&s, "api", "gg");
    world_reload(&s, WORLD_ONE);
    sim_done(&s);
    engine_free(NULL);
}

/* --- ten thousand --- */

struct crowd {
    struct config config;
    struct policy policy;
    struct step step;
    struct contact contact[3];
    struct channel channels[3];
    struct monitor *monitors;
    char (*names)[16];
    struct engine *engine;
    struct effects fx;
    int64_t now_ms;
};

static void crowd_init(struct crowd *c, size_t n)
{
    static const char *const channel_names[] = {"a", "b", "f"};

    *c = (struct crowd){.monitors = mem_calloc(n, sizeof *c->monitors),
                        .names = mem_calloc(n, sizeof *c->names),
                        .engine = engine_new(),
                        .now_ms = WORLD_START_MS};
    for (size_t i = 0; i < 3; i++) {
        c->channels[i].name = channel_names[i];
        c->contact[i] = (struct contact){CONTACT_CHANNEL, NULL, NULL, &c->channels[i]};
    }
    c->step = (struct step){0, c->contact, 3};
    c->policy = (struct policy){.name = "default",
                                .steps = &c->step,
                                .n_steps = 1,
                                .repeat_times = 100,
                                .repeat_every_ms = 3600000};
    for (size_t i = 0; i < n; i++) {
        snprintf(c->names[i], sizeof c->names[i], "m%zu", i);
        c->monitors[i] = (struct monitor){.name = c->names[i],
                                          .fail_after = 2,
                                          .recover_after = 2,
                                          .policy = &c->policy,
                                          .enabled = true};
        map_put(&c->config.by_name, c->names[i], &c->monitors[i]);
    }
    c->config.monitors = c->monitors;
    c->config.n_monitors = n;
    c->config.policies = &c->policy;
    c->config.n_policies = 1;
    c->config.channels = c->channels;
    c->config.n_channels = 3;
    engine_configure(c->engine, &c->config, c->now_ms, &c->fx);
}

static void crowd_done(struct crowd *c)
{
    engine_free(c->engine);
    effects_done(&c->fx);
    map_done(&c->config.by_name);
    mem_free(c->monitors);
    mem_free(c->names);
}

static void crowd_result(struct crowd *c, size_t i, enum verdict v)
{
    struct result r = {.at_ms = c->now_ms, .verdict = v, .reason = REASON_CONNECT};

    effects_clear(&c->fx);
    engine_result(c->engine, c->names[i], &r, c->now_ms, &c->fx);
}

static double us_since(clock_t began, size_t n)
{
    return (double)(clock() - began) * 1e6 / CLOCKS_PER_SEC / (double)n;
}

/* All fail in the same millisecond; every delivery then ends. */
static void crowd_fall(struct crowd *c)
{
    size_t n = c->config.n_monitors;
    clock_t began;

    for (size_t i = 0; i < n; i++)
        crowd_result(c, i, VERDICT_DOWN);
    began = clock();
    for (size_t i = 0; i < n; i++)
        crowd_result(c, i, VERDICT_DOWN);
    print_message("  %6zu open: %6.2f us to open one, ", n, us_since(began, n));
}

static void crowd_deliver(struct crowd *c)
{
    struct commit all = {0};
    clock_t began;

    engine_snapshot(c->engine, &all);
    began = clock();
    for (size_t i = 0; i < all.deliveries.n; i++) {
        struct attempt a = {.outcome = OUTCOME_OK, .reached = REACHED_YES};

        text_copy(a.delivery, sizeof a.delivery, all.deliveries.items[i]->id);
        effects_clear(&c->fx);
        engine_attempt(c->engine, &a, c->now_ms, &c->fx);
    }
    print_message("%5.2f us an attempt, ", us_since(began, all.deliveries.n));
    commit_done(&all);
}

static void crowd_measure(size_t n)
{
    const struct incident *const *list;
    struct crowd c;
    clock_t began;

    crowd_init(&c, n);
    crowd_fall(&c);
    assert_int_equal(engine_incidents(c.engine, &list), n);
    crowd_deliver(&c);
    began = clock();
    for (size_t i = 0; i < n; i++)
        crowd_result(&c, i, VERDICT_DOWN);
    print_message("%5.2f us a bad result, ", us_since(began, n));
    began = clock();
    for (size_t i = 0; i < n; i++) {
        effects_clear(&c.fx);
        engine_tick(c.engine, ++c.now_ms, &c.fx);
    }
    print_message("%5.2f us an idle tick; ", us_since(began, n));
    assert_int_equal(c.fx.sends.n, 0);
    c.engine->list_stale = true;
    began = clock();
    engine_incidents(c.engine, &list);
    print_message("%6.0f us a stale list, ", us_since(began, 1));
    began = clock();
    assert_int_equal(engine_oldest_due_ms(c.engine), INT64_MAX);
    print_message("%6.0f us the oldest due\n", us_since(began, 1));
    crowd_done(&c);
}

static void crowd__all_down_at_once__costs_as_little_each_as_one(void **state)
{
    (void)state;
    print_message("  an incident %zu bytes, a delivery %zu, a case with three %zu\n",
                  sizeof(struct incident), sizeof(struct delivery),
                  sizeof(struct incident_case) + 3 * (sizeof(struct page) + 8));
    assert_true(sizeof(struct incident_case) + 3 * (sizeof(struct page) + 8) < 20000);
    crowd_measure(100);
    crowd_measure(10000);
}

static void crowd__all_down_at_once__has_ids_of_its_own_each(void **state)
{
    struct crowd c;
    const struct incident *const *list;

    (void)state;
    crowd_init(&c, 10000);
    for (int twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < 10000; i++)
            crowd_result(&c, i, VERDICT_DOWN);
    assert_int_equal(engine_incidents(c.engine, &list), 10000);
    for (size_t i = 1; i < 10000; i++)
        assert_true(strcmp(list[i - 1]->id, list[i]->id) < 0);
    assert_int_equal(c.engine->pages.n, 30000);
    crowd_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id__of_an_incident__is_typable_and_sorts_by_time),
        cmocka_unit_test(id__the_same_decision_after_a_kill__is_the_same),
        cmocka_unit_test(id__by_hand_resolved_and_open_again__is_another),
        cmocka_unit_test(incidents__are_the_open_ones_oldest_first),
        cmocka_unit_test(delivery__is_found_until_its_case_is_closed),
        cmocka_unit_test(oldest_due__is_that_of_what_waits),
        cmocka_unit_test(snapshot__restored__is_the_same_world),
        cmocka_unit_test(life__thousand_outages__leave_nothing_behind),
        cmocka_unit_test(end__with_everything_under_way__frees_it),
        cmocka_unit_test(crowd__all_down_at_once__costs_as_little_each_as_one),
        cmocka_unit_test(crowd__all_down_at_once__has_ids_of_its_own_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
